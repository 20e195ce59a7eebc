"""The facts of a printed report: each number under the name of the template, counted by hand here."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from api.documents import report_papers
from domain.periods import ReportKind, period
from domain.report import canonical, digest
from policies.documents import templates
from policies.rulebook import load
from projections.report_log import ReportRow
from tests.support.office import at

CENTRE, POLICE = UUID(int=0xC1), UUID(int=0xC2)
NAMES = {(CENTRE, 40): "Trung tâm Giám sát điều hành", (POLICE, 40): "Công an thành phố"}
TOTAL: dict[str, Any] = {
    "DETECTED": {"cases": 41, "by": {"MACHINE": 40, "PERSON": 1}},
    "DISCARDED": {"cases": 11, "by": {"FALSE_ALARM": 9, "PRIORITY_VEHICLE": 2}},
    "TRANSFERRED": {"cases": 23, "by": {"SOFTWARE": 22, "EMAIL": 1}},
    "TAKEN_UP": {"cases": 1},
    "CONCLUDED": {"cases": 17, "by": {"VIOLATION": 12, "NO_VIOLATION": 3, "INSUFFICIENT": 2}},
    "REFERRED": {"cases": 1},
    "RECORDED": {"cases": 10},
    "DECIDED": {"cases": 8, "dong": 151_500_000},
    "NOT_DECIDED": {"cases": 1, "by": {"OVER": 1}},
    "PAID": {"cases": 6, "dong": 112_000_000},
    "EXECUTED": {"cases": 5},
    "LATE": {"cases": 4, "by": {"TRANSFER": 3, "VERIFY": 1}},
}
RED, PARKED = (
    {
        "DETECTED": {"cases": 30},
        "TRANSFERRED": {"cases": 20},
        "CONCLUDED": {"cases": 14, "by": {"VIOLATION": 11, "NO_VIOLATION": 3}},
        "DECIDED": {"cases": 7, "dong": 133_000_000},
    },
    {
        "DETECTED": {"cases": 11},
        "TRANSFERRED": {"cases": 3},
        "CONCLUDED": {"cases": 3, "by": {"VIOLATION": 1}},
    },
)


def row(
    kind: ReportKind = ReportKind.MONTHLY, name: str = "2026-07", profile: str = "dong-hoi", **otherwise: Any
) -> ReportRow:
    """A report with the numbers above."""
    one = period(load(profile), kind, name) if name else None
    numbers = canonical(
        {
            "total": TOTAL,
            "standing": {"VERIFYING": 6, "RECEIVED": 4, "EXECUTED": 5},
            "byKind": {"STOP_PARK": PARKED, "RED_LIGHT": RED},
            "byUnit": {
                str(POLICE): {"LATE": {"cases": 1, "by": {"VERIFY": 1}}},
                str(CENTRE): {"DETECTED": {"cases": 41}, "LATE": {"cases": 3, "by": {"TRANSFER": 3}}},
                "": {"DETECTED": {"cases": 1}},
            },
        }
    )
    said: dict[str, Any] = {
        "report_id": UUID(int=0xBC),
        "number": "DH-BC-2026-000001",
        "kind": kind.value,
        "period": name or None,
        "starts_at": one.starts_at if one else None,
        "ends_at": one.ends_at if one else None,
        "due": None,
        "late": False,
        "as_of": at("2026-07-30T15:30:00.250"),
        "upto": 1234,
        "issued_by": "somebody",
        "issued_at": at("2026-07-30T15:30:01"),
        "numbers": numbers,
        "sha256": digest(numbers),
        "documents": [],
        "rulebook": "dong-hoi",
        "rule": "R-DHV-1.4.b",
        "version": 1,
        "position": 40,
        "area_path": "quang-binh/dong-hoi",
        "owner_unit": CENTRE,
        "tier": 0,
    }
    return ReportRow(**said | otherwise)


def facts(shown: ReportRow, profile: str = "dong-hoi") -> dict[str, Any]:
    """What a report says."""
    return report_papers.facts_of(shown, names=NAMES, rulebook=load(profile))


@pytest.mark.rule("R-DHV-1.4.b")
def test_every_number() -> None:
    """Detection, transfer, conclusion, sanction and execution of the month, each as it was counted; no other number."""
    assert facts(row()) == {
        "unit_name": "Trung tâm Giám sát điều hành",
        "log_position": "0000000000001234",
        "legal_bases": [
            "Quyết định số 790/QĐ-UBND",
            "gạch đầu dòng 4 phần 1 Công văn số 704/UBND-VP",
        ],
        "period_name": "tháng 7 năm 2026",
        "period_from": date(2026, 7, 1),
        "period_to": date(2026, 7, 30),
        "as_of": at("2026-07-30T15:30:00"),
        "detected": 41,
        "discarded": 11,
        "transferred": 23,
        "concluded_violation": 12,
        "concluded_none": 5,
        "referred_criminal": 1,
        "pending": 6,
        "records_drawn": 10,
        "decisions_issued": 8,
        "decisions_executed": 5,
        "fine_total": 151_500_000,
        "by_kind": [
            {
                "violation_name": load("dong-hoi").violation_kinds["RED_LIGHT"].vi,
                "detected": 30,
                "transferred": 20,
                "concluded_violation": 11,
                "decisions_issued": 7,
            },
            {
                "violation_name": load("dong-hoi").violation_kinds["STOP_PARK"].vi,
                "detected": 11,
                "transferred": 3,
                "concluded_violation": 1,
                "decisions_issued": 0,
            },
        ],
        "missed_deadlines": [
            {
                "obligation": load("dong-hoi").rule("R-DH-11.3.a1").vi,
                "citation": "790/QĐ-UBND (Đồng Hới), Đ11.3.a gạch 1",
                "unit_name": "Trung tâm Giám sát điều hành",
                "missed": 3,
            },
            {
                "obligation": load("dong-hoi").rule("R-DH-11.3.b3").vi,
                "citation": "790/QĐ-UBND (Đồng Hới), Đ11.3.b gạch 3",
                "unit_name": "Công an thành phố",
                "missed": 1,
            },
        ],
    }


def test_what_the_officer_says() -> None:
    """What the law demands of a report and its numbers do not say: to whom, who signs, what was sent and published."""
    specs = templates("dong-hoi")["monthly_report"].fields
    demanded = {name for name, spec in specs.items() if spec.need == "law"}
    assert demanded - facts(row()).keys() == {"addressee", "notices_sent", "published", "signer_title"}


def test_nothing_happened() -> None:
    """A month in which nothing was detected says so: each number is nought, and there are no rows."""
    numbers = canonical({"total": {}, "standing": {}, "byKind": {}, "byUnit": {}})
    told = facts(row(numbers=numbers))
    assert {name: value for name, value in told.items() if value != 0}.keys() == {
        "unit_name",
        "log_position",
        "legal_bases",
        "period_name",
        "period_from",
        "period_to",
        "as_of",
    }


@pytest.mark.parametrize(
    "kind, name, called, first, last",
    [
        (ReportKind.MONTHLY, "2026-02", "tháng 02 năm 2026", date(2026, 1, 31), date(2026, 2, 28)),
        (ReportKind.MONTHLY, "2026-10", "tháng 10 năm 2026", date(2026, 10, 1), date(2026, 10, 30)),
        (ReportKind.QUARTERLY, "2026-Q3", "quý III năm 2026", date(2026, 7, 1), date(2026, 9, 30)),
        (ReportKind.SIX_MONTH, "2026-H2", "6 tháng cuối năm 2026", date(2026, 7, 1), date(2026, 12, 31)),
        (ReportKind.YEARLY, "2026", "năm 2026", date(2026, 1, 1), date(2026, 12, 31)),
    ],
)
def test_periods(kind: ReportKind, name: str, called: str, first: date, last: date) -> None:
    """A period is called as it is spoken of, and shown from its first day to its last one."""
    told = facts(row(kind, name))
    assert (told["period_name"], told["period_from"], told["period_to"]) == (called, first, last)


def test_any_time() -> None:
    """A report of any time says both of its instants, as days alone would not."""
    shown = row(ReportKind.AD_HOC, "", starts_at=at("2026-07-01T00:00:00"), ends_at=at("2026-07-01T08:30:00"))
    assert facts(shown)["period_name"] == (
        "từ 00 giờ 00 phút, ngày 01 tháng 7 năm 2026 đến trước 08 giờ 30 phút, ngày 01 tháng 7 năm 2026"
    )


@pytest.mark.parametrize(
    "profile, rule, bases",
    [
        pytest.param(
            "dong-hoi",
            "R-DH-15.3.0",
            ["khoản 3 Điều 15 Quyết định số 790/QĐ-UBND", "Công văn số 704/UBND-VP"],
            marks=pytest.mark.rule("R-DH-15.3.0"),
        ),
        pytest.param(
            "quang-tri",
            "R-QT-19.2.0",
            ["khoản 2 Điều 19 Quyết định số 1689/QĐ-UBND"],
            marks=pytest.mark.rule("R-QT-19.2.0"),
        ),
        ("dien-bien", None, ["Quyết định số 25/2024/QĐ-UBND"]),
    ],
)
def test_bases(profile: str, rule: str | None, bases: list[str]) -> None:
    """A report names the regulation it is made under, and where in it reports are asked for."""
    shown = row(ReportKind.QUARTERLY, "2026-Q2", profile, rule=rule)
    assert facts(shown, profile)["legal_bases"] == bases


def test_names_wanted() -> None:
    """Only units are named: whose report it is, and whose time ran out."""
    assert report_papers.wanted_names(row()) == {(CENTRE, 40), (POLICE, 40)}
