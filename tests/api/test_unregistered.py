"""Intake takes what comes from software that was let in at the time, where the regulation has it registered."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from api.messages.intake import Dead, Intake
from cli import demo
from cli.wiring import application, rulebook
from detection.config import read_config
from detection.contracts import ViolationDetectedV1, wrap
from detection.evidence_store import digest_of
from detection.manifest import read_manifest
from detection.sample import CONFIG
from domain.camera import Camera
from domain.case import Case
from domain.client import Client
from domain.commands import client as commands
from domain.commands.application import CaseSystem, Command
from domain.envelope import acting
from domain.errors import InvalidInput
from domain.unit import Unit
from policies.rulebook import load
from tests.support import clients
from tests.support.api import Installation
from tests.support.clients import MODEL, let_in
from tests.support.detections import detection
from tests.support.sites import QUANG_TRI, Settled, Site
from tests.support.spec import SOMEBODY, actor, context

AT = datetime(2026, 6, 1, 1, 0, tzinfo=UTC)
"""When the usual detection is made."""


def seen(n: int, *, at: datetime = AT, camera: str = demo.CAMERA, **otherwise: Any) -> ViolationDetectedV1:
    """The n-th detection of the demo camera."""
    return replace(detection(n, camera=camera, at=at), **otherwise)


def verdicts(place: Installation, *said: ViolationDetectedV1, profile: str = "quang-tri") -> list[str | None]:
    """Why intake refuses each, under a regulation."""
    found = Intake(place.intake, load(profile)).commit([wrap(one) for one in said])
    return [one.reason if one else None for one in found]


def taken(place: Installation, *said: ViolationDetectedV1) -> list[bool]:
    """Whether each is a case."""
    return [Case.create_id(one.proposal_id) in place.intake.repository for one in said]


def happened(place: Installation, client: Client, event: type[Client.Event], at: datetime) -> None:
    """Put something on record that was done with a client at an instant."""
    with acting(replace(SOMEBODY, took_place_at=at)):
        client.trigger_event(event, document="16/QĐ-UBND")
    place.operator.record(client)


@pytest.mark.rule("R-QT-5.2.b", "R-DB-5.4.0")
@pytest.mark.parametrize(
    "profile, rule, article, then",
    [
        ("quang-tri", "R-QT-5.2.b", "1689/QĐ-UBND (Quảng Trị), Đ5.2", None),
        # whose regulation names no kinds of violation
        ("dien-bien", "R-DB-5.4.0", "25/2024/QĐ-UBND (Điện Biên), Đ5.4", "UNKNOWN_RULE"),
    ],
)
def test_nobody_let_it_in(
    installation: Installation, profile: str, rule: str, article: str, then: str | None
) -> None:
    """What unknown software sends is a dead letter that names the article and the way out; nothing is recorded."""
    before = installation.head()
    [dead] = Intake(installation.intake, load(profile)).commit([wrap(seen(1))])
    assert dead == Dead(
        "UNKNOWN_CLIENT",
        f"no client that was let in at {AT.isoformat()} has the model {MODEL} ({rule}, {article}):"
        " registerClient with the document that permitted it then, and put the letter back",
    )
    assert installation.head() == before
    let_in(installation)
    assert verdicts(installation, seen(1), profile=profile) == [then]


@pytest.mark.parametrize("profile", ["dong-hoi", "yen-bai"])
def test_where_nothing_is_demanded(installation: Installation, profile: str) -> None:
    """Elsewhere everything is taken, and who sent it is told where that is known."""
    assert verdicts(installation, seen(1), profile=profile) == [None]
    client = let_in(installation)
    assert verdicts(installation, seen(2), profile=profile) == [None]
    cases = [installation.intake.events.get(Case.create_id(seen(n).proposal_id)) for n in (1, 2)]
    assert [next(iter(events)).client_id for events in cases] == [None, client.id]  # type: ignore[attr-defined]


@pytest.mark.rule("R-QT-5.2.b")
class TestAtTheTime:
    """The instant of the detection decides, not that of its arrival."""

    def test_at_every_instant(self, installation: Installation, counted: Callable[[str], None]) -> None:
        """Minute by minute, what is taken is what was detected while its software was let in."""
        client = let_in(installation, permitted_on=date(2026, 6, 1))
        begun = datetime(2026, 5, 31, 17, tzinfo=UTC)
        acts = {
            20: Client.Suspended,
            30: Client.Resumed,
            31: Client.Suspended,
            40: Client.Resumed,
            50: Client.Withdrawn,
        }
        for minute, act in acts.items():
            happened(installation, client, act, begun + timedelta(minutes=minute))
        instants = [begun + timedelta(minutes=n, seconds=s) for n in range(-2, 55) for s in (0, 59)]
        said = [seen(n, at=at) for n, at in enumerate(instants)]
        shut = [(20, 30), (31, 40), (50, 10**6)]
        minutes = [(at - begun) / timedelta(minutes=1) for at in instants]
        expected = [m >= 0 and not any(a <= m < b for a, b in shut) for m in minutes]
        found = verdicts(installation, *said)
        assert found == [None if let else "UNKNOWN_CLIENT" for let in expected]
        assert taken(installation, *said) == expected
        # a letter that is put back later is refused again: what was not let in then is not let in now
        assert verdicts(installation, *said) == found
        assert verdicts(installation, *reversed(said)) == found[::-1]
        counted(f"E6 {len(said)} instants: a detection is taken exactly while its software was let in")

    def test_another_version(self, installation: Installation) -> None:
        """A model that is not on the registration is not let in with it, until its own is."""
        let_in(installation)
        other = seen(2, model_sha256="e" * 64)
        assert verdicts(installation, seen(1), other) == [None, "UNKNOWN_CLIENT"]
        let_in(installation, "PM-PH-10", models=("e" * 64,))
        assert verdicts(installation, seen(1), other) == [None, None]

    def test_in_a_race(self, installation: Installation) -> None:
        """Two intakes that race say the same of each message, and make one case of each that is let in."""
        client = let_in(installation)
        happened(installation, client, Client.Suspended, AT)
        said = [seen(n, at=AT + timedelta(minutes=n - 10)) for n in range(20)]
        messages = [wrap(one) for one in said]
        rules = load("quang-tri")

        def commit(app: CaseSystem) -> list[bool]:
            return [one is None for one in Intake(app, rules).commit(messages)]

        expected = [n < 10 for n in range(20)]
        with (
            application(installation.endpoints, role="minhchung_intake") as other,
            ThreadPoolExecutor(2) as threads,
        ):
            both = list(threads.map(commit, (installation.intake, other)))
        assert both == [expected, expected]
        assert taken(installation, *said) == expected
        assert all(
            installation.topics(Case.create_id(one.proposal_id)) == ["case:detected"] for one in said[:10]
        )


@pytest.mark.rule("R-QT-5.2.b")
def test_from_the_letter_to_the_case(settled: Callable[[Site], Settled]) -> None:
    """Quảng Trị: an administrator registers the software, the letter is put back, the case says who sent it."""
    site = settled(QUANG_TRI)
    place = site.place
    centre = QUANG_TRI.operator
    admin = place.open_account("centre.admin", unit_id=centre.id, role="ADMINISTRATOR")
    place.register_area("quang-tri")
    place.project()
    one = seen(1, at=place.now, camera=QUANG_TRI.camera)
    intake = Intake(place.intake, rulebook(), now=lambda: place.now)
    [dead] = intake.commit([wrap(one)])
    assert dead is not None
    assert dead.reason == "UNKNOWN_CLIENT"
    where = {"area": "quang-tri", "operatingUnitId": str(centre.id)}
    late = clients.done(admin, "registerClient", **where, code="PM-PH-10", models=["e" * 64])
    assert late["history"] == [{"event": "client:registered", "reason": None, "rule": {"id": "R-QT-5.2.b"}}]
    made = clients.done(admin, "registerClient", **where)
    assert intake.commit([wrap(one)]) == [None]
    clients.done(admin, "suspendClient", clientId=made["id"])
    assert intake.commit([wrap(seen(2, at=place.now, camera=QUANG_TRI.camera))]) != [None]
    place.project()
    shown = place.signed_in("centre.approve").ask(
        "query($id: ID) { case(id: $id, purpose: VIOLATION_HANDLING) {"
        " evidence { channel source { code kindName(language: EN) release state } } } }",
        id=str(Case.create_id(one.proposal_id)),
    )["case"]
    assert shown["evidence"] == [
        {
            "channel": None,
            "source": {
                "code": "PM-PH-09",
                "kindName": "Software that detects violations",
                "release": "2.4.1",
                "state": "SUSPENDED",
            },
        }
    ]


@pytest.mark.rule("R-DH-7.1.0")
def test_by_which_way(installation: Installation) -> None:
    """Evidence says by which way the images of its camera came when it was detected, whatever they do since."""
    camera_id = Camera.create_id("DH-ML-01")
    with installation.founding():
        installation.operator.record(
            Camera(
                code="DH-ML-01",
                name="Ngã ba",
                camera_class="PUBLIC",
                domain="TRAFFIC",
                area_path=demo.CITY,
                operating_unit_id=Unit.create_id("TTGSDH"),
                kind="SANCTION",
                placement="PUBLIC",
                manager_unit_id=None,
                custodian_unit_id=None,
                longitude=None,
                latitude=None,
                view=None,
                channel="INTERNET",
                in_use=False,
            )
        )
    camera = installation.operator.find(Camera, camera_id)
    gateway = let_in(installation, "CONG-01", kind="MEDIA_GATEWAY", models=())
    for minute, event, told in (
        (0, Camera.Installed, {"installed_on": date(2026, 6, 1)}),
        (1, Camera.Connected, {"channel": "INTERNET", "documents": ()}),
        (2, Camera.Activated, {}),
        (30, Camera.Connected, {"channel": "PRIVATE_CHANNEL", "documents": (), "client_id": gateway.id}),
    ):
        with acting(replace(SOMEBODY, took_place_at=AT + timedelta(minutes=minute))):
            camera.trigger_event(event, **told)
    installation.operator.record(camera)
    said = [
        seen(n, at=AT + timedelta(minutes=minute), camera="DH-ML-01")
        for n, minute in enumerate((3, 10, 29, 30, 45))
    ]
    assert verdicts(installation, *said, seen(9), profile="dong-hoi") == [None] * 6
    installation.project()
    found = []
    for one in (*said, seen(9)):
        shown = installation.signed_in("centre.approve").ask(
            "query($id: ID) { case(id: $id, purpose: VIOLATION_HANDLING) { evidence { channel source { code } } } }",
            id=str(Case.create_id(one.proposal_id)),
        )["case"]["evidence"]
        assert shown[0]["source"] is None
        found.append(shown[0]["channel"])
    assert found == [
        "INTERNET",
        "INTERNET",
        "INTERNET",
        "PRIVATE_CHANNEL",
        "PRIVATE_CHANNEL",
        "PRIVATE_CHANNEL",
    ]


class TestOneModel:
    """A model is registered to one client at a time."""

    def test_while_the_first_stands(self, installation: Installation) -> None:
        """A second registration is refused and names the first; once that is withdrawn it is taken."""
        admin = installation.signed_in("centre.admin")
        installation.now = AT
        first = clients.done(admin, "registerClient")
        refused = clients.did(admin, "registerClient", code="PM-PH-10")
        assert (refused["__typename"], refused["path"]) == ("InvalidInput", "models")
        assert "PM-PH-09" in refused["en"]
        installation.now = AT + timedelta(minutes=10)
        clients.done(admin, "withdrawClient", clientId=first["id"])
        installation.now = AT + timedelta(minutes=20)
        second = clients.done(admin, "registerClient", code="PM-PH-10")
        early, late = seen(1, at=AT), seen(2, at=AT + timedelta(minutes=15))
        assert verdicts(installation, early, late) == [None, None]
        sent = [
            next(iter(installation.intake.events.get(Case.create_id(one.proposal_id)))).client_id  # type: ignore[attr-defined]
            for one in (early, late)
        ]
        assert list(map(str, sent)) == [first["id"], second["id"]]

    def test_in_a_race(self, installation: Installation) -> None:
        """Of two registrations of one model at the same time one is made."""
        who = actor(77, installation.operator.find(Unit, Unit.create_id("TTGSDH")), "ADMINISTRATOR")
        act = context(who, AT)
        codes = ("PM-PH-21", "PM-PH-22")

        def register(code: str) -> str:
            command = Command.of(who.account_id, f"c-{code}", "registerClient", {}, None)
            try:
                commands.register_client(installation.cases, act, command, registration=clients.said(code))
            except InvalidInput as refused:
                return str(refused.path)
            return "made"

        with ThreadPoolExecutor(2) as threads:
            assert sorted(threads.map(register, codes)) == ["made", "models"]
        made = [Client.create_id(code) in installation.cases.repository for code in codes]
        assert sorted(made) == [False, True]


def test_the_demo_lets_its_own_worker_in(installation: Installation) -> None:
    """The worker of the demo is on the register with the model that it really runs, so that it flows everywhere."""
    model = read_manifest(read_config(CONFIG).model)
    assert digest_of(model.path)[0] == model.sha256
    one = seen(1, model_sha256=model.sha256)
    assert verdicts(installation, one) == [None]
    installation.project()
    [evidence] = installation.signed_in("centre.approve").ask(
        "query($id: ID) { case(id: $id, purpose: VIOLATION_HANDLING) { evidence { channel source { code } } } }",
        id=str(Case.create_id(one.proposal_id)),
    )["case"]["evidence"]
    assert evidence == {"channel": "PRIVATE_CHANNEL", "source": {"code": demo.WORKER}}
