"""What the tests of breaches ask of the API, and the breaches of the world of the matrix, known as facts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from domain.account import Account
from domain.unit import Unit
from tests.support.api import Installation
from tests.support.office import mutated
from tests.support.oracle import Somebody
from tests.support.oracle_facts import BreachFacts
from tests.support.people import Person

SHOWN: Final = (
    "id number state area text finding findings document happenedAt reportedAt examinedAt closedAt version"
    " answers attempts caseIds cameraIds rule { id } unit { code } accused { name } reporter { name }"
    " examinedBy { name } measures { measure document decidedAt recommendationId rule { id } }"
    " history { event by unit rule { id } } availableActions { action enabled }"
)
PAYLOADS: Final = {
    "reportBreach": "BreachReported",
    "answerBreach": "BreachAnswered",
    "examineBreach": "BreachExamined",
    "dealWithBreach": "BreachDealtWith",
    "closeBreach": "BreachClosed",
    "reopenBreach": "BreachReopened",
}
FACTS: Final[dict[str, dict[str, Any]]] = {
    "reportBreach": {"ruleId": "R-DH-5.3.0", "text": "Cho mượn tài khoản"},
    "answerBreach": {"text": "Tôi quên đăng xuất"},
    "examineBreach": {
        "finding": "CONFIRMED",
        "text": "Hai phiên cùng lúc từ hai nơi",
        "document": "05/KL-UBND",
    },
    "dealWithBreach": {"measure": "DISCIPLINE", "document": "06/QĐ-CATP"},
    "closeBreach": {},
    "reopenBreach": {"text": "Máy trạm tự mở lại phiên cũ", "document": "08/KL-UBND"},
}
"""What each is told with nothing that anybody would find fault with."""
WAY: Final[Mapping[str, tuple[tuple[str, dict[str, Any]], ...]]] = {
    "REPORTED": (),
    "CONFIRMED": (("examineBreach", {}),),
    "UNFOUNDED": (("examineBreach", {"finding": "UNFOUNDED"}),),
    "DEALT_WITH": (("examineBreach", {}), ("dealWithBreach", {})),
    "CLOSED": (("examineBreach", {}), ("dealWithBreach", {}), ("closeBreach", {})),
}
BREACHES: Final = (
    ("police.handle", "CATP", "catp.executor", "REPORTED", None),
    ("centre.approve", "CAP-NL", "commune.lead", "REPORTED", None),
    ("police.handle", "CATP", None, "CONFIRMED", "centre.approve"),
    ("police.lead", "CATP", "police.handle", "CONFIRMED", "police.lead"),
    ("audits.town", "CSGT", "csgt.handler", "DEALT_WITH", "ttgs-2.approver"),
    ("centre.admin", "TTGSDH", "centre.execute", "CLOSED", "centre.approve"),
    ("ttr.handler", "TTR", None, "UNFOUNDED", "centre.approve"),
    ("ca-la.handler", "CA-LA", None, "REPORTED", None),
    ("ca-qt.handler", "CA-QT", "ca-qt.handler", "DEALT_WITH", "ttgs-qt.approver"),
    ("cap-qt.leader", "CAP-QT", None, "REPORTED", None),
)
"""Who reported one, in which unit, of whom, how far it went, and who examined it."""


def did(person: Person, act: str, **given: Any) -> dict[str, Any]:
    """Do one of these acts; what it answered, done or refused."""
    return mutated(person, act, "breach", PAYLOADS[act], SHOWN, FACTS[act] | given)


def done(person: Person, act: str, **given: Any) -> dict[str, Any]:
    """Do one of these acts; the breach afterwards."""
    answer = did(person, act, **given)
    assert answer["__typename"] == PAYLOADS[act], answer
    about: dict[str, Any] = answer["breach"]
    return about


def given_of(place: Installation, act: str) -> dict[str, Any]:
    """What each is told of time: that it was an hour ago, and is decided now."""
    happened = place.now - timedelta(hours=1)
    return {
        "reportBreach": {"happenedAt": happened.isoformat()},
        "dealWithBreach": {"decidedAt": place.now.isoformat()},
    }.get(act, {})


@dataclass(frozen=True)
class Breaches:
    """Whoever reports breaches, and deals with them, by the product's own acts."""

    place: Installation
    people: dict[str, Somebody]

    def does(self, by: str, act: str, **given: Any) -> dict[str, Any]:
        """Do one of these acts; the breach afterwards."""
        return done(self.place.signed_in(by), act, **given_of(self.place, act) | given)

    def reported(self, by: str, unit: str, of: str | None, **given: Any) -> dict[str, Any]:
        """Report one, of somebody or of the unit."""
        named = {"accountId": str(Account.create_id(of))} if of else {}
        return self.does(by, "reportBreach", unitId=str(Unit.create_id(unit)), **named, **given)

    def known(self) -> list[BreachFacts]:
        """Some of each state."""
        found = []
        for by, unit, of, state, through in BREACHES:
            one = self.reported(by, unit, of)
            for act, given in WAY[state]:
                self.does(str(through), act, breachId=one["id"], **given)
            found.append(
                BreachFacts(
                    id=one["id"],
                    number=one["number"],
                    state=state,
                    area=one["area"],
                    owner=unit,
                    accused=of,
                    examined_by=self.people[through].unit if through else None,
                )
            )
        return found
