"""One case as of an earlier instant, with the names it had then."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.account import Account
from domain.camera import Camera
from domain.personal import Personal
from domain.unit import Unit
from tests.support.api import DETECTED_AT, Installation
from tests.support.people import CASE, case_of


class TestPast:
    """As of an instant: what had been recorded by then, under the names of then."""

    def test_each_step(self, installation: Installation) -> None:
        """As of the recording of each step the case is what that step made it."""
        case = installation.case_in("NOTIFIED")
        centre = installation.signed_in("centre.approve")
        recorded = [step["recordedAt"] for step in case_of(centre, id=str(case.id))["history"]]
        shown = [case_of(centre, number=case.number, asOf=instant) for instant in recorded]
        assert [(one["state"], one["version"], one["received"], one["notified"]) for one in shown] == [
            ("DETECTED", 1, False, False),
            ("APPROVED", 2, False, False),
            ("RECEIVED", 3, True, False),
            ("VERIFYING", 4, True, False),
            ("CONCLUDED", 5, True, False),
            ("CONCLUDED", 6, True, True),
        ]
        assert [one["holder"]["code"] for one in shown] == ["TTGSDH"] + ["CATP"] * 5
        assert [one["plate"] for one in shown] == [None] + ["73A-123.45"] * 5
        assert [one["conclusion"] for one in shown] == [None] * 4 + ["Vượt đèn đỏ, hình ảnh rõ"] * 2
        assert [len(one["history"]) for one in shown] == [1, 2, 3, 4, 5, 6]
        assert all(one["availableActions"] == [] for one in shown)

    def test_names_of_then(self, installation: Installation) -> None:
        """After unit, person and camera were renamed, the past keeps the old names and the present has the new."""
        case = installation.case_in("APPROVED")
        centre = installation.signed_in("centre.approve")
        then = case_of(centre, id=str(case.id))["history"][-1]["recordedAt"]
        _rename_all(installation)
        installation.project()
        now, before = case_of(centre, id=str(case.id)), case_of(centre, id=str(case.id), asOf=then)

        assert now["holder"] == {"code": "CATP", "name": "Công an phường Đồng Hới"}
        assert now["camera"] == {
            "code": "DH-NT-01",
            "name": "Nút giao Nam Lý",
            "operatingUnit": {"name": "Trung tâm điều hành thông minh"},
        }
        assert before["holder"] == {"code": "CATP", "name": "Công an thành phố"}
        assert before["camera"] == {
            "code": "DH-NT-01",
            "name": "Ngã tư Nam Lý, hướng Bắc",
            "operatingUnit": {"name": "Trung tâm Giám sát điều hành"},
        }
        step = ("Nguyễn Văn An (centre.approve)", "Trung tâm Giám sát điều hành")
        assert (now["history"][1]["by"], now["history"][1]["unit"]) == step
        assert before["history"] == now["history"]
        asked = (
            "query($id: ID!, $asOf: DateTime) {"
            " case(id: $id, asOf: $asOf, purpose: VIOLATION_HANDLING) { camera { history { event } } } }"
        )
        events = [
            [
                step["event"]
                for step in centre.ask(asked, id=str(case.id), asOf=at)["case"]["camera"]["history"]
            ]
            for at in (then, None)
        ]
        assert [len(told) for told in events] == [1, 2]

        me = centre.ask("{ me { name fullName unit { name } } }")["me"]
        assert me == {
            "name": "centre.approve",
            "fullName": "Nguyễn Thị Ánh",
            "unit": {"name": "Trung tâm điều hành thông minh"},
        }

    def test_later_acts_have_the_new_names(self, installation: Installation) -> None:
        """What is done after a renaming is told with the new names, and what was done before with the old."""
        case = installation.case_in("APPROVED")
        _rename_all(installation)
        installation.project()
        installation.signed_in("police.handle").does("receiveCase", case.id)
        installation.project()
        history = case_of(installation.signed_in("centre.approve"), id=str(case.id))["history"]
        assert [(step["by"], step["unit"]) for step in history[1:]] == [
            ("Nguyễn Văn An (centre.approve)", "Trung tâm Giám sát điều hành"),
            ("Phạm Thị Dung (police.handle)", "Công an phường Đồng Hới"),
        ]

    def test_before_it_was(self, installation: Installation) -> None:
        """Before it was recorded there was no case, even where the act lies further back."""
        case = installation.detected()
        centre = installation.signed_in("centre.approve")
        recorded = datetime.fromisoformat(case_of(centre, id=str(case.id))["history"][0]["recordedAt"])
        assert case_of(centre, id=str(case.id), asOf=recorded.isoformat())["state"] == "DETECTED"
        just_before = recorded - timedelta(microseconds=1)
        assert case_of(centre, id=str(case.id), asOf=just_before.isoformat()) is None
        assert case_of(centre, id=str(case.id), asOf=DETECTED_AT.isoformat()) is None

    def test_offsets(self, installation: Installation) -> None:
        """An instant is the same with any offset, and in the future it is now."""
        case = installation.case_in("APPROVED")
        centre = installation.signed_in("centre.approve")
        then = datetime.fromisoformat(case_of(centre, id=str(case.id))["history"][0]["recordedAt"])
        for instant in (then.isoformat(), then.astimezone(UTC).isoformat().replace("+00:00", "Z")):
            assert case_of(centre, id=str(case.id), asOf=instant)["state"] == "DETECTED"
        assert case_of(centre, id=str(case.id), asOf="2999-01-01T00:00:00Z")["state"] == "APPROVED"

    @pytest.mark.parametrize(
        "instant, code",
        [
            ("2026-06-01T08:00:00", "INVALID_INPUT"),
            ("2026-06-01", "INVALID_INPUT"),
            ("0001-01-01T00:00:00+14:00", "INVALID_INPUT"),
            ("9999-12-31T23:59:59-14:00", "INVALID_INPUT"),
            ("yesterday", "BAD_REQUEST"),
            ("2026-02-30T00:00:00Z", "BAD_REQUEST"),
            (0, "BAD_REQUEST"),
        ],
    )
    def test_no_instant(self, installation: Installation, instant: object, code: str) -> None:
        """A time without an offset is nobody's, and what is no instant is refused."""
        case = installation.detected()
        error = installation.signed_in("centre.approve").error(CASE, id=str(case.id), asOf=instant)
        assert error["code"] == code


def _rename_all(installation: Installation) -> None:
    """Rename both units, the approving person and the camera."""
    operator = installation.operator
    with installation.founding():
        unit = operator.find(Unit, Unit.create_id("CATP"))
        unit.rename("Công an phường Đồng Hới")
        centre = operator.find(Unit, Unit.create_id("TTGSDH"))
        centre.rename("Trung tâm điều hành thông minh")
        person = operator.find(Account, Account.create_id("centre.approve"))
        named = Personal.said(person.id, "Nguyễn Thị Ánh")
        person.trigger_event(Account.Renamed, full_name=named, document="9/QĐ-VP")
        camera = operator.find(Camera, Camera.create_id("DH-NT-01"))
        camera.rename("Nút giao Nam Lý")
        for renamed in (unit, centre, person, camera):
            operator.record(renamed)
