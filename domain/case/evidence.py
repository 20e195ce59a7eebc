"""What its camera has on record against a case: what it shows may be a state secret, or is no ground for a sanction.

What may be a state secret goes to nobody else and is opened by its own system alone; all else of a case goes on.
What stands against evidence is that the camera was at fault at the time, or measured without being verified.
It is asked of the camera as it is on record whenever somebody looks or acts, so a fault that is entered later counts
for every case of its time, and one that ended earlier than was thought for none after. What stands against evidence
bars no other way of a case: it is kept, discarded, found to be no violation, or a warning without a penalty.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from domain.camera.guards import CameraOnFile, Measuring, check_shared, in_known_fault, measures_validly
from domain.camera.state import Measure
from domain.case.guards import CaseFacts, Guard
from domain.context import Context
from domain.errors import Refusal, WrongState

MEASURED: Final = frozenset(Measure)
"""The acts that are found by measuring: what measures has to be verified for it."""

LAW: Final = "R-VN-LXLVPHC-64.2"
"""What holds for devices where the regulation is silent."""


BARRED: Final = ("approveCase", "drawRecord", "decidePenalty")
"""The acts that lead to a sanction, of which the commands ask this guard after their own."""

SHARING: Final = ("approveCase", "forwardCase", "transferRecord", "publishCase")
"""The acts by which a case goes to another body or to the public, of which they ask whether it may."""


class EvidenceFlag(StrEnum):
    """What stands against the evidence of a case."""

    CAMERA_AT_FAULT = "CAMERA_AT_FAULT"
    NOT_VERIFIED = "NOT_VERIFIED"


@dataclass(frozen=True)
class Flag:
    """What stands against it, in words, and by which rule."""

    kind: EvidenceFlag
    vi: str
    en: str
    rule: str | None


def flags_of(case: CaseFacts, camera: Measuring, context: Context) -> Sequence[Flag]:
    """What stands against the evidence of a case, by what its camera has on record now."""
    acts = context.rulebook.cameras.acts
    flags = []
    if in_known_fault(camera, case.occurred_at):
        flags.append(
            Flag(
                EvidenceFlag.CAMERA_AT_FAULT,
                "Camera có sự cố đã biết vào thời điểm hành vi",
                "The camera was known to be at fault when the act took place",
                acts.get("fault", LAW),
            )
        )
    if case.kind in MEASURED and not measures_validly(camera, case.occurred_at, case.kind):
        flags.append(
            Flag(
                EvidenceFlag.NOT_VERIFIED,
                "Phương tiện đo không có kiểm định còn hiệu lực vào ngày đo",
                "What measured was not verified (kiểm định) for that on the day",
                acts.get("measure", LAW),
            )
        )
    return flags


def check_evidence(case: CaseFacts, camera: Measuring, context: Context) -> Refusal | None:
    """Guard: nothing stands against the evidence on which somebody is to be sanctioned."""
    if case.domain != "TRAFFIC":
        return None
    for flag in flags_of(case, camera, context):
        return WrongState(
            f"{flag.vi}: không dùng làm căn cứ xử phạt",
            f"{flag.en}: it is no ground for a sanction",
            rule=flag.rule,
        )
    return None


def with_camera(act: str, guard: Guard, camera: CameraOnFile) -> Guard:
    """The guard of an act with what the camera of the case has on record.

    After the act's own: whoever may not act is told nothing of the camera.
    """

    def check(case: CaseFacts, context: Context) -> Refusal | None:
        refusal = guard(case, context)
        if refusal is None and act in SHARING:
            refusal = check_shared(camera, context)
        if refusal is None and act in BARRED:
            refusal = check_evidence(case, camera, context)
        return refusal

    return check
