"""A read model built anew beside the one that is read; what differs is mended in one transaction.

The same follower feeds the same read model on a connection of its own, where temporary tables of the same names
stand before the live ones: every statement of the read model reaches them, nobody else sees them, and they end
with the connection, however it ends. The live table is never emptied: readers see the old rows, then the new.
Whatever was lost of it, the log gives back (R-QT-10.2.a).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, LiteralString

from psycopg import Connection, errors
from psycopg.sql import SQL, Composed, Identifier

from projections.follower import BATCH, Follower

CLOSE = BATCH
"""So many events may be missing when the live follower is held back; with more, it is let go again first."""

LOCK_S = 5
HOLD_S = 60
"""How long the live row may be waited for, and each statement take while it is held; readers wait for nothing."""

BEGIN = SQL("""
SET application_name = {rebuild};
SET idle_in_transaction_session_timeout = '5s';
SET temp_buffers = '64MB';
CREATE TEMPORARY TABLE {table} (LIKE public.{table} INCLUDING ALL);
CREATE TEMPORARY TABLE positions (LIKE public.positions INCLUDING ALL);
INSERT INTO pg_temp.positions (name, position) VALUES ({name}, 0)
""")

# without nested loops: the statistics of a table that was just emptied, or filled, would choose them and be wrong
HOLD = SQL("""
SET LOCAL lock_timeout = {lock};
SET LOCAL statement_timeout = {hold};
SET LOCAL work_mem = '64MB';
SET LOCAL enable_nestloop = off;
SELECT FROM public.positions WHERE name = {name} FOR UPDATE
""")

# who does not follow, because of a problem or because nobody began, is brought to the head of the log
STANDING: LiteralString = """
SELECT built.position, coalesce(target, 0),
    (SELECT count(*) FROM events WHERE notification_id > built.position AND notification_id <= target)
FROM pg_temp.positions AS built LEFT JOIN public.positions AS live USING (name)
CROSS JOIN LATERAL (SELECT CASE WHEN live.problem IS NULL AND live.position IS NOT NULL THEN live.position
    ELSE (SELECT max(notification_id) FROM events) END AS target) AS t
"""

POSITION: LiteralString = "SELECT position FROM pg_temp.positions"

KEY: LiteralString = """
SELECT a.attname FROM pg_index AS i JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
WHERE i.indrelid = %s::regclass AND i.indisprimary ORDER BY a.attnum
"""

# `*=` is equality of every byte of the two rows, as REFRESH MATERIALIZED VIEW CONCURRENTLY compares them
COMPARE = SQL("""
SELECT count(built), count(*) FILTER (WHERE (live.* OPERATOR(pg_catalog.*=) built.*) IS NOT TRUE)
FROM public.{table} AS live FULL JOIN pg_temp.{table} AS built USING ({key})
""")

# what differs goes and comes back, so that a number that changed hands is free before it is taken
MEND = SQL("""
DELETE FROM public.{table} AS live WHERE NOT EXISTS (SELECT FROM pg_temp.{table} AS built
    WHERE ({built}) = ({live}) AND live.* OPERATOR(pg_catalog.*=) built.*);
INSERT INTO public.{table} SELECT * FROM pg_temp.{table} AS built
    WHERE NOT EXISTS (SELECT FROM public.{table} AS live WHERE ({built}) = ({live}))
""")

# nothing to write where all was well; a problem stays until the follower that has it goes on
ARRIVE: LiteralString = """
INSERT INTO public.positions AS live (name, position, seen_at) SELECT name, position, now() FROM pg_temp.positions
ON CONFLICT (name) DO UPDATE SET position = excluded.position, seen_at = now()
WHERE live.position <> excluded.position
"""

STOPPED: LiteralString = (
    "SELECT live.problem IS NOT NULL FROM public.positions AS live JOIN pg_temp.positions USING (name)"
)


@dataclass(frozen=True)
class Progress:
    """How far the new rows have come on their way to the live ones, and after how many events."""

    position: int
    target: int
    events: int


@dataclass(frozen=True)
class Rebuilt:
    """What came of it: how many rows there are, and how many were not as the log says."""

    events: int
    rows: int
    differed: int
    stopped: bool = False
    """Its follower had stopped, and has to be started again."""


class NotRebuiltError(Exception):
    """The read model was not rebuilt; it is as it was."""


class Rebuild:
    """Builds the rows of one follower's read model anew, beside it."""

    def __init__(self, follower: Follower, told: Callable[[Progress], None] = lambda _: None) -> None:
        self.name = follower.name
        self._follower = follower
        self._told = told
        self._table = Identifier(follower.read_model.table)
        self._events = 0

    def run(self) -> Rebuilt:
        """Build, compare, mend.

        Raises:
            NotRebuiltError: somebody rebuilds it already, or the live follower could not be held in time.
            CannotApplyError: an event cannot be applied; the live rows and their problem stay as they are.
        """
        with self._follower.connect() as conn:
            conn.answer_s = HOLD_S + 5
            try:
                self._begin(conn)
                while True:
                    self._follow(conn)
                    with conn.transaction():
                        done = self._swap(conn)
                    if done is not None:
                        # the server takes a moment to notice that a session has ended, and the next one is not to wait
                        conn.execute("SELECT pg_advisory_unlock_all()")
                        return done
            except (errors.LockNotAvailable, errors.QueryCanceled) as error:
                raise NotRebuiltError(
                    f"{self.name} was not rebuilt: its follower cannot be held for more than {HOLD_S} s;"
                    " try again when there is less to do"
                ) from error
            except errors.InsufficientPrivilege as error:
                raise NotRebuiltError(
                    f"{self.name} was not rebuilt: expected the right to temporary tables:"
                    " GRANT TEMPORARY ON DATABASE … TO minhchung_project"
                ) from error

    def _begin(self, conn: Connection[Any]) -> None:
        self._events = 0
        row = conn.execute(
            "SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [f"rebuild {self.name}"]
        ).fetchone()
        if not (row and row[0]):
            raise NotRebuiltError(f"{self.name} is being rebuilt already: wait for the other to end")
        conn.execute(BEGIN.format(table=self._table, name=self.name, rebuild=f"rebuild {self.name}"))

    def _follow(self, conn: Connection[Any]) -> None:
        """Feed the new rows up to where the live ones are, again while those went on by more than a little."""
        missing = CLOSE + 1
        while missing > CLOSE:
            _, target, missing = self._standing(conn)
            for _ in self._feed(conn, missing):
                [position] = _one(conn, POSITION)
                self._told(Progress(position, target, self._events))
        conn.execute(SQL("ANALYZE pg_temp.{}").format(self._table))

    def _feed(self, conn: Connection[Any], missing: int) -> Iterator[None]:
        """Apply so many events, batch by batch."""
        while missing > 0:
            applied = self._follower.step(conn, min(BATCH, missing))
            missing -= applied
            self._events += applied
            yield

    def _swap(self, conn: Connection[Any]) -> Rebuilt | None:
        """Hold the live follower back, come to exactly its position, mend what differs; None if it is far ahead.

        Nothing is told from here: whoever listens may be slow, and the live rows wait.
        """
        conn.execute(HOLD.format(lock=f"{LOCK_S}s", hold=f"{HOLD_S}s", name=self.name))
        _, _, missing = self._standing(conn)
        if missing > CLOSE:
            return None
        for _ in self._feed(conn, missing):
            pass
        key = [Identifier(column) for (column,) in conn.execute(KEY, [f"public.{self._table.as_string()}"])]
        if not key:
            raise LookupError(f"{self.name} has no primary key to compare its rows by")
        rows, differed = self._compare(conn, key)
        if differed:
            self._mend(conn, key)
        conn.execute(ARRIVE)
        [stopped] = _one(conn, STOPPED)
        return Rebuilt(self._events, rows, differed, stopped)

    def _compare(self, conn: Connection[Any], key: Sequence[Identifier]) -> tuple[int, int]:
        rows, differed = _one(conn, COMPARE.format(table=self._table, key=SQL(", ").join(key)))
        return rows, differed

    def _mend(self, conn: Connection[Any], key: Sequence[Identifier]) -> None:
        built, live = (SQL(", ").join(SQL(side).format(c) for c in key) for side in ("built.{}", "live.{}"))
        conn.execute(MEND.format(table=self._table, built=built, live=live))

    def _standing(self, conn: Connection[Any]) -> tuple[int, int, int]:
        """Where the new rows are, where they are to come, and how many events lie between."""
        position, target, missing = _one(conn, STANDING)
        return position, target, missing


def _one(conn: Connection[Any], query: LiteralString | Composed) -> tuple[Any, ...]:
    row: tuple[Any, ...] | None = conn.execute(query).fetchone()
    if row is None:
        raise LookupError("the new rows have lost their position")
    return row
