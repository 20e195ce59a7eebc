"""Each side branch of the procedure before a record is drawn, through GraphQL alone."""

from datetime import timedelta
from typing import Any

import pytest

from domain.account import Account
from tests.support.api import Installation
from tests.support.casework import JULY, Casework, detected, on, verifying
from tests.support.people import POLICE


class TestBack:
    """A case that goes back, or on."""

    def test_returned(self, installation: Installation) -> None:
        """The Centre holds again what the police returned, and may approve it again."""
        work = verifying(installation)
        assert work.does("returnCase") == "RETURNED"
        shown = work.shows("holder { code } transfers { event text recipient { code } }", to="centre.approve")
        assert shown["holder"] == {"code": "TTGSDH"}
        assert shown["transfers"][1] == {
            "event": "case:returned",
            "text": "Ảnh không thuộc địa bàn",
            "recipient": {"code": "TTGSDH"},
        }
        assert work.refused("returnCase")["code"] == "NOT_FOUND"
        assert work.does("approveCase") == "APPROVED"

    def test_forwarded_inside(self, installation: Installation) -> None:
        """Another unit holds what was forwarded to it, with the clocks as they run."""
        other = installation.register_unit("CATP-2", kind="CITY_POLICE")
        installation.open_account("other.handle", unit_id=other, role="HANDLER")
        installation.project()
        work = verifying(installation)
        went = work.does("forwardCase", recipientUnitId=str(other), outside=None, channel="SOFTWARE")
        assert went == "APPROVED"
        shown = work.shows("holder { code } obligations { timer unit { code } }", to="other.handle")
        assert shown["holder"] == {"code": "CATP-2"}
        assert {one["unit"]["code"] for one in shown["obligations"]} == {"CATP-2"}
        assert work.does("receiveCase", by="other.handle") == "RECEIVED"

    def test_forwarded_outside(self, installation: Installation) -> None:
        """A body outside of the system is named with how it went; the case ends here."""
        work = verifying(installation)
        assert work.refused("forwardCase", receiver=None)["path"] == "receiver"
        assert work.refused("forwardCase", channel="SOFTWARE")["path"] == "channel"
        assert work.does("forwardCase") == "FORWARDED"
        shown = work.shows(
            "obligations { timer } transfers { event channel reference receiver outside recipient { code } }"
        )
        assert shown["obligations"] == []
        assert shown["transfers"][1] == {
            "event": "case:forwarded",
            "channel": "DOCUMENT",
            "reference": "45/CV-CA",
            "receiver": "Người Nhận",
            "outside": "Phòng CSGT Công an tỉnh khác",
            "recipient": None,
        }

    def test_assigned(self, installation: Installation) -> None:
        """One takes a case upon oneself, or is given it by the head; of others one learns nothing."""
        installation.open_account("police.second", unit_id=POLICE, role="HANDLER")
        work = verifying(installation)
        second = str(Account.create_id("police.second"))
        refusals = [
            work.refused("assignCase", by="police.lead", accountId=account)
            for account in (str(Account.create_id("centre.approve")), second.replace(second[:4], "0000"))
        ]
        assert refusals[0] == refusals[1]
        assert refusals[0]["path"] == "accountId"
        assert work.refused("assignCase", accountId=second)["code"] == "FORBIDDEN"
        work.does("assignCase", by="police.lead", accountId=second)
        assert work.shows("assignee { accountId }") == {"assignee": {"accountId": second}}
        work.does("assignCase")
        assert work.shows("assignee { name }") == {"assignee": {"name": "Phạm Thị Dung (police.handle)"}}

    def test_verifiers(self, installation: Installation) -> None:
        """Those who verify are of the unit."""
        work = detected(installation)
        work.does("approveCase")
        work.does("receiveCase")
        stranger = str(Account.create_id("centre.approve"))
        assert work.refused("startVerification", verifiers=[stranger])["path"] == "verifiers"
        lead = str(Account.create_id("police.lead"))
        work.does("startVerification", verifiers=[lead])
        assert work.shows("assignee { accountId }") == {"assignee": {"accountId": lead}}


def test_security(installation: Installation) -> None:
    """An abnormal event has no time limits, and ends when it is handled."""
    installation.register_camera("S-01", domain="SECURITY")
    work = detected(installation, camera="S-01")
    work.does("approveCase", plate=None, plateUnreadable=True)
    work.does("receiveCase")
    assert work.refused("startVerification")["code"] == "WRONG_STATE"
    assert work.does("handleCase") == "HANDLED"
    assert work.shows("domain obligations { timer } plate") == {
        "domain": "SECURITY",
        "obligations": [],
        "plate": None,
    }


def test_plate_or_none(installation: Installation) -> None:
    """Whoever approves says the plate, or that none can be read; not both, and not neither."""
    work = detected(installation)
    for given in ({"plate": None}, {"plateUnreadable": True}, {"plate": None, "plateUnreadable": False}):
        assert work.refused("approveCase", **given)["path"] == "plate"


class TestDuplicates:
    """One violation, one case."""

    @pytest.fixture
    def pair(self, installation: Installation) -> tuple[Casework, Casework]:
        """Two cases of one plate at one place, four minutes apart, however the plate was typed."""
        first, second = detected(installation), detected(installation, at=JULY + timedelta(minutes=4))
        first.does("approveCase", plate="73A-123.45")
        second.does("approveCase", plate="73a12345")
        for work in (first, second):
            work.does("receiveCase")
        return first, second

    def test_suspected(self, pair: tuple[Casework, Casework]) -> None:
        """Each shows the other once it is looked for, to whoever may see both."""
        first, second = pair
        ask = "marks duplicates { id number state }"
        shown = second.shows(ask)
        assert "DUPLICATE_SUSPECTED" in shown["marks"]
        assert shown["duplicates"] == [
            {"id": str(first.case.id), "number": first.case.number, "state": "RECEIVED"}
        ]
        assert first.shows(ask)["duplicates"] == []
        first.does("startVerification")
        assert [one["id"] for one in first.shows(ask)["duplicates"]] == [str(second.case.id)]

    def test_of_others(self, installation: Installation, pair: tuple[Casework, Casework]) -> None:
        """Of a case outside of one's scope nothing is shown but the id to name it by."""
        other = installation.register_unit("CATP-2", kind="CITY_POLICE")
        installation.project()
        first, second = pair
        first.does("forwardCase", recipientUnitId=str(other), outside=None, channel="SOFTWARE")
        assert second.shows("duplicates { id number state }")["duplicates"] == [
            {"id": str(first.case.id), "number": None, "state": None}
        ]
        assert second.refused("mergeCase", intoCaseId=str(first.case.id))["code"] == "NOT_FOUND"
        second.does("keepCase", otherCaseId=str(first.case.id))
        assert second.shows("duplicates { id }")["duplicates"] == []

    def test_merged(self, pair: tuple[Casework, Casework]) -> None:
        """The other case stands for one that was merged."""
        first, second = pair
        assert second.refused("mergeCase", intoCaseId=str(second.case.id))["path"] == "intoCaseId"
        assert second.does("mergeCase", intoCaseId=str(first.case.id)) == "MERGED"
        assert second.shows("obligations { timer }") == {"obligations": []}
        assert second.refused("mergeCase", intoCaseId=str(first.case.id))["code"] == "WRONG_STATE"

    def test_kept(self, pair: tuple[Casework, Casework]) -> None:
        """What a person found to be another violation is not suspected again."""
        first, second = pair
        assert second.refused("keepCase")["path"] == "otherCaseId"
        second.does("keepCase", otherCaseId=str(first.case.id))
        second.does("startVerification")
        assert second.shows("duplicates { id }") == {"duplicates": []}
        assert second.refused("keepCase", otherCaseId=str(first.case.id))["code"] == "WRONG_STATE"

    @pytest.mark.parametrize("minutes, plate", [(11, "73A-123.45"), (4, "73A-543.21")])
    def test_others(self, installation: Installation, minutes: int, plate: str) -> None:
        """Another plate, or another time, is another violation."""
        first = detected(installation)
        first.does("approveCase")
        second = detected(installation, at=JULY + timedelta(minutes=minutes))
        second.does("approveCase", plate=plate)
        assert second.shows("duplicates { id }") == {"duplicates": []}


class TestVerification:
    """What comes of a verification besides a record."""

    def test_extended(self, installation: Installation) -> None:
        """The head gives a complex verification sixty days from the same start, once; 30 August is a Sunday."""
        work = verifying(installation)
        assert work.refused("extendVerification", by="police.handle")["code"] == "FORBIDDEN"
        work.does("extendVerification")
        [verify, _] = work.shows("obligations { timer variant lastDay }")["obligations"]
        assert verify == {"timer": "VERIFY", "variant": "COMPLEX", "lastDay": "2026-09-03"}
        assert work.refused("extendVerification")["code"] == "WRONG_STATE"

    def test_referred_and_resumed(self, installation: Installation) -> None:
        """With signs of a crime the file goes on at once; it may come back."""
        work = verifying(installation)
        assert work.refused("referCase", documents=[])["path"] == "documents"
        assert work.does("referCase", at=on(2)) == "REFERRED"
        early = work.refused("resumeCase", receivedAt=on(1).isoformat())
        assert early["path"] == "receivedAt"
        assert work.does("resumeCase", at=on(20), receivedAt=on(20).isoformat()) == "VERIFYING"
        shown = work.shows("referral { to documents text at returnedWith returnedAt } obligations { timer }")
        assert shown["referral"] == {
            "to": "Cơ quan Cảnh sát điều tra",
            "documents": ["Biên bản xác minh", "Tệp hình ảnh"],
            "text": "Có dấu hiệu giả mạo biển số",
            "at": "2026-07-02T09:00:00+07:00",
            "returnedWith": "12/QĐ-CSĐT",
            "returnedAt": "2026-07-20T09:00:00+07:00",
        }
        assert "DECIDE_AFTER_CRIMINAL" in {one["timer"] for one in shown["obligations"]}

    def test_reopened(self, installation: Installation) -> None:
        """The head opens again what was concluded; the words of that conclusion are history."""
        work = verifying(installation)
        work.does("concludeCase", finding="NO_VIOLATION")
        assert work.refused("reopenCase", by="police.handle")["code"] == "FORBIDDEN"
        assert work.does("reopenCase") == "VERIFYING"
        assert work.shows("finding conclusion") == {"finding": None, "conclusion": None}

    def test_discarded_and_reopened(self, installation: Installation) -> None:
        """The Centre looks again at what it discarded."""
        work = detected(installation)
        work.does("discardCase")
        assert work.does("reopenCase", by="centre.approve") == "DETECTED"

    def test_corrected(self, installation: Installation) -> None:
        """A value is corrected with a reason; what it was stays in the history."""
        work = verifying(installation)
        work.does("identifyOwner")
        assert work.refused("correctCase", field="VIOLATOR_NAME", value="Ai Đó")["path"] == "field"
        work.does("correctCase", field="OWNER_NAME", value="Người Mẫu Ba")
        work.does("correctCase")
        assert work.shows("plate owner { name plate } corrections { field value text }") == {
            "plate": "73A-543.21",
            "owner": {"name": "Người Mẫu Ba", "plate": "73A-543.21"},
            "corrections": [
                {"field": "OWNER_NAME", "value": "Người Mẫu Ba", "text": "Đọc nhầm số"},
                {"field": "PLATE", "value": "73A-543.21", "text": "Đọc nhầm số"},
            ],
        }


class TestOwnDevice:
    """What the police find on data of their own device."""

    def test_opened(self, installation: Installation) -> None:
        """A case that the police open is received already; the owner is given notice and warned of in time."""
        camera = installation.register_camera("CA-01", unit_id=POLICE)
        installation.project()
        installation.now = on(1)
        given: dict[str, Any] = {
            "cameraId": str(camera),
            "rule": "RED_LIGHT",
            "occurredAt": JULY.isoformat(),
            "plate": "73A-123.45",
            "text": "Ô tô vượt đèn đỏ",
            "commandId": "1",
        }
        police = installation.signed_in("police.handle")
        ask = (
            "mutation($input: OpenCaseInput!) { openCase(input: $input) { __typename ... on CaseOpened"
            " { position case { id number state track found plate marks } } ... on Refusal { code }"
            " ... on InvalidInput { path } } }"
        )
        opened = police.ask(ask, input=given)["openCase"]
        assert police.ask(ask, input=given)["openCase"] == opened
        case = opened["case"]
        assert {**case, "id": "", "number": ""} == {
            "id": "",
            "number": "",
            "state": "RECEIVED",
            "track": "OWN_DEVICE",
            "found": "Ô tô vượt đèn đỏ",
            "plate": "73A-123.45",
            "marks": ["RECEIVED"],
        }
        for wrong, path in (
            ({"rule": "JAYWALKING"}, "rule"),
            ({"plate": "?"}, "plate"),
            ({"text": " "}, "text"),
        ):
            refusal = police.ask(ask, input=given | wrong | {"commandId": path})["openCase"]
            assert (refusal["code"], refusal["path"]) == ("INVALID_INPUT", path)
        centre = given | {"cameraId": str(installation.register_camera("TT-09")), "commandId": "x"}
        installation.project()
        assert police.ask(ask, input=centre)["openCase"]["code"] == "FORBIDDEN"
        admin = installation.signed_in("centre.admin").ask(ask, input=centre)["openCase"]
        assert admin["code"] == "FORBIDDEN", "whoever administers a camera sees it in the register"
        other = installation.signed_in("auditor").ask(ask, input=centre)["openCase"]
        assert other["code"] == "NOT_FOUND"

    def test_warned(self, installation: Installation) -> None:
        """An owner who does not come in twenty days is warned of; those who were warned are told at the end."""
        installation.register_camera("CA-01", unit_id=POLICE)
        [found] = installation.many_detected([JULY], camera="CA-01", own_device=True)
        work = Casework(installation, found)
        work.does("receiveCase", at=on(1))
        for mutation in ("startVerification", "identifyOwner", "sendNotice"):
            work.does(mutation, at=on(2))
        assert work.refused("sendInspectionWarning")["code"] == "WRONG_STATE"
        work.does("sendInspectionWarning", at=on(24))
        assert work.shows("inspectionWarning { recipients reference } marks") == {
            "inspectionWarning": {"recipients": ["Trung tâm Đăng kiểm 73-01S"], "reference": "02/CB-CA"},
            "marks": ["RECEIVED", "OWNER_IDENTIFIED", "NOTICE_SENT", "INSPECTION_WARNING"],
        }
        work.does("concludeCase", finding="INSUFFICIENT")
        assert work.refused("resolveCase")["path"] == "told"
        assert work.does("resolveCase", told=["Trung tâm Đăng kiểm 73-01S"]) == "RESOLVED"
