"""Whoever acted, at the GraphQL edge: by the name of today, and for which unit."""

from uuid import UUID

import strawberry

from api.graphql.context import Info
from api.graphql.unit.unit import Unit


@strawberry.type(description="Một người trong sổ, tên hiện nay · A person in the log, by today’s name")
class Person:
    """A person who acted, and for which unit."""

    account_id: strawberry.ID = strawberry.field(description="Tài khoản · The account’s id")
    unit_id: strawberry.Private[UUID | None]

    @strawberry.field(description="Họ tên và tên đăng nhập · Name and account name")
    async def name(self, info: Info) -> str:
        """The person's name."""
        entry = await info.context.entry.load((UUID(self.account_id), None))
        if entry is None:
            return str(self.account_id)
        return f"{await info.context.name_of(UUID(self.account_id))} ({entry.code})"

    @strawberry.field(description="Đơn vị · Unit")
    async def unit(self, info: Info) -> Unit | None:
        """The unit they acted for."""
        entry = await info.context.entry.load((self.unit_id, None)) if self.unit_id else None
        return Unit(row=entry) if entry else None
