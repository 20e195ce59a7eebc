"""What the public is shown of a camera that is open to everybody: the place and its picture, no more."""

import pytest

from domain.camera import Camera
from domain.camera.guards import check_file, check_see
from domain.context import Context
from domain.errors import Forbidden
from projections import scope
from tests.support.cameras import DB, LEVEL_1, LEVEL_2, administrator, at_work
from tests.support.spec import GRANT, actor, context, unit

AREA = "dien-bien"


def act(kind: str) -> Context:
    """An act of somebody of a unit of a kind."""
    return context(actor(61, unit("DB-X", kind, AREA), "HANDLER"), profile="dien-bien")


@pytest.fixture
def camera() -> Camera:
    """A camera of a provincial body that level I has published."""
    one = at_work(administrator("dien-bien"), DB)
    one.published = True
    return one


@pytest.mark.rule("R-DB-5.3.0", "R-DB-9.2.0")
def test_views_only(camera: Camera) -> None:
    """A member of the public sees that there is such a camera, and nothing of who did what with it by which paper."""
    public = act("PRIVATE_OWNER")
    assert check_see(camera, public) is None
    assert isinstance(check_file(camera, public), Forbidden)


@pytest.mark.rule("R-DB-7.2.0", "R-DB-7.4.0")
def test_whose_work_it_is(camera: Camera) -> None:
    """Whoever views it by their function, whose system it is of, and the audit of its area read its file."""
    for reader in (
        act("LEVEL_1_OPERATOR"),
        act("PEOPLES_COMMITTEE"),
        context(actor(62, LEVEL_1, "LEADER", leader=True), profile="dien-bien"),
        context(actor(63, LEVEL_2, "HANDLER"), profile="dien-bien"),
    ):
        assert check_file(camera, reader) is None
    camera.owner_unit = camera.manager_unit_id = act("PRIVATE_OWNER").actor.unit_id
    assert check_file(camera, act("PRIVATE_OWNER")) is None


@pytest.mark.rule("R-DH-11.3.a3")
def test_other_bodies() -> None:
    """In Đồng Hới another body is one of the public too, but for whoever is named to audit the area."""
    one = at_work(administrator())
    one.published = True
    body = unit("X-TTR", "OTHER_BODY", one.area_path)
    stranger, auditor = (actor(64, body, "HANDLER", grants=held) for held in ((), (GRANT,)))
    assert check_see(one, context(stranger)) is None
    assert isinstance(check_file(one, context(stranger)), Forbidden)
    assert check_file(one, context(auditor)) is None


def test_lists_alike() -> None:
    """The list of diaries has what the guard lets one read: of what is open to everybody, one's own system's alone."""
    shown = scope.of_cameras(act("PRIVATE_OWNER"))
    filed = scope.of_cameras(act("PRIVATE_OWNER"), on_file=True)
    assert len(shown.ranges) == 1
    assert len(filed.ranges) == 2
    for one in filed.ranges:
        assert "published" in one
        assert "_unit" in one.partition("published")[2]
    manager = context(actor(62, LEVEL_1, "LEADER", leader=True), profile="dien-bien")
    assert scope.of_cameras(manager) == scope.of_cameras(manager, on_file=True)
