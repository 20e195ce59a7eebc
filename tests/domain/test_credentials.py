"""What opens an account: its failures on record, its second factor, its linked identity, and who administers it."""

from dataclasses import replace
from uuid import UUID

import pytest

from domain.account import Account
from domain.credentials import Credentials, Stranger, check_administer, check_watch
from domain.envelope import acting
from domain.errors import Forbidden, NotFound, Refusal, SamePerson, WrongState
from domain.personal import Personal
from domain.unit import Unit
from tests.support.examples import fields_of
from tests.support.spec import CENTRE, NOW, POLICE, SOMEBODY, actor, fact, given, legal, when
from tests.support.spec import context as context_of
from tests.support.spec import unit as unit_of

OWNER = UUID(int=7)
OPENED = fact(Credentials.Opened, account_id=OWNER)
CONFIRMED = fact(Credentials.SecondFactorConfirmed)
FROM = Personal.said(OWNER, "192.0.2.17")
LINKED = fact(
    Credentials.IdentityLinked,
    issuer="https://id.example",
    subject=Personal.said(OWNER, "nguyen.van.mau"),
)


class TestFailures:
    """Attempts that failed are on record together, and that they ran out."""

    @pytest.mark.rule("R-DB-10.4.0")
    @pytest.mark.parametrize("locked", [False, True])
    def test_failed(self, locked: bool) -> None:
        """One event for all of them, and one for the lock where there was one."""
        said = {"attempts": 10, "since": legal("2026-06-02 07:58"), "until": NOW}
        facts = [fact(Credentials.Failed, **said, addresses=FROM)]
        with acting(SOMEBODY):
            given(Credentials, OPENED).when(
                lambda one: one.fail(
                    attempts=10,
                    since=legal("2026-06-02 07:58"),
                    until=NOW,
                    addresses="192.0.2.17",
                    locked=locked,
                )
            ).then(*facts, *([fact(Credentials.Locked, addresses=FROM)] if locked else []))

    @pytest.mark.rule("R-QT-5.3.0")
    def test_overlapped(self) -> None:
        """Two sessions in use from two networks at once are on record, with where they came from sealed."""
        one, other = UUID(int=1), UUID(int=2)
        with acting(SOMEBODY):
            given(Credentials, OPENED).when(
                lambda credentials: credentials.overlap(one, other, "192.0.2.17")
            ).then(fact(Credentials.Overlapped, session_id=one, other_id=other, addresses=FROM))

    @pytest.mark.rule("R-DB-10.4.0")
    def test_of_nobody(self) -> None:
        """Of names that nobody has the event has a number, and no field that could hold one."""
        when(lambda: Stranger.record(attempts=3, since=NOW, until=NOW)).then(
            fact(Stranger.Tried, attempts=3, since=NOW, until=NOW)
        )
        assert fields_of(Stranger) == {"attempts", "since", "until"}


class TestSecondFactor:
    """There is one at most, and it is taken away by somebody else."""

    def test_confirmed(self) -> None:
        """It counts from its confirmation on; there is no second beside it."""
        with acting(SOMEBODY):
            given(Credentials, OPENED).when(lambda one: one.confirm_second_factor()).then(CONFIRMED)
            given(Credentials, OPENED, CONFIRMED).when(lambda one: one.confirm_second_factor()).then_refused(
                WrongState
            )

    def test_reset(self) -> None:
        """Another takes it away, and then one may be enrolled again."""
        context = context_of(actor(8, CENTRE, "ADMINISTRATOR"))
        reset = fact(Credentials.SecondFactorReset)
        with acting(SOMEBODY):
            given(Credentials, OPENED, CONFIRMED).when(lambda one: one.reset_second_factor(context)).then(
                reset
            )
            given(Credentials, OPENED, CONFIRMED, reset).when(lambda one: one.confirm_second_factor()).then(
                CONFIRMED
            )

    def test_not_one_s_own(self) -> None:
        """Nobody takes their own away; where there is none, nobody takes any."""
        own = context_of(actor(7, CENTRE, "ADMINISTRATOR"))
        given(Credentials, fact(Credentials.Opened, account_id=own.actor.account_id), CONFIRMED).when(
            lambda one: one.reset_second_factor(own)
        ).then_refused(SamePerson)
        other = context_of(actor(8, CENTRE, "ADMINISTRATOR"))
        given(Credentials, OPENED).when(lambda one: one.reset_second_factor(other)).then_refused(WrongState)

    def test_recovery(self) -> None:
        """A recovery code that was used is on record with how many are left, and not which it was."""
        with acting(SOMEBODY):
            given(Credentials, OPENED, CONFIRMED).when(lambda one: one.use_recovery_code(9)).then(
                fact(Credentials.RecoveryCodeUsed, left=9)
            )


class TestIdentity:
    """Somebody of an identity provider enters, until an administrator says otherwise."""

    def test_linked(self) -> None:
        """Who it is at the provider is personal."""
        with acting(SOMEBODY):
            given(Credentials, OPENED).when(
                lambda one: one.link_identity(issuer="https://id.example", subject="nguyen.van.mau")
            ).then(LINKED)

    def test_unlinked(self) -> None:
        """What is linked is unlinked once."""
        unlinked = fact(Credentials.IdentityUnlinked)
        with acting(SOMEBODY):
            given(Credentials, OPENED, LINKED).when(lambda one: one.unlink_identity()).then(unlinked)
            given(Credentials, OPENED, LINKED, unlinked).when(lambda one: one.unlink_identity()).then_refused(
                WrongState
            )


def test_no_secret() -> None:
    """No event has a field that could hold a password, a secret or a code."""
    assert fields_of(Credentials) == {
        "account_id",
        "session_id",
        "other_id",
        "attempts",
        "since",
        "until",
        "addresses",
        "left",
        "issuer",
        "subject",
    }


def account_of(unit: Unit) -> Account:
    """Somebody's account in a unit."""
    with acting(SOMEBODY):
        return Account(
            name="somebody",
            full_name=Personal.said(OWNER, "Nguyễn Thị Mẫu"),
            unit_id=unit.id,
            role="HANDLER",
            leader=False,
        )


class TestAdministering:
    """Whose credentials somebody looks after is a cell of the matrix, within the area of their unit."""

    def test_dong_hoi(self) -> None:
        """The Centre's administrator has those of its area; whoever administers none is told so."""
        account = account_of(POLICE)
        administrator = context_of(actor(8, CENTRE, "ADMINISTRATOR"))
        assert check_administer(account, POLICE, administrator) is None
        assert type(check_administer(account, POLICE, context_of(actor(8, CENTRE, "APPROVER")))) is Forbidden
        assert (
            type(check_administer(account, POLICE, context_of(actor(8, POLICE, "ADMINISTRATOR"))))
            is Forbidden
        )

    def test_watching(self) -> None:
        """Where an account is in use its person sees, and the leader of their unit."""
        account = account_of(POLICE)
        assert check_watch(account, POLICE, context_of(actor(8, POLICE, "LEADER", leader=True))) is None
        assert type(check_watch(account, POLICE, context_of(actor(8, POLICE, "HANDLER")))) is Forbidden
        leader = context_of(actor(8, CENTRE, "LEADER", leader=True))
        assert type(check_watch(account, POLICE, leader)) is Forbidden


def test_elsewhere() -> None:
    """An account of another area is as absent as one that never was."""
    with acting(SOMEBODY):
        elsewhere = Unit(
            code="CA-QT", name="Công an nơi khác", kind="CITY_POLICE", area_path="quang-tri/dong-ha"
        )
    administrator = context_of(actor(8, CENTRE, "ADMINISTRATOR"))
    refusal = check_administer(account_of(elsewhere), elsewhere, administrator)
    assert type(refusal) is NotFound


PROVINCE = "tinh"


@pytest.mark.rule("R-QT-8.1.0", "R-DB-7.4.0", "R-DB-17.3.0")
@pytest.mark.parametrize(
    "profile, kind, of, refused",
    [
        ("quang-tri", "CENTRE", "SAFETY_BOARD", None),
        ("quang-tri", "CENTRE", "INSPECTION_CENTRE", None),
        ("quang-tri", "CENTRE", "PROVINCIAL_POLICE", NotFound),
        ("quang-tri", "PROVINCIAL_POLICE", "SAFETY_BOARD", NotFound),
        ("dien-bien", "LEVEL_1_OPERATOR", "EXPLOITING_BODY", None),
        ("dien-bien", "LEVEL_1_MANAGER", "EXPLOITING_BODY", Forbidden),
        ("dien-bien", "LEVEL_1_OPERATOR", "LEVEL_2_BODY", NotFound),
        ("dien-bien", "LEVEL_1_MANAGER", "LEVEL_2_BODY", Forbidden),
        ("dien-bien", "LEVEL_2_BODY", "LEVEL_3_BODY", NotFound),
    ],
)
def test_by_whoever_gives_the_account(
    profile: str, kind: str, of: str, refused: type[Refusal] | None
) -> None:
    """What opens an account is for whoever gives it, and for no other unit that administers some."""
    whose = unit_of("DV-KHAC", of, PROVINCE)
    administrator = context_of(actor(8, unit_of("DV", kind, PROVINCE), "ADMINISTRATOR"), profile=profile)
    refusal = check_administer(account_of(whose), whose, administrator)
    assert type(refusal) is (refused or type(None))


@pytest.mark.parametrize("profile, kind", [("quang-tri", "CENTRE"), ("dien-bien", "LEVEL_2_BODY")])
def test_of_one_s_own_unit(profile: str, kind: str) -> None:
    """Where a unit gives its own accounts, its administrator has those of colleagues, and not their own."""
    ours = unit_of("DV", kind, PROVINCE)
    account = account_of(ours)
    administrator = actor(8, ours, "ADMINISTRATOR")
    assert check_administer(account, ours, context_of(administrator, profile=profile)) is None
    own = context_of(replace(administrator, account_id=account.id), profile=profile)
    assert type(check_administer(account, ours, own)) is SamePerson
