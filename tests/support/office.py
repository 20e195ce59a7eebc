"""What the tests of reports, recommendations and obstacles ask of the API."""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import uuid4

from domain.clock import LEGAL_TIME
from tests.support.api import Installation
from tests.support.people import ACTORS, REFUSED, WAY, Person

REPORT: Final = (
    "id number kind period from to due late asOf issuedAt area sha256 numbers position unit { code }"
    " rule { id } rulebook counts { fact cases amount by { value cases } } standing { value cases }"
    " recount { same sha256 } history { event by } availableActions { action enabled }"
)
RECOMMENDATION: Final = (
    "id number state shortcoming area text answer outside document accepted answerDocument version"
    " unit { code } recipient { code } madeBy { name } caseIds cameraIds history { event }"
    " availableActions { action enabled }"
)
OBSTACLE: Final = (
    "id number state area text answer escalatedTo document caseId version unit { code } rule { id }"
    " reportedBy { name } addressed { unitKind name } history { event rule { id } }"
    " availableActions { action enabled }"
)
SHOWN: Final = {"report": REPORT, "recommendation": RECOMMENDATION, "obstacle": OBSTACLE}
ACTS: Final = {
    "issueReport": ("report", "ReportIssued"),
    "makeRecommendation": ("recommendation", "RecommendationMade"),
    "sendRecommendation": ("recommendation", "RecommendationSent"),
    "answerRecommendation": ("recommendation", "RecommendationAnswered"),
    "reportObstacle": ("obstacle", "ObstacleReported"),
    "escalateObstacle": ("obstacle", "ObstacleEscalated"),
    "settleObstacle": ("obstacle", "ObstacleSettled"),
}


PRINTED: Final = {
    "issued_place": "Đồng Hới",
    "addressee": "Lãnh đạo Ủy ban nhân dân thành phố Đồng Hới",
    "notices_sent": "1",
    "published": "0",
    "signer_title": "Chánh Văn phòng",
    "signer_name": "Trương Thị Báo",
    "obstacles": "Một số camera bị che khuất vào buổi tối.",
}
"""What a person says in the document of a report."""
FACTS: Final[dict[str, dict[str, Any]]] = {
    "issueReport": {"kind": "YEARLY"},
    "issueReportDocument": {
        "number": "07",
        "fields": [{"name": name, "value": value} for name, value in PRINTED.items()],
    },
    "makeRecommendation": {"shortcoming": "TRAFFIC_ORGANISATION", "text": "Vạch dừng đã mờ"},
    "sendRecommendation": {"document": "01/KN-VP", "outside": "Sở Xây dựng"},
    "answerRecommendation": {"accepted": True, "text": "Sẽ sơn lại", "document": "02/TL-SXD"},
    "reportObstacle": {"text": "Không tra cứu được chủ xe ngoại tỉnh"},
    "escalateObstacle": {"document": "03/BC-VP"},
    "settleObstacle": {"text": "Đã có quy chế phối hợp", "document": "04/CV-UBND"},
}
"""What each is told with nothing that anybody would find fault with."""


def at(text: str) -> datetime:
    """An instant as a clock in Viet Nam shows it."""
    return datetime.fromisoformat(text).replace(tzinfo=LEGAL_TIME)


MORNING: Final = at("2026-07-01T08:00:00")


def end_of_july(installation: Installation) -> Installation:
    """Half past three on 30 July 2026: a case that was executed, one discarded, one that nobody has looked at."""
    installation.now = MORNING + timedelta(hours=1)
    executed, discarded, _ = installation.many_detected([MORNING] * 3)
    for act in WAY["EXECUTED"]:
        given = {"receivedAt": installation.now.isoformat()} if act == "confirmDelivery" else {}
        installation.signed_in(ACTORS[act]).does(act, executed.id, **given)
    installation.signed_in("centre.approve").does("discardCase", discarded.id)
    installation.project()
    installation.now = at("2026-07-30T15:30:00")
    return installation


def did(person: Person, act: str, **given: Any) -> dict[str, Any]:
    """Do one of these acts; what it answered, done or refused."""
    noun, payload = ACTS[act]
    return mutated(person, act, noun, payload, SHOWN[noun], given)


def mutated(
    person: Person, act: str, noun: str, payload: str, shown: str, given: dict[str, Any]
) -> dict[str, Any]:
    """Send a mutation; what it answered, done or refused."""
    document = (
        f"mutation($input: {act[0].upper()}{act[1:]}Input!) {{ {act}(input: $input) {{ __typename"
        f" ... on {payload} {{ position {noun} {{ {shown} }} }} {REFUSED} }} }}"
    )
    answer: dict[str, Any] = person.ask(document, input={"commandId": str(uuid4()), **given})[act]
    return answer


def done(person: Person, act: str, **given: Any) -> dict[str, Any]:
    """Do one of these acts; what it is about, afterwards."""
    answer = did(person, act, **given)
    noun, payload = ACTS[act]
    assert answer["__typename"] == payload, answer
    about: dict[str, Any] = answer[noun]
    return about
