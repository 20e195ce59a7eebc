"""A number as it is read aloud in Vietnamese: an amount of money is written in figures and in words."""

DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
BILLION = 1_000_000_000
_GROUPS = ((1_000_000, "triệu"), (1_000, "nghìn"))
_TEN, _HUNDRED = 10, 100
_ONE, _FIVE = 1, 5


def in_words(number: int) -> str:
    """Return a whole number from 0 up in words: 105 is *một trăm linh năm*, 21 *hai mươi mốt*."""
    if number < 0:
        raise ValueError(f"expected a number from 0 up, got {number}")
    return " ".join(_read(number, leading=True)) if number else DIGITS[0]


def _read(number: int, *, leading: bool) -> list[str]:
    """Read what is left of a number; after a higher group the hundreds are named even where they are zero."""
    words: list[str] = []
    billions, rest = divmod(number, BILLION)
    if billions:
        words = [*_read(billions, leading=leading), "tỷ"]
    for size, name in _GROUPS:
        group, rest = divmod(rest, size)
        if group:
            words += [*_group(group, leading=leading and not words), name]
    if rest:
        words += _group(rest, leading=leading and not words)
    return words


def _group(group: int, *, leading: bool) -> list[str]:
    """Read three digits."""
    hundreds, rest = divmod(group, _HUNDRED)
    tens, ones = divmod(rest, _TEN)
    words = [] if leading and not hundreds else [DIGITS[hundreds], "trăm"]
    if tens == _ONE:
        words.append("mười")
    elif tens:
        words += [DIGITS[tens], "mươi"]
    elif ones and words:
        words.append("linh")
    if ones == _ONE and tens > _ONE:
        words.append("mốt")
    elif ones == _FIVE and tens:
        words.append("lăm")
    elif ones:
        words.append(DIGITS[ones])
    return words
