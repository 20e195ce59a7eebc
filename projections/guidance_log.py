"""Guidance: which editions there are, for whom, since when and until when."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, LiteralString
from uuid import UUID

from psycopg import Connection
from psycopg.sql import SQL

from domain.envelope import Event
from domain.guidance import Guidance, GuidanceState, withdrawn_at
from domain.personal import Personal
from domain.succession import Succeeded
from projections.account_log import IN_UNITS
from projections.listing import Listing
from projections.register import Register


@dataclass(frozen=True, kw_only=True)
class GuidanceRow:
    """An edition, with all that its guards ask for."""

    guidance_id: UUID
    number: str
    state: str
    document: str
    dated: date
    title: str
    kind: str
    text: str
    unit_kinds: list[str]
    starts_at: datetime
    ends_at: datetime | None
    must_acknowledge: bool
    replaces_id: UUID | None
    replaced_by_id: UUID | None = None
    withdrawn_by: str | None = None
    issued_by: str
    issued_at: datetime
    version: int
    position: int
    area_path: str
    owner_unit: UUID
    tier: int = 0

    def sealed(self, value: str | None) -> Personal[str] | None:
        """Words of it, for whoever may open them."""
        return Personal(self.guidance_id, sealed=value) if value else None

    def in_force(self, at: datetime) -> bool:
        """Whether it holds at an instant."""
        return self.starts_at <= at and (self.ends_at is None or at < self.ends_at)


def fold(row: GuidanceRow | None, event: Event, position: int) -> GuidanceRow | None:
    """What the row becomes by one event."""
    if isinstance(event, Guidance.Issued):
        return _issued(event, position)
    if not isinstance(event, Guidance.Event):
        return row
    if row is None:
        raise LookupError(f"guidance {event.originator_id} has no first event")
    row = replace(row, version=event.originator_version, position=position)
    match event:
        case Guidance.Replaced():
            return replace(
                row,
                state=GuidanceState.REPLACED,
                replaced_by_id=event.replaced_by_id,
                ends_at=event.ends_at,
            )
        case Guidance.Withdrawn():
            return replace(
                row,
                state=GuidanceState.WITHDRAWN,
                withdrawn_by=event.document,
                ends_at=withdrawn_at(row.ends_at, event.envelope.took_place_at),
            )
        case Guidance.Briefed():
            return row
        case Succeeded():
            return replace(row, **event.changes(row))
        case _:
            raise TypeError(f"{type(event).__qualname__} is unknown to the log of guidance")


def _issued(event: Guidance.Issued, position: int) -> GuidanceRow:
    said = event.envelope
    if said.unit_id is None:
        raise LookupError(f"guidance {event.originator_id} was issued for no unit")
    return GuidanceRow(
        guidance_id=event.originator_id,
        number=event.number,
        state=GuidanceState.ISSUED,
        document=event.document,
        dated=event.dated,
        title=event.title,
        kind=event.kind,
        text=event.text.sealed or "",
        unit_kinds=list(event.unit_kinds),
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        must_acknowledge=event.must_acknowledge,
        replaces_id=event.replaces_id,
        issued_by=said.by,
        issued_at=said.took_place_at,
        version=event.originator_version,
        position=position,
        area_path=event.area_path,
        owner_unit=said.unit_id,
    )


LOG = Register(Guidance, GuidanceRow, fold, table="guidance_log", key="guidance_id")
"""Feeds the log of guidance."""
by_ids, by_number = LOG.by_ids, LOG.by_number


# -- queries ------------------------------------------------------------------


OUTSTANDING: LiteralString = f"""
(SELECT g.guidance_id, accounts.account_id, accounts.name, accounts.area_path, accounts.owner_unit, accounts.unit_kind,
accounts.tier, k.briefed_at, k.briefed_by
FROM guidance_log AS g JOIN {IN_UNITS} ON accounts.state = 'ACTIVE'
    AND (accounts.area_path = g.area_path OR starts_with(accounts.area_path, g.area_path || '/'))
    AND (cardinality(g.unit_kinds) = 0 OR accounts.unit_kind = ANY(g.unit_kinds))
LEFT JOIN acknowledgement_log AS k ON k.guidance_id = g.guidance_id AND k.account_id = accounts.account_id
WHERE g.must_acknowledge AND (g.ends_at IS NULL OR g.ends_at > %(now)s) AND k.acknowledged_at IS NULL) AS outstanding
"""  # noqa: S608 — of our own words
"""Who has to confirm which edition still: the people it is for, without those who have, as long as it holds.

Everything that asks who owes a confirmation asks this one.
"""


def still_to_acknowledge(conn: Connection[Any], account_ids: Collection[UUID], now: datetime) -> set[UUID]:
    """Those of these people who have something to confirm still."""
    found = conn.execute(
        SQL("SELECT DISTINCT account_id FROM {} WHERE account_id = ANY(%(ids)s)").format(SQL(OUTSTANDING)),
        {"ids": list(account_ids), "now": now},
    )
    return {row[0] for row in found}


@dataclass(frozen=True, kw_only=True)
class GuidanceNarrow:
    """What a reader narrows the guidance to; None does not narrow."""

    kinds: list[str] | None = None
    states: list[str] | None = None
    in_force: bool | None = None
    to_acknowledge: bool | None = None
    number: str | None = None
    document: str | None = None
    title: str | None = None


LISTING = Listing(
    table="guidance_log",
    row=GuidanceRow,
    order="issued_at DESC, guidance_id",
    place=("issued_at", "guidance_id"),
    beyond="""
    issued_at < %(after_issued_at)s
    OR (issued_at = %(after_issued_at)s AND guidance_id > %(after_guidance_id)s::uuid)""",
    narrowed={
        "kinds": "kind = ANY(%(kinds)s)",
        "states": "state = ANY(%(states)s)",
        "in_force": "(starts_at <= %(now)s AND (ends_at IS NULL OR ends_at > %(now)s)) = %(in_force)s",
        "to_acknowledge": f"""
    EXISTS (SELECT FROM {OUTSTANDING} WHERE outstanding.guidance_id = guidance_log.guidance_id
        AND outstanding.account_id = %(self)s) = %(to_acknowledge)s""",
        "number": "number = %(number)s",
        "document": "document = %(document)s",
        "title": "strpos(lower(title), lower(%(title)s)) > 0",
    },
    writes=True,
)
"""Guidance, the newest first; whoever asks, and the instant, come with the scope."""
