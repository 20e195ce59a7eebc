"""The words a case is described with. The numbers are those of the procedure in `docs/procedure.md`."""

from enum import StrEnum


class CaseState(StrEnum):
    """The step a case has come to; what runs beside the steps is a `Mark`."""

    DETECTED = "DETECTED"  # 0
    DISCARDED = "DISCARDED"  # 1
    APPROVED = "APPROVED"  # 2
    RECEIVED = "RECEIVED"  # 3
    RETURNED = "RETURNED"  # 3a, to whoever supplied it
    FORWARDED = "FORWARDED"  # 3a, to a body outside of the system
    VERIFYING = "VERIFYING"  # 4, 4a with COMPLEX
    CONCLUDED = "CONCLUDED"  # 5a, 5b by its finding
    REFERRED = "REFERRED"  # 5c
    RECORDED = "RECORDED"  # 10, 10a and 11 by marks
    DECIDED = "DECIDED"  # 12a
    NOT_DECIDED = "NOT_DECIDED"  # 12b
    DELIVERED = "DELIVERED"  # 13
    OVERDUE = "OVERDUE"  # 14
    ENFORCED = "ENFORCED"  # 15
    EXECUTED = "EXECUTED"  # 16
    RESOLVED = "RESOLVED"  # 17
    HANDLED = "HANDLED"  # the end of a security case
    MERGED = "MERGED"  # one violation, one case: another one stands for it
    VOIDED = "VOIDED"


ENDED = frozenset(
    {
        CaseState.DISCARDED,
        CaseState.FORWARDED,
        CaseState.NOT_DECIDED,
        CaseState.RESOLVED,
        CaseState.HANDLED,
        CaseState.MERGED,
        CaseState.VOIDED,
    }
)
"""Nothing more is expected of a case in one of these."""


class Mark(StrEnum):
    """What has happened to a case beside its steps, and is still so."""

    RECEIVED = "RECEIVED"  # 3
    COMPLEX = "COMPLEX"  # 4a
    OWNER_IDENTIFIED = "OWNER_IDENTIFIED"  # 6
    NOTICE_SENT = "NOTICE_SENT"  # 7
    INSPECTION_WARNING = "INSPECTION_WARNING"  # 8, and 14
    VIOLATOR_DETERMINED = "VIOLATOR_DETERMINED"  # 9
    RECORD_TRANSFER_OWED = "RECORD_TRANSFER_OWED"
    RECORD_TRANSFERRED = "RECORD_TRANSFERRED"  # 10a
    EXPLANATION_OPEN = "EXPLANATION_OPEN"  # the right exists (Luật Đ61.1)
    EXPLANATION_REQUESTED = "EXPLANATION_REQUESTED"  # 11
    SESSION_REQUESTED = "SESSION_REQUESTED"  # 11
    EXPLAINED = "EXPLAINED"  # 11
    FACTS_IN_VERIFICATION = "FACTS_IN_VERIFICATION"  # 11b
    ESPECIALLY_COMPLEX = "ESPECIALLY_COMPLEX"  # 11c
    DECISION_SENT = "DECISION_SENT"
    INSPECTION_REFUSAL = "INSPECTION_REFUSAL"
    RESULT_NOTIFIED = "RESULT_NOTIFIED"  # 18
    PUBLISHED = "PUBLISHED"  # 19
    LIMITATION_EXPIRED = "LIMITATION_EXPIRED"  # X1
    DECISION_TIME_EXPIRED = "DECISION_TIME_EXPIRED"  # X1b
    EXECUTION_EXPIRED = "EXECUTION_EXPIRED"  # X2
    COMPLAINED = "COMPLAINED"  # X3
    DUPLICATE_SUSPECTED = "DUPLICATE_SUSPECTED"


class Finding(StrEnum):
    """What the police conclude: a violation, none, or not enough to say (NĐ 61/2026 Đ21)."""

    VIOLATION = "VIOLATION"
    NO_VIOLATION = "NO_VIOLATION"
    INSUFFICIENT = "INSUFFICIENT"


class Channel(StrEnum):
    """How data went from one unit to another (QT 9.1, DH 11.3.a); all but SOFTWARE are done by hand."""

    SOFTWARE = "SOFTWARE"
    EMAIL = "EMAIL"
    DOCUMENT = "DOCUMENT"
    PHONE = "PHONE"
    FAX = "FAX"
    STORAGE_DEVICE = "STORAGE_DEVICE"
    OTHER = "OTHER"


class NoDecisionGround(StrEnum):
    """Why no penalty is decided (Luật XLVPHC Đ65.1, points a, b, c, d and đ)."""

    EXEMPT = "EXEMPT"
    VIOLATOR_NOT_DETERMINED = "VIOLATOR_NOT_DETERMINED"
    TIME_EXPIRED = "TIME_EXPIRED"
    VIOLATOR_GONE = "VIOLATOR_GONE"
    CRIMINAL_REFERRAL = "CRIMINAL_REFERRAL"


class ViolatorBasis(StrEnum):
    """On what somebody was determined to be the violator (NĐ 168/2024 Đ47.8)."""

    DRIVER_NAMED_BY_OWNER = "DRIVER_NAMED_BY_OWNER"
    OWNER_TREATED_AS_VIOLATOR = "OWNER_TREATED_AS_VIOLATOR"
    DETERMINED_BY_POLICE = "DETERMINED_BY_POLICE"


class Explanation(StrEnum):
    """How a violator explains: in writing, or in a session (Luật XLVPHC Đ61)."""

    WRITTEN = "WRITTEN"
    SESSION = "SESSION"


class Delivery(StrEnum):
    """How a decision reached the person (Luật XLVPHC Đ70; NĐ 190/2025 Đ17a)."""

    IN_PERSON = "IN_PERSON"
    POST = "POST"
    POSTED_UP = "POSTED_UP"
    ELECTRONIC = "ELECTRONIC"


class Voided(StrEnum):
    """What is declared void; what it was stays on record."""

    RECORD = "RECORD"
    DECISION = "DECISION"
    CASE = "CASE"


class DocumentKind(StrEnum):
    """A document made out of a case; its template is named so in small letters."""

    NOTICE = "NOTICE"
    RECORD = "RECORD"
    TRANSFER_MINUTES = "TRANSFER_MINUTES"
    DECISION = "DECISION"
