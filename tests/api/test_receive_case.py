"""`receiveCase`: the police take a transferred case over (*tiếp nhận*, 704/UBND-VP part 2)."""

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


class TestReceiveCase(EveryMutation):
    """Whoever holds the case takes it over, once."""

    mutation = "receiveCase"
    ready = "APPROVED"
    topic = "case:received"

    @pytest.mark.rule("R-DHV-2.1.a", "R-QT-12.4.b")
    def test_received(self, installation: Installation) -> None:
        """What was received is so by its state; the clock that runs since the transfer runs on."""
        case = installation.case_in("APPROVED")
        answer = installation.signed_in("police.handle").act("receiveCase", case.id)
        assert answer == {
            "__typename": "CaseReceived",
            "position": f"{installation.head():016d}",
            "case": {
                "id": str(case.id),
                "number": case.number,
                "state": "RECEIVED",
                "version": 3,
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
        assert installation.topics(case.id) == ["case:detected", "case:approved", "case:received"]

    def test_by_the_leader(self, installation: Installation) -> None:
        """A leader of the police may receive as well."""
        case = installation.case_in("APPROVED")
        assert installation.signed_in("police.lead").does("receiveCase", case.id)["case"]["received"] is True

    def test_twice(self, installation: Installation) -> None:
        """A case is received once."""
        case = installation.case_in("RECEIVED")
        with nothing_recorded(installation):
            answer = installation.signed_in("police.lead").act("receiveCase", case.id)
        assert answer == refused(
            "WrongState", "Hồ sơ đã được tiếp nhận", "The case is already received", rule_id="R-DHV-2.1.a"
        )

    @pytest.mark.parametrize("state", ["VERIFYING", "CONCLUDED"])
    def test_too_late(self, installation: Installation, state: str) -> None:
        """What has gone on is not received again."""
        case = installation.case_in(state)
        with nothing_recorded(installation):
            answer = installation.signed_in("police.handle").act("receiveCase", case.id)
        assert answer == wrong_state(state, "APPROVED", "R-DHV-2.1.a")

    @pytest.mark.parametrize("state", ["DETECTED", "DISCARDED"])
    def test_never_transferred(self, installation: Installation, state: str) -> None:
        """The police do not know of what was not transferred to them."""
        case = installation.case_in(state)
        with nothing_recorded(installation):
            assert installation.signed_in("police.handle").act("receiveCase", case.id) == no_case(case.id)

    def test_forbidden(self, installation: Installation) -> None:
        """The Centre does not receive what it transferred."""
        case = installation.case_in("APPROVED")
        with nothing_recorded(installation):
            answer = installation.signed_in("centre.approve").act("receiveCase", case.id)
        assert answer == forbidden("case.receive", " [DH 11.3.a, 12.2.a; DHV 2.1]", "R-DHV-2.1.a")
