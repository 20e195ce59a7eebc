"""A breach of the regulation: what is said to have happened in a unit, what was found, and what followed.

The head of the unit answers for it (R-DH-16.4.b); it is dealt with by its nature and degree (R-QT-19.3.0, R-DB-19.2.0).
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final
from uuid import NAMESPACE_URL, UUID, uuid5

from eventsourcing.domain import Aggregate, event

from domain import breach_guards as guards
from domain import envelope
from domain.breach_guards import BreachFinding, BreachState, Measure, Place
from domain.case.inputs import LONGEST_NAME, known_rule, some_words, words
from domain.context import Context
from domain.envelope import acting
from domain.errors import InvalidInput, refuse
from domain.personal import Personal

MOST_LINKS: Final = 100
"""Things on record of each kind that a breach names as its evidence."""
WITHHELD: Final = frozenset({"account_id", "leads", "by"})
"""Neither of whom it is said nor who acted goes to others: the person is heard first, and who reported it is safe."""


@dataclass(frozen=True, kw_only=True)
class Accused:
    """Whom it is said of, and whether they lead the unit."""

    account_id: UUID
    leads: bool


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What is on record that shows it: refused attempts by their position, cases and cameras by their ids."""

    attempts: tuple[int, ...] = ()
    case_ids: tuple[UUID, ...] = ()
    camera_ids: tuple[UUID, ...] = ()


class Breach(Aggregate):
    """A breach. State keeps what the guards ask for."""

    TOPIC = "breach"

    # -- events -------------------------------------------------------------

    class Event(envelope.Event):
        """What happened to a breach."""

        withheld: ClassVar[frozenset[str]] = WITHHELD

    @dataclass(frozen=True)
    class Created(envelope.Created):
        """The first event of one, whichever it is."""

        TOPIC = "breach:created"
        withheld: ClassVar[frozenset[str]] = WITHHELD

    @dataclass(frozen=True)
    class Reported(Created):
        """Somebody said that a prohibited act took place in a unit, or that a duty was not done."""

        TOPIC = "breach:reported"
        number: str
        area_path: str
        unit_id: UUID
        subject_rule: str
        """The prohibited act, or the duty."""
        account_id: UUID | None
        leads: bool
        happened_at: datetime
        text: Personal[str]
        attempts: tuple[int, ...]
        case_ids: tuple[UUID, ...]
        camera_ids: tuple[UUID, ...]

    @dataclass(frozen=True)
    class Answered(Event):
        """The person it is said of was heard."""

        TOPIC = "breach:answered"
        text: Personal[str]

    @dataclass(frozen=True)
    class Examined(Event):
        """It was found to be so, or not."""

        TOPIC = "breach:examined"
        finding: str
        document: str | None
        text: Personal[str]

    @dataclass(frozen=True)
    class DealtWith(Event):
        """A measure followed."""

        TOPIC = "breach:dealt-with"
        measure: str
        document: str
        decided_at: datetime
        recommendation_id: UUID | None

    @dataclass(frozen=True)
    class Closed(Event):
        """Nothing more follows."""

        TOPIC = "breach:closed"

    @dataclass(frozen=True)
    class Reopened(Event):
        """The finding was wrong, or not all that is known: it and its measures are set aside, and stay on record."""

        TOPIC = "breach:reopened"
        document: str | None
        text: Personal[str]

    @staticmethod
    def create_id(bound: bytes) -> UUID:
        """One command reports one breach, however often it is sent; *bound* is it, bound to a secret.

        The id is shown to whom the breach is about, who could find out by trying whose command makes it otherwise.
        """
        return uuid5(NAMESPACE_URL, f"/breaches/{bound.hex()}")

    # -- decisions ----------------------------------------------------------

    @classmethod
    def report(
        cls,
        context: Context,
        *,
        breach_id: UUID,
        number: Callable[[], str],
        place: Place,
        subject_rule: str,
        happened_at: datetime,
        text: str,
        accused: Accused | None = None,
        shown: Shown | None = None,
    ) -> "Breach":
        """Report what happened in a unit, and what on record shows it."""
        refuse(guards.check_report(place, context))
        rule, shown = guards.rule_of(context), shown or Shown()
        words("text", text, rule=rule)
        known_rule("ruleId", context.rulebook, subject_rule)
        if happened_at > context.now:
            raise InvalidInput("happenedAt", "ở tương lai", "lies in the future", rule=rule)
        links = {"attempts": shown.attempts, "caseIds": shown.case_ids, "cameraIds": shown.camera_ids}
        for path, named in links.items():
            _check_links(path, named)
        with acting(context.envelope("breach.report", rule=rule)):
            return cls._create(
                cls.Reported,
                id=breach_id,
                number=number(),
                area_path=place.area_path,
                unit_id=place.unit_id,
                subject_rule=subject_rule,
                account_id=accused.account_id if accused else None,
                leads=accused is not None and accused.leads,
                happened_at=happened_at,
                text=Personal.said(breach_id, text),
                attempts=tuple(sorted(set(shown.attempts))),
                case_ids=tuple(sorted(set(shown.case_ids))),
                camera_ids=tuple(sorted(set(shown.camera_ids))),
            )

    def answer(self, context: Context, *, text: str) -> None:
        """Say what the person it is said of says to it, as often as they like."""
        refuse(guards.check_answer(self, context))
        words("text", text, rule=guards.rule_of(context))
        with acting(context.envelope("breach.answer", rule=guards.rule_of(context))):
            self.trigger_event(self.Answered, text=Personal.said(self.id, text))

    def examine(
        self, context: Context, *, finding: BreachFinding, text: str, document: str | None = None
    ) -> None:
        """Say what was found; of the unit itself, or of its head, what the body above it decided."""
        refuse(guards.check_examine(self, context))
        words("text", text, rule=guards.rule_of(context))
        document = self._document(context, document)
        with acting(context.envelope("breach.examine", rule=self._ground(context))):
            self.trigger_event(
                self.Examined,
                finding=finding.value,
                document=document,
                text=Personal.said(self.id, text),
            )

    def deal(
        self,
        context: Context,
        *,
        measure: Measure,
        document: str,
        decided_at: datetime,
        recommendation_id: UUID | None = None,
    ) -> None:
        """Put a measure on record, with the document that decided it."""
        refuse(guards.check_deal(self, context))
        rule = guards.rule_of(context)
        words("document", document, longest=LONGEST_NAME, rule=rule)
        listed = context.rulebook.breaches.measures
        if measure not in listed:
            known = ", ".join(listed)
            raise InvalidInput("measure", f"phải là một trong {known}", f"must be one of {known}", rule=rule)
        if not self.happened_at <= decided_at <= context.now:
            raise InvalidInput(
                "decidedAt",
                "phải từ khi xảy ra vi phạm đến nay",
                "lies between the breach and now",
                rule=rule,
            )
        with acting(context.envelope("breach.examine", reason=measure.value, rule=listed[measure])):
            self.trigger_event(
                self.DealtWith,
                measure=measure.value,
                document=document,
                decided_at=decided_at,
                recommendation_id=recommendation_id,
            )

    def close(self, context: Context) -> None:
        """Say that nothing more follows."""
        refuse(guards.check_close(self, context))
        with acting(context.envelope("breach.examine", rule=guards.rule_of(context))):
            self.trigger_event(self.Closed)

    def reopen(self, context: Context, *, text: str, document: str | None = None) -> None:
        """Set the finding aside, and say why: it is examined anew."""
        refuse(guards.check_reopen(self, context))
        words("text", text, rule=guards.rule_of(context))
        document = self._document(context, document)
        with acting(context.envelope("breach.examine", rule=self._ground(context))):
            self.trigger_event(self.Reopened, document=document, text=Personal.said(self.id, text))

    def _ground(self, context: Context) -> str | None:
        """The rule by which the unit checks others, or that by which a unit answers for its own."""
        if self.owner_unit == context.actor.unit_id:
            return guards.rule_of(context)
        return context.rulebook.breaches.checked_by.get(context.actor.unit_kind, guards.rule_of(context))

    def _document(self, context: Context, document: str | None) -> str | None:
        if guards.needs_document(self, context) and not (document or "").strip():
            raise InvalidInput(
                "document",
                "vi phạm của đơn vị hoặc người đứng đầu do cấp trên kết luận: phải ghi số văn bản của cấp trên",
                "what concerns the unit or its head is decided above it: names the document of the body above",
                rule=guards.rule_of(context),
            )
        return some_words("document", document, longest=LONGEST_NAME)

    # -- state --------------------------------------------------------------

    @event(Reported)
    def __init__(
        self,
        number: str,
        area_path: str,
        unit_id: UUID,
        account_id: UUID | None,
        leads: bool,  # noqa: FBT001 — the names and order of the event
        happened_at: datetime,
        envelope: envelope.Envelope,
    ) -> None:
        self.reported_by = envelope.by
        self.number = number
        self.area_path = area_path
        self.owner_unit = unit_id
        self.account_id = account_id
        self.leads = leads
        self.happened_at = happened_at
        self.state: str = BreachState.REPORTED
        self.examining_unit_id: UUID | None = None

    @event(Answered)
    def _answered(self) -> None:
        pass

    @event(Examined)
    def _examined(self, finding: str, envelope: envelope.Envelope) -> None:
        self.state = BreachState(finding)
        self.examining_unit_id = envelope.unit_id

    @event(DealtWith)
    def _dealt_with(self) -> None:
        self.state = BreachState.DEALT_WITH

    @event(Closed)
    def _closed(self) -> None:
        self.state = BreachState.CLOSED

    @event(Reopened)
    def _reopened(self) -> None:
        self.state = BreachState.REPORTED
        self.examining_unit_id = None


def _check_links(path: str, named: Collection[object]) -> None:
    if len(named) > MOST_LINKS:
        raise InvalidInput(path, f"không quá {MOST_LINKS}", f"at most {MOST_LINKS}")
