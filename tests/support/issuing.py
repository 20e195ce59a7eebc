"""A case that is really driven, act by act and day by day, and the documents that are made of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit
from uuid import uuid4

from cli import demo
from domain.unit import Unit
from tests.support.api import Found, Installation
from tests.support.people import ACTORS, REFUSED, Person
from tests.support.spec import legal

OWNER: Final = {
    "plate": "73A-123.45",
    "plateColour": "nền trắng, chữ và số màu đen",
    "vehicleGroup": "CAR",
    "ownerName": "Nguyễn Thị Thử Nghiệm",
    "ownerAddress": "số 5 đường Ví Dụ, phường Nam Lý",
    "source": "Cơ sở dữ liệu đăng ký xe, tra cứu 118/2026",
}
RECORD: Final[dict[str, Any]] = {
    "number": "03/BB-VPHC",
    "place": "trụ sở Công an thành phố, số 1 đường Mẫu",
    "makerTitle": "Cán bộ Đội Cảnh sát giao thông - Trật tự",
    "behaviour": "Xe đi thẳng qua vạch dừng khi đèn đỏ đã sáng 03 giây, có hình ảnh và đoạn ghi hình.",
    "offenceCode": "6.9.b",
    "statement": "Tôi đồng ý với nội dung biên bản.",
    "measures": "không áp dụng.",
}
DECISION: Final[dict[str, Any]] = {
    "number": "05",
    "signerTitle": "TEAM_LEADER",
    "offenceCode": "6.9.b",
    "fine": 19_000_000,
    "points": 4,
    "circumstances": "Đã tự nguyện khai báo, thành thật hối lỗi.\nVi phạm hành chính nhiều lần.",
}
STEPS: Final[tuple[tuple[str, str, dict[str, Any]], ...]] = (
    ("2026-06-02 08:00", "approveCase", {}),
    ("2026-06-03 08:00", "receiveCase", {}),
    ("2026-06-03 09:00", "startVerification", {}),
    ("2026-06-10 09:00", "identifyOwner", OWNER),
    ("2026-06-12 09:00", "sendNotice", {"reference": "01"}),
    ("2026-06-22 09:00", "concludeCase", {}),
    (
        "2026-06-30 09:00",
        "determineViolator",
        {
            "name": "Nguyễn Thị Thử Nghiệm",
            "address": "số 5 đường Ví Dụ, phường Nam Lý",
            "identityNumber": "000000000000",
            "text": "Chủ phương tiện thừa nhận đã điều khiển xe",
        },
    ),
    ("2026-07-01 10:00", "drawRecord", RECORD),
    ("2026-07-03 10:00", "requestExplanation", {}),
    ("2026-07-06 10:00", "recordExplanation", {"text": "Xin giảm nhẹ mức phạt"}),
    ("2026-07-09 09:00", "decidePenalty", DECISION),
    ("2026-07-10 09:00", "sendDecision", {}),
)
"""The usual way of a case, with words that an official would use."""

GIVEN: Final[dict[str, dict[str, str]]] = {
    "NOTICE": {
        "issued_place": "Đồng Hới",
        "handling_phone": "0232 000 0000",
        "handling_address": "số 1 đường Mẫu, phường Nam Lý",
        "come_by": "2026-07-02",
        "signer_title": "Trưởng Công an thành phố",
        "signer_name": "Hoàng Văn Em",
        "vehicle_kind": "Ô tô con",
    },
    "RECORD": {
        "drawn_at_scene": "false",
        "drawn_elsewhere_reason": "vi phạm được phát hiện qua camera giám sát, người vi phạm được xác định sau đó",
        "explanation_to": "Trưởng Công an thành phố",
        "violator_gender": "Nữ",
        "violator_birth_date": "1990-02-09",
        "violator_nationality": "Việt Nam",
        "sheets": "2",
        "finished_at": "2026-07-01T10:40:00+07:00",
    },
    "TRANSFER_MINUTES": {
        "transferred_place": "trụ sở Đội Cảnh sát giao thông",
        "transfer_reason": "mức phạt vượt thẩm quyền của người lập biên bản.",
        "sender_title": "Cán bộ",
        "receiver_name": "Võ Thị Giang",
        "receiver_title": "Đội trưởng",
        "channel": "trực tiếp",
        "papers": "Bản sao đăng ký xe | 1",
        "copies": "2",
    },
    "DECISION": {
        "issued_place": "Đồng Hới",
        "effective_on": "2026-07-09",
        "pay_to": "Kho bạc Nhà nước khu vực, tài khoản số 0000.0.0000000",
        "mitigating": "Đã tự nguyện khai báo, thành thật hối lỗi.",
        "aggravating": "Vi phạm hành chính nhiều lần.",
        "signer_title": "Đội trưởng Đội Cảnh sát giao thông - Trật tự",
    },
}
"""What whoever issues adds to what the case knows."""
AFTER: Final = {
    "NOTICE": "sendNotice",
    "RECORD": "drawRecord",
    "TRANSFER_MINUTES": "transferRecord",
    "DECISION": "decidePenalty",
}
NUMBERS: Final = {"TRANSFER_MINUTES": "07"}
"""The numbers that the case itself does not have."""
TEAM: Final = "Đội Cảnh sát giao thông"

ISSUE: Final = f"""
mutation($input: IssueDocumentInput!) {{ issueDocument(input: $input) {{ __typename
  ... on DocumentIssued {{ position case {{ id state version documents {{ id }} }}
    document {{ id kind number edition sha256 size at }} }} {REFUSED} }} }}
"""
OPEN: Final = f"""
mutation($input: OpenDocumentInput!) {{ openDocument(input: $input) {{ __typename
  ... on DocumentOpened {{ url expiresAt position }} {REFUSED} }} }}
"""


@dataclass
class Desk:
    """A case, and whoever of its unit makes documents of it."""

    installation: Installation
    case: Found
    clerk: str = "police.handle"

    @property
    def person(self) -> Person:
        """Whoever issues."""
        return self.installation.signed_in(self.clerk)

    def issue(self, kind: str, **given: Any) -> dict[str, Any]:
        """What comes of making a document; *fields* are added to the usual ones, those that are None left out."""
        typed = {**GIVEN[kind], **given.pop("fields", {})}
        facts = {
            "caseId": str(self.case.id),
            "kind": kind,
            "number": NUMBERS.get(kind),
            "fields": [{"name": name, "value": value} for name, value in typed.items() if value is not None],
            "commandId": str(uuid4()),
            **given,
        }
        answered: dict[str, Any] = self.person.ask(ISSUE, input=facts)["issueDocument"]
        return answered

    def issued(self, kind: str, **given: Any) -> dict[str, Any]:
        """The document that was made."""
        answered = self.issue(kind, **given)
        assert answered["__typename"] == "DocumentIssued", answered
        made: dict[str, Any] = answered["document"]
        self.installation.project()
        return made

    def open(self, document_id: str, name: str | None = None, **given: Any) -> dict[str, Any]:
        """What comes of opening a document."""
        facts = {
            "documentId": document_id,
            "purpose": "VIOLATION_HANDLING",
            "copies": 2,
            "commandId": str(uuid4()),
            **given,
        }
        person = self.installation.signed_in(name or self.clerk)
        answered: dict[str, Any] = person.ask(OPEN, input=facts)["openDocument"]
        return answered

    def events(self) -> list[Any]:
        """What happened to the case, as it is on record."""
        app = self.installation.cases
        return [app.mapper.to_domain_event(e) for e in app.recorder.select_events(self.case.id)]

    @property
    def folder(self) -> Path:
        """Where evidence and documents are kept."""
        return Path(unquote(urlsplit(self.installation.endpoints.evidence_url).path))

    def pdf(self, document_id: str) -> bytes:
        """The bytes of a document, as they are given out."""
        answer = self.installation.client.get(self.open(document_id)["url"])
        assert answer.status_code == 200, answer.text
        return answer.content


@contextmanager
def nothing_kept(installation: Installation) -> Iterator[None]:
    """Whatever happens inside leaves no object in the store of evidence."""
    folder = Path(unquote(urlsplit(installation.endpoints.evidence_url).path))
    before = {path for path in folder.rglob("*") if path.is_file()}
    yield
    assert {path for path in folder.rglob("*") if path.is_file()} - before == set()


def driven(installation: Installation, kind: str) -> Desk:
    """A case as it is when a document of this kind can be made of it, and nothing later has happened."""
    team = Unit.create_id("CSGT")
    if kind == "TRANSFER_MINUTES":
        with installation.founding():
            installation.operator.record(
                Unit(code="CSGT", name=TEAM, kind="TRAFFIC_POLICE_TEAM", area_path=demo.CITY)
            )
        installation.open_account("csgt.handle", unit_id=team, role="HANDLER")
    case = installation.detected(at=legal("2026-06-01 17:00"))
    steps = [(at, act, said) for at, act, said in STEPS]
    if kind == "TRANSFER_MINUTES":
        drawn = next(n for n, (_, act, _) in enumerate(steps) if act == "drawRecord")
        at, act, said = steps[drawn]
        steps[drawn:] = [
            (at, act, {**said, "competent": False}),
            ("2026-07-02 08:30", "transferRecord", {"recipientUnitId": str(team)}),
        ]
    for at, act, said in steps:
        installation.now, before = legal(at), len(installation.topics(case.id))
        # whoever sent a case on is shown no more of it: what was done is asked of the record
        installation.signed_in(ACTORS[act]).act(act, case.id, **said)
        assert len(installation.topics(case.id)) > before, act
        if act == AFTER[kind]:
            break
    installation.project()
    return Desk(installation, case, "csgt.handle" if kind == "TRANSFER_MINUTES" else "police.handle")


KINDS: Final = tuple(AFTER)
