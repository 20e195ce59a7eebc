"""`minhchung rules` shows a rulebook, compares it at two dates and checks it."""

import json
import shutil
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from cli import rules
from cli.console import NO, USAGE, Stop
from policies import rulebook as policies
from policies.rulebook import PROFILES, load

HERE = Path(__file__).parent
FOLDER = Path(policies.__file__).parent


@cache
def app() -> typer.Typer:
    """Return the subcommand."""
    made = typer.Typer()
    made.callback()(lambda: None)  # one subcommand alone would be the command itself
    rules.register(made)
    return made


def asked(*arguments: str) -> tuple[int, str, str]:
    """Return the status, what was printed, and the line for the person."""
    result = CliRunner().invoke(app(), ["rules", *arguments])
    stopped = result.exception if isinstance(result.exception, Stop) else None
    if result.exception and not stopped and not isinstance(result.exception, SystemExit):
        raise result.exception
    return stopped.status if stopped else result.exit_code, result.stdout, str(stopped or "")


def answered(*arguments: str) -> tuple[int, Any]:
    """Return the status and the one line of JSON."""
    status, printed, _ = asked(*arguments, "--json")
    return status, json.loads(printed)


def changed(profile: str, before: str, after: str) -> dict[str, dict[str, Any]]:
    """Return what differs between two days, by name."""
    status, answer = answered("diff", profile, "--from", before, "--to", after)
    assert status == 0
    return {change["name"]: change for change in answer["changes"]}


def names(found: Iterable[str], start: str) -> list[str]:
    """Return the names that begin so."""
    return sorted(name for name in found if name.startswith(start))


@pytest.mark.parametrize("profile", PROFILES)
def test_show(profile: str) -> None:
    """Every value is shown with rules there are, and what the regulation does not set is named."""
    status, answer = answered("show", profile)
    rulebook = load(profile)
    assert (status, answer["version"]) == (0, rulebook.version)
    shown = {value["name"]: value for value in answer["values"]}
    assert len(shown) == len(answer["values"])
    for value in answer["values"]:
        assert set(value["rules"]) <= rulebook.rules.keys()
    for part in ("settings.", "fines.", "ceilings.", "deadlines.", "ambiguities."):
        assert names(shown, part), part
    assert {one["name"] for one in answer["not_set"]} == rulebook.says.silent.keys()


def test_show_by_date() -> None:
    """What is shown is what is in force on the day asked for."""
    before = {
        value["name"]: value for value in answered("show", "dong-hoi", "--at", "2024-12-31")[1]["values"]
    }
    after = {
        value["name"]: value for value in answered("show", "dong-hoi", "--at", "2025-01-01")[1]["values"]
    }
    assert before["fines.RED_LIGHT.CAR"]["value"].startswith(
        "5.5.a: 4,000,000 to 6,000,000 VND; licence suspended"
    )
    assert after["fines.RED_LIGHT.CAR"]["value"] == "6.9.b: 18,000,000 to 20,000,000 VND; 4 points"
    assert "[RECALLED]" in before["fines.RED_LIGHT.CAR"]["why"]
    assert after["fines.RED_LIGHT.CAR"]["from"] == "2025-01-01"


def test_show_for_a_person() -> None:
    """A person reads the value, its dates and its citation, and that a choice is not law."""
    status, printed, _ = asked("show", "quang-tri")
    lines = printed.splitlines()
    assert status == 0
    assert lines[0] == f"{load('quang-tri').version} on 2026-07-01"
    assert (
        "accounts.password = min_length: 8, kinds: upper, lower, digit, special "
        "[R-QT-10.4.b: 1689/QĐ-UBND (Quảng Trị), Đ10.4 (số điều suy ra)]"
    ) in lines
    assert "not set by this regulation: face_recognition: Nhận diện khuôn mặt · Face recognition" in lines
    review = next(line for line in lines if line.startswith("accounts.review_interval_days"))
    assert review == "accounts.review_interval_days = 180 [not set by this regulation; settles C21]"


def test_show_of_yen_bai_says_what_is_not_known() -> None:
    """A regulation known from the press shows that its first day is not stated."""
    shown = {value["name"]: value for value in answered("show", "yen-bai")[1]["values"]}
    assert shown["effective_from"]["value"] == "2022-01-01"
    assert shown["effective_from"]["rules"] == []
    assert shown["effective_from"]["why"].startswith(
        "not set by this regulation; Tin báo chí chỉ nêu sáng 17/02"
    )


def test_diff_of_2025() -> None:
    """On 1 January 2025 fines, ceilings and the notice changed by Decree 168 and Circular 73."""
    found = changed("dong-hoi", "2024-12-31", "2025-01-01")
    assert found["fines.RED_LIGHT.CAR"]["by"] == ["NĐ 168/2024/NĐ-CP"]
    assert found["fines.RED_LIGHT.CAR"]["before"]["rules"] == ["R-VN-ND123-2"]
    assert found["ceilings.COMMUNE_POLICE_CHIEF"]["before"] is None
    assert found["deadlines.OWNER_NOTICE"]["by"] == ["TT 73/2024/TT-BCA"]
    assert found["settings.inspection_flags"]["by"] == ["NĐ 168/2024/NĐ-CP"]
    assert found["national_instruments.TT 32/2023/TT-BCA"]["after"] is None
    assert not names(found, "access.")


def test_diff_of_may_2025() -> None:
    """On 2 May 2025 only the record without a device changed, by Decree 68; that by device stays at the stricter 3."""
    found = changed("dong-hoi", "2025-05-01", "2025-05-02")
    assert sorted(found) == [
        "deadlines.DRAW_RECORD_WITNESSED.NORMAL",
        "national_instruments.NĐ 68/2025/NĐ-CP",
    ]
    witnessed = found["deadlines.DRAW_RECORD_WITNESSED.NORMAL"]
    assert (witnessed["before"]["value"][:1], witnessed["after"]["value"][:1]) == ("2", "3")
    assert witnessed["by"] == ["NĐ 68/2025/NĐ-CP"]


@pytest.mark.rule("R-DH-18.0.0")
def test_diff_of_2026() -> None:
    """On 1 April 2026 verification and the record changed by Decree 61, in Đồng Hới too, which follows the change."""
    found = changed("dong-hoi", "2026-03-31", "2026-04-01")
    assert names(found, "deadlines.") == [
        "deadlines.DRAW_RECORD",
        "deadlines.VERIFY.COMPLEX",
        "deadlines.VERIFY.NORMAL",
    ]
    assert {tuple(found[name]["by"]) for name in names(found, "deadlines.")} == {("NĐ 61/2026/NĐ-CP",)}
    assert found["deadlines.VERIFY.NORMAL"]["after"]["rules"] == ["R-DH-11.3.b3"]
    quang_tri = changed("quang-tri", "2026-03-31", "2026-04-01")
    assert quang_tri["deadlines.VERIFY.NORMAL"]["after"]["rules"] == ["R-VN-ND61-21.1"]


def test_diff_of_july_2026() -> None:
    """On 1 July 2026 the ceilings changed by Decree 238, and nothing else."""
    found = changed("dong-hoi", "2026-06-30", "2026-07-01")
    assert len(names(found, "ceilings.")) == 7
    assert {tuple(change["by"]) for change in found.values()} == {("NĐ 238/2026/NĐ-CP",)}
    assert len(found) == 8


def test_diff_of_the_districts() -> None:
    """On 1 March 2025 the district police end in Quảng Trị, by Circular 13."""
    found = changed("quang-tri", "2025-02-28", "2025-03-01")
    assert found["unit_kinds.DISTRICT_POLICE"]["after"] is None
    assert found["unit_kinds.DISTRICT_POLICE"]["by"] == ["TT 13/2025/TT-BCA"]


def test_nothing_differs() -> None:
    """Between two days without a change nothing is listed."""
    status, printed, _ = asked("diff", "dien-bien", "--from", "2026-07-01", "--to", "2026-12-31")
    assert (status, printed) == (0, "dien-bien: nothing differs between 2026-07-01 and 2026-12-31\n")


def test_not_yet_in_force() -> None:
    """A day before the regulation is answered no."""
    reason = "quang-tri is in force from 2023-08-02, not yet on 2023-08-01"
    assert answered("show", "quang-tri", "--at", "2023-08-01") == (NO, {"in_force": False, "reason": reason})
    status, answer = answered("diff", "quang-tri", "--from", "2023-08-01", "--to", "2024-01-01")
    assert (status, answer["reason"]) == (NO, reason)


@pytest.mark.parametrize(
    "arguments,message",
    [
        (("show", "hue"), "unknown profile 'hue': expected one of national, dong-hoi"),
        (("show", "dong-hoi", "--at", "someday"), "--at 'someday': expected a date such as 2026-04-01"),
        (
            ("diff", "dong-hoi", "--from", "2025-04-31", "--to", "2026-01-01"),
            "--from '2025-04-31': expected a date",
        ),
        (
            ("diff", "dong-hoi", "--from", "2026-01-01", "--to", "2025-01-01"),
            "--to 2025-01-01: expected a day on or after --from 2026-01-01",
        ),
        (("check", "hue"), "hue: expected one of national, dien-bien, dong-hoi, quang-tri, yen-bai"),
        (("check", "--folder", str(HERE)), "expected folders with a rulebook.yaml"),
    ],
)
def test_unreadable(arguments: tuple[str, ...], message: str) -> None:
    """What cannot be read is refused with what was expected."""
    status, printed, said = asked(*arguments)
    assert (status, printed) == (USAGE, "")
    assert message in said


def test_check_installed() -> None:
    """The rulebooks that are installed are sound, and the calendar is that of the installed package."""
    assert answered("check") == (0, {"valid": True, "problems": [], "calendar": []})
    assert asked("check", "yen-bai")[:2] == (0, "valid\n")


def test_check_of_a_folder(tmp_path: Path) -> None:
    """Every mistake in a folder is one line, and the status says no."""
    root = tmp_path / "policies"
    shutil.copytree(FOLDER, root, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    for name, old, new in (
        ("deadlines.csv", "detection,5,", "detection,0,"),
        ("access.csv", ",yes,", ",maybe,"),
    ):
        path = root / "dong_hoi" / name
        path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    status, answer = answered("check", "--folder", str(root))
    assert (status, answer["valid"], len(answer["problems"])) == (NO, False, 2)
    status, printed, _ = asked("check", "dong-hoi", "--folder", str(root))
    assert (status, printed.splitlines()) == (NO, answer["problems"])
    assert answered("check", "dien-bien", "--folder", str(root))[0] == 0


def test_check_of_the_calendar(tmp_path: Path) -> None:
    """A day on which the installed package differs from ours is reported; ours stays in force."""
    root = tmp_path / "policies"
    shutil.copytree(FOLDER, root, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    path = root / "national" / "computed.csv"
    rows = path.read_text(encoding="utf-8").splitlines(keepends=True)
    without = [row for row in rows if not row.startswith("2031-05-01")]
    assert len(without) == len(rows) - 1
    path.write_text("".join(without) + "2031-07-07,OFF,Ngày bịa,x\n", encoding="utf-8")
    status, answer = answered("check", "national", "--folder", str(root))
    assert (status, answer["valid"]) == (0, True)
    assert answer["calendar"] == [
        "2031-05-01: pinned as a working day or weekend, the installed holidays package says OFF",
        "2031-07-07: pinned as OFF, the installed holidays package says a working day or weekend",
    ]
