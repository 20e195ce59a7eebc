"""The case: what may be decided on it, and its state.

This is the table of contents. Each phase of the procedure is a module of its events, guards and decisions; decisions
may refuse, state may not, because it is replayed. Detection never decides: a machine proposes, a person approves,
another unit concludes.
"""

from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

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
from domain.case.body import CaseBody
from domain.context import Context
from domain.envelope import acting


class Case(CaseBody):
    """A case opened for one suspected act. Its state is in `body`."""

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
