"""E4: what a password must be."""

import unicodedata
from collections.abc import Callable
from typing import Final

import pytest

from domain.errors import InvalidInput
from domain.passwords import LONGEST, check_password, common_words

NAME: Final = "centre.approve"

ACCEPTED: Final = (
    # short, and mixed
    "aB3 efgh", "xK7#pq2Z", "Cửa-7-sổ", "đƯờng ra 12", "Trời.17a",
    # Vietnamese phrases, with and without accents, composed or not
    "Sông Nhật Lệ 2026!", "Mưa rào tháng 7, nắng tháng 8", "ba con Cò trắng bay 3 vòng", "Ăn cơm lúc 18 giờ.",
    "Bún bò: 35 nghìn, Chè: 12", "TRỜI xanh 4 phía", "Nam Ly chieu thu 6 mua", "Ơ kìa, 2 chiếc Xe đạp",
    unicodedata.normalize("NFD", "Sông Nhật Lệ 2026!"), "Đèo Ngang 1 bóng xế tà",
    # of other scripts, with letters of this one to be upper and lower case
    "Пароль длинный 7!", "Ξένος δρόμος 5;", "Über 9 Brücken gehn", "Ça va, 3 fois Été", "Müller & 2 Söhne",
    "密码 Ab1 学习中文", "パス Ab1 ワード長い", "🚦 Đèn xanh 3 giây", "naïve Façade 2×",
    # signs of every kind, spaces at the ends, what a shell or a page would trip over
    "x=1; DROP Table--", "<b>Đậm</b> 5", "$(reboot) Now 1", "  Bốn dấu cách 4  ", "Tab\tvà 2 dòng\n", "'\"`\\ Hai 2",
    "100% Đúng rồi", "a+b=C 12 phép tính", "Ba?Năm!7", "https://duong.example/A1",
    # of any length up to the longest
    "Một câu dài hơn sáu mươi bốn ký tự, có 1 chữ số và dấu chấm ở cuối.", "Dài-1 " * 20, "Lặp 9, đi Mãi " * 73,
    ("Sen 7, " * LONGEST)[:LONGEST],
)  # fmt: skip

TOO_WEAK: Final = (
    "", "Abcde1!", "aB3 efg", "xk7#pq2z", "XK7#PQ2Z", "xK#pq.Zw", "xK7apq2Z", "        ", "12345678",
    unicodedata.normalize("NFD", "Ầầ1!ẨẩÂ"), unicodedata.normalize("NFD", "ThườngHoa1"), "密码密码密码密码1!",
    "A" * LONGEST + "b1!",
)  # fmt: skip

COMMON: Final = (
    # words with what people put around them, and in them
    "P@ssw0rd!", "Password1!", "PASSWORd-2026", "p4$$w0rD", "Welcome@123", "Admin@123", "@dmiN-1234",
    "1L0veyou!", "We1come#9", "L3tm31N!", "Iloveyou_520", "Monkey!77", "Manchester.1", "January-2026",
    # what people here would try
    "Mật khẩu 1", "Matkhau@123", "AnhYêuEm!1", "Việt Nam 2026!", "Hà Nội@1000", "Quảng-Bình-73", "Công an 113!",
    "QuảnTrị#2026", "Đồng Hới 1!", "HồChíMinh1890!", "Viettel@123", "Vnpt@2023", "Bca@12345", "Gtvt@2023",
    # makers, and words that leaked
    "Huawei@123", "Juniper@123", "Hik12345+", "India@123", "Trinity!7", "Zeppelin#1", "đƯờng 12",
    # rows and repeats
    "Abcd1234!", "Abc@12345", "1qaz@WSX", "Qwerty!23", "Zxcvbnm,./1", "Lkjhgfds1!", "Aa@123456", "Aaaaaaa1!",
    "123456aA@", "11111111aA!", "Ababab12!", "!QAZxsw2", "1q2w3e4r@A", "P@ssw0rdP@ssw0rd",
)  # fmt: skip

NAMED: Final = ("Centre.Approve1", "Là centre-approve 9!", "C3ntre.@pprove", "Centreapprove 2026 nhé")


def reason(password: str, *, name: str = NAME) -> str | None:
    """Why a password is refused, if it is."""
    try:
        check_password(password, name=name)
    except InvalidInput as refused:
        why = refused
    else:
        return None
    assert why.path == "password"
    assert not password.strip() or password not in str(why)
    return f"{why.en.removeprefix('password: ')} ({why.rule})"


WEAK = "at least 8 characters, at most 1024, with upper case, lower case, digit and special character (R-QT-10.4.b)"
EVERYBODYS = (
    "too common: without its digits and signs it is a word or a row that everybody tries;"
    " put several words together (None)"
)
OWN = "it contains the account's name (None)"


class TestPassword:
    """Whoever sets a password is told what it lacks, and never shown it again."""

    @pytest.mark.rule("R-QT-10.4.b")
    @pytest.mark.parametrize("password", ACCEPTED)
    def test_accepted(self, password: str) -> None:
        """Upper case, lower case, a digit and another sign in eight characters or many more, in any script."""
        assert reason(password) is None

    @pytest.mark.rule("R-QT-10.4.b")
    @pytest.mark.parametrize("password", TOO_WEAK)
    def test_too_weak(self, password: str) -> None:
        """Too short, too long, or of too few kinds: refused under the rule that asks for them."""
        assert reason(password) == WEAK

    @pytest.mark.parametrize("password", COMMON)
    def test_common(self, password: str) -> None:
        """What everybody tries is refused however it is decorated, though it has all kinds of characters."""
        assert reason(password) == EVERYBODYS

    @pytest.mark.parametrize("password", NAMED)
    def test_named(self, password: str) -> None:
        """The account's own name is no secret, and the same password is open to somebody else."""
        assert reason(password) == OWN
        assert reason(password, name="police.lead") is None

    @pytest.mark.parametrize("name", ["", "ab", "a.b.c", "Đà"])
    def test_short_names(self, name: str) -> None:
        """A name of a few letters is in many a password by chance."""
        assert reason("Đà ABC abc 1!x", name=name) is None

    def test_table(self, counted: Callable[[str], None]) -> None:
        """The table has sixty passwords and more, each once."""
        table = (*ACCEPTED, *TOO_WEAK, *COMMON, *NAMED)
        assert len(set(table)) == len(table) >= 60
        counted(
            f"E4 {len(table)} passwords: {len(ACCEPTED)} accepted, {len(TOO_WEAK)} too weak,"
            f" {len(COMMON)} common, {len(NAMED)} with the name; {len(common_words())} words in all their forms"
        )


def test_words() -> None:
    """The words are small letters without accents, as they are compared."""
    words = common_words()
    assert len(words) > 10_000
    assert [word for word in words if not (word.isascii() and word.isalpha() and word.islower())] == []
