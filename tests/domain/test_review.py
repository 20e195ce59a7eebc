"""Looking back on a case: complaints, corrections, reopening and voiding; the original stays visible."""

from dataclasses import replace
from typing import Any

import pytest

from domain.case import Case, CaseState, Finding, Mark
from domain.case.review import Correctable
from domain.case.state import NoDecisionGround, Voided
from domain.context import Context
from domain.errors import Forbidden, InvalidInput, WrongState
from tests.support.cases import TEXT, detected, discarded, limitation, stopped
from tests.support.procedure import CHIEF, PENALTY, RECORD, driven, ends, on, overdue, runs, said
from tests.support.spec import APPROVER, CENTRE, HANDLER, POLICE, Given, fact, given

LATER = "2026-07-22 09:00"


def voided(case: Given[Case], what: Voided, at: str = LATER) -> Given[Case]:
    """The head of the unit declares something void."""
    return case.after(
        on(CHIEF, at), lambda case, ctx: case.void(ctx, what=what, document="09/QĐ-HB", text="Sai đối tượng")
    )


def ended(case: Given[Case]) -> dict[str, str]:
    """When each clock that runs ends."""
    return {name: clock.due.isoformat(" ")[:16] for name, clock in case.aggregate.clocks.items()}


class TestComplain:
    """Somebody complains or sues; that by itself erases no decision."""

    def test_filed_and_answered(self) -> None:
        """One complaint at a time; the decision stands meanwhile, and its clocks run."""
        case = driven("confirmDelivery")
        before = dict(case.aggregate.clocks)
        complaint = {"reference": "07/KN", "against": "05/QĐ-XPHC", "text": "Không đồng ý"}
        case.when(lambda case: case.complain(on(HANDLER, LATER), **complaint)).then(
            fact(
                Case.ComplaintFiled, reference="07/KN", against="05/QĐ-XPHC", text=said("Không đồng ý")
            ).under(rule="R-VN-LXLVPHC-15")
        )
        assert (case.aggregate.state, case.aggregate.clocks) == (CaseState.DELIVERED, before)
        assert Mark.COMPLAINED in case.aggregate.marks
        case.when(lambda case: case.complain(on(HANDLER, LATER), **complaint)).then_refused(
            WrongState, rule="R-VN-LXLVPHC-15"
        )
        case.when(
            lambda case: case.answer(on(HANDLER, LATER), reference="08/TL", text="Giữ nguyên quyết định")
        ).then(fact(Case.ComplaintAnswered, reference="08/TL", text=said("Giữ nguyên quyết định")))
        assert Mark.COMPLAINED not in case.aggregate.marks

    def test_nothing_to_answer(self) -> None:
        """What nobody filed is not answered."""
        driven("confirmDelivery").when(
            lambda case: case.answer(on(HANDLER, LATER), reference="08/TL", text="Giữ nguyên")
        ).then_refused(WrongState, rule="R-VN-LXLVPHC-15")

    def test_of_a_proposal(self) -> None:
        """A proposal concerns nobody yet."""
        outcome = given(Case, detected()).when(
            lambda case: case.complain(on(HANDLER, LATER), reference="07/KN", against="x", text="x")
        )
        assert outcome.refusal is not None


class TestCorrect:
    """A value was wrong; what it was stays on record, beside the reason."""

    @pytest.mark.rule("R-QT-5.4.0")
    def test_corrected(self) -> None:
        """An event of its own, with who, why and the new value; the earlier event is as it was."""
        case = driven("determineViolator")
        case.when(
            lambda case: case.correct(
                on(HANDLER, "2026-06-30 10:00"),
                field=Correctable.PLATE,
                value=" 73a-123.46",
                text="Gõ nhầm một chữ số",
            )
        ).then(
            fact(
                Case.Corrected, field="plate", value=said("73A-123.46"), text=said("Gõ nhầm một chữ số")
            ).under(by=str(HANDLER.account_id), unit_id=POLICE.id)
        )

    @pytest.mark.rule("R-QT-5.4.0")
    @pytest.mark.parametrize(
        "until, field, value, text, path",
        [
            ("determineViolator", Correctable.PLATE, "73-XYZ", "Nhầm", "value"),
            ("determineViolator", Correctable.VIOLATOR_NAME, " ", "Nhầm", "value"),
            ("determineViolator", Correctable.VIOLATOR_NAME, "Trần Văn Mẫu", " ", "text"),
            ("sendNotice", Correctable.VIOLATOR_NAME, "Trần Văn Mẫu", "Nhầm", "field"),
            ("startVerification", Correctable.OWNER_ADDRESS, "Số 2 phố Mẫu", "Nhầm", "field"),
        ],
    )
    def test_refused(self, until: str, field: Correctable, value: str, text: str, path: str) -> None:
        """Nothing is changed to what it cannot be, without a reason, or where nothing was said yet."""
        outcome = driven(until).when(
            lambda case: case.correct(on(HANDLER, "2026-06-30 10:00"), field=field, value=value, text=text)
        )
        assert isinstance(outcome.refusal, InvalidInput)
        assert (outcome.refusal.path, outcome.events) == (path, [])

    @pytest.mark.rule("R-QT-5.4.0")
    def test_after_the_record(self) -> None:
        """What a record says is not changed beneath it: the record is declared void first."""
        driven("drawRecord").when(
            lambda case: case.correct(
                on(HANDLER, "2026-07-02 09:00"), field=Correctable.PLATE, value="73A-123.46", text="Nhầm"
            )
        ).then_refused(WrongState, rule="R-DH-11.3.b3")


class TestReopen:
    """What was ended or found is looked at again; its clocks go on as if they had never stopped."""

    def test_conclusion(self) -> None:
        """Back to verification, in the time that ran; the result is to be told anew."""
        case = driven("notifyResult")
        case.when(lambda case: case.reopen(on(CHIEF, "2026-06-25 09:00"), text="Có tình tiết mới")).then(
            fact(
                Case.Reopened,
                state="VERIFYING",
                text=said("Có tình tiết mới"),
                clocks=(
                    runs("VERIFY", "2026-06-02 08:00", "2026-07-03 00:00", "R-DH-11.3.b3", "NORMAL"),
                    limitation(POLICE.id),
                ),
            ).under(by=str(CHIEF.account_id))
        )
        assert (case.aggregate.finding, Mark.RESULT_NOTIFIED in case.aggregate.marks) == (None, False)

    def test_complex(self) -> None:
        """What had been given the longer time has it still."""
        case = driven("startVerification").after(
            on(CHIEF, "2026-06-10 09:00"), lambda case, ctx: case.extend(ctx, text="Phức tạp")
        )
        case.after(
            on(HANDLER, "2026-06-22 09:00"),
            lambda case, ctx: case.conclude(ctx, finding=Finding.NO_VIOLATION, text=TEXT),
        )
        case.after(on(CHIEF, "2026-06-25 09:00"), lambda case, ctx: case.reopen(ctx, text="Có tình tiết mới"))
        assert ended(case) == {"VERIFY": "2026-08-04 00:00", "LIMITATION": "2027-06-01 00:00"}

    @pytest.mark.rule("R-DH-11.3.a1")
    def test_discarded(self) -> None:
        """The Centre looks again at what it discarded: it is to be transferred within the time that ran."""
        case = given(Case, detected(), discarded())
        case.when(lambda case: case.reopen(on(APPROVER, "2026-06-04 09:00"), text="Rà soát")).then(
            fact(
                Case.Reopened,
                state="DETECTED",
                text=said("Rà soát"),
                clocks=(
                    runs("TRANSFER", "2026-06-01 17:00", "2026-06-09 00:00", "R-DH-11.3.a1", unit=CENTRE),
                    limitation(CENTRE.id),
                ),
            )
        )

    def test_not_decided(self) -> None:
        """That nobody is punished can have been a mistake: the time to decide is what it was."""
        case = driven("drawRecord").after(
            on(CHIEF, "2026-07-02 09:00"),
            lambda case, ctx: case.decide_none(ctx, ground=NoDecisionGround.EXEMPT, text="Xe ưu tiên"),
        )
        case.after(on(CHIEF, "2026-07-03 09:00"), lambda case, ctx: case.reopen(ctx, text="Không phải"))
        assert case.aggregate.state == CaseState.RECORDED
        assert ended(case) == {"DECIDE": "2026-07-11 00:00", "LIMITATION": "2027-06-01 00:00"}

    def test_by_a_member(self) -> None:
        """The head of the unit does this."""
        outcome = driven("notifyResult").when(
            lambda case: case.reopen(on(HANDLER, "2026-06-25 09:00"), text="Mới")
        )
        assert isinstance(outcome.refusal, Forbidden)

    def test_of_a_record(self) -> None:
        """What was recorded is declared void, not reopened."""
        driven("drawRecord").when(lambda case: case.reopen(on(CHIEF, LATER), text="Mới")).then_refused(
            WrongState, rule="R-DH-13.2.1"
        )


class TestVoid:
    """A record, a decision or the case is declared void; each stays visible as it was."""

    def test_decision(self) -> None:
        """The case stands where it did before it: recorded, with the time to decide that there was."""
        case = driven("confirmDelivery")
        case.when(
            lambda case: case.void(
                on(CHIEF, LATER), what=Voided.DECISION, document="09/QĐ-HB", text="Sai đối tượng"
            )
        ).then(
            fact(
                Case.DeclaredVoid,
                what="DECISION",
                document="09/QĐ-HB",
                text=said("Sai đối tượng"),
                clocks=(
                    runs(
                        "DECIDE",
                        "2026-07-01 10:00",
                        "2026-07-11 00:00",
                        "R-DH-13.2.1",
                        "ORDINARY",
                        missed="bars",
                    ),
                    limitation(POLICE.id),
                ),
                stopped=(
                    ends("EXECUTION_LIMITATION", "2027-07-09 00:00"),
                    ends("EXECUTE", "2026-07-28 00:00"),
                ),
            )
        )
        assert case.aggregate.state == CaseState.RECORDED
        assert case.aggregate.marks.isdisjoint({Mark.INSPECTION_REFUSAL, Mark.DECISION_SENT})
        assert (case.aggregate.decision_number, case.aggregate.fine, case.aggregate.payments) == (None, 0, [])

    def test_decision_in_time(self) -> None:
        """Another one is decided while there is time, and none after it."""
        case = voided(driven("decidePenalty"), Voided.DECISION, "2026-07-09 10:00")
        case.when(lambda case: case.decide(on(CHIEF, "2026-07-11 00:00"), PENALTY)).then_refused(
            WrongState, rule="R-DH-13.2.1"
        )
        case.after(
            on(CHIEF, "2026-07-10 09:00"),
            lambda case, ctx: case.decide(ctx, replace(PENALTY, number="06/QĐ")),
        )
        assert case.aggregate.decision_number == "06/QĐ"

    def test_decision_after_a_criminal_procedure(self) -> None:
        """There the time to decide is that of the file that came back."""

        def there_and_back(case: Case, context: Context) -> None:
            case.refer(context, to="CQĐT", documents=("Ảnh",), text="Dấu hiệu tội phạm")
            case.resume(context, document="77/QĐ", received_at=context.now)

        case = driven("drawRecord").after(on(HANDLER, "2026-07-02 09:00"), there_and_back)
        case.after(on(CHIEF, "2026-07-20 09:00"), lambda case, ctx: case.decide(ctx, PENALTY))
        voided(case, Voided.DECISION)
        assert ended(case) == {"DECIDE_AFTER_CRIMINAL": "2026-08-04 00:00", "LIMITATION": "2027-06-01 00:00"}

    def test_record(self) -> None:
        """The case stands concluded; another record is to be drawn, in the time that ran."""
        case = voided(driven("drawRecord"), Voided.RECORD, "2026-07-02 09:00")
        assert case.aggregate.state == CaseState.CONCLUDED
        assert ended(case) == {"LIMITATION": "2027-06-01 00:00", "DRAW_RECORD": "2026-07-08 00:00"}
        assert Mark.EXPLANATION_OPEN not in case.aggregate.marks
        assert case.aggregate.record_number is None
        case.after(
            on(HANDLER, "2026-07-03 09:00"),
            lambda case, ctx: case.draw(ctx, replace(RECORD, number="04/BB-VPHC")),
        )
        assert case.aggregate.record_number == "04/BB-VPHC"

    def test_case(self) -> None:
        """The whole of it ends: no clock runs on, the limitation neither, and no vehicle is held."""
        case = overdue()
        case.when(
            lambda case: case.void(on(CHIEF, LATER), what=Voided.CASE, document="09/QĐ-HB", text="Nhầm xe")
        ).then(
            fact(
                Case.DeclaredVoid,
                what="CASE",
                document="09/QĐ-HB",
                text=said("Nhầm xe"),
                stopped=(
                    ends("EXECUTION_LIMITATION", "2027-07-09 00:00"),
                    ends("EXECUTE", "2026-07-28 00:00"),
                ),
            )
        )
        assert (case.aggregate.state, case.aggregate.clocks) == (CaseState.VOIDED, {})
        assert case.aggregate.marks.isdisjoint({Mark.INSPECTION_REFUSAL, Mark.INSPECTION_WARNING})

    def test_case_that_is_verified(self) -> None:
        """The same where nothing was decided yet."""
        case = driven("startVerification")
        case.when(
            lambda case: case.void(
                on(CHIEF, "2026-06-10 09:00"), what=Voided.CASE, document="09/QĐ-HB", text="Nhầm xe"
            )
        ).then(
            fact(
                Case.DeclaredVoid,
                what="CASE",
                document="09/QĐ-HB",
                text=said("Nhầm xe"),
                stopped=(stopped("LIMITATION"), stopped("VERIFY")),
            )
        )

    @pytest.mark.parametrize(
        "until, what",
        [
            ("drawRecord", Voided.DECISION),
            ("decidePenalty", Voided.RECORD),
            ("notifyResult", Voided.RECORD),
        ],
    )
    def test_what_there_is(self, until: str, what: Voided) -> None:
        """What there is not is not declared void; a record not while a decision stands on it."""
        driven(until).when(
            lambda case: case.void(on(CHIEF, LATER), what=what, document="09/QĐ-HB", text="Sai")
        ).then_refused(WrongState, rule="R-DH-13.2.1")

    def test_nothing_was_decided(self) -> None:
        """Of a case that was settled without a decision there is none to declare void."""

        def nothing_found(case: Case, context: Context) -> None:
            case.conclude(context, finding=Finding.NO_VIOLATION, text=TEXT)

        case = driven("concludeCase", concludeCase=nothing_found).after(
            on(HANDLER, "2026-06-23 09:00"), Case.resolve
        )
        case.when(
            lambda case: case.void(on(CHIEF, LATER), what=Voided.DECISION, document="09/QĐ", text="Sai")
        ).then_refused(WrongState, rule="R-DH-13.2.1")

    @pytest.mark.parametrize("otherwise, path", [({"document": ""}, "document"), ({"text": " "}, "text")])
    def test_without_words(self, otherwise: dict[str, Any], path: str) -> None:
        """By which document, and why."""
        usual = {"what": Voided.DECISION, "document": "09/QĐ-HB", "text": "Sai"}
        refusal = (
            driven("decidePenalty")
            .when(lambda case: case.void(on(CHIEF, LATER), **{**usual, **otherwise}))
            .then_refused(InvalidInput)
        )
        assert refusal.path == path

    def test_by_a_member(self) -> None:
        """The head of the unit does this."""
        outcome = driven("decidePenalty").when(
            lambda case: case.void(on(HANDLER, LATER), what=Voided.DECISION, document="09/QĐ", text="Sai")
        )
        assert isinstance(outcome.refusal, Forbidden)


def test_what_ended_stays_ended() -> None:
    """Nothing more is done to a case that was declared void."""
    case = voided(driven("receiveCase"), Voided.CASE)
    for act in (
        lambda case: case.receive(on(HANDLER, LATER)),
        lambda case: case.reopen(on(CHIEF, LATER), text="Mở lại"),
        lambda case: case.complain(on(HANDLER, LATER), reference="07/KN", against="x", text="x"),
    ):
        outcome = case.when(act)
        assert (type(outcome.refusal), outcome.events) == (WrongState, [])
