"""`minhchung units`: what an operator does to units at the machine."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.console import Stop, answer
from cli.deadline import instant

if TYPE_CHECKING:
    from domain.commands.application import CaseSystem
    from domain.unit import Unit


def register(app: typer.Typer) -> None:
    """Add the subcommand."""
    units = typer.Typer(help="Đơn vị · Units.", no_args_is_help=True)
    app.add_typer(units, name="units")

    @units.callback()
    def group() -> None:
        """Đơn vị · Units."""

    _cease(units)

    @units.command("import")
    def import_(
        file: Annotated[Path, typer.Argument(help="CSV: code, name, kind, area, parent, …")],
        dry_run: Annotated[bool, typer.Option("--dry-run", help="Record nothing.")] = False,
        as_json: Annotated[bool, typer.Option("--json")] = False,
    ) -> None:
        """Nạp cây đơn vị, toàn bộ hoặc không gì cả · Take in a tree of units, whole or not at all."""
        from cli.settings import load, resolve
        from cli.table import rows_of, told
        from cli.wiring import application, at_the_machine, rulebook
        from domain.commands.tree import UNIT_COLUMNS, import_units
        from domain.envelope import acting

        rows = rows_of(file, UNIT_COLUMNS)
        with application(resolve(load(), nats=False), role="minhchung_operator") as cases:
            with acting(at_the_machine()):
                found = import_units(cases, rulebook(), rows, datetime.now(UTC))
            told(found, 0 if dry_run else found.save(cases), dry_run=dry_run, as_json=as_json)

    @units.command()
    def export() -> None:
        """Xuất cây đơn vị đang hoạt động, nạp lại được · Write the tree of units that stand, to be imported again."""
        from cli.settings import load, resolve
        from cli.tabular import as_csv
        from cli.wiring import application
        from domain.commands.tree import UNIT_COLUMNS

        with application(resolve(load(), nats=False), role="minhchung_operator") as cases:
            found = sorted(standing(cases, datetime.now(UTC)), key=lambda unit: unit.code)
        codes = {unit.id: unit.code for unit in found}
        rows = [
            {
                "code": one.code,
                "name": one.name,
                "kind": one.kind,
                "area": one.area_path,
                "parent": codes.get(one.parent_unit_id) if one.parent_unit_id else None,
                "valid_from": one.valid_from.isoformat() if one.valid_from else None,
                "document": one.document,
            }
            for one in found
        ]
        sys.stdout.buffer.write(as_csv(UNIT_COLUMNS, rows).encode())
        sys.stdout.buffer.flush()


def _cease(units: typer.Typer) -> None:
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
        """Đơn vị kết thúc hoạt động; hồ sơ mới chuyển cho đơn vị kế thừa · End a unit, and name its successor.

        Of one that ended without a successor it names who follows.
        """
        from cli.settings import load, resolve
        from cli.wiring import application, at_the_machine
        from domain.envelope import acting
        from domain.errors import Refusal
        from domain.unit import Unit
        from domain.unit_guards import has_ended

        at = instant(from_) if from_ else datetime.now(UTC)
        with application(resolve(load(), nats=False), role="minhchung_operator") as cases:
            try:
                unit = cases.find(Unit, Unit.create_id(code))
                heir = cases.find(Unit, Unit.create_id(successor)) if successor else None
                now = datetime.now(UTC)
                with acting(at_the_machine(reason=document)):
                    if heir is not None and has_ended(unit, now) and unit.successor_unit_id is None:
                        unit.name_successor(heir, document=document, now=now, rule=None)
                    else:
                        unit.cease(at=at, successor=heir, document=document, now=now)
                cases.record(*([heir] if heir else []), unit)
            except Refusal as refusal:
                raise Stop(f"units: {refusal}") from None
        answer(
            {"code": code, "ceased_at": at.isoformat(), "successor": successor},
            as_json=as_json,
            text=f"{code}: until {at.isoformat()}, then {successor or 'nobody'}",
        )


def standing(cases: "CaseSystem", at: datetime) -> "list[Unit]":
    """Every unit that has not ended by an instant, read from the log itself: an export wants no read model."""
    from domain.unit import Unit
    from domain.unit_guards import has_ended

    with cases.factory.datastore.get_connection() as conn:  # type: ignore[attr-defined] # our factory has one
        rows = conn.execute(
            "SELECT originator_id FROM events WHERE topic = %s AND originator_version = 1",
            [Unit.Registered.TOPIC],
        ).fetchall()
    found = [cases.find(Unit, row["originator_id"]) for row in rows]
    return [unit for unit in found if not has_ended(unit, at)]
