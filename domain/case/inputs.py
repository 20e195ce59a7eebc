"""What people type into a case, checked before anything is recorded."""

from datetime import datetime
from enum import StrEnum
from typing import Final, TypeVar

from domain.case.body import CaseBody
from domain.context import Context, Rulebook
from domain.errors import InvalidInput
from domain.personal import Personal
from domain.plates import Plate

LONGEST_TEXT: Final = 4000
LONGEST_NAME: Final = 200
DONG: Final = "VND"
SMALLEST_NOTE: Final = 1000
"""Fines are set in thousands of đồng; anything else was typed in another unit."""

W = TypeVar("W", bound=StrEnum)


def words(path: str, text: str, *, longest: int = LONGEST_TEXT, rule: str | None = None) -> str:
    """Text that says something, and not too much."""
    if not text.strip() or len(text) > longest:
        raise InvalidInput(
            path,
            f"phải có nội dung, không quá {longest} ký tự",
            f"must say something, in at most {longest} characters",
            rule=rule,
        )
    return text


def some_words(path: str, text: str | None, *, longest: int = LONGEST_TEXT) -> str | None:
    """Text that may be absent."""
    if text is not None and len(text) > longest:
        raise InvalidInput(path, f"quá {longest} ký tự", f"longer than {longest} characters")
    return text or None


def known_rule(path: str, rulebook: Rulebook, rule: str) -> str:
    """An obligation that the regulation in force has."""
    try:
        rulebook.citation(rule)
    except LookupError:
        raise InvalidInput(path, "không có trong quy định này", "no rule of this regulation") from None
    return rule


def personal(case: CaseBody, text: str | None) -> Personal[str] | None:
    """Seal what may say something of a person under the case."""
    return Personal.said(case.id, text) if text else None


def plate_of(case: CaseBody, path: str, text: str) -> Personal[str]:
    """A plate as an officer types it, of a series that exists (TT 79/2024/TT-BCA)."""
    if Plate.read(text) is None:
        raise InvalidInput(path, "không phải biển số (ví dụ 73A-123.45)", "not a plate (such as 73A-123.45)")
    return Personal.said(case.id, text.strip().upper())


def when(
    case: CaseBody, context: "Context", at: datetime | None, *, after: str | None = None, path: str = "at"
) -> datetime:
    """The instant an act took place: now, or earlier where it was done on paper and is entered afterwards.

    It lies neither in the future, nor before the case, nor before the act it builds on.
    """
    if at is None:
        return context.now
    if at > context.now:
        raise InvalidInput(path, "ở tương lai", "lies in the future")
    what = after or CASE_BEGAN
    begun = case.at.get(what, case.detected_at)
    if at < begun:
        raise InvalidInput(
            path,
            f"trước {what} lúc {begun.isoformat()}",
            f"lies before {what} at {begun.isoformat()}",
        )
    return at


CASE_BEGAN: Final = "detected"


def amount(path: str, given: int, currency: str, *, rule: str | None = None) -> int:
    """An amount in đồng, none or more, in whole thousands."""
    if currency != DONG:
        raise InvalidInput(
            path,
            f"tính bằng đồng ({DONG}), không phải {currency}",
            f"is in đồng ({DONG}), not {currency}",
            rule=rule,
        )
    if given < 0 or given % SMALLEST_NOTE:
        raise InvalidInput(
            path,
            f"{given} đồng: phải là số nghìn đồng, ví dụ 4000000",
            f"{given} đồng: whole thousands of đồng are expected, such as 4000000",
            rule=rule,
        )
    return given
