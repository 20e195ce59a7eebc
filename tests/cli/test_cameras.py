"""`minhchung cameras address`: what opens a camera is set in one's own name, read by its worker, seen by nobody."""

import json
import re
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from cli import cameras, settings
from cli.console import NO, USAGE, Stop
from cli.demo import CAMERA
from cli.detect import stream_on_file
from detection import sample
from domain.account import Account
from domain.camera import Camera
from store.camera_access import Address, CameraAccess
from store.keys import KeyFolder, KeyUnreadableError
from tests.cli.support import ROOT, eventually
from tests.detection.test_detect_command import children_of, command, environment, eventually_gone, memory_of
from tests.support import api
from tests.support.api import Installation
from tests.support.mutations import nothing_recorded
from tests.support.rtsp import Play, RtspServer

founded, shared_installation, installation = api.founded, api.shared_installation, api.installation

ID = Camera.create_id(CAMERA)
PASSWORD = "Ca:na@ry/7 !x"
GIVEN = {"streamUrl": "rtsp://camera.example/canary-path", "username": "canary-user", "password": PASSWORD}


def run(
    of: Installation, *arguments: str, who: str | None = "centre.admin", said: Any = GIVEN
) -> tuple[int, str, str]:
    """The exit status, what it printed, and the line for the person."""
    app = typer.Typer()
    cameras.register(app)
    environment = {
        "DATABASE_URL": of.endpoints.database_url,
        "MINHCHUNG_KEYS": str(of.endpoints.keys),
        "MINHCHUNG_TOKEN": of.tokens.get(who, who) if who else "",
    }
    text = said if isinstance(said, str) else json.dumps(said)
    result = CliRunner().invoke(app, ["cameras", *arguments], env=environment, input=text)
    stopped = result.exception if isinstance(result.exception, Stop) else None
    assert stopped is not None or not isinstance(result.exception, Exception), result.exception
    return stopped.status if stopped else result.exit_code, result.stdout, str(stopped or "")


def kept(of: Installation) -> Address | None:
    """The address on file, as the application that controls cameras gets it."""
    factory: Any = of.cases.factory
    return CameraAccess(factory.datastore, KeyFolder(of.endpoints.keys)).get(ID)


@pytest.mark.rule("R-DH-5.3.0", "R-DB-5.3.0")
class TestAddress:
    """Setting it."""

    def test_set(self, installation: Installation) -> None:
        """What is set is on file whole; the log says who set it and nothing else, and the answer repeats nothing."""
        status, printed, message = run(installation, "address", CAMERA, "--json")
        assert (status, json.loads(printed), message) == (0, {"code": CAMERA}, "")
        assert kept(installation) == Address(
            "rtsp://camera.example/canary-path", None, "canary-user", PASSWORD
        )
        event: Any
        [event] = list(installation.operator.repository.event_store.get(ID, gt=1))
        assert vars(event).keys() - {"originator_id", "originator_version", "timestamp"} == {"envelope"}
        assert event.envelope.by == str(Account.create_id("centre.admin"))

    def test_another(self, installation: Installation) -> None:
        """A camera with another address has that one alone: its account, too, is set anew or has ended."""
        run(installation, "address", CAMERA)
        run(installation, "address", CAMERA, said={"streamUrl": "rtsp://other.example/"})
        assert kept(installation) == Address("rtsp://other.example/")
        assert installation.topics(ID)[1:] == ["camera:address-set"] * 2

    @pytest.mark.parametrize(
        "who, said",
        [("police.handle", "nominates"), ("centre.approve", "role"), ("auditor", "camera.administer")],
    )
    def test_not_by(self, installation: Installation, who: str, said: str) -> None:
        """Whoever does not administer the camera sets nothing, at the machine neither, and is on record."""
        before = installation.head()
        status, _, message = run(installation, "address", CAMERA, who=who)
        assert (status, said in message, kept(installation)) == (NO, True, None)
        assert installation.since(before) == ["attempt:refused"]

    @pytest.mark.parametrize("who", [None, "canary-token"])
    def test_not_signed_in(self, installation: Installation, who: str | None) -> None:
        """Without a session nobody is asked for an address; a token that opens none is not repeated."""
        with nothing_recorded(installation):
            status, _, message = run(installation, "address", CAMERA, who=who)
        assert (status, message.startswith("MINHCHUNG_TOKEN: ")) == (NO if who else USAGE, True)
        assert "canary" not in message

    @pytest.mark.parametrize(
        "said, status",
        [
            ("rtsp://admin:canary@host/", USAGE),
            ("", USAGE),
            ("[]", USAGE),
            ({}, USAGE),
            ({"streamUrl": None}, USAGE),
            ({"streamUrl": "rtsp://host/", "canary": "x"}, USAGE),
            ({"streamUrl": "rtsp://admin:canary@host/"}, NO),
            ({"streamUrl": "rtsp://host/", "password": "canary"}, NO),
            ({**GIVEN, "password": "canary" * 10_000}, USAGE),
        ],
    )
    def test_not_this(self, installation: Installation, said: Any, status: int) -> None:
        """What is no address is refused in one line that says what is expected, and repeats nothing."""
        with nothing_recorded(installation):
            found, _, message = run(installation, "address", CAMERA, said=said)
        assert (found, "canary" in message, "\n" in message) == (status, False, False)
        assert kept(installation) is None

    def test_no_camera(self, installation: Installation) -> None:
        """A code of no camera is refused."""
        with nothing_recorded(installation):
            status, _, message = run(installation, "address", "DH-XX-99")
        assert (status, message.startswith("camera: Không có camera")) == (NO, True)


@pytest.mark.rule("R-DH-5.3.0", "R-DB-5.3.0")
class TestWatched:
    """`minhchung detect` reads where the stream is."""

    def test_by_its_worker(self, installation: Installation, tmp_path: Path) -> None:
        """The worker signs in to the camera with what is on file; no command line, environment or log shows it."""
        with RtspServer(sample.CLIP, [Play(login=f"canary-user:{PASSWORD}", hangs_up=False)]) as server:
            run(installation, "address", CAMERA, said={**GIVEN, "streamUrl": server.url()})
            told = tmp_path / "told"
            with told.open("w") as log:
                worker = subprocess.Popen(
                    command("--camera", CAMERA, "--config", sample.CONFIG, "--dry-run"),
                    env=environment(tmp_path / "data", **variables(installation)),
                    cwd=ROOT,
                    stdout=log,
                    stderr=log,
                )
            try:
                eventually(lambda: server.sent > 0 or worker.poll() is not None, within=60)
                assert worker.poll() is None, told.read_text()
                children, memory = children_of(worker.pid), memory_of(worker.pid)
                seen = b"".join(
                    (Path("/proc") / str(pid) / name).read_bytes()
                    for pid in (worker.pid, *children)
                    for name in ("cmdline", "environ")
                )
                worker.send_signal(signal.SIGTERM)
                assert worker.wait(60) == 0
                eventually_gone(children, memory)
            finally:
                worker.kill()
                worker.wait()
        assert len(children) > 0
        assert b"cli.main" in seen
        for canary in ("canary", "Ca:na", "Ca%3Ana"):
            assert canary.encode() not in seen
            assert canary not in told.read_text()

    @pytest.mark.parametrize(
        "address, said",
        [
            (
                None,
                f"no address is on file for camera {CAMERA}: set it with `minhchung cameras address {CAMERA}`",
            ),
            ({"streamUrl": "https://canary.example/x"}, f"camera {CAMERA}: a worker watches rtsp:// alone"),
        ],
    )
    def test_nothing_to_watch(
        self, installation: Installation, monkeypatch: pytest.MonkeyPatch, address: Any, said: str
    ) -> None:
        """Where there is no stream that it could watch, one line says so."""
        if address:
            run(installation, "address", CAMERA, said=address)
        with pytest.raises(Stop, match=re.escape(said)) as caught:
            looked_up(installation, monkeypatch)
        assert "canary" not in str(caught.value)

    def test_unreadable_key(
        self, installation: Installation, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        """An installation whose key is gone is told which one."""
        run(installation, "address", CAMERA)
        with pytest.raises(KeyUnreadableError, match=r"camera-access\.key is missing"):
            looked_up(installation, monkeypatch, MINHCHUNG_KEYS=str(tmp_path))


def looked_up(of: Installation, monkeypatch: pytest.MonkeyPatch, **otherwise: str) -> str:
    """The stream as a worker of the installation finds it."""
    for name, value in {**variables(of), **otherwise}.items():
        monkeypatch.setenv(name, value)
    return stream_on_file(settings.load(), CAMERA)


def variables(of: Installation) -> dict[str, str]:
    """What the environment of a process of the installation says."""
    return {"DATABASE_URL": of.endpoints.database_url, "MINHCHUNG_KEYS": str(of.endpoints.keys)}
