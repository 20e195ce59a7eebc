"""Any people, any acts, in any order: what must hold of a case whatever they try."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from domain.case import Case, CaseState, Finding
from domain.case.acts import GUARDS
from domain.context import Actor
from domain.envelope import Event
from domain.errors import InvalidInput, Refusal, SameUnit
from tests.support.cases import PLATE, TEXT, WAY, detected
from tests.support.spec import (
    ACTORS,
    CENTRE,
    COMMUNE,
    INSPECTORATE,
    NOW,
    OTHER_CENTRE,
    POLICE,
    TEAM,
    actor,
    context,
    recorded,
    replayed,
)

MOVED = actor(ACTORS[0].account_id.int, POLICE, "HANDLER")
"""The approver of the Centre, moved to the police: the same person in another unit."""

PEOPLE = st.sampled_from((ACTORS[0], ACTORS[4], MOVED)) | st.sampled_from(ACTORS)
UNITS = {unit.code: unit for unit in (CENTRE, OTHER_CENTRE, POLICE, TEAM, COMMUNE, INSPECTORATE)}
LATER = st.integers(0, 40).map(lambda days: timedelta(days=days))


class CaseMachine(RuleBasedStateMachine):
    """Tries everything on one case."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.events: list[Event] = []

    @initialize(
        security=st.booleans(),
        holder=st.sampled_from([CENTRE.code, OTHER_CENTRE.code]),
        length=st.integers(1, len(WAY)),
    )
    def begin(self, security: bool, holder: str, length: int) -> None:
        """A camera of one Centre or the other proposes, and the case has come some of its way."""
        about: dict[str, Any] = {"domain": "SECURITY", "due": None, "due_rule": None} if security else {}
        past = [detected(**about, holder_unit_id=UNITS[holder].id), *WAY[1:length]]
        self.events = recorded([f.under(rule="R-DH-5.8.0") for f in past], Case)
        self.case = self._replayed()

    def _replayed(self) -> Case:
        case = replayed(self.events)
        assert isinstance(case, Case)
        return case

    def _try(self, act: str, who: Actor, decide: Any, *, inputs: Collection[type[Refusal]] = ()) -> None:
        """Decide, and hold the decision against its guard: availableActions is never wrong."""
        ctx = context(who, self.now)
        guarded = GUARDS[act](self.case, ctx)
        before = self.case.version
        refused: Refusal | None = None
        try:
            decide(self.case, ctx)
        except Refusal as refusal:
            refused = refusal
        new = [event for event in self.case.collect_events() if isinstance(event, Event)]
        self.events += new
        if guarded is not None:
            assert refused is not None, f"{act} is shown as closed and went through: {guarded}"
            assert (type(refused), refused.en, refused.rule) == (type(guarded), guarded.en, guarded.rule)
        if refused is not None:
            assert guarded is not None or type(refused) in inputs, f"{act} is shown as open: {refused}"
            assert (new, self.case.version) == ([], before)
        else:
            assert [(e.envelope.by, e.envelope.took_place_at) for e in new] == [
                (str(who.account_id), self.now)
            ]

    @rule(by=LATER)
    def wait(self, by: timedelta) -> None:
        """Time passes."""
        self.now += by

    @rule(who=PEOPLE, recipient=st.sampled_from(sorted(UNITS)), plate=st.sampled_from([PLATE, "?"]))
    def approve(self, who: Actor, recipient: str, plate: str) -> None:
        """Somebody approves."""
        self._try(
            "approveCase",
            who,
            lambda case, ctx: case.approve(ctx, plate=plate, recipient=UNITS[recipient]),
            inputs={InvalidInput, SameUnit},
        )

    @rule(
        who=PEOPLE, reason=st.sampled_from(["FALSE_ALARM", "BECAUSE"]), note=st.none() | st.just("Bóng cây")
    )
    def discard(self, who: Actor, reason: str, note: str | None) -> None:
        """Somebody discards."""
        self._try(
            "discardCase",
            who,
            lambda case, ctx: case.discard(ctx, reason_code=reason, note=note),
            inputs={InvalidInput},
        )

    @rule(who=PEOPLE)
    def receive(self, who: Actor) -> None:
        """Somebody receives."""
        self._try("receiveCase", who, Case.receive)

    @rule(who=PEOPLE)
    def start_verification(self, who: Actor) -> None:
        """Somebody verifies."""
        self._try("startVerification", who, Case.start_verification)

    @rule(who=PEOPLE, finding=st.sampled_from(Finding), text=st.sampled_from([TEXT, " "]))
    def conclude(self, who: Actor, finding: Finding, text: str) -> None:
        """Somebody concludes."""
        self._try(
            "concludeCase",
            who,
            lambda case, ctx: case.conclude(ctx, finding=finding, text=text),
            inputs={InvalidInput},
        )

    @rule(who=PEOPLE)
    def notify(self, who: Actor) -> None:
        """Somebody tells the result."""
        self._try("notifyResult", who, Case.notify_result)

    @invariant()
    def replay_is_the_state(self) -> None:
        """The events alone give the state."""
        if self.events:
            assert vars(self._replayed()) == vars(self.case)

    @invariant()
    def decided_once(self) -> None:
        """A case is approved or discarded, once; concluded at most once; after a discard nothing follows."""
        kinds = [type(event).__name__ for event in self.events]
        assert kinds.count("Approved") + kinds.count("Discarded") <= 1
        assert kinds.count("Concluded") <= 1
        assert kinds.count("ResultNotified") <= 1
        assert "Discarded" not in kinds[:-1]
        assert "ResultNotified" not in kinds[:-1]

    @invariant()
    def two_people_two_units(self) -> None:
        """Nobody who approved concludes, nor does anyone of their unit."""
        by = {type(event).__name__: event.envelope for event in self.events}
        if "Concluded" in by:
            assert by["Concluded"].by != by["Approved"].by
            assert by["Concluded"].unit_id != by["Approved"].unit_id

    @invariant()
    def every_act_names_its_rule(self) -> None:
        """No act is recorded without the obligation it stands on, and the rulebook knows that obligation."""
        for event in self.events[1:]:
            assert event.envelope.rule is not None
            assert context().rulebook.citation(event.envelope.rule)


CaseMachine.TestCase.settings = settings(
    max_examples=100,
    stateful_step_count=40,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestCaseMachine = CaseMachine.TestCase


def test_the_machine_goes_the_whole_way() -> None:
    """The acts the machine tries do reach the end, so its invariants are held against something."""
    machine = CaseMachine()
    machine.begin(security=False, holder=CENTRE.code, length=1)
    approver, handler = ACTORS[0], ACTORS[4]
    machine.approve(approver, POLICE.code, PLATE)
    machine.receive(handler)
    machine.start_verification(handler)
    machine.conclude(MOVED, Finding.VIOLATION, TEXT)
    assert machine.case.state == CaseState.VERIFYING
    machine.conclude(handler, Finding.VIOLATION, TEXT)
    machine.notify(handler)
    assert [type(event).__name__ for event in machine.events] == [
        "Detected",
        "Approved",
        "Received",
        "VerificationStarted",
        "Concluded",
        "ResultNotified",
    ]
