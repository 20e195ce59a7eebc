"""`minhchung units cease`: a unit ends by a document, and names its successor."""

import json

import pytest
import typer
from typer.testing import CliRunner

from cli import units
from cli.console import NO, Stop
from domain.unit import Unit
from tests.support import api
from tests.support.api import Installation
from tests.support.mutations import nothing_recorded

founded, shared_installation, installation = api.founded, api.shared_installation, api.installation


def cease(of: Installation, *arguments: str) -> tuple[int, str, str]:
    """The exit status, what it printed, and the line for the person."""
    app = typer.Typer()
    units.register(app)
    environment = {"DATABASE_URL": of.endpoints.database_url, "MINHCHUNG_KEYS": str(of.endpoints.keys)}
    result = CliRunner().invoke(app, ["units", "cease", *arguments], env=environment)
    stopped = result.exception if isinstance(result.exception, Stop) else None
    return stopped.status if stopped else result.exit_code, result.stdout, str(stopped or "")


@pytest.mark.parametrize("code", ["NOBODY", "", "' OR 1=1 --"])
def test_unknown(installation: Installation, code: str) -> None:
    """A code of no unit is refused in one line."""
    with nothing_recorded(installation):
        status, _, message = cease(installation, code, "--document", "16/QĐ-UBND")
    assert (status, message.startswith("units: Không có đơn vị")) == (NO, True)


def test_by_an_unknown_successor(installation: Installation) -> None:
    """A successor that is none ends nothing."""
    with nothing_recorded(installation):
        status, _, message = cease(installation, "TTR", "--document", "16/QĐ-UBND", "--successor", "NOBODY")
    assert (status, message.startswith("units: Không có đơn vị")) == (NO, True)


def test_cease(installation: Installation) -> None:
    """It is on record when the unit ended, and who follows it."""
    with_code = f"X-{installation.head()}"
    from cli.wiring import at_the_machine
    from domain.envelope import acting

    with acting(at_the_machine()):
        installation.operator.record(
            Unit(code=with_code, name="Đơn vị cũ", kind="OTHER_BODY", area_path="quang-binh/dong-hoi")
        )
    status, printed, _ = cease(
        installation,
        with_code,
        "--document",
        "16/QĐ-UBND",
        "--successor",
        "TTR",
        "--from",
        "2026-01-01",
        "--json",
    )
    answered = json.loads(printed.splitlines()[-1])
    assert (status, answered["successor"]) == (0, "TTR")
    unit = installation.operator.find(Unit, Unit.create_id(with_code))
    assert (unit.successor_code, str(unit.ceased_at)) == ("TTR", "2026-01-01 00:00:00+07:00")
