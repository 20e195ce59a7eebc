"""An installation of each regulation really runs: built from its environment, and spoken to through GraphQL."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from api.graphql.looking import AccessPurpose
from api.messages.intake import Dead, Intake
from cli.wiring import rulebook
from detection.contracts import wrap
from domain.account import Account
from domain.case import Case
from policies.rulebook import PROFILES, load
from tests.support.clients import let_in
from tests.support.detections import detection
from tests.support.people import case_of
from tests.support.sites import DIEN_BIEN, QUANG_TRI, YEN_BAI, Settled, Site

ACTIONS = """
query($id: ID, $purpose: AccessPurpose!) { case(id: $id, purpose: $purpose) {
  number state availableActions { action enabled reasons { message(language: EN) rule { id } } } } }
"""


def test_purposes_of_all_regulations() -> None:
    """The schema knows the purposes of every regulation, and no other; the installation's own are those that count."""
    listed = {purpose for profile in PROFILES for purpose in load(profile).purposes}
    assert {purpose.value for purpose in AccessPurpose} == listed


@pytest.mark.rule("R-QT-12.3.0")
@pytest.mark.rule("R-QT-13.3.0")
def test_quang_tri(settled: Callable[[Site], Settled]) -> None:
    """Quảng Trị: from the proposal to the fine that is paid, under its own number and rules, and national clocks."""
    site = settled(QUANG_TRI)
    case = site.case_in("EXECUTED")
    assert case.number.startswith("QT-2026-")
    site.goes_on(case.id, "notifyResult", "resolveCase")
    centre, police = site.place.signed_in("centre.approve"), site.place.signed_in("police.handle")
    shown = case_of(police, id=str(case.id))
    assert (shown["state"], shown["plate"], shown["notified"], shown["due"]) == (
        "RESOLVED",
        "74A-123.45",
        True,
        None,
    )
    rules = {step["event"]: step["rule"]["id"] for step in shown["history"] if step["rule"]}
    assert rules["case:approved"] == "R-QT-8.1.0"
    assert rules["case:verification-started"] == "R-QT-12.3.0"
    assert rules["case:result-notified"] == "R-QT-12.3.0"
    assert not [rule for rule in rules.values() if not rule.startswith(("R-QT-", "R-VN-"))]
    assert case_of(centre, id=str(case.id))["notified"] is True, "whoever supplied it is shown the result"
    assert site.place.services.rulebook.profile == "quang-tri"


@pytest.mark.rule("R-QT-4.5.0")
@pytest.mark.rule("R-QT-14.1.0")
@pytest.mark.rule("R-QT-15.1.0")
def test_supervision(settled: Callable[[Site], Settled]) -> None:
    """The Safety Board inspects: it reads cases and who looked at them, and does nothing on any."""
    site = settled(QUANG_TRI)
    case = site.case_in("CONCLUDED")
    case_of(site.place.signed_in("police.handle"), id=str(case.id))
    site.place.project()
    auditor = site.place.signed_in("board.audit")
    found = auditor.ask(ACTIONS, id=str(case.id), purpose="AUDIT")["case"]
    assert found["number"] == case.number
    assert [one["action"] for one in found["availableActions"] if one["enabled"]] == []
    log = auditor.ask("{ accessLog(first: 10) { nodes { way purpose } } }")["accessLog"]["nodes"]
    assert {"way": "case", "purpose": "VIOLATION_HANDLING"} in log
    for who in ("board", "centre.approve"):
        counted = site.place.signed_in(who).ask("{ caseStatistics { standing { value cases } } }")
        assert counted["caseStatistics"]["standing"] == [{"value": "CONCLUDED", "cases": 1}], who


@pytest.mark.rule("R-QT-18.2.0")
def test_breaches(settled: Callable[[Site], Settled]) -> None:
    """The Safety Board is shown, person by person, what was missed and what was tried without the power to."""
    site = settled(QUANG_TRI)
    case = site.case_in("VERIFYING")
    site.place.now += timedelta(days=60)
    site.goes_on(case.id, "concludeCase")
    assert site.place.signed_in("station").act("concludeCase", case.id)["__typename"] == "NotFound"
    assert site.place.signed_in("centre.approve").act("concludeCase", case.id)["__typename"] == "Forbidden"
    site.place.project()
    handler, officer = (str(Account.create_id(name)) for name in ("police.handle", "centre.approve"))
    found = site.place.signed_in("board.audit").ask(
        "query($handler: ID, $officer: ID) {"
        " obligations(filter: {missed: true, personId: $handler}) { nodes { timer state personId reasonOwed } }"
        " accessLog(filter: {refused: true, accountId: $officer}) { nodes { way refused ids } } }",
        handler=handler,
        officer=officer,
    )
    assert found["obligations"]["nodes"] == [
        {"timer": "VERIFY", "state": "LATE", "personId": handler, "reasonOwed": True}
    ]
    assert found["accessLog"]["nodes"] == [
        {"way": "concludeCase", "refused": "FORBIDDEN", "ids": [str(case.id)]}
    ]


@pytest.mark.rule("R-YB-5.0.0")
@pytest.mark.rule("R-YB-11.1.0")
def test_yen_bai(settled: Callable[[Site], Settled]) -> None:
    """Yên Bái: one party supplies, another sanctions; what no text gives a party is refused, and says so."""
    site = settled(YEN_BAI)
    at = site.place.now
    intake = Intake(site.place.intake, rulebook(), now=lambda: at)
    one = detection(1, camera=YEN_BAI.camera, at=at)
    assert intake.commit([wrap(one)]) == [None]
    taken = site.place.intake.find(Case, Case.create_id(one.proposal_id))
    assert (taken.number[:8], taken.track, set(taken.clocks)) == (
        "YB-2026-",
        "OWN_DEVICE",
        {"OWNER_NOTICE", "LIMITATION"},
    )
    case = site.case_in("EXECUTED")
    assert case.number.startswith("YB-2026-")
    police = site.place.signed_in("police.handle")
    refused = police.act("publishCase", case.id)
    assert (refused["__typename"], refused["rule"]["id"]) == ("Forbidden", "R-YB-13.5.0")
    refused = police.act("notifyResult", case.id)
    assert (refused["__typename"], refused["en"], refused["rule"]) == (
        "WrongState",
        "The step NOTIFY_RESULT is not set by this regulation",
        None,
    )
    assert case_of(site.place.signed_in("office"), id=str(case.id)) is None


@pytest.mark.rule("R-DB-4.2.0")
@pytest.mark.rule("R-DB-13.1.0")
@pytest.mark.rule("R-DB-18.2.0")
def test_dien_bien(settled: Callable[[Site], Settled]) -> None:
    """Điện Biên: no act of a procedure is anybody's; what one looks for is one of its seven purposes."""
    site = settled(DIEN_BIEN)
    case = site.case_in("DETECTED")
    assert case.number.startswith("DB-2026-")
    at = site.place.now
    intake = Intake(site.place.intake, rulebook(), now=lambda: at)
    let_in(site.place)
    [verdict] = intake.commit([wrap(detection(1, camera=DIEN_BIEN.camera, at=at))])
    assert verdict == Dead("UNKNOWN_RULE", "RED_LIGHT is no violation kind of dien-bien")
    manager = site.place.signed_in("manager")
    refused = manager.error(ACTIONS, id=str(case.id), purpose="VIOLATION_HANDLING")
    assert (refused["code"], refused["rule"], refused["message"].partition(" · ")[2]) == (
        "INVALID_INPUT",
        "R-DB-18.2.0",
        (
            "purpose: must be one of FOREST_FIRE, MONITORING, RESCUE, SECURITY, STATE_MANAGEMENT, TRAFFIC_SAFETY,"
            " URBAN_ORDER"
        ),
    )
    found: Any = manager.ask(ACTIONS, id=str(case.id), purpose="TRAFFIC_SAFETY")["case"]
    assert [one["action"] for one in found["availableActions"] if one["enabled"]] == []
    verify = next(one for one in found["availableActions"] if one["action"] == "startVerification")
    assert verify["reasons"] == [
        {
            "message": "The account's unit or function may not do case.verify"
            " [DB sets no case procedure; only 3.1 mentions sanction cameras]",
            "rule": {"id": "R-DB-3.1.0"},
        }
    ]
    approve = site.place.signed_in("centre.approve").act(
        "approveCase", case.id, recipientUnitId=str(DIEN_BIEN.people["police.handle"][0].id)
    )
    assert (approve["__typename"], approve["rule"]["id"]) == ("Forbidden", "R-DB-3.1.0")
    site.place.project()
    log = site.place.signed_in("manager.audit").ask(
        "{ accessLog(first: 10) { nodes { way refused purpose } } }"
    )
    assert {"way": "approveCase", "refused": "FORBIDDEN", "purpose": None} in log["accessLog"]["nodes"]
    assert {"way": "case", "refused": None, "purpose": "TRAFFIC_SAFETY"} in log["accessLog"]["nodes"]
