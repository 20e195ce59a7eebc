"""An obstacle (*vướng mắc*): what keeps a unit from following the regulation, and who is asked to settle it.

It goes to the body that runs or manages the system, and beyond its competence to the People's Committee, in writing
(R-DH-17.2.0, R-DHV-5.0.0, R-QT-20.0.0, R-DB-20.2.0).
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol
from uuid import UUID, uuid5

from eventsourcing.domain import Aggregate, event

from domain import envelope
from domain.case.inputs import LONGEST_NAME, known_rule, some_words, words
from domain.context import Context, Rulebook
from domain.envelope import acting
from domain.errors import InvalidInput, Refusal, WrongState, refuse
from domain.operating import Level
from domain.personal import Personal


def chain(rulebook: Rulebook) -> tuple[Level, ...]:
    """Whom an obstacle goes to, one after the other, by the regulation; nobody where it names nobody."""
    return rulebook.settings.obstacles.levels


def rule_of(rulebook: Rulebook) -> str | None:
    """The rule that says so."""
    return rulebook.settings.obstacles.rule


class ObstacleState(StrEnum):
    """Where an obstacle stands."""

    REPORTED = "REPORTED"
    ESCALATED = "ESCALATED"
    SETTLED = "SETTLED"


class ObstacleFacts(Protocol):
    """What a guard looks at. The aggregate has it, and so does the row that shows an obstacle."""

    @property
    def state(self) -> str:
        """Where it stands."""

    @property
    def area_path(self) -> str:
        """Of which area the unit is that reported it."""

    @property
    def owner_unit(self) -> UUID | None:
        """The unit that reported it."""

    @property
    def level(self) -> int:
        """How far up the chain it has come."""

    @property
    def addressed_kind(self) -> str | None:
        """What kind of unit is to settle it; None where that is a body outside of the system."""

    @property
    def handling_unit_id(self) -> UUID | None:
        """The unit that put it before a body outside of the system, and is told the answer."""


# -- guards -------------------------------------------------------------------------


def check_report(context: Context) -> Refusal | None:
    """Anybody whose unit is in the system reports what stands in their way."""
    refusal = context.check_may("obstacle.report", facts=frozenset({"own-unit"}))
    if refusal is None and not chain(context.rulebook):
        return WrongState(
            "Quy định này không nêu nơi giải quyết vướng mắc",
            "Who settles an obstacle is not set by this regulation",
        )
    return refusal


def check_view(one: ObstacleFacts, context: Context) -> Refusal | None:
    """Whoever reported it sees it, whoever is or was to settle it, and the audit of its area."""
    actor = context.actor
    if context.permission("audit.replay").allowed and actor.covers(one.area_path):
        return None
    if one.owner_unit == actor.unit_id:
        return context.check_may("obstacle.report", facts=frozenset({"own-unit"}))
    asked = [level.kind for level in chain(context.rulebook)[: one.level + 1]]
    ours = actor.unit_kind in asked and actor.covers(one.area_path)
    return context.check_may("obstacle.handle", facts=frozenset({"receiver"} if ours else ()))


def _check_handle(one: ObstacleFacts, context: Context) -> Refusal | None:
    actor = context.actor
    addressed = one.addressed_kind == actor.unit_kind and actor.covers(one.area_path)
    answered = one.addressed_kind is None and one.handling_unit_id == actor.unit_id
    refusal = context.check_may(
        "obstacle.handle", facts=frozenset({"receiver"} if addressed or answered else ())
    )
    if refusal is None and one.state == ObstacleState.SETTLED:
        return WrongState(
            "Vướng mắc đã được giải quyết", "The obstacle is settled", rule=rule_of(context.rulebook)
        )
    return refusal


def check_escalate(one: ObstacleFacts, context: Context) -> Refusal | None:
    """What is beyond its competence, whoever was asked puts before the next body."""
    refusal = _check_handle(one, context)
    if refusal is None and one.level + 1 >= len(chain(context.rulebook)):
        return WrongState(
            "Không còn cấp trên trong quy định",
            "The regulation names nobody beyond",
            rule=rule_of(context.rulebook),
        )
    return refusal


def check_settle(one: ObstacleFacts, context: Context) -> Refusal | None:
    """Whoever was asked settles it, or puts the answer of a body outside of the system on record."""
    return _check_handle(one, context)


GUARDS: Final[dict[str, Callable[[ObstacleFacts, Context], Refusal | None]]] = {
    "escalateObstacle": check_escalate,
    "settleObstacle": check_settle,
}


class Obstacle(Aggregate):
    """An obstacle. State keeps what the guards ask for."""

    TOPIC = "obstacle"

    # -- events -------------------------------------------------------------

    class Event(envelope.Event):
        """What happened to an obstacle."""

    @dataclass(frozen=True)
    class Created(envelope.Created):
        """The first event of one, whichever it is."""

        TOPIC = "obstacle:created"

    @dataclass(frozen=True)
    class Reported(Created):
        """A unit said what stands in its way."""

        TOPIC = "obstacle:reported"
        number: str
        area_path: str
        addressed_kind: str
        subject_rule: str | None
        """The obligation that cannot be kept."""
        case_id: UUID | None
        text: Personal[str]

    @dataclass(frozen=True)
    class Escalated(Event):
        """It is beyond the competence of whoever was asked; a document put it before the next body."""

        TOPIC = "obstacle:escalated"
        level: int
        addressed_kind: str | None
        to: str
        document: str

    @dataclass(frozen=True)
    class Settled(Event):
        """It stands in nobody's way any more, or it was said how to go on."""

        TOPIC = "obstacle:settled"
        document: str | None
        text: Personal[str]

    @staticmethod
    def create_id(account_id: UUID, command_id: str) -> UUID:
        """One command reports one obstacle, however often it is sent."""
        return uuid5(account_id, f"/obstacles/{command_id}")

    # -- decisions ----------------------------------------------------------

    @classmethod
    def report(
        cls,
        context: Context,
        *,
        obstacle_id: UUID,
        number: Callable[[], str],
        text: str,
        subject_rule: str | None = None,
        case_id: UUID | None = None,
    ) -> "Obstacle":
        """Report what stands in one's way to the first body of the chain."""
        refuse(check_report(context))
        rule = rule_of(context.rulebook)
        words("text", text, rule=rule)
        if subject_rule is not None:
            known_rule("ruleId", context.rulebook, subject_rule)
        first = chain(context.rulebook)[0]
        with acting(context.envelope("obstacle.report", rule=rule)):
            return cls._create(
                cls.Reported,
                id=obstacle_id,
                number=number(),
                area_path=context.actor.area_path,
                addressed_kind=first.kind,
                subject_rule=subject_rule,
                case_id=case_id,
                text=Personal.said(obstacle_id, text),
            )

    def escalate(self, context: Context, *, document: str) -> None:
        """Put it before the next body, in writing."""
        refuse(check_escalate(self, context))
        rule = rule_of(context.rulebook)
        words("document", document, longest=LONGEST_NAME, rule=rule)
        above = chain(context.rulebook)[self.level + 1]
        with acting(context.envelope("obstacle.handle", rule=rule)):
            self.trigger_event(
                self.Escalated,
                level=self.level + 1,
                addressed_kind=above.kind,
                to=above.vi,
                document=document,
            )

    def settle(self, context: Context, *, text: str, document: str | None = None) -> None:
        """Say how it was settled; what a body outside of the system decided is named by its document."""
        refuse(check_settle(self, context))
        rule = rule_of(context.rulebook)
        words("text", text, rule=rule)
        document = some_words("document", document, longest=LONGEST_NAME)
        if self.addressed_kind is None and document is None:
            raise InvalidInput(
                "document",
                "phải ghi số văn bản giải quyết",
                "names the document that settles it",
                rule=rule,
            )
        with acting(context.envelope("obstacle.handle", rule=rule)):
            self.trigger_event(self.Settled, document=document, text=Personal.said(self.id, text))

    # -- state --------------------------------------------------------------

    @event(Reported)
    def __init__(self, number: str, area_path: str, addressed_kind: str, envelope: envelope.Envelope) -> None:
        self.number = number
        self.area_path = area_path
        self.state: str = ObstacleState.REPORTED
        self.owner_unit = envelope.unit_id
        self.level = 0
        self.addressed_kind: str | None = addressed_kind
        self.handling_unit_id: UUID | None = None

    @event(Escalated)
    def _escalated(self, level: int, addressed_kind: str | None, envelope: envelope.Envelope) -> None:
        self.state = ObstacleState.ESCALATED
        self.level = level
        self.addressed_kind = addressed_kind
        self.handling_unit_id = envelope.unit_id

    @event(Settled)
    def _settled(self) -> None:
        self.state = ObstacleState.SETTLED
