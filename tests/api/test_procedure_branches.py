"""Each side branch of the procedure through GraphQL alone."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from cli.wiring import rulebook
from domain.account import Account
from domain.commands.case import tell_of_clock
from domain.unit import Unit
from tests.support.api import Installation
from tests.support.casework import JULY, Casework, decided, delivered, detected, on, recorded, verifying
from tests.support.people import POLICE


def told(work: Casework, timer: str) -> None:
    """Let the scheduler say what time has done."""
    place = work.installation
    [due] = [
        one["due"] for one in work.shows("obligations { timer due }")["obligations"] if one["timer"] == timer
    ]
    instant = datetime.fromisoformat(due)
    place.now = max(place.now, instant)
    assert tell_of_clock(
        place.operator, rulebook(), case_id=work.case.id, timer=timer, due=instant, now=place.now
    )
    place.project()


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
        assert (
            installation.signed_in("centre.admin").ask(ask, input=centre)["openCase"]["code"] == "NOT_FOUND"
        )

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


class TestRecord:
    """What happens to a record."""

    def test_transferred(self, installation: Installation) -> None:
        """A maker without power sends the file within a day; whoever got it decides, in the longer time."""
        team = installation.register_unit("CSGT", kind="TRAFFIC_POLICE_TEAM")
        installation.open_account("team.lead", unit_id=team, role="LEADER", leader=True)
        installation.project()
        work = recorded(installation, competent=False)
        assert work.refused("decidePenalty")["code"] == "WRONG_STATE"
        work.does("transferRecord", recipientUnitId=str(team))
        shown = work.shows("holder { code } obligations { timer variant unit { code } }", to="team.lead")
        assert shown["holder"] == {"code": "CSGT"}
        assert {"timer": "DECIDE", "variant": "FILE_TRANSFERRED", "unit": {"code": "CSGT"}} in shown[
            "obligations"
        ]
        assert work.refused("transferRecord", by="police.handle")["code"] == "NOT_FOUND"

    def test_session(self, installation: Installation) -> None:
        """A session is announced and held, with minutes; the decision has a month."""
        work = recorded(installation)
        work.does("requestExplanation", form="SESSION")
        assert work.refused("recordExplanation", minutes="BBGT-01")["code"] == "WRONG_STATE"
        work.does("announceSession", at=on(6), sessionAt=on(10).isoformat())
        assert work.refused("recordExplanation")["path"] == "minutes"
        work.does("recordExplanation", at=on(10), minutes="BBGT-01")
        shown = work.shows(
            "explanation { form sessionAt sessionPlace minutes } obligations { timer variant }"
        )
        assert shown["explanation"] == {
            "form": "SESSION",
            "sessionAt": "2026-07-10T09:00:00+07:00",
            "sessionPlace": "Trụ sở Công an thành phố",
            "minutes": "BBGT-01",
        }
        assert {"timer": "DECIDE", "variant": "EXPLANATION"} in shown["obligations"]

    def test_longer(self, installation: Installation) -> None:
        """More time to explain, facts to verify, a case especially complex: each is said once, with its reason."""
        work = recorded(installation)
        assert work.refused("declareComplex")["code"] == "WRONG_STATE"
        for mutation in ("extendExplanation", "verifyFacts", "declareComplex"):
            work.does(mutation)
            assert work.refused(mutation)["code"] == "WRONG_STATE"
        shown = work.shows("explanation { extended } obligations { timer variant }")
        assert shown["explanation"] == {"extended": "Có văn bản đề nghị"}
        assert {"timer": "EXPLAIN_WRITTEN", "variant": "EXTENDED"} in shown["obligations"]
        assert {"timer": "DECIDE", "variant": "COMPLEX"} in shown["obligations"]

    @pytest.mark.parametrize(
        "wrong, path",
        [
            ({"number": " "}, "number"),
            ({"offenceCode": "7.7.c"}, "offenceCode"),
            ({"copies": 1}, "copies"),
            ({"signedByViolator": False}, "noSignatureReason"),
            ({"at": "2026-07-01T00:00:00+07:00"}, "at"),
        ],
    )
    def test_contents(self, installation: Installation, wrong: dict[str, Any], path: str) -> None:
        """A record without what the law asks for is refused by the name of what is missing."""
        work = verifying(installation)
        for mutation in ("identifyOwner", "determineViolator", "concludeCase"):
            work.does(mutation, at=on(2))
        assert work.refused("drawRecord", **wrong)["path"] == path

    def test_no_decision(self, installation: Installation) -> None:
        """No penalty is decided on a ground that holds of the case."""
        work = recorded(installation)
        refusal = work.refused("decideNoPenalty", ground="VIOLATOR_NOT_DETERMINED")
        assert refusal["path"] == "ground"
        assert work.does("decideNoPenalty", remedies=["Tháo dỡ biển giả"]) == "NOT_DECIDED"
        assert work.shows("noDecision { ground text remedies } decision { number }") == {
            "noDecision": {
                "ground": "VIOLATOR_GONE",
                "text": "Người vi phạm đã chết",
                "remedies": ["Tháo dỡ biển giả"],
            },
            "decision": None,
        }
        assert work.does("resolveCase") == "RESOLVED"


class TestDecision:
    """What happens to a decision."""

    @pytest.mark.parametrize(
        "wrong, code, path",
        [
            ({"fine": 25_000_000}, "INVALID_INPUT", "fine"),
            ({"fine": 18_000_500}, "INVALID_INPUT", "fine"),
            ({"currency": "USD"}, "INVALID_INPUT", "fine"),
            ({"points": 0}, "INVALID_INPUT", "points"),
            ({"executeWithinDays": 5}, "INVALID_INPUT", "executeWithinDays"),
            ({"signerTitle": "KING"}, "FORBIDDEN", None),
        ],
    )
    def test_refused(
        self, installation: Installation, wrong: dict[str, Any], code: str, path: str | None
    ) -> None:
        """A decision lies within the bracket and the power of the signer."""
        work = recorded(installation)
        assert work.refused("decidePenalty")["code"] == "WRONG_STATE"  # the violator may still explain
        work.does("requestExplanation", at=on(6))
        work.does("recordExplanation", at=on(7))
        refusal = work.refused("decidePenalty", **wrong)
        assert (refusal["code"], refusal.get("path")) == (code, path)

    def test_order(self, installation: Installation) -> None:
        """A decision is sent before it is delivered, and delivered before anything is paid."""
        work = decided(installation)
        arrived = {"receivedAt": on(8).isoformat()}
        assert work.refused("confirmDelivery", **arrived)["code"] == "WRONG_STATE"
        assert work.refused("sendDecision", reference=" ")["path"] == "reference"
        work.does("sendDecision", at=on(9))
        assert work.refused("sendDecision")["code"] == "WRONG_STATE"
        assert work.refused("confirmDelivery", **arrived)["path"] == "receivedAt"
        assert work.refused("recordPayment")["code"] == "WRONG_STATE"
        assert work.refused("enforceDecision")["code"] == "WRONG_STATE"

    def test_overdue_and_enforced(self, installation: Installation) -> None:
        """What is not paid in time costs 0.05 % a day, is warned of, enforced, and executed when all is paid."""
        work = delivered(installation)
        work.does("recordPayment", at=on(15), amount=8_000_000)
        assert work.shows("owed { fine lateFee }") == {"owed": {"fine": 10_000_000, "lateFee": 0}}
        told(work, "EXECUTE")
        assert work.shows("state marks")["state"] == "OVERDUE"
        assert work.refused("enforceDecision", measure=" ")["path"] == "measure"
        assert work.does("enforceDecision", at=on(30)) == "ENFORCED"
        shown = work.shows('owed(on: "2026-07-30") { fine lateFee } enforcement { number measure }')
        assert shown == {
            "owed": {"fine": 10_000_000, "lateFee": 45_000},
            "enforcement": {"number": "CC-01", "measure": "Khấu trừ tài khoản"},
        }
        assert work.refused("recordPayment", amount=0)["path"] == "amount"
        work.does("recordPayment", amount=10_000_000)
        assert work.refused("executeDecision")["code"] == "WRONG_STATE"
        work.does("recordPayment", amount=45_000)
        assert work.does("executeDecision") == "EXECUTED"
        assert work.does("resolveCase", told=["Trung tâm Đăng kiểm 73-01S"]) == "RESOLVED"

    def test_complained(self, installation: Installation) -> None:
        """A complaint is filed and answered; by itself it erases no decision."""
        work = delivered(installation)
        assert work.refused("answerComplaint")["code"] == "WRONG_STATE"
        assert work.does("fileComplaint") == "DELIVERED"
        assert work.refused("fileComplaint")["code"] == "WRONG_STATE"
        work.does("answerComplaint", at=on(12))
        assert work.shows("complaints { reference against text answerReference answer answeredAt }") == {
            "complaints": [
                {
                    "reference": "ĐKN-01",
                    "against": "Biên bản BB-01",
                    "text": "Không phải xe của tôi",
                    "answerReference": "TL-01",
                    "answer": "Giữ nguyên",
                    "answeredAt": "2026-07-12T09:00:00+07:00",
                }
            ]
        }

    def test_voided_decision(self, installation: Installation) -> None:
        """A void decision is no longer part of the file, and stays in the history; the record stands."""
        work = delivered(installation)
        assert work.refused("voidAct", what="RECORD")["code"] == "WRONG_STATE"
        assert work.does("voidAct", what="DECISION") == "RECORDED"
        shown = work.shows(
            "record { number } decision { number } delivery { sent } owed { fine } history { event }"
        )
        assert {name: shown[name] for name in ("decision", "delivery", "owed")} == {
            "decision": None,
            "delivery": None,
            "owed": None,
        }
        assert shown["record"] == {"number": "BB-01"}
        assert {"event": "case:decision-issued"} in shown["history"]

    def test_voided_record_and_case(self, installation: Installation) -> None:
        """A void record is drawn again; a void case is at its end."""
        work = recorded(installation)
        assert work.does("voidAct", what="RECORD") == "CONCLUDED"
        assert work.shows("record { number }") == {"record": None}
        assert work.does("drawRecord") == "RECORDED"
        assert work.does("voidAct") == "VOIDED"
        assert work.refused("voidAct")["code"] == "WRONG_STATE"

    def test_evaded(self, installation: Installation) -> None:
        """From the end of an evasion the limitation is counted anew."""
        work = delivered(installation)
        assert work.refused("endEvasion", endedAt="2026-07-12T09:00:00")["path"] == "endedAt"
        work.does("endEvasion", at=on(14), endedAt=on(13).isoformat())
        [limitation] = [
            one
            for one in work.shows("obligations { timer startedAt }")["obligations"]
            if one["timer"] == "EXECUTION_LIMITATION"
        ]
        assert limitation["startedAt"] == "2026-07-13T09:00:00+07:00"

    def test_published_and_withdrawn(self, installation: Installation) -> None:
        """Only what was concluded as a violation is published, and it can be withdrawn."""
        work = verifying(installation)
        assert work.refused("publishCase")["code"] == "WRONG_STATE"
        work.does("concludeCase")
        work.does("publishCase")
        assert work.refused("publishCase")["code"] == "WRONG_STATE"
        work.does("withdrawPublication")
        assert work.shows("publication { app }") == {"publication": None}
        assert work.refused("withdrawPublication")["code"] == "WRONG_STATE"


def test_unknown_unit(installation: Installation) -> None:
    """A unit that never was receives nothing."""
    work = recorded(installation)
    refusal = work.refused("transferRecord", recipientUnitId=str(Unit.create_id("NOWHERE")))
    assert refusal["code"] == "NOT_FOUND"
