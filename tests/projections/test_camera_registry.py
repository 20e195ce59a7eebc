"""The row that shows a camera, beside the camera itself."""

from dataclasses import fields
from typing import Any
from uuid import UUID

import orjson
import pytest

from domain.camera import Camera
from domain.camera.body import Moved
from domain.camera.events import Registered
from projections.camera_registry import CameraRow, fold
from tests.support.camera_examples import CAMERA_EVENTS
from tests.support.examples import EXAMPLES
from tests.support.spec import fact, recorded, replayed

CAMERA = UUID(int=0xCA5E)
FIRST = EXAMPLES["camera:registered"]
SAID = {name: getattr(FIRST, name) for name in Registered.__annotations__ if name != "class_version"}
FACTS = [fact(Camera.Registered, **SAID), *(fact(cls, **said) for cls, said in CAMERA_EVENTS.items())]


def row_of(count: int) -> CameraRow:
    """The row after so many events."""
    row: CameraRow | None = None
    for event in recorded(FACTS[:count], Camera, CAMERA):
        row = fold(row, event)
    assert row is not None
    return row


@pytest.mark.parametrize("count", range(1, len(FACTS) + 1))
def test_as_the_camera_itself(count: int) -> None:
    """After every event the row says what the camera remembers: guards decide alike on either."""
    camera: Any = replayed(recorded(FACTS[:count], Camera, CAMERA))
    row = row_of(count)
    wanted = Moved.__annotations__
    assert {name: getattr(row, name) for name in wanted} == {name: getattr(camera, name) for name in wanted}
    assert row.version == camera.version == count


def test_as_the_table_keeps_it() -> None:
    """What the table gives back of its papers is what was put there."""
    row = row_of(len(FACTS))
    kept = orjson.loads(orjson.dumps(row))
    again = CameraRow(
        **{f.name: getattr(row, f.name) for f in fields(row)}
        | {name: kept[name] for name in ("consents", "certificates", "faults", "losses")}
    )
    assert again == row
    assert [len(row.consents), len(row.certificates), len(row.faults)] == [1, 1, 1]
