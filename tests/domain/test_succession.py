"""Succession: what is open when a unit ends is its successor's; what is closed stays as it was."""

from copy import deepcopy
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from eventsourcing.domain import Aggregate
from eventsourcing.utils import get_topic

from domain import succession
from domain.account import Account
from domain.camera import Camera
from domain.case import Case
from domain.client import Client
from domain.envelope import Event, acting
from domain.errors import InvalidInput
from domain.extraction import FootageExtraction
from domain.guidance import Guidance
from domain.personal import Personal
from domain.succession import (
    AccountSucceeded,
    CameraOwnerSucceeded,
    CameraSucceeded,
    CaseSucceeded,
    ClientSucceeded,
    ExtractionSucceeded,
    GuidanceSucceeded,
)
from domain.unit import Unit
from domain.unit_guards import Left, Post
from tests.support.account_examples import RIGHT
from tests.support.cases import approved, detected, discarded
from tests.support.client_examples import CLIENT_EVENTS
from tests.support.extractions import requested
from tests.support.guidance_examples import GUIDANCE_EVENTS
from tests.support.spec import (
    ADMINISTRATOR,
    CENTRE,
    CITY,
    COMMUNE,
    ID,
    INSPECTORATE,
    NOW,
    POLICE,
    SOMEBODY,
    Fact,
    actor,
    context,
    fact,
    given,
    rules_on,
    unit,
)

DOCUMENT = "16/NQ-HĐND"
GONE = unit("CATP", "CITY_POLICE")
HEIR = unit("CAT", "CITY_POLICE")
with acting(SOMEBODY):
    GONE.cease(at=NOW, successor=HEIR, document=DOCUMENT)
PASSED = {"from_unit_id": GONE.id, "to_unit_id": HEIR.id, "document": DOCUMENT}
HELD = [detected(), approved(ID).under(unit_id=CENTRE.id)]
"""A case that was sent to the unit."""


def succeed(one: Aggregate, gone: Unit, heir: Unit) -> None:
    """Let something pass under the rules of Đồng Hới."""
    succession.succeed(one, gone, heir, rulebook=rules_on(NOW.date()), now=NOW)


def passes(cls: type[Aggregate], *facts: Fact, once: Fact | None) -> Aggregate:
    """Let something pass twice: it does so once, or not at all."""
    one = given(cls, *facts)
    with acting(SOMEBODY):
        outcome = one.when(lambda noun: succeed(noun, GONE, HEIR))
        if once is None:
            outcome.then_nothing()
        else:
            outcome.then(once)
        one.when(lambda noun: succeed(noun, GONE, HEIR)).then_nothing()
    return one.aggregate


def test_open_case() -> None:
    """An open case has another holder, and every clock of the unit runs on for it, as it ran."""
    case = given(Case, *HELD).aggregate
    clocks = {timer: clock for timer, clock in case.clocks.items() if clock.unit_id == GONE.id}
    with acting(SOMEBODY):
        succeed(case, GONE, HEIR)
    [event] = case.collect_events()
    assert isinstance(event, CaseSucceeded)
    assert (event.document, {clock.timer for clock in event.clocks}) == (DOCUMENT, set(clocks))
    assert case.holder_unit_id == HEIR.id
    assert {case.clocks[timer].due for timer in clocks} == {clock.due for clock in clocks.values()}
    assert GONE.id not in {clock.unit_id for clock in case.clocks.values()}
    assert case.detecting_unit_id == CENTRE.id


def test_closed_case() -> None:
    """A case of which nothing more is expected keeps its unit."""
    with acting(SOMEBODY):
        gone = unit("TTGS", "OPERATIONS_CENTRE")
        gone.cease(at=NOW, successor=HEIR, document=DOCUMENT)
        given(Case, detected(), discarded(ID)).when(lambda case: succeed(case, gone, HEIR)).then_nothing()


def registered(operating: Unit, manager: Unit | None = None) -> Fact:
    """A camera of a unit."""
    return fact(
        Camera.Registered,
        code="DH-1",
        name="Ngã tư",
        camera_class="SMART_CITY",
        domain="TRAFFIC",
        area_path=CITY,
        operating_unit_id=operating.id,
        kind="OTHER",
        placement="PUBLIC",
        manager_unit_id=manager.id if manager else None,
        custodian_unit_id=None,
        longitude=None,
        latitude=None,
        view=None,
        channel=None,
        in_use=True,
    )


def test_camera() -> None:
    """A camera is operated and managed by the successor; one of another unit by that."""
    camera = passes(Camera, registered(GONE, CENTRE), once=fact(CameraSucceeded, **PASSED))
    assert isinstance(camera, Camera)
    assert (camera.owner_unit, camera.manager_unit_id, camera.owning_unit_id) == (HEIR.id, CENTRE.id, None)


def test_own_camera() -> None:
    """A camera that was the unit's own is the successor's own, whoever operates it."""
    named = fact(Camera.OwnerNamed, kind="AGENCY", owning_unit_id=GONE.id, name=None, contact=None)
    camera = passes(Camera, registered(CENTRE), named, once=fact(CameraOwnerSucceeded, **PASSED))
    assert isinstance(camera, Camera)
    assert (camera.owner_unit, camera.owner_kind, camera.owning_unit_id) == (CENTRE.id, "AGENCY", HEIR.id)


def test_client() -> None:
    """Software that connects is operated by the successor, let in as before; what was withdrawn stays what it was."""
    registered = fact(
        Client.Registered, **{**CLIENT_EVENTS[Client.Registered][1], "operating_unit_id": GONE.id}
    )
    client = passes(Client, registered, once=fact(ClientSucceeded, **PASSED))
    assert isinstance(client, Client)
    assert (client.owner_unit, client.state, client.in_force(NOW)) == (HEIR.id, "REGISTERED", True)
    passes(Client, registered, fact(Client.Withdrawn, document="15/QĐ"), once=None)


def person(**said: Any) -> Fact:
    """Somebody of the unit."""
    usual = {"name": "police.handle", "full_name": Personal.said(ID, "Nguyễn Thị Mẫu"), "unit_id": GONE.id}
    return fact(Account.Opened, **usual | {"role": "HANDLER", "leader": False} | said)


def moved(one: Account, gone: Unit, heir: Unit) -> list[str]:
    """What is recorded of a person when their unit ends."""
    with acting(SOMEBODY):
        succeed(one, gone, heir)
        succeed(one, gone, heir)
    return [get_topic(type(event)) for event in one.collect_events()]


def test_account() -> None:
    """A person is of the successor, with the function they had and what was granted to them."""
    facts = [person(), fact(Account.Granted, **{**RIGHT, "action": "audit.replay"}, direction=None)]
    account = passes(Account, *facts, once=fact(AccountSucceeded, **PASSED))
    assert isinstance(account, Account)
    assert (account.unit_id, account.role, account.state, len(account.grants)) == (
        HEIR.id,
        "HANDLER",
        "ACTIVE",
        1,
    )


class TestWhoPeopleAre:
    """No function that the successor's kind has not, and no lead that nobody decided on (R-DH-10.1.0, R-QT-10.4.c)."""

    @pytest.mark.rule("R-DH-10.1.0")
    def test_leads_no_more(self) -> None:
        """Who led the unit leads the successor once somebody says so; what was stored before keeps what it said."""
        one = given(Account, person(role="LEADER", leader=True)).aggregate
        assert moved(one, GONE, HEIR) == ["account:succeeded", "account:leader-changed"]
        assert (one.unit_id, one.role, one.leader, one.state) == (HEIR.id, "LEADER", False, "ACTIVE")
        before = fact(AccountSucceeded, **PASSED)
        assert given(Account, person(role="LEADER", leader=True), before).aggregate.leader

    @pytest.mark.rule("R-DH-10.1.0")
    def test_another_function_first(self) -> None:
        """Who has a function that people there may not have is suspended until they are given one that they may."""
        one = given(Account, person(role="AUDITOR", unit_id=INSPECTORATE.id)).aggregate
        gone = deepcopy(INSPECTORATE)
        with acting(SOMEBODY):
            gone.cease(at=NOW, successor=HEIR, document=DOCUMENT)
        assert moved(one, gone, HEIR) == ["account:succeeded", "account:unfit"]
        assert (one.unit_id, one.role, one.state) == (HEIR.id, "AUDITOR", "SUSPENDED")
        admin = context(ADMINISTRATOR)
        with pytest.raises(InvalidInput) as refused:
            one.resume(admin, HEIR, document="1/QĐ")
        assert (refused.value.path, refused.value.rule) == ("role", "R-DH-10.1.0")
        one.direct_change(context(actor(61, HEIR, "LEADER")), HEIR, role="HANDLER", document="1/QĐ")
        one.change_role(admin, HEIR, role="HANDLER", document="1/QĐ")
        one.resume(admin, HEIR, document="1/QĐ")
        assert (one.role, one.state) == ("HANDLER", "ACTIVE")

    @pytest.mark.parametrize("state", [Account.Suspended, Account.Closed])
    def test_out_already(self, state: type[Event]) -> None:
        """Who is out already is not suspended once more."""
        text = Personal.said(ID, "Nghỉ việc")
        one = given(Account, person(role="AUDITOR"), fact(state, text=text)).aggregate
        assert moved(one, GONE, HEIR) == ["account:succeeded"]

    def test_tasks(self) -> None:
        """A task of the unit that people of the successor's kind do not have ends."""
        duty, kinds = next(
            (name, one.unit_kinds) for name, one in rules_on(NOW.date()).account_rules.duties.items()
        )
        assert HEIR.kind not in kinds
        one = given(Account, person(), fact(Account.DutyAssigned, duty=duty, document="1/QĐ")).aggregate
        assert moved(one, GONE, HEIR) == ["account:succeeded", "account:duty-ended"]


def test_extraction() -> None:
    """An open extraction that the unit asked for is the successor's, whose kind says who decides on it."""
    asked = requested(ID, 1).under(unit_id=GONE.id)
    once = fact(ExtractionSucceeded, to_unit_kind="CITY_POLICE", **PASSED)
    extraction = passes(FootageExtraction, asked, once=once)
    assert isinstance(extraction, FootageExtraction)
    assert (extraction.requesting_unit_id, extraction.requesting_unit_kind) == (HEIR.id, "CITY_POLICE")
    passes(FootageExtraction, requested(ID, 1).under(unit_id=COMMUNE.id), once=None)


def test_guidance() -> None:
    """What the unit issued is the successor's to replace and to withdraw; what was withdrawn stays as it was."""
    issued = fact(Guidance.Issued, **GUIDANCE_EVENTS[Guidance.Issued][1]).under(unit_id=GONE.id)
    one = passes(Guidance, issued, once=fact(GuidanceSucceeded, **PASSED))
    assert isinstance(one, Guidance)
    assert one.owner_unit == HEIR.id
    passes(Guidance, issued, fact(Guidance.Withdrawn, document="15/TB-VP"), once=None)


def test_part() -> None:
    """What was part of the unit is part of the successor, until its own day; what has ended stays what it was."""
    registered = fact(
        Unit.Registered,
        code="DOI",
        name="Đội",
        kind="TRAFFIC_POLICE_TEAM",
        area_path=CITY,
        parent_unit_id=GONE.id,
    )
    once = fact(Unit.Moved, parent_unit_id=HEIR.id, area_path=CITY, document=DOCUMENT)
    passes(Unit, registered, once=once)
    ends = {"successor_unit_id": None, "successor_code": None, "document": DOCUMENT}
    passes(Unit, registered, fact(Unit.Ceased, ceased_at=NOW + timedelta(days=30), **ends), once=once)
    passes(Unit, registered, fact(Unit.Ceased, ceased_at=NOW, **ends), once=None)


class TestNobodyFollows:
    """A unit may end without a successor; then the head of the unit above is told, and one is named later."""

    ENDED = fact(Unit.Ceased, ceased_at=NOW, successor_unit_id=None, successor_code=None, document=DOCUMENT)
    REGISTERED = fact(Unit.Registered, code="CAX", name="Công an xã", kind="COMMUNE_POLICE", area_path=CITY)

    def test_told_once(self) -> None:
        """What is left is on record with whose it is to decide; once, and only where something is."""
        head = UUID(int=0xEAD)
        with acting(SOMEBODY):
            parent = unit("CATP-2", "CITY_POLICE")
            parent.assign(Post.HEAD, head, parent.id, document=None)
            one = given(Unit, self.REGISTERED, self.ENDED)
            one.when(lambda gone: gone.leave(parent, Left())).then_nothing()
            one.when(lambda gone: gone.leave(parent, Left(cases=3))).then(
                fact(Unit.WorkLeft, parent_unit_id=parent.id, head_account_id=head, left=Left(cases=3))
            )
            one.when(lambda gone: gone.leave(parent, Left(cases=4))).then_nothing()

    def test_named_later(self) -> None:
        """Then the work passes by the document that names the successor; never back to the unit itself."""
        one = given(Unit, self.REGISTERED, self.ENDED)
        with acting(SOMEBODY):
            one.when(
                lambda gone: gone.name_successor(gone, document="17", now=SOMEBODY.took_place_at, rule=None)
            ).then_refused(InvalidInput)
            one.when(
                lambda gone: gone.name_successor(POLICE, document="17", now=SOMEBODY.took_place_at, rule=None)
            ).then(
                fact(
                    Unit.SuccessorNamed,
                    successor_unit_id=POLICE.id,
                    successor_code=POLICE.code,
                    document="17",
                )
            )
            assert one.aggregate.ended_by == "17"
            one.when(lambda gone: gone.leave(None, Left(cases=3))).then_nothing()


@pytest.mark.parametrize("noun", [Unit, Account, Camera])
def test_nothing_of_others(noun: type[Aggregate]) -> None:
    """What was never the unit's is none of this."""
    facts: dict[type[Aggregate], Fact] = {
        Unit: fact(Unit.Registered, code="X", name="X", kind="OTHER_BODY", area_path=CITY),
        Account: fact(
            Account.Opened,
            name="x",
            full_name=Personal.said(ID, "Nguyễn Thị Mẫu"),
            unit_id=POLICE.id if POLICE.id != GONE.id else CENTRE.id,
            role="HANDLER",
            leader=False,
        ),
        Camera: registered(CENTRE),
    }
    passes(noun, facts[noun], once=None)
