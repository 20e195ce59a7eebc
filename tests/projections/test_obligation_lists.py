"""How obligations are listed and counted, and what of them the scheduler is given."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from domain.case import Case
from domain.commands.application import CaseSystem
from projections.obligation_lists import LISTING, Counts, ObligationNarrow, ToTell, counts, to_tell
from projections.obligation_runs import ObligationRow
from projections.obligations import Obligations
from projections.scope import NOTHING, Scope
from tests.support.cases import (
    DETECTED_AT,
    RECEIVED,
    TRANSFER_BY,
    VERIFY_BY,
    approved,
    clock,
    concluded,
    detected,
    limitation,
    stopped,
)
from tests.support.following import Model
from tests.support.record import happened
from tests.support.spec import (
    CENTRE,
    HANDLER,
    NOW,
    POLICE,
    fact,
)

ASSIGNED = fact(Case.Assigned, account_id=HANDLER.account_id)
OURS = Scope("number LIKE 'DH-2026-80%%'")
ALL = ObligationNarrow()


@pytest.fixture(scope="module")
def listed(common: str, app: CaseSystem) -> Iterator[Model]:
    """Forty cases that came some of their way, ten of each."""
    with Model(common, Obligations(), app) as model:
        for n in range(40):
            case = UUID(int=0x8000 + n)
            late = n % 8 == 7
            first = detected(
                number=f"DH-2026-80{n:04}",
                proposal_id=case,
                clocks=(
                    clock("TRANSFER", DETECTED_AT, CENTRE.id, due=TRANSFER_BY + timedelta(hours=n % 5)),
                    limitation(),
                ),
            )
            way = [
                first,
                approved(case, stopped=(stopped("TRANSFER", late=late),)),
                ASSIGNED if n % 2 else RECEIVED,
                concluded(case),
            ]
            happened(app, Case, case, *way[: n % 4 + 1])
        model.follow()
        yield model


def page(model: Model, narrow: ObligationNarrow = ALL, scope: Scope = OURS) -> list[ObligationRow]:
    """All that are listed."""
    return LISTING.page(model.conn, scope, narrow, first=200)


class TestList:
    """What a reader is shown, in which order."""

    def test_order(self, listed: Model) -> None:
        """What runs comes first, then what has ended, each by when it is due."""
        shown = [(row.ended, row.due, row.subject_id, row.timer, row.run) for row in page(listed)]
        assert shown == sorted(shown)
        assert (len(shown), sum(not row[0] for row in shown)) == (40 * 2 + 30 + 10, 40 + 10 + 20 + 10)

    @pytest.mark.parametrize("size", [1, 7, 50])
    def test_pages(self, listed: Model, size: int) -> None:
        """Pages of any size together are the whole."""
        seen: list[ObligationRow] = []
        after: tuple[object, ...] | None = None
        while found := LISTING.page(listed.conn, OURS, ALL, first=size, after=after):
            seen += found
            after = LISTING.place_of(found[-1])
            assert len(seen) <= 120, "a page goes back"
        assert seen == page(listed)
        assert LISTING.total(listed.conn, OURS, ALL) == 120

    @pytest.mark.parametrize(
        "narrow, expected",
        [
            (ObligationNarrow(running=True), lambda row: not row.ended),
            (ObligationNarrow(late=True), lambda row: row.state == "LATE"),
            (ObligationNarrow(owing=True), lambda row: row.reason_owed),
            (ObligationNarrow(reason_owed=False), lambda row: not row.reason_owed),
            (ObligationNarrow(states=["LATE"]), lambda row: row.state == "LATE"),
            (ObligationNarrow(states=["MET", "OPEN"]), lambda row: row.state in {"MET", "OPEN"}),
            (ObligationNarrow(timers=["VERIFY"]), lambda row: row.timer == "VERIFY"),
            (ObligationNarrow(unit_id=POLICE.id), lambda row: row.unit_id == POLICE.id),
            (ObligationNarrow(my_unit=CENTRE.id), lambda row: row.unit_id == CENTRE.id),
            (ObligationNarrow(person=HANDLER.account_id), lambda row: row.person == HANDLER.account_id),
            (ObligationNarrow(my_person=HANDLER.account_id), lambda row: row.person == HANDLER.account_id),
            (ObligationNarrow(due_before=VERIFY_BY), lambda row: row.due < VERIFY_BY),
            (ObligationNarrow(due_from=VERIFY_BY), lambda row: row.due >= VERIFY_BY),
            (ObligationNarrow(hard=True), lambda row: row.timer == "LIMITATION"),
            (ObligationNarrow(reason_owed=True), lambda row: row.state == "LATE"),
            (
                ObligationNarrow(missed_by=VERIFY_BY),
                lambda row: row.state == "LATE" or (not row.ended and row.due <= VERIFY_BY),
            ),
            (
                ObligationNarrow(kept_by=VERIFY_BY),
                lambda row: row.state != "LATE" and (row.ended or row.due > VERIFY_BY),
            ),
        ],
    )
    def test_narrow(
        self, listed: Model, narrow: ObligationNarrow, expected: Callable[[ObligationRow], bool]
    ) -> None:
        """Lists and totals are narrowed alike, and to something."""
        wanted = [row for row in page(listed) if expected(row)]
        assert 0 < len(wanted) < 120
        assert page(listed, narrow) == wanted
        assert LISTING.total(listed.conn, OURS, narrow) == len(wanted)

    def test_scope(self, listed: Model) -> None:
        """Both ranges of a scope are one list; out of scope there is nothing, and no number of it."""
        both = Scope("owner_unit = %(unit)s", "detecting_unit_id = %(unit)s", params={"unit": CENTRE.id})
        ours = [row for row in page(listed, scope=both) if row.number.startswith("DH-2026-80")]
        assert ours == page(listed)
        assert page(listed, scope=NOTHING) == []
        assert counts(listed.conn, NOTHING, ALL, by="UNIT", now=VERIFY_BY) == []


class TestCounts:
    """How many there are."""

    @pytest.mark.parametrize("by, of", [("UNIT", "unit_id"), ("PERSON", "person"), ("TIMER", "timer")])
    @pytest.mark.parametrize("now", [NOW, TRANSFER_BY + timedelta(hours=2), VERIFY_BY])
    @pytest.mark.parametrize("narrow", [ALL, ObligationNarrow(hard=False, missed_by=VERIFY_BY)])
    def test_they_are_those_of_the_list(
        self, listed: Model, by: str, of: str, now: datetime, narrow: ObligationNarrow
    ) -> None:
        """Each number is that of the rows it counts."""
        shown = page(listed, narrow)
        expected = []
        for group in {getattr(row, of) for row in shown}:
            mine = [row for row in shown if getattr(row, of) == group]
            running = [row for row in mine if not row.ended]
            open_ = [row for row in running if row.due > now]
            expected.append(
                Counts(
                    **{of: group},
                    open=len(open_),
                    due_soon=sum(row.due_soon_at <= now for row in open_),
                    missed=len(running) - len(open_),
                    met=sum(row.state == "MET" for row in mine),
                    late=sum(row.state == "LATE" for row in mine),
                    reason_owed=sum(row.reason_owed for row in mine),
                    lapsed=sum(row.state == "LAPSED" for row in mine),
                )
            )
        found = counts(listed.conn, OURS, narrow, by=by, now=now)
        assert sorted(found, key=str) == sorted(expected, key=str)
        assert [-one.missed for one in found] == sorted(-one.missed for one in found)


class TestToTell:
    """What the scheduler is given."""

    def test_what_is_due_soon_or_over(self, listed: Model) -> None:
        """All that is open and whose time to be told of has come, in an order that pages go through."""
        now = TRANSFER_BY + timedelta(hours=2)
        wanted = [
            ToTell(row.noun, row.subject_id, row.timer, row.run, row.due, row.tell_at, row.position)
            for row in page(listed, scope=Scope("true"))
            if row.tell_at is not None and row.tell_at <= now
        ]
        wanted.sort(key=lambda one: (one.tell_at, one.subject_id, one.timer, one.run))
        assert len(wanted) >= 10
        assert to_tell(listed.conn, now) == wanted
        seen: list[ToTell] = []
        while found := to_tell(listed.conn, now, after=seen[-1] if seen else None, limit=3):
            seen += found
        assert seen == wanted
