"""What of a window is missing after a cut: every second is shown by a piece, or stands in a gap with its reason."""

from datetime import timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from domain.commands.extraction import gaps_of
from domain.extraction import Gap
from domain.footage import Cutting, Damage, Kept, Piece
from tests.support.spec import legal

BEGIN = legal("2026-06-01 08:00")


def kept(number: int, start: int, length: int) -> Kept:
    """A recording."""
    return Kept(
        recording_id=UUID(int=number),
        name="",
        sha256="",
        size=1,
        starts_at=BEGIN + timedelta(seconds=start),
        ends_at=BEGIN + timedelta(seconds=start + length),
    )


def cutting(recordings: list[Kept], damaged: set[int]) -> Cutting:
    """Everything was cut but what is damaged."""
    return Cutting(
        pieces=tuple(
            Piece(
                recording_id=r.recording_id,
                name="",
                sha256="",
                size=1,
                media_type="",
                starts_at=r.starts_at,
                ends_at=r.ends_at,
            )
            for r in recordings
            if r.recording_id.int not in damaged
        ),
        damaged=tuple(
            Damage(recording_id=r.recording_id, found_sha256=None, found_size=0)
            for r in recordings
            if r.recording_id.int in damaged
        ),
    )


def gap(start: int, end: int, reason: str, number: int | None = None) -> Gap:
    """A part that is missing."""
    return Gap(
        starts_at=BEGIN + timedelta(seconds=start),
        ends_at=BEGIN + timedelta(seconds=end),
        reason=reason,
        recording_id=UUID(int=number) if number else None,
    )


def gaps(recordings: list[Kept], damaged: set[int], start: int = 0, end: int = 60) -> list[Gap]:
    """The gaps of a window."""
    window = (BEGIN + timedelta(seconds=start), BEGIN + timedelta(seconds=end))
    return gaps_of(*window, recordings, cutting(recordings, damaged))


def test_nothing_missing() -> None:
    """One recording over the whole window, or two that meet, leave no gap."""
    assert gaps([kept(1, -10, 600)], set()) == []
    assert gaps([kept(1, -10, 40), kept(2, 30, 600)], set()) == []


def test_half_missing() -> None:
    """What was never recorded is named as that: before, between and after."""
    assert gaps([kept(1, 10, 10), kept(2, 30, 10)], set()) == [
        gap(0, 10, "NO_RECORDING"),
        gap(20, 30, "NO_RECORDING"),
        gap(40, 60, "NO_RECORDING"),
    ]


def test_damaged() -> None:
    """What is damaged is named, with the recording; what another recording shows of it is not missing."""
    assert gaps([kept(1, -10, 40), kept(2, 20, 60)], {2}) == [gap(30, 60, "DAMAGED", 2)]
    assert gaps([kept(1, -10, 40), kept(2, 30, 60)], {1}) == [gap(0, 30, "DAMAGED", 1)]


recordings_of = st.lists(
    st.tuples(st.integers(-40, 80), st.integers(1, 60), st.booleans()), min_size=0, max_size=6
)


@given(recordings_of)
def test_every_second(drawn: list[tuple[int, int, bool]]) -> None:
    """For each second of the window: it is in a gap exactly if no whole recording shows it."""
    recordings = [
        kept(n, start, length)
        for n, (start, length, _) in enumerate(drawn, 1)
        if start < 60 and start + length > 0
    ]
    damaged = {n for n, (_, _, broken) in enumerate(drawn, 1) if broken}
    found = gaps(recordings, damaged)
    for second in range(60):
        begin = BEGIN + timedelta(seconds=second)
        shown = any(
            r.starts_at <= begin and r.ends_at >= begin + timedelta(seconds=1)
            for r in recordings
            if r.recording_id.int not in damaged
        )
        inside = [g for g in found if g.starts_at <= begin and g.ends_at >= begin + timedelta(seconds=1)]
        assert len(inside) == (not shown), (second, found)
