"""`minhchung units`: what an operator does to units at the machine."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from cli.console import Stop, answer
from cli.deadline import instant


def register(app: typer.Typer) -> None:
    """Add the subcommand."""
    units = typer.Typer(help="Đơn vị · Units.", no_args_is_help=True)
    app.add_typer(units, name="units")

    @units.callback()
    def group() -> None:
        """Đơn vị · Units."""

    @units.command()
    def cease(
        code: Annotated[str, typer.Argument(help="Mã đơn vị · The unit's code.")],
        document: Annotated[str, typer.Option(help="Văn bản · The document that ends it.")],
        successor: Annotated[
            str | None, typer.Option(help="Mã đơn vị kế thừa · Code of its successor.")
        ] = None,
        from_: Annotated[
            str | None, typer.Option("--from", help="RFC 3339 with offset, or a date; now.")
        ] = None,
        as_json: Annotated[bool, typer.Option("--json")] = False,
    ) -> None:
        """Đơn vị kết thúc hoạt động; hồ sơ mới chuyển cho đơn vị kế thừa · End a unit, and name its successor."""
        from cli.settings import load, resolve
        from cli.wiring import application, at_the_machine
        from domain.envelope import acting
        from domain.errors import Refusal
        from domain.unit import Unit

        at = instant(from_) if from_ else datetime.now(UTC)
        with application(resolve(load(), nats=False), role="minhchung_operator") as cases:
            try:
                unit = cases.find(Unit, Unit.create_id(code))
                heir = cases.find(Unit, Unit.create_id(successor)) if successor else None
                with acting(at_the_machine(reason=document)):
                    unit.cease(at=at, successor=heir, document=document)
                cases.record(unit)
            except Refusal as refusal:
                raise Stop(f"units: {refusal}") from None
        answer(
            {"code": code, "ceased_at": at.isoformat(), "successor": successor},
            as_json=as_json,
            text=f"{code}: until {at.isoformat()}, then {successor or 'nobody'}",
        )
