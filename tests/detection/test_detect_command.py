"""`minhchung detect` as an operator runs it: in a process of its own."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
import yaml

from cli.up.nats import Nats
from cli.up.server import PATIENCE_S
from detection.contracts import unwrap
from tests.detection.support import ROOT, STARTS_AT, Square, settings, write_camera, write_clip, write_model
from tests.detection.test_publisher import arrived, make_stream

JURISDICTION = "dong-hoi"
CAMERA = "DH-NT-01"


def command(*arguments: object) -> list[str]:
    """The command line of the subcommand."""
    return [sys.executable, "-m", "cli.main", "detect", *map(str, arguments)]


def environment(data: Path, **more: str) -> dict[str, str]:
    """The environment of a process with a data folder of its own, and no server but those given."""
    names = ("DATABASE_URL", "NATS_URL", "EVIDENCE_URL", "MINHCHUNG_KEYS", "MINHCHUNG_PORT")
    kept = {k: v for k, v in os.environ.items() if k not in names}
    return {**kept, "MINHCHUNG_DATA": str(data), "PYTHONPATH": str(ROOT), **more}


def detect(data: Path, *arguments: object, **more: str) -> subprocess.CompletedProcess[str]:
    """Run the subcommand to its end."""
    return subprocess.run(
        command(*arguments),
        env=environment(data, **more),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def last_line(done: subprocess.CompletedProcess[str]) -> str:
    """What it said last on stderr."""
    return done.stderr.strip().splitlines()[-1]


@pytest.fixture(scope="module")
def stream(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A broker of its own, for the command's one jurisdiction, with the stream that intake would have made."""
    server = Nats(tmp_path_factory.mktemp("nats"))
    server.start()
    make_stream(server.url, JURISDICTION)
    yield server.url
    server.stop(PATIENCE_S)


@pytest.fixture
def asked(junction: Path) -> list[object]:
    """The miniature junction as arguments."""
    return ["--source", junction / "clip.mp4", "--camera", CAMERA, "--config", junction / "junction.yaml"]


class TestDryRun:
    """Nothing is published, no server is asked."""

    def test_events(self, asked: list[object], tmp_path: Path) -> None:
        """With no server at all, every line is the CloudEvent that would be published."""
        done = detect(tmp_path, *asked, "--starts-at", "2026-07-01T08:00:00+07:00", "--dry-run", "--json")
        assert done.returncode == 0, done.stderr
        events = [unwrap(line.encode()) for line in done.stdout.splitlines()]
        assert [(e.camera, e.rule, len(e.evidence)) for e in events] == [(CAMERA, "RED_LIGHT", 4)] * 2
        moments = [(e.occurred_at - STARTS_AT).total_seconds() for e in events]
        assert moments == pytest.approx([3.0, 4.2], abs=0.3)
        assert list(tmp_path.iterdir()) == []

    def test_same_identities(self, asked: list[object], tmp_path: Path) -> None:
        """Two runs propose the same identities, whenever they begin."""
        runs = [detect(tmp_path, *asked, "--dry-run", "--json") for _ in range(2)]
        ids = [[json.loads(line)["id"] for line in run.stdout.splitlines()] for run in runs]
        assert ids[0] == ids[1]
        assert len(set(ids[0])) == 2

    def test_ends_now(self, asked: list[object], tmp_path: Path) -> None:
        """Without an instant, a clip is taken to end now."""
        before = datetime.now(STARTS_AT.tzinfo)
        done = detect(tmp_path, *asked, "--dry-run", "--json")
        first = unwrap(done.stdout.splitlines()[0].encode())
        begins = first.occurred_at - timedelta(seconds=3.0)
        assert abs((begins - (before - timedelta(seconds=6.0))).total_seconds()) < 30

    def test_for_a_person(self, asked: list[object], tmp_path: Path) -> None:
        """A person gets a line a proposal and a sum."""
        lines = detect(tmp_path, *asked, "--dry-run").stdout.splitlines()
        assert re.fullmatch(r"\S+ RED_LIGHT DH-NT-01 confidence 0\.\d\d proposal [0-9a-f-]{36}", lines[0])
        assert lines[-1] == "60 frames, 2 proposals, nothing published"


class TestPublished:
    """Proposals reach JetStream, now or with the next run."""

    def test_summary(self, asked: list[object], tmp_path: Path, stream: str) -> None:
        """A run publishes what it proposes, keeps its evidence first, and sums up in one line."""
        folder = tmp_path / "evidence"
        done = detect(tmp_path, *asked, "--json", NATS_URL=stream, EVIDENCE_URL=folder.as_uri())
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout) == {"frames": 60, "proposed": 2, "published": 2, "kept": 0}
        ids = {UUID(i) for i in re.findall(r"proposed ([0-9a-f-]{36})", done.stderr)}
        messages = {m.proposal_id: m for _, m in arrived(stream, JURISDICTION)}
        assert ids <= messages.keys()
        assert all((folder / i.name).stat().st_size == i.size for n in ids for i in messages[n].evidence)

    def test_broker_away(self, asked: list[object], tmp_path: Path, stream: str) -> None:
        """With the broker away a run ends with status 1 and the number kept; the next run sends them."""
        away = detect(tmp_path, *asked, "--json", NATS_URL="nats://hidden@127.0.0.1:9")
        assert away.returncode == 1
        assert json.loads(away.stdout) == {"frames": 60, "proposed": 2, "published": 0, "kept": 2}
        spool = tmp_path / "worker" / CAMERA / "spool"
        assert last_line(away) == (
            f"minhchung: 2 proposals could not be published and remain on disk in {spool}:"
            " the next run for this camera sends them"
        )
        assert "hidden" not in away.stderr
        back = detect(tmp_path, *asked, "--json", NATS_URL=stream)
        assert (back.returncode, json.loads(back.stdout)["kept"]) == (0, 0)
        assert list(spool.glob("*.json")) == []


class TestKilled:
    """A run that is ended from outside."""

    @pytest.fixture
    def long(self, tmp_path: Path) -> list[object]:
        """A clip of forty seconds in which somebody runs the light every two."""
        write_camera(tmp_path)
        squares = [Square(16 + 32 * (n % 3), 3.0 + 2.0 * n) for n in range(17)]
        write_clip(tmp_path / "long.mp4", squares, (("RED", 99.0),), seconds=40.0)
        return [
            "--source",
            tmp_path / "long.mp4",
            "--camera",
            "DH-KILL",
            "--config",
            tmp_path / "junction.yaml",
        ]

    def test_nothing_lost(self, long: list[object], tmp_path: Path, stream: str) -> None:
        """After a kill -9 all that was proposed is with the broker or on disk, and a second run completes it."""
        all_ids = [
            UUID(json.loads(line)["id"])
            for line in detect(tmp_path, *long, "--dry-run", "--json").stdout.splitlines()
        ]
        assert len(set(all_ids)) == 17
        process = subprocess.Popen(
            command(*long),
            env=environment(tmp_path, NATS_URL=stream),
            cwd=ROOT,
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
        )
        assert process.stderr is not None
        said = []
        for line in process.stderr:
            said += [UUID(i) for i in re.findall(r"proposed ([0-9a-f-]{36})", line)]
            if len(said) == 3:
                break
        children, memory = children_of(process.pid), memory_of(process.pid)
        process.kill()
        process.wait()
        process.stderr.close()
        assert (len(children), len(memory)) == (3, 1)  # decoder, cutter, and what tidies memory up

        spooled = {UUID(p.stem) for p in (tmp_path / "worker" / "DH-KILL" / "spool").glob("*.json")}
        sent = {m.proposal_id for _, m in arrived(stream, JURISDICTION)}
        assert set(said) <= spooled | sent
        assert said == all_ids[:3]
        eventually_gone(children, memory)

        again = detect(tmp_path, *long, "--json", NATS_URL=stream)
        assert again.returncode == 0, again.stderr
        after = [m.proposal_id for _, m in arrived(stream, JURISDICTION)]
        assert set(all_ids) <= set(after)
        assert len(after) == len(set(after))

    def test_told_to_stop(self, long: list[object], tmp_path: Path, stream: str) -> None:
        """SIGTERM ends a run in one line; its processes and its shared memory are gone."""
        process = subprocess.Popen(
            command(*long, "--dry-run"),
            env=environment(tmp_path, PYTHONUNBUFFERED="1"),
            cwd=ROOT,
            stderr=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        process.stdout.readline()
        children, memory = children_of(process.pid), memory_of(process.pid)
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=30)
        assert process.returncode == 1
        assert said.splitlines() == [
            "minhchung: stopped before the end of the source; another run makes the same proposals"
        ]
        assert len(memory) == 1
        eventually_gone(children, memory)


class TestRefused:
    """Input that cannot be read: one line, status 2."""

    def refused(self, done: subprocess.CompletedProcess[str]) -> str:
        """The one line of a refusal with status 2."""
        assert done.returncode == 2, done.stderr
        assert done.stdout == ""
        (line,) = done.stderr.splitlines()
        return line.removeprefix("minhchung: ")

    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        """A folder with a camera and a clip of its own, to spoil."""
        write_camera(tmp_path)
        write_clip(tmp_path / "clip.mp4", [Square(16, 2.0)], (("RED", 9.0),), seconds=2.0)
        return tmp_path

    def run(self, folder: Path, **changed: object) -> str:
        """Run in that folder with some arguments changed; return the refusal."""
        given = {
            "source": folder / "clip.mp4",
            "camera": CAMERA,
            "config": folder / "junction.yaml",
            **changed,
        }
        options = [
            part for name, value in given.items() if value is not None for part in (f"--{name}", value)
        ]
        return self.refused(detect(folder, *options, "--dry-run", "--json"))

    def test_source(self, folder: Path) -> None:
        """A missing source and one that is no video are named."""
        assert self.run(folder, source=folder / "none.mp4") == (
            f"{folder}/none.mp4: a video file is expected: No such file or directory"
        )
        assert self.run(folder, source=folder / "junction.yaml") == (
            "junction.yaml: a video file is expected: Invalid data found when processing input"
        )

    def test_model(self, folder: Path) -> None:
        """A model of another shape, and a file that is not its manifest's model, are refused."""
        write_model(folder, outputs=20)
        assert self.run(folder).startswith("detector.onnx: a raw yolox output [1, 420, 7] is expected")
        (folder / "detector.onnx").write_bytes(b"something else")
        assert re.search(r"detector\.onnx: sha256 [0-9a-f]{64} is expected by its manifest", self.run(folder))

    def test_config(self, folder: Path) -> None:
        """Wrong settings, and settings for another resolution, are named by key."""
        wrong = {**settings(), "score": "high"}
        (folder / "junction.yaml").write_text(yaml.safe_dump(wrong))
        assert self.run(folder).endswith("junction.yaml: score: a number from 0.05 to 1 is expected")
        wrong = {
            **settings(),
            "signal": {"region": [300, 2, 320, 60], "share": 0.1, "hold": 2, "grace_s": 1.0},
        }
        (folder / "junction.yaml").write_text(yaml.safe_dump(wrong))
        assert self.run(folder).endswith("signal.region: a place within the picture of 160x128 is expected")
        assert self.run(folder, config=None).startswith("--config: the camera's settings are expected")

    def test_arguments(self, folder: Path) -> None:
        """A camera code and an instant are checked before anything starts."""
        assert self.run(folder, camera="../x") == (
            "--camera: a code such as DH-NT-01 is expected, '../x' is none"
        )
        assert self.run(folder, **{"starts-at": "2026-07-01T08:00:00"}).startswith(
            "--starts-at: an instant with an offset is expected"
        )

    def test_no_server(self, asked: list[object], tmp_path: Path) -> None:
        """Without a running installation the line says what to start."""
        done = detect(tmp_path, *asked)
        assert done.returncode == 1
        assert last_line(done).startswith("minhchung: embedded servers are not running in")

    def test_wrong_url(self, asked: list[object], tmp_path: Path) -> None:
        """A URL of the wrong kind is named by its variable, not quoted."""
        done = detect(tmp_path, *asked, NATS_URL="http://secret@127.0.0.1")
        assert self.refused(done).startswith("NATS_URL: expected nats://TOKEN@HOST:PORT")
        assert "secret" not in done.stderr


def children_of(pid: int) -> list[int]:
    """The processes that a process has started."""
    return [int(p) for p in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def alive(pid: int) -> bool:
    """Whether a process still runs."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def memory_of(pid: int) -> set[Path]:
    """The shared memory that a process has mapped."""
    return {Path(p) for p in re.findall(r"/dev/shm/psm_\w+", Path(f"/proc/{pid}/maps").read_text())}  # noqa: S108 — looked at


def eventually_gone(children: list[int], memory: set[Path]) -> None:
    """Wait until these processes and this memory are gone."""
    deadline = time.monotonic() + 10
    while any(alive(pid) for pid in children) or any(path.exists() for path in memory):
        assert time.monotonic() < deadline, "something outlives its worker"
        time.sleep(0.02)
