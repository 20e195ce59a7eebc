"""A rulebook with mistakes is refused whole, with all of them: each names its file, its row or line, and its field."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from policies import rulebook as policies
from policies.rulebook import PROFILES, RulebookInvalid, read

FOLDER = Path(policies.__file__).parent
Edit = Callable[[str], str]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a copy of all policies."""
    to = tmp_path / "policies"
    shutil.copytree(FOLDER, to, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return to


def edited(path: Path, edit: Edit) -> None:
    """Change a file."""
    path.write_text(edit(path.read_text(encoding="utf-8")), encoding="utf-8")


def instead(old: str, new: str) -> Edit:
    """Return an edit that replaces *old*, which must be there, once."""

    def edit(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return edit


def added(row: str) -> Edit:
    """Return an edit that adds a row at the end."""
    return lambda text: f"{text}{row}\n"


def refused(profile: str, root: Path) -> tuple[str, ...]:
    """Return what is wrong with a profile."""
    with pytest.raises(RulebookInvalid) as error:
        read(profile, root)
    assert str(error.value).splitlines() == list(error.value.problems)
    return error.value.problems


MISTAKES = {
    "unknown kind of unit in a fact": (
        "quang_tri/rulebook.yaml",
        instead("  DISTRICT_POLICE: [police-law]", "  VILLAGE_POLICE: [police-law]"),
        r"quang_tri/rulebook.yaml, line \d+: facts: expected one of .*, got 'VILLAGE_POLICE'",
    ),
    "unknown kind of unit that signs": (
        "quang_tri/signers.csv",
        instead("DISTRICT_POLICE,no", "VILLAGE_POLICE,no"),
        "signers.csv, row 6: unit_kind: expected one of",
    ),
    "unknown function of a unit": (
        "quang_tri/rulebook.yaml",
        instead(
            "{unit_kind: OTHER_FORCE, roles: [HANDLER, LEADER]}", "{unit_kind: OTHER_FORCE, roles: [KING]}"
        ),
        r"quang_tri/rulebook.yaml, line \d+: accounts.roles.of.roles: expected one of .*, got 'KING'",
    ),
    "way to an account out of order": (
        "quang_tri/rulebook.yaml",
        instead(
            "        - {step: APPROVE, rule: R-QT-5.6.0}\n        - {step: ISSUE, rule: R-QT-10.4.a}",
            "        - {step: ISSUE, rule: R-QT-10.4.a}\n        - {step: APPROVE, rule: R-QT-5.6.0}",
        ),
        r"quang_tri/rulebook.yaml, line \d+: accounts.ways.0: steps: expected in the order NOMINATE, APPROVE",
    ),
    "step to an account that nobody takes": (
        "dong_hoi/rulebook.yaml",
        instead(
            "own_unit: false, unit_kinds: [OPERATIONS_CENTRE], rule: R-DHV-1.2.0",
            "own_unit: false, rule: R-DHV-1.2.0",
        ),
        r"dong_hoi/rulebook.yaml, line \d+: accounts.ways.0.steps.1: expected somebody who takes it",
    ),
    "unknown title": (
        "quang_tri/signers.csv",
        instead("CITY_POLICE_CHIEF", "MAYOR"),
        "signers.csv, row 5: title: expected one of .*, got 'MAYOR'",
    ),
    "unknown need": (
        "quang_tri/rulebook.yaml",
        instead("[own-field, inspectors,", "[own-feild, inspectors,"),
        "facts.TRANSPORT_DEPARTMENT: expected one of .*, got 'own-feild'",
    ),
    "unknown successor": (
        "quang_tri/rulebook.yaml",
        instead("successor: PROVINCIAL_POLICE", "successor: NOBODY"),
        r"line 21: unit_kinds.DISTRICT_POLICE.successor: expected one of",
    ),
    "unknown action of a step": (
        "quang_tri/rulebook.yaml",
        instead("action: case.conclude", "action: case.hide"),
        r"case_steps.action: expected one of the \d+ defined, got 'case.hide'",
    ),
    "unknown approver": (
        "dong_hoi/rulebook.yaml",
        instead("approver: CITY_POLICE", "approver: MAYOR"),
        "extraction.approvers.approver: expected one of",
    ),
    "domain outside the regulation": (
        "dong_hoi/rulebook.yaml",
        instead("{domains: [TRAFFIC]", "{domains: [WEATHER]"),
        "publication.catalogue.domains: expected one of SECURITY, TRAFFIC, got 'WEATHER'",
    ),
    "unit under itself": (
        "quang_tri/rulebook.yaml",
        instead(
            'with its Traffic Police Division", rule: R-QT-8.2.a}',
            'with its Traffic Police Division", rule: R-QT-8.2.a, parent: DISTRICT_POLICE}',
        ),
        "unit_kinds.DISTRICT_POLICE.parent: expected no circle, DISTRICT_POLICE leads back to itself",
    ),
    "successor of its own": (
        "quang_tri/rulebook.yaml",
        instead("successor: PROVINCIAL_POLICE", "successor: DISTRICT_POLICE"),
        "unit_kinds.DISTRICT_POLICE.successor: expected no circle",
    ),
    "actions decided as each other": (
        "actions.csv",
        instead("case.discard,case.approve,", "case.discard,case.notify,\ncase.undo,case.undo,"),
        r"actions.csv, row \d+: decided_as: expected no circle, case.undo leads back to itself",
    ),
    "decided as one that is itself decided as another": (
        "actions.csv",
        instead("case.discard,case.approve,", "case.discard,case.notify,"),
        r"actions.csv, row \d+: decided_as: expected one of .*, got 'case.notify'",
    ),
    "setting with overlapping dates": (
        "quang_tri/rulebook.yaml",
        instead("      to: 2024-12-31\n", "      to: 2025-12-31\n"),
        r"line \d+: settings.inspection_flags: from: expected after the value in force from 2023-09-15",
    ),
    "setting that ends before it begins": (
        "quang_tri/rulebook.yaml",
        instead("      to: 2024-12-31\n", "      to: 2022-12-31\n"),
        "inspection_flags.1: expected `to` on or after `from` 2023-09-15, got 2022-12-31",
    ),
    "setting with a gap": (
        "quang_tri/rulebook.yaml",
        instead("      to: 2024-12-31\n", "      to: 2024-11-30\n"),
        "settings.inspection_flags: from: expected 2024-12-01, so that there is a value on every day",
    ),
    "setting that begins late": (
        "quang_tri/rulebook.yaml",
        instead("rule: R-VN-ND118-12.3, settles: C17}", "rule: R-VN-ND118-12.3, from: 2024-01-01}"),
        "settings.duplicate_window_s: from: expected none for the first value",
    ),
    "setting that runs out": (
        "quang_tri/rulebook.yaml",
        instead("rule: R-VN-ND118-12.3, settles: C17}", "rule: R-VN-ND118-12.3, to: 2024-01-01}"),
        "settings.duplicate_window_s: to: expected none for the last value, got 2024-01-01",
    ),
    "fines in force at once": (
        "national/fines.csv",
        instead("2025-01-01,,R-VN-ND168-6,NĐ 168/2024 Đ6.9.b", "2024-01-01,,R-VN-ND168-6,NĐ 168/2024 Đ6.9.b"),
        r"fines.csv, row \d+: from: expected after the value in force from 2024-01-01",
    ),
    "ceilings in force at once": (
        "national/ceilings.csv",
        instead("OFFICER,500000,VND,2025-01-01,2026-06-30", "OFFICER,500000,VND,2025-01-01,2026-07-31"),
        r"ceilings.csv, row \d+: from: expected after the value in force from 2025-01-01",
    ),
    "fine upside down": (
        "national/fines.csv",
        instead("18000000,20000000", "20000000,18000000"),
        "fines.csv, row 2: minimum: expected at most the maximum 18000000, got 20000000",
    ),
    "fine in dollars": (
        "national/fines.csv",
        instead("20000000,VND", "20000000,USD"),
        "fines.csv, row 2: currency: expected 'VND', got 'USD'",
    ),
    "ceiling in another unit": (
        "national/ceilings.csv",
        instead("500000,VND", "500,nghìn đồng"),
        "ceilings.csv, row 2: currency: expected 'VND', got 'nghìn đồng'",
    ),
    "ceiling of an unknown title": (
        "national/ceilings.csv",
        instead("OFFICER,500000", "GUARD,500000"),
        "ceilings.csv, row 2: title: expected one of",
    ),
    "mark of no kind": (
        "national/ceilings.csv",
        instead("CONFIRMED", "HEARSAY"),
        "ceilings.csv, row 2: mark: expected 'CONFIRMED', 'CONFIRMED-2' or 'RECALLED', got 'HEARSAY'",
    ),
    "day off twice": (
        "national/calendar.csv",
        added("2022-01-03,OFF,nghỉ,x"),
        "calendar.csv, row 66: date: expected once, 2022-01-03 is repeated",
    ),
    "make-up day on a weekday": (
        "national/calendar.csv",
        instead("2024-05-04,MAKEUP", "2024-05-06,MAKEUP"),
        "calendar.csv, row 34: kind: expected MAKEUP on a weekend.*2024-05-06 is Monday",
    ),
    "31 April": (
        "national/calendar.csv",
        instead("2024-04-30", "2024-04-31"),
        "calendar.csv, row 32: date: .*, got '2024-04-31'",
    ),
    "31 April in YAML": (
        "quang_tri/rulebook.yaml",
        instead("effective_from: {date: 2023-08-02", "effective_from: {date: 2023-04-31"),
        "rulebook.yaml, line 7: effective_from.date: .*, got '2023-04-31'",
    ),
    "computed day of a published year": (
        "national/computed.csv",
        added("2024-12-31,OFF,nghỉ,x"),
        r"computed.csv, row \d+: date: expected a year without a published schedule, got 2024-12-31",
    ),
    "rule without a citation": (
        "quang_tri/rules.csv",
        instead('"1689/QĐ-UBND (Quảng Trị), Điều 2"', ""),
        "quang_tri/rules.csv, row 2: citation: expected a value",
    ),
    "deadline without a citation": (
        "dien_bien/deadlines.csv",
        instead("DB 25/2024 Đ7.5", ""),
        "dien_bien/deadlines.csv, row 2: citation: expected a value",
    ),
    "setting without a citation": (
        "quang_tri/rulebook.yaml",
        instead("{value: 600, rule: R-VN-ND118-12.3, settles: C17}", "{value: 600}"),
        r"line \d+: settings.duplicate_window_s.0: expected a citation: the `rule`, the ambiguity it `settles`",
    ),
    "kind of unit without a rule": (
        "quang_tri/rulebook.yaml",
        instead(", rule: R-QT-13.1.a}", "}"),
        "unit_kinds.TRANSPORT_DEPARTMENT.rule: expected a value",
    ),
    "start that nobody states": (
        "yen_bai/rulebook.yaml",
        instead("stated: false", "stated: true"),
        "effective_from: expected a citation: the `rule` that states the day, or `stated: false`",
    ),
    "start not stated and not explained": (
        "dien_bien/rulebook.yaml",
        instead("{date: 2024-07-10, rule: R-DB-QD.2.0}", "{date: 2024-07-10, stated: false}"),
        "effective_from: expected a `reading`",
    ),
    "rule that nobody wrote": (
        "quang_tri/rulebook.yaml",
        instead("rule: R-QT-12.4.b}", "rule: R-QT-99.9.z}"),
        r"line \d+: case_steps.rule: expected one of the \d+ defined, got 'R-QT-99.9.z'",
    ),
    "ambiguity that nobody named": (
        "quang_tri/rulebook.yaml",
        instead("settles: C28", "settles: C99"),
        "settings.record_start.settles: expected one of the 31 defined, got 'C99'",
    ),
    "switch of no known value": (
        "quang_tri/rulebook.yaml",
        instead("value: ACCEPTANCE", "value: WHENEVER"),
        "settings.verify_start.0.value: expected 'RECEIPT' or 'ACCEPTANCE', got 'WHENEVER'",
    ),
    "field of no known name": (
        "quang_tri/rulebook.yaml",
        instead("operating_units:", "operating_unit:"),
        r"line 33: operating_unit: expected no such field",
    ),
    "key twice": (
        "quang_tri/rulebook.yaml",
        instead("code: QT\n", "code: QT\ncode: QT\n"),
        "rulebook.yaml, line 4: expected a readable YAML file in UTF-8: code: expected once, it is repeated",
    ),
    "alias": (
        "quang_tri/rulebook.yaml",
        instead("code: QT\n", "code: &code QT\nprefix: *code\n"),
        "rulebook.yaml, line 4: expected a readable YAML file in UTF-8: expected no alias",
    ),
    "function of no known action": (
        "roles.csv",
        instead("HANDLER,camera.ptz", "HANDLER,camera.steal"),
        r"roles.csv, row \d+: action: expected one of the \d+ defined, got 'camera.steal'",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_one_mistake(mistake: str, root: Path) -> None:
    """One mistake is one line, of the file, the row or line and the field."""
    name, edit, expected = MISTAKES[mistake]
    edited(root / name, edit)
    profile = name.split("/")[0].replace("_", "-") if "/" in name else "quang-tri"
    problems = refused(profile if profile != "national" else "quang-tri", root)
    assert [line for line in problems if re.search(expected, line)], problems
    assert all(re.match(r"[a-z_]+/[a-z]+\.(csv|yaml), (row|line) \d+: ", line) for line in problems)


def test_every_mistake_at_once(root: Path) -> None:
    """All mistakes of all files are listed together, and nothing of the rulebook is loaded."""
    for name, edit in (
        ("quang_tri/access.csv", instead("DISTRICT_POLICE", "VILLAGE_POLICE")),
        ("quang_tri/access.csv", instead(",yes,,", ",maybe,,")),
        ("quang_tri/rulebook.yaml", instead("code: QT", "code: qt")),
        ("quang_tri/rulebook.yaml", instead("rule: R-QT-12.4.b}", "rule: R-QT-99.9.z}")),
        (
            "quang_tri/rulebook.yaml",
            instead("{value: 600, rule: R-VN-ND118-12.3, settles: C17}", "{value: 0}"),
        ),
        ("quang_tri/rulebook.yaml", instead("successor: PROVINCIAL_POLICE", "successor: DISTRICT_POLICE")),
        ("quang_tri/rules.csv", instead('"1689/QĐ-UBND (Quảng Trị), Điều 2"', "")),
        ("national/deadlines.csv", instead("2022-01-01,2026-03-31", "2022-01-01,")),
        ("national/fines.csv", instead("18000000,20000000", "20000000,18000000")),
        ("national/ceilings.csv", instead("500000,VND", "500000,USD")),
        ("national/calendar.csv", instead("2024-04-30", "2024-04-31")),
        ("actions.csv", instead("case.discard,case.approve,", "case.discard,case.discard,")),
    ):
        edited(root / name, edit)
    problems = refused("quang-tri", root)
    for file, part in (
        ("quang_tri/access.csv, row", "VILLAGE_POLICE"),
        ("quang_tri/access.csv, row", "maybe"),
        ("quang_tri/rulebook.yaml, line 3", "code"),
        ("quang_tri/rulebook.yaml, line", "R-QT-99.9.z"),
        ("quang_tri/rulebook.yaml, line", "duplicate_window_s"),
        ("quang_tri/rulebook.yaml, line", "expected no circle"),
        ("quang_tri/rules.csv, row 2", "citation: expected a value"),
        ("national/deadlines.csv, row", "expected after the value in force"),
        ("national/fines.csv, row 2", "minimum"),
        ("national/ceilings.csv, row 2", "USD"),
        ("national/calendar.csv, row", "2024-04-31"),
        ("policies/actions.csv, row", "expected no circle"),
    ):
        assert [line for line in problems if line.startswith(file) and part in line], (file, part, problems)
    assert len(problems) == 12, problems


@pytest.mark.parametrize("profile", PROFILES)
def test_file_that_is_not_there(profile: str, root: Path) -> None:
    """A table that is missing is named, and what only it defines is not complained of again."""
    folder = root / profile.replace("-", "_")
    (folder / "rules.csv").unlink()
    problems = refused(profile, root)
    assert problems[0].startswith(f"{folder.name}/rules.csv: expected a readable CSV file in UTF-8")


def test_file_that_nobody_reads(root: Path) -> None:
    """A table that is not read is a mistake, not a rule that is silently left out: fines are national."""
    shutil.copy(root / "national" / "fines.csv", root / "quang_tri" / "fines.csv")
    [problem] = refused("quang-tri", root)
    assert problem.startswith("quang_tri/fines.csv: expected no such file: only access.csv, deadlines.csv, ")
