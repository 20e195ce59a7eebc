"""Commands on extractions and on the recordings they are cut from: what GraphQL, the command line and tests call."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID, uuid5

from domain.camera import Camera
from domain.case import Case
from domain.case import guards as case_guards
from domain.clock import legal_date
from domain.commands.account import actor_of
from domain.commands.application import Answer, CaseSystem, Command
from domain.context import Actor, Context
from domain.envelope import Envelope, acting
from domain.errors import InvalidInput, NotFound, Refusal, WrongState, refuse
from domain.extraction import ExtractedFile, FootageExtraction, Gap, GapReason, guards
from domain.footage import Cutting, Footage, Kept
from domain.recording import Recording

Covering = Callable[[UUID, datetime, datetime], Sequence[Kept]]
"""The recordings of a camera that show some of a window, in order; a read model answers."""

NUMBERED = "TX"
"""*Trích xuất*: what tells the number of an extraction from that of a case, as in DH-TX-2026-000001."""


def register_recording(
    app: CaseSystem,
    envelope: Envelope,
    camera: Camera,
    *,
    name: str,
    sha256: str,
    size: int,
    media_type: str,
    starts_at: datetime,
    length_s: float,
) -> UUID:
    """Put on record that footage of a camera is kept; the same bytes are registered once.

    Raises:
        InvalidInput: it begins in the future, or is on record with another beginning.
    """
    if starts_at > envelope.took_place_at:
        raise InvalidInput("startsAt", "ở tương lai", "lies in the future")
    recording_id = Recording.create_id(camera.id, sha256)
    if recording_id in app.repository:
        known = app.find(Recording, recording_id).starts_at
        if known != starts_at:
            raise InvalidInput(
                "startsAt",
                f"bản ghi này đã lưu với thời điểm bắt đầu {known.isoformat()}",
                f"this footage is on record as beginning at {known.isoformat()}",
            )
        return recording_id
    with acting(envelope):
        app.record(
            Recording.register(
                camera,
                sha256=sha256,
                name=name,
                size=size,
                media_type=media_type,
                starts_at=starts_at,
                length_s=length_s,
            )
        )
    return recording_id


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is asked for, as the person who asks says it."""

    camera_id: UUID
    starts_at: datetime
    ends_at: datetime
    purpose: str
    note: str | None = None
    document_number: str | None = None
    undertaking: bool = False
    case_id: UUID | None = None

    @property
    def in_writing(self) -> bool:
        """Whether it comes with a document, its content and the undertaking (R-DH-12.2.d)."""
        return guards.is_written(self.document_number, self.note, undertaking=self.undertaking)


def request_extraction(
    app: CaseSystem, context: Context, command: Command, *, wanted: Wanted, covering: Covering
) -> Answer:
    """Ask for footage; a window of which nothing is kept is not asked for."""

    def number() -> str:
        code, year = f"{context.rulebook.code}-{NUMBERED}", legal_date(context.now).year
        [drawn] = app.commands.next_numbers(code, year, 1)
        return f"{code}-{year}-{drawn:06d}"

    def decide() -> FootageExtraction:
        camera = app.find(Camera, wanted.camera_id)
        if guards.check_source(camera, context, in_writing=wanted.in_writing) is not None:
            raise NotFound("camera", "camera", camera.id)
        if wanted.case_id is not None:
            case = app.find(Case, wanted.case_id)
            if case_guards.check_view(case, context) is not None:
                raise NotFound("hồ sơ", "case", case.id)
        return FootageExtraction.request(
            context,
            extraction_id=FootageExtraction.create_id(context.actor.account_id, command.command_id),
            number=number,
            camera=camera,
            kept=bool(covering(camera.id, wanted.starts_at, wanted.ends_at)),
            starts_at=wanted.starts_at,
            ends_at=wanted.ends_at,
            purpose=wanted.purpose,
            note=wanted.note,
            document_number=wanted.document_number,
            undertaking=wanted.undertaking,
            case_id=wanted.case_id,
        )

    return app.perform(command, decide)


def _check_footage(app: CaseSystem, context: Context, extraction: FootageExtraction) -> None:
    """Refuse to go on where what the camera shows may be a state secret and somebody else's."""
    refuse(guards.check_footage(extraction, app.find(Camera, extraction.camera_id), context))


def approve_extraction(app: CaseSystem, context: Context, command: Command, *, extraction_id: UUID) -> Answer:
    """Allow an extraction."""

    def decide() -> FootageExtraction:
        extraction = app.find(FootageExtraction, extraction_id, expected=command.expected_version)
        extraction.approve(context)
        _check_footage(app, context, extraction)
        return extraction

    return app.perform(command, decide)


def reject_extraction(
    app: CaseSystem, context: Context, command: Command, *, extraction_id: UUID, text: str
) -> Answer:
    """Refuse an extraction, and say why."""

    def decide() -> FootageExtraction:
        extraction = app.find(FootageExtraction, extraction_id, expected=command.expected_version)
        extraction.reject(context, text=text)
        return extraction

    return app.perform(command, decide)


def execute_extraction(
    app: CaseSystem,
    context: Context,
    command: Command,
    *,
    extraction_id: UUID,
    covering: Covering,
    footage: Footage,
) -> Answer:
    """Cut the footage and put it on record.

    What is cut is durable before it is recorded, and named after its content: a kill in between leaves an object that
    nothing names, and the command sent again cuts the same bytes under the same name.
    """

    def decide() -> FootageExtraction:
        extraction = app.find(FootageExtraction, extraction_id, expected=command.expected_version)
        refuse(guards.check_execute(extraction, context))  # before the work, not only after it
        _check_footage(app, context, extraction)
        recordings = covering(extraction.camera_id, extraction.starts_at, extraction.ends_at)
        cutting = footage.cut(recordings, extraction.starts_at, extraction.ends_at)
        _record_damage(app, context, cutting)
        if not cutting.pieces:
            lost = (*(d.recording_id for d in cutting.damaged), *cutting.unreadable)
            named = ", ".join(map(str, lost)) or "0"
            raise WrongState(
                f"Không còn bản ghi nguyên vẹn nào trong khoảng này (hỏng: {named})",
                f"Nothing of this window is kept whole (damaged: {named})",
                rule=context.rule_of("extraction.execute"),
            )
        extraction.execute(
            context,
            files=[
                ExtractedFile(id=uuid5(extraction.id, f"{piece.recording_id}:{piece.sha256}"), **vars(piece))
                for piece in cutting.pieces
            ],
            gaps=gaps_of(extraction.starts_at, extraction.ends_at, recordings, cutting),
        )
        return extraction

    return app.perform(command, decide)


def hand_over_extraction(
    app: CaseSystem, context: Context, command: Command, *, extraction_id: UUID, receiver_account_id: UUID
) -> Answer:
    """Hand an executed extraction to one named person."""

    def decide() -> FootageExtraction:
        extraction = app.find(FootageExtraction, extraction_id, expected=command.expected_version)
        refuse(
            guards.check_hand_over(extraction, context)
        )  # before it is said whether there is such an account
        _check_footage(app, context, extraction)
        extraction.hand_over(context, receiver=_receiver(app, receiver_account_id, context.now))
        return extraction

    return app.perform(command, decide)


def _receiver(app: CaseSystem, account_id: UUID, now: datetime) -> Actor | None:
    """The person behind an account that is in use."""
    try:
        return actor_of(app, account_id, now=now)
    except Refusal:
        return None


def accept_extraction(app: CaseSystem, context: Context, command: Command, *, extraction_id: UUID) -> Answer:
    """Take what was handed over."""

    def decide() -> FootageExtraction:
        extraction = app.find(FootageExtraction, extraction_id, expected=command.expected_version)
        extraction.accept(context)
        _check_footage(app, context, extraction)
        return extraction

    return app.perform(command, decide)


def gaps_of(
    starts_at: datetime, ends_at: datetime, recordings: Sequence[Kept], cutting: Cutting
) -> list[Gap]:
    """The parts of a window that no piece shows: of a recording that gave nothing by its name, else never recorded."""
    why = dict.fromkeys(cutting.unreadable, GapReason.UNREADABLE)
    why |= dict.fromkeys((d.recording_id for d in cutting.damaged), GapReason.DAMAGED)
    lost = [recording for recording in recordings if recording.recording_id in why]
    edges = {edge for piece in cutting.pieces for edge in (piece.starts_at, piece.ends_at)}
    edges |= {edge for recording in lost for edge in (recording.starts_at, recording.ends_at)}
    cuts = sorted({starts_at, ends_at} | {edge for edge in edges if starts_at < edge < ends_at})
    gaps: list[Gap] = []
    for begins, ends in pairwise(cuts):
        if any(p.starts_at <= begins and p.ends_at >= ends for p in cutting.pieces):
            continue
        missing = next((r.recording_id for r in lost if r.starts_at <= begins and r.ends_at >= ends), None)
        reason = why[missing] if missing else GapReason.NO_RECORDING
        last = gaps[-1] if gaps else None
        if last and (last.ends_at, last.reason, last.recording_id) == (begins, reason, missing):
            gaps[-1] = replace(last, ends_at=ends)
        else:
            gaps.append(Gap(starts_at=begins, ends_at=ends, reason=reason.value, recording_id=missing))
    return [gap for gap in gaps if gap.recording_id or gap.ends_at - gap.starts_at >= SHORTEST_GAP]


SHORTEST_GAP = timedelta(seconds=1)
"""Windows are given to the second; less than that between two recordings is the time between two frames."""


def _record_damage(app: CaseSystem, context: Context, cutting: Cutting) -> None:
    """What is damaged is found once, and stays on record whether or not the rest is delivered."""
    for damage in cutting.damaged:
        recording = app.find(Recording, damage.recording_id)
        with acting(context.envelope("extraction.execute")):
            recording.find_damaged(damage.found_sha256, damage.found_size)
        app.record(recording)
