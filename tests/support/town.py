"""A small invented town of seven cases, June and July 2026, whose numbers are worked by hand."""

from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from eventsourcing.utils import get_topic

from domain.case import Case
from domain.case.clocks import Stopped
from domain.commands.application import CaseSystem
from domain.envelope import Created, Event
from tests.support.case_examples import CASE_EVENTS
from tests.support.spec import CENTRE, CITY, POLICE, SOMEBODY, legal

NAM_LY, BAC_LY = f"{CITY}/nam-ly", f"{CITY}/bac-ly"
CAMERA_A, CAMERA_B = UUID(int=0xA), UUID(int=0xB)
VERIFY_DUE: Final = legal("2026-07-13 00:00")


def case_id(n: int) -> UUID:
    """The nth case."""
    return UUID(int=0x70000 + n)


def told(
    n: int, version: int, cls: type[Any], at: str | datetime, unit_id: UUID | None, /, **said: Any
) -> Event:
    """An event of the nth case as it is said usually, recorded when it took place."""
    instant = legal(at) if isinstance(at, str) else at
    usual = {**CASE_EVENTS[cls], "clocks": (), "stopped": ()}
    first = {"originator_topic": get_topic(Case)} if issubclass(cls, Created) else {}
    made: Event = cls(
        originator_id=case_id(n),
        originator_version=version,
        timestamp=instant,
        envelope=replace(SOMEBODY, unit_id=unit_id, took_place_at=instant),
        **first,
        **{**usual, **said},
    )
    return made


def began(n: int, at: str, camera: UUID, kind: str, cls: type[Event] = Case.Detected) -> Event:
    """The first event of a case."""
    unit_id = POLICE.id if cls is Case.Opened else CENTRE.id
    return told(
        n,
        1,
        cls,
        at,
        unit_id,
        number=f"DH-2026-00000{n}",
        camera_id=camera,
        rule=kind,
        detected_at=legal(at),
        area_path=NAM_LY if camera == CAMERA_A else BAC_LY,
        holder_unit_id=unit_id,
    )


def events() -> list[Event]:
    """All that happened, in the order in which it was recorded."""
    late = Stopped(timer="TRANSFER", due=legal("2026-06-16 00:00"), late=True)
    verify = Stopped(timer="VERIFY", due=VERIFY_DUE, late=True)
    both = [
        # 1: the whole way, paid in July
        began(1, "2026-06-01 08:00", CAMERA_A, "RED_LIGHT"),
        told(1, 2, Case.Approved, "2026-06-03 09:00", CENTRE.id),
        told(1, 3, Case.Received, "2026-06-03 10:00", POLICE.id),
        told(1, 4, Case.VerificationStarted, "2026-06-04 08:00", POLICE.id),
        told(1, 5, Case.Concluded, "2026-06-10 08:00", POLICE.id),
        told(1, 6, Case.RecordDrawn, "2026-06-15 08:00", POLICE.id),
        told(1, 7, Case.DecisionIssued, "2026-06-20 08:00", POLICE.id, fine=19_000_000),
        told(1, 8, Case.DecisionDelivered, "2026-06-24 08:00", POLICE.id),
        told(1, 9, Case.Paid, "2026-07-02 08:00", POLICE.id, amount=10_000_000),
        told(1, 10, Case.Paid, "2026-07-02 08:05", POLICE.id, amount=9_000_000),
        told(1, 11, Case.DecisionExecuted, "2026-07-02 08:10", POLICE.id),
        # 2, 3: discarded
        began(2, "2026-06-02 08:00", CAMERA_A, "RED_LIGHT"),
        told(2, 2, Case.Discarded, "2026-06-03 08:00", CENTRE.id, reason_code="FALSE_ALARM"),
        began(3, "2026-06-05 08:00", CAMERA_A, "RED_LIGHT"),
        told(3, 2, Case.Discarded, "2026-06-06 08:00", CENTRE.id, reason_code="EXEMPT_VEHICLE"),
        # 4: transferred late, and no violation
        began(4, "2026-06-07 08:00", CAMERA_B, "LANE"),
        told(4, 2, Case.Approved, "2026-06-20 09:00", CENTRE.id, stopped=(late,)),
        told(4, 3, Case.Received, "2026-06-20 10:00", POLICE.id),
        told(4, 4, Case.VerificationStarted, "2026-06-21 08:00", POLICE.id),
        told(4, 5, Case.Concluded, "2026-06-28 08:00", POLICE.id, finding="NO_VIOLATION"),
        # 5: half past midnight of 1 July here, 30 June in Greenwich; sent back after a day
        began(5, "2026-07-01 00:30", CAMERA_B, "RED_LIGHT"),
        told(5, 2, Case.Approved, "2026-07-02 12:00", CENTRE.id),
        told(5, 3, Case.Received, "2026-07-02 13:00", POLICE.id),
        told(5, 4, Case.Returned, "2026-07-03 12:00", POLICE.id, to_unit_id=CENTRE.id),
        # 6: its verification ran out, which the scheduler told before the conclusion said so again
        began(6, "2026-06-11 08:00", CAMERA_A, "RED_LIGHT"),
        told(6, 2, Case.Approved, "2026-06-12 08:00", CENTRE.id),
        told(6, 3, Case.Received, "2026-06-12 09:00", POLICE.id),
        told(6, 4, Case.VerificationStarted, "2026-06-12 10:00", POLICE.id),
        told(6, 5, Case.ClockMissed, "2026-07-13 00:05", None, timer="VERIFY", due=VERIFY_DUE, missed="late"),
        told(6, 6, Case.Concluded, "2026-07-20 08:00", POLICE.id, stopped=(verify,)),
        # 7: found by the police themselves; its decision was void
        began(7, "2026-06-21 08:00", CAMERA_B, "LANE", Case.Opened),
        told(7, 2, Case.VerificationStarted, "2026-06-22 08:00", POLICE.id),
        told(7, 3, Case.Concluded, "2026-06-25 08:00", POLICE.id),
        told(7, 4, Case.RecordDrawn, "2026-06-26 08:00", POLICE.id),
        told(7, 5, Case.DecisionIssued, "2026-06-27 08:00", POLICE.id, fine=5_000_000),
        told(7, 6, Case.DeclaredVoid, "2026-07-05 08:00", POLICE.id, what="DECISION"),
    ]
    return sorted(both, key=lambda event: (event.timestamp, event.originator_version))


def put_on_record(app: CaseSystem, happened: list[Event]) -> list[int]:
    """Store events in the order they are in; return their positions."""
    stored = [app.mapper.to_stored_event(event) for event in happened]
    return [position for one in stored for position in app.recorder.insert_events([one]) or []]
