"""Trees that an operator hands in as tables, and what is said of the bad rows."""

from collections.abc import Sequence
from pathlib import Path

from cli.console import NO, Stop, answer, usage
from cli.tabular import UNREAD, read
from domain.commands.tree import NEEDED, BadRow, Import, Row


def rows_of(file: Path, columns: Sequence[str], *, drawn: str | None = None) -> list[Row]:
    """Read the rows of a file with these columns, CSV or GeoJSON, whose features are *drawn* in one of them.

    Raises:
        Stop: it cannot be read, or says something else.
    """
    rows = read(file, columns, columns[:NEEDED], drawn=drawn)
    for row in rows:
        if row.ragged:
            usage(f"{file}, row {row.number}: as many cells as there are columns are expected")
        if any(UNREAD in cell for cell in row.cells.values()):
            usage(f"{file}, row {row.number}: UTF-8 is expected: save the file as «CSV UTF-8»")
    return [Row(row.number, row.cells) for row in rows]


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
