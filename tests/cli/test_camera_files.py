"""`minhchung cameras import` and `export`: a register comes in whole or not at all, and goes out as it came."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import orjson
import pytest

from cli.console import NO
from cli.demo import CAMERA, CITY
from domain.account import Account
from domain.camera import Camera
from domain.personal import Personal
from domain.unit import Unit
from tests.cli.test_cameras import run
from tests.support import api
from tests.support.api import Installation
from tests.support.mutations import nothing_recorded

founded, shared_installation, installation = api.founded, api.shared_installation, api.installation

ROW: dict[str, Any] = {
    "code": "DH-NL-01",
    "name": "Ngã ba Nam Lý",
    "class": "SMART_CITY",
    "domain": "TRAFFIC",
    "kind": "SANCTION",
    "area": f"{CITY}/nam-ly",
    "operating_unit": "TTGSDH",
    "longitude": 106.6,
    "latitude": 17.48,
}
HOUSEHOLD = {
    **ROW,
    "code": "DH-HD-01",
    "class": "HOUSEHOLD",
    "kind": "SECURITY",
    "domain": "SECURITY",
    "placement": "PRIVATE",
    "owner_kind": "HOUSEHOLDER",
    "owner_name": "Phan Thị Canary",
    "owner_contact": "0232 000 canary",
}


def table(folder: Path, *rows: dict[str, Any], name: str = "cameras.csv") -> str:
    """A file of these rows, by its path."""
    heads = list(dict.fromkeys(head for row in rows for head in row))
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, heads, delimiter=";")
    writer.writeheader()
    writer.writerows(rows)
    path = folder / name
    path.write_text(out.getvalue(), encoding="utf-8")
    return str(path)


def imported(of: Installation, *arguments: str, who: str = "centre.admin") -> dict[str, Any]:
    """What an import answers a program."""
    _, printed, _ = run(of, "import", *arguments, "--json", who=who, said="")
    answered: dict[str, Any] = json.loads(printed)
    return answered


def wrong(of: Installation, folder: Path, *rows: dict[str, Any]) -> list[tuple[int, str, str, str | None]]:
    """What is wrong with these rows: row, column, value and rule; none of them was recorded."""
    with nothing_recorded(of):
        answered = imported(of, table(folder, *rows))
    assert answered["imported"] is False
    return [(bad["row"], bad["column"], bad["value"], bad["rule"]) for bad in answered["bad"]]


class TestImport:
    """A file of cameras."""

    @pytest.mark.rule("R-QT-5.2.b")
    def test_new(self, installation: Installation, tmp_path: Path) -> None:
        """Each row is a camera that the person registered: with its place, its units and whose it is, under seal."""
        before = installation.head()
        answered = imported(installation, table(tmp_path, ROW, HOUSEHOLD))
        assert answered == {"rows": 2, "new": 2, "changed": 0, "imported": True, "bad": []}
        assert installation.since(before) == ["camera:registered", "camera:registered", "camera:owner-named"]
        camera = installation.operator.find(Camera, Camera.create_id("DH-NL-01"))
        assert (camera.name, camera.state, camera.longitude) == ("Ngã ba Nam Lý", "REGISTERED", 106.6)
        [registered, owned] = list(
            installation.operator.repository.event_store.get(Camera.create_id("DH-HD-01"))
        )
        said: Any = (registered, owned)
        assert {one.envelope.by for one in said} == {str(Account.create_id("centre.admin"))}
        assert isinstance(said[1].name, Personal)
        assert installation.services.keys.open([said[1].name]) == ["Phan Thị Canary"]

    def test_again(self, installation: Installation, tmp_path: Path) -> None:
        """The same file a second time records nothing, nor does a file that says less of the same cameras."""
        path = table(tmp_path, ROW, HOUSEHOLD)
        imported(installation, path)
        fewer = {name: ROW[name] for name in list(ROW)[:7]}
        for file in (path, table(tmp_path, fewer, name="fewer.csv")):
            with nothing_recorded(installation):
                answered = imported(installation, file)
            assert (answered["new"], answered["changed"], answered["imported"]) == (0, 0, True)

    def test_dry_run(self, installation: Installation, tmp_path: Path) -> None:
        """A dry run says what would be recorded, and records nothing."""
        with nothing_recorded(installation):
            status, printed, _ = run(installation, "import", table(tmp_path, ROW), "--dry-run", said="")
        assert (status, printed) == (0, "1 rows: 1 new and 0 changed cameras would be imported\n")

    @pytest.mark.rule("R-DH-5.6.0")
    def test_changed(self, installation: Installation, tmp_path: Path) -> None:
        """A row that names, places or hands over a camera anew is an act on it, each with its event and the reason."""
        imported(installation, table(tmp_path, ROW))
        other = {**ROW, "name": "Ngã tư", "view": "Hướng Nam", "custodian_unit": "CAP-NL", "latitude": 17.5}
        answered = imported(installation, table(tmp_path, other), "--reason", "Theo biên bản 12")
        assert (answered["new"], answered["changed"]) == (0, 1)
        camera = Camera.create_id("DH-NL-01")
        assert installation.topics(camera)[1:] == [
            "camera:renamed",
            "camera:reconfigured",
            "camera:custodian-named",
        ]
        event: Any = list(installation.operator.repository.event_store.get(camera))[2]
        assert (event.envelope.reason, event.longitude, event.latitude, event.view) == (
            "Theo biên bản 12",
            106.6,
            17.5,
            "Hướng Nam",
        )

    @pytest.mark.rule("R-DH-5.9.0")
    def test_of_others(self, installation: Installation, tmp_path: Path) -> None:
        """Of a camera that others operate the same row says nothing; another view needs their document, in a column."""
        row = {**ROW, "class": "PUBLIC", "operating_unit": "CATP", "owner_kind": "UNIT", "owner_unit": "CATP"}
        assert imported(installation, table(tmp_path, row))["new"] == 1
        with nothing_recorded(installation):
            assert imported(installation, table(tmp_path, row))["changed"] == 0
            [bad] = imported(installation, table(tmp_path, {**row, "view": "Hướng Nam"}))["bad"]
        assert (bad["column"], bad["rule"]) == ("document", "R-DH-5.9.0")
        agreed = {**row, "view": "Hướng Nam", "document": "7/CV-CATP"}
        assert imported(installation, table(tmp_path, agreed))["changed"] == 1
        with nothing_recorded(installation):
            assert imported(installation, table(tmp_path, agreed))["changed"] == 0

    def test_what_has_ended(self, installation: Installation, tmp_path: Path) -> None:
        """A retired camera, and one kept by a unit that has ended since, are taken in again where nothing is new."""
        unit_id = installation.register_unit("DOI-X", kind="OTHER_BODY")
        row = {**ROW, "custodian_unit": "DOI-X"}
        imported(installation, table(tmp_path, row))
        camera = installation.operator.find(Camera, Camera.create_id("DH-NL-01"))
        unit = installation.operator.find(Unit, unit_id)
        with installation.founding():
            camera.trigger_event(Camera.Retired, document="9/QĐ")
            unit.cease(at=installation.now, successor=None, document="9/QĐ")
        installation.operator.record(camera, unit)
        with nothing_recorded(installation):
            assert imported(installation, table(tmp_path, row))["bad"] == []
            [bad] = imported(installation, table(tmp_path, {**row, "view": "Hướng Nam"}))["bad"]
        assert (bad["column"], "is retired" in bad["expected"]) == ("code", True)

    @pytest.mark.parametrize(
        "column, value, way",
        [
            ("class", "HOUSEHOLD", "it never changes"),
            ("domain", "SECURITY", "it never changes"),
            ("kind", "SPEED", "it never changes"),
            ("area", CITY, "moveCameraToArea"),
            ("operating_unit", "CATP", "transferCamera"),
            ("manager_unit", "CATP", "transferCamera"),
            ("placement", "STATE_AREA", "changeCameraPlacement"),
            ("owner_kind", "ORGANISATION", "nameCameraOwner"),
        ],
    )
    def test_not_by_a_row(
        self, installation: Installation, tmp_path: Path, column: str, value: str, way: str
    ) -> None:
        """What a camera is, where it belongs and whose it is are not changed by a row: it says by what they are."""
        imported(installation, table(tmp_path, ROW))
        with nothing_recorded(installation):
            [bad] = imported(installation, table(tmp_path, {**ROW, column: value}))["bad"]
        assert (bad["row"], bad["column"], bad["value"]) == (2, column, value)
        assert (
            bad["expected"] == f"is another on record: {'' if way.startswith('it') else 'change it by '}{way}"
        )

    def test_geojson(self, installation: Installation, tmp_path: Path) -> None:
        """Points of a map are cameras as rows of a table are."""
        path = tmp_path / "cameras.geojson"
        properties = {name: value for name, value in ROW.items() if name not in {"longitude", "latitude"}}
        feature = {
            "type": "Feature",
            "properties": properties,
            "geometry": {"type": "Point", "coordinates": [106.6, 17.48]},
        }
        path.write_bytes(orjson.dumps({"type": "FeatureCollection", "features": [feature]}))
        assert imported(installation, str(path))["new"] == 1
        with nothing_recorded(installation):
            assert imported(installation, table(tmp_path, ROW))["changed"] == 0


class TestRefused:
    """Every bad row is told, and nothing of a file with one is kept."""

    def test_each_row(self, installation: Installation, tmp_path: Path) -> None:
        """All rows that are wrong are named at once, by row, column and value, beside one that is right."""
        rows = [
            ROW,
            {**ROW, "name": "Trùng mã"},
            {**ROW, "code": "nhỏ"},
            {**ROW, "code": "A-1", "name": ""},
            {**ROW, "code": "A-2", "class": "LEVEL_9"},
            {**ROW, "code": "A-3", "kind": "RADAR"},
            {**ROW, "code": "A-4", "domain": "WATER"},
            {**ROW, "code": "A-5", "operating_unit": "NOBODY"},
            {**ROW, "code": "A-6", "placement": "MOON"},
            {**ROW, "code": "A-7", "longitude": "xa"},
            {**ROW, "code": "A-8", "longitude": "nan"},
            {**ROW, "code": "A-9", "latitude": ""},
            {**ROW, "code": "A-10", "longitude": 2.35, "latitude": 48.85},
            {**HOUSEHOLD, "owner_name": ""},
        ]
        assert wrong(installation, tmp_path, *rows) == [
            (3, "code", "DH-NL-01", None),
            (4, "code", "nhỏ", "R-DH-1.1.0"),
            (5, "name", "", None),
            (6, "class", "LEVEL_9", "R-DH-1.1.0"),
            (7, "kind", "RADAR", "R-DH-1.1.0"),
            (8, "domain", "WATER", "R-DH-1.1.0"),
            (9, "operating_unit", "NOBODY", "R-DH-1.1.0"),
            (10, "placement", "MOON", None),
            (11, "longitude", "xa", None),
            (12, "longitude", "nan", None),
            (13, "longitude", "106.6", None),
            (14, "longitude", "2.35", "R-DH-1.1.0"),
            (15, "owner_name", "…", "R-DH-3.6.0"),
        ]

    def test_told(self, installation: Installation, tmp_path: Path) -> None:
        """A person reads a line for each bad row, and that nothing was imported."""
        file = table(tmp_path, ROW, {**ROW, "code": "A-1", "kind": "RADAR\u202e\x1b[2J"})
        status, printed, message = run(installation, "import", file, said="")
        assert (status, message) == (NO, "cameras: 1 of 2 rows are wrong; nothing was imported")
        assert printed.startswith("row 3, kind 'RADAR\\u202e\\x1b[2J': phải là một trong SECURITY, ")
        assert printed.endswith("[R-DH-1.1.0]\n")

    def test_swapped(self, installation: Installation, tmp_path: Path) -> None:
        """Where longitude and latitude stand in each other's place, that is said."""
        file = table(tmp_path, {**ROW, "longitude": "17,48", "latitude": "106,6"})
        [bad] = imported(installation, file)["bad"]
        assert bad["expected"].startswith("longitude and latitude seem to have been swapped")

    def test_unreadable(self, installation: Installation, tmp_path: Path) -> None:
        """A cell that is not UTF-8 and a row of too many cells are rows like others."""
        heads = ",".join(list(ROW)[:7])
        good = ",".join(map(str, list(ROW.values())[:7]))
        path = tmp_path / "cameras.csv"
        path.write_bytes(f"{heads}\n{good}\n{good},x\nA-1,".encode() + b"\xe3" + b",x,x,x,x,x\n")
        assert [(bad["row"], bad["column"]) for bad in imported(installation, str(path))["bad"]] == [
            (3, "code"),
            (4, "name"),
        ]

    @pytest.mark.rule("R-DH-5.3.0")
    def test_no_address_in_it(self, installation: Installation, tmp_path: Path) -> None:
        """A file has no column for what opens a camera."""
        file = table(tmp_path, {**ROW, "stream_url": "rtsp://admin:canary@host/"})
        status, _, message = run(installation, "import", file, said="")
        assert (status, "'stream_url' is unknown" in message, "canary" in message) == (2, True, False)

    @pytest.mark.rule("R-DH-10.1.0")
    @pytest.mark.parametrize("who", ["police.handle", "centre.approve", "auditor"])
    def test_not_by(self, installation: Installation, tmp_path: Path, who: str) -> None:
        """Whoever registers no camera imports none; that they tried is on record."""
        before = installation.head()
        [bad] = imported(installation, table(tmp_path, ROW), who=who)["bad"]
        assert (bad["row"], bad["column"]) == (2, "code")
        assert installation.since(before) == ["attempt:refused"]


EXPORT = ("export", "--purpose", "SECURITY")


class TestExport:
    """The register as a file."""

    def test_on_record(self, installation: Installation, tmp_path: Path) -> None:
        """Who took which cameras out of the system, and for what, is on record before anything is written."""
        imported(installation, table(tmp_path, ROW))
        installation.project()
        before = installation.head()
        run(installation, *EXPORT, said="")
        assert installation.since(before) == ["reading:recorded"]
        [stored] = installation.operator.recorder.select_notifications(start=before + 1, limit=1)
        event: Any = installation.operator.mapper.to_domain_event(stored)
        assert (event.way, event.purpose, set(event.ids)) == (
            "exportCameras",
            "SECURITY",
            {Camera.create_id("DH-NL-01"), Camera.create_id(CAMERA)},
        )

    @pytest.mark.parametrize("purpose", ["CURIOSITY", ""])
    def test_for_nothing(self, installation: Installation, purpose: str) -> None:
        """A purpose that is not of the regulation's list gets nothing."""
        with nothing_recorded(installation):
            status, printed, message = run(installation, "export", "--purpose", purpose, said="")
        assert (status, printed, "purpose: must be one of" in message) == (NO, "", True)

    @pytest.mark.parametrize("form", ["csv", "geojson"])
    @pytest.mark.rule("R-DH-5.3.0", "R-DB-5.3.0")
    def test_there_and_back(self, installation: Installation, tmp_path: Path, form: str) -> None:
        """What is written out comes in again and changes nothing; no formula, no person and no address is in it."""
        evil = {**ROW, "code": "DH-EV-01", "name": '=HYPERLINK("http://x.example")', "view": "+84;\n-1"}
        imported(installation, table(tmp_path, ROW, evil, HOUSEHOLD))
        run(installation, "address", "DH-NL-01")
        installation.project()
        status, printed, _ = run(installation, *EXPORT, "--format", form, said="")
        assert (status, "anary" in printed) == (0, False)
        if form == "csv":
            cells = [cell for row in csv.reader(io.StringIO(printed[1:], newline="")) for cell in row]
            assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
        path = tmp_path / f"out.{form}"
        path.write_bytes(printed.encode())
        with nothing_recorded(installation):
            answered = imported(installation, str(path))
        assert answered == {"rows": 4, "new": 0, "changed": 0, "imported": True, "bad": []}

    def test_what_one_may_see(self, installation: Installation, tmp_path: Path) -> None:
        """Somebody's file has the cameras that they are shown, and no others."""
        imported(installation, table(tmp_path, ROW, {**ROW, "code": "DH-SEC-1", "domain": "SECURITY"}))
        installation.project()
        seen = {}
        for who in ("centre.admin", "centre.execute", "auditor"):
            _, printed, _ = run(installation, *EXPORT, who=who, said="")
            seen[who] = [row["code"] for row in csv.DictReader(io.StringIO(printed[1:], newline=""))]
        whole = ["DH-NL-01", CAMERA, "DH-SEC-1"]
        assert seen == {"centre.admin": whole, "centre.execute": whole, "auditor": []}
