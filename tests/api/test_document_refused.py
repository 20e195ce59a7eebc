"""Documents that are not made, and those that are made once: neither leaves an event or a file too many."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest

from tests.support.api import Installation
from tests.support.issuing import ISSUE, KINDS, Desk, driven, nothing_kept
from tests.support.mutations import nothing_recorded

NO_NUMBER = "phải là số nguyên từ 0"
Fields = dict[str, str | None]
WRONG: dict[str, list[tuple[Fields, str, str | None]]] = {
    "NOTICE": [
        (
            {"handling_phone": None, "come_by": None},
            "fields",
            "còn thiếu Số điện thoại liên hệ (handling_phone: TT 73/2024/TT-BCA Đ24.1.c);"  # noqa: ISC004 — one sentence
            " Hạn đến giải quyết (come_by: TT 73/2024/TT-BCA Đ24.5)",
        ),
        ({"colour": "x"}, "fields.colour", "mẫu văn bản không có trường này"),
        ({"signer_name": " "}, "fields.signer_name", "phải có nội dung, không quá 4000 ký tự"),
        ({"signer_name": "x" * 4001}, "fields.signer_name", "phải có nội dung, không quá 4000 ký tự"),
        ({"come_by": "02/07/2026"}, "fields.come_by", "phải là ngày, ví dụ 2026-06-22"),
        (
            {"plate": "73A-999.99"},
            "fields.plate",
            "đã có trong hồ sơ, không nhập lại; sai thì đính chính hồ sơ",
        ),
    ],
    "RECORD": [
        (
            {"drawn_at_scene": None},
            "fields",
            "còn thiếu Lập tại nơi xảy ra vi phạm (drawn_at_scene: Luật XLVPHC Đ58.2)",
        ),
        ({"finished_at": "2026-07-01T10:40:00"}, "fields.finished_at", None),
        ({"sheets": "-2"}, "fields.sheets", NO_NUMBER),
        ({"sheets": "9" * 16}, "fields.sheets", NO_NUMBER),
        ({"drawn_at_scene": "có"}, "fields.drawn_at_scene", "phải là true hoặc false"),
        ({"drawn_at_scene": "true"}, "fields.drawn_elsewhere_reason", None),
        ({"damaged_parties": "a|b|c|d"}, "fields.damaged_parties", None),
        ({"copies": "9"}, "fields.copies", None),
    ],
    "DECISION": [
        ({"pay_to": None}, "fields", "còn thiếu Nơi nộp tiền phạt (pay_to: Luật XLVPHC Đ68.1.k)"),
        (
            {"mitigating": None},
            "fields.mitigating",
            "mỗi tình tiết quyết định đã ghi thuộc aggravating hoặc mitigating:"  # noqa: ISC004 — one sentence
            " Đã tự nguyện khai báo, thành thật hối lỗi.; Vi phạm hành chính nhiều lần.",
        ),
        ({"fine": "1000"}, "fields.fine", None),
        ({"unit_name": "y"}, "fields.unit_name", None),
    ],
}
"""What whoever issues each may get wrong, where that is said, and in which words."""
NUMBERED: dict[str, tuple[dict[str | None, str], tuple[str | None, ...]]] = {
    "RECORD": ({"04/BB-VPHC": "hồ sơ ghi số 03/BB-VPHC"}, (None, "03")),
    "DECISION": ({"5": "hồ sơ ghi số 05/QĐ-XPHC"}, ("05", "05/QĐ-XPHC")),
    "TRANSFER_MINUTES": (
        {None: "phải nêu số văn bản", "x" * 201: "phải có nội dung, không quá 200 ký tự"},
        ("07", "08/BB-CHS"),
    ),
}
"""The numbers that are refused, and those that are not."""


class TestRefused:
    """What is not made, and leaves neither an event nor a file."""

    @pytest.mark.parametrize("kind", WRONG)
    def test_fields(self, installation: Installation, kind: str) -> None:
        """What the law demands and nobody gave is named with its law; what the case knows is not said otherwise."""
        desk = driven(installation, kind)
        with nothing_recorded(installation), nothing_kept(installation):
            for fields, path, vi in WRONG[kind]:
                answer = desk.issue(kind, fields=fields)
                assert (answer["__typename"], answer["path"]) == ("InvalidInput", path), fields
                assert vi is None or answer["vi"] == f"{path}: {vi}"

    def test_given_twice(self, installation: Installation) -> None:
        """A fact is given once."""
        desk = driven(installation, "NOTICE")
        fields = [{"name": "signer_name", "value": name} for name in ("A", "B")]
        facts = {"caseId": str(desk.case.id), "kind": "NOTICE", "commandId": "1", "fields": fields}
        answer = desk.person.ask(ISSUE, input=facts)["issueDocument"]
        assert answer["vi"] == "fields.signer_name: được nêu hai lần"

    @pytest.mark.parametrize("kind", NUMBERED)
    def test_number(self, installation: Installation, kind: str) -> None:
        """A number is that of the case where it has one, and is given where it has none."""
        desk = driven(installation, kind)
        wrong, right = NUMBERED[kind]
        with nothing_recorded(installation):
            for number, vi in wrong.items():
                assert desk.issue(kind, number=number)["vi"] == f"number: {vi}"
        assert [desk.issued(kind, number=number)["edition"] for number in right] == [1, 2]

    def test_nothing_to_make_it_of(self, installation: Installation) -> None:
        """Of a case that has not come so far nothing is made."""
        desk = Desk(installation, installation.case_in("CONCLUDED"))
        why = "Chưa xác định chủ phương tiện hay đối tượng vi phạm, chưa có văn bản nào để lập"
        with nothing_recorded(installation), nothing_kept(installation):
            assert [desk.issue(kind)["vi"] for kind in KINDS] == [why] * len(KINDS)

    def test_not_yet(self, installation: Installation) -> None:
        """Where the owner is known, there is a notice to make and nothing else."""
        desk = driven(installation, "NOTICE")
        for kind in ("RECORD", "TRANSFER_MINUTES", "DECISION"):
            assert desk.issue(kind)["en"] == f"The case has nothing for a {kind} yet"

    def test_who(self, installation: Installation) -> None:
        """Documents are made by those of the unit that holds the case whose function it is; others learn nothing."""
        desk = driven(installation, "NOTICE")
        unit = installation.register_unit("CATP-2", kind="CITY_POLICE")
        installation.open_account("stranger.handle", unit_id=unit, role="HANDLER")
        before = installation.head()
        for name, expected in (
            ("stranger.handle", "NotFound"),
            ("commune.lead", "NotFound"),
            ("centre.approve", "Forbidden"),
        ):
            with nothing_kept(installation):
                desk.clerk = name
                assert desk.issue("NOTICE")["__typename"] == expected
        assert installation.since(before) == ["attempt:refused"] * 3
        desk.clerk = "police.lead"
        assert desk.issue("NOTICE")["__typename"] == "DocumentIssued"


class TestOnce:
    """A command makes one document, however often it is sent."""

    def test_again(self, installation: Installation) -> None:
        """The same command is answered the same, and makes and keeps nothing anew."""
        desk = driven(installation, "RECORD")
        command_id = str(uuid4())
        first = desk.issue("RECORD", commandId=command_id)
        with nothing_recorded(installation), nothing_kept(installation):
            assert desk.issue("RECORD", commandId=command_id) == first
            other = desk.issue("RECORD", commandId=command_id, fields={"sheets": "3"})
        assert other["__typename"] == "CommandIdReused"

    def test_in_parallel(self, installation: Installation) -> None:
        """Sent several times at once it happens once."""
        desk = driven(installation, "RECORD")
        command_id = str(uuid4())
        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(lambda _: desk.issue("RECORD", commandId=command_id), range(4)))
        assert all(answer == answers[0] for answer in answers)
        assert installation.topics(desk.case.id)[-2:] == ["case:record-drawn", "case:document-issued"]

    def test_two_at_once(self, installation: Installation) -> None:
        """Two commands make two documents, the second of which says that it is."""
        desk = driven(installation, "RECORD")
        with ThreadPoolExecutor(2) as pool:
            made = list(pool.map(lambda _: desk.issue("RECORD")["document"], range(2)))
        assert sorted(document["edition"] for document in made) == [1, 2]

    def test_version(self, installation: Installation) -> None:
        """Who looked at another version is refused."""
        desk = driven(installation, "RECORD")
        with nothing_recorded(installation), nothing_kept(installation):
            assert desk.issue("RECORD", expectedVersion=2)["__typename"] == "VersionConflict"
