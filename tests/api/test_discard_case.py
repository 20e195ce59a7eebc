"""`discardCase`: the Centre discards a proposal that is no violation, with a reason of the closed list."""

from datetime import datetime, timedelta
from typing import ClassVar

import pytest

from domain.clock import LEGAL_TIME
from tests.support.api import Installation
from tests.support.mutations import EveryMutation, forbidden, nothing_recorded, refused, wrong_state


class TestDiscardCase(EveryMutation):
    """An undecided proposal is the Centre's to discard."""

    mutation = "discardCase"
    ready = "DETECTED"
    topic = "case:discarded"
    other: ClassVar = {"reasonCode": "TEST"}

    def test_discarded(self, installation: Installation) -> None:
        """Discarding ends the case: nothing is due any more, and it stays with the Centre."""
        case = installation.detected()
        answer = installation.signed_in("centre.approve").act(
            "discardCase", case.id, reasonCode="EXEMPT_VEHICLE", note="Xe cứu thương đang làm nhiệm vụ"
        )
        assert answer == {
            "__typename": "CaseDiscarded",
            "position": f"{installation.head():016d}",
            "case": {
                "id": str(case.id),
                "number": case.number,
                "state": "DISCARDED",
                "version": 2,
                "plate": None,
                "due": None,
                "dueRule": None,
                "holder": {"code": "TTGSDH"},
                "received": False,
                "notified": False,
                "finding": None,
                "late": False,
            },
        }
        assert installation.topics(case.id) == ["case:detected", "case:discarded"]

    def test_late(self, installation: Installation) -> None:
        """Discarding after the day on which it should have been transferred is late."""
        case, in_time = installation.detected(), installation.detected()
        due = datetime(2026, 6, 9, tzinfo=LEGAL_TIME)
        person = installation.signed_in("centre.approve")
        installation.now = due - timedelta(microseconds=1)
        assert person.does("discardCase", in_time.id)["case"]["late"] is False
        installation.now = due
        assert person.does("discardCase", case.id)["case"]["late"] is True

    @pytest.mark.parametrize("state", ["DISCARDED", "APPROVED", "VERIFYING", "CONCLUDED"])
    def test_decided(self, installation: Installation, state: str) -> None:
        """A decision is final."""
        case = installation.case_in(state)
        with nothing_recorded(installation):
            answer = installation.signed_in("centre.approve").act("discardCase", case.id)
        assert answer == wrong_state(state, "DETECTED, RETURNED", "R-DHV-1.3.0")

    def test_before_processing_began(self, installation: Installation) -> None:
        """What was detected before processing began may be discarded."""
        case = installation.detected(at=datetime(2022, 5, 31, 23, 59, tzinfo=LEGAL_TIME))
        answer = installation.signed_in("centre.approve").does("discardCase", case.id)
        assert answer["case"]["state"] == "DISCARDED"

    def test_forbidden(self, installation: Installation) -> None:
        """The executor of the Centre and the police may not discard, and are told why."""
        detected, approved = installation.detected(), installation.case_in("APPROVED")
        with nothing_recorded(installation):
            assert installation.signed_in("centre.execute").act("discardCase", detected.id) == forbidden(
                "case.discard", " (role) [DH 3.5]", "R-DH-3.5.0"
            )
            assert installation.signed_in("police.lead").act("discardCase", approved.id) == forbidden(
                "case.discard", " [DHV 1.3]", "R-DHV-1.3.0"
            )

    @pytest.mark.parametrize("reason", ["", "UNREADABLE_PLATE", "false_alarm", "FALSE_ALARM'; --"])
    def test_reason(self, installation: Installation, reason: str) -> None:
        """The list of reasons is closed; an unreadable plate is none of them."""
        case = installation.detected()
        with nothing_recorded(installation):
            answer = installation.signed_in("centre.approve").act("discardCase", case.id, reasonCode=reason)
        assert answer == refused(
            "InvalidInput",
            "reasonCode: phải là một trong DUPLICATE, EXEMPT_VEHICLE, FALSE_ALARM, TEST",
            "reasonCode: must be one of DUPLICATE, EXEMPT_VEHICLE, FALSE_ALARM, TEST",
            rule_id="R-DHV-1.3.0",
            path="reasonCode",
        )

    def test_note(self, installation: Installation) -> None:
        """A note has at most 4,000 characters."""
        case = installation.detected()
        person = installation.signed_in("centre.approve")
        with nothing_recorded(installation):
            answer = person.act("discardCase", case.id, note="ơ" * 4_001)
        assert answer == refused(
            "InvalidInput", "note: quá 4000 ký tự", "note: longer than 4000 characters", path="note"
        )
        assert person.does("discardCase", case.id, note="ơ" * 4_000)["case"]["state"] == "DISCARDED"
