"""`minhchung cameras`: what is done to cameras at the machine."""

import sys
from getpass import getpass
from typing import TYPE_CHECKING, Annotated, Any
from uuid import uuid4

import orjson
import typer

from cli.console import answer, usage

if TYPE_CHECKING:
    from domain.camera.address import Address

FIELDS = {
    "streamUrl": "stream_url",
    "controlUrl": "control_url",
    "username": "username",
    "password": "password",
}
LONGEST = 16_384
ON_STDIN = (
    'stdin: expected one JSON object, such as {"streamUrl": "rtsp://…", "username": "…", "password": "…"}'
)


def register(app: typer.Typer) -> None:
    """Add the subcommand."""
    cameras = typer.Typer(help="Camera · Cameras.", no_args_is_help=True)
    app.add_typer(cameras, name="cameras")

    @cameras.callback()
    def group() -> None:
        """Camera · Cameras."""

    @cameras.command()
    def address(
        code: Annotated[str, typer.Argument(help="Mã camera · The camera's code.")],
        as_json: Annotated[bool, typer.Option("--json")] = False,
    ) -> None:
        """Đặt địa chỉ và tài khoản của camera · Set a camera's address and account.

        They are asked for, or come as JSON on stdin: a command line is seen by everybody on the machine.
        """
        from cli.settings import load, resolve
        from cli.signed import answered, signed_in
        from cli.wiring import application
        from domain.camera import Camera
        from domain.commands.application import Command
        from domain.commands.camera_address import set_camera_address
        from store.camera_access import CameraAccess
        from store.keys import KeyFolder

        endpoints = resolve(load(), nats=False)
        with application(endpoints, role="minhchung_operator") as cases:
            context = signed_in(cases)
            given = _asked() if sys.stdin.isatty() else _read()
            camera_id = Camera.create_id(code)
            with answered(cases, context, "setCameraAddress", "camera", (camera_id,)):
                set_camera_address(
                    cases,
                    context,
                    Command.of(context.actor.account_id, str(uuid4()), "setCameraAddress", {}, None),
                    camera_id=camera_id,
                    address=given,
                    keep=CameraAccess(cases.factory.datastore, KeyFolder(endpoints.keys)),  # type: ignore[attr-defined] # our factory has one
                )
        answer({"code": code}, as_json=as_json, text=f"{code}: address set")


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
