"""A recommendation (*kiến nghị*): a shortcoming that the data show, to whom it was put, and what they answered."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol
from uuid import UUID, uuid5

from eventsourcing.domain import Aggregate, event

from domain import envelope
from domain.case.inputs import LONGEST_NAME, some_words, words
from domain.context import Context
from domain.envelope import acting
from domain.errors import Forbidden, InvalidInput, Refusal, WrongState, refuse
from domain.personal import Personal

MOST_LINKS: Final = 100
"""Cases and cameras that a recommendation names; what shows itself in more is named by its place."""


class Shortcoming(StrEnum):
    """What the data show (R-QT-12.6.0)."""

    TRAFFIC_ORGANISATION = "TRAFFIC_ORGANISATION"
    SECURITY = "SECURITY"


class RecommendationState(StrEnum):
    """Where a recommendation stands."""

    MADE = "MADE"
    SENT = "SENT"
    ANSWERED = "ANSWERED"


class RecommendationFacts(Protocol):
    """What a guard looks at. The aggregate has it, and so does the row that shows a recommendation."""

    @property
    def state(self) -> str:
        """Where it stands."""

    @property
    def area_path(self) -> str:
        """Of which area it is."""

    @property
    def owner_unit(self) -> UUID | None:
        """The unit that made it."""

    @property
    def recipient_unit_id(self) -> UUID | None:
        """The unit it was sent to, where that is one of the system."""


# -- guards -------------------------------------------------------------------------


def check_view(one: RecommendationFacts, context: Context) -> Refusal | None:
    """Whoever made or received it sees it, and whoever runs reports, or replays the audit, of a wider area."""
    actor = context.actor
    wide = any(context.permission(action).allowed for action in ("audit.replay", "report.run"))
    if wide and (actor.covers(one.area_path) or one.owner_unit == actor.unit_id):
        return None
    return _check_received(one, context)


def _check_received(one: RecommendationFacts, context: Context) -> Refusal | None:
    ours = one.recipient_unit_id == context.actor.unit_id
    return context.check_may("recommendation.answer", facts=frozenset({"receiver"} if ours else ()))


def check_make(context: Context) -> Refusal | None:
    """Who may run reports may say what they show."""
    return context.check_may("recommendation.make")


def check_send(one: RecommendationFacts, context: Context) -> Refusal | None:
    """Whoever made it sends it, once."""
    refusal = check_make(context)
    if refusal is None and one.state != RecommendationState.MADE:
        return _wrong("Kiến nghị đã được gửi", "The recommendation was sent already", context)
    if refusal is None and one.owner_unit != context.actor.unit_id:
        return Forbidden(
            "Kiến nghị của đơn vị khác",
            "The recommendation is of another unit",
            rule=context.rule_of("recommendation.make"),
        )
    return refusal


def check_answer(one: RecommendationFacts, context: Context) -> Refusal | None:
    """The unit it was sent to answers; an answer from outside is put on record by whoever sent it."""
    received = _check_received(one, context)
    if received is not None:
        ours = one.owner_unit == context.actor.unit_id and one.recipient_unit_id is None
        refusal = check_make(context)
        if refusal is not None or not ours:
            return refusal or received
    if one.state != RecommendationState.SENT:
        return _wrong("Không có kiến nghị chờ trả lời", "No recommendation awaits an answer", context)
    return None


def _wrong(vi: str, en: str, context: Context) -> WrongState:
    return WrongState(vi, en, rule=context.rule_of("recommendation.make"))


GUARDS: Final[dict[str, Callable[[RecommendationFacts, Context], Refusal | None]]] = {
    "sendRecommendation": check_send,
    "answerRecommendation": check_answer,
}


class Recommendation(Aggregate):
    """A recommendation. State keeps what the guards ask for."""

    TOPIC = "recommendation"

    # -- events -------------------------------------------------------------

    class Event(envelope.Event):
        """What happened to a recommendation."""

    @dataclass(frozen=True)
    class Created(envelope.Created):
        """The first event of one, whichever it is."""

        TOPIC = "recommendation:created"

    @dataclass(frozen=True)
    class Made(Created):
        """Somebody found what the data show, and what should be done."""

        TOPIC = "recommendation:made"
        number: str
        shortcoming: str
        area_path: str
        text: Personal[str]
        case_ids: tuple[UUID, ...]
        camera_ids: tuple[UUID, ...]

    @dataclass(frozen=True)
    class Sent(Event):
        """It went to whoever can mend it."""

        TOPIC = "recommendation:sent"
        recipient_unit_id: UUID | None
        outside: str | None
        """A body that is not in the system."""
        document: str

    @dataclass(frozen=True)
    class Answered(Event):
        """They said what they will do."""

        TOPIC = "recommendation:answered"
        accepted: bool
        document: str | None
        text: Personal[str]

    @staticmethod
    def create_id(account_id: UUID, command_id: str) -> UUID:
        """One command makes one recommendation, however often it is sent."""
        return uuid5(account_id, f"/recommendations/{command_id}")

    # -- decisions ----------------------------------------------------------

    @classmethod
    def make(
        cls,
        context: Context,
        *,
        recommendation_id: UUID,
        number: Callable[[], str],
        shortcoming: Shortcoming,
        area_path: str | None,
        text: str,
        case_ids: tuple[UUID, ...] = (),
        camera_ids: tuple[UUID, ...] = (),
    ) -> "Recommendation":
        """Say what the data show; it names cases or cameras, which the caller may look at."""
        refuse(check_make(context))
        words("text", text)
        place = area_path or context.actor.area_path
        if not context.actor.covers(place):
            raise InvalidInput("area", "ngoài địa bàn của đơn vị", "lies outside of the unit's area")
        if not case_ids and not camera_ids:
            raise InvalidInput(
                "caseIds", "phải nêu hồ sơ hoặc camera làm căn cứ", "names the cases or cameras that show it"
            )
        for path, links in (("caseIds", case_ids), ("cameraIds", camera_ids)):
            if len(links) > MOST_LINKS:
                raise InvalidInput(path, f"không quá {MOST_LINKS}", f"at most {MOST_LINKS}")
        with acting(context.envelope("recommendation.make", reason=shortcoming.value)):
            return cls._create(
                cls.Made,
                id=recommendation_id,
                number=number(),
                shortcoming=shortcoming.value,
                area_path=place,
                text=Personal.said(recommendation_id, text),
                case_ids=tuple(sorted(set(case_ids))),
                camera_ids=tuple(sorted(set(camera_ids))),
            )

    def send(
        self, context: Context, *, recipient_unit_id: UUID | None, outside: str | None, document: str
    ) -> None:
        """Send it to a unit, or to a body outside of the system, with a document."""
        refuse(check_send(self, context))
        words("document", document, longest=LONGEST_NAME)
        outside = some_words("outside", outside, longest=LONGEST_NAME)
        if (recipient_unit_id is None) == (outside is None):
            raise InvalidInput(
                "recipientUnitId",
                "cần đơn vị nhận hoặc cơ quan ngoài hệ thống, chỉ một",
                "either a unit or a body outside of the system is expected",
            )
        with acting(context.envelope("recommendation.make")):
            self.trigger_event(
                self.Sent, recipient_unit_id=recipient_unit_id, outside=outside, document=document
            )

    def answer(self, context: Context, *, accepted: bool, text: str, document: str | None = None) -> None:
        """Put on record what was answered."""
        refuse(check_answer(self, context))
        words("text", text)
        document = some_words("document", document, longest=LONGEST_NAME)
        if self.recipient_unit_id is None and document is None:
            raise InvalidInput(
                "document",
                "phải ghi số văn bản trả lời của cơ quan ngoài hệ thống",
                "names the document of a body outside of the system",
            )
        with acting(context.envelope("recommendation.answer")):
            self.trigger_event(
                self.Answered, accepted=accepted, document=document, text=Personal.said(self.id, text)
            )

    # -- state --------------------------------------------------------------

    @event(Made)
    def __init__(self, number: str, area_path: str, envelope: envelope.Envelope) -> None:
        self.number = number
        self.area_path = area_path
        self.state: str = RecommendationState.MADE
        self.owner_unit = envelope.unit_id
        self.recipient_unit_id: UUID | None = None

    @event(Sent)
    def _sent(self, recipient_unit_id: UUID | None) -> None:
        self.state = RecommendationState.SENT
        self.recipient_unit_id = recipient_unit_id

    @event(Answered)
    def _answered(self) -> None:
        self.state = RecommendationState.ANSWERED
