"""The embedded servers and their supervisor: `minhchung up`."""

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add `up`."""

    @app.command()
    def up(
        *,
        port: Annotated[int | None, typer.Option(help="Port on 127.0.0.1; default MINHCHUNG_PORT.")] = None,
        data: Annotated[Path | None, typer.Option(help="Data folder; default MINHCHUNG_DATA.")] = None,
        demo: Annotated[bool, typer.Option("--demo/--no-demo", help="Load the demo jurisdiction.")] = True,
        as_json: Annotated[bool, typer.Option("--json", help="One JSON line once it is ready.")] = False,
    ) -> None:
        """Run everything: PostgreSQL, NATS, migrations and every process, until Ctrl-C."""
        from cli.console import logs_to_stderr
        from cli.settings import load
        from cli.up.main import run

        settings = load({"MINHCHUNG_PORT": port, "MINHCHUNG_DATA": data})
        logs_to_stderr("up")
        run(settings, demo=demo, as_json=as_json)
