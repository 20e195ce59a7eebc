"""What the violator says to the record, and the times to decide that it makes longer."""

from dataclasses import replace

import pytest

from domain.case import Case, Mark
from domain.case.clocks import Clock
from domain.case.state import Explanation
from domain.context import Context
from domain.errors import Forbidden, InvalidInput, WrongState
from tests.support.procedure import CHIEF, PENALTY, RECORD, driven, ends, on, on_a_motorbike, runs, said
from tests.support.spec import APPROVER, HANDLER, POLICE, TEAM, TEAM_HANDLER, Given, fact, legal

DRAWN = "2026-07-01 10:00"
A_MONTH = runs("DECIDE", DRAWN, "2026-08-04 00:00", "R-DH-13.2.3", "EXPLANATION", missed="bars")
TWO_MONTHS = runs("DECIDE", DRAWN, "2026-09-04 00:00", "R-DH-13.2.4", "COMPLEX", missed="bars")


def asked(form: Explanation, at: str = "2026-07-02 09:00") -> Given[Case]:
    """The violator asked to explain."""
    return driven("drawRecord").after(
        on(HANDLER, at), lambda case, ctx: case.request_explanation(ctx, form=form)
    )


class TestRequest:
    """The violator asks within the time the law gives."""

    @pytest.mark.rule("R-DH-13.2.3")
    def test_in_writing(self) -> None:
        """The decision has a month from the record; the five working days to write go on."""
        case = driven("drawRecord")
        case.when(
            lambda case: case.request_explanation(on(HANDLER, "2026-07-06 09:00"), form=Explanation.WRITTEN)
        ).then(
            fact(
                Case.ExplanationRequested,
                form="WRITTEN",
                received_at=legal("2026-07-06 09:00"),
                clocks=(A_MONTH,),
                stopped=(ends("EXPLAIN_REQUEST", "2026-07-04 00:00"),),
            ).under(rule="R-VN-LXLVPHC-61.2")
        )
        assert case.aggregate.clocks["EXPLAIN_WRITTEN"].due == legal("2026-07-09 00:00")

    @pytest.mark.rule("R-DH-13.2.3")
    def test_in_a_session(self) -> None:
        """Five working days to announce the session run from the receipt; there is nothing to write any more."""
        case = driven("drawRecord")
        case.when(
            lambda case: case.request_explanation(on(HANDLER, "2026-07-03 23:59"), form=Explanation.SESSION)
        ).then(
            fact(
                Case.ExplanationRequested,
                form="SESSION",
                received_at=legal("2026-07-03 23:59"),
                clocks=(
                    runs(
                        "EXPLAIN_SESSION_NOTICE", "2026-07-03 23:59", "2026-07-11 00:00", "R-VN-LXLVPHC-61.3"
                    ),
                    A_MONTH,
                ),
                stopped=(
                    ends("EXPLAIN_REQUEST", "2026-07-04 00:00"),
                    ends("EXPLAIN_WRITTEN", "2026-07-09 00:00"),
                ),
            ).under(rule="R-VN-LXLVPHC-61.3")
        )
        assert case.aggregate.marks >= {Mark.EXPLANATION_REQUESTED, Mark.SESSION_REQUESTED}

    @pytest.mark.parametrize(
        "form, at, rule",
        [
            (Explanation.SESSION, "2026-07-04 00:00", "R-VN-LXLVPHC-61.3"),
            (Explanation.WRITTEN, "2026-07-09 00:00", "R-VN-LXLVPHC-61.2"),
        ],
    )
    def test_too_late(self, form: Explanation, at: str, rule: str) -> None:
        """Who asks too late has lost the right to that form (NĐ 118/2021 Đ17.1)."""
        driven("drawRecord").when(
            lambda case: case.request_explanation(on(HANDLER, at), form=form)
        ).then_refused(WrongState, rule=rule)

    def test_entered_afterwards(self) -> None:
        """What arrived in time is in time, though it is entered after the time has ended."""
        case = driven("drawRecord").after(
            on(HANDLER, "2026-07-06 09:00"),
            lambda case, ctx: case.request_explanation(
                ctx, form=Explanation.SESSION, received_at=legal("2026-07-03 16:00")
            ),
        )
        assert case.aggregate.clocks["EXPLAIN_SESSION_NOTICE"].due == legal("2026-07-11 00:00")

    @pytest.mark.parametrize("at", ["2026-07-01 09:59", "2026-07-02 09:01"])
    def test_at_another_time(self, at: str) -> None:
        """Neither before the record nor tomorrow."""
        refusal = (
            driven("drawRecord")
            .when(
                lambda case: case.request_explanation(
                    on(HANDLER, "2026-07-02 09:00"), form=Explanation.WRITTEN, received_at=legal(at)
                )
            )
            .then_refused(InvalidInput)
        )
        assert refusal.path == "receivedAt"

    def test_twice(self) -> None:
        """Once, in one form."""
        asked(Explanation.SESSION).when(
            lambda case: case.request_explanation(on(HANDLER, "2026-07-02 10:00"), form=Explanation.WRITTEN)
        ).then_refused(WrongState, rule="R-VN-LXLVPHC-61.3")

    def test_without_the_right(self) -> None:
        """Who has no right to explain is not heard before the decision (Luật Đ61.1)."""

        def drawn(case: Case, context: Context) -> None:
            case.draw(context, replace(RECORD, offence_code="7.7.c"))

        driven("drawRecord", identifyOwner=on_a_motorbike, drawRecord=drawn).when(
            lambda case: case.request_explanation(on(HANDLER, "2026-07-02 09:00"), form=Explanation.WRITTEN)
        ).then_refused(WrongState, rule="R-VN-LXLVPHC-61.1")

    def test_after_the_time_to_decide(self) -> None:
        """A request that is entered after the time to decide had ended revives no decision."""
        case = driven("drawRecord").after(
            on(HANDLER, "2026-07-13 09:00"),
            lambda case, ctx: case.request_explanation(
                ctx, form=Explanation.WRITTEN, received_at=legal("2026-07-08 09:00")
            ),
        )
        assert case.aggregate.clocks["DECIDE"].due == legal("2026-07-11 00:00")


class TestMoreTime:
    """The violator asks in writing for more time to write."""

    def test_extended(self) -> None:
        """Five more working days, counted from the end of the first."""
        asked(Explanation.WRITTEN).when(
            lambda case: case.extend_explanation(
                on(HANDLER, "2026-07-08 15:00"), text="Cần thu thập tài liệu"
            )
        ).then(
            fact(
                Case.ExplanationExtended,
                text=said("Cần thu thập tài liệu"),
                clocks=(
                    Clock(
                        timer="EXPLAIN_WRITTEN",
                        variant="EXTENDED",
                        started_at=legal("2026-07-08 23:59:59.999999"),
                        due=legal("2026-07-16 00:00"),
                        rule="R-VN-LXLVPHC-61.2",
                        missed="right-lost",
                        unit_id=POLICE.id,
                    ),
                ),
            )
        )

    @pytest.mark.parametrize("at", ["2026-07-09 00:00", "2026-07-10 09:00"])
    def test_too_late(self, at: str) -> None:
        """Not after it has ended."""
        asked(Explanation.WRITTEN).when(
            lambda case: case.extend_explanation(on(HANDLER, at), text="Cần thêm")
        ).then_refused(WrongState, rule="R-VN-LXLVPHC-61.2")

    def test_twice(self) -> None:
        """Once."""
        asked(Explanation.WRITTEN).after(
            on(HANDLER, "2026-07-07 09:00"), lambda case, ctx: case.extend_explanation(ctx, text="Cần thêm")
        ).when(
            lambda case: case.extend_explanation(on(HANDLER, "2026-07-08 09:00"), text="Thêm nữa")
        ).then_refused(WrongState, rule="R-VN-LXLVPHC-61.2")


class TestSession:
    """The violator is heard."""

    def announced(self, at: str = "2026-07-08 09:00") -> Given[Case]:
        """The session was announced."""
        return asked(Explanation.SESSION).after(
            on(HANDLER, at),
            lambda case, ctx: case.announce_session(
                ctx, session_at=legal("2026-07-15 09:00"), place="Phòng 2"
            ),
        )

    def test_announced(self) -> None:
        """When and where is told within five working days of the request."""
        asked(Explanation.SESSION).when(
            lambda case: case.announce_session(
                on(HANDLER, "2026-07-08 09:00"), session_at=legal("2026-07-15 09:00"), place="Phòng 2"
            )
        ).then(
            fact(
                Case.SessionAnnounced,
                session_at=legal("2026-07-15 09:00"),
                place=said("Phòng 2"),
                stopped=(ends("EXPLAIN_SESSION_NOTICE", "2026-07-10 00:00"),),
            ).under(rule="R-VN-LXLVPHC-61.3")
        )

    @pytest.mark.parametrize("at, late", [("2026-07-09 23:59", False), ("2026-07-10 00:00", True)])
    def test_late(self, at: str, late: bool) -> None:
        """After that it is late, and stays possible."""
        assert self.announced(at).aggregate.late_without_reason == (
            {"EXPLAIN_SESSION_NOTICE": POLICE.id} if late else {}
        )

    def test_in_the_past(self) -> None:
        """Nobody is invited to yesterday."""
        refusal = (
            asked(Explanation.SESSION)
            .when(
                lambda case: case.announce_session(
                    on(HANDLER, "2026-07-08 09:00"), session_at=legal("2026-07-08 09:00"), place="Phòng 2"
                )
            )
            .then_refused(InvalidInput)
        )
        assert refusal.path == "sessionAt"

    def test_nobody_asked(self) -> None:
        """Who writes is not invited."""
        asked(Explanation.WRITTEN).when(
            lambda case: case.announce_session(
                on(HANDLER, "2026-07-08 09:00"), session_at=legal("2026-07-15 09:00"), place="Phòng 2"
            )
        ).then_refused(WrongState, rule="R-VN-LXLVPHC-61.3")

    def test_held(self) -> None:
        """Of a session there are signed minutes."""
        case = self.announced()
        case.when(
            lambda case: case.record_explanation(
                on(HANDLER, "2026-07-15 11:00"), text="Hoàn cảnh", minutes=" "
            )
        ).then_refused(InvalidInput, rule="R-VN-LXLVPHC-61.3")
        case.when(
            lambda case: case.record_explanation(
                on(HANDLER, "2026-07-15 11:00"), text="Hoàn cảnh", minutes="04/BB-GT"
            )
        ).then(fact(Case.Explained, form="SESSION", text=said("Hoàn cảnh"), minutes="04/BB-GT"))
        assert Mark.EXPLAINED in case.aggregate.marks

    def test_not_announced(self) -> None:
        """A session that nobody was invited to was none."""
        asked(Explanation.SESSION).when(
            lambda case: case.record_explanation(
                on(HANDLER, "2026-07-15 11:00"), text="Hoàn cảnh", minutes="04/BB-GT"
            )
        ).then_refused(WrongState, rule="R-VN-LXLVPHC-61.3")


class TestWritten:
    """The violator writes."""

    def test_written(self) -> None:
        """It is on record and ends the time to write."""
        asked(Explanation.WRITTEN).when(
            lambda case: case.record_explanation(
                on(HANDLER, "2026-07-07 09:00"), text="Không thấy đèn", minutes=None
            )
        ).then(
            fact(
                Case.Explained,
                form="WRITTEN",
                text=said("Không thấy đèn"),
                minutes=None,
                stopped=(ends("EXPLAIN_WRITTEN", "2026-07-09 00:00"),),
            )
        )

    def test_not_asked(self) -> None:
        """That they explain is on record first."""
        driven("drawRecord").when(
            lambda case: case.record_explanation(
                on(HANDLER, "2026-07-07 09:00"), text="Không thấy", minutes=None
            )
        ).then_refused(WrongState, rule="R-VN-LXLVPHC-61.3")


class TestLonger:
    """What makes the time to decide longer, each prevailing over those before it."""

    @pytest.mark.rule("R-DH-13.2.3")
    def test_facts(self) -> None:
        """Facts that must be verified give a month (Luật Đ59)."""
        case = driven("drawRecord")
        case.when(lambda case: case.verify_facts(on(HANDLER, "2026-07-02 09:00"), text="Biển số giả")).then(
            fact(Case.FactsVerified, text=said("Biển số giả"), clocks=(A_MONTH,)).under(
                rule="R-VN-LXLVPHC-59"
            )
        )
        case.when(lambda case: case.verify_facts(on(HANDLER, "2026-07-03 09:00"), text="Nữa")).then_refused(
            WrongState, rule="R-VN-LXLVPHC-59"
        )

    @pytest.mark.rule("R-DH-13.2.4")
    def test_complex(self) -> None:
        """What is especially serious and complex besides has two."""
        asked(Explanation.WRITTEN).when(
            lambda case: case.declare_complex(on(HANDLER, "2026-07-02 10:00"), text="Đặc biệt nghiêm trọng")
        ).then(
            fact(Case.DeclaredComplex, text=said("Đặc biệt nghiêm trọng"), clocks=(TWO_MONTHS,)).under(
                rule="R-VN-LXLVPHC-66.1.c"
            )
        )

    @pytest.mark.rule("R-DH-13.2.4")
    def test_complex_alone(self) -> None:
        """Nothing is complex of which nobody explains and nothing is verified."""
        driven("drawRecord").when(
            lambda case: case.declare_complex(on(HANDLER, "2026-07-02 10:00"), text="Phức tạp")
        ).then_refused(WrongState, rule="R-VN-LXLVPHC-66.1.c")

    @pytest.mark.rule("R-DH-13.2.2", "R-DH-13.2.3")
    def test_the_longer_prevails(self) -> None:
        """A file that is transferred afterwards keeps its month, as the obligation of whoever decides."""
        case = asked(Explanation.WRITTEN).after(
            on(HANDLER, "2026-07-02 11:00"), lambda case, ctx: case.transfer_record(ctx, recipient=TEAM)
        )
        assert case.aggregate.clocks["DECIDE"] == replace(A_MONTH, unit_id=TEAM.id)
        case.after(
            on(TEAM_HANDLER, "2026-07-02 12:00"), lambda case, ctx: case.verify_facts(ctx, text="Xác minh")
        )
        assert case.aggregate.clocks["DECIDE"] == replace(A_MONTH, unit_id=TEAM.id)

    @pytest.mark.parametrize("after", ["2026-07-11 00:00", "2026-07-20 09:00"])
    def test_too_late(self, after: str) -> None:
        """What has ended is not made longer."""
        for act in (
            lambda case: case.verify_facts(on(HANDLER, after), text="Xác minh"),
            lambda case: case.declare_complex(on(HANDLER, after), text="Phức tạp"),
        ):
            driven("drawRecord").when(act).then_refused(WrongState, rule="R-DH-13.2.1")

    def test_by_the_centre(self) -> None:
        """The Centre has no part in it."""
        driven("drawRecord").when(
            lambda case: case.verify_facts(on(APPROVER, "2026-07-02 09:00"), text="Xác minh")
        ).then_refused(Forbidden, rule="R-DH-13.2.1")


class TestHeardFirst:
    """Nobody is punished who may explain still."""

    @pytest.mark.parametrize("at", ["2026-07-02 09:00", "2026-07-08 23:59"])
    def test_while_the_time_runs(self, at: str) -> None:
        """Not before the time to explain has ended."""
        driven("drawRecord").when(lambda case: case.decide(on(CHIEF, at), PENALTY)).then_refused(
            WrongState, rule="R-VN-LXLVPHC-61.1"
        )

    def test_who_explained(self) -> None:
        """Who has explained has been heard, and may be punished before the time has ended."""
        case = asked(Explanation.WRITTEN).after(
            on(HANDLER, "2026-07-03 09:00"),
            lambda case, ctx: case.record_explanation(ctx, text="Không thấy đèn", minutes=None),
        )
        case.after(on(CHIEF, "2026-07-03 10:00"), lambda case, ctx: case.decide(ctx, PENALTY))

    def test_who_asked_and_did_not_write(self) -> None:
        """Who asked and wrote nothing in time has lost the right; the scheduler says so, and the case goes on."""
        asked(Explanation.WRITTEN).after(
            on(CHIEF, "2026-07-09 00:00"), lambda case, ctx: case.decide(ctx, PENALTY)
        )

    def test_who_asked_for_a_session(self) -> None:
        """Who asked for a session is heard in one, however long it takes."""
        case = asked(Explanation.SESSION)
        case.when(lambda case: case.decide(on(CHIEF, "2026-07-20 09:00"), PENALTY)).then_refused(
            WrongState, rule="R-VN-LXLVPHC-61.1"
        )

    def test_dated_into_it(self) -> None:
        """Nor is it dated into the time that the violator had."""
        refusal = (
            driven("drawRecord")
            .when(
                lambda case: case.decide(on(CHIEF, "2026-07-09 09:00"), PENALTY, at=legal("2026-07-08 09:00"))
            )
            .then_refused(InvalidInput, rule="R-VN-LXLVPHC-61.1")
        )
        assert refusal.path == "at"

    def test_dated_back(self) -> None:
        """A decision is not dated before what the violator said."""
        case = asked(Explanation.WRITTEN).after(
            on(HANDLER, "2026-07-07 09:00"),
            lambda case, ctx: case.record_explanation(ctx, text="Không thấy đèn", minutes=None),
        )
        refusal = case.when(
            lambda case: case.decide(on(CHIEF, "2026-07-09 09:00"), PENALTY, at=legal("2026-07-07 08:59"))
        ).then_refused(InvalidInput)
        assert (refusal.path, "explained" in refusal.en) == ("at", True)
