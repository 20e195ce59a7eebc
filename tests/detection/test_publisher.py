"""From the spool to JetStream: what is proposed arrives once, now or later, and never leaves the disk before."""

import asyncio
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import nats
import pytest
from nats.js.api import StreamConfig

from cli.up.nats import Nats
from cli.up.server import PATIENCE_S
from detection.contracts import EvidenceItem, ViolationDetectedV1, subject, unwrap, wrap
from detection.publisher import Outcome, Publisher
from detection.spool import Spool, SpoolError
from tests.detection.support import STARTS_AT

CAMERA = "DH-NT-01"


def proposal(n: int) -> ViolationDetectedV1:
    """The proposal of that number."""
    frame = EvidenceItem(
        kind="FRAME_AT",
        name="aa/" + "a" * 64 + ".jpg",
        sha256="a" * 64,
        size=1,
        media_type="image/jpeg",
        captured_at=STARTS_AT,
    )
    return ViolationDetectedV1(
        proposal_id=UUID(int=n),
        camera=CAMERA,
        rule="RED_LIGHT",
        occurred_at=STARTS_AT + timedelta(seconds=n),
        detected_at=STARTS_AT + timedelta(seconds=n),
        track_started_at=STARTS_AT,
        confidence=0.9,
        model="detector.onnx",
        model_sha256="b" * 64,
        source_sha256="c" * 64,
        evidence=(frame,),
    )


def put(spool: Spool, *numbers: int) -> None:
    """Spool proposals."""
    for n in numbers:
        spool.put(UUID(int=n), wrap(proposal(n)))


def until(condition: Callable[[], bool], within_s: float = 20.0) -> None:
    """Wait until something is true."""
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, "it did not become true"
        time.sleep(0.01)


def make_stream(url: str, jurisdiction: str) -> None:
    """Make the stream that intake would make."""

    async def make() -> None:
        connection = await nats.connect(url)
        await connection.jetstream().add_stream(
            StreamConfig(name=jurisdiction.upper(), subjects=[f"mc.v1.{jurisdiction}.detection.>"])
        )
        await connection.close()

    asyncio.run(make())


def arrived(url: str, jurisdiction: str) -> list[tuple[str, ViolationDetectedV1]]:
    """What the stream holds: subjects and messages."""

    async def read() -> list[tuple[str, ViolationDetectedV1]]:
        connection = await nats.connect(url)
        js = connection.jetstream()
        stream = jurisdiction.upper()
        held = (await js.stream_info(stream)).state
        got = [await js.get_msg(stream, n) for n in range(held.first_seq, held.last_seq + 1) if held.messages]
        await connection.close()
        return [(str(m.subject), unwrap(m.data or b"")) for m in got]

    return asyncio.run(read())


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    """An empty spool."""
    with Spool(tmp_path / "spool") as made:
        yield made


class TestPublish:
    """The broker answers."""

    def test_arrives(self, nats_url: str, spool: Spool) -> None:
        """What is spooled arrives under its camera's subject, in order, and leaves the disk."""
        make_stream(nats_url, "pub-a")
        with Publisher(nats_url, spool, jurisdiction="pub-a") as publisher:
            put(spool, 3, 1, 2)
            outcome = publisher.finish()
        assert outcome == Outcome(published=3, kept=0)
        assert arrived(nats_url, "pub-a") == [(subject("pub-a", CAMERA), proposal(n)) for n in (3, 1, 2)]
        assert list(spool.folder.glob("*.json")) == []

    def test_while_running(self, nats_url: str, spool: Spool) -> None:
        """A proposal goes out while the detection goes on, not at its end."""
        make_stream(nats_url, "pub-b")
        with Publisher(nats_url, spool, jurisdiction="pub-b") as publisher:
            put(spool, 1)
            publisher.wake()
            until(lambda: len(spool) == 0)
            assert len(arrived(nats_url, "pub-b")) == 1

    def test_left_by_a_run_before(self, nats_url: str, spool: Spool) -> None:
        """What an earlier run left on disk goes out at the start, with nothing new."""
        make_stream(nats_url, "pub-c")
        put(spool, 1, 2)
        with Publisher(nats_url, spool, jurisdiction="pub-c") as publisher:
            until(lambda: len(spool) == 0)
            assert publisher.finish() == Outcome(published=2, kept=0)

    def test_twice(self, nats_url: str, spool: Spool) -> None:
        """A proposal whose acknowledgement was lost goes out again and is stored once."""
        make_stream(nats_url, "pub-d")
        for _ in range(2):
            put(spool, 7)
            with Publisher(nats_url, spool, jurisdiction="pub-d") as publisher:
                assert publisher.finish() == Outcome(published=1, kept=0)
        assert len(arrived(nats_url, "pub-d")) == 1

    def test_several_servers(self, nats_url: str, spool: Spool) -> None:
        """The whole URL is honoured: of several servers, one that answers will do."""
        make_stream(nats_url, "pub-e")
        put(spool, 1)
        with Publisher(f"nats://127.0.0.1:9,{nats_url}", spool, jurisdiction="pub-e") as publisher:
            assert publisher.finish() == Outcome(published=1, kept=0)


class TestAway:
    """The broker, or its stream, is not there."""

    def test_no_stream_yet(self, nats_url: str, spool: Spool) -> None:
        """Without its stream a proposal waits on disk, and goes out once intake has made it."""
        put(spool, 1)
        with Publisher(nats_url, spool, jurisdiction="pub-f") as publisher:
            until(lambda: "no stream" in publisher._said)
            assert len(spool) == 1
            make_stream(nats_url, "pub-f")
            assert publisher.finish() == Outcome(published=1, kept=0)

    def test_no_broker(self, spool: Spool, caplog: pytest.LogCaptureFixture) -> None:
        """Without a broker the run ends in bounded time, everything is on disk, and the token in no log."""
        with Publisher("nats://secret-token@127.0.0.1:9", spool, jurisdiction="pub-g") as publisher:
            put(spool, 1, 2)
            outcome = publisher.finish(within_s=1.0)
        assert outcome == Outcome(published=0, kept=2)
        assert "publishing waits" in caplog.text
        assert "secret-token" not in caplog.text

    def test_wrong_token(self, nats_url: str, spool: Spool) -> None:
        """A broker that refuses the token gets nothing, and nothing is lost."""
        host = nats_url.rpartition("@")[2]
        put(spool, 1)
        with Publisher(f"nats://wrong@{host}", spool, jurisdiction="pub-h") as publisher:
            assert publisher.finish(within_s=1.0) == Outcome(published=0, kept=1)

    def test_broker_goes_and_comes_back(self, tmp_path: Path, spool: Spool) -> None:
        """A broker that goes away in the middle and comes back receives everything, once."""
        server = Nats(tmp_path)
        server.start()
        try:
            make_stream(server.url, "pub-i")
            with Publisher(server.url, spool, jurisdiction="pub-i") as publisher:
                put(spool, 1)
                publisher.wake()
                until(lambda: len(spool) == 0)
                server.stop(PATIENCE_S)
                put(spool, 2, 3)
                publisher.wake()
                until(lambda: publisher._said != "")
                assert len(spool) == 2
                server = Nats(tmp_path)
                server.start()
                assert publisher.finish(within_s=30).kept == 0
            assert [m.proposal_id.int for _, m in arrived(server.url, "pub-i")] == [1, 2, 3]
        finally:
            server.stop(PATIENCE_S)


class TestSpool:
    """The folder between detection and broker."""

    def test_one_worker(self, spool: Spool) -> None:
        """Two workers of one camera do not share a spool."""
        with pytest.raises(SpoolError, match="another worker runs for this camera"):
            Spool(spool.folder)

    def test_not_a_proposal(self, spool: Spool, caplog: pytest.LogCaptureFixture) -> None:
        """A damaged file is set aside and said; the others go on."""
        put(spool, 1)
        (spool.folder / "damaged.json").write_bytes(b"{")
        assert [w.message.proposal_id.int for w in spool.waiting()] == [1]
        assert (spool.folder / "damaged.bad").read_bytes() == b"{"
        assert "damaged.json set aside: message: JSON in UTF-8 is expected" in caplog.text

    def test_half_written(self, tmp_path: Path) -> None:
        """What a kill left half-written was never announced, and is cleared."""
        (tmp_path / f"{UUID(int=1)}.part").write_bytes(b"{")
        with Spool(tmp_path) as spool:
            assert len(spool) == 0
            assert sorted(p.name for p in tmp_path.iterdir()) == [".lock"]

    def test_same_proposal(self, spool: Spool) -> None:
        """A proposal made again while it waits is the one that waits."""
        put(spool, 1)
        spool.put(UUID(int=1), b"another form of it")
        assert [w.raw for w in spool.waiting()] == [wrap(proposal(1))]

    def test_full(self, spool: Spool) -> None:
        """A disk that takes no more is one line."""
        (spool.folder / f"{UUID(int=1)}.part").mkdir()
        with pytest.raises(SpoolError, match=r"spool .*: Is a directory"):
            put(spool, 1)
