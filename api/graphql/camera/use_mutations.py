"""Watching, searching and recognising at the GraphQL edge: an act with a purpose, answered by an address."""

from datetime import datetime
from enum import Enum
from typing import Annotated, Any

import strawberry

from api.graphql.camera.use import CameraUse, of_record
from api.graphql.common import Position
from api.graphql.context import Info, identity, legal, utc
from api.graphql.creation import create
from api.graphql.looking import AccessPurpose
from api.graphql.mutation import COMMAND_ID, EXPECTED, GIVEN, OUTCOME, POSITION, Noun, Refused, act
from domain import errors
from domain.camera import Camera
from domain.camera.uses import UseKind
from domain.camera_use import MOST_CAMERAS, check_view
from domain.commands import camera_use as commands

USES = Noun("use", "lượt sử dụng camera", "use of cameras", "useId", "use_id", of_record, check_view)
USE = strawberry.field(description="Lượt sử dụng sau bước này · The use after this act")
USE_ID = strawberry.field(description="Mã của lượt sử dụng · The use’s id")
CAMERAS = strawberry.field(description="Các camera, nhiều nhất 100 · The cameras, at most 100")
PURPOSE = strawberry.field(description="Dùng để làm gì · What it is for")
CASE = strawberry.field(default=None, description="Hồ sơ liên quan · The case it is for")
FROM = strawberry.field(name="from", description="Dữ liệu từ, có múi giờ · Footage from, with an offset")
TO = strawberry.field(description="Dữ liệu đến, có múi giờ · Footage to, with an offset")


@strawberry.type(description="Đã cho xem trực tiếp · A live view was allowed")
class LiveViewOpened:
    """Where the camera is watched."""

    use: CameraUse = USE
    position: Position = POSITION

    @strawberry.field(
        description="Địa chỉ xem ở máy chủ luồng hình · Address of the picture at the media gateway"
    )
    async def url(self, info: Info) -> str:
        """The address of the camera at the gateway, with the token of the use."""
        ctx, row = info.context, self.use.row
        camera = await ctx.services.writes(ctx.services.app.find, Camera, row.camera_ids[0])
        return ctx.services.gateways.watch(row.use_id, camera.code)

    @strawberry.field(description="Hết hiệu lực lúc · When it ends by itself")
    def expires_at(self) -> datetime:
        """When it ends by itself."""
        return legal(self.use.row.until)


@strawberry.type(description="Đã gia hạn lượt xem · A live view goes on")
class LiveViewExtended:
    """It goes on, at the same address."""

    use: CameraUse = USE
    position: Position = POSITION


@strawberry.type(description="Đã dừng xem · A live view was ended")
class LiveViewEnded:
    """It is over."""

    use: CameraUse = USE
    position: Position = POSITION


@strawberry.type
class ForEngine:
    """What the engine is told."""

    use: CameraUse = USE
    position: Position = POSITION

    @strawberry.field(
        description="Địa chỉ để máy chủ phân tích của hệ thống nhận việc; phần mềm này không tự nhận diện ·"
        " Where the installation’s analytics engine takes it up; this product recognises nothing itself"
    )
    def url(self, info: Info) -> str:
        """The address of the engine, with the token of the use."""
        row = self.use.row
        return info.context.services.gateways.analyse(row.use_id, UseKind(row.kind))

    @strawberry.field(description="Hết hiệu lực lúc · When it ends by itself")
    def expires_at(self) -> datetime:
        """When it ends by itself."""
        return legal(self.use.row.until)


@strawberry.type(description="Đã cho nhận diện khuôn mặt · Face recognition was allowed")
class FaceRecognitionOpened(ForEngine):
    """Where the engine takes it up."""


@strawberry.type(description="Đã cho tìm kiếm trong dữ liệu · A search of footage was allowed")
class FootageSearchOpened(ForEngine):
    """Where the engine takes it up."""


OpenLiveViewResult = Annotated[
    LiveViewOpened | Refused, strawberry.union("OpenLiveViewResult", description=OUTCOME)
]
ExtendLiveViewResult = Annotated[
    LiveViewExtended | Refused, strawberry.union("ExtendLiveViewResult", description=OUTCOME)
]
EndLiveViewResult = Annotated[
    LiveViewEnded | Refused, strawberry.union("EndLiveViewResult", description=OUTCOME)
]
RecogniseFacesResult = Annotated[
    FaceRecognitionOpened | Refused, strawberry.union("RecogniseFacesResult", description=OUTCOME)
]
SearchFootageResult = Annotated[
    FootageSearchOpened | Refused, strawberry.union("SearchFootageResult", description=OUTCOME)
]


@strawberry.input(description="Xem trực tiếp một camera · Watch a camera live")
class OpenLiveViewInput:
    """What watching needs: a purpose."""

    camera_id: strawberry.ID = strawberry.field(description="Camera · The camera")
    purpose: AccessPurpose = PURPOSE
    command_id: str = COMMAND_ID
    case_id: strawberry.ID | None = CASE


@strawberry.input(description="Gia hạn lượt xem · Go on watching")
class ExtendLiveViewInput:
    """Which view goes on."""

    use_id: strawberry.ID = USE_ID
    command_id: str = COMMAND_ID
    expected_version: int | None = EXPECTED


@strawberry.input(description="Dừng xem · Stop watching")
class EndLiveViewInput:
    """Which view ends."""

    use_id: strawberry.ID = USE_ID
    command_id: str = COMMAND_ID
    expected_version: int | None = EXPECTED


@strawberry.input(description="Nhận diện khuôn mặt · Recognise faces")
class RecogniseFacesInput:
    """What recognition needs: a grant, a purpose and the document that orders it."""

    camera_ids: list[strawberry.ID] = CAMERAS
    from_: datetime = FROM
    to: datetime = TO
    purpose: AccessPurpose = PURPOSE
    document: str = strawberry.field(description="Số văn bản yêu cầu · Number of the document that orders it")
    command_id: str = COMMAND_ID
    case_id: strawberry.ID | None = CASE


@strawberry.enum(description="Tìm gì trong dữ liệu · What is looked for in footage (R-DH-11.3.a2)")
class FootageTask(Enum):
    """One permission, three tasks of the engine."""

    SEARCH = "SEARCH"
    FOLLOW = "FOLLOW"
    COUNT = "COUNT"


@strawberry.input(description="Tìm kiếm, theo dõi, đếm lượt · Search, follow or count in footage")
class SearchFootageInput:
    """What a search needs: a purpose."""

    camera_ids: list[strawberry.ID] = CAMERAS
    task: FootageTask = strawberry.field(description="Tìm, theo dõi hay đếm · Search, follow or count")
    from_: datetime = FROM
    to: datetime = TO
    purpose: AccessPurpose = PURPOSE
    command_id: str = COMMAND_ID
    document: str | None = strawberry.field(
        default=None, description="Số văn bản yêu cầu · Number of the document that orders it"
    )
    case_id: strawberry.ID | None = CASE


@strawberry.type
class CameraUseMutation:
    """The uses of cameras."""

    @strawberry.mutation(
        description="Xem trực tiếp, có mục đích, trong vài phút; ghi ai xem và bao lâu ·"
        " Watch live, for a purpose and some minutes; who watches and how long goes on record"
    )
    async def open_live_view(
        self, info: Info, input: Annotated[OpenLiveViewInput, GIVEN]
    ) -> OpenLiveViewResult:
        """Allow a live view and say where it is."""
        services = info.context.services

        def facts() -> dict[str, Any]:
            said = _opening(info, input, "openLiveView", UseKind.LIVE_VIEW, [input.camera_id])
            return {**said, "reachable": services.gateways.check_media}

        return await create(
            info, USES, "openLiveView", input, LiveViewOpened, commands.open_use, facts, cameras="camera_ids"
        )

    @strawberry.mutation(
        description="Gia hạn lượt xem, địa chỉ không đổi · Go on watching, at the same address"
    )
    async def extend_live_view(
        self, info: Info, input: Annotated[ExtendLiveViewInput, GIVEN]
    ) -> ExtendLiveViewResult:
        """Extend one's own."""
        return await act(info, USES, "extendLiveView", input, LiveViewExtended, commands.extend_use)

    @strawberry.mutation(description="Dừng xem · Stop watching")
    async def end_live_view(self, info: Info, input: Annotated[EndLiveViewInput, GIVEN]) -> EndLiveViewResult:
        """End one's own."""
        return await act(info, USES, "endLiveView", input, LiveViewEnded, commands.end_use)

    @strawberry.mutation(
        description="Nhận diện khuôn mặt: chỉ khi được cấp quyền riêng, do máy chủ phân tích thực hiện ·"
        " Recognise faces: only under a grant of its own; done by the installation’s analytics engine"
    )
    async def recognise_faces(
        self, info: Info, input: Annotated[RecogniseFacesInput, GIVEN]
    ) -> RecogniseFacesResult:
        """Allow it and say where the engine takes it up."""
        services = info.context.services

        def facts() -> dict[str, Any]:
            said = _window(info, input, "recogniseFaces", UseKind.FACE_RECOGNITION)
            return {**said, "reachable": services.gateways.check_analytics}

        return await create(
            info,
            USES,
            "recogniseFaces",
            input,
            FaceRecognitionOpened,
            commands.open_use,
            facts,
            cameras="camera_ids",
        )

    @strawberry.mutation(
        description="Tìm kiếm, theo dõi, đếm lượt trong dữ liệu, do máy chủ phân tích thực hiện ·"
        " Search, follow or count in footage; done by the installation’s analytics engine"
    )
    async def search_footage(
        self, info: Info, input: Annotated[SearchFootageInput, GIVEN]
    ) -> SearchFootageResult:
        """Allow it and say where the engine takes it up."""
        services = info.context.services

        def facts() -> dict[str, Any]:
            said = _window(info, input, "searchFootage", UseKind(input.task.value))
            return {**said, "reachable": services.gateways.check_analytics}

        return await create(
            info,
            USES,
            "searchFootage",
            input,
            FootageSearchOpened,
            commands.open_use,
            facts,
            cameras="camera_ids",
        )


def _opening(
    info: Info,
    given: OpenLiveViewInput | RecogniseFacesInput | SearchFootageInput,
    way: str,
    kind: UseKind,
    camera_ids: list[strawberry.ID],
) -> dict[str, Any]:
    """What every use is opened with."""
    return {
        "kind": kind,
        "way": way,
        "address": info.context.address,
        "camera_ids": [identity("cameraIds", one) for one in camera_ids],
        "purpose": given.purpose.value,
        "case_id": identity("caseId", given.case_id) if given.case_id is not None else None,
    }


def _window(
    info: Info, given: RecogniseFacesInput | SearchFootageInput, way: str, kind: UseKind
) -> dict[str, Any]:
    """The same, of footage."""
    if not 1 <= len(given.camera_ids) <= MOST_CAMERAS:
        raise errors.InvalidInput(
            "cameraIds", f"cần từ 1 đến {MOST_CAMERAS} camera", f"1 to {MOST_CAMERAS} cameras are expected"
        )
    return {
        **_opening(info, given, way, kind, given.camera_ids),
        "document": given.document,
        "starts_at": utc("from", given.from_),
        "ends_at": utc("to", given.to),
    }
