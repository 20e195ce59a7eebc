"""Where an area ends: rings of longitude and latitude (WGS 84), read from GeoJSON, and whether a point lies within."""

import json
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any, Final, NamedTuple

from domain.errors import InvalidInput

Point = list[float]
"""Longitude, then latitude, as GeoJSON has them."""
Boundary = list[list[Point]]
"""Rings, the last point of each being its first: a point is within that an odd number of them surround.

So a hole is a ring within another, and an island one beside it.
"""

MOST_POINTS: Final = 5000
"""An event is one message, and a province needs no more."""
FEWEST_POINTS: Final = 4


class Extent(NamedTuple):
    """The rectangle around a jurisdiction, in degrees."""

    west: float
    south: float
    east: float
    north: float

    def holds(self, longitude: float, latitude: float) -> bool:
        """Whether a point is in it."""
        return self.west <= longitude <= self.east and self.south <= latitude <= self.north


EARTH: Final = Extent(-180.0, -90.0, 180.0, 90.0)


def read(text: str, *, path: str = "boundary") -> Boundary:
    """Read a GeoJSON geometry, Polygon or MultiPolygon.

    Raises:
        InvalidInput: it is none, or has too many points.
    """
    try:
        return of_geometry(json.loads(text), path=path)
    except (ValueError, RecursionError):
        raise _unread(path) from None


def of_geometry(geometry: Any, *, path: str = "boundary") -> Boundary:
    """Read a GeoJSON geometry that was parsed already.

    Raises:
        InvalidInput: it is no Polygon or MultiPolygon, or has too many points.
    """
    if not isinstance(geometry, Mapping):
        raise _unread(path)
    given = geometry.get("coordinates")
    polygons: Any = {"Polygon": [given], "MultiPolygon": given}.get(str(geometry.get("type")))
    try:
        rings = [[_point(point) for point in ring] for polygon in polygons for ring in polygon]
    except (TypeError, ValueError):
        raise _unread(path) from None
    closed = all(len(ring) >= FEWEST_POINTS and ring[0] == ring[-1] for ring in rings)
    if not rings or not closed or sum(map(len, rings)) > MOST_POINTS:
        raise _unread(path)
    return rings


def written(boundary: Boundary) -> str:
    """Write the rings as GeoJSON: one polygon a ring, since which is a hole follows from where they lie."""
    if len(boundary) == 1:
        return json.dumps({"type": "Polygon", "coordinates": boundary})
    return json.dumps({"type": "MultiPolygon", "coordinates": [[ring] for ring in boundary]})


def contains(boundary: Iterable[list[Point]], longitude: float, latitude: float) -> bool:
    """Whether a point is within, or on the line: of the edges beyond it to the east it counts those at its height."""
    inside = False
    for ring in boundary:
        for (x1, y1), (x2, y2) in pairwise(ring):
            if _on_edge(x1, y1, x2, y2, longitude, latitude):
                return True
            if (y1 > latitude) != (y2 > latitude):
                inside ^= longitude < x1 + (latitude - y1) * (x2 - x1) / (y2 - y1)
    return inside


def _on_edge(x1: float, y1: float, x2: float, y2: float, x: float, y: float) -> bool:
    across = (x2 - x1) * (y - y1) - (y2 - y1) * (x - x1)
    return across == 0 and min(x1, x2) <= x <= max(x1, x2) and min(y1, y2) <= y <= max(y1, y2)


def _point(given: Any) -> Point:
    longitude, latitude = (float(number) for number in given[:2])
    if not EARTH.holds(longitude, latitude):
        raise ValueError(given)
    return [longitude, latitude]


def _unread(path: str) -> InvalidInput:
    return InvalidInput(
        path,
        f"phải là Polygon hoặc MultiPolygon của GeoJSON, vòng khép kín, kinh độ trước, không quá {MOST_POINTS} điểm",
        f"a GeoJSON Polygon or MultiPolygon is expected, rings closed, longitude first, {MOST_POINTS} points at most",
    )
