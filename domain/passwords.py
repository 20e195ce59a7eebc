"""What a password must be: the regulation's mixture, and nothing that is tried first.

The regulation asks for kinds of characters (R-QT-10.4.b), which ASVS 6.2.5 advises against. It is followed, and what
is guessed first of such mixtures is refused besides (ASVS 6.2.4, 6.2.11, 6.2.12): a word that everybody uses or that
leaked as a password, a row of keys or letters, the account's own name, each with digits and signs around it or in place
of letters; and whatever else zxcvbn finds in fewer than a million guesses.
"""

import secrets
import string
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache
from importlib.resources import files
from itertools import chain, product
from typing import Final, NamedTuple

from zxcvbn import zxcvbn
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from domain.errors import InvalidInput
from domain.rules import SignInPolicy

BASE: Final = SignInPolicy()
LONGEST: Final = 1024

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
FEWEST_GUESSES: Final = 10**6
"""What is guessed sooner does not hold out online (Wheeler, USENIX Security 2016, 5: where attempts are throttled)."""
GUESSED: Final = 72
"""So many characters are looked at: guessing more takes long, and nobody finds what such a password begins with."""
SHORTEST_LISTED: Final = 4
"""A shorter word of zxcvbn's lists is what is left of many a good password."""
SHORTEST_NAME: Final = 4
"""A shorter name is found in many a password by chance."""


def check_password(password: str, *, name: str, policy: SignInPolicy = BASE, path: str = "password") -> None:
    """Check a password that is to be set for the account *name*.

    Raises:
        InvalidInput: too short, too long, of too few kinds (R-QT-10.4.b), too common, or the name itself.
    """
    password = normalised(password)
    wanted = [kind for kind in KINDS if kind in policy.kinds]
    mixed = all(any(map(KINDS[kind].of, password)) for kind in wanted)
    if not (policy.shortest <= len(password) <= LONGEST and mixed):
        vi = f", có {_listed([KINDS[kind].vi for kind in wanted], 'và')}" if wanted else ""
        en = f", with {_listed([KINDS[kind].en for kind in wanted], 'and')}" if wanted else ""
        raise InvalidInput(
            path,
            f"cần từ {policy.shortest} đến {LONGEST} ký tự{vi}",
            f"at least {policy.shortest} characters, at most {LONGEST}{en}",
            rule=policy.rule,
        )
    read = set(_readings(password))
    if any(_is_common(reading) for reading in read) or _soon_guessed(password):
        raise InvalidInput(
            path,
            "quá phổ biến: bỏ chữ số và ký tự đặc biệt đi thì còn một từ hay một dãy ai cũng thử;"
            " hãy ghép vài từ với nhau",
            "too common: without its digits and signs it is a word or a row that everybody tries;"
            " put several words together",
        )
    own = _letters(name)
    if len(own) >= SHORTEST_NAME and any(own in reading for reading in read):
        raise InvalidInput(path, "chứa tên đăng nhập", "it contains the account's name")


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
    """Words that many passwords are made of, without accents: of this country, that leaked, of names and of English."""
    text = files("domain").joinpath("common_passwords.txt").read_text(encoding="utf-8")
    ours = {word for line in text.splitlines() if not line.startswith("#") for word in line.split()}
    listed = chain.from_iterable(FREQUENCY_LISTS.values())
    return frozenset(ours).union(word for word in listed if word.isalpha() and len(word) >= SHORTEST_LISTED)


def _is_special(character: str) -> bool:
    """Punctuation, a symbol or a space; an accent that stands alone is none."""
    return unicodedata.category(character)[0] in "PSZ"


class Kind(NamedTuple):
    """A kind of characters that a policy may ask for."""

    of: Callable[[str], bool]
    vi: str
    en: str


KINDS: Final = {
    "upper": Kind(str.isupper, "chữ hoa", "upper case"),
    "lower": Kind(str.islower, "chữ thường", "lower case"),
    "digit": Kind(str.isdigit, "chữ số", "digit"),
    "special": Kind(_is_special, "ký tự đặc biệt", "special character"),
}


def _listed(words: list[str], conjunction: str) -> str:
    return f" {conjunction} ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def _is_common(letters: str) -> bool:
    return (
        len(set(letters)) < FEWEST_LETTERS
        or letters in common_words()
        or any(letters in row or letters[::-1] in row for row in ROWS)
    )


def _soon_guessed(password: str) -> bool:
    """Whether few guesses find it: of leaked passwords, rows, dates and repeats, however they are put together."""
    return bool(zxcvbn(password[:GUESSED])["guesses"] < FEWEST_GUESSES)


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
