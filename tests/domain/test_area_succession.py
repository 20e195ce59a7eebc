"""The succession of areas: what stood in one that ended is in the one that follows; what was captured is not."""

from dataclasses import replace

from eventsourcing.domain import Aggregate

from domain.account import Account
from domain.area import Area
from domain.area_succession import ClientMoved, GrantsMoved, move
from domain.camera import Camera
from domain.client import Client
from domain.envelope import acting
from domain.personal import Personal
from domain.unit import Unit
from tests.support.account_examples import RIGHT
from tests.support.cameras import DH
from tests.support.client_examples import CLIENT_EVENTS
from tests.support.spec import APPROVER, CENTRE, CITY, ID, NOW, SOMEBODY, Fact, fact, given

DOCUMENT = "1660/NQ-UBTVQH15"
OLD, OLDER, NEW = f"{CITY}/nam-ly", f"{CITY}/hai-thanh", f"{CITY}/dong-hoi"


def area(path: str) -> Area:
    """An area that stands."""
    return Area.enter(path=path, parent=None, name=path, kind="COMMUNE", valid_from=NOW)


with acting(SOMEBODY):
    GONE, HEIR = area(OLD), area(NEW)
    GONE.take_over(OLDER)
    GONE.end(at=NOW, successor=HEIR, document=DOCUMENT, standing={"cameras": 1}, now=NOW)


def moves(cls: type[Aggregate], *facts: Fact, once: Fact | None) -> Aggregate:
    """Let something pass twice: it does so once, or not at all."""
    one = given(cls, *facts)
    with acting(SOMEBODY):
        outcome = one.when(lambda noun: move(noun, GONE, HEIR))
        if once is None:
            outcome.then_nothing()
        else:
            outcome.then(once)
        one.when(lambda noun: move(noun, GONE, HEIR)).then_nothing()
    return one.aggregate


def registered(path: str) -> Fact:
    """A camera that was taken into the register there."""
    said = {name: value for name, value in vars(replace(DH, area_path=path)).items() if name != "owner"}
    for name in ("state", "secret", "published", "withdrawn"):
        said.pop(name)
    return fact(Camera.Registered, **said, in_use=False)


def test_camera() -> None:
    """A camera is in the area that follows; one of another area stays."""
    camera = moves(Camera, registered(OLD), once=fact(Camera.MovedToArea, area_path=NEW, document=DOCUMENT))
    assert isinstance(camera, Camera)
    assert camera.area_path == NEW
    moves(Camera, registered(CITY), once=None)


def test_unit() -> None:
    """A unit works in the area that follows, part of what it was part of."""
    said = {"code": "CAP", "name": "Công an phường", "kind": "COMMUNE_POLICE", "parent_unit_id": CENTRE.id}
    moved = fact(Unit.Moved, parent_unit_id=CENTRE.id, area_path=NEW, document=DOCUMENT)
    moves(Unit, fact(Unit.Registered, **said, area_path=OLD, valid_from=None, document=None), once=moved)


def test_grants() -> None:
    """What a person was given for the area, or is to be given, holds for the one that follows; the rest stays."""
    opened = fact(
        Account.Opened,
        name="police.handle",
        full_name=Personal.said(ID, "Nguyễn Thị Mẫu"),
        unit_id=CENTRE.id,
        role="HANDLER",
        leader=False,
    )
    for_area = {**RIGHT, "area_path": OLD, "camera_ids": []}
    everywhere = {**RIGHT, "area_path": None, "camera_ids": []}
    account = moves(
        Account,
        opened,
        fact(Account.Granted, **for_area, direction=None),
        fact(Account.Granted, **everywhere, direction=None),
        fact(Account.GrantDirected, **for_area),
        once=fact(GrantsMoved, from_path=OLD, to_path=NEW, document=DOCUMENT),
    )
    assert isinstance(account, Account)
    assert [one.area_path for one in account.grants] == [NEW, None]
    assert [one.area_path for one in account.directions.values()] == [NEW]
    moves(Account, opened, fact(Account.Granted, **everywhere, direction=None), once=None)


def test_client() -> None:
    """Software that connects belongs to the area that follows."""
    said = {**CLIENT_EVENTS[Client.Registered][1], "area_path": OLD}
    client = moves(
        Client,
        fact(Client.Registered, **said),
        once=fact(ClientMoved, from_path=OLD, to_path=NEW, document=DOCUMENT),
    )
    assert isinstance(client, Client)
    assert client.area_path == NEW


def test_covered() -> None:
    """The area that follows covers what was captured in it, and in what had been merged into that, once."""
    heir = given(
        Area,
        fact(
            Area.Registered,
            area_path=NEW,
            name="x",
            kind="COMMUNE",
            valid_from=NOW,
            document=None,
            boundary=None,
        ),
    )
    with acting(SOMEBODY):
        heir.when(lambda one: move(one, GONE, HEIR)).then(
            fact(Area.TookOver, from_path=OLD), fact(Area.TookOver, from_path=OLDER)
        )
        heir.when(lambda one: move(one, GONE, HEIR)).then_nothing()


def test_reach() -> None:
    """Whoever works in the area that follows covers what was captured before, which keeps its path."""
    here = replace(APPROVER, area_path=NEW)
    assert (here.covers(OLD), replace(here, areas_before=(OLD,)).covers(OLD)) == (False, True)
