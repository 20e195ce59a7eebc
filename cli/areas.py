"""`minhchung areas`: what an operator does to the tree of areas at the machine."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the subcommand."""
    areas = typer.Typer(help="Địa bàn · Areas.", no_args_is_help=True)
    app.add_typer(areas, name="areas")

    @areas.callback()
    def group() -> None:
        """Địa bàn · Areas."""

    @areas.command("import")
    def import_(
        file: Annotated[Path, typer.Argument(help="CSV or GeoJSON: path, name, kind, …")],
        dry_run: Annotated[bool, typer.Option("--dry-run", help="Record nothing.")] = False,
        as_json: Annotated[bool, typer.Option("--json")] = False,
    ) -> None:
        """Nạp cây địa bàn, toàn bộ hoặc không gì cả · Take in a tree of areas, whole or not at all."""
        from cli.settings import load, resolve
        from cli.table import rows_of, told
        from cli.wiring import application, at_the_machine, rulebook
        from domain.commands.tree import AREA_COLUMNS, import_areas
        from domain.envelope import acting

        rows = rows_of(file, AREA_COLUMNS, drawn="boundary")
        with application(resolve(load(), nats=False), role="minhchung_operator") as cases:
            with acting(at_the_machine()):
                found = import_areas(cases, rulebook(), rows, datetime.now(UTC))
            told(found, 0 if dry_run else found.save(cases), dry_run=dry_run, as_json=as_json)
