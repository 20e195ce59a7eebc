"""The queue and the details: a row for every step of a case, in the order of what is due."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from domain.case import Case
from domain.commands.application import CaseSystem
from projections import case_detail
from projections.case_detail import CaseDetail
from projections.case_queue import LISTING, CaseQueue, QueueFilter, by_ids, by_number
from projections.scope import NOTHING, Scope
from store.keys import Keys
from tests.support.cases import (
    CENTRE_ACTS,
    DETECTED_AT,
    LIMITATION,
    NOTIFY_BY,
    PLATE,
    TEXT,
    TRANSFER_BY,
    VERIFY_BY,
    WAY,
    approved,
    clock,
    concluded,
    detected,
    discarded,
    stopped,
)
from tests.support.following import Model
from tests.support.invented import EVIDENCE
from tests.support.record import happened
from tests.support.spec import CENTRE, CITY, POLICE, Fact, legal

ALL = Scope("true")
NARROW = QueueFilter()


@pytest.fixture
def queue(common: str, app: CaseSystem) -> Iterator[Model]:
    """The queue."""
    with Model(common, CaseQueue(), app) as queue:
        yield queue


@pytest.fixture
def detail(common: str, app: CaseSystem) -> Iterator[Model]:
    """The details."""
    with Model(common, CaseDetail(), app) as detail:
        yield detail


def way(case: UUID, number: str, length: int) -> list[Fact]:
    """Return the first steps of a case that goes the whole way."""
    facts = [
        detected(number=number),
        approved(case),
        WAY[2],
        WAY[3],
        concluded(case, stopped=(stopped("VERIFY", late=True),)),
        WAY[5],
    ]
    return facts[:length]


class TestRow:
    """What the queue shows of a case after each step."""

    @pytest.mark.parametrize(
        "length, shown",
        [
            (1, ("DETECTED", TRANSFER_BY, "R-DH-11.3.a1", CENTRE.id, False, False, None, False)),
            (2, ("APPROVED", VERIFY_BY, "R-DH-11.3.b3", POLICE.id, False, False, None, False)),
            (3, ("RECEIVED", VERIFY_BY, "R-DH-11.3.b3", POLICE.id, True, False, None, False)),
            (4, ("VERIFYING", VERIFY_BY, "R-DH-11.3.b3", POLICE.id, True, False, None, False)),
            (5, ("CONCLUDED", NOTIFY_BY, "R-DH-11.3.b5", POLICE.id, True, False, "VIOLATION", True)),
            (6, ("CONCLUDED", LIMITATION, "R-VN-LXLVPHC-6.1.a", POLICE.id, True, True, "VIOLATION", True)),
        ],
    )
    def test_along_the_way(
        self, app: CaseSystem, queue: Model, length: int, shown: tuple[object, ...]
    ) -> None:
        """State, clock with its rule, holder, marks and finding follow the case; late stays late."""
        case, number = UUID(int=0x1000 + length), f"DH-2026-10000{length}"
        position = happened(app, Case, case, *way(case, number, length))[-1]
        queue.follow()
        row = by_ids(queue.conn, [case])[case]
        assert (
            row.state,
            row.due,
            row.due_rule,
            row.holder_unit_id,
            row.received,
            row.notified,
            row.finding,
            row.late,
        ) == shown
        assert (row.version, row.position, row.number) == (length, position, number)
        assert (row.detecting_unit_id, row.area_path, row.tier) == (CENTRE.id, f"{CITY}/nam-ly", 0)
        assert (row.approved_by, row.approving_unit_id) == (
            (CENTRE_ACTS["by"], CENTRE_ACTS["unit_id"]) if length > 1 else (None, None)
        )
        assert by_number(queue.conn, number) == row

    def test_discarded(self, app: CaseSystem, queue: Model) -> None:
        """A discarded case stays where it was and has no clock."""
        case = UUID(int=0x1010)
        ended = (stopped("TRANSFER", late=True), stopped("LIMITATION"))
        happened(app, Case, case, detected(number="DH-2026-100010"), discarded(case, stopped=ended))
        queue.follow()
        row = by_ids(queue.conn, [case])[case]
        assert (row.state, row.due, row.due_rule, row.owner_unit, row.late) == (
            "DISCARDED",
            None,
            None,
            CENTRE.id,
            True,
        )

    def test_late_stays_late(self, app: CaseSystem, queue: Model) -> None:
        """What was late once is marked late, though later steps were in time."""
        case = UUID(int=0x1012)
        late = [detected(number="DH-2026-100012"), approved(case, stopped=(stopped("TRANSFER", late=True),))]
        happened(app, Case, case, *late, WAY[2], WAY[3], concluded(case), WAY[5])
        queue.follow()
        assert by_ids(queue.conn, [case])[case].late is True

    def test_plate_is_sealed(self, app: CaseSystem, queue: Model) -> None:
        """The plate lies sealed in the row and opens with the case's key."""
        case = UUID(int=0x1011)
        happened(app, Case, case, *way(case, "DH-2026-100011", 2))
        queue.follow()
        row = by_ids(queue.conn, [case])[case]
        assert row.plate is not None
        assert PLATE not in row.plate
        assert row.sealed_plate is not None
        assert keys_of(app).open([row.sealed_plate]) == [PLATE]

    def test_unknown(self, queue: Model) -> None:
        """What is not there has no row."""
        assert by_ids(queue.conn, [UUID(int=1)]) == {}
        assert by_number(queue.conn, "DH-2026-999999") is None


def keys_of(app: CaseSystem) -> Keys:
    """Return the keys that the application seals with."""
    found = app.mapper.keys  # type: ignore[attr-defined] # our mapper has them
    assert isinstance(found, Keys)
    return found


class TestDetail:
    """What a case shows beyond its row."""

    @pytest.mark.rule("R-QT-6.2.b", "R-YB-11.4.0")
    def test_evidence(self, app: CaseSystem, detail: Model) -> None:
        """The evidence, the model and the source are those of the proposal."""
        case = UUID(int=0x1020)
        happened(app, Case, case, *way(case, "DH-2026-100020", 1))
        detail.follow()
        row = case_detail.by_ids(detail.conn, {case})[case]
        assert [(item["id"], item["sha256"], item["size"]) for item in row.evidence] == [
            (str(EVIDENCE.id), EVIDENCE.sha256, EVIDENCE.size)
        ]
        assert datetime.fromisoformat(row.evidence[0]["captured_at"]) == EVIDENCE.captured_at
        assert (row.confidence, row.model, row.model_sha256, row.source_sha256) == (
            0.75,
            "scenes-nano",
            "b" * 64,
            "c" * 64,
        )
        assert (row.text, row.sealed_text, row.note, row.owner_unit) == (None, None, None, CENTRE.id)

    def test_words_are_sealed(self, app: CaseSystem, detail: Model) -> None:
        """The words of the conclusion lie sealed, under the holder's scope."""
        case = UUID(int=0x1021)
        happened(app, Case, case, *way(case, "DH-2026-100021", 6))
        detail.follow()
        row = case_detail.by_ids(detail.conn, {case})[case]
        assert (row.owner_unit, row.version) == (POLICE.id, 6)
        assert row.text is not None
        assert TEXT not in row.text
        assert row.sealed_text is not None
        assert keys_of(app).open([row.sealed_text]) == [TEXT]

    def test_note(self, app: CaseSystem, detail: Model) -> None:
        """A discarded case keeps its note, sealed; without one there is none."""
        noted, bare = UUID(int=0x1022), UUID(int=0x1023)
        happened(app, Case, noted, detected(number="DH-2026-100022"), discarded(noted))
        happened(app, Case, bare, detected(number="DH-2026-100023"), discarded(bare, note=None))
        detail.follow()
        rows = case_detail.by_ids(detail.conn, {noted, bare})
        assert (rows[noted].note is None, rows[bare].note) == (False, None)
        assert case_detail.by_ids(detail.conn, set()) == {}


DAYS = 6
ORDERED = "kind = 'ORDERED'"


@pytest.fixture(scope="module")
def cases(common: str, app: CaseSystem) -> list[tuple[datetime, datetime, UUID]]:
    """Forty cases that share due times and detection times; where each belongs, earliest first."""
    chance = random.Random(7)  # noqa: S311 — a mixture, not a secret
    late = legal("9999-01-01 00:00")
    found = []
    for n in range(40):
        case = UUID(int=chance.getrandbits(128))
        due = TRANSFER_BY + timedelta(days=chance.randrange(DAYS)) if n % 4 else None
        seen = DETECTED_AT + timedelta(microseconds=chance.randrange(3))
        number = f"DH-2026-2000{n:02d}"
        clocks = (clock("TRANSFER", due=due),) if due else ()
        happened(
            app,
            Case,
            case,
            detected(number=number, rule="ORDERED", clocks=clocks, detected_at=seen),
        )
        found.append((due or late, seen, case))
    with Model(common, CaseQueue(), app) as queue:
        queue.follow()
    return sorted(found)


class TestOrder:
    """What is due first comes first."""

    def test_order(self, queue: Model, cases: list[tuple[datetime, datetime, UUID]]) -> None:
        """By what is due, then by what was seen first; what has no clock comes last."""
        rows = LISTING.page(queue.conn, Scope(ORDERED), NARROW, first=100, after=None)
        assert [row.case_id for row in rows] == [case for _, _, case in cases]
        assert [row.due is None for row in rows] == [False] * 30 + [True] * 10

    @pytest.mark.parametrize("size", [1, 2, 3, 7, 39, 40, 41])
    def test_pages(self, queue: Model, cases: list[tuple[datetime, datetime, UUID]], size: int) -> None:
        """Pages of any size together are the whole, nothing twice and nothing left out."""
        seen: list[UUID] = []
        after: tuple[object, ...] | None = None
        while rows := LISTING.page(queue.conn, Scope(ORDERED), NARROW, first=size, after=after):
            seen += [row.case_id for row in rows]
            assert len(seen) <= len(cases), "a page goes back"
            after = LISTING.place_of(rows[-1])
        assert seen == [case for _, _, case in cases]
        assert LISTING.total(queue.conn, Scope(ORDERED), NARROW) == 40

    def test_the_middle_may_go(self, common: str, app: CaseSystem, cases: list[object]) -> None:
        """A row that moves between two pages takes no other with it."""
        with Model(common, CaseQueue(), app) as queue, queue.conn.transaction(force_rollback=True):
            first = LISTING.page(queue.conn, Scope(ORDERED), NARROW, first=10, after=None)
            queue.conn.execute("DELETE FROM case_queue WHERE case_id = %s", (first[-1].case_id,))
            rest = LISTING.page(
                queue.conn, Scope(ORDERED), NARROW, first=100, after=LISTING.place_of(first[-1])
            )
        assert len({row.case_id for row in first + rest}) == len(cases)


class TestNarrow:
    """What a reader asks for."""

    @pytest.mark.parametrize(
        "narrow, found",
        [
            (QueueFilter(), [1, 2, 3, 4]),
            (QueueFilter(states=["APPROVED"]), [2, 4]),
            (QueueFilter(states=["APPROVED", "DETECTED"]), [1, 2, 3, 4]),
            (QueueFilter(states=[]), []),
            (QueueFilter(camera_id=UUID(int=0xCB)), [3]),
            (QueueFilter(number="DH-2026-300004"), [4]),
            (QueueFilter(number="DH-2026-30000_"), []),
            (QueueFilter(due_before=VERIFY_BY), [1, 3]),
            (QueueFilter(due_before=TRANSFER_BY), []),
            (QueueFilter(late=True), [4]),
            (QueueFilter(late=False, states=["APPROVED"]), [2]),
        ],
    )
    def test_filter(self, app: CaseSystem, queue: Model, narrow: QueueFilter, found: list[int]) -> None:
        """Lists and totals are narrowed alike."""
        for n in range(1, 5):
            case = UUID(int=0x3000 + n)
            if not app.recorder.select_events(case):
                seen = detected(
                    number=f"DH-2026-30000{n}",
                    rule="NARROWED",
                    camera_id=UUID(int=0xCB if n == 3 else 0xCA),
                )
                later = [approved(case, stopped=(stopped("TRANSFER", late=n == 4),))] if n in {2, 4} else []
                happened(app, Case, case, seen, *later)
        queue.follow()
        scope = Scope("kind = 'NARROWED'")
        rows = LISTING.page(queue.conn, scope, narrow, first=100, after=None)
        assert sorted(row.case_id.int - 0x3000 for row in rows) == found
        assert LISTING.total(queue.conn, scope, narrow) == len(found)

    def test_nothing(self, queue: Model) -> None:
        """Whoever may see nothing sees nothing, and a total of nothing."""
        assert LISTING.page(queue.conn, NOTHING, NARROW, first=100, after=None) == []
        assert LISTING.total(queue.conn, NOTHING, NARROW) == 0
        assert LISTING.total(queue.conn, ALL, NARROW) > 0
