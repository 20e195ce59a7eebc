"""Who holds the controls of a camera, at the GraphQL edge."""

from datetime import datetime

import strawberry

from api.graphql.context import Info, legal
from api.graphql.unit.unit import Unit
from projections.camera_uses import UseRow


@strawberry.type(description="Lượt giữ điều khiển đang có · A hold of the controls that stands")
class CameraHold:
    """Which unit holds the controls of a camera, and until when."""

    row: strawberry.Private[UseRow]

    @strawberry.field(description="Đơn vị · The unit")
    async def unit(self, info: Info) -> Unit | None:
        """The unit that holds them."""
        entry = await info.context.entry.load((self.row.owner_unit, None))
        return Unit(row=entry) if entry else None

    @strawberry.field(description="Đến khi · Until when, unless they go on")
    def until(self) -> datetime:
        """Until when."""
        return legal(self.row.until)

    @strawberry.field(description="Thứ tự ưu tiên · Rank at the controls")
    def rank(self) -> int:
        """How high the unit ranks."""
        return self.row.hold.rank

    @strawberry.field(description="Của chính người hỏi · Whether it is one's own")
    def mine(self, info: Info) -> bool:
        """Whether whoever asks holds them."""
        return self.row.used_by == str(info.context.act.actor.account_id)
