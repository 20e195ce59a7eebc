"""Every act that has a guard, by what it is done to: the one table of whom an explanation asks.

An act is called as its mutation. Who signs in, and what a person does with their own account, has no guard to ask.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from domain import account_review, area, breach_guards, camera_use, credentials, recommendation, unit_guards
from domain import control as controls
from domain import obstacle as obstacles
from domain import report as reports
from domain import roster as rosters
from domain import shift as shifts
from domain import work_order as work
from domain.account import Account
from domain.account import guards as account_guards
from domain.account_review import AccountReview
from domain.area import Area
from domain.breach import Breach
from domain.camera import Camera
from domain.camera import acts as camera_acts
from domain.camera import guards as camera_guards
from domain.camera import uses as camera_uses
from domain.camera_use import CameraUse
from domain.case import Case, documents
from domain.case import acts as case_acts
from domain.case import guards as case_guards
from domain.case.receipt import check_open_case
from domain.client import Client
from domain.client import guards as client_guards
from domain.context import Context
from domain.errors import Refusal
from domain.extraction import FootageExtraction
from domain.extraction import guards as extraction_guards
from domain.guidance import Guidance
from domain.guidance import guards as guidance_guards
from domain.incident import Incident
from domain.incident import guards as incident_guards
from domain.obstacle import Obstacle
from domain.recommendation import Recommendation
from domain.report import Report
from domain.roster import Roster
from domain.rules import AccountStep
from domain.shift import Shift
from domain.unit import Unit
from domain.work_order import WorkOrder

Check = Callable[[Any, Context], Refusal | None]
OWN: Final = frozenset({"own-area", "own-unit", "own-system"})
"""What holds of what somebody makes for their own unit."""


@dataclass(frozen=True)
class About:
    """What may be done to a noun, and who may know that it is there."""

    check_view: Check
    guards: Mapping[str, Check]


def _open(_subject: object, _context: Context) -> None:
    """Whoever is signed in may know of it."""


def _of_seen(check_view: Check, check: Check) -> Check:
    """What one is not shown one does nothing with."""
    return lambda one, context: check_view(one, context) or check(one, context)


ACTS: Final[Mapping[type[Any], About]] = {
    Camera: About(
        camera_guards.check_see,
        {
            "requestExtraction": extraction_guards.check_request,
            "openCase": check_open_case,
            "reportIncident": _of_seen(
                camera_guards.check_see, lambda _, context: incident_guards.check_report(context)
            ),
            "planWork": _of_seen(camera_guards.check_see, work.check_plan),
            **camera_acts.GUARDS,
            **camera_uses.GUARDS,
        },
    ),
    Case: About(case_guards.check_view, {}),
    FootageExtraction: About(extraction_guards.check_view, {}),
    Report: About(
        reports.check_view,
        {"openDocument": _of_seen(reports.check_view, reports.check_document), **reports.GUARDS},
    ),
    Recommendation: About(recommendation.check_view, recommendation.GUARDS),
    Obstacle: About(obstacles.check_view, obstacles.GUARDS),
    Area: About(_open, area.GUARDS),
    Unit: About(_open, {"reportBreach": breach_guards.check_report, **unit_guards.GUARDS}),
    CameraUse: About(camera_use.check_view, camera_use.GUARDS),
    Account: About(account_guards.check_view, account_guards.GUARDS),
    AccountReview: About(account_review.check_view, account_review.GUARDS),
    Incident: About(incident_guards.check_view, incident_guards.GUARDS),
    WorkOrder: About(work.check_view, work.GUARDS),
    Shift: About(shifts.check_view, shifts.GUARDS),
    Roster: About(rosters.check_view, rosters.GUARDS),
    Breach: About(breach_guards.check_view, breach_guards.GUARDS),
    Guidance: About(guidance_guards.check_view, guidance_guards.GUARDS),
    Client: About(client_guards.check_view, client_guards.GUARDS),
}
"""What has a guard of its own. Acts on a case ask the case, acts on its camera the camera."""


def _on_case(camera: Camera) -> Mapping[str, Check]:
    """The guards of the acts on a case of this camera."""

    def check_open(case: Case, context: Context) -> Refusal | None:
        return case_guards.check_open(case, camera, context)

    return {
        "case.view": case_guards.check_view,
        "evidence.view": check_open,
        "openEvidence": _of_seen(case_guards.check_view, check_open),
        "openDocument": _of_seen(case_guards.check_view, documents.check_print),
        **case_acts.guards_on(camera),
    }


def _on_extraction(camera: Camera) -> Mapping[str, Check]:
    """The guards of the acts on an extraction of this camera."""

    def check_open(extraction: FootageExtraction, context: Context) -> Refusal | None:
        return extraction_guards.check_open(extraction, camera, context)

    return {
        "openEvidence": _of_seen(extraction_guards.check_view, check_open),
        "openDocument": _of_seen(extraction_guards.check_view, extraction_guards.check_minutes),
        **extraction_guards.guards_on(camera),
    }


OF_CAMERA: Final[Mapping[type[Any], tuple[frozenset[str], Callable[[Camera], Mapping[str, Check]]]]] = {
    Case: (
        frozenset({"case.view", "evidence.view", "openEvidence", "openDocument", *case_acts.GUARDS}),
        _on_case,
    ),
    FootageExtraction: (
        frozenset({"openEvidence", "openDocument", *extraction_guards.GUARDS}),
        _on_extraction,
    ),
}
"""What is done to what a camera showed, and the guards, which ask the camera as well."""

CONTROLS: Final[Mapping[str, Check]] = controls.GUARDS
"""What is done to a camera by whoever holds its controls."""


def _revoke(account: Account, unit: Unit, context: Context) -> Refusal | None:
    """One's own sessions one ends oneself."""
    own = account.id == context.actor.account_id
    return None if own else credentials.check_administer(account, unit, context)


CREDENTIALS: Final[Mapping[str, Callable[[Account, Unit, Context], Refusal | None]]] = {
    "revokeSession": _revoke,
    "revokeSessions": _revoke,
    **dict.fromkeys(
        ("resetPassword", "resetSecondFactor", "linkIdentity", "unlinkIdentity"), credentials.check_administer
    ),
}
"""What is done to what opens an account."""


@dataclass(frozen=True)
class _Ones:
    """Something new, of one's own unit."""

    owner_unit: Any
    unit_kind: str
    area_path: str


def _own(context: Context) -> _Ones:
    return _Ones(context.actor.unit_id, context.actor.unit_kind, context.actor.area_path)


ANEW: Final[Mapping[str, Callable[[Context], Refusal | None]]] = {
    "registerArea": lambda context: area.check_administer(context.actor.area_path, context),
    "registerUnit": lambda context: area.check_administer(context.actor.area_path, context, own=True),
    "registerCamera": lambda context: context.check_may(
        "camera.administer", facts=OWN | context.rulebook.facts_about(context.actor.unit_kind)
    ),
    "registerClient": lambda context: client_guards.check_administer(_own(context), context),
    "nominateAccount": lambda context: account_guards.check_stage(
        _own(context), context, AccountStep.NOMINATE
    ),
    "openAccountReview": lambda context: account_review.check_open(context, context.actor.area_path),
    "issueReport": reports.check_run,
    "makeRecommendation": recommendation.check_make,
    "reportObstacle": obstacles.check_report,
    "reportIncident": incident_guards.check_report,
    "openShift": shifts.check_open,
    "drawRoster": rosters.check_draw,
    "issueGuidance": guidance_guards.check_issue,
}
"""What is made anew, asked of oneself in one's own unit; nothing is needed that it is done to."""


def acts_on(noun: type[Any]) -> list[str]:
    """What is done to a noun."""
    of_camera, _ = OF_CAMERA.get(noun, (frozenset[str](), None))
    apart: dict[type[Any], Mapping[str, Any]] = {Camera: CONTROLS, Account: CREDENTIALS}
    return [*ACTS[noun].guards, *sorted(of_camera), *apart.get(noun, {})]


def nouns_of(action: str) -> list[type[Any]]:
    """What an act is done to."""
    return [noun for noun in ACTS if action in acts_on(noun)]
