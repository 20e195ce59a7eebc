"""What a request costs in decisions: none of casbin, which decided when the rulebook was loaded (ADR 9)."""

import pytest
from casbin.core_enforcer import CoreEnforcer

from policies.rulebook import read
from tests.support.api import Installation
from tests.support.people import case_of


@pytest.fixture
def evaluations(monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
    """Every question that is put to casbin's enforcer, from here on."""
    asked: list[tuple[object, ...]] = []
    decide = CoreEnforcer.enforce_ex

    def counting(self: CoreEnforcer, *question: object) -> object:
        asked.append(question)
        return decide(self, *question)

    monkeypatch.setattr(CoreEnforcer, "enforce_ex", counting)
    return asked


def test_once_for_each_question_at_load(evaluations: list[tuple[object, ...]]) -> None:
    """A rulebook that is read asks each question of the matrix once."""
    read("dong-hoi")
    assert len(evaluations) == len(set(evaluations)) > 0


def test_never_in_a_request(installation: Installation, evaluations: list[tuple[object, ...]]) -> None:
    """A page with what may be done about each row, a look, an act and a refusal evaluate nothing."""
    case = installation.detected()
    evaluations.clear()
    centre = installation.signed_in("centre.approve")
    rows = "nodes { id availableActions { action enabled reasons { rule { id } } } }"
    assert len(centre.ask(f"{{ cases {{ {rows} }} cameras {{ {rows} }} }}")["cases"]["nodes"]) == 1
    assert case_of(centre, id=str(case.id)) is not None
    assert centre.act("approveCase", case.id)["__typename"] == "CaseApproved"
    assert centre.act("receiveCase", case.id)["__typename"] == "Forbidden"
    assert evaluations == []
