"""The application: aggregates in, aggregates out, and commands that may safely be sent twice.

A command is keyed by its account and its `commandId`.
The key is stored with a hash of the input and the answer, in the transaction of the events;
a refusal is not stored, so a refused command may be mended and sent again under the same id.
"""

import hashlib
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, ClassVar, Protocol, TypeVar, cast
from uuid import UUID

import orjson
from eventsourcing.application import AggregateNotFoundError, Application
from eventsourcing.domain import Aggregate
from eventsourcing.persistence import RecordConflictError, StoredEvent

from domain import succession  # noqa: F401 — importing it registers its topics
from domain.account import Account
from domain.account_review import AccountReview
from domain.acknowledgement import Acknowledgement
from domain.area import Area
from domain.breach import Breach
from domain.camera import Camera
from domain.camera_use import CameraUse
from domain.case import Case
from domain.client import Client, Model
from domain.control import CameraControl
from domain.credentials import Credentials, Stranger
from domain.envelope import Event
from domain.errors import CommandIdReused, NotFound, Refusal, VersionConflict
from domain.extraction import FootageExtraction
from domain.guidance import Guidance
from domain.incident import Incident
from domain.obstacle import Obstacle
from domain.reading import Attempt, Reading
from domain.recommendation import Recommendation
from domain.recording import Recording
from domain.report import Report
from domain.roster import Roster
from domain.session import Session
from domain.shift import Shift
from domain.unit import Unit
from domain.work_order import WorkOrder

A = TypeVar("A", bound=Aggregate)
Decided = Aggregate | tuple[Aggregate, ...]
"""What a decision was made on: an aggregate, or several of which the last is the one that was asked for."""

NOUNS: dict[type[Aggregate], tuple[str, str]] = {
    Unit: ("đơn vị", "unit"),
    Account: ("tài khoản", "account"),
    Camera: ("camera", "camera"),
    Case: ("hồ sơ", "case"),
    Session: ("phiên", "session"),
    Reading: ("lượt xem", "reading"),
    Attempt: ("lượt bị từ chối", "attempt"),
    Recording: ("bản ghi", "recording"),
    FootageExtraction: ("lượt trích xuất", "extraction"),
    Report: ("báo cáo", "report"),
    Recommendation: ("kiến nghị", "recommendation"),
    Obstacle: ("vướng mắc", "obstacle"),
    Area: ("địa bàn", "area"),
    CameraUse: ("lượt sử dụng camera", "use of cameras"),
    CameraControl: ("quyền điều khiển camera", "controls of a camera"),
    Credentials: ("thông tin đăng nhập", "credentials"),
    Stranger: ("lượt thử của người lạ", "attempt of a stranger"),
    AccountReview: ("đợt rà soát", "account review"),
    Incident: ("sự cố", "incident"),
    WorkOrder: ("phiếu công việc", "work order"),
    Shift: ("ca trực", "shift"),
    Roster: ("lịch trực", "roster"),
    Breach: ("vi phạm", "breach"),
    Guidance: ("văn bản dùng chung", "guidance"),
    Acknowledgement: ("xác nhận đã đọc", "acknowledgement"),
    Client: ("phần mềm, thiết bị kết nối", "client"),
    Model: ("mô hình phát hiện", "model"),
}
"""Every aggregate, with its name in Vietnamese and English; importing it here registers its topics."""


@dataclass(frozen=True)
class Command:
    """The idempotency key of one command and a hash of what it asks for."""

    account: str
    command_id: str
    input_hash: bytes
    expected_version: int | None = None

    @classmethod
    def of(
        cls, account: UUID, command_id: str, name: str, facts: dict[str, Any], expected_version: int | None
    ) -> "Command":
        """Hash the command's name and facts; the same facts in any order give the same hash."""
        said = orjson.dumps([name, facts, expected_version], option=orjson.OPT_SORT_KEYS)
        return cls(str(account), command_id, hashlib.sha256(said).digest(), expected_version)


@dataclass(frozen=True)
class Answer:
    """What a command wrote: the noun's id, its version, and the position a read model has to reach to show it."""

    id: UUID
    version: int
    position: int


@dataclass(frozen=True)
class Stored:
    """The answer of a command that was already carried out, and the hash of the input it answered."""

    answer: Answer
    input_hash: bytes


def _replayed(initial: Any, events: Iterable[Any]) -> Any:
    """Fold events into an aggregate; the library also asks each whether it fits a protocol, which is slow."""
    aggregate = initial
    for event in events:
        aggregate = event.mutate(aggregate)
    return aggregate


class CommandSeenError(Exception):
    """Another writer stored the same command key first."""


class CommandRecorder(Protocol):
    """What the application asks of its recorder beyond the library's interface."""

    def bound(self, digest: bytes) -> bytes:
        """Bind a hash of what was said to a secret outside the database: a plate is short enough to be guessed."""

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int]:
        """Append events and, with `command=`, the command's key in one transaction; the position of each event.

        With `unchanged=`, versions by ids, only where what was looked at is at these versions still.
        """

    def find_command(self, account: str, command_id: str) -> Stored | None:
        """The stored answer of a command, if it was carried out."""

    def last_position(self, originator_id: UUID) -> int:
        """The log position of an aggregate's last event."""

    def next_numbers(self, code: str, year: int, count: int) -> Sequence[int]:
        """Draw the next case numbers of a profile and year; gaps are allowed."""

    def existing(self, originator_ids: Collection[UUID]) -> set[UUID]:
        """Which of these aggregates are on record."""

    def open_sessions(self, account_id: UUID, *, from_outside: bool = False) -> Sequence[UUID]:
        """The sessions of an account whose tokens open it; those alone that an identity provider opened."""


class Record(Protocol):
    """What is on record, as it stands or as it stood."""

    def find(self, cls: type[A], aggregate_id: UUID) -> A:
        """Load an aggregate.

        Raises:
            NotFound: there is none.
        """


class CaseSystem(Application[UUID]):
    """All aggregates of one installation."""

    name = "minhchung"
    env: ClassVar[dict[str, str]] = {"PERSISTENCE_MODULE": "store.recorder:Factory", "CREATE_TABLE": "n"}

    @property
    def commands(self) -> CommandRecorder:
        """The recorder, as the keeper of command keys."""
        return cast("CommandRecorder", self.recorder)

    def find(self, cls: type[A], aggregate_id: UUID, *, expected: int | None = None) -> A:
        """Load an aggregate; one of another kind is as absent as one that never was.

        Raises:
            NotFound: there is none.
            VersionConflict: it is not at the version that was *expected*.
        """
        try:
            aggregate: Aggregate = self.repository.get(aggregate_id, projector_func=_replayed)
        except AggregateNotFoundError:
            raise NotFound(*NOUNS[cls], aggregate_id) from None
        if not isinstance(aggregate, cls):
            raise NotFound(*NOUNS[cls], aggregate_id)
        if expected not in {None, aggregate.version}:
            raise VersionConflict(expected, aggregate.version)
        return aggregate

    def as_of(self, at: datetime | None) -> "Past":
        """The record as it stood at an instant, where what came later is not there yet; of None, as it stands."""
        return Past(self, at)

    def perform(self, command: Command, decide: Callable[[], Decided]) -> Answer:
        """Run a decision and save what it decided, exactly once per command.

        What is decided on several aggregates is saved as a whole or not at all; the answer is about the last of them.
        One that *decide* returns without having changed it was looked at: the decision holds while it is as it was.

        *decide* loads afresh and decides; it runs once more when another writer got in between,
        unless the caller named the version it had seen.
        A repeated command decides on what its first run left, so it ends in a refusal, in nothing to record,
        or at the unique key of the first: each time its stored answer goes before.
        """
        command = replace(command, input_hash=self.commands.bound(command.input_hash))
        try:
            return self._decide(command, decide)
        except (Refusal, CommandSeenError):
            answered = self._answered(command)
            if answered is None:
                raise
            return answered

    def answered(self, command: Command) -> Answer | None:
        """What was answered to a command that was carried out already: for acts that leave more than events.

        Raises:
            CommandIdReused: its id was used for another input.
        """
        return self._answered(replace(command, input_hash=self.commands.bound(command.input_hash)))

    def _decide(self, command: Command, decide: Callable[[], Decided]) -> Answer:
        for attempt in range(3):
            try:
                decided = decide()
                return self.record(*(decided if isinstance(decided, tuple) else (decided,)), command=command)
            except RecordConflictError:
                if command.expected_version is not None or attempt == 2:  # noqa: PLR2004
                    raise VersionConflict from None
        raise VersionConflict

    def record(self, *aggregates: Aggregate, command: Command | None = None) -> Answer:
        """Save one aggregate, or several at once; deciding nothing records nothing.

        Those on which nothing was decided were looked at, and have to be as they were when this is recorded.
        """
        aggregate = aggregates[-1]
        if not any(one.pending_events for one in aggregates):
            answered = self._answered(command) if command else None
            return answered or Answer(
                aggregate.id, aggregate.version, self.commands.last_position(aggregate.id)
            )
        unchanged = {one.id: one.version for one in aggregates if not one.pending_events}
        # what `save` does, without the notifications nobody here waits for
        stored = [self.mapper.to_stored_event(event) for one in aggregates for event in one.collect_events()]
        positions = self.commands.insert_events(stored, command=command, unchanged=unchanged)
        return Answer(aggregate.id, aggregate.version, positions[-1])

    def record_all(self, aggregates: Sequence[Aggregate]) -> None:
        """Save several new aggregates in one transaction."""
        self.save(*aggregates)

    def _answered(self, command: Command) -> Answer | None:
        stored = self.commands.find_command(command.account, command.command_id)
        if stored is None:
            return None
        if stored.input_hash != command.input_hash:
            raise CommandIdReused(command.command_id)
        return stored.answer


@dataclass(frozen=True)
class Past:
    """The record as it stood at an instant, or as it stands; what was found once is kept."""

    app: CaseSystem
    at: datetime | None
    found: dict[UUID, Aggregate | None] = field(default_factory=dict)

    def find(self, cls: type[A], aggregate_id: UUID) -> A:
        """Fold what had been recorded of an aggregate by then.

        Raises:
            NotFound: nothing had.
        """
        if aggregate_id not in self.found:
            recorded = cast("Iterable[Event]", self.app.events.get(aggregate_id))
            by_then = (one for one in recorded if self.at is None or one.timestamp <= self.at)
            self.found[aggregate_id] = _replayed(None, by_then)
        aggregate = self.found[aggregate_id]
        if not isinstance(aggregate, cls):
            raise NotFound(*NOUNS[cls], aggregate_id)
        return aggregate
