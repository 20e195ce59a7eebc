"""Any people, any acts, in any order, at any time: what must hold of a case whatever they try."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any, ClassVar
from uuid import UUID

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from domain.case import Case, CaseState, Finding, Mark
from domain.case.acts import GUARDS
from domain.case.state import ENDED
from domain.clock import legal_date
from domain.commands.case import SCHEDULER
from domain.context import Actor, Context
from domain.envelope import Envelope, Event, acting
from domain.errors import Refusal
from domain.personal import Personal
from projections import case_queue
from projections.case_queue import CaseRow
from store.mapper import SealingMapper
from tests.support.case_acts import ACTS, INPUTS, MORE, OTHERS
from tests.support.case_limits import barred_from
from tests.support.cases import detected, limitation
from tests.support.procedure import CHIEF, TEAM_CHIEF, WAY, on_a_motorbike, runs
from tests.support.soak import sizes
from tests.support.spec import (
    ACTORS,
    APPROVER,
    CENTRE,
    HANDLER,
    NOW,
    OTHER_CENTRE,
    POLICE,
    TEAM_HANDLER,
    actor,
    context,
    recorded,
    replayed,
    rules_on,
)

MOVED = actor(APPROVER.account_id.int, POLICE, "HANDLER")
"""The approver of the Centre, moved to the police: the same person in another unit."""
SECOND = actor(13, CENTRE, "APPROVER")
LIKELY = (APPROVER, SECOND, HANDLER, CHIEF, TEAM_HANDLER, TEAM_CHIEF, MOVED)
PEOPLE = st.sampled_from(LIKELY) | st.sampled_from((*ACTORS, CHIEF, TEAM_CHIEF, MOVED, SECOND))
CHANCE = st.integers(0, 2**32 - 1)
LATER = st.sampled_from([timedelta(hours=h) for h in (1, 5, 9, 24, 24, 48, 100, 240, 800, 5000)])
SHORTLY = [timedelta(hours=h) for h in (0, 0, 1, 5, 9, 24, 48, 72)]
BESIDE = {
    "assignCase",
    "publishCase",
    "withdrawPublication",
    "fileComplaint",
    "answerComplaint",
    "issueDocument",
}
BESIDE |= {"correctCase", "voidAct", "returnCase", "forwardCase", "mergeCase", "referCase", "decideNoPenalty"}
OWN = (
    runs("OWNER_NOTICE", "2026-06-01 17:00", "2026-06-12 00:00", "R-VN-TT73-24.1.a"),
    limitation(POLICE.id),
)
TRIED = settings(
    max_examples=3,
    stateful_step_count=50,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
FINDINGS = {"Concluded", "Referred", "RecordDrawn", "DecisionIssued", "NoDecision"}
AT_MOST_ONE = {"RecordDrawn": "RECORD", "DecisionIssued": "DECISION"}
SHOWN = {
    "state",
    "marks",
    "clocks",
    "holder_unit_id",
    "assignee",
    "approved_by",
    "approving_unit_id",
    "finding",
    "late_without_reason",
    "duplicates",
    "before_referral",
    "domain",
    "kind",
    "track",
}


class Backwards:
    """Keys that seal by writing backwards, so that ten thousand steps need no server."""

    def seal(self, _subject: UUID, text: str) -> str:
        """Write it backwards."""
        return text[::-1]


def opened(value: Any) -> Any:
    """What was read back, as it was said."""
    if isinstance(value, Personal):
        return Personal.said(value.subject, (value.sealed or "")[::-1])
    if isinstance(value, list | tuple):
        return type(value)(opened(item) for item in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{f.name: opened(getattr(value, f.name)) for f in fields(value)})
    return value


class CaseMachine(RuleBasedStateMachine):
    """Tries everything on one case."""

    reached: ClassVar[Counter[str]] = Counter()
    run: ClassVar[int] = 0
    """Hypothesis tries much that is alike in one run; what differs between runs is drawn from this."""

    def __init__(self) -> None:
        super().__init__()
        self.chance = Random(0)  # noqa: S311 — what is tried, not a secret
        self.now = NOW
        self.who: Actor = APPROVER
        self.history: list[tuple[Event, datetime]] = []
        self.loaded: list[Event] = []
        self.row: CaseRow | None = None
        self.mapper = SealingMapper(Backwards())  # type: ignore[arg-type] # it only seals

    @initialize(seed=CHANCE)
    def begin(self, seed: int) -> None:
        """Begin anywhere on the way of any case."""
        chance = self.chance = Random(f"{self.run}/{seed}")  # noqa: S311 — what is tried, not a secret
        self.begin_as(
            chance.choice(["SUPPLIED"] * 7 + ["OWN_DEVICE", "SECURITY"]),
            until=chance.choice([None, *WAY]),
            elsewhere=not chance.randrange(10),
            motorbike=chance.choice([False, True]),
        )

    def begin_as(self, track: str, *, until: str | None, elsewhere: bool, motorbike: bool) -> None:
        """A camera of one Centre or the other proposes, or one of the police; a case may have come some of its way."""
        holder = OTHER_CENTRE if elsewhere else CENTRE
        abouts: dict[str, dict[str, Any]] = {
            "SUPPLIED": {"holder_unit_id": holder.id},
            "OWN_DEVICE": {"holder_unit_id": POLICE.id, "track": "OWN_DEVICE", "clocks": OWN},
            "SECURITY": {"holder_unit_id": holder.id, "domain": "SECURITY"},
        }
        events = recorded([detected(**abouts[track]).under(rule="R-DH-5.8.0")], Case)
        case = replayed(events)
        assert isinstance(case, Case)
        self.case = case
        self._keep(events)
        if until is None or track != "SUPPLIED" or elsewhere:
            return
        for name, (at, who, usual) in WAY.items():
            if motorbike and name == "drawRecord":
                break
            self.now = at
            act = on_a_motorbike if motorbike and name == "identifyOwner" else usual
            self._try(name, who, act)
            if name == until:
                break

    # -- what is tried -----------------------------------------------------------

    @rule(by=LATER)
    def wait(self, by: timedelta) -> None:
        """Time passes."""
        self.now += by

    @rule()
    def look(self) -> None:
        """The scheduler looks at every clock."""
        before = len(self.history)
        for timer, clock in list(self.case.clocks.items()):
            by = Envelope(
                by=SCHEDULER,
                unit_id=clock.unit_id,
                took_place_at=self.now,
                rulebook=rules_on(legal_date(self.now)).version,
                correlation_id=UUID(int=1),
                rule=clock.rule,
            )
            with acting(by):
                self.case.tell_due_soon(timer, clock.due)
                self.case.tell_missed(timer, self.now, flags=("REFUSAL", "WARNING"))
            self._keep(self._new())
        self.reached.update(type(event).__name__ for event, _ in self.history[before:])

    @rule()
    def go_on(self) -> None:
        """A day goes by, the scheduler may look, and somebody does what leads on."""
        self.now += self.chance.choice(SHORTLY)
        if not self.chance.randrange(3):
            self.look()
        self.do()

    @rule()
    def do(self) -> None:
        """Somebody does what they are shown to be able to do, rather what leads on than what stands beside."""
        able = [
            (name, who)
            for who in LIKELY
            for ctx in [context(who, self.now)]
            for name, guard in GUARDS.items()
            if name in ACTS and guard(self.case, ctx) is None
        ]
        onward = [(name, who) for name, who in able if name not in BESIDE]
        if able:
            self.attempt(*self.chance.choice(onward * 3 + able))

    @rule(name=st.sampled_from(sorted(ACTS)), who=PEOPLE)
    def attempt(self, name: str, who: Actor) -> None:
        """Somebody tries anything."""
        self._try(name, who, lambda case, ctx: ACTS[name](case, ctx, self.chance.choice))

    @rule(who=st.sampled_from([HANDLER, TEAM_HANDLER]), other=st.sampled_from(OTHERS))
    def suspect(self, who: Actor, other: UUID) -> None:
        """Another case turns out to be alike."""
        if self.case.state in {CaseState.VERIFYING, CaseState.CONCLUDED}:
            self.case.suspect(context(who, self.now), [other])
            self._keep(self._new())

    def _try(self, name: str, who: Actor, act: Callable[[Case, Context], object]) -> None:
        """Decide, and hold the decision against its guard: availableActions is never wrong."""
        self.who = who
        ctx = context(who, self.now)
        guarded = GUARDS[name](self.case, ctx)
        version = self.case.version
        refused: Refusal | None = None
        try:
            act(self.case, ctx)
        except Refusal as refusal:
            refused = refusal
        new = self._new()
        if guarded is not None:
            assert refused is not None, f"{name} is shown as closed and went through: {guarded}"
            assert said_of(refused) == said_of(guarded)
        if refused is not None:
            open_for = INPUTS | MORE.get(name, set())
            assert guarded is not None or type(refused) in open_for, f"{name} is shown as open: {refused}"
            assert (new, self.case.version) == ([], version)
        for event in new:
            assert (event.envelope.by, event.envelope.unit_id) == (str(who.account_id), who.unit_id)
            assert event.envelope.rulebook == ctx.rulebook.version
            assert event.envelope.took_place_at <= self.now
            assert event.envelope.rule is not None
            assert ctx.rulebook.citation(event.envelope.rule)
        if any(type(event).__name__ == "DecisionIssued" for event in new):
            assert self.now < barred_from(self.history, self.case.occurred_at), "a hard clock was crossed"
        self._keep(new)

    def _new(self) -> list[Event]:
        return [event for event in self.case.collect_events() if isinstance(event, Event)]

    def _keep(self, events: list[Event]) -> None:
        """Store what happened, read it back, and show it."""
        for event in events:
            read = self.mapper.to_domain_event(self.mapper.to_stored_event(event))
            assert isinstance(read, Event)
            assert {name: opened(value) for name, value in vars(read).items()} == vars(event)
            self.history.append((event, self.now))
            self.loaded.append(read)
            self.row = case_queue.fold(self.row, read, len(self.loaded))
            self.reached[type(event).__name__] += 1
        self.reached.update([f"state {self.case.state}", *(f"mark {mark}" for mark in self.case.marks)])

    # -- what must hold ----------------------------------------------------------

    def kinds(self) -> Iterator[tuple[str, Any]]:
        """What happened, by its name."""
        return ((type(event).__name__, event) for event, _ in self.history)

    @invariant()
    def replay_is_the_state(self) -> None:
        """What was stored gives the state that lives, every clock and mark of it."""
        self.reached["steps"] += 1
        if self.loaded:
            assert vars(replayed(self.loaded)) == vars(self.case)

    @invariant()
    def shown_as_it_is(self) -> None:
        """The row that shows the case moves as the case does, and gives every guard the same answer."""
        if self.row is None:
            return
        for name in SHOWN:
            assert getattr(self.row, name) == getattr(self.case, name), name
        ctx = context(self.who, self.now)
        for name, guard in GUARDS.items():
            assert said_of(guard(self.row, ctx)) == said_of(guard(self.case, ctx)), name

    @invariant()
    def two_people_two_units(self) -> None:
        """Nobody who approved finds, records or decides, nor does anyone of their unit."""
        acts = {
            group: {(e.envelope.by, e.envelope.unit_id) for name, e in self.kinds() if name in names}
            for group, names in {"approved": {"Approved"}, "found": FINDINGS}.items()
        }
        people, units = ({actor[n] for actor in acts["approved"]} for n in (0, 1))
        assert people.isdisjoint(actor[0] for actor in acts["found"])
        assert units.isdisjoint(actor[1] for actor in acts["found"])

    @invariant()
    def one_stands(self) -> None:
        """There is at most one record that stands, and one decision; of a security case neither, and no clock."""
        names = Counter(name for name, _ in self.kinds())
        voided = Counter(event.what for name, event in self.kinds() if name == "DeclaredVoid")
        for name, what in AT_MOST_ONE.items():
            assert 0 <= names[name] - voided[what] <= 1, name
        if self.history and self.case.domain == "SECURITY":
            assert FINDINGS.isdisjoint(names)
            assert self.case.clocks == {}

    @invariant()
    def clocks_are_somebodys(self) -> None:
        """A case that has ended has no clock but that of its result; every other one is the holder's obligation."""
        if not self.history:
            return
        case = self.case
        assert case.state not in ENDED or set(case.clocks) <= {"NOTIFY_RESULT"}, case.clocks
        for clock in case.clocks.values():
            assert clock.unit_id == case.holder_unit_id, clock
        if case.domain == "TRAFFIC" and case.state == CaseState.RECORDED:
            assert {"DECIDE", "DECIDE_AFTER_CRIMINAL"} & set(case.clocks)
        if case.finding == Finding.VIOLATION and case.state in {CaseState.CONCLUDED, CaseState.RECORDED}:
            assert "LIMITATION" in case.clocks
        assert case.state not in ENDED or Mark.INSPECTION_REFUSAL not in case.marks


def said_of(refusal: Refusal | None) -> tuple[object, ...] | None:
    """What a refusal says."""
    return (type(refusal), refusal.en, refusal.rule) if refusal else None


@sizes(runs=(14, 70))
def test_whatever_they_try(runs: int, counted: Callable[[str], None]) -> None:
    """The case stays what the law lets it be, step by step."""
    CaseMachine.reached.clear()
    for CaseMachine.run in range(runs):
        run_state_machine_as_test(CaseMachine, settings=TRIED)
    found = Counter(name.partition(" ")[0] for name in CaseMachine.reached if " " in name)
    steps = CaseMachine.reached.pop("steps")
    kinds = {name: n for name, n in CaseMachine.reached.items() if " " not in name}
    counted(
        f"machine of a case: {steps} steps, {sum(kinds.values())} events of {len(kinds)} kinds,"
        f" {found['state']} states and {found['mark']} marks"
    )


def test_the_machine_goes_the_whole_way() -> None:
    """The acts the machine starts with do reach the end, so its invariants are held against something."""
    machine = CaseMachine()
    machine.begin_as("SUPPLIED", elsewhere=False, until="resolveCase", motorbike=False)
    assert machine.case.state == CaseState.RESOLVED
