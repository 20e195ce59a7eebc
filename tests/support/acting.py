"""Every mutation on every noun of the world, as one document says it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import uuid4

from domain.account import Account
from domain.unit import Unit
from tests.support.clients import FACTS as OF_CLIENTS
from tests.support.documents import aliased
from tests.support.footage import FACTS as OF_EXTRACTIONS
from tests.support.office import FACTS as OF_OFFICE
from tests.support.operation import FACTS as OF_OPERATION
from tests.support.operation import june
from tests.support.oracle import (
    CASE_ACTS,
    CITY,
    EXTRACTION_ACTS,
    CameraFacts,
    CaseFacts,
    ExtractionFacts,
    Noun,
    Somebody,
    opening,
    outcome,
)
from tests.support.oracle_breaches import BREACH_ACTS, reporting
from tests.support.oracle_breaches import EVENTS as OF_BREACHES
from tests.support.oracle_breaches import given as of_breaches
from tests.support.oracle_cameras import CAMERA_ACTS, CAMERA_EVENTS, facts
from tests.support.oracle_clients import CLIENT_ACTS, CLIENT_EVENTS
from tests.support.oracle_facts import (
    AreaFacts,
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
from tests.support.oracle_office import OFFICE_ACTS, making
from tests.support.oracle_operation import OPERATION_ACTS, of_camera
from tests.support.oracle_tree import EVENTS as OF_TREE
from tests.support.oracle_tree import MAKING, TREE_ACTS
from tests.support.oracle_tree import given as of_tree
from tests.support.oracle_uses import USES_OF_CAMERAS
from tests.support.people import FACTS as OF_CASES
from tests.support.uses import said_of
from tests.support.world import World

EVENTS: Final = {
    "approveCase": "case:approved",
    "discardCase": "case:discarded",
    "receiveCase": "case:received",
    "assignCase": "case:assigned",
    "returnCase": "case:returned",
    "forwardCase": "case:forwarded",
    "handleCase": "case:handled",
    "startVerification": "case:verification-started",
    "extendVerification": "case:verification-extended",
    "concludeCase": "case:concluded",
    "referCase": "case:referred",
    "notifyResult": "case:result-notified",
    "identifyOwner": "case:owner-identified",
    "determineViolator": "case:violator-determined",
    "decideNoPenalty": "case:not-decided",
    "endEvasion": "case:evasion-ended",
    "publishCase": "case:published",
    "fileComplaint": "case:complaint-filed",
    "correctCase": "case:corrected",
    "reopenCase": "case:reopened",
    "voidAct": "case:declared-void",
    "openEvidence": "reading:recorded",
    "requestExtraction": "footage-extraction:requested",
    "approveExtraction": "footage-extraction:approved",
    "rejectExtraction": "footage-extraction:rejected",
    "executeExtraction": "footage-extraction:executed",
    "handOverExtraction": "footage-extraction:handed-over",
    "acceptExtraction": "footage-extraction:accepted",
    "issueHandoverMinutes": "footage-extraction:minutes-issued",
    "openCase": "case:opened",
    "issueReportDocument": "report:document-issued",
    "makeRecommendation": "recommendation:made",
    "sendRecommendation": "recommendation:sent",
    "answerRecommendation": "recommendation:answered",
    "reportObstacle": "obstacle:reported",
    "escalateObstacle": "obstacle:escalated",
    "settleObstacle": "obstacle:settled",
    **OF_TREE,
    "openLiveView": "reading:recorded camera-use:opened",
    "searchFootage": "reading:recorded camera-use:opened",
    "extendLiveView": "camera-use:extended",
    "endLiveView": "camera-use:ended",
    "reserveCamera": "camera-control:begun camera-control:reserved",
    **CAMERA_EVENTS,
    "reportIncident": "incident:reported",
    "receiveIncident": "incident:received",
    "handleIncident": "incident:handling-began",
    "fixIncident": "incident:fixed",
    "closeIncident": "incident:closed",
    "reopenIncident": "incident:reopened",
    "backdateIncident": "incident:backdated",
    "planWork": "work-order:planned",
    "startWork": "camera:maintenance-began work-order:started",
    "finishWork": "camera:maintenance-ended work-order:finished",
    "cancelWork": "work-order:cancelled",
    "confirmDevices": "shift:devices-confirmed",
    "enterShiftLog": "shift:entered",
    "correctShiftLog": "shift:entered",
    "closeShift": "shift:closed",
    "redrawRoster": "roster:redrawn",
    "publishRoster": "roster:published",
    "swapDuty": "roster:swapped",
    **OF_BREACHES,
    **CLIENT_EVENTS,
}
"""The events of each act that this world has an occasion for; the others are done in `test_procedure`."""
OF_USES: Final = (*USES_OF_CAMERAS, "extendLiveView", "endLiveView")
HELD: Final = {"recogniseFaces", "moveCamera", "stopCamera", "releaseCamera", "forceReleaseCamera"}
"""What nobody in this world holds the grant or the controls for; `test_footage_use` and `test_control` do it."""
"""What each act leaves that this world has an occasion for; the others are done in `test_procedure`."""
OPERATION_PATHS: Final[dict[type[Any], str]] = {
    CameraFacts: "cameraId",
    IncidentFacts: "incidentId",
    WorkFacts: "orderId",
    ShiftFacts: "shiftId",
    RosterFacts: "rosterId",
}
"""How an input names what it is about."""
NEVER_BEHIND: Final = "UPDATE positions SET position = 1000000000 WHERE name = 'recordings'"
"""No footage comes in meanwhile, so the table of recordings has all there is: nobody waits for it to say so."""


@dataclass(frozen=True)
class Act:
    """One mutation on one thing."""

    mutation: str
    subject: Noun
    file: str | None = None

    def result(self, who: Somebody) -> str:
        """What comes of it, as the oracle says."""
        if isinstance(self.subject, CameraFacts) and self.makes:
            return of_camera(self.subject, who, self.mutation)
        if isinstance(self.subject, UnitFacts) and self.mutation in BREACH_ACTS:
            return reporting(self.subject, who)
        if self.makes and self.mutation not in MAKING:
            assert isinstance(self.subject, CaseFacts)
            return making(self.subject, who, self.mutation)
        if self.file is None:
            return outcome(self.subject, who, self.mutation)
        assert isinstance(self.subject, CaseFacts | ExtractionFacts)
        return opening(self.subject, who)

    @property
    def makes(self) -> bool:
        """Whether something new comes of it, which what it is about is only named in."""
        made_of = OPERATION_ACTS.get(self.mutation), OFFICE_ACTS.get(self.mutation)
        return made_of in {(CameraFacts, None), (None, CaseFacts)} or self.mutation in {
            *MAKING,
            "reportBreach",
        }

    @property
    def attempted(self) -> str | None:
        """What somebody who may not has tried to get at, as it is on record."""
        return None if self.makes else self.file or self.subject.id

    def given(self, world: World, who: Somebody) -> dict[str, Any]:  # noqa: PLR0911 — one line a noun
        """What it says, with nothing that anybody would find fault with."""
        given: dict[str, Any] = {"commandId": str(uuid4())}
        match self.subject:
            case _ if self.file is not None:
                return given | {"evidenceId": self.file, "purpose": "SECURITY"}
            case _ if self.mutation in BREACH_ACTS:
                return given | of_breaches(self.subject, self.mutation, world.installation, who)
            case AreaFacts() | UnitFacts():
                return given | of_tree(self.subject, self.mutation)
            case _ if self.mutation in OFFICE_ACTS | OPERATION_ACTS:
                return given | (
                    self._of_office() if self.mutation in OFFICE_ACTS else self._of_operation(who)
                )
            case ClientFacts():
                about = {} if self.mutation == "registerClient" else {"clientId": self.subject.id}
                return given | about | OF_CLIENTS[self.mutation]
            case CaseFacts():
                return given | {"caseId": self.subject.id} | self._of_case(world, who)
            case CameraFacts() | UseFacts() if self.mutation in OF_USES:
                return given | said_of(self.mutation, self.subject.id, world.installation.now)
            case CameraFacts():
                about = {} if self.mutation == "registerCamera" else {"cameraId": self.subject.id}
                return given | about | self._of_camera(world)
        assert isinstance(self.subject, ExtractionFacts)
        said = dict(OF_EXTRACTIONS.get(self.mutation, {}))
        if "receiverAccountId" in said:
            said["receiverAccountId"] = str(Account.create_id(self.subject.asked_by))
        return given | {"extractionId": self.subject.id} | said

    def _of_operation(self, who: Somebody) -> dict[str, Any]:
        said = {OPERATION_PATHS[OPERATION_ACTS[self.mutation]]: self.subject.id} | OF_OPERATION[self.mutation]
        match self.mutation:
            case "planWork":
                return said | {"cameraIds": [said.pop("cameraId")]}
            case "redrawRoster":
                return said | {"turns": june(who.name)}
            case "swapDuty":
                return said | {"accountId": str(Account.create_id(who.name))}
        return said

    def _of_camera(self, world: World) -> dict[str, Any]:
        now = world.installation.now
        if self.mutation == "openCase":
            return {"rule": "RED_LIGHT", "occurredAt": now.isoformat(), "text": "Vượt đèn đỏ"}
        if self.mutation == "requestExtraction":
            end = now.replace(microsecond=0) - timedelta(minutes=29, seconds=50)
            return {
                "from": (end - timedelta(seconds=5)).isoformat(),
                "to": end.isoformat(),
                "purpose": "SECURITY",
                "note": "Va chạm",
                "documentNumber": "12/ĐN",
                "undertaking": True,
            }
        unit = next(one.unit for one in world.people.values() if one.kind == CITY)
        return facts(str(Unit.create_id(unit))).get(self.mutation, {})

    def _of_office(self) -> dict[str, Any]:
        match self.subject:
            case ReportFacts():
                about: dict[str, Any] = {"reportId": self.subject.id}
            case RecommendationFacts():
                about = {"recommendationId": self.subject.id}
            case ObstacleFacts():
                about = {"obstacleId": self.subject.id}
            case _ if self.mutation == "makeRecommendation":
                about = {"caseIds": [self.subject.id]}
            case _:
                about = {"caseId": self.subject.id}
        return about | OF_OFFICE[self.mutation]

    def _of_case(self, world: World, who: Somebody) -> dict[str, Any]:
        said = dict(OF_CASES.get(self.mutation, {}))
        own = {
            "accountId": str(Account.create_id(who.name)),
            "intoCaseId": self.subject.id,
            "endedAt": (world.installation.now - timedelta(minutes=1)).isoformat(),
        }
        return said | {name: value for name, value in own.items() if name in said}


def ask(
    world: World, who: Somebody, acts: Sequence[Act], why: str = "", *, shown: str = ""
) -> list[dict[str, Any]]:
    """What these acts answer in one document, which is the same for acts of one kind."""
    heads = ", ".join(f"$i{n}: {a.mutation[0].upper()}{a.mutation[1:]}Input!" for n, a in enumerate(acts))
    said = f"{{ __typename ... on Refusal {{ code {why} }} {shown} }}"
    fields = [f"{act.mutation}(input: $i{n}) {said}" for n, act in enumerate(acts)]
    given = {f"i{n}": act.given(world, who) for n, act in enumerate(acts)}
    answers = world.person(who).ask(aliased(fields, kind="mutation", head=f"({heads})"), **given)
    return list(answers.values())


def everything(world: World) -> Iterator[Act]:
    """Every act on everything there is, act by act."""
    for mutation in CASE_ACTS:
        yield from (Act(mutation, case) for case in world.cases)
    for mutation in EXTRACTION_ACTS:
        yield from (Act(mutation, extraction) for extraction in world.extractions)
    others = OFFICE_ACTS | TREE_ACTS | OPERATION_ACTS | BREACH_ACTS
    for mutation, about in others.items():
        nouns = (noun for found in world.nouns.values() for noun in found)
        yield from (Act(mutation, noun) for noun in nouns if isinstance(noun, about))
    for mutation in CLIENT_ACTS:
        yield from (Act(mutation, client) for client in world.clients)
    for mutation in ("requestExtraction", "openCase", *CAMERA_ACTS, *USES_OF_CAMERAS):
        yield from (Act(mutation, camera) for camera in world.cameras)
    for mutation in OF_USES[-2:]:
        yield from (Act(mutation, use) for use in world.uses)
    yield from (Act("openEvidence", case, case.file) for case in world.cases)
    yield from (Act("openEvidence", x, file) for x in world.extractions for file in x.files)
