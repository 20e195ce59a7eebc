"""Proposals on disk until JetStream has them: one file a proposal, named after it, flushed before anything else."""

import contextlib
import fcntl
import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self
from uuid import UUID

from detection.contracts import LARGEST_MESSAGE, MalformedMessage, ViolationDetectedV1, unwrap

logger = logging.getLogger(__name__)

UNFINISHED: Final = ".part"
SET_ASIDE: Final = ".bad"


class SpoolError(Exception):
    """The spool cannot be used: where, and why."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A proposal that waits for its acknowledgement."""

    path: Path
    message: ViolationDetectedV1
    raw: bytes


class Spool:
    """The proposals of one camera that JetStream has not acknowledged; one worker at a time holds it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise SpoolError(f"spool {folder}: {error.strerror}") from None
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._lock)
            raise SpoolError(
                f"spool {folder}: another worker runs for this camera; one at a time may"
            ) from None
        for leftover in folder.glob(
            f"*{UNFINISHED}"
        ):  # a kill between writing and naming; it was never announced
            leftover.unlink()

    def put(self, proposal_id: UUID, raw: bytes) -> None:
        """Keep a proposal; when this returns, it survives a kill.

        Raises:
            SpoolError: the disk is full, or the folder may not be written.
        """
        target = self.folder / f"{proposal_id}.json"
        if target.exists():  # the same proposal of a run before, on its way
            return
        part = target.with_suffix(UNFINISHED)
        try:
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(raw)
                file.flush()
                os.fsync(file.fileno())
            part.rename(target)
            self._flush()
        except OSError as error:
            raise SpoolError(f"spool {self.folder}: {error.strerror}") from None

    def waiting(self) -> Iterator[Waiting]:
        """Yield what waits, the oldest first; a file that is no proposal is set aside and said."""
        for path in sorted(self._files(), key=_age):
            try:
                with path.open("rb") as file:
                    raw = file.read(LARGEST_MESSAGE + 1)
                message = unwrap(raw)
            except MalformedMessage as error:
                path.rename(path.with_suffix(SET_ASIDE))
                logger.error("spool: %s set aside: %s", path.name, error)  # noqa: TRY400 — a line, not a trace
                continue
            yield Waiting(path, message, raw)

    def done(self, waiting: Waiting) -> None:
        """Forget a proposal that was acknowledged; coming back after a crash, it would only go out again."""
        waiting.path.unlink(missing_ok=True)

    def __len__(self) -> int:
        return len(self._files())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._lock)

    def _files(self) -> list[Path]:
        return list(self.folder.glob("*.json"))

    def _flush(self) -> None:
        number = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


def _age(path: Path) -> tuple[int, str]:
    with contextlib.suppress(FileNotFoundError):
        return path.stat().st_mtime_ns, path.name
    return 0, path.name
