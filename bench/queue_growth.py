"""A page of the queue out of a long queue and out of a short one: what people wait must not grow with it.

The short one is measured before and after the long one, so that a machine that changes its pace shows in both.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from statistics import mean, median, quantiles

from bench.installation import Installation
from bench.load import load, request
from bench.measure import line
from bench.queue import extend, fill
from bench.queue_page import ASKED
from bench.serving import free_port, listens, of_minhchung, process

SHORT, LONG = 10_000, 1_000_000
CONNECTIONS = 2
SECONDS = 2.0
ROUNDS = 5


def run(
    at: Installation, *, short: int = SHORT, long: int = LONG, seconds: float = SECONDS, rounds: int = ROUNDS
) -> Iterator[dict[str, object]]:
    """Yield the milliseconds within which 95 % of the pages come."""
    with ExitStack() as stack:
        token, sample = fill(at, stack, short)
        port = free_port()
        stack.enter_context(process(*of_minhchung("serve", at, port)))
        listens(port)
        asked = request("/graphql", ASKED, token)

        def p95() -> float:
            load(port, asked, connections=CONNECTIONS, seconds=seconds / 2)  # to warm up
            found = (load(port, asked, connections=CONNECTIONS, seconds=seconds) for _ in range(rounds))
            return median(1000 * quantiles(one.waits, n=20)[18] for one in found)

        before = p95()
        extend(at, sample, short + 1, long)
        value = p95()
        with at.connect() as conn:
            conn.execute("TRUNCATE case_queue")
        extend(at, sample, 1, short)
        after = p95()
    yield line(
        "queue_growth",
        value,
        mean((before, after)),
        unit="ms",
        target="ratio <= 1.2",
        rows=long,
        rows_of_baseline=short,
        **at.settings(),
    )
