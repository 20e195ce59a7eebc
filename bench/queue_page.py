"""A page of the queue over HTTP, 50 rows of ten fields, by one worker.

Ours is `minhchung serve` as it is: a token is looked up, the document is measured, the scope is the person's. The
baseline is plain strawberry on the same table (`plain`), which does none of that. Where `make peers` has installed
PostGraphile 5, it serves the same rows of the same table in the order of its primary key, which is all it has to do.
"""

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from statistics import quantiles

from bench.installation import Installation
from bench.load import Load, load, request
from bench.measure import in_turns, line
from bench.queue import fill
from bench.serving import free_port, listens, of_minhchung, process

ROWS = 10_000
CONNECTIONS = 8
SECONDS = 3.0
ROUNDS = 3
PAGE = 50
FIELDS = "number state rule occurredAt detectedAt due late received version"
ASKED = json.dumps({"query": f"{{ cases(first: {PAGE}) {{ nodes {{ id {FIELDS} }} }} }}"}).encode()
WITH_OBLIGATIONS = json.dumps(
    {"query": f"{{ cases(first: {PAGE}) {{ nodes {{ id {FIELDS} obligations {{ timer due }} }} }} }}"}
).encode()
OF_PEER = json.dumps(
    {"query": f"{{ allCaseQueues(first: {PAGE}) {{ nodes {{ caseId {FIELDS} }} }} }}"}
).encode()


def run(
    at: Installation, *, rows: int = ROWS, seconds: float = SECONDS, rounds: int = ROUNDS
) -> Iterator[dict[str, object]]:
    """Yield the pages a second."""
    with ExitStack() as stack:
        token, _ = fill(at, stack, rows)
        ours, plain = free_port(), free_port()
        stack.enter_context(process(*of_minhchung("serve", at, ours)))
        settings = ["--factory", "--log-level", "error", "--no-access-log", "--port", str(plain)]
        command = [sys.executable, "-m", "uvicorn", "bench.plain:application", *settings]
        stack.enter_context(process(command, {"DATABASE_URL": at.database_url}))
        shown: dict[str, Load] = {}

        def side(name: str, port: int, asked: bytes) -> Callable[[], float]:
            listens(port)

            def measured() -> float:
                load(port, asked, connections=CONNECTIONS, seconds=seconds / 4)  # to warm up
                shown[name] = load(port, asked, connections=CONNECTIONS, seconds=seconds)
                return shown[name].rate

            return measured

        sides = [
            side("ours", ours, request("/graphql", ASKED, token)),
            side("plain", plain, request("/", ASKED)),
            side("obligations", ours, request("/graphql", WITH_OBLIGATIONS, token)),
        ]
        if peer := _peer(at, stack):
            sides.append(side("postgraphile", peer, request("/graphql", OF_PEER)))
        value, baseline, joined, *others = in_turns(rounds, *sides)
        if _numbers(shown["ours"], "cases") != _numbers(shown["plain"], "cases"):
            raise AssertionError("both sides must show the same cases")
        if "postgraphile" in shown:
            _numbers(shown["postgraphile"], "allCaseQueues")
        more = (
            {"postgraphile": round(others[0], 1), "ahead_of_it": round(value / others[0], 2)}
            if others
            else {}
        )
    yield line(
        "queue_page",
        value,
        baseline,
        unit="pages/s",
        target="ratio >= 3",
        with_obligations=round(joined, 1),
        times_dearer=round(value / joined, 2),
        **more,
        rows=rows,
        connections=CONNECTIONS,
        p95_ms=round(1000 * quantiles(shown["ours"].waits, n=20)[18], 2),
        bytes=len(shown["ours"].body),
        **at.settings(),
    )


def _peer(at: Installation, stack: ExitStack) -> int | None:
    """Start PostGraphile where `make peers` says it is."""
    node, folder = (os.environ.get(f"MINHCHUNG_BENCH_{name}") for name in ("NODE", "POSTGRAPHILE"))
    if not node or not folder:
        return None
    port = free_port()
    environment = {
        "DATABASE_URL": at.database_url,
        "PORT": str(port),
        "NODE_ENV": "production",
        "GRAPHILE_ENV": "production",
    }
    stack.enter_context(process([node, str(Path(folder, "serve.mjs"))], environment))
    return port


def _numbers(side: Load, field: str) -> list[str]:
    answer = json.loads(side.body)
    numbers = [row["number"] for row in ((answer.get("data") or {}).get(field) or {}).get("nodes", ())]
    if len(numbers) != PAGE:
        raise AssertionError(f"a page of {PAGE} was expected, not {side.body[:300]!r}")
    return numbers
