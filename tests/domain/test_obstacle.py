"""An obstacle goes to whoever runs the system, and beyond their competence to the People's Committee, in writing."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from pydantic import TypeAdapter

from domain.context import Actor, Context
from domain.errors import Forbidden, InvalidInput, WrongState
from domain.obstacle import Obstacle, chain, check_view, rule_of
from domain.operating import ObstacleChain
from domain.personal import Personal
from policies.obstacle_section import Chains
from policies.rulebook import PROFILES, load
from policies.switches import settings_on
from tests.support.regulations import somebody
from tests.support.spec import (
    ACTORS,
    ADMINISTRATOR,
    APPROVER,
    AUDITOR,
    CENTRE,
    CITY,
    COMMUNE,
    COMMUNE_LEADER,
    EXECUTOR,
    HANDLER,
    ID,
    OTHER_APPROVER,
    Fact,
    context,
    fact,
    given,
    when,
)

TEXT, ANSWER = "Không tra cứu được chủ xe ngoại tỉnh", "Đã có quy chế phối hợp"
RULE = "R-DH-17.2.0"
REPORTED = fact(
    Obstacle.Reported,
    number="DH-VM-2026-000001",
    area_path=f"{CITY}/nam-ly",
    addressed_kind="OPERATIONS_CENTRE",
    subject_rule="R-DH-11.3.b3",
    case_id=None,
    text=Personal.said(ID, TEXT),
).under(by=str(COMMUNE_LEADER.account_id), unit_id=COMMUNE.id, rule=RULE)
ESCALATED = fact(
    Obstacle.Escalated, level=1, addressed_kind=None, to="UBND thành phố", document="03/BC-VP"
).under(unit_id=CENTRE.id, rule=RULE)
SETTLED = fact(Obstacle.Settled, document=None, text=Personal.said(ID, ANSWER))


def reported(who: Context, **otherwise: Any) -> Obstacle:
    """Report the usual one."""
    said: dict[str, Any] = {"text": TEXT, "subject_rule": "R-DH-11.3.b3", **otherwise}
    return Obstacle.report(who, obstacle_id=ID, number=lambda: "DH-VM-2026-000001", **said)


@pytest.mark.rule("R-DH-17.2.0", "R-DHV-5.0.0")
class TestWay:
    """Reported, escalated, settled."""

    def test_reported(self) -> None:
        """A commune's police say what stands in their way, and which obligation it keeps them from."""
        when(lambda: reported(context(COMMUNE_LEADER))).then(REPORTED)

    @pytest.mark.parametrize("who", ACTORS)
    def test_by_anybody(self, who: Actor) -> None:
        """Whoever has an account in the system may report one."""
        assert reported(context(who)).state == "REPORTED"

    def test_settled_at_once(self) -> None:
        """The operating unit settles what is within its competence."""
        given(Obstacle, REPORTED).when(lambda one: one.settle(context(APPROVER), text=ANSWER)).then(SETTLED)

    def test_escalated(self) -> None:
        """What is not goes to the People's Committee with a document; its answer is one of a document as well."""
        given(Obstacle, REPORTED).when(lambda one: one.escalate(context(APPROVER), document="03/BC-VP")).then(
            ESCALATED
        )
        escalated = given(Obstacle, REPORTED, ESCALATED)
        refused = escalated.when(lambda one: one.settle(context(APPROVER), text=ANSWER))
        assert refused.then_refused(InvalidInput, rule=RULE).path == "document"
        escalated.when(lambda one: one.settle(context(APPROVER), text=ANSWER, document="04/CV-UBND")).then(
            fact(Obstacle.Settled, document="04/CV-UBND", text=Personal.said(ID, ANSWER))
        )

    def test_no_further(self) -> None:
        """Beyond the People's Committee the regulation names nobody."""
        given(Obstacle, REPORTED, ESCALATED).when(
            lambda one: one.escalate(context(APPROVER), document="05/BC-VP")
        ).then_refused(WrongState, rule=RULE)


class TestRefused:
    """Who handles none, and what is none."""

    @pytest.mark.parametrize("who", [COMMUNE_LEADER, HANDLER, EXECUTOR, ADMINISTRATOR, AUDITOR])
    def test_not_theirs(self, who: Actor) -> None:
        """Only who was asked settles or escalates it."""
        for act in (
            lambda one: one.settle(context(who), text=ANSWER),
            lambda one: one.escalate(context(who), document="1"),
        ):
            outcome = given(Obstacle, REPORTED).when(act)
            assert isinstance(outcome.refusal, Forbidden)
            assert outcome.events == []

    def test_another_centre(self) -> None:
        """After it was escalated, the unit that did so is told, and no other of its kind puts the answer on record."""
        outcome = given(Obstacle, REPORTED, ESCALATED).when(
            lambda one: one.settle(context(OTHER_APPROVER), text=ANSWER, document="1")
        )
        assert isinstance(outcome.refusal, Forbidden)

    def test_settled_is_settled(self) -> None:
        """What is settled is neither settled again nor escalated."""
        for act in (
            lambda one: one.settle(context(APPROVER), text=ANSWER),
            lambda one: one.escalate(context(APPROVER), document="1"),
        ):
            given(Obstacle, REPORTED, SETTLED).when(act).then_refused(WrongState, rule=RULE)

    @pytest.mark.parametrize(
        "otherwise, path", [({"text": ""}, "text"), ({"subject_rule": "R-DH-99.9"}, "ruleId")]
    )
    def test_not_said(self, otherwise: dict[str, Any], path: str) -> None:
        """It says something, and of a rule there is."""
        with pytest.raises(InvalidInput) as refused:
            reported(context(HANDLER), **otherwise)
        assert refused.value.path == path


class TestOtherRegulations:
    """Each regulation names its own chain."""

    @pytest.mark.parametrize(
        "profile, reporter, asked, above",
        [
            pytest.param(
                "quang-tri",
                "PROVINCIAL_POLICE",
                "SAFETY_BOARD",
                "UBND tỉnh",
                marks=pytest.mark.rule("R-QT-20.0.0"),
            ),
            pytest.param(
                "dien-bien",
                "LEVEL_2_BODY",
                "LEVEL_1_MANAGER",
                "UBND tỉnh",
                marks=pytest.mark.rule("R-DB-20.2.0"),
            ),
            pytest.param(
                "yen-bai",
                "TRANSPORT_DEPARTMENT",
                "COMMITTEE_OFFICE",
                None,
                marks=pytest.mark.rule("R-YB-15.1.0"),
            ),
        ],
    )
    def test_chain(self, profile: str, reporter: str, asked: str, above: str | None) -> None:
        """Who is asked first, and who beyond them."""
        one = reported(somebody(profile, reporter), subject_rule=None)
        assert one.addressed_kind == asked
        handling = somebody(profile, asked)
        if above is None:
            with pytest.raises(WrongState):
                one.escalate(handling, document="1")
            return
        one.escalate(handling, document="1")
        assert [event.to for event in one.collect_events() if isinstance(event, Obstacle.Escalated)] == [
            above
        ]

    def test_every_kind_is_one(self) -> None:
        """The chains name kinds of unit that their regulation has, and rules that it holds."""
        for rulebook in (load(profile) for profile in PROFILES if profile != "national"):
            rule = rule_of(rulebook)
            assert rule
            assert rulebook.citation(rule)
            assert {level.kind for level in chain(rulebook) if level.kind} <= rulebook.unit_kinds.keys()

    def test_dated(self) -> None:
        """Another body settles obstacles from the day on that the regulation says, and the one before until then."""
        says = load("dong-hoi").says
        first = says.obstacles[0]
        until, since = date(2026, 6, 30), date(2026, 7, 1)
        chains = (
            first.model_copy(update={"to": until}),
            first.model_copy(update={"from_": since, "value": first.value[1:]}),
        )
        changed = says.model_copy(update={"obstacles": chains})
        assert [len(settings_on(changed, day).obstacles.levels) for day in (until, since)] == [2, 1]
        with pytest.raises(ValueError, match="expected after the chain"):
            TypeAdapter(Chains).validate_python([*chains, first])

    def test_nobody_named(self) -> None:
        """Where a regulation names nobody, that is said, and nobody is made up."""
        rulebook = load("dong-hoi")
        rulebook = replace(rulebook, settings=replace(rulebook.settings, obstacles=ObstacleChain()))
        who = replace(context(HANDLER), rulebook=rulebook)
        with pytest.raises(WrongState, match="not set by this regulation"):
            reported(who)


@pytest.mark.parametrize(
    "who, past, seen",
    [
        (COMMUNE_LEADER, (REPORTED,), True),
        (APPROVER, (REPORTED,), True),
        (APPROVER, (REPORTED, ESCALATED), True),
        (HANDLER, (REPORTED,), False),
        (EXECUTOR, (REPORTED,), False),
        (AUDITOR, (REPORTED,), True),
    ],
)
def test_seen(who: Actor, past: tuple[Fact, ...], *, seen: bool) -> None:
    """It is seen by its unit, by whoever is or was asked, and by the audit of its area."""
    assert (check_view(given(Obstacle, *past).aggregate, context(who)) is None) == seen
