"""`startVerification`: the police accept a received case for verification (*thụ lý xác minh*)."""

import pytest

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


class TestStartVerification(EveryMutation):
    """A received case may be verified by the unit that holds it."""

    mutation = "startVerification"
    ready = "RECEIVED"
    topic = "case:verification-started"

    def test_started(self, installation: Installation) -> None:
        """Verification starts no clock: that one runs since the data arrived."""
        case = installation.case_in("RECEIVED")
        answer = installation.signed_in("police.handle").act("startVerification", case.id)
        assert answer == {
            "__typename": "VerificationStarted",
            "position": f"{installation.head():016d}",
            "case": {
                "id": str(case.id),
                "number": case.number,
                "state": "VERIFYING",
                "version": 4,
                "plate": "73A-123.45",
                "due": "2026-07-02T00:00:00+07:00",
                "dueRule": rule("R-DH-11.3.b3"),
                "holder": {"code": "CATP"},
                "received": True,
                "notified": False,
                "finding": None,
                "late": False,
            },
        }
        assert installation.topics(case.id)[3:] == ["case:verification-started"]

    @pytest.mark.rule("R-DHV-2.1.a", "R-DHV-2.3.0")
    def test_not_received(self, installation: Installation) -> None:
        """What nobody took over cannot be verified."""
        case = installation.case_in("APPROVED")
        with nothing_recorded(installation):
            answer = installation.signed_in("police.handle").act("startVerification", case.id)
        assert answer == refused(
            "WrongState",
            "Phải tiếp nhận hồ sơ trước khi xác minh",
            "The case must be received before it is verified",
            rule_id="R-DHV-2.1.a",
        )

    @pytest.mark.parametrize("state", ["VERIFYING", "CONCLUDED"])
    def test_too_late(self, installation: Installation, state: str) -> None:
        """Verification begins once."""
        case = installation.case_in(state)
        with nothing_recorded(installation):
            answer = installation.signed_in("police.handle").act("startVerification", case.id)
        assert answer == wrong_state(state, "RECEIVED, APPROVED", "R-DH-11.3.b3")

    @pytest.mark.parametrize("state", ["DETECTED", "DISCARDED"])
    def test_never_transferred(self, installation: Installation, state: str) -> None:
        """The police do not know of what was not transferred to them."""
        case = installation.case_in(state)
        with nothing_recorded(installation):
            answer = installation.signed_in("police.handle").act("startVerification", case.id)
        assert answer == no_case(case.id)

    def test_forbidden(self, installation: Installation) -> None:
        """A leader's function is not verification, and the Centre does not verify at all."""
        case = installation.case_in("RECEIVED")
        with nothing_recorded(installation):
            assert installation.signed_in("police.lead").act("startVerification", case.id) == forbidden(
                "case.verify", " (role) [DH 3.5]", "R-DH-3.5.0"
            )
            assert installation.signed_in("centre.approve").act("startVerification", case.id) == forbidden(
                "case.verify", " [DH 11.3.b; DHV 2.1]", "R-DH-11.3.b3"
            )
