"""Who may use which camera for what, under each regulation; and what ends a use."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from domain.camera import Camera
from domain.camera.uses import UseKind, check_live_view, check_recognise, check_search
from domain.camera_use import CameraUse, common_area
from domain.context import Context, Grant
from domain.control import CameraControl, Controls, check_reserve
from domain.envelope import acting
from domain.errors import Forbidden, InvalidInput, WrongState
from tests.support.regulations import somebody
from tests.support.spec import (
    APPROVER,
    CENTRE,
    CITY,
    COMMUNE_LEADER,
    HANDLER,
    ID,
    NOW,
    SOMEBODY,
    context,
    fact,
    given,
    unit,
    when,
)

UNTIL = NOW + timedelta(seconds=300)


def camera(
    *, of: UUID = CENTRE.id, area: str = f"{CITY}/nam-ly", level: str = "SMART_CITY", domain: str = "TRAFFIC"
) -> Camera:
    """A camera at work."""
    with acting(SOMEBODY):
        return Camera.in_use(
            code="C-1", name="C-1", camera_class=level, domain=domain, area_path=area, operating_unit_id=of
        )


def opened(who: Context, kind: UseKind = UseKind.LIVE_VIEW, **otherwise: Any) -> CameraUse:
    """Open a use of the usual camera."""
    said: dict[str, Any] = {"cameras": [camera()], "purpose": "PATROL_CONTROL", **otherwise}
    return CameraUse.open(who, use_id=ID, kind=kind, **said)


def with_grant(who: Context, action: str, **otherwise: Any) -> Context:
    """The same person with a grant."""
    grant = Grant(action=action, document="01/QĐ", starts_at=NOW - timedelta(days=1), **otherwise)
    return replace(who, actor=replace(who.actor, grants=(grant,)))


OPENED = fact(
    CameraUse.Opened,
    kind="LIVE_VIEW",
    camera_ids=[camera().id],
    area_path=f"{CITY}/nam-ly",
    purpose="PATROL_CONTROL",
    document=None,
    case_id=None,
    starts_at=None,
    ends_at=None,
    until=UNTIL,
).under(by=str(HANDLER.account_id), unit_id=HANDLER.unit_id, reason="PATROL_CONTROL", rule="R-DH-11.2.0")


class TestLife:
    """From its opening to its end."""

    def test_opened(self) -> None:
        """A live view is allowed for five minutes, with who, for whom and why."""
        when(lambda: opened(context(HANDLER))).then(OPENED)

    def test_extended(self) -> None:
        """It goes on for as long again, from now."""
        later = context(HANDLER, NOW + timedelta(seconds=200))
        given(CameraUse, OPENED).when(lambda use: use.extend(later, [camera()])).then(
            fact(CameraUse.Extended, until=NOW + timedelta(seconds=500))
        )

    def test_not_after_its_time(self) -> None:
        """When its time is over it does not go on."""
        given(CameraUse, OPENED).when(
            lambda use: use.extend(context(HANDLER, UNTIL), [camera()])
        ).then_refused(WrongState, rule="R-DH-4.3.0")

    def test_expires(self) -> None:
        """That its time is over is put on record once, and not before."""

        def looked(use: CameraUse) -> None:
            for at in (UNTIL - timedelta(seconds=1), UNTIL, UNTIL):
                with acting(SOMEBODY):
                    use.expire(at)

        given(CameraUse, OPENED).when(looked).then(fact(CameraUse.Ended, how="EXPIRED", code=None))

    def test_revoked(self) -> None:
        """What is no longer allowed ends once, with the code of the refusal."""

        def revoked(use: CameraUse) -> None:
            with acting(SOMEBODY):
                use.revoke(Forbidden("", ""))
                use.revoke(Forbidden("", ""))

        given(CameraUse, OPENED).when(revoked).then(fact(CameraUse.Ended, how="REVOKED", code="FORBIDDEN"))

    @pytest.mark.parametrize("kind", list(UseKind)[1:5])
    def test_window(self, kind: UseKind) -> None:
        """What is done with footage names its window."""
        who = with_grant(context(HANDLER), "face.recognise")
        with pytest.raises(InvalidInput, match="to:"):
            opened(who, kind, document="1/YC")


class TestStands:
    """What ends a use while it runs."""

    def test_as_it_was(self) -> None:
        """While nothing has changed it stands."""
        assert opened(context(HANDLER)).check_allowed(context(HANDLER), [camera()]) is None

    @pytest.mark.parametrize("state", ["REGISTERED", "INSTALLED", "RETIRED"])
    def test_taken_down(self, state: str) -> None:
        """A camera that is taken down is watched no more."""
        gone = camera()
        gone.state = state
        refusal = opened(context(HANDLER)).check_allowed(context(HANDLER), [gone])
        assert isinstance(refusal, WrongState)

    @pytest.mark.parametrize("state", ["CONNECTED", "FAULTY", "MAINTENANCE"])
    def test_at_fault(self, state: str) -> None:
        """A camera that is at fault may still show what the fault is."""
        bad = camera()
        bad.state = state
        assert opened(context(HANDLER)).check_allowed(context(HANDLER), [bad]) is None

    def test_secret(self) -> None:
        """What turns out to be a state secret is watched by its own system alone, from that moment on."""
        secret = camera()
        secret.secret = True
        assert isinstance(opened(context(HANDLER)).check_allowed(context(HANDLER), [secret]), Forbidden)
        assert opened(context(APPROVER)).check_allowed(context(APPROVER), [secret]) is None

    def test_moved(self) -> None:
        """Somebody who was moved to where the camera is none of theirs watches it no more."""
        guarded = camera(domain="SECURITY", level="PUBLIC")
        use = opened(context(HANDLER), cameras=[guarded])
        there = replace(context(HANDLER), actor=replace(HANDLER, area_path=f"{CITY}/hai-dinh"))
        assert isinstance(use.check_allowed(there, [guarded]), Forbidden)

    def test_several(self) -> None:
        """A search of several cameras stands while each of them may be searched."""
        other = camera()
        other.secret = True
        window = {"starts_at": NOW - timedelta(hours=2), "ends_at": NOW}
        use = opened(context(HANDLER), UseKind.SEARCH, **window)
        assert use.check_allowed(context(HANDLER), [camera(), other]) is not None


class TestGrants:
    """Face recognition is off unless a grant opens it, for its purpose, in its place, for its time."""

    @pytest.mark.rule("R-DH-12.1.0")
    @pytest.mark.parametrize(
        "otherwise, allowed",
        [
            ({}, True),
            ({"purpose": "PATROL_CONTROL"}, True),
            ({"purpose": "SECURITY"}, False),
            ({"ends_at": NOW}, False),
            ({"area_path": f"{CITY}/nam-ly"}, True),
            ({"area_path": f"{CITY}/hai-dinh"}, False),
            ({"camera_ids": (camera().id,)}, True),
            ({"camera_ids": (UUID(int=1),)}, False),
        ],
    )
    def test_of_a_grant(self, otherwise: dict[str, Any], allowed: bool) -> None:
        """A grant opens what it says, and nothing else."""
        who = with_grant(context(HANDLER), "face.recognise", **otherwise)
        window = {"starts_at": NOW - timedelta(hours=2), "ends_at": NOW, "document": "1/YC"}
        if allowed:
            assert opened(who, UseKind.FACE_RECOGNITION, **window).kind == "FACE_RECOGNITION"
        else:
            with pytest.raises(Forbidden):
                opened(who, UseKind.FACE_RECOGNITION, **window)

    @pytest.mark.rule("R-DH-12.1.0")
    @pytest.mark.parametrize("who", [APPROVER, COMMUNE_LEADER])
    def test_not_by_a_grant_alone(self, who: Any) -> None:
        """Whose unit or function does not recognise faces does not with a grant either."""
        assert isinstance(check_recognise(camera(), with_grant(context(who), "face.recognise")), Forbidden)


def dien_bien(kind: str, role: str = "HANDLER") -> Context:
    """Somebody in Điện Biên."""
    return somebody("dien-bien", kind, role, area=CITY)


CHECKS = {
    "live": check_live_view,
    "search": check_search,
    "control": lambda one, who: check_reserve(Controls(camera=one, hold=None), who),
}


class TestDienBien:
    """Three levels, and systems of one's own."""

    @pytest.mark.rule("R-DB-7.2.0")
    @pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS.keys())
    @pytest.mark.parametrize("level", ["LEVEL_1", "LEVEL_2", "LEVEL_3", "OTHER"])
    def test_level_one(self, check: Any, level: str) -> None:
        """The manager of level I watches, searches and controls every camera, of whatever system."""
        assert check(camera(of=UUID(int=5), level=level), dien_bien("LEVEL_1_MANAGER")) is None

    @pytest.mark.rule("R-DB-7.4.0", "R-DB-8.3.0")
    @pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS.keys())
    @pytest.mark.parametrize("kind", ["LEVEL_2_BODY", "LEVEL_3_BODY"])
    def test_own_system(self, check: Any, kind: str) -> None:
        """A body of level II or III does all of it with the cameras of its own system, and nothing with others."""
        own = unit(f"dien-bien-{kind}", kind, CITY).id
        assert check(camera(of=own, level="LEVEL_2"), dien_bien(kind)) is None
        assert isinstance(check(camera(of=UUID(int=5), level="LEVEL_2"), dien_bien(kind)), Forbidden)

    @pytest.mark.rule("R-DB-7.2.0")
    def test_still_logged(self) -> None:
        """The highest access is on record like any other, with its rule and its purpose."""
        use = opened(dien_bien("LEVEL_1_MANAGER"), purpose="STATE_MANAGEMENT")
        [event] = use.collect_events()
        said = event.envelope  # type: ignore[attr-defined] # every event of ours has one
        assert (said.rule, said.reason) == ("R-DB-7.2.0", "STATE_MANAGEMENT")

    @pytest.mark.rule("R-DB-4.4.0", "R-DB-8.2.0")
    @pytest.mark.parametrize("purpose, allowed", [("FOREST_FIRE", True), ("MONITORING", False)])
    @pytest.mark.parametrize(
        "asked", [("camera.view",), ("camera.ptz",), ("footage.search",), ("camera.view", "camera.ptz")]
    )
    def test_for_its_purpose(self, asked: tuple[str, ...], purpose: str, allowed: bool) -> None:
        """A body that exploits the system watches, searches and controls for what its grants name, and no more."""
        grants = tuple(
            Grant(
                action=action,
                document="01/QĐ",
                starts_at=NOW,
                purpose="FOREST_FIRE" if action in asked else None,
            )
            for action in ("camera.view", "camera.ptz", "footage.search")
        )
        who = dien_bien("EXPLOITING_BODY")
        who = replace(who, actor=replace(who.actor, grants=grants))
        one, window = camera(level="LEVEL_1"), {"starts_at": NOW - timedelta(hours=2), "ends_at": NOW}
        attempts: dict[str, Callable[[], object]] = {
            "camera.view": lambda: opened(who, cameras=[one], purpose=purpose),
            "footage.search": lambda: opened(who, UseKind.SEARCH, cameras=[one], purpose=purpose, **window),
            "camera.ptz": lambda: CameraControl.begin(who, one, hold_id=ID, purpose=purpose),
        }
        for action, attempt in attempts.items():
            if allowed or not {"camera.view", action} & set(asked):
                assert attempt()
            else:
                with pytest.raises(Forbidden, match="another purpose than MONITORING"):
                    attempt()


@pytest.mark.parametrize(
    "paths, area",
    [
        (["a/b"], "a/b"),
        (["a/b", "a/c"], "a"),
        (["a/b", "a/b/c"], "a/b"),
        (["a/b", "ab/b"], ""),
    ],
)
def test_common_area(paths: list[str], area: str) -> None:
    """A use of several cameras is of the smallest area that holds them all."""
    assert common_area(paths) == area
