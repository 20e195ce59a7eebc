"""Changes as they happen: one reader of the log in a process tells every subscriber what they may see.

It reads in order from a place of its own in memory, never ahead of the read models, so that what is told can
be read. Each change is offered to each subscriber, and asked for again when it is handed over: permission is
that of the moment. What the log says of people it reads to its very head, so that nobody stays because a read
model is behind.
"""

import asyncio
import logging
import time
from collections import Counter, deque
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, LiteralString
from uuid import UUID
from weakref import WeakValueDictionary

import psycopg
from psycopg import AsyncConnection, Connection

from api.presence import People, Presence
from api.services import AWAY, Services
from domain.case.guards import check_view
from domain.errors import InvalidInput, Refusal
from projections import case_queue, position
from projections.case_queue import CaseRow, QueueFilter

logger = logging.getLogger(__name__)

SHOWN_FROM: Final = ("case_queue", "case_detail", "camera_registry", "directory")
"""What a change is shown from; none is told before these have it."""

BACKLOG: Final = 256
"""Changes that wait for one subscriber; whoever is further behind is let go."""
FARTHEST: Final = 10_000
"""How far back somebody may resume, in positions."""
PER_PERSON: Final = 2_000
"""Subscriptions of one account, over all its sockets."""
BATCH: Final = 500
AT_ONCE: Final = 32
"""Subscribers woken at once; a thousand would keep everybody else waiting."""

SOON_S: Final = 0.005
POLL_S: Final = 0.4
PATIENCE_S: Final = 2.0
BACK_OFF_S: Final = (0.2, 0.5, 1.0, 2.0)

PEOPLE: LiteralString = """
SELECT DISTINCT originator_id FROM events WHERE notification_id > %s AND notification_id <= %s
AND (starts_with(topic, 'account:') OR starts_with(topic, 'unit:') OR starts_with(topic, 'credentials:')
OR starts_with(topic, 'area:') OR topic IN ('session:closed', 'session:revoked'))
"""

CHANGES: LiteralString = """
SELECT notification_id, topic, originator_id FROM events WHERE notification_id > %s AND notification_id <= %s
AND starts_with(topic, 'case:') ORDER BY notification_id LIMIT %s
"""


class TooSlow(Refusal):
    """The subscriber did not keep up with what it asked for."""

    code = "TOO_SLOW"

    def __init__(self) -> None:
        super().__init__(
            f"Hơn {BACKLOG} thay đổi đang chờ; hãy đăng ký lại với minPosition là vị trí cuối đã nhận",
            f"More than {BACKLOG} changes are waiting; subscribe again with minPosition, the last position received",
            retryable=True,
        )


class TooMany(Refusal):
    """The person watches enough already."""

    code = "TOO_MANY_SUBSCRIPTIONS"

    def __init__(self) -> None:
        super().__init__(
            f"Mỗi tài khoản theo dõi nhiều nhất {PER_PERSON} luồng",
            f"An account has at most {PER_PERSON} subscriptions",
        )


class Shown:
    """A case as the queue last showed it; all changes of it that still wait share one."""

    __slots__ = ("__weakref__", "row")

    def __init__(self, row: CaseRow) -> None:
        self.row = row


@dataclass(frozen=True, slots=True)
class Change:
    """Something happened to a case."""

    position: int
    event: str
    shown: Shown


@dataclass(frozen=True, slots=True)
class Found:
    """What the log has after a position: changes with their rows, and how far that goes."""

    changes: list[tuple[int, str, UUID]]
    rows: dict[UUID, CaseRow]
    upto: int


class Subscriber:
    """A bounded queue of changes that were let through."""

    def __init__(self, lets_through: Callable[[CaseRow], bool]) -> None:
        self.lets_through = lets_through
        self._waiting: deque[Change] = deque()
        self._wake = asyncio.Event()
        self._failed: Exception | None = None

    def offer(self, change: Change) -> None:
        """Take a change in, if it may be seen and there is room."""
        if self._failed is not None:
            return
        try:
            wanted = self.lets_through(change.shown.row)
        except Exception as error:  # noqa: BLE001 — one who cannot be served is let go; the others are served
            self._let_go(error)
            return
        if wanted and len(self._waiting) >= BACKLOG:
            self._let_go(TooSlow())
        elif wanted:
            self._waiting.append(change)
            self._wake.set()

    def _let_go(self, error: Exception) -> None:
        self._failed = error
        self._waiting.clear()
        self._wake.set()

    async def next(self) -> Change:
        """Wait for the next change.

        Raises:
            TooSlow: too many were waiting.
        """
        while not self._waiting:
            if self._failed is not None:
                raise self._failed
            self._wake.clear()
            await self._wake.wait()
        return self._waiting.popleft()


class Live:
    """Reads the log once for everybody who is subscribed."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self.position = 0  # told up to here
        self._looked = 0  # read up to here for what concerns people
        self._begun = asyncio.Event()
        self._cases: WeakValueDictionary[UUID, Shown] = WeakValueDictionary()
        self._open: Counter[UUID] = Counter()  # by account
        self.people = People(services)
        self.subscribers: set[Subscriber] = set()

    # -- the tail -------------------------------------------------------------

    async def run(self) -> None:
        """Follow the log until cancelled; a lost connection is made again, and nothing is missed."""
        lost = 0
        while True:
            try:
                async with self._services.reads.listening() as conn:
                    if not self._begun.is_set():
                        self._looked, self.position = await self._services.reads(_standing)
                        await self.people.look_again()  # what was said of them until here, nobody heard
                        self._begun.set()
                    await self._step()
                    lost = 0
                    await self._follow(conn)
            except AWAY as error:
                logger.warning("live lost the database: %s", type(error).__name__)
            except Exception:
                logger.exception("live cannot go on after position %s, trying again", self.position)
            self.people.unheard()
            await asyncio.sleep(BACK_OFF_S[min(lost, len(BACK_OFF_S) - 1)])
            lost += 1

    async def _follow(self, conn: AsyncConnection[Any]) -> None:
        pause = SOON_S
        while True:
            async for _ in conn.notifies(timeout=pause, stop_after=1):
                pause = SOON_S
            before = self.position
            if not await self._step():
                pause = POLL_S
            elif self.position > before:
                pause = SOON_S
            else:
                pause = min(pause * 2, POLL_S)  # soon when the read models are near, seldom when they stand

    async def _step(self) -> bool:
        """Tell what is new; whether more is on record than the read models show."""
        looking = time.monotonic()
        head, shown, people = await self._services.reads(_look, self._looked)
        if (
            head < self._looked
        ):  # the database is an earlier one, restored while we ran: nothing we knew counts
            self.people.forget_all()
            self.position = min(self.position, head)
        await self.people.heard(people, looking)
        self._looked = head
        if shown > self.position:
            found = await self._services.reads(_found, self.position, shown)
            for change in self._changes(found):
                await self._tell(change)
            self.position = found.upto
        return self.position < head

    def _changes(self, found: Found) -> list[Change]:
        """Put each change to the one place where its case is kept up to date."""
        changes = []
        for place, topic, case_id in found.changes:
            row = found.rows[case_id]
            shown = self._cases.setdefault(case_id, Shown(row))
            if row.position > shown.row.position:
                shown.row = row
            changes.append(Change(place, topic, shown))
        return changes

    async def _tell(self, change: Change) -> None:
        # who subscribes from here on reads this change from the log: no await before the others are listed
        self.position = change.position
        for n, subscriber in enumerate(tuple(self.subscribers), 1):
            subscriber.offer(change)
            if n % AT_ONCE == 0:
                await asyncio.sleep(0)

    # -- subscribing ----------------------------------------------------------

    async def changes(
        self, presence: Presence, narrow: QueueFilter, *, after: int | None
    ) -> AsyncGenerator[Change, None]:
        """Give every change after a position, then each as it happens; without a position from now on.

        Raises:
            TooMany: the person has as many subscriptions as there may be.
            InvalidInput: the position lies too far back.
            TooSlow: the subscriber does not keep up.
        """
        person = presence.signed_in.actor.account_id
        if self._open[person] >= PER_PERSON:
            raise TooMany
        subscriber = Subscriber(partial(self._lets_through, presence, narrow))
        self._open[person] += 1
        try:
            async with aclosing(self._changes_for(subscriber, after)) as changes:
                async for change in changes:
                    yield change
        finally:
            self._open[person] -= 1
            self._open += Counter()  # forgets whoever has none
            self.subscribers.discard(subscriber)

    async def _changes_for(self, subscriber: Subscriber, after: int | None) -> AsyncGenerator[Change, None]:
        await self._ready()
        # without a position, what can be read by now is not told
        place = (await self._services.reads(_standing))[1] if after is None else after
        if self.position - place > FARTHEST:
            raise InvalidInput(
                "minPosition",
                f"cách hiện tại hơn {FARTHEST} vị trí; hãy đọc lại danh sách rồi đăng ký từ đó",
                f"more than {FARTHEST} positions behind; read the list again, then subscribe from there",
            )
        while place < self.position:
            found = await self._services.reads(_found, place, self.position)
            for change in self._changes(found):
                if subscriber.lets_through(change.shown.row):
                    yield change
            place = found.upto
        # no await since the comparison: the next change told is the first that was not read
        self.subscribers.add(subscriber)
        while True:
            change = await subscriber.next()
            if change.position > place and subscriber.lets_through(change.shown.row):
                yield change

    async def _ready(self) -> None:
        try:
            async with asyncio.timeout(PATIENCE_S):
                await self._begun.wait()
        except TimeoutError:
            raise psycopg.OperationalError("the log could not be read yet") from None

    def _lets_through(self, presence: Presence, narrow: QueueFilter, row: CaseRow) -> bool:
        """Whether the reader is still there, asked for this row, and may see it at this moment."""
        return (
            not presence.ended.is_set()
            and narrow.lets_through(row)
            and check_view(row, self._services.context(presence.signed_in.actor)) is None
        )


# -- queries ------------------------------------------------------------------


def _standing(conn: Connection[Any]) -> tuple[int, int]:
    """The head of the log, and how much of it is shown."""
    row = conn.execute("SELECT coalesce(max(notification_id), 0) FROM events").fetchone()
    head = int(row[0]) if row else 0
    return head, min(position.reached(conn, SHOWN_FROM), head)


def _look(conn: Connection[Any], after: int) -> tuple[int, int, set[UUID]]:
    """The same, and whom the log speaks of after a position."""
    head, shown = _standing(conn)
    return head, shown, {row[0] for row in conn.execute(PEOPLE, (after, head))}


def _found(conn: Connection[Any], after: int, upto: int) -> Found:
    """The next changes of cases, as many as are read at a time, with the rows as they are now."""
    changes = conn.execute(CHANGES, (after, upto, BATCH)).fetchall()
    rows = case_queue.by_ids(conn, {case_id for _, _, case_id in changes})
    return Found(changes, rows, changes[-1][0] if len(changes) == BATCH else upto)
