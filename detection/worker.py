"""The worker: frames in, proposals out. A generator over plain values; the same file gives the same proposals."""

import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import Protocol, TypeVar

from numpy import uint8
from numpy.typing import NDArray

from detection import signal
from detection.boxes import Detections
from detection.config import CameraConfig
from detection.contracts import EvidenceItem, ViolationDetectedV1
from detection.evidence import gather
from detection.evidence_store import EvidenceStore
from detection.manifest import read_manifest
from detection.model import Detector, try_out
from detection.rules import Crossing, RedLight
from detection.signal import SignalHead
from detection.source import Frame, Source, SourceError
from detection.tracker import LEAST_SURE, Tracker

logger = logging.getLogger(__name__)

Item = TypeVar("Item")

ORDINALS = 1000
"""Tracks that may begin in one frame; with the frame's time stamp, their number is a track's identity."""


STAGES = ("decode", "detect", "signal", "track", "rule", "evidence")


class Detects(Protocol):
    """Whatever finds vehicles in a picture."""

    def detect(self, image: NDArray[uint8]) -> Detections:
        """Find what a picture shows."""
        ...


@dataclass(slots=True)
class Watch:
    """What a run has seen, and where its time went, in seconds a stage; evidence is cut beside the others."""

    frames: int = 0
    seconds: dict[str, float] = field(default_factory=lambda: dict.fromkeys(STAGES, 0.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """A camera's code, and the instant of its source's first frame."""

    code: str
    starts_at: datetime

    def instant(self, at_s: float) -> datetime:
        """The instant of a moment of the source."""
        return self.starts_at + timedelta(seconds=at_s)


def load_detector(setting: CameraConfig) -> Detector:
    """Load the model that a camera is set to.

    Raises:
        ConfigError: the manifest is wrong.
        ModelError: the file is not the manifest's, or not a model of its family.
    """
    manifest = read_manifest(setting.model)
    try_out(setting.model)
    # what is unsure keeps a track alive, and starts none
    return Detector(manifest, classes=setting.classes, score=min(LEAST_SURE, setting.score))


def crossings(
    frames: Iterable[Frame], detector: Detects, setting: CameraConfig, watch: Watch | None = None
) -> Iterator[Crossing]:
    """Find who runs the red light."""
    for seen in _steps(frames, detector, setting, watch or Watch()):
        yield from seen


def propose(
    source: Source,
    detector: Detector,
    setting: CameraConfig,
    camera: Camera,
    store: EvidenceStore,
    *,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    watch: Watch | None = None,
) -> Iterator[ViolationDetectedV1]:
    """Propose each violation of a source, its evidence already kept; evidence is cut beside the detection.

    Raises:
        SourceError: the source can no longer be read; what was yielded before remains true.
        EvidenceError: evidence cannot be kept.
    """
    watch = watch or Watch()
    waiting: deque[tuple[Crossing, Future[tuple[EvidenceItem, ...]]]] = deque()
    broken: SourceError | None = None

    def cut(crossing: Crossing) -> tuple[EvidenceItem, ...]:
        began = perf_counter()
        items = gather(source, store, crossing.at_s, setting.evidence, camera.instant)
        watch.seconds["evidence"] += perf_counter() - began
        return items

    def proposal(crossing: Crossing, evidence: tuple[EvidenceItem, ...]) -> ViolationDetectedV1:
        return ViolationDetectedV1(
            # two vehicles may come into view in one frame: the time stamp alone would make them one
            proposal_id=ViolationDetectedV1.identify(
                camera=camera.code,
                rule=setting.rule,
                source_sha256=source.identity,
                track_started_pts=crossing.started_pts * ORDINALS + crossing.ordinal,
            ),
            camera=camera.code,
            rule=setting.rule,
            occurred_at=camera.instant(crossing.at_s),
            detected_at=now(),
            track_started_at=camera.instant(source.seconds(crossing.started_pts)),
            confidence=round(crossing.confidence, 4),
            model=detector.name,
            model_sha256=detector.sha256,
            source_sha256=source.sha256_of(evidence),
            evidence=evidence,
        )

    with ThreadPoolExecutor(1, "evidence") as pool:
        try:
            for seen in _steps(source.frames(), detector, setting, watch):
                waiting.extend((crossing, pool.submit(cut, crossing)) for crossing in seen)
                while waiting and waiting[0][1].done():
                    crossing, evidence = waiting.popleft()
                    yield proposal(crossing, evidence.result())
        except SourceError as error:
            broken = error  # who was seen before is proposed all the same
        for crossing, evidence in waiting:
            yield proposal(crossing, evidence.result())
    if broken:
        raise broken


def spool_of(data: Path, camera: str) -> Path:
    """Where the proposals of a camera wait, in a data folder."""
    return data / "worker" / camera / "spool"


def _steps(
    frames: Iterable[Frame], detector: Detects, setting: CameraConfig, watch: Watch
) -> Iterator[list[Crossing]]:
    """Take each frame through the stages; yield who is now known to have run the light."""
    spent = watch.seconds
    tracker, head = Tracker(sure=setting.score), SignalHead(setting.signal.hold)
    rule = RedLight(setting.stop_line, setting.signal, head)
    for frame in _timed(frames, spent, "decode"):
        watch.frames += 1
        t0 = perf_counter()
        found = detector.detect(frame.image)
        t1 = perf_counter()
        head.observe(signal.read(frame.image, setting.signal), frame.at_s)
        t2 = perf_counter()
        tracks = tracker.update(found, pts=frame.pts, at_s=frame.at_s)
        t3 = perf_counter()
        seen = list(rule.observe(tracks, frame.at_s))
        t4 = perf_counter()
        for stage, took in (("detect", t1 - t0), ("signal", t2 - t1), ("track", t3 - t2), ("rule", t4 - t3)):
            spent[stage] += took
        yield seen


def _timed(items: Iterable[Item], spent: dict[str, float], stage: str) -> Iterator[Item]:
    rest = iter(items)
    while True:
        started = perf_counter()
        try:
            item = next(rest)
        except StopIteration:
            return
        spent[stage] += perf_counter() - started
        yield item
