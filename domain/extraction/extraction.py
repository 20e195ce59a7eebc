"""The extraction of footage: decisions and state.

Decisions may refuse; state may not, because it is replayed.
Requester, approver and executor are three people, and only the receiver they name opens what was cut.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid5

from eventsourcing.domain import Aggregate, event

from domain import envelope
from domain.camera import Camera
from domain.context import Actor, Context
from domain.documents import Made, check_copies
from domain.errors import InvalidInput, refuse
from domain.extraction import events, guards
from domain.extraction.events import ExtractedFile, Gap
from domain.extraction.state import ExtractionState
from domain.personal import Personal

LONGEST_TEXT: Final = 4000
LONGEST_DOCUMENT: Final = 200


class FootageExtraction(Aggregate):
    """One request for footage, and what became of it. State keeps what the guards ask for, nothing else."""

    TOPIC = "footage-extraction"

    Event = events.Event
    Created = events.Created
    Requested = events.Requested
    Approved = events.Approved
    Rejected = events.Rejected
    Executed = events.Executed
    HandedOver = events.HandedOver
    Accepted = events.Accepted
    MinutesIssued = events.MinutesIssued
    MinutesPrinted = events.MinutesPrinted

    @staticmethod
    def create_id(account_id: UUID, command_id: str) -> UUID:
        """One command makes one request, however often it is sent."""
        return uuid5(account_id, f"/extractions/{command_id}")

    # -- decisions: check, then record --------------------------------------

    @classmethod
    def request(
        cls,
        context: Context,
        *,
        extraction_id: UUID,
        number: Callable[[], str],
        camera: Camera,
        kept: bool,
        starts_at: datetime,
        ends_at: datetime,
        purpose: str,
        note: str | None = None,
        document_number: str | None = None,
        undertaking: bool = False,
        case_id: UUID | None = None,
    ) -> "FootageExtraction":
        """Ask for the footage of one camera, of one window, for one purpose.

        *kept* says whether any of the window is; a number is drawn only for what is going to be recorded.
        """
        in_writing = guards.is_written(document_number, note, undertaking=undertaking)
        refuse(guards.check_request(camera, context, in_writing=in_writing))
        _check_window(context, starts_at, ends_at)
        refuse(context.check_purpose(purpose))
        if not kept:
            raise InvalidInput(
                "from",
                f"camera {camera.code} không có bản ghi nào trong khoảng này",
                f"nothing of camera {camera.code} is kept of this window",
            )
        _check_length("note", note, LONGEST_TEXT)
        _check_length("documentNumber", document_number, LONGEST_DOCUMENT)
        with envelope.acting(context.envelope("extraction.request", reason=purpose)):
            return cls._create(
                cls.Requested,
                id=extraction_id,
                number=number(),
                camera_id=camera.id,
                domain=camera.domain,
                area_path=camera.area_path,
                operating_unit_id=camera.operating_unit_id,
                requesting_unit_kind=context.actor.unit_kind,
                starts_at=starts_at,
                ends_at=ends_at,
                purpose=purpose,
                note=Personal.said(extraction_id, note) if note else None,
                document_number=document_number,
                undertaking=undertaking,
                case_id=case_id,
            )

    def approve(self, context: Context) -> None:
        """Allow it."""
        refuse(guards.check_approve(self, context))
        with envelope.acting(context.envelope("extraction.approve")):
            self.trigger_event(self.Approved)

    def reject(self, context: Context, *, text: str) -> None:
        """Refuse it, and say why."""
        refuse(guards.check_approve(self, context))
        if not text.strip():
            raise InvalidInput("text", "phải nêu lý do", "must say why")
        _check_length("text", text, LONGEST_TEXT)
        with envelope.acting(context.envelope("extraction.approve")):
            self.trigger_event(self.Rejected, text=Personal.said(self.id, text))

    def execute(self, context: Context, *, files: Sequence[ExtractedFile], gaps: Sequence[Gap]) -> None:
        """Record what was cut: it is kept durably before this is said."""
        refuse(guards.check_execute(self, context))
        with envelope.acting(context.envelope("extraction.execute", reason=self.purpose)):
            self.trigger_event(self.Executed, files=list(files), gaps=list(gaps))

    def hand_over(self, context: Context, *, receiver: Actor | None) -> None:
        """Hand the files to one person of the unit that asked; until somebody has accepted, to another instead."""
        refuse(guards.check_hand_over(self, context))
        if receiver is None or not guards.may_receive(self, context, receiver):
            raise InvalidInput(
                "receiverAccountId",
                "phải là tài khoản đang dùng của đơn vị đề nghị, có chức năng nhận",
                "must be an account in use of the unit that asked, whose function is to receive",
                rule=context.rule_of("extraction.hand_over"),
            )
        with envelope.acting(context.envelope("extraction.hand_over")):
            self.trigger_event(self.HandedOver, receiver_account_id=receiver.account_id)

    def accept(self, context: Context) -> None:
        """Take the files over."""
        refuse(guards.check_accept(self, context))
        with envelope.acting(context.envelope("extraction.accept")):
            self.trigger_event(self.Accepted)

    def issue_minutes(self, context: Context, made: Made) -> None:
        """Put on record that the minutes of the handing over were made; they are kept before this is said."""
        refuse(guards.check_minutes(self, context))
        _check_length("number", made.number, LONGEST_DOCUMENT)
        with envelope.acting(context.envelope("extraction.hand_over")):
            self.trigger_event(self.MinutesIssued, **vars(made))

    def print_minutes(self, context: Context, *, document_id: UUID, copies: int) -> None:
        """Put on record that they were opened to be printed."""
        refuse(guards.check_minutes(self, context))
        check_copies(self.minutes, document_id, copies)
        with envelope.acting(context.envelope("extraction.hand_over")):
            self.trigger_event(self.MinutesPrinted, document_id=document_id, copies=copies)

    # -- state: replayed from events, so nothing here may refuse -------------

    @event(events.Requested)
    def __init__(
        self,
        number: str,
        camera_id: UUID,
        area_path: str,
        operating_unit_id: UUID,
        requesting_unit_kind: str,
        starts_at: datetime,
        ends_at: datetime,
        purpose: str,
        envelope: envelope.Envelope,
    ) -> None:
        self.number = number
        self.state = ExtractionState.REQUESTED
        self.camera_id = camera_id
        self.area_path = area_path
        self.operating_unit_id = operating_unit_id
        self.requesting_unit_kind = requesting_unit_kind
        self.requesting_unit_id = envelope.unit_id
        self.requested_by = envelope.by
        self.behind: tuple[str, ...] = envelope.people
        self.starts_at = starts_at
        self.ends_at = ends_at
        self.purpose = purpose
        self.decided_by: str | None = None
        self.executed_by: str | None = None
        self.executing_unit_id: UUID | None = None
        self.receiver_account_id: UUID | None = None
        self.files: list[ExtractedFile] = []
        self.minutes: dict[UUID, Made] = {}

    @event(events.Approved)
    def _approved(self, envelope: envelope.Envelope) -> None:
        self.state = ExtractionState.APPROVED
        self.decided_by = envelope.by
        self.behind += envelope.people

    @event(events.Rejected)
    def _rejected(self, envelope: envelope.Envelope) -> None:
        self.state = ExtractionState.REJECTED
        self.decided_by = envelope.by
        self.behind += envelope.people

    @event(events.Executed)
    def _executed(self, files: list[ExtractedFile], envelope: envelope.Envelope) -> None:
        self.state = ExtractionState.EXECUTED
        self.executed_by = envelope.by
        self.executing_unit_id = envelope.unit_id
        self.files = files

    @event(events.HandedOver)
    def _handed_over(self, receiver_account_id: UUID) -> None:
        self.state = ExtractionState.HANDED_OVER
        self.receiver_account_id = receiver_account_id

    @event(events.Accepted)
    def _accepted(self) -> None:
        self.state = ExtractionState.ACCEPTED

    @event(events.MinutesIssued)
    def _minutes_issued(
        self, document_id: UUID, number: str, edition: int, template: str, sha256: str, size: int, name: str
    ) -> None:
        self.minutes[document_id] = Made(
            document_id=document_id,
            number=number,
            edition=edition,
            template=template,
            sha256=sha256,
            size=size,
            name=name,
        )

    @event(events.MinutesPrinted)
    def _minutes_printed(self) -> None:
        """A print changes nothing of what may be decided."""


def _check_window(context: Context, starts_at: datetime, ends_at: datetime) -> None:
    """A window is given to the second, lies in the past, and is no longer than an extraction may be."""
    for path, instant in (("from", starts_at), ("to", ends_at)):
        if instant.microsecond:
            raise InvalidInput(path, "tính đến giây", "is given to the second")
    longest = timedelta(seconds=context.rulebook.longest_extraction_s)
    if ends_at <= starts_at:
        raise InvalidInput("to", "phải sau from", "must be after from")
    if ends_at > context.now:
        raise InvalidInput(
            "to", "ở tương lai: chưa có gì được ghi", "lies in the future: nothing is recorded yet"
        )
    if ends_at - starts_at > longest:
        raise InvalidInput(
            "to",
            f"khoảng thời gian dài quá {longest}; hãy chia thành nhiều đề nghị",
            f"the window is longer than {longest}; ask in several requests",
        )


def _check_length(path: str, text: str | None, longest: int) -> None:
    if text is not None and len(text) > longest:
        raise InvalidInput(path, f"quá {longest} ký tự", f"longer than {longest} characters")
