"""What is stored of an event, and that it comes back as it was."""

import types
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import orjson
import pytest
from eventsourcing.persistence import MapperDeserialisationError, StoredEvent
from eventsourcing.utils import register_topic

from domain import envelope
from domain.case import Case, EvidenceItem
from domain.envelope import Envelope, Event
from domain.personal import Personal
from store.datastore import Datastore
from store.keys import KeyDestroyedError, KeyFolder, Keys
from store.mapper import ENVELOPED, SealingMapper
from store.recorder import Recorder
from tests.support.examples import EXAMPLES, event_classes
from tests.support.invented import AT, CASE, ENVELOPE, EVIDENCE, PLATE, SAID
from tests.support.spec import legal

PLAIN = {date, str, int, float, bool, UUID, datetime, Decimal, type(None)}
"""Payload types that come back as they went in."""


@pytest.fixture
def mapper(keys: Keys) -> SealingMapper:
    """The mapper under test."""
    return SealingMapper(keys)


LINE = {topic: n for n, topic in enumerate(EXAMPLES)}
"""Examples of one noun are stored under versions of their own, so that all find room."""


class TestExamples:
    """Every event there is, by its canonical example."""

    def test_all_there(self) -> None:
        """Every event has its example."""
        assert set(EXAMPLES) == set(event_classes())

    @pytest.mark.parametrize("topic", list(EXAMPLES))
    def test_round_trip(self, topic: str, mapper: SealingMapper, keys: Keys, datastore: Datastore) -> None:
        """An event that was stored and read is what it was, except that personal fields are sealed."""
        example = EXAMPLES[topic]
        stored = replace(mapper.to_stored_event(example), originator_version=len(EXAMPLES) + LINE[topic])
        Recorder(datastore).insert_events([stored])
        (found,) = Recorder(datastore).select_events(
            stored.originator_id, gt=stored.originator_version - 1, limit=1
        )
        loaded = mapper.to_domain_event(found)
        assert type(loaded) is type(example)
        assert set(vars(loaded)) == {f.name for f in fields(type(example))}
        for name, value in vars(example).items():
            if name == "originator_version":
                continue
            read = getattr(loaded, name)
            assert (opened(read, keys), type(read)) == (value, type(value)), name

    @pytest.mark.parametrize("topic", list(EXAMPLES))
    def test_stored_form(self, topic: str, mapper: SealingMapper) -> None:
        """What is stored is plain JSON under the topic, and says nothing about a person in clear."""
        stored = mapper.to_stored_event(EXAMPLES[topic])
        assert stored.topic == topic
        assert orjson.loads(stored.state)["envelope"]["rulebook"] == ENVELOPE.rulebook
        assert [said for said in SAID if said.encode() in stored.state] == []

    @pytest.mark.parametrize("topic", list(EXAMPLES))
    def test_payload_types(self, topic: str) -> None:
        """Every field is of a type that JSON gives back unchanged."""
        cls = event_classes()[topic]
        assert [
            f"{f.name}: {hint}"
            for f in fields(cls)
            for hint in [get_type_hints(cls)[f.name]]
            if f.name not in ENVELOPED and not comes_back(hint)
        ] == []


def opened(read: Any, keys: Keys) -> Any:
    """What was read, as it was said: personal values, which came back sealed, are opened by their keys."""
    if isinstance(read, Personal):
        assert read.clear is None
        [clear] = keys.open([read])
        return Personal.said(read.subject, clear)
    if is_dataclass(read) and not isinstance(read, type):
        return replace(read, **{f.name: opened(getattr(read, f.name), keys) for f in fields(read)})
    return read


def comes_back(hint: Any) -> bool:
    """Whether a value of this type is read as it was written."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin in {Union, types.UnionType}:
        # more than one type besides None could not be told apart
        return len(inner) == 2 and types.NoneType in inner and all(map(comes_back, inner))
    if origin is list or (origin is tuple and inner[1:] == (...,)):
        return comes_back(inner[0])
    if origin is Personal:
        return inner == (str,)
    if is_dataclass(hint):
        return all(comes_back(inner) for inner in get_type_hints(hint).values())
    return hint in PLAIN


def test_personal_of_a_case_share_its_key(mapper: SealingMapper) -> None:
    """All that is personal in a case is sealed for the case, so it goes with one key."""
    subjects = {
        value["subject"]
        for topic in ("case:approved", "case:concluded", "case:discarded")
        for value in orjson.loads(mapper.to_stored_event(EXAMPLES[topic]).state).values()
        if isinstance(value, dict) and "sealed" in value
    }
    assert subjects == {str(CASE)}


def test_sealed_twice_differs(mapper: SealingMapper) -> None:
    """The same plate twice does not look the same: what is stored tells nobody that it is."""
    one, two = (orjson.loads(mapper.to_stored_event(EXAMPLES["case:approved"]).state) for _ in range(2))
    assert one["plate"]["subject"] == two["plate"]["subject"]
    assert one["plate"]["sealed"] != two["plate"]["sealed"]


def test_sealed_stays_sealed(mapper: SealingMapper) -> None:
    """An event that was read and is written again keeps its sealed fields byte for byte."""
    stored = mapper.to_stored_event(EXAMPLES["case:approved"])
    again = mapper.to_stored_event(mapper.to_domain_event(stored))
    assert again == stored


def test_nothing_is_written_for_an_erased_subject(
    owner: Datastore, folder: KeyFolder, mapper: SealingMapper
) -> None:
    """An event with personal data of somebody who was erased cannot be made."""
    erased = UUID(int=0xE5)
    Keys(owner, folder).destroy(erased)
    with pytest.raises(TypeError) as refused:
        mapper.to_stored_event(happened(Personal.said(erased, PLATE)))
    assert type(refused.value.__cause__) is KeyDestroyedError
    assert PLATE not in f"{refused.value} {refused.value.__cause__}"


class Word(StrEnum):
    """A word."""

    ONE = "ONE"


class Happened(envelope.Event):
    """Something of a type of a test."""

    TOPIC: ClassVar[str] = "test:mapped"
    what: Any


def happened(what: Any) -> Happened:
    """Return an event with any payload."""
    make: Any = Happened
    made: Happened = make(
        originator_id=CASE, originator_version=2, timestamp=AT, envelope=ENVELOPE, what=what
    )
    return made


@pytest.mark.parametrize(
    "what",
    [b"bytes", {1, 2}, timedelta(1), object(), 1 + 2j, 2**64, {"nested": b"bytes"}, "\ud800"],
    ids=["bytes", "set", "timedelta", "object", "complex", "too-big", "nested", "lone-surrogate"],
)
def test_refused_payload(what: Any, mapper: SealingMapper) -> None:
    """What JSON has no form for is refused when it is written, not when it is read."""
    with pytest.raises(TypeError):
        mapper.to_stored_event(happened(what))


@pytest.mark.parametrize(
    "what, read",
    [
        ((1, 2), [1, 2]),
        (time(8, 0), "08:00:00"),
        (Word.ONE, "ONE"),
    ],
)
def test_changed_payload(what: Any, read: Any, mapper: SealingMapper) -> None:
    """These JSON would change without a word: the reason why `test_payload_types` knows none of them."""
    loaded = mapper.to_domain_event(mapper.to_stored_event(happened(what)))
    assert (vars(loaded)["what"], type(vars(loaded)["what"])) == (read, type(read))
    assert comes_back(type(what)) is False


@pytest.mark.parametrize(
    "what", ["", "Đèn đỏ \x00 \U0001f6a6", 0, -1, 2**63, 0.1, 1e300, True, None, [], {}, [[None]]]
)
def test_plain_payload(what: Any, mapper: SealingMapper) -> None:
    """What is plain comes back equal and of the same type."""
    loaded = mapper.to_domain_event(mapper.to_stored_event(happened(what)))
    assert (vars(loaded)["what"], type(vars(loaded)["what"])) == (what, type(what))


@dataclass(frozen=True)
class Weighed(envelope.Event):
    """An event that has changed twice since it was first stored: kilograms, then grams, then with a scale."""

    TOPIC: ClassVar[str] = "test:weighed"
    class_version: ClassVar[int] = 3
    grams: Decimal
    scale: str

    @staticmethod
    def upcast_v1_v2(state: dict[str, Any]) -> None:
        """Kilograms became grams."""
        state["grams"] = str(Decimal(state.pop("kilograms")) * 1000)

    @staticmethod
    def upcast_v2_v3(state: dict[str, Any]) -> None:
        """The scale is named."""
        state["scale"] = "unknown"


register_topic("test:weighed", Weighed)


class TestVersions:
    """Events are stored for ever; their classes change."""

    BASE: ClassVar[dict[str, Any]] = {
        "timestamp": AT.isoformat(),
        "envelope": orjson.loads(orjson.dumps(vars(ENVELOPE))),
    }

    @pytest.mark.parametrize(
        "state",
        [
            {"kilograms": "1.5"},
            {"class_version": 2, "grams": "1500.0"},
            {"class_version": 3, "grams": "1500.0", "scale": "unknown"},
        ],
        ids=["first", "second", "today"],
    )
    def test_upcast(self, state: dict[str, Any], mapper: SealingMapper) -> None:
        """An event of any earlier class is read as one of today's."""
        stored = StoredEvent(CASE, 2, "test:weighed", orjson.dumps({**self.BASE, **state}))
        event = mapper.to_domain_event(stored)
        assert isinstance(event, Weighed)
        assert (event.grams, event.scale, event.envelope) == (Decimal(1500), "unknown", ENVELOPE)
        assert "class_version" not in vars(event)

    def test_stored_version(self, mapper: SealingMapper) -> None:
        """The class's version is stored with the event; the first is not."""
        make: Any = Weighed
        event = make(
            originator_id=CASE,
            originator_version=2,
            timestamp=AT,
            envelope=ENVELOPE,
            grams=Decimal("1.50"),
            scale="A",
        )
        state = orjson.loads(mapper.to_stored_event(event).state)
        assert (state["class_version"], state["grams"]) == (3, "1.50")
        assert "class_version" not in orjson.loads(mapper.to_stored_event(EXAMPLES["case:assigned"]).state)
        assert mapper.to_domain_event(mapper.to_stored_event(event)) == event


class TestAltered:
    """State that does not fit its event stops whoever reads it, by name."""

    def stored(self, mapper: SealingMapper, topic: str, **altered: Any) -> StoredEvent:
        """Return an example as stored, with fields altered."""
        stored = mapper.to_stored_event(EXAMPLES[topic])
        state = {**orjson.loads(stored.state), **altered}
        return StoredEvent(stored.originator_id, stored.originator_version, topic, orjson.dumps(state))

    @pytest.mark.parametrize("state", [b"", b"{", b"\xff\xfe", b"[]", b"null", b'"text"', b"{}x"])
    def test_not_an_object(self, state: bytes, mapper: SealingMapper) -> None:
        """Bytes that are no JSON object name the event they should be."""
        with pytest.raises(
            MapperDeserialisationError, match=f"case:received {CASE} version 2 cannot be read"
        ):
            mapper.to_domain_event(StoredEvent(CASE, 2, "case:received", state))

    @pytest.mark.parametrize(
        "topic, altered",
        [
            ("case:approved", {"recipient_unit_id": "nobody"}),
            ("case:approved", {"recipient_unit_id": 7}),
            ("case:approved", {"clocks": 7}),
            ("case:approved", {"clocks": [{"due": "tomorrow"}]}),
            ("case:approved", {"clocks": [{"due": 20260702}]}),
            ("case:approved", {"stopped": ["TRANSFER"]}),
            ("case:approved", {"plate": PLATE}),
            ("case:approved", {"plate": {"subject": str(CASE)}}),
            ("case:approved", {"envelope": []}),
            ("case:approved", {"envelope": {"unit_id": "nobody"}}),
            ("case:detected", {"evidence": 7}),
            ("case:detected", {"evidence": ["frame.jpg"]}),
            ("case:detected", {"evidence": [{"id": "x"}]}),
            ("case:received", {"timestamp": "now"}),
        ],
    )
    def test_field(self, topic: str, altered: dict[str, Any], mapper: SealingMapper) -> None:
        """A field of another type is refused, not passed on."""
        with pytest.raises(MapperDeserialisationError, match=f"{topic} {CASE} version"):
            mapper.to_domain_event(self.stored(mapper, topic, **altered))


def test_nested_values_are_their_classes(mapper: SealingMapper) -> None:
    """The envelope and the evidence come back as what they are, equal and hashable as before."""
    event = mapper.to_domain_event(mapper.to_stored_event(EXAMPLES["case:detected"]))
    assert isinstance(event, Case.Detected)
    assert (type(event.envelope), type(event.evidence[0])) == (Envelope, EvidenceItem)
    assert (event.envelope, event.evidence) == (ENVELOPE, [EVIDENCE])
    assert hash(event.envelope) == hash(ENVELOPE)
    assert event.timestamp.utcoffset() == timedelta(0)
    assert isinstance(event, Event)


def test_offset_is_kept(mapper: SealingMapper) -> None:
    """An instant said in Vietnamese time comes back as that instant with that offset."""
    said = legal("2026-07-03 00:00")
    example: Any = EXAMPLES["case:concluded"]
    [clock] = example.clocks
    stored = mapper.to_stored_event(replace(example, clocks=(replace(clock, due=said),)))
    loaded = mapper.to_domain_event(stored)
    assert isinstance(loaded, Case.Concluded)
    assert [(clock.due, clock.due.utcoffset()) for clock in loaded.clocks] == [(said, timedelta(hours=7))]
