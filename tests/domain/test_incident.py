"""An incident is reported by anybody, handled by whoever is named, and its time begins when it was first known."""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from domain.context import Actor, Context
from domain.envelope import acting
from domain.errors import Forbidden, InvalidInput, WrongState
from domain.incident import Incident
from domain.incident.guards import GUARDS, check_view
from domain.personal import Personal
from policies.rulebook import PROFILES, load
from projections.scope import of_incidents
from tests.support.record import camera
from tests.support.regulations import somebody
from tests.support.spec import (
    ACTORS,
    ADMINISTRATOR,
    APPROVER,
    AUDITOR,
    CENTRE,
    CITY,
    COMMUNE,
    COMMUNE_LEADER,
    EXECUTOR,
    HANDLER,
    ID,
    NOW,
    OTHER_APPROVER,
    SOMEBODY,
    Fact,
    context,
    fact,
    given,
    legal,
    when,
)

TEXT, REMEDY = "Camera không lên hình", "Đã thay nguồn"
HOUR = timedelta(hours=1)
RULE = "R-DH-16.3.0"
REPORTED = fact(
    Incident.Reported,
    number="DH-SC-2026-000001",
    kind="DEVICE_FAULT",
    camera_id=None,
    area_path=f"{CITY}/nam-ly",
    camera_class=None,
    reporting_unit_id=COMMUNE.id,
    operating_unit_id=None,
    handler_kind="OPERATIONS_CENTRE",
    detected_at=NOW - HOUR,
    notified_at=NOW,
    leader_account_id=None,
    leader_told_at=None,
    fault=None,
    due=None,
    due_rule=None,
    text=Personal.said(ID, TEXT),
).under(rule="R-DH-8.1.0")
RECEIVED = fact(Incident.Received).under(unit_id=CENTRE.id, rule=RULE)
BEGAN = fact(Incident.HandlingBegan, process="12/QT-VP, bản 2").under(rule="R-DH-8.2.0")
FIXED = fact(Incident.Fixed, fixed_at=NOW, text=Personal.said(ID, REMEDY), late_reason=None)
CLOSED = fact(Incident.Closed)


def reported(who: Context, **otherwise: Any) -> Incident:
    """Report the usual one."""
    said: dict[str, Any] = {
        "kind": "DEVICE_FAULT",
        "text": TEXT,
        "detected_at": who.now - HOUR,
        **otherwise,
    }
    return Incident.report(who, incident_id=ID, number=lambda: "DH-SC-2026-000001", **said)


class TestWay:
    """Reported, received, handled, fixed, closed."""

    @pytest.mark.rule("R-DH-8.1.0", "R-DH-16.3.0", "R-DH-10.2.b")
    def test_reported(self) -> None:
        """A commune's police say what is wrong; it goes to the operating unit."""
        when(lambda: reported(context(COMMUNE_LEADER))).then(REPORTED)

    @pytest.mark.parametrize("who", ACTORS)
    def test_by_anybody(self, who: Actor) -> None:
        """Whoever has an account in the system may report one."""
        assert reported(context(who)).state == "REPORTED"

    @pytest.mark.rule("R-DH-8.1.0", "R-DH-8.2.0")
    def test_whole_way(self) -> None:
        """It is taken on, handled by the process that was issued, fixed, and confirmed by whoever reported it."""
        given(Incident, REPORTED).when(lambda one: one.receive(context(EXECUTOR))).then(RECEIVED)
        received = given(Incident, REPORTED, RECEIVED)
        refused = received.when(lambda one: one.handle(context(EXECUTOR)))
        assert refused.then_refused(InvalidInput, rule="R-DH-8.2.0").path == "process"
        received.when(lambda one: one.handle(context(EXECUTOR), process="12/QT-VP, bản 2")).then(BEGAN)
        handling = given(Incident, REPORTED, RECEIVED, BEGAN)
        handling.when(lambda one: one.fix(context(EXECUTOR), text=REMEDY)).then(FIXED)
        fixed = given(Incident, REPORTED, RECEIVED, BEGAN, FIXED)
        fixed.when(lambda one: one.close(context(COMMUNE_LEADER))).then(CLOSED)

    def test_not_over(self) -> None:
        """Whoever reported it may find it as it was; it is handled on, and fixed no sooner than it was said to be."""
        fixed = given(Incident, REPORTED, RECEIVED, BEGAN, FIXED)
        again = fixed.when(lambda one: one.reopen(context(COMMUNE_LEADER), text="Lại mất hình"))
        again.then(fact(Incident.Reopened, text=Personal.said(ID, "Lại mất hình")))
        assert fixed.aggregate.state == "HANDLING"
        late = context(EXECUTOR, now=NOW + HOUR)
        refused = fixed.when(lambda one: one.fix(late, text=REMEDY, fixed_at=NOW - HOUR / 2))
        assert refused.then_refused(InvalidInput, rule=RULE).path == "fixedAt"

    def test_fixed_earlier(self) -> None:
        """What was fixed before it is entered says when, but not before it was detected, nor in the future."""
        handling = given(Incident, REPORTED, RECEIVED, BEGAN)
        for at in (NOW - 2 * HOUR, NOW + HOUR):
            refused = handling.when(
                partial(Incident.fix, context=context(EXECUTOR), text=REMEDY, fixed_at=at)
            )
            assert refused.then_refused(InvalidInput, rule=RULE).path == "fixedAt"
        at = NOW - HOUR / 2
        handling.when(lambda one: one.fix(context(EXECUTOR), text=REMEDY, fixed_at=at)).then(
            fact(Incident.Fixed, fixed_at=at, text=Personal.said(ID, REMEDY), late_reason=None)
        )


class TestWhose:
    """Who handles one, and who is shown it."""

    @pytest.mark.parametrize("who", [COMMUNE_LEADER, HANDLER, ADMINISTRATOR, AUDITOR])
    def test_not_theirs(self, who: Actor) -> None:
        """Only who is told of it takes it on."""
        outcome = given(Incident, REPORTED).when(lambda one: one.receive(context(who)))
        assert (type(outcome.refusal), outcome.events) == (Forbidden, [])

    def test_another_centre(self) -> None:
        """Once a unit received it, no other of its kind handles it."""
        outcome = given(Incident, REPORTED, RECEIVED).when(
            lambda one: one.handle(context(OTHER_APPROVER), process="1")
        )
        assert (type(outcome.refusal), outcome.events) == (Forbidden, [])

    def test_in_order(self) -> None:
        """No step is done before the one it follows, nor twice."""
        past = (REPORTED, RECEIVED, BEGAN, FIXED, CLOSED)
        order = ("receiveIncident", "handleIncident", "fixIncident", "closeIncident")
        for far in range(1, len(past) + 1):
            one = given(Incident, *past[:far]).aggregate
            open_to = [act for act in order if GUARDS[act](one, context(EXECUTOR)) is None]
            assert open_to == [*order[far - 1 : far]]

    @pytest.mark.parametrize(
        "who, seen",
        [
            (COMMUNE_LEADER, True),
            (APPROVER, True),
            (OTHER_APPROVER, True),
            (HANDLER, False),
            (ADMINISTRATOR, False),
            (AUDITOR, True),
        ],
    )
    def test_seen(self, who: Actor, *, seen: bool) -> None:
        """It is seen by its unit, by whoever is told of it, and by the audit of its area."""
        assert (check_view(given(Incident, REPORTED).aggregate, context(who)) is None) == seen

    def test_operator(self) -> None:
        """Whoever operates the camera handles its incident, of whichever kind the unit is."""
        one = reported(context(COMMUNE_LEADER), camera=camera(unit_id=HANDLER.unit_id))
        one.receive(context(HANDLER))
        assert one.handling_unit_id == HANDLER.unit_id


class TestRefused:
    """What is none."""

    @pytest.mark.parametrize(
        "otherwise, path",
        [
            ({"text": " "}, "text"),
            ({"kind": "EARTHQUAKE"}, "kind"),
            ({"detected_at": NOW + HOUR}, "detectedAt"),
            ({"notified_at": NOW + HOUR}, "notifiedAt"),
            ({"leader_account_id": UUID(int=1), "leader_told_at": NOW + HOUR}, "leaderToldAt"),
            ({"leader_account_id": UUID(int=1), "leader_told_at": NOW - 2 * HOUR}, "leaderToldAt"),
        ],
    )
    def test_not_said(self, otherwise: dict[str, Any], path: str) -> None:
        """It says something, of a kind there is, nothing of it in the future, nor told before there was anything."""
        with pytest.raises(InvalidInput) as refused:
            reported(context(HANDLER), **otherwise)
        assert refused.value.path == path

    def test_silent(self) -> None:
        """Where a regulation says nothing of incidents, that is said."""
        rulebook = replace(
            load("dong-hoi"),
            settings=replace(
                load("dong-hoi").settings,
                operation=replace(load("dong-hoi").settings.operation, incident_rule=None),
            ),
        )
        with pytest.raises(WrongState, match="not set by this regulation"):
            reported(replace(context(HANDLER), rulebook=rulebook))


def kind(profile: str, name: str) -> str:
    """The rule by which a regulation knows a kind of incident."""
    return load(profile).settings.operation.incident_kinds[name].rule


class TestKinds:
    """What an incident may be about is data of the regulation."""

    def test_everywhere(self) -> None:
        """Every regulation has the same kinds, each with a rule of its own."""
        named = {p: load(p).settings.operation.incident_kinds for p in PROFILES if p != "national"}
        assert len({frozenset(kinds) for kinds in named.values()}) == 1
        for profile, kinds in named.items():
            assert all(load(profile).citation(one.rule) for one in kinds.values())

    @pytest.mark.rule("R-DH-5.1.0", "R-DH-5.2.0", "R-DH-15.4.0", "R-DB-5.1.0", "R-DB-5.2.0")
    def test_prohibited(self) -> None:
        """Cutting a channel, destroying or stealing equipment, obstructing a view are kinds on their own rules."""
        assert [kind("dong-hoi", name) for name in ("LINK_LOSS", "THEFT_DAMAGE", "IMAGE_QUALITY")] == [
            "R-DH-5.1.0",
            "R-DH-5.2.0",
            "R-DH-15.4.0",
        ]
        assert [kind("dien-bien", name) for name in ("LINK_LOSS", "THEFT_DAMAGE")] == [
            "R-DB-5.1.0",
            "R-DB-5.2.0",
        ]
        when(lambda: reported(context(COMMUNE_LEADER), kind="THEFT_DAMAGE")).then(
            Fact(REPORTED.event, {**REPORTED.said, "kind": "THEFT_DAMAGE"}, {"rule": "R-DH-5.2.0"})
        )


class TestTold:
    """Điện Biên: the body that manages level I is told as well, and the operator handles it."""

    @pytest.mark.rule("R-DB-18.4.0")
    @pytest.mark.parametrize("role", ["HANDLER", "LEADER", "APPROVER"])
    def test_manager(self, role: str) -> None:
        """It sees what any body of its area reports, and takes none of it on."""
        one = reported(somebody("dien-bien", "EXPLOITING_BODY", area="tinh/xa"))
        manager = somebody("dien-bien", "LEVEL_1_MANAGER", role)
        assert check_view(one, manager) is None
        assert isinstance(GUARDS["receiveIncident"](one, manager), Forbidden)
        assert GUARDS["receiveIncident"](one, somebody("dien-bien", "LEVEL_1_OPERATOR")) is None
        assert any("handler_kind IS NOT NULL" in clause for clause in of_incidents(manager).ranges)

    def test_nobody_else(self) -> None:
        """No other kind of unit is told, nor is the manager of what may show a state secret."""
        one = reported(somebody("dien-bien", "EXPLOITING_BODY"))
        for other in ("LEVEL_2_BODY", "PROVINCIAL_POLICE", "PEOPLES_COMMITTEE"):
            assert check_view(one, somebody("dien-bien", other)) is not None
            assert not any(
                "NOT NULL" in clause for clause in of_incidents(somebody("dien-bien", other)).ranges
            )
        one.handler_kind = None
        assert check_view(one, somebody("dien-bien", "LEVEL_1_MANAGER")) is not None


class TestTime:
    """Điện Biên: within 24 hours of detection or of notice, whichever was first."""

    @staticmethod
    def of(detected: str, notified: str | None = None, **said: Any) -> Incident:
        """One reported by a level II body at nine on 3 June."""
        who = replace(somebody("dien-bien", "LEVEL_2_BODY"), now=legal("2026-06-03 09:00"))
        return reported(
            who,
            detected_at=legal(detected),
            notified_at=legal(notified) if notified else None,
            **said,
        )

    @staticmethod
    def operator(at: str) -> Context:
        """The operator of level I at an instant."""
        return replace(somebody("dien-bien", "LEVEL_1_OPERATOR"), now=legal(at))

    @pytest.mark.rule("R-DB-11.2.b", "R-DB-18.4.0")
    @pytest.mark.parametrize(
        "detected, notified, due",
        [
            ("2026-06-03 08:00", None, "2026-06-04 08:00"),
            ("2026-06-03 08:00", "2026-06-03 07:00", "2026-06-04 07:00"),
            ("2026-06-02 23:30", "2026-06-03 07:00", "2026-06-03 23:30"),
        ],
    )
    def test_from_the_earlier(self, detected: str, notified: str | None, due: str) -> None:
        """Its time begins with whichever was first, and has a rule."""
        one = self.of(detected, notified)
        assert (one.due, one.due_rule) == (legal(due), "R-DB-11.2.b")

    @pytest.mark.rule("R-DB-11.2.b")
    def test_learnt_later(self) -> None:
        """An earlier detection that is learnt later moves its end back; a later one moves nothing."""
        one = self.of("2026-06-03 08:00")
        operator = self.operator("2026-06-03 20:00")
        one.receive(operator)
        with pytest.raises(InvalidInput) as refused:
            one.backdate(operator, detected_at=legal("2026-06-03 08:00"), text="x")
        assert (refused.value.path, refused.value.rule) == ("detectedAt", "R-DB-11.2.b")
        one.backdate(operator, detected_at=legal("2026-06-02 19:00"), text="Nhật ký ca trước đã ghi")
        assert one.due == legal("2026-06-03 19:00")

    @pytest.mark.rule("R-DB-11.2.b", "R-DB-11.1.0")
    @pytest.mark.parametrize("fixed, late", [("2026-06-04 07:59", False), ("2026-06-04 08:00", True)])
    def test_late(self, fixed: str, *, late: bool) -> None:
        """What is fixed when its time is over says why; a minute before, nobody asks."""
        one = self.of("2026-06-03 08:00")
        operator = self.operator("2026-06-04 09:00")
        one.receive(operator)
        one.handle(operator)
        if late:
            with pytest.raises(InvalidInput) as refused:
                one.fix(operator, text=REMEDY, fixed_at=legal(fixed))
            assert (refused.value.path, refused.value.rule) == ("lateReason", "R-DB-11.2.b")
        one.fix(operator, text=REMEDY, fixed_at=legal(fixed), late_reason="Chờ thiết bị")
        said = [event.late_reason for event in one.collect_events() if isinstance(event, Incident.Fixed)]
        assert [bool(reason) for reason in said] == [late]

    def test_told_once(self) -> None:
        """That its time comes to its end is told once, and once that it is over, not before, and not of another end."""
        one = self.of("2026-06-03 08:00")
        due = legal("2026-06-04 08:00")
        one.collect_events()
        with acting(SOMEBODY):
            one.tell_overdue(due, due - timedelta(seconds=1))
            one.tell_overdue(due - HOUR, due)
            assert one.collect_events() == []
            one.tell_due_soon(due - HOUR)
            assert one.collect_events() == []
            one.tell_due_soon(due)
            one.tell_due_soon(due)
            one.tell_overdue(due, due)
            one.tell_overdue(due, due)
            one.tell_due_soon(due)
        assert [type(event) for event in one.collect_events()] == [Incident.DueSoon, Incident.Overdue]

    @pytest.mark.rule("R-QT-6.2.đ")
    def test_leader(self) -> None:
        """In Quảng Trị whoever reports one has told a leader, who is named with the time."""
        who = somebody("quang-tri", "TRANSPORT_DEPARTMENT")
        with pytest.raises(InvalidInput) as refused:
            reported(who)
        assert (refused.value.path, refused.value.rule) == ("leaderAccountId", "R-QT-6.2.đ")
        one = reported(who, leader_account_id=UUID(int=7))
        [event] = one.collect_events()
        assert isinstance(event, Incident.Reported)
        assert (event.leader_account_id, event.leader_told_at) == (UUID(int=7), who.now)

    @pytest.mark.rule("R-DH-5.1.0", "R-DB-5.1.0")
    @pytest.mark.parametrize("profile, due", [("dong-hoi", False), ("dien-bien", True)])
    def test_link_loss(self, profile: str, *, due: bool) -> None:
        """The loss of a camera's link opens one by itself, of its operator, from the instant of the loss."""
        with acting(SOMEBODY):
            one = Incident.of_loss(load(profile), camera(), NOW, number=lambda: "1")
        assert (one.kind, one.owner_unit, one.operating_unit_id) == ("LINK_LOSS", CENTRE.id, CENTRE.id)
        assert one.due == (NOW + timedelta(hours=24) if due else None)
        assert one.id == Incident.id_of_loss(camera().id, NOW)
