"""`minhchung links`: every camera that should answer is asked once a minute, and a link that is lost put on record."""

import logging
import signal
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from time import monotonic
from typing import Any, ClassVar, Final, LiteralString
from uuid import UUID

import typer
from eventsourcing import persistence
from eventsourcing.persistence import RecordConflictError
from psycopg import Connection, Cursor

from api.devices.answering import Asker
from cli.console import logs_to_stderr
from cli.settings import load, resolve
from cli.wiring import application, rulebook
from domain.clock import legal_date
from domain.commands.application import CaseSystem
from domain.commands.incident import lost_link, restored_link
from domain.links import HELD_BACK_S, PERIOD_S, Change, Tried, Watch
from policies.rulebook import Rulebook
from projections import links
from projections.follower import BATCH, POLL_S, AwayError, Follower, Recorded
from projections.links import LinkTry
from projections.position import looked, reached
from store.camera_access import Address, CameraAccess
from store.keys import KeyFolder, KeyUnreadableError

logger = logging.getLogger(__name__)

ROLE: Final = "minhchung_links"
AT_ONCE: Final = 100
"""So many outcomes are taken between two looks at whether to stop."""
HELD_BACK: Final = (
    "links: more than half of all links fail at once, so this machine may be cut off;"
    f" no loss is put on record before that has lasted {HELD_BACK_S / 60:g} min"
)
PERIOD_MS: Final = int(PERIOD_S * 1000)


class Links(Follower):
    """Follows the registry as time goes by, and asks each camera at an instant of the minute that is its own.

    It remembers nothing that matters. Whether a link is lost is in the camera itself, and is read again before each
    try, so whoever is killed, comes late or is one of two puts a loss on record once. A camera is asked again only
    when the outcome of its last try has been dealt with. Its position says up to where the registry was when it last
    looked; its problem, what keeps it from putting losses on record.
    """

    name: ClassVar[str] = "links"
    table: ClassVar[LiteralString] = "link_tries"

    def __init__(
        self,
        database_url: str,
        app: CaseSystem,
        rules: Rulebook,
        access: CameraAccess,
        asker: Asker,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        ticks: Callable[[], float] = monotonic,
    ) -> None:
        super().__init__(database_url, self, app.mapper, role=ROLE)
        self._app = app
        self._rules = rules
        self._access = access
        self._asker = asker
        self._clock = clock
        self._ticks = ticks
        self._watch = Watch()
        self._due: dict[UUID, float] = {}
        """When each camera is asked next."""
        self.asked: dict[UUID, bool] = {}
        """Those that were asked and have not been heard, and whether the link of each is lost on record."""
        self._listed_at = self._looked_at = float("-inf")
        self._held_back = False
        self._problems: dict[UUID, str] = {}
        """What stood in the way of a camera when it was last its turn."""

    def step(self, conn: Connection[tuple[Any, ...]], limit: int = AT_ONCE) -> int:
        """Deal with what was heard, so much at most, then ask those whose turn it is; how much there was to do."""
        heard = self._hear(conn, limit)
        if heard == limit:
            return BATCH  # there may be more: another step follows at once
        tick = self._ticks()
        if tick - self._looked_at < POLL_S:
            return heard  # woken by an event of somebody's
        self._looked_at = tick
        position = reached(conn, ["camera_registry"])
        self._list(conn, tick)
        self._ask(conn, tick)
        if self._watch.held_back and not self._held_back:
            logger.warning("%s", HELD_BACK)
        self._held_back = self._watch.held_back
        looked(conn, self.name, position, self._problem())
        return heard

    def apply(self, _batch: Sequence[Recorded], _curs: Cursor[Any]) -> None:
        """Events are nothing to it: the registry is."""

    def _problem(self) -> str | None:
        return HELD_BACK if self._held_back else next(iter(self._problems.values()), None)

    # -- asking ------------------------------------------------------------------------

    def _list(self, conn: Connection[Any], tick: float) -> None:
        """Take in the cameras that are new; each has its turn at an instant of its own, evenly over the time."""
        if tick - self._listed_at < PERIOD_S:
            return
        for camera_id in links.expected(conn):
            if camera_id not in self._due and camera_id not in self.asked:
                self._due[camera_id] = turn_after(camera_id, tick)
        links.drop(conn)
        self._listed_at = tick

    def _ask(self, conn: Connection[Any], tick: float) -> None:
        """Ask those whose turn it is, as they stand now: where an address is gone nobody asks any more."""
        due = [camera_id for camera_id, at in self._due.items() if at <= tick]
        if not due:
            return
        known = links.on_record(conn, due)
        try:
            addresses = self._access.several(known)
        except (persistence.OperationalError, persistence.InterfaceError) as error:
            raise AwayError("lost the database") from error
        for camera_id in due:
            self._problems.pop(camera_id, None)
            match addresses.get(camera_id):
                case Address(stream_url=url):
                    del self._due[camera_id]
                    self.asked[camera_id] = known[camera_id]
                    self._asker.ask(camera_id, url)
                case KeyUnreadableError():
                    self._due[camera_id] = turn_after(camera_id, tick)
                    self._watch.forget([camera_id])
                    self._in_the_way(camera_id, "its address cannot be opened with this MINHCHUNG_KEYS")
                case None:
                    del self._due[camera_id]
                    self._watch.forget([camera_id])

    # -- hearing -----------------------------------------------------------------------

    def _hear(self, conn: Connection[Any], limit: int) -> int:
        """Take in so many outcomes, and put on record what they mean."""
        tries: list[LinkTry] = []
        for _ in range(limit):
            one = self._asker.outcome()
            if one is None:
                break
            self._take(one)
            tries.append(LinkTry(one.camera_id, one.at, self._watch.failing_since(one.camera_id)))
        links.keep(conn, tries)
        return len(tries)

    def _take(self, one: Tried) -> None:
        lost = self.asked.pop(one.camera_id)
        self._due[one.camera_id] = turn_after(one.camera_id, self._ticks())
        change = self._watch.hear(one, lost=lost)
        if change is not None:
            self._put(one.camera_id, change)

    def _put(self, camera_id: UUID, change: Change) -> None:
        """Put it on record; what fails is tried again with the next try of the camera."""
        # a clock that was set back meanwhile puts nothing into the future
        now = max(self._clock(), change.at)
        rules = self._rules.on(legal_date(now))
        put, what = (lost_link, "lost") if change.lost else (restored_link, "up again")
        try:
            if put(self._app, rules, camera_id=camera_id, at=change.at, now=now):
                logger.info("the link of camera %s is %s", camera_id, what)
        except RecordConflictError:
            return  # somebody acted on the camera meanwhile
        except (persistence.OperationalError, persistence.InterfaceError) as error:
            raise AwayError("lost the database") from error
        except Exception as error:
            logger.critical("the link of camera %s is %s", camera_id, what, exc_info=error)
            self._in_the_way(camera_id, f"its link cannot be told to be {what}: {type(error).__name__}")
            return
        if change.lost:
            self._watch.forget([camera_id])

    def _in_the_way(self, camera_id: UUID, what: str) -> None:
        self._problems[camera_id] = f"{self.name}: camera {camera_id}: {what}"


def turn_after(camera_id: UUID, tick: float) -> float:
    """The next turn of a camera: the same instant of each period, and of each camera another."""
    own = camera_id.int % PERIOD_MS / 1000
    return tick + PERIOD_S - (tick - own) % PERIOD_S


def register(app: typer.Typer) -> None:
    """Add the subcommand."""

    @app.command(name="links")
    def watch() -> None:
        """Theo dõi kết nối camera · Watch the links of cameras, and put on record which are lost."""
        logs_to_stderr("links")
        endpoints = resolve(load(), nats=False)
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        with application(endpoints, role=ROLE, pool=1) as cases, Asker() as asker:
            access = CameraAccess(cases.factory.datastore, KeyFolder(endpoints.keys))  # type: ignore[attr-defined] # our factory has one
            Links(endpoints.database_url, cases, rulebook(), access, asker).run(stop)
