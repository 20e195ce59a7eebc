"""What the police find on data of their own: they open the case, no Centre approves it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from domain.camera import Camera
from domain.case import Case, CaseState, Mark
from domain.commands.case import first_clocks
from domain.envelope import acting
from domain.errors import Forbidden, InvalidInput
from domain.rules import Track
from tests.support.cameras import administrator, registered
from tests.support.cases import (
    OCCURRED_AT,
    PLATE,
    RECEIVED,
    TEXT,
    detected,
    limitation,
)
from tests.support.procedure import runs, said
from tests.support.record import camera
from tests.support.spec import (
    APPROVER,
    HANDLER,
    ID,
    NOW,
    POLICE,
    SOMEBODY,
    context,
    fact,
    given,
    replayed,
    when,
)

SECOND = timedelta(seconds=1)


OWN_CAMERA = camera(unit_id=POLICE.id)
FOUND: dict[str, Any] = {
    "case_id": ID,
    "number": lambda: "DH-2026-000124",
    "camera": OWN_CAMERA,
    "kind": "RED_LIGHT",
    "occurred_at": OCCURRED_AT,
    "plate": " 73a-123.45 ",
    "text": TEXT,
    "clocks": (),
}


class TestOpen:
    """The police open a case of what they found on data of their own."""

    @pytest.mark.rule("R-QT-12.3.0")
    def test_found(self) -> None:
        """No Centre approves it: it begins received, with the notice to the owner and the limitation as its clocks."""
        ctx = context(HANDLER)
        clocks = first_clocks(ctx.rulebook, OWN_CAMERA, Track.OWN_DEVICE, OCCURRED_AT, ctx.now)
        outcome = when(lambda: Case.take_up(ctx, **{**FOUND, "clocks": clocks}))
        outcome.then(
            fact(
                Case.Opened,
                number="DH-2026-000124",
                camera_id=OWN_CAMERA.id,
                domain="TRAFFIC",
                area_path=OWN_CAMERA.area_path,
                holder_unit_id=POLICE.id,
                rule="RED_LIGHT",
                occurred_at=OCCURRED_AT,
                detected_at=NOW,
                plate=said("73A-123.45"),
                text=said(TEXT),
                evidence=[],
                clocks=(
                    runs("OWNER_NOTICE", "2026-06-02 08:00", "2026-06-13 00:00", "R-VN-TT73-24.1.a"),
                    limitation(POLICE.id),
                ),
            ).under(by=str(HANDLER.account_id), unit_id=POLICE.id, rule="R-DHV-2.1.a")
        )
        case = replayed(outcome.events)
        assert isinstance(case, Case)
        assert (case.state, case.marks, case.track, case.approved_by) == (
            CaseState.RECEIVED,
            {Mark.RECEIVED},
            "OWN_DEVICE",
            None,
        )

    def test_security(self) -> None:
        """An abnormal event that they found has no clock."""
        ctx = context(HANDLER)
        watched = camera("DH-AN-01", "SECURITY", POLICE.id)
        clocks = first_clocks(ctx.rulebook, watched, Track.OWN_DEVICE, OCCURRED_AT, ctx.now)
        case = Case.take_up(ctx, **{**FOUND, "camera": watched, "clocks": clocks, "plate": None})
        assert (case.clocks, case.plate_known) == ({}, False)

    def test_on_data_of_others(self) -> None:
        """What another unit's camera has is transferred by that unit, not taken."""
        with pytest.raises(Forbidden) as refused:
            Case.take_up(context(HANDLER), **{**FOUND, "camera": camera()})
        assert refused.value.rule == "R-DHV-2.1.a"

    def test_by_the_centre(self) -> None:
        """The Centre opens none: it proposes by its cameras, and approves."""
        with pytest.raises(Forbidden) as refused:
            Case.take_up(context(APPROVER), **{**FOUND, "camera": camera()})
        assert refused.value.rule == "R-DHV-2.1.a"

    @pytest.mark.parametrize(
        "about, path",
        [
            ({"kind": "FLYING"}, "rule"),
            ({"occurred_at": NOW + SECOND}, "occurredAt"),
            ({"plate": "73-XYZ"}, "plate"),
            ({"text": " "}, "text"),
        ],
    )
    def test_refused(self, about: dict[str, Any], path: str) -> None:
        """An act nobody knows, of tomorrow, of no plate or without words is refused, naming which."""
        with pytest.raises(InvalidInput) as refused:
            Case.take_up(context(HANDLER), **{**FOUND, **about})
        assert refused.value.path == path

    def test_while_it_works(self) -> None:
        """What a camera of theirs showed before it was activated, or after it was retired, is no case of theirs."""
        watched = camera(unit_id=POLICE.id)
        with acting(replace(SOMEBODY, took_place_at=OCCURRED_AT)):
            watched.trigger_event(Camera.Retired, document=None)
        for one in (watched, registered(administrator(), operating_unit_id=POLICE.id)):
            with pytest.raises(InvalidInput) as refused:
                Case.take_up(context(HANDLER), **{**FOUND, "camera": one})
            assert (refused.value.path, refused.value.rule) == ("occurredAt", "R-DHV-2.1.a")
        before = OCCURRED_AT - SECOND
        case = Case.take_up(context(HANDLER), **{**FOUND, "camera": watched, "occurred_at": before})
        assert case.state == CaseState.RECEIVED

    @pytest.mark.rule("R-QT-12.3.0")
    def test_proposed_by_their_own_device(self) -> None:
        """What a device of the police proposes they take up themselves; the Centre has no part in it."""
        own = detected(
            holder_unit_id=POLICE.id,
            track="OWN_DEVICE",
            clocks=(
                runs("OWNER_NOTICE", "2026-06-01 17:00", "2026-06-12 00:00", "R-VN-TT73-24.1.a"),
                limitation(POLICE.id),
            ),
        )
        given(Case, own).when(lambda case: case.receive(context(HANDLER))).then(RECEIVED)
        given(Case, own).when(
            lambda case: case.approve(context(APPROVER), plate=PLATE, recipient=POLICE)
        ).then_refused(Forbidden, rule="R-DHV-1.3.0")
