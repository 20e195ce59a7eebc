"""The obligations: a row for each run of a clock, whose it was, and how it ended."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from domain.case import Case
from domain.case.clocks import Stopped
from domain.clock import due_soon_at
from domain.commands.application import CaseSystem
from domain.personal import Personal
from policies.rulebook import load
from projections.obligation_runs import Clocks, ObligationRow
from projections.obligations import Obligations, fold, of_subjects
from tests.support.cases import (
    DETECTED_AT,
    LIMITATION,
    NOTIFIED,
    RECEIVED,
    STARTED,
    TRANSFER_BY,
    VERIFY_BY,
    approved,
    clock,
    concluded,
    detected,
    discarded,
    limitation,
    stopped,
)
from tests.support.following import Model
from tests.support.record import happened
from tests.support.spec import (
    CENTRE,
    CITY,
    COLLEAGUE,
    COMMUNE,
    HANDLER,
    ID,
    NOW,
    POLICE,
    Fact,
    fact,
    legal,
    recorded,
)

ASSIGNED = fact(Case.Assigned, account_id=HANDLER.account_id)
REASON = "Mất điện hai ngày"
WORDS = Personal.said(ID, "Lời")


def rows(*facts: Fact) -> dict[tuple[str, int], ObligationRow]:
    """The rows of one case after these facts, by timer and run."""
    cases: dict[UUID, Clocks] = {}
    for position, event in enumerate(recorded(facts, Case), start=1):
        fold(cases, event, position)
    return {(row.timer, row.run): row for row in cases[ID].rows}


def state(*facts: Fact) -> dict[str, str]:
    """How far each run is."""
    return {f"{timer} {run}": row.state for (timer, run), row in rows(*facts).items()}


class TestRow:
    """What becomes of the obligations of a case."""

    def test_a_proposal_has_to_be_transferred(self) -> None:
        """A clock that starts is an open obligation of its unit, with its end, its rule and what a miss means."""
        found = rows(detected())
        assert found["TRANSFER", 1] == ObligationRow(
            noun="CASE",
            subject_id=ID,
            timer="TRANSFER",
            run=1,
            number="DH-2026-000123",
            started_at=DETECTED_AT,
            due=TRANSFER_BY,
            due_soon_at=legal("2026-06-05 00:00"),
            tell_at=legal("2026-06-05 00:00"),
            rule="R-DH-11.3.a1",
            missed="late",
            hard=False,
            provisional=False,
            unit_id=CENTRE.id,
            holders=[
                {"unit": str(CENTRE.id), "person": None, "since": DETECTED_AT.astimezone(UTC).isoformat()}
            ],
            detecting_unit_id=CENTRE.id,
            position=1,
            area_path=f"{CITY}/nam-ly",
            owner_unit=CENTRE.id,
        )
        assert (found["LIMITATION", 1].hard, found["LIMITATION", 1].due) == (True, LIMITATION)

    @pytest.mark.parametrize(
        "facts, shown",
        [
            ((), {"TRANSFER 1": "OPEN", "LIMITATION 1": "OPEN"}),
            ((approved(),), {"TRANSFER 1": "MET", "LIMITATION 1": "OPEN", "VERIFY 1": "OPEN"}),
            ((discarded(),), {"TRANSFER 1": "MET", "LIMITATION 1": "LAPSED"}),
            (
                (approved(stopped=(stopped("TRANSFER", late=True),)),),
                {"TRANSFER 1": "LATE", "LIMITATION 1": "OPEN", "VERIFY 1": "OPEN"},
            ),
            (
                (approved(), RECEIVED, STARTED, concluded(), NOTIFIED),
                {
                    "TRANSFER 1": "MET",
                    "LIMITATION 1": "OPEN",
                    "VERIFY 1": "MET",
                    "NOTIFY_RESULT 1": "MET",
                },
            ),
            (
                (
                    approved(),
                    fact(
                        Case.Merged,
                        into_case_id=UUID(int=7),
                        text=Personal.said(ID, "Cùng một lượt"),
                        stopped=(stopped("VERIFY"), stopped("LIMITATION")),
                    ),
                ),
                {"TRANSFER 1": "MET", "LIMITATION 1": "LAPSED", "VERIFY 1": "LAPSED"},
            ),
        ],
    )
    def test_how_it_ends(self, facts: tuple[Fact, ...], shown: dict[str, str]) -> None:
        """An obligation is met by the act it is for, late after its end, and lapses when another act ends it."""
        assert state(detected(), *facts) == shown

    def test_a_cost_is_late_without_a_reason(self) -> None:
        """What comes after its end is late also where only a cost follows; nobody owes a reason for it."""
        execute = replace(clock("VERIFY"), timer="EXECUTE", missed="cost", due=NOW - timedelta(days=1))
        done = fact(
            Case.DecisionExecuted,
            fine=1,
            late_fee=0,
            receipt="BL-1",
            stopped=(Stopped(timer="EXECUTE", due=execute.due, late=False),),
        ).under(took_place_at=NOW)
        row = rows(detected(), approved(clocks=(execute,)), done)["EXECUTE", 1]
        assert (row.state, row.reason_owed, row.stopped_at) == ("LATE", False, NOW)

    def test_a_right_that_was_not_used_has_lapsed(self) -> None:
        """The scheduler says that a right was lost: nobody was late."""
        right = replace(clock("VERIFY"), timer="EXPLAIN_WRITTEN", missed="right-lost")
        lost = fact(
            Case.ClockMissed,
            timer="EXPLAIN_WRITTEN",
            due=right.due,
            missed="right-lost",
            stopped=(Stopped(timer="EXPLAIN_WRITTEN", due=right.due, late=False),),
        ).under(took_place_at=right.due)
        row = rows(detected(), approved(clocks=(right,)), lost)["EXPLAIN_WRITTEN", 1]
        assert (row.state, row.reason_owed, row.missed_told_at) == ("LAPSED", False, right.due)

    def test_more_time(self) -> None:
        """A clock that gets more time goes on in its row, and will be told of anew."""
        longer = replace(clock("VERIFY"), variant="COMPLEX", due=VERIFY_BY + timedelta(days=30))
        soon = fact(Case.ClockDueSoon, timer="VERIFY", due=VERIFY_BY).under(took_place_at=NOW)
        more = fact(Case.VerificationExtended, text=Personal.said(ID, "Phức tạp"), clocks=(longer,))
        before = rows(detected(), approved(), soon)["VERIFY", 1]
        after = rows(detected(), approved(), soon, more)["VERIFY", 1]
        assert (before.due_soon_told_at, before.tell_at) == (NOW, VERIFY_BY)
        assert (after.variant, after.due, after.state) == ("COMPLEX", longer.due, "OPEN")
        assert (after.due_soon_told_at, after.tell_at) == (None, after.due_soon_at)
        assert (
            after.due_soon_at == due_soon_at(NOW, longer.due, load("dong-hoi").calendar) > before.due_soon_at
        )

    def test_told(self) -> None:
        """What was told is not to be told again; what was missed without a word before needs none any more."""
        soon = fact(Case.ClockDueSoon, timer="TRANSFER", due=TRANSFER_BY)
        missed = fact(Case.ClockMissed, timer="TRANSFER", due=TRANSFER_BY, missed="late")
        told = [
            rows(detected(), *facts)["TRANSFER", 1].tell_at
            for facts in [(), (soon,), (soon, missed), (missed,), (discarded(),)]
        ]
        assert told == [legal("2026-06-05 00:00"), TRANSFER_BY, None, None, None]

    def test_opened_again(self) -> None:
        """What is opened again goes on in its row, as if it had never stopped; what was told stays told."""
        missed = fact(Case.ClockMissed, timer="TRANSFER", due=TRANSFER_BY, missed="late")
        again = fact(
            Case.Reopened,
            state="DETECTED",
            text=Personal.said(ID, "Bỏ nhầm"),
            clocks=(clock("TRANSFER", DETECTED_AT, CENTRE.id),),
        )
        found = rows(detected(), missed, discarded(), again)
        assert [key for key in found if key[0] == "TRANSFER"] == [("TRANSFER", 1)]
        row = found["TRANSFER", 1]
        assert (row.state, row.ended, row.stopped_at, row.tell_at) == ("OPEN", False, None, None)

    def test_started_anew(self) -> None:
        """A clock that starts at another instant after it had ended is another run; the first stays as it ended."""
        later = clock("VERIFY", NOW + timedelta(days=9), due=VERIFY_BY + timedelta(days=9))
        assert state(
            detected(), approved(), concluded(), fact(Case.VerificationExtended, text=WORDS, clocks=(later,))
        ) == {
            "TRANSFER 1": "MET",
            "LIMITATION 1": "OPEN",
            "VERIFY 1": "MET",
            "NOTIFY_RESULT 1": "OPEN",
            "VERIFY 2": "OPEN",
        }


class TestWhose:
    """Who has an obligation, and who had it."""

    def test_passed_on(self) -> None:
        """Passed to another unit it is theirs, and the row keeps who had it until then; so it is with persons."""
        forwarded = fact(
            Case.Forwarded,
            recipient_unit_id=COMMUNE.id,
            outside=None,
            channel="SOFTWARE",
            reference=None,
            receiver=None,
            text=Personal.said(ID, "Đúng địa bàn"),
            clocks=(clock("VERIFY", unit_id=COMMUNE.id), limitation(COMMUNE.id)),
        ).under(took_place_at=NOW + timedelta(days=1))
        row = rows(detected(), approved(), ASSIGNED.under(took_place_at=NOW), forwarded)["VERIFY", 1]
        assert (row.unit_id, row.person, row.owner_unit, row.detecting_unit_id) == (
            COMMUNE.id,
            None,
            COMMUNE.id,
            CENTRE.id,
        )
        assert [(held["unit"], held["person"]) for held in row.holders] == [
            (str(POLICE.id), None),
            (str(POLICE.id), str(HANDLER.account_id)),
            (str(COMMUNE.id), None),
        ]
        assert [datetime.fromisoformat(held["since"]) for held in row.holders] == [
            NOW,
            NOW,
            NOW + timedelta(days=1),
        ]

    def test_the_person_at_the_end(self) -> None:
        """Whoever was to act when it ended is named for good; who comes later has only what is still open."""
        found = rows(
            detected(),
            approved(),
            ASSIGNED,
            concluded(),
            fact(Case.Assigned, account_id=COLLEAGUE.account_id),
        )
        assert found["TRANSFER", 1].person is None
        assert found["VERIFY", 1].person == HANDLER.account_id
        assert found["NOTIFY_RESULT", 1].person == COLLEAGUE.account_id

    def test_an_obligation_of_others(self) -> None:
        """What another unit owes while the case lies elsewhere is nobody's there in person."""
        theirs = clock("NOTIFY_RESULT", unit_id=CENTRE.id)
        row = rows(detected(), approved(clocks=(theirs,)), ASSIGNED)["NOTIFY_RESULT", 1]
        assert (row.unit_id, row.person, row.assignee) == (CENTRE.id, None, HANDLER.account_id)

    def test_passed_to_others_while_the_case_stays(self) -> None:
        """A clock that goes to a unit that does not hold the case leaves the person behind."""
        theirs = fact(
            Case.VerificationExtended,
            text=Personal.said(ID, "Lời"),
            clocks=(clock("VERIFY", unit_id=COMMUNE.id),),
        )
        row = rows(detected(), approved(), ASSIGNED, theirs)["VERIFY", 1]
        assert (row.unit_id, row.person, row.owner_unit) == (COMMUNE.id, None, POLICE.id)
        assert [held["person"] for held in row.holders] == [None, str(HANDLER.account_id), None]


class TestReason:
    """Why something came late."""

    LATE = (stopped("TRANSFER", late=True),)

    @pytest.mark.parametrize(
        "facts, owed, given",
        [
            ((approved(stopped=LATE),), True, False),
            ((approved(stopped=LATE, late_reason=Personal.said(ID, REASON)),), False, True),
            (
                (
                    approved(stopped=LATE),
                    fact(Case.DelayExplained, timer="VERIFY", text=Personal.said(ID, REASON)),
                ),
                True,
                False,
            ),
            (
                (
                    approved(stopped=LATE),
                    fact(Case.DelayExplained, timer="TRANSFER", text=Personal.said(ID, REASON)),
                ),
                False,
                True,
            ),
        ],
    )
    def test_owed(
        self, app: CaseSystem, common: str, facts: tuple[Fact, ...], owed: bool, given: bool
    ) -> None:
        """A late act owes its reason until it is given, with the act or afterwards; it stays sealed."""
        case = UUID(int=0xAAA00 + 2 * owed + given + len(facts) * 10)
        mine = [Fact(f.event, {**f.said, **_of(case, f.said)}, f.circumstances) for f in (detected(), *facts)]
        happened(
            app,
            Case,
            case,
            replace(mine[0], said={**mine[0].said, "number": f"DH-2026-9{case.int % 99999:05}"}),
            *mine[1:],
        )
        with Model(common, Obligations(), app) as model:
            model.follow()
            found = of_subjects(model.conn, [case])[case]
        row = next(row for row in found if row.timer == "TRANSFER")
        assert (row.state, row.reason_owed, row.reason is not None) == ("LATE", owed, given)
        if row.sealed_reason is not None:
            keys: Any = app.factory
            assert keys.keys.open([row.sealed_reason]) == [REASON]
            assert REASON not in str(row)


def _of(case: UUID, said: dict[str, Any]) -> dict[str, Any]:
    """The personal values among what is said, of another case."""
    return {
        name: Personal.said(case, str(value.clear))
        for name, value in said.items()
        if isinstance(value, Personal)
    }


def test_a_case_without_clocks() -> None:
    """What has no clock is not listed, and a clock that starts later finds number, camera and holder all the same."""
    security = detected(domain="SECURITY", number="DH-2026-000777")
    assert list(rows(security)) == [("", 0)]
    row = rows(security, approved(clocks=(clock("VERIFY"),), stopped=()))["VERIFY", 1]
    assert (row.number, row.detecting_unit_id, row.owner_unit) == ("DH-2026-000777", CENTRE.id, POLICE.id)


def test_nothing_begins_in_the_middle() -> None:
    """An event of a case that was never begun stops the follower; it is not skipped."""
    [_, event] = recorded((detected(), approved()), Case)
    with pytest.raises(LookupError, match=f"case {ID} has no first event"):
        fold({}, event, 2)
