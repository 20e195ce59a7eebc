"""The usual case of the tests: what is given of it, act by act, and every act in its usual form."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from domain.case import Case, Finding
from domain.case.clocks import Clock, Stopped
from domain.context import Context
from domain.personal import Personal
from tests.support.invented import EVIDENCE
from tests.support.spec import APPROVER, CENTRE, CITY, HANDLER, ID, NOW, POLICE, Fact, fact, legal

PLATE: Final = "73A-123.45"
TEXT: Final = "Xe vượt vạch dừng khi đèn đỏ"
DETECTED_AT: Final = legal("2026-06-01 17:00")
OCCURRED_AT: Final = DETECTED_AT - timedelta(seconds=2)
TRANSFER_BY: Final = legal("2026-06-09 00:00")
VERIFY_BY: Final = legal("2026-07-03 00:00")
NOTIFY_BY: Final = legal("2026-06-10 00:00")
LIMITATION: Final = legal("2027-06-01 00:00")

CENTRE_ACTS: Final = {"by": str(APPROVER.account_id), "unit_id": CENTRE.id, "took_place_at": NOW}
POLICE_ACT: Final = {"by": str(HANDLER.account_id), "unit_id": POLICE.id, "took_place_at": NOW}

LIMITS: Final = {
    "TRANSFER": (None, "R-DH-11.3.a1", "late", TRANSFER_BY),
    "VERIFY": ("NORMAL", "R-DH-11.3.b3", "late", VERIFY_BY),
    "NOTIFY_RESULT": (None, "R-DH-11.3.b5", "late", NOTIFY_BY),
    "LIMITATION": (None, "R-VN-LXLVPHC-6.1.a", "bars", LIMITATION),
}
"""What the clocks of the first steps are: variant, rule, what a miss means, and when they end in the usual case."""


def clock(
    timer: str, since: datetime = NOW, unit_id: UUID = POLICE.id, *, due: datetime | None = None
) -> Clock:
    """Return a clock of the usual case."""
    variant, rule, missed, usual = LIMITS[timer]
    return Clock(
        timer=timer,
        variant=variant,
        started_at=since,
        due=due or usual,
        rule=rule,
        missed=missed,
        unit_id=unit_id,
    )


def limitation(unit_id: UUID = CENTRE.id) -> Clock:
    """Return the limitation of the usual act, as the obligation of a unit."""
    return clock("LIMITATION", OCCURRED_AT, unit_id)


def stopped(timer: str, due: datetime | None = None, *, late: bool = False) -> Stopped:
    """Return the end of a clock of the usual case."""
    return Stopped(timer=timer, due=due or LIMITS[timer][3], late=late)


def detected(**otherwise: Any) -> Fact:
    """Return the proposal of a red-light crossing by a camera of the Centre."""
    holder = otherwise.get("holder_unit_id", CENTRE.id)
    security = otherwise.get("domain") == "SECURITY"
    usual: dict[str, Any] = {
        "number": "DH-2026-000123",
        "proposal_id": UUID(int=0x70),
        "camera_id": UUID(int=0xCA),
        "domain": "TRAFFIC",
        "area_path": f"{CITY}/nam-ly",
        "holder_unit_id": CENTRE.id,
        "rule": "RED_LIGHT",
        "occurred_at": OCCURRED_AT,
        "detected_at": DETECTED_AT,
        "confidence": 0.75,
        "model": "scenes-nano",
        "model_sha256": "b" * 64,
        "source_sha256": "c" * 64,
        "evidence": [EVIDENCE],
        "clocks": () if security else (clock("TRANSFER", DETECTED_AT, holder), limitation(holder)),
    }
    said = {**usual, **otherwise}
    return fact(Case.Detected, **said).under(by="system:intake", took_place_at=said["detected_at"])


def approved(subject: UUID = ID, **otherwise: Any) -> Fact:
    """Return the approval by the Centre."""
    recipient = otherwise.get("recipient_unit_id", POLICE.id)
    usual: dict[str, Any] = {
        "plate": Personal.said(subject, PLATE),
        "recipient_unit_id": POLICE.id,
        "clocks": (clock("VERIFY", unit_id=recipient), limitation(recipient)),
        "stopped": (stopped("TRANSFER"),),
    }
    return fact(Case.Approved, **{**usual, **otherwise}).under(**CENTRE_ACTS)


def discarded(subject: UUID = ID, **otherwise: Any) -> Fact:
    """Return the discarding by the Centre."""
    usual = {
        "reason_code": "FALSE_ALARM",
        "note": Personal.said(subject, "Bóng cây"),
        "stopped": (stopped("TRANSFER"), stopped("LIMITATION")),
    }
    return fact(Case.Discarded, **{**usual, **otherwise}).under(**CENTRE_ACTS)


def concluded(subject: UUID = ID, **otherwise: Any) -> Fact:
    """Return the conclusion by the police."""
    usual: dict[str, Any] = {
        "finding": "VIOLATION",
        "text": Personal.said(subject, TEXT),
        "clocks": (clock("NOTIFY_RESULT"),),
        "stopped": (stopped("VERIFY"),),
    }
    return fact(Case.Concluded, **{**usual, **otherwise}).under(**POLICE_ACT)


RECEIVED: Final = fact(Case.Received).under(**POLICE_ACT)
STARTED: Final = fact(Case.VerificationStarted).under(**POLICE_ACT)
NOTIFIED: Final = fact(Case.ResultNotified, stopped=(stopped("NOTIFY_RESULT"),)).under(**POLICE_ACT)

WAY: Final[tuple[Fact, ...]] = (detected(), approved(), RECEIVED, STARTED, concluded(), NOTIFIED)
"""A case that goes the whole way of the first floor."""

BEGINS: Final[dict[str, tuple[Fact, ...]]] = {
    "approveCase": WAY[:1],
    "discardCase": WAY[:1],
    "receiveCase": WAY[:2],
    "startVerification": WAY[:3],
    "concludeCase": WAY[:4],
    "notifyResult": WAY[:5],
}
"""What has happened where each act begins."""

ACTS: Final[dict[str, Callable[[Case, Context], None]]] = {
    "approveCase": lambda case, ctx: case.approve(ctx, plate=PLATE, recipient=POLICE),
    "discardCase": lambda case, ctx: case.discard(ctx, reason_code="FALSE_ALARM", note="Bóng cây"),
    "receiveCase": lambda case, ctx: case.receive(ctx),
    "startVerification": lambda case, ctx: case.start_verification(ctx),
    "concludeCase": lambda case, ctx: case.conclude(ctx, finding=Finding.VIOLATION, text=TEXT),
    "notifyResult": lambda case, ctx: case.notify_result(ctx),
}
"""Every act of the first floor in its usual form, with input that nobody refuses."""
