"""Commands on accounts and sessions, over the real record."""

from datetime import timedelta
from uuid import UUID

import pytest
from eventsourcing.persistence import IntegrityError

from domain.account import Account
from domain.commands.account import actor_of, close_session, find_by_name, open_account, open_session
from domain.commands.application import CaseSystem
from domain.envelope import acting
from domain.errors import Forbidden, NotFound
from domain.session import Session
from domain.unit import Unit
from tests.support.record import events_of
from tests.support.spec import CENTRE, CITY, NOW, POLICE, SOMEBODY


class TestAccounts:
    """Signing in on the record."""

    @pytest.fixture
    def account(self, app: CaseSystem) -> Account:
        """An account of the police with a grant."""
        with acting(SOMEBODY):
            account = open_account(
                app,
                name="police.handle",
                full_name="Phạm Thị Mẫu",
                unit_id=POLICE.id,
                role="HANDLER",
                leader=False,
            )
            account.grant("face.recognise", document="16/QĐ-UBND", starts_at=NOW, ends_at=None)
            app.record(account)
        return account

    @pytest.mark.rule("R-DH-3.10.0")
    def test_actor(self, app: CaseSystem, account: Account) -> None:
        """The actor of an account is the person with unit, function and grants, as the log knows them."""
        actor = actor_of(app, account.id, now=NOW)
        assert (actor.account_id, actor.unit_id, actor.unit_kind, actor.area_path) == (
            account.id,
            POLICE.id,
            "CITY_POLICE",
            CITY,
        )
        assert (actor.role, actor.leader, [g.document for g in actor.grants]) == (
            "HANDLER",
            False,
            ["16/QĐ-UBND"],
        )

    def test_one_name_one_account(self, app: CaseSystem, account: Account) -> None:
        """A name in use opens no second account."""
        with acting(SOMEBODY), pytest.raises(IntegrityError):
            open_account(
                app, name="police.handle", full_name="Khác", unit_id=CENTRE.id, role="APPROVER", leader=False
            )
        assert app.find(Account, account.id).role == "HANDLER"

    @pytest.mark.rule("R-QT-2.0.0")
    def test_of_no_unit(self, app: CaseSystem) -> None:
        """An account of a unit that is not on record is nobody's actor: who uses the system belongs to a unit."""
        with acting(SOMEBODY):
            account = open_account(
                app,
                name="nobody.unit",
                full_name="Lý Văn Thử",
                unit_id=UUID(int=0x404),
                role="HANDLER",
                leader=False,
            )
        with pytest.raises(NotFound):
            actor_of(app, account.id, now=NOW)

    def test_disabled(self, app: CaseSystem, account: Account) -> None:
        """A disabled account is nobody's actor."""
        with acting(SOMEBODY):
            account.disable()
            app.record(account)
        with pytest.raises(Forbidden, match="The account is disabled"):
            actor_of(app, account.id, now=NOW)

    @pytest.mark.rule("R-QT-2.0.0")
    def test_of_a_unit_that_ended(self, app: CaseSystem, account: Account) -> None:
        """Who is in a unit that has ended acts until its last instant, and no longer."""
        police = app.find(Unit, POLICE.id)
        with acting(SOMEBODY):
            police.cease(at=NOW, successor=None, document="9/QĐ")
            app.record(police)
        before = actor_of(app, account.id, now=NOW - timedelta(seconds=1))
        assert (before.account_id, before.unit_ends_at) == (account.id, NOW)
        with pytest.raises(Forbidden, match="has ceased to exist"):
            actor_of(app, account.id, now=NOW)

    def test_by_name(self, app: CaseSystem, account: Account) -> None:
        """An account is found by its exact name."""
        found = find_by_name(app, "police.handle")
        assert found is not None
        assert found.id == account.id
        assert find_by_name(app, "Police.Handle") is None

    @pytest.mark.rule("R-QT-4.6.b", "R-DB-10.4.0")
    def test_session(self, app: CaseSystem, account: Account) -> None:
        """Signing in and out are two events, each by the person and under the rulebook."""
        actor = actor_of(app, account.id, now=NOW)
        session_id = open_session(app, actor, now=NOW, expires_at=NOW, rulebook="dong-hoi@test")
        close_session(app, actor, session_id, now=NOW, rulebook="dong-hoi@test")
        events = events_of(app, session_id)
        assert [type(event) for event in events] == [Session.Opened, Session.Closed]
        assert {event.envelope.by for event in events} == {str(account.id)}
