"""Evidence: what is kept of a crossing, that it is what was kept, and that a kill leaves nothing half-written."""

import hashlib
import io
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from detection.config import EvidenceWindow
from detection.contracts import EvidenceItem, evidence_name
from detection.evidence import altered, gather
from detection.evidence_store import EvidenceBucket, EvidenceError, EvidenceFolder, open_store
from detection.source import VideoFile
from tests.detection.support import ROOT, SHARED, STARTS_AT, WIDTH

WINDOW = EvidenceWindow(before_s=1.0, after_s=1.0, clip_s=1.0)


def taken(
    path: Path, store: EvidenceFolder, at_s: float, window: EvidenceWindow = WINDOW
) -> tuple[EvidenceItem, ...]:
    """The evidence of a crossing."""
    with VideoFile(path) as video:
        for _ in video.frames():
            pass
        return gather(video, store, at_s, window, lambda s: STARTS_AT + timedelta(seconds=s))


class TestGather:
    """What is cut out of the source."""

    def test_frames(self, junction: Path, tmp_path: Path) -> None:
        """There is a frame from a second before, one at, one from a second after, each with its instant."""
        items = taken(junction / "clip.mp4", EvidenceFolder(tmp_path, writer="c"), 3.0)
        assert [(i.kind, i.captured_at - STARTS_AT) for i in items] == [
            ("FRAME_BEFORE", timedelta(seconds=2)),
            ("FRAME_AT", timedelta(seconds=3)),
            ("FRAME_AFTER", timedelta(seconds=4)),
            ("CLIP", timedelta(seconds=2)),
        ]
        image = cv2.imdecode(
            np.frombuffer((tmp_path / items[1].name).read_bytes(), np.uint8), cv2.IMREAD_COLOR
        )
        assert image is not None
        # the vehicle of x = 10 has its rear on the line at 3.0 s
        assert image[44:60, 14:30].mean() > 240
        assert image[70:86, 14:30].mean() < 60

    @pytest.mark.rule("R-QT-6.2.b")
    def test_hashes(self, junction: Path, tmp_path: Path) -> None:
        """Each object is named after the hash of its bytes, which are as many as stated."""
        for item in taken(junction / "clip.mp4", EvidenceFolder(tmp_path, writer="c"), 3.0):
            data = (tmp_path / item.name).read_bytes()
            assert hashlib.sha256(data).hexdigest() == item.sha256
            assert len(data) == item.size
            assert item.name == evidence_name(item.sha256, "jpg" if item.kind != "CLIP" else "mp4")

    def test_clip_is_the_source(self, junction: Path, tmp_path: Path) -> None:
        """The clip holds the source's own packets, from the keyframe before the window to its end."""
        store = EvidenceFolder(tmp_path, writer="c")
        clip = taken(junction / "clip.mp4", store, 3.5)[-1]
        assert clip.captured_at - STARTS_AT == timedelta(seconds=2)
        with av.open(str(junction / "clip.mp4")) as whole:
            packets = [bytes(p) for p in whole.demux(video=0) if p.size]
        with av.open(io.BytesIO(store.read(clip.name)), "r") as cut:
            assert [s.type for s in cut.streams] == ["video"]
            kept = [bytes(p) for p in cut.demux(video=0) if p.size]
        assert kept == packets[20:46]
        with av.open(io.BytesIO(store.read(clip.name)), "r") as cut:
            assert [f.width for f in cut.decode(video=0)] == [WIDTH] * 26

    def test_at_the_ends(self, junction: Path, tmp_path: Path) -> None:
        """Near the ends of a file, the first and the last frame stand for what lies beyond."""
        store = EvidenceFolder(tmp_path, writer="c")
        items = taken(junction / "clip.mp4", store, 0.4)
        assert [(i.captured_at - STARTS_AT).total_seconds() for i in items] == [0.0, 0.4, 1.4, 0.0]
        items = taken(junction / "clip.mp4", store, 5.8)
        assert [(i.captured_at - STARTS_AT).total_seconds() for i in items] == [4.8, 5.8, 5.9, 4.0]

    def test_same_bytes_again(self, junction: Path, tmp_path: Path) -> None:
        """The same crossing gives the same objects, whichever run cuts them."""
        first = taken(junction / "clip.mp4", EvidenceFolder(tmp_path / "a", writer="c"), 3.0)
        assert first == taken(junction / "clip.mp4", EvidenceFolder(tmp_path / "b", writer="c"), 3.0)

    @pytest.mark.parametrize(
        "name, suffix",
        [
            ("intel_car-detection.mp4", "mp4"),
            ("bgslibrary_video02.avi", "mp4"),
            ("bgslibrary_demo_48x48_CRASHES_CV2.avi", "avi"),
        ],
    )
    def test_real_clips(self, name: str, suffix: str, tmp_path: Path) -> None:
        """Real clips of three codecs are cut, in a container that takes their packets, and decode again."""
        path = SHARED / "videos" / name
        if not path.exists():
            pytest.skip("shared clips are absent")
        store = EvidenceFolder(tmp_path, writer="c")
        items = taken(path, store, 2.0)
        assert [i.kind for i in items] == ["FRAME_BEFORE", "FRAME_AT", "FRAME_AFTER", "CLIP"]
        assert items[-1].name.endswith(suffix)
        with av.open(io.BytesIO(store.read(items[-1].name)), "r") as cut:
            assert len(list(cut.decode(video=0))) > 20


class TestFolder:
    """Evidence on this machine."""

    @pytest.mark.rule("R-DH-5.7.0", "R-DB-5.7.0")
    def test_tampered(self, junction: Path, tmp_path: Path) -> None:
        """One byte changed in any object is found, and so is an object that is gone."""
        store = EvidenceFolder(tmp_path, writer="c")
        items = taken(junction / "clip.mp4", store, 3.0)
        assert list(altered(items, store)) == []
        path = tmp_path / items[2].name
        raw = bytearray(path.read_bytes())
        raw[len(raw) // 2] ^= 1
        path.write_bytes(raw)
        (tmp_path / items[0].name).unlink()
        assert list(altered(items, store)) == [items[0].name, items[2].name]

    def test_repairs(self, tmp_path: Path) -> None:
        """Keeping an object whose file was altered puts the true bytes back."""
        store = EvidenceFolder(tmp_path, writer="c")
        name = store.keep(b"the frame", "jpg")
        (tmp_path / name).write_bytes(b"a forgery")
        assert store.keep(b"the frame", "jpg") == name
        assert store.read(name) == b"the frame"

    def test_private(self, tmp_path: Path) -> None:
        """Evidence is for the account of the installation alone."""
        store = EvidenceFolder(tmp_path / "evidence", writer="c")
        path = tmp_path / "evidence" / store.keep(b"the frame", "jpg")
        assert [p.stat().st_mode & 0o777 for p in (path, path.parent)] == [0o600, 0o700]

    def test_killed_while_writing(self, tmp_path: Path) -> None:
        """A kill in the middle of a write leaves no object, and the next start clears what it left."""
        code = (
            "import os, signal, sys; from pathlib import Path; from detection import evidence_store\n"
            "store = evidence_store.EvidenceFolder(Path(sys.argv[1]), writer='c')\n"
            "evidence_store.os.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL)\n"
            "store.keep(b'x' * 100_000, 'jpg')\n"
        )
        done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, check=False)
        assert done.returncode == -signal.SIGKILL
        [left] = drafts(tmp_path)
        EvidenceFolder(tmp_path, writer="another")
        assert left.exists()
        EvidenceFolder(tmp_path, writer="c")
        assert drafts(tmp_path) == []

    def test_two_of_one_writer(self, tmp_path: Path) -> None:
        """What another process of the same name is writing is left alone, however many begin."""
        first = EvidenceFolder(tmp_path, writer="c")
        with first.draft() as draft:
            draft.write_bytes(b"half a fra")
            others = [EvidenceFolder(tmp_path, writer="c") for _ in range(5)]
            assert draft.read_bytes() == b"half a fra"
            draft.write_bytes(b"the frame")
            name, _, _ = first.keep_file(draft, "jpg")
        assert [other.read(name) for other in others] == [b"the frame"] * 5

    def test_not_mounted(self, tmp_path: Path) -> None:
        """Where the folder is away, no object is said to be gone."""
        store = EvidenceFolder(tmp_path / "evidence", writer="c")
        name = store.keep(b"the frame", "jpg")
        (tmp_path / "evidence").rename(tmp_path / "elsewhere")
        (tmp_path / "evidence").mkdir()
        with pytest.raises(EvidenceError, match="it is not there") as away:
            store.read(name)
        assert not away.value.gone
        (tmp_path / "evidence").rmdir()
        (tmp_path / "elsewhere").rename(tmp_path / "evidence")
        (tmp_path / "evidence" / name).unlink()
        with pytest.raises(EvidenceError, match="No such file") as gone:
            store.read(name)
        assert gone.value.gone

    def test_unknown(self, tmp_path: Path) -> None:
        """An object that is not there is named."""
        gone = evidence_name("a" * 64, "jpg")
        with pytest.raises(EvidenceError, match=rf"evidence {gone}: No such file"):
            EvidenceFolder(tmp_path, writer="c").read(gone)

    def test_folder_gone(self, tmp_path: Path) -> None:
        """A folder that can no longer be written is one line."""
        store = EvidenceFolder(tmp_path, writer="c")
        [incoming] = [p for p in (tmp_path / ".incoming").iterdir() if p.is_dir()]
        incoming.rmdir()
        incoming.write_text("not a folder")
        with pytest.raises(EvidenceError, match=r"evidence folder .*: Not a directory"):
            store.keep(b"the frame", "jpg")


def drafts(folder: Path) -> list[Path]:
    """What is being written, or was when somebody was killed."""
    return [p for p in (folder / ".incoming").glob("*/*") if p.is_file()]


class TestImport:
    """Who reads evidence."""

    def test_no_image_library(self) -> None:
        """The store is imported without OpenCV and PyAV, so that another process may read evidence."""
        code = (
            "import sys, detection.evidence_store; sys.exit(bool({'cv2', 'av', 'numpy'} & set(sys.modules)))"
        )
        assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


class TestOpen:
    """Where evidence may be."""

    def test_file(self, tmp_path: Path) -> None:
        """A file URL names a folder, spaces included."""
        store = open_store((tmp_path / "the evidence").as_uri(), writer="c")
        assert (tmp_path / "the evidence" / store.keep(b"x", "jpg")).read_bytes() == b"x"

    @pytest.mark.parametrize("url", ["", "evidence", "http://127.0.0.1/x", "file://host/x", "s3://"])
    def test_refused(self, url: str) -> None:
        """Any other address is refused with the two forms there are."""
        with pytest.raises(EvidenceError, match="file:///FOLDER or s3://BUCKET/PREFIX is expected"):
            open_store(url, writer="c")

    def test_bucket(self) -> None:
        """In an object store, an object has the same name and reads back."""
        from obstore.store import MemoryStore

        bucket = EvidenceBucket.__new__(EvidenceBucket)
        bucket._url, bucket._store = "memory:///", MemoryStore()
        name = bucket.keep(b"the frame", "jpg")
        assert name == evidence_name(hashlib.sha256(b"the frame").hexdigest(), "jpg")
        assert bucket.read(name) == b"the frame"
        gone = evidence_name("a" * 64, "jpg")
        with pytest.raises(EvidenceError, match=rf"evidence {gone}: "):
            bucket.read(gone)


class TestNames:
    """What may be asked of a store."""

    @pytest.mark.parametrize(
        "name",
        [
            "../outside",
            "/etc/passwd",
            ".incoming/c/x",
            "aa/../aa/x.jpg",
            "%2e%2e/outside",
            "..\\outside",
            "aa/" + "a" * 64 + ".jpg\0",
            "AA/" + "A" * 64 + ".jpg",
            "aa/" + "а" * 64 + ".jpg",  # Cyrillic
            "11/" + "１" * 64 + ".jpg",
            "aa/" + "a" * 300 + ".jpg",
            "",
        ],
    )
    def test_refused(self, tmp_path: Path, name: str) -> None:
        """A name that no store gives is refused before anything is read, whatever lies there."""
        from obstore.store import MemoryStore

        (tmp_path / "outside").write_text("not evidence")
        folder = EvidenceFolder(tmp_path / "evidence", writer="c")
        bucket = EvidenceBucket.__new__(EvidenceBucket)
        bucket._url, bucket._store = "memory:///", MemoryStore()
        for store in (folder, bucket):
            with pytest.raises(EvidenceError, match="a name after the object's SHA-256 is expected"):
                store.read(name)
