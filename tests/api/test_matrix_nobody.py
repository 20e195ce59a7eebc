"""F1: whoever is not signed in is answered nothing but how to sign in, on every field of the roots, on every way in."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from graphql import (
    get_named_type,
    get_nullable_type,
    is_enum_type,
    is_input_object_type,
    is_leaf_type,
    is_list_type,
    is_required_argument,
    is_required_input_field,
)

from domain.account import Account
from store.credentials import Credentials, NewSession
from tests.support import rules
from tests.support.documents import root
from tests.support.people import Person
from tests.support.serving import until
from tests.support.watching import CHANGED, PROTOCOL, Watched, watched
from tests.support.world import World

INSTANT = "2026-06-01T08:00:00+07:00"
GUARDED = [
    (kind, name)
    for kind in ("Query", "Mutation")
    for name in root(kind).fields
    if rules.fields()[f"{kind}.{name}"] != "anybody"
]
"""Every field of the roots that is not for anybody, from the schema, so that a new one is never forgotten."""


def _document(kind: str, name: str) -> tuple[str, dict[str, Any]]:
    """The field with all that it must be given."""
    field = root(kind).fields[name]
    wanted = {key: arg for key, arg in field.args.items() if is_required_argument(arg)}
    heads = ", ".join(f"${key}: {arg.type}" for key, arg in wanted.items())
    uses = ", ".join(f"{key}: ${key}" for key in wanted)
    said = {
        "purpose": "AUDIT",
        "from": INSTANT,
        "to": INSTANT,
        "before": INSTANT,
        "timer": "TRANSFER",
        "plate": "73A-123.45",
        "by": "UNIT",
        "on": str(UUID(int=1)),
        "action": "case.view",
        "cell": "x",
        "fact": "DETECTED",
        "kind": "MONTHLY",
        "cameraId": str(UUID(int=1)),
        "guidanceId": str(UUID(int=1)),
        "unitId": str(UUID(int=1)),
    }
    given: dict[str, Any] = {key: said[key] for key in wanted if key in said}
    if "input" in wanted:
        given["input"] = _input(get_named_type(wanted["input"].type).fields)
    selection = "" if is_leaf_type(get_named_type(field.type)) else " { __typename }"
    document = (
        f"{kind.lower()}{f'({heads})' if heads else ''} {{ {name}{f'({uses})' if uses else ''}{selection} }}"
    )
    return document, given


def _input(fields: dict[str, Any]) -> dict[str, Any]:
    return {key: _given(field.type) for key, field in fields.items() if is_required_input_field(field)}


def _given(kind: Any) -> Any:
    """Something of a type that can be read."""
    inner = get_nullable_type(kind)
    if is_list_type(inner):
        return [_given(inner.of_type)]
    if is_enum_type(inner):
        return next(iter(inner.values))
    if is_input_object_type(inner):
        return _input(inner.fields)
    return {"DateTime": INSTANT, "Date": INSTANT[:10], "Int": 1, "Boolean": True}.get(inner.name, "x")


@pytest.fixture
def now(world: World) -> Iterator[Watched]:
    """A process that has heard everything since the world was put back as it was."""
    with watched(world.installation) as made:
        yield made


@pytest.fixture
def strangers(world: World, now: Watched) -> dict[str, Person]:
    """Nobody, and whoever was somebody a moment ago: the process has had a second to hear of it."""
    place = world.installation
    tokens = {
        "anonymous": None,
        "forged": "x" * 43,
        "signed out": place.tokens["csgt.handler"],
        "disabled": place.tokens["audits.town"],
        "expired": _short(world, "centre.execute"),
    }
    found = {name: Person(now.client, token) for name, token in tokens.items()}
    assert found["disabled"].ask("{ me { name } }") == {"me": {"name": "audits.town"}}
    assert found["signed out"].ask("mutation { logout }") == {"logout": True}
    disabled = place.operator.find(Account, Account.create_id("audits.town"))
    with place.founding():
        disabled.disable()
        place.operator.record(disabled)
    assert until(lambda: all("errors" in person.answer("{ me { id } }") for person in found.values()))
    return found


def _short(world: World, name: str) -> str:
    """A token of a session that ends at once."""
    factory: Any = world.installation.operator.factory
    session = NewSession(uuid4(), timedelta(milliseconds=200))
    return Credentials(factory.datastore).open_session(Account.create_id(name), session).token


@pytest.mark.rule("R-QT-10.1.0")
def test_every_field(world: World, strangers: dict[str, Person], counted: Callable[[str], None]) -> None:
    """Each is told to sign in, is shown nothing, and leaves nothing on record."""
    before = world.installation.head()
    for who, person in strangers.items():
        for kind, name in GUARDED:
            document, given = _document(kind, name)
            body = person.answer(document, **given)
            assert [error["extensions"]["code"] for error in body["errors"]] == ["UNAUTHENTICATED"], (
                who,
                name,
            )
            assert not (body["data"] or {}).get(name)
    assert world.installation.head() == before
    counted(f"F1 {len(strangers) * len(GUARDED)} decisions: fields of the roots, for who is not signed in")


def test_every_socket(now: Watched, strangers: dict[str, Person]) -> None:
    """On a socket nobody is let in with a token that stands for nobody, and nobody is told of anything without one."""
    with now.socket() as socket:
        socket.send(CHANGED, p="0" * 16)
        assert socket.error()["code"] == "UNAUTHENTICATED"
        for kind, name in GUARDED:
            document, given = _document(kind, name)
            socket.send(document, **given)
            message = socket.receive()
            assert message["type"] == "next", message
            assert [e["extensions"]["code"] for e in message["payload"]["errors"]] == ["UNAUTHENTICATED"]
            assert socket.receive()["type"] == "complete"
    for token in (person.token for person in strangers.values() if person.token):
        with now.client.websocket_connect("/graphql", subprotocols=[PROTOCOL]) as session:
            payload = {"authorization": f"Bearer {token}"}
            session.send_json({"type": "connection_init", "payload": payload})
            assert session.receive()["type"] == "websocket.close"
