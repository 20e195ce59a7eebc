"""Any people, any acts, in any order: what must hold of an extraction whatever they try."""

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from domain.context import Actor
from domain.envelope import Event
from domain.errors import InvalidInput, Refusal
from domain.extraction import ExtractedFile, ExtractionState, FootageExtraction
from domain.extraction.guards import GUARDS, check_open
from tests.support.cameras import administrator, registered
from tests.support.extractions import FILE, WHY, requested
from tests.support.spec import ACTORS, CENTRE, COMMUNE, POLICE, actor, context, recorded, replayed

MOVED = tuple(
    actor(number, unit, role)
    for number in (2, 5, 8)
    for unit, role in ((CENTRE, "EXECUTOR"), (POLICE, "HANDLER"), (COMMUNE, "HANDLER"))
)
"""Executor, handler and leader, each as if moved to each other's units."""
PEOPLE = st.sampled_from(ACTORS + MOVED)
FILES = [ExtractedFile(**FILE)]
CAMERA = registered(administrator())


class ExtractionMachine(RuleBasedStateMachine):
    """Tries everything on one extraction."""

    @initialize(kind=st.sampled_from(["COMMUNE_POLICE", "OTHER_BODY"]))
    def begin(self, kind: str) -> None:
        """Somebody asked."""
        self.events = recorded([requested(requesting_unit_kind=kind)], FootageExtraction)
        self.opened_by: set[str] = set()

    @property
    def extraction(self) -> FootageExtraction:
        """The extraction as the log has it."""
        found = replayed(self.events)
        assert isinstance(found, FootageExtraction)
        return found

    def _try(self, act: str, who: Actor, decide: Any) -> None:
        """Decide, and hold the decision against its guard: availableActions is never wrong."""
        extraction, ctx = self.extraction, context(who)
        guarded = GUARDS[act](extraction, ctx)
        refused: Refusal | None = None
        try:
            decide(extraction, ctx)
        except Refusal as refusal:
            refused = refusal
        new = [event for event in extraction.collect_events() if isinstance(event, Event)]
        assert len(new) == (refused is None)
        if guarded is not None:
            assert (type(refused), str(refused)) == (type(guarded), str(guarded))
        else:
            assert refused is None or isinstance(refused, InvalidInput)
        self.events += new

    @rule(who=PEOPLE)
    def approve(self, who: Actor) -> None:
        """Somebody tries to allow it."""
        self._try("approveExtraction", who, lambda e, ctx: e.approve(ctx))

    @rule(who=PEOPLE)
    def reject(self, who: Actor) -> None:
        """Somebody tries to reject it."""
        self._try("rejectExtraction", who, lambda e, ctx: e.reject(ctx, text=WHY))

    @rule(who=PEOPLE)
    def execute(self, who: Actor) -> None:
        """Somebody tries to cut."""
        self._try("executeExtraction", who, lambda e, ctx: e.execute(ctx, files=FILES, gaps=[]))

    @rule(who=PEOPLE, receiver=PEOPLE)
    def hand_over(self, who: Actor, receiver: Actor) -> None:
        """Somebody tries to hand it to somebody."""
        self._try("handOverExtraction", who, lambda e, ctx: e.hand_over(ctx, receiver=receiver))

    @rule(who=PEOPLE)
    def accept(self, who: Actor) -> None:
        """Somebody tries to accept it."""
        self._try("acceptExtraction", who, lambda e, ctx: e.accept(ctx))

    @rule(who=PEOPLE)
    def open(self, who: Actor) -> None:
        """Somebody tries to open a file."""
        if check_open(self.extraction, CAMERA, context(who)) is None:
            self.opened_by.add(str(who.account_id))

    @invariant()
    def three_people(self) -> None:
        """Requester, approver and executor are three people."""
        extraction = self.extraction
        if extraction.executed_by is not None:
            people = {extraction.requested_by, extraction.decided_by, extraction.executed_by}
            assert len(people) == 3

    @invariant()
    def the_facts_are_on_record(self) -> None:
        """Nothing was cut without purpose, window, requester and executor."""
        extraction = self.extraction
        if extraction.state in {
            ExtractionState.EXECUTED,
            ExtractionState.HANDED_OVER,
            ExtractionState.ACCEPTED,
        }:
            assert all(
                (extraction.purpose, extraction.starts_at, extraction.requested_by, extraction.executed_by)
            )

    @invariant()
    def only_the_receiver_opens(self) -> None:
        """Whoever opened a file is the receiver, of the unit that asked, and had accepted."""
        if self.opened_by:
            assert self.opened_by == {str(self.extraction.receiver_account_id)}
            assert self.extraction.state == ExtractionState.ACCEPTED


TestExtractionMachine = ExtractionMachine.TestCase
TestExtractionMachine.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
