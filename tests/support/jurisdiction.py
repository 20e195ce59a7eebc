"""Units, people and cameras of the world of the matrix, by name: what is there before anything happens."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from cli import demo
from domain.account import Account
from domain.unit import Unit
from tests.support.oracle import BODY, CENTRE, CITY, COMMITTEE, COMMUNE, TEAM, URBAN, Somebody
from tests.support.oracle_facts import UnitFacts

TOWN, NAM_LY, BAC_LY = demo.CITY, f"{demo.CITY}/nam-ly", f"{demo.CITY}/bac-ly"
LOOK_ALIKE: Final = f"{demo.CITY}-2"
"""An area whose path begins with the same letters and lies outside."""
AWAY: Final = "quang-tri/dong-ha"
AWAY_COMMUNE: Final = f"{AWAY}/phuong-1"

UNITS: Final = {
    "TTGSDH": (CENTRE, TOWN),
    "CATP": (CITY, TOWN),
    "CAP-NL": (COMMUNE, NAM_LY),
    "TTR": (BODY, TOWN),
    "CSGT": (TEAM, TOWN),
    "QTDT": (URBAN, TOWN),
    "UBP-NL": (COMMITTEE, NAM_LY),
    "TTGS-2": (CENTRE, TOWN),
    "CATP-2": (CITY, TOWN),
    "CAP-BL": (COMMUNE, BAC_LY),
    "CA-LA": (CITY, LOOK_ALIKE),
    "TTR-LA": (BODY, LOOK_ALIKE),
    "TTGS-QT": (CENTRE, AWAY),
    "CA-QT": (CITY, AWAY),
    "CAP-QT": (COMMUNE, AWAY_COMMUNE),
    "TTR-QT": (BODY, "quang-tri"),
}
"""One of each kind in the town, then others: of the same area, of another commune, of a look-alike, of a province."""
AREAS: Final = ("quang-binh", TOWN, NAM_LY, BAC_LY, LOOK_ALIKE, "quang-tri", AWAY, AWAY_COMMUNE)
"""The tree, each area after the one it lies in."""
OTHERS: Final = (
    ("TTGS-2", "APPROVER"),
    ("TTGS-2", "EXECUTOR"),
    ("CATP-2", "HANDLER"),
    ("CAP-BL", "LEADER"),
    ("CA-LA", "HANDLER"),
    ("TTGS-QT", "APPROVER"),
    ("TTGS-QT", "EXECUTOR"),
    ("CA-QT", "HANDLER"),
    ("CAP-QT", "LEADER"),
)
AUDITORS: Final = {
    "audits.town": ("TTR", "AUDITOR", (-1, 30), True),
    "audits.as-handler": ("TTR", "HANDLER", (-1, 30), True),
    "audits.look-alike": ("TTR-LA", "AUDITOR", (-1, None), True),
    "audits.province": ("TTR-QT", "AUDITOR", (-1, 30), True),
    "audits.no-more": ("TTR", "AUDITOR", (-30, -1), False),
    "audits.not-yet": ("TTR", "AUDITOR", (1, 30), False),
    "audits.itself": ("TTGSDH", "AUDITOR", (-1, 30), False),
}
"""Grants to replay the audit, in days from now, and whether they open it: to no unit that is itself audited."""
CAMERAS: Final = {
    demo.CAMERA: ("TRAFFIC", "SMART_CITY", NAM_LY, "TTGSDH"),
    "S-SMART": ("SECURITY", "SMART_CITY", BAC_LY, "TTGSDH"),
    "S-PUBLIC": ("SECURITY", "PUBLIC", NAM_LY, "TTGSDH"),
    "T-2": ("TRAFFIC", "SMART_CITY", TOWN, "TTGS-2"),
    "S-LA": ("SECURITY", "PUBLIC", LOOK_ALIKE, "TTGSDH"),
    "T-CA": ("TRAFFIC", "SMART_CITY", TOWN, "CATP"),
    "T-QT": ("TRAFFIC", "SMART_CITY", AWAY_COMMUNE, "TTGS-QT"),
    "S-QT": ("SECURITY", "HOUSEHOLD", AWAY, "TTGS-QT"),
}


def units(people: Mapping[str, Somebody]) -> list[UnitFacts]:
    """The units, each with one of its people."""
    return [
        UnitFacts(
            id=str(Unit.create_id(code)),
            code=code,
            area=area,
            somebody=next(
                (str(Account.create_id(name)) for name, one in people.items() if one.unit == code),
                str(UUID(int=0)),
            ),
        )
        for code, (_, area) in UNITS.items()
    ]
