"""The case: what may be decided on it, and its state.

This is the table of contents. Each phase of the procedure is a module of its events, guards and decisions; decisions
may refuse, state may not, because it is replayed. Detection never decides: a machine proposes, a person approves,
another unit concludes.
"""

from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from eventsourcing.domain import Aggregate

from domain.case import (
    documents,
    events,
    execution,
    explanation,
    lateness,
    proposal,
    publication,
    receipt,
    record,
    review,
    sanction,
    verification,
    violator,
)
from domain.case.clocks import Clock, started
from domain.case.state import CaseState
from domain.clock import legal_date
from domain.context import Context
from domain.documents import Made
from domain.envelope import acting
from domain.rules import Track


class Case(Aggregate):
    """A case opened for one suspected act. State keeps what guards and decisions ask for, nothing else."""

    TOPIC = "case"

    Event = events.Event
    Created = events.Created

    # -- from a proposal to its transfer
    Detected = proposal.Detected
    Discarded = proposal.Discarded
    Approved = proposal.Approved
    DuplicateSuspected = proposal.DuplicateSuspected
    Kept = proposal.Kept
    Merged = proposal.Merged
    approve = proposal.approve
    discard = proposal.discard
    suspect = proposal.suspect
    keep = proposal.keep
    merge = proposal.merge

    # -- receipt
    Opened = receipt.Opened
    Received = receipt.Received
    Assigned = receipt.Assigned
    Returned = receipt.Returned
    Forwarded = receipt.Forwarded
    Handled = receipt.Handled
    receive = receipt.receive
    assign = receipt.assign
    return_ = receipt.return_
    forward = receipt.forward
    handle = receipt.handle

    # -- verification and conclusion
    VerificationStarted = verification.VerificationStarted
    VerificationExtended = verification.VerificationExtended
    Concluded = verification.Concluded
    Referred = verification.Referred
    Resumed = verification.Resumed
    ResultNotified = verification.ResultNotified
    start_verification = verification.start_verification
    extend = verification.extend
    conclude = verification.conclude
    refer = verification.refer
    resume = verification.resume
    notify_result = verification.notify_result

    # -- the owner and the violator
    OwnerIdentified = violator.OwnerIdentified
    NoticeSent = violator.NoticeSent
    InspectionWarningSent = violator.InspectionWarningSent
    ViolatorDetermined = violator.ViolatorDetermined
    identify_owner = violator.identify_owner
    send_notice = violator.send_notice
    send_warning = violator.send_warning
    determine_violator = violator.determine_violator

    # -- the record, and what the violator says to it
    RecordDrawn = record.RecordDrawn
    RecordTransferred = record.RecordTransferred
    draw = record.draw
    transfer_record = record.transfer_record
    ExplanationRequested = explanation.ExplanationRequested
    ExplanationExtended = explanation.ExplanationExtended
    SessionAnnounced = explanation.SessionAnnounced
    Explained = explanation.Explained
    FactsVerified = explanation.FactsVerified
    DeclaredComplex = explanation.DeclaredComplex
    request_explanation = explanation.request_explanation
    extend_explanation = explanation.extend_explanation
    announce_session = explanation.announce_session
    record_explanation = explanation.record_explanation
    verify_facts = explanation.verify_facts
    declare_complex = explanation.declare_complex

    # -- the decision and what follows it
    DecisionIssued = sanction.DecisionIssued
    NoDecision = sanction.NoDecision
    decide = sanction.decide
    decide_none = sanction.decide_none
    DecisionSent = execution.DecisionSent
    DecisionDelivered = execution.DecisionDelivered
    ExecutionOverdue = execution.ExecutionOverdue
    Paid = execution.Paid
    EnforcementDecided = execution.EnforcementDecided
    DecisionExecuted = execution.DecisionExecuted
    CaseResolved = execution.CaseResolved
    EvasionEnded = execution.EvasionEnded
    send_decision = execution.send_decision
    confirm_delivery = execution.confirm_delivery
    pay = execution.pay
    enforce = execution.enforce
    execute = execution.execute
    resolve = execution.resolve
    end_evasion = execution.end_evasion

    # -- looking back on it
    CasePublished = publication.CasePublished
    PublicationWithdrawn = publication.PublicationWithdrawn
    publish = publication.publish
    withdraw = publication.withdraw
    ComplaintFiled = review.ComplaintFiled
    ComplaintAnswered = review.ComplaintAnswered
    Corrected = review.Corrected
    Reopened = review.Reopened
    DeclaredVoid = review.DeclaredVoid
    complain = review.complain
    answer = review.answer
    correct = review.correct
    reopen = review.reopen
    void = review.void
    DocumentIssued = documents.DocumentIssued
    DocumentPrinted = documents.DocumentPrinted
    issue = documents.issue
    printed = documents.printed
    DelayExplained = lateness.DelayExplained
    ClockDueSoon = lateness.ClockDueSoon
    ClockMissed = lateness.ClockMissed
    explain_delay = lateness.explain_delay
    tell_due_soon = lateness.tell_due_soon
    tell_missed = lateness.tell_missed

    # -- how a case begins ----------------------------------------------------

    @staticmethod
    def create_id(proposal_id: UUID) -> UUID:
        """One proposal opens at most one case, whoever asks and however often."""
        return uuid5(NAMESPACE_URL, f"/cases/{proposal_id}")

    @classmethod
    def detect(cls, proposal_id: UUID, **facts: Any) -> "Case":
        """Open the case of a proposal; the facts are those of `Detected`."""
        return cls._create(cls.Detected, id=cls.create_id(proposal_id), proposal_id=proposal_id, **facts)

    @classmethod
    def take_up(cls, context: Context, *, case_id: UUID, **found: Any) -> "Case":
        """Open the case of what the police found themselves, on data of their own camera."""
        facts = receipt.take_up(context, case_id=case_id, **found)
        with acting(context.envelope("case.receive")):
            return cls._create(cls.Opened, id=case_id, **facts)

    # -- state ----------------------------------------------------------------

    def __init__(
        self,
        number: str,
        camera_id: UUID,
        domain: str,
        area_path: str,
        holder_unit_id: UUID,
        rule: str,
        occurred_at: datetime,
        detected_at: datetime,
        clocks: tuple[Clock, ...] = (),
        track: str = Track.SUPPLIED.value,
    ) -> None:
        self.number = number
        self.camera_id = camera_id
        self.domain = domain
        self.kind = rule
        self.track = track
        self.area_path = area_path
        self.state: str = CaseState.DETECTED
        self.marks: set[str] = set()
        self.clocks = {clock.timer: clock for clock in clocks}
        self.ran = dict(self.clocks)
        """Each clock as it runs, or ran before it was stopped."""
        self.at: dict[str, datetime] = {"detected": detected_at}
        """When each kind of event took place last, by the end of its topic."""
        self.occurred_at = occurred_at
        self.limitation_from = occurred_at
        self.detected_at = detected_at
        self.holder_unit_id = holder_unit_id
        self.detecting_unit_id = holder_unit_id
        self.assignee: UUID | None = None
        self.approved_by: str | None = None
        self.approving_unit_id: UUID | None = None
        self.finding: str | None = None
        self.before_referral: str | None = None
        self.plate_known = False
        self.duplicates: set[UUID] = set()
        self.no_duplicates: set[UUID] = set()
        self.vehicle_group: str | None = None
        self.violator_is_organisation = False
        self.late_without_reason: dict[str, UUID] = {}
        self.editions: dict[str, int] = {}
        self.documents: dict[UUID, Made] = {}
        self.told: set[tuple[str, str, str]] = set()
        self.forget_record()

    def forget_record(self) -> None:
        """There is no record, and so no decision."""
        self.record_number: str | None = None
        self.drawn_by: str | None = None
        self.offence_code: str | None = None
        self.explanation_form: str | None = None
        self.session_announced = False
        self.forget_decision()

    def forget_decision(self) -> None:
        """There is no decision; what was paid for one is to be given back, outside of this system."""
        self.decision_number: str | None = None
        self.fine = 0
        self.execute_within_days = 0
        self.payments: list[tuple[datetime, int]] = []

    # -- what decisions ask of the past ---------------------------------------

    @property
    def occurred_on(self) -> date:
        """The day of the act, whose decree on fines counts (NĐ 168/2024 Đ54)."""
        return legal_date(self.occurred_at)

    def limitation(self, context: Context, unit_id: UUID) -> tuple[Clock, ...]:
        """The limitation of the act as the obligation of a unit; a security case has none."""
        if self.domain != "TRAFFIC":
            return ()
        return started(context, "LIMITATION", self.limitation_from, unit_id)

    def again(self, unit_id: UUID, *timers: str) -> tuple[Clock, ...]:
        """The first of *timers* that ever ran, as it ran last: what was stopped by mistake had not ended otherwise."""
        ran = next((self.ran[timer] for timer in timers if timer in self.ran), None)
        return (replace(ran, unit_id=unit_id),) if ran else ()

    @property
    def drawn_at(self) -> datetime:
        """When the record was drawn."""
        return self.at["record-drawn"]
