"""A duty roster has somebody on duty at every hour of its month, nobody twice at once, and its swaps on record."""

from datetime import date, datetime, timedelta
from functools import partial
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given as drawn_from
from hypothesis import settings
from hypothesis import strategies as st

from domain.clock import start_of
from domain.context import Actor, Context
from domain.errors import Forbidden, InvalidInput, WrongState
from domain.personal import Personal
from domain.roster import Roster, check_view
from domain.turns import Gap, Turn, double_bookings, gaps
from tests.support.regulations import somebody
from tests.support.spec import (
    ADMINISTRATOR,
    APPROVER,
    AUDITOR,
    CENTRE,
    CITY,
    EXECUTOR,
    HANDLER,
    ID,
    Fact,
    context,
    fact,
    given,
    legal,
    when,
)

RULE = "R-DH-15.1.0"
HOUR = timedelta(hours=1)
ANH, BINH, CHI = (UUID(int=n) for n in (1, 2, 3))
JUNE, JULY = legal("2026-06-01 00:00"), legal("2026-07-01 00:00")


def turn(who: UUID, starts_at: str, ends_at: str) -> Turn:
    """A turn, as a clock in Viet Nam shows it."""
    return Turn(account_id=who, starts_at=legal(starts_at), ends_at=legal(ends_at))


WHOLE = [
    turn(ANH, "2026-06-01 00:00", "2026-06-15 22:00"),
    turn(BINH, "2026-06-15 22:00", "2026-07-01 06:00"),
]


def drawn(*turns: Turn) -> Fact:
    """A roster of June that says so."""
    return fact(
        Roster.Drawn,
        number="DH-LT-2026-000001",
        post="Trực ban",
        month="2026-06",
        starts_at=JUNE,
        ends_at=JULY,
        area_path=CITY,
        turns=list(turns),
    ).under(rule=RULE, unit_id=CENTRE.id)


PUBLISHED = fact(Roster.Published).under(rule=RULE)


def draw(who: Context, *turns: Turn, month: str = "2026-06") -> Roster:
    """Draw one."""
    return Roster.draw(who, post="Trực ban", month=month, turns=turns, number=lambda: "DH-LT-2026-000001")


@pytest.mark.rule("R-DH-15.1.0")
class TestWay:
    """Drawn, published, swapped."""

    def test_published(self) -> None:
        """What has somebody at every hour is published, a night shift over the end of the month included."""
        when(lambda: draw(context(ADMINISTRATOR), *WHOLE)).then(drawn(*WHOLE))
        given(Roster, drawn(*WHOLE)).when(lambda one: one.publish(context(ADMINISTRATOR), elsewhere=())).then(
            PUBLISHED
        )

    def test_gap(self) -> None:
        """What leaves an hour without anybody is drawn and listed, and not published; filled, it is."""
        one = given(
            Roster,
            drawn(
                turn(ANH, "2026-06-01 00:00", "2026-06-15 22:00"),
                turn(BINH, "2026-06-15 23:00", "2026-07-01 00:00"),
            ),
        )
        refusal = one.when(lambda one: one.publish(context(ADMINISTRATOR), elsewhere=())).then_refused(
            WrongState, rule=RULE
        )
        assert "2026-06-15T22:00:00+07:00 to 2026-06-15T23:00:00+07:00" in refusal.en
        one.after(context(ADMINISTRATOR), lambda one, who: one.redraw(who, turns=WHOLE))
        one.when(lambda one: one.publish(context(ADMINISTRATOR), elsewhere=())).then(PUBLISHED)

    def test_twice(self) -> None:
        """Nobody is published on duty twice at once."""
        twice = [*WHOLE, turn(ANH, "2026-06-15 21:00", "2026-06-15 23:00")]
        given(Roster, drawn(*twice)).when(
            lambda one: one.publish(context(ADMINISTRATOR), elsewhere=())
        ).then_refused(WrongState, rule=RULE)

    def test_swapped(self) -> None:
        """Somebody else takes a turn, with the reason on record, unless they are on duty then."""
        one = given(Roster, drawn(*WHOLE, turn(CHI, "2026-06-20 00:00", "2026-06-21 00:00")), PUBLISHED)
        refused = one.when(
            lambda one: one.swap(context(ADMINISTRATOR), turn=3, account_id=BINH, text="Ốm", elsewhere=())
        )
        assert refused.then_refused(InvalidInput, rule=RULE).path == "accountId"
        one.when(
            lambda one: one.swap(context(ADMINISTRATOR), turn=3, account_id=ANH, text="Ốm", elsewhere=())
        ).then(fact(Roster.Swapped, turn=3, account_id=ANH, text=Personal.said(ID, "Ốm")))
        assert [turn.account_id for turn in one.aggregate.turns] == [ANH, BINH, ANH]

    def test_no_such_turn(self) -> None:
        """A swap names a turn that is there."""
        for number in (0, 3):
            swap = partial(
                Roster.swap,
                context=context(ADMINISTRATOR),
                turn=number,
                account_id=CHI,
                text="x",
                elsewhere=(),
            )
            outcome = given(Roster, drawn(*WHOLE), PUBLISHED).when(swap)
            assert outcome.then_refused(InvalidInput, rule=RULE).path == "turn"

    def test_published_is_swapped(self) -> None:
        """What was published is not redrawn, and what was not is not swapped."""
        given(Roster, drawn(*WHOLE), PUBLISHED).when(
            lambda one: one.redraw(context(ADMINISTRATOR), turns=WHOLE)
        ).then_refused(WrongState, rule=RULE)
        given(Roster, drawn(*WHOLE)).when(
            lambda one: one.swap(context(ADMINISTRATOR), turn=1, account_id=CHI, text="x", elsewhere=())
        ).then_refused(WrongState, rule=RULE)


@pytest.mark.parametrize(
    "profile, kind, rule",
    [
        pytest.param("dien-bien", "LEVEL_1_OPERATOR", "R-DB-11.2.a", marks=pytest.mark.rule("R-DB-11.2.a")),
        pytest.param("quang-tri", "PROVINCIAL_POLICE", "R-QT-12.4.a", marks=pytest.mark.rule("R-QT-12.4.a")),
        ("dien-bien", "LEVEL_2_BODY", None),
    ],
)
def test_whose_duty(profile: str, kind: str, rule: str | None) -> None:
    """Around the clock is whom the regulation says so of; others publish what they want to."""
    who = somebody(profile, kind, "ADMINISTRATOR")
    one = draw(who, turn(ANH, "2026-06-01 08:00", "2026-06-01 17:00"))
    if rule is None:
        one.publish(who, elsewhere=())
        assert one.state == "PUBLISHED"
        return
    with pytest.raises(WrongState) as refused:
        one.publish(who, elsewhere=())
    assert refused.value.rule == rule


class TestRefused:
    """What is no roster, and whose it is not."""

    @pytest.mark.parametrize("month", ["2026-13", "2026", "06-2026", "2026-Q1", "2026-6"])
    def test_no_month(self, month: str) -> None:
        """A month is called as in 2026-06."""
        with pytest.raises(InvalidInput) as refused:
            draw(context(ADMINISTRATOR), *WHOLE, month=month)
        assert refused.value.path == "month"

    @pytest.mark.parametrize(
        "turns",
        [
            [],
            [turn(ANH, "2026-06-02 08:00", "2026-06-02 08:00")],
            [turn(ANH, "2026-05-31 08:00", "2026-06-01 00:00")],
            [turn(ANH, "2026-07-01 00:00", "2026-07-01 08:00")],
        ],
    )
    def test_no_turn(self, turns: list[Turn]) -> None:
        """There are turns, they take some time, and some of it lies in the month."""
        with pytest.raises(InvalidInput) as refused:
            draw(context(ADMINISTRATOR), *turns)
        assert refused.value.path == "turns"

    @pytest.mark.parametrize("who", [APPROVER, EXECUTOR, HANDLER, AUDITOR])
    def test_not_theirs(self, who: Actor) -> None:
        """Whoever does not plan the duty of the unit draws and publishes nothing."""
        with pytest.raises(Forbidden):
            draw(context(who), *WHOLE)
        outcome = given(Roster, drawn(*WHOLE)).when(lambda one: one.publish(context(who), elsewhere=()))
        assert (type(outcome.refusal), outcome.events) == (Forbidden, [])

    @pytest.mark.parametrize("who, seen", [(APPROVER, True), (HANDLER, False), (AUDITOR, True)])
    def test_seen(self, who: Actor, *, seen: bool) -> None:
        """Everybody of the unit sees it, and the audit of its area."""
        assert (check_view(given(Roster, drawn(*WHOLE)).aggregate, context(who)) is None) == seen


# -- whatever the turns ---------------------------------------------------------------

MONTHS = st.dates(date(2024, 1, 1), date(2028, 12, 31)).map(lambda day: day.replace(day=1))
"""Leap years and turns of the year among them."""


@st.composite
def months(draw: st.DrawFn) -> tuple[list[Turn], datetime, datetime]:
    """A month, and turns in and around it, to the half-hour, mostly over midnight."""
    first = draw(MONTHS)
    starts_at = start_of(first)
    ends_at = start_of((first + timedelta(days=32)).replace(day=1))
    halves = int((ends_at - starts_at) / (HOUR / 2))
    turns = []
    for _ in range(draw(st.integers(0, 12))):
        begins = draw(st.integers(-20, halves))
        turns.append(
            Turn(
                account_id=draw(st.sampled_from([ANH, BINH, CHI])),
                starts_at=starts_at + begins * HOUR / 2,
                ends_at=starts_at + (begins + draw(st.integers(1, 700))) * HOUR / 2,
            )
        )
    return turns, starts_at, ends_at


@settings(max_examples=30, deadline=None)
@drawn_from(months())
def test_gaps(month: tuple[list[Turn], datetime, datetime]) -> None:
    """Half-hour by half-hour: nobody is on duty exactly where a gap is, and gaps are apart and in order."""
    turns, starts_at, ends_at = month
    found = list(gaps(turns, starts_at, ends_at))
    at = starts_at
    while at < ends_at:
        somebody_is = any(turn.starts_at <= at < turn.ends_at for turn in turns)
        assert somebody_is != any(gap.starts_at <= at < gap.ends_at for gap in found)
        at += HOUR / 2
    assert all(one.ends_at < following.starts_at for one, following in pairwise(found))
    assert all(isinstance(gap, Gap) and gap.starts_at < gap.ends_at for gap in found)


@settings(max_examples=30, deadline=None)
@drawn_from(months())
def test_double_bookings(month: tuple[list[Turn], datetime, datetime]) -> None:
    """Half-hour by half-hour: somebody is on duty twice exactly where that is said of them."""
    turns, starts_at, ends_at = month
    found = list(double_bookings(turns))
    at = starts_at - 20 * HOUR
    while at < ends_at + 400 * HOUR:
        for who in (ANH, BINH, CHI):
            times = sum(turn.account_id == who and turn.starts_at <= at < turn.ends_at for turn in turns)
            said = any(one.account_id == who and one.starts_at <= at < one.ends_at for one in found)
            assert said == (times > 1)
        at += HOUR / 2
