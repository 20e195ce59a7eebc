"""`minhchung recording`: footage of a camera is kept, and that it is kept goes on record."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final
from uuid import UUID

import typer

from cli.console import USAGE, Stop, answer, usage

if TYPE_CHECKING:
    from cli.up.endpoints import Endpoints
    from domain.camera import Camera
    from domain.commands.application import CaseSystem
    from domain.envelope import Envelope

MEDIA_TYPES: Final = {
    "mp4": "video/mp4",
    "mov": "video/quicktime",
    "mkv": "video/x-matroska",
    "avi": "video/x-msvideo",
    "ts": "video/mp2t",
}


def register(app: typer.Typer) -> None:
    """Add the subcommand."""

    @app.command()
    def recording(
        file: Annotated[Path, typer.Argument(help="Tệp video · The video file")],
        camera: Annotated[str, typer.Option(help="Mã camera · The camera's code")],
        starts_at: Annotated[
            str, typer.Option(help="Thời điểm khung hình đầu, RFC 3339 · Instant of the first frame")
        ],
        as_json: Annotated[bool, typer.Option("--json")] = False,
    ) -> None:
        """Lưu dữ liệu ghi hình của một camera · Keep recorded footage of a camera."""
        from cli.settings import load, resolve
        from cli.wiring import application, at_the_machine
        from domain.camera import Camera
        from domain.errors import NotFound

        instant = _instant(starts_at)
        endpoints = resolve(load(), nats=False)
        with application(endpoints, role="minhchung_operator") as cases:
            try:
                source = cases.find(Camera, Camera.create_id(camera))
            except NotFound as error:
                raise Stop(f"recording: {error.en}: expected the code of a registered camera") from None
            recording_id = keep(cases, at_the_machine(), source, file, endpoints, starts_at=instant)
        said = {"recording": str(recording_id), "camera": camera, "starts_at": instant.isoformat()}
        answer(said, as_json=as_json, text=f"{camera}: {recording_id}")


def keep(
    app: "CaseSystem",
    act: "Envelope",
    camera: "Camera",
    file: Path,
    endpoints: "Endpoints",
    *,
    starts_at: datetime | None,
) -> UUID:
    """Keep a video file durably, then put it on record; without *starts_at* it has just ended.

    Raises:
        Stop: the file is no video, or the evidence store is away or full.
    """
    from detection.cutting import CutError, measure
    from detection.evidence_store import EvidenceError, open_store
    from domain.commands.extraction import register_recording
    from domain.errors import InvalidInput

    try:
        length_s = measure(file)
    except CutError as error:
        raise Stop(f"recording: {file}: a video file is expected: {error}", USAGE) from None
    suffix = file.suffix.lstrip(".").lower()
    try:
        store = open_store(endpoints.evidence_url, writer="recording")
        with store.draft() as draft:
            shutil.copyfile(file, draft)
            name, sha256, size = store.keep_file(draft, suffix if suffix in MEDIA_TYPES else "bin")
    except (EvidenceError, OSError) as error:
        raise Stop(f"recording: {error}") from None
    try:
        return register_recording(
            app,
            act,
            camera,
            name=name,
            sha256=sha256,
            size=size,
            media_type=MEDIA_TYPES.get(suffix, "application/octet-stream"),
            starts_at=starts_at or _whole_second(datetime.now(UTC) - timedelta(seconds=length_s)),
            length_s=length_s,
        )
    except InvalidInput as error:
        raise Stop(f"recording: {error.en}") from None


def _whole_second(instant: datetime) -> datetime:
    """Windows are asked for to the second."""
    return instant.replace(microsecond=0)


def _instant(given: str) -> datetime:
    try:
        instant = datetime.fromisoformat(given)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        usage(f"--starts-at: {given} is no instant; expected RFC 3339 with an offset")
    return instant.astimezone(UTC)
