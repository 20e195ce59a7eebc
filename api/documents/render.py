"""A template and the facts of a case become the bytes of a PDF."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from io import BytesIO
from threading import Lock
from typing import Any, Final
from xml.sax.saxutils import escape

from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import TimeStamp
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import CondPageBreak, Flowable, KeepTogether, Paragraph, SimpleDocTemplate

from api.documents import layout
from api.documents.fonts import REGULAR, register
from api.documents.values import DOTS, FieldInvalid, day, instant, items, markup, printed, visible
from domain.clock import LEGAL_TIME, legal_date
from policies.document_form import (
    FOOT,
    ITEM,
    MADE_AT,
    NUMBER,
    PLACEHOLDER,
    Block,
    FieldType,
    Need,
    Signature,
    given,
    holds,
)
from policies.documents import Missing, Template, missing_fields

BY_HAND: Final = f'{DOTS} <font size="9"><i>(cơ\u00a0quan\u00a0ghi)</i></font>'
LETTERS: Final = "abcdđeghiklmnopqrstuvxy"
"""The points of an article, in the order of the Vietnamese alphabet."""

_PRINTER = Lock()
"""One document at a time: the library reads a face through one cursor, whichever thread asks."""


class FieldsMissing(ValueError):  # noqa: N818 — it says what is the matter with the fields
    """What the law demands of the document was not given; nothing is printed."""

    def __init__(self, kind: str, missing: tuple[Missing, ...]) -> None:
        self.missing = missing
        named = "; ".join(f"{one.name} ({one.law})" for one in missing)
        super().__init__(f"{kind}: expected what the law demands, missing {named}")


def render(
    template: Template, fields: Mapping[str, Any], *, made_at: datetime, number: str, version: int
) -> bytes:
    """Return the document as PDF.

    A fact the law demands must be given, one of a wrong type or of no name of the template is refused.
    *made_at* gives the day whose text of the law is printed, and the date of the file.
    """
    if made_at.utcoffset() is None:
        raise FieldInvalid("made_at: expected an instant with its offset")
    if unknown := sorted(set(fields) - set(template.fields)):
        raise FieldInvalid(f"{unknown[0]}: expected a field of the template {template.kind}")
    if missing := missing_fields(template, fields):
        raise FieldsMissing(template.kind, missing)
    with _PRINTER:
        register()
        return _Printing(template, fields, made_at, number, version).pdf()


def signed(number: str, template: Template) -> str:
    """Return the number as it is signed: a bare one gets the symbol of its kind."""
    return number if "/" in number else f"{number}/{template.says.symbol}"


class _Printing:
    """One document on its way to paper."""

    def __init__(
        self, template: Template, fields: Mapping[str, Any], made_at: datetime, number: str, version: int
    ) -> None:
        self.says, self.specs, self.fields = template.says, template.fields, fields
        self.made_at, self.day = made_at, legal_date(made_at)
        self.signed_number = visible(signed(number, template))
        self.version = version
        self.rows: dict[str, list[dict[str, str]]] = {}
        self.texts = {MADE_AT: instant(made_at), NUMBER: escape(self.signed_number)}
        for name, spec in self.specs.items():
            if not given(fields, name):
                continue
            if spec.type in {FieldType.LIST, FieldType.ROWS}:
                self.rows[name] = items(name, spec.type, spec.columns, fields[name])
            else:
                self.texts[name] = printed(name, spec.type, fields[name])
                if spec.at_least and fields[name] < spec.at_least:
                    raise FieldInvalid(f"{name}: expected {spec.at_least} at least ({spec.law})")
        self.capitals = {
            name: markup(fields[name].upper())
            for name, spec in self.specs.items()
            if name in self.texts and spec.type is FieldType.TEXT
        }
        self.shown: set[str] = set()
        self.count = dict.fromkeys(("article", "item", "point"), 0)

    def pdf(self) -> bytes:
        """Return the bytes."""
        out = BytesIO()
        document = SimpleDocTemplate(
            out,
            pagesize=A4,
            leftMargin=layout.LEFT - layout.PADDING,
            rightMargin=layout.RIGHT - layout.PADDING,
            topMargin=layout.TOP - layout.PADDING,
            bottomMargin=layout.BOTTOM - layout.PADDING,
            title=f"{self.says.name.vi} {self.signed_number}",
            author=visible(str(self.fields["unit_name"])),
            creator="Minh Chứng",
            lang="vi-VN",
            invariant=1,
            # a compressed stream depends on the library that packs it: the hash should not
            pageCompression=0,
        )
        story, self.foot = self._story(), self._foot()
        self._check_all_shown()
        document.build(story, canvasmaker=self._canvas)
        return out.getvalue()

    def _check_all_shown(self) -> None:
        """Refuse a fact that the conditions of the template leave out: who gave it believes that it is printed."""
        for name, spec in self.specs.items():
            if given(self.fields, name) and name not in self.shown and spec.type is not FieldType.FLAG:
                raise FieldInvalid(
                    f"{name}: expected none, as the document does not show it beside the others"
                )

    def _canvas(self, *args: Any, **kwargs: Any) -> Canvas:
        """Return pages with this document's foot, dated when it was made and not when it was printed."""
        canvas = layout.NumberedCanvas(*args, **kwargs | {"initialFontName": REGULAR})
        canvas.foot = self.foot
        local = self.made_at.astimezone(LEGAL_TIME)
        stamp = TimeStamp(1)
        stamp.YMDhms, stamp.dhh, stamp.dmm = tuple(local.timetuple())[:6], 7, 0
        pdf: Any = canvas._doc  # type: ignore[attr-defined] # noqa: SLF001 — the library has no other way to say the date
        pdf._timeStamp = stamp  # noqa: SLF001 — as above
        pdf.signature = hashlib.md5(self.made_at.isoformat().encode(), usedforsecurity=False)
        return canvas

    def _foot(self) -> str:
        self.shown |= set(FOOT)
        case, position = (
            visible(str(self.fields[name])) if given(self.fields, name) else "" for name in FOOT
        )
        parts = [f"Số {self.signed_number}", f"phiên bản {self.version}"]
        parts += [f"hồ sơ {case}"] * bool(case) + [f"vị trí nhật ký {position}"] * bool(position)
        return layout.foot(parts)

    def _story(self) -> list[Flowable]:
        """Return all parts in order; who signs, signs below some of the text, never alone on a page."""
        *body, last = self._blocks(self.says.body)
        return [
            self._letterhead(),
            *layout.heading(self._fill(self.says.title) or "", self._fill(self.says.subtitle)),
            *body,
            KeepTogether([last, *self._signatures()]),
            *self._blocks(self.says.after),
        ]

    def _letterhead(self) -> Flowable:
        self.shown |= {"parent_unit_name", "unit_name"}
        parent, unit = (self.capitals.get(name) for name in ("parent_unit_name", "unit_name"))
        dated = None
        if self.says.dated:
            self.shown |= {"issued_place", self.says.dated}
            value = self.made_at if self.says.dated == MADE_AT else self.fields[self.says.dated]
            local = legal_date(value) if isinstance(value, datetime) else value
            dated = f"{self.texts.get('issued_place', '……………')}, {day(local)}"
        return layout.letterhead(parent, unit or "", escape(self.signed_number), dated)

    def _fill(self, text: str | None, row: Mapping[str, str] | None = None) -> str | None:
        """Return *text* with its facts; None where one of them is absent and nobody completes it by hand."""
        names = PLACEHOLDER.findall(text or "")
        values = {name: self._value(name, row or {}) for name in names}
        if text is None or None in values.values():
            return None
        self.shown |= values.keys()
        return PLACEHOLDER.sub(lambda found: values[found[1]] or "", text)

    def _value(self, name: str, row: Mapping[str, str]) -> str | None:
        if name in row:
            return row[name]
        if name in self.texts:
            return self.texts[name]
        return BY_HAND if self.specs[name].need is Need.HAND else None

    def _blocks(self, blocks: Iterable[Block]) -> Iterator[Flowable]:
        for block in blocks:
            if block.shown(self.fields, self.day):
                yield from self._block(block)

    def _block(self, block: Block) -> Iterator[Flowable]:
        if block.table:
            columns = block.table.columns
            rows = [[row[column.field] for column in columns] for row in self._rows(block.table.rows)]
            if rows:
                yield layout.table([one.title for one in columns], [one.width for one in columns], rows)
        elif block.lines:
            yield from (layout.DottedLine() for _ in range(block.lines))
        else:
            for row in self._rows(block.each) if block.each else [{}]:
                filled = self._fill(block.text, self.capitals if block.shape == "heading" else row)
                if filled is not None:
                    yield from self._paragraph(block.shape, filled)

    def _rows(self, name: str) -> list[dict[str, str]]:
        """Return the rows of a field; one to be filled in by hand where the authority completes it."""
        self.shown.add(name)
        spec = self.specs[name]
        if name not in self.rows and spec.need is Need.HAND:
            return [dict.fromkeys(spec.columns or (ITEM,), BY_HAND if not spec.columns else DOTS)]
        return self.rows.get(name, [])

    def _paragraph(self, shape: str, text: str) -> Iterator[Flowable]:
        if shape in {"centre", "heading"}:
            yield Paragraph(f"<b>{text}</b>" if shape == "heading" else text, layout.CENTRE)
            return
        if text.endswith(":") or shape == "section":
            yield CondPageBreak(layout.COMPANY)
        tight, loose = layout.INNER if shape in {"point", "dash"} else layout.OUTER
        # a line to write on is one long word: between two margins it would tear the words around it apart
        yield Paragraph(self._marked(shape, text), loose if DOTS in text else tight)

    def _marked(self, shape: str, text: str) -> str:
        """Return *text* with the number or letter of its shape."""
        if shape == "section":
            self.count["item"] = self.count["point"] = 0
            return f"<b>{text}</b>"
        if shape in self.count:
            self._number(shape)
            count = self.count[shape]
            again, at = divmod(count - 1, len(LETTERS))
            letter = LETTERS[at] * (again + 1)
            return {"article": f"<b>Điều {count}.</b>", "item": f"{count}.", "point": f"{letter})"}[
                shape
            ] + f" {text}"
        return f"- {text}" if shape == "dash" else text

    def _number(self, shape: str) -> None:
        """Count one more of *shape*, and begin again what stands below it."""
        shapes = list(self.count)
        self.count[shape] += 1
        for below in shapes[shapes.index(shape) + 1 :]:
            self.count[below] = 0

    def _signatures(self) -> Iterator[Flowable]:
        *before, last = self.says.signatures
        for signatures in before:
            if shown := self._shown(signatures):
                yield layout.beside(*shown)
        recipients = [text for line in self.says.recipients if (text := self._fill(line))]
        shown = self._shown(last)
        if recipients:
            shown.insert(0, layout.recipients(recipients))
        yield layout.beside(*shown)

    def _shown(self, signatures: Iterable[Signature]) -> list[list[Flowable]]:
        return [
            layout.signature(self._fill(one.title, self.capitals) or "", one.hint, self._fill(one.name))
            for one in signatures
            if holds(self.fields, one.if_, one.unless)
        ]
