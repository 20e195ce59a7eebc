"""Attempts to sign in that came to nothing, until they are put on record together.

An attempt is noted with what it takes, before its password is looked at, and forgotten when it succeeds: what is left
after a while has failed. The same is written for a name that exists and for one that does not, but of the second there
is no trace of the name: somebody may have typed a password for it.

Attempts on one account are put on record as one, once nobody has tried for a while, or a quarter of an hour after the
first: who guesses fills no log.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, LiteralString
from uuid import UUID, uuid4

from psycopg import Cursor
from psycopg.rows import class_row

from store.datastore import Datastore

QUIET: Final = timedelta(seconds=30)
"""An attempt that is older has come to its end; and whoever has not tried for so long has stopped."""
LONGEST: Final = timedelta(minutes=15)
"""Whoever goes on is on record after so long."""
ADDRESSES: Final = 10
"""As many as are said of one burst."""
AT_ONCE: Final = 100
"""Accounts put on record in one go: the rest has its turn a little later."""

NOTE: Final[LiteralString] = """
INSERT INTO sign_in_failures (attempt_id, account_id, address, emptied)
SELECT %s, c.account_id, %s, %s FROM (SELECT) AS anybody LEFT JOIN credentials AS c ON c.account_id = %s
"""

NOTE_OUTSIDE: Final[LiteralString] = """
INSERT INTO sign_in_failures (attempt_id, account_id, address, emptied) VALUES (%s, %s, %s, false)
"""

COLLECT: Final[LiteralString] = """
WITH ended AS (
    SELECT account_id FROM sign_in_failures GROUP BY account_id
    HAVING max(at) < now() - %(quiet)s OR min(at) < now() - %(longest)s LIMIT %(accounts)s
), gone AS (
    DELETE FROM sign_in_failures AS f USING ended AS e
    WHERE f.account_id IS NOT DISTINCT FROM e.account_id AND f.at < now() - %(quiet)s
    RETURNING f.account_id, f.address, f.emptied, f.at
)
SELECT account_id, count(*) AS attempts, min(at) AS since, max(at) AS until, bool_or(emptied) AS locked,
array_to_string((array_agg(DISTINCT address))[:%(addresses)s], ', ') AS addresses
FROM gone GROUP BY account_id ORDER BY account_id
"""


@dataclass(frozen=True)
class Burst:
    """Attempts on one account, or under names of nobody, that belong together."""

    account_id: UUID | None
    attempts: int
    since: datetime
    until: datetime
    locked: bool
    addresses: str


def note(curs: Cursor[Any], attempt_id: UUID, account_id: UUID, address: str, *, emptied: bool) -> None:
    """Note an attempt; whose it is only where there is such an account."""
    curs.execute(NOTE, (attempt_id, address, emptied, account_id))


def note_from_outside(curs: Cursor[Any], account_id: UUID | None, address: str) -> None:
    """Note somebody who came by an identity provider and got in nowhere; under which account, where one is known."""
    curs.execute(NOTE_OUTSIDE, (uuid4(), account_id, address))


def forget(curs: Cursor[Any], attempt_id: UUID) -> None:
    """Forget an attempt that was none of these."""
    curs.execute("DELETE FROM sign_in_failures WHERE attempt_id = %s", (attempt_id,))


@contextmanager
def collected(datastore: Datastore) -> Iterator[list[Burst]]:
    """Take what is to be put on record; it stays where the block fails."""
    with (
        datastore.transaction(commit=True) as curs,
        curs.connection.cursor(row_factory=class_row(Burst)) as own,
    ):
        yield own.execute(
            COLLECT, {"quiet": QUIET, "longest": LONGEST, "addresses": ADDRESSES, "accounts": AT_ONCE}
        ).fetchall()
