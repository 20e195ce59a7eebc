"""Given, when, then: facts that took place, one decision, and exactly what it recorded or why it refused.

A fact is an event without its ids and times; of its envelope only the fields it names count.
"""

from collections.abc import Callable, Collection
from copy import deepcopy
from dataclasses import MISSING, dataclass, field, fields
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any, Generic, TypeVar
from uuid import UUID

from eventsourcing.domain import Aggregate
from eventsourcing.utils import get_topic

from domain.clock import LEGAL_TIME, legal_date
from domain.context import Actor, Context, Grant
from domain.envelope import Envelope, Event, acting
from domain.errors import Refusal
from domain.unit import Unit
from policies.rulebook import Rulebook, load

A = TypeVar("A", bound=Aggregate)
R = TypeVar("R", bound=Refusal)

ID = UUID(int=0xCA5E)
"""The aggregate under test."""

IDENTITY = {"originator_id", "originator_version", "originator_topic", "timestamp", "envelope"}

SOMEBODY = Envelope(
    by="system:test",
    unit_id=None,
    took_place_at=datetime(2026, 6, 1, 1, 0, tzinfo=UTC),
    rulebook="dong-hoi@test",
    correlation_id=UUID(int=0xC0),
)
"""The circumstances of what is merely given."""


def legal(text: str) -> datetime:
    """Read an instant as a clock in Viet Nam shows it, such as 2026-06-01 08:00."""
    return datetime.fromisoformat(text).replace(tzinfo=LEGAL_TIME)


# -- who acts, when -------------------------------------------------------------

CITY = "quang-binh/dong-hoi"
NOW = legal("2026-06-02 08:00")
GRANT = Grant(
    action="audit.replay",
    document="15/QĐ-UBND",
    starts_at=NOW - timedelta(days=1),
    ends_at=NOW + timedelta(days=365),
)


def actor(
    number: int, unit: Unit, role: str, *, leader: bool = False, grants: tuple[Grant, ...] = ()
) -> Actor:
    """Return an invented person of a unit."""
    return Actor(
        account_id=UUID(int=number),
        unit_id=unit.id,
        unit_kind=unit.kind,
        area_path=unit.area_path,
        role=role,
        leader=leader,
        grants=grants,
    )


def unit(code: str, kind: str, area_path: str = CITY) -> Unit:
    """Return a unit that exists."""
    with acting(SOMEBODY):
        made = Unit(code=code, name=f"Đơn vị {code}", kind=kind, area_path=area_path)
    made.collect_events()
    return made


CENTRE = unit("TTGS", "OPERATIONS_CENTRE")
OTHER_CENTRE = unit("TTGS-2", "OPERATIONS_CENTRE")
POLICE = unit("CATP", "CITY_POLICE")
TEAM = unit("DOI-CSGT", "TRAFFIC_POLICE_TEAM")
COMMUNE = unit("CAP", "COMMUNE_POLICE", f"{CITY}/nam-ly")
COMMITTEE = unit("UBP", "COMMUNE_COMMITTEE", f"{CITY}/nam-ly")
INSPECTORATE = unit("TTR", "OTHER_BODY")

APPROVER = actor(1, CENTRE, "APPROVER")
EXECUTOR = actor(2, CENTRE, "EXECUTOR")
ADMINISTRATOR = actor(3, CENTRE, "ADMINISTRATOR")
OTHER_APPROVER = actor(4, OTHER_CENTRE, "APPROVER")
HANDLER = actor(5, POLICE, "HANDLER")
COLLEAGUE = actor(6, POLICE, "HANDLER")
TEAM_HANDLER = actor(7, TEAM, "HANDLER")
COMMUNE_LEADER = actor(8, COMMUNE, "LEADER", leader=True)
AUDITOR = actor(9, INSPECTORATE, "AUDITOR", grants=(GRANT,))
STRANGER = actor(10, INSPECTORATE, "AUDITOR")
ACTORS = (
    APPROVER,
    EXECUTOR,
    ADMINISTRATOR,
    OTHER_APPROVER,
    HANDLER,
    COLLEAGUE,
    TEAM_HANDLER,
    COMMUNE_LEADER,
    AUDITOR,
    STRANGER,
)


def context(who: Actor = APPROVER, now: datetime = NOW, profile: str = "dong-hoi") -> Context:
    """Return an act under the real rules of a profile."""
    rulebook = rules_on(legal_date(now), profile)
    return Context(actor=who, now=now, rulebook=rulebook, authority=rulebook.authority)


@cache
def rules_on(day: date, profile: str = "dong-hoi") -> Rulebook:
    """Return the rules of a profile as they are on a day."""
    return load(profile).on(day)


# -- given, when, then ----------------------------------------------------------


@dataclass(frozen=True)
class Fact:
    """What happened, and as much of its circumstances as matters."""

    event: type[Any]
    said: dict[str, Any]
    circumstances: dict[str, Any] = field(default_factory=dict)

    def under(self, **circumstances: Any) -> "Fact":
        """Name fields of the envelope that count."""
        return Fact(self.event, self.said, {**self.circumstances, **circumstances})


def fact(event: type[Event], **said: Any) -> Fact:
    """Return an event without its envelope."""
    return Fact(event, said)


def recorded(facts: Collection[Fact], cls: type[Aggregate], originator_id: UUID = ID) -> list[Event]:
    """Return the facts as the events of one aggregate."""
    return [
        f.event(
            originator_id=originator_id,
            originator_version=version,
            timestamp=SOMEBODY.took_place_at + timedelta(seconds=version),
            envelope=Envelope(**{**vars(SOMEBODY), **f.circumstances}),
            **({"originator_topic": get_topic(cls)} if version == 1 else {}),
            **f.said,
        )
        for version, f in enumerate(facts, start=1)
    ]


@dataclass(frozen=True)
class Outcome:
    """What a decision recorded, or the refusal it ended in."""

    events: list[Event]
    refusal: Refusal | None

    def then(self, *facts: Fact) -> None:
        """Exactly these facts were recorded."""
        assert self.refusal is None, f"refused: {self.refusal}"
        recorded = [
            Fact(
                type(event),
                _said(event, expected),
                {name: getattr(event.envelope, name) for name in expected.circumstances},
            )
            for event, expected in zip(self.events, facts, strict=False)
        ]
        assert recorded == list(facts), f"recorded {recorded}, expected {facts}"
        assert len(self.events) == len(facts), self.events

    def then_nothing(self) -> None:
        """Neither refused nor recorded."""
        self.then()

    def then_refused(self, refusal: type[R], *, rule: str | None = None) -> R:
        """Refused, citing exactly this rule or none, and nothing was recorded."""
        assert isinstance(self.refusal, refusal), f"{self.refusal!r}, recorded {self.events}"
        assert (type(self.refusal), self.events) == (refusal, [])
        assert self.refusal.rule == rule, f"{self.refusal.rule}: {self.refusal}"
        return self.refusal


def _said(event: Event, expected: Fact) -> dict[str, Any]:
    """What the event says beside its identity; what a fact does not name is as it is unless somebody says otherwise."""
    said = {f.name: getattr(event, f.name) for f in fields(event) if f.name not in IDENTITY}
    usual = {f.name: f.default for f in fields(event) if f.default is not MISSING}
    return {
        name: value
        for name, value in said.items()
        if name in expected.said or value != usual.get(name, MISSING)
    }


@dataclass(frozen=True)
class Given(Generic[A]):
    """An aggregate with a past."""

    aggregate: A

    def after(self, context: Context, *acts: Callable[[A, Context], object]) -> "Given[A]":
        """Let more happen first."""
        for act in acts:
            act(self.aggregate, context)
        self.aggregate.collect_events()
        return self

    def when(self, decide: Callable[[A], object]) -> Outcome:
        """Let it decide once."""
        before = deepcopy(vars(self.aggregate))
        try:
            decide(self.aggregate)
        except Refusal as refusal:
            assert vars(self.aggregate) == before, "a refusal changed the aggregate"
            return Outcome(_pending(self.aggregate), refusal)
        return Outcome(_pending(self.aggregate), None)


def given(cls: type[A], *facts: Fact) -> Given[A]:
    """Replay the facts, the first of which must be the one that creates the aggregate."""
    aggregate = replayed(recorded(facts, cls))
    assert isinstance(aggregate, cls)
    return Given(aggregate)


def when(create: Callable[[], Aggregate]) -> Outcome:
    """Let something come into being."""
    with acting(SOMEBODY):
        return Outcome(_pending(create()), None)


def replayed(events: Collection[Event]) -> Aggregate:
    """Fold the events of one aggregate."""
    aggregate: Any = None
    for event in events:
        aggregate = event.mutate(aggregate)
    assert isinstance(aggregate, Aggregate)
    return aggregate


def _pending(aggregate: Aggregate) -> list[Event]:
    return [event for event in aggregate.collect_events() if isinstance(event, Event)]
