"""A world with two of everything: units, people, cameras, cases and extractions of several areas, known as facts.

It is built once a worker, by the product's own acts; what the facts say of it is written down here, not read back.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final
from uuid import UUID, uuid4, uuid5

import psycopg
import pytest

import tests.support.oracles  # noqa: F401 — what each noun is shown to
from cli import demo
from cli.up.postgres import Postgres
from detection.evidence_store import open_store
from detection.sample import CLIP
from domain.account import Account
from domain.area import Area
from domain.camera import Camera
from domain.extraction import FootageExtraction
from domain.unit import Unit
from tests.support import clients
from tests.support.api import Founded, Installation, copy_of, endpoints_of, snapshot
from tests.support.breaches import Breaches
from tests.support.extractions import requested
from tests.support.footage import ACTS, WAY, Footage
from tests.support.jurisdiction import AREAS, AUDITORS, CAMERAS, NAM_LY, OTHERS, UNITS, units
from tests.support.oracle import (
    BODY,
    COMMUNE,
    KINDS,
    ROLES,
    CameraFacts,
    CaseFacts,
    ExtractionFacts,
    Noun,
    Somebody,
)
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
    UseFacts,
    WorkFacts,
)
from tests.support.paperwork import Office
from tests.support.people import Person
from tests.support.record import happened
from tests.support.running import Running
from tests.support.servers import as_superuser
from tests.support.spec import fact
from tests.support.uses import watching

STATES: Final = {
    "DETECTED": (),
    "DISCARDED": ("discardCase",),
    "APPROVED": ("approveCase",),
    "RECEIVED": ("approveCase", "receiveCase"),
    "VERIFYING": ("approveCase", "receiveCase", "startVerification"),
    "CONCLUDED": ("approveCase", "receiveCase", "startVerification", "concludeCase"),
    "NOTIFIED": ("approveCase", "receiveCase", "startVerification", "concludeCase", "notifyResult"),
    "HANDLED": ("approveCase", "receiveCase", "handleCase"),
}
CASES: Final = (
    *((demo.CAMERA, state, "CATP") for state in STATES if state != "HANDLED"),
    (demo.CAMERA, "RECEIVED", "CSGT"),
    ("S-PUBLIC", "DETECTED", None),
    ("S-PUBLIC", "APPROVED", "CAP-NL"),
    ("S-SMART", "RECEIVED", "TTR"),
    ("T-2", "DETECTED", None),
    ("S-LA", "DETECTED", None),
    ("T-QT", "DETECTED", None),
    ("T-QT", "APPROVED", "CA-QT"),
    ("T-QT", "APPROVED", "CATP"),
    ("S-QT", "HANDLED", "CA-QT"),
    ("T-QT", "VERIFYING", "CA-QT"),
)
"""Camera, how far it went, and to which unit; the town's own go every way there is."""
APPROVERS: Final = {"TTGSDH": "centre.approve", "TTGS-QT": "ttgs-qt.approver"}
HANDLERS: Final = {
    "CATP": "police.handle",
    "CSGT": "csgt.handler",
    "TTR": "ttr.handler",
    "CA-QT": "ca-qt.handler",
}
DECIDERS: Final = {
    "TTGSDH": ("police.lead", "centre.execute"),
    "TTGS-QT": ("ca-qt.handler", "ttgs-qt.executor"),
}
"""Who decides on requests for a Centre's cameras, and who cuts."""
EXTRACTIONS: Final = (
    *(
        (demo.CAMERA, state, "commune.lead")
        for state in ("REQUESTED", "REJECTED", "APPROVED", "EXECUTED", "HANDED_OVER", "ACCEPTED")
    ),
    (demo.CAMERA, "APPROVED", "cap-bl.leader"),
    ("T-QT", "REQUESTED", "cap-qt.leader"),
    ("T-QT", "ACCEPTED", "cap-qt.leader"),
)
"""Who watches cameras meanwhile."""
FILE: Final = b"a frame of a crossing" * 50


@dataclass
class World:
    """The installation, and what is known of it."""

    installation: Installation
    people: dict[str, Somebody] = field(default_factory=dict)
    cameras: list[CameraFacts] = field(default_factory=list)
    cases: list[CaseFacts] = field(default_factory=list)
    extractions: list[ExtractionFacts] = field(default_factory=list)
    reports: list[ReportFacts] = field(default_factory=list)
    recommendations: list[RecommendationFacts] = field(default_factory=list)
    obstacles: list[ObstacleFacts] = field(default_factory=list)
    uses: list[UseFacts] = field(default_factory=list)
    incidents: list[IncidentFacts] = field(default_factory=list)
    works: list[WorkFacts] = field(default_factory=list)
    shifts: list[ShiftFacts] = field(default_factory=list)
    rosters: list[RosterFacts] = field(default_factory=list)
    breaches: list[BreachFacts] = field(default_factory=list)
    clients: list[ClientFacts] = field(default_factory=list)
    put_back: Callable[[], None] = lambda: None

    def restore(self) -> None:
        """Let nothing have happened since it was built."""
        self.put_back()
        for app in (self.installation.cases, self.installation.operator):
            app.factory.keys._sealing.clear()  # type: ignore[attr-defined] # the keys are in the record that was put back

    def person(self, who: Somebody) -> Person:
        """Somebody, with the session that is open already."""
        return self.installation.signed_in(who.name)

    @property
    def nouns(self) -> dict[str, list[Noun]]:
        """Everything that somebody may or may not be shown, by what it is."""
        return {
            "case": [*self.cases],
            "camera": [*self.cameras],
            "extraction": [*self.extractions],
            "report": [*self.reports],
            "recommendation": [*self.recommendations],
            "obstacle": [*self.obstacles],
            "area": [AreaFacts(id=str(Area.create_id(path)), area=path) for path in AREAS],
            "unit": [*units(self.people)],
            "use": [*self.uses],
            "incident": [*self.incidents],
            "work_order": [*self.works],
            "shift": [*self.shifts],
            "roster": [*self.rosters],
            "breach": [*self.breaches],
            "client": [*self.clients],
        }


# -- how it comes about ------------------------------------------------------------------


def build(installation: Installation) -> World:
    """Let everything happen, through the acts of whoever may do it."""
    installation.today()
    world = World(installation)
    _people(world)
    _cameras(world)
    installation.project()
    for n, (camera, state, to) in enumerate(CASES):
        world.cases.append(_case(world, n, camera, state, to))
    _extractions(world)
    installation.project()
    office = Office(installation, world.people, world.cameras)
    world.reports, world.recommendations = office.reports(), office.recommendations()
    world.obstacles = office.obstacles()
    running = Running(installation, world.people, world.cameras)
    world.incidents, world.works = running.incidents(), running.works()
    begun = {work.camera for work in world.works if work.state == "STARTED"}
    world.cameras = [replace(one, worked_on=one.id in begun) for one in world.cameras]
    world.shifts, world.rosters = running.shifts(), running.rosters()
    world.breaches = Breaches(installation, world.people).known()
    world.clients = clients.registered(installation)
    installation.project()
    world.uses = watching(world.people, world.cameras, world.person)
    installation.project()
    return world


def _people(world: World) -> None:
    place = world.installation
    for path in AREAS:
        place.register_area(path)
    for code, (kind, area) in UNITS.items():
        if code not in {unit[0] for unit in demo.UNITS}:
            place.register_unit(code, kind=kind, area=area)
    own = {kind: code for code, (kind, _) in reversed(UNITS.items())}
    for person in demo.PEOPLE:
        _known(
            world,
            person.name,
            person.unit,
            person.role,
            leader=person.leader,
            audits=person.role == "AUDITOR",
        )
    wanted = [(own[kind], role) for kind in KINDS for role in ROLES] + list(OTHERS)
    for code, role in wanted:
        _open(world, f"{code}.{role}".lower(), code, role, leader=role == "LEADER")
    _open(world, "cap-nl.head", "CAP-NL", "HANDLER", leader=True)
    for name, (code, role, (start, end), opens) in AUDITORS.items():
        _open(world, name, code, role, audits=opens)
        account = place.operator.find(Account, Account.create_id(name))
        with place.founding():
            account.grant(
                "audit.replay",
                document="Quyết định mẫu 02/QĐ-UBND",
                starts_at=place.now + timedelta(days=start),
                ends_at=None if end is None else place.now + timedelta(days=end),
            )
            place.operator.record(account)


def _open(
    world: World, name: str, code: str, role: str, *, leader: bool = False, audits: bool = False
) -> None:
    world.installation.open_account(name, unit_id=Unit.create_id(code), role=role, leader=leader)
    _known(world, name, code, role, leader=leader, audits=audits)


def _known(world: World, name: str, code: str, role: str, *, leader: bool, audits: bool) -> None:
    kind, area = UNITS[code]
    world.people[name] = Somebody(
        name=name, unit=code, kind=kind, area=area, role=role, leader=leader, audits=audits
    )


def _cameras(world: World) -> None:
    for code, (domain, camera_class, area, operator) in CAMERAS.items():
        if code != demo.CAMERA:
            given = {"domain": domain, "camera_class": camera_class, "area_path": area}
            world.installation.register_camera(code, unit_id=Unit.create_id(operator), **given)
        world.cameras.append(
            CameraFacts(
                id=str(Camera.create_id(code)),
                code=code,
                domain=domain,
                camera_class=camera_class,
                area=area,
                operator=operator,
            )
        )


def _case(world: World, n: int, camera: str, state: str, to: str | None) -> CaseFacts:
    place = world.installation
    domain, _, area, operator = CAMERAS[camera]
    name = open_store(place.endpoints.evidence_url, writer="test").keep(FILE, "jpg")
    sha256 = hashlib.sha256(FILE).hexdigest()
    item = {
        "kind": "FRAME_AT",
        "name": name,
        "sha256": sha256,
        "size": len(FILE),
        "media_type": "image/jpeg",
        "captured_at": place.now,
    }
    found = place.detected(at=place.now - timedelta(hours=n + 1), camera=camera, evidence=(item,))
    for act in STATES[state]:
        decides = act in {"approveCase", "discardCase"}
        given = {"recipientUnitId": str(Unit.create_id(str(to)))} if act == "approveCase" else {}
        place.signed_in(APPROVERS[operator] if decides else HANDLERS[str(to)]).does(act, found.id, **given)
    return CaseFacts(
        id=str(found.id),
        number=found.number,
        state="CONCLUDED" if state == "NOTIFIED" else state,
        domain=domain,
        area=area,
        camera=str(Camera.create_id(camera)),
        detecting=operator,
        holder=to if "approveCase" in STATES[state] and to else operator,
        file=str(uuid5(found.id, f"FRAME_AT:{sha256}")),
        received="receiveCase" in STATES[state],
        notified=state == "NOTIFIED",
    )


def _extractions(world: World) -> None:
    footage = Footage(world.installation)
    for code in CAMERAS.keys() - {demo.CAMERA}:
        footage.keep(CLIP, footage.starts_at, camera=Camera.create_id(code))
    for camera, state, asker in EXTRACTIONS:
        world.extractions.append(_extraction(world, footage, camera, state, asker))
    # another body is shown no camera to ask for; what the rules say of such a request holds all the same
    for n, state in enumerate(("REQUESTED", "APPROVED"), 1):
        world.extractions.append(_of_another_body(world, footage, n, state))


def _extraction(world: World, footage: Footage, camera: str, state: str, asker: str) -> ExtractionFacts:
    _, _, area, operator = CAMERAS[camera]
    asked = footage.ask(by=asker, cameraId=str(Camera.create_id(camera)))["extraction"]
    decides, cuts = DECIDERS[operator]
    if state == "APPROVED":
        decides = "police.handle"  # who may cut as well, but not this one
    files: tuple[str, ...] = ()
    for act in WAY[state]:
        by = {"executeExtraction": cuts, "handOverExtraction": cuts, "acceptExtraction": asker}.get(
            act, decides
        )
        given = {"receiverAccountId": str(Account.create_id(asker))} if act == "handOverExtraction" else {}
        answer = footage.act(act, asked["id"], by=by, **given)
        assert answer["__typename"] == ACTS[act][1], answer
        if act == "executeExtraction":
            files = tuple(file["id"] for file in answer["extraction"]["execution"]["files"])
    done = WAY[state]
    return ExtractionFacts(
        id=asked["id"],
        number=asked["number"],
        state=state,
        area=area,
        camera=str(Camera.create_id(camera)),
        operator=operator,
        asking=world.people[asker].unit,
        asking_kind=COMMUNE,
        asked_by=asker,
        decided_by=decides if done else None,
        executing=world.people[cuts].unit if "executeExtraction" in done else None,
        receiver=asker if "handOverExtraction" in done else None,
        files=files,
    )


def _of_another_body(world: World, footage: Footage, n: int, state: str) -> ExtractionFacts:
    known = ExtractionFacts(
        id=str(uuid4()),
        number=f"DH-TX-2026-{900000 + n}",
        state=state,
        area=NAM_LY,
        camera=str(Camera.create_id(demo.CAMERA)),
        operator="TTGSDH",
        asking="TTR",
        asking_kind=BODY,
        asked_by="ttr.handler",
        decided_by="centre.approve" if state == "APPROVED" else None,
    )
    said = {
        "camera_id": UUID(known.camera),
        "operating_unit_id": Unit.create_id("TTGSDH"),
        "requesting_unit_kind": BODY,
        "area_path": NAM_LY,
        "starts_at": footage.starts_at,
        "ends_at": footage.starts_at + timedelta(seconds=5),
    }
    first = requested(UUID(known.id), 900000 + n, note=None, **said)
    asker = {"by": str(Account.create_id("ttr.handler")), "unit_id": Unit.create_id("TTR")}
    decider = {"by": str(Account.create_id("centre.approve")), "unit_id": Unit.create_id("TTGSDH")}
    facts = [first.under(**asker), fact(FootageExtraction.Approved).under(**decider)]
    happened(
        world.installation.operator, FootageExtraction, UUID(known.id), *facts[: 2 if known.decided_by else 1]
    )
    return known


# -- fixtures --------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def shared_world(shared_postgres: Postgres, postgres: str, founded: Founded) -> Iterator[World]:
    """The world of a worker."""
    with copy_of(postgres, founded.database) as database:
        made = Installation(
            endpoints_of(shared_postgres, database, founded.keys), founded.passwords, dict(founded.tokens)
        )
        world = build(made)
        superuser = as_superuser(made.endpoints.database_url, postgres)
        with psycopg.connect(superuser, autocommit=True) as conn:
            world.put_back = snapshot(conn)
            yield world
        made.close()


@pytest.fixture
def world(shared_world: World) -> World:
    """The world as it was built."""
    shared_world.restore()
    return shared_world
