"""The outbox: committed events go out to the stream EVENTS, in the order of the log, each of them once.

It is a follower, and the stream is the authority over how far it has come: the position in the database only says
where to begin reading.  At its start and after every failure the outbox looks where the stream ends, and publishes only
what is later; what was published and not marked when somebody was killed is never published again, whenever that was.
A stream that is new is filled from the beginning of the log; one that somebody emptied goes on from the position.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, LiteralString

from eventsourcing.persistence import Mapper
from psycopg import Connection, Cursor

from api.messages.cloudevents import NotOurs, id_of, noun_of, place_of, unwrap, wrap
from api.messages.event_stream import EventStream, Message, OutOfStepError, RefusedError
from projections.follower import BATCH, Follower, Recorded

logger = logging.getLogger(__name__)

ROLE = "minhchung_outbox"


class ForeignStreamError(Exception):
    """The stream ends with what is not in this log at that position."""


@dataclass(frozen=True, slots=True)
class Published:
    """The last event that is in the stream, and the sequence after which the next one goes."""

    position: int
    sequence: int


def message_of(recorded: Recorded) -> Message:
    """What is published of an event."""
    position, event = recorded.position, recorded.event
    return Message(noun_of(event), place_of(position), wrap(position, event))


class Outbox(Follower):
    """Follows the log into the stream."""

    name: ClassVar[str] = "outbox"
    table: ClassVar[LiteralString] = "positions"
    """Its row there is all it keeps in the database."""

    def __init__(self, database_url: str, stream: EventStream, mapper: Mapper[Any]) -> None:
        super().__init__(database_url, self, mapper, role=ROLE)
        self._stream = stream
        self._published: Published | None = None
        """None: to be looked up."""

    def step(self, conn: Connection[tuple[Any, ...]], limit: int = BATCH) -> int:
        """Publish the next batch, from where the stream ends."""
        if self._published is None:
            self._published = self._look(conn)
        return super().step(conn, limit)

    def apply(self, batch: Sequence[Recorded], _curs: Cursor[Any]) -> None:
        """Publish what is later than the end of the stream."""
        published, self._published = self._published, None  # not known again until all is acknowledged
        if published is None:
            raise OutOfStepError
        later = [recorded for recorded in batch if recorded.position > published.position]
        self._stream.append(published.sequence, map(message_of, later))
        self._published = Published(
            later[-1].position if later else published.position, published.sequence + len(later)
        )

    def _look(self, conn: Connection[tuple[Any, ...]]) -> Published:
        """Look where the stream ends, and go back there to read where it is behind the position."""
        with conn.cursor() as curs:
            position = self._position(curs)
        try:
            end = self._stream.end()
            reached = position if end.sequence else 0
            if end.last is not None:
                reached = self._known(conn, end.last)
        except (RefusedError, ForeignStreamError) as error:
            self._stop_at(conn, position, error)
        if reached < position:
            logger.warning(
                "EVENTS ends at position %d and is filled from there, not from %d", reached, position
            )
        conn.execute(
            "UPDATE positions SET position = %s, problem = NULL WHERE name = %s",
            (min(reached, position), self.name),
        )
        return Published(reached, end.sequence)

    @staticmethod
    def _known(conn: Connection[tuple[Any, ...]], last: bytes) -> int:
        """The position of the stream's last message, which must be in this log: else something would be skipped."""
        try:
            position, event_id = unwrap(last)
        except NotOurs:
            position, event_id = 0, ""
        row = conn.execute(
            "SELECT originator_id, originator_version FROM events WHERE notification_id = %s", [position]
        ).fetchone()
        if row is None or id_of(*row) != event_id:
            raise ForeignStreamError(
                "EVENTS ends with a message that is not of this log: give the outbox the broker of this installation,"
                " or, if the log was restored, empty the stream"
            )
        return position
