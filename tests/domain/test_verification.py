"""What the police find: verified, extended, concluded, referred, and the result told."""

from datetime import datetime, timedelta
from typing import Any, ClassVar

import pytest

from domain.case import Case, CaseState, Finding, Mark
from domain.errors import Forbidden, InvalidInput, SamePerson, SameUnit, WrongState
from domain.personal import Personal
from domain.rules import Forwarded, VerifyStart
from tests.support.cases import (
    ACTS,
    NOTIFY_BY,
    PLATE,
    POLICE_ACT,
    RECEIVED,
    STARTED,
    TEXT,
    VERIFY_BY,
    WAY,
    approved,
    clock,
    concluded,
    detected,
    limitation,
    stopped,
)
from tests.support.procedure import CHIEF, driven, ends, on, runs, said
from tests.support.spec import (
    APPROVER,
    COLLEAGUE,
    HANDLER,
    ID,
    POLICE,
    TEAM,
    TEAM_HANDLER,
    Given,
    context,
    fact,
    given,
    legal,
)

SECOND = timedelta(seconds=1)


class TestStartVerification:
    """The police accept for verification."""

    def test_received(self) -> None:
        """A received case may be verified, by anyone of the unit whose function it is."""
        given(Case, *WAY[:3]).when(lambda case: case.start_verification(context(COLLEAGUE))).then(
            fact(Case.VerificationStarted).under(
                by=str(COLLEAGUE.account_id), unit_id=POLICE.id, rule="R-DH-11.3.b3"
            )
        )

    @pytest.mark.rule("R-DHV-2.1.a")
    def test_not_received(self) -> None:
        """A case is received before it is verified."""
        given(Case, *WAY[:2]).when(lambda case: case.start_verification(context(HANDLER))).then_refused(
            WrongState, rule="R-DHV-2.1.a"
        )


class TestConclude:
    """The police conclude what they verified."""

    @pytest.mark.rule("R-DH-11.3.b4")
    @pytest.mark.rule("R-DH-11.3.b5")
    @pytest.mark.parametrize("finding", list(Finding))
    def test_in_words(self, finding: Finding) -> None:
        """A conclusion says what was found and starts the clock of the result notice; without a violation all ends."""
        found = finding is Finding.VIOLATION
        ended = (stopped("VERIFY"),) if found else (stopped("LIMITATION"), stopped("VERIFY"))
        given(Case, *WAY[:4]).when(
            lambda case: case.conclude(context(HANDLER), finding=finding, text=TEXT)
        ).then(
            fact(
                Case.Concluded,
                finding=finding.value,
                text=Personal.said(ID, TEXT),
                clocks=(clock("NOTIFY_RESULT"),),
                stopped=ended,
            ).under(**POLICE_ACT, rule="R-DH-11.3.b4")
        )

    @pytest.mark.rule("R-DH-11.3.b3")
    @pytest.mark.parametrize("now, late", [(VERIFY_BY - SECOND, False), (VERIFY_BY, True)])
    def test_late(self, now: datetime, late: bool) -> None:
        """A conclusion after the verification was due is recorded as late and stays possible."""
        outcome = given(Case, *WAY[:4]).when(lambda case: ACTS["concludeCase"](case, context(HANDLER, now)))
        assert [event.late for event in outcome.events if isinstance(event, Case.Concluded)] == [late]

    @pytest.mark.parametrize("text", ["", " \n\t", "ố" * 4001])
    def test_without_words(self, text: str) -> None:
        """A conclusion says something, in at most 4000 characters."""
        refusal = (
            given(Case, *WAY[:4])
            .when(lambda case: case.conclude(context(HANDLER), finding=Finding.INSUFFICIENT, text=text))
            .then_refused(InvalidInput, rule="R-DH-11.3.b4")
        )
        assert refusal.path == "text"

    def test_longest_text(self) -> None:
        """4000 characters are not too many."""
        given(Case, *WAY[:4]).when(
            lambda case: case.conclude(context(HANDLER), finding=Finding.VIOLATION, text="ố" * 4000)
        ).then(concluded(text=Personal.said(ID, "ố" * 4000)))

    @pytest.mark.rule("R-QT-4.4.0")
    def test_by_whoever_approved(self) -> None:
        """Whoever approved a case does not conclude it, even after moving to the unit that holds it."""
        mine = approved().under(by=str(HANDLER.account_id))
        given(Case, detected(), mine, RECEIVED, STARTED).when(
            lambda case: ACTS["concludeCase"](case, context(HANDLER))
        ).then_refused(SamePerson, rule="R-DH-11.3.b4")

    @pytest.mark.rule("R-QT-4.4.0")
    def test_by_the_unit_that_approved(self) -> None:
        """Nor does a colleague in the unit that approved it."""
        ours = approved().under(by=str(COLLEAGUE.account_id), unit_id=POLICE.id)
        given(Case, detected(), ours, RECEIVED, STARTED).when(
            lambda case: ACTS["concludeCase"](case, context(HANDLER))
        ).then_refused(SameUnit, rule="R-DH-11.3.b4")


class TestNotify:
    """The result goes back to the Centre."""

    @pytest.mark.rule("R-DH-11.3.b5")
    @pytest.mark.parametrize("now, late", [(NOTIFY_BY - SECOND, False), (NOTIFY_BY, True)])
    def test_result(self, now: datetime, late: bool) -> None:
        """The notice is given once, within five working days of the conclusion or late."""
        given(Case, *WAY[:5]).when(lambda case: case.notify_result(context(HANDLER, now))).then(
            fact(Case.ResultNotified, stopped=(stopped("NOTIFY_RESULT", late=late),)).under(
                **{**POLICE_ACT, "took_place_at": now}, rule="R-DH-11.3.b5"
            )
        )

    def test_twice(self) -> None:
        """It is not given again."""
        given(Case, *WAY).when(lambda case: case.notify_result(context(HANDLER))).then_refused(
            WrongState, rule="R-DH-11.3.b4"
        )


class TestWhenItStarts:
    """From the receipt of the data, or from the acceptance (C1)."""

    @pytest.mark.rule("R-DH-11.3.b3")
    def test_receipt(self) -> None:
        """In Đồng Hới it runs since the transfer; to accept the case moves nothing."""
        driven("receiveCase").when(lambda case: case.start_verification(context(HANDLER))).then(
            fact(Case.VerificationStarted)
        )

    def test_acceptance(self) -> None:
        """Where a regulation says so it starts when the case is accepted, and not before."""
        case = given(Case, detected()).after(
            on(APPROVER, "2026-06-02 08:00", verify_start=VerifyStart.ACCEPTANCE),
            lambda case, ctx: case.approve(ctx, plate=PLATE, recipient=POLICE),
        )
        assert set(case.aggregate.clocks) == {"LIMITATION"}
        case.after(on(HANDLER, "2026-06-03 08:00"), Case.receive)
        accepted = on(HANDLER, "2026-06-08 09:00", verify_start=VerifyStart.ACCEPTANCE)
        case.when(lambda case: case.start_verification(accepted)).then(
            fact(
                Case.VerificationStarted,
                clocks=(clock("VERIFY", legal("2026-06-08 09:00"), due=legal("2026-07-09 00:00")),),
            )
        )

    def test_acceptance_after_forwarding(self) -> None:
        """What runs goes on where the case was forwarded to, unless the regulation lets it begin anew."""
        accepting = {"verify_start": VerifyStart.ACCEPTANCE}
        for anew, due in ((False, "2026-07-03 00:00"), (True, "2026-07-11 00:00")):
            settings = accepting | ({"verify_after_forwarding": Forwarded.RESTARTS} if anew else {})
            case = driven("startVerification").after(
                on(HANDLER, "2026-06-04 08:00", **settings),
                lambda case, ctx: case.forward(ctx, recipient=TEAM, outside=None, text="Thuộc địa bàn Đội"),
            )
            case.after(
                on(TEAM_HANDLER, "2026-06-10 08:00", **settings), Case.receive, Case.start_verification
            )
            assert case.aggregate.clocks["VERIFY"].due == legal(due)

    @pytest.mark.rule("R-DH-11.3.b3")
    def test_team(self) -> None:
        """Where a team verifies, its members are on record, and the first acts next."""
        team = (COLLEAGUE.account_id, HANDLER.account_id)
        case = driven("receiveCase")
        case.when(lambda case: case.start_verification(context(HANDLER), verifiers=team)).then(
            fact(Case.VerificationStarted, verifiers=team)
        )
        assert case.aggregate.assignee == COLLEAGUE.account_id


class TestExtend:
    """The head of the unit gives a complex case the longer time."""

    @pytest.mark.rule("R-DH-11.3.b3")
    def test_complex(self) -> None:
        """Sixty days from the same receipt, for a reason, before the thirty have ended."""
        case = driven("startVerification")
        case.when(
            lambda case: case.extend(on(CHIEF, "2026-07-02 23:59"), text="Nhiều tình tiết phức tạp")
        ).then(
            fact(
                Case.VerificationExtended,
                text=said("Nhiều tình tiết phức tạp"),
                clocks=(runs("VERIFY", "2026-06-02 08:00", "2026-08-04 00:00", "R-DH-11.3.b3", "COMPLEX"),),
            ).under(by=str(CHIEF.account_id), rule="R-DH-11.3.b3")
        )
        assert Mark.COMPLEX in case.aggregate.marks
        case.when(lambda case: case.extend(on(CHIEF, "2026-07-03 08:00"), text="Thêm nữa")).then_refused(
            WrongState, rule="R-DH-11.3.b3"
        )

    @pytest.mark.rule("R-DH-11.3.b3")
    def test_too_late(self) -> None:
        """A time that has ended is not made longer."""
        driven("startVerification").when(
            lambda case: case.extend(context(CHIEF, VERIFY_BY), text="Phức tạp")
        ).then_refused(WrongState, rule="R-DH-11.3.b3")

    def test_by_a_member(self) -> None:
        """Whoever verifies does not give themselves more time."""
        driven("startVerification").when(
            lambda case: case.extend(on(HANDLER, "2026-06-10 08:00"), text="Phức tạp")
        ).then_refused(Forbidden, rule="R-DH-11.3.b3")

    def test_without_words(self) -> None:
        """Why is said."""
        driven("startVerification").when(
            lambda case: case.extend(on(CHIEF, "2026-06-10 08:00"), text="")
        ).then_refused(InvalidInput, rule="R-DH-11.3.b3")


class TestRefer:
    """Signs of a crime send the file to the criminal procedure."""

    LISTED: ClassVar = ("Biên bản", "Ảnh")

    def test_referred(self) -> None:
        """At once, with the list of what the file holds: every clock stops, and that of the result starts."""
        case = driven("startVerification")
        case.when(
            lambda case: case.refer(
                on(HANDLER, "2026-06-10 09:00"),
                to="Cơ quan Cảnh sát điều tra",
                documents=self.LISTED,
                text="Gây tai nạn chết người",
            )
        ).then(
            fact(
                Case.Referred,
                to="Cơ quan Cảnh sát điều tra",
                documents=self.LISTED,
                text=said("Gây tai nạn chết người"),
                clocks=(runs("NOTIFY_RESULT", "2026-06-10 09:00", "2026-06-18 00:00", "R-DH-11.3.b5"),),
                stopped=(stopped("LIMITATION"), stopped("VERIFY")),
            ).under(rule="R-VN-LXLVPHC-62.1")
        )
        assert case.aggregate.state == CaseState.REFERRED

    def referred(self, until: str = "drawRecord") -> Given[Case]:
        """The usual case, referred after an act."""
        return driven(until).after(
            on(HANDLER, "2026-07-02 09:00"),
            lambda case, ctx: case.refer(ctx, to="CQĐT", documents=self.LISTED, text="Dấu hiệu tội phạm"),
        )

    @pytest.mark.parametrize(
        "said_otherwise, path",
        [({"to": ""}, "to"), ({"documents": ()}, "documents"), ({"text": " "}, "text")],
    )
    def test_incomplete(self, said_otherwise: dict[str, Any], path: str) -> None:
        """To whom, with what, and why."""
        usual = {"to": "CQĐT", "documents": self.LISTED, "text": "Dấu hiệu tội phạm"}
        refusal = (
            driven("startVerification")
            .when(lambda case: case.refer(on(HANDLER, "2026-06-10 09:00"), **{**usual, **said_otherwise}))
            .then_refused(InvalidInput, rule="R-VN-LXLVPHC-62.1")
        )
        assert refusal.path == path

    def test_back(self) -> None:
        """What comes back goes on where it stood, with thirty days to decide from its receipt."""
        case = self.referred()
        assert case.aggregate.clocks == {}
        case.when(
            lambda case: case.resume(
                on(HANDLER, "2026-08-05 09:00"),
                document="77/QĐ-CSĐT",
                received_at=legal("2026-08-04 15:00"),
            )
        ).then(
            fact(
                Case.Resumed,
                document="77/QĐ-CSĐT",
                received_at=legal("2026-08-04 15:00"),
                clocks=(
                    runs(
                        "DECIDE_AFTER_CRIMINAL",
                        "2026-08-04 15:00",
                        "2026-09-04 00:00",
                        "R-VN-LXLVPHC-63.3",
                        "NORMAL",
                        missed="bars",
                    ),
                    limitation(POLICE.id),
                ),
            ).under(rule="R-VN-LXLVPHC-63.3", took_place_at=legal("2026-08-04 15:00"))
        )
        assert case.aggregate.state == CaseState.RECORDED

    def test_longer(self) -> None:
        """Where facts have to be verified it has 45 days."""
        case = self.referred().after(
            on(HANDLER, "2026-08-04 15:00"),
            lambda case, ctx: case.resume(ctx, document="77/QĐ-CSĐT", received_at=ctx.now),
        )
        case.after(on(HANDLER, "2026-08-10 09:00"), lambda case, ctx: case.verify_facts(ctx, text="Xác minh"))
        after_criminal = case.aggregate.clocks["DECIDE_AFTER_CRIMINAL"]
        assert (after_criminal.variant, after_criminal.due) == ("EXTENDED", legal("2026-09-19 00:00"))

    @pytest.mark.parametrize("received", ["2026-07-02 08:59", "2026-08-05 09:01"])
    def test_back_at_another_time(self, received: str) -> None:
        """It comes back neither before it went nor tomorrow."""
        refusal = (
            self.referred()
            .when(
                lambda case: case.resume(
                    on(HANDLER, "2026-08-05 09:00"), document="77/QĐ-CSĐT", received_at=legal(received)
                )
            )
            .then_refused(InvalidInput)
        )
        assert refusal.path == "receivedAt"


@pytest.mark.rule("R-DH-11.3.b5", "R-QT-13.3.0")
def test_the_result_is_told_beside_what_follows() -> None:
    """The notice runs from the conclusion, whatever has happened since: here after the decision."""
    driven("decidePenalty", notifyResult=None).when(
        lambda case: case.notify_result(on(HANDLER, "2026-07-09 10:00"), late_reason="Sót việc")
    ).then(
        fact(
            Case.ResultNotified,
            stopped=(ends("NOTIFY_RESULT", "2026-06-30 00:00", late=True),),
            late_reason=said("Sót việc"),
        )
    )
