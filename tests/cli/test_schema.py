"""`minhchung schema`: the GraphQL schema as it is committed."""

import os
import subprocess
import sys
from pathlib import Path

from graphql import build_schema

ROOT = Path(__file__).parents[2]


def test_schema_is_the_committed_one() -> None:
    """The command prints `schema.graphql`, needs no server, and says nothing else."""
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", "schema"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (ROOT / "schema.graphql").read_text(encoding="utf-8")
    schema = build_schema(done.stdout)
    assert schema.subscription_type is not None
    assert set(schema.subscription_type.fields) == {"caseChanged"}
    assert {
        "approveCase",
        "discardCase",
        "receiveCase",
        "startVerification",
        "concludeCase",
        "notifyResult",
    } <= set(schema.mutation_type.fields if schema.mutation_type else {})
