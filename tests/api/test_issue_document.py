"""Documents out of a case: made of what is on record, numbered, hashed and kept sealed."""

import hashlib
from io import BytesIO
from uuid import UUID, uuid4

import pytest
from pypdf import PdfReader

from domain.case import Case
from domain.unit import Unit
from tests.support.api import POLICE, Found, Installation
from tests.support.issuing import KINDS, OWNER, TEAM, Desk, driven
from tests.support.papers import read, squeezed
from tests.support.spec import legal

PERSON = "Nguyễn Thị Thử Nghiệm"
SHOWN = {
    "NOTICE": (
        "CÔNG AN THÀNH PHỐ",
        "Số: 01/TB-VPHC",
        "Đồng Hới, ngày 12 tháng 6 năm 2026",
        f"Kính gửi: Ông (bà), cơ quan, tổ chức {PERSON}",
        "số 5 đường Ví Dụ, phường Nam Lý",
        "Loại phương tiện: Ô tô con.",
        "Biển số: 73A-123.45; màu biển số: nền trắng, chữ và số màu đen.",
        "16 giờ 59 phút 58 giây, ngày 01 tháng 6 năm 2026",
        "Ngã tư Nam Lý, hướng Bắc",
        "Không chấp hành hiệu lệnh của đèn tín hiệu giao thông",
        "Đơn vị phát hiện vi phạm: Trung tâm Giám sát điều hành.",
        "Camera ghi nhận: DH-NT-01.",
        "Công an thành phố; điện thoại: 0232 000 0000",
        "chậm nhất ngày 02 tháng 7 năm 2026",
        "Ảnh khi vi phạm",
        "2" * 64,
        "Hoàng Văn Em",
    ),
    "RECORD": (
        "Số: 03/BB-VPHC",
        "Trong lĩnh vực trật tự, an toàn giao thông đường bộ",
        "hồi 10 giờ 00 phút, ngày 01 tháng 7 năm 2026, tại trụ sở Công an thành phố",
        "thiết bị kỹ thuật nghiệp vụ của Trung tâm Giám sát điều hành;",
        "Căn cứ Kết luận xác minh ngày 22 tháng 6 năm 2026;",
        "Căn cứ Nghị định số 168/2024/NĐ-CP;",
        "Căn cứ Nghị định số 61/2026/NĐ-CP;",
        "Căn cứ Quyết định số 790/QĐ-UBND;",
        "Người lập biên bản: Phạm Thị Dung. Chức vụ: Cán bộ Đội Cảnh sát giao thông - Trật tự.",
        f"Ông (bà): {PERSON}. Giới tính: Nữ. Ngày sinh: ngày 09 tháng 02 năm 1990.",
        "000000000000",
        "Phương tiện: xe ô tô; biển số 73A-123.45",
        "Xe đi thẳng qua vạch dừng khi đèn đỏ đã sáng 03 giây",
        "Hành vi quy định tại điểm b khoản 9 Điều 6 Nghị định số 168/2024/NĐ-CP.",
        "Tôi đồng ý với nội dung biên bản.",
        "quyền giải trình với Trưởng Công an thành phố:",
        "Giải trình bằng văn bản: chậm nhất ngày 08 tháng 7 năm 2026.",
        "Đề nghị giải trình trực tiếp: chậm nhất ngày 03 tháng 7 năm 2026.",
        "được lập thành 02 bản có nội dung và giá trị như nhau",
        "01 bản giao cho cá nhân hoặc đại diện tổ chức vi phạm, 01 bản lưu hồ sơ",
    ),
    "TRANSFER_MINUTES": (
        "Số: 07/BB-CHS",
        "CÔNG AN THÀNH PHỐ",
        "hồi 08 giờ 30 phút, ngày 02 tháng 7 năm 2026",
        "Bên giao: Công an thành phố. Người giao: Phạm Thị Dung.",
        f"Bên nhận: {TEAM}. Người nhận: Võ Thị Giang.",
        "Biên bản vi phạm hành chính số 03/BB-VPHC lập hồi 10 giờ 00 phút",
        "Hạn chuyển: 10 giờ 00 phút, ngày 02 tháng 7 năm 2026 (24 giờ kể từ khi lập biên bản).",
        "Thông báo vi phạm số 01/TB-VPHC",
        "Bản sao đăng ký xe",
        PERSON,
    ),
    "DECISION": (
        "Số: 05/QĐ-XPHC",
        "ĐỘI TRƯỞNG ĐỘI CẢNH SÁT GIAO THÔNG - TRẬT TỰ",
        "Đồng Hới, ngày 09 tháng 7 năm 2026",
        "Biên bản vi phạm hành chính số 03/BB-VPHC lập hồi 10 giờ 00 phút, ngày 01 tháng 7 năm 2026",
        "Căn cứ kết quả xác minh: Kết luận xác minh ngày 22 tháng 6 năm 2026;",
        "Căn cứ kết quả giải trình: Văn bản giải trình ngày 06 tháng 7 năm 2026;",
        f"Ông (bà): {PERSON}.",
        "Tình tiết tăng nặng: a) Vi phạm hành chính nhiều lần.",
        "Tình tiết giảm nhẹ: a) Đã tự nguyện khai báo, thành thật hối lỗi.",
        "Mức phạt: 19.000.000 đồng (mười chín triệu đồng).",
        "Trừ điểm giấy phép lái xe: 04 điểm.",
        "Hình thức xử phạt bổ sung: không.",
        "trong thời hạn 10 ngày",
        "Hoàng Văn Em",
    ),
}
"""What a reader finds in each, among the rest: what the case knows, and what whoever issued it added."""


class TestEachKind:
    """What it says, and what is on record of it."""

    @pytest.mark.parametrize("kind", KINDS)
    def test_says(self, installation: Installation, kind: str) -> None:
        """A document says what is on record of the case, in Vietnamese, under the names and the law of the time."""
        desk = driven(installation, kind)
        made = desk.issued(kind)
        data = desk.pdf(made["id"])
        found = read(data)
        assert [text for text in SHOWN[kind] if squeezed(text) not in found] == []
        assert "None" not in found
        assert "\ufffd" not in found
        assert (made["sha256"], made["size"]) == (hashlib.sha256(data).hexdigest(), len(data))
        [event] = [e for e in desk.events() if type(e).__name__ == "DocumentIssued"]
        assert (event.sha256, event.size, event.kind) == (made["sha256"], made["size"], kind)

    @pytest.mark.rule("R-DH-13.1.2")
    def test_one_copy_for_the_violator(self, installation: Installation) -> None:
        """Of a record one copy goes to the violator: the record says so, and that two were printed is on record."""
        desk = driven(installation, "RECORD")
        made = desk.issued("RECORD")
        assert squeezed("01 bản giao cho cá nhân") in read(desk.pdf(made["id"]))
        printed = desk.events()[-1]
        assert (type(printed).__name__, str(printed.document_id), printed.copies) == (
            "DocumentPrinted",
            made["id"],
            2,
        )

    @pytest.mark.rule("R-DH-11.3.b1")
    def test_on_the_ground_of_images(self, installation: Installation) -> None:
        """The record stands on what the camera saw: each piece of it by the hash under which it was taken in."""
        desk = driven(installation, "RECORD")
        found = read(desk.pdf(desk.issued("RECORD")["id"]))
        [seen] = [event for event in desk.events() if isinstance(event, Case.Detected)]
        assert seen.evidence
        assert [item.sha256 for item in seen.evidence if item.sha256 not in found] == []

    @pytest.mark.rule("R-DH-13.1.3")
    def test_goes_on_within_a_day(self, installation: Installation) -> None:
        """Outside the maker's competence the record goes on within 24 hours, by minutes that say until when."""
        desk = driven(installation, "TRANSFER_MINUTES")
        found = read(desk.pdf(desk.issued("TRANSFER_MINUTES")["id"]))
        assert squeezed("lập hồi 10 giờ 00 phút, ngày 01 tháng 7 năm 2026") in found
        assert squeezed("Hạn chuyển: 10 giờ 00 phút, ngày 02 tháng 7 năm 2026") in found
        [sent] = [e for e in desk.events() if type(e).__name__ == "RecordTransferred"]
        assert [(s.timer, s.late) for s in sent.stopped] == [("TRANSFER_RECORD", False)]

    def test_before_the_hand_over(self, installation: Installation) -> None:
        """Minutes can be made for the handing over: who receives and when is said by whoever makes them."""
        desk = driven(installation, "RECORD")
        said = {
            "transferred_at": "2026-07-01T15:00:00+07:00",
            "recipient_unit_name": "Phòng Cảnh sát giao thông",
            "sender_name": "Phạm Thị Dung",
        }
        made = desk.issued("TRANSFER_MINUTES", fields=said)
        assert squeezed("Bên nhận: Phòng Cảnh sát giao thông") in read(desk.pdf(made["id"]))

    def test_papers_with_their_hash(self, installation: Installation) -> None:
        """The minutes list the record that was made here with its hash, so that each page can be checked."""
        desk = driven(installation, "RECORD")
        record = desk.issued("RECORD")
        said = {
            "transferred_at": "2026-07-01T15:00:00+07:00",
            "recipient_unit_name": "Phòng Cảnh sát giao thông",
            "sender_name": "Phạm Thị Dung",
        }
        made = desk.issued("TRANSFER_MINUTES", fields=said)
        assert record["sha256"] in read(desk.pdf(made["id"]))

    def test_of_the_own_device(self, installation: Installation) -> None:
        """Where the police saw it by a device of their own, the day to come by is that of the clock."""
        case = _opened_by_police(installation)
        desk = Desk(installation, case)
        answered = desk.issue("NOTICE")
        assert answered["path"] == "fields.come_by"
        made = desk.issued("NOTICE", fields={"come_by": None})
        assert squeezed("chậm nhất ngày 22 tháng 6 năm 2026") in read(desk.pdf(made["id"]))

    def test_corrected(self, installation: Installation) -> None:
        """A document says what is so after a correction, and nothing of what was typed wrong."""
        desk = driven(installation, "NOTICE")
        desk.person.does("correctCase", desk.case.id, field="OWNER_NAME", value="Trần Văn Đúng")
        found = read(desk.pdf(desk.issued("NOTICE")["id"]))
        assert squeezed("Trần Văn Đúng") in found
        assert squeezed(PERSON) not in found

    def test_renamed_unit(self, installation: Installation) -> None:
        """A unit that was renamed since is called as it was called when it acted."""
        desk = driven(installation, "DECISION")
        with installation.founding():
            unit = installation.operator.find(Unit, POLICE)
            unit.rename("Công an khu vực mới")
            installation.operator.record(unit)
        installation.project()
        found = read(desk.pdf(desk.issued("DECISION")["id"]))
        assert squeezed("CÔNG AN THÀNH PHỐ") in found
        assert squeezed("khu vực mới").casefold() not in found.casefold()

    def test_editions(self, installation: Installation) -> None:
        """The same kind made again is another edition, also on paper; the first stays what it was."""
        desk = driven(installation, "RECORD")
        first, second = desk.issued("RECORD"), desk.issued("RECORD")
        assert (first["edition"], second["edition"]) == (1, 2)
        assert squeezed("phiên bản 2") in read(desk.pdf(second["id"]))
        assert squeezed("phiên bản 1") in read(desk.pdf(first["id"]))
        shown = desk.person.ask(
            "query($id: ID!) { case(id: $id, purpose: VIOLATION_HANDLING)"
            " { documents { id kind number edition sha256 size at } } }",
            id=str(desk.case.id),
        )["case"]["documents"]
        assert shown == [first, second]

    def test_voided(self, installation: Installation) -> None:
        """Of a record that was declared void nothing can be made."""
        desk = driven(installation, "RECORD")
        installation.signed_in("police.lead").does("voidAct", desk.case.id, what="RECORD")
        assert desk.issue("RECORD")["code"] == "WRONG_STATE"

    def test_author_and_date(self, installation: Installation) -> None:
        """The file itself names the unit and the number, and no person."""
        desk = driven(installation, "DECISION")
        said = PdfReader(BytesIO(desk.pdf(desk.issued("DECISION")["id"]))).metadata
        assert said is not None
        assert (said.author, said.title) == (
            "Công an thành phố",
            "Quyết định xử phạt vi phạm hành chính 05/QĐ-XPHC",
        )


OPEN_CASE = """
mutation($input: OpenCaseInput!) { openCase(input: $input) { ... on CaseOpened { case { id number } } } }
"""


def _opened_by_police(installation: Installation) -> Found:
    """A case of what the police saw by a device of their own, whose owner was told."""
    camera = installation.register_camera("CATP-01", unit_id=POLICE)
    person = installation.signed_in("police.handle")
    installation.project()
    installation.now = legal("2026-06-01 17:00")
    facts = {
        "cameraId": str(camera),
        "rule": "RED_LIGHT",
        "occurredAt": "2026-06-01T16:00:00+07:00",
        "plate": OWNER["plate"],
        "text": "Vượt đèn đỏ",
        "commandId": str(uuid4()),
    }
    case = person.ask(OPEN_CASE, input=facts)["openCase"]["case"]
    installation.now = legal("2026-06-02 09:00")
    person.does("identifyOwner", case["id"], **OWNER)
    person.does("sendNotice", case["id"], reference="01")
    installation.project()
    return Found(UUID(case["id"]), case["number"])
