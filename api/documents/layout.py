"""How a document lies on the page, after NĐ 30/2020/NĐ-CP, Phụ lục I: A4, margins, sizes, the places of its parts."""

from collections.abc import Sequence
from typing import Any

from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY, TA_LEFT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, HRFlowable, Paragraph, Spacer, Table, TableStyle

from api.documents.fonts import REGULAR

LEFT, RIGHT, TOP, BOTTOM = 30 * mm, 15 * mm, 20 * mm, 22 * mm
WIDTH, HEIGHT = A4[0] - LEFT - RIGHT, A4[1] - TOP - BOTTOM
NATION, MOTTO = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"

PADDING = 6
"""What the library puts around a page, taken off the margins."""

_LEFT_HALF, _RIGHT_HALF = 76 * mm, 89 * mm
_FIRST_LINE, _INDENT = 10 * mm, 10 * mm
_SIGNING_ROOM, _HEAD_OF_TABLE = 22 * mm, 20 * mm
_FOOT_SIZE, _NUMBER_SIZE = 8.5, 13
_PAGE_OF_PAGES, _LONGEST_FOOT = 25 * mm, 200
_TIGHT: list[Any] = [("LEFTPADDING", (0, 0), (-1, -1), 0), ("RIGHTPADDING", (0, 0), (-1, -1), 0)]
_PLAIN: list[Any] = [("VALIGN", (0, 0), (-1, -1), "TOP"), ("FONTNAME", (0, 0), (-1, -1), REGULAR)]
"""The face is said of every cell, or an empty word in one that is not embedded goes into the file."""


def _style(name: str, size: float, leading: float, **more: Any) -> ParagraphStyle:
    return ParagraphStyle(
        name, fontName=REGULAR, fontSize=size, leading=leading, allowWidows=0, allowOrphans=0, **more
    )


BODY = _style("body", 13, 17, alignment=TA_JUSTIFY, spaceAfter=5, firstLineIndent=_FIRST_LINE)
LOOSE = ParagraphStyle("loose", BODY, alignment=TA_LEFT)
POINT = _style("point", 13, 17, alignment=TA_JUSTIFY, spaceAfter=3, leftIndent=6 * mm, firstLineIndent=4 * mm)
LOOSE_POINT = ParagraphStyle("loose-point", POINT, alignment=TA_LEFT)
CENTRE = _style("centre", 13, 17, alignment=TA_CENTER, spaceAfter=4)
TITLE = _style("title", 14, 18, alignment=TA_CENTER)
SUBTITLE = _style("subtitle", 14, 18, alignment=TA_CENTER)
SIGNED = _style("signed", 13, 16, alignment=TA_CENTER)
HINT = _style("hint", 12, 15, alignment=TA_CENTER)
HEAD = _style("head", 12, 15, alignment=TA_CENTER)
OUTER, INNER = (BODY, LOOSE), (POINT, LOOSE_POINT)
COMPANY = 4 * BODY.leading
"""A line that announces what follows stands on the page of what follows."""
CELL = _style("cell", 11, 13.5)
CELL_HEAD = _style("cell-head", 11, 13.5, alignment=TA_CENTER)
RECIPIENTS = _style("recipients", 11, 14)


class DottedLine(Flowable):
    """A line to write on by hand."""

    def __init__(self, width: float = WIDTH) -> None:
        super().__init__()
        self.width, self.height = width, BODY.leading + 2

    def draw(self) -> None:
        """Draw the dots near the foot of the line."""
        self.canv.setDash(0.6, 2.4)
        self.canv.setLineWidth(0.6)
        self.canv.line(0, 4, self.width, 4)
        self.canv.setDash()


def _rule(share: float) -> list[Flowable]:
    """Return the short line that closes a heading."""
    line = HRFlowable(width=f"{share * 100:.0f}%", thickness=0.7, color="black", spaceBefore=0, spaceAfter=0)
    return [Spacer(1, 3), line, Spacer(1, 4)]


def letterhead(parent: str | None, unit: str, number: str, dated: str | None) -> Flowable:
    """Return the head of the first page: the agency and the number on the left, the nation and the day on the right."""
    left: list[Flowable] = [Paragraph(parent, HEAD)] if parent else []
    left += [Paragraph(f"<b>{unit}</b>", HEAD), *_rule(0.35), Paragraph(f"Số: {number}", SIGNED)]
    right: list[Flowable] = [
        Paragraph(f"<b>{NATION}</b>", HEAD),
        Paragraph(f"<b>{MOTTO}</b>", SIGNED),
        *_rule(0.58),
    ]
    if dated:
        right.append(Paragraph(f"<i>{dated}</i>", SIGNED))
    return Table(
        [[left, right]],
        colWidths=[_LEFT_HALF, _RIGHT_HALF],
        splitInRow=1,
        # a name that just fits its half would run into the nation's
        style=TableStyle(
            [
                *_TIGHT,
                *_PLAIN,
                ("RIGHTPADDING", (0, 0), (0, 0), 2 * PADDING),
                ("ALIGN", (0, 0), (-1, -1), "CENTER"),
            ]
        ),
    )


def heading(title: str, subtitle: str | None) -> list[Flowable]:
    """Return the kind of the document and what it is about."""
    lines: list[Flowable] = [Spacer(1, 10), Paragraph(f"<b>{title}</b>", TITLE)]
    if subtitle:
        lines.append(Paragraph(f"<b>{subtitle}</b>", SUBTITLE))
    return [*lines, *_rule(0.2), Spacer(1, 6)]


def table(titles: Sequence[str], shares: Sequence[int], rows: Sequence[Sequence[str]]) -> Flowable:
    """Return a table with its lines drawn; its head is repeated, and a row is cut only where no page could hold it."""
    cells = [[Paragraph(f"<b>{title}</b>", CELL_HEAD) for title in titles]]
    cells += [[Paragraph(text, CELL) for text in row] for row in rows]
    widths = [WIDTH * share / sum(shares) for share in shares]
    style: list[Any] = [
        ("GRID", (0, 0), (-1, -1), 0.5, "black"),
        *_PLAIN,
        ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
    ]
    grid = Table(cells, colWidths=widths, repeatRows=1, style=TableStyle(style), spaceBefore=2, spaceAfter=8)
    grid.wrap(WIDTH, HEIGHT)
    tallest = max(grid._rowHeights)  # type: ignore[attr-defined] # noqa: SLF001 — the library does not tell otherwise
    grid.splitInRow = int(tallest > HEIGHT - _HEAD_OF_TABLE)
    return grid


def signature(title: str, hint: str, name: str | None) -> list[Flowable]:
    """Return one place to sign."""
    lines: list[Flowable] = [
        Paragraph(f"<b>{title}</b>", SIGNED),
        Paragraph(f"<i>{hint}</i>", HINT),
        Spacer(1, _SIGNING_ROOM),
    ]
    if name:
        lines.append(Paragraph(f"<b>{name}</b>", SIGNED))
    return lines


def recipients(lines: Sequence[str]) -> list[Flowable]:
    """Return to whom the document goes."""
    return [
        Paragraph("<b><i>Nơi nhận:</i></b>", RECIPIENTS),
        *(Paragraph(f"- {line}", RECIPIENTS) for line in lines),
    ]


def beside(*columns: list[Flowable]) -> Flowable:
    """Return columns of equal width side by side, on one page unless they are longer than one."""
    widths = [WIDTH / len(columns)] * len(columns)
    signed = Table(
        [list(columns)], colWidths=widths, style=TableStyle([*_TIGHT, *_PLAIN]), spaceBefore=8, spaceAfter=10
    )
    _, height = signed.wrap(WIDTH, HEIGHT)
    signed.splitInRow = int(height > HEIGHT)
    return signed


def foot(parts: Sequence[str]) -> str:
    """Return what stands at the foot of each page, as far as it fits beside the number of the page."""
    text = " · ".join(parts)
    shown = text[:_LONGEST_FOOT]
    while stringWidth(shown, REGULAR, _FOOT_SIZE) > WIDTH - _PAGE_OF_PAGES:
        shown = shown[:-1]
    return shown if shown == text else f"{shown}…"


class NumberedCanvas(Canvas):
    """Pages that know how many they are: each is kept until the last is made, then numbered."""

    foot = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._pages: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802 — the library's name
        """Keep the page."""
        self._pages.append(dict(self.__dict__))
        self._startPage()  # type: ignore[attr-defined] # the stubs leave it out

    def save(self) -> None:
        """Number the pages and write them."""
        for page in self._pages:
            self.__dict__.update(page)
            self._number(len(self._pages))
            super().showPage()
        super().save()

    def _number(self, pages: int) -> None:
        page = self.getPageNumber()
        if page > 1:
            self.setFont(REGULAR, _NUMBER_SIZE)
            self.drawCentredString(A4[0] / 2, A4[1] - 13 * mm, str(page))
        self.setLineWidth(0.3)
        self.line(LEFT, 15 * mm, A4[0] - RIGHT, 15 * mm)
        self.setFont(REGULAR, _FOOT_SIZE)
        self.drawString(LEFT, 11 * mm, self.foot)
        self.drawRightString(A4[0] - RIGHT, 11 * mm, f"Trang {page}/{pages}")
