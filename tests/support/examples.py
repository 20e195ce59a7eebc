"""One canonical example of every event, with fixed values: what the stored files and the round trips are made of."""

from dataclasses import fields
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from eventsourcing.domain import Aggregate
from eventsourcing.utils import get_topic

from domain.account import Account
from domain.account_review import AccountReview
from domain.area import Area
from domain.breach import Breach
from domain.camera import Camera
from domain.camera_use import CameraUse
from domain.case import Case
from domain.commands.application import NOUNS
from domain.control import CameraControl
from domain.credentials import Credentials, Stranger
from domain.envelope import Created, Event
from domain.extraction import ExtractedFile, FootageExtraction, Gap
from domain.obstacle import Obstacle
from domain.personal import Personal
from domain.reading import Attempt, Reading, searches_of
from domain.recommendation import Recommendation
from domain.recording import Recording
from domain.report import Report
from domain.session import Session
from domain.succession import EVENTS as SUCCESSION
from domain.unit import Unit
from domain.unit_guards import Left
from tests.support.account_examples import ACCOUNT_EVENTS
from tests.support.area_examples import AREA, AREA_EVENTS
from tests.support.breach_examples import BREACH, BREACH_EVENTS
from tests.support.camera_examples import CAMERA_EVENTS
from tests.support.case_examples import CASE_EVENTS
from tests.support.client_examples import CLIENT_EVENTS
from tests.support.client_examples import NOUNS as CLIENTS
from tests.support.credentials_examples import CREDENTIALS, CREDENTIALS_EVENTS, STRANGER
from tests.support.guidance_examples import GUIDANCE_EVENTS
from tests.support.guidance_examples import NOUNS as SHARED
from tests.support.invented import (
    ACCOUNT,
    ADDRESS,
    AT,
    ATTEMPT,
    CAMERA,
    CASE,
    ENVELOPE,
    EXTRACTION,
    NAME,
    NOTE,
    PLATE,
    POLICE,
    READING,
    RECORDING,
    SESSION,
    TEXT,
    UNIT,
)
from tests.support.office_examples import OBSTACLE, OFFICE_EVENTS, RECOMMENDATION, REPORT
from tests.support.operation_examples import NOUNS as OPERATION
from tests.support.operation_examples import OPERATION_EVENTS
from tests.support.succession_examples import SUCCESSION_EVENTS
from tests.support.use_examples import CONTROL, USE, USE_EVENTS


def event_classes() -> dict[str, type[Event]]:
    """Every event that can be stored, by topic; the library wants a topic on `Created` too, which never happens."""
    return {
        get_topic(member): member
        for noun in NOUNS
        for name, member in vars(noun).items()
        if isinstance(member, type) and issubclass(member, Event) and name not in {"Event", "Created"}
    } | {get_topic(cls): cls for cls in SUCCESSION}


def fields_of(noun: type[Aggregate]) -> set[str]:
    """Every field that an event of this noun has, beside its envelope and identity."""
    own = [cls for topic, cls in event_classes().items() if topic.startswith(f"{get_topic(noun)}:")]
    return {f.name for cls in own for f in fields(cls)} - {f.name for f in fields(Created)}


def _first(cls: type[Any], aggregate: type[object], originator_id: UUID, /, **said: Any) -> Event:
    made: Event = cls(
        originator_id=originator_id,
        originator_version=1,
        timestamp=AT,
        originator_topic=get_topic(aggregate),
        envelope=ENVELOPE,
        **said,
    )
    return made


def _later(cls: type[Any], originator_id: UUID, /, **said: Any) -> Event:
    made: Event = cls(
        originator_id=originator_id, originator_version=2, timestamp=AT, envelope=ENVELOPE, **said
    )
    return made


def case_examples() -> list[Event]:
    """One of each event of a case."""
    return [
        _first(cls, Case, CASE, **said) if issubclass(cls, Created) else _later(cls, CASE, **said)
        for cls, said in CASE_EVENTS.items()
    ]


def office_examples() -> list[Event]:
    """One of each event of reports, recommendations and obstacles, and of running the system."""
    nouns: dict[type[Aggregate], UUID] = {Report: REPORT, Recommendation: RECOMMENDATION, Obstacle: OBSTACLE}
    nouns |= OPERATION | SHARED | CLIENTS | {Area: AREA}
    return [
        _first(cls, next(noun for noun, its in nouns.items() if its == one), one, **said)
        if issubclass(cls, Created)
        else _later(cls, one, **said)
        for cls, (one, said) in (
            *OFFICE_EVENTS.items(),
            *OPERATION_EVENTS.items(),
            *GUIDANCE_EVENTS.items(),
            *CLIENT_EVENTS.items(),
            *AREA_EVENTS.items(),
        )
    ]


def breach_examples() -> list[Event]:
    """One of each event of a breach."""
    return [
        _first(cls, Breach, BREACH, **said) if issubclass(cls, Created) else _later(cls, BREACH, **said)
        for cls, said in BREACH_EVENTS.items()
    ]


def credentials_examples() -> list[Event]:
    """One of each event of sessions and of what opens an account."""
    nouns = {Session: SESSION, Credentials: CREDENTIALS, Stranger: STRANGER}
    return [
        _first(cls, next(noun for noun, its in nouns.items() if its == one), one, **said)
        if issubclass(cls, Created)
        else _later(cls, one, **said)
        for cls, (one, said) in CREDENTIALS_EVENTS.items()
    ]


def use_examples() -> list[Event]:
    """One of each event of the uses of cameras."""
    nouns: dict[UUID, type[Aggregate]] = {USE: CameraUse, CONTROL: CameraControl}
    return [
        _first(cls, nouns[one], one, **said) if issubclass(cls, Created) else _later(cls, one, **said)
        for cls, (one, said) in USE_EVENTS.items()
    ]


def account_examples() -> list[Event]:
    """One of each later event of accounts and their reviews."""
    nouns = {Account: "account:", AccountReview: "account-review:"}
    return [
        _first(
            cls, next(noun for noun, topic in nouns.items() if get_topic(cls).startswith(topic)), one, **said
        )
        if issubclass(cls, Created)
        else _later(cls, one, **said)
        for cls, (one, said) in ACCOUNT_EVENTS.items()
    ]


EXAMPLES: Final[dict[str, Event]] = {
    get_topic(type(event)): event
    for event in (
        _first(
            Unit.Registered,
            Unit,
            UNIT,
            code="TTGS",
            name="Trung tâm Giám sát",
            kind="OPERATIONS_CENTRE",
            area_path="quang-binh/dong-hoi",
            parent_unit_id=POLICE,
            valid_from=AT,
            document="15/QĐ-UBND",
        ),
        _later(
            Unit.Moved,
            UNIT,
            parent_unit_id=None,
            area_path="quang-binh/dong-hoi/nam-ly",
            document="17/QĐ-UBND",
        ),
        _later(
            Unit.SuccessorNamed,
            UNIT,
            successor_unit_id=POLICE,
            successor_code="CATP",
            document="20/QĐ-UBND",
        ),
        _later(
            Unit.WorkLeft,
            UNIT,
            parent_unit_id=POLICE,
            head_account_id=ACCOUNT,
            left=Left(accounts=1, cameras=2, cases=3, work_orders=4),
        ),
        *(_later(cls, one, **said) for cls, (one, said) in SUCCESSION_EVENTS.items()),
        _later(Unit.OfficerAssigned, UNIT, post="ADMINISTRATOR", account_id=ACCOUNT, document="18/QĐ-TTGS"),
        _later(
            Unit.RegulationFiled,
            UNIT,
            document="19/QĐ-TTGS",
            title="Quy định nội bộ về khai thác hệ thống camera",
            issued_at=AT,
        ),
        _later(Unit.Renamed, UNIT, name="Trung tâm Giám sát điều hành"),
        _later(
            Unit.Ceased,
            UNIT,
            ceased_at=AT + timedelta(days=30),
            successor_unit_id=POLICE,
            successor_code="CATP",
            document="16/QĐ-UBND",
        ),
        _first(
            Account.Opened,
            Account,
            ACCOUNT,
            name="centre.approve",
            full_name=Personal.said(ACCOUNT, NAME),
            unit_id=UNIT,
            role="APPROVER",
            leader=False,
        ),
        _later(Account.PasswordSet, ACCOUNT),
        _later(Account.Disabled, ACCOUNT),
        _first(
            Camera.Registered,
            Camera,
            CAMERA,
            code="DH-NT-01",
            name="Ngã tư Nam Lý",
            camera_class="SMART_CITY",
            domain="TRAFFIC",
            area_path="quang-binh/dong-hoi/nam-ly",
            operating_unit_id=UNIT,
            kind="OTHER",
            placement="PUBLIC",
            manager_unit_id=None,
            custodian_unit_id=None,
            longitude=None,
            latitude=None,
            view=None,
            channel=None,
            in_use=True,
        ),
        *(_later(cls, CAMERA, **said) for cls, said in CAMERA_EVENTS.items()),
        *case_examples(),
        *office_examples(),
        *breach_examples(),
        *credentials_examples(),
        *use_examples(),
        *account_examples(),
        _first(
            Reading.Recorded,
            Reading,
            READING,
            way="graphql",
            noun="case",
            ids=[CASE],
            purpose="VIOLATION_HANDLING",
            area_path="quang-binh/dong-hoi/nam-ly",
            address=Personal.said(ACCOUNT, ADDRESS),
            camera_id=CAMERA,
            plate=Personal.said(searches_of(AT), PLATE),
        ),
        _first(
            Attempt.Refused,
            Attempt,
            ATTEMPT,
            way="approveCase",
            noun="case",
            ids=[CASE],
            code="FORBIDDEN",
            purpose=None,
            area_path="quang-binh/dong-hoi/nam-ly",
            address=Personal.said(ACCOUNT, ADDRESS),
            camera_id=CAMERA,
            plate=Personal.said(searches_of(AT), PLATE),
        ),
        _first(
            Recording.Registered,
            Recording,
            RECORDING,
            camera_id=CAMERA,
            area_path="quang-binh/dong-hoi/nam-ly",
            operating_unit_id=UNIT,
            name=f"dd/{'d' * 64}.mp4",
            sha256="d" * 64,
            size=1_000_000,
            media_type="video/mp4",
            starts_at=AT - timedelta(hours=1),
            length_s=600.5,
        ),
        _later(Recording.FoundDamaged, RECORDING, found_sha256="e" * 64, found_size=999_999),
        _first(
            FootageExtraction.Requested,
            FootageExtraction,
            EXTRACTION,
            number="DH-TX-2026-000007",
            camera_id=CAMERA,
            domain="TRAFFIC",
            area_path="quang-binh/dong-hoi/nam-ly",
            operating_unit_id=UNIT,
            requesting_unit_kind="COMMUNE_POLICE",
            starts_at=AT - timedelta(minutes=50),
            ends_at=AT - timedelta(minutes=49),
            purpose="VIOLATION_HANDLING",
            note=Personal.said(EXTRACTION, NOTE),
            document_number="12/ĐN-CAP",
            undertaking=False,
            case_id=CASE,
        ),
        _later(FootageExtraction.Approved, EXTRACTION),
        _later(FootageExtraction.Rejected, EXTRACTION, text=Personal.said(EXTRACTION, TEXT)),
        _later(
            FootageExtraction.Executed,
            EXTRACTION,
            files=[
                ExtractedFile(
                    id=UUID(int=0xF1),
                    recording_id=RECORDING,
                    name=f"ff/{'f' * 64}.mp4",
                    sha256="f" * 64,
                    size=54_321,
                    media_type="video/mp4",
                    starts_at=AT - timedelta(minutes=50),
                    ends_at=AT - timedelta(minutes=49, seconds=30),
                )
            ],
            gaps=[
                Gap(
                    starts_at=AT - timedelta(minutes=49, seconds=30),
                    ends_at=AT - timedelta(minutes=49),
                    reason="DAMAGED",
                    recording_id=UUID(int=0x4F),
                )
            ],
        ),
        _later(FootageExtraction.HandedOver, EXTRACTION, receiver_account_id=ACCOUNT),
        _later(FootageExtraction.Accepted, EXTRACTION),
        _later(
            FootageExtraction.MinutesIssued,
            EXTRACTION,
            document_id=UUID(int=0xD2),
            number="09/BB-BGDL",
            edition=1,
            template=f"handover_minutes@{'0b' * 32}",
            sha256="7" * 64,
            size=66_000,
            name=f"66/{'6' * 64}.sealed",
        ),
        _later(FootageExtraction.MinutesPrinted, EXTRACTION, document_id=UUID(int=0xD2), copies=2),
    )
}
"""By topic."""
