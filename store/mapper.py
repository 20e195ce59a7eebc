"""From events to plain JSON and back, with personal fields sealed on the way in.

What is stored can be read without this code: numbers, text, ISO instants, ids.
The types come back from the event class's own annotations.
"""

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID, SafeUUID

import orjson
from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import JSONTranscoder, Mapper, MapperDeserialisationError, StoredEvent
from eventsourcing.utils import get_topic, resolve_topic

from domain.personal import Personal
from store.keys import Keys

Decoder = Callable[[Any], Any]

ENVELOPED = ("originator_id", "originator_version")


class SealingMapper(Mapper[UUID]):
    """The library's mapper over plain JSON and sealed personal fields."""

    def __init__(self, keys: Keys) -> None:
        super().__init__(JSONTranscoder())
        self.keys = keys

    def to_stored_event(self, domain_event: DomainEventProtocol[UUID]) -> StoredEvent:
        """Write an event as JSON, its personal fields sealed."""
        cls = type(domain_event)
        state = {k: v for k, v in vars(domain_event).items() if k not in ENVELOPED}
        class_version = getattr(cls, "class_version", 1)
        if class_version > 1:
            state["class_version"] = class_version
        return StoredEvent(
            originator_id=domain_event.originator_id,
            originator_version=domain_event.originator_version,
            topic=get_topic(cls),
            state=orjson.dumps(state, default=self._encode, option=orjson.OPT_PASSTHROUGH_DATACLASS),
        )

    def to_domain_event(self, stored_event: StoredEvent) -> DomainEventProtocol[UUID]:
        """Read an event back under today's class; personal fields stay sealed until somebody may open them.

        Raises:
            MapperDeserialisationError: the stored state does not fit the event's class.
        """
        cls = resolve_topic(stored_event.topic)
        try:
            state: dict[str, Any] = orjson.loads(stored_event.state)
            state["originator_id"] = stored_event.originator_id
            state["originator_version"] = stored_event.originator_version
            version = state.pop("class_version", 1)
            while version < getattr(cls, "class_version", 1):
                getattr(cls, f"upcast_v{version}_v{version + 1}")(state)
                version += 1
            for name, decode in _decoders(cls):
                value = state.get(name)
                if value is not None:
                    state[name] = decode(value)
        except Exception as error:
            raise MapperDeserialisationError(
                f"{stored_event.topic} {stored_event.originator_id}"
                f" version {stored_event.originator_version} cannot be read: {error}"
            ) from error
        event: DomainEventProtocol[UUID] = object.__new__(cls)
        object.__setattr__(event, "__dict__", state)
        return event

    def _encode(self, value: object) -> object:
        if isinstance(value, Personal):
            sealed = value.sealed
            if sealed is None:
                sealed = self.keys.seal(value.subject, str(value.clear))
            return {"subject": value.subject, "sealed": sealed}
        if isinstance(value, Decimal):
            return str(value)
        if is_dataclass(value):
            return vars(value)
        raise TypeError(f"{type(value).__name__} is not a payload type")


@cache
def _decoders(cls: type) -> tuple[tuple[str, Decoder], ...]:
    hints = get_type_hints(cls)
    found = ((f.name, _decoder(hints[f.name])) for f in fields(cls) if f.name not in ENVELOPED)
    return tuple((name, decode) for name, decode in found if decode is not None)


def _decoder(annotation: Any) -> Decoder | None:  # noqa: PLR0911 — one line a type
    """How to read a JSON value as *annotation*; None where JSON already is what it says."""
    if annotation is UUID:
        return _uuid
    if annotation is datetime:
        return datetime.fromisoformat
    if annotation is date:
        return date.fromisoformat
    if annotation is Decimal:
        return Decimal
    origin = get_origin(annotation)
    if origin is Personal:
        return _personal
    if origin in {Union, UnionType}:
        inner = [a for a in get_args(annotation) if a is not NoneType]
        return _decoder(inner[0]) if len(inner) == 1 else None
    if origin is tuple:
        each = _decoder(get_args(annotation)[0])
        return (lambda values: tuple(each(v) for v in values)) if each else tuple
    if origin is list:
        item = _decoder(get_args(annotation)[0])
        return (lambda values: [item(v) for v in values]) if item else None
    if isinstance(annotation, type) and is_dataclass(annotation):
        return _nested(annotation)
    return None


def _nested(cls: type) -> Decoder:
    decoders = _decoders(cls)

    def decode(value: dict[str, Any]) -> object:
        for name, inner in decoders:
            if value.get(name) is not None:
                value[name] = inner(value[name])
        instance: object = object.__new__(cls)
        instance.__dict__.update(value)
        return instance

    return decode


def _uuid(text: str) -> UUID:
    """Read the one form we write, as unpickling does; `UUID(text)` takes five forms, and three times as long."""
    if len(text) != 36:  # noqa: PLR2004 — the length of that form
        raise ValueError(f"{text!r} is not a UUID")
    value = UUID.__new__(UUID)
    object.__setattr__(value, "int", int(text.replace("-", ""), 16))
    object.__setattr__(value, "is_safe", SafeUUID.unknown)
    return value


def _personal(value: dict[str, str]) -> Personal[str]:
    return Personal(_uuid(value["subject"]), sealed=value["sealed"])
