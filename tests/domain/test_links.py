"""When a link counts as lost: after tries in a row, and not while most of all links fail at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

import pytest
from hypothesis import given as drawn_from
from hypothesis import settings
from hypothesis import strategies as st

from domain.links import ENOUGH, HELD_BACK_S, LOOKED_AWAY_S, PERIOD_S, TRIES, Change, Tried, Watch

NOON = datetime(2026, 6, 1, 5, tzinfo=UTC)
ONE = UUID(int=1)


def at(tick: float) -> datetime:
    """The instant of a tick."""
    return NOON + timedelta(seconds=tick)


def outcome(tick: float, camera: UUID = ONE, *, answered: bool = False) -> Tried:
    """A try at a tick."""
    return Tried(camera, at(tick), tick, answered)


def cameras(count: int) -> list[UUID]:
    """So many."""
    return [UUID(int=n + 1) for n in range(count)]


def rounds(
    watch: Watch, failing: Sequence[UUID], answering: Sequence[UUID], ticks: Sequence[float]
) -> list[tuple[float, UUID, Change]]:
    """Rounds in which some fail and some answer; what was to be put on record, and is."""
    found = []
    for tick in ticks:
        for n, camera in enumerate([*answering, *failing]):
            change = watch.hear(outcome(tick + n / 100, camera, answered=camera in answering), lost=False)
            if change:
                found.append((tick, camera, change))
                watch.forget([camera])
    return found


def minutes(first: int, last: int) -> list[float]:
    """The ticks of rounds."""
    return [n * PERIOD_S for n in range(first, last)]


@pytest.mark.rule("R-DB-17.2.0", "R-DH-5.1.0", "R-DB-5.1.0")
class TestOne:
    """One link."""

    def test_lost(self) -> None:
        """The third try in a row without an answer makes it lost, since the first."""
        watch = Watch()
        told = [watch.hear(outcome(tick), lost=False) for tick in (0.0, 60.0, 120.0)]
        assert told == [None, None, Change(lost=True, at=at(0.0))]

    def test_answered_between(self) -> None:
        """One answer, and it begins anew."""
        watch = Watch()
        for tick, answered in ((0.0, False), (60.0, False), (120.0, True), (180.0, False), (240.0, False)):
            assert watch.hear(outcome(tick, answered=answered), lost=False) is None
        assert watch.hear(outcome(300.0), lost=False) == Change(lost=True, at=at(180.0))

    def test_too_soon(self) -> None:
        """Tries that follow at once say no more than one: they take a minute at least."""
        watch = Watch()
        assert [watch.hear(outcome(tick), lost=False) for tick in (0.0, 5.0, 10.0, 59.9)] == [None] * 4
        assert watch.hear(outcome(60.0), lost=False) == Change(lost=True, at=at(0.0))

    def test_not_put_on_record(self) -> None:
        """What could not be put on record is said again with the next try, of the same instant."""
        watch = Watch()
        told = [watch.hear(outcome(tick), lost=False) for tick in (0.0, 60.0, 120.0, 180.0)]
        assert told[2:] == [Change(lost=True, at=at(0.0))] * 2

    def test_restored(self) -> None:
        """One that is lost on record is up with its first answer; that it still fails is nothing new."""
        watch = Watch()
        assert watch.hear(outcome(0.0), lost=True) is None
        assert watch.hear(outcome(60.0, answered=True), lost=True) == Change(lost=False, at=at(60.0))

    def test_taken_back(self) -> None:
        """Whom somebody declares to be up again has three tries, as everybody: what failed before is forgotten."""
        watch = Watch()
        for tick, lost in ((0.0, True), (60.0, True), (120.0, True), (180.0, False), (240.0, False)):
            assert watch.hear(outcome(tick), lost=lost) is None
        assert watch.hear(outcome(300.0), lost=False) == Change(lost=True, at=at(180.0))

    def test_said_by_somebody(self) -> None:
        """What failed before somebody put the loss on record counts no more when they take it back."""
        watch = Watch()
        for tick, lost in ((0.0, False), (60.0, False), (120.0, True), (180.0, False)):
            assert watch.hear(outcome(tick), lost=lost) is None

    def test_looked_away(self) -> None:
        """Tries before and after a time in which nobody tried are none in a row."""
        watch = Watch()
        ticks = (0.0, 60.0, 1000.0, 1060.0)
        assert [watch.hear(outcome(tick), lost=False) for tick in ticks] == [None] * 4
        assert watch.hear(outcome(1120.0), lost=False) == Change(lost=True, at=at(1000.0))


@pytest.mark.rule("R-DB-17.2.0")
class TestAllAtOnce:
    """More than half of them fail: whoever watches is likelier to be cut off."""

    def test_held_back(self) -> None:
        """Nothing is put on record for a quarter of an hour, and nothing at all if they answer by then."""
        watch, all_of_them = Watch(), cameras(20)
        rounds(watch, [], all_of_them, minutes(0, 2))
        assert rounds(watch, all_of_them, [], minutes(2, 16)) == []
        assert watch.held_back
        assert rounds(watch, [], all_of_them, minutes(16, 17)) == []
        assert not watch.held_back

    def test_nobody_left(self) -> None:
        """Where those that fail are watched no more, nothing is held back."""
        watch, all_of_them = Watch(), cameras(20)
        rounds(watch, all_of_them, [], minutes(0, 2))
        assert watch.held_back
        watch.forget(all_of_them)
        assert not watch.held_back

    def test_it_was_true(self) -> None:
        """What still fails after that is lost, since its own first failed try."""
        watch, all_of_them = Watch(), cameras(20)
        rounds(watch, [], all_of_them, minutes(0, 2))
        told = rounds(watch, all_of_them, [], minutes(2, 20))
        assert [camera for _, camera, _ in told] != []
        assert sorted(camera.int for _, camera, _ in told) == list(range(1, 21))
        assert {tick for tick, _, _ in told} == {17 * PERIOD_S, 18 * PERIOD_S}
        assert all(change.at < at(3 * PERIOD_S) for _, _, change in told)

    def test_half_of_them(self) -> None:
        """Half of them are no reason to doubt oneself: the others answer."""
        watch, some = Watch(), cameras(20)
        told = rounds(watch, some[:10], some[10:], minutes(0, 3))
        assert [camera for _, camera, _ in told] == some[:10]

    def test_few(self) -> None:
        """Of fewer than ten all may be lost at once, and are put on record as ever."""
        watch, few = Watch(), cameras(ENOUGH - 1)
        assert [camera for _, camera, _ in rounds(watch, few, [], minutes(0, 3))] == few

    def test_lost_before(self) -> None:
        """Those that are lost on record count no more: of the fourteen that are left, eight are more than half."""
        watch, some = Watch(), cameras(27)
        assert len(rounds(watch, some[:13], some[13:], minutes(0, 3))) == 13
        assert rounds(watch, some[13:21], some[21:], minutes(3, 10)) == []
        assert watch.held_back


# -- against the rule, read from its words ------------------------------------------


@dataclass(frozen=True)
class Point:
    """Something in the history: a try, or that a link was put on record as lost."""

    camera: UUID
    tried: Tried | None
    lost: bool = False


def tried_at(history: Sequence[Point]) -> list[float]:
    """The ticks of the tries."""
    return [point.tried.tick for point in history if point.tried]


def since_looking(history: Sequence[Point]) -> int:
    """Where the time begins in which nobody looked away."""
    before = None
    begins = 0
    for n, point in enumerate(history):
        if point.tried:
            if before is not None and point.tried.tick - before > LOOKED_AWAY_S:
                begins = n
            before = point.tried.tick
    return begins


def in_a_row(history: Sequence[Point], camera: UUID) -> list[Tried]:
    """The failed tries of a link up to now."""
    found: list[Tried] = []
    for point in reversed(history[since_looking(history) :]):
        if point.camera == camera:
            if point.tried is None or point.tried.answered or point.lost:
                break
            found.insert(0, point.tried)
    return found


def most_fail(history: Sequence[Point]) -> bool:
    """Whether more than half of at least ten that are up on record fail."""
    last = {point.camera: point for point in history}
    up = [camera for camera, point in last.items() if point.tried and not point.lost]
    failing = [camera for camera in up if in_a_row(history, camera)]
    return len(up) >= ENOUGH and len(failing) > len(up) / 2


def is_held_back(history: Sequence[Point]) -> bool:
    """Whether that has lasted for less than it has to."""
    begins = since_looking(history)
    first = None
    for n in range(len(history), begins, -1):
        if not most_fail(history[:n]):
            break
        first = tried_at(history[:n])[-1]
    return first is not None and tried_at(history)[-1] - first < HELD_BACK_S


def by_the_rule(history: Sequence[Point]) -> Change | None:
    """What is to be put on record by the last try."""
    last = history[-1]
    assert last.tried is not None
    if last.lost:
        return Change(lost=False, at=last.tried.at) if last.tried.answered else None
    row = in_a_row(history, last.camera)
    if len(row) < TRIES or row[-1].tick - row[0].tick < PERIOD_S or is_held_back(history):
        return None
    return Change(lost=True, at=row[0].at)


@st.composite
def lives(draw: st.DrawFn) -> tuple[int, list[tuple[int, bool]]]:
    """So many cameras, and rounds: which of them answer, and whether nobody looked for a while before."""
    count = draw(st.integers(1, 12))
    everybody = 2**count - 1
    answer = st.one_of(st.just(0), st.just(everybody), st.integers(0, everybody))
    found: list[tuple[int, bool]] = []
    while len(found) < 20 and (not found or draw(st.booleans()) or len(found) < 6):
        found += [(draw(answer), draw(st.integers(0, 9)) == 0)] * draw(st.integers(1, 9))
    return count, found[:24]


@settings(max_examples=30, deadline=None)
@drawn_from(lives(), st.integers(0, 3), st.randoms(use_true_random=False))
def test_by_the_rule(life: tuple[int, list[tuple[int, bool]]], forgetful: int, chance: Random) -> None:
    """Whatever answers and fails, and however the record is kept, what is told is what the rule says."""
    count, told_of = life
    watch, history = Watch(), list[Point]()
    on_record: set[UUID] = set()
    tick = 0.0
    for answers, away in told_of:
        tick += PERIOD_S + (LOOKED_AWAY_S if away else 0.0)
        for n, camera in enumerate(cameras(count)):
            lost = camera in on_record
            one = outcome(tick + n, camera, answered=bool(answers >> n & 1))
            history.append(Point(camera, one, lost))
            change = watch.hear(one, lost=lost)
            assert change == by_the_rule(history)
            if change and chance.randint(0, 3) >= forgetful:  # otherwise the record could not be kept
                (on_record.add if change.lost else on_record.remove)(camera)
                if change.lost:
                    watch.forget([camera])
                    history.append(Point(camera, None))
