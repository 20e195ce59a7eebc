"""Keeps today's form of every event that has no file yet: `python -m tests.stored.keep`.

A file that is there is never written again: what was stored once must load for ever.
"""

import base64
from pathlib import Path
from uuid import UUID

import orjson

from domain.envelope import Event
from store.keys import Keys
from store.mapper import SealingMapper
from tests.support.examples import EXAMPLES, event_classes

HERE = Path(__file__).parent


class Unopened(Keys):
    """Seals into something of the right form that nobody can open."""

    def __init__(self) -> None:
        """Need neither database nor folder."""

    def seal(self, subject: UUID, value: str) -> str:
        """Return as many bytes as a sealed value has: nonce, value, tag."""
        return base64.b64encode(subject.bytes[:12] + bytes(len(value.encode()) + 16)).decode()


MAPPER = SealingMapper(Unopened())


def file_of(topic: str, version: int) -> Path:
    """Return where the form of one version of an event's class is kept."""
    return HERE / f"{topic.replace(':', '.')}.v{version}.json"


def version_of(cls: type[Event]) -> int:
    """Return the version of an event's class, 1 unless it says otherwise."""
    return int(getattr(cls, "class_version", 1))


def expected() -> dict[str, Path]:
    """Every event that can be stored, with the file of its present form."""
    return {topic: file_of(topic, version_of(cls)) for topic, cls in event_classes().items()}


def keep() -> list[Path]:
    """Write the files that are not there; return which they were."""
    missing = {topic: path for topic, path in expected().items() if not path.exists()}
    for topic, path in missing.items():
        stored = MAPPER.to_stored_event(EXAMPLES[topic])
        kept = {
            "topic": topic,
            "originator_id": stored.originator_id,
            "originator_version": stored.originator_version,
            "state": orjson.loads(stored.state),
        }
        path.write_bytes(orjson.dumps(kept, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    return list(missing.values())


if __name__ == "__main__":
    keep()
