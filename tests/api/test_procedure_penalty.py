"""Each side branch of the procedure from the record on, through GraphQL alone."""

from datetime import datetime
from typing import Any

import pytest

from cli.wiring import rulebook
from domain.commands.clock import tell_of_clock
from domain.unit import Unit
from tests.support.api import Installation
from tests.support.casework import Casework, decided, delivered, on, recorded, verifying


def told(work: Casework, timer: str) -> None:
    """Let the scheduler say what time has done."""
    place = work.installation
    [due] = [
        one["due"] for one in work.shows("obligations { timer due }")["obligations"] if one["timer"] == timer
    ]
    instant = datetime.fromisoformat(due)
    place.now = max(place.now, instant)
    assert tell_of_clock(
        place.operator,
        rulebook(),
        noun="CASE",
        subject_id=work.case.id,
        timer=timer,
        due=instant,
        now=place.now,
    )
    place.project()


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
