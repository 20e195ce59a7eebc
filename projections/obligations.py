"""The obligations: every clock that a case, a camera or an incident ever ran."""

from collections.abc import Collection, Sequence
from typing import Any, ClassVar, Final, LiteralString
from uuid import UUID

import orjson
from psycopg import Connection, Cursor
from psycopg.rows import class_row

from domain.camera import Camera
from domain.case import Case
from domain.envelope import Event
from domain.incident import Incident
from projections.follower import Recorded
from projections.obligation_clocks import CameraClocks, CaseClocks, IncidentClocks
from projections.obligation_runs import Clocks, ObligationNoun, ObligationRow

FIRST: Final = (Case.Detected, Case.Opened, Camera.Registered, Incident.Reported)
CLOCKS: Final[dict[str, type[Clocks]]] = {
    ObligationNoun.CASE: CaseClocks,
    ObligationNoun.CAMERA: CameraClocks,
    ObligationNoun.INCIDENT: IncidentClocks,
}
LISTENS_TO: Final = (Case.Created, Case.Event, *CameraClocks.listens_to, Incident.Created, Incident.Event)

UPSERT: LiteralString = """
INSERT INTO obligations
SELECT * FROM json_populate_recordset(NULL::obligations, %s::json)
ON CONFLICT (subject_id, timer, run) DO UPDATE SET
    variant = excluded.variant, started_at = excluded.started_at, due = excluded.due,
    due_soon_at = excluded.due_soon_at, rule = excluded.rule, missed = excluded.missed, hard = excluded.hard,
    provisional = excluded.provisional, unit_id = excluded.unit_id, person = excluded.person,
    holders = excluded.holders, state = excluded.state, ended = excluded.ended,
    due_soon_told_at = excluded.due_soon_told_at, missed_told_at = excluded.missed_told_at,
    tell_at = excluded.tell_at, stopped_at = excluded.stopped_at, reason = excluded.reason,
    reason_owed = excluded.reason_owed, assignee = excluded.assignee, position = excluded.position,
    owner_unit = excluded.owner_unit, detecting_unit_id = excluded.detecting_unit_id
"""


class Obligations:
    """Feeds the obligations."""

    name: ClassVar[str] = "obligations"
    table: ClassVar[LiteralString] = "obligations"

    def apply(self, batch: Sequence[Recorded], curs: Cursor[Any]) -> None:
        """Fold the batch in memory, then write each changed row once."""
        recorded = [r for r in batch if isinstance(r.event, LISTENS_TO)]
        if not recorded:
            return
        known = {r.event.originator_id for r in recorded if isinstance(r.event, FIRST)}
        found = of_subjects(curs.connection, {r.event.originator_id for r in recorded} - known)
        subjects = {subject_id: CLOCKS[rows[0].noun](rows) for subject_id, rows in found.items()}
        for r in recorded:
            fold(subjects, r.event, r.position)
        first = recorded[0].position
        changed = [row for one in subjects.values() for row in one.rows if row.position >= first]
        if changed:
            curs.execute(UPSERT, (orjson.dumps(changed).decode(),))


def fold(subjects: dict[UUID, Clocks], event: Event, position: int) -> None:
    """What the rows become by one event."""
    match event:
        case Case.Detected() | Case.Opened():
            subjects[event.originator_id] = CaseClocks.of(event, position)
        case Camera.Registered():
            subjects[event.originator_id] = CameraClocks.of(event, position)
        case Incident.Reported():
            subjects[event.originator_id] = IncidentClocks.of(event, position)
        case _ if isinstance(event, LISTENS_TO):
            if event.originator_id not in subjects:
                noun = str(getattr(event, "TOPIC", "")).partition(":")[0]
                raise LookupError(f"{noun} {event.originator_id} has no first event")
            subjects[event.originator_id].move(event, position)
        case _:
            pass


# -- queries ------------------------------------------------------------------


def of_subjects(conn: Connection[Any], subject_ids: Collection[UUID]) -> dict[UUID, list[ObligationRow]]:
    """All rows of these, without regard to scope."""
    found: dict[UUID, list[ObligationRow]] = {}
    if subject_ids:
        with conn.cursor(row_factory=class_row(ObligationRow)) as curs:
            curs.execute("SELECT * FROM obligations WHERE subject_id = ANY(%s)", (list(subject_ids),))
            for row in curs:
                found.setdefault(row.subject_id, []).append(row)
    return found
