"""Another's rights, used for somebody who is away, in writing: in their unit, and for a while."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from domain.account import Account
from domain.context import Context, Delegation, Grant
from domain.errors import Forbidden, InvalidInput, Refusal
from domain.personal import Personal
from domain.unit import Unit
from tests.support.spec import (
    ADMINISTRATOR,
    APPROVER,
    CENTRE,
    HANDLER,
    ID,
    NOW,
    POLICE,
    Given,
    actor,
    context,
    fact,
    given,
    unit,
)

PROVINCE = "tinh"
BODY = unit("SGD", "EXPLOITING_BODY", PROVINCE)


def account(of: Unit, role: str = "HANDLER", *more: Any, leader: bool = False) -> Given[Account]:
    """An account in use."""
    opened = fact(
        Account.Opened,
        name="ai.do",
        full_name=Personal.said(ID, "Người Mẫu"),
        unit_id=of.id,
        role=role,
        leader=leader,
    )
    return given(Account, opened, *more)


class TestDelegation:
    """Another's account is used with their written authorisation only, and both people stand in every event."""

    TO = UUID(int=0xDE)

    def delegate(self, one: Account, act: Context, **said: Any) -> None:
        """Delegate, with nothing that anybody would find fault with."""
        usual: dict[str, Any] = {
            "to": _other(self.TO),
            "to_unit": CENTRE,
            "actions": ("case.approve", "case.view"),
            "document": "23/UQ-VP",
            "starts_at": NOW,
            "ends_at": NOW + timedelta(days=7),
        }
        one.delegate(act, CENTRE, **{**usual, **said})

    @pytest.mark.rule("R-QT-5.3.0")
    @pytest.mark.parametrize("profile", ["dong-hoi", "quang-tri"])
    def test_in_writing(self, profile: str) -> None:
        """An approver lets another act for them: in what, by which document, until when."""
        of = CENTRE if profile == "dong-hoi" else unit("TT", "CENTRE", PROVINCE)
        own = replace(actor(1, of, "APPROVER"), account_id=ID)
        one = account(of, "APPROVER")
        said = fact(
            Account.Delegated,
            to_account_id=self.TO,
            to_unit_id=of.id,
            actions=["case.approve", "case.view"],
            document="23/UQ-VP",
            starts_at=NOW,
            ends_at=NOW + timedelta(days=7),
        )
        rule = "R-QT-5.3.0" if profile == "quang-tri" else None
        act = context(own, profile=profile)
        one.when(lambda one: self.delegate(one, act, to_unit=of)).then(said.under(rule=rule))

    @pytest.mark.parametrize(
        "said, path",
        [
            ({"document": ""}, "document"),
            ({"ends_at": NOW}, "endsAt"),
            ({"ends_at": NOW + timedelta(days=90, seconds=1)}, "endsAt"),
            ({"actions": ()}, "actions"),
            ({"actions": ("case.conclude",)}, "actions"),
            ({"actions": ("case.approve", "account.administer")}, "actions"),
            ({"actions": ("moon.walk",)}, "actions"),
        ],
    )
    def test_words(self, said: dict[str, Any], path: str) -> None:
        """Without a document, a period or an action there is none, and nobody gives away what they may not do."""
        own = replace(APPROVER, account_id=ID)
        refused = _refusal(account(CENTRE, "APPROVER"), lambda one: self.delegate(one, context(own), **said))
        assert isinstance(refused, InvalidInput)
        assert refused.path == path

    def test_to_nobody(self) -> None:
        """Nobody delegates to themselves, nor to an account that is not in use."""
        own = context(replace(APPROVER, account_id=ID))
        one = account(CENTRE, "APPROVER")
        for to in (one.aggregate, _other(self.TO, fact(Account.Suspended, text=Personal.said(self.TO, "x")))):
            refused = _refusal(one, lambda one, to=to: self.delegate(one, own, to=to))
            assert isinstance(refused, InvalidInput)
            assert refused.path == "toAccountId"

    def test_by_nobody_else(self) -> None:
        """Only the person whose account it is delegates, and nobody passes on what was delegated to them."""
        one = account(CENTRE, "APPROVER")
        one.when(lambda one: self.delegate(one, context(ADMINISTRATOR))).then_refused(Forbidden)
        passed_on = replace(APPROVER, account_id=ID, delegation=_delegation(UUID(int=7)))
        one.when(lambda one: self.delegate(one, context(passed_on))).then_refused(Forbidden)

    @pytest.mark.rule("R-QT-5.3.0", "R-QT-4.6.b")
    def test_both_people(self) -> None:
        """Who acts and whose rights they use stand in the envelope; nothing is allowed that was not delegated."""
        acting_for = replace(APPROVER, account_id=self.TO, delegation=_delegation(ID))
        act = context(acting_for)
        said = act.envelope("case.approve")
        assert (said.by, said.delegation, said.unit_id) == (str(self.TO), f"{ID}:2", CENTRE.id)
        assert said.people == (str(self.TO), str(ID))
        assert act.permission("case.approve").allowed
        assert act.permission("footage.search").missing == ("delegation",)

    @pytest.mark.parametrize(
        "at, in_force",
        [
            (NOW - timedelta(seconds=1), False),
            (NOW, True),
            (NOW + timedelta(days=7), False),
        ],
    )
    def test_period(self, at: datetime, in_force: bool) -> None:
        """It holds within its period, for the one it was given to where they were, while the account is in use."""
        one = self._given()
        assert (one.aggregate.check_acted_for(self.TO, CENTRE.id, 2, at) is None) == in_force
        assert one.aggregate.check_acted_for(UUID(int=0xBAD), CENTRE.id, 2, NOW) is not None
        assert one.aggregate.check_acted_for(self.TO, CENTRE.id, 3, NOW) is not None

    def test_in_one_unit(self) -> None:
        """Whoever works in another unit since then is given it again; one of old, which names none, is over."""
        one = self._given().aggregate
        assert isinstance(one.check_acted_for(self.TO, POLICE.id, 2, NOW), Forbidden)
        of_old = replace(one.delegations[2], to_unit_id=None)
        one.delegations[2] = of_old
        assert isinstance(one.check_acted_for(self.TO, CENTRE.id, 2, NOW), Forbidden)

    @pytest.mark.rule("R-DB-8.2.0")
    def test_within_function(self) -> None:
        """What the other's unit could not be granted without a consent in writing is not delegated to it either."""
        manager = unit("STTTT", "LEVEL_1_MANAGER", PROVINCE)
        auditor = context(replace(actor(41, manager, "AUDITOR"), account_id=ID), profile="dien-bien")
        audits = {"actions": ("audit.replay",)}
        account(manager, "AUDITOR").when(
            lambda one: self.delegate(one, auditor, to_unit=BODY, **audits)
        ).then_refused(Forbidden, rule="R-DB-8.2.0")
        inside = account(manager, "AUDITOR")
        self.delegate(inside.aggregate, auditor, to_unit=manager, **audits)
        assert [given.to_unit_id for given in inside.aggregate.delegations.values()] == [manager.id]
        # what a consent opened for one person is not for a colleague of theirs
        beyond = Grant(
            action="audit.replay",
            document="5/UBND",
            starts_at=NOW,
            ends_at=NOW + timedelta(days=9),
            out_of_function=True,
        )
        holder = replace(actor(42, BODY, "HANDLER", grants=(beyond,)), account_id=ID)
        account(BODY).when(
            lambda one: self.delegate(one, context(holder, profile="dien-bien"), to_unit=BODY, **audits)
        ).then_refused(Forbidden, rule="R-DB-8.2.0")

    def test_ends_with_the_account(self) -> None:
        """It is over when the account that gave it is suspended or moved, and when it is revoked."""
        for event in (
            fact(Account.Suspended, text=Personal.said(ID, "x")),
            fact(Account.Moved, unit_id=POLICE.id, role="HANDLER", leader=False, document="1"),
            fact(Account.DelegationRevoked, number=2),
        ):
            assert isinstance(
                self._given(event).aggregate.check_acted_for(self.TO, CENTRE.id, 2, NOW), Forbidden
            )

    def test_revoked(self) -> None:
        """Whoever gave it takes it back, and so does whoever gives accounts; nobody else."""
        for who, done in ((replace(APPROVER, account_id=ID), True), (ADMINISTRATOR, True), (HANDLER, False)):
            one = self._given()
            refused = _refusal(
                one, lambda one, who=who: one.revoke_delegation(context(who), CENTRE, number=2)
            )
            assert (refused is None) == done, refused

    def _given(self, *more: Any) -> Given[Account]:
        delegated = fact(
            Account.Delegated,
            to_account_id=self.TO,
            to_unit_id=CENTRE.id,
            actions=["case.approve"],
            document="23/UQ-VP",
            starts_at=NOW,
            ends_at=NOW + timedelta(days=7),
        )
        return account(CENTRE, "APPROVER", delegated, *more)


def _delegation(whose: UUID) -> Delegation:
    return Delegation(
        account_id=whose,
        number=2,
        actions=frozenset({"case.approve", "account.administer"}),
        document="23/UQ-VP",
        ends_at=NOW + timedelta(days=7),
    )


def _other(account_id: UUID, *more: Any) -> Account:
    one = account(CENTRE, "EXECUTOR", *more).aggregate
    one._id = account_id
    return one


def _refusal(one: Given[Account], decide: Any) -> Refusal | None:
    outcome = one.when(decide)
    assert outcome.refusal is None or outcome.events == []
    return outcome.refusal
