"""Software and devices are let in by a document, each on record, and are kept out from the instant somebody says so."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given as whatever
from hypothesis import strategies as st

from domain.client import Client, Registration
from domain.client.guards import GUARDS, check_view
from domain.client.kinds import NAMES, ClientKind
from domain.commands.connecting import sender
from domain.context import Actor
from domain.errors import Forbidden, InvalidInput, WrongState
from tests.support.spec import (
    ADMINISTRATOR,
    APPROVER,
    AUDITOR,
    CENTRE,
    CITY,
    EXECUTOR,
    HANDLER,
    NOW,
    OTHER_CENTRE,
    POLICE,
    STRANGER,
    actor,
    context,
    fact,
    given,
    legal,
    unit,
    when,
)

RULE = "R-DH-6.2.b"
CODE = "PM-PH-01"
SAID: dict[str, Any] = {
    "code": CODE,
    "kind": "DETECTION_WORKER",
    "name": "Phần mềm phát hiện",
    "release": "2.4.1",
    "maker": "Công ty Mẫu",
    "area_path": CITY,
    "operating_unit_id": CENTRE.id,
    "document": "12/QĐ-TTGSĐH",
    "permitted_on": date(2026, 5, 4),
    "models": ("d" * 64,),
}
GIVEN = Registration(**SAID)
REGISTERED = fact(Client.Registered, **SAID).under(rule=RULE)
SUSPENDED = fact(Client.Suspended, document="13/QĐ").under(rule=RULE, reason="Gửi ảnh sai giờ")
RESUMED = fact(Client.Resumed, document="14/QĐ").under(rule=RULE, reason="Đã sửa")
WITHDRAWN = fact(Client.Withdrawn, document="15/QĐ").under(rule=RULE, reason="Hết hợp đồng")

QT_CENTRE = unit("QT-TT", "CENTRE", "quang-tri")
QT_POLICE = unit("QT-CAT", "PROVINCIAL_POLICE", "quang-tri")


def registered(who: Actor = ADMINISTRATOR, now: datetime = NOW, **otherwise: Any) -> Client:
    """A client that was just taken in."""
    made = Client.register(context(who, now), replace(GIVEN, **otherwise))
    made.collect_events()
    return made


@pytest.mark.rule("R-DH-6.2.b")
def test_way() -> None:
    """It is registered, suspended, let in again and withdrawn, each by its document and with its reason."""
    who = context(ADMINISTRATOR)
    when(lambda: Client.register(who, GIVEN)).then(REGISTERED)
    given(Client, REGISTERED).when(
        lambda one: one.suspend(who, document="13/QĐ", reason="Gửi ảnh sai giờ")
    ).then(SUSPENDED)
    given(Client, REGISTERED, SUSPENDED).when(
        lambda one: one.resume(who, document="14/QĐ", reason="Đã sửa")
    ).then(RESUMED)
    given(Client, REGISTERED, SUSPENDED, RESUMED).when(
        lambda one: one.withdraw(who, document="15/QĐ", reason="Hết hợp đồng")
    ).then(WITHDRAWN)


@pytest.mark.parametrize(
    "past, shut",
    [
        ((), {"resumeClient"}),
        ((SUSPENDED,), {"suspendClient"}),
        ((SUSPENDED, RESUMED), {"resumeClient"}),
        ((WITHDRAWN,), {"suspendClient", "resumeClient", "withdrawClient"}),
        ((SUSPENDED, WITHDRAWN), {"suspendClient", "resumeClient", "withdrawClient"}),
    ],
)
def test_order(past: tuple[Any, ...], shut: set[str]) -> None:
    """What is withdrawn comes back never; each other act has its turn."""
    one = given(Client, REGISTERED, *past).aggregate
    refused = {name: guard(one, context(ADMINISTRATOR)) for name, guard in GUARDS.items()}
    assert {name for name, refusal in refused.items() if refusal} == shut
    assert {(type(r), r.rule) for r in refused.values() if r} <= {(WrongState, RULE)}


@pytest.mark.parametrize("word", ["document", "reason"])
def test_says_why(word: str) -> None:
    """Nobody is kept out without a document and a reason."""
    said = {"document": "13/QĐ", "reason": "Gửi ảnh sai giờ", word: "  "}
    given(Client, REGISTERED).when(lambda one: one.suspend(context(ADMINISTRATOR), **said)).then_refused(
        InvalidInput, rule=RULE
    )


@pytest.mark.parametrize(
    "otherwise, path",
    [
        ({"code": "pm-01"}, "code"),
        ({"code": "P" * 33}, "code"),
        ({"name": " "}, "name"),
        ({"release": ""}, "release"),
        ({"maker": "x" * 201}, "maker"),
        ({"document": ""}, "document"),
        ({"permitted_on": date(2026, 6, 3)}, "permittedOn"),
        ({"models": ()}, "models"),
        ({"models": tuple(f"{n:064x}" for n in range(21))}, "models"),
        ({"models": ("d" * 63,)}, "models[0]"),
        ({"models": ("D" * 64,)}, "models[0]"),
        ({"models": ("d" * 64, "d" * 64)}, "models[1]"),
    ],
)
def test_what_cannot_be(otherwise: dict[str, Any], path: str) -> None:
    """Without a document, before its day, or without its models nothing is registered; the refusal names the place."""
    with pytest.raises(InvalidInput) as refused:
        registered(**otherwise)
    assert (refused.value.path, refused.value.rule) == (path, RULE)


def test_a_gateway_has_no_models() -> None:
    """Only what detects names models; the last day that is possible is today."""
    assert registered(kind="MEDIA_GATEWAY", models=()).models == ()
    assert registered(permitted_on=date(2026, 6, 2)).in_force(NOW)


def test_every_kind_has_a_name() -> None:
    """Each kind is called something in both languages."""
    assert NAMES.keys() == set(ClientKind)
    assert all(named.vi and named.en for named in NAMES.values())


class TestWho:
    """Who administers the register: whoever administers cameras."""

    @pytest.mark.parametrize("who", [APPROVER, EXECUTOR, HANDLER, AUDITOR, STRANGER])
    def test_nobody_else(self, who: Actor) -> None:
        """Whose function it is not registers nothing."""
        with pytest.raises(Forbidden):
            registered(who)

    def test_area(self) -> None:
        """The administrators of the Centre register for others in their area, and not outside of it."""
        assert registered(operating_unit_id=POLICE.id, area_path=f"{CITY}/nam-ly").owner_unit == POLICE.id
        with pytest.raises(Forbidden) as refused:
            registered(operating_unit_id=POLICE.id, area_path=f"{CITY}-2")
        assert refused.value.rule == RULE

    def test_own_unit(self) -> None:
        """Where each unit administers its own, nobody registers for another (QT 10.4)."""
        who = context(actor(30, QT_CENTRE, "ADMINISTRATOR"), profile="quang-tri")
        own = replace(GIVEN, operating_unit_id=QT_CENTRE.id, area_path="quang-tri/dong-ha")
        when(lambda: Client.register(who, own)).then(
            fact(
                Client.Registered,
                **{**SAID, "operating_unit_id": QT_CENTRE.id, "area_path": "quang-tri/dong-ha"},
            ).under(rule="R-QT-5.2.b")
        )
        with pytest.raises(Forbidden):
            Client.register(who, replace(own, operating_unit_id=QT_POLICE.id))

    def test_view(self) -> None:
        """It is shown to its administrators, to whoever works with its unit's cameras, and to the audit."""
        one = registered()
        shown = [ADMINISTRATOR, EXECUTOR, AUDITOR, actor(31, OTHER_CENTRE, "ADMINISTRATOR")]
        hidden = [APPROVER, HANDLER, STRANGER, actor(32, OTHER_CENTRE, "EXECUTOR")]
        assert [check_view(one, context(who)) for who in shown] == [None] * 4
        assert [type(check_view(one, context(who))) for who in hidden] == [Forbidden] * 4


class TestInForce:
    """When it is let in."""

    def test_from_the_day(self) -> None:
        """From the first minute of the day that its document says, whenever it was entered."""
        one = registered()
        assert not one.in_force(legal("2026-05-03 23:59"))
        assert one.in_force(legal("2026-05-04 00:00"))

    @whatever(
        st.lists(
            st.tuples(
                st.sampled_from(["suspend", "resume", "withdraw"]), st.integers(min_value=0, max_value=5)
            ),
            max_size=8,
        )
    )
    def test_at_every_instant(self, acts: list[tuple[str, int]]) -> None:
        """At every instant it is let in exactly if the last act before or at that instant left it so."""
        one, minute = registered(now=NOW), 0
        happened = [(legal("2026-05-04 00:00"), True)]
        for act, later in acts:
            minute += later
            now = NOW + timedelta(minutes=minute)
            try:
                getattr(one, act)(context(ADMINISTRATOR, now), document="1", reason="2")
            except WrongState:
                continue
            happened.append((now, act == "resume"))
        for probe in range(-1, minute + 2):
            for at in (NOW + timedelta(minutes=probe), NOW + timedelta(minutes=probe, seconds=30)):
                last = [state for since, state in happened if since <= at][-1]
                assert one.in_force(at) is last, (happened, at)
        assert not one.in_force(datetime(2020, 1, 1, tzinfo=UTC))


@pytest.mark.rule("R-QT-5.2.b", "R-DB-5.4.0")
def test_the_next_to_have_a_model() -> None:
    """Whoever has a model after somebody else has it from then on, whatever day their own document names."""
    one, day = registered(), legal("2026-05-04 00:00")
    suspended, withdrawn = NOW + timedelta(days=10), NOW + timedelta(days=30)
    one.suspend(context(ADMINISTRATOR, suspended), document="13/QĐ", reason="Gửi ảnh sai giờ")
    one.withdraw(context(ADMINISTRATOR, withdrawn), document="15/QĐ", reason="Hết hợp đồng")
    given_later = replace(GIVEN, code="PM-PH-02")
    other = Client.register(context(ADMINISTRATOR, withdrawn + timedelta(days=1)), given_later)
    instant = timedelta.resolution
    for at, whose in (
        (day - instant, None),
        (day, one),
        (suspended - instant, one),
        (suspended, None),
        (withdrawn - instant, None),
        (withdrawn, other),
    ):
        assert sender([one, other], at) is whose, at
    assert sender([], NOW) is None


def test_replays() -> None:
    """A client that was replayed knows as much as the one that acted."""
    one = registered()
    for act in ("suspend", "resume", "withdraw"):
        getattr(one, act)(context(ADMINISTRATOR), document="1", reason="2")
    again = given(Client, REGISTERED, SUSPENDED, RESUMED, WITHDRAWN).aggregate
    assert (again.state, len(again.spans)) == (one.state, len(one.spans)) == ("WITHDRAWN", 2)
