"""The register of clients over HTTP: what may connect, by which document, and which cameras stand behind it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from cli import demo
from domain.camera import Camera
from tests.api.test_camera_acts import NEW, on_file
from tests.api.test_camera_acts import did as with_camera
from tests.api.test_camera_acts import done as done_with_camera
from tests.support.api import GATEWAYS, Installation
from tests.support.clients import FACTS, did, done, let_in
from tests.support.people import Person
from tests.support.sites import QUANG_TRI, Settled, Site

LIST = "{ clients { totalCount nodes { code state kind models } } }"


@pytest.fixture
def admin(installation: Installation) -> Person:
    """The administrator of the Centre."""
    return installation.signed_in("centre.admin")


@pytest.mark.rule("R-DH-6.2.b")
def test_way(installation: Installation, admin: Person) -> None:
    """The administrator registers it and keeps it out by documents; each act is on record with its rule and reason."""
    one = done(admin, "registerClient")
    assert {name: one[name] for name in ("document", "permittedOn", "models", "maker", "area")} == {
        name: FACTS["registerClient"][name] for name in ("document", "permittedOn", "models", "maker", "area")
    }
    assert (one["unit"]["code"], one["kindName"], one["state"]) == (
        "TTGSDH",
        "Software that detects violations",
        "REGISTERED",
    )
    of = {"clientId": one["id"]}
    shown = [done(admin, act, **of) for act in ("suspendClient", "resumeClient", "withdrawClient")]
    assert [(s["state"], s["stateDocument"], s["stateReason"]) for s in shown] == [
        ("SUSPENDED", "13/QĐ-TTGSĐH", "Gửi ảnh sai giờ"),
        ("REGISTERED", "14/QĐ-TTGSĐH", "Đã sửa đồng hồ"),
        ("WITHDRAWN", "15/QĐ-TTGSĐH", "Hết hợp đồng"),
    ]
    assert {step["rule"]["id"] for step in shown[-1]["history"]} == {"R-DH-6.2.b"}
    assert not any(a["enabled"] for a in shown[-1]["availableActions"])
    installation.project()
    found = admin.ask("query($c: String) { client(code: $c) { id state } }", c=one["code"])["client"]
    assert found == {"id": one["id"], "state": "WITHDRAWN"}
    nodes = admin.ask(LIST)["clients"]["nodes"]
    assert [node["code"] for node in nodes] == [demo.WORKER, "PM-PH-09"]


def test_as_it_was(installation: Installation, admin: Person) -> None:
    """As of an instant it is shown as it stood then, and nothing can be done with it."""
    one = done(admin, "registerClient")
    with installation.as_owner() as conn:
        [between] = conn.execute("SELECT clock_timestamp()").fetchall()
    done(admin, "suspendClient", clientId=one["id"])
    installation.project()
    past = admin.ask(
        "query($i: ID, $at: DateTime) { client(id: $i, asOf: $at) { state availableActions { action } } }",
        i=one["id"],
        at=between[0].isoformat(),
    )["client"]
    assert past == {"state": "REGISTERED", "availableActions": []}


@pytest.mark.parametrize("asked", [{}, {"id": "x", "code": "y"}])
def test_by_one_of_both(admin: Person, asked: dict[str, str]) -> None:
    """One asks by id or by code."""
    error = admin.error("query($id: ID, $code: String) { client(id: $id, code: $code) { id } }", **asked)
    assert (error["code"], error["message"]) == (
        "INVALID_INPUT",
        "id: cần id hoặc code, chỉ một · id: either id or code is expected",
    )


@pytest.mark.parametrize("name", ["centre.approve", "centre.execute", "police.handle", "auditor"])
def test_who_may_not(installation: Installation, name: str) -> None:
    """Whose function it is not registers nothing, and has tried."""
    before = installation.head()
    refused = did(installation.signed_in(name), "registerClient")
    assert refused["__typename"] == "Forbidden"
    assert installation.since(before) == ["attempt:refused"]


@pytest.mark.parametrize(
    "otherwise, path",
    [
        ({"code": demo.WORKER}, "code"),
        ({"area": "quang-binh/nowhere"}, "area"),
        ({"operatingUnitId": "00000000-0000-0000-0000-000000000000"}, "operatingUnitId"),
        ({"permittedOn": "2099-01-01"}, "permittedOn"),
        ({"models": []}, "models"),
    ],
)
def test_what_cannot_be(
    installation: Installation, admin: Person, otherwise: dict[str, Any], path: str
) -> None:
    """A code that is taken, an area or a unit that is none, a permission that is still to come: nothing is recorded."""
    before = installation.head()
    refused = did(admin, "registerClient", **otherwise)
    assert (refused["__typename"], refused["path"], refused["rule"]["id"]) == (
        "InvalidInput",
        path,
        "R-DH-6.2.b",
    )
    assert installation.head() == before


def test_sent_twice(installation: Installation, admin: Person) -> None:
    """A command that is sent again registers no second one."""
    said = {"commandId": "once", "code": "PM-PH-30"}
    first = did(admin, "registerClient", **said)
    head = installation.head()
    assert did(admin, "registerClient", **said) == first
    assert installation.head() == head


@pytest.mark.rule("R-DH-6.2.b")
class TestBehind:
    """Cameras are connected through gateways and recorders."""

    def installed(self, installation: Installation, admin: Person, code: str = "DH-NL-09") -> str:
        """A camera that stands, with its consents on file."""
        camera = done_with_camera(admin, "registerCamera", **{**NEW, "code": code})
        done_with_camera(
            admin, "installCamera", cameraId=camera["id"], installedOn=installation.now.date().isoformat()
        )
        on_file(admin, camera["id"], "ATTACHMENT_MANAGER", "ATTACHMENT_OPERATOR")
        return str(camera["id"])

    def test_named(self, installation: Installation, admin: Person) -> None:
        """A camera says through which it is connected, and if that is suspended, which cameras stand behind it."""
        gateway = done(
            admin, "registerClient", code="CONG-01", kind="MEDIA_GATEWAY", models=[], name="Cổng Nam Lý"
        )
        for code in ("DH-NL-09", "DH-NL-10"):
            camera = self.installed(installation, admin, code)
            done_with_camera(
                admin, "connectCamera", cameraId=camera, channel="PRIVATE_CHANNEL", clientCode="CONG-01"
            )
        suspended = done(admin, "suspendClient", clientId=gateway["id"])
        assert suspended["cameras"]["totalCount"] == 0  # what one is shown is what the register has by now
        installation.project()
        ask = """{ clients(filter: {states: [SUSPENDED]}) { nodes { code cameras(first: 1) {
            totalCount nodes { code } pageInfo { hasNextPage endCursor } } } } }"""
        [behind] = admin.ask(ask)["clients"]["nodes"]
        assert (behind["code"], behind["cameras"]["totalCount"], behind["cameras"]["nodes"]) == (
            "CONG-01",
            2,
            [{"code": "DH-NL-09"}],
        )
        more = admin.ask(
            'query($a: String) { client(code: "CONG-01") { cameras(after: $a) { nodes { code gateway { code'
            " state } } } } }",
            a=behind["cameras"]["pageInfo"]["endCursor"],
        )["client"]["cameras"]["nodes"]
        assert more == [{"code": "DH-NL-10", "gateway": {"code": "CONG-01", "state": "SUSPENDED"}}]
        # who is not shown the register is not told how a camera is connected (R-DH-5.3.0)
        seen = installation.signed_in("centre.approve").ask(
            '{ camera(code: "DH-NL-10") { code gateway { code } } clients { totalCount } }'
        )
        assert seen == {"camera": {"code": "DH-NL-10", "gateway": None}, "clients": {"totalCount": 0}}

    def test_at_work(self, installation: Installation, admin: Person) -> None:
        """A camera that works already is said to be connected through one, and changed otherwise stays behind it."""
        let_in(installation, "DAU-01", kind="RECORDER", models=())
        at_work = {"cameraId": str(Camera.create_id(demo.CAMERA)), "reason": "Ghi qua đầu ghi"}
        done_with_camera(admin, "reconfigureCamera", **at_work, clientCode="DAU-01")
        done_with_camera(admin, "reconfigureCamera", **at_work, view="Hướng Nam")
        refused = with_camera(admin, "reconfigureCamera", **at_work, clientCode="DAU-99")
        assert (refused["__typename"], refused["path"]) == ("InvalidInput", "clientCode")
        installation.project()
        found = admin.ask('{ client(code: "DAU-01") { cameras { nodes { code view } } } }')["client"]
        assert found["cameras"]["nodes"] == [{"code": demo.CAMERA, "view": "Hướng Nam"}]

    @pytest.mark.parametrize("code", ["CONG-99", "PM-PH-01", "CONG-02", "?"])
    def test_through_nothing(self, installation: Installation, admin: Person, code: str) -> None:
        """Through what is not registered, is no gateway, or is suspended, nothing is connected."""
        other = let_in(installation, "CONG-02", kind="MEDIA_GATEWAY", models=())
        done(admin, "suspendClient", clientId=str(other.id))
        camera = self.installed(installation, admin)
        before = installation.head()
        refused = with_camera(
            admin, "connectCamera", cameraId=camera, channel="PRIVATE_CHANNEL", clientCode=code
        )
        assert (refused["__typename"], refused["path"]) == ("InvalidInput", "clientCode")
        assert installation.head() == before


# -- what asks over HTTP ----------------------------------------------------------------

GATEWAY = ("CONG-QT", "MEDIA_GATEWAY", "/gateway/authorise")
ENGINE = ("PT-QT", "ANALYTICS_ENGINE", "/analytics/authorise")


@pytest.fixture
def quang_tri(settled: Callable[[Site], Settled]) -> Installation:
    """An installation of Quảng Trị, with a gateway and an engine on its register."""
    place = settled(QUANG_TRI).place
    place.today()
    for code, kind, _ in (GATEWAY, ENGINE):
        let_in(place, code, kind=kind, models=(), operating_unit_id=QUANG_TRI.operator.id)
    place.project()
    return place


def asked(place: Installation, path: str, code: str | None, *, basic: bool = True) -> tuple[int, Any]:
    """What somebody is answered who says to be that client."""
    secret = GATEWAYS.shared.hex()
    if basic:
        response = place.client.get(path, auth=(code or "", secret))
    else:
        named = {"x-client": code} if code else {}
        response = place.client.get(path, headers={"authorization": f"Bearer {secret}", **named})
    return response.status_code, response.json()


@pytest.mark.rule("R-QT-5.2.b")
class TestAsking:
    """The media gateway and the analytics engine say which client they are, where clients are registered."""

    @pytest.mark.parametrize("basic", [True, False])
    @pytest.mark.parametrize("code, _, path", [GATEWAY, ENGINE])
    def test_let_in(self, quang_tri: Installation, code: str, _: str, path: str, *, basic: bool) -> None:
        """One of its kind that is let in is asked for the token of its viewer, as user name or as header."""
        assert asked(quang_tri, path, code, basic=basic) == (401, {"code": "TOKEN_MISSING"})

    @pytest.mark.parametrize("basic", [True, False])
    @pytest.mark.parametrize("code", ["PT-QT", "gateway", None, "CONG-99", "CONG-QT\u0110", "x" * 2000])
    def test_kept_out(self, quang_tri: Installation, code: str | None, *, basic: bool) -> None:
        """One of another kind, of no code or of an unknown one is refused in a line that says what to do."""
        if not basic and code and not code.isascii():
            return
        before = quang_tri.head()
        status, body = asked(quang_tri, "/gateway/authorise", code, basic=basic)
        named = code if code in {"PT-QT", "CONG-99"} else "?"
        assert (status, body["code"]) == (403, "UNKNOWN_CLIENT")
        assert body["message"] == (
            f"{named}: không phải MEDIA_GATEWAY đang được phép kết nối (R-QT-5.2.b); đăng ký bằng registerClient và"
            " dùng mã đó làm tên người dùng · no MEDIA_GATEWAY of that code is let in (R-QT-5.2.b): registerClient,"
            " and its code as the user name"
        )
        asked(quang_tri, "/gateway/authorise", code, basic=basic)
        assert quang_tri.since(before) == ["attempt:refused"]  # once a minute, however often

    def test_from_the_instant(self, quang_tri: Installation) -> None:
        """A gateway that is suspended is kept out from that instant on, and its attempt is in the log of accesses."""
        admin = quang_tri.open_account("qt.admin", unit_id=QUANG_TRI.operator.id, role="ADMINISTRATOR")
        quang_tri.project()
        one = admin.ask('{ client(code: "CONG-QT") { id } }')["client"]
        done(admin, "suspendClient", clientId=one["id"])
        assert asked(quang_tri, "/gateway/authorise", "CONG-QT")[0] == 403
        assert asked(quang_tri, "/analytics/authorise", "PT-QT")[0] == 401
        quang_tri.project()
        with quang_tri.as_owner() as conn:
            found = conn.execute("SELECT by, way, noun, ids::text[], refused FROM access_log").fetchall()
        assert found == [("system:media_gateway", "connect", "client", [one["id"]], "UNKNOWN_CLIENT")]
        quang_tri.now += timedelta(minutes=1)
        done(admin, "resumeClient", clientId=one["id"])
        assert asked(quang_tri, "/gateway/authorise", "CONG-QT")[0] == 401

    def test_what_was_served(self, quang_tri: Installation) -> None:
        """What tells how long a view was is a client as well."""
        secret = GATEWAYS.shared.hex()
        for path, code, status in (
            ("/gateway/ended", "CONG-QT", "TOKEN_INVALID"),
            ("/gateway/ended", "PT-QT", "UNKNOWN_CLIENT"),
            ("/analytics/ended", "PT-QT", "TOKEN_INVALID"),
        ):
            answer = quang_tri.client.post(path, json={"seconds": 1}, auth=(code, secret))
            assert (answer.status_code, answer.json()["code"]) == (403, status)


def test_elsewhere_nobody_asks(installation: Installation) -> None:
    """Where the regulation has nothing registered, the shared secret is enough, whatever name stands before it."""
    assert asked(installation, "/gateway/authorise", "gateway") == (401, {"code": "TOKEN_MISSING"})
