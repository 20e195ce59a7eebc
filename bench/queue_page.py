"""A page of the queue over HTTP, 50 rows of ten fields, by one worker.

Ours is `minhchung serve` as it is: a token is looked up, the document is measured, the scope is the person's. The
baseline is plain strawberry on the same table (`plain`), which does none of that.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from statistics import quantiles

from bench.installation import Installation
from bench.load import Load, load, request
from bench.measure import in_turns, line
from bench.queue import fill
from bench.serving import free_port, listens, of_minhchung, process

ROWS = 10_000
CONNECTIONS = 8
SECONDS = 3.0
PAGE = 50
ROUNDS = 3
QUERY = (
    f"{{ cases(first: {PAGE}) {{ nodes {{ id number state rule occurredAt detectedAt due late received version }}"
    " } }"
)
ASKED = json.dumps({"query": QUERY}).encode()


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

        def side(name: str, port: int, asked: bytes) -> float:
            listens(port)
            load(port, asked, connections=CONNECTIONS, seconds=seconds / 4)  # to warm up
            shown[name] = load(port, asked, connections=CONNECTIONS, seconds=seconds)
            return shown[name].rate

        value, baseline = in_turns(
            rounds,
            lambda: side("ours", ours, request("/graphql", ASKED, token)),
            lambda: side("plain", plain, request("/", ASKED)),
        )
        rows_shown = {
            name: [row["number"] for row in json.loads(side.body)["data"]["cases"]["nodes"]]
            for name, side in shown.items()
        }
        if len(rows_shown["ours"]) != PAGE or rows_shown["ours"] != rows_shown["plain"]:
            raise AssertionError("both sides must show the same fifty cases")
    yield line(
        "queue_page",
        value,
        baseline,
        unit="pages/s",
        target="ratio >= 3",
        rows=rows,
        connections=CONNECTIONS,
        p95_ms=round(1000 * quantiles(shown["ours"].waits, n=20)[18], 2),
        bytes=len(shown["ours"].body),
        **at.settings(),
    )
