"""`concludeCase`: the police conclude (*kết luận*, R-DH-11.3.b4); never whoever approved, nor their unit."""

from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID, uuid4

import pytest

from domain.account import Account
from domain.case import Case
from domain.clock import LEGAL_TIME
from domain.envelope import Envelope, acting
from domain.personal import Personal
from tests.support.api import POLICE, Installation
from tests.support.mutations import (
    EveryMutation,
    forbidden,
    no_case,
    nothing_recorded,
    refused,
    rule,
    wrong_state,
)


class TestConcludeCase(EveryMutation):
    """A case under verification is concluded by the unit that holds it."""

    mutation = "concludeCase"
    ready = "VERIFYING"
    topic = "case:concluded"
    other: ClassVar = {"finding": "NO_VIOLATION"}

    @pytest.mark.rule("R-DH-11.3.b4", "R-DH-11.3.b5", "R-DHV-2.2.0")
    @pytest.mark.parametrize("finding", ["VIOLATION", "NO_VIOLATION", "INSUFFICIENT"])
    def test_concluded(self, installation: Installation, finding: str) -> None:
        """A conclusion starts the five working days in which the Centre is told the result."""
        case = installation.case_in("VERIFYING")
        installation.now = datetime(2026, 6, 3, 16, 0, tzinfo=LEGAL_TIME)
        answer = installation.signed_in("police.handle").act("concludeCase", case.id, finding=finding)
        assert answer == {
            "__typename": "CaseConcluded",
            "position": f"{installation.head():016d}",
            "case": {
                "id": str(case.id),
                "number": case.number,
                "state": "CONCLUDED",
                "version": 5,
                "plate": "73A-123.45",
                "due": "2026-06-11T00:00:00+07:00",
                "dueRule": rule("R-DH-11.3.b5"),
                "holder": {"code": "CATP"},
                "received": True,
                "notified": False,
                "finding": finding,
                "late": False,
            },
        }
        assert installation.topics(case.id)[4:] == ["case:concluded"]

    @pytest.mark.rule("R-DH-11.3.b3")
    def test_late(self, installation: Installation) -> None:
        """A conclusion after the thirtieth day is possible, and is late."""
        case, in_time = installation.case_in("VERIFYING"), installation.case_in("VERIFYING")
        due = datetime(2026, 7, 2, tzinfo=LEGAL_TIME)
        person = installation.signed_in("police.handle")
        installation.now = due - timedelta(microseconds=1)
        assert person.does("concludeCase", in_time.id)["case"]["late"] is False
        installation.now = due
        assert person.does("concludeCase", case.id)["case"]["late"] is True

    @pytest.mark.rule("R-DHV-2.3.0")
    @pytest.mark.parametrize(
        "state, found", [("APPROVED", "APPROVED"), ("RECEIVED", "RECEIVED"), ("CONCLUDED", "CONCLUDED")]
    )
    def test_not_under_verification(self, installation: Installation, state: str, found: str) -> None:
        """Only what is being verified is concluded, and only once."""
        case = installation.case_in(state)
        with nothing_recorded(installation):
            answer = installation.signed_in("police.handle").act("concludeCase", case.id)
        assert answer == wrong_state(found, "VERIFYING", "R-DH-11.3.b4")

    @pytest.mark.parametrize("state", ["DETECTED", "DISCARDED"])
    def test_never_transferred(self, installation: Installation, state: str) -> None:
        """The police do not know of what was not transferred to them."""
        case = installation.case_in(state)
        with nothing_recorded(installation):
            assert installation.signed_in("police.handle").act("concludeCase", case.id) == no_case(case.id)

    @pytest.mark.parametrize("text", ["", "   ", "ơ" * 4_001])
    def test_text(self, installation: Installation, text: str) -> None:
        """A conclusion says something, in at most 4,000 characters."""
        case = installation.case_in("VERIFYING")
        with nothing_recorded(installation):
            answer = installation.signed_in("police.handle").act("concludeCase", case.id, text=text)
        assert answer == refused(
            "InvalidInput",
            "text: phải có nội dung, không quá 4000 ký tự",
            "text: must say something, in at most 4000 characters",
            rule_id="R-DH-11.3.b4",
            path="text",
        )

    def test_unknown_finding(self, installation: Installation) -> None:
        """A finding is one of three; another is not even a document."""
        case = installation.case_in("VERIFYING")
        with nothing_recorded(installation):
            error = installation.signed_in("police.handle").error(
                "mutation($input: ConcludeCaseInput!) { concludeCase(input: $input) { __typename } }",
                input={"caseId": str(case.id), "commandId": "1", "finding": "GUILTY", "text": "x"},
            )
        assert error["code"] == "BAD_REQUEST"

    @pytest.mark.rule("R-QT-9.3.0")
    def test_forbidden(self, installation: Installation) -> None:
        """A leader's function is not to conclude, and the Centre does not conclude at all."""
        case = installation.case_in("VERIFYING")
        with nothing_recorded(installation):
            assert installation.signed_in("police.lead").act("concludeCase", case.id) == forbidden(
                "case.conclude", " (role) [DH 3.5]", "R-DH-3.5.0"
            )
            assert installation.signed_in("centre.approve").act("concludeCase", case.id) == forbidden(
                "case.conclude", " [DH 11.3.b]", "R-DH-11.3.b4"
            )

    @pytest.mark.parametrize(
        "approver, kind, vi, en",
        [
            (
                "police.handle",
                "SamePerson",
                "Người phê duyệt không được kết luận cùng hồ sơ",
                "Whoever approved the case may not conclude it",
            ),
            (
                "police.lead",
                "SameUnit",
                "Đơn vị phê duyệt không được kết luận cùng hồ sơ",
                "The unit that approved the case may not conclude it",
            ),
        ],
    )
    def test_who_approved(
        self, installation: Installation, approver: str, kind: str, vi: str, en: str
    ) -> None:
        """However it came about, whoever approved a case does not conclude it, nor does their unit."""
        case_id = _approved_by(installation, approver)
        person = installation.signed_in("police.handle")
        person.does("receiveCase", case_id)
        person.does("startVerification", case_id)
        with nothing_recorded(installation):
            assert person.act("concludeCase", case_id) == refused(kind, vi, en, rule_id="R-DH-11.3.b4")


def _approved_by(installation: Installation, name: str) -> UUID:
    """A case that the police themselves approved, as no rulebook of today allows."""
    case = installation.operator.find(Case, installation.detected().id)
    envelope = Envelope(
        by=str(Account.create_id(name)),
        unit_id=POLICE,
        took_place_at=installation.now,
        rulebook="of another day",
        correlation_id=uuid4(),
    )
    with acting(envelope):
        case.trigger_event(
            Case.Approved,
            plate=Personal.said(case.id, "73A-123.45"),
            recipient_unit_id=POLICE,
        )
    installation.operator.record(case)
    return case.id
