"""Plates of Viet Nam: which texts are one, and which texts name the same (TT 79/2024/TT-BCA Đ3, Đ37, Đ39)."""

import re
from dataclasses import dataclass
from typing import Final

_SEPARATORS: Final = re.compile(r"[ .\-]+")
_SERIES: Final = "ABCDEFGHKLMNPSTUVXYZ"
_FORMS: Final = {
    "CAR": re.compile(rf"[1-9][0-9][{_SERIES}][0-9]{{4,5}}"),
    # series of two letters, or of a letter and a digit on older and on blue plates
    "MOTORBIKE": re.compile(rf"[1-9][0-9][{_SERIES}][{_SERIES}1-9][0-9]{{4,5}}"),
    "ELECTRIC": re.compile(r"[1-9][0-9]MĐ[0-9]{4,6}"),
    "SPECIAL": re.compile(r"[1-9][0-9](CD|RM|HC|KT|MK|TD|LD|DA|MD|CT|LB|R)[0-9]{3,5}"),
    "FOREIGN": re.compile(r"[1-9][0-9]([0-9]{3}(NG|QT|CV|NN)|(NG|QT|CV|NN)[0-9]{3})[0-9]{2,3}"),
    "MILITARY": re.compile(r"[A-Z]{2}[0-9]{4}"),
}


@dataclass(frozen=True)
class Plate:
    """A plate as all its spellings agree on it: upper case, without separators."""

    text: str
    form: str

    @classmethod
    def read(cls, typed: str) -> "Plate | None":
        """The plate that a text names; None where it names none."""
        text = _SEPARATORS.sub("", typed.strip().upper())
        for form, pattern in _FORMS.items():
            if pattern.fullmatch(text):
                return cls(text, form)
        return None
