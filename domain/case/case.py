"""The case: decisions and state.

Decisions may refuse; state may not, because it is replayed.
Detection never decides: a machine proposes, a person approves, another unit concludes.
"""

import re
from datetime import datetime
from typing import Any, Final
from uuid import NAMESPACE_URL, UUID, uuid5

from eventsourcing.domain import Aggregate, event

from domain import envelope
from domain.case import events, guards
from domain.case.state import CaseState, Finding
from domain.context import Context
from domain.errors import InvalidInput, SameUnit, refuse
from domain.personal import Personal
from domain.unit import Unit

PLATE: Final = re.compile(r"[0-9A-ZĐ][0-9A-ZĐ .\-]{3,18}[0-9A-Z]")
"""A plate as an officer types it: letters, digits, dot, dash, blank. Reading its grammar comes with plate reading."""

LONGEST_TEXT: Final = 4000


class Case(Aggregate):
    """A violation case. State keeps what the guards ask for, nothing else."""

    TOPIC = "case"

    Event = events.Event
    Created = events.Created
    Detected = events.Detected
    Discarded = events.Discarded
    Approved = events.Approved
    Received = events.Received
    VerificationStarted = events.VerificationStarted
    Concluded = events.Concluded
    ResultNotified = events.ResultNotified

    @staticmethod
    def create_id(proposal_id: UUID) -> UUID:
        """One proposal opens at most one case, whoever asks and however often."""
        return uuid5(NAMESPACE_URL, f"/cases/{proposal_id}")

    # -- decisions: check, then record --------------------------------------

    @classmethod
    def detect(cls, proposal_id: UUID, **facts: Any) -> "Case":
        """Open the case of a proposal; the facts are those of `Detected`."""
        return cls._create(cls.Detected, id=cls.create_id(proposal_id), proposal_id=proposal_id, **facts)

    def approve(self, context: Context, *, plate: str, recipient: Unit) -> None:
        """Approve and transfer in one act; the clock of verification starts with the arrival of the data."""
        refuse(guards.check_approve(self, context))
        if not PLATE.fullmatch(plate):
            raise InvalidInput(
                "plate", "không phải biển số (ví dụ 73A-123.45)", "not a plate (such as 73A-123.45)"
            )
        if recipient.id == context.actor.unit_id:
            raise SameUnit(
                "Không thể chuyển hồ sơ cho chính đơn vị mình",
                "A case cannot be transferred to one's own unit",
                rule=context.rule_of("case.approve"),
            )
        if not context.receives(recipient.kind, self.domain):
            raise InvalidInput(
                "recipientUnitId",
                f"đơn vị {recipient.code} không tiếp nhận loại hồ sơ này",
                f"the unit {recipient.code} does not receive cases of this kind",
                rule=context.rule_of("case.receive"),
            )
        due = context.rulebook.deadline("VERIFY", context.now)
        with envelope.acting(context.envelope("case.approve")):
            self.trigger_event(
                self.Approved,
                plate=Personal.said(self.id, plate),
                recipient_unit_id=recipient.id,
                due=due.due if due else None,
                due_rule=due.rule if due else None,
                late=self._late(context.now),
            )

    def discard(self, context: Context, *, reason_code: str, note: str | None) -> None:
        """Discard the proposal for a reason of the closed list; the record stays."""
        refuse(guards.check_discard(self, context))
        if reason_code not in context.rulebook.discard_reasons:
            raise InvalidInput(
                "reasonCode",
                f"phải là một trong {', '.join(sorted(context.rulebook.discard_reasons))}",
                f"must be one of {', '.join(sorted(context.rulebook.discard_reasons))}",
                rule=context.rule_of("case.discard"),
            )
        if note is not None and len(note) > LONGEST_TEXT:
            raise InvalidInput("note", f"quá {LONGEST_TEXT} ký tự", f"longer than {LONGEST_TEXT} characters")
        with envelope.acting(context.envelope("case.discard", reason=reason_code)):
            self.trigger_event(
                self.Discarded,
                reason_code=reason_code,
                note=Personal.said(self.id, note) if note else None,
                late=self._late(context.now),
            )

    def receive(self, context: Context) -> None:
        """Take the case over."""
        refuse(guards.check_receive(self, context))
        with envelope.acting(context.envelope("case.receive")):
            self.trigger_event(self.Received)

    def start_verification(self, context: Context) -> None:
        """Accept the case for verification."""
        refuse(guards.check_verify(self, context))
        with envelope.acting(context.envelope("case.verify")):
            self.trigger_event(self.VerificationStarted)

    def conclude(self, context: Context, *, finding: Finding, text: str) -> None:
        """Conclude the case in words; a late conclusion is recorded as late and stays possible."""
        refuse(guards.check_conclude(self, context))
        if not text.strip() or len(text) > LONGEST_TEXT:
            raise InvalidInput(
                "text",
                f"phải có nội dung, không quá {LONGEST_TEXT} ký tự",
                f"must say something, in at most {LONGEST_TEXT} characters",
                rule=context.rule_of("case.conclude"),
            )
        due = context.rulebook.deadline("NOTIFY_RESULT", context.now)
        with envelope.acting(context.envelope("case.conclude")):
            self.trigger_event(
                self.Concluded,
                finding=finding.value,
                text=Personal.said(self.id, text),
                due=due.due if due else None,
                due_rule=due.rule if due else None,
                late=self._late(context.now),
            )

    def notify_result(self, context: Context) -> None:
        """Tell the Centre the result."""
        refuse(guards.check_notify(self, context))
        due = context.rulebook.deadline("NOTIFY_RESULT", context.now)
        with envelope.acting(context.envelope("case.notify", rule=due.rule if due else None)):
            self.trigger_event(self.ResultNotified, late=self._late(context.now))

    def _late(self, now: datetime) -> bool:
        """A missed soft deadline is recorded, it bars nothing (ADR 4)."""
        return self.due is not None and now >= self.due

    # -- state: replayed from events, so nothing here may refuse -------------

    @event(events.Detected)
    def __init__(
        self,
        number: str,
        camera_id: UUID,
        domain: str,
        area_path: str,
        holder_unit_id: UUID,
        detected_at: datetime,
        due: datetime | None,
    ) -> None:
        self.number = number
        self.camera_id = camera_id
        self.state = CaseState.DETECTED
        self.domain = domain
        self.area_path = area_path
        self.holder_unit_id = holder_unit_id
        self.detecting_unit_id = holder_unit_id
        self.detected_at = detected_at
        self.due = due
        self.approved_by: str | None = None
        self.approving_unit_id: UUID | None = None
        self.received = False
        self.notified = False

    @event(events.Discarded)
    def _discarded(self) -> None:
        self.state = CaseState.DISCARDED
        self.due = None

    @event(events.Approved)
    def _approved(self, recipient_unit_id: UUID, due: datetime | None, envelope: envelope.Envelope) -> None:
        self.state = CaseState.APPROVED
        self.approved_by = envelope.by
        self.approving_unit_id = envelope.unit_id
        self.holder_unit_id = recipient_unit_id
        self.due = due

    @event(events.Received)
    def _received(self) -> None:
        self.received = True

    @event(events.VerificationStarted)
    def _verification_started(self) -> None:
        self.state = CaseState.VERIFYING

    @event(events.Concluded)
    def _concluded(self, due: datetime | None) -> None:
        self.state = CaseState.CONCLUDED
        self.due = due

    @event(events.ResultNotified)
    def _result_notified(self) -> None:
        self.notified = True
        self.due = None
