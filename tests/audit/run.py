"""Suites that others wrote, run against the product itself: `make audit`.

* graphql-http's server audits: no warnings and no errors; notices are about queries by GET, which are off.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent


def main() -> None:
    """Start the product in a folder of its own, run each suite, stop it."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        sys.exit("audit: node and npm are needed; without them there is nothing to run")
    with tempfile.TemporaryDirectory(prefix="minhchung-audit-") as folder:
        Path(folder).chmod(0o711)  # as root, the database runs under an account that must pass through
        suites = Path(folder, "suites")
        shutil.copytree(HERE, suites, ignore=shutil.ignore_patterns("node_modules", "__pycache__"))
        subprocess.run([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=suites, check=True)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        up = subprocess.Popen(
            [sys.executable, "-m", "cli.main", "up", "--no-demo", "--json", "--port", str(port)],
            env={**os.environ, "MINHCHUNG_DATA": str(Path(folder, "data"))},
            stdout=subprocess.PIPE,
        )
        try:
            ready = json.loads(up.stdout.readline() if up.stdout else b"{}")
            found = _graphql_http(node, suites, f"{ready['url']}/graphql")
        finally:
            up.terminate()
            up.wait(timeout=60)
    if found["warn"] or found["error"]:
        sys.exit("audit: graphql-http found warnings or errors")


def _graphql_http(node: str, suites: Path, url: str) -> dict[str, list[str]]:
    run = subprocess.run(
        [node, "graphql_http.mjs", url], cwd=suites, check=True, capture_output=True, text=True, timeout=300
    )
    found: dict[str, list[str]] = json.loads(run.stdout)
    sys.stdout.write(
        f"graphql-http: {found['ok']} ok, {len(found['notice'])} notices, "
        f"{len(found['warn'])} warnings, {len(found['error'])} errors\n"
    )
    for kind in ("notice", "warn", "error"):
        for line in found[kind]:
            sys.stdout.write(f"  {kind}: {line}\n")
    return found


if __name__ == "__main__":
    main()
