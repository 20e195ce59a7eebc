"""The acts on a unit at the GraphQL edge."""

from datetime import datetime
from typing import Annotated, Any

import strawberry

from api.graphql.common import Position
from api.graphql.context import Info, identity, utc
from api.graphql.creation import create
from api.graphql.mutation import COMMAND_ID, EXPECTED, GIVEN, OUTCOME, POSITION, Noun, Refused, act
from api.graphql.unit.area_mutations import check_view
from api.graphql.unit.record import UnitRecord, of_record
from domain.commands import unit as commands
from domain.unit_guards import Post

strawberry.enum(Post, description="Chức trách trong đơn vị · Who answers for a unit, and for what")

UNITS = Noun("unit", "đơn vị", "unit", "unitId", "unit_id", of_record, check_view, rights=True)
UNIT = strawberry.field(description="Đơn vị sau bước này · The unit after this act")
UNIT_ID = strawberry.field(description="Mã định danh của đơn vị · The unit’s id")
DOCUMENT = strawberry.field(description="Số văn bản · Number of the document")
SOME_DOCUMENT = strawberry.field(default=None, description="Số văn bản · Number of the document")


@strawberry.type(description="Đã đăng ký đơn vị · A unit was registered")
class UnitRegistered:
    """It exists."""

    unit: UnitRecord = UNIT
    position: Position = POSITION


@strawberry.type(description="Đã đổi tên đơn vị · A unit was renamed")
class UnitRenamed:
    """It has another name."""

    unit: UnitRecord = UNIT
    position: Position = POSITION


@strawberry.type(description="Đã chuyển đơn vị · A unit was moved")
class UnitMoved:
    """It is part of another, or works elsewhere."""

    unit: UnitRecord = UNIT
    position: Position = POSITION


@strawberry.type(description="Đơn vị đã kết thúc hoạt động · A unit was ended")
class UnitEnded:
    """It is no more."""

    unit: UnitRecord = UNIT
    position: Position = POSITION


@strawberry.type(description="Đã nêu đơn vị kế thừa · A successor was named")
class SuccessorNamed:
    """Another unit follows it."""

    unit: UnitRecord = UNIT
    position: Position = POSITION


@strawberry.type(description="Đã phân công · An officer was assigned")
class OfficerAssigned:
    """Somebody answers for it."""

    unit: UnitRecord = UNIT
    position: Position = POSITION


@strawberry.type(description="Đã lưu quy định nội bộ · A unit’s own regulation was filed")
class InternalRegulationFiled:
    """It is on file."""

    unit: UnitRecord = UNIT
    position: Position = POSITION


RegisterUnitResult = Annotated[
    UnitRegistered | Refused, strawberry.union("RegisterUnitResult", description=OUTCOME)
]
RenameUnitResult = Annotated[UnitRenamed | Refused, strawberry.union("RenameUnitResult", description=OUTCOME)]
MoveUnitResult = Annotated[UnitMoved | Refused, strawberry.union("MoveUnitResult", description=OUTCOME)]
EndUnitResult = Annotated[UnitEnded | Refused, strawberry.union("EndUnitResult", description=OUTCOME)]
NameSuccessorResult = Annotated[
    SuccessorNamed | Refused, strawberry.union("NameSuccessorResult", description=OUTCOME)
]
AssignOfficerResult = Annotated[
    OfficerAssigned | Refused, strawberry.union("AssignOfficerResult", description=OUTCOME)
]
FileInternalRegulationResult = Annotated[
    InternalRegulationFiled | Refused,
    strawberry.union("FileInternalRegulationResult", description=OUTCOME),
]


@strawberry.input(description="Đăng ký đơn vị · Register a unit")
class RegisterUnitInput:
    """What registering needs: a kind of the regulation, and an area that is known."""

    code: str = strawberry.field(description="Mã đơn vị · Code")
    name: str = strawberry.field(description="Tên · Name")
    kind: str = strawberry.field(description="Loại theo quy định · Kind, by the regulation")
    area: str = strawberry.field(description="Địa bàn, là đường dẫn · Area, as a path")
    command_id: str = COMMAND_ID
    parent_id: strawberry.ID | None = strawberry.field(
        default=None, description="Thuộc đơn vị · The unit it is part of"
    )
    valid_from: datetime | None = strawberry.field(
        default=None, description="Hoạt động từ, mặc định là lúc này · Since when; now, unless said"
    )
    document: str | None = SOME_DOCUMENT


@strawberry.input(
    description="Đổi tên đơn vị; hồ sơ cũ giữ tên cũ · Rename a unit; old acts keep the old name"
)
class RenameUnitInput:
    """What renaming needs."""

    unit_id: strawberry.ID = UNIT_ID
    name: str = strawberry.field(description="Tên mới · The new name")
    command_id: str = COMMAND_ID
    document: str | None = SOME_DOCUMENT
    expected_version: int | None = EXPECTED


@strawberry.input(description="Chuyển đơn vị · Move a unit")
class MoveUnitInput:
    """What moving needs; what is not given stays."""

    unit_id: strawberry.ID = UNIT_ID
    document: str = DOCUMENT
    command_id: str = COMMAND_ID
    parent_id: strawberry.ID | None = strawberry.field(
        default=None, description="Thuộc đơn vị · The unit it is part of from now on"
    )
    area: str | None = strawberry.field(default=None, description="Địa bàn mới · The new area, as a path")
    expected_version: int | None = EXPECTED


@strawberry.input(
    description="Kết thúc đơn vị; nhiều đơn vị cùng một kế thừa là sáp nhập · End a unit; several may share a successor"
)
class EndUnitInput:
    """What ending needs: a document."""

    unit_id: strawberry.ID = UNIT_ID
    document: str = DOCUMENT
    command_id: str = COMMAND_ID
    successor_id: strawberry.ID | None = strawberry.field(
        default=None, description="Đơn vị kế thừa, nhận việc đang mở · The unit that takes over what is open"
    )
    at: datetime | None = strawberry.field(
        default=None, description="Từ lúc, mặc định là lúc này · From when; now, unless said"
    )
    expected_version: int | None = EXPECTED


@strawberry.input(
    description="Nêu đơn vị kế thừa sau khi đã kết thúc · Name who follows a unit that has ended"
)
class NameSuccessorInput:
    """What naming needs."""

    unit_id: strawberry.ID = UNIT_ID
    successor_id: strawberry.ID = strawberry.field(description="Đơn vị kế thừa · The unit that follows")
    document: str = DOCUMENT
    command_id: str = COMMAND_ID
    expected_version: int | None = EXPECTED


@strawberry.input(description="Phân công người của đơn vị · Assign an officer of the unit")
class AssignOfficerInput:
    """What assigning needs: one of the unit's own people."""

    unit_id: strawberry.ID = UNIT_ID
    post: Post = strawberry.field(description="Chức trách · The post")
    account_id: strawberry.ID = strawberry.field(description="Tài khoản · The account")
    command_id: str = COMMAND_ID
    document: str | None = SOME_DOCUMENT
    expected_version: int | None = EXPECTED


@strawberry.input(description="Lưu quy định nội bộ của đơn vị · File a unit’s own regulation")
class FileInternalRegulationInput:
    """What filing needs."""

    unit_id: strawberry.ID = UNIT_ID
    document: str = DOCUMENT
    title: str = strawberry.field(description="Tên · Title")
    issued_at: datetime = strawberry.field(description="Ban hành lúc · When it was issued")
    command_id: str = COMMAND_ID
    expected_version: int | None = EXPECTED


def _instant(path: str, given: datetime | None) -> datetime | None:
    return utc(path, given) if given is not None else None


@strawberry.type
class UnitMutation:
    """The acts on a unit."""

    @strawberry.mutation(description="Đăng ký đơn vị · Register a unit")
    async def register_unit(
        self, info: Info, input: Annotated[RegisterUnitInput, GIVEN]
    ) -> RegisterUnitResult:
        """Register one."""

        def facts() -> dict[str, Any]:
            above = input.parent_id
            return {
                "code": input.code,
                "name": input.name,
                "kind": input.kind,
                "area_path": input.area,
                "parent_unit_id": identity("parentId", above) if above is not None else None,
                "valid_from": _instant("validFrom", input.valid_from),
                "document": input.document,
            }

        return await create(info, UNITS, "registerUnit", input, UnitRegistered, commands.register_unit, facts)

    @strawberry.mutation(description="Đổi tên đơn vị · Rename a unit")
    async def rename_unit(self, info: Info, input: Annotated[RenameUnitInput, GIVEN]) -> RenameUnitResult:
        """Rename one."""
        return await act(
            info,
            UNITS,
            "renameUnit",
            input,
            UnitRenamed,
            commands.rename_unit,
            lambda: {"name": input.name, "document": input.document},
        )

    @strawberry.mutation(description="Chuyển đơn vị sang đơn vị hoặc địa bàn khác · Move a unit")
    async def move_unit(self, info: Info, input: Annotated[MoveUnitInput, GIVEN]) -> MoveUnitResult:
        """Move one."""

        def facts() -> dict[str, Any]:
            above = input.parent_id
            return {
                "document": input.document,
                "parent_unit_id": identity("parentId", above) if above is not None else None,
                "area_path": input.area,
            }

        return await act(info, UNITS, "moveUnit", input, UnitMoved, commands.move_unit, facts)

    @strawberry.mutation(description="Kết thúc đơn vị theo văn bản · End a unit by a document")
    async def end_unit(self, info: Info, input: Annotated[EndUnitInput, GIVEN]) -> EndUnitResult:
        """End one."""

        def facts() -> dict[str, Any]:
            heir = input.successor_id
            return {
                "document": input.document,
                "successor_unit_id": identity("successorId", heir) if heir is not None else None,
                "at": _instant("at", input.at),
            }

        return await act(info, UNITS, "endUnit", input, UnitEnded, commands.end_unit, facts)

    @strawberry.mutation(description="Nêu đơn vị kế thừa · Name the unit that follows one that has ended")
    async def name_successor(
        self, info: Info, input: Annotated[NameSuccessorInput, GIVEN]
    ) -> NameSuccessorResult:
        """Name one."""

        def facts() -> dict[str, Any]:
            return {
                "successor_unit_id": identity("successorId", input.successor_id),
                "document": input.document,
            }

        return await act(info, UNITS, "nameSuccessor", input, SuccessorNamed, commands.name_successor, facts)

    @strawberry.mutation(
        description="Phân công thủ trưởng hoặc cán bộ quản trị · Assign the head of a unit, or who administers it"
    )
    async def assign_officer(
        self, info: Info, input: Annotated[AssignOfficerInput, GIVEN]
    ) -> AssignOfficerResult:
        """Assign one."""

        def facts() -> dict[str, Any]:
            return {
                "post": input.post.value,
                "account_id": identity("accountId", input.account_id),
                "document": input.document,
            }

        return await act(info, UNITS, "assignOfficer", input, OfficerAssigned, commands.assign_officer, facts)

    @strawberry.mutation(description="Lưu quy định nội bộ · File a unit’s own regulation")
    async def file_internal_regulation(
        self, info: Info, input: Annotated[FileInternalRegulationInput, GIVEN]
    ) -> FileInternalRegulationResult:
        """File one."""

        def facts() -> dict[str, Any]:
            return {
                "document": input.document,
                "title": input.title,
                "issued_at": utc("issuedAt", input.issued_at),
            }

        command = commands.file_internal_regulation
        return await act(
            info, UNITS, "fileInternalRegulation", input, InternalRegulationFiled, command, facts
        )
