"""The facts of the minutes of a handing over, as the extraction itself says them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from api.documents.on_record import CameraNamed, Names
from api.documents.values import instant
from domain.extraction.events import Approved, Executed, ExtractedFile, Gap, HandedOver, Requested
from policies.rulebook import Rulebook
from projections.follower import Recorded
from projections.history import account_of

GAPS: Final = {
    "NO_RECORDING": "không có bản ghi",
    "DAMAGED": "bản ghi bị hỏng",
    "UNREADABLE": "bản ghi không đọc được",
}
OF_A_HANDOVER: Final = (Requested, Approved, Executed, HandedOver)
Kind = type[Requested] | type[Approved] | type[Executed] | type[HandedOver]
UNDERTAKING: Final = "sử dụng dữ liệu đúng mục đích đã nêu trong văn bản đề nghị."


def facts_of(
    recorded: Sequence[Recorded],
    *,
    names: Names,
    camera: CameraNamed,
    rulebook: Rulebook,
    case_number: str | None,
) -> dict[str, Any]:
    """Return what the extraction says of its handing over."""
    last = {one.event.TOPIC: one for one in recorded if isinstance(one.event, OF_A_HANDOVER)}
    asked, done, handed = (_event(last, kind) for kind in (Requested, Executed, HandedOver))
    files: list[ExtractedFile] = done.files
    purpose = rulebook.purposes.get(asked.purpose)
    facts = {
        "unit_name": _unit(last, names, HandedOver),
        "case_number": case_number,
        "log_position": f"{recorded[-1].position:016d}",
        "extraction_number": asked.number,
        "handed_over_at": handed.envelope.took_place_at,
        "request_document_number": asked.document_number,
        "requester_name": _person(last, names, Requested),
        "requester_unit_name": _unit(last, names, Requested),
        "purpose": f"{purpose.vi}." if purpose else None,
        "undertaking": UNDERTAKING if asked.undertaking else None,
        "approver_name": _person(last, names, Approved),
        "approver_unit_name": _unit(last, names, Approved),
        "approved_at": _event(last, Approved).envelope.took_place_at,
        "performer_name": _person(last, names, Executed),
        "performed_at": done.envelope.took_place_at,
        "receiver_name": names.get((handed.receiver_account_id, last[HandedOver.TOPIC].position)),
        "receiver_unit_name": _unit(last, names, Requested),
        "cameras": [f"{camera.code}, {camera.name}"],
        "asked_from": asked.starts_at,
        "asked_to": asked.ends_at,
        "actual_from": _whole(min(file.starts_at for file in files)),
        "actual_to": _whole(max(file.ends_at for file in files)),
        "gaps": [_gap(gap) for gap in done.gaps],
        "files": [
            {
                "name": f"{asked.number}-{n}.{file.name.rpartition('.')[2]}",
                "size": file.size,
                "sha256": file.sha256,
            }
            for n, file in enumerate(files, 1)
        ],
    }
    return {name: value for name, value in facts.items() if value is not None and value != []}


def wanted_names(recorded: Sequence[Recorded]) -> set[tuple[UUID, int]]:
    """Whose names the minutes ask for, and as of which position."""
    wanted: set[tuple[UUID, int]] = set()
    for position, event in ((one.position, one.event) for one in recorded):
        about = {account_of(event), event.envelope.unit_id}
        if isinstance(event, HandedOver):
            about.add(event.receiver_account_id)
        wanted |= {(subject, position) for subject in about if subject is not None}
    return wanted


def _event(last: Mapping[str, Recorded], kind: Kind) -> Any:
    return last[kind.TOPIC].event


def _person(last: Mapping[str, Recorded], names: Names, kind: Kind) -> str | None:
    actor = account_of(last[kind.TOPIC].event)
    return names.get((actor, last[kind.TOPIC].position)) if actor else None


def _unit(last: Mapping[str, Recorded], names: Names, kind: Kind) -> str | None:
    unit_id = last[kind.TOPIC].event.envelope.unit_id
    return names.get((unit_id, last[kind.TOPIC].position)) if unit_id else None


def _gap(gap: Gap) -> str:
    why = GAPS.get(gap.reason, gap.reason)
    return f"từ {instant(_whole(gap.starts_at))} đến {instant(_whole(gap.ends_at))}: {why}"


def _whole(at: datetime) -> datetime:
    return at.replace(microsecond=0)
