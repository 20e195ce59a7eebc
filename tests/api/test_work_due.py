"""What suppliers advise is told device by device before it is due, and when it was missed."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from cli import demo
from domain.camera import Camera
from tests.support.api import Installation
from tests.support.operation import BY_NOW, did, done
from tests.support.people import Person

CAMERA = str(Camera.create_id(demo.CAMERA))
DAY = timedelta(days=1)


def due(person: Person, before: datetime) -> list[tuple[Any, ...]]:
    """What somebody is told is due: on which camera, of which kind, when, planned, missed."""
    document = (
        "query($b: DateTime!) { workDue(before: $b) { cameraId kind dueAt lastFinishedAt planned missed } }"
    )
    found = person.ask(document, b=before.isoformat())["workDue"]
    return [
        (one["cameraId"], one["kind"], datetime.fromisoformat(one["dueAt"]), one["planned"], one["missed"])
        for one in found
    ]


@pytest.mark.rule("R-DH-9.2.0")
def test_due(installation: Installation) -> None:
    """Of each camera the same work is due by what was said when it was done last; other work does not do for it."""
    centre, now = installation.signed_in("centre.execute"), installation.now
    soon, later, year = now + 30 * DAY, now + 90 * DAY, now + 365 * DAY
    kinds = (("MAINTENANCE", later), ("VERIFICATION", soon), ("REPAIR", None))
    for kind, next_due in kinds:
        one = done(centre, "planWork", cameraIds=[CAMERA], kind=kind, **BY_NOW)
        done(centre, "startWork", orderId=one["id"])
        said = {"nextDueAt": next_due.isoformat()} if next_due else {}
        told = done(centre, "finishWork", orderId=one["id"], **said)
        assert (told["nextDueAt"] is None) == (next_due is None)
        installation.project()
    verification, maintenance = (CAMERA, "VERIFICATION", soon), (CAMERA, "MAINTENANCE", later)
    assert due(centre, now + 60 * DAY) == [(*verification, False, False)]
    assert due(centre, year) == [(*verification, False, False), (*maintenance, False, False)]
    assert due(installation.signed_in("police.handle"), year) == []

    one = done(centre, "planWork", cameraIds=[CAMERA], kind="VERIFICATION", **BY_NOW)
    installation.project()
    assert due(centre, now + 60 * DAY) == [(*verification, True, False)]
    done(centre, "startWork", orderId=one["id"])
    done(centre, "finishWork", orderId=one["id"])
    installation.project()
    assert due(centre, year) == [(*maintenance, False, False)]

    installation.now = later
    assert due(installation.signed_in("centre.execute"), year) == [(*maintenance, False, True)]


@pytest.mark.rule("R-DH-9.2.0")
def test_planned(installation: Installation) -> None:
    """What was planned by a supplier's date is due until it is finished, and not planned to begin after it."""
    centre = installation.signed_in("centre.execute")
    at = installation.now + 10 * DAY
    window = {"startsAt": at.isoformat(), "endsAt": (at + DAY).isoformat()}
    refused = did(centre, "planWork", cameraIds=[CAMERA], **window, supplierDueAt=(at - DAY).isoformat())
    assert (refused["__typename"], refused["path"]) == ("InvalidInput", "supplierDueAt")
    one = done(centre, "planWork", cameraIds=[CAMERA], **window, supplierDueAt=at.isoformat())
    installation.project()
    assert due(centre, at + DAY) == [(CAMERA, "MAINTENANCE", at, True, False)]
    assert due(centre, at) == []
    done(centre, "cancelWork", orderId=one["id"])
    installation.project()
    assert due(centre, at + DAY) == []
