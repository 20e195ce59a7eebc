"""The whole procedure through GraphQL alone: from detection to a case that is resolved, and what the file shows."""

import pytest

from tests.support.api import Installation
from tests.support.casework import Casework, detected, on, recorded


def test_from_detection_to_resolution(installation: Installation) -> None:
    """A car that ran a red light: supplied, verified, recorded, heard, decided, delivered, paid, resolved."""
    work = detected(installation)
    assert [
        work.does("approveCase", at=on(1, 9)),
        work.does("receiveCase", at=on(1, 10)),
        work.does("startVerification", at=on(1, 11)),
        work.does("identifyOwner", at=on(2, 9)),
        work.does("sendNotice", at=on(2, 10)),
        work.does("determineViolator", at=on(3, 9), basis="DRIVER_NAMED_BY_OWNER"),
        work.does("concludeCase", at=on(3, 10)),
        work.does("notifyResult", at=on(3, 11)),
        work.does("publishCase", at=on(3, 14)),
        work.does("drawRecord", at=on(6)),
        work.does("requestExplanation", at=on(7, 9)),
        work.does("recordExplanation", at=on(7, 15)),
        work.does("decidePenalty", at=on(8), fine=19_000_000),
        work.does("sendDecision", at=on(9)),
        work.does("confirmDelivery", at=on(10, 15), receivedAt=on(10).isoformat()),
        work.does("recordPayment", at=on(15), amount=19_000_000),
        work.does("executeDecision", at=on(15, 10)),
        work.does("resolveCase", at=on(15, 11)),
    ] == [
        "APPROVED",
        "RECEIVED",
        *["VERIFYING"] * 4,
        *["CONCLUDED"] * 3,
        *["RECORDED"] * 3,
        *["DECIDED"] * 2,
        *["DELIVERED"] * 2,
        "EXECUTED",
        "RESOLVED",
    ]
    shown = work.shows(
        "state finding late marks obligations { timer } owner { name plate vehicleGroup organisation source }"
        " notice { reference at } violator { name identityNumber basis } record { number offenceCode behaviour"
        " fineMaximum explainable competent copies drawnAt } explanation { form text requestedAt at }"
        " decision { number fine currency points signerTitle ceiling remedies at } delivery { sent sentAt received"
        " receivedAt proof } payments { amount currency receipt at } owed { fine lateFee currency }"
        " execution { fine lateFee receipt } publication { app fields }"
        " transfers { event channel sender { code } recipient { code } at }"
    )
    assert shown == {
        "state": "RESOLVED",
        "finding": "VIOLATION",
        "late": False,
        "marks": [
            "RECEIVED",
            "OWNER_IDENTIFIED",
            "NOTICE_SENT",
            "VIOLATOR_DETERMINED",
            "EXPLANATION_OPEN",
            "EXPLANATION_REQUESTED",
            "EXPLAINED",
            "DECISION_SENT",
            "RESULT_NOTIFIED",
            "PUBLISHED",
        ],
        "obligations": [],
        "owner": {
            "name": "Người Mẫu Một",
            "plate": "73A-123.45",
            "vehicleGroup": "CAR",
            "organisation": False,
            "source": "Cơ sở dữ liệu đăng ký xe, tra cứu 15/2026",
        },
        "notice": {"reference": "01/TB-CA", "at": "2026-07-02T10:00:00+07:00"},
        "violator": {
            "name": "Người Mẫu Hai",
            "identityNumber": "000000000002",
            "basis": "DRIVER_NAMED_BY_OWNER",
        },
        "record": {
            "number": "BB-01",
            "offenceCode": "6.9.b",
            "behaviour": "Không chấp hành đèn đỏ tại ngã tư Nam Lý, có hình ảnh",
            "fineMaximum": 20_000_000,
            "explainable": True,
            "competent": True,
            "copies": 2,
            "drawnAt": "2026-07-06T09:00:00+07:00",
        },
        "explanation": {
            "form": "WRITTEN",
            "text": "Xin giảm nhẹ",
            "requestedAt": "2026-07-07T09:00:00+07:00",
            "at": "2026-07-07T15:00:00+07:00",
        },
        "decision": {
            "number": "QĐ-01",
            "fine": 19_000_000,
            "currency": "VND",
            "points": 4,
            "signerTitle": "TEAM_LEADER",
            "ceiling": 22_500_000,
            "remedies": [],
            "at": "2026-07-08T09:00:00+07:00",
        },
        "delivery": {
            "sent": "POST",
            "sentAt": "2026-07-09T09:00:00+07:00",
            "received": "POST",
            "receivedAt": "2026-07-10T09:00:00+07:00",
            "proof": "Giấy báo phát 123",
        },
        "payments": [
            {
                "amount": 19_000_000,
                "currency": "VND",
                "receipt": "BL-01",
                "at": "2026-07-15T09:00:00+07:00",
            }
        ],
        "owed": {"fine": 0, "lateFee": 0, "currency": "VND"},
        "execution": {"fine": 19_000_000, "lateFee": 0, "receipt": "BL-01"},
        "publication": {
            "app": "Đồng Hới SmartCity",
            "fields": ["number", "kind", "place", "occurred_at"],
        },
        "transfers": [
            {
                "event": "case:approved",
                "channel": "SOFTWARE",
                "sender": {"code": "TTGSDH"},
                "recipient": {"code": "CATP"},
                "at": "2026-07-01T09:00:00+07:00",
            }
        ],
    }


def test_before_any_of_it(installation: Installation) -> None:
    """A proposal has an empty file: each part is null until it is there."""
    shown = detected(installation).shows(
        "owner { name } notice { reference } inspectionWarning { reference } violator { name } record { number }"
        " explanation { form } decision { number } noDecision { ground } delivery { sent } payments { amount }"
        " enforcement { number } execution { fine } referral { to } transfers { event } publication { app }"
        " complaints { text } corrections { field } documents { id } owed { fine } found assignee { name }"
        " lateWithoutReason { timer } duplicates { id }",
        to="centre.approve",
    )
    assert {value for value in shown.values() if value != []} == {None}


class TestObligations:
    """Every clock of a case, with its rule, its unit and the time that is left."""

    def test_running(self, installation: Installation) -> None:
        """What ends first comes first; a hard one says that a miss bars the act."""
        work = recorded(installation)
        installation.now = on(6)
        shown = work.shows(
            "due obligations { timer variant startedAt due lastDay rule { id } unit { code } missed hard provisional"
            " remaining { workingDays hours missed } dueSoonAt }"
        )
        assert [one["timer"] for one in shown["obligations"]] == [
            "EXPLAIN_REQUEST",
            "NOTIFY_RESULT",
            "EXPLAIN_WRITTEN",
            "DECIDE",
            "LIMITATION",
        ]
        assert shown["due"] == shown["obligations"][0]["due"]
        assert shown["obligations"][3] == {
            "timer": "DECIDE",
            "variant": "ORDINARY",
            "startedAt": "2026-07-03T09:00:00+07:00",
            "due": "2026-07-15T00:00:00+07:00",
            "lastDay": "2026-07-14",
            "rule": {"id": "R-DH-13.2.1"},
            "unit": {"code": "CATP"},
            "missed": "BARS",
            "hard": True,
            "provisional": False,
            "remaining": {"workingDays": 6, "hours": 0, "missed": False},
            "dueSoonAt": "2026-07-11T03:00:00+07:00",
        }

    def test_missed(self, installation: Installation) -> None:
        """Time that is over is shown below zero."""
        work = detected(installation)
        installation.now = on(10, 9)
        [transfer, _] = work.shows(
            "obligations { timer remaining { workingDays hours missed } }", to="centre.approve"
        )["obligations"]
        assert transfer == {
            "timer": "TRANSFER",
            "remaining": {"workingDays": -1, "hours": 0, "missed": True},
        }

    def test_late_without_reason(self, installation: Installation) -> None:
        """Whoever was late and said no reason owes one, until it is said."""
        work = detected(installation)
        work.does("approveCase", at=on(9))
        assert work.shows("late lateWithoutReason { timer unit { code } }") == {
            "late": True,
            "lateWithoutReason": [{"timer": "TRANSFER", "unit": {"code": "TTGSDH"}}],
        }
        assert work.refused("explainDelay", by="police.handle")["code"] == "WRONG_STATE"
        assert work.refused("explainDelay", by="centre.approve", timer="VERIFY")["path"] == "timer"
        work.does("explainDelay", by="centre.approve")
        assert work.shows("late lateWithoutReason { timer }") == {"late": True, "lateWithoutReason": []}

    def test_late_with_a_reason(self, installation: Installation) -> None:
        """A reason that is said with the act is owed by nobody."""
        work = detected(installation)
        work.does("approveCase", at=on(9), lateReason="Mất kết nối ba ngày")
        assert work.shows("late lateWithoutReason { timer }") == {"late": True, "lateWithoutReason": []}


class TestQueue:
    """The queue narrowed by the words of the procedure."""

    @pytest.mark.parametrize(
        "narrow, found",
        [
            ({"marks": ["COMPLAINED"]}, ["recorded"]),
            ({"marks": ["RECEIVED", "VIOLATOR_DETERMINED"]}, ["recorded"]),
            ({"states": ["RECORDED", "APPROVED"]}, ["recorded", "approved"]),
            ({"findings": ["VIOLATION"]}, ["recorded"]),
            ({"findings": ["NO_VIOLATION"]}, []),
            ({"mine": True}, ["recorded"]),
            ({"mine": False}, ["recorded", "approved"]),
            ({"myUnit": True}, ["recorded", "approved"]),
            ({"holderId": "00000000-0000-0000-0000-000000000000"}, []),
            ({"assigneeId": "00000000-0000-0000-0000-000000000000"}, []),
        ],
    )
    def test_narrowed(self, installation: Installation, narrow: dict[str, object], found: list[str]) -> None:
        """By marks, findings, holder and assignee, one's own and one's unit's."""
        cases: dict[str, Casework] = {"recorded": recorded(installation)}
        cases["recorded"].does("fileComplaint")
        cases["approved"] = detected(installation, at=on(3, 8))
        cases["approved"].does("approveCase", plate="73A-999.99")
        names = {str(work.case.id): name for name, work in cases.items()}
        listed = installation.signed_in("police.handle").ask(
            "query($f: CaseFilter) { cases(filter: $f) { totalCount nodes { id } } }", f=narrow
        )["cases"]
        assert [names[node["id"]] for node in listed["nodes"]] == found
        assert listed["totalCount"] == len(found)

    @pytest.mark.parametrize("short, long", [("mine", "assigneeId"), ("myUnit", "holderId")])
    def test_twice_the_same(self, installation: Installation, short: str, long: str) -> None:
        """The same thing is asked for in one way."""
        error = installation.signed_in("police.handle").error(
            "query($f: CaseFilter) { cases(filter: $f) { totalCount } }",
            f={short: True, long: "00000000-0000-0000-0000-000000000000"},
        )
        assert (error["code"], error["message"]) == (
            "INVALID_INPUT",
            f"filter.{short}: chỉ dùng {short} hoặc {long} · filter.{short}: either {short} or {long} is expected",
        )
