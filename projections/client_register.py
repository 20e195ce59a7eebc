"""The register of clients: the software and devices that may connect, by their codes."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final
from uuid import UUID

from domain.client import Client, ClientState
from domain.envelope import Event
from domain.succession import Succeeded
from projections.listing import Listing
from projections.register import Register


@dataclass(frozen=True, kw_only=True)
class ClientRow:
    """A client, with all that its guards ask for."""

    client_id: UUID
    code: str
    kind: str
    name: str
    release: str
    maker: str
    document: str
    permitted_on: date
    models: list[str]
    state: str
    state_since: datetime
    state_document: str | None = None
    state_reason: str | None = None
    registered_by: str
    registering_unit_id: UUID | None
    registered_at: datetime
    version: int
    position: int
    area_path: str
    owner_unit: UUID
    tier: int = 0


STATES: Final = {
    Client.Suspended: ClientState.SUSPENDED,
    Client.Resumed: ClientState.REGISTERED,
    Client.Withdrawn: ClientState.WITHDRAWN,
}
"""Where each act leaves a client."""


def fold(row: ClientRow | None, event: Event, position: int) -> ClientRow | None:
    """What the row becomes by one event."""
    if isinstance(event, Client.Registered):
        return _registered(event, position)
    if not isinstance(event, Client.Event):
        return row
    if row is None:
        raise LookupError(f"client {event.originator_id} has no first event")
    match event:
        case Client.Suspended() | Client.Resumed() | Client.Withdrawn():
            return replace(
                row,
                state=STATES[type(event)].value,
                state_since=event.envelope.took_place_at,
                state_document=event.document,
                state_reason=event.envelope.reason,
                version=event.originator_version,
                position=position,
            )
        case Succeeded():
            return replace(row, version=event.originator_version, position=position, **event.changes(row))
        case _:
            raise TypeError(f"{type(event).__qualname__} is unknown to the register of clients")


def _registered(event: Client.Registered, position: int) -> ClientRow:
    said = event.envelope
    return ClientRow(
        client_id=event.originator_id,
        code=event.code,
        kind=event.kind,
        name=event.name,
        release=event.release,
        maker=event.maker,
        document=event.document,
        permitted_on=event.permitted_on,
        models=list(event.models),
        state=ClientState.REGISTERED.value,
        state_since=said.took_place_at,
        registered_by=said.by,
        registering_unit_id=said.unit_id,
        registered_at=said.took_place_at,
        version=event.originator_version,
        position=position,
        area_path=event.area_path,
        owner_unit=event.operating_unit_id,
    )


LOG = Register(Client, ClientRow, fold, table="client_register", key="client_id", number="code")
"""Feeds the register."""
by_ids, by_number = LOG.by_ids, LOG.by_number


# -- queries ------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class ClientNarrow:
    """What a reader narrows the register to; None does not narrow."""

    states: list[str] | None = None
    kinds: list[str] | None = None
    code: str | None = None
    model: str | None = None


LISTING = Listing(
    table="client_register",
    row=ClientRow,
    order="code, client_id",
    place=("code", "client_id"),
    beyond="(code, client_id) > (%(after_code)s, %(after_client_id)s::uuid)",
    narrowed={
        "states": "state = ANY(%(states)s)",
        "kinds": "kind = ANY(%(kinds)s)",
        "code": "code = %(code)s",
        "model": "models @> ARRAY[%(model)s::text]",
    },
    writes=True,
)
"""Clients by their codes."""
