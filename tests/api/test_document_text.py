"""What people write, and numbers and days, as they stand in a document: nothing hidden, nothing dropped."""

import unicodedata
from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.documents.fonts import carries
from api.documents.values import day, instant, money, number, visible
from api.documents.words import DIGITS, in_words
from tests.support.papers import NOTICE, issued, read, squeezed


class TestHostile:
    """What a person wrote is shown as it was written, or is seen not to be."""

    @given(st.text(max_size=300))
    def test_nothing_is_dropped(self, text: str) -> None:
        """Each sign but white space is shown as itself or as U+FFFD, one for one and in order."""
        ends = {ord(sign): " " for sign in "\n\r\x0b\x0c\x85\u2028\u2029\t"}
        plain = unicodedata.normalize("NFC", text.translate(ends))
        before = [sign for sign in plain if sign != " " and unicodedata.category(sign) != "Zs"]
        after = [sign for sign in visible(text) if sign not in " \n"]
        assert len(before) == len(after)
        assert all(new in {old, "\ufffd"} for old, new in zip(before, after, strict=True))
        assert all(carries(sign) for sign in after)

    @settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.text(min_size=1, max_size=200))
    def test_any_text_is_printed(self, text: str) -> None:
        """Any text at all is printed as what is visible of it."""
        fields = NOTICE | {"violation_name": f"[{text}]", "owner_name": f"Ông {text}"}
        assert squeezed(f"[{visible(f'[{text}]')[1:-1]}]") in read(issued("notice", fields))

    @pytest.mark.parametrize(
        "text,shown",
        [
            ("73\u0410-456.78", "73\ufffd-456.78"),
            ("an\u202egnuv", "an\ufffdgnuv"),
            ("a\u200bb\ufeffc\u00add", "a\ufffdb\ufffdc\ufffdd"),
            ("\U0001f600 \x00\x1b[31m", "\ufffd \ufffd\ufffd[31m"),
            ("e\u0323\u0302", "ệ"),
            ("x\u0301\u0301", "x\ufffd\ufffd"),
            ("một\r\nhai\u2028ba\n\n\n\nbốn", "một\nhai\nba\n\nbốn"),
            ("a\u00a0b\u3000c\td", "a b c d"),
            ("<b>&amp;</b>", "<b>&amp;</b>"),
        ],
    )
    def test_made_visible(self, text: str, shown: str) -> None:
        """Look-alikes, marks of direction, signs without width and controls are seen; Vietnamese is composed."""
        assert visible(text) == shown

    def test_markup_is_text(self) -> None:
        """What looks like a command to the printer or a field of the template is printed as it was written."""
        text = '<img src="file:///etc/passwd"/><font size="0">ẩn</font> {plate} &lt; </b></i><br/>%d'
        assert squeezed(text) in read(issued("notice", NOTICE | {"owner_name": text}))

    @pytest.mark.parametrize("style", ["regular", "bold", "italic"])
    def test_every_letter_of_vietnamese(self, style: str) -> None:
        """All letters of the language with all their tones are carried and read back, in each face."""
        tones = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
        letters = {
            unicodedata.normalize("NFC", vowel + tone)
            for vowel in "aăâeêioôơuưyAĂÂEÊIOÔƠUƯY"
            for tone in tones
        }
        text = "".join(sorted(letters | {"đ", "Đ", "₫"}))
        field = {"regular": "place", "bold": "violation_name", "italic": "issued_place"}[style]
        assert len(text) == 147
        assert text in read(issued("notice", NOTICE | {field: text}))


class TestWords:
    """Numbers as they are read aloud."""

    @pytest.mark.parametrize(
        "value,words",
        [
            (0, "không"),
            (10, "mười"),
            (15, "mười lăm"),
            (21, "hai mươi mốt"),
            (55, "năm mươi lăm"),
            (105, "một trăm linh năm"),
            (111, "một trăm mười một"),
            (1_005, "một nghìn không trăm linh năm"),
            (4_000_000, "bốn triệu"),
            (18_500_000, "mười tám triệu năm trăm nghìn"),
            (1_000_000_015, "một tỷ không trăm mười lăm"),
            (1_001_000_000, "một tỷ không trăm linh một triệu"),
            (25_000_000_000_000, "hai mươi lăm nghìn tỷ"),
        ],
    )
    def test_examples(self, value: int, words: str) -> None:
        """Each number is read as people read it."""
        assert in_words(value) == words

    @given(st.integers(min_value=0, max_value=10**18))
    def test_read_back(self, value: int) -> None:
        """The words say that number and no other."""
        assert understood(in_words(value).split()) == value

    def test_negative(self) -> None:
        """Less than nothing is not read."""
        with pytest.raises(ValueError, match="expected a number from 0 up"):
            in_words(-1)

    def test_written(self) -> None:
        """Days, instants, amounts and small numbers have one form each."""
        assert day(date(2026, 1, 9)) == "ngày 09 tháng 01 năm 2026"
        assert day(date(2026, 3, 10)) == "ngày 10 tháng 3 năm 2026"
        assert instant(datetime(2026, 6, 1, 17, 30, tzinfo=UTC)) == "00 giờ 30 phút, ngày 02 tháng 6 năm 2026"
        assert money(4_000_000) == "4.000.000 đồng (bốn triệu đồng)"
        assert (number(2), number(12), number(1200)) == ("02", "12", "1.200")


def understood(words: list[str]) -> int:
    """Return the number that *words* say: another way round than they were made."""
    for name, size in (("tỷ", 10**9), ("triệu", 10**6), ("nghìn", 1000), ("trăm", 100), ("mươi", 10)):
        if name in words:
            at = len(words) - 1 - words[::-1].index(name)
            return understood(words[:at]) * size + understood(words[at + 1 :])
    digits = {word: digit for digit, word in enumerate(DIGITS)} | {"mốt": 1, "lăm": 5, "mười": 10, "linh": 0}
    return sum(digits[word] for word in words)
