"""`minhchung migrate`: applied once, by whoever comes first, through whatever address libpq reads."""

import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
import typer
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from typer.testing import CliRunner

from cli.console import Stop
from cli.migrate import migrate, packaged, register
from cli.up.postgres import OWNER, Postgres

FIRST = "20260101000001_first.sql"
SECOND = "20260101000002_second.sql"
DOWN = "-- migrate:down\n"  # dbmate insists, though nothing is ever taken back


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A folder of two migrations."""
    (tmp_path / FIRST).write_text("-- migrate:up\nCREATE TABLE first (id int);\n" + DOWN)
    (tmp_path / SECOND).write_text("-- migrate:up\nCREATE TABLE second (id int);\n" + DOWN)
    return tmp_path


@pytest.fixture
def empty(shared_postgres: Postgres, postgres: str) -> Iterator[str]:
    """The address of a database without tables."""
    name = sql.Identifier("empty")
    with psycopg.connect(postgres, autocommit=True) as conn:
        conn.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(name, sql.Identifier(OWNER)))
        yield shared_postgres.url_of(OWNER, "empty")
        conn.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


def tables(url: str) -> set[str]:
    """Return the tables of a database."""
    with psycopg.connect(url) as conn:
        rows = conn.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        return {name for (name,) in rows}


class TestApply:
    """What is missing is applied, in order, once."""

    def test_once(self, empty: str, files: Path) -> None:
        """The first run applies both and names them, the second nothing."""
        assert migrate(empty, files) == [FIRST, SECOND]
        assert migrate(empty, files) == []
        assert tables(empty) == {"first", "second", "schema_migrations"}

    def test_ours(self, empty: str) -> None:
        """This version's own migrations apply to an empty database, by an owner who is no superuser."""
        ours = sorted(path.name for path in packaged().glob("*.sql"))
        assert migrate(empty) == ours
        assert "events" in tables(empty)

    def test_two_at_once(self, empty: str, postgres: str, tmp_path: Path) -> None:
        """Two that start together both succeed, and each migration is applied by one of them, twenty times."""
        for n in range(20):
            text = f"-- migrate:up\nCREATE TABLE t{n} (id int);\nCREATE ROLE twice_{n} NOLOGIN;\n" + DOWN
            (tmp_path / f"{n + 1:014}_t.sql").write_text(text)
            with ThreadPoolExecutor(2) as both:
                done = list(both.map(lambda _: migrate(empty, tmp_path), range(2)))
            assert sorted(done) == [[], [f"{n + 1:014}_t.sql"]]
        with psycopg.connect(postgres) as conn:
            for n in range(20):
                conn.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(f"twice_{n}")))

    def test_wrong_sql(self, empty: str, files: Path) -> None:
        """A migration that fails is named with the reason, and nothing of it stays."""
        (files / SECOND).write_text("-- migrate:up\nCREATE TABLE second (id int);\nSELECT nothing;\n" + DOWN)
        with pytest.raises(
            Stop, match=rf"^migration failed in {SECOND}: .*column \"nothing\" does not exist"
        ) as caught:
            migrate(empty, files)
        assert "\n" not in str(caught.value)
        assert tables(empty) == {"first", "schema_migrations"}

    def test_no_files(self, empty: str, tmp_path: Path) -> None:
        """A folder without migrations is named."""
        with pytest.raises(Stop) as caught:
            migrate(empty, tmp_path)
        assert str(caught.value) == f"{tmp_path}: expected migrations, files named <version>_<name>.sql"


class TestCommand:
    """`minhchung migrate` as it is typed."""

    @pytest.fixture
    def app(self) -> typer.Typer:
        """A command line with this subcommand."""
        app = typer.Typer()
        register(app)
        return app

    def test_answers(self, app: typer.Typer, empty: str) -> None:
        """The first run names what it applied, the second says that there was nothing to do."""
        ours = sorted(path.name for path in packaged().glob("*.sql"))
        first = CliRunner().invoke(app, ["--json"], env={"DATABASE_URL": empty}, catch_exceptions=False)
        assert (first.exit_code, json.loads(first.stdout.splitlines()[-1])) == (0, {"applied": ours})
        second = CliRunner().invoke(app, [], env={"DATABASE_URL": empty}, catch_exceptions=False)
        assert (second.exit_code, second.stdout) == (0, "nothing to apply: the database is current\n")


class TestAddress:
    """The whole DATABASE_URL is honoured, and its password is shown to nobody."""

    def test_several_hosts(self, empty: str, files: Path, tmp_path: Path) -> None:
        """Of several hosts the one that takes writes is migrated, dead ones are passed over."""
        url = empty.replace("host=", "host=/nonexistent,") + "&port=5432,5432&target_session_attrs=read-write"
        assert migrate(url, files) == [FIRST, SECOND]

    def test_key_and_value(self, empty: str, files: Path) -> None:
        """The other form libpq reads serves as well."""
        assert migrate(make_conninfo(empty), files) == [FIRST, SECOND]

    def test_process_list(self, empty: str, files: Path) -> None:
        """While it runs, no process shows the password among its arguments."""
        password = str(conninfo_to_dict(empty)["password"])
        (files / SECOND).write_text("-- migrate:up\nSELECT pg_sleep(0.5);\n" + DOWN)
        seen = b""
        with ThreadPoolExecutor(1) as one:
            running = one.submit(migrate, empty, files)
            while not running.done():
                for path in Path("/proc").glob("[0-9]*/cmdline"):
                    try:
                        seen += path.read_bytes()
                    except OSError:
                        continue
        assert running.result() == [FIRST, SECOND]
        assert b"dbmate" in seen
        assert password.encode() not in seen

    @pytest.mark.parametrize(
        "url, expected",
        [
            ("postgresql://a:canary@/x?host=/nonexistent", r"No such file or directory"),
            ("postgresql://a:canary@127.0.0.1:1/x", r"refused"),
            ("postgresql://a:canary@127.0.0.1/x?sslmode=perhaps", r"invalid sslmode value"),
        ],
    )
    def test_unreachable(self, files: Path, url: str, expected: str) -> None:
        """A database that cannot be reached is one line with the variable, and without the password."""
        with pytest.raises(Stop) as caught:
            migrate(url, files)
        text = str(caught.value)
        assert text.startswith("DATABASE_URL: expected a database that takes the connection: ")
        assert re.search(expected, text)
        assert "canary" not in text
        assert "\n" not in text

    def test_wrong_password(self, empty: str, files: Path) -> None:
        """A refused login names the variable and shows no password."""
        password = str(conninfo_to_dict(empty)["password"])
        with pytest.raises(Stop, match="password authentication failed") as caught:
            migrate(empty.replace(password, "canary"), files)
        assert "canary" not in str(caught.value)
