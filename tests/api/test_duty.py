"""Work, shifts and rosters over HTTP."""

from typing import Any

import pytest

from cli import demo
from domain.account import Account
from domain.camera import Camera
from tests.support.api import Installation
from tests.support.operation import BY_NOW, did, done, june

CAMERA = str(Camera.create_id(demo.CAMERA))


@pytest.mark.rule("R-DH-9.3.0", "R-DH-9.1.0")
def test_work(installation: Installation) -> None:
    """Work that takes an area down says why, no camera is in two orders at once, and the camera follows it."""
    centre = installation.signed_in("centre.execute")
    refused = did(centre, "planWork", cameraIds=[CAMERA], interruption=None, **BY_NOW)
    assert (refused["__typename"], refused["path"]) == ("InvalidInput", "interruption")
    one = done(centre, "planWork", cameraIds=[CAMERA], **BY_NOW)
    assert (one["number"], one["state"], one["cameraIds"]) == ("DH-BD-2026-000001", "PLANNED", [CAMERA])
    clash = did(centre, "planWork", cameraIds=[CAMERA], **BY_NOW)  # however far the read model is behind
    assert (clash["__typename"], clash["path"], clash["rule"]["id"]) == (
        "InvalidInput",
        "cameraIds",
        "R-DH-9.3.0",
    )
    state = Camera.create_id(demo.CAMERA)
    done(centre, "startWork", orderId=one["id"])
    assert installation.operator.find(Camera, state).state == "MAINTENANCE"
    done(centre, "finishWork", orderId=one["id"])
    assert installation.operator.find(Camera, state).state == "ACTIVE"
    installation.project()
    asked = (
        "{ availability(from: $from, by: CAMERA) { camera { code } cameras ratio maintenanceHours outages } }"
    )
    day = installation.now.replace(hour=0).isoformat()
    [told] = centre.ask(f"query($from: DateTime!) {asked}", **{"from": day})["availability"]
    assert (told["camera"], told["cameras"], told["outages"]) == ({"code": demo.CAMERA}, 1, 0)
    later = {"startsAt": "2041-01-01T08:00:00+07:00", "endsAt": "2041-01-01T09:00:00+07:00"}
    other = done(centre, "planWork", cameraIds=[CAMERA], **later)
    cancelled = done(centre, "cancelWork", orderId=other["id"])
    assert (cancelled["state"], cancelled["result"]) == ("CANCELLED", "Mưa bão")
    police = did(installation.signed_in("police.handle"), "planWork", cameraIds=[CAMERA], **later)
    assert police["__typename"] == "Forbidden"


@pytest.mark.rule("R-QT-6.2.d", "R-DH-15.1.0")
def test_shifts(installation: Installation) -> None:
    """One shift of a post is open at a time; what was entered is corrected by a new entry, also when it is over."""
    day, night = installation.signed_in("centre.approve"), installation.signed_in("centre.execute")
    one = done(day, "openShift")
    assert (one["number"], one["after"]) == ("DH-CT-2026-000001", None)
    assert did(night, "openShift")["__typename"] == "WrongState"
    assert did(day, "closeShift", shiftId=one["id"])["__typename"] == "WrongState"
    done(day, "enterShiftLog", shiftId=one["id"], cameraId=CAMERA, kind="ADVICE", text="Cần hiệu chuẩn")
    done(day, "confirmDevices", shiftId=one["id"], faultyCameraIds=[CAMERA], text="Một camera mất hình")
    done(day, "closeShift", shiftId=one["id"])
    following = done(night, "openShift")  # however far the read model is behind
    assert following["after"] == one["id"]
    assert did(day, "openShift")["__typename"] == "WrongState"
    assert did(night, "enterShiftLog", shiftId=one["id"])["__typename"] == "WrongState"
    corrected = done(night, "correctShiftLog", shiftId=one["id"], entry=1, text="Cần kiểm định")
    said: list[Any] = [(e["entry"], e["kind"], e["corrects"], e["text"]) for e in corrected["entries"]]
    assert said == [(1, "ADVICE", None, "Cần hiệu chuẩn"), (2, "CORRECTION", 1, "Cần kiểm định")]
    assert (corrected["state"], corrected["handover"]) == ("CLOSED", "Không có gì bất thường")
    other = done(installation.signed_in("police.handle"), "openShift")
    assert other["after"] is None
    assert did(night, "openShift", post="Trực máy chủ")["__typename"] == "ShiftOpened"
    installation.project()
    assert day.ask("{ shifts { totalCount } }")["shifts"]["totalCount"] == 3


@pytest.mark.rule("R-DH-15.1.0")
def test_rosters(installation: Installation) -> None:
    """A month with a gap is listed with it and not published; filled it is; then turns are swapped on record."""
    admin = installation.signed_in("centre.admin")
    people = ("centre.approve", "centre.execute")
    turns = june(*people)
    one = done(admin, "drawRoster", turns=turns[:1])
    assert one["number"] == "DH-LT-2026-000001"
    assert one["gaps"] == [{"startsAt": "2026-06-16T00:00:00+07:00", "endsAt": "2026-07-01T00:00:00+07:00"}]
    refused = did(admin, "publishRoster", rosterId=one["id"])
    assert (refused["__typename"], refused["rule"]["id"]) == ("WrongState", "R-DH-15.1.0")
    assert did(admin, "drawRoster", turns=turns)["__typename"] == "WrongState"
    twice = [*turns, {**turns[0], "endsAt": "2026-06-02T00:00:00+07:00"}]
    redrawn = done(admin, "redrawRoster", rosterId=one["id"], turns=twice)
    assert [who["person"]["name"].split("(")[-1] for who in redrawn["doubleBookings"]] == ["centre.approve)"]
    done(admin, "redrawRoster", rosterId=one["id"], turns=turns)
    assert done(admin, "publishRoster", rosterId=one["id"])["gaps"] == []
    swapped = done(
        admin, "swapDuty", rosterId=one["id"], turn=2, accountId=str(Account.create_id("centre.approve"))
    )
    assert [turn["person"]["name"].split("(")[-1] for turn in swapped["turns"]] == ["centre.approve)"] * 2
    stranger = str(Account.create_id("police.lead"))
    gone = did(admin, "swapDuty", rosterId=one["id"], turn=1, accountId=stranger)
    assert gone["__typename"] == "NotFound"
    installation.project()
    asked = '{ rosters(filter: {month: "2026-06"}) { nodes { id turns { person { name } } } } }'
    for name, seen in (("centre.execute", 1), ("police.handle", 0)):
        assert len(installation.signed_in(name).ask(asked)["rosters"]["nodes"]) == seen
