"""The embedded PostgreSQL: what it is, where it runs, and what it survives."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import distribution
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest

from cli.console import Stop
from cli.up import lease
from cli.up import postgres as module
from cli.up.account import CANDIDATES
from cli.up.postgres import Postgres
from cli.up.process import plain_environment
from cli.up.server import PATIENCE_S
from tests.cli.support import ROOT, eventually, held

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root, which PostgreSQL refuses to serve")


class Starts:
    """Starts servers over one data folder, and stops whatever still runs."""

    def __init__(self, sockets: Path) -> None:
        self.sockets = sockets
        self.started: list[Postgres] = []

    def __call__(self, data: Path, *, durable: bool = False) -> Postgres:
        """Return a server that answers."""
        server = Postgres(data, durable=durable, sockets=self.sockets)
        self.started.append(server)
        server.start()
        return server


@pytest.fixture
def start(place: Path) -> Iterator[Starts]:
    """Start servers; they are stopped at the end."""
    starts = Starts(place)
    yield starts
    for server in starts.started:
        server.stop(PATIENCE_S)


def value(url: str, query: str) -> object:
    """Return the one value of a query."""
    with psycopg.connect(url) as conn:
        row = conn.execute(query).fetchone()
        assert row is not None
        return row[0]


def pid_of(server: Postgres) -> int:
    """Return the pid of a running server."""
    assert server.process is not None
    return server.process.pid


class TestWhatItIs:
    """Version, settings and rights of the embedded PostgreSQL."""

    def test_settings(self, place: Path, start: Starts) -> None:
        """PostgreSQL 18 with durable commits, checksums, Vietnamese letters, and no address on the network."""
        url = start(place, durable=True).url
        assert int(str(value(url, "SHOW server_version_num"))) // 10_000 == 18
        expected = {
            "fsync": "on",
            "synchronous_commit": "on",
            "full_page_writes": "on",
            "data_checksums": "on",
            "listen_addresses": "",
            "server_encoding": "UTF8",
            "TimeZone": "UTC",
        }
        assert {name: value(url, f"SHOW {name}") for name in expected} == expected
        assert value(url, "SELECT lower('ĐƯỜNG')") == "đường"
        assert value(url, "SELECT 'Đ' ILIKE 'đ'") is True

    def test_owner(self, shared_postgres: Postgres) -> None:
        """The installation's login owns its database and makes roles it may become; it is no superuser."""
        with psycopg.connect(shared_postgres.url) as conn:
            assert conn.execute(
                "SELECT rolsuper, rolcreaterole FROM pg_roles WHERE rolname = current_user"
            ).fetchone() == (False, True)
            conn.execute("CREATE ROLE reader NOLOGIN")
            conn.execute("CREATE TABLE mine (id int)")
            conn.execute("SET ROLE reader")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                conn.execute("SELECT * FROM mine")

    def test_nobody_without_a_password(self, shared_postgres: Postgres, postgres: str) -> None:
        """Whoever reaches the socket still needs the password, which lies in a file of its owner alone."""
        for url in (shared_postgres.url, postgres):
            password = url.split(":")[2].split("@")[0]
            with pytest.raises(psycopg.OperationalError, match="no password supplied"):
                psycopg.connect(url.replace(password, ""))
        assert (shared_postgres.data / "postgres.secret").stat().st_mode & 0o777 == 0o600

    def test_refused_rows_stay_out_of_the_log(self, shared_postgres: Postgres) -> None:
        """What was refused is logged without its values and without its statement."""
        with psycopg.connect(shared_postgres.url) as conn:
            conn.execute("CREATE TEMP TABLE people (name text, plate text NOT NULL)")
            with pytest.raises(psycopg.errors.NotNullViolation):
                conn.execute("INSERT INTO people VALUES ('canary-name', NULL)")
        text = shared_postgres.log.path.read_text()
        assert "null value in column" in text
        assert "canary-name" not in text


class TestStop:
    """A stop leaves nothing, a killed server is found again."""

    def test_stop(self, data: Path, start: Starts) -> None:
        """A stop with open connections leaves no process and no socket, which had a folder for one account."""
        server = start(data)
        folder = Path(server.url.split("host=")[1])
        assert (folder.parent, folder.stat().st_mode & 0o777) == (data.parent, 0o700)
        with psycopg.connect(server.url):
            assert held(data) == {"postgres"}
            server.stop(PATIENCE_S)
        assert held(data) == set()
        assert not folder.exists()

    def test_killed(self, data: Path, start: Starts) -> None:
        """After kill -9 of the postmaster the next start keeps what was committed."""
        server = start(data)
        with psycopg.connect(server.url) as conn:
            conn.execute("CREATE TABLE kept AS SELECT 7 AS number")
        os.kill(pid_of(server), signal.SIGKILL)
        assert value(start(data).url, "SELECT number FROM kept") == 7

    def test_stale_pid_file(self, data: Path, start: Starts) -> None:
        """A pid file whose pid belongs to another process by now does not look like a running server."""
        server = start(data)
        pid_file = server._cluster / "postmaster.pid"
        lines = pid_file.read_text().splitlines()
        os.kill(pid_of(server), signal.SIGKILL)
        eventually(lambda: not held(data))
        # the shape F10 was found in: alive, another program, and the account of the server
        program = [sys.executable, "-S", "-c", "import signal; signal.pause()"]
        with subprocess.Popen(program) as other:
            pid_file.write_text("\n".join([str(other.pid), *lines[1:]]) + "\n")
            assert value(start(data).url, "SELECT 1") == 1
            assert other.poll() is None
            other.kill()

    def test_orphan(self, data: Path, start: Starts) -> None:
        """A server that outlived its supervisor is stopped, and the data folder is taken over."""
        orphan = Postgres(data, durable=False, sockets=data.parent)
        orphan.prepare()
        account = orphan._account
        with subprocess.Popen(
            orphan.command(),  # no leash
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=[orphan._lease],
            cwd="/",
            env=plain_environment(),
            start_new_session=True,
            user=account.uid if account else None,
            group=account.gid if account else None,
        ) as process:
            lease.record(orphan._lease, process.pid)
            orphan._release()
            eventually(orphan.answers)
            with psycopg.connect(orphan.url) as conn:
                conn.execute("CREATE TABLE kept AS SELECT 8 AS number")
            assert value(start(data).url, "SELECT number FROM kept") == 8
            assert process.wait(10) == 0

    def test_half_made(self, place: Path, start: Starts) -> None:
        """What a killed initdb left is thrown away."""
        (place / "postgres.new").mkdir()
        (place / "postgres.new" / "PG_VERSION").write_text("18\n")
        assert value(start(place).url, "SELECT 1") == 1
        assert not (place / "postgres.new").exists()

    def test_lost_password(self, data: Path, start: Starts) -> None:
        """A password file that is not the database's is named."""
        start(data).stop(PATIENCE_S)
        secret = data / "postgres.secret"
        secret.write_text('{"postgres": "wrong", "minhchung": "wrong"}')
        with pytest.raises(Stop) as caught:
            start(data)
        expected = f"its password is not the one of {data}/postgres; restore the file that was made with it"
        assert str(caught.value) == f"{secret}: {expected}"
        assert held(data) == set()

    def test_ended_while_starting(self, data: Path, start: Starts) -> None:
        """A server that cannot start is quoted."""
        server = start(data)
        server.stop(PATIENCE_S)
        (server._cluster / "global" / "pg_control").unlink()
        with pytest.raises(
            Stop, match=r"^postgres ended while starting: .*could not find the database system"
        ):
            start(data)


@as_root
class TestAsRoot:
    """As root the server runs as somebody else, and no permission of other folders is changed."""

    def test_drops(self, place: Path, start: Starts) -> None:
        """The server and the cluster belong to an unprivileged account that has a passwd entry."""
        server = start(place)
        owner = (place / "postgres").stat().st_uid
        assert pwd.getpwuid(owner).pw_name in CANDIDATES
        assert Path(f"/proc/{pid_of(server)}").stat().st_uid == owner
        assert place.stat().st_mode & 0o777 == 0o711

    def test_home_of_root(
        self, place: Path, start: Starts, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        """From a checkout under a 0700 home it runs a copy over data elsewhere, says so, and finds them again."""
        home, elsewhere = place / "home", place / "elsewhere"
        home.mkdir(mode=0o700)
        spec = find_spec(module.PACKAGE)
        assert spec is not None
        assert spec.origin is not None
        package = Path(spec.origin).parent
        record = Path(str(distribution(module.PACKAGE).locate_file("")))
        for name in (
            module.PACKAGE,
            f"{module.PACKAGE}.libs",
            *(p.name for p in record.glob(f"{module.PACKAGE}-*")),
        ):
            shutil.copytree(package.parent / name, home / "site" / name, symlinks=True, copy_function=_link)
        monkeypatch.syspath_prepend(home / "site")
        monkeypatch.setattr(module, "ELSEWHERE", elsewhere)
        data = home / "var"
        data.mkdir(mode=0o700)

        server = start(data)
        copy, cluster = server._programs, server._cluster
        assert copy.is_relative_to(elsewhere)
        assert cluster.parent == elsewhere
        assert [record.getMessage().split(" cannot reach ")[1] for record in caplog.records] == [
            f"{home}/site/{module.PACKAGE}: using a copy in {copy.parents[2]}",
            f"{data}: the database is in {cluster}",
        ]
        with psycopg.connect(server.url) as conn:
            conn.execute("CREATE TABLE kept AS SELECT 9 AS number")
        server.stop(PATIENCE_S)
        assert [path.stat().st_mode & 0o777 for path in (home, data)] == [0o700, 0o700]
        assert value(start(data).url, "SELECT number FROM kept") == 9

        start.started[-1].stop(PATIENCE_S)
        shutil.rmtree(data)
        data.mkdir(mode=0o700)
        assert value(start(data).url, "SELECT count(*) FROM pg_tables WHERE tablename = 'kept'") == 0
        assert len(list(elsewhere.glob("data-*.left-*"))) == 1

    def test_ordinary_user(self, place: Path) -> None:
        """An ordinary account runs the server itself."""
        nobody = pwd.getpwnam("nobody")
        python = next(
            (
                path
                for path in (sys.executable, f"/usr/bin/python3.{sys.version_info.minor}")
                if Path(path).exists()
                and not _as(nobody.pw_uid, [path, "-c", f"open({str(ROOT / 'cli')!r} + '/main.py')"])
            ),
            None,
        )
        if python is None:
            pytest.skip(
                "no Python of this version that an ordinary account reaches together with the checkout"
            )
        data = place / "theirs"
        data.mkdir()
        os.chown(data, nobody.pw_uid, nobody.pw_gid)
        script = (
            "import os, sys, psycopg; from pathlib import Path; from cli.up.postgres import Postgres\n"
            f"server = Postgres(Path({str(data)!r}), sockets=Path({str(data)!r}))\n"
            "server.start()\n"
            "with psycopg.connect(server.url) as conn:\n"
            "    assert conn.execute('SHOW fsync').fetchone() == ('on',)\n"
            "assert Path('/proc', str(server.process.pid)).stat().st_uid == os.getuid() != 0\n"
            "server.stop(20)\n"
        )
        site = Path(str(distribution("psycopg").locate_file("")))
        assert _as(nobody.pw_uid, [python, "-c", script], {"PYTHONPATH": f"{ROOT}:{site}"}) == ""
        assert held(data) == set()


def _link(source: str, target: str) -> None:
    """Copy a file, by a link where that can be."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _as(uid: int, program: list[str], environment: dict[str, str] | None = None) -> str:
    """Run a program as another account; returns what it complained of."""
    try:
        ran = subprocess.run(
            program,
            user=uid,
            group=uid,
            extra_groups=[],
            cwd="/",
            env={"PATH": os.defpath, "PYTHONDONTWRITEBYTECODE": "1", **(environment or {})},
            capture_output=True,
            text=True,
            check=False,
        )
    except PermissionError as error:
        return str(error)
    return ran.stderr if ran.returncode else ""


def test_longest_socket(place: Path) -> None:
    """A folder too deep for a socket is not used for one."""
    deep = place / ("x" * 90)
    deep.mkdir()
    with pytest.raises(Stop, match="no folder for PostgreSQL's socket"):
        Postgres(place, durable=False, sockets=deep).prepare()
