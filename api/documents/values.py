"""A fact as it is printed: in the words of the administration, and with nothing in it hidden.

What a person wrote is shown as it was written. A sign that the fonts do not carry, that steers the direction of the
text, or that leaves no mark is printed as U+FFFD: visible, countable, never dropped. As the fonts hold the letters
of Vietnamese and no others, a letter of another script that looks like one of them is visible too.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final
from xml.sax.saxutils import escape

from api.documents.fonts import carries
from api.documents.words import in_words
from domain.clock.counting import LEGAL_TIME
from policies.document_form import FieldType

REPLACEMENT: Final = "\ufffd"
DOTS: Final = "………………"
_LINE_ENDS = re.compile(r"\r\n?|\n|\u2028|\u2029|\x0b|\x0c|\x85")
_BLANK_LINES = re.compile(r"\n\s*\n\s*")
_JANUARY, _FEBRUARY, _TWO_DIGITS = 1, 2, 10


class FieldInvalid(ValueError):  # noqa: N818 — it says what is the matter with the field
    """A fact is not of the type its template says; the message names the field and never the value."""


def visible(text: str) -> str:
    """Return *text* with every sign that would not be seen made visible; only the white space between words is free."""
    kept = []
    for sign in unicodedata.normalize("NFC", _LINE_ENDS.sub("\n", text)):
        if sign in "\n\t" or unicodedata.category(sign) == "Zs":
            kept.append("\n" if sign == "\n" else " ")
        else:
            kept.append(sign if carries(sign) and unicodedata.category(sign) != "Cf" else REPLACEMENT)
    return _BLANK_LINES.sub("\n\n", "".join(kept)).strip()


def markup(text: str) -> str:
    """Return what a person wrote as a paragraph takes it: nothing in it is a command to the printer."""
    return escape(visible(text)).replace("\n", "<br/>")


def day(value: date) -> str:
    """Return a day as NĐ 30/2020 writes it: two figures for days below 10 and for the first two months."""
    month = f"{value.month:02d}" if value.month in {_JANUARY, _FEBRUARY} else f"{value.month}"
    return f"ngày {value.day:02d} tháng {month} năm {value.year}"


def instant(value: datetime) -> str:
    """Return an instant by the clock of Việt Nam."""
    local = value.astimezone(LEGAL_TIME)
    seconds = f" {local.second:02d} giây" if local.second else ""
    return f"{local.hour:02d} giờ {local.minute:02d} phút{seconds}, {day(local.date())}"


def grouped(value: int) -> str:
    """Return a whole number with a point between the thousands."""
    return f"{value:,}".replace(",", ".")


def money(value: int) -> str:
    """Return an amount in figures and in words."""
    return f"{grouped(value)} đồng ({in_words(value)} đồng)"


def number(value: int) -> str:
    """Return a small number with two figures at least."""
    return f"{value:02d}" if value < _TWO_DIGITS else grouped(value)


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _aware(value: object) -> bool:
    return isinstance(value, datetime) and value.utcoffset() is not None


def _day(value: object) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)


_CELLS: Mapping[FieldType, tuple[str, Callable[[Any], bool], Callable[[Any], str]]] = {
    FieldType.TEXT: ("a text", lambda value: isinstance(value, str), markup),
    FieldType.DATE: ("a day", _day, day),
    FieldType.INSTANT: ("an instant with its offset", _aware, instant),
    FieldType.MONEY: ("a whole amount in đồng", _whole, money),
    FieldType.NUMBER: ("a whole number from 0 up", _whole, number),
    FieldType.COUNT: ("a whole number from 0 up", _whole, grouped),
    FieldType.FLAG: (
        "yes or no",
        lambda value: isinstance(value, bool),
        lambda value: "có" if value else "không",
    ),
}


def printed(name: str, type_: FieldType, value: object) -> str:
    """Return one fact as it is printed, or refuse what is not of its type."""
    expected, is_one, write = _CELLS[type_]
    if not is_one(value):
        raise FieldInvalid(f"{name}: expected {expected}")
    return write(value)


def items(
    name: str, type_: FieldType, columns: Mapping[str, FieldType], value: object
) -> list[dict[str, str]]:
    """Return a list or the rows of a table as they are printed, the item of a list under `each`."""
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise FieldInvalid(f"{name}: expected a list")
    if type_ is FieldType.LIST:
        return [{"each": printed(name, FieldType.TEXT, item)} for item in value]
    found = []
    for row in value:
        if not isinstance(row, Mapping) or set(row) - set(columns):
            raise FieldInvalid(f"{name}: expected rows of {', '.join(columns)}")
        cells = {column: row.get(column) for column in columns}
        found.append(
            {
                column: DOTS
                if cells[column] is None or cells[column] == ""
                else printed(f"{name}.{column}", of, cells[column])
                for column, of in columns.items()
            }
        )
    return found
