"""Cutting without re-encoding, in a process that may die alone."""

import subprocess
from pathlib import Path
from typing import Any

import av
import pytest

from detection import cutting
from detection.apart import ask
from detection.cutting import Clip, CutError, cut
from detection.sample import CLIP

FPS = 12


def packets(path: Path) -> list[bytes]:
    """The bytes of every packet of video."""
    with av.open(str(path)) as container:
        return [bytes(packet) for packet in container.demux(video=0) if packet.size]


def pictures(path: Path) -> int:
    """How many frames can be decoded."""
    with av.open(str(path)) as container:
        return sum(1 for _ in container.decode(video=0))


@pytest.mark.parametrize(
    "asked, shown",
    [
        pytest.param((5.0, 8.0), (5.0, 8.0), id="at-keyframes"),
        pytest.param((5.4, 8.0), (5.0, 8.0), id="from-between"),
        pytest.param((0.0, 24.0), (0.0, 24.0), id="everything"),
        pytest.param((23.5, 60.0), (23.0, 24.0), id="beyond-the-end"),
        pytest.param((0.0, 0.04), (0.0, 1 / FPS), id="one-frame"),
    ],
)
def test_window(tmp_path: Path, asked: tuple[float, float], shown: tuple[float, float]) -> None:
    """It begins at the keyframe at or before the window, says so, and holds the source's packets as they were."""
    target = tmp_path / "cut"
    clip = cut(CLIP, target, *asked)
    assert clip is not None
    assert (clip.starts_s, clip.ends_s) == pytest.approx(shown)
    assert (clip.suffix, clip.media_type) == ("mp4", "video/mp4")
    first, last = round(shown[0] * FPS), round(shown[1] * FPS)
    assert packets(target) == packets(CLIP)[first:last]
    assert pictures(target) == last - first


@pytest.mark.parametrize("container", ["mpegts", "matroska", "flv"])
@pytest.mark.parametrize("asked, first_s", [((5.4, 8.0), 5.0), ((23.5, 60.0), 23.0)])
def test_whatever_it_lies_in(
    tmp_path: Path, container: str, asked: tuple[float, float], first_s: float
) -> None:
    """It begins at the last keyframe before the window even where the recorder's format has no index of them."""
    source, target = tmp_path / "source", tmp_path / "cut"
    with av.open(str(CLIP)) as film, av.open(str(source), "w", format=container) as out:
        stream = out.add_stream_from_template(film.streams.video[0])
        for packet in film.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                out.mux(packet)
    clip = cut(source, target, *asked)
    assert clip is not None
    assert clip.starts_s == pytest.approx(first_s, abs=1 / FPS)
    assert pictures(target) == round((min(asked[1], 24.0) - first_s) * FPS)


def test_same_bytes(tmp_path: Path) -> None:
    """The same window gives the same file, byte by byte: it is named after its content."""
    one, other = tmp_path / "one", tmp_path / "other"
    assert cut(CLIP, one, 3, 7) == cut(CLIP, other, 3, 7)
    assert one.read_bytes() == other.read_bytes()


def test_nothing_there(tmp_path: Path) -> None:
    """A window after the last frame gives nothing."""
    assert cut(CLIP, tmp_path / "cut", 100, 110) is None


@pytest.mark.parametrize("kind", ["text", "empty", "missing", "half-a-header"])
def test_no_video(tmp_path: Path, kind: str) -> None:
    """What is no video is refused in one line."""
    source = tmp_path / "source.mp4"
    if kind != "missing":
        source.write_bytes(
            {"text": b"hello " * 100, "empty": b"", "half-a-header": CLIP.read_bytes()[:30]}[kind]
        )
    with pytest.raises(CutError) as refused:
        cut(source, tmp_path / "cut", 0, 5)
    assert "\n" not in str(refused.value)
    assert not refused.value.full


@pytest.mark.parametrize("kind", ["bad-access", "too-much", "endless"])
def test_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """A cutter that dies of a file takes nobody with it."""
    monkeypatch.setattr(
        cutting, "ask", lambda *_, within_s: ask("tests.support.crashing", kind, within_s=within_s)
    )
    with pytest.raises(CutError, match="the cutter died of it"):
        cut(CLIP, tmp_path / "cut", 0, 5)


def test_knows_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cutter is given no address and no password of ours."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://somebody:secret@nowhere/x")
    seen: list[dict[str, str]] = []
    run = subprocess.run

    def watched(*arguments: Any, **options: Any) -> Any:
        seen.append(options["env"])
        return run(*arguments, **options)

    monkeypatch.setattr(subprocess, "run", watched)
    assert isinstance(cut(CLIP, tmp_path / "cut", 0, 2), Clip)
    assert set(seen[0]) <= {"PYTHONPATH", "PYTHONSAFEPATH"}
