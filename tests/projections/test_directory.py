"""Names as they were, and the registry of cameras."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest

from domain.account import Account
from domain.camera import Camera
from domain.case import Case
from domain.commands.application import CaseSystem
from domain.personal import Personal
from domain.unit import Unit
from projections import camera_registry, directory, history
from projections.camera_registry import CameraRegistry, RegistryFilter
from projections.case_queue import CaseQueue, fold
from projections.directory import UNITS, Directory, UnitNarrow
from projections.scope import Scope
from store.keys import Keys
from tests.support.cases import approved, detected
from tests.support.following import Model
from tests.support.record import happened
from tests.support.spec import CENTRE, CITY, SOMEBODY, Fact, fact, recorded

UNIT, ACCOUNT, CASE = UUID(int=0x701), UUID(int=0x702), UUID(int=0x703)
ALL = Scope("true")


@pytest.fixture(scope="module")
def positions(app: CaseSystem) -> dict[str, int]:
    """A unit and a person, renamed after they acted on a case; where each event lies."""
    unit = [
        fact(Unit.Registered, code="CATP", name="Công an thành phố", kind="CITY_POLICE", area_path=CITY),
        fact(Unit.Renamed, name="Công an phường"),
    ]
    person = [
        fact(
            Account.Opened,
            name="police.handle",
            full_name=Personal.said(ACCOUNT, "Nguyễn Thị Mẫu"),
            unit_id=UNIT,
            role="HANDLER",
            leader=False,
        ),
        fact(Account.Renamed, full_name=Personal.said(ACCOUNT, "Trần Thị Mẫu"), document="9/QĐ"),
    ]
    case = [detected(), approved(CASE).under(by=str(ACCOUNT), unit_id=UNIT)]
    found = {}
    queue: list[tuple[str, type[Unit | Account | Case], UUID, list[Fact], int]] = [
        ("unit", Unit, UNIT, unit, 1),
        ("person", Account, ACCOUNT, person, 1),
        ("detected", Case, CASE, case, 1),
        ("approved", Case, CASE, case, 2),
        ("unit-renamed", Unit, UNIT, unit, 2),
        ("person-renamed", Account, ACCOUNT, person, 2),
    ]
    for name, cls, noun, facts, version in queue:
        found[name] = step(app, cls, noun, facts, version)
    return found


def step(
    app: CaseSystem, cls: type[Unit | Account | Case], noun: UUID, facts: list[Fact], version: int
) -> int:
    """Put one of the facts on record; return its position."""
    event = recorded(facts, cls, noun)[version - 1]
    (position,) = app.recorder.insert_events([app.mapper.to_stored_event(event)]) or ()
    return position


@pytest.fixture
def names(common: str, app: CaseSystem, positions: dict[str, int]) -> Iterator[Model]:
    """The directory of them."""
    with Model(common, Directory(), app) as names:
        names.follow()
        yield names


def keys_of(app: CaseSystem) -> Keys:
    """Return the keys that the application seals with."""
    found = app.mapper.keys  # type: ignore[attr-defined] # our mapper has them
    assert isinstance(found, Keys)
    return found


class TestNames:
    """An act shows the names of its own time."""

    def test_before_and_after(self, names: Model, positions: dict[str, int]) -> None:
        """A unit has the name it had at that position: the new one from its renaming on."""
        at = [positions[name] for name in ("unit", "approved", "unit-renamed", "person-renamed")]
        entries = directory.as_of(names.conn, [(UNIT, position) for position in at])
        assert [entries[UNIT, position].name for position in at] == [
            "Công an thành phố",
            "Công an thành phố",
            "Công an phường",
            "Công an phường",
        ]

    def test_person(self, app: CaseSystem, names: Model, positions: dict[str, int]) -> None:
        """A person as well; their names lie sealed, the account's name does not."""
        at = [positions["approved"], positions["person-renamed"]]
        entries = directory.as_of(names.conn, [(ACCOUNT, position) for position in at])
        sealed = [entries[ACCOUNT, position].sealed_name for position in at]
        assert keys_of(app).open([name for name in sealed if name]) == ["Nguyễn Thị Mẫu", "Trần Thị Mẫu"]
        assert {(e.code, e.noun, e.kind, e.owner_unit) for e in entries.values()} == {
            ("police.handle", "account", "HANDLER", UNIT)
        }
        assert "Mẫu" not in str(names.rows("subject_id, since"))

    def test_before_there_was_one(self, names: Model, positions: dict[str, int]) -> None:
        """Before it existed, something had no name; what never existed has none ever."""
        wanted = [(ACCOUNT, positions["unit"]), (UUID(int=1), positions["approved"])]
        assert directory.as_of(names.conn, wanted) == {}

    def test_by_instant(self, names: Model) -> None:
        """The same by instant: what had been recorded by then."""
        first, second = (SOMEBODY.took_place_at + timedelta(seconds=n) for n in (1, 2))
        instants = [first - timedelta(microseconds=1), first, second - timedelta(microseconds=1), second]
        entries = directory.as_of_instant(names.conn, [(UNIT, instant) for instant in instants])
        assert [entries[UNIT, i].name if (UNIT, i) in entries else None for i in instants] == [
            None,
            "Công an thành phố",
            "Công an thành phố",
            "Công an phường",
        ]

    def test_now(self, names: Model) -> None:
        """As of now, the last one counts; lists show each unit once."""
        assert directory.current(names.conn, [UNIT])[UNIT].name == "Công an phường"
        listed = UNITS.page(names.conn, ALL, UnitNarrow(kind="CITY_POLICE"), first=10)
        assert [(entry.code, entry.name, entry.version) for entry in listed] == [
            ("CATP", "Công an phường", 2)
        ]
        assert UNITS.total(names.conn, ALL, UnitNarrow(code="CATP")) == 1
        assert UNITS.total(names.conn, ALL, UnitNarrow(kind="OTHER_BODY")) == 0
        assert UNITS.page(names.conn, ALL, UnitNarrow(), first=10, after=["CATP"]) == []


class TestHistory:
    """The steps of a case, from the log itself."""

    def test_steps(self, app: CaseSystem, names: Model, positions: dict[str, int]) -> None:
        """Each step has its position and the names its actor and unit had then, though both were renamed since."""
        _, approval = history.steps(names.conn, history.read(names.conn, app.mapper, CASE))
        assert (approval.position, type(approval.event)) == (positions["approved"], Case.Approved)
        assert approval.unit is not None
        assert approval.actor is not None
        assert approval.actor.sealed_name is not None
        assert (approval.unit.name, keys_of(app).open([approval.actor.sealed_name])) == (
            "Công an thành phố",
            ["Nguyễn Thị Mẫu"],
        )

    def test_machine(self, app: CaseSystem, names: Model) -> None:
        """A process has no entry: its name is in the envelope."""
        detection = history.steps(names.conn, history.read(names.conn, app.mapper, CASE))[0]
        assert (detection.actor, detection.event.envelope.by) == (None, "system:intake")
        assert history.account_of(detection.event) is None

    def test_as_of(self, common: str, app: CaseSystem, positions: dict[str, int]) -> None:
        """As of an instant, a case is the row the queue had then: the instant itself is included."""
        recorded_at = SOMEBODY.took_place_at
        with Model(common, CaseQueue(), app) as queue:
            shown = []
            for instant in (recorded_at, *(recorded_at + timedelta(seconds=n) for n in (1, 2))):
                row = history.state(history.read(queue.conn, app.mapper, CASE, as_of=instant), fold)
                shown.append((row.state, row.position) if row else None)
            queue.follow()
            now = history.state(history.read(queue.conn, app.mapper, CASE), fold)
            row = queue.conn.execute(
                "SELECT version, state FROM case_queue WHERE case_id = %s", (CASE,)
            ).fetchone()
        assert shown == [
            None,
            ("DETECTED", positions["detected"]),
            ("APPROVED", positions["approved"]),
        ]
        assert now is not None
        assert row == (now.version, now.state) == (2, "APPROVED")


AREAS = (f"{CITY}/bac-ly", f"{CITY}/nam-ly", f"{CITY}/nam-ly/to-1", f"{CITY}/nam-ly-2")


@pytest.fixture(scope="module")
def cameras(app: CaseSystem) -> list[str]:
    """Twelve cameras in four areas, one of them renamed; their codes in order."""
    codes = []
    for n in range(12):
        area = AREAS[n % 4]
        code = f"CAM-{11 - n:02d}"
        registered = fact(
            Camera.Registered,
            code=code,
            name="Camera",
            camera_class="PUBLIC" if n % 2 else "SMART_CITY",
            domain="TRAFFIC",
            area_path=area,
            operating_unit_id=CENTRE.id,
            kind="OTHER",
            placement="PUBLIC",
            manager_unit_id=None,
            custodian_unit_id=None,
            longitude=None,
            latitude=None,
            view=None,
            channel=None,
            in_use=True,
        )
        renamed = [fact(Camera.Renamed, name="Tên mới")] if n == 0 else []
        happened(app, Camera, UUID(int=0x800 + n), registered, *renamed)
        codes.append((area, code))
    return [code for _, code in sorted(codes)]


class TestRegistry:
    """Cameras in the order of areas and codes."""

    @pytest.fixture
    def registry(self, common: str, app: CaseSystem, cameras: list[str]) -> Iterator[Model]:
        """The registry of them."""
        with Model(common, CameraRegistry(), app) as registry:
            registry.follow()
            yield registry

    @pytest.mark.parametrize("size", [1, 5, 12, 13])
    def test_pages(self, registry: Model, cameras: list[str], size: int) -> None:
        """Pages of any size together are the whole, in order."""
        seen: list[str] = []
        after: tuple[object, ...] | None = None
        while rows := camera_registry.LISTING.page(
            registry.conn, ALL, RegistryFilter(), first=size, after=after
        ):
            seen += [row.code for row in rows]
            assert len(seen) <= len(cameras), "a page goes back"
            after = camera_registry.LISTING.place_of(rows[-1])
        assert seen == cameras
        assert camera_registry.LISTING.total(registry.conn, ALL, RegistryFilter()) == 12

    @pytest.mark.parametrize(
        "narrow, count",
        [
            (RegistryFilter(code="CAM-00"), 1),
            (RegistryFilter(code="CAM-0%"), 0),
            (RegistryFilter(camera_class="PUBLIC"), 6),
            (RegistryFilter(area_path=f"{CITY}/nam-ly"), 6),
            (RegistryFilter(area_path=CITY), 12),
            (RegistryFilter(area_path="quang-binh/dong"), 0),
        ],
    )
    def test_filter(self, registry: Model, narrow: RegistryFilter, count: int) -> None:
        """By code, by class, and by area with what lies within it; a look-alike path is another area."""
        rows = camera_registry.LISTING.page(registry.conn, ALL, narrow, first=100, after=None)
        assert (len(rows), camera_registry.LISTING.total(registry.conn, ALL, narrow)) == (count, count)

    def test_renamed(self, registry: Model) -> None:
        """A renamed camera shows its new name and version, and all else as registered."""
        row = camera_registry.by_ids(registry.conn, [UUID(int=0x800)])[UUID(int=0x800)]
        assert (row.name, row.version, row.code, row.area_path, row.owner_unit, row.tier) == (
            "Tên mới",
            2,
            "CAM-11",
            f"{CITY}/bac-ly",
            CENTRE.id,
            0,
        )
