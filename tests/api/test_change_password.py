"""One's own password: changed by showing it, refused by the policy, owed when it is too old or was another's."""

from datetime import timedelta
from uuid import uuid4

import pytest

from domain.account import Account
from domain.passwords import check_password
from domain.rules import SignInPolicy
from domain.session import Session
from policies.rulebook import PROFILES, load
from tests.support.api import BODY, Installation, session
from tests.support.door import comes_in, events_since, is_nobody, login, tell
from tests.support.mutations import nothing_recorded
from tests.support.people import Person

NAME = "police.lead"
NEW = "Sông Nhật Lệ 2026!"
ADMINISTRATOR = "centre.admin"


@pytest.fixture
def person(installation: Installation) -> Person:
    """Somebody who signed in with their password."""
    installation.today()
    return comes_in(installation, NAME, installation.passwords[NAME])


def older(installation: Installation, name: str, by: timedelta) -> None:
    """Let a password have been set earlier."""
    with installation.as_owner() as conn:
        conn.execute(
            "UPDATE credentials SET changed_at = changed_at - %s WHERE account_id = %s",
            (by, Account.create_id(name)),
        )


@pytest.mark.rule("R-QT-10.4.b", "R-DB-17.4.a", "R-DB-10.4.0")
def test_changed(installation: Installation, person: Person) -> None:
    """Whoever shows the present password has another; their other sessions end, this one goes on."""
    other = installation.signed_in(NAME)
    stranger = installation.signed_in("police.handle")
    before, old = installation.head(), installation.passwords[NAME]
    answered = tell(person, "changePassword", current=old, new=NEW)
    assert answered == {"__typename": "PasswordChanged", "position": f"{installation.head():016d}"}
    ended, event = events_since(installation, before)
    assert isinstance(ended, Session.Revoked)
    assert isinstance(event, Account.PasswordSet)
    assert ended.envelope.by == event.envelope.by == str(Account.create_id(NAME))
    assert person.ask("{ me { name } }") == {"me": {"name": NAME}}
    assert is_nobody(other)
    assert stranger.ask("{ me { name } }") == {"me": {"name": "police.handle"}}
    assert login(installation, NAME, old)["__typename"] == "Forbidden"
    assert login(installation, NAME, NEW)["__typename"] == "Session"


def test_sent_again(installation: Installation, person: Person) -> None:
    """A command that was answered is answered the same, and the password it set stays."""
    given = {"current": installation.passwords[NAME], "new": NEW, "commandId": str(uuid4())}
    first = tell(person, "changePassword", **given)
    with nothing_recorded(installation):
        assert tell(person, "changePassword", **given) == first
    assert login(installation, NAME, NEW)["__typename"] == "Session"


def test_another_under_the_same_id(installation: Installation, person: Person) -> None:
    """A commandId stands for one password: with another it is refused, and the first stays."""
    given = {"current": installation.passwords[NAME], "commandId": str(uuid4())}
    tell(person, "changePassword", new=NEW, **given)
    with nothing_recorded(installation):
        refused = tell(person, "changePassword", new="Đèo Ngang 1 bóng xế tà", **given)
    assert refused["code"] == "COMMAND_ID_REUSED"
    assert login(installation, NAME, NEW)["__typename"] == "Session"


def test_wrong(installation: Installation, person: Person) -> None:
    """Without the present password nothing changes; a session alone guesses no faster than the door lets anybody."""
    with nothing_recorded(installation):
        for _ in range(10):
            refused = tell(person, "changePassword", current="Wrong-1!", new=NEW)
            assert (refused["code"], refused["en"]) == ("FORBIDDEN", "The present password is wrong")
        refused = tell(person, "changePassword", current=installation.passwords[NAME], new=NEW)
        assert refused["en"] == "Too many failed sign-ins; try again in a few minutes"


@pytest.mark.rule("R-QT-10.4.b")
@pytest.mark.parametrize("new", ["Ngắn 1!", "không có chữ hoa 1!", "Password1!", "Police.Lead 2026!"])
def test_too_weak(installation: Installation, person: Person, new: str) -> None:
    """What the policy refuses is refused before the present password is looked at."""
    with nothing_recorded(installation):
        refused = tell(person, "changePassword", current=installation.passwords[NAME], new=new)
    assert (refused["__typename"], refused["path"]) == ("InvalidInput", "new")


def test_none_of_the_last_five(installation: Installation, person: Person) -> None:
    """The last five passwords are not taken again; the sixth last is."""
    first = now = installation.passwords[NAME]
    for n in range(5):
        used = [now] if n == 0 else [first, now]
        for one in used:
            refused = tell(person, "changePassword", current=now, new=one)
            assert refused["en"] == "new: it is one of the last 5 passwords"
            assert refused["rule"] == {"id": "R-QT-10.4.b"}
        after = f"Chuyến đò thứ {n} qua sông!"
        assert tell(person, "changePassword", current=now, new=after)["__typename"] == "PasswordChanged"
        now = after
    assert tell(person, "changePassword", current=now, new=first)["__typename"] == "PasswordChanged"


class TestExpired:
    """An administrator's password has a maximum age; then all one may do is change it."""

    @pytest.mark.rule("R-QT-10.4.b", "R-DB-17.4.a")
    def test_too_old(self, installation: Installation) -> None:
        """On the ninetieth day the administrator is refused everything but the change, and then nothing."""
        installation.today()
        old = installation.passwords[ADMINISTRATOR]
        older(installation, ADMINISTRATOR, timedelta(days=89))
        assert comes_in(installation, ADMINISTRATOR, old).ask("{ units { totalCount } }")
        older(installation, ADMINISTRATOR, timedelta(days=1))
        person = comes_in(installation, ADMINISTRATOR, old)
        assert tell(person, "changePassword", current="Wrong-1!", new=NEW)["code"] == "FORBIDDEN"
        assert person.ask("{ me { name } }") == {"me": {"name": ADMINISTRATOR}}
        error = person.error("{ units { totalCount } }")
        assert error["code"] == "PASSWORD_EXPIRED"
        assert error["message"] == (
            "Mật khẩu phải được đổi trước khi làm việc khác: gọi changePassword"
            " · The password has to be changed before anything else: call changePassword"
        )
        assert tell(person, "changePassword", current=old, new=NEW)["__typename"] == "PasswordChanged"
        assert person.ask("{ units { totalCount } }")

    def test_of_others(self, installation: Installation) -> None:
        """The regulation says it of administrators: others keep theirs."""
        installation.today()
        older(installation, NAME, timedelta(days=400))
        person = comes_in(installation, NAME, installation.passwords[NAME])
        assert person.ask("{ units { totalCount } }")

    def test_while_one_is_in(self, installation: Installation) -> None:
        """A password that grows too old during a session is owed from that instant."""
        installation.today()
        older(installation, ADMINISTRATOR, timedelta(days=89))
        person = comes_in(installation, ADMINISTRATOR, installation.passwords[ADMINISTRATOR])
        assert person.ask("{ units { totalCount } }")
        installation.now += timedelta(days=1, minutes=1)
        assert person.error("{ units { totalCount } }")["code"] == "PASSWORD_EXPIRED"


class TestReset:
    """A password that an administrator gave is changed by its person first."""

    @pytest.fixture
    def administrator(self, installation: Installation) -> Person:
        """The administrator of the Centre, who administers the accounts of its area."""
        return installation.signed_in(ADMINISTRATOR)

    @pytest.mark.rule("R-DB-10.4.0")
    def test_given(self, installation: Installation, administrator: Person) -> None:
        """The new password is shown once, ends every session, and opens nothing but its own change."""
        installation.today()
        account, before = str(Account.create_id(NAME)), installation.head()
        command = str(uuid4())
        answered = tell(administrator, "resetPassword", accountId=account, commandId=command)
        assert (answered["__typename"], answered["accountId"]) == ("PasswordReset", account)
        check_password(answered["password"], name=NAME)
        ended, event = events_since(installation, before)
        assert isinstance(ended, Session.Revoked)
        assert isinstance(event, Account.PasswordSet)
        assert ended.envelope.by == event.envelope.by == str(Account.create_id(ADMINISTRATOR))
        assert is_nobody(installation.signed_in(NAME))
        again = tell(administrator, "resetPassword", accountId=account, commandId=command)
        assert (again["password"], again["position"]) == (None, answered["position"])
        person = comes_in(installation, NAME, answered["password"])
        assert person.error("{ units { totalCount } }")["code"] == "PASSWORD_EXPIRED"
        changed = tell(person, "changePassword", current=answered["password"], new=NEW)
        assert changed["__typename"] == "PasswordChanged"
        assert person.ask("{ units { totalCount } }")

    def test_by_whom(self, installation: Installation) -> None:
        """Whoever administers no accounts is refused and on record; of accounts of elsewhere there are none."""
        before = installation.head()
        account = str(Account.create_id(NAME))
        refused = tell(installation.signed_in("police.handle"), "resetPassword", accountId=account)
        assert refused["code"] == "FORBIDDEN"
        elsewhere = installation.register_unit("TT-QT", kind="OPERATIONS_CENTRE", area="quang-tri/dong-ha")
        stranger = installation.open_account("elsewhere.admin", unit_id=elsewhere, role="ADMINISTRATOR")
        never = str(uuid4())
        answers = [tell(stranger, "resetPassword", accountId=one) for one in (account, never)]
        assert [one["en"] for one in answers] == [
            f"There is no account {account}",
            f"There is no account {never}",
        ]
        assert [
            topic for topic in installation.since(before) if not topic.startswith(("unit", "session"))
        ] == [
            "attempt:refused",
            "account:opened",
            "attempt:refused",
        ]
        assert login(installation, NAME, installation.passwords[NAME])["__typename"] == "Session"


def test_policies_of_the_profiles() -> None:
    """Each profile says what a password must be; of an age and a code only what an administrator owes is said."""
    base = SignInPolicy()
    for profile in PROFILES[1:]:
        policy = load(profile).sign_in
        assert (policy.shortest, policy.kinds, policy.rule) == (base.shortest, base.kinds, "R-QT-10.4.b")
        assert (policy.remembered, policy.administrators) == (5, frozenset({"ADMINISTRATOR"}))
        assert policy.max_age == timedelta(days=90)
    asked = {profile: load(profile).sign_in.second_factor for profile in PROFILES[1:]}
    assert asked == {"dong-hoi": False, "quang-tri": True, "dien-bien": True, "yen-bai": False}
    rules = {profile: load(profile).sign_in.max_age_rule for profile in PROFILES[1:]}
    assert rules == {
        "dong-hoi": None,
        "quang-tri": "R-QT-10.4.b",
        "dien-bien": "R-DB-17.4.a",
        "yen-bai": None,
    }


def test_a_session_without_a_password(installation: Installation) -> None:
    """Whom no password of ours let in owes none."""
    installation.today()
    installation.open_account("body.admin", unit_id=BODY, role="ADMINISTRATOR")
    token = session(installation.operator, "body.admin")
    assert Person(installation.client, token).ask("{ units { totalCount } }")
