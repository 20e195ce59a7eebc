"""Extractions under each regulation that has them: whoever may ask finds who decides, and comes to the file."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from domain.camera import Camera
from domain.camera.guards import check_watch
from domain.context import Actor, Context, Grant
from domain.envelope import acting
from domain.errors import Forbidden
from domain.extraction import ExtractedFile, FootageExtraction
from domain.extraction.guards import check_open, check_view
from domain.unit import Unit
from policies.rulebook import load
from projections import scope
from tests.support.extractions import AREA, ENDS_AT, FILE, STARTS_AT
from tests.support.spec import CITY, NOW, SOMEBODY, actor, context, unit

PROFILES = ("dong-hoi", "quang-tri", "dien-bien")
SEEING = Grant(
    action="camera.view",
    document="15/QĐ",
    starts_at=NOW - timedelta(days=1),
    ends_at=NOW + timedelta(days=1),
)
"""Exploiting bodies see what they were granted, and no more."""


def asking(profile: str) -> list[str]:
    """The kinds of unit whose leader may ask for footage by the matrix, and on whose requests somebody decides."""
    rulebook = load(profile)
    may = [
        kind
        for kind in rulebook.unit_kinds
        if rulebook.access.decide(kind, "extraction.request", leader=True).allowed
        and rulebook.ended(kind, NOW.date()) is None
    ]
    # Đồng Hới says who decides on two kinds of request only (12.2.c, d)
    return [kind for kind in may if profile != "dong-hoi" or kind in {"COMMUNE_POLICE", "OTHER_BODY"}]


WAYS = [
    pytest.param(profile, kind, decider, id=f"{profile}-{kind}-{decider}")
    for profile in PROFILES
    for kind in asking(profile)
    for decider in sorted(load(profile).deciders(kind))
    if load(profile).ended(decider, NOW.date()) is None
]


def people(where: Unit, number: int, profile: str) -> tuple[Actor, Context]:
    """The leader of a unit, and an act of theirs."""
    found = actor(number, where, "LEADER", leader=True, grants=(SEEING,))
    return found, context(found, profile=profile)


def camera(of: Unit, domain: str = "TRAFFIC") -> Camera:
    """A camera of a unit."""
    with acting(SOMEBODY):
        return Camera.in_use(
            code="X-01",
            name="Ngã tư",
            camera_class="SMART_CITY",
            domain=domain,
            area_path=AREA,
            operating_unit_id=of.id,
        )


def request(by: Context, source: Camera, **otherwise: Any) -> FootageExtraction:
    """Let somebody ask in writing for a minute of footage."""
    said: dict[str, Any] = {
        "note": "Va chạm giữa hai xe máy",
        "document_number": "12/CV",
        "undertaking": True,
        **otherwise,
    }
    return FootageExtraction.request(
        by,
        extraction_id=UUID(int=0xE),
        number=lambda: "X-TX-2026-000001",
        camera=source,
        kept=True,
        starts_at=STARTS_AT,
        ends_at=ENDS_AT,
        purpose=min(by.rulebook.purposes_of(by.actor.unit_kind)),
        **said,
    )


@pytest.mark.rule("R-QT-7.4.0", "R-DB-16.3.b", "R-DB-7.2.0", "R-DH-12.2.c2", "R-DH-12.2.d")
@pytest.mark.parametrize("profile, kind, decider", WAYS)
def test_the_whole_way(profile: str, kind: str, decider: str) -> None:
    """Asked, allowed, cut, handed over, accepted and opened: of every kind of unit that may ask."""
    said = load(profile).says.extraction
    assert said is not None
    executing = unit("X-CUT", min(said.executors.unit_kinds), CITY)
    asking_unit, deciding = unit("X-ASK", kind, CITY), unit("X-DEC", decider, CITY)
    source = camera(asking_unit, "SECURITY" if kind == "OTHER_BODY" else "TRAFFIC")
    receiver, asks = people(asking_unit, 1, profile)
    _, decides = people(deciding, 2, profile)
    cuts = context(actor(3, executing, "EXECUTOR"), profile=profile)

    extraction = request(asks, source)
    assert check_view(extraction, decides) is None
    extraction.approve(decides)
    extraction.execute(cuts, files=[ExtractedFile(**FILE)], gaps=[])
    extraction.hand_over(cuts, receiver=receiver)
    extraction.accept(asks)
    assert check_open(extraction, source, asks) is None


@pytest.mark.parametrize("profile", PROFILES)
def test_nobody_asks_in_vain(profile: str) -> None:
    """On every request that is taken somebody decides, who finds it in their list; nobody else of the units does."""
    for kind in asking(profile):
        deciders = load(profile).deciders(kind)
        assert deciders, kind
        for other in load(profile).unit_kinds:
            if load(profile).ended(other, NOW.date()):
                continue
            _, by = people(unit("X-DEC", other, CITY), 2, profile)
            listed = scope.of_extractions(by).params.get("kinds", ())
            assert (kind in listed) == (other in deciders), (kind, other)


@pytest.mark.rule("R-QT-7.4.0")
@pytest.mark.parametrize("kind", ["CENTRE", "PROVINCIAL_POLICE"])
def test_the_head_of_the_unit(kind: str) -> None:
    """At the Centre and the provincial police it is the head who consents."""
    board = unit("X-ASK", "SAFETY_BOARD", CITY)
    extraction = request(people(board, 1, "quang-tri")[1], camera(board))
    deciding = unit("X-DEC", kind, CITY)
    officer = context(actor(3, deciding, "HANDLER"), profile="quang-tri")
    with pytest.raises(Forbidden, match="leader"):
        extraction.approve(officer)
    extraction.approve(people(deciding, 2, "quang-tri")[1])


@pytest.mark.rule("R-QT-7.4.0")
def test_not_the_other_departments() -> None:
    """Who decides on the requests of their own kind decides on no others'."""
    board = unit("X-ASK", "SAFETY_BOARD", CITY)
    extraction = request(people(board, 1, "quang-tri")[1], camera(board))
    _, transport = people(unit("X-SGT", "TRANSPORT_DEPARTMENT", CITY), 2, "quang-tri")
    with pytest.raises(Forbidden, match="names others to decide") as refused:
        extraction.approve(transport)
    assert refused.value.rule == "R-QT-5.5.0"


class TestInWriting:
    """Other bodies of Đồng Hới see what cameras of security show for a request in writing (R-DH-12.2.d)."""

    CENTRE = unit("X-TT", "OPERATIONS_CENTRE", CITY)
    OTHER = unit("X-TTR", "OTHER_BODY", CITY)
    SOURCE = camera(CENTRE, "SECURITY")

    @pytest.mark.rule("R-DH-12.2.d")
    def test_request(self) -> None:
        """The request itself asks of a camera that they do not watch; one without its papers does not."""
        by = context(actor(1, self.OTHER, "HANDLER"))
        assert isinstance(check_watch(self.SOURCE, by), Forbidden)
        request(by, self.SOURCE)
        for missing in ({"document_number": None}, {"note": None}, {"undertaking": False}):
            with pytest.raises(Forbidden):
                request(by, self.SOURCE, **missing)

    @pytest.mark.rule("R-DH-12.2.d")
    @pytest.mark.parametrize("area, seen", [(None, True), (AREA, True), (f"{CITY}/bac-ly", False)])
    def test_granted(self, area: str | None, seen: bool) -> None:
        """What was granted by a document is watched as long as it runs, where it holds, and is in their list."""
        held = Grant(**{**vars(SEEING), "area_path": area})
        by = context(actor(1, self.OTHER, "HANDLER", grants=(held,)))
        assert (check_watch(self.SOURCE, by) is None) == seen
        over = context(by.actor, NOW + timedelta(days=2))
        assert isinstance(check_watch(self.SOURCE, over), Forbidden)
        assert scope.of_cameras(by).params["granted_areas"] == ([area] if area else [])
