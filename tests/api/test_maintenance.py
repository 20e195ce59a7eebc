"""Maintenance keeps or restores the state of a device, and what was done with it stands in its diary."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from domain.camera import Camera
from tests.support.operation import BY_NOW, done
from tests.support.people import REFUSED, Person
from tests.support.sites import QUANG_TRI, Settled, Site

CAMERA = str(Camera.create_id(QUANG_TRI.camera))


def acts(person: Person, act: str, **said: Any) -> None:
    """Do something with the camera."""
    document = (
        f"mutation($i: {act[0].upper()}{act[1:]}Input!) {{ {act}(input: $i) {{ __typename {REFUSED} }} }}"
    )
    answer = person.ask(document, i={"cameraId": CAMERA, "commandId": f"{act}-{said}", **said})[act]
    assert "code" not in answer, answer


@pytest.mark.rule("R-QT-3.11.0")
@pytest.mark.parametrize("fault, mended", [(None, False), ("NO_PICTURE", True), ("NO_PICTURE", False)])
def test_state(settled: Callable[[Site], Settled], fault: str | None, *, mended: bool) -> None:
    """What was sound is sound afterwards, what was at fault works again once that is mended: each step by whom, why."""
    place = settled(QUANG_TRI).place
    keeper = place.open_account("keeper", unit_id=QUANG_TRI.operator.id, role="EXECUTOR")
    place.project()
    camera = Camera.create_id(QUANG_TRI.camera)

    def state() -> str:
        return place.operator.find(Camera, camera).state

    if fault:
        acts(keeper, "reportCameraFault", kind=fault)
    before = state()
    one = done(keeper, "planWork", cameraIds=[CAMERA], kind="REPAIR" if fault else "MAINTENANCE", **BY_NOW)
    place.now += timedelta(minutes=1)
    done(keeper, "startWork", orderId=one["id"])
    assert (before, state()) == ("FAULTY" if fault else "ACTIVE", "MAINTENANCE")
    if mended:
        acts(keeper, "endCameraFault", kind=fault)
    place.now += timedelta(minutes=1)
    record = done(keeper, "finishWork", orderId=one["id"], text="Đã thay nguồn, vệ sinh ống kính")
    assert state() == ("FAULTY" if fault and not mended else "ACTIVE")
    assert record["result"] == "Đã thay nguồn, vệ sinh ống kính"
    place.project()
    diary = keeper.ask(
        f'{{ diary(cameraId: "{CAMERA}") {{ nodes {{ event by {{ name }} rule {{ id }} }} }} }}'
    )["diary"]["nodes"]
    told = {entry["event"]: entry for entry in diary}
    for event in ("camera:maintenance-began", "camera:maintenance-ended"):
        assert told[event]["rule"] == {"id": "R-QT-3.11.0"}
        assert "keeper" in told[event]["by"]["name"]
    assert {"work-order:planned", "work-order:started", "work-order:finished"} <= told.keys()
