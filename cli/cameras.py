"""`minhchung cameras`: what is done to cameras at the machine."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from enum import StrEnum
from getpass import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID, uuid4

import orjson
import typer

from cli.console import Stop, answer, usage

if TYPE_CHECKING:
    from cli.camera_files import Plan
    from domain.camera.address import Address
    from domain.commands.application import CaseSystem
    from domain.context import Context

FIELDS = {
    "streamUrl": "stream_url",
    "controlUrl": "control_url",
    "username": "username",
    "password": "password",
}
LONGEST = 16_384
REMEMBERS = 1_000
"""Units and areas that an import finds again in each of its rows."""
BY_DOCUMENT = (
    "Văn bản, khi quy định không nêu ai quản lý camera · The document, where the regulation names nobody."
)
ON_STDIN = (
    'stdin: expected one JSON object, such as {"streamUrl": "rtsp://…", "username": "…", "password": "…"}'
)


class Form(StrEnum):
    """What the register is written as."""

    CSV = "csv"
    GEOJSON = "geojson"


def register(app: typer.Typer) -> None:
    """Add the subcommand."""
    cameras = typer.Typer(help="Camera · Cameras.", no_args_is_help=True)
    app.add_typer(cameras, name="cameras")

    @cameras.callback()
    def group() -> None:
        """Camera · Cameras."""

    _address(cameras)
    _import(cameras)
    _export(cameras)
    _activate(cameras)
    _retire(cameras)


def _address(cameras: typer.Typer) -> None:
    @cameras.command()
    def address(
        code: Annotated[str, typer.Argument(help="Mã camera · The camera's code.")],
        document: Annotated[str | None, typer.Option(help=BY_DOCUMENT)] = None,
        as_json: Annotated[bool, typer.Option("--json")] = False,
    ) -> None:
        """Đặt địa chỉ và tài khoản của camera · Set a camera's address and account.

        They are asked for, or come as JSON on stdin: a command line is seen by everybody on the machine.
        """
        from cli.settings import load, resolve
        from cli.wiring import application
        from domain.camera import Camera
        from domain.commands.application import Command
        from domain.commands.camera_address import set_camera_address
        from store.camera_access import CameraAccess
        from store.keys import KeyFolder

        endpoints = resolve(load(), nats=False)
        with application(endpoints, role="minhchung_operator") as cases:
            context = _context(cases, document)
            given = _asked() if sys.stdin.isatty() else _read()
            camera_id = Camera.create_id(code)
            with _answered(cases, context, "setCameraAddress", (camera_id,)):
                set_camera_address(
                    cases,
                    context,
                    Command.of(context.actor.account_id, str(uuid4()), "setCameraAddress", {}, None),
                    camera_id=camera_id,
                    address=given,
                    keep=CameraAccess(cases.factory.datastore, KeyFolder(endpoints.keys)),  # type: ignore[attr-defined] # our factory has one
                )
        answer({"code": code}, as_json=as_json, text=f"{code}: address set")


def _import(cameras: typer.Typer) -> None:
    @cameras.command("import")
    def import_(
        file: Annotated[Path, typer.Argument(help="Tệp .csv hoặc .geojson · The file, CSV or GeoJSON.")],
        reason: Annotated[
            str, typer.Option(help="Lý do thay đổi camera đã có · Why cameras on record change.")
        ] = "Nhập danh sách camera",
        dry_run: Annotated[
            bool, typer.Option("--dry-run", help="Chỉ kiểm tra · Check every row and record nothing.")
        ] = False,
        document: Annotated[str | None, typer.Option(help=BY_DOCUMENT)] = None,
        as_json: Annotated[bool, typer.Option("--json")] = False,
    ) -> None:
        """Nhập camera từ tệp, tất cả hoặc không · Import cameras from a file, all or none."""
        from eventsourcing.persistence import IntegrityError, RecordConflictError

        from cli.camera_files import COLUMNS, NEEDED, planned
        from cli.settings import load, resolve
        from cli.tabular import read
        from cli.wiring import application

        with application(
            resolve(load(), nats=False), role="minhchung_operator", remembers=REMEMBERS
        ) as cases:
            context = _context(cases, document)
            plan = planned(cases, context, read(file, COLUMNS, NEEDED), reason=reason)
            if plan.aggregates and not plan.bad and not dry_run:
                try:
                    cases.record(*plan.aggregates)
                except (IntegrityError, RecordConflictError):
                    raise Stop(
                        "cameras: one of them has just been changed by somebody else; nothing was imported:"
                        " run it again"
                    ) from None
            for refusal in plan.refusals if not dry_run else []:
                with suppress(Stop), _answered(cases, context, "importCameras"):
                    raise refusal
            _tell(plan, as_json=as_json, dry_run=dry_run)


def _export(cameras: typer.Typer) -> None:
    @cameras.command()
    def export(
        purpose: Annotated[
            str, typer.Option(help="Mục đích theo quy định · For what, by the regulation's list.")
        ],
        form: Annotated[Form, typer.Option("--format", help="csv | geojson")] = Form.CSV,
    ) -> None:
        """Xuất danh sách camera được xem · Write the cameras one may see to stdout, as a table or a map.

        Who took which out of the system, and for what, is on record before it is written.
        """
        from cli.camera_files import SHOWN, shown
        from cli.settings import load, resolve
        from cli.signed import answered, signed_in
        from cli.tabular import as_csv, as_geojson
        from cli.wiring import application
        from domain.camera import Camera
        from domain.commands.reading import Look, record_reading

        with application(resolve(load(), nats=False), role="minhchung_operator") as cases:
            context = signed_in(cases)
            with cases.factory.datastore.get_connection() as conn:  # type: ignore[attr-defined] # our factory has one
                rows = list(shown(conn, context))
            ids = [Camera.create_id(str(row["code"])) for row in rows]
            look = Look(way="exportCameras", noun="camera", ids=ids, area_path=None, address="")
            with answered(cases, context, look.way, look.noun):
                record_reading(cases, context, look, purpose=purpose)
        write = as_csv if form is Form.CSV else as_geojson
        sys.stdout.buffer.write(write(SHOWN, rows).encode())
        sys.stdout.buffer.flush()


def _activate(cameras: typer.Typer) -> None:
    @cameras.command()
    def activate(
        codes: Annotated[list[str], typer.Argument(metavar="CODE...", help="Mã camera · Codes of cameras.")],
        document: Annotated[str, typer.Option(help=BY_DOCUMENT)],
        as_json: Annotated[bool, typer.Option("--json")] = False,
    ) -> None:
        """Đưa camera vào hoạt động bằng văn bản · Put cameras to work by a document: all of them, or none."""
        from cli.settings import load, resolve
        from cli.wiring import application
        from domain.camera import Camera, CameraState
        from domain.clock import legal_date

        with application(resolve(load(), nats=False), role="minhchung_operator") as cases:
            context = _context(cases, document)
            with _answered(cases, context, "activateCamera"):
                found = [cases.find(Camera, Camera.create_id(code)) for code in codes]
                for one in found:
                    if one.state == CameraState.REGISTERED:
                        one.install(context, installed_on=legal_date(context.now))
                    if one.state == CameraState.INSTALLED:
                        one.connect(context, channel=one.channel or "")
                    one.activate(context)
                cases.record(*found)
        answer({"codes": codes}, as_json=as_json, text=f"{', '.join(codes)}: at work")


def _retire(cameras: typer.Typer) -> None:
    @cameras.command()
    def retire(
        code: Annotated[str, typer.Argument(help="Mã camera · The camera's code.")],
        reason: Annotated[str, typer.Option(help="Lý do · Why.")],
        document: Annotated[str, typer.Option(help=BY_DOCUMENT)],
        as_json: Annotated[bool, typer.Option("--json")] = False,
    ) -> None:
        """Đưa camera ra khỏi hệ thống bằng văn bản · Take a camera out of the system by a document."""
        from cli.settings import load, resolve
        from cli.wiring import application
        from domain.camera import Camera

        with application(resolve(load(), nats=False), role="minhchung_operator") as cases:
            context = _context(cases, document)
            with _answered(cases, context, "retireCamera"):
                camera = cases.find(Camera, Camera.create_id(code))
                camera.retire(context, reason=reason, document=document)
                cases.record(camera)
        answer({"code": code}, as_json=as_json, text=f"{code}: retired")


def _context(cases: "CaseSystem", document: str | None) -> "Context":
    """Whoever signed in; or, by a document, whoever keeps the installation, where the regulation names nobody."""
    from cli.keeping import keeping
    from cli.signed import signed_in

    return signed_in(cases) if document is None else keeping("camera.administer", document)


@contextmanager
def _answered(
    cases: "CaseSystem", context: "Context", way: str, ids: tuple[UUID, ...] = ()
) -> Iterator[None]:
    """Turn a refusal into a line; of somebody who signed in it is on record."""
    from cli.keeping import Keeping, kept
    from cli.signed import answered

    with kept("camera") if isinstance(context, Keeping) else answered(cases, context, way, "camera", ids):
        yield


def _tell(plan: "Plan", *, as_json: bool, dry_run: bool) -> None:
    """What was imported, or every row that is wrong; what is wrong ends in failure."""
    imported = not (plan.bad or dry_run)
    counts = {"rows": plan.rows, "new": plan.new, "changed": plan.changed, "imported": imported}
    if as_json:
        answer({**counts, "bad": [asdict(one) for one in plan.bad]}, as_json=True, text="")
    elif plan.bad:
        answer(None, as_json=False, text="\n".join(map(str, plan.bad)))
    else:
        done = "imported" if imported else "would be imported"
        text = f"{plan.rows} rows: {plan.new} new and {plan.changed} changed cameras {done}"
        answer(counts, as_json=False, text=text)
    if plan.bad:
        wrong = f"cameras: {len(plan.bad)} of {plan.rows} rows are wrong; nothing was imported"
        raise Stop("" if as_json else wrong)


def _read() -> "Address":
    from domain.camera.address import Address

    try:
        given: Any = orjson.loads(sys.stdin.buffer.read(LONGEST))
    except orjson.JSONDecodeError:
        given = None
    if not isinstance(given, dict) or not all(isinstance(one, str) for one in given.values()):
        usage(ON_STDIN)
    if "streamUrl" not in given or not given.keys() <= FIELDS.keys():
        usage(f"{ON_STDIN}; of streamUrl, controlUrl, username and password, the first is needed")
    return Address(**{FIELDS[name]: value for name, value in given.items()})


def _asked() -> "Address":
    from domain.camera.address import Address

    said = {
        "stream_url": input("Luồng hình · Stream (rtsp://HOST/PATH): "),
        "control_url": input("Điều khiển · Control (http://HOST/PATH, or empty): "),
        "username": input("Tài khoản · Username (or empty): "),
    }
    given = {name: text.strip() or None for name, text in said.items()}
    password = getpass("Mật khẩu · Password: ") if given["username"] else None
    return Address(given.pop("stream_url") or "", **given, password=password)
