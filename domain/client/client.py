"""A client: what connects to the system, by which document, and when it was let in (R-QT-5.2.b, R-DB-5.4.0).

What nobody registered does not connect, and what it sends is refused; a suspended one is refused from that instant on.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final
from uuid import NAMESPACE_URL, UUID, uuid5

from eventsourcing.domain import Aggregate, event

from domain import envelope
from domain.case.inputs import LONGEST_NAME, words
from domain.client.guards import (
    check_administer,
    check_resume,
    check_suspend,
    check_withdraw,
    client_rule,
)
from domain.client.kinds import ClientKind, ClientState
from domain.clock import legal_date, start_of
from domain.context import Context
from domain.envelope import acting
from domain.errors import InvalidInput, Refusal, refuse

CODE: Final = re.compile(r"[A-Z0-9][A-Z0-9-]{0,31}")
SHA256: Final = re.compile(r"[0-9a-f]{64}")
MOST_MODELS: Final = 20


@dataclass(frozen=True, kw_only=True)
class Registration:
    """A client as it is to be registered; the guard looks at it as at one that is."""

    code: str
    kind: str
    name: str
    release: str
    """The version of the software, or the type of the device."""
    maker: str
    area_path: str
    operating_unit_id: UUID
    document: str
    """What permits it (R-QT-5.2.b)."""
    permitted_on: date
    """The day from which that document does."""
    models: tuple[str, ...] = ()
    """The SHA-256 of each model by which it detects; of others nothing is taken from it."""

    @property
    def client_id(self) -> UUID:
        """The id that it will have."""
        return Client.create_id(self.code)

    @property
    def owner_unit(self) -> UUID:
        """The unit that will operate it."""
        return self.operating_unit_id


@dataclass(frozen=True)
class Span:
    """A time in which it was let in; open while it has no end."""

    since: datetime
    until: datetime | None = None

    def covers(self, at: datetime) -> bool:
        """Whether an instant lies in it."""
        return self.since <= at and (self.until is None or at < self.until)


class Client(Aggregate):
    """A registered client. State keeps what the guards and the ways in ask for."""

    TOPIC = "client"

    # -- events -------------------------------------------------------------

    class Event(envelope.Event):
        """What happened to a client; the reason of an act, where there is one, is in its envelope."""

    @dataclass(frozen=True)
    class Created(envelope.Created):
        """The first event of one, whichever it is."""

        TOPIC = "client:created"

    @dataclass(frozen=True)
    class Registered(Created):
        """It may connect, from the day on that its document says."""

        TOPIC = "client:registered"
        code: str
        kind: str
        name: str
        release: str
        maker: str
        area_path: str
        operating_unit_id: UUID
        document: str
        permitted_on: date
        models: tuple[str, ...]

    @dataclass(frozen=True)
    class Suspended(Event):
        """It may not connect for now."""

        TOPIC = "client:suspended"
        document: str

    @dataclass(frozen=True)
    class Resumed(Event):
        """It may connect again."""

        TOPIC = "client:resumed"
        document: str

    @dataclass(frozen=True)
    class Withdrawn(Event):
        """It may not connect any more; what it sent before stays what it was."""

        TOPIC = "client:withdrawn"
        document: str

    @staticmethod
    def create_id(code: str) -> UUID:
        """One code, one client."""
        return uuid5(NAMESPACE_URL, f"/clients/{code}")

    # -- decisions ----------------------------------------------------------

    @classmethod
    def register(cls, context: Context, given: Registration) -> "Client":
        """Take a client into the register."""
        refuse(check_administer(given, context))
        rule = client_rule(context)
        _checked(given, legal_date(context.now), rule)
        with acting(context.envelope("client.administer", rule=rule)):
            return cls.enter(given)

    @classmethod
    def enter(cls, given: Registration) -> "Client":
        """Take a client in; inside an act of whoever may, or of whoever sets the installation up."""
        return cls._create(cls.Registered, id=given.client_id, **vars(given))

    def suspend(self, context: Context, *, document: str, reason: str) -> None:
        """Keep it out for now."""
        self._decide(context, check_suspend, self.Suspended, document, reason)

    def resume(self, context: Context, *, document: str, reason: str) -> None:
        """Let it in again."""
        self._decide(context, check_resume, self.Resumed, document, reason)

    def withdraw(self, context: Context, *, document: str, reason: str) -> None:
        """Keep it out for good; its models may be registered to another from then on."""
        self._decide(context, check_withdraw, self.Withdrawn, document, reason)

    def _decide(
        self,
        context: Context,
        check: Callable[["Client", Context], Refusal | None],
        happened: type["Client.Event"],
        document: str,
        reason: str,
    ) -> None:
        refuse(check(self, context))
        rule = client_rule(context)
        words("document", document, longest=LONGEST_NAME, rule=rule)
        words("reason", reason, longest=LONGEST_NAME, rule=rule)
        with acting(context.envelope("client.administer", rule=rule, reason=reason)):
            self.trigger_event(happened, document=document)

    # -- what the ways in ask -------------------------------------------------

    def in_force(self, at: datetime) -> bool:
        """Whether it was let in at an instant."""
        return any(span.covers(at) for span in self.spans)

    # -- state --------------------------------------------------------------

    @event(Registered)
    def __init__(
        self,
        code: str,
        kind: str,
        name: str,
        area_path: str,
        operating_unit_id: UUID,
        permitted_on: date,
        models: tuple[str, ...],
    ) -> None:
        self.code = code
        self.kind = kind
        self.name = name
        self.area_path = area_path
        self.owner_unit = operating_unit_id
        self.models = models
        self.state: str = ClientState.REGISTERED
        self.spans = [Span(start_of(permitted_on))]
        self.withdrawn_at: datetime | None = None

    @event(Suspended)
    def _suspended(self, envelope: envelope.Envelope) -> None:
        self.state = ClientState.SUSPENDED
        self._shut(envelope.took_place_at)

    @event(Resumed)
    def _resumed(self, envelope: envelope.Envelope) -> None:
        self.state = ClientState.REGISTERED
        self.spans = [*self.spans, Span(envelope.took_place_at)]

    @event(Withdrawn)
    def _withdrawn(self, envelope: envelope.Envelope) -> None:
        self.state = ClientState.WITHDRAWN
        self.withdrawn_at = envelope.took_place_at
        self._shut(envelope.took_place_at)

    def _shut(self, at: datetime) -> None:
        *before, last = self.spans
        self.spans = [*before, last if last.until else replace(last, until=at)]


def _checked(given: Registration, today: date, rule: str | None) -> None:
    """Refuse what cannot be registered."""
    if CODE.fullmatch(given.code) is None:
        raise InvalidInput(
            "code",
            "phải gồm chữ in hoa, số và dấu gạch, ví dụ PM-PH-01",
            "capital letters, digits and hyphens are expected, such as PM-PH-01",
            rule=rule,
        )
    for path in ("name", "release", "maker", "document"):
        words(path, getattr(given, path), longest=LONGEST_NAME, rule=rule)
    if given.permitted_on > today:
        raise InvalidInput(
            "permittedOn",
            "ở tương lai: chưa được phép",
            "lies in the future: it is not permitted yet",
            rule=rule,
        )
    detects = given.kind == ClientKind.DETECTION_WORKER
    if len(given.models) > MOST_MODELS or (detects and not given.models):
        raise InvalidInput(
            "models",
            f"từ {1 if detects else 0} đến {MOST_MODELS} mô hình",
            f"{1 if detects else 0} to {MOST_MODELS} models are expected",
            rule=rule,
        )
    for n, sha256 in enumerate(given.models):
        if SHA256.fullmatch(sha256) is None or sha256 in given.models[:n]:
            raise InvalidInput(
                f"models[{n}]",
                "là SHA-256 của tệp mô hình, 64 chữ số hệ 16, mỗi mô hình một lần",
                "is the SHA-256 of the model's file, 64 hex digits, each once",
                rule=rule,
            )
