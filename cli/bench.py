"""`minhchung bench`: every benchmark beside its baseline, on servers of its own."""

import asyncio
import json
import logging
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.console import Stop, logs_to_stderr, usage

ON_SERVERS = (
    "append_statement",
    "append_command",
    "case_load",
    "rebuild",
    "intake",
    "outbox",
    "subscribe",
    "queue_page",
    "queue_growth",
    "cameras",
    "login_storm",
)
ALONE = ("authorise", "deadline", "detect_overhead", "extract", "hostile")
NAMES = (*ON_SERVERS, *ALONE)
"""Each is a module of `bench/` whose `run` yields its lines; those on servers are given an installation.

They are imported by name: neither `cli` nor `bench` builds on the other.
"""


def register(app: typer.Typer) -> None:
    """Add the subcommand."""

    @app.command("bench")
    def command(
        name: Annotated[str | None, typer.Argument(help=f"One of {', '.join(NAMES)}; all without.")] = None,
        *,
        as_json: Annotated[bool, typer.Option("--json", help="As without: one JSON object a line.")] = False,  # noqa: ARG001
    ) -> None:
        """Đo hiệu năng bên cạnh mốc so sánh · Measure beside a baseline, one JSON object a line.

        It starts servers of its own in a temporary folder. DATABASE_URL and NATS_URL are used where they are
        set; their log must be empty, and what is measured stays in it.
        """
        if name is not None and name not in NAMES:
            usage(f"bench: expected one of {', '.join(NAMES)}, not {name}")
        logs_to_stderr("bench", level=logging.WARNING)
        chosen = [one for one in NAMES if name in {None, one} and find_spec(f"bench.{one}")]
        with ExitStack() as stack:
            at = stack.enter_context(installation()) if set(chosen) & set(ON_SERVERS) else None
            for one in chosen:
                run = import_module(f"bench.{one}").run
                for line in run(at) if one in ON_SERVERS else run():
                    typer.echo(json.dumps(line))


@contextmanager
def installation() -> Iterator[Any]:
    """Give the migrated, empty servers to measure on; embedded ones are as durable as those of `up`."""
    from cli.migrate import migrate
    from cli.settings import load
    from cli.up.nats import Nats
    from cli.up.postgres import Postgres
    from cli.up.server import PATIENCE_S

    settings = load()
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="minhchung-bench-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        folder.chmod(0o711)  # PostgreSQL runs as another account where this one is root
        if settings.database_url:
            database_url = settings.database_url.get_secret_value()
        else:
            postgres = Postgres(folder)
            stack.callback(postgres.stop, PATIENCE_S)
            postgres.start()
            database_url = postgres.url
        if settings.nats_url:
            nats_url = settings.nats_url.get_secret_value()
            asyncio.run(_refuse_streams(nats_url))
        else:
            nats = Nats(folder)
            stack.callback(nats.stop, PATIENCE_S)
            nats.start()
            nats_url = nats.url
        migrate(database_url)
        _refuse_events(database_url)
        made = import_module("bench.installation").Installation
        yield made(database_url, nats_url, folder / "keys")


def _refuse_events(database_url: str) -> None:
    import psycopg

    with psycopg.connect(database_url) as conn:
        if conn.execute("SELECT 1 FROM events LIMIT 1").fetchone():
            raise Stop("DATABASE_URL: expected a database with an empty log: what is measured stays in it")


async def _refuse_streams(nats_url: str) -> None:
    import nats
    import nats.errors

    from api.messages.streams import DETECTIONS, EVENTS

    try:
        connection = await nats.connect(nats_url.split(","), allow_reconnect=False)
    except (nats.errors.Error, OSError) as error:
        raise Stop(f"NATS_URL: expected a broker that takes the connection: {type(error).__name__}") from None
    try:
        names = [info.config.name for info in await connection.jetstream().streams_info()]
    finally:
        await connection.close()
    for name in {DETECTIONS, EVENTS} & set(names):
        raise Stop(f"NATS_URL: expected a broker without a stream {name}: measuring would mix with it")
