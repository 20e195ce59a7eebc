"""`approveCase`: the Centre approves a proposal and transfers it in one act (*Phê duyệt*, 704/UBND-VP part 1)."""

from datetime import datetime, timedelta
from typing import ClassVar
from uuid import uuid4

import pytest

from domain.clock import LEGAL_TIME
from domain.unit import Unit
from tests.support.api import CENTRE, COMMUNE, DETECTED_AT, POLICE, Installation
from tests.support.mutations import (
    EveryMutation,
    forbidden,
    nothing_recorded,
    refused,
    rule,
    wrong_state,
)


class TestApproveCase(EveryMutation):
    """An undecided proposal of its own cameras is the Centre's to approve."""

    mutation = "approveCase"
    ready = "DETECTED"
    topic = "case:approved"
    other: ClassVar = {"plate": "73A-999.99"}

    @pytest.mark.rule("R-DHV-1.3.0", "R-DH-18.0.0")
    def test_approved(self, installation: Installation) -> None:
        """Approving transfers the case; verification has 30 days from there (NĐ 61/2026 through Đ18)."""
        case = installation.detected()
        installation.now = datetime(2026, 6, 2, 9, 30, tzinfo=LEGAL_TIME)
        answer = installation.signed_in("centre.approve").act("approveCase", case.id)
        assert answer == {
            "__typename": "CaseApproved",
            "position": f"{installation.head():016d}",
            "case": {
                "id": str(case.id),
                "number": "DH-2026-000001",
                "state": "APPROVED",
                "version": 2,
                "plate": "73A-123.45",
                "due": "2026-07-03T00:00:00+07:00",
                "dueRule": rule("R-DH-11.3.b3"),
                "holder": {"code": "CATP"},
                "received": False,
                "notified": False,
                "finding": None,
                "late": False,
            },
        }
        assert installation.topics(case.id) == ["case:detected", "case:approved"]

    @pytest.mark.rule("R-DH-11.3.a1")
    def test_late(self, installation: Installation) -> None:
        """A transfer after its fifth working day is possible, and is late for good."""
        case, in_time = installation.detected(), installation.detected()
        due = datetime(2026, 6, 9, tzinfo=LEGAL_TIME)
        person = installation.signed_in("centre.approve")
        installation.now = due - timedelta(microseconds=1)
        assert person.does("approveCase", in_time.id)["case"]["late"] is False
        installation.now = due
        assert person.does("approveCase", case.id)["case"]["late"] is True

    @pytest.mark.parametrize(
        "state, found",
        [
            ("DISCARDED", "DISCARDED"),
            ("APPROVED", "APPROVED"),
            ("VERIFYING", "VERIFYING"),
            ("CONCLUDED", "CONCLUDED"),
        ],
    )
    def test_decided(self, installation: Installation, state: str, found: str) -> None:
        """A decision is final."""
        case = installation.case_in(state)
        with nothing_recorded(installation):
            answer = installation.signed_in("centre.approve").act("approveCase", case.id)
        assert answer == wrong_state(found, "DETECTED, RETURNED", "R-DHV-1.3.0")

    @pytest.mark.rule("R-DHV-0.0.0")
    def test_before_processing_began(self, installation: Installation) -> None:
        """What was detected before 1 June 2022 is kept, not transferred."""
        case = installation.detected(at=datetime(2022, 5, 31, 23, 59, tzinfo=LEGAL_TIME))
        with nothing_recorded(installation):
            answer = installation.signed_in("centre.approve").act("approveCase", case.id)
        assert answer == refused(
            "WrongState",
            "Phát hiện trước ngày bắt đầu xử lý qua hệ thống: được lưu, không chuyển",
            "Detected before processing through the system began: kept, not transferred",
            rule_id="R-DHV-0.0.0",
        )

    @pytest.mark.rule("R-QT-7.2.0")
    def test_forbidden(self, installation: Installation) -> None:
        """The executor of the Centre and the police may not approve, and are told why."""
        detected, approved = installation.detected(), installation.case_in("APPROVED")
        with nothing_recorded(installation):
            assert installation.signed_in("centre.execute").act("approveCase", detected.id) == forbidden(
                "case.approve", " (role) [DH 3.5]", "R-DH-3.5.0"
            )
            assert installation.signed_in("police.handle").act("approveCase", approved.id) == forbidden(
                "case.approve", " [DHV 1.3]", "R-DHV-1.3.0"
            )

    @pytest.mark.parametrize("plate", ["", "7", "73A", "73A-12", "73A-123.45; DROP TABLE events", "X" * 30])
    def test_plate(self, installation: Installation, plate: str) -> None:
        """What is no plate is refused, and is not repeated in the answer."""
        case = installation.detected()
        with nothing_recorded(installation):
            answer = installation.signed_in("centre.approve").act("approveCase", case.id, plate=plate)
        assert answer == refused(
            "InvalidInput",
            "plate: không phải biển số (ví dụ 73A-123.45)",
            "plate: not a plate (such as 73A-123.45)",
            path="plate",
        )

    def test_own_unit(self, installation: Installation) -> None:
        """Nobody transfers a case to their own unit."""
        case = installation.detected()
        with nothing_recorded(installation):
            answer = installation.signed_in("centre.approve").act(
                "approveCase", case.id, recipientUnitId=str(CENTRE)
            )
        assert answer == refused(
            "SameUnit",
            "Không thể chuyển hồ sơ cho chính đơn vị mình",
            "A case cannot be transferred to one's own unit",
            rule_id="R-DHV-1.3.0",
        )

    def test_unit_that_does_not_receive(self, installation: Installation) -> None:
        """Commune police receive security cases, not traffic cases."""
        person = installation.signed_in("centre.approve")
        traffic = installation.detected()
        with nothing_recorded(installation):
            answer = person.act("approveCase", traffic.id, recipientUnitId=str(COMMUNE))
        assert answer == refused(
            "InvalidInput",
            "recipientUnitId: đơn vị CAP-NL không tiếp nhận loại hồ sơ này",
            "recipientUnitId: the unit CAP-NL does not receive cases of this kind",
            rule_id="R-DHV-2.1.a",
            path="recipientUnitId",
        )
        installation.register_camera("DH-AN-01", domain="SECURITY")
        security = installation.detected(camera="DH-AN-01")
        taken = person.does("approveCase", security.id, recipientUnitId=str(COMMUNE))
        assert taken["case"]["holder"] == {"code": "CAP-NL"}

    def test_unknown_recipient(self, installation: Installation) -> None:
        """The recipient is a unit that exists, by its id."""
        case, nowhere = installation.detected(), uuid4()
        person = installation.signed_in("centre.approve")
        with nothing_recorded(installation):
            assert person.act("approveCase", case.id, recipientUnitId=str(nowhere)) == refused(
                "NotFound", f"Không có đơn vị {nowhere}", f"There is no unit {nowhere}"
            )
            assert person.act("approveCase", case.id, recipientUnitId="CATP") == refused(
                "InvalidInput",
                "recipientUnitId: không phải mã định danh",
                "recipientUnitId: not an id",
                path="recipientUnitId",
            )

    def test_two_people_with_one_command_id(self, installation: Installation) -> None:
        """A commandId is its account's own: another's is another command."""
        case, command_id = installation.detected(), str(uuid4())
        colleague = installation.open_account("centre.second", unit_id=CENTRE, role="APPROVER")
        installation.signed_in("centre.approve").does("approveCase", case.id, commandId=command_id)
        with nothing_recorded(installation):
            answer = colleague.act("approveCase", case.id, commandId=command_id)
        assert answer == wrong_state("APPROVED", "DETECTED, RETURNED", "R-DHV-1.3.0")

    def test_mended_after_a_refusal(self, installation: Installation) -> None:
        """A refusal uses up no commandId: mended, the command may be sent under the same one."""
        case, command_id = installation.detected(), str(uuid4())
        person = installation.signed_in("centre.approve")
        assert person.act("approveCase", case.id, commandId=command_id, plate="?")["code"] == "INVALID_INPUT"
        assert person.does("approveCase", case.id, commandId=command_id)["case"]["plate"] == "73A-123.45"

    def test_recipient_goes_by_the_name_of_the_moment(self, installation: Installation) -> None:
        """The payload names the holder as it is called now."""
        case = installation.detected()
        with installation.founding():
            unit = installation.operator.find(Unit, POLICE)
            unit.rename("Công an thành phố mới")
            installation.operator.record(unit)
        installation.project()
        answer = installation.signed_in("centre.approve").ask(
            "mutation($input: ApproveCaseInput!) { approveCase(input: $input)"
            " { ... on CaseApproved { case { holder { name } } } } }",
            input={
                "caseId": str(case.id),
                "commandId": "1",
                "plate": "73A-123.45",
                "recipientUnitId": str(POLICE),
            },
        )
        assert answer == {"approveCase": {"case": {"holder": {"name": "Công an thành phố mới"}}}}

    def test_number_follows_the_year(self, installation: Installation) -> None:
        """A case number counts within the year of its detection."""
        assert installation.detected(at=DETECTED_AT).number == "DH-2026-000001"
        assert installation.detected(at=DETECTED_AT.replace(year=2025)).number == "DH-2025-000001"
