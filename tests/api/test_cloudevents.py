"""What others hear of an event: all of it but what identifies a person."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

import orjson
import pytest
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from eventsourcing.persistence import StoredEvent
from eventsourcing.utils import get_topic, register_topic

from api.messages.cloudevents import NotOurs, noun_of, place_of, unwrap, wrap
from domain import envelope
from domain.envelope import Created, Event
from domain.personal import Personal
from store.mapper import SealingMapper
from tests.stored.keep import MAPPER
from tests.support.examples import EXAMPLES
from tests.support.invented import AT, CASE, ENVELOPE, NAME, NOTE, PLATE, SAID

STORED = sorted((Path(__file__).parents[1] / "stored").glob("*.json"))
KNOWN = {"unit_id", "reason", "rule", "rulebook", "correlation_id", "causation_id", "by"}


def read(path: Path) -> tuple[Event, dict[str, Any]]:
    """An event as it was stored once, and its stored state."""
    stored = orjson.loads(path.read_bytes())
    event = SealingMapper(None).to_domain_event(  # type: ignore[arg-type] # reading opens nothing, so it needs no keys
        StoredEvent(
            UUID(stored["originator_id"]),
            stored["originator_version"],
            stored["topic"],
            orjson.dumps(stored["state"]),
        )
    )
    assert isinstance(event, Event)
    return event, stored["state"]


@pytest.mark.parametrize("path", STORED, ids=[path.stem for path in STORED])
class TestEveryEvent:
    """Every event ever stored, as others hear it."""

    def test_attributes(self, path: Path) -> None:
        """Its attributes are those of CloudEvents, by the SDK of others too, and the log's own three."""
        event, _ = read(path)
        raw = wrap(17, event)
        told = {name: value for name, value in orjson.loads(raw).items() if name != "data"}
        noun = told["type"].split(":")[0]
        assert told == {
            "specversion": "1.0",
            "id": f"{event.originator_id}/{event.originator_version}",
            "source": f"/{noun}s/{event.originator_id}",
            "type": get_topic(type(event)),
            "subject": str(event.originator_id),
            "time": event.envelope.took_place_at.isoformat(),
            "datacontenttype": "application/json",
            "position": "0000000000000017",
            "recordedtime": event.timestamp.isoformat(),
            "version": event.originator_version,
        }
        assert noun == noun_of(event)
        assert unwrap(raw) == (17, told["id"])
        assert all(name.isalnum() and name.islower() and len(name) <= 20 for name in told)
        theirs = JSONFormat().read(CloudEvent, raw)
        assert (theirs.get_id(), theirs.get_type(), theirs.get_time()) == (
            told["id"],
            told["type"],
            event.envelope.took_place_at,
        )

    def test_data(self, path: Path) -> None:
        """All it says is told as it is stored today, but what is personal; of the envelope, what is listed."""
        event, state = read(path)
        data = orjson.loads(wrap(17, event))["data"]
        base = {field.name for field in fields(Created)} | {"class_version"}
        today = orjson.loads(MAPPER.to_stored_event(event).state)
        assert data.pop("envelope") == {name: state["envelope"][name] for name in KNOWN - event.withheld}
        assert _without_none(data) == _without_none(
            {name: value for name, value in _impersonal(today).items() if name not in base | event.withheld}
        )

    def test_nobody(self, path: Path) -> None:
        """Nothing in it identifies anybody, clear or sealed."""
        event, state = read(path)
        raw = wrap(17, event)
        assert [text for text in (*SAID, *_sealed(state)) if text.encode() in raw] == []
        assert list(_sealed(orjson.loads(raw))) == []

    def test_withheld(self, path: Path) -> None:
        """Of whom a breach is said, and who reported it or said anything to it, is not told under any name."""
        event, state = read(path)
        if noun_of(event) == "breach":
            told = wrap(17, event).decode()
            assert [
                one for one in (state.get("account_id"), state["envelope"]["by"]) if one and one in told
            ] == []


def _sealed(value: Any) -> Iterator[str]:
    """What is sealed in a value, at whatever depth."""
    if isinstance(value, dict) and "sealed" in value:
        yield value["sealed"]
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _sealed(inner)


def _impersonal(value: Any) -> Any:
    """A stored value without what is sealed in it, at whatever depth."""
    if isinstance(value, list):
        return [_impersonal(inner) for inner in value]
    if isinstance(value, dict):
        return {
            name: _impersonal(inner)
            for name, inner in value.items()
            if not (isinstance(inner, dict) and "sealed" in inner)
        }
    return value


def _without_none(value: Any) -> Any:
    """A personal field that is empty is not told, one of another kind is told as nothing: neither says anything."""
    if isinstance(value, list):
        return [_without_none(inner) for inner in value]
    if isinstance(value, dict):
        return {name: _without_none(inner) for name, inner in value.items() if inner is not None}
    return value


@pytest.mark.parametrize("topic", ["case:approved", "case:discarded", "case:concluded", "account:opened"])
def test_clear(topic: str) -> None:
    """What somebody has just said, and nobody has sealed yet, is not told either."""
    raw = wrap(1, EXAMPLES[topic])
    assert [said for said in SAID if said.encode() in raw] == []


@dataclass(frozen=True)
class Witness:
    """Somebody who saw something: a value with a person in it."""

    seen_from: str
    name: Personal[str]
    also: Personal[str] | None


@dataclass(frozen=True)
class Witnessed(envelope.Event):
    """An event somebody may add one day, with persons at every depth."""

    TOPIC: ClassVar[str] = "test:witnessed"
    what: str
    weight: Decimal
    perhaps: Personal[str] | None
    many: list[Personal[str]]
    named: dict[str, Personal[str]]
    witnesses: list[Witness]
    whatever: Any = None


register_topic("test:witnessed", Witnessed)


def witnessed(whatever: Any = None) -> Witnessed:
    """Return one."""
    plate, name, note = (Personal.said(CASE, said) for said in (PLATE, NAME, NOTE))
    make: Any = Witnessed
    made: Witnessed = make(
        originator_id=CASE,
        originator_version=2,
        timestamp=AT,
        envelope=ENVELOPE,
        what="seen",
        weight=Decimal("1.50"),
        perhaps=plate,
        many=[plate, name],
        named={"driver": name},
        witnesses=[Witness("bridge", name, None), Witness("street", name, note)],
        whatever=whatever,
    )
    return made


class TestLaterEvents:
    """Events that are added later cannot tell of persons by mistake."""

    def test_at_every_depth(self) -> None:
        """A personal field is left out wherever it stands, whether it has a value or none."""
        data = orjson.loads(wrap(1, witnessed()))["data"]
        del data["envelope"]
        assert data == {
            "what": "seen",
            "weight": "1.50",
            "witnesses": [{"seen_from": "bridge"}, {"seen_from": "street"}],
            "whatever": None,
        }

    @pytest.mark.parametrize("wrapped", [lambda p: p, lambda p: [p], lambda p: {"name": [p]}])
    def test_unannounced(self, wrapped: Any) -> None:
        """A personal value in a field that announces none is not told at all, and the error does not show it."""
        with pytest.raises(TypeError) as refused:
            wrap(1, witnessed(wrapped(Personal.said(CASE, PLATE))))
        assert PLATE not in f"{refused.value!r} {refused.value.__cause__!r}"

    def test_unknown_state(self) -> None:
        """What is stored beside the fields of the class is not told."""
        event = witnessed()
        vars(event)["plate"] = PLATE
        assert PLATE.encode() not in wrap(1, event)


@pytest.mark.parametrize(
    "by, told",
    [
        (ENVELOPE.by, ENVELOPE.by),
        ("system:intake", "system:intake"),
        ("operator:nguyen.van.a", None),
    ],
)
def test_by(by: str, told: str | None) -> None:
    """An account is told by its id and a process by its name; an operator's is the name of a person."""
    example: Any = EXAMPLES["case:received"]
    raw = wrap(1, replace(example, envelope=replace(ENVELOPE, by=by)))
    assert orjson.loads(raw)["data"]["envelope"].get("by") == told
    assert b"nguyen.van.a" not in raw


def test_positions_compare() -> None:
    """Positions are compared as texts: the later one is the greater."""
    assert sorted(map(place_of, (100, 9, 20_000_000_000))) == [
        "0000000000000009",
        "0000000000000100",
        "0000020000000000",
    ]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[]",
        b"7",
        b"null",
        b"{}",
        b'{"position": [], "id": "a/1"}',
        b'{"position": "x", "id": "a/1"}',
        b'{"position": "0", "id": "a/1"}',
        b'{"position": "-1", "id": "a/1"}',
        b'{"position": "9223372036854775808", "id": "a/1"}',
    ],
)
def test_not_ours(raw: bytes) -> None:
    """A message nobody here wrote has no position."""
    with pytest.raises(NotOurs):
        unwrap(raw)
