"""Events as they were ever stored load under today's code."""

from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import pytest
from eventsourcing.domain import Aggregate
from eventsourcing.persistence import StoredEvent
from eventsourcing.utils import get_topic

from domain.envelope import Event
from domain.personal import Personal
from tests.stored.keep import HERE, MAPPER, expected, version_of
from tests.support.examples import EXAMPLES, event_classes

FILES = sorted(HERE.glob("*.json"))


def load(path: Path) -> Event:
    """Read a kept file as the log would be read."""
    kept = orjson.loads(path.read_bytes())
    event = MAPPER.to_domain_event(
        StoredEvent(
            UUID(kept["originator_id"]),
            kept["originator_version"],
            kept["topic"],
            orjson.dumps(kept["state"]),
        )
    )
    assert isinstance(event, Event)
    return event


def test_every_event_is_kept() -> None:
    """Every event that can be stored has a file of its present form; `python -m tests.stored.keep` writes it."""
    assert {str(path.name) for path in expected().values()} - {path.name for path in FILES} == set()


def test_every_file_has_its_event() -> None:
    """No event that was ever stored has left the code, and no file claims a form still to come."""
    classes = event_classes()
    for path in FILES:
        topic, version = orjson.loads(path.read_bytes())["topic"], int(path.suffixes[-2].removeprefix(".v"))
        assert path.name == f"{topic.replace(':', '.')}.v{version}.json"
        assert 1 <= version <= version_of(classes[topic])


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.stem))
def test_loads(path: Path) -> None:
    """A stored event has all the fields of today's class, and no others."""
    event = load(path)
    assert get_topic(type(event)) == orjson.loads(path.read_bytes())["topic"]
    assert set(vars(event)) == {f.name for f in fields(type(event))}


@pytest.mark.parametrize("path", list(expected().values()), ids=lambda path: str(path.stem))
def test_form(path: Path) -> None:
    """The form of an event has not changed since it was kept: written again it is the same."""
    event = load(path)
    assert orjson.loads(MAPPER.to_stored_event(event).state) == orjson.loads(path.read_bytes())["state"]


@pytest.mark.parametrize(
    "topic, path", list(expected().items()), ids=lambda value: getattr(value, "stem", "")
)
def test_values(topic: str, path: Path) -> None:
    """Every value is read back as it was when it was stored; what is personal stays sealed."""
    loaded, example = vars(load(path)), vars(EXAMPLES[topic])
    assert _unopened(loaded) == _unopened(example)
    assert not any(personal.clear for personal in _personal(loaded))


def _unopened(value: object) -> object:
    """The value, with whose it is in the place of what says something of a person."""
    match value:
        case Personal():
            return ("sealed", value.subject)
        case dict():
            return {name: _unopened(inner) for name, inner in value.items()}
        case list() | tuple():
            return [_unopened(inner) for inner in value]
        case _ if is_dataclass(value):
            return _unopened(vars(value))
        case _:
            return value


def _personal(value: object) -> list[Personal[str]]:
    match value:
        case Personal():
            return [value]
        case dict():
            return [found for inner in value.values() for found in _personal(inner)]
        case list() | tuple():
            return [found for inner in value for found in _personal(inner)]
        case _ if is_dataclass(value):
            return _personal(vars(value))
        case _:
            return []


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.stem))
def test_replays(path: Path) -> None:
    """A stored event still changes the state of what it happened to."""
    event: Any = load(path)
    first = next(
        load(other)
        for other in FILES
        if other.name.split(".")[0] == path.name.split(".")[0] and _first(other)
    )
    aggregate: Any = first.mutate(None)
    if event.originator_version > 1:
        aggregate = event.mutate(aggregate)
    assert isinstance(aggregate, Aggregate)
    assert aggregate.version == event.originator_version


def _first(path: Path) -> bool:
    return bool(orjson.loads(path.read_bytes())["originator_version"] == 1)
