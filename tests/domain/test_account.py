"""An account: one person's way in, its grants and its end; and sessions and readings, which say who used it."""

from datetime import datetime
from uuid import UUID

import pytest

from domain.account import Account
from domain.context import Grant
from domain.envelope import acting
from domain.errors import Forbidden, InvalidInput
from domain.personal import ERASED, Personal
from domain.reading import Reading
from domain.session import Session
from tests.support.examples import fields_of
from tests.support.spec import (
    ADMINISTRATOR,
    CENTRE,
    ID,
    NOW,
    SOMEBODY,
    Fact,
    context,
    fact,
    given,
    legal,
    when,
)

OPENED = fact(
    Account.Opened,
    name="centre.approve",
    full_name=Personal.said(ID, "Nguyễn Thị Mẫu"),
    unit_id=CENTRE.id,
    role="APPROVER",
    leader=False,
)


class TestAccount:
    """One person, one unit, one function."""

    @pytest.mark.rule("R-QT-7.1.0")
    def test_opened(self) -> None:
        """An account begins with its person, unit and function; the name of the person is personal."""
        when(
            lambda: Account(
                name="centre.approve",
                full_name=Personal.said(ID, "Nguyễn Thị Mẫu"),
                unit_id=CENTRE.id,
                role="APPROVER",
                leader=False,
            )
        ).then(OPENED)

    @pytest.mark.rule("R-QT-7.1.0")
    def test_renamed(self) -> None:
        """Another name of the person is personal, under the account's own key, and stands on a document."""
        account = given(Account, OPENED)
        mine = context(ADMINISTRATOR)
        account.when(
            lambda one: one.rename(mine, CENTRE, full_name="Nguyễn Thị Khác", document="9/QĐ-VP")
        ).then(
            fact(Account.Renamed, full_name=Personal.said(ID, "Nguyễn Thị Khác"), document="9/QĐ-VP").under(
                by=str(ADMINISTRATOR.account_id), unit_id=ADMINISTRATOR.unit_id
            )
        )

    @pytest.mark.parametrize(
        "said, path",
        [
            ({"full_name": " "}, "fullName"),
            ({"full_name": "N" * 201}, "fullName"),
            ({"document": ""}, "document"),
        ],
    )
    def test_renamed_to_nothing(self, said: dict[str, str], path: str) -> None:
        """A name and its document have words, and not too many."""
        given_as = {"full_name": "Nguyễn Thị Khác", "document": "9/QĐ-VP", **said}
        refused = (
            given(Account, OPENED)
            .when(lambda one: one.rename(context(ADMINISTRATOR), CENTRE, **given_as))
            .then_refused(InvalidInput)
        )
        assert refused.path == path

    @pytest.mark.rule("R-DB-4.4.0")
    @pytest.mark.parametrize("ends_at", [None, legal("2027-06-02 08:00")])
    def test_granted(self, ends_at: datetime | None) -> None:
        """A grant is dated, names its document, and is what permission is decided by."""
        account = given(Account, OPENED)
        with acting(SOMEBODY):
            account.when(
                lambda account: account.grant(
                    "audit.replay", document="15/QĐ-UBND", starts_at=NOW, ends_at=ends_at
                )
            ).then(
                fact(
                    Account.Granted,
                    action="audit.replay",
                    document="15/QĐ-UBND",
                    starts_at=NOW,
                    ends_at=ends_at,
                    purpose=None,
                    area_path=None,
                    camera_ids=[],
                    out_of_function=False,
                    document_at=None,
                    issuer_unit_id=None,
                    direction=None,
                )
            )
        assert account.aggregate.grants == [
            Grant(action="audit.replay", document="15/QĐ-UBND", starts_at=NOW, ends_at=ends_at, number=2)
        ]

    def test_password_set(self) -> None:
        """The log says that a password was set; the event has no field that could hold one."""
        account = given(Account, OPENED)
        with acting(SOMEBODY):
            account.when(lambda account: account.set_password()).then(fact(Account.PasswordSet))

        assert fields_of(Account) & {"password", "hash", "secret"} == set()

    @pytest.mark.rule("R-QT-7.1.0")
    def test_disabled(self) -> None:
        """A disabled account opens nothing; disabling it again records nothing."""
        account = given(Account, OPENED)
        assert account.aggregate.check_sign_in() is None
        with acting(SOMEBODY):
            account.when(lambda account: account.disable()).then(fact(Account.Disabled))
        assert type(account.aggregate.check_sign_in()) is Forbidden
        account.when(lambda account: account.disable()).then_nothing()

    def test_identity(self) -> None:
        """One account name is one account, in every installation."""
        assert Account.create_id("centre.approve") == UUID("901aa8a6-3a4d-5fd8-8582-6b8a2de27210")


class TestSession:
    """Signing in and out is on record."""

    OPENED: Fact = fact(Session.Opened, account_id=UUID(int=1), expires_at=NOW, address=None)

    def test_closed_once(self) -> None:
        """Signing out is recorded once."""
        session = given(Session, self.OPENED)
        with acting(SOMEBODY):
            session.when(lambda session: session.close()).then(fact(Session.Closed))
            session.when(lambda session: session.close()).then_nothing()

    def test_no_token(self) -> None:
        """No event of a session has a field for its token."""
        assert fields_of(Session) == {"account_id", "expires_at", "address"}


def test_reading() -> None:
    """A look is recorded with the way in, what was shown and the purpose."""
    when(
        lambda: Reading.record(
            ID, way="graphql", noun="case", ids=[ID], purpose="AUDIT", area_path=None, address=None
        )
    ).then(
        fact(
            Reading.Recorded,
            way="graphql",
            noun="case",
            ids=[ID],
            purpose="AUDIT",
            area_path=None,
            address=None,
            camera_id=None,
            plate=None,
        )
    )


def test_personal_values_do_not_show() -> None:
    """A personal value cannot slip into a log: its repr holds neither the clear nor the sealed form."""
    assert repr(Personal.said(ID, "Nguyễn Thị Mẫu")) == f"Personal(subject={ID!r})"
    assert repr(Personal[str](ID, sealed="c2VhbGVk")) == f"Personal(subject={ID!r})"
    assert repr(ERASED) == "ERASED"
