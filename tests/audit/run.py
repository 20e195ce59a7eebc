"""Suites that others wrote, run against the product itself: `make audit`.

* graphql-http: its audits of GraphQL over HTTP; three of them are about queries by GET, which are off.
* graphql-ws: its client and its close codes over WebSocket.
* GraphQL Inspector: no breaking change of the schema since the last release but those that are accepted.
* graphql-codegen and gql.tada: typed clients are generated from the schema, compile, and work.

Beside them: no secret of the installation that runs stands in the list of processes or in the logs.
"""

import base64
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
SCHEMA = HERE.parents[1] / "schema.graphql"
INSTALL_S = 60
SUITE_S = 120
NO_NETWORK = re.compile(
    r"E(NOTFOUND|AI_AGAIN|CONNREFUSED|CONNRESET|TIMEDOUT|NETUNREACH|HOSTUNREACH)|ERR_SOCKET_TIMEOUT|network",
    re.IGNORECASE,
)
BY_GET = {"5A70", "D6D5", "6A70"}
"""Audits of what a server MAY do: answer queries by GET, whose arguments would stand in every log on the way."""

Found = dict[str, Any]
"""How many probes were right, under `ok`, and what was not, one line each, under `error`."""


@dataclass(frozen=True)
class Product:
    """What runs, and what it told those who started it."""

    url: str
    accounts: list[dict[str, str]]
    data: Path
    log: Path

    @property
    def account(self) -> str:
        """An account that may approve cases, as the suites read it."""
        found = next(one for one in self.accounts if one["role"] == "APPROVER")
        return json.dumps({"name": found["name"], "password": found["password"]})


def main() -> None:
    """Start the product in a folder of its own, run each suite, stop it."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        sys.exit("audit: node and npm are needed; without them there is nothing to run")
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="minhchung-audit-") as folder:
        Path(folder).chmod(0o711)  # as root, the database runs under an account that must pass through
        suites = Path(folder, "suites")
        shutil.copytree(HERE, suites, ignore=shutil.ignore_patterns("node_modules", "__pycache__"))
        with running(Path(folder)) as product:  # it starts while the packages are fetched
            if not installed(npm, suites):
                sys.stdout.write("audit: all suites were left out: npm could not reach its registry\n")
                return
            failed = [
                name
                for name, suite in SUITES.items()
                if not is_right(name, suite(Suite(node, suites, product())))
            ]
    sys.stdout.write(f"audit: {len(SUITES)} suites in {time.monotonic() - began:.0f} s\n")
    if failed:
        sys.exit(f"audit: {', '.join(failed)}: something is not right")


def installed(npm: str, suites: Path) -> bool:
    """Install what is locked; False where there is no network to do it over."""
    options = ["--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1", "--loglevel=error"]
    try:
        done = subprocess.run(
            [npm, "ci", *options], cwd=suites, capture_output=True, text=True, timeout=INSTALL_S, check=False
        )
    except subprocess.TimeoutExpired:
        return False
    if done.returncode == 0:
        return True
    if NO_NETWORK.search(done.stderr):
        return False
    sys.exit(f"audit: npm ci: {done.stderr.strip()}")


@contextmanager
def running(folder: Path) -> Iterator[Callable[[], Product]]:
    """Start the product with its demo; what is given waits until it is ready."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    data, log = folder / "data", folder / "up.log"
    with log.open("wb") as said:
        up = subprocess.Popen(
            [sys.executable, "-m", "cli.main", "up", "--json", "--port", str(port)],
            env={**os.environ, "MINHCHUNG_DATA": str(data)},
            stdout=subprocess.PIPE,
            stderr=said,
        )
    told: list[Product] = []

    def ready() -> Product:
        if not told:
            line = json.loads((up.stdout.readline() if up.stdout else b"") or b"{}")
            if "url" not in line:
                sys.exit(f"audit: the product did not start: {log.read_text(encoding='utf-8')[-2000:]}")
            told.append(Product(f"{line['url']}/graphql", line["accounts"], data, log))
        return told[0]

    try:
        yield ready
    finally:
        up.terminate()
        up.wait(timeout=60)


@dataclass(frozen=True)
class Suite:
    """Where the suites are, and what they are run against."""

    node: str
    folder: Path
    product: Product

    def run(self, script: str, *arguments: str, given: str = "") -> Found:
        """Run a script of ours; its last line says what came out."""
        done = subprocess.run(
            [self.node, script, *arguments],
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=SUITE_S,
            check=False,
            input=given,
        )
        if done.returncode or not done.stdout:
            return {"ok": 0, "error": [(done.stdout + done.stderr).strip()]}
        found: Found = json.loads(done.stdout.splitlines()[-1])
        return found


def is_right(name: str, found: Found) -> bool:
    """Say what came out, and whether it is as it should be."""
    beside = "".join(f", {found[key]} {key}" for key in ("left off", "accepted") if found.get(key))
    sys.stdout.write(f"{name}: {found['ok']} right, {len(found['error'])} wrong{beside}\n")
    for line in found["error"]:
        sys.stdout.write(f"  {line}\n")
    return not found["error"]


def over_http(suite: Suite) -> Found:
    """The audits of graphql-http, of which three are left off."""
    found = suite.run("graphql_http.mjs", suite.product.url)
    by_get = [line for line in found.get("notice", []) if line.split()[0] in BY_GET]
    wrong = [line for kind in ("notice", "warn", "error") for line in found.get(kind, [])]
    return {
        "ok": found["ok"],
        "left off": len(by_get),
        "error": [line for line in wrong if line not in by_get],
    }


def over_sockets(suite: Suite) -> Found:
    """The probes of graphql-ws."""
    return suite.run("sockets.mjs", suite.product.url, given=suite.product.account)


def schema_changes(suite: Suite) -> Found:
    """The schema against the one of the last release."""
    return suite.run("schema_diff.mjs", "schema.released.graphql", str(SCHEMA), "schema.accepted.json")


def typed_clients(suite: Suite) -> Found:
    """Types for both clients, their compilation, and the operations of one of them."""
    compiled = suite.run("generate.mjs", str(SCHEMA), "client")
    if compiled["error"]:
        return compiled
    used = suite.run("use_client.mjs", suite.product.url, given=suite.product.account)
    return {"ok": compiled["ok"] + used["ok"], "error": used["error"]}


def secrets(suite: Suite) -> Found:
    """What must stay secret, looked for where whoever is on this machine may look."""
    product = suite.product
    hidden = [account["password"] for account in product.accounts]
    for file in ("nats.secret", "postgres.secret"):
        kept = json.loads((product.data / file).read_text(encoding="utf-8"))
        hidden += [value for value in kept.values() if len(value) > 12]  # the others are ports and names
    for key in (product.data / "keys").rglob("*.key"):
        raw = key.read_bytes()
        hidden += [raw.hex(), base64.b64encode(raw).decode(), raw.decode("latin-1")]
    seen = {"the logs": product.log.read_text(encoding="utf-8")}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            seen[f"the command line of {process.name}"] = (process / "cmdline").read_text("latin-1")
        except OSError:
            continue  # it has ended
    shown = [
        f"a secret stands in {place}" for place, text in seen.items() if any(one in text for one in hidden)
    ]
    return {"ok": len(hidden), "error": shown}


SUITES: dict[str, Callable[[Suite], Found]] = {
    "graphql-http": over_http,
    "graphql-ws": over_sockets,
    "GraphQL Inspector": schema_changes,
    "graphql-codegen and gql.tada": typed_clients,
    "secrets": secrets,
}


if __name__ == "__main__":
    main()
