"""Rights besides one's function: granted for a purpose and a time, or used for somebody who is away, in writing."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from domain.account import Account
from domain.account.rights import Right
from domain.camera.guards import check_camera
from domain.context import Context, Delegation
from domain.errors import Forbidden, InvalidInput, NotFound, Refusal, SamePerson, WrongState
from domain.personal import Personal
from domain.unit import Unit
from projections import scope
from tests.support.spec import (
    ADMINISTRATOR,
    APPROVER,
    CENTRE,
    CITY,
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
MANAGER = actor(32, unit("STTTT", "LEVEL_1_MANAGER", PROVINCE), "ADMINISTRATOR")
OPERATOR = actor(33, unit("TTCNTT", "LEVEL_1_OPERATOR", PROVINCE), "ADMINISTRATOR")
COMMITTEE = unit("UBT", "PEOPLES_COMMITTEE", PROVINCE)
BODY = unit("SGD", "EXPLOITING_BODY", PROVINCE)
POLICE_RULE = "R-DH-12.1.0"


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


def right(**said: Any) -> Right:
    """A right that nobody would find fault with."""
    usual = {
        "action": "face.recognise",
        "purpose": "SECURITY",
        "document": "16/QĐ-UBND",
        "starts_at": NOW,
        "ends_at": NOW + timedelta(days=30),
    }
    return Right(**{**usual, **said})


def recorded_as(one: Right, **said: Any) -> Any:
    """The event of a right."""
    return fact(Account.Granted, **one.said(), **{"direction": None, **said})


class TestGrants:
    """A right names its purpose, its document, its time and its place; it never gives what the matrix denies."""

    @pytest.mark.rule("R-DB-4.4.0")
    def test_given(self) -> None:
        """The operating unit's administrator gives face recognition within a commune; the police hold it there."""
        wanted = right(area_path=f"{CITY}/nam-ly")
        one = account(POLICE)
        one.when(lambda one: one.give_grant(context(ADMINISTRATOR), POLICE, wanted)).then(
            recorded_as(wanted).under(by=str(ADMINISTRATOR.account_id), rule="R-DHV-1.2.0")
        )
        [held] = one.aggregate.grants
        assert (held.purpose, held.covers(f"{CITY}/nam-ly"), held.covers(f"{CITY}/bac-ly")) == (
            "SECURITY",
            True,
            False,
        )

    def test_ends_by_itself(self) -> None:
        """A right holds from its first instant up to its last, and nobody has to take it back."""
        one = account(POLICE, "HANDLER", recorded_as(right()))
        [held] = one.aggregate.grants
        ends = [NOW - timedelta(seconds=1), NOW, NOW + timedelta(days=30), NOW + timedelta(days=29)]
        assert [held.in_force(at) for at in ends] == [False, True, False, True]

    @pytest.mark.parametrize(
        "said, path",
        [
            ({"purpose": "CURIOSITY"}, "purpose"),
            ({"document": " "}, "document"),
            ({"action": "moon.walk"}, "action"),
            ({"ends_at": NOW}, "endsAt"),
            ({"starts_at": NOW - timedelta(days=3), "ends_at": NOW - timedelta(days=1)}, "endsAt"),
            ({"area_path": CITY, "camera_ids": (UUID(int=1),)}, "areaPath"),
            ({"out_of_function": True}, "outOfFunction"),
        ],
    )
    def test_words(self, said: dict[str, Any], path: str) -> None:
        """What is missing or cannot be is refused by its name; this regulation knows nothing beyond a function."""
        refused = _refusal(
            account(POLICE), lambda one: one.give_grant(context(ADMINISTRATOR), POLICE, right(**said))
        )
        assert isinstance(refused, InvalidInput)
        assert refused.path == path

    def test_never_what_the_matrix_denies(self) -> None:
        """An ordinary right opens nothing that is denied to the unit: the Centre concludes no case by a grant."""
        for action, of in (("case.conclude", CENTRE), ("case.approve", POLICE), ("face.recognise", CENTRE)):
            refused = _refusal(
                account(of, "EXECUTOR" if of is CENTRE else "HANDLER"),
                lambda one, action=action, of=of: one.give_grant(
                    context(ADMINISTRATOR), of, right(action=action)
                ),
            )
            assert isinstance(refused, Forbidden), action
            assert "an ordinary grant opens no more" in refused.en

    def test_not_to_oneself(self) -> None:
        """Nobody gives themselves a right."""
        own = replace(ADMINISTRATOR, account_id=ID)
        account(CENTRE, "ADMINISTRATOR").when(
            lambda one: one.give_grant(context(own), CENTRE, right())
        ).then_refused(SamePerson, rule="R-DH-10.1.0")

    def test_revoked(self) -> None:
        """A right is taken back by its number, once."""
        one = account(POLICE, "HANDLER", recorded_as(right()))
        one.when(lambda one: one.revoke_grant(context(ADMINISTRATOR), POLICE, number=2)).then(
            fact(Account.GrantRevoked, number=2)
        )
        assert one.aggregate.grants == []
        one.when(lambda one: one.revoke_grant(context(ADMINISTRATOR), POLICE, number=2)).then_refused(
            NotFound
        )


class TestDienBien:
    """Directed by the manager of level I, given by its operator; beyond the function by the Committee's consent."""

    WANTED = right(action="camera.view", purpose="TRAFFIC_SAFETY")

    @pytest.mark.rule("R-DB-7.3.0", "R-DB-17.3.0", "R-DB-8.1.0")
    def test_two_people(self) -> None:
        """The operator gives what was directed and nothing else, and the event names the direction."""
        gives, directs = context(OPERATOR, profile="dien-bien"), context(MANAGER, profile="dien-bien")
        account(BODY).when(lambda one: one.give_grant(gives, BODY, self.WANTED)).then_refused(
            WrongState, rule="R-DB-7.3.0"
        )
        account(BODY).when(lambda one: one.direct_grant(gives, BODY, self.WANTED)).then_refused(
            Forbidden, rule="R-DB-7.3.0"
        )
        one = account(BODY)
        one.when(lambda one: one.direct_grant(directs, BODY, self.WANTED)).then(
            fact(Account.GrantDirected, **self.WANTED.said())
        )
        assert one.aggregate.grants == []
        one.when(lambda one: one.execute_grant(gives, BODY, direction=9)).then_refused(NotFound)
        one.when(lambda one: one.execute_grant(gives, BODY, direction=2)).then(
            recorded_as(self.WANTED, direction=2).under(rule="R-DB-17.3.0")
        )
        one.when(lambda one: one.execute_grant(gives, BODY, direction=2)).then_refused(NotFound)

    @pytest.mark.rule("R-DB-8.2.0")
    def test_beyond_the_function(self) -> None:
        """What the matrix denies a body needs the Committee's dated document, and is then allowed by exactly that."""
        directs = context(MANAGER, profile="dien-bien")
        beyond = {"action": "extraction.execute", "purpose": "RESCUE", "out_of_function": True}
        denied = _refusal(
            account(BODY),
            lambda one: one.direct_grant(directs, BODY, right(**beyond | {"out_of_function": False})),
        )
        assert isinstance(denied, Forbidden)
        for missing, path in (
            ({}, "issuerUnitId"),
            ({"issuer": BODY, "document_at": NOW}, "issuerUnitId"),
            ({"issuer": COMMITTEE}, "documentAt"),
            ({"issuer": COMMITTEE, "document_at": NOW + timedelta(days=1)}, "documentAt"),
        ):
            refused = _refusal(
                account(BODY),
                lambda one, missing=missing: one.direct_grant(directs, BODY, right(**beyond, **missing)),
            )
            assert isinstance(refused, InvalidInput)
            assert (refused.path, refused.rule) == (path, "R-DB-8.2.0")
        wanted = right(**beyond, issuer=COMMITTEE, document_at=NOW - timedelta(days=1))
        one = account(BODY)
        one.when(lambda one: one.direct_grant(directs, BODY, wanted)).then(
            fact(Account.GrantDirected, **wanted.said()).under(rule="R-DB-8.2.0")
        )
        one.when(
            lambda one: one.execute_grant(context(OPERATOR, profile="dien-bien"), BODY, direction=2)
        ).then(recorded_as(wanted, direction=2))
        act = context(one.aggregate.actor(BODY), profile="dien-bien")
        permission = act.permission("extraction.execute")
        assert (permission.allowed, permission.rules, permission.basis) == (
            True,
            ("R-DB-8.2.0",),
            "16/QĐ-UBND",
        )
        assert not act.permission("extraction.approve").allowed

    @pytest.mark.rule("R-DB-8.2.0")
    def test_beyond_the_function_in_one_place(self) -> None:
        """Where the consent names a place, it opens the cameras there and no others, in lists as well."""
        private = unit("CN", "PRIVATE_OWNER", PROVINCE)
        wanted = right(
            action="camera.view",
            purpose="RESCUE",
            out_of_function=True,
            issuer=COMMITTEE,
            document_at=NOW,
            area_path=f"{PROVINCE}/a",
        )
        holder = account(private, "HANDLER", recorded_as(wanted)).aggregate.actor(private)
        act = context(holder, profile="dien-bien")
        found = {
            area: check_camera(_Camera(area), act, "camera.view") is None
            for area in (f"{PROVINCE}/a", f"{PROVINCE}/a/b", f"{PROVINCE}/ab", PROVINCE)
        }
        assert found == {
            f"{PROVINCE}/a": True,
            f"{PROVINCE}/a/b": True,
            f"{PROVINCE}/ab": False,
            PROVINCE: False,
        }
        within = scope.of_cameras(act)
        assert "granted_areas" in within.where
        assert within.params["granted_areas"] == [f"{PROVINCE}/a"]


class _Camera:
    """As much of a camera as is asked who may see it."""

    camera_id, owner_unit, manager_unit_id = UUID(int=1), UUID(int=2), UUID(int=2)
    domain, camera_class, state, secret, published = "SECURITY", "LEVEL_1", "ACTIVE", False, False
    withdrawn = False

    def __init__(self, area_path: str) -> None:
        self.area_path = area_path


class TestDelegation:
    """Another's account is used with their written authorisation only, and both people stand in every event."""

    TO = UUID(int=0xDE)

    def delegate(self, one: Account, act: Context, **said: Any) -> None:
        """Delegate, with nothing that anybody would find fault with."""
        usual: dict[str, Any] = {
            "to": _other(self.TO),
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
            actions=["case.approve", "case.view"],
            document="23/UQ-VP",
            starts_at=NOW,
            ends_at=NOW + timedelta(days=7),
        )
        rule = "R-QT-5.3.0" if profile == "quang-tri" else None
        one.when(lambda one: self.delegate(one, context(own, profile=profile))).then(said.under(rule=rule))

    @pytest.mark.parametrize(
        "said, path",
        [
            ({"document": ""}, "document"),
            ({"ends_at": NOW}, "endsAt"),
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
        """It holds within its period, for the one it was given to, while the account that gave it is in use."""
        one = self._given()
        assert (one.aggregate.check_acted_for(self.TO, 2, at) is None) == in_force
        assert one.aggregate.check_acted_for(UUID(int=0xBAD), 2, NOW) is not None
        assert one.aggregate.check_acted_for(self.TO, 3, NOW) is not None

    def test_ends_with_the_account(self) -> None:
        """It is over when the account that gave it is suspended or moved, and when it is revoked."""
        for event in (
            fact(Account.Suspended, text=Personal.said(ID, "x")),
            fact(Account.Moved, unit_id=POLICE.id, role="HANDLER", leader=False, document="1"),
            fact(Account.DelegationRevoked, number=2),
        ):
            assert isinstance(self._given(event).aggregate.check_acted_for(self.TO, 2, NOW), Forbidden)

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
