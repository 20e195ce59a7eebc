"""The decision that there is no penalty, on a ground of the law that holds."""

import pytest

from domain.case import Case, CaseState, Finding
from domain.case.state import NoDecisionGround
from domain.context import Context
from domain.errors import InvalidInput, WrongState
from tests.support.cases import TEXT
from tests.support.procedure import (
    CHIEF,
    driven,
    ends,
    on,
    said,
)
from tests.support.spec import (
    HANDLER,
    context,
    fact,
    legal,
)

DECIDED = "2026-07-09 09:00"


class TestNone:
    """No penalty is decided, on a ground of Luật XLVPHC Đ65.1 that holds."""

    @pytest.mark.parametrize(
        "until, at, ground",
        [
            ("notifyResult", DECIDED, NoDecisionGround.EXEMPT),
            ("notifyResult", DECIDED, NoDecisionGround.VIOLATOR_NOT_DETERMINED),
            ("drawRecord", DECIDED, NoDecisionGround.VIOLATOR_GONE),
            ("drawRecord", "2026-07-11 00:00", NoDecisionGround.TIME_EXPIRED),
            ("notifyResult", "2027-06-01 00:00", NoDecisionGround.TIME_EXPIRED),
        ],
    )
    def test_ground(self, until: str, at: str, ground: NoDecisionGround) -> None:
        """It ends the case; what may follow all the same stands in it."""
        case = driven(until)
        running = tuple(case.aggregate.clocks.values())
        case.when(
            lambda case: case.decide_none(
                on(CHIEF, at), ground=ground, text="Theo hồ sơ", remedies=("Buộc khôi phục",)
            )
        ).then(
            fact(
                Case.NoDecision,
                ground=ground.value,
                text=said("Theo hồ sơ"),
                remedies=("Buộc khôi phục",),
                stopped=tuple(ends(c.timer, c.due.isoformat(" ")[:16]) for c in running),
            ).under(rule="R-VN-LXLVPHC-65.1", reason=ground.value)
        )
        assert (case.aggregate.state, case.aggregate.clocks) == (CaseState.NOT_DECIDED, {})

    def test_criminal(self) -> None:
        """What was referred to the criminal procedure is not punished here."""
        case = driven("startVerification").after(
            on(HANDLER, "2026-06-10 09:00"),
            lambda case, ctx: case.refer(ctx, to="CQĐT", documents=("Ảnh",), text="Dấu hiệu tội phạm"),
        )
        case.after(
            on(CHIEF, "2026-06-11 09:00"),
            lambda case, ctx: case.decide_none(
                ctx, ground=NoDecisionGround.CRIMINAL_REFERRAL, text="Đã chuyển"
            ),
        )
        assert set(case.aggregate.clocks) == {"NOTIFY_RESULT"}

    @pytest.mark.parametrize(
        "until, ground",
        [
            ("drawRecord", NoDecisionGround.VIOLATOR_NOT_DETERMINED),
            ("drawRecord", NoDecisionGround.TIME_EXPIRED),
            ("notifyResult", NoDecisionGround.TIME_EXPIRED),
            ("notifyResult", NoDecisionGround.CRIMINAL_REFERRAL),
        ],
    )
    def test_ground_that_does_not_hold(self, until: str, ground: NoDecisionGround) -> None:
        """What the record shows to be otherwise is no ground."""
        refusal = (
            driven(until)
            .when(lambda case: case.decide_none(on(CHIEF, DECIDED), ground=ground, text="Theo hồ sơ"))
            .then_refused(InvalidInput, rule="R-VN-LXLVPHC-65.1")
        )
        assert refusal.path == "ground"

    def test_nothing_to_decide(self) -> None:
        """Where no violation was concluded there is nothing not to punish."""

        def nothing_found(case: Case, context: Context) -> None:
            case.conclude(context, finding=Finding.NO_VIOLATION, text=TEXT)

        driven("concludeCase", concludeCase=nothing_found).when(
            lambda case: case.decide_none(on(CHIEF, DECIDED), ground=NoDecisionGround.EXEMPT, text="Miễn")
        ).then_refused(InvalidInput, rule="R-VN-LXLVPHC-65.1")

    def test_after_the_decision(self) -> None:
        """What was decided is not undone by deciding nothing."""
        driven("decidePenalty").when(
            lambda case: case.decide_none(
                context(CHIEF, legal("2026-07-10 09:00")), ground=NoDecisionGround.EXEMPT, text="Miễn"
            )
        ).then_refused(WrongState, rule="R-DH-13.2.1")
