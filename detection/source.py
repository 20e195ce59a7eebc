"""Video as frames with the instants they carry, decoded in a child process; and the video file as such a source.

Time is the stream's own: a frame's instant comes from its time stamp, never from its number.
"""

import hashlib
import logging
import math
import multiprocessing
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from detection import decoder
from detection.apart import end_of
from detection.contracts import EvidenceItem
from detection.media import Cut, Ended, Opened, Refused

logger = logging.getLogger(__name__)

Image = NDArray[np.uint8]

STALL_S: Final = 30.0
SLOTS: Final = 4
FEW: Final = 2
"""Frames a container may announce and not have, before its file counts as cut short."""


class SourceError(Exception):
    """A source cannot be read: its name, and what was expected."""

    was_readable = False
    """Whether frames came before."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame; its pixels, BGR, are the next one's as soon as that is asked for."""

    number: int
    pts: int
    at_s: float
    image: Image


class Source(Protocol):
    """What the worker watches: a file, or one connection to a camera."""

    name: str
    """As messages name it."""

    @property
    def identity(self) -> str:
        """What the identities of its proposals are derived from: no other source has it."""
        ...

    def frames(self) -> Iterator[Frame]:
        """Yield the frames in order, once; their instants count from the first."""
        ...

    def seconds(self, pts: int) -> float:
        """The instant of a time stamp, in seconds from the first frame."""
        ...

    def pts_at(self, at_s: float) -> int:
        """The time stamp of an instant."""
        ...

    def cut(self, wanted: tuple[int, ...], start: int, end: int) -> Cut:
        """The frames at these time stamps, and the packets from the keyframe before *start* to *end*."""
        ...

    def sha256_of(self, evidence: Sequence[EvidenceItem]) -> str:
        """The hash that a proposal with this evidence names its source by."""
        ...


class Child:
    """A process that touches video, with our end of the pipes to it; *name* is what messages call its source."""

    def __init__(
        self, work: Callable[..., None], *arguments: object, name: str, stall_s: float, pipes: int = 1
    ) -> None:
        # spawn: the parent has threads by now, and a fork would carry their locks
        context = multiprocessing.get_context("spawn")
        self._name, self._stall_s = name, stall_s
        pairs = [context.Pipe() for _ in range(pipes)]
        self.pipes = [ours for ours, _ in pairs]
        theirs = [end for _, end in pairs]
        self._process: BaseProcess = context.Process(target=work, args=(*arguments, *theirs), daemon=True)
        self._process.start()
        for end in theirs:
            end.close()

    def send(self, value: object, pipe: int = 0) -> None:
        """Tell the child; what it can no longer hear, its next answer explains."""
        try:
            self.pipes[pipe].send(value)
        except OSError:
            logger.debug("the decoder has closed its pipe")

    def receive(self, pipe: int = 0, *, later_s: float = 0.0, unless: Connection | None = None) -> Any:
        """Return the child's next answer, which may be so much later than others; None if *unless* is readable first.

        Raises:
            SourceError: it refused the source, died, or said nothing for too long.
        """
        try:
            heard = wait([self.pipes[pipe], *([unless] if unless else [])], self._stall_s + later_s)
            if unless in heard:
                return None
            if not heard:
                raise SourceError(f"{self._name}: no frame for {self._stall_s:g} s, the decoder was stopped")
            answer = self.pipes[pipe].recv()
        except (EOFError, OSError):
            self._process.join(5)
            raise SourceError(
                f"{self._name}: the decoder died of it ({end_of(self._process.exitcode)}):"
                " a video that FFmpeg can decode is expected"
            ) from None
        if isinstance(answer, Refused):
            raise SourceError(f"{self._name}: {answer.expected} is expected: {answer.reason}")
        return answer

    def close(self) -> None:
        """End the child, whatever it is doing."""
        for pipe in self.pipes:
            pipe.close()
        if self._process.is_alive():
            self._process.kill()
        self._process.join()
        self._process.close()


class Decoded:
    """What a child decodes: its frames come through a shared memory, their instants from their time stamps."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.first_pts: int | None = None
        self.opened: Opened
        self._child: Child
        self._memory: SharedMemory | None = None

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.opened.width, self.opened.height

    def frames(self) -> Iterator[Frame]:
        """Yield the frames in order; their instants count from the first.

        Raises:
            SourceError: the decoder died or stalled; what was yielded before remains true.
        """
        width, height = self.size
        bytes_each = width * height * 3
        memory = self._memory = SharedMemory(create=True, size=bytes_each * SLOTS)
        self._child.send((memory.name, SLOTS))
        number = 0
        while True:
            try:
                answer = self._answer()
            except SourceError as error:
                error.was_readable = number > 0
                raise
            if answer is None:
                return
            slot, pts = answer
            if self.first_pts is None:
                self.first_pts = pts
            image: Image = np.ndarray((height, width, 3), np.uint8, memory.buf, offset=slot * bytes_each)
            yield Frame(number, pts, self.seconds(pts), image)
            del image
            number += 1
            self._child.send(slot)

    def _answer(self) -> tuple[int, int] | None:
        """The next frame, as slot and time stamp; None at the end."""
        raise NotImplementedError

    def seconds(self, pts: int) -> float:
        """The instant of a time stamp, in seconds from the first frame."""
        return float((pts - (self.first_pts or 0)) * self.opened.time_base)

    def pts_at(self, at_s: float) -> int:
        """The time stamp of an instant."""
        return math.floor(Fraction(at_s) / self.opened.time_base) + (self.first_pts or 0)

    def close(self) -> None:
        """End the child and give the memory back."""
        self._child.close()
        if self._memory:
            self._memory.unlink()
            # a frame somebody still holds keeps the pages until it goes
            try:
                self._memory.close()
            except BufferError:
                logger.debug("a frame outlives its source")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class VideoFile(Decoded):
    """A video file: its identity, which is the hash of its bytes, and its frames, once."""

    def __init__(self, path: Path, *, stall_s: float = STALL_S) -> None:
        super().__init__(path.name)
        try:
            if not stat.S_ISREG(path.stat().st_mode):
                raise SourceError(f"{path}: a video file is expected, this is not a regular file")
            with path.open("rb") as file:
                self.sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or "not a path"
            raise SourceError(f"{path}: a video file is expected: {why}") from None
        self.warnings: list[str] = []
        self._child = Child(decoder.decode, str(path), name=self.name, stall_s=stall_s)
        try:
            self.opened = self._child.receive()
        except SourceError:
            self._child.close()
            raise
        # beside the decoder from the start: the first crossing does not wait for a process
        self._cutter = Child(decoder.serve_cuts, str(path), name=self.name, stall_s=stall_s)

    @property
    def identity(self) -> str:
        """The same file gives the same proposals, on every run."""
        return self.sha256

    def sha256_of(self, evidence: Sequence[EvidenceItem]) -> str:  # noqa: ARG002 — the file stays, whatever is cut
        """The hash of the file."""
        return self.sha256

    @property
    def length_s(self) -> float:
        """How long it is, in seconds, as its container says."""
        return self.opened.length_s

    def cut(self, wanted: tuple[int, ...], start: int, end: int) -> Cut:
        """Re-read a window: the frames at these time stamps, and the packets from the keyframe before *start*.

        Raises:
            SourceError: the file cannot be read there.
        """
        self._cutter.send((wanted, start, end))
        answer: Cut = self._cutter.receive()
        return answer

    def close(self) -> None:
        """End the child processes and give the memory back."""
        self._cutter.close()
        super().close()

    def _answer(self) -> tuple[int, int] | None:
        answer: tuple[int, int] | Ended = self._child.receive()
        if isinstance(answer, Ended):
            self._note(answer)
            return None
        return answer

    def _note(self, ended: Ended) -> None:
        name, expected = self.name, self.opened.frames
        if expected - ended.frames > FEW:
            self._warn("%s ends early: %d of %d frames could be decoded", name, ended.frames, expected)
        elif ended.broken:
            self._warn("%s: %d packets could not be decoded", name, ended.broken)
        if ended.guessed:
            self._warn(
                "%s: the time stamps of %d frames are wrong or missing and were guessed", name, ended.guessed
            )
        if ended.resized:
            self._warn("%s: %d frames of another size were scaled", name, ended.resized)

    def _warn(self, message: str, *values: object) -> None:
        self.warnings.append(message % values)
        logger.warning(message, *values)
