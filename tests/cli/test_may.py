"""`minhchung may --account`: why somebody of the installation may or may not, answered as `explainAccess` does."""

import json
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from cli import demo, may
from cli.console import NO, USAGE, Stop
from tests.cli.test_replay import USER, environment
from tests.support import api
from tests.support.api import Installation
from tests.support.mutations import nothing_recorded

founded, shared_installation, installation = api.founded, api.shared_installation, api.installation


def run(of: Installation, *arguments: str) -> tuple[int, Any, str]:
    """The exit status, the answer, and the line for the person."""
    app = typer.Typer()
    may.register(app)
    app.callback()(lambda: None)
    result = CliRunner().invoke(app, ["may", *arguments, "--json"], env=environment(of))
    stopped = result.exception if isinstance(result.exception, Stop) else None
    said = json.loads(result.stdout.splitlines()[-1]) if result.stdout else None
    if result.exception and not stopped:
        raise result.exception
    return stopped.status if stopped else result.exit_code, said, str(stopped or "")


def test_yes_and_no(installation: Installation) -> None:
    """The answer names rule, needs, unit and function; a no ends with 1. That somebody asked is on record."""
    before = installation.head()
    view = ("--action", "camera.view", "--on", demo.CAMERA)
    status, said, _ = run(installation, "--account", "centre.approve", *view)
    assert (status, said["allowed"], said["unit_kind"], said["role"], said["state"]) == (
        0,
        True,
        "OPERATIONS_CENTRE",
        "APPROVER",
        "ACTIVE",
    )
    status, said, _ = run(installation, "--account", "centre.admin", *view)
    assert (status, said["allowed"], said["needs"]) == (NO, False, ["role"])
    assert said["reason"]["en"].startswith("The account's unit or function may not do camera.view (role)")
    assert installation.since(before) == ["reading:recorded"] * 2
    [first, _] = installation.operator.recorder.select_notifications(start=before + 1, limit=2)
    assert f'"by":"operator:{USER}"' in first.state.decode()


def test_no_such_action(installation: Installation) -> None:
    """What is no action is a mistake in the command, and no answer."""
    given = ("--account", "centre.admin", "--on", demo.CAMERA, "--action")
    status, said, line = run(installation, *given, "camera.views")
    assert (status, said) == (USAGE, None)
    assert "neither an action of the matrix" in line
    assert run(installation, *given, "approveCase")[0] == USAGE
    assert run(installation, *given, "retireCamera")[0] == 0


def test_by_a_grant(installation: Installation) -> None:
    """A grant that makes it so is named with its document, on a case by its number."""
    case = installation.detected()
    status, said, _ = run(installation, "--account", "auditor", "--action", "case.view", "--on", case.number)
    assert (status, said["grant"]["document"], said["state"]) == (0, demo.GRANT_DOCUMENT, "DETECTED")


@pytest.mark.parametrize(
    "arguments,message",
    [
        (("--account", "auditor", "--at", "2026-07-01"), "--at: 2026-07-01 is no past instant"),
        (("--account", "auditor", "--at", "2099-01-01T00:00:00Z"), "--at: 2099-01-01T00:00:00Z is no past"),
        (("--account", "auditor", "--purpose", "FUN"), "--purpose: FUN is none of AUDIT"),
        (
            ("--account", "auditor", "--unit", "CITY_POLICE"),
            "may: expected --profile and --unit, or --account",
        ),
        (("--unit", "CITY_POLICE"), "may: expected --profile and --unit, or --account"),
    ],
)
def test_what_cannot_be_read(installation: Installation, arguments: tuple[str, ...], message: str) -> None:
    """What cannot be read is told in one line, and nothing is recorded."""
    with nothing_recorded(installation):
        status, said, told = run(installation, *arguments, "--action", "case.view")
    assert (status, said) == (USAGE, None)
    assert told.startswith(message)


@pytest.mark.parametrize("missing", ["--account", "--on"])
def test_what_is_not_there(installation: Installation, missing: str) -> None:
    """An account, camera or case that is not there is told to be none."""
    given = {"--account": "auditor", "--on": demo.CAMERA} | {missing: "nobody"}
    with nothing_recorded(installation):
        status, said, told = run(
            installation, "--action", "camera.view", *(part for pair in given.items() for part in pair)
        )
    assert (status, said) == (NO, None)
    assert told.startswith("may: ")
