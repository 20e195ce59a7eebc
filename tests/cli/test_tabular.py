"""Tables as spreadsheet and map programs write them: read whole, by the rows they show, written without formulas."""

import csv
import io
from pathlib import Path
from typing import Any

import orjson
import pytest

from cli import tabular
from cli.console import USAGE, Stop

COLUMNS = ("code", "name", "longitude", "latitude")
NEEDED = ("code",)


def read(folder: Path, data: bytes | str, suffix: str = "csv") -> list[tabular.Row]:
    """Read what a file holds."""
    path = folder / f"table.{suffix}"
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return tabular.read(path, COLUMNS, NEEDED)


def cells(rows: list[tabular.Row]) -> list[tuple[int, dict[str, str]]]:
    """Their numbers and cells."""
    return [(row.number, dict(row.cells)) for row in rows]


TABLE = [
    (2, {"code": "A-1", "name": "Ngã tư, hướng Bắc"}),
    (4, {"code": "A-2", "name": 'Cầu "Mới"\nphía Nam'}),
]


class TestCsv:
    """A table of a spreadsheet program."""

    @pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
    @pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "BOM"])
    @pytest.mark.parametrize("cut, first", [(",", ""), (";", ""), ("\t", ""), (";", "sep=;\r\n")])
    def test_as_programs_write_it(self, tmp_path: Path, end: str, mark: bytes, cut: str, first: str) -> None:
        """With whatever separator, mark and line ends, the same cells come out, under the rows the program shows."""
        lines = (
            f"code{cut}name",
            f'A-1{cut}"Ngã tư, hướng Bắc"',
            cut,
            f'A-2{cut}"Cầu ""Mới""\nphía Nam"',
            "",
        )
        assert cells(read(tmp_path, mark + (first + end.join(lines)).encode())) == TABLE

    def test_ragged(self, tmp_path: Path) -> None:
        """A row of too many or too few cells is said to be one; the others are read."""
        rows = read(tmp_path, "code,name\nA-1\nA-2,x,y\nA-3,z\n")
        assert [(row.number, row.ragged) for row in rows] == [(2, True), (3, True), (4, False)]

    def test_not_utf8(self, tmp_path: Path) -> None:
        """Bytes that are no UTF-8 stand out in their own cell, so that the row can be named."""
        rows = read(tmp_path, b"code,name\nA-1,Ng\xe3 t\xad\nA-2,x\n")
        assert [tabular.UNREAD in row.cells["name"] for row in rows] == [True, False]

    @pytest.mark.parametrize(
        "data, said",
        [
            (b"", "code is missing"),
            (b"name\nx\n", "code is missing"),
            (b"code,colour\nA-1,x\n", "'colour' is unknown"),
            (b"code,code\nA-1,x\n", "'code' is unknown or there twice"),
            ("code,name\n".encode("utf-16"), "UTF-8 is expected, not UTF-16"),
            (b'code,name\nA-1,"x"y\n', "not a table of cells"),
            (b"code,name\nA-1," + b"x" * 200_000 + b"\n", "not a table of cells"),
        ],
    )
    def test_no_table(self, tmp_path: Path, data: bytes, said: str) -> None:
        """What is no such table is refused in one line."""
        with pytest.raises(Stop, match=said) as caught:
            read(tmp_path, data)
        assert (caught.value.status, "\n" in str(caught.value)) == (USAGE, False)

    def test_no_file(self, tmp_path: Path) -> None:
        """A file that is not there is named."""
        with pytest.raises(Stop, match=r"nowhere\.csv: a file that can be read is expected"):
            tabular.read(tmp_path / "nowhere.csv", COLUMNS, NEEDED)


class TestGeoJson:
    """Points of a map program."""

    def test_points(self, tmp_path: Path) -> None:
        """Properties are cells and the point its longitude and latitude; a feature may have no place."""
        said = {
            "type": "FeatureCollection",
            "features": [
                {
                    "type": "Feature",
                    "properties": {"code": "A-1", "name": None},
                    "geometry": {"type": "Point", "coordinates": [106.6, 17.5, 4]},
                },
                {"type": "Feature", "properties": {"code": 7}, "geometry": None},
            ],
        }
        assert cells(read(tmp_path, orjson.dumps(said), "geojson")) == [
            (1, {"code": "A-1", "name": "", "longitude": "106.6", "latitude": "17.5"}),
            (2, {"code": "7"}),
        ]

    @pytest.mark.parametrize(
        "geometry",
        [
            {"type": "LineString", "coordinates": [[106.6, 17.5], [106.7, 17.6]]},
            {"type": "Point", "coordinates": ["106.6", "17.5"]},
            {"type": "Point", "coordinates": [106.6]},
            {"type": "Point"},
            [106.6, 17.5],
        ],
    )
    def test_no_point(self, tmp_path: Path, geometry: Any) -> None:
        """A feature that is no point has a place that nobody can read, which is for its row to say."""
        said = {"features": [{"properties": {"code": "A-1"}, "geometry": geometry}]}
        [row] = read(tmp_path, orjson.dumps(said), "geojson")
        assert row.cells["longitude"] == "?"

    @pytest.mark.parametrize(
        "data, said",
        [
            (b"{", "not JSON"),
            (b"[]", "a FeatureCollection of GeoJSON is expected"),
            (b'{"features": {}}', "a FeatureCollection of GeoJSON is expected"),
            (b'{"features": [1]}', "a FeatureCollection of GeoJSON is expected"),
            (b'{"features": [{"properties": {"colour": 1}}]}', "'colour' is unknown"),
            (b"[" * 100_000, "not JSON"),
        ],
    )
    def test_no_collection(self, tmp_path: Path, data: bytes, said: str) -> None:
        """What is no collection of features is refused in one line."""
        with pytest.raises(Stop, match=said):
            read(tmp_path, data, "geojson")


WORDS = [
    "=1+1",
    "+84",
    "-3",
    "@x",
    "'quoted",
    "'=x",
    "''",
    "\tx",
    "＝1",
    "a=b",
    "Đường 9;2,3",
    "dòng\nhai",
    "",
]


class TestWritten:
    """What goes out can be opened by anybody, and comes back as it was."""

    def test_no_formula(self) -> None:
        """No cell of text begins as a formula does; a number is a number."""
        text = tabular.as_csv(COLUMNS, [{"code": word, "longitude": -1.5} for word in WORDS])
        shown = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
        assert [row["code"] for row in shown if row["code"].startswith(tabular.FORMULA)] == []
        assert {row["longitude"] for row in shown} == {"-1.5"}

    @pytest.mark.parametrize("suffix", ["csv", "geojson"])
    def test_there_and_back(self, tmp_path: Path, suffix: str) -> None:
        """Every word comes back as it was, and so does every place."""
        rows = [
            {"code": f"A-{n}", "name": word, "longitude": 106.5 + n, "latitude": 17.25}
            for n, word in enumerate(WORDS)
        ]
        write = tabular.as_csv if suffix == "csv" else tabular.as_geojson
        back = read(tmp_path, write(COLUMNS, rows), suffix)
        assert [row.cells for row in back] == [{k: str(v) for k, v in row.items()} for row in rows]
