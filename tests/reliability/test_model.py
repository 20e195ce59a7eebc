"""Any people, any commands, in any order, over the real record: what comes of it is what a small model says (B9)."""

from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

import psycopg
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from domain.case import Case, Finding
from domain.commands import case as commands
from domain.commands.application import Answer, CaseSystem, Command
from domain.commands.case import propose
from domain.context import Actor, Context
from domain.envelope import acting
from domain.errors import CommandIdReused, Forbidden, Refusal, SameUnit, VersionConflict, WrongState
from domain.unit import Unit
from policies.rulebook import load
from tests.support.cases import PLATE, TEXT
from tests.support.installation import app_over
from tests.support.record import camera, proposal
from tests.support.soak import sizes
from tests.support.spec import (
    APPROVER,
    CENTRE,
    COLLEAGUE,
    HANDLER,
    OTHER_APPROVER,
    POLICE,
    SOMEBODY,
    TEAM,
    TEAM_HANDLER,
    context,
)

STEPS = 50
CASES = 3

BEGINS = {
    "approve": "DETECTED",
    "discard": "DETECTED",
    "receive": "APPROVED",
    "verify": "RECEIVED",
    "conclude": "VERIFYING",
    "notify": "CONCLUDED",
}
ENDS = {
    "approve": ("APPROVED", "approved"),
    "discard": ("DISCARDED", "discarded"),
    "receive": ("RECEIVED", "received"),
    "verify": ("VERIFYING", "verification-started"),
    "conclude": ("CONCLUDED", "concluded"),
    "notify": ("NOTIFIED", "result-notified"),
}
STANDS = {"RECEIVED": "APPROVED", "NOTIFIED": "CONCLUDED"}
"""What are marks within a state: whose case it is is asked before them."""
HEARD: dict[type, str] = {int: "took place", Answer: "answered again"}
AT_THE_CENTRE = {"approve", "discard"}
WITH_THE_POLICE = {"receive", "verify", "conclude", "notify"}
MAY: dict[Actor, set[str]] = {
    APPROVER: AT_THE_CENTRE,
    OTHER_APPROVER: AT_THE_CENTRE,
    HANDLER: WITH_THE_POLICE,
    COLLEAGUE: WITH_THE_POLICE,
    TEAM_HANDLER: {"receive", "verify"},
}
UNITS = {unit.code: unit.id for unit in (CENTRE, POLICE, TEAM)}


@dataclass
class Modelled:
    """A case as the model has it."""

    id: UUID
    state: str = "DETECTED"
    version: int = 1
    holder: UUID = CENTRE.id
    topics: list[str] = field(default_factory=lambda: ["case:detected"])


@dataclass(frozen=True)
class Sent:
    """What somebody sends."""

    case: Modelled
    who: Actor
    act: str
    to: UUID
    command_id: str
    expected: int | None

    def command(self) -> Command:
        """Its key, and the hash of what it says."""
        facts = {"case": str(self.case.id), "to": str(self.to) if self.act == "approve" else None}
        return Command.of(self.who.account_id, self.command_id, self.act, facts, self.expected)


class Model:
    """What must come of each command."""

    def __init__(self, ids: list[UUID]) -> None:
        self.cases = [Modelled(case_id) for case_id in ids]
        self.answered: dict[tuple[UUID, str], tuple[bytes, Answer]] = {}

    def outcome(self, one: Sent, command: Command) -> Any:
        """The refusal, the answer of before, or the version that comes next."""
        stored = self.answered.get((one.who.account_id, command.command_id))
        if stored is not None:
            return stored[1] if stored[0] == command.input_hash else CommandIdReused
        if one.expected not in {None, one.case.version}:
            return VersionConflict
        return self._refusal(one.case, one.who, one.act, one.to) or one.case.version + 1

    def _refusal(self, case: Modelled, who: Actor, act: str, to: UUID) -> type[Refusal] | None:
        if act not in MAY[who]:
            return Forbidden
        if STANDS.get(case.state, case.state) != STANDS.get(BEGINS[act], BEGINS[act]):
            return WrongState
        if case.holder != who.unit_id:
            return Forbidden
        if case.state != BEGINS[act]:
            return WrongState
        return SameUnit if act == "approve" and to == who.unit_id else None

    def takes_place(self, one: Sent, command: Command, answer: Answer) -> None:
        """Remember that it did."""
        case = one.case
        case.state, topic = ENDS[one.act]
        case.version += 1
        case.topics.append(f"case:{topic}")
        case.holder = one.to if one.act == "approve" else case.holder
        self.answered[one.who.account_id, command.command_id] = (command.input_hash, answer)


class Machine(RuleBasedStateMachine):
    """People who send commands to a few cases, the same again, late, or under an id they have used."""

    database: ClassVar[str]
    keys: ClassVar[Path]
    heard: "ClassVar[Counter[str]]"
    numbers: "ClassVar[count[int]]"

    def __init__(self) -> None:
        super().__init__()
        self._open = ExitStack()
        self.sent: list[Sent] = []

    @initialize()
    def begin(self) -> None:
        """Some cases are proposed."""
        self.reload()
        first = next(self.numbers)
        if camera().id not in self.app.repository:
            self.app.record(camera())
        cases = [
            propose(load("dong-hoi"), proposal(first * CASES + n), camera(), number=first * CASES + n)
            for n in range(CASES)
        ]
        self.app.record_all(cases)
        self.model = Model([case.id for case in cases])
        self.head = self.app.recorder.max_notification_id()

    def reload(self) -> None:
        """The process is another one."""
        self._open.close()
        self.app: CaseSystem = self._open.enter_context(
            app_over(self.database, self.keys, role="minhchung_serve", pool=1)
        )

    @rule(
        who=st.sampled_from(list(MAY)),
        n=st.integers(0, CASES - 1),
        act=st.sampled_from(list(BEGINS)),
        seen=st.sampled_from([None, 0, -1, 1]),
        to=st.sampled_from(list(UNITS)),
        restarted=st.integers(0, 30).map(lambda drawn: drawn == 30),
    )
    def send(self, who: Actor, n: int, act: str, seen: int | None, to: str, restarted: bool) -> None:
        """Somebody sends a command on the version they saw, or on whatever there is."""
        if restarted:
            self.reload()
        case = self.model.cases[n]
        self._send(
            Sent(case, who, act, UNITS[to], self._fresh(), None if seen is None else case.version + seen)
        )

    @rule(n=st.integers(0, CASES - 1))
    def go_on(self, n: int) -> None:
        """Whoever may do the next thing does it: else few cases would come far."""
        case = self.model.cases[n]
        act = next((act for act, state in BEGINS.items() if state == case.state), None)
        who = next((p for p, may in MAY.items() if act in may and p.unit_id == case.holder), None)
        if act and who:
            self._send(Sent(case, who, act, POLICE.id, self._fresh(), case.version))

    @precondition(lambda self: self.sent)
    @rule(which=st.integers(0, 1000), act=st.none() | st.sampled_from(list(BEGINS)))
    def again(self, which: int, act: str | None) -> None:
        """A command comes once more, as it was, or another under its id."""
        one = self.sent[which % len(self.sent)]
        self._send(replace(one, act=act) if act else one)

    def _fresh(self) -> str:
        return f"c{next(self.numbers)}"

    def _send(self, one: Sent) -> None:
        command, case = one.command(), one.case
        expected = self.model.outcome(one, command)
        try:
            answer: Any = ACTS[one.act](self.app, context(one.who), command, case.id, one.to)
        except Refusal as refusal:
            answer = type(refusal)
        if isinstance(expected, int):
            assert (answer.id, answer.version) == (case.id, expected)
            assert answer.position > self.head
            self.head = answer.position
            self.model.takes_place(one, command, answer)
        else:
            assert answer == expected
        assert self.app.recorder.max_notification_id() == self.head
        self.sent.append(one)
        self.heard[HEARD.get(type(expected), "refused")] += 1

    def teardown(self) -> None:
        """Read again, everything is what the model has."""
        for case in self.model.cases if hasattr(self, "model") else ():
            assert [event.topic for event in self.app.recorder.select_events(case.id)] == case.topics
            found = self.app.find(Case, case.id)
            assert (found.version, found.holder_unit_id) == (case.version, case.holder)
        self._open.close()


def nobody_else(_case: Case, _plate: str | None) -> tuple[UUID, ...]:
    """No other case is about the same violation."""
    return ()


Sends = Callable[[CaseSystem, Context, Command, UUID, UUID], Answer]
ACTS: dict[str, Sends] = {
    "approve": lambda app, ctx, command, case, to: commands.approve_case(
        app, ctx, command, case_id=case, plate=PLATE, recipient_unit_id=to
    ),
    "discard": lambda app, ctx, command, case, _: commands.discard_case(
        app, ctx, command, case_id=case, reason_code="FALSE_ALARM", note=None
    ),
    "receive": lambda app, ctx, command, case, _: commands.receive_case(app, ctx, command, case_id=case),
    "verify": lambda app, ctx, command, case, _: commands.start_verification(
        app, ctx, command, case_id=case, alike=nobody_else
    ),
    "conclude": lambda app, ctx, command, case, _: commands.conclude_case(
        app, ctx, command, case_id=case, finding=Finding.VIOLATION, text=TEXT, alike=nobody_else
    ),
    "notify": lambda app, ctx, command, case, _: commands.notify_result(app, ctx, command, case_id=case),
}


@sizes(runs=(62, 25_000))
def test_the_record_is_what_the_model_says(
    database: str, tmp_path: Path, counted: Callable[[str], None], runs: int
) -> None:
    """Whatever is sent, in whatever order: the answer, the refusal, the versions and the log are the model's."""
    with app_over(database, tmp_path) as app, acting(SOMEBODY):
        app.record_all(
            [
                Unit(code=u.code, name=u.name, kind=u.kind, area_path=u.area_path)
                for u in (CENTRE, POLICE, TEAM)
            ]
        )

    class OverThisRecord(Machine):
        heard, numbers = Counter[str](), count(1)

    OverThisRecord.database, OverThisRecord.keys = database, tmp_path
    run_state_machine_as_test(
        OverThisRecord,
        settings=settings(
            max_examples=runs,
            stateful_step_count=STEPS,
            derandomize=True,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],
        ),
    )
    heard = OverThisRecord.heard
    with psycopg.connect(database) as conn:
        row = conn.execute("SELECT count(*) FROM events WHERE originator_version > 1").fetchone()
    assert row == (heard["took place"],)
    counted(
        f"B9 {heard.total()} commands of {runs} random runs against a model: {heard['took place']} took place,"
        f" {heard['answered again']} were answered again, {heard['refused']} refused as foretold"
    )
