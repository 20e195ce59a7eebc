"""What the domain asks of kept footage: to cut a window out of recordings, and to say what is no longer whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID


class FootageAwayError(Exception):
    """The store of footage cannot be reached or is full; nothing was recorded, and the command may be sent again.

    Its text names the store and the cause, never an address that is signed.
    """


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A recording as it was registered: where its bytes are, and what they must be."""

    recording_id: UUID
    name: str
    sha256: str
    size: int
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A file that was cut out of one recording and is kept durably; its window is the one it really shows."""

    recording_id: UUID
    name: str
    sha256: str
    size: int
    media_type: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, kw_only=True)
class Damage:
    """A recording whose bytes are not what was registered, and what was found instead; None where they are gone."""

    recording_id: UUID
    found_sha256: str | None
    found_size: int


@dataclass(frozen=True, kw_only=True)
class Cutting:
    """What came of cutting one window."""

    pieces: tuple[Piece, ...]
    damaged: tuple[Damage, ...]
    unreadable: tuple[UUID, ...] = ()
    """Recordings whose bytes are what was registered, and which are no video that can be cut."""


class Footage(Protocol):
    """Kept footage."""

    def cut(self, recordings: Sequence[Kept], starts_at: datetime, ends_at: datetime) -> Cutting:
        """Cut a window out of recordings without re-encoding; every piece is durable when this returns.

        A recording's bytes are hashed first: what is damaged is named and nothing of it is given out.

        Raises:
            FootageAwayError: the store is away or full.
        """

    def check(self, name: str, sha256: str, size: int) -> bool:
        """Whether an object is still what was kept.

        Raises:
            FootageAwayError: the store is away.
        """
