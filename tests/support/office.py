"""What the tests of reports, recommendations and obstacles ask of the API."""

from typing import Any, Final
from uuid import uuid4

from tests.support.people import REFUSED, Person

REPORT: Final = (
    "id number kind period from to due late asOf issuedAt area sha256 numbers position unit { code }"
    " rule { id } rulebook counts { fact cases amount by { value cases } } standing { value cases }"
    " recount { same sha256 } history { event by } availableActions { action }"
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


FACTS: Final[dict[str, dict[str, Any]]] = {
    "issueReport": {"kind": "YEARLY"},
    "makeRecommendation": {"shortcoming": "TRAFFIC_ORGANISATION", "text": "Vạch dừng đã mờ"},
    "sendRecommendation": {"document": "01/KN-VP", "outside": "Sở Xây dựng"},
    "answerRecommendation": {"accepted": True, "text": "Sẽ sơn lại", "document": "02/TL-SXD"},
    "reportObstacle": {"text": "Không tra cứu được chủ xe ngoại tỉnh"},
    "escalateObstacle": {"document": "03/BC-VP"},
    "settleObstacle": {"text": "Đã có quy chế phối hợp", "document": "04/CV-UBND"},
}
"""What each is told with nothing that anybody would find fault with."""


def did(person: Person, act: str, **given: Any) -> dict[str, Any]:
    """Do one of these acts; what it answered, done or refused."""
    noun, payload = ACTS[act]
    document = (
        f"mutation($input: {act[0].upper()}{act[1:]}Input!) {{ {act}(input: $input) {{ __typename"
        f" ... on {payload} {{ position {noun} {{ {SHOWN[noun]} }} }} {REFUSED} }} }}"
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
