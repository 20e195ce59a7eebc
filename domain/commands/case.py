"""Commands on a case: what intake, GraphQL, the scheduler and the tests call."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Concatenate, ParamSpec
from uuid import UUID, uuid5

from domain.account import Account
from domain.camera import Camera
from domain.camera.guards import check_shared
from domain.case import Case, EvidenceItem
from domain.case.clocks import Clock, started
from domain.case.evidence import check_evidence
from domain.case.guards import check_view
from domain.clock import legal_date
from domain.commands.application import Answer, CaseSystem, Command
from domain.context import Context, Rulebook
from domain.envelope import Envelope, acting
from domain.errors import InvalidInput, NotFound, refuse
from domain.rules import Track
from domain.unit import Unit

P = ParamSpec("P")

Alike = Callable[[Case, str | None], Sequence[UUID]]
"""Other cases of the same plate, place, time and kind; a read model answers. Without a plate, the case's own counts."""

SCHEDULER = "system:scheduler"


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
    client_id: UUID | None = None
    """The client that sent it, where it is known."""


def propose(
    rulebook: Rulebook, proposal: Proposal, camera: Camera, *, number: int, own_device: bool = False
) -> Case:
    """Make the case of a proposal, not saved yet; its clocks start with the act and with the detection.

    The start is the earliest instant at which anybody could know: the camera's own detection (C6).
    """
    case_id = Case.create_id(proposal.proposal_id)
    track = Track.OWN_DEVICE if own_device else Track.SUPPLIED
    clocks = (
        first_clocks(rulebook, camera, track, proposal.occurred_at, proposal.detected_at)
        if camera.domain == "TRAFFIC"
        else ()
    )
    year = legal_date(proposal.detected_at).year
    link = camera.link_at(proposal.detected_at)
    envelope = Envelope(
        by="system:intake",
        unit_id=camera.operating_unit_id,
        took_place_at=proposal.detected_at,
        rulebook=rulebook.version,
        correlation_id=proposal.proposal_id,
        rule=clocks[0].rule if clocks else None,
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
            track=track.value,
            transmission=link.channel if link else None,
            client_id=proposal.client_id,
            clocks=clocks,
        )


def first_clocks(
    rulebook: Rulebook, camera: Camera, track: Track, occurred_at: datetime, detected_at: datetime
) -> tuple[Clock, ...]:
    """The clocks of a detection: its transfer or its notice, and the limitation of the act."""
    timer = "OWNER_NOTICE" if track is Track.OWN_DEVICE else "TRANSFER"
    unit_id = camera.operating_unit_id
    return (
        *started(rulebook, timer, detected_at, unit_id),
        *started(rulebook, "LIMITATION", occurred_at, unit_id),
    )


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What the police found themselves."""

    camera_id: UUID
    rule: str
    occurred_at: datetime
    plate: str | None
    text: str


def open_case(app: CaseSystem, context: Context, command: Command, *, found: Finding) -> Answer:
    """Open a case of what the police found on data of their own camera."""
    case_id = uuid5(context.actor.account_id, f"/cases/{command.command_id}")

    def number() -> str:
        code, year = context.rulebook.code, legal_date(context.now).year
        [drawn] = app.commands.next_numbers(code, year, 1)
        return f"{code}-{year}-{drawn:06d}"

    def decide() -> Case:
        camera = app.find(Camera, found.camera_id)
        return Case.take_up(
            context,
            case_id=case_id,
            number=number,
            camera=camera,
            kind=found.rule,
            occurred_at=found.occurred_at,
            plate=found.plate,
            text=found.text,
            clocks=first_clocks(context.rulebook, camera, Track.OWN_DEVICE, found.occurred_at, context.now),
        )

    return app.perform(command, decide)


def _on_case(act: Callable[Concatenate[Case, Context, P], None]) -> Callable[..., Answer]:
    """The command of an act that needs nothing but the case."""

    def run(app: CaseSystem, context: Context, command: Command, *, case_id: UUID, **facts: Any) -> Answer:
        def decide() -> Case:
            case = app.find(Case, case_id, expected=command.expected_version)
            act(case, context, **facts)  # type: ignore[call-arg]
            return case

        return app.perform(command, decide)

    return run


def _looking_for_others(act: Callable[Concatenate[Case, Context, P], None]) -> Callable[..., Answer]:
    """The command of an act at which other cases of the same violation are looked for."""

    def run(
        app: CaseSystem, context: Context, command: Command, *, case_id: UUID, alike: Alike, **facts: Any
    ) -> Answer:
        def decide() -> Case:
            case = app.find(Case, case_id, expected=command.expected_version)
            act(case, context, **facts)  # type: ignore[call-arg]
            case.suspect(context, alike(case, facts.get("plate")))
            return case

        return app.perform(command, decide)

    return run


def _on_evidence(act: Callable[Concatenate[Case, Context, P], None]) -> Callable[..., Answer]:
    """The command of an act that leads to a sanction: nothing may stand against the evidence it is done on."""

    def run(app: CaseSystem, context: Context, command: Command, *, case_id: UUID, **facts: Any) -> Answer:
        def decide() -> Case:
            case = app.find(Case, case_id, expected=command.expected_version)
            act(case, context, **facts)  # type: ignore[call-arg]
            check_captured(app, context, case)
            return case

        return app.perform(command, decide)

    return run


def _sharing(act: Callable[Concatenate[Case, Context, P], None]) -> Callable[..., Answer]:
    """The command of an act by which a case is shown to others."""

    def run(app: CaseSystem, context: Context, command: Command, *, case_id: UUID, **facts: Any) -> Answer:
        def decide() -> Case:
            case = app.find(Case, case_id, expected=command.expected_version)
            act(case, context, **facts)  # type: ignore[call-arg]
            check_sharing(app, context, case)
            return case

        return app.perform(command, decide)

    return run


def check_sharing(app: CaseSystem, context: Context, case: Case) -> None:
    """Refuse to let a case go to others while what its camera shows may be a state secret."""
    refuse(check_shared(app.find(Camera, case.camera_id), context))


def check_captured(app: CaseSystem, context: Context, case: Case) -> None:
    """Refuse to go on towards a sanction where something stands against the evidence.

    After the act's own guards: whoever may not act is told nothing of the evidence.
    """
    refuse(check_evidence(case, app.find(Camera, case.camera_id), context))


discard_case = _on_case(Case.discard)
keep_case = _on_case(Case.keep)
receive_case = _on_case(Case.receive)
return_case = _on_case(Case.return_)
handle_case = _on_case(Case.handle)
extend_verification = _on_case(Case.extend)
conclude_case = _looking_for_others(Case.conclude)
refer_case = _on_case(Case.refer)
resume_case = _on_case(Case.resume)
notify_result = _on_case(Case.notify_result)
identify_owner = _looking_for_others(Case.identify_owner)
send_notice = _on_case(Case.send_notice)
send_inspection_warning = _on_case(Case.send_warning)
determine_violator = _on_case(Case.determine_violator)
draw_record = _on_evidence(Case.draw)
request_explanation = _on_case(Case.request_explanation)
extend_explanation = _on_case(Case.extend_explanation)
announce_session = _on_case(Case.announce_session)
record_explanation = _on_case(Case.record_explanation)
verify_facts = _on_case(Case.verify_facts)
declare_complex = _on_case(Case.declare_complex)
decide_penalty = _on_evidence(Case.decide)
decide_no_penalty = _on_case(Case.decide_none)
send_decision = _on_case(Case.send_decision)
confirm_delivery = _on_case(Case.confirm_delivery)
record_payment = _on_case(Case.pay)
enforce_decision = _on_case(Case.enforce)
execute_decision = _on_case(Case.execute)
resolve_case = _on_case(Case.resolve)
end_evasion = _on_case(Case.end_evasion)
publish_case = _sharing(Case.publish)
withdraw_publication = _on_case(Case.withdraw)
file_complaint = _on_case(Case.complain)
answer_complaint = _on_case(Case.answer)
correct_case = _on_case(Case.correct)
reopen_case = _on_case(Case.reopen)
void_act = _on_case(Case.void)
explain_delay = _on_case(Case.explain_delay)


def approve_case(
    app: CaseSystem,
    context: Context,
    command: Command,
    *,
    case_id: UUID,
    plate: str | None,
    recipient_unit_id: UUID,
    alike: Alike = lambda _case, _plate: (),
    **how: Any,
) -> Answer:
    """Approve a proposal and transfer it (*Phê duyệt*)."""

    def decide() -> Case:
        case = app.find(Case, case_id, expected=command.expected_version)
        recipient = app.find(Unit, recipient_unit_id)
        case.approve(
            context, plate=plate, recipient=recipient, duplicates=alike(case, plate) if plate else (), **how
        )
        check_sharing(app, context, case)
        check_captured(app, context, case)
        return case

    return app.perform(command, decide)


def forward_case(
    app: CaseSystem,
    context: Context,
    command: Command,
    *,
    case_id: UUID,
    recipient_unit_id: UUID | None,
    **how: Any,
) -> Answer:
    """Send a case on to another unit, or to a body outside of the system."""

    def decide() -> Case:
        case = app.find(Case, case_id, expected=command.expected_version)
        recipient = app.find(Unit, recipient_unit_id) if recipient_unit_id else None
        case.forward(context, recipient=recipient, **how)
        check_sharing(app, context, case)
        return case

    return app.perform(command, decide)


def transfer_record(
    app: CaseSystem, context: Context, command: Command, *, case_id: UUID, recipient_unit_id: UUID, **how: Any
) -> Answer:
    """Send the file of a record to whoever may decide."""

    def decide() -> Case:
        case = app.find(Case, case_id, expected=command.expected_version)
        case.transfer_record(context, recipient=app.find(Unit, recipient_unit_id), **how)
        check_sharing(app, context, case)
        return case

    return app.perform(command, decide)


def assign_case(
    app: CaseSystem, context: Context, command: Command, *, case_id: UUID, account_id: UUID
) -> Answer:
    """Take a case upon oneself, or give it to somebody of one's unit."""

    def decide() -> Case:
        case = app.find(Case, case_id, expected=command.expected_version)
        case.assign(context, account_id=account_id, unit_id=_unit_of(app, account_id))
        return case

    return app.perform(command, decide)


def start_verification(
    app: CaseSystem,
    context: Context,
    command: Command,
    *,
    case_id: UUID,
    verifiers: Sequence[UUID] = (),
    alike: Alike = lambda _case, _plate: (),
) -> Answer:
    """Accept a case for verification, oneself or in the name of those of the unit who verify it."""

    def decide() -> Case:
        case = app.find(Case, case_id, expected=command.expected_version)
        case.start_verification(context, verifiers=tuple(verifiers))
        if any(_unit_of(app, account_id) != context.actor.unit_id for account_id in verifiers):
            raise InvalidInput(
                "verifiers", "không thuộc đơn vị thụ lý", "are not of the unit that holds the case"
            )
        case.suspect(context, alike(case, None))
        return case

    return app.perform(command, decide)


def _unit_of(app: CaseSystem, account_id: UUID) -> UUID | None:
    """The unit of an account; of one that never was one learns no more than of one of others."""
    try:
        return app.find(Account, account_id).unit_id
    except NotFound:
        return None


def merge_case(
    app: CaseSystem, context: Context, command: Command, *, case_id: UUID, into_case_id: UUID, text: str
) -> Answer:
    """Let another case that one may see stand for this one."""

    def decide() -> Case:
        case = app.find(Case, case_id, expected=command.expected_version)
        into = app.find(Case, into_case_id)
        if check_view(into, context) is not None:
            raise NotFound("hồ sơ", "case", into_case_id)
        case.merge(context, into=into, text=text)
        return case

    return app.perform(command, decide)
