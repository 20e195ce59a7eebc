"""A person may do what the matrix of the unit and the function allow together, or what a dated grant opens."""

import logging
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from domain.clock import LEGAL_TIME
from domain.context import Actor, Grant
from policies.authority import Permission
from policies.rulebook import PROFILES, load

NOW = datetime(2026, 6, 1, 8, 0, tzinfo=UTC)
HOLDS = frozenset({"holds-case-or-camera"})


def actor(unit_kind: str, role: str, *, leader: bool = False, grants: tuple[Grant, ...] = ()) -> Actor:
    """Return an invented person."""
    return Actor(
        account_id=UUID(int=1),
        unit_id=UUID(int=2),
        unit_kind=unit_kind,
        area_path="dh",
        role=role,
        leader=leader,
        grants=grants,
    )


def _grant(action: str, document: str, starts_at: datetime, ends_at: datetime | None) -> Grant:
    return Grant(action=action, document=document, starts_at=starts_at, ends_at=ends_at)


def may(who: Actor, action: str, *, on: str | None = None, facts: frozenset[str] = frozenset()) -> Permission:
    """Ask under the rules of Đồng Hới."""
    return load("dong-hoi").authority.may(who, action, now=NOW, on=on, facts=facts)


def audit(document: str = "15/QĐ-UBND", *, start: int = -1, end: int = 30) -> Grant:
    """Return a grant to replay the audit, from and until so many days from now."""
    return _grant("audit.replay", document, NOW + timedelta(days=start), NOW + timedelta(days=end))


@pytest.mark.rule("R-DH-3.5.0")
class TestFunction:
    """The matrix gives rights to a unit, the function narrows them."""

    def test_within_function(self) -> None:
        """An approver of the Centre approves, and the answer cites the rule."""
        allowed = may(actor("OPERATIONS_CENTRE", "APPROVER"), "case.approve")
        assert allowed == Permission(
            allowed=True, rules=("R-DHV-1.3.0", "R-DH-11.3.a1"), basis="DHV 1.3", missing=()
        )

    @pytest.mark.parametrize(
        "role", ["EXECUTOR", "ADMINISTRATOR", "AUDITOR", "HANDLER", "LEADER", "", "NOBODY"]
    )
    def test_outside_function(self, role: str) -> None:
        """Nobody else at the Centre approves, and the answer says that it is the function that is missing."""
        denied = may(actor("OPERATIONS_CENTRE", role), "case.approve")
        assert denied == Permission(allowed=False, rules=("R-DH-3.5.0",), basis="DH 3.5", missing=("role",))

    def test_outside_matrix(self) -> None:
        """No function gives the city police what the matrix keeps from them."""
        denied = may(actor("CITY_POLICE", "APPROVER"), "case.approve")
        assert denied == Permission(allowed=False, rules=("R-DHV-1.3.0",), basis="DHV 1.3", missing=())

    def test_demo_path(self) -> None:
        """The case and the extraction of Đồng Hới find someone for every step."""
        steps = [
            (actor("OPERATIONS_CENTRE", "APPROVER"), "case.discard", frozenset[str]()),
            (actor("CITY_POLICE", "HANDLER"), "case.receive", frozenset[str]()),
            (actor("CITY_POLICE", "HANDLER"), "case.verify", frozenset[str]()),
            (actor("CITY_POLICE", "HANDLER"), "case.conclude", frozenset[str]()),
            (actor("CITY_POLICE", "HANDLER"), "case.notify", frozenset[str]()),
            (actor("CITY_POLICE", "HANDLER"), "case.view", HOLDS),
            (actor("COMMUNE_POLICE", "LEADER", leader=True), "extraction.request", frozenset[str]()),
            (actor("CITY_POLICE", "HANDLER"), "extraction.approve", frozenset({"request-of-commune-police"})),
            (actor("OPERATIONS_CENTRE", "EXECUTOR"), "extraction.execute", frozenset[str]()),
            (actor("OPERATIONS_CENTRE", "EXECUTOR"), "extraction.hand_over", frozenset[str]()),
            (actor("OPERATIONS_CENTRE", "ADMINISTRATOR"), "account.administer", frozenset[str]()),
            (actor("OPERATIONS_CENTRE", "ADMINISTRATOR"), "camera.administer", frozenset[str]()),
        ]
        assert [action for who, action, facts in steps if not may(who, action, facts=facts).allowed] == []


@pytest.mark.rule("R-DH-3.8.0")
def test_administrators_have_no_case_rights() -> None:
    """Whoever administers accounts, cameras and what connects decides no case and executes no extraction."""
    rulebook = load("dong-hoi")
    administers = rulebook.authority.roles["ADMINISTRATOR"]
    assert administers == {
        "account.administer",
        "account.review",
        "camera.administer",
        "client.administer",
        "camera.operate",
        "unit.administer",
        "account.nominate",
        "obstacle.report",
        "incident.report",
        "roster.plan",
        "roster.view",
        "breach.report",
        "breach.answer",
        "guidance.view",
    }


class TestNeeds:
    """What a permission needs besides must be stated by who asks."""

    def test_missing(self) -> None:
        """A need nobody stated is missing, and is named."""
        who = actor("COMMUNE_POLICE", "HANDLER")
        assert may(who, "camera.view", on="SECURITY") == Permission(
            allowed=False, rules=("R-DH-12.2.c1",), basis="DH 12.2.a-d", missing=("own-area",)
        )
        assert may(who, "camera.view", on="SECURITY", facts=frozenset({"own-area"})).allowed is True

    def test_leader(self) -> None:
        """An officer of commune police learns that the leader must ask."""
        denied = may(actor("COMMUNE_POLICE", "HANDLER"), "extraction.request")
        assert (denied.allowed, denied.missing, denied.rules) == (False, ("leader",), ("R-DH-12.2.c2",))

    @pytest.mark.rule("R-DH-12.1.0")
    def test_face_recognition_needs_a_grant(self) -> None:
        """Face recognition is off until a dated grant opens it, and then within the own area only."""
        area = frozenset({"own-area"})
        without = actor("CITY_POLICE", "HANDLER")
        grant = _grant("face.recognise", "16/QĐ-UBND", NOW - timedelta(days=1), NOW + timedelta(days=1))
        with_grant = actor("CITY_POLICE", "HANDLER", grants=(grant,))
        assert may(without, "face.recognise", facts=area).missing == ("grant",)
        assert may(without, "face.recognise", facts=area | {"grant"}).missing == ("grant",)
        assert may(with_grant, "face.recognise").missing == ("own-area",)
        assert may(with_grant, "face.recognise", facts=area).allowed is True

    def test_object_must_be_named(self) -> None:
        """To view a camera without saying of which kind is to ask for nothing the matrix names."""
        denied = may(actor("CITY_POLICE", "HANDLER"), "camera.view")
        assert (denied.allowed, denied.rules) == (False, ("R-DH-5.5.0",))


@pytest.mark.rule("R-DH-5.8.0")
class TestAuditor:
    """Where the regulation is silent, a dated grant that names its document opens the audit."""

    def test_with_grant(self) -> None:
        """An auditor replays and opens the case file, on the basis of the document."""
        who = actor("OTHER_BODY", "AUDITOR", grants=(audit(),))
        opened = Permission(allowed=True, rules=("R-DH-5.8.0",), basis="15/QĐ-UBND", missing=())
        assert may(who, "audit.replay") == opened
        assert may(who, "case.view") == opened
        assert may(who, "evidence.view").allowed is False

    @pytest.mark.parametrize(
        "grant",
        [audit(start=-30, end=-1), audit(start=1), audit(start=-1, end=0), audit(document="")],
        ids=["expired", "not-begun", "ends-now", "no-document"],
    )
    def test_without_a_grant_in_force(self, grant: Grant) -> None:
        """A grant that has expired, has not begun or names no document opens nothing."""
        denied = may(actor("OTHER_BODY", "AUDITOR", grants=(grant,)), "audit.replay")
        assert (denied.allowed, denied.rules) == (False, ("R-DH-5.5.0",))

    def test_without_an_end(self) -> None:
        """A grant whose document names no end stands until it is withdrawn."""
        grant = _grant("audit.replay", "18/QĐ-UBND", NOW, None)
        assert may(actor("OTHER_BODY", "AUDITOR", grants=(grant,)), "audit.replay").basis == "18/QĐ-UBND"

    def test_in_another_unit(self) -> None:
        """The same grant opens nothing for the unit that is audited."""
        assert may(actor("OPERATIONS_CENTRE", "AUDITOR", grants=(audit(),)), "audit.replay").allowed is False

    def test_grant_of_something_else(self) -> None:
        """A grant opens only what the rulebook lets a grant open."""
        grant = _grant("case.conclude", "17/QĐ-UBND", NOW - timedelta(days=1), NOW + timedelta(days=1))
        assert may(actor("OTHER_BODY", "AUDITOR", grants=(grant,)), "case.conclude").allowed is False


@pytest.mark.rule("R-DH-12.2.a2")
def test_who_receives() -> None:
    """Traffic cases go to the police, security cases to any kind of unit but the Centre, others to nobody."""
    rulebook = load("dong-hoi")
    receives = {
        domain: {unit for unit in rulebook.unit_kinds if rulebook.authority.receives(unit, domain)}
        for domain in ("TRAFFIC", "SECURITY", "WEATHER")
    }
    assert receives == {
        "TRAFFIC": {"CITY_POLICE", "TRAFFIC_POLICE_TEAM"},
        "SECURITY": set(rulebook.unit_kinds) - {"OPERATIONS_CENTRE"},
        "WEATHER": set(),
    }


@pytest.mark.rule("R-DH-5.5.0")
def test_what_nobody_named_is_denied() -> None:
    """An action nobody named is denied under the rule against unlawful access."""
    denied = may(actor("CITY_POLICE", "HANDLER"), "case.erase")
    assert denied == Permission(allowed=False, rules=("R-DH-5.5.0",), basis="DH 5.5", missing=())


def test_exception_is_denied(caplog: pytest.LogCaptureFixture) -> None:
    """A grant whose dates cannot be compared ends in a denial, not in an error, and is logged."""
    naive = _grant("audit.replay", "15/QĐ-UBND", datetime(2026, 1, 1), datetime(2027, 1, 1))  # noqa: DTZ001
    with caplog.at_level(logging.ERROR):
        denied = may(actor("OTHER_BODY", "AUDITOR", grants=(naive,)), "audit.replay")
    assert denied.allowed is False
    assert "permission could not be decided" in caplog.text


@pytest.mark.rule("R-QT-8.2.đ")
class TestKindsThatEnded:
    """A kind of unit ends on a day of the regulation; who is still in one acts under the matrix no longer."""

    def test_until_its_last_day(self) -> None:
        """To the end of its last day the district police act, and from then on not, whatever they were granted."""
        end = datetime(2025, 3, 1, tzinfo=LEGAL_TIME)
        granted = (_grant("audit.replay", "15/QĐ-UBND", end - timedelta(days=9), None),)
        who = actor("DISTRICT_POLICE", "HANDLER", grants=granted)
        authority = load("quang-tri").authority
        assert authority.may(who, "report.run", now=end - timedelta(seconds=1)).allowed
        for action in ("report.run", "audit.replay", "case.receive"):
            denied = authority.may(who, action, now=end)
            assert (denied.allowed, denied.missing) == (False, ("unit-in-force",))
            assert denied.rules == authority.access.decide("DISTRICT_POLICE", action).rules != ()

    def test_successor(self) -> None:
        """Units of the kind that follows act on."""
        who = actor("PROVINCIAL_POLICE", "HANDLER")
        assert load("quang-tri").authority.may(who, "report.run", now=NOW).allowed


@pytest.mark.parametrize(
    "action, rule",
    [
        ("account.nominate", "R-DB-8.1.0"),
        ("incident.handle", "R-DB-11.1.0"),
        ("work.plan", "R-DB-12.1.0"),
        ("shift.keep", "R-DB-11.2.a"),
        ("camera.operate", "R-DB-7.4.0"),
        ("case.view", "R-DB-18.2.0"),
    ],
)
def test_ground_of_an_act(action: str, rule: str) -> None:
    """What is done with what is one's own stands on the article about it, not on the one about reading."""
    assert load("dien-bien").access.decide("LEVEL_1_MANAGER", action).rules[0] == rule


@pytest.mark.parametrize("profile", [name for name in PROFILES if name != "national"])
def test_basis_is_for_people(profile: str) -> None:
    """Nothing of how the table of the contract is written is told to anybody; where a text is silent, what says no."""
    for cell in load(profile).access.table.values():
        assert cell.basis
        assert not cell.basis.startswith("silent")
        assert "*" not in cell.basis
