"""Our recorder held against the library's own recorder cases, and what it does beyond them."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from eventsourcing.persistence import IntegrityError, StoredEvent
from eventsourcing.tests import persistence as theirs

from domain.commands.application import Answer, Command, CommandSeenError, Stored
from store.credentials import Credentials, NewSession
from store.datastore import Datastore
from store.recorder import CHANNEL, Recorder


@pytest.fixture
def recorder(database: str) -> Iterator[Recorder]:
    """A recorder over an empty log, under the role of `serve`."""
    with Datastore(database, role="minhchung_serve", pool_size=2, max_overflow=10) as datastore:
        yield Recorder(datastore)


class Theirs:
    """Gives the library's cases a recorder over tables made by migration."""

    recorder: Recorder

    @pytest.fixture(autouse=True)
    def _recorder(self, recorder: Recorder) -> Iterator[None]:
        self.recorder = recorder
        yield
        del self.recorder

    def create_recorder(self) -> Recorder:
        """The recorder under test."""
        return self.recorder


class TestAsApplicationRecorder(Theirs, theirs.ApplicationRecorderTestCase[Recorder]):
    """The library's cases of an application recorder."""

    EXPECT_CONTIGUOUS_NOTIFICATION_IDS = False

    def test_insert_subscribe(self) -> None:
        """Subscriptions deliver what is appended (a case the library leaves to each recorder)."""
        self.optional_test_insert_subscribe()


class TestNonInterleaving(Theirs, theirs.NonInterleavingNotificationIDsBaseCase):
    """The positions of two large appends never mix."""


class Quiet(Recorder):
    """Our recorder as an aggregate recorder, which has no positions to tell."""

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> None:  # type: ignore[override] # as the library's
        """Append and say nothing."""
        super().insert_events(stored_events, **kwargs)


class TestAsAggregateRecorder(Theirs, theirs.AggregateRecorderTestCase):
    """The library's cases of an aggregate recorder."""

    def create_recorder(self) -> Recorder:
        """The recorder under test."""
        return Quiet(self.recorder.datastore)


def event(originator_id: UUID, version: int = 1) -> StoredEvent:
    """Return an event of no topic of ours."""
    return StoredEvent(originator_id, version, "test:happened", b'{"n":1}')


def command(command_id: str = "c-1", account: str = "a-1") -> Command:
    """Return a command's key."""
    return Command(account, command_id, b"\x01" * 32)


class TestCommandKeys:
    """The key of a command stands or falls with its events."""

    @pytest.mark.parametrize("count", [1, 3])
    def test_stored_with_its_events(self, recorder: Recorder, count: int) -> None:
        """The key keeps the noun, its version and its last position."""
        noun = uuid4()
        recorder.insert_events([event(uuid4())])
        positions = recorder.insert_events(
            [event(noun, version) for version in range(1, count + 1)], command=command()
        )
        assert recorder.find_command("a-1", "c-1") == Stored(Answer(noun, count, positions[-1]), b"\x01" * 32)
        assert (len(positions), recorder.last_position(noun)) == (count, positions[-1])

    @pytest.mark.parametrize("count", [1, 3])
    def test_key_seen(self, recorder: Recorder, count: int) -> None:
        """A key that is taken keeps its events out of the log."""
        recorder.insert_events([event(uuid4())], command=command())
        late = uuid4()
        with pytest.raises(CommandSeenError):
            recorder.insert_events([event(late, n) for n in range(1, count + 1)], command=command())
        assert recorder.select_events(late) == []

    @pytest.mark.parametrize("count", [1, 3])
    def test_version_taken(self, recorder: Recorder, count: int) -> None:
        """A version that is taken keeps the key out."""
        noun = uuid4()
        recorder.insert_events([event(noun, count)])
        with pytest.raises(IntegrityError):
            recorder.insert_events([event(noun, n) for n in range(1, count + 1)], command=command())
        assert recorder.find_command("a-1", "c-1") is None
        assert len(recorder.select_events(noun)) == 1

    def test_own_keys(self, recorder: Recorder) -> None:
        """Two accounts may use one command id."""
        for account in ("a-1", "a-2"):
            recorder.insert_events([event(uuid4())], command=command(account=account))
        assert recorder.find_command("a-1", "c-1") != recorder.find_command("a-2", "c-1")
        assert recorder.find_command("a-3", "c-1") is None

    def test_nothing_to_append(self, recorder: Recorder) -> None:
        """No events, no statement, no key."""
        assert recorder.insert_events([], command=command()) == []
        assert recorder.find_command("a-1", "c-1") is None


class TestSessions:
    """What the log says of sessions holds for their tokens, in the same transaction."""

    @pytest.mark.parametrize("keyed", [True, False])
    @pytest.mark.parametrize("topic", ["session:revoked", "session:closed"])
    @pytest.mark.parametrize("count", [1, 2])
    def test_ended(self, recorder: Recorder, topic: str, count: int, keyed: bool) -> None:
        """The token of a session that has ended stands for nothing; another of the account still does."""
        credentials, account = Credentials(recorder.datastore), uuid4()
        opened = [NewSession(uuid4(), timedelta(hours=1)) for _ in range(count + 1)]
        tokens = [credentials.open_session(account, one).token for one in opened]
        assert set(recorder.open_sessions(account)) == {one.session_id for one in opened}
        *ended, stays = opened
        said = [StoredEvent(one.session_id, 2, topic, b"{}") for one in ended]
        recorder.insert_events(said, **({"command": command()} if keyed else {}))
        found = [credentials.session(token) for token in tokens]
        assert [one and one.session_id for one in found] == [None] * count + [stays.session_id]
        assert recorder.open_sessions(account) == [stays.session_id]

    def test_not_recorded(self, recorder: Recorder) -> None:
        """Where another writer was first, nothing is recorded and the token still stands for somebody."""
        credentials, one = Credentials(recorder.datastore), NewSession(uuid4(), timedelta(hours=1))
        token = credentials.open_session(uuid4(), one).token
        recorder.insert_events([event(one.session_id, 2)])
        with pytest.raises(IntegrityError):
            recorder.insert_events([StoredEvent(one.session_id, 2, "session:revoked", b"{}")])
        assert credentials.session(token) is not None


class TestLog:
    """What can be asked of the log."""

    def test_positions(self, recorder: Recorder) -> None:
        """Positions only grow; a refused append may leave a gap, never a step back."""
        noun = uuid4()
        (first,) = recorder.insert_events([event(noun)])
        with pytest.raises(IntegrityError):
            recorder.insert_events([event(noun)])
        second, third = recorder.insert_events([event(noun, 2), event(noun, 3)])
        assert (second - first, third - second) == (2, 1)
        assert recorder.max_notification_id() == third

    def test_order_within_an_append(self, recorder: Recorder) -> None:
        """Events of one append lie in the log in the order they were given."""
        events = [event(uuid4()) for _ in range(50)]
        positions = recorder.insert_events(events)
        stored = recorder.select_notifications(start=positions[0], limit=50)
        assert [n.originator_id for n in stored] == [e.originator_id for e in events]

    @pytest.mark.parametrize("asked", [{"gt": 1}, {"lte": 2}, {"desc": True}, {"limit": 2}])
    def test_part_of_an_aggregate(self, recorder: Recorder, asked: dict[str, Any]) -> None:
        """Part of an aggregate is read as the library reads it."""
        noun = uuid4()
        recorder.insert_events([event(noun, version) for version in (1, 2, 3)])
        expected = {"gt": [2, 3], "lte": [1, 2], "desc": [3, 2, 1], "limit": [1, 2]}
        found = [e.originator_version for e in recorder.select_events(noun, **asked)]
        assert found == expected[next(iter(asked))]

    def test_existing(self, recorder: Recorder) -> None:
        """Which of several nouns are on record, in one question."""
        known = [uuid4(), uuid4()]
        recorder.insert_events([event(noun) for noun in known])
        assert recorder.existing([*known, uuid4()]) == set(known)

    def test_last_position_of_nothing(self, recorder: Recorder) -> None:
        """What is not on record has no position."""
        assert recorder.last_position(uuid4()) == 0

    def test_notice(self, recorder: Recorder, database: str) -> None:
        """Each append wakes who listens, once it is committed, and tells nothing of what it says."""
        with psycopg.connect(database, autocommit=True) as listening:
            listening.execute(f"LISTEN {CHANNEL}")
            recorder.insert_events([event(uuid4())])
            recorder.insert_events([event(uuid4())], command=command())
            recorder.insert_events([event(uuid4()), event(uuid4())], command=command("c-2"))
            notices = list(listening.notifies(timeout=10, stop_after=3))
        assert [(n.channel, n.payload) for n in notices] == [("events", "")] * 3


def test_whole_url(database: str) -> None:
    """The pool honours the whole URL, and takes on the role before anything else."""
    with (
        Datastore(f"{database}&application_name=named", role="minhchung_intake", pool_size=1) as datastore,
        datastore.get_connection() as conn,
    ):
        row = conn.execute(
            "SELECT current_user AS role, current_setting('application_name') AS name,"
            " current_setting('statement_timeout') AS statement_timeout"
        ).fetchone()
    assert row == {"role": "minhchung_intake", "name": "named", "statement_timeout": "15s"}
