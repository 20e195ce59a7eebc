"""A camera's stream as a source: who runs the light before it is proposed, whatever the connection does."""

import io
import json
import logging
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path

import av
import numpy as np
import pytest

from detection import sample
from detection.config import CameraConfig, EvidenceWindow, read_config
from detection.contracts import ViolationDetectedV1
from detection.evidence import altered, gather
from detection.evidence_store import EvidenceFolder
from detection.live import Address, LiveStream, follow
from detection.model import Detector
from detection.reading import ConfigError
from detection.source import SourceError, VideoFile
from detection.worker import Watch, load_detector
from tests.detection.test_publisher import until
from tests.support.rtsp import Play, RtspServer

TRUE = sorted(v["crossed_at_s"] for v in json.loads(sample.TRUTH.read_text())["violators"])
NEAR_S = 0.3
FPS = 12
PATIENCE_S = 6.0
SHORT_S = 2.0
"""For cameras that say nothing; where one is to answer, a busy machine gets more."""
LOGIN = "admin:s3cr%40t"
PASSWORD = "s3cr@t"


@pytest.fixture(scope="module")
def setting() -> CameraConfig:
    """The settings of the sample's camera."""
    return read_config(sample.CONFIG)


@pytest.fixture(scope="module")
def detector(setting: CameraConfig) -> Detector:
    """The sample's detector."""
    return load_detector(setting)


@pytest.fixture
def stop() -> Iterator[tuple[Connection, Callable[[], None]]]:
    """What a worker reads to stop, and how to tell it."""
    told, tell = Pipe(duplex=False)
    yield told, lambda: tell.send_bytes(b"stop")
    told.close()
    tell.close()


@pytest.fixture
def never(stop: tuple[Connection, Callable[[], None]]) -> Connection:
    """Nobody says stop."""
    return stop[0]


def stream(
    server: RtspServer, never: Connection, *, keep_s: float = 60.0, patience_s: float = PATIENCE_S
) -> LiveStream:
    """One connection to a server."""
    return LiveStream(Address.read(server.url(LOGIN)), keep_s=keep_s, stop=never, patience_s=patience_s)


class Following:
    """A worker that follows a camera of some plays until these are over."""

    def __init__(
        self,
        plays: list[Play],
        setting: CameraConfig,
        detector: Detector,
        store: EvidenceFolder,
        stop: tuple[Connection, Callable[[], None]],
    ) -> None:
        told, tell = stop
        self.began, self.watch = datetime.now(UTC), Watch()
        with RtspServer(sample.CLIP, plays, exhausted=tell) as server:
            address = Address.read(server.url(LOGIN, "?token=hidden"))
            self.made: list[ViolationDetectedV1] = list(
                follow(
                    address,
                    detector,
                    setting,
                    "DH-NT-01",
                    store,
                    told,
                    watch=self.watch,
                    patience_s=PATIENCE_S,
                )
            )

    def after_the_first(self) -> list[float]:
        """When each crossing was, in seconds from the first."""
        moments = [p.occurred_at for p in self.made]
        return sorted((moment - min(moments)).total_seconds() for moment in moments)


def offset(image: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> int:
    """Which frame of the clip a picture is."""
    with VideoFile(sample.CLIP) as video:
        return next(f.number for f in video.frames() if np.array_equal(f.image, image))


class TestWatch:
    """A camera that works."""

    def test_violators_exactly(
        self,
        setting: CameraConfig,
        detector: Detector,
        tmp_path: Path,
        stop: tuple[Connection, Callable[[], None]],
        counted: Callable[[str], None],
    ) -> None:
        """Over a live stream those who ran the light are proposed, once each, with complete evidence, nobody else."""
        store = EvidenceFolder(tmp_path, writer="c")
        seen = Following([Play()], setting, detector, store, stop)
        counted(f"detection over RTSP: {len(TRUE)} violators, {len(seen.made)} proposed")
        assert seen.after_the_first() == pytest.approx([t - TRUE[0] for t in TRUE], abs=NEAR_S)
        assert len({p.proposal_id for p in seen.made}) == len(TRUE)
        kinds = ["FRAME_BEFORE", "FRAME_AT", "FRAME_AFTER", "CLIP"]
        assert [[i.kind for i in p.evidence] for p in seen.made] == [kinds] * len(TRUE)
        assert [list(altered(p.evidence, store)) for p in seen.made] == [[]] * len(TRUE)
        assert [p.source_sha256 for p in seen.made] == [p.evidence[-1].sha256 for p in seen.made]

    def test_instants(self, never: Connection) -> None:
        """The first frame's instant is its arrival, and the others follow by their time stamps."""
        before = datetime.now(UTC)
        with RtspServer(sample.CLIP, [Play(begins_s=3.0)]) as server, stream(server, never) as live:
            assert before < live.starts_at < datetime.now(UTC)
            frames = live.frames()
            instants = [next(frames).at_s for _ in range(30)]
        assert instants == pytest.approx([n / FPS for n in range(30)], abs=1e-4)

    def test_evidence_is_what_was_sent(self, never: Connection, tmp_path: Path) -> None:
        """The frames kept are those of the clip bit by bit: what came before, at, and after it was waited for."""
        window = EvidenceWindow(before_s=2.0, after_s=1.5, clip_s=1.0)
        start = datetime(2026, 7, 1, tzinfo=UTC)

        def instant(at_s: float) -> datetime:
            return start + timedelta(seconds=at_s)

        store = EvidenceFolder(tmp_path, writer="c")
        at = 5 * FPS
        with (
            RtspServer(sample.CLIP, [Play()]) as server,
            stream(server, never) as live,
            ThreadPoolExecutor(1) as pool,
        ):
            frames = live.frames()
            first = offset(next(frames).image)
            for frame in frames:
                if frame.number == at:  # of what comes after, nothing is here yet
                    cut = pool.submit(gather, live, store, frame.at_s, window, instant)
                if frame.number == at + 3 * FPS:
                    break
            items = cut.result()
        numbers = [round((i.captured_at - start).total_seconds() * FPS) for i in items]
        assert numbers[:3] == [at - 2 * FPS, at, at + 18]
        assert 0 <= at - FPS - numbers[3] < FPS  # from the keyframe before the window

        with VideoFile(sample.CLIP) as video:
            for _ in video.frames():
                pass
            for item, number in zip(items[:3], numbers[:3], strict=True):
                exact = EvidenceWindow(before_s=0, after_s=0, clip_s=1.0)
                (same, *_) = gather(video, store, (first + number) / FPS, exact, instant)
                assert same.sha256 == item.sha256
        with (
            av.open(io.BytesIO(store.read(items[3].name)), "r") as clip,
            av.open(str(sample.CLIP), "r") as whole,
        ):
            kept = [f.to_ndarray(format="bgr24") for f in clip.decode(video=0)]
            sent = [f.to_ndarray(format="bgr24") for f in whole.decode(video=0)]
        began = first + numbers[3]
        assert len(kept) == at + FPS - numbers[3] + 1
        assert all(np.array_equal(a, b) for a, b in zip(kept, sent[began : began + len(kept)], strict=True))

    def test_kept_for_so_long(self, never: Connection, tmp_path: Path) -> None:
        """A moment of which nothing is kept any more is refused, never shown by a later one."""
        store, window = EvidenceFolder(tmp_path, writer="c"), EvidenceWindow(before_s=1, after_s=0, clip_s=1)
        with RtspServer(sample.CLIP, [Play()]) as server, stream(server, never, keep_s=2.0) as live:
            for frame in live.frames():
                if frame.at_s > 8.0:
                    break
            assert gather(live, store, 7.0, window, lambda _: datetime.now(UTC))
            with pytest.raises(SourceError, match="evidence is expected: the moment itself is kept no more"):
                gather(live, store, 3.0, window, lambda _: datetime.now(UTC))

    def test_slow_worker(self, never: Connection, caplog: pytest.LogCaptureFixture) -> None:
        """A worker slower than its camera leaves frames out, and says so once."""
        with RtspServer(sample.CLIP, [Play(ends_s=8.0, speed=1.0)]) as server, stream(server, never) as live:
            numbers = []
            for frame in live.frames():
                numbers.append(round(frame.at_s * FPS))
                if numbers[-1] > 4 * FPS:
                    break
                reached = server.sent + 4
                until(lambda: server.sent >= min(reached, 8 * FPS))  # noqa: B023 — in this round
        assert numbers == sorted(set(numbers))
        assert len(numbers) < numbers[-1]
        assert [r.message.endswith("fewer or smaller ones are expected") for r in caplog.records] == [True]

    def test_left(self, never: Connection) -> None:
        """A stream that is left in the middle ends its process and gives its memory back."""
        with RtspServer(sample.CLIP, [Play()]) as server, stream(server, never) as live:
            next(iter(live.frames()))
            memory, pid = live._memory, live._child._process.pid
            assert memory is not None
        assert not Path(f"/dev/shm/{memory.name}").exists()  # noqa: S108 — looked at, not written
        assert not Path(f"/proc/{pid}").exists()


class TestGap:
    """A connection that ends, and comes again."""

    def test_begins_anew(
        self,
        setting: CameraConfig,
        detector: Detector,
        tmp_path: Path,
        stop: tuple[Connection, Callable[[], None]],
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        """What was seen before a break is proposed, and so is what comes after; each trouble is one line."""
        caplog.set_level(logging.INFO)
        plays = [
            Play(ends_s=9.0),  # two cross, of whom the evidence after never comes
            Play(status=404),
            Play(login="admin:another"),
            Play(begins_s=14.0, login=f"admin:{PASSWORD}"),
        ]
        store = EvidenceFolder(tmp_path, writer="c")
        seen = Following(plays, setting, detector, store, stop)
        moments = [p.occurred_at for p in seen.made]
        assert len(moments) == len({p.proposal_id for p in seen.made}) == 4
        assert [(b - a).total_seconds() for a, b in (moments[:2], sorted(moments[2:]))] == pytest.approx(
            [TRUE[1] - TRUE[0], TRUE[3] - TRUE[2]], abs=NEAR_S
        )
        assert [len(p.evidence) for p in seen.made] == [4] * 4
        name = next(r.message for r in caplog.records).partition(": watching")[0]
        assert [r.message.removeprefix(name) for r in caplog.records] == [
            ": watching, 640x360",
            ": the stream ended; it is tried again",
            ": a stream is expected: Server returned 404 Not Found; it is tried again",
            ": a stream is expected: Server returned 401 Unauthorized (authorization failed); it is tried again",
            ": watching, 640x360",
            ": the stream ended; it is tried again",
        ]
        assert name.endswith("/junction")

    def test_same_part_twice(
        self,
        setting: CameraConfig,
        detector: Detector,
        tmp_path: Path,
        stop: tuple[Connection, Callable[[], None]],
    ) -> None:
        """Two connections that show the very same are two: neither takes the other's proposals for its own."""
        plays = [Play(begins_s=4.0, ends_s=12.0)] * 2
        seen = Following(plays, setting, detector, EvidenceFolder(tmp_path, writer="c"), stop)
        assert len(seen.made) == len({p.proposal_id for p in seen.made}) == 4

    def test_stops_saying_anything(
        self,
        setting: CameraConfig,
        detector: Detector,
        tmp_path: Path,
        stop: tuple[Connection, Callable[[], None]],
    ) -> None:
        """A camera that freezes is given up after a bounded time; who was seen is proposed."""
        plays = [Play(ends_s=9.0, hangs_up=False)]
        seen = Following(plays, setting, detector, EvidenceFolder(tmp_path, writer="c"), stop)
        assert seen.after_the_first() == pytest.approx([0.0, TRUE[1] - TRUE[0]], abs=NEAR_S)

    def test_told_to_stop(
        self,
        setting: CameraConfig,
        detector: Detector,
        tmp_path: Path,
        stop: tuple[Connection, Callable[[], None]],
    ) -> None:
        """Told to stop, a worker still proposes whom it has seen, with the evidence that there is by then."""
        told, tell = stop
        made: list[ViolationDetectedV1] = []
        store = EvidenceFolder(tmp_path, writer="c")
        with RtspServer(sample.CLIP, [Play(ends_s=9.0, hangs_up=False)]) as server:
            address = Address.read(server.url())

            def work() -> None:
                made.extend(follow(address, detector, setting, "C", store, told, watch=Watch()))

            worker = threading.Thread(target=work)
            worker.start()
            until(lambda: any(t.name.startswith("evidence") for t in threading.enumerate()), within_s=60)
            tell()
            worker.join(30)
            assert not worker.is_alive()
        assert made
        assert all(len(p.evidence) == 4 for p in made)

    def test_picture_does_not_fit(
        self, setting: CameraConfig, detector: Detector, tmp_path: Path, never: Connection
    ) -> None:
        """Settings for another picture are refused when the picture is there, not tried again."""
        import dataclasses

        line = dataclasses.replace(setting.stop_line, end=(2000.0, 194.0))
        other = dataclasses.replace(setting, stop_line=line)
        with RtspServer(sample.CLIP, [Play()]) as server:
            following = follow(
                Address.read(server.url()),
                detector,
                other,
                "C",
                EvidenceFolder(tmp_path, writer="c"),
                never,
                watch=Watch(),
            )
            with pytest.raises(ConfigError, match=r"stop_line\.to: a place within the picture of 640x360"):
                next(following)

    def test_receiver_killed(self, never: Connection) -> None:
        """A receiver that dies of what it is sent is one error in a worker that lives."""
        with RtspServer(sample.CLIP, [Play()]) as server, stream(server, never) as live:
            frames = live.frames()
            next(frames)
            pid = live._child._process.pid
            assert pid is not None
            os.kill(pid, signal.SIGABRT)
            with pytest.raises(SourceError, match=r"junction: the decoder died of it \(signal 6\)"):
                list(frames)


class TestRefused:
    """What cannot be watched: one line, in bounded time."""

    @pytest.mark.parametrize(
        "play, said",
        [
            (Play(status=404), "Server returned 404 Not Found"),
            (Play(login="admin:another"), r"Server returned 401 Unauthorized \(authorization failed\)"),
            (Play(silent_from="OPTIONS"), "no picture came for 2 s"),
            (Play(silent_from="PLAY"), "no picture came for 2 s"),
            (Play(garbage=b"\x00", hangs_up=False), "no picture came for 2 s"),
            (Play(garbage=b"\x80\x60" + b"\x1c\x85\xff" * 60, hangs_up=False), "no picture came for 2 s"),
            (Play(ends_s=0.0), "it ended before its first frame|Invalid data found when processing input"),
        ],
    )
    def test_one_line(self, play: Play, said: str, never: Connection) -> None:
        """The line names the stream and what is wrong, without the password."""
        with RtspServer(sample.CLIP, [play]) as server:
            name = rf"rtsp://127\.0\.0\.1:{server.port}/junction"
            with pytest.raises(SourceError, match=rf"\A{name}: a stream is expected: ({said})\Z"):
                stream(server, never, patience_s=SHORT_S if play.silent_from or play.garbage else PATIENCE_S)

    def test_nobody_there(self, never: Connection) -> None:
        """A camera that is off is named with that."""
        with RtspServer(sample.CLIP, []) as server:
            address = Address.read(server.url(LOGIN))
        with pytest.raises(SourceError, match=r"/junction: a stream is expected: Connection refused\Z"):
            LiveStream(address, keep_s=1, stop=never, patience_s=PATIENCE_S)
