"""Commands on a case: what intake, GraphQL and the tests call."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from domain.camera import Camera
from domain.case import Case, EvidenceItem, Finding
from domain.clock import legal_date
from domain.commands.application import Answer, CaseSystem, Command
from domain.context import Context, Rulebook
from domain.envelope import Envelope, acting
from domain.unit import Unit


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """A machine's proposal, as intake read it from a message."""

    proposal_id: UUID
    camera_code: str
    rule: str
    occurred_at: datetime
    detected_at: datetime
    confidence: float
    model: str
    model_sha256: str
    source_sha256: str
    evidence: tuple[dict[str, Any], ...]


def propose(rulebook: Rulebook, proposal: Proposal, camera: Camera, *, number: int) -> Case:
    """Make the case of a proposal, not saved yet; the transfer clock starts with the detection.

    The start is the earliest instant at which anybody could know: the camera's own detection.
    """
    case_id = Case.create_id(proposal.proposal_id)
    due = rulebook.deadline("TRANSFER", proposal.detected_at) if camera.domain == "TRAFFIC" else None
    year = legal_date(proposal.detected_at).year
    envelope = Envelope(
        by="system:intake",
        unit_id=camera.operating_unit_id,
        took_place_at=proposal.detected_at,
        rulebook=rulebook.version,
        correlation_id=proposal.proposal_id,
        rule=due.rule if due else None,
    )
    with acting(envelope):
        return Case.detect(
            proposal.proposal_id,
            number=f"{rulebook.code}-{year}-{number:06d}",
            camera_id=camera.id,
            domain=camera.domain,
            area_path=camera.area_path,
            holder_unit_id=camera.operating_unit_id,
            rule=proposal.rule,
            occurred_at=proposal.occurred_at,
            detected_at=proposal.detected_at,
            confidence=proposal.confidence,
            model=proposal.model,
            model_sha256=proposal.model_sha256,
            source_sha256=proposal.source_sha256,
            evidence=[
                EvidenceItem(id=uuid5(case_id, f"{item['kind']}:{item['sha256']}"), **item)
                for item in proposal.evidence
            ],
            due=due.due if due else None,
            due_rule=due.rule if due else None,
        )


def approve_case(
    app: CaseSystem, context: Context, command: Command, *, case_id: UUID, plate: str, recipient_unit_id: UUID
) -> Answer:
    """Approve a proposal and transfer it (*Phê duyệt*)."""

    def decide() -> Case:
        case = app.find(Case, case_id, expected=command.expected_version)
        case.approve(context, plate=plate, recipient=app.find(Unit, recipient_unit_id))
        return case

    return app.perform(command, decide)


def discard_case(
    app: CaseSystem, context: Context, command: Command, *, case_id: UUID, reason_code: str, note: str | None
) -> Answer:
    """Discard a proposal."""

    def decide() -> Case:
        case = app.find(Case, case_id, expected=command.expected_version)
        case.discard(context, reason_code=reason_code, note=note)
        return case

    return app.perform(command, decide)


def receive_case(app: CaseSystem, context: Context, command: Command, *, case_id: UUID) -> Answer:
    """Take a transferred case over."""

    def decide() -> Case:
        case = app.find(Case, case_id, expected=command.expected_version)
        case.receive(context)
        return case

    return app.perform(command, decide)


def start_verification(app: CaseSystem, context: Context, command: Command, *, case_id: UUID) -> Answer:
    """Accept a received case for verification."""

    def decide() -> Case:
        case = app.find(Case, case_id, expected=command.expected_version)
        case.start_verification(context)
        return case

    return app.perform(command, decide)


def conclude_case(
    app: CaseSystem, context: Context, command: Command, *, case_id: UUID, finding: Finding, text: str
) -> Answer:
    """Conclude a case under verification."""

    def decide() -> Case:
        case = app.find(Case, case_id, expected=command.expected_version)
        case.conclude(context, finding=finding, text=text)
        return case

    return app.perform(command, decide)


def notify_result(app: CaseSystem, context: Context, command: Command, *, case_id: UUID) -> Answer:
    """Tell the Centre the result of a concluded case."""

    def decide() -> Case:
        case = app.find(Case, case_id, expected=command.expected_version)
        case.notify_result(context)
        return case

    return app.perform(command, decide)
