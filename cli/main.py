"""`minhchung`: the one command. Each subcommand is a module of this folder and a composition root of its own."""

import importlib
import logging
import os
import sys

import psycopg
import typer
from eventsourcing import persistence

from cli.console import Stop
from store.keys import KeyUnreadableError

app = typer.Typer(
    name="minhchung",
    help="Hệ thống hồ sơ sau camera công cộng · The case system behind public cameras.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def group() -> None:
    """Hệ thống hồ sơ sau camera công cộng · The case system behind public cameras."""


SUBCOMMANDS = (
    "accounts",
    "areas",
    "bench",
    "cameras",
    "deadline",
    "detect",
    "intake",
    "links",
    "may",
    "migrate",
    "outbox",
    "project",
    "rebuild",
    "recording",
    "replay",
    "rules",
    "schedule",
    "schema",
    "serve",
    "units",
    "up",
)


def main() -> None:
    """Run the command line; whatever a subcommand cannot do ends in one line and an exit status."""
    asked = sys.argv[1:2]
    # only what was asked for is imported: a worker needs no GraphQL, and the other way round
    for name in [n for n in SUBCOMMANDS if n in asked] or SUBCOMMANDS:
        importlib.import_module(f"cli.{name}").register(app)
    try:
        app()
    except Stop as stop:
        if str(stop):
            sys.stderr.write(f"minhchung: {stop}\n")
        raise SystemExit(stop.status) from None
    except (psycopg.OperationalError, persistence.OperationalError, persistence.InterfaceError) as error:
        logging.getLogger(__name__).debug("the database", exc_info=error)
        sys.stderr.write(
            "minhchung: the database cannot be reached: start `minhchung up`, or check DATABASE_URL\n"
        )
        raise SystemExit(1) from None
    except KeyUnreadableError as error:
        sys.stderr.write(f"minhchung: {error}\n")
        raise SystemExit(1) from None
    except BrokenPipeError:
        # the reader has gone (`minhchung … | head`): nothing is left to say, and nobody to say it to
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
