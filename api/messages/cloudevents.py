"""What others hear of an event: a CloudEvent 1.0 in structured JSON, without what identifies a person.

A field that is `Personal`, at whatever depth, is left out, not masked: the walk goes by the annotations of the event's
class, so that one added later is left out as well, and by its values, so that one nobody announced goes nowhere.
"""

from dataclasses import fields, is_dataclass
from decimal import Decimal
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints
from uuid import UUID

import orjson
from eventsourcing.utils import get_topic

from domain.envelope import Created, Event
from domain.personal import Personal

LAST_POSITION = 2**63 - 1
ENVELOPED = {field.name for field in fields(Created)}
OPTIONS = orjson.OPT_PASSTHROUGH_DATACLASS  # orjson of itself would write out whatever is in one


class NotOurs(Exception):  # noqa: N818 — what it is, not that something went wrong
    """A message that no outbox of ours has written."""


def noun_of(event: Event) -> str:
    """The kind of thing an event happened to, such as `case`."""
    return get_topic(type(event)).split(":", 1)[0]


def id_of(originator_id: UUID, version: int) -> str:
    """Name an event; the same event has the same name whenever it is published."""
    return f"{originator_id}/{version}"


def place_of(position: int) -> str:
    """Write a position as the API does: compared as texts, the later one is the greater."""
    return f"{position:016d}"


def wrap(position: int, event: Event) -> bytes:
    """Tell what happened at a position of the log.

    Raises:
        TypeError: a value is of a kind that is not told.
    """
    state = vars(event)
    own = {name: state[name] for name in _told(type(event)) if name in state}
    return orjson.dumps(
        {
            "specversion": "1.0",
            "id": id_of(event.originator_id, event.originator_version),
            "source": f"/{noun_of(event)}s/{event.originator_id}",
            "type": get_topic(type(event)),
            "subject": str(event.originator_id),
            "time": event.envelope.took_place_at,
            "datacontenttype": "application/json",
            "position": place_of(position),
            "recordedtime": event.timestamp,
            "version": event.originator_version,
            "data": {**own, "envelope": _envelope(event)},
        },
        default=_plain,
        option=OPTIONS,
    )


def unwrap(raw: bytes) -> tuple[int, str]:
    """Read back the position and the id of what `wrap` wrote.

    Raises:
        NotOurs: it wrote no such thing.
    """
    try:
        message = orjson.loads(raw)
        position, event_id = int(message["position"]), str(message["id"])
    except (ValueError, TypeError, KeyError):
        position, event_id = 0, ""
    if not 0 < position <= LAST_POSITION:
        raise NotOurs("a message of the outbox was expected")
    return position, event_id


def _envelope(event: Event) -> dict[str, Any]:
    """Name one by one what is told of the circumstances: what is added to them later is not told by that alone."""
    envelope = event.envelope
    told: dict[str, Any] = {
        "unit_id": envelope.unit_id,
        "reason": envelope.reason,
        "rule": envelope.rule,
        "rulebook": envelope.rulebook,
        "correlation_id": envelope.correlation_id,
        "causation_id": envelope.causation_id,
    }
    # an account is an id; an operator is told by the name of a person
    if not envelope.by.startswith("operator:"):
        told["by"] = envelope.by
    return {name: value for name, value in told.items() if name not in event.withheld}


@cache
def _told(cls: type) -> tuple[str, ...]:
    """The fields of a class that identify nobody."""
    hints = get_type_hints(cls)
    withheld: frozenset[str] = getattr(cls, "withheld", frozenset())
    return tuple(
        field.name
        for field in fields(cls)
        if field.name not in ENVELOPED | withheld and not _is_personal(hints[field.name])
    )


def _is_personal(annotation: Any) -> bool:
    return Personal in {annotation, get_origin(annotation)} or any(map(_is_personal, get_args(annotation)))


def _plain(value: object) -> object:
    if isinstance(value, Personal):
        raise TypeError("a personal value where its class announces none is not told")
    if isinstance(value, Decimal):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        state = vars(value)
        return {name: state[name] for name in _told(type(value)) if name in state}
    raise TypeError(f"{type(value).__name__} is not a payload type")
