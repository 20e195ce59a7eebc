"""Installations of the other regulations: their units and people, and the usual case through their GraphQL."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import pytest

from domain.unit import Unit
from tests.support.api import DETECTED_AT, Found, Installation
from tests.support.cameras import LEVEL_2, LEVEL_3
from tests.support.people import ACTORS, WAY
from tests.support.provinces import (
    CAR,
    QT_BOARD,
    QT_CENTRE,
    QT_POLICE,
    QT_STATION,
    QT_TRANSPORT,
    YB_OFFICE,
    YB_POLICE,
    YB_TRANSPORT,
)
from tests.support.spec import unit

Seat = tuple[Unit, str, bool]


@dataclass(frozen=True, kw_only=True)
class Site:
    """The units, people and the one camera of an installation; people who do the usual acts bear the usual names."""

    profile: str
    people: Mapping[str, Seat]
    operator: Unit
    camera: str
    camera_class: str
    area: str
    otherwise: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """What its people tell a mutation that is said otherwise in the usual case."""


@dataclass(frozen=True)
class Settled:
    """An installation that runs under the regulation of a site."""

    site: Site
    place: Installation

    def case_in(self, state: str, *, at: datetime = DETECTED_AT, **otherwise: Mapping[str, Any]) -> Found:
        """A case that went as far as a state."""
        found = self.place.detected(camera=self.site.camera, at=at)
        self.goes_on(found.id, *WAY[state], **otherwise)
        return found

    def goes_on(self, case_id: UUID, *mutations: str, **otherwise: Mapping[str, Any]) -> None:
        """Let the usual people do more."""
        said = {**self.site.otherwise, **otherwise}
        for mutation in mutations:
            self.place.signed_in(ACTORS[mutation]).does(mutation, case_id, **said.get(mutation, {}))
        self.place.project()


@pytest.fixture
def settled(empty: Installation, monkeypatch: pytest.MonkeyPatch) -> Callable[[Site], Settled]:
    """An installation of a site, as its composition root builds it from the environment."""

    def settle(site: Site) -> Settled:
        monkeypatch.setenv("MINHCHUNG_PROFILE", site.profile)
        units = {unit.code: unit for unit, _, _ in site.people.values()}
        for one in units.values():
            empty.register_unit(one.code, kind=one.kind, area=one.area_path)
        empty.register_camera(
            site.camera, unit_id=site.operator.id, camera_class=site.camera_class, area_path=site.area
        )
        for name, (one, role, leader) in site.people.items():
            empty.open_account(name, unit_id=one.id, role=role, leader=leader)
        empty.project()
        return Settled(site, empty)

    return settle


QUANG_TRI: Final = Site(
    profile="quang-tri",
    people={
        "centre.approve": (QT_CENTRE, "APPROVER", False),
        "police.handle": (QT_POLICE, "HANDLER", False),
        "police.lead": (QT_POLICE, "LEADER", True),
        "inspector": (QT_TRANSPORT, "HANDLER", False),
        "board": (QT_BOARD, "LEADER", True),
        "board.audit": (QT_BOARD, "AUDITOR", False),
        "station": (QT_STATION, "HANDLER", False),
        "station.lead": (QT_STATION, "LEADER", True),
    },
    operator=QT_CENTRE,
    camera="QT-DH-01",
    camera_class="ANPR",
    area="quang-tri/dong-ha",
    otherwise={
        "approveCase": {"plate": CAR, "recipientUnitId": str(QT_POLICE.id)},
        "identifyOwner": {"plate": CAR},
        "decidePenalty": {"signerTitle": "PROVINCIAL_POLICE_DIRECTOR"},
    },
)

YEN_BAI: Final = Site(
    profile="yen-bai",
    people={
        "centre.approve": (YB_TRANSPORT, "APPROVER", False),
        "inspector": (YB_TRANSPORT, "HANDLER", False),
        "police.handle": (YB_POLICE, "HANDLER", False),
        "police.lead": (YB_POLICE, "LEADER", True),
        "office": (YB_OFFICE, "HANDLER", False),
    },
    operator=YB_TRANSPORT,
    camera="YB-01",
    camera_class="OTHER",
    area="yen-bai/thanh-pho",
    otherwise={
        "approveCase": {"plate": "21A-123.45", "recipientUnitId": str(YB_POLICE.id)},
        "identifyOwner": {"plate": "21A-123.45"},
        "decidePenalty": {"signerTitle": "PROVINCIAL_POLICE_DIRECTOR"},
    },
)

DB_MANAGER: Final = unit("DB-TTTT", "LEVEL_1_MANAGER", "dien-bien")
DB_POLICE: Final = unit("DB-CAT", "PROVINCIAL_POLICE", "dien-bien")
DIEN_BIEN: Final = Site(
    profile="dien-bien",
    people={
        "centre.approve": (DB_MANAGER, "APPROVER", False),
        "manager": (DB_MANAGER, "HANDLER", False),
        "manager.audit": (DB_MANAGER, "AUDITOR", False),
        "police.handle": (DB_POLICE, "HANDLER", False),
        "police.lead": (DB_POLICE, "LEADER", True),
    },
    operator=DB_MANAGER,
    camera="DB-01",
    camera_class="LEVEL_1",
    area="dien-bien/thanh-pho",
    otherwise={"approveCase": {"recipientUnitId": str(DB_POLICE.id)}},
)

DB_OTHER: Final = unit("DB-SVH", "LEVEL_2_BODY", "dien-bien")
DB_OPERATOR: Final = unit("DB-IOC", "LEVEL_1_OPERATOR", "dien-bien")
DB_COMMITTEE: Final = unit("DB-UBND", "PEOPLES_COMMITTEE", "dien-bien")
TIERS: Final = replace(
    DIEN_BIEN,
    people={
        **DIEN_BIEN.people,
        "manager.admin": (DB_MANAGER, "ADMINISTRATOR", False),
        "operator.admin": (DB_OPERATOR, "ADMINISTRATOR", False),
        "operator.handle": (DB_OPERATOR, "HANDLER", False),
        "two.admin": (LEVEL_2, "ADMINISTRATOR", False),
        "two.handle": (LEVEL_2, "HANDLER", False),
        "two.audit": (LEVEL_2, "AUDITOR", False),
        "other.admin": (DB_OTHER, "ADMINISTRATOR", False),
        "three.admin": (LEVEL_3, "ADMINISTRATOR", False),
        "three.lead": (LEVEL_3, "LEADER", True),
        "committee.lead": (DB_COMMITTEE, "LEADER", True),
    },
)
"""Điện Biên with its operator, two bodies of level II, one of level III and the committee besides."""
