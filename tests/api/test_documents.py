"""Documents as they are read: by an official, by a court, and by whoever checks the hash years later."""

import logging
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from api.documents import FieldInvalid, FieldsMissing, render
from api.documents.fonts import carries
from policies.document_form import PLACEHOLDER, FieldType
from policies.documents import templates
from tests.support.papers import (
    ACT,
    DECISION,
    EXAMPLES,
    KINDS,
    MADE_AT,
    NOTICE,
    RECORD,
    demanded,
    example,
    issued,
    pages,
    read,
    squeezed,
)


class TestReadBack:
    """What went in comes out."""

    @pytest.mark.parametrize("kind", KINDS)
    def test_every_fact(self, kind: str) -> None:
        """Each text that was given stands in the document with all its diacritics, and nothing is a U+FFFD."""
        found = read(example(kind))
        for name, spec in templates("dong-hoi")[kind].fields.items():
            value = EXAMPLES[kind].get(name)
            rows = value if isinstance(value, list) else []
            cells = [row.values() if isinstance(row, dict) else [row] for row in rows]
            for text in (value, *(cell for row in cells for cell in row)):
                if isinstance(text, str) and spec.type is not FieldType.FLAG:
                    assert squeezed(text).casefold() in found.casefold(), name
        assert "\ufffd" not in found

    @pytest.mark.parametrize("kind", KINDS)
    def test_head_and_foot(self, kind: str) -> None:
        """The nation, the motto, the number and the title stand on the first page, the trace at the foot of each."""
        says = templates("dong-hoi")[kind].says
        found = pages(example(kind))
        for part in (
            "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
            "Độc lập - Tự do - Hạnh phúc",
            "ỦY BAN NHÂN DÂN THÀNH PHỐ ĐỒNG HỚI",
            f"Số: 12/{says.symbol}",
            says.title,
        ):
            assert squeezed(part) in squeezed(found[0])
        for at, page in enumerate(found, start=1):
            assert f"Số 12/{says.symbol} · phiên bản 1 · " in page
            assert "vị trí nhật ký 0000000000004711" in page
            assert f"Trang {at}/{len(found)}" in page

    def test_as_the_administration_writes(self) -> None:
        """A decision writes days, instants and money as the administration does."""
        found = read(example("decision"))
        for text in (
            "Đồng Hới, ngày 10 tháng 6 năm 2026",
            "lập hồi 08 giờ 05 phút, ngày 02 tháng 6 năm 2026",
            "hồi 17 giờ 42 phút 10 giây, ngày 20 tháng 5 năm 2026",
            "Ngày sinh: ngày 09 tháng 02 năm 1990",
            "Mức phạt: 19.000.000 đồng (mười chín triệu đồng)",
            "Trừ điểm giấy phép lái xe: 04 điểm",
            "trong thời hạn 10 ngày, kể từ ngày nhận được",
            "TRƯỞNG CÔNG AN THÀNH PHỐ",
        ):
            assert squeezed(text) in found

    def test_record_says_what_was_left_by_hand(self) -> None:
        """What the authority completes by hand is a dotted line that says so; what does not apply is not there."""
        found = read(issued("record", demanded("record")))
        assert "Giớitính:………………(cơquanghi)" in found
        assert "Ýkiếntrìnhbàycủacánhân,đạidiệntổchứcviphạm:………………(cơquanghi)" in found
        for absent in ("Cameraghinhận", "Ngườiđạidiện", "Vớisựchứngkiến", "{", "}"):
            assert absent not in found

    def test_vehicle_by_hand(self) -> None:
        """A plate without the rest of the vehicle is printed, and the rest is completed by hand."""
        found = read(issued("record", demanded("record") | {"plate": "73A-456.78"}))
        assert "Phươngtiện:………………(cơquanghi);biểnsố73A-456.78,màubiển………………(cơquanghi)." in found

    def test_organisation(self) -> None:
        """An organisation has a seat and a representative, who signs for it."""
        fields = demanded("record") | {
            "violator_is_organisation": True,
            "violator_name": "Công ty Thử Nghiệm",
            "violator_representative": "Ngô Thị Đại Diện",
            "violator_representative_title": "Giám đốc",
        }
        found = read(issued("record", fields))
        assert "Ngườiđạidiện:NgôThịĐạiDiện.Chứcdanh:Giámđốc." in found
        assert ("ĐẠIDIỆNTỔCHỨCVIPHẠM" in found, "CÁNHÂNVIPHẠM" in found) == (True, False)

    @pytest.mark.parametrize(
        "made_at,cited,other",
        [
            (
                datetime(2024, 12, 31, 16, 59, tzinfo=UTC),
                "Thôngtưsố32/2023/TT-BCA",
                "Thôngtưsố73/2024/TT-BCA",
            ),
            (datetime(2024, 12, 31, 17, 0, tzinfo=UTC), "Thôngtưsố73/2024/TT-BCA", "Thôngtưsố32/2023/TT-BCA"),
        ],
    )
    def test_law_of_the_day(self, made_at: datetime, cited: str, other: str) -> None:
        """A notice cites the circular in force on the day it was made, by the calendar of Việt Nam."""
        found = read(issued("notice", NOTICE, made_at))
        assert cited in found
        assert other not in found

    @pytest.mark.parametrize("kind", KINDS)
    def test_letters(self, kind: str) -> None:
        """Every letter of the template itself is one the fonts carry."""
        says = templates("dong-hoi")[kind].says
        assert {sign for sign in PLACEHOLDER.sub("", says.model_dump_json()) if not carries(sign)} == set()


class TestFile:
    """The bytes."""

    def test_same_bytes(self) -> None:
        """The same input gives the same bytes, in another process, zone, environment and hash seed too."""
        code = (
            "from hashlib import sha256; from tests.support.papers import KINDS, example;"
            "print(*(sha256(example(kind)).hexdigest() for kind in KINDS))"
        )
        elsewhere = subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": "7", "TZ": "America/Lima", "SOURCE_DATE_EPOCH": "1"},
            capture_output=True,
            check=True,
            text=True,
        )
        assert elsewhere.stdout.split() == [sha256(example(kind)).hexdigest() for kind in KINDS]

    def test_other_facts_other_bytes(self) -> None:
        """Number, version, instant and facts all change the hash."""
        template = templates("dong-hoi")["notice"]
        same: dict[str, Any] = {"made_at": MADE_AT, "number": "12", "version": 1}
        files = {
            render(template, NOTICE, **(same | change))
            for change in ({}, {"number": "13"}, {"version": 2}, {"made_at": MADE_AT + timedelta(seconds=1)})
        }
        assert len(files | {render(template, NOTICE | {"plate": "73A-456.79"}, **same)}) == 5

    def test_threads(self) -> None:
        """Documents made on several threads at once are the ones made one after the other."""
        with ThreadPoolExecutor(4) as pool:
            made = list(pool.map(lambda kind: issued(kind, EXAMPLES[kind]), KINDS * 4))
        assert made == [example(kind) for kind in KINDS] * 4

    @pytest.mark.parametrize("kind", KINDS)
    def test_fonts_are_embedded(self, kind: str) -> None:
        """Every font a page uses is in the file, cut to what is used: the document looks the same anywhere."""
        embedded = set()
        for page in PdfReader(BytesIO(example(kind))).pages:
            fonts: Any = page["/Resources"]
            for reference in fonts["/Font"].values():
                font = reference.get_object()
                descriptor = font["/FontDescriptor"].get_object()
                embedded.add(descriptor["/FontName"].split("+")[1])
                assert len(descriptor["/FontFile2"].get_object().get_data()) > 1000
                assert "/ToUnicode" in font
        assert {"Tinos", "Tinos-Bold"} <= embedded <= {"Tinos", "Tinos-Bold", "Tinos-Italic"}

    def test_named_and_dated(self) -> None:
        """The file says what it is, whose, in which language, and when it was made."""
        reader = PdfReader(BytesIO(example("decision")))
        info = reader.metadata
        assert info is not None
        assert info.title == "Quyết định xử phạt vi phạm hành chính 12/QĐ-XPHC"
        assert info.author == "Công an thành phố Đồng Hới"
        assert info.creation_date == MADE_AT
        root: Any = reader.trailer["/Root"]
        assert root["/Lang"] == "vi-VN"

    def test_page(self) -> None:
        """The paper is A4."""
        box = PdfReader(BytesIO(example("notice"))).pages[0].mediabox
        assert (round(box.width), round(box.height)) == (595, 842)

    def test_nothing_is_logged(self, caplog: pytest.LogCaptureFixture) -> None:
        """Names and plates go to paper and nowhere else."""
        with caplog.at_level(logging.DEBUG):
            issued("decision", DECISION)
        assert caplog.records == []


class TestRefused:
    """Nothing is printed that does not say what it must."""

    @pytest.mark.parametrize("kind", KINDS)
    def test_each_demanded_fact(self, kind: str) -> None:
        """Without any one of the facts the law demands the document is refused, naming it and its article."""
        fields = demanded(kind)
        issued(kind, fields)
        for name, spec in templates("dong-hoi")[kind].fields.items():
            if name in fields and name != "violator_is_organisation":
                without = {other: value for other, value in fields.items() if other != name}
                with pytest.raises(FieldsMissing) as refused:
                    issued(kind, without)
                assert [(one.name, one.law) for one in refused.value.missing] == [(name, spec.law)]
                assert name in str(refused.value)

    @pytest.mark.parametrize(
        "name,value,expected",
        [
            ("violator_name", 7, "a text"),
            ("drawn_at", "02/6/2026", "an instant with its offset"),
            ("drawn_at", datetime(2026, 6, 2), "an instant with its offset"),  # noqa: DTZ001 — what is refused
            ("violator_birth_date", MADE_AT, "a day"),
            ("copies", "hai", "a whole number from 0 up"),
            ("copies", True, "a whole number from 0 up"),
            ("copies", 1, "2 at least"),
            ("violator_signed", "không", "yes or no"),
            ("legal_bases", "Nghị định", "a list"),
            ("legal_bases", [1], "a text"),
            ("evidence", [["Ảnh"]], "rows of kind, captured_at, sha256"),
            ("evidence", [{"kind": "Ảnh", "note": "x"}], "rows of kind, captured_at, sha256"),
            ("evidence", [{"kind": "Ảnh", "captured_at": "hôm qua"}], "an instant with its offset"),
            ("ownr_name", "Trần", "a field of the template record"),
        ],
    )
    def test_wrong_type(self, name: str, value: object, expected: str) -> None:
        """A fact of another type, or of a name the template does not know, is refused without saying its value."""
        with pytest.raises(FieldInvalid) as refused:
            issued("record", RECORD | {name: value})
        assert str(refused.value).startswith(name)
        assert f"expected {expected}" in str(refused.value)
        assert str(value) not in str(refused.value).replace(name, "").replace(expected, "")

    @pytest.mark.parametrize("value", [-1, 4_000_000.5])
    def test_money(self, value: object) -> None:
        """Money is whole and not less than nothing."""
        with pytest.raises(FieldInvalid, match="fine: expected a whole amount in đồng"):
            issued("decision", DECISION | {"fine": value})

    @pytest.mark.parametrize(
        "kind,fields,name",
        [
            ("decision", {"warning": True}, "fine"),
            ("record", {"violator_signed": True}, "signature_refusal_reason"),
            ("record", {"drawn_at_scene": True}, "drawn_elsewhere_reason"),
            ("record", {"explanation_right": False}, "explanation_deadlines"),
            ("record", {"explanation_right": False, "explanation_deadlines": None}, "explanation_to"),
            ("record", {"violator_representative": "Ngô Thị Đại Diện"}, "violator_representative"),
            ("record", {"plate": None}, "plate_colour"),
        ],
    )
    def test_fact_that_would_not_be_shown(self, kind: str, fields: dict[str, Any], name: str) -> None:
        """A fact is printed or refused: none is left out because of what else was given."""
        with pytest.raises(FieldInvalid, match=f"{name}: expected none"):
            issued(kind, EXAMPLES[kind] | fields)

    def test_points_before_there_were_any(self) -> None:
        """Licence points are deducted from 2025 on; a decision of the year before refuses to name some."""
        made_at = datetime(2024, 12, 31, 9, 0, tzinfo=UTC)
        with pytest.raises(FieldInvalid, match="points: expected none"):
            issued("decision", DECISION, made_at)

    def test_instant_without_offset(self) -> None:
        """The instant of making has an offset."""
        with pytest.raises(FieldInvalid, match="made_at"):
            issued("notice", NOTICE, datetime(2026, 6, 2))  # noqa: DTZ001 — what is refused


class TestLong:
    """Long facts wrap and go on over the page."""

    def test_pages(self) -> None:
        """A long statement and many pieces of evidence are all there, under a repeated head, on numbered pages."""
        story = " ".join(f"Câu thứ {at} của bản giải trình." for at in range(1, 600))
        evidence: list[dict[str, Any]] = [
            {"kind": f"Ảnh {at}", "captured_at": ACT, "sha256": sha256(str(at).encode()).hexdigest()}
            for at in range(120)
        ]
        found = pages(issued("record", RECORD | {"violator_statement": story, "evidence": evidence}))
        text = squeezed("".join(re.sub(r"( \d+)? Số 12/BB-VPHC · .*", "", page) for page in found))
        assert len(found) == 13
        assert squeezed(story) in text
        places = [text.find(item["sha256"]) for item in evidence]
        assert -1 not in places
        assert places == sorted(places)
        assert [page.count("Mã băm SHA-256") for page in found] == [0] + [1] * 7 + [0] * 5

    def test_signatures_are_never_alone(self) -> None:
        """However long the text is, the last of it stands on the page where it is signed."""
        for lines in range(0, 40, 4):
            statement = "\n".join(f"Dòng {at}." for at in range(lines))
            signed = next(
                page
                for page in pages(issued("record", RECORD | {"violator_statement": statement}))
                if "NGƯỜI LẬP BIÊN BẢN (Ký" in page or "CÁ NHÂN VI PHẠM (Ký" in page
            )
            assert "Lý do cá nhân, đại diện tổ chức vi phạm không ký biên bản" in signed

    @pytest.mark.parametrize("kind", KINDS)
    def test_every_text_at_once(self, kind: str) -> None:
        """Every text of a document may be very long and without a space: all of all of them is printed."""
        specs = templates("dong-hoi")[kind].fields
        long = {name: "ữ" * 1000 for name in EXAMPLES[kind] if specs[name].type is FieldType.TEXT}
        found = read(issued(kind, EXAMPLES[kind] | long, number="9" * 500)).casefold()
        in_the_foot_alone = (
            {"log_position"} if kind == "transfer_minutes" else {"log_position", "case_number"}
        )
        assert found.count("ữ") >= 1000 * len(set(long) - in_the_foot_alone)
        assert found.count("9") >= 500

    def test_ten_thousand_signs(self) -> None:
        """A statement of ten thousand signs is printed to its last."""
        found = read(
            issued("record", RECORD | {"violator_statement": "ặ" * 10_000, "violator_name": "Ợ" * 10_000})
        )
        assert found.count("ặ") > 10_000
        assert found.count("Ợ") >= 10_000
