"""What time itself does to a case, and the reason somebody owes for being late."""

from typing import Any

import pytest

from domain.case import Case, CaseState, Finding, Mark
from domain.case.clocks import Stopped
from domain.case.state import NoDecisionGround
from domain.envelope import Envelope, acting
from domain.errors import Forbidden, InvalidInput, WrongState
from tests.support.cases import PLATE, detected
from tests.support.procedure import (
    CHIEF,
    PENALTY,
    RECORD,
    driven,
    ends,
    on,
    runs,
    said,
    scheduler_says,
)
from tests.support.spec import (
    APPROVER,
    CENTRE,
    COLLEAGUE,
    HANDLER,
    POLICE,
    SOMEBODY,
    STRANGER,
    Given,
    Outcome,
    fact,
    given,
    legal,
)


def told(case: Given[Case], at: str, *what: Any) -> Outcome:
    """The scheduler acts."""
    by = Envelope(
        **{**vars(SOMEBODY), "by": "system:scheduler", "unit_id": POLICE.id, "took_place_at": legal(at)}
    )

    def tell(case: Case) -> None:
        with acting(by):
            for one in what:
                one(case)

    return case.when(tell)


def missed(case: Given[Case], timer: str, at: str) -> Outcome:
    """The scheduler looks whether a clock has ended."""
    return told(case, at, lambda case: case.tell_missed(timer, legal(at), flags=("REFUSAL", "WARNING")))


class TestDueSoon:
    """The scheduler says that a clock comes to its end."""

    def test_once(self) -> None:
        """Once for each end, however often it looks."""
        case = driven("startVerification")
        due = legal("2026-07-03 00:00")
        told(case, "2026-06-23 00:00", lambda case: case.tell_due_soon("VERIFY", due)).then(
            fact(Case.ClockDueSoon, timer="VERIFY", due=due)
        )
        told(case, "2026-06-24 00:00", lambda case: case.tell_due_soon("VERIFY", due)).then_nothing()

    def test_of_another_end(self) -> None:
        """What was extended meanwhile is due at another instant: that is said when its time comes."""
        case = driven("startVerification").after(
            on(CHIEF, "2026-06-10 09:00"), lambda case, ctx: case.extend(ctx, text="Phức tạp")
        )
        told(
            case,
            "2026-06-23 00:00",
            lambda case: case.tell_due_soon("VERIFY", legal("2026-07-03 00:00")),
            lambda case: case.tell_due_soon("DECIDE", legal("2026-07-03 00:00")),
        ).then_nothing()
        told(
            case, "2026-07-15 00:00", lambda case: case.tell_due_soon("VERIFY", legal("2026-08-04 00:00"))
        ).then(fact(Case.ClockDueSoon, timer="VERIFY", due=legal("2026-08-04 00:00")))


class TestMissed:
    """The scheduler says that a clock has ended before the act it is for."""

    @pytest.mark.rule("R-DH-11.3.b3")
    def test_soft(self) -> None:
        """A soft clock is missed once, at its instant, and goes on: the act stays possible."""
        case, due = driven("startVerification"), legal("2026-07-03 00:00")
        missed(case, "VERIFY", "2026-07-02 23:59").then_nothing()
        missed(case, "VERIFY", "2026-07-03 00:00").then(
            fact(Case.ClockMissed, timer="VERIFY", due=due, missed="late")
        )
        missed(case, "VERIFY", "2026-07-03 00:01").then_nothing()
        assert case.aggregate.clocks["VERIFY"].due == due
        assert (case.aggregate.state, case.aggregate.late_without_reason) == (CaseState.VERIFYING, {})

    @pytest.mark.parametrize(
        "until, timer, at, mark",
        [
            ("notifyResult", "LIMITATION", "2027-06-01 00:00", Mark.LIMITATION_EXPIRED),
            ("drawRecord", "DECIDE", "2026-07-11 00:00", Mark.DECISION_TIME_EXPIRED),
            ("confirmDelivery", "EXECUTION_LIMITATION", "2027-07-09 00:00", Mark.EXECUTION_EXPIRED),
        ],
    )
    def test_hard(self, until: str, timer: str, at: str, mark: Mark) -> None:
        """A hard clock bars: X1 the penalty, X1b the decision, X2 the execution; it stays where it ended."""
        case = driven(until)
        missed(case, timer, at).then(fact(Case.ClockMissed, timer=timer, due=legal(at), missed="bars"))
        assert mark in case.aggregate.marks
        assert case.aggregate.clocks[timer].hard

    def test_after_a_criminal_procedure(self) -> None:
        """The thirty days after a criminal file came back bar the decision as well."""
        case = driven("drawRecord").after(
            on(HANDLER, "2026-07-02 09:00"),
            lambda case, ctx: case.refer(ctx, to="CQĐT", documents=("Ảnh",), text="Dấu hiệu tội phạm"),
            lambda case, ctx: case.resume(ctx, document="77/QĐ", received_at=ctx.now),
        )
        scheduler_says(case, "DECIDE_AFTER_CRIMINAL", "2026-08-04 00:00")
        assert Mark.DECISION_TIME_EXPIRED in case.aggregate.marks
        case.when(lambda case: case.decide(on(CHIEF, "2026-08-04 09:00"), PENALTY)).then_refused(
            WrongState, rule="R-VN-LXLVPHC-63.3"
        )

    def test_right(self) -> None:
        """Who lets a time to explain pass has lost the right; nobody was late, and the decision may come."""
        case, due = driven("drawRecord"), legal("2026-07-04 00:00")
        missed(case, "EXPLAIN_REQUEST", "2026-07-04 00:05").then(
            fact(
                Case.ClockMissed,
                timer="EXPLAIN_REQUEST",
                due=due,
                missed="right-lost",
                stopped=(Stopped(timer="EXPLAIN_REQUEST", due=due, late=False),),
            )
        )
        assert "EXPLAIN_REQUEST" not in case.aggregate.clocks
        scheduler_says(case, "EXPLAIN_WRITTEN", "2026-07-09 00:05")
        assert case.aggregate.late_without_reason == {}
        case.after(on(CHIEF, "2026-07-09 09:00"), lambda case, ctx: case.decide(ctx, PENALTY))

    def test_what_does_not_run(self) -> None:
        """Of what does not run nothing is said."""
        missed(driven("resolveCase"), "VERIFY", "2030-01-01 00:00").then_nothing()


class TestBarred:
    """What has ended bars the penalty, whether or not the scheduler has said so; what remains is to decide none."""

    @pytest.mark.parametrize("told_first", [False, True])
    def test_limitation(self, told_first: bool) -> None:
        """A year after the act neither a record nor a decision (X1)."""
        case = driven("determineViolator")
        if told_first:
            scheduler_says(case, "LIMITATION", "2027-06-01 00:05")
        case.when(lambda case: case.draw(on(HANDLER, "2027-06-01 09:00"), RECORD)).then_refused(
            WrongState, rule="R-VN-LXLVPHC-6.1.a"
        )
        case.after(
            on(CHIEF, "2027-06-01 09:00"),
            lambda case, ctx: case.decide_none(
                ctx, ground=NoDecisionGround.TIME_EXPIRED, text="Hết thời hiệu"
            ),
        )
        assert case.aggregate.state == CaseState.NOT_DECIDED

    @pytest.mark.rule("R-DH-13.2.1")
    def test_decision(self) -> None:
        """The time to decide ended without a decision (X1b)."""
        case = scheduler_says(driven("drawRecord"), "DECIDE", "2026-07-11 00:05")
        case.when(lambda case: case.decide(on(CHIEF, "2026-07-13 09:00"), PENALTY)).then_refused(
            WrongState, rule="R-DH-13.2.1"
        )

    def test_evasion(self) -> None:
        """Who evaded is punished all the same: the limitation is counted anew, and X1 is no more."""
        case = scheduler_says(driven("determineViolator"), "LIMITATION", "2027-06-01 00:05")
        case.after(
            on(CHIEF, "2027-06-10 09:00"),
            lambda case, ctx: case.end_evasion(ctx, ended_at=legal("2027-06-05 09:00"), text="Trốn tránh"),
        )
        assert Mark.LIMITATION_EXPIRED not in case.aggregate.marks
        case.after(on(HANDLER, "2027-06-11 09:00"), lambda case, ctx: case.draw(ctx, RECORD))


class TestWhy:
    """The unit whose act came late says why."""

    def late(self) -> Given[Case]:
        """The Centre transferred late, and did not say why."""
        return given(Case, detected()).after(
            on(APPROVER, "2026-06-10 09:00"),
            lambda case, ctx: case.approve(ctx, plate=PLATE, recipient=POLICE),
        )

    @pytest.mark.rule("R-DH-11.3.a1")
    def test_owed(self) -> None:
        """The reason is owed by the unit that was late, until it gives it."""
        case = self.late()
        assert case.aggregate.late_without_reason == {"TRANSFER": CENTRE.id}
        case.when(
            lambda case: case.explain_delay(
                on(APPROVER, "2026-06-11 09:00"), timer="TRANSFER", text="Mất kết nối ba ngày"
            )
        ).then(fact(Case.DelayExplained, timer="TRANSFER", text=said("Mất kết nối ba ngày")))
        assert case.aggregate.late_without_reason == {}

    def test_not_owed(self) -> None:
        """Another unit owes none, and none is owed twice or for another clock."""
        case = self.late()
        case.when(
            lambda case: case.explain_delay(on(HANDLER, "2026-06-11 09:00"), timer="TRANSFER", text="Bận")
        ).then_refused(WrongState, rule="R-DH-4.3.0")
        refusal = case.when(
            lambda case: case.explain_delay(on(APPROVER, "2026-06-11 09:00"), timer="VERIFY", text="Bận")
        ).then_refused(InvalidInput)
        assert (refusal.path, refusal.en) == ("timer", "timer: must be one of TRANSFER")
        case.after(
            on(APPROVER, "2026-06-11 09:00"),
            lambda case, ctx: case.explain_delay(ctx, timer="TRANSFER", text="Mất kết nối"),
        )
        case.when(
            lambda case: case.explain_delay(on(APPROVER, "2026-06-11 10:00"), timer="TRANSFER", text="Nữa")
        ).then_refused(WrongState, rule="R-DH-4.3.0")

    def test_by_a_stranger(self) -> None:
        """Who may not read the case says nothing in it."""
        outcome = self.late().when(
            lambda case: case.explain_delay(on(STRANGER, "2026-06-11 09:00"), timer="TRANSFER", text="Bận")
        )
        assert isinstance(outcome.refusal, Forbidden)

    @pytest.mark.rule("R-DH-11.3.b3")
    def test_said_at_once(self) -> None:
        """Who says it with the act owes nothing."""
        case = driven("startVerification")
        case.when(
            lambda case: case.conclude(
                on(COLLEAGUE, "2026-07-03 09:00"),
                finding=Finding.INSUFFICIENT,
                text="Không đủ căn cứ",
                late_reason="Chờ kết quả giám định",
            )
        ).then(
            fact(
                Case.Concluded,
                finding="INSUFFICIENT",
                text=said("Không đủ căn cứ"),
                clocks=(runs("NOTIFY_RESULT", "2026-07-03 09:00", "2026-07-11 00:00", "R-DH-11.3.b5"),),
                stopped=(
                    ends("LIMITATION", "2027-06-01 00:00"),
                    ends("VERIFY", "2026-07-03 00:00", late=True),
                ),
                late_reason=said("Chờ kết quả giám định"),
            )
        )
        assert case.aggregate.late_without_reason == {}
