"""A code of a device besides the password: enrolled by its person, asked for at the door, each taken once."""

import base64
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from domain.account import Account
from domain.credentials import Credentials
from domain.session import Session
from store.second_factor import SecondFactors, _step_of, _totp
from tests.support.api import Installation
from tests.support.door import code_at, code_of, comes_in, events_since, login, tell
from tests.support.mutations import nothing_recorded
from tests.support.people import Person
from tests.support.sites import QUANG_TRI, Settled, Site

NAME = "centre.admin"
OTHER = "second.admin"


@pytest.fixture
def enrolled(installation: Installation) -> tuple[str, list[str]]:
    """The administrator has enrolled a device; its secret, and the recovery codes."""
    return enrol(installation, installation.signed_in(NAME))


def enrol(installation: Installation, person: Person) -> tuple[str, list[str]]:
    """Enrol a device of somebody; its secret, and the recovery codes."""
    begun = tell(person, "enrolSecondFactor", password=installation.passwords[NAME])
    assert begun["__typename"] == "SecondFactorBegun"
    confirmed = tell(person, "confirmSecondFactor", code=code_of(begun["uri"], installation.now))
    assert confirmed["__typename"] == "SecondFactorConfirmed"
    return begun["secret"], confirmed["recoveryCodes"]


def signs_in(installation: Installation, **more: str) -> dict[str, Any]:
    """What the administrator's right password is answered."""
    return login(installation, NAME, installation.passwords[NAME], **more)


class TestCodes:
    """RFC 6238: the code of a time step, and of the steps beside it."""

    @pytest.mark.parametrize(
        "second, code",
        [(1111111111, "050471"), (1111111109, "081804"), (1234567890, "005924"), (2000000000, "279037")],
    )
    def test_vectors(self, second: int, code: str) -> None:
        """The codes are those of the RFC's own table, in six digits."""
        secret, at = b"12345678901234567890", datetime.fromtimestamp(second, UTC)
        assert code_at(base64.b32encode(secret).decode(), at) == code
        step = _step_of(_totp(secret), code, at)
        assert step == second // 30
        for drift, found in ((-60, None), (-30, step), (30, step), (60, None)):
            assert _step_of(_totp(secret), code, at + timedelta(seconds=drift)) == found

    @pytest.mark.parametrize("code", ["", "28708", "2870822", "abcdef", "２８７０８２", "28708\x00"])
    def test_no_code(self, code: str) -> None:
        """What is no code of six digits is none."""
        assert _step_of(_totp(b"12345678901234567890"), code, datetime.fromtimestamp(59, UTC)) is None


class TestEnrolling:
    """Whoever shows their password enrols a device, and confirms it by its first code."""

    def test_enrolled(self, installation: Installation, enrolled: tuple[str, list[str]]) -> None:
        """From the first code on the password alone opens nothing; the log says that, and no secret."""
        secret, recovery = enrolled
        assert (len(base64.b32decode(secret)), len(set(recovery))) == (20, 10)
        assert installation.topics(Credentials.create_id(Account.create_id(NAME))) == [
            "credentials:opened",
            "credentials:second-factor-confirmed",
        ]
        asked = signs_in(installation)
        assert (asked["__typename"], asked["code"], asked["en"]) == (
            "SecondFactorNeeded",
            "SECOND_FACTOR_NEEDED",
            "A code is needed: send it again with secondFactor",
        )
        later = installation.now = installation.now + timedelta(seconds=30)
        assert signs_in(installation, secondFactor=code_at(secret, later))["__typename"] == "Session"

    def test_unconfirmed(self, installation: Installation) -> None:
        """A secret that was drawn and never confirmed is asked of nobody; drawn again, only the last counts."""
        person = installation.signed_in(NAME)
        first, last = (
            tell(person, "enrolSecondFactor", password=installation.passwords[NAME]) for _ in range(2)
        )
        assert signs_in(installation)["__typename"] == "Session"
        with nothing_recorded(installation):
            refused = tell(person, "confirmSecondFactor", code=code_of(first["uri"], installation.now))
        assert (refused["__typename"], refused["path"]) == ("InvalidInput", "code")
        confirmed = tell(person, "confirmSecondFactor", code=code_of(last["uri"], installation.now))
        assert confirmed["__typename"] == "SecondFactorConfirmed"

    def test_only_one(self, installation: Installation, enrolled: tuple[str, list[str]]) -> None:
        """Who has a device enrols no other: a session alone takes nobody's second factor away."""
        with nothing_recorded(installation):
            refused = tell(
                installation.signed_in(NAME), "enrolSecondFactor", password=installation.passwords[NAME]
            )
        assert refused["code"] == "WRONG_STATE"

    def test_without_the_password(self, installation: Installation) -> None:
        """An open session alone enrols no device."""
        with nothing_recorded(installation):
            refused = tell(installation.signed_in(NAME), "enrolSecondFactor", password="Wrong-1!")
        assert refused["en"] == "The password is wrong"


class TestTakenOnce:
    """A code of a time step, and a recovery code, open one session and no second."""

    def test_again(self, installation: Installation, enrolled: tuple[str, list[str]]) -> None:
        """A code that was taken is wrong, and so is one of an earlier step, and the one it was confirmed with."""
        secret, _ = enrolled
        assert signs_in(installation, secondFactor=code_at(secret, installation.now))["code"] == "FORBIDDEN"
        later = installation.now = installation.now + timedelta(minutes=5)
        code = code_at(secret, later)
        assert signs_in(installation, secondFactor=code)["__typename"] == "Session"
        for one in (code, code_at(secret, later - timedelta(seconds=30)), "000000"):
            refused = signs_in(installation, secondFactor=one)
            assert refused["en"] == "The code is wrong, was used, or is too old"

    def test_at_once(self, installation: Installation, enrolled: tuple[str, list[str]]) -> None:
        """Of many who show one code at the same moment, by whatever process, one is let in."""
        secret, recovery = enrolled
        factory: Any = installation.operator.factory
        account, later = Account.create_id(NAME), installation.now + timedelta(minutes=5)
        code = code_at(secret, later)
        factors = [SecondFactors(installation.services.credentials.datastore, factory.keys) for _ in range(8)]
        with ThreadPoolExecutor(8) as pool:
            taken = list(pool.map(lambda one: one.take(account, code, later), factors))
            spent = list(pool.map(lambda one: one.take_recovery(account, recovery[0]), factors))
        assert taken.count(True) == 1
        assert [left for left in spent if left is not None] == [9]

    def test_recovery(self, installation: Installation, enrolled: tuple[str, list[str]]) -> None:
        """A recovery code opens one session without the device, and is on record as spent."""
        _, recovery = enrolled
        before = installation.head()
        assert signs_in(installation, secondFactor=recovery[3])["__typename"] == "Session"
        used = events_since(installation, before)[0]
        assert isinstance(used, Credentials.RecoveryCodeUsed)
        assert used.left == 9
        assert signs_in(installation, secondFactor=recovery[3])["code"] == "FORBIDDEN"
        typed = f" {recovery[4][:8].upper()}-{recovery[4][8:]}"
        assert signs_in(installation, secondFactor=typed)["__typename"] == "Session"

    def test_guessing(self, installation: Installation, enrolled: tuple[str, list[str]]) -> None:
        """Who has the password guesses ten codes; who asks what is needed has guessed nothing."""
        for _ in range(12):
            assert signs_in(installation)["code"] == "SECOND_FACTOR_NEEDED"
        answers = [signs_in(installation, secondFactor=f"{n:06d}")["en"] for n in range(11)]
        assert answers.count("The code is wrong, was used, or is too old") == 10
        assert answers[-1] == "Too many failed sign-ins; try again in a few minutes"


class TestReset:
    """A lost device is taken away by another administrator."""

    @pytest.fixture
    def other(self, installation: Installation) -> Person:
        """Another administrator of the Centre."""
        return installation.open_account(
            OTHER,
            unit_id=installation.services.app.find(Account, Account.create_id(NAME)).unit_id,
            role="ADMINISTRATOR",
        )

    def test_reset(self, installation: Installation, enrolled: tuple[str, list[str]], other: Person) -> None:
        """The password alone opens again, no old code does anything, and every session has ended."""
        account, before = str(Account.create_id(NAME)), installation.head()
        answered = tell(other, "resetSecondFactor", accountId=account)
        assert answered["accountId"] == account
        ended, event = events_since(installation, before)
        assert isinstance(ended, Session.Revoked)
        assert isinstance(event, Credentials.SecondFactorReset)
        assert event.envelope.by == str(Account.create_id(OTHER))
        assert installation.signed_in(NAME).error("{ me { id } }")["code"] == "UNAUTHENTICATED"
        person = comes_in(installation, NAME, installation.passwords[NAME])
        assert tell(other, "resetSecondFactor", accountId=account)["code"] == "WRONG_STATE"
        secret, _ = enrol(installation, person)
        assert secret != enrolled[0]

    def test_not_one_s_own(self, installation: Installation, enrolled: tuple[str, list[str]]) -> None:
        """Nobody takes their own away."""
        with nothing_recorded(installation):
            refused = tell(
                installation.signed_in(NAME), "resetSecondFactor", accountId=str(Account.create_id(NAME))
            )
        assert refused["code"] == "SAME_PERSON"

    def test_not_by_others(self, installation: Installation, enrolled: tuple[str, list[str]]) -> None:
        """Whoever administers no account takes nobody's away."""
        refused = tell(
            installation.signed_in("police.lead"), "resetSecondFactor", accountId=str(Account.create_id(NAME))
        )
        assert refused["code"] == "FORBIDDEN"
        assert signs_in(installation)["code"] == "SECOND_FACTOR_NEEDED"


@pytest.mark.rule("R-QT-10.4.b")
def test_where_the_profile_asks(settled: Callable[[Site], Settled]) -> None:
    """Under Quảng Trị an administrator without a device may only enrol one, and changes a password of ninety days."""
    site = settled(
        replace(
            QUANG_TRI,
            people={
                **QUANG_TRI.people,
                NAME: (QUANG_TRI.operator, "ADMINISTRATOR", False),
            },
        )
    )
    place = site.place
    place.passwords = {NAME: "Cầu Hiền Lương 17!", "board": "Sông Bến Hải 54?"}
    for name, password in place.passwords.items():
        place.services.credentials.set_password(Account.create_id(name), password)
    place.today()
    assert comes_in(place, "board", place.passwords["board"]).ask("{ units { totalCount } }")
    person = comes_in(place, NAME, place.passwords[NAME])
    assert person.error("{ units { totalCount } }")["code"] == "SECOND_FACTOR_MISSING"
    enrol(place, person)
    assert person.ask("{ units { totalCount } }")
    place.now += timedelta(days=90)
    error = person.error("{ units { totalCount } }")
    assert (error["code"], error["rule"]) == ("PASSWORD_EXPIRED", "R-QT-10.4.b")


def test_no_secret_in_clear(
    installation: Installation, enrolled: tuple[str, list[str]], caplog: pytest.LogCaptureFixture
) -> None:
    """Neither the secret nor a recovery code nor a code stands in clear in a table, an event or a log."""
    caplog.set_level(logging.DEBUG)
    secret, recovery = enrolled
    later = installation.now = installation.now + timedelta(minutes=5)
    code = code_at(secret, later)
    signs_in(installation, secondFactor=code)
    signs_in(installation, secondFactor=recovery[0])
    raw = base64.b32decode(secret)
    with psycopg.connect(installation.endpoints.database_url) as conn:
        found = b"".join(
            row[0]
            for table in ("second_factors", "recovery_codes", "events", "sessions", "commands")
            for row in conn.execute(
                psycopg.sql.SQL("SELECT convert_to(t::text, 'UTF8') FROM {} AS t").format(
                    psycopg.sql.Identifier(table)
                )
            )
        )
    for one in (secret.encode(), raw.hex().encode(), recovery[1].encode(), recovery[0].encode()):
        assert one not in found
    assert [one for one in (secret, code, *recovery) if one in caplog.text] == []
