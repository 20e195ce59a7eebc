"""`minhchung replay`: every step of one noun, with its state before and after and the names of the time."""

import json
import os
import pwd
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import psycopg
import pytest
import typer
from typer.testing import CliRunner

from cli import replay
from cli.console import NO, USAGE, Stop
from domain.account import Account
from domain.camera import Camera
from domain.personal import Personal
from domain.reading import Reading
from domain.unit import Unit
from tests.support import api
from tests.support.api import POLICE, Installation
from tests.support.mutations import nothing_recorded
from tests.support.servers import as_superuser

founded, shared_installation, installation, apart = (
    api.founded,
    api.shared_installation,
    api.installation,
    api.apart,
)

ROOT = Path(__file__).parents[2]
USER = pwd.getpwuid(os.getuid()).pw_name
NO_INSTANT = "is no instant; expected RFC 3339 with an offset, such as 2026-07-01T08:00:00+07:00"
PURPOSES = "AUDIT, PATROL_CONTROL, SECURITY, TRAFFIC_DIRECTION, VIOLATION_HANDLING"
KEYS = ["position", "at", "recorded_at", "event", "by", "unit", "reason", "rule", "before", "after"]


def environment(of: Installation) -> dict[str, str]:
    """The variables by which a subcommand finds an installation."""
    return {"DATABASE_URL": of.endpoints.database_url, "MINHCHUNG_KEYS": str(of.endpoints.keys)}


def run(of: Installation, *arguments: str, **more: str) -> tuple[int, str, str]:
    """The exit status, what it printed, and the line for the person."""
    app = typer.Typer()
    replay.register(app)
    app.callback()(lambda: None)
    result = CliRunner().invoke(app, ["replay", *arguments], env={**environment(of), **more})
    stopped = result.exception if isinstance(result.exception, Stop) else None
    return stopped.status if stopped else result.exit_code, result.stdout, str(stopped or "")


def steps(of: Installation, *arguments: str) -> list[dict[str, Any]]:
    """The steps of a replay that finds something: the last line of its answer."""
    status, printed, message = run(of, *arguments, "--json")
    assert (status, message) == (0, "")
    found: list[dict[str, Any]] = json.loads(printed.splitlines()[-1])
    return found


class TestCase:
    """A case from its detection to its end."""

    def test_steps(self, installation: Installation) -> None:
        """Each step says who, for which unit, why and under which rule, and what it changed."""
        case = installation.case_in("NOTIFIED")
        found = steps(installation, "case", case.number)
        assert [list(step) for step in found] == [KEYS] * 6
        assert [(step["event"], step["by"], step["unit"], step["rule"]) for step in found] == [
            ("case:detected", "system:intake", "Trung tâm Giám sát điều hành", "R-DH-11.3.a1"),
            (
                "case:approved",
                "Nguyễn Văn An (centre.approve)",
                "Trung tâm Giám sát điều hành",
                "R-DHV-1.3.0",
            ),
            ("case:received", "Phạm Thị Dung (police.handle)", "Công an thành phố", "R-DHV-2.1.a"),
            (
                "case:verification-started",
                "Phạm Thị Dung (police.handle)",
                "Công an thành phố",
                "R-DH-11.3.b3",
            ),
            ("case:concluded", "Phạm Thị Dung (police.handle)", "Công an thành phố", "R-DH-11.3.b4"),
            ("case:result-notified", "Phạm Thị Dung (police.handle)", "Công an thành phố", "R-DH-11.3.b5"),
        ]
        assert found[0]["before"] is None
        assert all(one["after"] == next_one["before"] for one, next_one in pairwise(found))
        assert [step["after"]["state"] for step in found] == [
            "DETECTED",
            "APPROVED",
            "RECEIVED",
            "VERIFYING",
            "CONCLUDED",
            "CONCLUDED",
        ]
        assert [step["after"]["version"] for step in found] == [1, 2, 3, 4, 5, 6]
        assert [step["after"]["plate"] for step in found] == [None] + ["73A-123.45"] * 5
        assert {datetime.fromisoformat(step["at"]) for step in found[1:]} == {installation.now}
        positions = [step["position"] for step in found]
        assert positions == sorted(positions)
        assert all(len(position) == 16 for position in positions)

    def test_by_id(self, installation: Installation) -> None:
        """A case is found by its id as by its number."""
        case = installation.detected()
        assert steps(installation, "case", str(case.id)) == steps(installation, "case", case.number)

    def test_reason(self, installation: Installation) -> None:
        """A discarded case says why."""
        case = installation.case_in("DISCARDED")
        assert steps(installation, "case", case.number)[1]["reason"] == "FALSE_ALARM"

    def test_as_of(self, installation: Installation) -> None:
        """As of an instant there is what had been recorded by then, to the microsecond."""
        case = installation.case_in("VERIFYING")
        whole = steps(installation, "case", case.number)
        for n, step in enumerate(whole):
            at = datetime.fromisoformat(step["recorded_at"])
            assert steps(installation, "case", case.number, "--as-of", at.isoformat()) == whole[: n + 1]
            before = (at - timedelta(microseconds=1)).isoformat()
            if n:
                assert steps(installation, "case", case.number, "--as-of", before) == whole[:n]
            else:
                assert run(installation, "case", case.number, "--as-of", before)[0] == NO

    def test_names_of_the_time(self, installation: Installation) -> None:
        """Renaming a unit and a person changes nothing of what they had done."""
        case = installation.case_in("RECEIVED")
        before = steps(installation, "case", case.number)
        with installation.founding():
            unit = installation.operator.find(Unit, POLICE)
            unit.rename("Công an phường Đồng Hới")
            person = installation.operator.find(Account, Account.create_id("police.handle"))
            named = Personal.said(person.id, "Phạm Thị Dịu")
            person.trigger_event(Account.Renamed, full_name=named, document="9/QĐ-VP")
            for renamed in (unit, person):
                installation.operator.record(renamed)
        installation.project()
        installation.signed_in("police.handle").does("startVerification", case.id)
        after = steps(installation, "case", case.number)
        assert after[:3] == before
        assert (after[3]["by"], after[3]["unit"]) == (
            "Phạm Thị Dịu (police.handle)",
            "Công an phường Đồng Hới",
        )

    def test_for_people(self, installation: Installation) -> None:
        """Without --json each step is a few lines: when, what, who; under which rule; what changed."""
        case = installation.case_in("APPROVED")
        status, printed, _ = run(installation, "case", case.number)
        assert status == 0
        lines = printed.splitlines()
        start = next(n for n, line in enumerate(lines) if "case:approved" in line)
        assert lines[start].endswith(
            "case:approved  Nguyễn Văn An (centre.approve), Trung tâm Giám sát điều hành"
        )
        assert lines[start + 1] == "    R-DHV-1.3.0"
        assert "    state: APPROVED" in lines[start:]
        assert "    plate: 73A-123.45" in lines[start:]
        assert not any(line.startswith("    number:") for line in lines[start:])


class TestOthers:
    """Cameras, units and accounts by code or name."""

    def test_camera(self, installation: Installation) -> None:
        """A camera is found by its code, and shows its names."""
        with installation.founding():
            camera = installation.operator.find(Camera, Camera.create_id("DH-NT-01"))
            camera.rename("Nút giao Nam Lý")
            installation.operator.record(camera)
        found = steps(installation, "camera", "DH-NT-01")
        assert [(step["event"], step["by"], step["after"]["name"]) for step in found] == [
            ("camera:registered", "system:demo", "Ngã tư Nam Lý, hướng Bắc"),
            ("camera:renamed", "operator:test", "Nút giao Nam Lý"),
        ]

    def test_unit(self, installation: Installation) -> None:
        """A unit is found by its code."""
        [step] = steps(installation, "unit", "CATP")
        assert (step["event"], step["after"]["name"], step["after"]["kind"]) == (
            "unit:registered",
            "Công an thành phố",
            "CITY_POLICE",
        )

    def test_account(self, installation: Installation) -> None:
        """An account is found by its name; that a password was set is a step, and which is nowhere."""
        status, printed, _ = run(installation, "account", "auditor", "--json")
        found = json.loads(printed)
        assert status == 0
        assert [step["event"] for step in found] == [
            "account:opened",
            "account:granted",
            "account:password-set",
        ]
        after = found[-1]["after"]
        assert (after["name"], after["full_name"]) == ("auditor", "Đặng Văn Hải")
        assert [grant["action"] for grant in after["grants"]] == ["audit.replay"]
        assert installation.passwords["auditor"] not in printed


class TestRecord:
    """Looking is an act too."""

    def test_recorded(self, installation: Installation) -> None:
        """A replay leaves who looked, at what and why."""
        case = installation.detected()
        before = installation.head()
        steps(installation, "case", case.number, "--purpose", "SECURITY")
        assert installation.head() == before + 1
        reading = last_event(installation)
        assert isinstance(reading, Reading.Recorded)
        assert (reading.way, reading.noun, reading.ids, reading.purpose) == (
            "replay",
            "case",
            [case.id],
            "SECURITY",
        )
        assert (reading.envelope.by, reading.envelope.reason) == (f"operator:{USER}", "SECURITY")
        assert abs(reading.envelope.took_place_at - datetime.now(UTC)) < timedelta(minutes=1)

    def test_not_by_another_name(self, installation: Installation) -> None:
        """Who looks is who the kernel says, whatever the environment says."""
        case = installation.detected()
        names = dict.fromkeys(("LOGNAME", "USER", "LNAME", "USERNAME"), "somebody.else")
        assert run(installation, "case", case.number, **names)[0] == 0
        assert last_event(installation).envelope.by == f"operator:{USER}"

    def test_what_cannot_be_recorded_is_not_shown(self, apart: Installation, postgres: str) -> None:
        """If the record of the look fails, the look fails."""
        case = apart.detected()
        with psycopg.connect(as_superuser(apart.endpoints.database_url, postgres), autocommit=True) as conn:
            conn.execute("REVOKE INSERT ON events FROM minhchung_operator")
        status, printed, _ = run(apart, "case", case.number, "--json")
        assert (status, printed) == (1, "")


class TestRefused:
    """What cannot be shown ends in one line with a status, and is no look."""

    @pytest.mark.parametrize(
        "arguments, message",
        [
            (("case", "DH-2026-999999"), "replay: there is no case DH-2026-999999"),
            (("case", "' OR 1=1 --"), "replay: there is no case ' OR 1=1 --"),
            (("case", ""), "replay: there is no case "),
            (("camera", "XX"), "replay: there is no camera XX"),
            (("unit", "XX"), "replay: there is no unit XX"),
            (("account", "nobody"), "replay: there is no account nobody"),
            (("case", str(POLICE)), f"replay: there is no case {POLICE}"),
            (("account", str(POLICE)), f"replay: there is no account {POLICE}"),
            (("camera", str(POLICE)), f"replay: there is no camera {POLICE}"),
            (
                ("unit", "CATP", "--as-of", "2020-01-01T00:00:00+07:00"),
                "replay: there is no unit CATP as of 2020-01-01T00:00:00+07:00",
            ),
        ],
    )
    def test_absent(self, installation: Installation, arguments: tuple[str, ...], message: str) -> None:
        """What was never there is absent, with status 1, and so is what is something else."""
        with nothing_recorded(installation):
            assert run(installation, *arguments, "--json") == (NO, "", message)

    @pytest.mark.parametrize(
        "arguments, message",
        [
            (
                ("case", "x", "--as-of", "yesterday"),
                f"--as-of: yesterday {NO_INSTANT}",
            ),
            (
                ("case", "x", "--as-of", "2026-07-01T08:00:00"),
                f"--as-of: 2026-07-01T08:00:00 {NO_INSTANT}",
            ),
            (
                ("case", "x", "--purpose", "CURIOSITY"),
                f"--purpose: CURIOSITY is none of {PURPOSES}",
            ),
            (("person", "x"), "replay: person is none of case, camera, extraction, unit, account"),
        ],
    )
    def test_usage(self, installation: Installation, arguments: tuple[str, ...], message: str) -> None:
        """What cannot be read is refused with what was expected, with status 2."""
        with nothing_recorded(installation):
            assert run(installation, *arguments, "--json") == (USAGE, "", message)


def test_as_a_process(installation: Installation) -> None:
    """The command itself: the answer is the last line of stdout, mistakes are one line of stderr."""
    case = installation.case_in("APPROVED")

    def command(*arguments: str) -> tuple[int, str, str]:
        done = subprocess.run(
            [sys.executable, "-m", "cli.main", "replay", *arguments],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **environment(installation)},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return done.returncode, done.stdout, done.stderr

    status, printed, errors = command("case", case.number, "--json")
    assert (status, errors) == (0, "")
    assert [step["event"] for step in json.loads(printed.splitlines()[-1])] == [
        "case:detected",
        "case:approved",
    ]
    assert command("case", "DH-2026-999999") == (
        1,
        "",
        "minhchung: replay: there is no case DH-2026-999999\n",
    )


def last_event(installation: Installation) -> Any:
    """The event at the head of the log."""
    [stored] = installation.operator.recorder.select_notifications(start=installation.head(), limit=1)
    return installation.operator.mapper.to_domain_event(stored)
