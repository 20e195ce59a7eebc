"""The product's own processes over the servers of a run, and somebody who is signed in."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from bench.installation import Installation
from bench.sample import Sample
from domain.account import Account
from domain.commands import account as accounts
from domain.commands.application import CaseSystem
from domain.envelope import acting
from domain.unit import Unit
from store.credentials import Credentials, NewSession

PATIENCE_S = 60.0


def signed_in(operator: CaseSystem, sample: Sample) -> str:
    """Give the token of somebody at the Centre, whose cases these are."""
    with acting(sample.at_centre().envelope("case.view")):
        account = officer_of(operator, sample.centre)
    return token_of(operator, account.id, sample.rulebook.version)


def officer_of(operator: CaseSystem, unit: Unit) -> Account:
    """Open the account of an approving officer; inside an act of whoever sets the installation up."""
    return accounts.open_account(
        operator,
        name=f"bench.{unit.code.lower()}",
        full_name="Người Mẫu",
        unit_id=unit.id,
        role="APPROVER",
        leader=False,
    )


def token_of(operator: CaseSystem, account_id: UUID, rulebook: str) -> str:
    """Give a token of a new session."""
    credentials = Credentials(operator.factory.datastore)  # type: ignore[attr-defined] # our factory has one
    session = NewSession(uuid4(), timedelta(hours=8))
    opened = credentials.open_session(account_id, session)
    accounts.open_session(
        operator,
        accounts.actor_of(operator, account_id, now=datetime.now(UTC)),
        now=datetime.now(UTC),
        expires_at=opened.expires_at,
        rulebook=rulebook,
        session_id=session.session_id,
    )
    return opened.token


def free_port() -> int:
    """A port nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@contextmanager
def process(command: list[str], environment: Mapping[str, str]) -> Iterator[int]:
    """Run a command until the block ends; its process id."""
    running = subprocess.Popen(command, env={**os.environ, **environment}, stderr=subprocess.DEVNULL)
    try:
        yield running.pid
    finally:
        running.terminate()
        running.wait(PATIENCE_S)


def of_minhchung(name: str, at: Installation, port: int) -> tuple[list[str], dict[str, str]]:
    """One process of the product over a run's servers, for `process`."""
    environment = {
        "DATABASE_URL": at.database_url,
        "MINHCHUNG_KEYS": str(at.keys),
        "MINHCHUNG_PORT": str(port),
    }
    return [sys.executable, "-m", "cli.main", name], environment


def listens(port: int) -> None:
    """Wait until something takes connections there."""
    give_up_at = time.monotonic() + PATIENCE_S
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            if time.monotonic() > give_up_at:
                raise
            time.sleep(0.05)
        else:
            return
