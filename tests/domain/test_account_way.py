"""The way to an account under each regulation: who takes which step, after whom, and what must be true before."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from domain.account import Account
from domain.context import Actor
from domain.errors import Forbidden, InvalidInput, Refusal, SamePerson, WrongState
from domain.personal import Personal
from domain.unit import Unit
from policies.rulebook import load
from tests.support.spec import (
    ADMINISTRATOR,
    APPROVER,
    CENTRE,
    COMMUNE,
    COMMUNE_LEADER,
    GRANT,
    HANDLER,
    NOW,
    POLICE,
    Fact,
    actor,
    context,
    fact,
    given,
    unit,
    when,
)

PROVINCE = "tinh"
NEW = "cap-nl.moi"
WHO = Account.create_id(NEW)


def nominated(of: Unit, role: str = "HANDLER", *, by: Actor, leader: bool = False) -> Fact:
    """Somebody was nominated by somebody."""
    return fact(
        Account.Nominated,
        name=NEW,
        full_name=Personal.said(WHO, "Người Mẫu"),
        unit_id=of.id,
        role=role,
        leader=leader,
        document=None,
    ).under(by=str(by.account_id))


def under(fact_: Fact, by: Actor) -> Fact:
    """The same by somebody."""
    return fact_.under(by=str(by.account_id))


def nominate(of: Unit, who: Actor, profile: str = "dong-hoi", **said: Any) -> Callable[[], Account]:
    """Nominate somebody."""
    facts = {"name": NEW, "full_name": "Người Mẫu", "role": "HANDLER", **said}
    return lambda: Account.nominate(
        context(who, profile=profile), unit=of, taken=lambda _: said.get("name") == "taken.name", **facts
    )


class TestDongHoi:
    """The units that use the system and the one that operates it draw up the list; the latter gives the accounts."""

    @pytest.mark.rule("R-DH-10.2.a", "R-DHV-1.2.0")
    def test_nominated_and_issued(self) -> None:
        """The leader of commune police names somebody, the operating unit's administrator gives the account."""
        when(nominate(COMMUNE, COMMUNE_LEADER)).then(
            fact(
                Account.Nominated,
                name=NEW,
                full_name=Personal.said(WHO, "Người Mẫu"),
                unit_id=COMMUNE.id,
                role="HANDLER",
                leader=False,
                document=None,
            ).under(by=str(COMMUNE_LEADER.account_id), rule="R-DH-10.2.a")
        )
        account = given(Account, nominated(COMMUNE, by=COMMUNE_LEADER))
        account.when(lambda one: one.issue(context(ADMINISTRATOR), COMMUNE)).then(
            fact(Account.Issued, direction=None).under(by=str(ADMINISTRATOR.account_id), rule="R-DH-10.2.a")
        )
        police = given(Account, nominated(POLICE, by=HANDLER))
        police.when(lambda one: one.issue(context(ADMINISTRATOR), POLICE)).then(
            fact(Account.Issued, direction=None).under(rule="R-DHV-1.2.0")
        )

    @pytest.mark.rule("R-QT-7.1.0")
    def test_opens_nothing_before(self) -> None:
        """Until it was given, an account opens nothing, and afterwards it does."""
        one = given(Account, nominated(COMMUNE, by=COMMUNE_LEADER)).aggregate
        assert isinstance(one.check_sign_in(), Forbidden)
        one.issue(context(ADMINISTRATOR), COMMUNE)
        assert one.check_sign_in() is None

    @pytest.mark.parametrize(
        "who, rule",
        [(APPROVER, "R-DH-3.5.0"), (HANDLER, "R-DH-10.1.0"), (COMMUNE_LEADER, "R-DH-10.1.0")],
    )
    @pytest.mark.rule("R-DH-10.1.0")
    def test_issued_by_nobody_else(self, who: Actor, rule: str) -> None:
        """Nobody but an administrator of the operating unit gives an account."""
        given(Account, nominated(COMMUNE, by=COMMUNE_LEADER)).when(
            lambda one: one.issue(context(who), COMMUNE)
        ).then_refused(Forbidden, rule=rule)

    def test_two_people(self) -> None:
        """Whoever nominated somebody does not give the account, the administrator no more than others."""
        given(Account, nominated(COMMUNE, by=ADMINISTRATOR)).when(
            lambda one: one.issue(context(ADMINISTRATOR), COMMUNE)
        ).then_refused(SamePerson, rule="R-DH-10.2.a")

    def test_no_other_steps(self) -> None:
        """Neither the leave of a leader nor a direction is a step of this regulation."""
        one = given(Account, nominated(COMMUNE, by=HANDLER))
        one.when(lambda one: one.approve(context(COMMUNE_LEADER), COMMUNE)).then_refused(WrongState)
        one.when(lambda one: one.direct(context(ADMINISTRATOR), COMMUNE, document="1")).then_refused(
            WrongState
        )

    def test_of_another_unit(self) -> None:
        """A unit nominates its own people; the operating unit those of all units of its area."""
        assert isinstance(_refusal(nominate(POLICE, COMMUNE_LEADER)), Forbidden)
        when(nominate(COMMUNE, APPROVER)).then(nominated(COMMUNE, by=APPROVER))
        away = unit("CAP-QT", "COMMUNE_POLICE", "quang-tri/dong-ha")
        assert isinstance(_refusal(nominate(away, APPROVER)), Forbidden)

    @pytest.mark.rule("R-QT-10.4.c", "R-DH-10.1.0")
    @pytest.mark.parametrize("role", ["ADMINISTRATOR", "APPROVER", "AUDITOR", "KING", ""])
    def test_role_of_the_unit(self, role: str) -> None:
        """A function that people of the unit may not have is refused, with those that they may have."""
        refused = _refusal(nominate(COMMUNE, COMMUNE_LEADER, role=role))
        assert isinstance(refused, InvalidInput)
        assert (refused.path, refused.rule) == ("role", "R-DH-10.1.0")
        assert "HANDLER, LEADER" in refused.en

    @pytest.mark.parametrize(
        "said, path",
        [
            ({"name": "x"}, "name"),
            ({"name": "Người"}, "name"),
            ({"name": "a b"}, "name"),
            ({"name": "a" * 41}, "name"),
            ({"name": "taken.name"}, "name"),
            ({"full_name": "  "}, "fullName"),
            ({"full_name": "a" * 201}, "fullName"),
            ({"document": "a" * 201}, "document"),
        ],
    )
    def test_words(self, said: dict[str, str], path: str) -> None:
        """A name is one that can be typed and is nobody's yet, and a person has a name."""
        refused = _refusal(nominate(COMMUNE, COMMUNE_LEADER, **said))
        assert isinstance(refused, InvalidInput)
        assert refused.path == path


class TestQuangTri:
    """Each unit that manages devices gives the accounts of its own people, with leave of its leader."""

    UNIT = unit("CAT", "PROVINCIAL_POLICE", PROVINCE)
    OFFICER = actor(21, UNIT, "HANDLER")
    CHIEF = actor(22, UNIT, "LEADER", leader=True)
    ADMIN = actor(23, UNIT, "ADMINISTRATOR")
    BOARD = unit("BAN", "SAFETY_BOARD", PROVINCE)
    CENTRE_ADMIN = actor(24, unit("TT", "CENTRE", PROVINCE), "ADMINISTRATOR")
    APPROVED = fact(Account.Approved, document="5/QĐ")
    TRAINED = fact(Account.Trained, trained_at=NOW - timedelta(days=30), document="3/CN")

    def test_way(self) -> None:
        """Named by a colleague, allowed by the leader, given by the unit's administrator."""
        act = {who: context(who, profile="quang-tri") for who in (self.CHIEF, self.ADMIN)}
        one = given(Account, nominated(self.UNIT, by=self.OFFICER))
        one.when(lambda one: one.approve(act[self.CHIEF], self.UNIT, document="5/QĐ")).then(
            fact(Account.Approved, document="5/QĐ").under(rule="R-QT-5.6.0")
        )
        one = given(
            Account, nominated(self.UNIT, by=self.OFFICER), under(self.APPROVED, self.CHIEF), self.TRAINED
        )
        one.when(lambda one: one.issue(act[self.ADMIN], self.UNIT)).then(
            fact(Account.Issued, direction=None).under(rule="R-QT-10.4.a")
        )

    @pytest.mark.rule("R-QT-5.6.0")
    def test_not_without_leave(self) -> None:
        """Without the leader's leave no account is given, and nobody but the leader gives leave."""
        one = given(Account, nominated(self.UNIT, by=self.OFFICER), self.TRAINED)
        one.when(lambda one: one.issue(context(self.ADMIN, profile="quang-tri"), self.UNIT)).then_refused(
            WrongState, rule="R-QT-10.4.a"
        )
        nobody = {
            self.OFFICER: "R-QT-5.6.0",
            actor(25, self.UNIT, "LEADER"): "R-QT-5.6.0",
            self.ADMIN: "R-QT-4.4.0",
        }
        for who, rule in nobody.items():
            act = context(who, profile="quang-tri")
            one.when(partial(Account.approve, context=act, unit=self.UNIT)).then_refused(Forbidden, rule=rule)

    def test_leader_approves_not_their_own(self) -> None:
        """A leader who nominated somebody does not allow it as well."""
        given(Account, nominated(self.UNIT, by=self.CHIEF)).when(
            lambda one: one.approve(context(self.CHIEF, profile="quang-tri"), self.UNIT)
        ).then_refused(SamePerson, rule="R-QT-5.6.0")

    @pytest.mark.rule("R-QT-6.1.b")
    def test_trained_first(self) -> None:
        """Nobody who was not trained is given an account; the refusal cites the rule."""
        one = given(Account, nominated(self.UNIT, by=self.OFFICER), under(self.APPROVED, self.CHIEF))
        act = context(self.ADMIN, profile="quang-tri")
        refused = _refusal(lambda: one.aggregate.issue(act, self.UNIT))
        assert isinstance(refused, WrongState)
        assert refused.rule == "R-QT-6.1.b"
        one.when(
            lambda one: one.train(act, self.UNIT, trained_at=NOW - timedelta(days=1), document="3/CN")
        ).then(
            fact(Account.Trained, trained_at=NOW - timedelta(days=1), document="3/CN").under(
                rule="R-QT-6.1.b"
            )
        )
        one.when(
            lambda one: one.train(act, self.UNIT, trained_at=NOW + timedelta(days=1), document="3/CN")
        ).then_refused(InvalidInput)

    def test_own_unit_only(self) -> None:
        """The Centre's administrator gives no account of the police, and does where a unit has nobody to give them."""
        of_police = given(
            Account, nominated(self.UNIT, by=self.OFFICER), under(self.APPROVED, self.CHIEF), self.TRAINED
        )
        act = context(self.CENTRE_ADMIN, profile="quang-tri")
        of_police.when(lambda one: one.issue(act, self.UNIT)).then_refused(Forbidden, rule="R-QT-10.4.a")
        secretary = actor(26, self.BOARD, "HANDLER")
        of_board = given(
            Account, nominated(self.BOARD, by=secretary), under(self.APPROVED, self.CHIEF), self.TRAINED
        )
        of_board.when(lambda one: one.issue(act, self.BOARD)).then(fact(Account.Issued, direction=None))

    @pytest.mark.rule("R-QT-10.4.a")
    def test_each_managing_unit_is_administered(self) -> None:
        """The kinds of unit that manage devices are those whose people may administer, and no others."""
        rules = load("quang-tri").account_rules
        assert rules.administered == {kind for kind, roles in rules.roles.items() if "ADMINISTRATOR" in roles}
        assert rules.administered_rule == "R-QT-10.4.a"


class TestDienBien:
    """Whoever manages level I directs, whoever operates it gives; levels II and III give those of their systems."""

    MANAGER = unit("STTTT", "LEVEL_1_MANAGER", PROVINCE)
    OPERATOR = unit("TTCNTT", "LEVEL_1_OPERATOR", PROVINCE)
    BODY = unit("SGD", "EXPLOITING_BODY", PROVINCE)
    HEAD = actor(31, BODY, "LEADER", leader=True)
    DIRECTS = actor(32, MANAGER, "ADMINISTRATOR")
    GIVES = actor(33, OPERATOR, "ADMINISTRATOR")
    DIRECTED = fact(Account.Directed, document="7/CĐ")

    @pytest.mark.rule("R-DB-7.3.0", "R-DB-17.3.0", "R-DB-13.2.a", "R-DB-8.1.0")
    def test_directed_then_given(self) -> None:
        """A body asks, the manager directs, the operator gives it, and names the event that directed so."""
        one = given(Account, nominated(self.BODY, by=self.HEAD))
        one.when(
            lambda one: one.direct(context(self.DIRECTS, profile="dien-bien"), self.BODY, document="7/CĐ")
        ).then(fact(Account.Directed, document="7/CĐ").under(rule="R-DB-7.3.0"))
        one = given(Account, nominated(self.BODY, by=self.HEAD), under(self.DIRECTED, self.DIRECTS))
        one.when(lambda one: one.issue(context(self.GIVES, profile="dien-bien"), self.BODY)).then(
            fact(Account.Issued, direction=2).under(rule="R-DB-17.3.0")
        )

    @pytest.mark.rule("R-DB-17.3.0")
    def test_not_undirected(self) -> None:
        """The operator gives nothing that was not directed, and the manager gives nothing itself."""
        gives, directs = context(self.GIVES, profile="dien-bien"), context(self.DIRECTS, profile="dien-bien")
        one = given(Account, nominated(self.BODY, by=self.HEAD))
        one.when(lambda one: one.issue(gives, self.BODY)).then_refused(WrongState, rule="R-DB-17.3.0")
        one = given(Account, nominated(self.BODY, by=self.HEAD), under(self.DIRECTED, self.DIRECTS))
        one.when(lambda one: one.issue(directs, self.BODY)).then_refused(Forbidden, rule="R-DB-17.3.0")

    @pytest.mark.rule("R-DB-17.4.b")
    def test_administrators_where_there_is_something_to_administer(self) -> None:
        """Administrators fit the bodies that manage or operate a system, and no others."""
        rules = load("dien-bien").account_rules
        kinds = {kind for kind, roles in rules.roles.items() if "ADMINISTRATOR" in roles}
        assert kinds == {"LEVEL_1_MANAGER", "LEVEL_1_OPERATOR", "LEVEL_2_BODY", "LEVEL_3_BODY"}

    @pytest.mark.rule("R-DB-13.6.1")
    def test_trained(self) -> None:
        """That a person was trained is put on record by the one who gives accounts; it is no condition here."""
        trained = fact(Account.Trained, trained_at=NOW - timedelta(days=1), document="3/TH")
        act = context(self.GIVES, profile="dien-bien")
        given(Account, nominated(self.BODY, by=self.HEAD)).when(
            lambda one: one.train(act, self.BODY, trained_at=NOW - timedelta(days=1), document="3/TH")
        ).then(trained)
        assert not load("dien-bien").account_rules.training_required

    def test_own_system(self) -> None:
        """A body of level II gives the accounts of its own people, and of no other body's."""
        ours, theirs = unit("H-2A", "LEVEL_2_BODY", PROVINCE), unit("H-2B", "LEVEL_2_BODY", PROVINCE)
        admin, chief = actor(34, ours, "ADMINISTRATOR"), actor(35, ours, "LEADER", leader=True)
        for of, outcome in ((ours, None), (theirs, Forbidden)):
            one = given(Account, nominated(of, by=admin), under(fact(Account.Approved, document=None), chief))
            act = context(admin, profile="dien-bien")
            done = one.when(partial(Account.issue, context=act, unit=of))
            if outcome is None:
                done.then(fact(Account.Issued, direction=None).under(rule="R-DB-7.4.0"))
            else:
                done.then_refused(outcome, rule="R-DB-7.4.0")


def test_yen_bai_names_nobody() -> None:
    """Where the regulation names nobody who gives accounts, nobody does through the system."""
    office = unit("VP", "COMMITTEE_OFFICE", PROVINCE)
    refused = _refusal(nominate(office, actor(41, office, "LEADER", leader=True), "yen-bai"))
    assert isinstance(refused, WrongState)
    assert "not set by this regulation" in refused.en


@pytest.mark.parametrize("profile", ["dong-hoi", "quang-tri", "dien-bien", "yen-bai"])
@pytest.mark.rule("R-QT-10.4.c", "R-DB-17.4.b")
def test_every_function_fits(profile: str) -> None:
    """Each function that a kind of unit may have leaves its people something that the matrix allows them."""
    rules = load(profile)
    assert rules.account_rules.roles.keys() == rules.unit_kinds.keys()
    everybody = {"obstacle.report", "account.nominate", "case.view", "evidence.view", "case.document"}
    everybody |= {"extraction.view", "extraction.accept", "recommendation.answer", "obstacle.handle"}
    everybody |= {"breach.report", "breach.answer"}
    for kind, roles in rules.account_rules.roles.items():
        if rules.ended(kind, NOW.date()):
            continue  # there are no such units any more, so none of their people may do anything
        for role in roles:
            who = actor(51, unit("U", kind, PROVINCE), role, leader=True, grants=(GRANT,))
            own = rules.authority.roles[role] - everybody
            assert any(rules.authority.could(who, action, now=NOW) for action in own), (kind, role)


def test_an_ended_unit() -> None:
    """Nobody is nominated for a unit that is no more."""
    gone = unit("CAP-CU", "COMMUNE_POLICE", COMMUNE.area_path)
    gone.ceased_at = NOW - timedelta(days=1)
    assert isinstance(_refusal(nominate(gone, APPROVER)), InvalidInput)


def test_centre_is_the_operating_unit() -> None:
    """The Centre nominates its own people too, and another of them gives the account."""
    one = given(Account, nominated(CENTRE, "EXECUTOR", by=APPROVER))
    one.when(lambda one: one.issue(context(ADMINISTRATOR), CENTRE)).then(fact(Account.Issued, direction=None))


def _refusal(decide: Callable[[], object]) -> Refusal | None:
    try:
        decide()
    except Refusal as refusal:
        return refusal
    return None
