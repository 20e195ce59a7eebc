"""A record over a test's own database, opened as the processes open it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from eventsourcing.domain import Aggregate
from psycopg import sql

from cli.up.postgres import OWNER, Postgres
from domain.camera import Camera
from domain.case import Case
from domain.commands.application import CaseSystem
from domain.commands.case import Proposal, propose
from domain.envelope import Event, acting
from policies.rulebook import load
from tests.support.servers import numbers
from tests.support.spec import CENTRE, CITY, SOMEBODY, Fact, legal, recorded


@contextmanager
def opened(
    database: str, keys: Path, *, role: str = "minhchung_serve", pool: int = 2
) -> Iterator[CaseSystem]:
    """Open the application under the role of a process."""
    with CaseSystem(
        env={
            "DATABASE_URL": database,
            "DATABASE_ROLE": role,
            "DATABASE_POOL_SIZE": str(pool),
            "DATABASE_POOL_OVERFLOW": "6",
            "MINHCHUNG_KEYS": str(keys),
        }
    ) as app:
        yield app


@contextmanager
def another_database(server: Postgres, admin: str, template: str) -> Iterator[str]:
    """Make a migrated database, and give its address for the owner of its tables."""
    name = f"shared_{next(numbers)}"
    with psycopg.connect(admin, autocommit=True) as conn:
        conn.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {} STRATEGY file_copy").format(
                sql.Identifier(name), sql.Identifier(OWNER), sql.Identifier(template)
            )
        )
        yield server.url_of(OWNER, name)
        conn.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def happened(app: CaseSystem, cls: type[Aggregate], originator_id: UUID, *facts: Fact) -> list[int]:
    """Put what happened to one aggregate on record as it is said; return the positions."""
    events = recorded(facts, cls, originator_id)
    return list(app.recorder.insert_events([app.mapper.to_stored_event(event) for event in events]) or [])


def camera(code: str = "DH-NT-01", domain: str = "TRAFFIC", unit_id: UUID = CENTRE.id) -> Camera:
    """Return a camera of the Centre, or of another unit; not saved."""
    with acting(SOMEBODY):
        return Camera.in_use(
            code=code,
            name=f"Camera {code}",
            camera_class="SMART_CITY",
            domain=domain,
            area_path=f"{CITY}/nam-ly",
            operating_unit_id=unit_id,
        )


def proposal(number: int, detected_at: datetime = legal("2026-06-01 17:00")) -> Proposal:  # noqa: B008 — immutable
    """Return a machine's proposal with one object of evidence."""
    return Proposal(
        proposal_id=UUID(int=0x7000 + number),
        camera_code="DH-NT-01",
        rule="RED_LIGHT",
        occurred_at=detected_at - timedelta(seconds=2),
        detected_at=detected_at,
        confidence=0.75,
        model="scenes-nano",
        model_sha256="b" * 64,
        source_sha256="c" * 64,
        evidence=(
            {
                "kind": "FRAME_AT",
                "name": "sha256/aa/frame.jpg",
                "sha256": "a" * 64,
                "size": 1234,
                "media_type": "image/jpeg",
                "captured_at": detected_at,
            },
        ),
    )


def proposed(
    database: str, keys: Path, count: int = 1, *, source: Camera | None = None, **when: Any
) -> list[Case]:
    """Let intake record so many cases of a camera that is on record."""
    with opened(database, keys, role="minhchung_intake") as app:
        seen_by = source or camera()
        if seen_by.id not in app.repository:
            app.record(seen_by)
        drawn = app.commands.next_numbers("DH", proposal(0, **when).detected_at.year, count)
        cases = [
            propose(load("dong-hoi"), proposal(n, **when), seen_by, number=number)
            for n, number in enumerate(drawn)
        ]
        for case in cases:
            app.record(case)
    return cases


def events_of(app: CaseSystem, originator_id: UUID) -> list[Event]:
    """Return what is on record of one aggregate."""
    return [event for event in app.events.get(originator_id) if isinstance(event, Event)]
