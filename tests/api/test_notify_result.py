"""`notifyResult`: the police tell the Centre the result within five working days (R-DH-11.3.b5)."""

from datetime import datetime, timedelta

import pytest

from domain.case.verification import CONCLUDED
from domain.clock import LEGAL_TIME
from tests.support.api import Installation
from tests.support.mutations import (
    EveryMutation,
    forbidden,
    no_case,
    nothing_recorded,
    refused,
    rule,
    wrong_state,
)


class TestNotifyResult(EveryMutation):
    """The result of a concluded case goes back once."""

    mutation = "notifyResult"
    ready = "CONCLUDED"
    topic = "case:result-notified"

    @pytest.mark.rule("R-DH-11.3.b5", "R-QT-12.4.b")
    def test_notified(self, installation: Installation) -> None:
        """Once the Centre was told, nothing is due but the limitation of the act."""
        case = installation.case_in("CONCLUDED")
        answer = installation.signed_in("police.handle").act("notifyResult", case.id)
        assert answer == {
            "__typename": "ResultNotified",
            "position": f"{installation.head():016d}",
            "case": {
                "id": str(case.id),
                "number": case.number,
                "state": "CONCLUDED",
                "version": 6,
                "plate": "73A-123.45",
                "due": "2027-06-01T00:00:00+07:00",
                "dueRule": rule("R-VN-LXLVPHC-6.1.a"),
                "holder": {"code": "CATP"},
                "received": True,
                "notified": True,
                "finding": "VIOLATION",
                "late": False,
            },
        }
        assert installation.topics(case.id)[5:] == ["case:result-notified"]

    @pytest.mark.rule("R-DH-11.3.b5")
    def test_late(self, installation: Installation) -> None:
        """A result after the fifth working day is late."""
        case, in_time = installation.case_in("CONCLUDED"), installation.case_in("CONCLUDED")
        due = datetime(2026, 6, 9, tzinfo=LEGAL_TIME)
        person = installation.signed_in("police.handle")
        installation.now = due - timedelta(microseconds=1)
        assert person.does("notifyResult", in_time.id)["case"]["late"] is False
        installation.now = due
        assert person.does("notifyResult", case.id)["case"]["late"] is True

    def test_twice(self, installation: Installation) -> None:
        """The result is notified once."""
        case = installation.case_in("NOTIFIED")
        with nothing_recorded(installation):
            answer = installation.signed_in("police.handle").act("notifyResult", case.id)
        assert answer == refused(
            "WrongState",
            "Kết quả đã được thông báo",
            "The result was already notified",
            rule_id="R-DH-11.3.b4",
        )

    @pytest.mark.parametrize(
        "state, found", [("APPROVED", "APPROVED"), ("RECEIVED", "RECEIVED"), ("VERIFYING", "VERIFYING")]
    )
    def test_not_concluded(self, installation: Installation, state: str, found: str) -> None:
        """There is no result before the conclusion."""
        case = installation.case_in(state)
        with nothing_recorded(installation):
            answer = installation.signed_in("police.handle").act("notifyResult", case.id)
        assert answer == wrong_state(found, ", ".join(CONCLUDED), "R-DH-11.3.b4")

    @pytest.mark.parametrize("state", ["DETECTED", "DISCARDED"])
    def test_never_transferred(self, installation: Installation, state: str) -> None:
        """The police do not know of what was not transferred to them."""
        case = installation.case_in(state)
        with nothing_recorded(installation):
            assert installation.signed_in("police.handle").act("notifyResult", case.id) == no_case(case.id)

    def test_forbidden(self, installation: Installation) -> None:
        """A leader's function is not to notify, and the Centre does not notify itself."""
        case = installation.case_in("CONCLUDED")
        with nothing_recorded(installation):
            assert installation.signed_in("police.lead").act("notifyResult", case.id) == forbidden(
                "case.notify", " (role) [DH 3.5]", "R-DH-3.5.0"
            )
            assert installation.signed_in("centre.execute").act("notifyResult", case.id) == forbidden(
                "case.notify", " [DH 11.3.b]", "R-DH-11.3.b4"
            )
