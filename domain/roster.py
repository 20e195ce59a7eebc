"""A duty roster (*lịch trực*): who is on duty at a post in a month, so that somebody is at every hour.

Where a regulation wants somebody on duty around the clock (R-DB-11.2.a, R-QT-12.4.a, R-DH-15.1.0), a roster with a
gap is not published. The days are those of Việt Nam; a turn may reach over the ends of its month.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final, Protocol
from uuid import UUID, uuid5

from eventsourcing.domain import Aggregate, event

from domain import envelope
from domain.case.inputs import LONGEST_NAME, words
from domain.clock import LEGAL_TIME, start_of
from domain.context import Context
from domain.envelope import acting
from domain.errors import InvalidInput, Refusal, WrongState, refuse, wrong_state
from domain.periods import ReportKind, period
from domain.personal import Personal
from domain.turns import Turn, double_bookings, gaps, swapped

MOST_TURNS: Final = 1000


class RosterState(StrEnum):
    """How far a roster is."""

    DRAFT = "DRAFT"
    PUBLISHED = "PUBLISHED"


class DutyFacts(Protocol):
    """Whose duty it is: a roster has it, and a unit."""

    @property
    def area_path(self) -> str:
        """The area of its unit."""

    @property
    def owner_unit(self) -> UUID | None:
        """Whose duty it is."""


class RosterFacts(DutyFacts, Protocol):
    """What a guard looks at. The aggregate has it, and so does the row that shows a roster."""

    @property
    def state(self) -> str:
        """How far it is."""

    @property
    def turns(self) -> Sequence[Turn]:
        """Who is on duty when."""

    @property
    def starts_at(self) -> datetime:
        """The beginning of its month."""

    @property
    def ends_at(self) -> datetime:
        """The end of its month."""


# -- guards -------------------------------------------------------------------------


def check_draw(context: Context) -> Refusal | None:
    """Whoever may plan the duty of their unit draws a roster."""
    return context.check_may("roster.plan", facts=frozenset({"own-unit"}))


def check_view(one: DutyFacts, context: Context) -> Refusal | None:
    """Everybody of the unit sees a roster, and who is on duty, and the audit of its area."""
    actor = context.actor
    if context.permission("audit.replay").allowed and actor.covers(one.area_path):
        return None
    own = one.owner_unit == actor.unit_id
    return context.check_may("roster.view", facts=frozenset({"own-unit"} if own else ()))


def _check_own(one: RosterFacts, context: Context, state: RosterState) -> Refusal | None:
    own = one.owner_unit == context.actor.unit_id
    refusal = context.check_may("roster.plan", facts=frozenset({"own-unit"} if own else ()))
    if refusal is None and one.state != state:
        return wrong_state("Lịch trực", "The roster", one.state, state, rule=_rule(context))
    return refusal


def check_redraw(one: RosterFacts, context: Context) -> Refusal | None:
    """Guard: it was not published."""
    return _check_own(one, context, RosterState.DRAFT)


def check_publish(one: RosterFacts, context: Context) -> Refusal | None:
    """Guard: nobody is on duty twice at once, and where duty goes around the clock, somebody always is."""
    refusal = _check_own(one, context, RosterState.DRAFT)
    if refusal is not None:
        return refusal
    twice = next(double_bookings(one.turns), None)
    if twice is not None:
        return _twice(twice, context)
    gap = next(gaps(one.turns, one.starts_at, one.ends_at), None)
    if gap is not None and around_the_clock(context, context.actor.unit_kind) is not None:
        begin, end = _legal(gap.starts_at), _legal(gap.ends_at)
        return WrongState(
            f"Không có người trực từ {begin} đến {end}",
            f"Nobody is on duty from {begin} to {end}",
            rule=_rule(context),
        )
    return None


def _twice(turn: Turn, context: Context) -> Refusal:
    return WrongState(
        f"Có người trực hai nơi cùng lúc từ {_legal(turn.starts_at)}",
        f"Somebody is on duty twice at once from {_legal(turn.starts_at)}",
        rule=_rule(context),
    )


def _legal(at: datetime) -> str:
    return at.astimezone(LEGAL_TIME).isoformat()


def check_swap(one: RosterFacts, context: Context) -> Refusal | None:
    """Guard: it was published."""
    return _check_own(one, context, RosterState.PUBLISHED)


GUARDS: Final[dict[str, Callable[[RosterFacts, Context], Refusal | None]]] = {
    "redrawRoster": check_redraw,
    "publishRoster": check_publish,
    "swapDuty": check_swap,
}


def _rule(context: Context) -> str | None:
    """The rule that has somebody on duty at every hour, or else the one by which the unit may keep one."""
    return around_the_clock(context, context.actor.unit_kind) or context.rule_of("roster.plan")


def around_the_clock(context: Context, unit_kind: str) -> str | None:
    """The rule that has somebody on duty at every hour; None where the regulation does not say so of such units."""
    return context.rulebook.settings.operation.duty.get(unit_kind)


class Roster(Aggregate):
    """The duty of a post in a month. State keeps what the guards ask for."""

    TOPIC = "roster"

    # -- events -------------------------------------------------------------

    class Event(envelope.Event):
        """What happened to a roster."""

    @dataclass(frozen=True)
    class Created(envelope.Created):
        """The first event of one, whichever it is."""

        TOPIC = "roster:created"

    @dataclass(frozen=True)
    class Drawn(Created):
        """Somebody proposed who is on duty."""

        TOPIC = "roster:drawn"
        number: str
        post: str
        month: str
        starts_at: datetime
        ends_at: datetime
        area_path: str
        turns: list[Turn]

    @dataclass(frozen=True)
    class Redrawn(Event):
        """It was proposed otherwise."""

        TOPIC = "roster:redrawn"
        turns: list[Turn]

    @dataclass(frozen=True)
    class Published(Event):
        """It holds."""

        TOPIC = "roster:published"

    @dataclass(frozen=True)
    class Swapped(Event):
        """Somebody else takes a turn."""

        TOPIC = "roster:swapped"
        turn: int
        account_id: UUID
        text: Personal[str]

    @staticmethod
    def create_id(unit_id: UUID, post: str, month: str) -> UUID:
        """A post has one roster a month."""
        return uuid5(unit_id, f"/rosters/{month}/{post}")

    # -- decisions ----------------------------------------------------------

    @classmethod
    def draw(
        cls,
        context: Context,
        *,
        post: str,
        month: str,
        turns: Sequence[Turn],
        number: Callable[[], str],
    ) -> "Roster":
        """Propose who is on duty in a month; its gaps are listed, and keep it from being published."""
        refuse(check_draw(context))
        words("post", post, longest=LONGEST_NAME)
        starts_at, ends_at = _month(context, month)
        _check_turns(turns, starts_at, ends_at)
        with acting(context.envelope("roster.plan", rule=_rule(context))):
            return cls._create(
                cls.Drawn,
                id=cls.create_id(context.actor.unit_id, post, month),
                number=number(),
                post=post,
                month=month,
                starts_at=starts_at,
                ends_at=ends_at,
                area_path=context.actor.area_path,
                turns=list(turns),
            )

    def redraw(self, context: Context, *, turns: Sequence[Turn]) -> None:
        """Propose it otherwise."""
        refuse(check_redraw(self, context))
        _check_turns(turns, self.starts_at, self.ends_at)
        with acting(context.envelope("roster.plan", rule=_rule(context))):
            self.trigger_event(self.Redrawn, turns=list(turns))

    def publish(self, context: Context, *, elsewhere: Sequence[Turn]) -> None:
        """Let it hold; nobody is on duty *elsewhere*, by another roster that holds, at the same time."""
        refuse(check_publish(self, context))
        twice = next(double_bookings(self.turns, elsewhere), None)
        if twice is not None:
            raise _twice(twice, context)
        with acting(context.envelope("roster.plan", rule=_rule(context))):
            self.trigger_event(self.Published)

    def swap(
        self, context: Context, *, turn: int, account_id: UUID, text: str, elsewhere: Sequence[Turn]
    ) -> None:
        """Let somebody else take a turn; they are not on duty elsewhere then."""
        refuse(check_swap(self, context))
        rule = _rule(context)
        words("text", text, rule=rule)
        if not 1 <= turn <= len(self.turns):
            raise InvalidInput(
                "turn",
                f"lịch có {len(self.turns)} lượt",
                f"the roster has {len(self.turns)} turns",
                rule=rule,
            )
        changed = swapped(self.turns, turn, account_id)
        if any(twice.account_id == account_id for twice in double_bookings(changed, elsewhere)):
            raise InvalidInput(
                "accountId", "đã trực vào lúc đó", "is on duty at that time already", rule=rule
            )
        with acting(context.envelope("roster.plan", rule=rule)):
            self.trigger_event(
                self.Swapped, turn=turn, account_id=account_id, text=Personal.said(self.id, text)
            )

    # -- state --------------------------------------------------------------

    @event(Drawn)
    def __init__(
        self,
        number: str,
        starts_at: datetime,
        ends_at: datetime,
        area_path: str,
        turns: list[Turn],
        envelope: envelope.Envelope,
    ) -> None:
        self.number = number
        self.starts_at = starts_at
        self.ends_at = ends_at
        self.area_path = area_path
        self.owner_unit = envelope.unit_id
        self.turns: Sequence[Turn] = tuple(turns)
        self.state: str = RosterState.DRAFT

    @event(Redrawn)
    def _redrawn(self, turns: list[Turn]) -> None:
        self.turns = tuple(turns)

    @event(Published)
    def _published(self) -> None:
        self.state = RosterState.PUBLISHED

    @event(Swapped)
    def _swapped(self, turn: int, account_id: UUID) -> None:
        self.turns = swapped(self.turns, turn, account_id)


def _month(context: Context, month: str) -> tuple[datetime, datetime]:
    try:
        period(context.rulebook, ReportKind.MONTHLY, month)
    except InvalidInput:
        raise InvalidInput("month", "phải có dạng 2026-06", "expected in the form 2026-06") from None
    first = date.fromisoformat(f"{month}-01")
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return start_of(first), start_of(following)


def _check_turns(turns: Sequence[Turn], starts_at: datetime, ends_at: datetime) -> None:
    if not 1 <= len(turns) <= MOST_TURNS:
        raise InvalidInput("turns", f"từ 1 đến {MOST_TURNS} lượt", f"1 to {MOST_TURNS} turns")
    for number, turn in enumerate(turns, 1):
        if not turn.starts_at < turn.ends_at:
            raise InvalidInput(
                "turns", f"lượt {number} kết thúc trước khi bắt đầu", f"turn {number} ends first"
            )
        if turn.ends_at <= starts_at or ends_at <= turn.starts_at:
            raise InvalidInput(
                "turns", f"lượt {number} ngoài tháng", f"turn {number} is outside of the month"
            )
