"""The minutes of a handing over: made of what the log of extractions knows, kept sealed, opened to be printed."""

import hashlib
from typing import Any
from uuid import uuid4

import pytest

from tests.support.api import Installation
from tests.support.footage import Asked, Footage
from tests.support.issuing import OPEN
from tests.support.mutations import nothing_recorded
from tests.support.papers import read, squeezed
from tests.support.people import REFUSED

ISSUE = f"""
mutation($input: IssueHandoverMinutesInput!) {{ issueHandoverMinutes(input: $input) {{ __typename
  ... on HandoverMinutesIssued {{ position minutes {{ id number edition sha256 size at }}
    extraction {{ id version minutes {{ id }} }} }} {REFUSED} }} }}
"""
FIELDS = {
    "handed_over_place": "Trung tâm Giám sát điều hành",
    "performer_title": "Chuyên viên",
    "receiver_title": "Trưởng Công an phường",
    "medium": "ổ cứng di động, niêm phong số 01.",
    "copies": "2",
}


@pytest.fixture
def footage(installation: Installation) -> Footage:
    """Twenty-four seconds of the demo camera."""
    installation.today()
    return Footage(installation)


def issue(footage: Footage, asked: Asked, *, by: str = "centre.execute", **given: Any) -> dict[str, Any]:
    """What comes of making the minutes."""
    typed = {**FIELDS, **given.pop("fields", {})}
    facts = {
        "extractionId": asked.id,
        "number": "09",
        "fields": [{"name": name, "value": value} for name, value in typed.items()],
        "commandId": str(uuid4()),
        **given,
    }
    answered: dict[str, Any] = footage.installation.signed_in(by).ask(ISSUE, input=facts)[
        "issueHandoverMinutes"
    ]
    footage.installation.project()
    return answered


def opened(footage: Footage, document_id: str, *, by: str = "centre.execute") -> dict[str, Any]:
    """What comes of opening them."""
    facts = {"documentId": document_id, "purpose": "AUDIT", "copies": 2, "commandId": str(uuid4())}
    answered: dict[str, Any] = footage.installation.signed_in(by).ask(OPEN, input=facts)["openDocument"]
    return answered


def test_says(installation: Installation, footage: Footage) -> None:
    """The minutes say who asked, who allowed it, who cut it and who got it, and name each file with its hash."""
    asked = footage.extraction_in("HANDED_OVER", window=(5, 40))
    answer = issue(footage, asked)
    assert answer["__typename"] == "HandoverMinutesIssued", answer
    made = answer["minutes"]
    assert answer["extraction"]["minutes"] == [{"id": made["id"]}]
    before = installation.head()
    got = installation.client.get(opened(footage, made["id"])["url"])
    assert installation.since(before) == ["footage-extraction:minutes-printed", "reading:recorded"]
    assert hashlib.sha256(got.content).hexdigest() == made["sha256"]
    found = read(got.content)
    execution = installation.signed_in("centre.execute").ask(
        "query($id: ID!) { extraction(id: $id) { execution { files { sha256 size } } minutes { number edition } } }",
        id=asked.id,
    )["extraction"]
    [file] = execution["execution"]["files"]
    shown = [
        "Số: 09/BB-BGDL",
        "TRUNG TÂM GIÁM SÁT ĐIỀU HÀNH",
        "Người thực hiện trích xuất và bàn giao: Trần Thị Bình. Chức vụ: Chuyên viên.",
        "Bên nhận: Công an phường Nam Lý. Người nhận: Võ Thị Giang. Chức vụ: Trưởng Công an phường.",
        f"theo yêu cầu số {asked.number}:",
        "Người yêu cầu: Võ Thị Giang, Công an phường Nam Lý.",
        "Văn bản đề nghị số: 12/ĐN-CAP.",
        "Mục đích: Xử lý vi phạm",
        "Người duyệt: Hoàng Văn Em, Công an thành phố, hồi",
        "DH-NT-01, Ngã tư Nam Lý, hướng Bắc",
        "không có bản ghi",
        file["sha256"],
        f"{asked.number}-1.mp4",
        "Vật mang dữ liệu: ổ cứng di động, niêm phong số 01.",
    ]
    assert [text for text in shown if squeezed(text) not in found] == []
    assert execution["minutes"] == [{"number": "09/BB-BGDL", "edition": 1}]


def test_once(installation: Installation, footage: Footage) -> None:
    """A command makes them once; the next makes another edition."""
    asked = footage.extraction_in("ACCEPTED")
    command_id = str(uuid4())
    first = issue(footage, asked, commandId=command_id)
    with nothing_recorded(installation):
        assert issue(footage, asked, commandId=command_id) == first
    assert issue(footage, asked)["minutes"]["edition"] == 2


def test_refused(installation: Installation, footage: Footage) -> None:
    """They are made of what was handed over, by the unit that did it, and say nothing else than the log."""
    executed = footage.extraction_in("EXECUTED")
    with nothing_recorded(installation):
        assert issue(footage, executed)["__typename"] == "WrongState"
    asked = footage.extraction_in("HANDED_OVER")
    with nothing_recorded(installation):
        assert issue(footage, asked, fields={"receiver_name": "Ai đó"})["path"] == "fields.receiver_name"
        assert issue(footage, asked, number=" ")["path"] == "number"
        assert issue(footage, asked, by="police.lead")["__typename"] == "Forbidden"
    made = issue(footage, asked)["minutes"]
    with nothing_recorded(installation):
        assert opened(footage, made["id"], by="commune.lead")["__typename"] == "Forbidden"
        assert opened(footage, made["id"], by="centre.admin")["__typename"] == "NotFound"
