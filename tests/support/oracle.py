"""Who may see and do what in the world of the matrix, said a second time in plain sentences.

Nothing here asks the product: no table, no scope, no guard. Whoever changes a rule changes it in both places.
"""

from dataclasses import dataclass
from functools import singledispatch

from tests.support.oracle_facts import (
    AreaFacts,
    BreachFacts,
    ClientFacts,
    IncidentFacts,
    ObstacleFacts,
    RecommendationFacts,
    ReportFacts,
    RosterFacts,
    ShiftFacts,
    UnitFacts,
    UseFacts,
    WorkFacts,
)

CENTRE, CITY, TEAM, COMMUNE = "OPERATIONS_CENTRE", "CITY_POLICE", "TRAFFIC_POLICE_TEAM", "COMMUNE_POLICE"
URBAN, COMMITTEE, BODY = "URBAN_ORDER_TEAM", "COMMUNE_COMMITTEE", "OTHER_BODY"
KINDS = (CENTRE, CITY, TEAM, COMMUNE, URBAN, COMMITTEE, BODY)
ROLES = ("APPROVER", "EXECUTOR", "ADMINISTRATOR", "HANDLER", "LEADER", "AUDITOR")

LOOKERS = {"APPROVER", "EXECUTOR", "HANDLER", "LEADER"}
"""Whose function is to look: at cameras, at cases, at evidence."""
READERS = LOOKERS | {"AUDITOR"}
"""Who reads what is on record of a case or an extraction of their unit; an auditor no pictures."""


@dataclass(frozen=True, kw_only=True)
class Somebody:
    """A person: in which unit, with which function; *audits* with a grant that is in force."""

    name: str
    unit: str
    kind: str
    area: str
    role: str
    leader: bool = False
    audits: bool = False

    def covers(self, area: str) -> bool:
        """Whether an area is the unit's own, or within it."""
        return f"{area}/".startswith(f"{self.area}/")


@dataclass(frozen=True, kw_only=True)
class CameraFacts:
    """A camera."""

    id: str
    code: str
    domain: str
    camera_class: str
    area: str
    operator: str
    worked_on: bool = False


@dataclass(frozen=True, kw_only=True)
class CaseFacts:
    """A case, with the units by their codes and its one file."""

    id: str
    number: str
    state: str
    domain: str
    area: str
    camera: str
    detecting: str
    holder: str
    file: str
    received: bool = False
    notified: bool = False


@dataclass(frozen=True, kw_only=True)
class ExtractionFacts:
    """An extraction, with units by their codes and people by their names."""

    id: str
    number: str
    state: str
    area: str
    camera: str
    operator: str
    asking: str
    asking_kind: str
    asked_by: str
    decided_by: str | None = None
    executing: str | None = None
    receiver: str | None = None
    files: tuple[str, ...] = ()


Paper = ReportFacts | RecommendationFacts | ObstacleFacts
Kept = (
    AreaFacts
    | UnitFacts
    | UseFacts
    | IncidentFacts
    | WorkFacts
    | ShiftFacts
    | RosterFacts
    | BreachFacts
    | ClientFacts
)
Noun = CameraFacts | CaseFacts | ExtractionFacts | Paper | Kept


# -- what one is shown -----------------------------------------------------------------


@singledispatch
def sees(noun: Noun, who: Somebody) -> bool:
    """Whether somebody is shown something."""
    raise TypeError(noun)


@sees.register
def _(noun: CameraFacts, who: Somebody) -> bool:
    """Whoever may watch it, and the administrators of the Centre, who administer every camera."""
    return watches(noun, who) or (who.kind == CENTRE and who.role == "ADMINISTRATOR")


def watches(noun: CameraFacts, who: Somebody) -> bool:
    """Traffic cameras: the Centre and all police. Security: the Centre smart-city ones, others those of their area."""
    if who.role not in LOOKERS or who.kind == BODY:
        return False
    if noun.domain == "TRAFFIC":
        return who.kind != COMMITTEE
    return noun.camera_class == "SMART_CITY" if who.kind == CENTRE else who.covers(noun.area)


@sees.register
def _(noun: CaseFacts, who: Somebody) -> bool:
    """The unit that holds it and the unit whose camera proposed it; the audit its area."""
    if who.audits:
        return who.covers(noun.area)
    return who.role in READERS and who.unit in {noun.holder, noun.detecting}


@sees.register
def _(noun: ExtractionFacts, who: Somebody) -> bool:
    """Its parties, and in its area whoever decides on it or may cut what was allowed; the audit its area."""
    if who.audits:
        return who.covers(noun.area)
    if who.role not in READERS:
        return False
    if who.unit in {noun.asking, noun.operator, noun.executing}:
        return True
    cutting = _cuts(who) and noun.state not in {"REQUESTED", "REJECTED"}
    return who.covers(noun.area) and (_decides(who, noun) or cutting)


def _decides(who: Somebody, noun: ExtractionFacts) -> bool:
    asked = {CENTRE: BODY, CITY: COMMUNE}.get(who.kind)
    return who.role in {"APPROVER", "HANDLER", "LEADER"} and noun.asking_kind == asked


def _cuts(who: Somebody) -> bool:
    return who.kind in {CENTRE, CITY} and who.role in {"EXECUTOR", "HANDLER"}


# -- what one may do -------------------------------------------------------------------

DONE = "done"
POLICE = {CITY, TEAM, COMMUNE, URBAN}
RECEIVING = ({CITY, TEAM}, {"HANDLER", "LEADER"})
APPROVING = ({CENTRE}, {"APPROVER"})
VERIFYING = (POLICE, {"HANDLER"})
CONCLUDING = ({CITY}, {"HANDLER"})
HEARING = ({CITY, TEAM, COMMUNE}, {"HANDLER", "LEADER"})
DECIDING = ({CITY, TEAM, COMMUNE}, {"LEADER"})
"""Whose an act is: the kinds of units, and the functions."""
PROPOSED = "DETECTED RETURNED"
FINDING_OUT = "RECEIVED VERIFYING CONCLUDED"
TRANSFERRED = f"APPROVED {FINDING_OUT} HANDLED"
MAKING = set(KINDS), {"HANDLER", "LEADER"}
"""Of a unit that holds the case or its camera, whichever it is."""
CASE_ACTS: dict[str, tuple[str, tuple[set[str], set[str]]]] = {
    "approveCase": (PROPOSED, APPROVING),
    "discardCase": (PROPOSED, APPROVING),
    "receiveCase": ("APPROVED", RECEIVING),
    "assignCase": (f"APPROVED {FINDING_OUT}", RECEIVING),
    "returnCase": ("RECEIVED VERIFYING", RECEIVING),
    "forwardCase": (FINDING_OUT, RECEIVING),
    "handleCase": ("RECEIVED", RECEIVING),
    "keepCase": (f"APPROVED {FINDING_OUT}", VERIFYING),
    "mergeCase": (f"APPROVED {FINDING_OUT}", VERIFYING),
    "startVerification": ("APPROVED RECEIVED", VERIFYING),
    "extendVerification": ("VERIFYING", (POLICE, {"HANDLER", "LEADER"})),
    "concludeCase": ("VERIFYING", CONCLUDING),
    "referCase": ("VERIFYING CONCLUDED", CONCLUDING),
    "resumeCase": ("REFERRED", CONCLUDING),
    "notifyResult": ("CONCLUDED HANDLED", CONCLUDING),
    "identifyOwner": (FINDING_OUT, VERIFYING),
    "sendNotice": (FINDING_OUT, VERIFYING),
    "sendInspectionWarning": (FINDING_OUT, VERIFYING),
    "determineViolator": (FINDING_OUT, VERIFYING),
    "drawRecord": ("CONCLUDED", VERIFYING),
    "transferRecord": ("RECORDED", VERIFYING),
    "requestExplanation": ("RECORDED", HEARING),
    "extendExplanation": ("RECORDED", HEARING),
    "announceSession": ("RECORDED", HEARING),
    "recordExplanation": ("RECORDED", HEARING),
    "verifyFacts": ("RECORDED", HEARING),
    "declareComplex": ("RECORDED", HEARING),
    "decidePenalty": ("RECORDED", DECIDING),
    "decideNoPenalty": ("CONCLUDED", DECIDING),
    "sendDecision": ("DECIDED", HEARING),
    "confirmDelivery": ("DECIDED", HEARING),
    "recordPayment": ("DELIVERED", HEARING),
    "enforceDecision": ("OVERDUE", DECIDING),
    "executeDecision": ("DELIVERED", HEARING),
    "resolveCase": ("CONCLUDED", HEARING),
    "endEvasion": ("VERIFYING CONCLUDED", DECIDING),
    "publishCase": (TRANSFERRED, APPROVING),
    "withdrawPublication": (f"{PROPOSED} DISCARDED {TRANSFERRED}", APPROVING),
    "fileComplaint": (TRANSFERRED, HEARING),
    "answerComplaint": (TRANSFERRED, HEARING),
    "correctCase": (FINDING_OUT, VERIFYING),
    "reopenCase": ("CONCLUDED HANDLED", DECIDING),
    "voidAct": (TRANSFERRED, DECIDING),
    "explainDelay": (f"{PROPOSED} DISCARDED {TRANSFERRED}", (set(KINDS), READERS)),
    "issueDocument": (f"RETURNED REFERRED {TRANSFERRED}", MAKING),
}
"""In which states of this world each act on a case begins, and whose it is."""
ENDS_IN = {
    "keepCase": "WrongState",  # no duplicate is suspected
    "mergeCase": "InvalidInput",  # into itself
    "sendNotice": "WrongState",  # nobody knows the owner
    "sendInspectionWarning": "WrongState",
    "drawRecord": "WrongState",  # nobody knows the violator
    "resolveCase": "WrongState",  # a violation that was found is to be decided on
    "withdrawPublication": "WrongState",  # nothing is published
    "answerComplaint": "WrongState",  # nobody complained
    "explainDelay": "WrongState",  # nothing came late
    "issueDocument": "WrongState",  # nobody is known to whom it would be addressed
}
"""What comes of acts that this world has no occasion for."""
OF_TRAFFIC = {"startVerification", "identifyOwner", "determineViolator", "publishCase"}
"""What is not done with a security case."""
EXTRACTION_ACTS: dict[str, tuple[str, ...]] = {
    "approveExtraction": ("REQUESTED",),
    "rejectExtraction": ("REQUESTED",),
    "executeExtraction": ("APPROVED",),
    "handOverExtraction": ("EXECUTED", "HANDED_OVER"),
    "acceptExtraction": ("HANDED_OVER",),
    "issueHandoverMinutes": ("HANDED_OVER", "ACCEPTED"),
}
"""Where each act on an extraction begins."""


@singledispatch
def outcome(noun: Noun, who: Somebody, act: str) -> str:
    """What comes of an act: done, or the name of the refusal."""
    raise TypeError(noun)


@outcome.register
def _(noun: CaseFacts, who: Somebody, act: str) -> str:
    """A case: seen, one's to do, in the right place, held by one's unit, and not done before."""
    if not sees(noun, who):
        return "NotFound"
    begins, whose = CASE_ACTS[act]
    centre = {"reopenCase": {"DISCARDED"}, "assignCase": {"DETECTED", "RETURNED"}}
    if noun.state in centre.get(act, ()):
        begins, whose = noun.state, APPROVING
    if act != "explainDelay" and not _may(noun, who, *whose):
        return "Forbidden"
    if act == "receiveCase" and noun.state == "RECEIVED":
        return "WrongState" if who.unit == noun.holder else "Forbidden"
    if noun.state not in begins.split():
        return "WrongState"
    by_anybody = act in {"publishCase", "withdrawPublication", "explainDelay"}
    if (who.unit != noun.holder and not by_anybody) or (act == "extendVerification" and not who.leader):
        return "Forbidden"
    return ENDS_IN.get(act) or _of_its_state(noun, act)


def _may(noun: CaseFacts, who: Somebody, kinds: set[str], roles: set[str]) -> bool:
    """Whether an act is one's unit's and one's own function; all but the Centre receive security cases."""
    if (kinds, roles) == RECEIVING and noun.domain == "SECURITY":
        return who.kind != CENTRE and who.role in roles
    if (kinds, roles) == MAKING and who.unit not in {noun.holder, noun.detecting}:
        return False
    committee = (kinds, roles) in (HEARING, DECIDING) and who.leader and who.kind == COMMITTEE
    return (who.kind in kinds or committee) and who.role in roles


def _of_its_state(noun: CaseFacts, act: str) -> str:
    """What its domain and what was done before allow."""
    allowed = {
        "startVerification": noun.received,
        "handleCase": noun.domain == "SECURITY",
        "notifyResult": not noun.notified,
        "publishCase": noun.state == "CONCLUDED",
    }.get(act, True)
    return DONE if allowed and (act not in OF_TRAFFIC or noun.domain == "TRAFFIC") else "WrongState"


@outcome.register
def _(noun: ExtractionFacts, who: Somebody, act: str) -> str:
    """An extraction: seen, one's to do, in one's area, in the right place, by a third person."""
    if not sees(noun, who):
        return "NotFound"
    decides = act in {"approveExtraction", "rejectExtraction"}
    if act == "acceptExtraction":
        may = who.name == noun.receiver and who.role in {"HANDLER", "LEADER"}
    else:
        may = (_decides(who, noun) if decides else _cuts(who)) and who.covers(noun.area)
    if not may:
        return "Forbidden"
    if noun.state not in EXTRACTION_ACTS[act]:
        return "WrongState"
    if (decides and who.name == noun.asked_by) or (
        act == "executeExtraction" and who.name in {noun.asked_by, noun.decided_by}
    ):
        return "SamePerson"
    of_executor = act in {"handOverExtraction", "issueHandoverMinutes"}
    return "Forbidden" if of_executor and who.unit != noun.executing else DONE


def opening(noun: CaseFacts | ExtractionFacts, who: Somebody) -> str:
    """What comes of opening a file: evidence is for the units of its case, what was cut for whoever accepted it."""
    if not sees(noun, who):
        return "NotFound"
    if isinstance(noun, CaseFacts):
        own = who.unit in {noun.holder, noun.detecting}
        return DONE if own and who.role in LOOKERS else "Forbidden"
    if who.name != noun.receiver or who.role not in {"HANDLER", "LEADER"}:
        return "Forbidden"
    return DONE if noun.state == "ACCEPTED" else "WrongState"


def recorded(result: str) -> bool:
    """Whether an act that came to nothing is on record: who may not, who may not even know, and what is not open."""
    return result in {"NotFound", "Forbidden", "SamePerson", "WrongState"}


def distance(noun: Noun, who: Somebody) -> str:  # noqa: C901 — one line a noun
    """How far from somebody it is: of their unit, of another in their area, of their province, or of another."""
    match noun:
        case CameraFacts():
            units = {noun.operator}
        case CaseFacts():
            units = {noun.holder, noun.detecting}
        case ExtractionFacts():
            units = {noun.asking, noun.operator, noun.executing or ""}
        case (
            ReportFacts()
            | UseFacts()
            | WorkFacts()
            | ShiftFacts()
            | RosterFacts()
            | BreachFacts()
            | ClientFacts()
        ):
            units = {noun.owner}
        case RecommendationFacts():
            units = {noun.owner, noun.recipient or ""}
        case ObstacleFacts():
            units = {noun.owner, noun.escalated_by or ""}
        case AreaFacts() | UnitFacts():
            units = {noun.code}
        case IncidentFacts():
            units = {noun.owner, noun.operator or "", noun.handled_by or ""}
    if who.unit in units:
        return "own unit"
    if who.covers(noun.area):
        return "own area"
    same = who.area.partition("/")[0] == noun.area.partition("/")[0]
    return "own province" if same else "another province"
