"""The demo jurisdiction: units, accounts and a camera of an invented Đồng Hới, loaded once into an empty record."""

import secrets
import string
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cli.recording import keep
from cli.up.endpoints import Endpoints
from cli.wiring import application, at_the_machine
from domain.account import Account
from domain.camera import Camera
from domain.commands.account import open_account
from domain.commands.application import CaseSystem
from domain.envelope import acting
from domain.passwords import check_password
from domain.recording import Recording
from domain.unit import Unit
from store.credentials import Credentials

CAMERA = "DH-NT-01"
DEMO = "system:demo"
"""Who set the installation up."""
CITY = "quang-binh/dong-hoi"


@dataclass(frozen=True)
class Person:
    """An invented person of the demo."""

    name: str
    full_name: str
    unit: str
    role: str
    leader: bool = False


UNITS = (
    ("TTGSDH", "Trung tâm Giám sát điều hành", "OPERATIONS_CENTRE", CITY),
    ("CATP", "Công an thành phố", "CITY_POLICE", CITY),
    ("CAP-NL", "Công an phường Nam Lý", "COMMUNE_POLICE", f"{CITY}/nam-ly"),
    ("TTR", "Đoàn kiểm tra", "OTHER_BODY", CITY),
)
PEOPLE = (
    Person("centre.approve", "Nguyễn Văn An", "TTGSDH", "APPROVER"),
    Person("centre.execute", "Trần Thị Bình", "TTGSDH", "EXECUTOR"),
    Person("centre.admin", "Lê Văn Cường", "TTGSDH", "ADMINISTRATOR"),
    Person("police.handle", "Phạm Thị Dung", "CATP", "HANDLER"),
    Person("police.lead", "Hoàng Văn Em", "CATP", "LEADER", leader=True),
    Person("commune.lead", "Võ Thị Giang", "CAP-NL", "LEADER", leader=True),
    Person("auditor", "Đặng Văn Hải", "TTR", "AUDITOR"),
)
GRANT_DOCUMENT = "Quyết định mẫu 01/QĐ-UBND (demo)"
GRANT_FOR = timedelta(days=365)


def load(endpoints: Endpoints) -> list[dict[str, str]]:
    """Load what is missing of the demo, into an empty record or one whose loading was cut short.

    Returns:
        The accounts that were opened now, with their passwords; nobody is shown a password twice.
    """
    with application(endpoints, role="minhchung_operator") as app:
        first = Unit.create_id(UNITS[0][0])
        if app.recorder.max_notification_id() is not None and first not in app.repository:
            return []
        credentials = Credentials(app.factory.datastore)  # type: ignore[attr-defined] # our factory has one
        with acting(at_the_machine(by=DEMO)):
            for code, name, kind, area in UNITS:
                if Unit.create_id(code) not in app.repository:
                    app.record(Unit(code=code, name=name, kind=kind, area_path=area))
            if Camera.create_id(CAMERA) not in app.repository:
                app.record(
                    Camera.in_use(
                        code=CAMERA,
                        name="Ngã tư Nam Lý, hướng Bắc",
                        camera_class="SMART_CITY",
                        domain="TRAFFIC",
                        area_path=f"{CITY}/nam-ly",
                        operating_unit_id=first,
                    )
                )
            return [
                _open(app, credentials, person, app.find(Unit, Unit.create_id(person.unit)))
                for person in PEOPLE
                if Account.create_id(person.name) not in app.repository
            ]


def _open(app: CaseSystem, credentials: Credentials, person: Person, unit: Unit) -> dict[str, str]:
    account = open_account(
        app,
        name=person.name,
        full_name=person.full_name,
        unit_id=unit.id,
        role=person.role,
        leader=person.leader,
    )
    if person.role == "AUDITOR":
        now = datetime.now(UTC)
        account.grant("audit.replay", document=GRANT_DOCUMENT, starts_at=now, ends_at=now + GRANT_FOR)
    password = reset(app, credentials, account)
    return {"name": person.name, "password": password, "unit_kind": unit.kind, "role": person.role}


def reset(app: CaseSystem, credentials: Credentials, account: Account) -> str:
    """Give an account a new generated password; inside an act."""
    password = generated()
    credentials.set_password(account.id, password)
    account.set_password()
    app.record(account)
    return password


def generated() -> str:
    """A password that the rule accepts and nobody has ever used."""
    letters = string.ascii_letters + string.digits
    password = "".join(secrets.choice(letters) for _ in range(16)) + secrets.choice("!#%+-=?@") + "aA1"
    check_password(password, name="")  # it is drawn: whose it is says nothing of it
    return password


def footage(endpoints: Endpoints) -> datetime:
    """Keep the sample clip as recorded footage of the demo camera, once; the instant of its first frame.

    The clip ends at the moment it is first kept, and keeps that instant however often the demo starts.
    """
    from detection.evidence_store import digest_of
    from detection.sample import CLIP

    with application(endpoints, role="minhchung_operator") as app:
        camera = app.find(Camera, Camera.create_id(CAMERA))
        recording_id = Recording.create_id(camera.id, digest_of(CLIP)[0])
        if recording_id not in app.repository:
            keep(app, at_the_machine(by=DEMO), camera, CLIP, endpoints, starts_at=None)
        return app.find(Recording, recording_id).starts_at
