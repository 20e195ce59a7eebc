"""What identifies a person, kept so that it can be forgotten.

A `Personal[str]` in an event belongs to a subject (a case, an account).
It is stored sealed under that subject's key; when the key is destroyed it reads as `ERASED` for ever,
while every hash over the log still verifies.
"""

from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar
from uuid import UUID

T = TypeVar("T")


class Erased:
    """Stands where a personal value stood before its key was destroyed."""

    def __repr__(self) -> str:
        return "ERASED"


ERASED: Final = Erased()


@dataclass(frozen=True)
class Personal(Generic[T]):
    """A value about a person: clear when it has just been said, sealed when it comes from the store.

    Neither form shows the value in `repr`, so it cannot slip into a log or an error.
    """

    subject: UUID
    clear: T | None = field(default=None, repr=False)
    sealed: str | None = field(default=None, repr=False)

    @classmethod
    def said(cls, subject: UUID, value: T) -> "Personal[T]":
        """Wrap a value a person has just given."""
        return cls(subject, clear=value)
