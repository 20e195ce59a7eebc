"""An incident (*sự cố*): what went wrong with a camera, a link or the software, and how it was put right.

Whoever notices one reports it; whoever the regulation names handles it (R-DH-8.1.0, R-QT-6.2.đ, R-DB-11.1.0). Where
the regulation sets a time for that, it runs from the earlier of detection and notice (R-DB-11.2.b, `law.md` C15).
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final
from uuid import UUID, uuid5

from eventsourcing.domain import Aggregate, event

from domain import envelope
from domain.camera.guards import CameraFacts
from domain.case.inputs import LONGEST_NAME, words
from domain.context import Context, Rulebook
from domain.envelope import acting
from domain.errors import InvalidInput, refuse
from domain.incident import events, guards
from domain.incident.guards import IncidentState
from domain.personal import Personal

TIMER: Final = "FIX_INCIDENT"
LINK_LOSS: Final = "LINK_LOSS"
MONITOR: Final = "system:monitor"
"""Whatever watches the links of cameras."""


class Incident(Aggregate):
    """An incident. State keeps what the guards ask for."""

    TOPIC = "incident"

    Event = events.Event
    Created = events.Created
    Reported = events.Reported
    Received = events.Received
    HandlingBegan = events.HandlingBegan
    Fixed = events.Fixed
    Reopened = events.Reopened
    Closed = events.Closed
    Backdated = events.Backdated
    DueSoon = events.DueSoon
    Overdue = events.Overdue

    @staticmethod
    def create_id(account_id: UUID, command_id: str) -> UUID:
        """One command reports one incident, however often it is sent."""
        return uuid5(account_id, f"/incidents/{command_id}")

    @staticmethod
    def id_of_loss(camera_id: UUID, lost_at: datetime) -> UUID:
        """One loss of a camera's link is one incident, whoever notices it."""
        return uuid5(camera_id, f"/link-losses/{lost_at.isoformat()}")

    # -- decisions ----------------------------------------------------------

    @classmethod
    def report(
        cls,
        context: Context,
        *,
        incident_id: UUID,
        number: Callable[[], str],
        kind: str,
        text: str,
        detected_at: datetime,
        notified_at: datetime | None = None,
        camera: CameraFacts | None = None,
        leader_account_id: UUID | None = None,
        leader_told_at: datetime | None = None,
    ) -> "Incident":
        """Report what is wrong with a camera, or with the system where none is named."""
        refuse(guards.check_report(context))
        operation = context.rulebook.settings.operation
        if kind not in operation.incident_kinds:
            known = ", ".join(operation.incident_kinds)
            raise InvalidInput("kind", f"phải là một trong {known}", f"must be one of {known}")
        rule = operation.incident_kinds[kind].rule
        words("text", text, rule=rule)
        notified_at = notified_at or context.now
        for path, at in (
            ("detectedAt", detected_at),
            ("notifiedAt", notified_at),
            ("leaderToldAt", leader_told_at),
        ):
            if at is not None and at > context.now:
                raise InvalidInput(path, "ở tương lai", "lies in the future", rule=rule)
        if leader_told_at is not None and leader_told_at < detected_at:
            raise InvalidInput(
                "leaderToldAt",
                "trước khi phát hiện sự cố (detectedAt)",
                "lies before the incident was detected (detectedAt)",
                rule=operation.leader_rule or rule,
            )
        if leader_account_id is None and operation.leader_rule is not None:
            raise InvalidInput(
                "leaderAccountId",
                "phải nêu lãnh đạo đã được báo cáo",
                "names the leader who was told",
                rule=operation.leader_rule,
            )
        with acting(context.envelope("incident.report", rule=rule)):
            return cls._opened(
                context.rulebook,
                incident_id,
                number=number,
                kind=kind,
                camera=camera,
                area_path=camera.area_path if camera else context.actor.area_path,
                unit_id=context.actor.unit_id,
                detected_at=detected_at,
                notified_at=notified_at,
                leader_account_id=leader_account_id,
                leader_told_at=(leader_told_at or context.now) if leader_account_id else None,
                text=text,
            )

    @classmethod
    def of_loss(
        cls, rulebook: Rulebook, camera: CameraFacts, lost_at: datetime, *, number: Callable[[], str]
    ) -> "Incident":
        """Open what the loss of a camera's link is, inside the act that put the loss on record."""
        return cls._opened(
            rulebook,
            cls.id_of_loss(camera.camera_id, lost_at),
            number=number,
            kind=LINK_LOSS,
            camera=camera,
            area_path=camera.area_path,
            unit_id=camera.owner_unit,
            detected_at=lost_at,
            notified_at=lost_at,
            leader_account_id=None,
            leader_told_at=None,
            text="Mất kết nối · Loss of connection",
        )

    @classmethod
    def _opened(
        cls,
        rulebook: Rulebook,
        incident_id: UUID,
        *,
        number: Callable[[], str],
        kind: str,
        camera: CameraFacts | None,
        area_path: str,
        unit_id: UUID,
        detected_at: datetime,
        notified_at: datetime,
        leader_account_id: UUID | None,
        leader_told_at: datetime | None,
        text: str,
    ) -> "Incident":
        # what may show a state secret is its own system's alone (R-DH-1.2.0, R-DB-1.2.0)
        named = None if camera and camera.secret else rulebook.settings.operation.handler_kind
        due = rulebook.deadline(TIMER, min(detected_at, notified_at))
        operating = camera.owner_unit if camera else None if named else unit_id
        return cls._create(
            cls.Reported,
            id=incident_id,
            number=number(),
            kind=kind,
            camera_id=camera.camera_id if camera else None,
            area_path=area_path,
            camera_class=camera.camera_class if camera else None,
            reporting_unit_id=unit_id,
            operating_unit_id=operating,
            handler_kind=named,
            detected_at=detected_at,
            notified_at=notified_at,
            leader_account_id=leader_account_id,
            leader_told_at=leader_told_at,
            fault=rulebook.settings.operation.incident_kinds[kind].fault if camera else None,
            due=due.due if due else None,
            due_rule=due.rule if due else None,
            text=Personal.said(incident_id, text),
        )

    def receive(self, context: Context) -> None:
        """Take it on."""
        refuse(guards.check_receive(self, context))
        with acting(context.envelope("incident.handle", rule=self._rule(context))):
            self.trigger_event(self.Received)

    def handle(self, context: Context, *, process: str | None = None) -> None:
        """Begin to put it right, by the process that the parent body issued (R-DH-8.2.0)."""
        refuse(guards.check_handle(self, context))
        wanted = context.rulebook.settings.operation.process_rule
        if process is not None or wanted is not None:
            words("process", process or "", longest=LONGEST_NAME, rule=wanted)
        with acting(context.envelope("incident.handle", rule=wanted or self._rule(context))):
            self.trigger_event(self.HandlingBegan, process=process)

    def fix(
        self,
        context: Context,
        *,
        text: str,
        fixed_at: datetime | None = None,
        late_reason: str | None = None,
    ) -> None:
        """Say that it works again, and how; what came late says why."""
        refuse(guards.check_fix(self, context))
        rule = self.due_rule or self._rule(context)
        words("text", text, rule=rule)
        at = self._while_known("fixedAt", fixed_at or context.now, context)
        late = self.due is not None and at >= self.due
        if late:
            words("lateReason", late_reason or "", rule=rule)
        with acting(context.envelope("incident.handle", rule=rule)):
            self.trigger_event(
                self.Fixed,
                fixed_at=at,
                text=Personal.said(self.id, text),
                late_reason=Personal.said(self.id, late_reason) if late and late_reason else None,
            )

    def close(self, context: Context) -> None:
        """Confirm that it is over."""
        refuse(guards.check_close(self, context))
        with acting(context.envelope(self._as(context), rule=self._rule(context))):
            self.trigger_event(self.Closed)

    def reopen(self, context: Context, *, text: str) -> None:
        """Say that it is not; its time went on meanwhile."""
        refuse(guards.check_reopen(self, context))
        words("text", text, rule=self._rule(context))
        with acting(context.envelope(self._as(context), rule=self._rule(context))):
            self.trigger_event(self.Reopened, text=Personal.said(self.id, text))

    def backdate(self, context: Context, *, detected_at: datetime, text: str) -> None:
        """Put on record that it was seen earlier than was reported: its time began then (`law.md` C15)."""
        refuse(guards.check_backdate(self, context))
        rule = self.due_rule or self._rule(context)
        words("text", text, rule=rule)
        if detected_at >= self.detected_at:
            raise InvalidInput(
                "detectedAt",
                f"phải trước {self.detected_at.isoformat()}",
                f"is expected before {self.detected_at.isoformat()}",
                rule=rule,
            )
        due = context.rulebook.deadline(TIMER, min(detected_at, self.notified_at))
        with acting(context.envelope(self._as(context), rule=rule)):
            self.trigger_event(
                self.Backdated,
                detected_at=detected_at,
                due=due.due if due else None,
                text=Personal.said(self.id, text),
            )

    def tell_due_soon(self, due: datetime) -> None:
        """Say once that its time comes to its end; inside an act of the scheduler, which names the end it knows of."""
        if self._waits(due) and not self.told_due_soon:
            self.trigger_event(self.DueSoon, due=due)

    def tell_overdue(self, due: datetime, now: datetime) -> None:
        """Put on record, once, that its time was over before it was fixed; inside an act of the scheduler."""
        if self._waits(due) and now >= due:
            self.trigger_event(self.Overdue, due=due)

    def _waits(self, due: datetime) -> bool:
        waiting = self.state in {IncidentState.REPORTED, IncidentState.RECEIVED, IncidentState.HANDLING}
        return waiting and not self.told_overdue and due == self.due

    def _rule(self, context: Context) -> str | None:
        return context.rulebook.settings.operation.incident_rule

    def _as(self, context: Context) -> str:
        """Whether somebody acts for the unit that reported it, or for the one that handles it."""
        return "incident.report" if context.actor.unit_id == self.owner_unit else "incident.handle"

    def _while_known(self, path: str, at: datetime, context: Context) -> datetime:
        """Not before it was seen; once it was found not to be fixed, not before it was said to be."""
        since = self.fixed_at or self.detected_at
        if since <= at <= context.now:
            return at
        raise InvalidInput(
            path,
            f"phải từ {since.isoformat()} đến nay",
            f"is expected from {since.isoformat()} until now",
            rule=self._rule(context),
        )

    # -- state --------------------------------------------------------------

    @event(Reported)
    def __init__(
        self,
        number: str,
        kind: str,
        camera_id: UUID | None,
        area_path: str,
        reporting_unit_id: UUID,
        operating_unit_id: UUID | None,
        handler_kind: str | None,
        detected_at: datetime,
        notified_at: datetime,
        fault: str | None,
        due: datetime | None,
        due_rule: str | None,
        envelope: envelope.Envelope,
    ) -> None:
        self.number = number
        self.by_itself = envelope.by == MONITOR
        """Whether it was noticed by whatever watches, and by no person."""
        self.kind = kind
        self.camera_id = camera_id
        self.area_path = area_path
        self.state: str = IncidentState.REPORTED
        self.owner_unit = reporting_unit_id
        self.operating_unit_id = operating_unit_id
        self.handler_kind = handler_kind
        self.handling_unit_id: UUID | None = None
        self.detected_at = detected_at
        self.notified_at = notified_at
        self.fault = fault
        self.fixed_at: datetime | None = None
        self.due = due
        self.due_rule = due_rule
        self.told_due_soon = False
        self.told_overdue = False

    @event(Received)
    def _received(self, envelope: envelope.Envelope) -> None:
        self.state = IncidentState.RECEIVED
        self.handling_unit_id = envelope.unit_id

    @event(HandlingBegan)
    def _handling_began(self) -> None:
        self.state = IncidentState.HANDLING

    @event(Fixed)
    def _fixed(self, fixed_at: datetime) -> None:
        self.fixed_at = fixed_at
        self.state = IncidentState.FIXED

    @event(Reopened)
    def _reopened(self) -> None:
        self.state = IncidentState.HANDLING

    @event(Closed)
    def _closed(self) -> None:
        self.state = IncidentState.CLOSED

    @event(Backdated)
    def _backdated(self, detected_at: datetime, due: datetime | None) -> None:
        self.detected_at = detected_at
        self.due = due

    @event(DueSoon)
    def _due_soon(self) -> None:
        self.told_due_soon = True

    @event(Overdue)
    def _overdue(self) -> None:
        self.told_overdue = True
