"""The letters of the documents: Tinos, as wide as Times New Roman, cut to the letters of Vietnamese.

A regular, a bold and an italic face are embedded in each document, cut again to what it uses.
"""

from functools import cache
from pathlib import Path
from threading import Lock

from reportlab.lib.fonts import addMapping
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

REGULAR, BOLD, ITALIC = "Tinos", "Tinos-Bold", "Tinos-Italic"

_FILES = {REGULAR: "Tinos-Regular.ttf", BOLD: "Tinos-Bold.ttf", ITALIC: "Tinos-Italic.ttf"}
_FOLDER = Path(__file__).parent
_LOADING = Lock()


def carries(sign: str) -> bool:
    """Whether every face has a letter for *sign*."""
    return ord(sign) in _letters()


def register() -> None:
    """Make the faces known to the printer, once in a process."""
    _letters()


def _letters() -> frozenset[int]:
    with _LOADING:
        return _loaded()


@cache
def _loaded() -> frozenset[int]:
    faces = []
    for name, file in _FILES.items():
        font = TTFont(name, str(_FOLDER / file))
        pdfmetrics.registerFont(font)
        faces.append(font.face.charToGlyph.keys())
    addMapping(REGULAR, 0, 0, REGULAR)
    addMapping(REGULAR, 1, 0, BOLD)
    addMapping(REGULAR, 0, 1, ITALIC)
    addMapping(REGULAR, 1, 1, BOLD)  # bold italic is asked for in one heading; a fourth face is not worth it
    return frozenset(faces[0]).intersection(*faces[1:])
