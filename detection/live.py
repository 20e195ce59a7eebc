"""A camera's stream as a source: one connection after another, for as long as the worker runs.

The instant of a frame is the wall clock at the arrival of its connection's first frame, and its time stamp since then:
what the camera says of the date is not trusted.  After a gap everything begins anew, the tracks and the signal too.
"""

import hashlib
import logging
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from time import monotonic
from typing import Final
from urllib.parse import SplitResult, urlsplit

from detection import receiver
from detection.config import CameraConfig
from detection.contracts import EvidenceItem, ViolationDetectedV1
from detection.evidence_store import EvidenceStore
from detection.media import Cut, Opened
from detection.model import Detector
from detection.reading import ConfigError
from detection.receiver import Late
from detection.source import Child, Decoded, SourceError
from detection.worker import Camera, Watch, propose

logger = logging.getLogger(__name__)

PATIENCE_S: Final = 10.0
"""How long a camera may say nothing."""

START_S: Final = 10.0
"""How long its receiver may take to start, and to find the first frame that needs no other."""

JUDGED_S: Final = 30.0
"""How long after a crossing its evidence may be asked for: the signal is read, others' evidence is cut first."""

FIRST_PAUSE_S: Final = 0.5
LONGEST_PAUSE_S: Final = 10.0
EXPECTED: Final = (
    "--source: a video file or rtsp://[USER:PASSWORD@]HOST[:PORT]/PATH is expected;"
    " in a password, / is written %2F, ? %3F, # %23, @ %40"
)


@dataclass(frozen=True, slots=True)
class Address:
    """Where a stream is: the URL, which is for the camera alone, and what of it may be shown."""

    url: str = field(repr=False)
    shown: str

    @classmethod
    def read(cls, text: str) -> "Address":
        """Read what a person gave.

        Raises:
            ConfigError: it can never be reached; the line does not repeat it.
        """
        parts = _split(text)
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
        # some cameras take the password as a part of the path
        path = re.sub(r"[^/]*=[^/]*", "…", parts.path)
        return cls(text, f"rtsp://{host}{f':{parts.port}' if parts.port else ''}{path}")


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        right = parts.scheme == "rtsp" and parts.hostname and parts.port != 0
        # an @ behind the host: what looks like the host is the beginning of a password
        right = right and "@" not in parts.path + parts.query + parts.fragment
    except ValueError:
        right = False
    if not right or not re.fullmatch(r"[\x21-\x7e]{1,2000}", text):
        raise ConfigError(EXPECTED)
    return parts


class LiveStream(Decoded):
    """One connection to a camera, its first frame already there; `stop` can be read once nobody wants more."""

    def __init__(
        self, address: Address, *, keep_s: float, stop: Connection, patience_s: float = PATIENCE_S
    ) -> None:
        super().__init__(address.shown)
        self._stop = stop
        self._child = Child(
            receiver.receive,
            address.url,
            keep_s,
            patience_s,
            name=self.name,
            stall_s=2 * patience_s + START_S,  # to be told what comes, and to be shown it
            pipes=2,
        )
        first: tuple[Opened, float] | None = None
        try:
            first = self._child.receive(unless=stop)
        finally:
            if first is None:
                self._child.close()
        if first is None:
            raise SourceError(f"{self.name}: told to stop")
        self.opened, self.starts_at = first[0], datetime.fromtimestamp(first[1], UTC)
        self._newest_s = 0.0

    @property
    def identity(self) -> str:
        """No two connections show the same camera its first frame at the same microsecond."""
        return hashlib.sha256(f"{self.name} {self.starts_at.isoformat()}".encode()).hexdigest()

    def sha256_of(self, evidence: Sequence[EvidenceItem]) -> str:
        """The hash of the clip, of all that the camera sent the only bytes that remain.

        Where no container takes the stream's packets there is no clip, and the last frame kept stands for it.
        """
        return evidence[-1].sha256

    def cut(self, wanted: tuple[int, ...], start: int, end: int) -> Cut:
        """Take a window out of what the child has kept; waits for what is yet to come.

        Raises:
            SourceError: nothing of it is kept any more, or the child is gone.
        """
        self._child.send((wanted, start, end), 1)
        ahead_s = self.seconds(max(end, *wanted)) - self._newest_s
        cut: Cut = self._child.receive(1, later_s=max(ahead_s, 0.0))
        return cut

    def _answer(self) -> tuple[int, int] | None:
        while isinstance(answer := self._child.receive(unless=self._stop), Late):
            logger.warning(
                "%s: the worker is %.1f s behind and leaves frames out: fewer or smaller ones are expected",
                self.name,
                answer.by_s,
            )
        if answer is None:
            self._child.pipes[0].close()  # it ends, and cuts what was asked for out of what there is
            return None
        if isinstance(answer, str):
            raise SourceError(f"{self.name}: {answer}")
        slot, pts = answer
        self._newest_s = self.seconds(pts)
        return slot, pts


def follow(
    address: Address,
    detector: Detector,
    setting: CameraConfig,
    code: str,
    store: EvidenceStore,
    stop: Connection,
    *,
    watch: Watch,
    patience_s: float = PATIENCE_S,
) -> Iterator[ViolationDetectedV1]:
    """Propose each violation a camera shows, over one connection after another, until `stop` can be read.

    Raises:
        ConfigError: the camera's settings do not fit its picture.
        EvidenceError: evidence cannot be kept.
    """
    window = setting.evidence
    keep_s = max(window.before_s, window.clip_s) + JUDGED_S
    said, pause_s = "", FIRST_PAUSE_S
    while not stop.poll():
        began = math.inf
        try:
            with LiveStream(address, keep_s=keep_s, stop=stop, patience_s=patience_s) as stream:
                setting.check_fits(*stream.size)
                logger.info("%s: watching, %dx%d", stream.name, *stream.size)
                said, began = "", monotonic()
                camera = Camera(code=code, starts_at=stream.starts_at)
                yield from propose(stream, detector, setting, camera, store, watch=watch)
        except SourceError as error:
            if str(error) != said and not stop.poll():
                said = str(error)
                logger.warning("%s; it is tried again", error)
        if monotonic() - began > LONGEST_PAUSE_S:  # it went well for a while
            pause_s = FIRST_PAUSE_S
        stop.poll(pause_s)
        pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
