"""Điện Biên (25/2024/QĐ-UBND): it sets no procedure of a case, and what it does set holds."""

import pytest

from domain.case import Case, CaseState, Finding
from domain.case.acts import GUARDS
from domain.errors import Forbidden, InvalidInput, WrongState
from policies.rulebook import load
from tests.support.provinces import YEN_BAI
from tests.support.spec import actor, context, given, legal, unit

NOW = legal("2026-06-24 09:00")
AREA = "dien-bien/thanh-pho"
ROLES = ("APPROVER", "EXECUTOR", "ADMINISTRATOR", "HANDLER", "LEADER", "AUDITOR")
BESIDE = {"publishCase", "withdrawPublication", "issueDocument", "explainDelay"}
"""What is no step of a procedure; publication has rules of its own."""


def held_by(kind: str) -> Case:
    """A proposal of a camera of a unit of some kind; without a procedure it is as good as one of any province."""
    begins = YEN_BAI.begins(area_path=AREA, holder_unit_id=unit("DB-X", kind, "dien-bien").id)
    return given(Case, begins).aggregate


@pytest.mark.parametrize("kind", load("dien-bien").unit_kinds)
def test_no_procedure(kind: str) -> None:
    """No unit, in any function and any state of a case it holds, may do any act of a procedure; the basis says so."""
    case, held = held_by(kind), unit("DB-X", kind, "dien-bien")
    for role in ROLES:
        ctx = context(actor(1, held, role, leader=role == "LEADER"), NOW, "dien-bien")
        for state in CaseState:
            case.state = state
            for name in GUARDS.keys() - BESIDE:
                refusal = GUARDS[name](case, ctx)
                assert isinstance(refusal, Forbidden), (name, state, role)
                assert refusal.rule == "R-DB-3.1.0", (name, state, role)
                assert "DB sets no case procedure" in refusal.en


def test_nothing_to_detect() -> None:
    """It names no kinds of violation and no reasons to discard: what a camera proposes is told from no list."""
    rulebook = load("dien-bien")
    assert rulebook.kinds("TRAFFIC") == rulebook.kinds("SECURITY") == frozenset()
    assert (rulebook.discard_reasons, rulebook.steps) == (frozenset(), frozenset())


@pytest.mark.rule("R-DB-9.2.0")
@pytest.mark.parametrize("kind", ["LEVEL_1_MANAGER", "LEVEL_1_OPERATOR"])
def test_no_images_of_violations(kind: str) -> None:
    """Whoever publishes shows views of places: the catalogue has no case, not even one that was concluded."""
    case = held_by(kind)
    publisher = actor(1, unit("DB-X", kind, "dien-bien"), "APPROVER")
    for state, finding in ((CaseState.DETECTED, None), (CaseState.CONCLUDED, Finding.VIOLATION)):
        case.state, case.finding = state, finding
        with pytest.raises(WrongState) as refused:
            case.publish(context(publisher, NOW, "dien-bien"))
        assert (refused.value.rule, case.pending_events) == ("R-DB-9.2.0", [])
        assert (
            refused.value.en == "The catalogue of data allowed for sharing has no cases of the domain TRAFFIC"
        )


@pytest.mark.rule("R-DB-4.2.0")
@pytest.mark.rule("R-DB-18.2.0")
def test_purposes() -> None:
    """Its own seven purposes are what data are looked at for; those of other regulations are refused by name."""
    looking = context(actor(1, unit("DB-X", "EXPLOITING_BODY", "dien-bien"), "HANDLER"), NOW, "dien-bien")
    own = set(load("dien-bien").purposes)
    assert len(own) == 7
    assert [looking.check_purpose(purpose) for purpose in own] == [None] * 7
    for purpose in {*load("dong-hoi").purposes, *load("yen-bai").purposes} - own:
        refusal = looking.check_purpose(purpose)
        assert isinstance(refusal, InvalidInput)
        assert (refusal.rule, refusal.path) == ("R-DB-18.2.0", "purpose")
        assert refusal.en.endswith("one of " + ", ".join(sorted(own)))
