"""Who may connect: what every way in asks of the register of clients, of the log itself and for an instant."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

from eventsourcing.persistence import RecordConflictError

from domain.client import Client, ClientKind, Model
from domain.client.guards import check_view, client_rule
from domain.client.kinds import CARRIERS
from domain.commands.application import CaseSystem
from domain.context import Context
from domain.envelope import Envelope, acting
from domain.errors import InvalidInput, NotFound
from domain.reading import Attempt

STRANGER: Final = UUID(int=0)
UNKNOWN_CLIENT: Final = "UNKNOWN_CLIENT"
"""Why something from a client that is not let in is refused."""


def registered_to(app: CaseSystem, sha256: str) -> Sequence[Client]:
    """The clients that a model was ever registered to, one after the other."""
    try:
        model = app.find(Model, Model.create_id(sha256))
    except NotFound:
        return ()
    return [app.find(Client, client_id) for client_id in model.client_ids]


def sender(clients: Sequence[Client], at: datetime) -> Client | None:
    """Which of them had the model and was let in at an instant, if one was: whoever has it later, has it from then on.

    The document of a later one may permit it from an earlier day; what was found while the one before was suspended
    is not let in by that.
    """
    since = None
    for client in clients:
        if client.in_force(at) and (since is None or since <= at):
            return client
        since = client.withdrawn_at
    return None


def connected(app: CaseSystem, code: str, kind: ClientKind, at: datetime) -> Client | None:
    """The client of that code and kind, if it is let in; what asks over HTTP says its code."""
    try:
        client = app.find(Client, Client.create_id(code))
    except NotFound:
        return None
    return client if client.kind == kind and client.in_force(at) else None


def carrier(app: CaseSystem, context: Context, code: str) -> Client:
    """The gateway or recorder that a camera is to be connected through.

    Raises:
        InvalidInput: there is none of that code that is let in.
    """
    for kind in CARRIERS:
        client = connected(app, code, kind, context.now)
        if client is not None and check_view(client, context) is None:
            return client
    raise InvalidInput(
        "clientCode",
        f"không có máy chủ luồng hình hoặc đầu ghi {code} đang được phép kết nối (registerClient)",
        f"there is no media gateway or recorder {code} that may connect (registerClient)",
        rule=client_rule(context),
    )


def record_stranger(app: CaseSystem, act: Envelope, code: str, *, rule: str | None) -> None:
    """Put on record that something connected that is not let in, once a minute: whoever asks all the time fills no log.

    Of a code that nobody registered there is nothing to name.
    """
    client_id = Client.create_id(code)
    known = app.find(Client, client_id) if client_id in app.repository else None
    with acting(replace(act, rule=rule)):
        attempt = Attempt.record(
            way="connect",
            noun="client",
            ids=[known.id] if known else [],
            code=UNKNOWN_CLIENT,
            purpose=None,
            area_path=known.area_path if known else None,
            address=None,
            attempt_id=Attempt.out_of_order(client_id if known else STRANGER, act.by, [], act.took_place_at),
        )
    with suppress(RecordConflictError):  # it is on record already
        app.record(attempt)
