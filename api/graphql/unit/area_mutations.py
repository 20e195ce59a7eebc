"""The acts on an area at the GraphQL edge."""

from datetime import datetime
from typing import Annotated, Any

import strawberry

from api.graphql.common import Position
from api.graphql.context import Info, utc
from api.graphql.creation import create
from api.graphql.mutation import COMMAND_ID, EXPECTED, GIVEN, OUTCOME, POSITION, Noun, Refused, act
from api.graphql.unit.area import Area, of_record
from domain.area import AreaKind
from domain.commands import area as commands
from domain.context import Context
from domain.errors import Refusal
from projections.area_succession import standing_in


def check_view(_area: object, _context: Context) -> Refusal | None:
    """Whoever is signed in may know the areas."""
    return None


AREAS = Noun("area", "địa bàn", "area", "areaId", "area_id", of_record, check_view)
AREA = strawberry.field(description="Địa bàn sau bước này · The area after this act")
AREA_ID = strawberry.field(description="Mã định danh của địa bàn · The area’s id")
DOCUMENT = strawberry.field(default=None, description="Số văn bản · Number of the document")


@strawberry.type(description="Đã đăng ký địa bàn · An area was registered")
class AreaRegistered:
    """It is part of the tree."""

    area: Area = AREA
    position: Position = POSITION


@strawberry.type(description="Đã đổi tên địa bàn · An area was renamed")
class AreaRenamed:
    """It has another name."""

    area: Area = AREA
    position: Position = POSITION


@strawberry.type(description="Địa bàn đã kết thúc · An area was ended")
class AreaEnded:
    """It is no more."""

    area: Area = AREA
    position: Position = POSITION


RegisterAreaResult = Annotated[
    AreaRegistered | Refused, strawberry.union("RegisterAreaResult", description=OUTCOME)
]
RenameAreaResult = Annotated[AreaRenamed | Refused, strawberry.union("RenameAreaResult", description=OUTCOME)]
EndAreaResult = Annotated[AreaEnded | Refused, strawberry.union("EndAreaResult", description=OUTCOME)]


@strawberry.input(description="Đăng ký địa bàn · Register an area")
class RegisterAreaInput:
    """What registering needs: a path below one that is known."""

    path: str = strawberry.field(
        description="Đường dẫn, ví dụ quang-binh/dong-hoi · Path, such as quang-binh/dong-hoi"
    )
    name: str = strawberry.field(description="Tên · Name")
    kind: AreaKind = strawberry.field(description="Loại · Kind")
    command_id: str = COMMAND_ID
    boundary: str | None = strawberry.field(
        default=None,
        description="Ranh giới, Polygon hoặc MultiPolygon của GeoJSON · Boundary, a GeoJSON Polygon or MultiPolygon",
    )
    valid_from: datetime | None = strawberry.field(
        default=None, description="Có từ, mặc định là lúc này · Since when; now, unless said"
    )
    document: str | None = DOCUMENT


@strawberry.input(description="Đổi tên địa bàn · Rename an area")
class RenameAreaInput:
    """What renaming needs."""

    area_id: strawberry.ID = AREA_ID
    name: str = strawberry.field(description="Tên mới · The new name")
    command_id: str = COMMAND_ID
    document: str | None = DOCUMENT
    expected_version: int | None = EXPECTED


@strawberry.input(description="Kết thúc địa bàn; nhiều địa bàn cùng một kế thừa là sáp nhập · End an area")
class EndAreaInput:
    """What ending needs: a document."""

    area_id: strawberry.ID = AREA_ID
    document: str = strawberry.field(description="Số văn bản · Number of the document")
    command_id: str = COMMAND_ID
    successor: str | None = strawberry.field(
        default=None,
        description="Đường dẫn địa bàn kế thừa; phải có khi trong địa bàn còn gì"
        " · Path of the area that follows; needed where something stands in it",
    )
    at: datetime | None = strawberry.field(
        default=None, description="Từ lúc, mặc định là lúc này · From when; now, unless said"
    )
    expected_version: int | None = EXPECTED


@strawberry.type
class AreaMutation:
    """The acts on an area."""

    @strawberry.mutation(
        description="Đăng ký địa bàn trong địa bàn của đơn vị · Register an area within that of one’s unit"
    )
    async def register_area(
        self, info: Info, input: Annotated[RegisterAreaInput, GIVEN]
    ) -> RegisterAreaResult:
        """Register one."""

        def facts() -> dict[str, Any]:
            return {
                "path": input.path,
                "name": input.name,
                "kind": input.kind.value,
                "drawn": input.boundary,
                "valid_from": utc("validFrom", input.valid_from) if input.valid_from is not None else None,
                "document": input.document,
            }

        return await create(info, AREAS, "registerArea", input, AreaRegistered, commands.register_area, facts)

    @strawberry.mutation(description="Đổi tên địa bàn · Rename an area")
    async def rename_area(self, info: Info, input: Annotated[RenameAreaInput, GIVEN]) -> RenameAreaResult:
        """Rename one."""
        return await act(
            info,
            AREAS,
            "renameArea",
            input,
            AreaRenamed,
            commands.rename_area,
            lambda: {"name": input.name, "document": input.document},
        )

    @strawberry.mutation(description="Kết thúc địa bàn theo văn bản · End an area by a document")
    async def end_area(self, info: Info, input: Annotated[EndAreaInput, GIVEN]) -> EndAreaResult:
        """End one."""

        def standing(area_path: str, at: datetime) -> dict[str, int]:
            return info.context.services.reads.sync(standing_in, area_path, at)

        def facts() -> dict[str, Any]:
            return {
                "standing": standing,
                "document": input.document,
                "successor_path": input.successor,
                "at": utc("at", input.at) if input.at is not None else None,
            }

        return await act(info, AREAS, "endArea", input, AreaEnded, commands.end_area, facts)
