"""One request at the GraphQL edge: who asks, and how to read on their behalf."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Concatenate, ParamSpec, TypeVar
from uuid import UUID

import anyio
from psycopg import Connection
from starlette.websockets import WebSocket
from strawberry.dataloader import DataLoader
from strawberry.types import Info as StrawberryInfo

from api.live import Live
from api.presence import Presence
from api.services import Services
from api.sign_in_refusals import Unauthenticated
from api.signed_in import SignedIn
from domain.clock import LEGAL_TIME
from domain.context import Context
from domain.errors import InvalidInput, NotYetVisible, Refusal, refuse
from domain.personal import Erased, Personal
from domain.plates import Plate
from projections import (
    camera_registry,
    camera_uses,
    case_detail,
    case_queue,
    client_register,
    directory,
    guidance_log,
    history,
    position,
    recordings,
)
from projections.camera_registry import CameraRow
from projections.camera_uses import UseRow
from projections.case_detail import DetailRow
from projections.case_queue import CaseRow
from projections.client_register import ClientRow
from projections.directory import Entry
from projections.history import Step
from projections.recordings import RecordingRow

P = ParamSpec("P")
T = TypeVar("T")

PATIENCE_S = 2.0
"""How long a reader waits for `minPosition`."""


RECORDINGS = 20
"""How many recordings a camera shows."""


class RequestContext:
    """The person who asks, what the process shares, and loaders that live as long as the request."""

    def __init__(
        self,
        services: Services,
        signed_in: SignedIn | None,
        address: str,
        base_url: str = "",
        *,
        refused: Refusal | None = None,
        socket: WebSocket | None = None,
        presence: Presence | None = None,
        live: Live | None = None,
        forget: Callable[[UUID | None], None] = lambda _: None,
    ) -> None:
        self.services = services
        self.signed_in = signed_in
        self.refused = refused
        self.address = address
        self.base_url = base_url
        self.socket = socket
        self.presence = presence
        self.live = live
        self.forget = forget
        self.connection_params: dict[str, object] = {}  # set by strawberry from `connection_init`

    @property
    def present(self) -> SignedIn:
        """The person who asks, whatever they owe: for what they may do to pay it.

        Raises:
            Unauthenticated: nobody is signed in.
            Forbidden, InvalidInput: they may not act by the delegation they name.
        """
        if self.refused is not None:
            raise self.refused
        if self.signed_in is None:
            raise Unauthenticated
        return self.signed_in

    @property
    def who(self) -> SignedIn:
        """The person who asks, and may.

        Raises:
            Unauthenticated: nobody is signed in.
            PasswordExpired: their password has to be changed first.
            SecondFactorMissing: a second factor has to be enrolled first.
        """
        refuse(self.present.owes(self.services.context))
        return self.present

    @cached_property
    def act(self) -> Context:
        """The circumstances of this request: one instant for all its answers."""
        return self.services.context(self.who.actor)

    def renew(self, signed_in: SignedIn) -> None:
        """Begin the next answer of a subscription: nothing is remembered of the one before (strawberry #3554)."""
        self.signed_in = signed_in
        for name, member in vars(RequestContext).items():
            if isinstance(member, cached_property):
                vars(self).pop(name, None)

    async def read(
        self, query: Callable[Concatenate[Connection[Any], P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a query on a reading thread."""
        return await self.services.reads(query, *args, **kwargs)

    async def visible(self, wanted: int | None, *read_models: str) -> None:
        """Wait until the read models have reached a position.

        Raises:
            NotYetVisible: they have not within two seconds.
        """
        if wanted is None:
            return
        with anyio.move_on_after(PATIENCE_S):
            # the follower is another process: its row in `positions` is the event to wait for
            pause = 0.01
            while await self.read(position.reached, read_models) < wanted:
                await anyio.sleep(pause)
                pause = min(pause * 2, 0.2)  # soon when it is near, seldom when it is not coming
            return
        raise NotYetVisible(wanted)

    # -- loaders: one query for all of a page ---------------------------------

    @cached_property
    def camera(self) -> DataLoader[UUID, CameraRow | None]:
        """Cameras by id."""

        async def load(ids: list[UUID]) -> list[CameraRow | None]:
            found = await self.read(camera_registry.by_ids, ids)
            return [found.get(i) for i in ids]

        return DataLoader(load)

    @cached_property
    def client(self) -> DataLoader[UUID, ClientRow | None]:
        """Clients by id, without regard to scope."""

        async def load(ids: list[UUID]) -> list[ClientRow | None]:
            found = await self.read(client_register.by_ids, ids)
            return [found.get(i) for i in ids]

        return DataLoader(load)

    @cached_property
    def case(self) -> DataLoader[UUID, CaseRow | None]:
        """Cases by id, without regard to scope."""

        async def load(ids: list[UUID]) -> list[CaseRow | None]:
            found = await self.read(case_queue.by_ids, ids)
            return [found.get(i) for i in ids]

        return DataLoader(load)

    @cached_property
    def hold(self) -> DataLoader[UUID, UseRow | None]:
        """Who holds the controls of cameras now, by camera id."""

        async def load(ids: list[UUID]) -> list[UseRow | None]:
            found = await self.read(camera_uses.holds, ids, self.act.now)
            return [found.get(i) for i in ids]

        return DataLoader(load)

    @cached_property
    def recordings(self) -> DataLoader[UUID, list[RecordingRow]]:
        """The newest recordings of cameras by camera id."""

        async def load(ids: list[UUID]) -> list[list[RecordingRow]]:
            found = await self.read(recordings.newest, ids, RECORDINGS)
            return [found[i] for i in ids]

        return DataLoader(load)

    @cached_property
    def detail(self) -> DataLoader[UUID, DetailRow | None]:
        """Details of cases by case id."""

        async def load(ids: list[UUID]) -> list[DetailRow | None]:
            found = await self.read(case_detail.by_ids, set(ids))
            return [found.get(i) for i in ids]

        return DataLoader(load)

    @cached_property
    def entry(self) -> DataLoader[tuple[UUID, datetime | None], Entry | None]:
        """Names of units and accounts, now (None) or as they were at an instant."""

        async def load(keys: list[tuple[UUID, datetime | None]]) -> list[Entry | None]:
            now = {subject for subject, at in keys if at is None}
            then = {(subject, at) for subject, at in keys if at is not None}
            current = await self.read(directory.current, now) if now else {}
            past = await self.read(directory.as_of_instant, then) if then else {}
            return [current.get(subject) if at is None else past.get((subject, at)) for subject, at in keys]

        return DataLoader(load)

    @cached_property
    def must_acknowledge(self) -> DataLoader[UUID, bool]:
        """Who has guidance to confirm still, by account, where the regulation wants it known before use."""

        async def load(ids: list[UUID]) -> list[bool]:
            asks = self.services.context(self.present.actor)
            if not asks.rulebook.settings.guidance.before_use:
                return [False for _ in ids]
            found = await self.read(guidance_log.still_to_acknowledge, ids, asks.now)
            return [i in found for i in ids]

        return DataLoader(load)

    @cached_property
    def history(self) -> DataLoader[UUID, list[Step]]:
        """The steps of cases and cameras: two queries a page, however many and under however many aliases."""

        async def load(ids: list[UUID]) -> list[list[Step]]:
            found = await self.read(history.read_many, self.services.app.mapper, ids)
            steps = await self.read(history.steps, [r for i in ids for r in found[i]])
            by_noun: dict[UUID, list[Step]] = {i: [] for i in ids}
            for step in steps:
                by_noun[step.event.originator_id].append(step)
            return [by_noun[i] for i in ids]

        return DataLoader(load)

    @cached_property
    def flagged(self) -> DataLoader[Plate, list[CaseRow]]:
        """Cases that are held against a vehicle at its inspection, by its plate.

        Each plate of a flagged case is opened and compared, once for all vehicles of a document: nothing computed
        from a plate is stored.
        """

        async def load(plates: list[Plate]) -> list[list[CaseRow]]:
            sealed = await self.read(case_queue.flagged)
            opened = await self.services.writes(self.services.keys.open, sealed)
            cases: dict[Plate, list[UUID]] = {plate: [] for plate in plates}
            for value, text in zip(sealed, opened, strict=True):
                plate = Plate.read(text) if isinstance(text, str) else None
                if plate in cases:
                    cases[plate].append(value.subject)
            found = await self.read(case_queue.by_ids, [i for ids in cases.values() for i in ids])
            return [[found[i] for i in cases[plate] if i in found] for plate in plates]

        return DataLoader(load)

    @cached_property
    def opened(self) -> DataLoader[Personal[str], str | Erased]:
        """Personal values, opened with one query for all their keys."""

        async def load(values: list[Personal[str]]) -> list[str | Erased]:
            return await self.services.writes(self.services.keys.open, values)

        return DataLoader(load, cache_key_fn=lambda v: (v.subject, v.sealed, v.clear))

    async def open(self, value: Personal[str] | None) -> str | None:
        """Open one value; what was erased reads as a mark that says so."""
        if value is None:
            return None
        opened = await self.opened.load(value)
        return readable(opened)

    async def name_of(self, subject: UUID) -> str | None:
        """What a unit or a person is called."""
        entry = await self.entry.load((subject, None))
        if entry is None:
            return None
        if entry.sealed_name is not None:
            return await self.open(entry.sealed_name)
        return entry.name


Info = StrawberryInfo[RequestContext, None]


def readable(opened: str | Erased) -> str:
    """What was opened; what was erased reads as a mark that says so."""
    return "[đã xoá · erased]" if isinstance(opened, Erased) else opened


def legal(instant: datetime) -> datetime:
    """An instant as people here read it: the same instant, with +07:00."""
    return instant.astimezone(LEGAL_TIME)


def utc(path: str, instant: datetime) -> datetime:
    """The same instant in UTC.

    Raises:
        InvalidInput: it has no offset, and a bare clock time is nobody's; or UTC has no year for it.
    """
    if instant.tzinfo is None:
        raise InvalidInput(path, "thiếu múi giờ, chẳng hạn +07:00", "an offset is expected, such as +07:00")
    try:
        return instant.astimezone(UTC)
    except OverflowError:
        raise InvalidInput(path, "ngoài lịch", "beyond the calendar") from None


def identity(path: str, value: str) -> UUID:
    """An id as it was given out.

    Raises:
        InvalidInput: it is no id.
    """
    try:
        return UUID(value)
    except ValueError:
        raise InvalidInput(path, "không phải mã định danh", "not an id") from None
