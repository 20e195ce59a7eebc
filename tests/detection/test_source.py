"""A video file as frames: what it is, what of it can be read, and what cannot."""

import hashlib
import os
import signal
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from detection.source import SourceError, VideoFile
from tests.detection.support import FPS, HEIGHT, SHARED, WIDTH


class TestReadable:
    """Files that are videos."""

    def test_frames_carry_their_instants(self, junction: Path) -> None:
        """Each frame comes with its number, its time stamp and its instant from the first."""
        with VideoFile(junction / "clip.mp4") as video:
            seen = [(f.number, f.at_s, f.image.shape) for f in video.frames()]
        assert video.size == (WIDTH, HEIGHT)
        assert video.length_s == 6.0
        assert [(number, shape) for number, _, shape in seen] == [(n, (HEIGHT, WIDTH, 3)) for n in range(60)]
        assert [at_s for _, at_s, _ in seen] == pytest.approx([n / FPS for n in range(60)])
        assert video.warnings == []

    def test_pixels(self, junction: Path) -> None:
        """A frame is what was encoded, blue first: the lamp of the first one is green."""
        with VideoFile(junction / "clip.mp4") as video:
            first = next(iter(video.frames())).image.copy()
        blue, green, red = first[32, 146].astype(int)
        assert green > max(blue, red)
        assert np.abs(first[100, 130].astype(int) - 30).max() <= 12

    def test_identity(self, junction: Path) -> None:
        """A source is known by the hash of its bytes."""
        with VideoFile(junction / "clip.mp4") as video:
            assert video.sha256 == hashlib.sha256((junction / "clip.mp4").read_bytes()).hexdigest()

    def test_source_left_early(self, junction: Path) -> None:
        """A source that is left in the middle ends its process and gives its memory back."""
        with VideoFile(junction / "clip.mp4") as video:
            next(iter(video.frames()))
            memory = video._memory
            assert memory is not None
        assert not Path(f"/dev/shm/{memory.name}").exists()  # noqa: S108 — looked at, not written

    def test_clip_that_aborts_opencv(self) -> None:
        """The clip that aborts OpenCV's reader gives its 51 frames."""
        path = SHARED / "videos/bgslibrary_demo_48x48_CRASHES_CV2.avi"
        if not path.exists():
            pytest.skip("shared clips are absent")
        with VideoFile(path) as video:
            assert sum(1 for _ in video.frames()) == 51
            assert video.size == (48, 48)

    @pytest.mark.parametrize(
        "name, frames",
        [
            ("intel_car-detection.mp4", 377),
            ("ahmetozlu_input_video.mp4", 905),
            ("bgslibrary_video02.avi", 748),
        ],
    )
    def test_real_clips(self, name: str, frames: int) -> None:
        """Real clips give all their frames, each later than the one before, whatever their time stamps are like."""
        path = SHARED / "videos" / name
        if not path.exists():
            pytest.skip("shared clips are absent")
        with VideoFile(path) as video:
            instants = [f.at_s for f in video.frames()]
        assert len(instants) == frames
        assert all(b > a for a, b in pairwise(instants))


class TestDamaged:
    """Files that are not, or not any more."""

    def test_cut_short(self, junction: Path, tmp_path: Path) -> None:
        """A file cut short gives what can be decoded, and says how much that was."""
        whole = (junction / "clip.mp4").read_bytes()
        # mp4 keeps its index at the end; an index first is what a cut-off download has
        path = _index_first(junction / "clip.mp4", tmp_path / "whole.mp4")
        path.write_bytes(path.read_bytes()[: len(whole) // 2])
        with VideoFile(path) as video:
            count = sum(1 for _ in video.frames())
        assert 10 < count < 50
        assert video.warnings == [f"whole.mp4 ends early: {count} of 60 frames could be decoded"]

    def test_noise_in_the_middle(self, junction: Path, tmp_path: Path) -> None:
        """Noise in the middle of a file costs some frames at most, never the run."""
        raw = bytearray((junction / "clip.mp4").read_bytes())
        middle = len(raw) // 3
        raw[middle : middle + 200] = np.random.default_rng(1).bytes(200)
        (tmp_path / "noise.mp4").write_bytes(raw)
        with VideoFile(tmp_path / "noise.mp4") as video:
            count = sum(1 for _ in video.frames())
        assert 30 <= count <= 60

    @pytest.mark.parametrize(
        "content", [b"", b"hello, this is a text\n" * 50, b"\x00" * 5000, b"RIFF" + b"\xff" * 400]
    )
    def test_not_a_video(self, tmp_path: Path, content: bytes) -> None:
        """What is not a video is refused in one line that names it."""
        (tmp_path / "x.mp4").write_bytes(content)
        with pytest.raises(SourceError, match=r"\Ax\.mp4: a video file is expected: [^\n]+\Z"):
            VideoFile(tmp_path / "x.mp4")

    def test_playlist(self, junction: Path, tmp_path: Path) -> None:
        """A playlist that names other files is not a video: a source reads one file, its own."""
        (tmp_path / "x.m3u8").write_text(
            f"#EXTM3U\n#EXT-X-TARGETDURATION:6\n#EXTINF:6,\n{junction / 'clip.mp4'}\n#EXT-X-ENDLIST\n"
        )
        with pytest.raises(SourceError, match=r"x\.m3u8: a video file is expected"):
            VideoFile(tmp_path / "x.m3u8")

    def test_missing(self, tmp_path: Path) -> None:
        """A missing file is named with what was expected."""
        with pytest.raises(
            SourceError, match=r"none\.mp4: a video file is expected: No such file or directory"
        ):
            VideoFile(tmp_path / "none.mp4")

    def test_not_a_file(self, tmp_path: Path) -> None:
        """A pipe nobody writes to is refused, not waited for."""
        os.mkfifo(tmp_path / "pipe")
        with pytest.raises(SourceError, match="not a regular file"):
            VideoFile(tmp_path / "pipe")

    def test_decoder_killed(self, junction: Path) -> None:
        """A decoder that dies is one clear error in a worker that lives, and what came before remains."""
        with VideoFile(junction / "clip.mp4") as video:
            frames = video.frames()
            next(frames)
            pid = video._child._process.pid
            assert pid is not None
            os.kill(pid, signal.SIGABRT)
            with pytest.raises(SourceError, match=r"the decoder died of it \(signal 6\)") as caught:
                list(frames)
        assert caught.value.was_readable

    def test_decoder_stalls(self, junction: Path) -> None:
        """A decoder that says nothing is stopped after a bounded time."""
        with VideoFile(junction / "clip.mp4", stall_s=10) as video:
            frames = video.frames()
            next(frames)
            pid = video._child._process.pid
            assert pid is not None
            os.kill(pid, signal.SIGSTOP)
            video._child._stall_s = 0.2
            with pytest.raises(SourceError, match=r"no frame for 0\.2 s, the decoder was stopped"):
                list(frames)


def _index_first(path: Path, target: Path) -> Path:
    import av

    with (
        av.open(str(path)) as whole,
        av.open(str(target), "w", options={"movflags": "+faststart"}) as out,
    ):
        stream = out.add_stream_from_template(whole.streams.video[0])
        for packet in whole.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                out.mux(packet)
    return target
