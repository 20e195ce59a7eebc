"""The compiled table says what casbin says, and denies whatever it does not know."""

import logging
from itertools import product
from pathlib import Path

import pytest

from policies import access
from policies.access import Access, Grant, Line, compiled, enforcer, request
from policies.rulebook import load, matrix

NO = Grant(allowed=False, needs=(), basis="nowhere", rules=("R-VN-0",))


def line(
    unit: str = "CENTRE",
    action: str = "case.approve",
    *,
    on: str = "",
    allowed: bool = True,
    leader: str = "any",
) -> Line:
    """Return a policy line."""
    return Line(unit, leader, action, on, allowed, ("own-area",), "basis", ("R-VN-1", "R-VN-2"))


def table() -> Access:
    """Return the matrix of Đồng Hới."""
    return load("dong-hoi").access


def test_every_combination_as_casbin() -> None:
    """Over every combination of what the lines name, the table answers as the enforcer over all of them."""
    lines = matrix("dong-hoi")
    oracle = enforcer(lines)
    units = {one.unit for one in lines}
    done = {(one.action, one.on) for one in lines}
    for unit, leader, (action, on) in product(units, (True, False), done):
        decided = table().decide(unit, action, on=on, leader=leader)
        allowed, matched = oracle.enforce_ex(*request((unit, leader, action, on)))
        assert decided.allowed is allowed
        expected = tuple(matched[-1].split()) if matched else table().denied.rules
        assert decided.rules == expected


def test_deny_wins() -> None:
    """Where one line allows and another denies, the answer is no, whichever comes first."""
    for lines in ([line(), line(allowed=False, leader="yes")], [line(allowed=False, leader="yes"), line()]):
        decided = compiled(lines, NO)
        assert decided.decide("CENTRE", "case.approve", leader=True).allowed is False
        assert decided.decide("CENTRE", "case.approve", leader=False).allowed is True


def test_grant_carries_its_basis() -> None:
    """An answer names what must be true besides, its citation and the rules."""
    granted = compiled([line()], NO).decide("CENTRE", "case.approve")
    assert granted == Grant(allowed=True, needs=("own-area",), basis="basis", rules=("R-VN-1", "R-VN-2"))


@pytest.mark.parametrize(
    "unit,action,on",
    [("GUEST", "case.approve", None), ("CENTRE", "case.erase", None), ("CENTRE", "case.watch", "MOON")],
)
def test_unknown_is_denied(unit: str, action: str, on: str | None) -> None:
    """A kind of unit, an action or an object nobody named is denied."""
    lines = [line(), line(action="case.watch", on="TRAFFIC")]
    assert compiled(lines, NO).decide(unit, action, on=on) == NO


def test_line_about_everything() -> None:
    """A line that names nothing in particular is about everything; a denial of one thing is of that alone."""
    asked = compiled([line(), line(on="SECURITY", allowed=False)], NO)
    assert [
        asked.decide("CENTRE", "case.approve", on=on).allowed for on in (None, "TRAFFIC", "SECURITY")
    ] == [
        True,
        True,
        False,
    ]


def test_unanswerable_is_denied(caplog: pytest.LogCaptureFixture) -> None:
    """A question that cannot even be looked up is denied and logged."""
    with caplog.at_level(logging.ERROR):
        assert compiled([line()], NO).decide(["CENTRE"], "case.approve") == NO  # type: ignore[arg-type]
    assert "permission could not be decided" in caplog.text


def test_casbin_failing_is_denied(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where the enforcer fails on a combination, the table denies it."""
    broken = access.MODEL.read_text(encoding="utf-8").replace("r.act == p.act", "r.act == p.nothing")
    path = tmp_path / "model.conf"
    path.write_text(broken, encoding="utf-8")
    monkeypatch.setattr(access, "MODEL", path)
    assert compiled([line()], NO).decide("CENTRE", "case.approve") == NO


def test_repeated_line() -> None:
    """The same line twice is a mistake, not twice the right."""
    with pytest.raises(ValueError, match="policy line repeated: CENTRE, any, case, approve"):
        enforcer([line(), line()])


@pytest.mark.rule("R-DHV-1.3.0", "R-DH-11.3.b4")
def test_nobody_approves_and_concludes() -> None:
    """Approving belongs to the Centre and concluding to the city police: no kind of unit may do both."""
    units = load("dong-hoi").unit_kinds
    may = {
        action: {
            unit
            for unit, leader in product(units, (True, False))
            if table().decide(unit, action, leader=leader).allowed
        }
        for action in ("case.approve", "case.conclude")
    }
    assert may == {"case.approve": {"OPERATIONS_CENTRE"}, "case.conclude": {"CITY_POLICE"}}


@pytest.mark.rule("R-DH-12.2.c2")
def test_commune_police_ask_through_their_leader() -> None:
    """Only the leader of commune police may ask for an extraction, and only the city police may approve it."""
    officer = table().decide("COMMUNE_POLICE", "extraction.request")
    leader = table().decide("COMMUNE_POLICE", "extraction.request", leader=True)
    assert (officer.allowed, officer.needs, leader.allowed, leader.needs) == (False, ("leader",), True, ())
    assert table().decide("CITY_POLICE", "extraction.approve").needs == ("request-of-commune-police",)
    assert table().decide("COMMUNE_POLICE", "extraction.approve", leader=True).allowed is False


def test_actions_beyond_the_matrix() -> None:
    """Discarding belongs to approving, notifying to concluding, handing over to executing; reading needs a tie."""
    units = load("dong-hoi").unit_kinds
    pairs = {
        "case.discard": "case.approve",
        "case.notify": "case.conclude",
        "extraction.hand_over": "extraction.execute",
        "camera.administer": "account.administer",
        "unit.administer": "account.administer",
    }
    for (action, as_), unit in product(pairs.items(), units):
        assert table().decide(unit, action) == table().decide(unit, as_)
    for action, unit in product(("case.view", "evidence.view"), units):
        granted = table().decide(unit, action)
        assert (granted.allowed, granted.needs) == (True, ("holds-case-or-camera",))


def test_national_rules_permit_nothing() -> None:
    """The national rules hold no permission matrix, so they allow nobody anything."""
    assert load("national").access.decide("CITY_POLICE", "case.conclude").allowed is False
