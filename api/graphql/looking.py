"""What all looking shares at the GraphQL edge: why, what was shown, and who was not allowed."""

from collections.abc import Collection, Sequence
from enum import Enum
from typing import Annotated
from uuid import UUID

import strawberry

from api.graphql.context import Info
from domain import errors
from domain.commands.reading import Look, record_reading, record_refusal
from domain.errors import InvalidInput
from domain.plates import Plate
from projections.case_queue import CaseRow


@strawberry.enum(
    description="Mục đích truy cập; mỗi quy định có danh mục riêng ·"
    " Purpose of access; each regulation lists its own (R-QT-7.3.0, R-DB-4.2.0)"
)
class AccessPurpose(Enum):
    """Why somebody looks: the purposes of all regulations; that of the installation says which count."""

    PATROL_CONTROL = "PATROL_CONTROL"
    VIOLATION_HANDLING = "VIOLATION_HANDLING"
    TRAFFIC_DIRECTION = "TRAFFIC_DIRECTION"
    SECURITY = "SECURITY"
    AUDIT = "AUDIT"
    PROFESSIONAL_MEASURES = "PROFESSIONAL_MEASURES"
    MONITORING = "MONITORING"
    TRAFFIC_SAFETY = "TRAFFIC_SAFETY"
    URBAN_ORDER = "URBAN_ORDER"
    RESCUE = "RESCUE"
    FOREST_FIRE = "FOREST_FIRE"
    STATE_MANAGEMENT = "STATE_MANAGEMENT"


Purpose = Annotated[AccessPurpose, strawberry.argument(description="Xem để làm gì · What one looks for")]


async def looked(info: Info, look: Look, purpose: AccessPurpose) -> None:
    """Put on record what is about to be shown; where that fails, it is not shown."""
    ctx = info.context
    await ctx.services.writes(record_reading, ctx.services.app, ctx.act, look, purpose=purpose.value)


async def attempted(
    info: Info, look: Look, refusal: errors.Refusal, purpose: AccessPurpose | None = None
) -> None:
    """Put on record that this person was not allowed to; where that fails, so does the request."""
    ctx = info.context
    why = purpose.value if purpose else None
    await ctx.services.writes(record_refusal, ctx.services.app, ctx.act, look, refusal, purpose=why)


def look_at(
    info: Info,
    way: str,
    noun: str,
    ids: Sequence[UUID],
    area_path: str,
    *,
    camera_id: UUID | None = None,
    plate: Plate | None = None,
) -> Look:
    """What this person looks at, from where."""
    return Look(
        way=way,
        noun=noun,
        ids=ids,
        area_path=area_path,
        address=info.context.address,
        camera_id=camera_id,
        plate=plate,
    )


def of_cases(rows: Collection[CaseRow]) -> list[UUID]:
    """What somebody is shown with these cases: whoever sees a case sees what its camera saw."""
    return [*(row.case_id for row in rows), *dict.fromkeys(row.camera_id for row in rows)]


def plate_of(path: str, typed: str) -> Plate:
    """The plate that somebody typed.

    Raises:
        InvalidInput: it is none.
    """
    plate = Plate.read(typed)
    if plate is None:
        raise InvalidInput(path, "không phải biển số (ví dụ 74A-123.45)", "not a plate (such as 74A-123.45)")
    return plate
