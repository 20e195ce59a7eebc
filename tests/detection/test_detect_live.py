"""`minhchung detect` over a live stream, as an operator runs it: a process that runs until it is told to stop."""

import json
import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

from cli.up.nats import Nats
from cli.up.server import PATIENCE_S
from detection import sample
from detection.contracts import unwrap
from tests.detection.support import ROOT
from tests.detection.test_detect_command import (
    CAMERA,
    JURISDICTION,
    children_of,
    command,
    detect,
    environment,
    eventually_gone,
    last_line,
    memory_of,
)
from tests.detection.test_publisher import arrived, make_stream, until
from tests.support.rtsp import Play, RtspServer

TRUE = sorted(v["crossed_at_s"] for v in json.loads(sample.TRUTH.read_text())["violators"])
NEAR_S = 0.3
LOGIN, PASSWORD = "admin:s3cr%40t%2F", "s3cr@t/"


class Worker:
    """A worker in a process of its own, what it says in files."""

    def __init__(self, folder: Path, server: RtspServer, *arguments: str, **more: str) -> None:
        folder.mkdir(exist_ok=True)
        self._out, self._err = folder / "out", folder / "err"
        source = server.url(LOGIN, "?token=hidden")
        with self._out.open("w") as out, self._err.open("w") as err:
            self.process = subprocess.Popen(
                command("--source", source, "--camera", CAMERA, "--config", sample.CONFIG, *arguments),
                env=environment(folder / "data", PYTHONUNBUFFERED="1", **more),
                cwd=ROOT,
                stdout=out,
                stderr=err,
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.kill()
        self.process.wait()

    def lines(self) -> list[str]:
        """What it has answered; it must not have ended by itself."""
        assert self.process.poll() in {None, 0}, self.said()
        return self._out.read_text().splitlines()

    def said(self) -> str:
        """What it has logged."""
        return self._err.read_text()

    def stop(self, number: int) -> None:
        """Tell it to stop; wait until it has, with all it started."""
        children, memory = children_of(self.process.pid), memory_of(self.process.pid)
        self.process.send_signal(number)
        self.process.wait(60)
        eventually_gone(children, memory)
        for word in (PASSWORD, "s3cr", "hidden", "admin"):
            assert word not in self.said() + self._out.read_text()


class TestDryRun:
    """Nothing is published, no server is asked but the camera."""

    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
    def test_camera_killed_and_back(self, tmp_path: Path, number: int) -> None:
        """A camera that is killed and comes back is watched again: nothing is lost or doubled, and a signal ends it."""
        asks = f"admin:{PASSWORD}"
        with ExitStack() as ends:
            with RtspServer(sample.CLIP, [Play(ends_s=13.0, hangs_up=False, login=asks)]) as server:
                worker = ends.enter_context(Worker(tmp_path, server, "--dry-run", "--json"))
                until(lambda: len(worker.lines()) == 2, within_s=60)
            until(lambda: "Connection refused" in worker.said(), within_s=60)
            later = [Play(begins_s=14.0, login=asks)]
            ends.enter_context(RtspServer(sample.CLIP, later, port=server.port))
            until(lambda: len(worker.lines()) == 4, within_s=60)
            worker.stop(number)
        assert worker.process.returncode == 0
        events = [unwrap(line.encode()) for line in worker.lines()]
        moments = [e.occurred_at for e in events]
        assert len({e.proposal_id for e in events}) == 4
        assert [(b - a).total_seconds() for a, b in (moments[:2], sorted(moments[2:]))] == pytest.approx(
            [TRUE[1] - TRUE[0], TRUE[3] - TRUE[2]], abs=NEAR_S
        )
        assert [len(e.evidence) for e in events] == [4] * 4
        assert worker.said().count("Connection refused") == 1


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A broker of its own, with the stream that intake would have made."""
    server = Nats(tmp_path_factory.mktemp("nats"))
    server.start()
    make_stream(server.url, JURISDICTION)
    yield server.url
    server.stop(PATIENCE_S)


class TestPublished:
    """Proposals reach JetStream while the camera is watched."""

    def test_all_arrive(self, tmp_path: Path, broker: str) -> None:
        """Each proposal goes out when it is made, its evidence kept before; told to stop, the worker sums up."""
        folder = tmp_path / "evidence"
        with (
            RtspServer(sample.CLIP, [Play()]) as server,
            Worker(tmp_path, server, "--json", NATS_URL=broker, EVIDENCE_URL=folder.as_uri()) as worker,
        ):
            until(lambda: not worker.lines() and len(arrived(broker, JURISDICTION)) == len(TRUE), within_s=60)
            worker.stop(signal.SIGTERM)
        assert worker.process.returncode == 0
        summary = json.loads(worker.lines()[-1])
        assert summary == {"frames": summary["frames"], "proposed": 4, "published": 4, "kept": 0}
        messages = [m for _, m in arrived(broker, JURISDICTION)]
        assert len({m.proposal_id for m in messages}) == 4
        assert all((folder / i.name).stat().st_size == i.size for m in messages for i in m.evidence)


class TestRefused:
    """What can never work: one line, status 2, before anything is asked."""

    @pytest.mark.parametrize(
        "arguments, said",
        [
            (
                ["--source", "rtsp://admin:s3cr/et@10.0.0.1/live"],
                "--source: a video file or rtsp://[USER:PASSWORD@]HOST",
            ),
            (
                ["--source", "rtmp://admin:s3cret@10.0.0.1/live"],
                "--source: a video file or rtsp://[USER:PASSWORD@]HOST",
            ),
            (
                ["--source", "rtsp://s3cret@h/x", "--starts-at", "2026-07-01T08:00:00+07:00"],
                "--starts-at: for a file only",
            ),
        ],
    )
    def test_one_line(self, tmp_path: Path, arguments: list[str], said: str) -> None:
        """The line says what is expected, and repeats nothing that may be a password."""
        done = detect(tmp_path, *arguments, "--camera", CAMERA, "--config", sample.CONFIG, "--dry-run")
        assert (done.returncode, done.stdout) == (2, "")
        assert last_line(done).startswith(f"minhchung: {said}")
        assert len(done.stderr.splitlines()) == 1
        assert "s3c" not in done.stderr

    def test_settings(self, tmp_path: Path) -> None:
        """A camera's stream comes with no settings; they have to be given."""
        done = detect(tmp_path, "--source", "rtsp://s3cret@h/x", "--camera", CAMERA, "--dry-run")
        assert done.returncode == 2
        assert last_line(done).startswith("minhchung: --config: the camera's settings are expected")
        assert "s3c" not in done.stderr
