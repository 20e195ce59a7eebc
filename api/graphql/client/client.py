"""The register of clients at the GraphQL edge: what software and which devices may connect, and what stands behind."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import strawberry

from api.graphql.camera.query import CAMERAS, CameraConnection
from api.graphql.client.entry import ClientEntry
from api.graphql.columns import column
from api.graphql.common import NARROW, After, AvailableAction, First, MinPosition, Step
from api.graphql.context import Info, legal
from api.graphql.pages import Connection, ListOf, text
from api.graphql.register import AsOf, Id, Register, acts, steps
from api.graphql.unit.person import Person
from api.graphql.unit.unit import Unit, unit_of
from domain.client import ClientKind, ClientState
from domain.client.guards import GUARDS, check_view
from projections import client_register, scope
from projections.camera_registry import RegistryFilter
from projections.client_register import ClientNarrow
from projections.follower import Recorded

Code = Annotated[str | None, strawberry.argument(description="Mã · Code")]


@strawberry.type(description="Phần mềm, thiết bị kết nối đã đăng ký · Registered software or device")
class Client(ClientEntry):
    """What may connect, by which document, and since when."""

    at: strawberry.Private[datetime | None] = None
    past: strawberry.Private[Sequence[Recorded] | None] = None

    maker: str = column("maker", "Nhà sản xuất, cung cấp · Maker or supplier")
    area: str = column("area_path", "Địa bàn phục vụ · The area that it serves")
    document: str = column("document", "Văn bản cho phép · The document that permits it")
    permitted_on: date = column("permitted_on", "Được phép từ ngày · The day from which it is permitted")
    models: list[str] = column(
        "models", "SHA-256 của các mô hình được gửi phát hiện · SHA-256 of the models that it may send by"
    )
    since: datetime = column("state_since", "Ở trạng thái này từ · In this state since", legal)
    state_document: str | None = column(
        "state_document", "Văn bản tạm dừng, cho lại, thu hồi · The document of that state, if not the first"
    )
    state_reason: str | None = column("state_reason", "Lý do · Why it is in that state")
    registered_at: datetime = column("registered_at", "Đăng ký lúc · When it was registered", legal)
    version: int = column("version", "Phiên bản, dùng cho expectedVersion · Version, for expectedVersion")
    unit: Unit = unit_of("owner_unit", "Đơn vị vận hành · The unit that operates it")
    history: list[Step] = steps("client_id")
    available_actions: list[AvailableAction] = acts(GUARDS)

    @strawberry.field(
        description="Người đăng ký; khi thiết lập hệ thống thì không có"
        " · Who registered it; nobody of the system where it was set up with it"
    )
    def registered_by(self) -> Person | None:
        """Who registered it."""
        by, unit_id = self.row.registered_by, self.row.registering_unit_id
        return Person(account_id=strawberry.ID(by), unit_id=unit_id) if unit_id else None

    @strawberry.field(
        description="Camera kết nối qua thiết bị này, trong phạm vi được xem"
        " · Cameras that are connected through it, in one’s scope"
    )
    def cameras(self, info: Info, first: First = 20, after: After = None) -> CameraConnection:
        """What stands behind it: if it is not let in, nothing of them comes."""
        within = scope.of_register(info.context.act)
        return CAMERAS.listed(within, RegistryFilter(client=self.row.client_id), first=first, after=after)


@strawberry.type(description="Một mục trong danh sách · A client in a list")
class ClientEdge:
    """One in a list."""

    cursor: str = strawberry.field(description="Con trỏ của dòng · Cursor of the row")
    node: Client = strawberry.field(description="Phần mềm, thiết bị · The client")


@strawberry.type(description="Một trang phần mềm, thiết bị · A page of clients")
class ClientConnection(Connection):
    """A page of them."""

    edges: list[ClientEdge] = strawberry.field(description="Các dòng kèm con trỏ · Rows with cursors")
    nodes: list[Client] = strawberry.field(description="Các dòng · Rows")


CLIENTS = ListOf(
    name="clients",
    listing=client_register.LISTING,
    node=Client,
    edge=ClientEdge,
    connection=ClientConnection,
    kinds=(text, UUID),
)


@strawberry.input(description="Lọc sổ đăng ký · Narrow the register")
class ClientFilter:
    """What to narrow the list to."""

    states: list[ClientState] | None = strawberry.field(default=None, description="Các trạng thái · States")
    kinds: list[ClientKind] | None = strawberry.field(default=None, description="Các loại · Kinds")
    code: str | None = strawberry.field(default=None, description="Mã · Code")
    model: str | None = strawberry.field(
        default=None, description="SHA-256 của mô hình · The SHA-256 of a model"
    )

    def narrow(self) -> ClientNarrow:
        """The filter as the read model takes it."""
        return ClientNarrow(
            states=[state.value for state in self.states] if self.states is not None else None,
            kinds=[kind.value for kind in self.kinds] if self.kinds is not None else None,
            code=self.code,
            model=self.model,
        )


REGISTER = Register(
    noun="client", log=client_register, id="client_id", node=Client, check_view=check_view, by="code"
)


@strawberry.type
class ClientQuery:
    """Queries on the register."""

    @strawberry.field(description="Một phần mềm, thiết bị · One client")
    async def client(
        self,
        info: Info,
        id: Id = None,
        code: Code = None,
        as_of: AsOf = None,
        min_position: MinPosition = None,
    ) -> Client | None:
        """One by id or code; one outside of one's scope is as absent as one that never was."""
        return await REGISTER.one(info, id, code, as_of, min_position)

    @strawberry.field(
        description="Sổ đăng ký phần mềm, thiết bị kết nối, theo mã"
        " · The register of software and devices that connect, by code"
    )
    async def clients(
        self,
        info: Info,
        filter: Annotated[ClientFilter | None, NARROW] = None,
        first: First = 20,
        after: After = None,
        min_position: MinPosition = None,
    ) -> ClientConnection:
        """Those in one's scope."""
        ctx = info.context
        within = scope.of_clients(ctx.act)
        await ctx.visible(min_position, "client_register", "directory")
        return CLIENTS.listed(within, (filter or ClientFilter()).narrow(), first=first, after=after)
