"""One canonical example of each later event of an account and its reviews: what it says beside its envelope."""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from domain.account import Account
from domain.account_review import AccountReview
from domain.envelope import Event
from domain.personal import Personal
from tests.support.invented import ACCOUNT, AT, CAMERA, NAME, POLICE, TEXT, UNIT

REVIEW: Final = UUID(int=0x25)
RIGHT: Final[dict[str, Any]] = {
    "action": "camera.view",
    "purpose": "SECURITY",
    "document": "15/QĐ-UBND",
    "starts_at": AT,
    "ends_at": AT + timedelta(days=365),
    "area_path": None,
    "camera_ids": [CAMERA],
    "out_of_function": True,
    "document_at": AT - timedelta(days=3),
    "issuer_unit_id": UNIT,
}
BY_DOCUMENT: Final = {"document": "21/QĐ-VP"}

ACCOUNT_EVENTS: Final[dict[type[Event], tuple[UUID, dict[str, Any]]]] = {
    Account.Nominated: (
        ACCOUNT,
        {
            "name": "centre.approve",
            "full_name": Personal.said(ACCOUNT, NAME),
            "unit_id": UNIT,
            "role": "APPROVER",
            "leader": False,
            "document": "20/TTr-VP",
        },
    ),
    Account.Approved: (ACCOUNT, BY_DOCUMENT),
    Account.Directed: (ACCOUNT, BY_DOCUMENT),
    Account.Issued: (ACCOUNT, {"direction": 3}),
    Account.Trained: (ACCOUNT, {"trained_at": AT - timedelta(days=9), "document": "22/CN-TT"}),
    Account.Renamed: (ACCOUNT, {"full_name": Personal.said(ACCOUNT, NAME), **BY_DOCUMENT}),
    Account.ChangeDirected: (
        ACCOUNT,
        {"role": "HANDLER", "leader": False, "unit_id": POLICE, "document": "21/QĐ-VP"},
    ),
    Account.RoleChanged: (ACCOUNT, {"role": "EXECUTOR", **BY_DOCUMENT}),
    Account.LeaderChanged: (ACCOUNT, {"leader": True, **BY_DOCUMENT}),
    Account.Moved: (ACCOUNT, {"unit_id": POLICE, "role": "HANDLER", "leader": False, **BY_DOCUMENT}),
    Account.DutyAssigned: (ACCOUNT, {"duty": "MONITORING", **BY_DOCUMENT}),
    Account.DutyEnded: (ACCOUNT, {"duty": "MONITORING", **BY_DOCUMENT}),
    Account.GrantDirected: (ACCOUNT, RIGHT),
    Account.Granted: (ACCOUNT, {**RIGHT, "direction": 5}),
    Account.GrantRevoked: (ACCOUNT, {"number": 6}),
    Account.Delegated: (
        ACCOUNT,
        {
            "to_account_id": UUID(int=0xACC),
            "to_unit_id": UNIT,
            "actions": ["case.approve", "case.view"],
            "document": "23/UQ-VP",
            "starts_at": AT,
            "ends_at": AT + timedelta(days=7),
        },
    ),
    Account.DelegationRevoked: (ACCOUNT, {"number": 8}),
    Account.Reviewed: (ACCOUNT, {"review": "DH-RS-2026-000001", "outcome": "CHANGED", "role": "EXECUTOR"}),
    Account.Suspended: (ACCOUNT, {"text": Personal.said(ACCOUNT, TEXT)}),
    Account.Resumed: (ACCOUNT, BY_DOCUMENT),
    Account.Closed: (ACCOUNT, {"text": Personal.said(ACCOUNT, TEXT)}),
    AccountReview.Opened: (
        REVIEW,
        {
            "number": "DH-RS-2026-000001",
            "area_path": "quang-binh/dong-hoi",
            "of_unit_id": UNIT,
            "account_ids": [ACCOUNT, UUID(int=0xACC)],
            "due_at": AT + timedelta(days=14),
        },
    ),
    AccountReview.Reviewed: (
        REVIEW,
        {"account_id": ACCOUNT, "outcome": "KEPT", "text": Personal.said(REVIEW, TEXT)},
    ),
    AccountReview.Closed: (REVIEW, {"unreviewed": [UUID(int=0xACC)], "suspended": [UUID(int=0xACC)]}),
}
"""The id of each and its fields."""
