"""That an incident is due soon, and overdue, is told once, whoever looks how often, and of none fixed in time."""

from datetime import timedelta
from functools import partial
from pathlib import Path
from uuid import UUID

import pytest

from cli.schedule import ROLE, Scheduler
from domain.envelope import Event
from domain.incident import Incident
from domain.personal import Personal
from policies.rulebook import load
from projections.obligations import Obligations
from tests.support.following import Model
from tests.support.installation import app_over
from tests.support.record import events_of, happened
from tests.support.spec import CENTRE, CITY, Fact, fact, legal

DUE = legal("2026-06-04 08:00")
STUCK, FIXED, LATER = (UUID(int=0x1C0 + n) for n in range(3))


def reported(incident_id: UUID, hours: int) -> Fact:
    """One that was seen, and has to be fixed, some hours after the others."""
    return fact(
        Incident.Reported,
        number=f"DB-SC-2026-{incident_id.int:06d}",
        kind="DEVICE_FAULT",
        camera_id=None,
        area_path=CITY,
        camera_class=None,
        reporting_unit_id=CENTRE.id,
        operating_unit_id=CENTRE.id,
        handler_kind=None,
        detected_at=DUE - timedelta(hours=24 - hours),
        notified_at=DUE - timedelta(hours=24 - hours),
        leader_account_id=None,
        leader_told_at=None,
        fault=None,
        due=DUE + timedelta(hours=hours),
        due_rule="R-DB-11.2.b",
        text=Personal.said(incident_id, "Camera không lên hình"),
    )


@pytest.mark.rule("R-DB-11.2.b")
def test_told_once(database: str, tmp_path: Path) -> None:
    """Before its time is over nothing is said of one; then it is, once, by the scheduler and under its rule."""
    with app_over(database, tmp_path, role="") as app, Model(database, Obligations(), app) as shown:
        words = Personal.said(FIXED, "Đã thay nguồn")
        mended = fact(Incident.Fixed, fixed_at=DUE - timedelta(hours=1), text=words, late_reason=None)
        happened(app, Incident, STUCK, reported(STUCK, 0))
        happened(app, Incident, FIXED, reported(FIXED, 0), mended)
        happened(app, Incident, LATER, reported(LATER, 5))
        shown.follow()

        def told(hours: float, event: type[Event] = Incident.Overdue) -> list[UUID]:
            """Let two schedulers look twice each, before the rows have caught up and after."""
            for _ in range(2):
                with app_over(database, tmp_path, role=ROLE, pool=1) as own:
                    one = Scheduler(
                        database, own, load("dien-bien"), clock=partial(DUE.__add__, timedelta(hours=hours))
                    )
                    with one.connect() as conn:
                        conn.execute(
                            "INSERT INTO positions (name, position) VALUES ('scheduler', 0) ON CONFLICT DO NOTHING"
                        )
                        for _ in range(2):
                            one.step(conn)
                            shown.follow()
            return [
                said.originator_id
                for one_id in (STUCK, FIXED, LATER)
                for said in events_of(app, one_id)
                if isinstance(said, event)
            ]

        assert told(-8.1, Incident.DueSoon) == []
        assert told(-8, Incident.DueSoon) == [STUCK]
        assert told(-3, Incident.DueSoon) == [STUCK, LATER]
        assert told(-0.1) == []
        assert told(0) == [STUCK]
        assert told(4.9) == [STUCK]
        assert told(5) == [STUCK, LATER]
        assert told(6, Incident.DueSoon) == [STUCK, LATER]
        [overdue] = [event for event in events_of(app, STUCK) if isinstance(event, Incident.Overdue)]
        assert (overdue.due, overdue.envelope.rule, overdue.envelope.by) == (
            DUE,
            "R-DB-11.2.b",
            "system:scheduler",
        )
