"""Where an area ends: rings read from GeoJSON, and which points lie within."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.boundary import MOST_POINTS, contains, of_geometry, read, written
from domain.errors import InvalidInput

SQUARE = [[106.0, 17.0], [107.0, 17.0], [107.0, 18.0], [106.0, 18.0], [106.0, 17.0]]
HOLE = [[106.4, 17.4], [106.6, 17.4], [106.6, 17.6], [106.4, 17.6], [106.4, 17.4]]
ISLAND = [[107.3, 17.1], [107.4, 17.1], [107.4, 17.2], [107.3, 17.1]]


@pytest.mark.parametrize(
    "point, inside",
    [
        ((106.2, 17.2), True),
        ((106.5, 17.5), False),
        ((107.35, 17.12), True),
        ((107.35, 17.18), False),
        ((108.0, 17.5), False),
        ((106.0, 17.0), True),
        ((106.5, 17.0), True),
        ((106.0, 17.3), True),
    ],
)
def test_contains(point: tuple[float, float], inside: bool) -> None:
    """A point is within where rings surround it oddly often: not in a hole, on an island, and on the line itself."""
    assert contains([SQUARE, HOLE, ISLAND], *point) is inside


@given(st.floats(105, 108), st.floats(16, 19))
def test_a_rectangle(longitude: float, latitude: float) -> None:
    """Of a rectangle the rings say what comparing its sides says."""
    assert contains([SQUARE], longitude, latitude) == (106 <= longitude <= 107 and 17 <= latitude <= 18)


def test_written_and_read() -> None:
    """What is written as GeoJSON reads as it was."""
    for rings in ([SQUARE], [SQUARE, HOLE, ISLAND]):
        assert read(written(rings)) == rings


def test_polygon_with_a_hole() -> None:
    """The second ring of a polygon is its hole; a height is left out."""
    high = [[*point, 12.5] for point in SQUARE]
    assert of_geometry({"type": "Polygon", "coordinates": [high, HOLE]}) == [SQUARE, HOLE]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        "null",
        '{"type": "Point", "coordinates": [106, 17]}',
        '{"type": "Polygon", "coordinates": []}',
        '{"type": "Polygon"}',
        '{"type": "Polygon", "coordinates": [[[106, 17], [107, 17], [106, 17]]]}',
        '{"type": "Polygon", "coordinates": [[[106, 17], [107, 17], [107, 18], [106, 18]]]}',
        '{"type": "Polygon", "coordinates": [[[NaN, 17], [107, 17], [107, 18], [NaN, 17]]]}',
        '{"type": "Polygon", "coordinates": [[[181, 17], [107, 17], [107, 18], [181, 17]]]}',
        '{"type": "Polygon", "coordinates": [[[17], [107], [107], [17]]]}',
        '{"type": "Polygon", "coordinates": [["ab", "cd", "ef", "ab"]]}',
        "[" * 100_000,
        json.dumps({"type": "Polygon", "coordinates": [[[106, 17]] * (MOST_POINTS + 1)]}),
    ],
    ids=lambda text: text[:40],
)
def test_no_boundary(text: str) -> None:
    """What is no closed ring of points on the earth is refused."""
    with pytest.raises(InvalidInput, match="boundary: a GeoJSON Polygon or MultiPolygon is expected"):
        read(text)
