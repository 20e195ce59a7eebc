"""Tables that people keep: CSV as spreadsheet programs write it, GeoJSON as map programs do, read and written alike."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson

from cli.console import usage

LARGEST: Final = 64 * 1024 * 1024
LONGEST: Final = 128 * 1024
"""Characters of a cell; but a boundary may take up the file."""
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet takes for the beginning of a formula, or passes over before one."""
DELIMITERS: Final = ",;\t"
UNREAD: Final = "\ufffd"
"""Stands in a cell for bytes that are not UTF-8."""


@dataclass(frozen=True)
class Row:
    """One row: its number, which is the spreadsheet's own or the place of the feature, and its cells by column."""

    number: int
    cells: Mapping[str, str]
    ragged: bool = False
    """It has more or fewer cells than there are columns."""


@dataclass(frozen=True)
class Bad:
    """What is wrong with a row: where, what stands there, what was expected, and by which rule."""

    row: int
    column: str
    value: str
    expected: str
    rule: str | None = None

    def __str__(self) -> str:
        shown = self.value if len(self.value) <= 60 else f"{self.value[:60]}…"  # noqa: PLR2004
        by = f" [{self.rule}]" if self.rule else ""
        return f"row {self.row}, {self.column} {shown!r}: {self.expected}{by}"


def read(path: Path, columns: Sequence[str], needed: Sequence[str], *, drawn: str | None = None) -> list[Row]:
    """The rows of a file with these columns, of which some are *needed*; by its name, GeoJSON or CSV.

    A feature has a point, for the columns of its place; or any geometry, for the column in which it is *drawn*. Maps
    of areas come from elsewhere, so what else those say of a feature is passed over.

    Raises:
        Stop: it is no such table at all.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        usage(f"{path}: a file that can be read is expected: {error.strerror}")
    if len(data) > LARGEST:
        usage(f"{path}: at most {LARGEST // 1024**2} MiB are expected; split it")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        usage(f"{path}: UTF-8 is expected, not UTF-16: save it as «CSV UTF-8»")
    if path.suffix.lower() in {".geojson", ".json"}:
        return _features(path, data, columns, needed, drawn)
    return _cells(path, data, columns, needed, drawn)


def _cells(
    path: Path, data: bytes, columns: Sequence[str], needed: Sequence[str], drawn: str | None
) -> list[Row]:
    text = data.removeprefix(b"\xef\xbb\xbf").decode(errors="replace")
    delimiter = None
    if text.startswith("sep="):  # what some programs say first
        said, _, text = text.partition("\n")
        delimiter = said[4:5]
    first = text.partition("\n")[0]
    delimiter = delimiter or max(DELIMITERS, key=first.count)
    csv.field_size_limit(LARGEST if drawn else LONGEST)
    try:
        records = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        usage(f"{path}: not a table of cells: {error}")
    heads = [head.strip() for head in records[0]] if records else []
    _check_heads(path, heads, columns, needed)
    return [
        Row(
            number,
            {head: _plain(cell) for head, cell in zip(heads, record, strict=False)},
            ragged=len(record) != len(heads),
        )
        for number, record in enumerate(records[1:], start=2)
        if any(cell.strip() for cell in record)
    ]


def _features(
    path: Path, data: bytes, columns: Sequence[str], needed: Sequence[str], drawn: str | None
) -> list[Row]:
    try:
        said: Any = orjson.loads(data.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        usage(f"{path}: not JSON in UTF-8: {error}")
    features = said.get("features") if isinstance(said, dict) else None
    if not isinstance(features, list) or not all(isinstance(one, dict) for one in features):
        usage(f"{path}: a FeatureCollection of GeoJSON is expected")
    rows = [
        _feature(number, one, columns if drawn else None, drawn)
        for number, one in enumerate(features, start=1)
    ]
    heads = list(dict.fromkeys(head for row in rows for head in row.cells))
    _check_heads(path, heads or [*needed], columns, needed)
    return rows


def _feature(number: int, feature: Mapping[str, Any], kept: Sequence[str] | None, drawn: str | None) -> Row:
    properties = feature.get("properties") or {}
    if not isinstance(properties, dict):
        return Row(number, {}, ragged=True)
    cells = {
        str(name): "" if value is None else value if isinstance(value, str) else orjson.dumps(value).decode()
        for name, value in properties.items()
        if kept is None or name in kept
    }
    geometry = feature.get("geometry")
    if geometry is not None and drawn is not None:
        cells[drawn] = orjson.dumps(geometry).decode()
    elif geometry is not None:
        cells |= zip(("longitude", "latitude"), _point(geometry), strict=True)
    return Row(number, cells)


def _point(geometry: Any) -> tuple[str, str]:
    """Where a point is; what is no point has a place that nobody can read, for its row to say."""
    at = (
        geometry.get("coordinates")
        if isinstance(geometry, dict) and geometry.get("type") == "Point"
        else None
    )
    if not isinstance(at, list) or len(at) < 2 or not all(isinstance(one, int | float) for one in at[:2]):  # noqa: PLR2004
        return "?", "?"
    return repr(at[0]), repr(at[1])


def _check_heads(path: Path, heads: Sequence[str], columns: Sequence[str], needed: Sequence[str]) -> None:
    wrong = [head for head in heads if head not in columns or heads.count(head) > 1]
    missing = [name for name in needed if name not in heads]
    if wrong or missing:
        said = [f"{head[:40]!r} is unknown or there twice" for head in dict.fromkeys(wrong)]
        said += [f"{name} is missing" for name in missing]
        usage(f"{path}: the columns {', '.join(columns)} are expected: {'; '.join(said)}")


# -- writing --------------------------------------------------------------------------


def as_csv(columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> str:
    """A table that spreadsheet programs open as it is: marked as UTF-8, and no cell of it is a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([_neutral(row.get(name)) for name in columns] for row in rows)
    return "\ufeff" + out.getvalue()


def as_geojson(columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> str:
    """The same as points on a map; a row without a place is a feature without one."""
    features = [
        {
            "type": "Feature",
            "geometry": _geometry(row),
            "properties": {name: row.get(name) for name in columns if name not in {"longitude", "latitude"}},
        }
        for row in rows
    ]
    return orjson.dumps({"type": "FeatureCollection", "features": features}).decode() + "\n"


def _geometry(row: Mapping[str, object]) -> dict[str, object] | None:
    at = row.get("longitude"), row.get("latitude")
    return None if None in at else {"type": "Point", "coordinates": at}


def _neutral(value: object) -> str:
    """A cell that is never computed: what begins like a formula is text by an apostrophe before it."""
    if value is None or not isinstance(value, str):
        return "" if value is None else str(value)
    return f"'{value}" if value.startswith((*FORMULA, "'")) else value


def _plain(cell: str) -> str:
    """A cell as it was before it was made safe."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith((*FORMULA, "'")) else cell
