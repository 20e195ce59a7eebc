"""What is on record of a document that was made: whatever it was made of."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from domain.errors import InvalidInput, NotFound

MOST_COPIES: Final = 100


@dataclass(frozen=True, kw_only=True)
class Made:
    """A document as it was made: its number, the hash of its bytes, and where they are kept, sealed."""

    document_id: UUID
    number: str
    edition: int
    template: str
    sha256: str
    size: int
    name: str


def check_copies(made: dict[UUID, Made], document_id: UUID, copies: int) -> None:
    """Refuse to print what was not made, and no copies of it, or too many.

    Raises:
        NotFound, InvalidInput: as said.
    """
    if document_id not in made:
        raise NotFound("văn bản", "document", document_id)
    if not 1 <= copies <= MOST_COPIES:
        raise InvalidInput("copies", f"từ 1 đến {MOST_COPIES} bản", f"1 to {MOST_COPIES}")
