"""What whoever issues a document adds to what the case knows: read by the template, refused where it says otherwise."""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any, Final

from api.documents.render import FieldsMissing, render
from api.documents.values import FieldInvalid
from domain.case.inputs import LONGEST_TEXT
from domain.errors import InvalidInput
from policies.document_form import FieldType
from policies.documents import Template

LONGEST_DIGITS: Final = 15
CELLS: Final = "|"
"""What stands between the cells of a row that is typed as a line."""


def read(template: Template, given: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Return what was typed, by the types of the template.

    Raises:
        InvalidInput: a name that is none of the template, a name given twice, a value of another type.
    """
    found: dict[str, Any] = {}
    for name, value in given:
        spec = template.fields.get(name)
        path = f"fields.{name[:60]}"
        if spec is None:
            raise InvalidInput(path, "mẫu văn bản không có trường này", "the template has no such field")
        if name in found:
            raise InvalidInput(path, "được nêu hai lần", "is given twice")
        if not value.strip() or len(value) > LONGEST_TEXT:
            raise InvalidInput(
                path,
                f"phải có nội dung, không quá {LONGEST_TEXT} ký tự",
                f"must say something, in at most {LONGEST_TEXT} characters",
            )
        lines = [line.strip() for line in value.splitlines() if line.strip()]
        if spec.type is FieldType.ROWS:
            found[name] = [_row(path, spec.columns, line) for line in lines]
        else:
            found[name] = lines if spec.type is FieldType.LIST else _value(path, spec.type, value.strip())
    return found


def together(
    known: Mapping[str, Any], given: Mapping[str, Any], *, worded: Collection[str], added_to: Collection[str]
) -> dict[str, Any]:
    """Return what is known with what was given beside it.

    Raises:
        InvalidInput: what the record knows is not said otherwise here.
    """
    facts = dict(known)
    for name, value in given.items():
        if name in added_to:
            facts[name] = [*known.get(name, ()), *value]
        elif name in known and name not in worded:
            raise InvalidInput(
                f"fields.{name}",
                "đã có trong hồ sơ, không nhập lại; sai thì đính chính hồ sơ",
                "is on record and not typed again; what is wrong there is corrected there",
            )
        else:
            facts[name] = value
    return facts


def pressed(
    template: Template, facts: Mapping[str, Any], *, made_at: datetime, number: str, edition: int
) -> bytes:
    """Return the document.

    Raises:
        InvalidInput: what the law demands is missing, each fact named with its law; or one is not shown beside others.
    """
    try:
        return render(template, facts, made_at=made_at, number=number, version=edition)
    except FieldsMissing as error:
        named_vi = "; ".join(f"{one.label} ({one.name}: {one.law})" for one in error.missing)
        named_en = "; ".join(f"{one.name}: {one.label} ({one.law})" for one in error.missing)
        raise InvalidInput("fields", f"còn thiếu {named_vi}", f"missing {named_en}") from None
    except FieldInvalid as error:
        name, _, why = str(error).partition(": ")
        label = template.fields[name].label if name in template.fields else name
        raise InvalidInput(
            f"fields.{name}", f"{label}: không hợp với các nội dung khác của văn bản", why
        ) from None


def _row(path: str, columns: Mapping[str, FieldType], line: str) -> dict[str, Any]:
    cells = [cell.strip() for cell in line.split(CELLS)]
    if len(cells) > len(columns):
        raise InvalidInput(
            path,
            f"mỗi dòng có các ô {', '.join(columns)}, cách nhau bằng {CELLS}",
            f"each line has the cells {', '.join(columns)}, with {CELLS} between them",
        )
    return {
        column: _value(path, of, cell)
        for (column, of), cell in zip(columns.items(), cells, strict=False)
        if cell
    }


def _value(path: str, of: FieldType, text: str) -> Any:
    if of is FieldType.TEXT:
        return text
    expected_vi, expected_en, one = TYPES[of]
    try:
        return one(text)
    except ValueError:
        raise InvalidInput(path, f"phải là {expected_vi}", f"must be {expected_en}") from None


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    if instant.utcoffset() is None:
        raise ValueError(text)
    return instant


def _digits(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > LONGEST_DIGITS:
        raise ValueError(text)
    return int(text)


def _flag(text: str) -> bool:
    return bool(("false", "true").index(text))


_NUMBER: Final = ("số nguyên từ 0", "a whole number from 0 up", _digits)
TYPES: Final[Mapping[FieldType, tuple[str, str, Callable[[str], Any]]]] = {
    FieldType.DATE: ("ngày, ví dụ 2026-06-22", "a day such as 2026-06-22", date.fromisoformat),
    FieldType.INSTANT: (
        "thời điểm có múi giờ, ví dụ 2026-06-22T08:00:00+07:00",
        "an instant with its offset, such as 2026-06-22T08:00:00+07:00",
        _instant,
    ),
    FieldType.MONEY: ("số tiền nguyên bằng đồng", "a whole amount in đồng", _digits),
    FieldType.NUMBER: _NUMBER,
    FieldType.COUNT: _NUMBER,
    FieldType.FLAG: ("true hoặc false", "true or false", _flag),
}


def number(given: str | None, known: str | None, sign: Callable[[str], str]) -> str:
    """Return the number a document is signed under: the one on record, or the one that is given.

    Raises:
        InvalidInput: there is none, or another than the one on record.
    """
    typed = sign(given.strip()) if given and given.strip() else None
    if known is not None and typed not in {None, known}:
        raise InvalidInput("number", f"hồ sơ ghi số {known}", f"the case says {known}")
    found = known or typed
    if found is None:
        raise InvalidInput("number", "phải nêu số văn bản", "says the number of the document")
    return found
