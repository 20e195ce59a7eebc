"""Our append against the least one could send: the same row, into the same table, committed the same way.

Ours also takes the lock of the log, answers with the position, and wakes the followers.
"""

import os
from collections.abc import Iterator
from typing import LiteralString
from uuid import uuid4

from bench.installation import Installation
from bench.measure import in_turns, line, rate
from store.recorder import APPEND_ONE, LOCK

ROUNDS, APPENDS = 200, 20
STATE = os.urandom(150).hex().encode()
"""As long as a short event is."""
TOPIC = "bench:appended"

BARE: LiteralString = (
    "INSERT INTO events (originator_id, originator_version, topic, state) VALUES (%s, %s, %s, %s)"
)


def run(at: Installation, *, rounds: int = ROUNDS, appends: int = APPENDS) -> Iterator[dict[str, object]]:
    """Yield appends a second; each is a transaction of its own."""
    with at.connect() as conn:

        def ours() -> None:
            for _ in range(appends):
                event = {"id": uuid4(), "version": 1, "topic": TOPIC, "state": STATE}
                conn.execute(APPEND_ONE, {"lock": LOCK, **event}).fetchone()

        def bare() -> None:
            for _ in range(appends):
                conn.execute(BARE, (uuid4(), 1, TOPIC, STATE))

        ours()
        bare()
        value, baseline = in_turns(rounds, lambda: rate(appends, ours), lambda: rate(appends, bare))
    yield line("append_statement", value, baseline, target="ratio >= 0.8", **at.settings())
