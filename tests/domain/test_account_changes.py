"""A function, the lead, a unit: decided by one person by the way that leads to an account, carried out by another."""

from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from domain.account import Account
from domain.account_review import AccountReview
from domain.context import Actor
from domain.errors import Forbidden, InvalidInput, SamePerson, WrongState
from domain.personal import Personal
from domain.succession import AccountSucceeded
from domain.unit import Unit
from tests.support.spec import (
    ADMINISTRATOR,
    CENTRE,
    COMMUNE,
    COMMUNE_LEADER,
    HANDLER,
    ID,
    NOW,
    POLICE,
    Fact,
    Given,
    actor,
    context,
    fact,
    given,
    unit,
)

PROVINCE = "tinh"
MANAGING = unit("STTTT", "LEVEL_1_MANAGER", PROVINCE)
OPERATING = unit("TTCNTT", "LEVEL_1_OPERATOR", PROVINCE)
BODY = unit("SGD", "EXPLOITING_BODY", PROVINCE)
DIRECTS = actor(32, MANAGING, "ADMINISTRATOR")
GIVES = actor(33, OPERATING, "ADMINISTRATOR")


def account(of: Unit, *more: Fact, role: str = "HANDLER", leader: bool = False) -> Given[Account]:
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


def decided(by: Actor, **said: Any) -> Fact:
    """It was decided by somebody."""
    facts = {"role": None, "leader": None, "unit_id": None, "document": "7/CĐ", **said}
    return fact(Account.ChangeDirected, **facts).under(by=str(by.account_id))


class TestDienBien:
    """Whoever manages level I decides, whoever operates it carries it out."""

    @pytest.mark.rule("R-DB-7.3.0", "R-DB-17.3.0")
    def test_two_people(self) -> None:
        """The manager directs a function, the operator gives it, and with that it is used up."""
        directs, gives = context(DIRECTS, profile="dien-bien"), context(GIVES, profile="dien-bien")
        one = account(OPERATING)
        one.when(
            lambda one: one.direct_change(directs, OPERATING, role="ADMINISTRATOR", document="7/CĐ")
        ).then(decided(DIRECTS, role="ADMINISTRATOR").under(rule="R-DB-7.3.0"))
        one.when(lambda one: one.change_role(gives, OPERATING, role="ADMINISTRATOR", document="8/TT")).then(
            fact(Account.RoleChanged, role="ADMINISTRATOR", document="8/TT").under(rule="R-DB-17.3.0")
        )
        assert one.aggregate.decision is None

    @pytest.mark.rule("R-DB-7.3.0", "R-DB-17.3.0")
    @pytest.mark.parametrize("of", [OPERATING, MANAGING, BODY], ids=lambda of: of.kind)
    def test_nobody_alone(self, of: Unit) -> None:
        """The operator gives no function, no lead and no place that was not decided; the manager gives none itself."""
        for who, refused, rule in ((GIVES, WrongState, "R-DB-7.3.0"), (DIRECTS, Forbidden, "R-DB-17.3.0")):
            act = context(who, profile="dien-bien")
            one = account(of)
            one.when(
                partial(Account.change_role, context=act, unit=of, role="LEADER", document="1")
            ).then_refused(refused, rule=rule)
            one.when(
                partial(Account.change_leader, context=act, unit=of, leader=True, document="1")
            ).then_refused(refused, rule=rule)
            to = MANAGING if of is not MANAGING else OPERATING
            one.when(
                partial(Account.move, context=act, unit=of, to=to, role="ADMINISTRATOR", document="1")
            ).then_refused(refused, rule=rule)
        account(of).when(
            lambda one: one.direct_change(context(GIVES, profile="dien-bien"), of, leader=True, document="1")
        ).then_refused(Forbidden, rule="R-DB-7.3.0")

    def test_exactly_that(self) -> None:
        """Another function, or another unit than what was decided, is not carried out."""
        gives = context(GIVES, profile="dien-bien")
        one = account(BODY, decided(DIRECTS, unit_id=OPERATING.id, role="EXECUTOR", leader=False))
        move = partial(Account.move, context=gives, unit=BODY, document="9/QĐ")
        one.when(partial(move, to=MANAGING, role="HANDLER")).then_refused(WrongState, rule="R-DB-7.3.0")
        one.when(partial(move, to=OPERATING, role="ADMINISTRATOR")).then_refused(
            WrongState, rule="R-DB-7.3.0"
        )
        one.when(partial(move, to=OPERATING, role="EXECUTOR", leader=True)).then_refused(
            WrongState, rule="R-DB-7.3.0"
        )
        one.when(lambda one: one.change_role(gives, BODY, role="EXECUTOR", document="9")).then_refused(
            WrongState, rule="R-DB-7.3.0"
        )
        one.when(partial(move, to=OPERATING, role="EXECUTOR")).then(
            fact(Account.Moved, unit_id=OPERATING.id, role="EXECUTOR", leader=False, document="9/QĐ")
        )
        assert one.aggregate.decision is None

    @pytest.mark.rule("R-DB-13.2.b", "R-DB-7.3.0")
    def test_reviewed(self) -> None:
        """What a review changes is decided by it: the function stays until the operator gives another."""
        directs = context(DIRECTS, profile="dien-bien")
        one = account(OPERATING).aggregate
        review = AccountReview.open(
            directs,
            review_id=UUID(int=77),
            number=lambda: "DB-RS-2026-000001",
            area_path=PROVINCE,
            of_unit_id=None,
            account_ids=[one.id],
            due_at=NOW + timedelta(days=9),
        )
        review.review(directs, one, OPERATING, outcome="CHANGED", text="Đổi việc", role="ADMINISTRATOR")
        assert one.role == "HANDLER"
        gives = context(GIVES, profile="dien-bien")
        one.change_role(gives, OPERATING, role="ADMINISTRATOR", document="8/TT")
        assert [type(event).__name__ for event in one.collect_events()] == [
            "ChangeDirected",
            "Reviewed",
            "RoleChanged",
        ]
        assert one.role == "ADMINISTRATOR"

    def test_reviewed_where_another_decides(self) -> None:
        """The manager of level I changes nobody of a body of level II by a review either: its leader decides."""
        ours = unit("H-2A", "LEVEL_2_BODY", PROVINCE)
        directs = context(DIRECTS, profile="dien-bien")
        one = account(ours).aggregate
        opened = fact(
            AccountReview.Opened,
            number="DB-RS-2026-000001",
            area_path=PROVINCE,
            of_unit_id=None,
            account_ids=[one.id],
            due_at=NOW + timedelta(days=9),
        ).under(unit_id=MANAGING.id)
        given(AccountReview, opened).when(
            lambda review: review.review(directs, one, ours, outcome="CHANGED", text="x", role="LEADER")
        ).then_refused(Forbidden, rule="R-DB-4.4.0")
        assert one.collect_events() == []


class TestQuangTri:
    """The leader of the unit decides who has which function in it, as they allow people into the system."""

    UNIT = unit("CAT", "PROVINCIAL_POLICE", PROVINCE)
    CHIEF = actor(22, UNIT, "LEADER", leader=True)
    ADMIN = actor(23, UNIT, "ADMINISTRATOR")

    @pytest.mark.rule("R-QT-5.6.0")
    def test_leader_first(self) -> None:
        """The administrator makes nobody an approver, or a leader, whom the leader did not let be one."""
        admin, chief = context(self.ADMIN, profile="quang-tri"), context(self.CHIEF, profile="quang-tri")
        change = partial(Account.change_role, context=admin, unit=self.UNIT, role="APPROVER", document="1")
        lead = partial(Account.change_leader, context=admin, unit=self.UNIT, leader=True, document="1")
        account(self.UNIT).when(change).then_refused(WrongState, rule="R-QT-5.6.0")
        account(self.UNIT).when(lead).then_refused(WrongState, rule="R-QT-5.6.0")
        one = account(self.UNIT)
        one.when(
            lambda one: one.direct_change(chief, self.UNIT, role="APPROVER", leader=True, document="7/CĐ")
        ).then(decided(self.CHIEF, role="APPROVER", leader=True).under(rule="R-QT-5.6.0"))
        one.when(change).then(fact(Account.RoleChanged, role="APPROVER", document="1"))
        one.when(lead).then(fact(Account.LeaderChanged, leader=True, document="1"))
        assert one.aggregate.decision is None

    @pytest.mark.rule("R-QT-5.6.0")
    def test_moved_to_a_unit_that_the_centre_allows_into(self) -> None:
        """Where the Centre allows people in, its leader is shown them, and lets one of them go from unit to unit."""
        centre = unit("TT", "CENTRE", PROVINCE)
        board, force = unit("BAN", "SAFETY_BOARD", PROVINCE), unit("LL", "OTHER_FORCE", PROVINCE)
        chief, admin = actor(26, centre, "LEADER", leader=True), actor(27, centre, "ADMINISTRATOR")
        one = account(board)
        one.when(
            lambda one: one.direct_change(
                context(chief, profile="quang-tri"), board, to=force, document="7/CĐ"
            )
        ).then(decided(chief, role="HANDLER", leader=False, unit_id=force.id).under(rule="R-QT-5.6.0"))
        act = context(admin, profile="quang-tri")
        one.when(lambda one: one.move(act, board, to=force, role="HANDLER", document="8")).then(
            fact(Account.Moved, unit_id=force.id, role="HANDLER", leader=False, document="8")
        )
        account(board).when(
            lambda one: one.direct_change(
                context(self.CHIEF, profile="quang-tri"), board, to=force, document="7/CĐ"
            )
        ).then_refused(Forbidden, rule="R-QT-4.4.0")


class TestDongHoi:
    """Whoever names people there decides, and the operating unit carries it out."""

    @pytest.mark.rule("R-DH-10.2.a")
    def test_two_people(self) -> None:
        """A unit says what its people are to do; the administrator gives it, and not what they decided themselves."""
        act = context(ADMINISTRATOR)
        one = account(COMMUNE)
        one.when(
            lambda one: one.direct_change(context(COMMUNE_LEADER), COMMUNE, role="LEADER", document="7/CĐ")
        ).then(decided(COMMUNE_LEADER, role="LEADER").under(rule="R-DH-10.2.a"))
        one.when(lambda one: one.change_role(act, COMMUNE, role="LEADER", document="8")).then(
            fact(Account.RoleChanged, role="LEADER", document="8").under(rule="R-DH-10.2.a")
        )
        account(COMMUNE, decided(ADMINISTRATOR, role="LEADER")).when(
            lambda one: one.change_role(act, COMMUNE, role="LEADER", document="8")
        ).then_refused(SamePerson, rule="R-DH-10.2.a")

    def test_narrowed_at_once(self) -> None:
        """That somebody leads no more is done by one person, and takes back what was decided to the contrary."""
        one = account(COMMUNE, leader=True)
        one.when(
            lambda one: one.change_leader(context(ADMINISTRATOR), COMMUNE, leader=False, document="8")
        ).then(fact(Account.LeaderChanged, leader=False, document="8"))

    def test_refused(self) -> None:
        """Nobody decides on themselves, of a unit that is not theirs, or a function people there may not have."""
        own = account(COMMUNE)
        own.aggregate._id = COMMUNE_LEADER.account_id
        own.when(
            lambda one: one.direct_change(context(COMMUNE_LEADER), COMMUNE, role="LEADER", document="7")
        ).then_refused(SamePerson, rule="R-DH-10.1.0")
        account(POLICE).when(
            lambda one: one.direct_change(context(COMMUNE_LEADER), POLICE, role="LEADER", document="7")
        ).then_refused(Forbidden, rule="R-DH-10.1.0")
        act = context(HANDLER)
        direct = partial(Account.direct_change, context=act, unit=POLICE, document="7")
        for said, path in (
            ({}, "role"),
            ({"role": "APPROVER"}, "role"),
            ({"to": POLICE}, "unitId"),
            ({"leader": True, "document": " "}, "document"),
        ):
            refused = account(POLICE).when(partial(direct, **said)).refusal
            assert isinstance(refused, InvalidInput)
            assert refused.path == path
        account(POLICE).when(partial(direct, to=CENTRE, role="EXECUTOR")).then_refused(
            Forbidden, rule="R-DH-4.3.0"
        )

    def test_over_with_the_unit(self) -> None:
        """What was decided of somebody in a unit is over where that has passed to another."""
        passed = fact(AccountSucceeded, from_unit_id=COMMUNE.id, to_unit_id=POLICE.id, document="1/NĐ")
        account(COMMUNE, decided(COMMUNE_LEADER, leader=True), passed).when(
            lambda one: one.change_leader(context(ADMINISTRATOR), POLICE, leader=True, document="8")
        ).then_refused(WrongState, rule="R-DH-10.2.a")
