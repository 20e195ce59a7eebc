"""`minhchung detect`: the worker of one camera, over a file or over its live stream."""

import hashlib
import importlib
import logging
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn, Protocol

import typer

from cli.console import NO, USAGE, Stop, answer, logs_to_stderr, usage
from cli.settings import Settings, load
from cli.up import endpoints

if TYPE_CHECKING:
    from detection.config import CameraConfig
    from detection.contracts import ViolationDetectedV1
    from detection.evidence_store import EvidenceStore
    from detection.live import Address
    from detection.model import Detector

logger = logging.getLogger(__name__)


class Sink(Protocol):
    """Where proposals go, and the store that their evidence goes to first."""

    store: "EvidenceStore"

    def take(self, proposed: "ViolationDetectedV1") -> None:
        """Take one proposal, durably."""
        ...

    def finish(self, frames: int) -> None:
        """Say how it went; raises `Stop` where something stays behind."""
        ...


OpensSink = Callable[[], AbstractContextManager[Sink]]


def register(app: typer.Typer) -> None:
    """Add the subcommand."""

    @app.command()
    def detect(
        camera: Annotated[str, typer.Option(help="The camera's code, such as DH-NT-01.")],
        source: Annotated[
            str | None,
            typer.Option(
                help="The video file, or rtsp://… of the camera; else the stream on file for it."
                " A stream is watched until told to stop."
            ),
        ] = None,
        config: Annotated[
            Path | None, typer.Option(help="The camera's settings; those of the sample clip are known.")
        ] = None,
        starts_at: Annotated[
            str | None,
            typer.Option(help="Instant of a file's first frame, RFC 3339 with offset; else it ends now."),
        ] = None,
        dry_run: Annotated[
            bool, typer.Option("--dry-run", help="Publish nothing; no server is needed.")
        ] = False,
        as_json: Annotated[bool, typer.Option("--json", help="JSON on stdout.")] = False,
    ) -> None:
        """Phát hiện vi phạm trong video hoặc luồng trực tiếp · Detect violations in a video or a live stream."""
        logs_to_stderr("detect")
        from detection.evidence_store import EvidenceError
        from detection.manifest import ModelError
        from detection.reading import ConfigError
        from detection.source import SourceError
        from detection.spool import SpoolError

        try:
            with _told_to_stop():
                _run(source, camera, config, starts_at, dry_run=dry_run, as_json=as_json)
        except (ConfigError, ModelError) as error:
            usage(str(error))
        except SourceError as error:
            raise Stop(str(error), NO if error.was_readable else USAGE) from None
        except (EvidenceError, SpoolError) as error:
            raise Stop(str(error)) from None
        except KeyboardInterrupt:
            raise Stop("stopped before the end of the source; another run makes the same proposals") from None


def _run(
    source: str | None, code: str, config: Path | None, starts_at: str | None, *, dry_run: bool, as_json: bool
) -> None:
    from detection.config import read_config
    from detection.contracts import CAMERA
    from detection.live import Address
    from detection.worker import load_detector

    if not CAMERA.fullmatch(code):
        usage(f"--camera: a code such as DH-NT-01 is expected, {code[:40]!r} is none")
    settings = load()
    where = source if source is not None else stream_on_file(settings, code)
    address = Address.read(where) if "://" in where else None
    if address and starts_at is not None:
        usage("--starts-at: for a file only; a stream's instants are those of its arrival")
    begins = _instant(starts_at) if starts_at is not None else None
    setting = read_config(config or _packaged_config(Path(where)))
    detector = load_detector(setting)

    def sink() -> AbstractContextManager[Sink]:
        return _dry(as_json) if dry_run else _published(settings, code, as_json)

    if address:
        _follow(address, detector, setting, code, sink)
    else:
        _read(Path(where), detector, setting, code, begins, sink)


def _follow(
    address: "Address", detector: "Detector", setting: "CameraConfig", code: str, to: OpensSink
) -> None:
    """Watch a stream until told to stop; what was seen by then still goes out."""
    from detection.live import follow
    from detection.worker import Watch

    watch = Watch()
    with _until_told() as stop, to() as sink:
        for proposed in follow(address, detector, setting, code, sink.store, stop, watch=watch):
            sink.take(proposed)
        sink.finish(watch.frames)


def _read(
    path: Path,
    detector: "Detector",
    setting: "CameraConfig",
    code: str,
    begins: datetime | None,
    to: OpensSink,
) -> None:
    """Read a file to its end."""
    from detection.source import SourceError, VideoFile
    from detection.worker import Camera, Watch, propose

    with VideoFile(path) as video:
        setting.check_fits(*video.size)
        camera = Camera(code=code, starts_at=begins or datetime.now(UTC) - timedelta(seconds=video.length_s))
        watch = Watch()
        with to() as sink:
            try:
                for proposed in propose(video, detector, setting, camera, sink.store, watch=watch):
                    sink.take(proposed)
            except SourceError as error:
                # what was proposed before the source broke off is true, and goes out
                logger.error("%s", error)  # noqa: TRY400 — a line, not a trace
                sink.finish(watch.frames)
                raise
            sink.finish(watch.frames)


class _Nowhere:
    """Names evidence as a store does and keeps none of it: a dry run over a stream has no end."""

    def keep(self, data: bytes, suffix: str) -> str:
        """Return the name it would have."""
        from detection.contracts import evidence_name

        return evidence_name(hashlib.sha256(data).hexdigest(), suffix)

    def read(self, name: str) -> bytes:
        """There is nothing to return."""
        from detection.evidence_store import EvidenceError

        raise EvidenceError(f"evidence {name}: a dry run keeps none")


class _DryRun:
    """Prints what would be published."""

    def __init__(self, *, as_json: bool) -> None:
        self.store: EvidenceStore = _Nowhere()
        self._as_json = as_json
        self._count = 0

    def take(self, proposed: "ViolationDetectedV1") -> None:
        """Print the CloudEvent, or a line for a person."""
        from detection.contracts import wrap

        self._count += 1
        line = wrap(proposed).decode() if self._as_json else _line_of(proposed)
        sys.stdout.write(line + "\n")
        sys.stdout.flush()

    def finish(self, frames: int) -> None:
        """Sum up for a person; for a program, the lines are the answer."""
        if not self._as_json:
            sys.stdout.write(f"{frames} frames, {self._count} proposals, nothing published\n")


@contextmanager
def _dry(as_json: bool) -> Iterator[Sink]:
    yield _DryRun(as_json=as_json)


@contextmanager
def _published(settings: Settings, code: str, as_json: bool) -> Iterator[Sink]:
    """Spool each proposal and publish it beside the detection."""
    from detection.contracts import wrap
    from detection.evidence_store import open_store
    from detection.publisher import Publisher
    from detection.spool import Spool
    from detection.worker import spool_of

    nats_url, evidence_url = _servers(settings)

    with (
        Spool(spool_of(settings.data.absolute(), code)) as spool,
        Publisher(nats_url, spool, jurisdiction=settings.profile) as publisher,
    ):
        # only now that the spool is ours: opening the store sweeps what a killed worker of this camera left
        class ToJetStream:
            store: "EvidenceStore" = open_store(evidence_url, writer=code)
            proposed = 0

            def take(self, proposed: "ViolationDetectedV1") -> None:
                self.proposed += 1
                spool.put(proposed.proposal_id, wrap(proposed))
                publisher.wake()
                logger.info("proposed %s", proposed.proposal_id)

            def finish(self, frames: int) -> None:
                outcome = publisher.finish()
                summary = {
                    "frames": frames,
                    "proposed": self.proposed,
                    "published": outcome.published,
                    "kept": outcome.kept,
                }
                text = f"{frames} frames, {self.proposed} proposals, {outcome.published} published"
                answer(summary, as_json=as_json, text=text)
                if outcome.kept:
                    raise Stop(
                        f"{outcome.kept} proposals could not be published and remain on disk in {spool.folder}:"
                        " the next run for this camera sends them"
                    )

        yield ToJetStream()


def _servers(settings: Settings) -> tuple[str, str]:
    """The addresses of NATS and of the evidence; the embedded ones for what is not set."""
    if settings.nats_url:
        nats_url, evidence_url = settings.nats_url.get_secret_value(), endpoints.evidence_in(settings.data)
    else:
        found = endpoints.read(settings.data)
        nats_url, evidence_url = found.nats_url, found.evidence_url
    if settings.evidence_url:
        evidence_url = settings.evidence_url.get_secret_value()
    return nats_url, evidence_url


def stream_on_file(settings: Settings, code: str) -> str:
    """The address of the camera's stream with its account, which no command line ever held."""
    from urllib.parse import quote, urlsplit

    from cli.settings import resolve
    from domain.camera import Camera
    from store.camera_access import CameraAccess
    from store.datastore import Datastore
    from store.keys import KeyFolder

    endpoints = resolve(settings, nats=False)
    with Datastore(endpoints.database_url, role="minhchung_detect", pool_size=1) as datastore:
        found = CameraAccess(datastore, KeyFolder(endpoints.keys)).get(Camera.create_id(code))
    if found is None:
        raise Stop(f"no address is on file for camera {code}: set it with `minhchung cameras address {code}`")
    if not found.stream_url.startswith("rtsp://"):
        raise Stop(f"camera {code}: a worker watches rtsp:// alone, and the stream on file is another")
    if found.username is None:
        return found.stream_url
    account = f"{quote(found.username, safe='')}:{quote(found.password or '', safe='')}@"
    parts = urlsplit(found.stream_url)
    return parts._replace(netloc=account + parts.netloc).geturl()


def _packaged_config(source: Path) -> Path:
    """Return the settings that the sample clip comes with."""
    if find_spec("detection.sample") is not None:
        sample = importlib.import_module("detection.sample")
        if source.resolve() == Path(sample.CLIP).resolve():
            return Path(sample.CONFIG)
    return usage("--config: the camera's settings are expected; only the sample clip comes with its own")


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        usage("--starts-at: an instant with an offset is expected, such as 2026-07-01T08:00:00+07:00")
    return instant


def _line_of(proposed: "ViolationDetectedV1") -> str:
    return (
        f"{proposed.occurred_at.isoformat(timespec='milliseconds')} {proposed.rule} {proposed.camera}"
        f" confidence {proposed.confidence:.2f} proposal {proposed.proposal_id}"
    )


@contextmanager
def _until_told() -> Iterator[Connection]:
    """Yield what can be read once SIGINT or SIGTERM has come: nothing is broken off, all is brought to its end."""
    told, tell = Pipe(duplex=False)

    def stop(_number: int, _frame: object) -> None:
        tell.send_bytes(b"stop")

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield told
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        told.close()
        tell.close()


@contextmanager
def _told_to_stop() -> Iterator[None]:
    """Let SIGTERM end the run as Ctrl-C does: child processes, memory and temporary files are given back."""

    def stop(_number: int, _frame: object) -> NoReturn:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
