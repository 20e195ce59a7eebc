"""Tables that an operator hands in: rows of CSV or features of GeoJSON, and what is said of the bad ones."""

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from cli.console import NO, Stop, answer, usage
from domain.commands.tree import NEEDED, BadRow, Import, Row

LARGEST: Final = 32 * 1024 * 1024
"""Bytes of a file; a province has some hundred areas."""


def rows_of(file: Path, columns: Sequence[str]) -> list[Row]:
    """Read the rows of a file: CSV under these columns, or a GeoJSON FeatureCollection with properties of these names.

    A row has the number it has in a spreadsheet, where the heading is 1; a feature the place it has in the file.

    Raises:
        Stop: it cannot be read, or says something else.
    """
    try:
        if file.stat().st_size > LARGEST:
            usage(f"{file}: expected at most {LARGEST} bytes")
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        usage(f"{file}: cannot be read: {error.strerror}")
    except UnicodeDecodeError:
        usage(f"{file}: expected UTF-8")
    if file.suffix.lower() in {".json", ".geojson"}:
        return _features(file, text, columns)
    csv.field_size_limit(LARGEST)
    try:
        read = list(csv.reader(text.splitlines(keepends=True), strict=True))
    except csv.Error as error:
        usage(f"{file}: is no CSV: {error}")
    heading = [cell.strip() for cell in read[0]] if read else []
    wrong = [name for name in heading if name not in columns]
    if wrong or len(set(heading)) != len(heading) or not set(columns[:NEEDED]) <= set(heading):
        usage(f"{file}: expected a heading of {', '.join(columns)}, of which the first {NEEDED} are needed")
    found = []
    for number, cells in enumerate(read[1:], start=2):
        if len(cells) > len(heading):
            usage(f"{file}, row {number}: expected {len(heading)} cells, got {len(cells)}")
        if any(cell.strip() for cell in cells):
            found.append(Row(number, dict(zip(heading, cells, strict=False))))
    return found


def _features(file: Path, text: str, columns: Sequence[str]) -> list[Row]:
    try:
        given: Any = json.loads(text)
        features = given["features"]
        found = []
        for number, feature in enumerate(features, start=1):
            cells = {name: str(value) for name, value in feature["properties"].items() if value is not None}
            geometry = feature.get("geometry")
            if geometry is not None:
                cells["boundary"] = json.dumps(geometry)
            found.append(Row(number, {name: cells[name] for name in columns if name in cells}))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        usage(f"{file}: expected a GeoJSON FeatureCollection whose features have properties")
    return found


def told(found: Import, count: int, *, dry_run: bool, as_json: bool) -> None:
    """Say what was recorded, or would be; every bad row with its number, its column and the rule.

    Raises:
        Stop: a row is bad, and nothing was recorded.
    """
    changed = sum(bool(one.pending_events) for one in found.changed) if dry_run else count
    verb = "would change" if dry_run else "changed"
    lines = [f"{len(found.changed) + len(found.bad)} rows, {changed} {verb}", *map(_line, found.bad)]
    answer(
        {
            "rows": len(found.changed) + len(found.bad),
            "changed": changed,
            "dry_run": dry_run,
            "bad": [
                {
                    "row": bad.number,
                    "column": bad.column,
                    "vi": bad.refusal.vi,
                    "en": bad.refusal.en,
                    "rule": bad.refusal.rule,
                }
                for bad in found.bad
            ],
        },
        as_json=as_json,
        text="\n".join(lines),
    )
    if found.bad:
        raise Stop(f"{len(found.bad)} rows are bad: nothing was recorded", NO)


def _line(bad: BadRow) -> str:
    rule = f" [{bad.refusal.rule}]" if bad.refusal.rule else ""
    return f"row {bad.number}, {bad.column}: {bad.refusal}{rule}"
