"""A breach is reported, the person is heard, somebody else finds whether it was one, and it is dealt with."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID

import pytest

from domain.breach import MOST_LINKS, Accused, Breach, Shown
from domain.breach_guards import GUARDS, Measure
from domain.context import Actor, Context, Delegation
from domain.errors import Forbidden, InvalidInput, SamePerson, WrongState
from domain.personal import Personal
from policies.rulebook import load
from tests.support.breach_ways import (
    ABOVE,
    ANSWER,
    CENTRE_LEADER,
    CLOSED,
    CONFIRMED,
    DEPUTY,
    FOUND,
    HEAD,
    RULE,
    TEXT,
    UNFOUNDED,
    WAYS,
    YESTERDAY,
    examined,
    reported,
)
from tests.support.spec import (
    ADMINISTRATOR,
    APPROVER,
    AUDITOR,
    CENTRE,
    COLLEAGUE,
    COMMUNE_LEADER,
    EXECUTOR,
    HANDLER,
    ID,
    NOW,
    POLICE,
    STRANGER,
    actor,
    context,
    fact,
    given,
    unit,
    when,
)

ACTS: dict[str, Callable[[Breach, Context], None]] = {
    "answerBreach": lambda one, who: one.answer(who, text=ANSWER),
    "examineBreach": lambda one, who: one.examine(who, finding=CONFIRMED, text=FOUND, document="05/KL"),
    "dealWithBreach": lambda one, who: one.deal(
        who, measure=Measure.DISCIPLINE, document="06/QĐ-CATP", decided_at=NOW
    ),
    "closeBreach": lambda one, who: one.close(who),
    "reopenBreach": lambda one, who: one.reopen(who, text="Có chứng cứ mới", document="08/KL"),
}

OPEN: Final = {
    "answerBreach": {"REPORTED", "CONFIRMED", "UNFOUNDED", "DEALT_WITH"},
    "examineBreach": {"REPORTED"},
    "dealWithBreach": {"CONFIRMED", "DEALT_WITH"},
    "closeBreach": {"UNFOUNDED", "DEALT_WITH"},
    "reopenBreach": {"CONFIRMED", "UNFOUNDED", "DEALT_WITH", "CLOSED"},
}
"""In which states each act is open."""


def by(act: str, who: Context) -> Callable[[Breach], None]:
    """Somebody does one of these acts."""
    return lambda one: ACTS[act](one, who)


def report(who: Context, **otherwise: Any) -> Breach:
    """Report the usual one."""
    said: dict[str, Any] = {
        "place": POLICE,
        "subject_rule": "R-DH-5.3.0",
        "happened_at": YESTERDAY,
        "text": TEXT,
        "accused": Accused(account_id=HANDLER.account_id, leads=False),
        **otherwise,
    }
    return Breach.report(who, breach_id=ID, number=lambda: "DH-VP-2026-000001", **said)


class TestReported:
    """Who reports what."""

    def test_by_a_colleague(self) -> None:
        """Somebody of the unit says what happened in it, and which prohibited act it was."""
        when(lambda: report(context(COLLEAGUE))).then(reported())

    @pytest.mark.parametrize("who", [HANDLER, HEAD, APPROVER, EXECUTOR, ADMINISTRATOR, COMMUNE_LEADER])
    def test_in_ones_own_unit(self, who: Actor) -> None:
        """Anybody reports a breach in their own unit, by the unit itself as well."""
        own = unit("U", who.unit_kind, who.area_path)
        one = report(context(replace(who, unit_id=own.id)), place=own, accused=None)
        assert (one.state, one.owner_unit, one.account_id) == ("REPORTED", own.id, None)

    @pytest.mark.parametrize(
        "who, refused",
        [(APPROVER, None), (AUDITOR, None), (COMMUNE_LEADER, Forbidden), (STRANGER, Forbidden)],
    )
    def test_in_other_units(self, who: Actor, refused: type[Forbidden] | None) -> None:
        """In other units whoever checks or audits reports one, of their area; nobody else does."""
        if refused is None:
            assert report(context(who)).owner_unit == POLICE.id
            return
        with pytest.raises(refused):
            report(context(who))

    def test_not_beyond_the_area(self) -> None:
        """Whoever checks or audits does so in their area, and not in the next one."""
        far = unit("CATP-2", "CITY_POLICE", "quang-binh/ba-don")
        for who in (APPROVER, AUDITOR):
            with pytest.raises(Forbidden):
                report(context(who), place=far)

    @pytest.mark.parametrize(
        "otherwise, path",
        [
            ({"text": " "}, "text"),
            ({"subject_rule": "R-DH-99.9"}, "ruleId"),
            ({"subject_rule": "R-QT-5.3.0"}, "ruleId"),
            ({"happened_at": NOW + timedelta(seconds=1)}, "happenedAt"),
            ({"shown": Shown(attempts=tuple(range(MOST_LINKS + 1)))}, "attempts"),
            ({"shown": Shown(case_ids=tuple(UUID(int=n) for n in range(MOST_LINKS + 1)))}, "caseIds"),
            ({"shown": Shown(camera_ids=tuple(UUID(int=n) for n in range(MOST_LINKS + 1)))}, "cameraIds"),
        ],
    )
    def test_not_said(self, otherwise: dict[str, Any], path: str) -> None:
        """It says something, of a rule of this regulation, that has happened already."""
        with pytest.raises(InvalidInput) as refused:
            report(context(COLLEAGUE), **otherwise)
        assert refused.value.path == path

    def test_evidence_is_named_once(self) -> None:
        """What is named twice is kept once, in order."""
        when(lambda: report(context(COLLEAGUE), shown=Shown(attempts=(9, 3, 9)))).then(
            reported(attempts=(3, 9))
        )


class TestWay:
    """Heard, examined, dealt with, closed."""

    def test_heard(self) -> None:
        """The person it is said of says what they have to say, also after it was confirmed; and nobody else does."""
        for state in ("REPORTED", "CONFIRMED", "DEALT_WITH"):
            given(Breach, *WAYS[state]).when(lambda one: one.answer(context(HANDLER), text=ANSWER)).then(
                fact(Breach.Answered, text=Personal.said(ID, ANSWER)).under(rule=RULE)
            )
        for who in (COLLEAGUE, HEAD, APPROVER, AUDITOR):
            outcome = given(Breach, reported()).when(by("answerBreach", context(who)))
            assert isinstance(outcome.refusal, Forbidden)

    @pytest.mark.rule("R-DH-16.4.b")
    def test_examined_by_the_head(self) -> None:
        """The head of the unit finds whether one of its people did it."""
        given(Breach, reported()).when(
            lambda one: one.examine(context(HEAD), finding=CONFIRMED, text=FOUND)
        ).then(examined(CONFIRMED).under(rule=RULE))

    def test_examined_by_who_checks(self) -> None:
        """Whoever checks the units of the area finds it as well, on the rule that has it check."""
        given(Breach, reported()).when(
            lambda one: one.examine(context(APPROVER), finding=UNFOUNDED, text=FOUND)
        ).then(examined(UNFOUNDED, by=APPROVER).under(rule=ABOVE))

    @pytest.mark.parametrize("who", [COLLEAGUE, HANDLER, EXECUTOR, ADMINISTRATOR, COMMUNE_LEADER, AUDITOR])
    def test_not_theirs(self, who: Actor) -> None:
        """Colleagues, other units and the audit decide nothing; nor does the person it is said of."""
        for act in ("examineBreach", "dealWithBreach", "closeBreach", "reopenBreach"):
            for past in WAYS.values():
                outcome = given(Breach, *past).when(by(act, context(who)))
                assert isinstance(outcome.refusal, Forbidden)
                assert outcome.events == []

    @pytest.mark.rule("R-QT-19.3.0", "R-DB-19.2.0")
    @pytest.mark.parametrize("profile", ["dong-hoi", "quang-tri", "dien-bien", "yen-bai"])
    def test_dealt_with(self, profile: str) -> None:
        """What is confirmed is dealt with by a measure of the regulation, each under its article."""
        rules = load(profile)
        kind = next(iter(rules.breaches.checked_by), next(iter(rules.unit_kinds)))
        own = unit("U", kind)
        who = context(actor(21, own, "LEADER", leader=True), now=NOW + timedelta(days=365), profile=profile)
        past = reported(unit_id=own.id), examined(CONFIRMED)
        assert {*rules.breaches.measures} == {*Measure}
        for measure, rule in rules.breaches.measures.items():
            given(Breach, *past).when(
                partial(Breach.deal, context=who, measure=Measure(measure), document="06/QĐ", decided_at=NOW)
            ).then(
                fact(
                    Breach.DealtWith,
                    measure=measure,
                    document="06/QĐ",
                    decided_at=NOW,
                    recommendation_id=None,
                ).under(rule=rule, reason=measure)
            )

    @pytest.mark.parametrize(
        "said, path",
        [
            ({"document": ""}, "document"),
            ({"decided_at": NOW + timedelta(seconds=1)}, "decidedAt"),
            ({"decided_at": YESTERDAY - timedelta(seconds=1)}, "decidedAt"),
        ],
    )
    def test_a_measure_has_a_document(self, said: dict[str, Any], path: str) -> None:
        """A measure names the document that decided it, after the breach and not in the future."""
        usual: dict[str, Any] = {"measure": Measure.REMINDER, "document": "1", "decided_at": NOW}
        refused = given(Breach, *WAYS["CONFIRMED"]).when(lambda one: one.deal(context(HEAD), **usual | said))
        assert refused.then_refused(InvalidInput, rule=RULE).path == path

    def test_a_measure_that_the_regulation_has_not(self) -> None:
        """What the regulation does not know as a measure is none."""
        rules = load("dong-hoi")
        breaches = rules.says.breaches
        assert breaches is not None
        fewer = breaches.model_copy(
            update={"measures": {Measure.REMINDER: breaches.measures[Measure.REMINDER]}}
        )
        book = replace(rules, says=rules.says.model_copy(update={"breaches": fewer}))
        who = replace(context(HEAD), rulebook=book)
        refused = given(Breach, *WAYS["CONFIRMED"]).when(lambda one: ACTS["dealWithBreach"](one, who))
        assert refused.then_refused(InvalidInput, rule=RULE).path == "measure"

    def test_several_measures(self) -> None:
        """One breach may be followed by several measures."""
        given(Breach, *WAYS["DEALT_WITH"]).when(
            lambda one: one.deal(
                context(HEAD), measure=Measure.COMPENSATION, document="09/QĐ", decided_at=NOW
            )
        ).then(
            fact(
                Breach.DealtWith,
                measure="COMPENSATION",
                document="09/QĐ",
                decided_at=NOW,
                recommendation_id=None,
            )
        )

    @pytest.mark.parametrize("act", GUARDS)
    def test_each_in_its_place(self, act: str) -> None:
        """Each act is open in its states and refused in all others, citing the rule; the guard says the same."""
        who = context(HANDLER if act == "answerBreach" else HEAD)
        for state, past in WAYS.items():
            outcome = given(Breach, *past).when(lambda one: ACTS[act](one, who))
            guard = GUARDS[act](given(Breach, *past).aggregate, who)
            if state in OPEN[act]:
                assert (outcome.refusal, guard, len(outcome.events)) == (None, None, 1), state
            else:
                outcome.then_refused(WrongState, rule=RULE)
                assert str(guard) == str(outcome.refusal)

    def test_reopened(self) -> None:
        """A finding that was wrong is set aside by a new event, and it is examined anew."""
        one = given(Breach, *WAYS["CLOSED"])
        one.when(lambda breach: breach.reopen(context(HEAD), text="Máy tự mở lại phiên cũ")).then(
            fact(Breach.Reopened, document=None, text=Personal.said(ID, "Máy tự mở lại phiên cũ"))
        )
        assert one.aggregate.state == "REPORTED"
        one.when(lambda breach: breach.examine(context(HEAD), finding=UNFOUNDED, text=FOUND)).then(
            examined(UNFOUNDED)
        )
        one.when(lambda breach: breach.close(context(HEAD))).then(CLOSED)


class TestNobodyJudgesThemselves:
    """Not the person, not the head alone, and not the unit what was found above it."""

    @pytest.mark.parametrize("act", ["examineBreach", "dealWithBreach", "closeBreach", "reopenBreach"])
    def test_not_of_ones_own(self, act: str) -> None:
        """A head of whom it is said decides nothing about it, whatever the document; nor does who acts for them."""
        lent = Delegation(
            account_id=HEAD.account_id,
            number=1,
            actions=frozenset({"breach.examine"}),
            document="Giấy ủy quyền",
            ends_at=NOW + timedelta(days=1),
        )
        by_another = replace(HEAD, account_id=COLLEAGUE.account_id, delegation=lent)
        for who in (HEAD, by_another):
            for past in WAYS.values():
                said = (reported(HEAD), *past[1:])
                outcome = given(Breach, *said).when(by(act, context(who)))
                outcome.then_refused(SamePerson, rule=RULE)

    @pytest.mark.parametrize("of", [HEAD, None])
    @pytest.mark.rule("R-DH-16.4.b")
    def test_decided_above(self, of: Actor | None) -> None:
        """What concerns the head, or the unit for which the head answers, is decided above it."""
        past = given(Breach, reported(of))
        past.when(lambda one: one.examine(context(APPROVER), finding=CONFIRMED, text=FOUND)).then(
            examined(CONFIRMED, by=APPROVER).under(rule=ABOVE)
        )

    @pytest.mark.parametrize("of", [HEAD, None])
    def test_by_its_own_people_with_a_document(self, of: Actor | None) -> None:
        """People of the unit only record what the body above it decided, under the number of its document."""
        past = given(Breach, reported(of))
        for document in (None, " "):
            refused = past.when(
                partial(
                    Breach.examine, context=context(DEPUTY), finding=UNFOUNDED, text=FOUND, document=document
                )
            )
            assert refused.then_refused(InvalidInput, rule=RULE).path == "document"
        past.when(
            lambda one: one.examine(context(DEPUTY), finding=UNFOUNDED, text=FOUND, document="05/KL-UBND")
        ).then(examined(UNFOUNDED, by=DEPUTY, document="05/KL-UBND"))

    def test_who_checks_is_checked(self) -> None:
        """Of itself, whoever checks records what the People's Committee decided."""
        past = given(Breach, reported(None, unit_id=CENTRE.id))
        for who in (APPROVER, CENTRE_LEADER):
            refused = past.when(partial(Breach.examine, context=context(who), finding=UNFOUNDED, text=FOUND))
            assert refused.then_refused(InvalidInput, rule=RULE).path == "document"

    def test_a_finding_from_above_stands(self) -> None:
        """A unit does not set aside what was found by whoever checks it; whoever checks may set aside either."""
        from_above = given(Breach, reported(), examined(CONFIRMED, by=APPROVER))
        from_above.when(lambda one: one.reopen(context(HEAD), text="x")).then_refused(Forbidden, rule=RULE)
        for by in (APPROVER, HEAD):
            outcome = given(Breach, reported(), examined(CONFIRMED, by=by)).when(
                lambda one: one.reopen(context(APPROVER), text="x")
            )
            assert [type(event) for event in outcome.events] == [Breach.Reopened]
