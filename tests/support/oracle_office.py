"""Who may see and do what with reports, recommendations and obstacles, said a second time in plain sentences."""

from tests.support.oracle import (
    BODY,
    CENTRE,
    DONE,
    CaseFacts,
    Somebody,
    outcome,
    sees,
)
from tests.support.oracle_facts import (
    ObstacleFacts,
    RecommendationFacts,
    ReportFacts,
)

OFFICE_ACTS: dict[str, type[CaseFacts | ReportFacts | RecommendationFacts | ObstacleFacts]] = {
    "issueReportDocument": ReportFacts,
    "makeRecommendation": CaseFacts,
    "sendRecommendation": RecommendationFacts,
    "answerRecommendation": RecommendationFacts,
    "reportObstacle": CaseFacts,
    "escalateObstacle": ObstacleFacts,
    "settleObstacle": ObstacleFacts,
}
"""What each act is about; what is made is about a case that it names."""


def _decides(who: Somebody) -> bool:
    return who.role in {"APPROVER", "HANDLER", "LEADER"}


def reports(who: Somebody) -> bool:
    """Whoever decides or handles runs reports, but in a unit of another body."""
    return _decides(who) and who.kind != BODY


def making(noun: CaseFacts, who: Somebody, act: str) -> str:
    """What one sees may be named: of a recommendation by whoever runs reports, of an obstacle by anybody."""
    if not sees(noun, who):
        return "NotFound"
    return DONE if act == "reportObstacle" or reports(who) else "Forbidden"


# -- what one is shown -----------------------------------------------------------------


@sees.register
def _(noun: ReportFacts, who: Somebody) -> bool:
    """Whoever runs reports: those of their unit and their area; the audit its area."""
    return (who.audits and who.covers(noun.area)) or (
        reports(who) and (who.unit == noun.owner or who.covers(noun.area))
    )


@sees.register
def _(noun: RecommendationFacts, who: Somebody) -> bool:
    """As a report; and the unit it was sent to."""
    if _received(noun, who) or (who.audits and who.covers(noun.area)):
        return True
    return reports(who) and (who.unit == noun.owner or who.covers(noun.area))


@sees.register
def _(noun: ObstacleFacts, who: Somebody) -> bool:
    """Everybody of the unit that reported it, the Centres of its area, and the audit."""
    if who.unit == noun.owner or (who.audits and who.covers(noun.area)):
        return True
    return who.kind == CENTRE and _decides(who) and who.covers(noun.area)


def _received(noun: RecommendationFacts, who: Somebody) -> bool:
    return _decides(who) and who.unit == noun.recipient


# -- what one may do -------------------------------------------------------------------


@outcome.register
def _(noun: ReportFacts, who: Somebody, act: str) -> str:
    """Its documents are made by the unit that issued it."""
    assert act == "issueReportDocument"
    if not sees(noun, who):
        return "NotFound"
    return DONE if reports(who) and who.unit == noun.owner else "Forbidden"


@outcome.register
def _(noun: RecommendationFacts, who: Somebody, act: str) -> str:
    """It is sent by whoever made it, and answered by whoever received it, or, from outside, through who made it."""
    if not sees(noun, who):
        return "NotFound"
    own = reports(who) and who.unit == noun.owner
    if act == "sendRecommendation":
        if not reports(who):
            return "Forbidden"
        return "WrongState" if noun.state != "MADE" else DONE if own else "Forbidden"
    assert act == "answerRecommendation"
    if not _received(noun, who) and not (own and noun.recipient is None):
        return "Forbidden"
    return DONE if noun.state == "SENT" else "WrongState"


@outcome.register
def _(noun: ObstacleFacts, who: Somebody, act: str) -> str:
    """A Centre of its area settles it or puts it before the committee; then the same Centre has the answer."""
    if not sees(noun, who):
        return "NotFound"
    asked = who.kind == CENTRE and who.covers(noun.area)
    if not _decides(who) or not (who.unit == noun.escalated_by if noun.escalated_by else asked):
        return "Forbidden"
    beyond = act == "escalateObstacle" and noun.escalated_by
    return "WrongState" if noun.state == "SETTLED" or beyond else DONE
