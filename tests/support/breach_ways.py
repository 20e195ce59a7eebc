"""Breaches that have come some of their way, and who had a part in them, for the tests of the domain."""

from datetime import timedelta
from typing import Any

from domain.breach import Breach
from domain.breach_guards import BreachFinding
from domain.context import Actor
from domain.personal import Personal
from tests.support.spec import CENTRE, CITY, COLLEAGUE, HANDLER, ID, NOW, POLICE, Fact, actor, fact

HEAD = actor(11, POLICE, "LEADER", leader=True)
DEPUTY = actor(12, POLICE, "LEADER", leader=True)
CENTRE_LEADER = actor(13, CENTRE, "LEADER", leader=True)
RULE, ABOVE = "R-DH-16.4.b", "R-DH-17.1.0"
TEXT, ANSWER, FOUND = "Cho mượn tài khoản", "Tôi quên đăng xuất", "Hai phiên cùng lúc từ hai nơi"
YESTERDAY = NOW - timedelta(days=1)
CONFIRMED, UNFOUNDED = BreachFinding.CONFIRMED, BreachFinding.UNFOUNDED


def reported(of: Actor | None = HANDLER, **otherwise: Any) -> Fact:
    """A breach in the city police, said of one of its people or of the unit."""
    said: dict[str, Any] = {
        "number": "DH-VP-2026-000001",
        "area_path": CITY,
        "unit_id": POLICE.id,
        "subject_rule": "R-DH-5.3.0",
        "account_id": of.account_id if of else None,
        "leads": of is not None and of.leader,
        "happened_at": YESTERDAY,
        "text": Personal.said(ID, TEXT),
        "attempts": (),
        "case_ids": (),
        "camera_ids": (),
        **otherwise,
    }
    return fact(Breach.Reported, **said).under(by=str(COLLEAGUE.account_id), unit_id=POLICE.id, rule=RULE)


def examined(finding: BreachFinding, *, by: Actor = HEAD, document: str | None = None) -> Fact:
    """A finding, by somebody."""
    said = {"finding": finding.value, "document": document, "text": Personal.said(ID, FOUND)}
    return fact(Breach.Examined, **said).under(by=str(by.account_id), unit_id=by.unit_id)


DEALT = fact(
    Breach.DealtWith,
    measure="DISCIPLINE",
    document="06/QĐ-CATP",
    decided_at=NOW,
    recommendation_id=None,
)
CLOSED = fact(Breach.Closed)
WAYS: dict[str, tuple[Fact, ...]] = {
    "REPORTED": (reported(),),
    "CONFIRMED": (reported(), examined(CONFIRMED)),
    "UNFOUNDED": (reported(), examined(UNFOUNDED)),
    "DEALT_WITH": (reported(), examined(CONFIRMED), DEALT),
    "CLOSED": (reported(), examined(CONFIRMED), DEALT, CLOSED),
}
