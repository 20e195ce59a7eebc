"""`minhchung recording`: footage that is kept is on record, with what it really shows."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import av
import pytest

from cli.console import Stop
from cli.recording import keep
from cli.wiring import at_the_machine
from detection.evidence_store import open_store
from detection.sample import CLIP
from domain.camera import Camera
from domain.recording import Recording
from tests.support.api import Installation
from tests.support.footage import CAMERA

STARTS_AT = datetime(2026, 6, 1, 1, 0, tzinfo=UTC)


def kept(installation: Installation, file: Path, starts_at: datetime = STARTS_AT) -> UUID:
    """Keep a file as footage of the demo camera."""
    operator = installation.operator
    source = operator.find(Camera, CAMERA)
    return keep(operator, at_the_machine(), source, file, installation.endpoints, starts_at=starts_at)


def shown(installation: Installation, recording_id: UUID) -> Any:
    """The recording as it is on record."""
    return installation.operator.find(Recording, recording_id)


def test_kept(installation: Installation) -> None:
    """The file is in the evidence store under its hash, and on record with its beginning and its length."""
    recording = shown(installation, kept(installation, CLIP))
    store = open_store(installation.endpoints.evidence_url, writer="test")
    assert store.read(recording.name) == CLIP.read_bytes()
    assert (recording.starts_at, recording.ends_at) == (STARTS_AT, STARTS_AT + timedelta(seconds=24))


def test_once(installation: Installation) -> None:
    """The same file of the same camera is one recording; with another beginning it is refused in words."""
    first = kept(installation, CLIP)
    before = installation.head()
    assert kept(installation, CLIP) == first
    with pytest.raises(Stop, match=r"on record as beginning at 2026-06-01T01:00:00\+00:00"):
        kept(installation, CLIP, STARTS_AT + timedelta(minutes=1))
    assert installation.head() == before


def test_not_yet(installation: Installation) -> None:
    """Footage does not begin in the future."""
    with pytest.raises(Stop, match="lies in the future"):
        kept(installation, CLIP, datetime.now(UTC) + timedelta(hours=1))


def test_length(installation: Installation, tmp_path: Path) -> None:
    """How long it is, its packets say: a container may claim anything, or nothing."""
    path = tmp_path / "film.mkv"
    with av.open(str(CLIP)) as source, av.open(str(path), "w", format="matroska") as out:
        film = source.streams.video[0]
        copy = out.add_stream_from_template(film)
        sound = out.add_stream("aac", rate=8000)
        sound.layout = "mono"
        for packet in source.demux(film):
            if packet.pts is not None and film.time_base and packet.pts * film.time_base < 4:
                packet.stream = copy
                out.mux(packet)
        frame = av.AudioFrame(format="fltp", layout="mono", samples=1024)
        frame.sample_rate = 8000
        for n in range(80):
            frame.pts = n * 1024
            frame.planes[0].update(bytes(4096))
            out.mux(sound.encode(frame))
        out.mux(sound.encode(None))
    recording = shown(installation, kept(installation, path))
    assert recording.ends_at - recording.starts_at == timedelta(seconds=4)


@pytest.mark.parametrize(
    "content", [b"", b"no film", CLIP.read_bytes()[:1000]], ids=["empty", "text", "cut-off"]
)
def test_no_video(installation: Installation, tmp_path: Path, content: bytes) -> None:
    """What is no video is refused by its name, and nothing is kept."""
    path = tmp_path / "film.mp4"
    path.write_bytes(content)
    before = installation.head()
    with pytest.raises(Stop, match=r"film\.mp4: a video file is expected"):
        kept(installation, path)
    assert installation.head() == before
