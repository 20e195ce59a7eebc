"""What was released of the schema stays: clients that were written against it go on working."""

import json
from pathlib import Path

import pytest
from graphql import build_schema, find_breaking_changes

ROOT = Path(__file__).parents[2]
AUDIT = ROOT / "tests" / "audit"
RELEASED = (AUDIT / "schema.released.graphql").read_text(encoding="utf-8")


def broken(current: str) -> list[str]:
    """What of the last release a schema breaks."""
    return [
        change.description for change in find_breaking_changes(build_schema(RELEASED), build_schema(current))
    ]


def test_nothing_is_broken() -> None:
    """No field goes and none narrows, but where `schema.accepted.json` says under its path why it may."""
    accepted = json.loads((AUDIT / "schema.accepted.json").read_text(encoding="utf-8"))
    found = broken((ROOT / "schema.graphql").read_text(encoding="utf-8"))
    assert [
        line for line in found if not any(all(part in line for part in path.split(".")) for path in accepted)
    ] == []
    assert all(isinstance(why, str) and len(why.split()) > 3 for why in accepted.values())


@pytest.mark.parametrize(
    "before, after, found",
    [
        ("  caseChanged(", "  changed(", "Subscription.caseChanged was removed."),
        ("  totalCount: Int!", "  totalCount: Int", "totalCount changed type from Int! to Int."),
        ("  plate: String!", "  plate: Int!", "ApproveCaseInput.plate changed type from String! to Int!."),
        ("  CONCLUDED\n", "", "CONCLUDED was removed"),
    ],
)
def test_a_break_is_noticed(before: str, after: str, found: str) -> None:
    """The comparison sees what it is there to see."""
    assert broken(RELEASED) == []
    assert found in " ".join(broken(RELEASED.replace(before, after)))
