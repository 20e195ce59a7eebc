"""A report as a document: made of its numbers, kept sealed, opened to be printed."""

import hashlib
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import uuid4

import pytest

from tests.support.api import Installation
from tests.support.issuing import OPEN, nothing_kept
from tests.support.mutations import nothing_recorded
from tests.support.office import MORNING, done, end_of_july
from tests.support.office import PRINTED as GIVEN
from tests.support.papers import read, squeezed
from tests.support.people import REFUSED

ISSUE = f"""
mutation($input: IssueReportDocumentInput!) {{ issueReportDocument(input: $input) {{ __typename
  ... on ReportDocumentIssued {{ position document {{ id number edition sha256 size at }}
    report {{ id version sha256 documents {{ id }} history {{ event by }} }} }} {REFUSED} }} }}
"""


@pytest.fixture
def july(installation: Installation) -> Installation:
    """Half past three on 30 July 2026: a case that was executed, one discarded, one that nobody has looked at."""
    return end_of_july(installation)


def reported(july: Installation, kind: str = "MONTHLY", period: str = "2026-07") -> dict[str, Any]:
    """A report of the Centre, on record."""
    report = done(july.signed_in("centre.approve"), "issueReport", kind=kind, period=period)
    july.project()
    return report


def issue(
    july: Installation, report: dict[str, Any], *, by: str = "centre.approve", **given: Any
) -> dict[str, Any]:
    """What comes of making a document of it; fields that are None are left out."""
    typed = {**GIVEN, **given.pop("fields", {})}
    facts = {
        "reportId": report["id"],
        "number": "07",
        "fields": [{"name": name, "value": value} for name, value in typed.items() if value is not None],
        "commandId": str(uuid4()),
        **given,
    }
    answered: dict[str, Any] = july.signed_in(by).ask(ISSUE, input=facts)["issueReportDocument"]
    july.project()
    return answered


def opened(july: Installation, document_id: str, *, by: str = "centre.approve") -> dict[str, Any]:
    """What comes of opening it."""
    facts = {"documentId": document_id, "purpose": "AUDIT", "copies": 2, "commandId": str(uuid4())}
    answered: dict[str, Any] = july.signed_in(by).ask(OPEN, input=facts)["openDocument"]
    return answered


class TestSays:
    """What stands on the paper is what was counted, and what the officer said beside it."""

    @pytest.mark.rule("R-DHV-1.4.b")
    def test_monthly(self, july: Installation) -> None:
        """On day 30 the Centre reports to the leaders of the People's Committee: every number, with its law."""
        report = reported(july)
        answer = issue(july, report)
        assert answer["__typename"] == "ReportDocumentIssued", answer
        made = answer["document"]
        assert (made["number"], made["edition"], made["at"]) == ("07/BC", 1, "2026-07-30T15:30:00+07:00")
        assert answer["report"]["documents"] == [{"id": made["id"]}]
        assert answer["report"]["sha256"] == report["sha256"]
        before = july.head()
        got = july.client.get(opened(july, made["id"])["url"])
        assert july.since(before) == ["report:document-printed", "reading:recorded"]
        assert hashlib.sha256(got.content).hexdigest() == made["sha256"]
        assert got.headers["content-disposition"] == 'attachment; filename="DH-BC-2026-000001-REPORT-1.pdf"'
        found = read(got.content)
        shown = [
            "Số: 07/BC",
            "TRUNG TÂM GIÁM SÁT ĐIỀU HÀNH",
            "Đồng Hới, ngày 30 tháng 7 năm 2026",
            "Kết quả xác minh, xử lý vi phạm qua hệ thống camera giám sát tháng 7 năm 2026",
            "Kính gửi: Lãnh đạo Ủy ban nhân dân thành phố Đồng Hới",
            "Căn cứ Quyết định số 790/QĐ-UBND;",
            "Căn cứ gạch đầu dòng 4 phần 1 Công văn số 704/UBND-VP;",
            "từ ngày 01 tháng 7 năm 2026 đến ngày 30 tháng 7 năm 2026;",
            "số liệu chốt hồi 15 giờ 30 phút, ngày 30 tháng 7 năm 2026.",
            "Số vụ việc phát hiện: 3.",
            "Số đề xuất bị loại vì không phải vi phạm: 1.",
            "Số vụ việc đã phê duyệt và chuyển: 1.",
            "Kết luận có vi phạm: 1.",
            "Kết luận không vi phạm hoặc không đủ căn cứ: 0.",
            "Chuyển cơ quan có thẩm quyền tiến hành tố tụng hình sự: 0.",
            "Đang xác minh: 0.",
            "Thông báo vi phạm đã gửi: 1.",
            "Biên bản vi phạm hành chính đã lập: 1.",
            "Quyết định xử phạt đã ban hành: 1; đã chấp hành xong: 1.",
            "Tổng số tiền phạt: 18.000.000 đồng (mười tám triệu đồng).",
            "Vụ việc đã công bố sau khi xác minh: 0.",
            "Không chấp hành hiệu lệnh của đèn tín hiệu giao thông",
            "Trong kỳ không có thời hạn nào bị quá.",
            "Khó khăn, vướng mắc: Một số camera bị che khuất vào buổi tối.",
            "CHÁNH VĂN PHÒNG",
            "Trương Thị Báo",
        ]
        assert [text for text in shown if squeezed(text) not in found] == []

    @pytest.mark.rule("R-DH-15.3.0")
    def test_quarterly(self, july: Installation) -> None:
        """The report of a quarter is the same paper under the name of the quarter, by another article."""
        made = issue(july, reported(july, "QUARTERLY", "2026-Q3"))["document"]
        found = read(july.client.get(opened(july, made["id"])["url"]).content)
        shown = [
            "giám sát quý III năm 2026",
            "Căn cứ khoản 3 Điều 15 Quyết định số 790/QĐ-UBND;",
            "từ ngày 01 tháng 7 năm 2026 đến ngày 30 tháng 9 năm 2026",
            "Số vụ việc phát hiện: 3.",
        ]
        assert [text for text in shown if squeezed(text) not in found] == []

    def test_late(self, july: Installation) -> None:
        """A time limit that ran out is named by what the regulation asks, where it does, and whose it was."""
        [late] = july.many_detected([MORNING])
        july.signed_in("centre.approve").does("approveCase", late.id)
        july.project()
        made = issue(july, reported(july))["document"]
        found = read(july.client.get(opened(july, made["id"])["url"]).content)
        for text in ("790/QĐ-UBND (Đồng Hới), Đ11.3.a gạch 1", "Trung tâm Giám sát điều hành"):
            assert squeezed(text) in found


class TestOnRecord:
    """Each is made once, sealed, and shown to whoever is shown the report."""

    def test_once(self, july: Installation) -> None:
        """A command makes one; the next makes another edition, of the same numbers."""
        report, command_id = reported(july), str(uuid4())
        first = issue(july, report, commandId=command_id)
        with nothing_recorded(july):
            assert issue(july, report, commandId=command_id) == first
        again = issue(july, report)
        assert again["document"]["edition"] == 2
        assert [step["event"] for step in again["report"]["history"]] == [
            "report:issued",
            "report:document-issued",
            "report:document-issued",
        ]
        asked = f'{{ report(id: "{report["id"]}") {{ recount {{ same }} documents {{ number edition }} }} }}'
        assert july.signed_in("police.handle").ask(asked)["report"] == {
            "recount": {"same": True},
            "documents": [{"number": "07/BC", "edition": 1}, {"number": "07/BC", "edition": 2}],
        }

    def test_older_version(self, july: Installation) -> None:
        """Who looked at the report before a document was made of it is told that it has gone on."""
        report = reported(july)
        issue(july, report)
        with nothing_recorded(july):
            assert issue(july, report, expectedVersion=1)["__typename"] == "VersionConflict"

    def test_sealed(self, july: Installation) -> None:
        """What lies in the store is no PDF and names nobody; with the key of the report it is gone."""
        folder = Path(unquote(urlsplit(july.endpoints.evidence_url).path))
        report, before = reported(july), set(folder.rglob("*.sealed"))
        made = issue(july, report)["document"]
        [kept] = set(folder.rglob("*.sealed")) - before
        raw = kept.read_bytes()
        assert b"%PDF" not in raw
        assert "Trương".encode() not in raw
        url = opened(july, made["id"])["url"]
        assert july.client.get(url).content.startswith(b"%PDF")
        with july.as_owner() as conn:
            conn.execute(
                "UPDATE personal_keys SET wrapped = NULL, destroyed_at = now() WHERE subject = %s",
                [report["id"]],
            )
        assert july.client.get(url).status_code == 410
        assert opened(july, made["id"])["__typename"] == "WrongState"


class TestRefused:
    """Nothing is made, and nothing kept, of what may not be said."""

    @pytest.mark.parametrize("name", ["addressee", "notices_sent", "published", "signer_title"])
    def test_missing(self, july: Installation, name: str) -> None:
        """What the law demands and the numbers do not say is named, with its law."""
        report = reported(july)
        with nothing_recorded(july), nothing_kept(july):
            answer = issue(july, report, fields={name: None})
        assert (answer["__typename"], answer["path"]) == ("InvalidInput", "fields")
        assert f"missing {name}: " in answer["en"]

    @pytest.mark.parametrize(
        "given, path",
        [
            ({"fields": {"detected": "4"}}, "fields.detected"),
            ({"fields": {"fine_total": "1"}}, "fields.fine_total"),
            ({"fields": {"published": "không"}}, "fields.published"),
            ({"fields": {"plate": "73A-123.45"}}, "fields.plate"),
            ({"number": " "}, "number"),
            ({"number": "1" * 201}, "number"),
        ],
    )
    def test_otherwise(self, july: Installation, given: dict[str, Any], path: str) -> None:
        """What was counted is not said otherwise, what is typed is of its type, and there is a number."""
        report = reported(july)
        with nothing_recorded(july):
            answer = issue(july, report, **given)
        assert (answer["__typename"], answer["path"]) == ("InvalidInput", path)

    def test_not_theirs(self, july: Installation) -> None:
        """The unit that issued a report makes its documents and prints them; others are shown, or know of none."""
        report = reported(july)
        made = issue(july, report)["document"]
        before = july.head()
        assert issue(july, report, by="police.handle")["__typename"] == "Forbidden"
        assert issue(july, report, by="commune.lead")["__typename"] == "NotFound"
        assert opened(july, made["id"], by="police.handle")["__typename"] == "Forbidden"
        assert opened(july, made["id"], by="commune.lead")["__typename"] == "NotFound"
        assert july.since(before) == ["attempt:refused"] * 4
        actions = july.signed_in("police.handle").ask(
            f'{{ report(id: "{report["id"]}") {{ availableActions {{ action enabled }} }} }}'
        )
        assert actions["report"]["availableActions"] == [{"action": "issueReportDocument", "enabled": False}]
