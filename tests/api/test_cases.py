"""The queue: what is due first comes first, of one's own cases only, page by page."""

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest

from domain.camera import Camera
from domain.clock import LEGAL_TIME
from tests.support.api import DETECTED_AT, Installation, cursor_of
from tests.support.mutations import nothing_recorded
from tests.support.people import Person

QUERY = """
query($filter: CaseFilter, $first: Int! = 100, $after: String) {
  cases(filter: $filter, first: $first, after: $after) {
    totalCount pageInfo { hasNextPage endCursor } edges { cursor node { id } } nodes { number state due late }
  }
}
"""
NO_OFFSET = "thiếu múi giờ, chẳng hạn +07:00 · filter.dueBefore: an offset is expected, such as +07:00"
NOT_OURS = "after: không phải con trỏ của danh sách này · after: not a cursor that this list gave"


def page(person: Person, **variables: Any) -> dict[str, Any]:
    """One page of somebody's queue."""
    found: dict[str, Any] = person.ask(QUERY, **variables)["cases"]
    return found


def numbers(person: Person, **narrow: Any) -> list[str]:
    """The numbers of somebody's queue, which their total agrees with."""
    found = page(person, filter=narrow)
    assert found["totalCount"] == len(found["nodes"])
    return [node["number"] for node in found["nodes"]]


class TestOrder:
    """Legal due time first, then the instant of detection; what has no clock comes last."""

    def test_due_first(self, installation: Installation) -> None:
        """A case that was detected later is first if its step is due earlier."""
        old = installation.detected(at=DETECTED_AT - timedelta(days=2))
        new = installation.detected(at=DETECTED_AT)
        newer = installation.detected(at=DETECTED_AT + timedelta(minutes=1))
        gone = installation.detected(at=DETECTED_AT - timedelta(days=5))
        centre = installation.signed_in("centre.approve")
        centre.does("approveCase", old.id)
        centre.does("discardCase", gone.id)
        installation.project()
        nodes = page(centre)["nodes"]
        assert [(node["number"], node["state"], node["due"]) for node in nodes] == [
            (new.number, "DETECTED", "2026-06-09T00:00:00+07:00"),
            (newer.number, "DETECTED", "2026-06-09T00:00:00+07:00"),
            (old.number, "APPROVED", "2026-07-02T00:00:00+07:00"),
            (gone.number, "DISCARDED", None),
        ]

    def test_without_a_clock(self, installation: Installation) -> None:
        """A security case has no transfer clock, and waits behind what has one."""
        installation.register_camera("DH-AN-01", domain="SECURITY")
        security = installation.detected(camera="DH-AN-01", at=DETECTED_AT - timedelta(days=30))
        traffic = installation.detected()
        assert numbers(installation.signed_in("centre.approve")) == [traffic.number, security.number]


class TestScope:
    """One sees what one's unit holds or detected; an auditor with a grant sees their area."""

    def test_everybody(self, installation: Installation) -> None:
        """Lists and totals come from the same scope."""
        detected, approved = installation.detected(), installation.case_in("APPROVED")
        both = [detected.number, approved.number]
        installation.today()
        seen = {name: numbers(installation.signed_in(name)) for name in installation.tokens}
        assert seen == {
            "centre.approve": both,
            "centre.execute": both,
            "centre.admin": [],
            "centre.lead": both,
            "police.handle": [approved.number],
            "police.lead": [approved.number],
            "commune.lead": [],
            "auditor": both,
        }

    def test_auditor_of_another_area(self, installation: Installation) -> None:
        """An auditor's grant shows no case outside of the area of their unit."""
        installation.detected()
        installation.register_camera("XX-01", area_path="quang-tri/dong-ha")
        elsewhere = installation.detected(camera="XX-01")
        installation.today()
        assert elsewhere.number not in numbers(installation.signed_in("auditor"))
        assert elsewhere.number in numbers(installation.signed_in("centre.approve"))

    def test_no_look_alike_area(self, installation: Installation) -> None:
        """An area whose path merely begins with the same letters is another one."""
        installation.register_camera("XX-02", area_path="quang-binh/dong-hoi-2")
        case = installation.detected(camera="XX-02")
        installation.today()
        assert case.number not in numbers(installation.signed_in("auditor"))

    def test_auditor_without_a_grant_in_force(self, installation: Installation) -> None:
        """An auditor sees nothing before the day their grant begins, nor after it ended."""
        installation.detected()
        auditor = installation.signed_in("auditor")
        for day, seen in ((-1, 0), (1, 1), (364, 1), (366, 0)):
            installation.today()
            installation.now += timedelta(days=day)
            assert page(auditor)["totalCount"] == seen

    def test_nobody(self, installation: Installation) -> None:
        """Nobody sees the queue without signing in."""
        assert installation.anonymous.error(QUERY)["code"] == "UNAUTHENTICATED"

    def test_reading_the_list_records_nothing(self, installation: Installation) -> None:
        """Lists record nothing."""
        installation.detected()
        with nothing_recorded(installation):
            assert page(installation.signed_in("centre.approve"))["totalCount"] == 1


class TestFilter:
    """Each filter narrows; together they narrow further."""

    @pytest.fixture
    def found(self, installation: Installation) -> dict[str, str]:
        """Cases of several kinds, by name."""
        installation.register_camera("DH-02")
        made = {
            "red light": installation.detected(),
            "lane": installation.detected(rule="LANE", at=DETECTED_AT + timedelta(seconds=1)),
            "camera": installation.detected(camera="DH-02", at=DETECTED_AT + timedelta(days=1)),
            "late": installation.detected(at=DETECTED_AT - timedelta(days=60)),
        }
        installation.signed_in("centre.approve").does("approveCase", made["late"].id)
        installation.project()
        return {case.number: name for name, case in made.items()}

    @pytest.mark.parametrize(
        "narrow, names",
        [
            ({}, ["red light", "lane", "camera", "late"]),
            ({"states": None}, ["red light", "lane", "camera", "late"]),
            ({"states": ["APPROVED"]}, ["late"]),
            ({"states": ["APPROVED", "DETECTED"], "rules": ["LANE"]}, ["lane"]),
            ({"states": []}, []),
            ({"rules": ["LANE", "STOP_PARK"]}, ["lane"]),
            ({"rules": ["lane"]}, []),
            ({"cameraId": str(Camera.create_id("DH-02"))}, ["camera"]),
            ({"cameraId": str(Camera.create_id("DH-03"))}, []),
            ({"number": "DH-2026-000002"}, ["lane"]),
            ({"number": "dh-2026-000002"}, []),
            ({"number": "DH-2026-00000%"}, []),
            ({"late": True}, ["late"]),
            ({"late": False}, ["red light", "lane", "camera"]),
            ({"dueBefore": "2026-06-09T00:00:00+07:00"}, []),
            ({"dueBefore": "2026-06-08T17:00:01Z"}, ["red light", "lane"]),
            ({"dueBefore": "2026-06-10T00:00:01+07:00", "rules": ["RED_LIGHT"]}, ["red light", "camera"]),
        ],
    )
    def test_narrowed(
        self, installation: Installation, found: dict[str, str], narrow: dict[str, Any], names: list[str]
    ) -> None:
        """The queue and its total hold what the filter names, in the order of the queue."""
        shown = numbers(installation.signed_in("centre.approve"), **narrow)
        assert [found[number] for number in shown] == names

    @pytest.mark.parametrize(
        "narrow, message",
        [
            ({"cameraId": ""}, "filter.cameraId: không phải mã định danh · filter.cameraId: not an id"),
            ({"cameraId": "DH-02"}, "filter.cameraId: không phải mã định danh · filter.cameraId: not an id"),
            (
                {"dueBefore": "2026-06-09T00:00:00"},
                f"filter.dueBefore: {NO_OFFSET}",
            ),
            (
                {"dueBefore": "9999-12-31T23:59:59-14:00"},
                "filter.dueBefore: ngoài lịch · filter.dueBefore: beyond the calendar",
            ),
        ],
    )
    def test_unreadable(self, installation: Installation, narrow: dict[str, Any], message: str) -> None:
        """A filter that cannot be read is refused by name; it is never read as no filter."""
        error = installation.signed_in("centre.approve").error(QUERY, filter=narrow)
        assert (error["code"], error["message"]) == ("INVALID_INPUT", message)

    def test_scope_goes_before_the_filter(self, installation: Installation) -> None:
        """Asking for a case of others by number, camera or state finds nothing and counts nothing."""
        case = installation.detected()
        police = installation.signed_in("police.handle")
        for narrow in (
            {"number": case.number},
            {"cameraId": str(Camera.create_id("DH-NT-01"))},
            {"states": ["DETECTED"]},
        ):
            assert numbers(police, **narrow) == []


class TestPages:
    """Pages follow each other by key, so that none is skipped and none repeats."""

    @pytest.mark.parametrize("size", [100, 37])
    def test_all_of_them(self, installation: Installation, size: int) -> None:
        """250 cases, many of the same instant, come once each, in the order of the queue."""
        instants = [DETECTED_AT + timedelta(days=n % 5, minutes=n % 3) for n in range(250)]
        made = installation.many_detected(instants)
        centre = installation.signed_in("centre.approve")
        pages: list[dict[str, Any]] = []
        after = None
        while not pages or pages[-1]["pageInfo"]["hasNextPage"]:
            pages.append(page(centre, first=size, after=after))
            after = pages[-1]["pageInfo"]["endCursor"]
            assert after == pages[-1]["edges"][-1]["cursor"]
        shown = [edge["node"]["id"] for one in pages for edge in one["edges"]]
        assert {one["totalCount"] for one in pages} == {250}
        assert [len(one["nodes"]) for one in pages[:-1]] == [size] * (250 // size)
        assert sorted(shown) == sorted(str(case.id) for case in made)
        keys = [
            (node["due"], edge["node"]["id"])
            for one in pages
            for node, edge in zip(one["nodes"], one["edges"], strict=True)
        ]
        assert all(before[0] <= after[0] for before, after in pairwise(keys))
        assert page(centre, first=100, after=after) == {
            "totalCount": 250,
            "pageInfo": {"hasNextPage": False, "endCursor": None},
            "edges": [],
            "nodes": [],
        }

    def test_across_the_end_of_the_clocks(self, installation: Installation) -> None:
        """Pages go on from what has a due time to what has none."""
        installation.register_camera("DH-AN-01", domain="SECURITY")
        clocks = installation.many_detected([DETECTED_AT + timedelta(minutes=n) for n in range(3)])
        without = installation.many_detected(
            [DETECTED_AT + timedelta(minutes=n) for n in range(3)], camera="DH-AN-01"
        )
        centre = installation.signed_in("centre.approve")
        shown: list[str] = []
        after = None
        for _ in range(6):
            one = page(centre, first=1, after=after)
            shown += [node["number"] for node in one["nodes"]]
            after = one["pageInfo"]["endCursor"]
        assert shown == [case.number for case in (*clocks, *without)]
        assert one["pageInfo"]["hasNextPage"] is False

    @pytest.mark.parametrize("first", [0, -1, 101, 2_147_483_647])
    def test_size(self, installation: Installation, first: int) -> None:
        """A page holds 1 to 100 rows, whether the size is written in the document or sent beside it."""
        centre = installation.signed_in("centre.approve")
        assert centre.error(QUERY, first=first)["code"] == "PAGE_SIZE"
        assert centre.error(f"{{ cases(first: {first}) {{ totalCount }} }}")["code"] == "PAGE_SIZE"

    @pytest.mark.parametrize("first", [2_147_483_648, 1.5, "20", None])
    def test_no_size(self, installation: Installation, first: object) -> None:
        """What is no number of rows is refused before anything is read."""
        body = installation.signed_in("centre.approve").answer(QUERY, first=first)
        assert "data" not in body
        assert {e["extensions"]["code"] for e in body["errors"]} <= {"BAD_REQUEST", "PAGE_SIZE"}


class TestCursors:
    """A cursor is a place in this list; whatever is not is refused in one line."""

    @pytest.mark.parametrize(
        "after",
        [
            "",
            "x",
            "ừ",
            "bm90IGpzb24=",
            "W10=",
            "e30=",
            cursor_of("cameras", "quang-binh", "DH-NT-01", UUID(int=9)),
            cursor_of("units", "CATP"),
            cursor_of("cameras", None, DETECTED_AT, UUID(int=9)),
            cursor_of("cases", None, DETECTED_AT),
            cursor_of("cases", None, DETECTED_AT, UUID(int=9), "more"),
            cursor_of("cases", None, "yesterday", UUID(int=9)),
            cursor_of("cases", None, DETECTED_AT.replace(tzinfo=None), UUID(int=9)),
            cursor_of("cases", 7, DETECTED_AT, UUID(int=9)),
            cursor_of("cases", [], DETECTED_AT, {"a": 1}),
            cursor_of("cases", "-infinity'; --", DETECTED_AT, UUID(int=9)),
            cursor_of("cases", None, DETECTED_AT, "1"),
        ],
    )
    def test_foreign(self, installation: Installation, after: str) -> None:
        """A cursor of another list, an edited one and no cursor at all are refused alike."""
        error = installation.signed_in("centre.approve").error(QUERY, after=after)
        assert (error["code"], error["message"]) == ("INVALID_INPUT", NOT_OURS)

    def test_of_another_person(self, installation: Installation) -> None:
        """A cursor opens nothing: whoever uses another's place sees their own rows only."""
        installation.many_detected([DETECTED_AT, DETECTED_AT + timedelta(minutes=1)])
        approved = installation.case_in("APPROVED")
        cursor = page(installation.signed_in("centre.approve"), first=1)["pageInfo"]["endCursor"]
        police = page(installation.signed_in("police.handle"), after=cursor)
        assert [node["number"] for node in police["nodes"]] == [approved.number]
        assert police["totalCount"] == 1

    def test_of_a_row_that_went_on(self, installation: Installation) -> None:
        """A place in the order stays one when the row that gave it has moved."""
        [first, second] = installation.many_detected([DETECTED_AT, DETECTED_AT + timedelta(minutes=1)])
        centre = installation.signed_in("centre.approve")
        cursor = page(centre, first=1)["pageInfo"]["endCursor"]
        centre.does("approveCase", first.id)
        installation.project()
        shown = [node["number"] for node in page(centre, after=cursor)["nodes"]]
        assert shown == [second.number, first.number]


def test_due_is_shown_in_the_legal_time(installation: Installation) -> None:
    """Instants carry the offset of Việt Nam, whatever the offset they were recorded with."""
    installation.detected(at=datetime(2026, 6, 1, 17, 30, tzinfo=LEGAL_TIME).astimezone(tz=None))
    [node] = page(installation.signed_in("centre.approve"))["nodes"]
    assert node["due"] == "2026-06-09T00:00:00+07:00"
