"""What intake makes of a machine's proposal."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from eventsourcing.persistence import IntegrityError

from domain.case import Case, CaseState
from domain.commands.application import CaseSystem
from domain.commands.case import propose
from policies.rulebook import load
from tests.support.record import camera, events_of, opened, proposal, proposed
from tests.support.spec import CENTRE, legal

DRAWS = ((2026, 1), (2026, 3), (2027, 2), (2026, 1))


@pytest.mark.rule("R-DH-11.3.a1")
@pytest.mark.parametrize(
    "detected_at, number, due",
    [
        pytest.param(legal("2026-06-01 17:00"), "DH-2026-000001", legal("2026-06-09 00:00"), id="a-week-end"),
        pytest.param(legal("2026-02-12 16:00"), "DH-2026-000001", legal("2026-02-27 00:00"), id="tet-2026"),
        pytest.param(legal("2025-01-24 23:59"), "DH-2025-000001", legal("2025-02-08 00:00"), id="tet-2025"),
        pytest.param(legal("2026-03-31 10:00"), "DH-2026-000001", legal("2026-04-08 00:00"), id="31-march"),
        pytest.param(legal("2026-04-01 00:00"), "DH-2026-000001", legal("2026-04-09 00:00"), id="1-april"),
        pytest.param(
            datetime(2025, 12, 31, 17, 0, tzinfo=UTC),
            "DH-2026-000001",
            legal("2026-01-10 00:00"),
            id="new-year-in-viet-nam",
        ),
    ],
)
def test_clock(database: str, keys: Path, detected_at: datetime, number: str, due: datetime) -> None:
    """The transfer is due five working days after the detection; number and day are those of Viet Nam."""
    (case,) = proposed(database, keys, detected_at=detected_at)
    assert (case.number, case.clocks["TRANSFER"].due, case.state) == (number, due, CaseState.DETECTED)


def test_envelope(app: CaseSystem, database: str, keys: Path) -> None:
    """The proposal is intake's act, for the unit of the camera, at the instant of the detection."""
    (case,) = proposed(database, keys)
    (detected,) = events_of(app, case.id)
    assert isinstance(detected, Case.Detected)
    envelope = detected.envelope
    assert (envelope.by, envelope.unit_id, envelope.took_place_at, envelope.rule) == (
        "system:intake",
        CENTRE.id,
        legal("2026-06-01 17:00"),
        "R-DH-11.3.a1",
    )
    assert envelope.correlation_id == UUID(int=0x7000)
    assert [item.kind for item in detected.evidence] == ["FRAME_AT"]


@pytest.mark.rule("R-DH-12.2.a2", "R-QT-1.0.0")
def test_security_camera(database: str, keys: Path) -> None:
    """What a security camera proposes has no clock: no source sets one."""
    (case,) = proposed(database, keys, source=camera("DH-AN-01", "SECURITY"))
    assert (case.domain, case.clocks) == ("SECURITY", {})


def test_one_proposal_one_case(database: str, keys: Path) -> None:
    """The same proposal is the same case, whatever its number: the log refuses the second."""
    first, again = (propose(load("dong-hoi"), proposal(1), camera(), number=n) for n in (1, 2))
    with opened(database, keys, role="minhchung_intake") as app:
        app.record(first)
        with pytest.raises(IntegrityError):
            app.record(again)
        assert app.commands.existing({first.id, UUID(int=1)}) == {first.id}
    assert (first.id, first.number, again.number) == (again.id, "DH-2026-000001", "DH-2026-000002")


def test_numbers(database: str, keys: Path) -> None:
    """Numbers are drawn per profile and year, each once; what is drawn and not used is left out."""
    with opened(database, keys, role="minhchung_intake") as app:
        drawn = [list(app.commands.next_numbers("DH", year, count)) for year, count in DRAWS]
    assert drawn == [[1], [2, 3, 4], [1, 2], [5]]
