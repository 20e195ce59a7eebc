"""Parts of a file as their events said them: fields by the words that were stored, opened where they are sealed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import strawberry

from api.graphql.context import Info, legal
from api.graphql.unit.unit import Unit
from domain.personal import Personal


@dataclass(frozen=True)
class Said:
    """What was said, as it is stored; whose key seals it; and the instant it is shown of, where that is past."""

    subject: UUID
    words: dict[str, Any]
    at: datetime | None = None

    def get(self, path: str) -> Any:
        """What stands under a name, or a name within a name; None where it was not said."""
        found: Any = self.words
        for name in path.split("."):
            found = (found or {}).get(name)
        return found


def part(path: str, description: str, of: Callable[[Any], Any] | None = None) -> Any:
    """Declare a field that shows a word as it was said, or converted; what was not said is null."""

    def shown(self: Any) -> Any:
        value = self.said.get(path)
        return value if value is None or of is None else of(value)

    # strawberry takes the type from the class's annotation where the resolver says none
    del shown.__annotations__["return"], shown.__annotations__["self"]
    return strawberry.field(resolver=shown, description=description)


def sealed(path: str, description: str) -> Any:
    """Declare a field that opens a personal value for its reader."""

    async def shown(self: Any, info: Info) -> Any:
        value = self.said.get(path)
        return await info.context.open(Personal(self.said.subject, sealed=value) if value else None)

    del shown.__annotations__["return"], shown.__annotations__["self"]
    return strawberry.field(resolver=shown, description=description)


def unit(description: str, *paths: str) -> Any:
    """Declare a field that shows a unit, said under one of these names, as it is called now or was at the instant."""

    async def shown(self: Any, info: Info) -> Any:
        unit_id = next(filter(None, map(self.said.get, paths)), None)
        entry = await info.context.entry.load((UUID(unit_id), self.said.at)) if unit_id else None
        return Unit(row=entry) if entry else None

    del shown.__annotations__["return"], shown.__annotations__["self"]
    return strawberry.field(resolver=shown, description=description)


def when(path: str, description: str) -> Any:
    """Declare a field that shows an instant."""
    return part(path, description, lambda text: legal(datetime.fromisoformat(text)))
