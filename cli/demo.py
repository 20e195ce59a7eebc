"""The demo jurisdiction: units, accounts, a camera and its detection worker, loaded once into an empty record."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec

from cli.recording import keep
from cli.up.endpoints import Endpoints
from cli.wiring import application, at_the_machine, rulebook
from domain.account import Account
from domain.area import Area, AreaKind
from domain.camera import Camera, Transmission
from domain.client import ClientKind, Registration
from domain.commands.account import open_account
from domain.commands.application import CaseSystem
from domain.commands.area import parent_of
from domain.commands.client import entered
from domain.commands.sessions import revoked
from domain.envelope import acting
from domain.passwords import generated
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


AREAS: tuple[tuple[str, str, str], ...] = (
    ("quang-binh", "Tỉnh Quảng Bình", AreaKind.PROVINCE),
    (CITY, "Thành phố Đồng Hới", AreaKind.DISTRICT),
    (f"{CITY}/nam-ly", "Phường Nam Lý", AreaKind.COMMUNE),
)
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
    Person("centre.lead", "Mai Thị Khánh", "TTGSDH", "LEADER", leader=True),
    Person("police.handle", "Phạm Thị Dung", "CATP", "HANDLER"),
    Person("police.lead", "Hoàng Văn Em", "CATP", "LEADER", leader=True),
    Person("commune.lead", "Võ Thị Giang", "CAP-NL", "LEADER", leader=True),
    Person("auditor", "Đặng Văn Hải", "TTR", "AUDITOR"),
)
GRANT_DOCUMENT = "Quyết định mẫu 01/QĐ-UBND (demo)"
WORKER = "PM-PH-01"
"""*Phần mềm phát hiện*."""
WORKER_DOCUMENT = "Quyết định mẫu 02/QĐ-UBND (demo)"
GRANT_FOR = timedelta(days=365)


def load(endpoints: Endpoints) -> list[dict[str, str]]:
    """Load what is missing of the demo, into an empty record or one whose loading was cut short.

    Returns:
        The accounts that were opened now, with their passwords; nobody is shown a password twice.
    """
    with application(endpoints, role="minhchung_operator") as app:
        first = Unit.create_id(UNITS[0][0])
        begun = Area.create_id(AREAS[0][0]) in app.repository or first in app.repository
        if app.recorder.max_notification_id() is not None and not begun:
            return []
        credentials = Credentials(app.factory.datastore)  # type: ignore[attr-defined] # our factory has one
        with acting(at_the_machine(by=DEMO)) as act:
            for path, title, what in AREAS:
                if Area.create_id(path) not in app.repository:
                    above, since = parent_of(app, path), act.took_place_at
                    app.record(Area.enter(path=path, parent=above, name=title, kind=what, valid_from=since))
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
                        channel=Transmission.PRIVATE_CHANNEL.value,
                    )
                )
            if (worker := _worker()) is not None and worker.client_id not in app.repository:
                app.record(*entered(worker))
            return [
                _open(app, credentials, person, app.find(Unit, Unit.create_id(person.unit)))
                for person in PEOPLE
                if Account.create_id(person.name) not in app.repository
            ]


def _worker() -> Registration | None:
    """The detection worker of this installation, with the model that it comes with, where one is shipped."""
    if find_spec("detection.sample") is None:
        return None
    from detection.config import read_config
    from detection.manifest import read_manifest
    from detection.sample import CONFIG

    return Registration(
        code=WORKER,
        kind=ClientKind.DETECTION_WORKER,
        name="Phần mềm phát hiện của hệ thống mẫu",
        release="mẫu",
        maker="Minh Chứng",
        area_path=CITY,
        operating_unit_id=Unit.create_id(UNITS[0][0]),
        document=WORKER_DOCUMENT,
        permitted_on=rulebook().effective_from,
        models=(read_manifest(read_config(CONFIG).model).sha256,),
    )


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


def reset(app: CaseSystem, credentials: Credentials, account: Account, *, must_change: bool = False) -> str:
    """Give an account a new generated password, and end its sessions; inside an act."""
    password = generated()
    ended = revoked(app, app.commands.open_sessions(account.id))
    credentials.set_password(account.id, password, must_change=must_change)
    account.set_password()
    app.record(*ended, account)
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
