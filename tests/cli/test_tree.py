"""`minhchung areas import`, `minhchung units import` and `export`: a tree comes in whole or not at all."""

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import typer
from typer.testing import CliRunner

from cli import areas, demo, units
from cli.console import NO, USAGE, Stop
from domain.area import Area
from domain.unit import Unit
from tests.support import api
from tests.support.api import Installation
from tests.support.mutations import nothing_recorded

founded, shared_installation, installation = api.founded, api.shared_installation, api.installation

RULE = "R-DH-3.10.0"
HEADING = "code,name,kind,area,parent,valid_from,document"


def run(of: Installation, *arguments: str) -> tuple[int, str, str]:
    """The exit status, what it printed, and the line for the person."""
    app = typer.Typer()
    areas.register(app)
    units.register(app)
    environment = {"DATABASE_URL": of.endpoints.database_url, "MINHCHUNG_KEYS": str(of.endpoints.keys)}
    result = CliRunner().invoke(app, [*arguments], env=environment)
    stopped = result.exception if isinstance(result.exception, Stop) else None
    assert stopped or not isinstance(result.exception, Exception), result.exception
    return stopped.status if stopped else result.exit_code, result.stdout, str(stopped or "")


def taken(of: Installation, noun: str, file: Path, *more: str) -> tuple[int, dict[str, Any]]:
    """Import a file; the exit status and the answer."""
    status, printed, _ = run(of, noun, "import", str(file), "--json", *more)
    return status, json.loads(printed.splitlines()[-1])


def _filled(text: str) -> str:
    """Lines of as many cells as the heading has."""
    width = HEADING.count(",")
    return "\n".join(line + ";" * (width - line.count(";")) for line in text.splitlines())


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file to hand in."""
    return tmp_path / "tree.csv"


@pytest.fixture
def x() -> str:
    """What tells the codes of this test from others."""
    return uuid4().hex[:6]


class TestUnits:
    """A tree of units from CSV."""

    def test_in_any_order(self, installation: Installation, file: Path, x: str) -> None:
        """Parents may stand after their parts; the same file again records nothing; what changed is changed."""
        lines = [
            HEADING,
            f"DOI-{x},Đội CSGT,TRAFFIC_POLICE_TEAM,{demo.CITY},CA-{x},2026-01-31,",
            "",
            f"CA-{x},Công an,CITY_POLICE,{demo.CITY},,2026-01-31T08:00:00+07:00,15/QĐ",
        ]
        file.write_text("\ufeff" + "\r\n".join(lines), encoding="utf-8")
        before = installation.head()
        assert taken(installation, "units", file, "--dry-run") == (
            0,
            {"rows": 2, "changed": 2, "dry_run": True, "bad": []},
        )
        assert installation.head() == before
        assert taken(installation, "units", file)[1]["changed"] == 2
        assert installation.since(before) == ["unit:registered"] * 2
        team = installation.operator.find(Unit, Unit.create_id(f"DOI-{x}"))
        assert (team.parent_unit_id, str(team.valid_from)) == (
            Unit.create_id(f"CA-{x}"),
            "2026-01-31 00:00:00+07:00",
        )
        with nothing_recorded(installation):
            assert taken(installation, "units", file)[1]["changed"] == 0
        lines[1] = f"DOI-{x},Đội CSGT mới,TRAFFIC_POLICE_TEAM,{demo.CITY}/nam-ly,CA-{x},,16/QĐ"
        file.write_text("\n".join(lines), encoding="utf-8")
        before = installation.head()
        assert taken(installation, "units", file)[1]["changed"] == 1
        assert installation.since(before) == ["unit:renamed", "unit:moved"]

    def test_bad_rows(self, installation: Installation, file: Path, x: str) -> None:
        """Every bad row is told with its number, column and rule, and nothing of the file is kept."""
        file.write_text(
            "\n".join(
                [
                    HEADING,
                    f"A-{x},Đơn vị A,OTHER_BODY,{demo.CITY},,,",
                    f"B-{x},Đơn vị B,STARFLEET,{demo.CITY},,,",
                    f"C-{x},Đơn vị C,OTHER_BODY,quang-binh/nowhere,,,",
                    f"D-{x},Đơn vị D,OTHER_BODY,{demo.CITY},NOBODY,,",
                    f"E-{x},Đơn vị E,OTHER_BODY,{demo.CITY},F-{x},,",
                    f"F-{x},Đơn vị F,OTHER_BODY,{demo.CITY},E-{x},,",
                    f"A-{x},Đơn vị A,OTHER_BODY,{demo.CITY},,,",
                    f"G-{x},Đơn vị G,OTHER_BODY,{demo.CITY},,31/01/2026,",
                    f"H-{x},,OTHER_BODY,{demo.CITY},,,",
                    f"I-{x},Đơn vị I,OTHER_BODY,{demo.CITY},B-{x},,",
                    f"J-{x},Đội J,TRAFFIC_POLICE_TEAM,{demo.CITY},TTGSDH,,",
                    f"CATP,Công an thành phố,OTHER_BODY,{demo.CITY},,,",
                ]
            ),
            encoding="utf-8",
        )
        expected = [
            (3, "kind"),
            (4, "area"),
            (5, "parent"),
            (6, "parent"),
            (7, "parent"),
            (8, "code"),
            (9, "valid_from"),
            (10, "name"),
            (12, "parent"),
            (13, "kind"),
        ]
        with nothing_recorded(installation):
            for more in ((), ("--dry-run",)):
                status, said = taken(installation, "units", file, *more)
                assert (status, [(bad["row"], bad["column"]) for bad in said["bad"]]) == (NO, expected)
                assert {bad["rule"] for bad in said["bad"]} == {RULE}
            status, printed, message = run(installation, "units", "import", str(file))
        assert "row 3, kind: kind: phải là một trong OPERATIONS_CENTRE" in printed
        assert (status, message) == (NO, "10 rows are bad: nothing was recorded")

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "code,name\nA,B",
            f"{HEADING},colour\n",
            "code,code,kind\n",
            f"{HEADING}\n1,2,3,4,5,6,7,8\n",
            '"x\n',
        ],
        ids=["empty", "short", "unknown", "double", "long row", "quote"],
    )
    def test_no_table(self, installation: Installation, file: Path, text: str) -> None:
        """What is no table of units is refused in one line."""
        file.write_text(text, encoding="utf-8")
        with nothing_recorded(installation):
            status, _, message = run(installation, "units", "import", str(file))
        assert (status, message.startswith(f"{file}")) == (USAGE, True)
        file.write_bytes(b"\xff\xfe\x00")
        assert run(installation, "units", "import", str(file))[0] == USAGE
        assert run(installation, "units", "import", f"{file}.none")[0] == USAGE

    def test_nothing_said(self, installation: Installation, file: Path, x: str) -> None:
        """Of a unit on record a missing column or an empty cell says that it is as it was; semicolons do."""
        text = f"A-{x};Tổ A;OTHER_BODY;{demo.CITY}\nB-{x};Tổ B;OTHER_BODY;{demo.CITY};A-{x}\n"
        file.write_text(f"{HEADING.replace(',', ';')}\n{_filled(text)}", encoding="utf-8")
        assert taken(installation, "units", file)[1]["changed"] == 2
        file.write_text(f"code\tname\tkind\nB-{x}\tTổ mới\tOTHER_BODY\n", encoding="utf-8")
        before = installation.head()
        assert taken(installation, "units", file)[1]["changed"] == 1
        assert installation.since(before) == ["unit:renamed"]
        unit = installation.operator.find(Unit, Unit.create_id(f"B-{x}"))
        assert unit.parent_unit_id == Unit.create_id(f"A-{x}")

    def test_ended(self, installation: Installation, file: Path, x: str) -> None:
        """The file of before is taken in again when some of it has ended: only what says something new is refused."""
        lines = [
            HEADING,
            f"A-{x},Tổ A,OTHER_BODY,{demo.CITY},,,1/QĐ",
            f"B-{x},=HYPERLINK(1),OTHER_BODY,{demo.CITY},A-{x},,1/QĐ",
        ]
        file.write_text("\n".join(lines), encoding="utf-8")
        taken(installation, "units", file)
        assert run(installation, "units", "cease", f"A-{x}", "--document", "9/QĐ")[0] == 0
        with nothing_recorded(installation):
            assert taken(installation, "units", file) == (
                0,
                {"rows": 2, "changed": 0, "dry_run": False, "bad": []},
            )
            exported = run(installation, "units", "export")[1]
            file.write_text(exported, encoding="utf-8")
            assert taken(installation, "units", file)[1]["changed"] == 0
            assert f"B-{x},'=HYPERLINK(1),OTHER_BODY,{demo.CITY},," in exported
            lines[1] = lines[1].replace("Tổ A", "Tổ khác")
            file.write_text("\n".join(lines), encoding="utf-8")
            status, said = taken(installation, "units", file)
        assert (status, [(bad["row"], bad["column"]) for bad in said["bad"]]) == (NO, [(2, "code")])

    def test_exported_and_imported(self, installation: Installation, file: Path) -> None:
        """What is exported is imported again without a change, and names every unit that stands."""
        status, printed, _ = run(installation, "units", "export")
        assert (status, printed.splitlines()[0]) == (0, "\ufeff" + HEADING)
        codes = {line.partition(",")[0] for line in printed.splitlines()[1:]}
        assert {code for code, *_ in demo.UNITS} <= codes
        file.write_text(printed, encoding="utf-8")
        with nothing_recorded(installation):
            status, said = taken(installation, "units", file)
        assert (status, said["changed"], said["bad"]) == (0, 0, [])


class TestAreas:
    """A tree of areas from CSV or GeoJSON."""

    def test_csv(self, installation: Installation, file: Path, x: str) -> None:
        """Areas come in below those that are known or in the file; another name renames."""
        text = f"path,name,kind\n{demo.CITY}/{x}/cho,Chợ,PLACE\n{demo.CITY}/{x},Phường {x},COMMUNE\n"
        file.write_text(text, encoding="utf-8")
        before = installation.head()
        assert taken(installation, "areas", file)[1]["changed"] == 2
        assert taken(installation, "areas", file)[1]["changed"] == 0
        file.write_text(text.replace("Chợ", "Chợ mới"), encoding="utf-8")
        assert taken(installation, "areas", file)[1]["changed"] == 1
        assert installation.since(before) == ["area:registered", "area:registered", "area:renamed"]

    def test_geojson(self, installation: Installation, tmp_path: Path, x: str) -> None:
        """A feature brings its boundary, and redraws it."""
        file = tmp_path / "areas.geojson"
        ring = [[106.6, 17.4], [106.7, 17.4], [106.7, 17.5], [106.6, 17.4]]
        feature = {
            "type": "Feature",
            "properties": {"path": f"{demo.CITY}/{x}", "name": "Phường", "kind": "COMMUNE", "colour": 3},
            "geometry": {"type": "Polygon", "coordinates": [ring]},
        }
        file.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")
        assert taken(installation, "areas", file)[1]["changed"] == 1
        area = installation.operator.find(Area, Area.create_id(f"{demo.CITY}/{x}"))
        assert area.boundary == [ring]
        with nothing_recorded(installation):
            assert taken(installation, "areas", file)[1]["changed"] == 0

    def test_bad_rows(self, installation: Installation, file: Path, x: str) -> None:
        """A path that is none, a parent that is unknown, an unknown kind, a boundary that is none."""
        file.write_text(
            "path,name,kind,boundary\n"
            f"{demo.CITY}/{x},Phường,COMMUNE,\n"
            f"{demo.CITY}/Chợ,Chợ,PLACE,\n"
            f"nowhere/{x},Xã,COMMUNE,\n"
            f"{demo.CITY}/{x}-2,Phường,GALAXY,\n"
            f"{demo.CITY}/{x}-3,Phường,COMMUNE,{{}}\n",
            encoding="utf-8",
        )
        with nothing_recorded(installation):
            status, said = taken(installation, "areas", file)
        assert (status, [(bad["row"], bad["column"]) for bad in said["bad"]]) == (
            NO,
            [(3, "path"), (4, "path"), (5, "kind"), (6, "boundary")],
        )

    @pytest.mark.parametrize(
        "text, said",
        [
            ("", "not JSON in UTF-8: Input is a zero-length, empty document: line 1 column 1 (char 0)"),
            *(
                (text, "a FeatureCollection of GeoJSON is expected")
                for text in ("[]", "{}", '{"features": [1]}', '{"features": {"a": 1}}')
            ),
        ],
    )
    def test_no_geojson(self, installation: Installation, tmp_path: Path, text: str, said: str) -> None:
        """What is no collection of features is refused in one line."""
        file = tmp_path / "areas.geojson"
        file.write_text(text, encoding="utf-8")
        status, _, message = run(installation, "areas", "import", str(file))
        assert (status, message) == (
            USAGE,
            f"{file}: {said}",
        )
