"""A camera: what is registered about it, and what never is."""

from uuid import UUID

import pytest

from domain.camera import Camera
from domain.envelope import acting
from tests.support.examples import fields_of
from tests.support.spec import CENTRE, CITY, SOMEBODY, fact, given, when

ABOUT = {
    "code": "DH-NT-01",
    "name": "Ngã tư Nam Lý",
    "camera_class": "SMART_CITY",
    "domain": "TRAFFIC",
    "area_path": f"{CITY}/nam-ly",
    "operating_unit_id": CENTRE.id,
    "kind": "OTHER",
    "placement": "PUBLIC",
    "manager_unit_id": None,
    "custodian_unit_id": None,
    "longitude": None,
    "latitude": None,
    "view": None,
    "channel": None,
    "in_use": True,
}
REGISTERED = fact(Camera.Registered, **ABOUT)


@pytest.mark.rule("R-DH-1.1.0")
def test_registered() -> None:
    """A camera that is at work already comes into being with its class, its domain of use, its place and its unit."""
    when(
        lambda: Camera.in_use(
            code="DH-NT-01",
            name="Ngã tư Nam Lý",
            camera_class="SMART_CITY",
            domain="TRAFFIC",
            area_path=f"{CITY}/nam-ly",
            operating_unit_id=CENTRE.id,
        )
    ).then(REGISTERED)


def test_renamed() -> None:
    """A new name is recorded; the one it has is not."""
    camera = given(Camera, REGISTERED)
    with acting(SOMEBODY):
        camera.when(lambda camera: camera.rename("Hướng Bắc")).then(fact(Camera.Renamed, name="Hướng Bắc"))
    camera.when(lambda camera: camera.rename("Hướng Bắc")).then_nothing()


def test_identity() -> None:
    """One code is one camera, in every installation."""
    assert Camera.create_id("DH-NT-01") == UUID("7d922f26-717a-5c49-9df1-11d816c8e6e6")


@pytest.mark.rule("R-DH-5.3.0", "R-DB-5.3.0")
def test_no_address() -> None:
    """No event of a camera has a field for its address or its credentials."""
    assert fields_of(Camera) == set(ABOUT) | {
        *(
            "at",
            "body",
            "calibrated_on",
            "certificate",
            "client_id",
            "clocks",
            "consent",
            "contact",
            "document",
            "documents",
            "due",
        ),
        *(
            "firmware",
            "incident_id",
            "installed_on",
            "kinds",
            "number",
            "offset_ms",
            "owning_unit_id",
            "place",
            "published",
            "said_at",
        ),
        *("result", "secret", "settings", "stopped", "work_order_id", "from_unit_id", "to_unit_id"),
    }
