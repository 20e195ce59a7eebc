"""Kept footage and evidence as the ways in see them: the evidence store, and the cutter in its own process."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from cli.console import Stop
from cli.up.endpoints import Endpoints
from detection.cutting import CutError, cut
from detection.evidence_store import EvidenceError, FootageStore, digest_of, open_store
from domain.footage import Cutting, Damage, FootageAwayError, Kept, Piece

logger = logging.getLogger(__name__)


class StoredFootage:
    """Cuts windows out of the recordings in an evidence store, and reads what is kept there."""

    def __init__(self, store: FootageStore) -> None:
        self._store = store

    def cut(self, recordings: Sequence[Kept], starts_at: datetime, ends_at: datetime) -> Cutting:
        """Cut a window; every piece is durable when this returns.

        Raises:
            FootageAwayError: the store is away or full.
        """
        pieces: list[Piece] = []
        damaged: list[Damage] = []
        unreadable: list[UUID] = []
        for recording in recordings:
            with ExitStack() as stack:
                try:
                    with _told():
                        path = stack.enter_context(self._store.local(recording.name))
                except _Gone:
                    damaged.append(_damage(recording, None, 0))
                    continue
                try:
                    with _told():
                        found = digest_of(path)
                        if found != (recording.sha256, recording.size):
                            damaged.append(_damage(recording, *found))
                        elif piece := self._piece(recording, path, starts_at, ends_at):
                            pieces.append(piece)
                except CutError as error:
                    logger.error("recording %s cannot be cut: %s", recording.recording_id, error)  # noqa: TRY400 — a line
                    unreadable.append(recording.recording_id)
        return Cutting(pieces=tuple(pieces), damaged=tuple(damaged), unreadable=tuple(unreadable))

    def _piece(self, recording: Kept, path: Path, starts_at: datetime, ends_at: datetime) -> Piece | None:
        from_s = max((starts_at - recording.starts_at).total_seconds(), 0.0)
        to_s = (min(ends_at, recording.ends_at) - recording.starts_at).total_seconds()
        try:
            with self._store.draft() as draft:
                clip = cut(path, draft, from_s, to_s)
                if clip is None:
                    return None
                name, sha256, size = self._store.keep_file(draft, clip.suffix)
        except EvidenceError as error:
            # a draft that is gone says nothing about the recording
            raise FootageAwayError(str(error)) from None
        return Piece(
            recording_id=recording.recording_id,
            name=name,
            sha256=sha256,
            size=size,
            media_type=clip.media_type,
            starts_at=recording.starts_at + timedelta(seconds=clip.starts_s),
            ends_at=recording.starts_at + timedelta(seconds=clip.ends_s),
        )

    def check(self, name: str, sha256: str, size: int) -> bool:
        """Whether an object is still what was kept.

        Raises:
            FootageAwayError: the store is away.
        """
        with ExitStack() as stack:
            try:
                with _told():
                    path = stack.enter_context(self._store.local(name))
            except _Gone:
                return False
            with _told():
                return digest_of(path) == (sha256, size)

    def keep(self, data: bytes, suffix: str) -> str:
        """Keep an object durably and return its name.

        Raises:
            FootageAwayError: the store is away or full.
        """
        with _told():
            return self._store.keep(data, suffix)

    def size(self, name: str) -> int | None:
        """How many bytes an object has; None where there is none."""
        try:
            with _told():
                return self._store.size(name)
        except _Gone:
            return None

    def read_range(self, name: str, start: int, end: int) -> bytes:
        """Some bytes of an object."""
        with _told():
            return self._store.read_range(name, start, end)


def stored_footage(endpoints: Endpoints, *, writer: str) -> StoredFootage:
    """The kept footage of an installation, for one process that may write there."""
    try:
        return StoredFootage(open_store(endpoints.evidence_url, writer=writer))
    except EvidenceError as error:
        raise Stop(str(error)) from None


class _Gone(Exception):  # noqa: N818 — the store answers, and has no such object
    """There is no such object."""


@contextmanager
def _told() -> Iterator[None]:
    """Translate what the store and the cutter say into the words of the domain."""
    try:
        yield
    except EvidenceError as error:
        if error.gone:
            raise _Gone from None
        raise FootageAwayError(str(error)) from None
    except CutError as error:
        if error.full:
            raise FootageAwayError(f"cutting: {error}") from None
        raise
    except OSError as error:
        raise FootageAwayError(f"evidence: {error.strerror}") from None


def _damage(recording: Kept, found_sha256: str | None, found_size: int) -> Damage:
    logger.error("recording %s is damaged", recording.recording_id)
    return Damage(recording_id=recording.recording_id, found_sha256=found_sha256, found_size=found_size)
