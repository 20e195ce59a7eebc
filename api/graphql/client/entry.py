"""What the register of clients says of one to whoever is shown a camera behind it, or evidence that it sent."""

import strawberry

from api.graphql.columns import column
from api.graphql.common import Language, Speech
from domain.client import ClientKind, ClientState
from domain.client.kinds import NAMES
from projections.client_register import ClientRow

strawberry.enum(ClientKind, description="Loại phần mềm, thiết bị · Kind of software or device")
strawberry.enum(ClientState, description="Trạng thái đăng ký · State of a registration")


@strawberry.type(
    description="Phần mềm, thiết bị theo sổ đăng ký · Software or a device, as the register has it"
)
class ClientEntry:
    """Which it is, and whether it is let in."""

    row: strawberry.Private[ClientRow]

    id: strawberry.ID = column("client_id", "Mã định danh · Id", str)
    code: str = column("code", "Mã · Code")
    kind: ClientKind = column("kind", "Loại · Kind", ClientKind)
    name: str = column("name", "Tên · Name")
    release: str = column("release", "Phiên bản phần mềm hoặc kiểu thiết bị · Version or type")
    state: ClientState = column("state", "Trạng thái · State", ClientState)

    @strawberry.field(description="Tên loại · What the kind is called")
    def kind_name(self, language: Speech = Language.VI) -> str:
        """What the kind is called."""
        named = NAMES[ClientKind(self.row.kind)]
        return named.vi if language is Language.VI else named.en
