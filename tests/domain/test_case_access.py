"""Who may do what to a case, in which order, and who may read it."""

from typing import Any

import pytest

from domain.case import Case, CaseState, Mark
from domain.case.acts import GUARDS
from domain.case.clocks import next_due
from domain.case.guards import check_view
from domain.context import Actor
from domain.errors import Forbidden, WrongState
from tests.support.cases import (
    ACTS,
    BEGINS,
    LIMITATION,
    NOTIFY_BY,
    TRANSFER_BY,
    VERIFY_BY,
    WAY,
    detected,
    discarded,
)
from tests.support.spec import (
    ACTORS,
    APPROVER,
    AUDITOR,
    CENTRE,
    COLLEAGUE,
    HANDLER,
    OTHER_APPROVER,
    POLICE,
    STRANGER,
    TEAM_HANDLER,
    Fact,
    Outcome,
    context,
    given,
)


def names(actors: object) -> str | None:
    """Name an actor in a test's id."""
    return f"{actors.unit_kind}-{actors.role}-{actors.account_id.int}" if isinstance(actors, Actor) else None


ALLOWED: dict[str, set[Actor]] = {
    "approveCase": {APPROVER},
    "discardCase": {APPROVER},
    "receiveCase": {HANDLER, COLLEAGUE},
    "startVerification": {HANDLER, COLLEAGUE},
    "concludeCase": {HANDLER, COLLEAGUE},
    "notifyResult": {HANDLER, COLLEAGUE},
}
"""Who may do each act where it begins."""

ELSEWHERE: dict[str, set[Actor]] = {
    "approveCase": {OTHER_APPROVER},
    "discardCase": {OTHER_APPROVER},
    "receiveCase": {TEAM_HANDLER},
    "startVerification": {TEAM_HANDLER},
    "concludeCase": set(),
    "notifyResult": set(),
}
"""Who might, if their unit held the case."""


def attempt(act: str, who: Actor, *past: Fact) -> Outcome:
    """Let somebody try an act in its usual form."""
    return given(Case, *past).when(lambda case: ACTS[act](case, context(who)))


@pytest.mark.rule("R-DH-5.5.0")
@pytest.mark.parametrize("act", list(ACTS))
@pytest.mark.parametrize("who", ACTORS, ids=names)
def test_who_may(act: str, who: Actor) -> None:
    """Each act is open to those of the unit that holds the case whose function it is, and to nobody else."""
    outcome = attempt(act, who, *BEGINS[act])
    assert type(outcome.refusal) is (type(None) if who in ALLOWED[act] else Forbidden)
    assert len(outcome.events) == (who in ALLOWED[act])


@pytest.mark.parametrize(
    "act, length",
    [
        (act, length)
        for act, begins in BEGINS.items()
        for length in range(1, len(WAY) + 1)
        if length != len(begins)
    ],
)
def test_out_of_order(act: str, length: int) -> None:
    """Whoever may do an act does it where it begins, and nowhere else on the way."""
    for who in ALLOWED[act]:
        outcome = attempt(act, who, *WAY[:length])
        assert (type(outcome.refusal), outcome.events) == (WrongState, [])


@pytest.mark.parametrize("act", list(ACTS))
def test_discarded_is_the_end(act: str) -> None:
    """Nothing happens to a discarded case any more, whoever tries."""
    for who in ACTORS:
        outcome = attempt(act, who, detected(), discarded())
        expected = WrongState if who in ALLOWED[act] | ELSEWHERE[act] else Forbidden
        assert (type(outcome.refusal), outcome.events) == (expected, [])


@pytest.mark.rule("R-DH-4.3.0")
@pytest.mark.parametrize(
    "who, refused",
    [
        pytest.param(APPROVER, None, id="detecting-unit"),
        pytest.param(HANDLER, None, id="holder"),
        pytest.param(AUDITOR, None, id="auditor-with-a-grant"),
        pytest.param(STRANGER, Forbidden, id="auditor-without"),
        pytest.param(TEAM_HANDLER, Forbidden, id="another-police-unit"),
        pytest.param(OTHER_APPROVER, Forbidden, id="another-centre"),
    ],
)
def test_who_reads(who: Actor, refused: type[Forbidden] | None) -> None:
    """A case is read by the unit that holds it, the unit whose camera proposed it, and a granted auditor."""
    refusal = check_view(given(Case, *WAY[:2]).aggregate, context(who))
    assert type(refusal) is (refused or type(None))


def test_state_along_the_way() -> None:
    """The state, the holder and the running clock after each step of the way."""
    seen = [given(Case, *WAY[:length]).aggregate for length in range(1, len(WAY) + 1)]
    first = [next_due(case.clocks) for case in seen]
    assert [
        (case.state, case.holder_unit_id, clock and (clock.timer, clock.due), case.marks)
        for case, clock in zip(seen, first, strict=True)
    ] == [
        (CaseState.DETECTED, CENTRE.id, ("TRANSFER", TRANSFER_BY), set()),
        (CaseState.APPROVED, POLICE.id, ("VERIFY", VERIFY_BY), set()),
        (CaseState.RECEIVED, POLICE.id, ("VERIFY", VERIFY_BY), {Mark.RECEIVED}),
        (CaseState.VERIFYING, POLICE.id, ("VERIFY", VERIFY_BY), {Mark.RECEIVED}),
        (CaseState.CONCLUDED, POLICE.id, ("NOTIFY_RESULT", NOTIFY_BY), {Mark.RECEIVED}),
        (CaseState.CONCLUDED, POLICE.id, ("LIMITATION", LIMITATION), {Mark.RECEIVED, Mark.RESULT_NOTIFIED}),
    ]


def test_every_act_has_its_guard() -> None:
    """The acts of these tests are all there are."""
    assert list(ACTS) == list(BEGINS)
    assert set(ACTS) < set(GUARDS)


def test_refusals_speak_both_languages() -> None:
    """A refusal has a line in Vietnamese and one in English, and a stable code."""
    outcome = given(Case, *WAY[:2]).when(lambda case: ACTS["approveCase"](case, context(APPROVER)))
    refusal = outcome.then_refused(WrongState, rule="R-DHV-1.3.0")
    said: tuple[Any, ...] = (refusal.code, refusal.vi, refusal.en, refusal.retryable)
    assert said == (
        "WRONG_STATE",
        "Hồ sơ ở trạng thái APPROVED, cần DETECTED, RETURNED",
        "The case is APPROVED, it must be DETECTED, RETURNED",
        False,
    )
