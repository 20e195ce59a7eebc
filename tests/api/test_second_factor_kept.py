"""A second factor is on record before it is asked for, and whatever happens in between can be mended."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from multiprocessing import get_context
from typing import Any
from uuid import UUID, uuid4

import pytest

from cli.up.endpoints import Endpoints
from cli.wiring import application, rulebook
from domain.account import Account
from domain.clock import legal_date
from domain.commands import credentials as commands
from domain.commands.account import actor_of
from domain.commands.application import CaseSystem, Command
from domain.context import Context
from domain.credentials import Credentials
from store.second_factor import SecondFactors
from tests.support.api import Installation
from tests.support.door import code_at, comes_in, events_since, login, tell
from tests.support.mutations import nothing_recorded
from tests.support.people import Person

NAME = "police.handle"
ACCOUNT = Account.create_id(NAME)
ADMIN = "centre.admin"


@pytest.fixture
def secret(installation: Installation) -> str:
    """The secret of a device that is not confirmed yet."""
    installation.today()
    begun = tell(installation.signed_in(NAME), "enrolSecondFactor", password=installation.passwords[NAME])
    return str(begun["secret"])


def confirms(installation: Installation, secret: str, **given: Any) -> dict[str, Any]:
    """What the first code of the device is answered."""
    code = code_at(secret, installation.now)
    return tell(installation.signed_in(NAME), "confirmSecondFactor", code=code, **given)


def comes(installation: Installation) -> str:
    """What the password alone is answered."""
    return str(login(installation, NAME, installation.passwords[NAME])["__typename"])


def once(first: Callable[[], None], then: Callable[..., Any]) -> Callable[..., Any]:
    """The same, before which something else happens the first time."""
    waiting = [first]

    def both(*given: Any) -> Any:
        found = then(*given)
        if waiting:
            waiting.pop()()
        return found

    return both


@pytest.mark.parametrize("is_new", [True, False])
def test_another_writer(
    installation: Installation, secret: str, monkeypatch: pytest.MonkeyPatch, is_new: bool
) -> None:
    """Who confirms a device while a failure is put on record has confirmed it, and is shown the codes."""
    noted = partial(fails, installation.operator)
    if not is_new:
        noted()
    monkeypatch.setattr(SecondFactors, "is_right", once(noted, SecondFactors.is_right))
    before = installation.head()
    answered = confirms(installation, secret)
    assert answered["__typename"] == "SecondFactorConfirmed", answered
    assert len(answered["recoveryCodes"]) == 10
    recorded = installation.since(before)
    assert recorded == ["credentials:opened"] * is_new + [
        "credentials:failed",
        "credentials:second-factor-confirmed",
    ]
    assert comes(installation) == "SecondFactorNeeded"
    used = answered["recoveryCodes"][0]
    assert (
        login(installation, NAME, installation.passwords[NAME], secondFactor=used)["__typename"] == "Session"
    )


def fails(app: CaseSystem) -> None:
    """Put a failed sign-in on record, as this process and others do beside."""
    now = datetime.now(UTC)

    class One:
        account_id, attempts, since, until, locked, addresses = ACCOUNT, 1, now, now, False, "198.51.100.7"

    commands.record_failures(app, [One()], rulebook="dong-hoi@test")


def die() -> None:
    """End as by `kill -9`."""
    import os
    import signal

    os.kill(os.getpid(), signal.SIGKILL)


def confirm_and_die(endpoints: Endpoints, now: datetime, code: str, key: Command) -> None:
    """Confirm a device in a process of its own, which is killed once that is on record."""
    with application(endpoints, role="minhchung_serve") as app:
        factors = SecondFactors(app.factory.datastore, app.factory.keys)  # type: ignore[attr-defined] # our factory
        is_right = partial(factors.is_right, ACCOUNT, code, now)
        commands.confirm_second_factor(app, context(app, ACCOUNT, now), key, is_right=is_right, keep=die)


def reset_and_die(endpoints: Endpoints, now: datetime, key: Command) -> None:
    """Reset the device of another in a process of its own, which is killed once that is on record."""
    with application(endpoints, role="minhchung_serve") as app:
        acts = context(app, Account.create_id(ADMIN), now)
        commands.reset_second_factor(app, acts, key, account_id=ACCOUNT, is_kept=lambda: True, forget=die)


def context(app: CaseSystem, account_id: UUID, now: datetime) -> Context:
    """The circumstances of somebody's act."""
    rules = rulebook().on(legal_date(now))
    return Context(actor=actor_of(app, account_id), now=now, rulebook=rules, authority=rules.authority)


def killed(work: Callable[..., None], installation: Installation, *given: Any) -> None:
    """Let a process of its own work until it is killed."""
    child = get_context("spawn").Process(target=work, args=(installation.endpoints, installation.now, *given))
    child.start()
    child.join(60)
    assert child.exitcode == -9


def key_of(name: str) -> Command:
    """A command of somebody."""
    return Command.of(Account.create_id(name), str(uuid4()), "test", {}, None)


def reset(installation: Installation) -> dict[str, Any]:
    """What an administrator who resets the device is answered."""
    return tell(installation.signed_in(ADMIN), "resetSecondFactor", accountId=str(ACCOUNT))


def test_killed_when_confirming(installation: Installation, secret: str) -> None:
    """Killed between the log and the door: nobody is asked for a code that they cannot show, and a reset mends it."""
    code = code_at(secret, installation.now)
    killed(confirm_and_die, installation, code, key_of(NAME))
    assert installation.topics(Credentials.create_id(ACCOUNT))[-1] == "credentials:second-factor-confirmed"
    person = comes_in(installation, NAME, installation.passwords[NAME])
    begun = tell(person, "enrolSecondFactor", password=installation.passwords[NAME])
    assert (begun["__typename"], begun["code"]) == ("WrongState", "WRONG_STATE")
    assert reset(installation)["__typename"] == "SecondFactorReset"
    assert enrols(installation)["__typename"] == "SecondFactorConfirmed"


def enrols(installation: Installation) -> dict[str, Any]:
    """What somebody is answered who enrols a device from the beginning."""
    person: Person = comes_in(installation, NAME, installation.passwords[NAME])
    begun = tell(person, "enrolSecondFactor", password=installation.passwords[NAME])
    return tell(person, "confirmSecondFactor", code=code_at(begun["secret"], installation.now))


def test_sent_again(installation: Installation, secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A command that broke off between the log and the door is completed when it is sent again, once."""

    class BrokenError(Exception):
        pass

    def broken(*_: object) -> None:
        raise BrokenError

    command_id = str(uuid4())
    with monkeypatch.context() as patch:
        patch.setattr(SecondFactors, "confirm", broken)
        given = f'{{code: "{code_at(secret, installation.now)}", commandId: "{command_id}"}}'
        failed = installation.signed_in(NAME).answer(
            f"mutation {{ confirmSecondFactor(input: {given}) {{ __typename }} }}"
        )
        assert failed["data"] is None
    with nothing_recorded(installation):
        answered = confirms(installation, secret, commandId=command_id)
    assert (answered["__typename"], len(answered["recoveryCodes"])) == ("SecondFactorConfirmed", 10)
    assert comes(installation) == "SecondFactorNeeded"
    assert confirms(installation, secret, commandId=command_id)["recoveryCodes"] == []


def test_killed_when_resetting(installation: Installation, secret: str) -> None:
    """Killed between the log and the door: the code is still asked for, and another reset takes it away."""
    confirms(installation, secret)
    killed(reset_and_die, installation, key_of(ADMIN))
    assert comes(installation) == "SecondFactorNeeded"
    assert reset(installation)["__typename"] == "SecondFactorReset"
    assert comes(installation) == "Session"
    with nothing_recorded(installation):
        assert reset(installation)["code"] == "WRONG_STATE"


def test_asked_for_and_not_on_record(installation: Installation, secret: str) -> None:
    """Of whom a code is asked that no event speaks of: no secret is drawn that would not count, and a reset helps."""
    SecondFactors(
        installation.services.credentials.datastore,
        installation.services.keys,
    ).confirm(ACCOUNT, code_at(secret, installation.now), installation.now)
    assert comes(installation) == "SecondFactorNeeded"
    with nothing_recorded(installation):
        begun = tell(installation.signed_in(NAME), "enrolSecondFactor", password=installation.passwords[NAME])
    assert (begun["__typename"], begun["code"]) == ("WrongState", "WRONG_STATE")
    before = installation.head()
    assert reset(installation)["__typename"] == "SecondFactorReset"
    assert isinstance(events_since(installation, before)[-1], Credentials.SecondFactorReset)
    assert comes(installation) == "Session"
    assert enrols(installation)["__typename"] == "SecondFactorConfirmed"
