"""The register of clients shows each person what the contract of their regulation gives them, and follows each act."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import psycopg
import pytest
from psycopg.rows import scalar_row
from psycopg.sql import SQL

from domain.client import Client
from domain.client.guards import check_view
from domain.commands.application import CaseSystem
from domain.context import Actor
from policies.rulebook import PROFILES
from projections import client_register
from projections.client_register import LOG, ClientRow
from projections.scope import of_clients
from tests.support.client_examples import CLIENT_EVENTS
from tests.support.following import Model
from tests.support.record import happened
from tests.support.spec import NOW, context, fact

HERE: Final = Path(__file__).parents[2]
OWN: Final = [profile for profile in PROFILES if profile != "national"]
HOME, OTHER = UUID(int=0xA1), UUID(int=0xA2)
AREA, LOOK_ALIKE, AWAY = "tinh/xa", "tinh/xa-2", "tinh/khac"
NO_MORE: Final = {("quang-tri", "DISTRICT_POLICE")}
"""Kinds of units that have ended by the day of the tests: their people may do nothing."""


def table(name: str) -> list[dict[str, str]]:
    """The rows of a table, as they are written."""
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


CONTRACT: Final = table("tests/policies/contract_access.csv")
FUNCTIONS: Final = {(row["role"], row["action"]) for row in table("policies/roles.csv")}


@dataclass(frozen=True)
class Somebody:
    """A person of the unit HOME."""

    profile: str
    kind: str
    role: str

    def given(self, action: str) -> set[str] | None:
        """What the contract wants besides for an action of their function; None where it gives it to nobody."""
        if (self.profile, self.kind) in NO_MORE or (self.role, action) not in FUNCTIONS:
            return None
        wanted = (self.profile, self.kind, action)
        for row in CONTRACT:
            if (row["profile"], row["unit_kind"], row["action"]) == wanted and row["allowed"] == "yes":
                return set(row["needs"].split())
        return None

    def sees(self, row: ClientRow) -> bool:
        """Whether one is theirs to see: they administer it, work with its unit's cameras, or audit its area."""
        own = row.owner_unit == HOME
        within = f"{row.area_path}/".startswith(f"{AREA}/")
        administers = self.given("account.administer")
        if administers is not None and (own or (within and not administers)):
            return True
        works = (self.role, "camera.operate") in FUNCTIONS and (self.profile, self.kind) not in NO_MORE
        return (works and own) or (self.given("audit.replay") == set() and within)


def rows() -> list[ClientRow]:
    """One of each unit and place."""
    return [
        ClientRow(
            client_id=UUID(int=n),
            code=f"C-{n}",
            kind="RECORDER",
            name="Đầu ghi",
            release="1",
            maker="Công ty Mẫu",
            document="12/QĐ",
            permitted_on=date(2026, 5, 4),
            models=[],
            state="REGISTERED",
            state_since=NOW,
            registered_by="operator:test",
            registering_unit_id=None,
            registered_at=NOW,
            version=1,
            position=n,
            area_path=area,
            owner_unit=unit,
        )
        for n, (unit, area) in enumerate(
            product((HOME, OTHER), (AREA, f"{AREA}/thon", LOOK_ALIKE, AWAY)), start=1
        )
    ]


@pytest.fixture(scope="module")
def register(common: str) -> Iterator[psycopg.Connection[int]]:
    """The clients, in their table."""
    with psycopg.connect(common, row_factory=scalar_row) as conn:
        LOG.write(conn, list(rows()))
        yield conn
        conn.rollback()


@pytest.mark.parametrize("profile", OWN)
def test_everybody(register: psycopg.Connection[int], profile: str) -> None:
    """The list, and each client alone, show every person of every kind of unit what the contract gives them."""
    kinds = sorted({row["unit_kind"] for row in CONTRACT if row["profile"] == profile})
    seen = 0
    for kind, role in product(kinds, sorted({role for role, _ in FUNCTIONS})):
        who = Somebody(profile, kind, role)
        actor = Actor(
            account_id=UUID(int=1), unit_id=HOME, unit_kind=kind, area_path=AREA, role=role, leader=False
        )
        act = context(actor, profile=profile)
        scope = of_clients(act)
        asked = SQL("SELECT right(code, -2)::int FROM client_register WHERE {}").format(SQL(scope.where))
        expected = {row.client_id.int for row in rows() if who.sees(row)}
        assert set(register.execute(asked, scope.params)) == expected, who
        assert {row.client_id.int for row in rows() if check_view(row, act) is None} == expected, who
        seen += len(expected)
    assert seen


def test_follows(common: str, app: CaseSystem) -> None:
    """Each act leaves a client in its state, with its document and reason, since its instant."""
    one = Client.create_id("PM-PH-77")
    said: dict[type[Any], dict[str, Any]] = {cls: told for cls, (_, told) in CLIENT_EVENTS.items()}
    registered = fact(Client.Registered, **{**said[Client.Registered], "code": "PM-PH-77"})
    later = [
        fact(cls, **said[cls]).under(took_place_at=NOW + timedelta(hours=n), reason=f"Lý do {n}")
        for n, cls in enumerate((Client.Suspended, Client.Resumed, Client.Withdrawn), start=1)
    ]
    happened(app, Client, one, registered.under(took_place_at=NOW, by="a"), *later)
    with Model(common, LOG, app) as model:
        model.follow(1)
        [row] = client_register.by_ids(model.conn, [one]).values()
        assert client_register.by_number(model.conn, "PM-PH-77") == row
    assert (row.state, row.state_since, row.state_document, row.state_reason) == (
        "WITHDRAWN",
        NOW + timedelta(hours=3),
        "15/QĐ-TTGSĐH",
        "Lý do 3",
    )
    assert (row.registered_at, row.registered_by, row.version, row.models) == (NOW, "a", 4, ["d" * 64])
