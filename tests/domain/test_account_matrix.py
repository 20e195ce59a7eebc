"""The contract on accounts, in all four regulations: who may change, end or review which accounts, and who never may.

Every kind of unit, function and place of the actor is held against every kind of unit and state of the account. The
oracle reads the contract table and the table of functions, and asks nothing of the product.
"""

import csv
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from itertools import product
from pathlib import Path
from typing import Final
from uuid import UUID

import pytest

from domain.account.acts import GUARDS
from domain.account.state import ON_THE_WAY, AccountState, Decision
from domain.account_review import check_open
from domain.context import Actor
from domain.errors import WrongState
from policies.rulebook import PROFILES
from tests.support.spec import NOW, context

POLICIES: Final = Path(__file__).parents[2] / "policies"
CONTRACT: Final = Path(__file__).parents[1] / "policies" / "contract_access.csv"
OWN: Final = [profile for profile in PROFILES if profile != "national"]
HOME, OTHER = UUID(int=0xA1), UUID(int=0xA2)
WHO, WHOM = UUID(int=0xB1), UUID(int=0xB2)
AREA, INSIDE, LOOK_ALIKE, AWAY = "tinh/xa", "tinh/xa/thon", "tinh/xa-2", "tinh/khac"
NO_MORE: Final = {("quang-tri", "DISTRICT_POLICE")}
"""Kinds of units that have ended by the day of the tests: their people may do nothing."""
OPERATES: Final = {"quang-tri": "CENTRE"}
"""Who steps in for units that have no administrator, where the contract gives each managing unit its own."""
ADMINISTERED: Final = (
    "directAccount",
    "issueAccount",
    "renameAccount",
    "changeRole",
    "changeLeader",
    "moveAccount",
    "assignDuty",
    "endDuty",
    "resumeAccount",
    "directGrant",
    "giveGrant",
    "executeGrant",
)
"""What only somebody does who administers accounts."""
ENDS: Final = ("suspendAccount", "closeAccount", "revokeGrant", "revokeDelegation")
"""What the leader of the account's own unit does as well, and for units that have nobody the one who leads there."""
WAY: Final = ("approveAccount", "recordTraining")
DECIDES: Final = "directAccountChange"
DIRECTED: Final = {"LEVEL_1_MANAGER", "LEVEL_1_OPERATOR", "EXPLOITING_BODY", "PROVINCIAL_POLICE"} | {
    "PEOPLES_COMMITTEE",
    "PRIVATE_OWNER",
}
"""Of whom in Điện Biên the manager of level I directs what they have (R-DB-7.3.0); elsewhere there the leader does."""


@dataclass(frozen=True)
class OnFile:
    """An account, with its unit."""

    account_id: UUID
    owner_unit: UUID
    unit_kind: str
    area_path: str
    state: str
    stepped_by: tuple[str, ...] = ()
    trained_at: datetime | None = NOW
    leader: bool = False
    decision: Decision | None = None

    def awaiting(self, act: str) -> "OnFile":
        """The same, of whom somebody else decided what the act does."""
        moves = act == "moveAccount"
        decided = Decision(
            number=2,
            in_unit_id=self.owner_unit,
            role="HANDLER",
            leader=True,
            unit_id=OTHER if moves else None,
            document="1/QĐ",
            people=("somebody",),
        )
        return replace(self, decision=decided)


@cache
def contract(action: str) -> dict[tuple[str, str], dict[str, str]]:
    """What the contract says of an action, by regulation and kind of unit."""
    with CONTRACT.open(encoding="utf-8", newline="") as file:
        return {
            (row["profile"], row["unit_kind"]): row for row in csv.DictReader(file) if row["action"] == action
        }


@cache
def functions() -> dict[str, frozenset[str]]:
    """What each function is for."""
    with (POLICIES / "roles.csv").open(encoding="utf-8", newline="") as file:
        rows = [(row["role"], row["action"]) for row in csv.DictReader(file)]
    return {role: frozenset(action for one, action in rows if one == role) for role, _ in rows}


def gives(profile: str, actor: Actor, action: str, one: OnFile | None = None) -> bool:
    """Whether the contract gives somebody an action, on an account of their own unit or of another one."""
    row = contract(action).get((profile, actor.unit_kind))
    if row is None or row["allowed"] != "yes" or (profile, actor.unit_kind) in NO_MORE:
        return False
    if action not in functions()[actor.role] or (row["leader"] == "yes" and not actor.leader):
        return False
    if one is None or not row["needs"]:
        return True
    if row["needs"] == "own-unit":
        return one.owner_unit == actor.unit_id or steps_in(profile, actor, one)
    assert row["needs"] == "own-system", row
    return actor.covers(one.area_path)  # a body administers those who work in its own system


def steps_in(profile: str, actor: Actor, one: OnFile) -> bool:
    """Units that the contract leaves nobody of their own are the operating unit's, in its area."""
    has_none = contract("account.administer")[profile, one.unit_kind]["allowed"] == "no"
    return has_none and actor.unit_kind == OPERATES.get(profile) and actor.covers(one.area_path)


def decides(profile: str, actor: Actor, one: OnFile) -> bool:
    """Who says what somebody is to have: the manager of level I, the leader, or whoever names people there."""
    own = one.owner_unit == actor.unit_id
    if (profile, actor.unit_kind) in NO_MORE or one.account_id == actor.account_id:
        return False
    match profile:
        case "dong-hoi":
            centre = actor.unit_kind == "OPERATIONS_CENTRE" and actor.covers(one.area_path)
            return (own or centre) and "account.nominate" in functions()[actor.role]
        case "dien-bien" if one.unit_kind in DIRECTED:
            return actor.unit_kind == "LEVEL_1_MANAGER" and gives(profile, actor, "account.administer", one)
        case "quang-tri" | "dien-bien":
            leads = actor.leader and "account.approve" in functions()[actor.role]
            return leads and (own or (profile == "quang-tri" and steps_in(profile, actor, one)))
    return False


def actors(profile: str) -> Iterator[Actor]:
    """Each kind of unit, its leader and not, each function; of functions alike in what they may with accounts one."""
    roles = {
        frozenset(one for one in actions if one.startswith("account.")): role
        for role, actions in functions().items()
    }
    kinds = sorted(kind for one, kind in contract("account.administer") if one == profile)
    for kind, role, leader in product(kinds, roles.values(), (False, True)):
        yield Actor(account_id=WHO, unit_id=HOME, unit_kind=kind, area_path=AREA, role=role, leader=leader)


def accounts(profile: str, actor: Actor) -> Iterator[OnFile]:
    """One's own, those of one's unit, and of units of each kind elsewhere, in each state."""
    kinds = sorted(kind for one, kind in contract("account.administer") if one == profile)
    for state in AccountState:
        yield OnFile(WHO, HOME, actor.unit_kind, AREA, state)
        yield OnFile(WHOM, HOME, actor.unit_kind, AREA, state)
        for kind, area in product(kinds, (AREA, INSIDE, LOOK_ALIKE, AWAY)):
            yield OnFile(WHOM, OTHER, kind, area, state)


@pytest.mark.rule("R-QT-10.4.a", "R-DH-10.1.0", "R-DB-13.2.a", "R-DB-17.4.b", "R-YB-11.1.0")
@pytest.mark.parametrize("profile", OWN)
def test_nobody_beyond_the_contract(profile: str, counted: Callable[[str], None]) -> None:
    """Whoever may change an account is given that by the contract; nobody may anything with their own, or elsewhere."""
    asked, allowed = 0, Counter[str]()
    for actor in actors(profile):
        act = context(actor, profile=profile)
        for one in accounts(profile, actor):
            for name in (*ADMINISTERED, *ENDS, *WAY, DECIDES):
                asked += 1
                if GUARDS[name](one.awaiting(name), act) is not None:
                    continue
                allowed[name] += 1
                about = (name, actor, one)
                if one.account_id == WHO:
                    assert name == "revokeDelegation", about
                if name == DECIDES:
                    assert decides(profile, actor, one), about
                if name in ADMINISTERED:
                    assert gives(profile, actor, "account.administer", one), about
                elif name in ENDS and one.account_id != WHO:
                    own = actor.unit_id == one.owner_unit
                    leads = actor.leader and (own or steps_in(profile, actor, one))
                    named = (
                        name == "closeAccount" and one.state in ON_THE_WAY
                    )  # by whoever names people there
                    named = named and "account.nominate" in functions()[actor.role]
                    assert gives(profile, actor, "account.administer", one) or leads or named, about
                assert one.owner_unit == HOME or actor.covers(one.area_path), about
    assert GUARDS.keys() == {*ADMINISTERED, *ENDS, *WAY, DECIDES, "delegate"}
    table = contract("account.administer")
    somebody = any(row["allowed"] == "yes" for (of, _), row in table.items() if of == profile)
    assert somebody == any(allowed[name] for name in ADMINISTERED)
    counted(f"matrix of accounts, {profile}: {asked} acts asked for, {sum(allowed.values())} allowed")


@pytest.mark.rule("R-DH-10.1.0", "R-QT-10.4.a", "R-DB-13.2.a", "R-DB-17.3.0")
@pytest.mark.parametrize(
    "profile, kind, role, of",
    [
        ("dong-hoi", "OPERATIONS_CENTRE", "ADMINISTRATOR", "CITY_POLICE"),
        ("quang-tri", "CENTRE", "ADMINISTRATOR", "CENTRE"),
        ("quang-tri", "PROVINCIAL_POLICE", "ADMINISTRATOR", "PROVINCIAL_POLICE"),
        ("dien-bien", "LEVEL_1_OPERATOR", "ADMINISTRATOR", "EXPLOITING_BODY"),
        ("dien-bien", "LEVEL_2_BODY", "ADMINISTRATOR", "LEVEL_2_BODY"),
    ],
)
def test_whoever_gives_accounts_changes_them(profile: str, kind: str, role: str, of: str) -> None:
    """The administrator whom the contract names may, for accounts of the units it names."""
    actor = Actor(account_id=WHO, unit_id=HOME, unit_kind=kind, area_path=AREA, role=role)
    unit = HOME if kind == of else OTHER
    one = OnFile(WHOM, unit, of, AREA, AccountState.ACTIVE)
    act = context(actor, profile=profile)
    for name in ("renameAccount", "changeRole", "changeLeader", "moveAccount", "suspendAccount"):
        assert GUARDS[name](one.awaiting(name), act) is None, name
    for name in ("changeRole", "changeLeader", "moveAccount"):
        assert isinstance(GUARDS[name](one, act), WrongState), name


@pytest.mark.rule("R-DB-13.2.b")
@pytest.mark.parametrize("profile", OWN)
def test_reviews(profile: str) -> None:
    """A review of accounts is opened by exactly those whom the contract gives it."""
    for actor, area in product(actors(profile), (AREA, INSIDE, LOOK_ALIKE, AWAY)):
        opened = check_open(context(actor, profile=profile), area) is None
        assert opened == (gives(profile, actor, "account.review") and area in {AREA, INSIDE}), (actor, area)
