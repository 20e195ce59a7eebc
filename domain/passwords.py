"""What a password must be: the regulation's mixture, and nothing that is tried first.

The regulation asks for kinds of characters (R-QT-10.4.b), which ASVS 6.2.5 advises against. It is followed, and what
is guessed first of such mixtures is refused besides (ASVS 6.2.4, 6.2.11): a word that everybody uses, a row of keys or
letters, the account's own name, each with digits and signs around it or in place of letters.
"""

import secrets
import string
import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from itertools import product
from typing import Final

from domain.errors import InvalidInput

RULE: Final = "R-QT-10.4.b"
SHORTEST, LONGEST = 8, 1024

LOOK_ALIKES: Final = tuple(
    str.maketrans(given, meant)
    for given, meant in (("", ""), ("013457@$!+", "oieastasit"), ("013457@$|+", "oleastaslt"))
)
"""Digits and signs that stand for letters, in the ways people read them."""
ROWS: Final = (
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qazwsxedcrfvtgbyhnujmikolp",
    "azertyuiop",
)
"""Letters in a row, of the alphabet and of keyboards; also backwards."""
FEWEST_LETTERS: Final = 3
"""Fewer different letters than this are a mixture in name only."""
SHORTEST_NAME: Final = 4
"""A shorter name is found in many a password by chance."""


def check_password(password: str, *, name: str) -> None:
    """Check a password that is to be set for the account *name*.

    Raises:
        InvalidInput: too short, too long, of too few kinds (R-QT-10.4.b), too common, or the name itself.
    """
    password = normalised(password)
    kinds = (str.isupper, str.islower, str.isdigit, _is_special)
    if not (SHORTEST <= len(password) <= LONGEST and all(any(map(kind, password)) for kind in kinds)):
        raise InvalidInput(
            "password",
            f"cần từ {SHORTEST} đến {LONGEST} ký tự, có chữ hoa, chữ thường, chữ số và ký tự đặc biệt",
            f"at least {SHORTEST} characters, at most {LONGEST},"
            " with upper case, lower case, digit and special character",
            rule=RULE,
        )
    read = set(_readings(password))
    if any(_is_common(reading) for reading in read):
        raise InvalidInput(
            "password",
            "quá phổ biến: bỏ chữ số và ký tự đặc biệt đi thì còn một từ hay một dãy ai cũng thử;"
            " hãy ghép vài từ với nhau",
            "too common: without its digits and signs it is a word or a row that everybody tries;"
            " put several words together",
        )
    own = _letters(name)
    if len(own) >= SHORTEST_NAME and any(own in reading for reading in read):
        raise InvalidInput("password", "chứa tên đăng nhập", "it contains the account's name")


def generated() -> str:
    """A password that the rule accepts and nobody has ever used."""
    letters = string.ascii_letters + string.digits
    password = "".join(secrets.choice(letters) for _ in range(16)) + secrets.choice("!#%+-=?@") + "aA1"
    check_password(password, name="")  # it is drawn: whose it is says nothing of it
    return password


def normalised(password: str) -> str:
    """The one form of a text that keyboards write in several: ậ is one character or three (RFC 8265, 4.2.2)."""
    return unicodedata.normalize("NFC", password)


@cache
def common_words() -> frozenset[str]:
    """Words that many passwords are made of, without accents."""
    text = files("domain").joinpath("common_passwords.txt").read_text(encoding="utf-8")
    return frozenset(word for line in text.splitlines() if not line.startswith("#") for word in line.split())


def _is_special(character: str) -> bool:
    """Punctuation, a symbol or a space; an accent that stands alone is none."""
    return unicodedata.category(character)[0] in "PSZ"


def _is_common(letters: str) -> bool:
    return (
        len(set(letters)) < FEWEST_LETTERS
        or letters in common_words()
        or any(letters in row or letters[::-1] in row for row in ROWS)
    )


def _readings(password: str) -> Iterator[str]:
    """The letters of a password, as one reads it with and without what stands around it."""
    around = "".join(c for c in set(password) if not c.isalpha())
    ways = (password.strip(around), password.lstrip(around), password.rstrip(around))
    for way, table in product(ways, LOOK_ALIKES):
        yield _letters(way.translate(table))


def _letters(text: str) -> str:
    """Only letters, small and without accents."""
    bare = unicodedata.normalize("NFKD", text.replace("đ", "d").replace("Đ", "D")).casefold()
    return "".join(c for c in bare if c.isalpha())
