"""Accounts: who has one, how far it is, what its person holds besides, and since when.

Names of people are kept sealed; whoever shows them opens them.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any, ClassVar, Final, LiteralString
from uuid import UUID

import orjson
from psycopg import Connection, Cursor
from psycopg.rows import class_row
from psycopg.sql import SQL

from domain.account import Account, AccountState, events
from domain.envelope import Event
from domain.personal import Personal
from domain.succession import AccountSucceeded, AccountUnfit
from projections.follower import Recorded
from projections.listing import Listing


@dataclass(frozen=True, kw_only=True)
class AccountRow:
    """An account, with all that its guards ask for; the unit's kind and area come with whoever reads it."""

    account_id: UUID
    name: str
    full_name: str
    state: str
    role: str
    leader: bool
    stepped_by: list[str] = field(default_factory=list)
    trained_at: datetime | None = None
    reviewed_at: datetime | None = None
    duties: list[str] = field(default_factory=list)
    grants: list[dict[str, Any]] = field(default_factory=list)
    """What was granted, by the version that gave it, as JSON has it."""
    directions: list[dict[str, Any]] = field(default_factory=list)
    delegations: list[dict[str, Any]] = field(default_factory=list)
    opened_at: datetime
    version: int
    position: int
    area_path: str = ""
    owner_unit: UUID
    tier: int = 0
    unit_kind: str = ""

    @property
    def sealed_name(self) -> Personal[str]:
        """The name of the person, for whoever may open it."""
        return Personal(self.account_id, sealed=self.full_name)


def fold(row: AccountRow | None, event: Event, position: int) -> AccountRow | None:
    """What the row becomes by one event."""
    if isinstance(event, Account.Created):
        return _begun(event, position)
    if not isinstance(event, Account.Event):
        return row
    if row is None:
        raise LookupError(f"account {event.originator_id} has no first event")
    change = CHANGES.get(type(event))
    if change is None:
        raise TypeError(f"{type(event).__qualname__} is unknown to the log of accounts")
    return replace(row, version=event.originator_version, position=position, **change(row, event))


def _stepped(state: AccountState) -> Callable[[AccountRow, Any], dict[str, Any]]:
    return lambda _, event: {"state": state, "stepped_by": list(event.envelope.people)}


def _now(**changes: Any) -> Callable[[AccountRow, Any], dict[str, Any]]:
    return lambda _, __: changes


def _moved(_: AccountRow, event: events.Moved) -> dict[str, Any]:
    over: list[Any] = []
    return {
        "owner_unit": event.unit_id,
        "role": event.role,
        "leader": event.leader,
        **dict.fromkeys(("duties", "grants", "directions", "delegations"), over),
    }


def _granted(row: AccountRow, event: events.Granted) -> dict[str, Any]:
    given = _right(event) | {"direction": event.direction}
    return {
        "grants": [*row.grants, given],
        "directions": [one for one in row.directions if one["number"] != event.direction],
    }


def _delegated(row: AccountRow, event: events.Delegated) -> dict[str, Any]:
    given = {
        "number": event.originator_version,
        "to": str(event.to_account_id),
        "actions": event.actions,
        "document": event.document,
        "starts_at": event.starts_at.isoformat(),
        "ends_at": event.ends_at.isoformat(),
    }
    return {"delegations": [*row.delegations, given]}


def _without(name: str) -> Callable[[AccountRow, Any], dict[str, Any]]:
    return lambda row, event: {name: [one for one in getattr(row, name) if one["number"] != event.number]}


CHANGES: Final[dict[type[Event], Callable[[AccountRow, Any], dict[str, Any]]]] = {
    Account.Approved: _stepped(AccountState.APPROVED),
    Account.Directed: _stepped(AccountState.DIRECTED),
    Account.Issued: _stepped(AccountState.ACTIVE),
    Account.Suspended: _now(state=AccountState.SUSPENDED),
    Account.Resumed: _now(state=AccountState.ACTIVE),
    Account.Closed: _now(state=AccountState.CLOSED),
    Account.Disabled: _now(state=AccountState.CLOSED),
    Account.PasswordSet: _now(),
    Account.Renamed: lambda _, event: {"full_name": event.full_name.sealed or ""},
    Account.Trained: lambda _, event: {"trained_at": event.trained_at},
    Account.RoleChanged: lambda _, event: {"role": event.role},
    Account.LeaderChanged: lambda _, event: {"leader": event.leader},
    Account.Moved: _moved,
    AccountUnfit: _now(state=AccountState.SUSPENDED),
    AccountSucceeded: lambda _, event: {"owner_unit": event.to_unit_id},
    Account.DutyAssigned: lambda row, event: {"duties": [*row.duties, event.duty]},
    Account.DutyEnded: lambda row, event: {"duties": [one for one in row.duties if one != event.duty]},
    Account.Reviewed: lambda row, event: {
        "role": event.role or row.role,
        "reviewed_at": event.envelope.took_place_at,
    },
    Account.GrantDirected: lambda row, event: {"directions": [*row.directions, _right(event)]},
    Account.Granted: _granted,
    Account.GrantRevoked: _without("grants"),
    Account.Delegated: _delegated,
    Account.DelegationRevoked: _without("delegations"),
}
"""What each event changes of the row."""


def _right(event: events.GrantDirected | events.Granted) -> dict[str, Any]:
    """A right as JSON has it, so that it is the same from the log and from the table."""
    return {
        "number": event.originator_version,
        "action": event.action,
        "purpose": event.purpose,
        "document": event.document,
        "starts_at": event.starts_at.isoformat(),
        "ends_at": event.ends_at.isoformat() if event.ends_at else None,
        "area_path": event.area_path,
        "camera_ids": [str(one) for one in event.camera_ids],
        "out_of_function": event.out_of_function,
        "document_at": event.document_at.isoformat() if event.document_at else None,
        "issuer_unit_id": str(event.issuer_unit_id) if event.issuer_unit_id else None,
        "by": event.envelope.by,
    }


def _begun(event: Event, position: int) -> AccountRow:
    if not isinstance(event, events.Opened | events.Nominated):
        raise TypeError(f"{type(event).__qualname__} is unknown to the log of accounts")
    nominated = isinstance(event, events.Nominated)
    return AccountRow(
        account_id=event.originator_id,
        name=event.name,
        full_name=event.full_name.sealed or "",
        state=AccountState.NOMINATED if nominated else AccountState.ACTIVE,
        role=event.role,
        leader=event.leader,
        stepped_by=list(event.envelope.people) if nominated else [],
        opened_at=event.envelope.took_place_at,
        version=event.originator_version,
        position=position,
        owner_unit=event.unit_id,
    )


UPSERT: LiteralString = """
INSERT INTO account_log
SELECT * FROM json_populate_recordset(NULL::account_log, %s::json)
ON CONFLICT (account_id) DO UPDATE SET
    full_name = excluded.full_name, state = excluded.state, role = excluded.role, leader = excluded.leader,
    stepped_by = excluded.stepped_by, trained_at = excluded.trained_at, reviewed_at = excluded.reviewed_at,
    duties = excluded.duties, grants = excluded.grants, directions = excluded.directions,
    delegations = excluded.delegations, version = excluded.version, position = excluded.position,
    owner_unit = excluded.owner_unit
"""


class AccountLog:
    """Feeds the log of accounts."""

    name: ClassVar[str] = "account_log"
    table: ClassVar[LiteralString] = "account_log"

    def apply(self, batch: Sequence[Recorded], curs: Cursor[Any]) -> None:
        """Fold the batch in memory, then write each changed row once."""
        changed = [r for r in batch if isinstance(r.event, Account.Event | Account.Created)]
        if not changed:
            return
        rows: dict[UUID, AccountRow | None] = dict(
            _kept(curs.connection, {r.event.originator_id for r in changed})
        )
        for r in changed:
            rows[r.event.originator_id] = fold(rows.get(r.event.originator_id), r.event, r.position)
        curs.execute(UPSERT, (orjson.dumps([asdict(row) for row in rows.values() if row]).decode(),))


def _kept(conn: Connection[Any], ids: Iterable[UUID]) -> dict[UUID, AccountRow]:
    with conn.cursor(row_factory=class_row(AccountRow)) as curs:
        curs.execute("SELECT * FROM account_log WHERE account_id = ANY(%s)", (list(ids),))
        return {row.account_id: row for row in curs}


# -- queries ------------------------------------------------------------------

IN_UNITS: LiteralString = """
(SELECT l.account_id, l.name, l.full_name, l.state, l.role, l.leader, l.stepped_by, l.trained_at, l.reviewed_at,
l.duties, l.grants, l.directions, l.delegations, l.opened_at, l.version, l.position, l.owner_unit, l.tier,
u.area_path, u.kind AS unit_kind
FROM account_log AS l CROSS JOIN LATERAL (SELECT area_path, kind FROM directory
WHERE subject_id = l.owner_unit ORDER BY since DESC LIMIT 1) AS u) AS accounts
"""
"""Accounts with the kind and the area of the unit they are in."""


def by_ids(conn: Connection[Any], ids: Iterable[UUID]) -> dict[UUID, AccountRow]:
    """The rows of these accounts, without regard to scope."""
    with conn.cursor(row_factory=class_row(AccountRow)) as curs:
        curs.execute(SQL("SELECT * FROM {} WHERE account_id = ANY(%s)").format(SQL(IN_UNITS)), (list(ids),))
        return {row.account_id: row for row in curs}


def in_use(conn: Connection[Any], area_path: str, unit_id: UUID | None, most: int) -> list[UUID]:
    """The accounts of an area, or of one unit of it, that open something or would again."""
    found = conn.execute(
        SQL(
            "SELECT account_id FROM {} WHERE state = ANY(%(states)s)"
            " AND (area_path = %(area)s OR starts_with(area_path, %(area)s || '/'))"
            " AND (%(unit)s::uuid IS NULL OR owner_unit = %(unit)s) ORDER BY account_id LIMIT %(most)s"
        ).format(SQL(IN_UNITS)),
        {
            "states": [AccountState.ACTIVE, AccountState.SUSPENDED],
            "area": area_path,
            "unit": unit_id,
            "most": most,
        },
    )
    return [row[0] for row in found]


def without_administrator(
    conn: Connection[Any], kinds: Collection[str], area_path: str, *, role: str
) -> list[UUID]:
    """Units of these kinds in an area of which nobody with that function has an account in use, by code."""
    found = conn.execute(
        "SELECT subject_id FROM (SELECT DISTINCT ON (subject_id) subject_id, code, kind, area_path FROM directory"
        " WHERE noun = 'unit' ORDER BY subject_id, since DESC) AS units WHERE kind = ANY(%(kinds)s)"
        " AND (area_path = %(area)s OR starts_with(area_path, %(area)s || '/')) AND NOT EXISTS"
        " (SELECT FROM account_log WHERE owner_unit = subject_id AND role = %(role)s AND state = %(active)s)"
        " ORDER BY code",
        {"kinds": list(kinds), "area": area_path, "role": role, "active": AccountState.ACTIVE},
    )
    return [row[0] for row in found]


@dataclass(frozen=True, kw_only=True)
class AccountNarrow:
    """What a reader narrows the accounts to; None does not narrow."""

    states: list[str] | None = None
    roles: list[str] | None = None
    unit_id: UUID | None = None
    name: str | None = None
    delegate: str | None = None
    reviewed_before: datetime | None = None


LISTING = Listing(
    table=IN_UNITS,
    row=AccountRow,
    order="name",
    place=("name",),
    beyond="name > %(after_name)s",
    narrowed={
        "states": "state = ANY(%(states)s)",
        "roles": "role = ANY(%(roles)s)",
        "unit_id": "owner_unit = %(unit_id)s",
        "name": "name = %(name)s",
        "delegate": "delegations @> %(delegate)s::jsonb",
        "reviewed_before": "(reviewed_at IS NULL OR reviewed_at < %(reviewed_before)s)",
    },
)
"""Accounts by name."""
