"""Obligations through the API: what is due, what was missed, whose it is, within one's scope."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from cli import demo
from cli.schedule import Scheduler
from cli.wiring import rulebook
from domain.account import Account
from domain.camera import Camera
from domain.case import Case
from domain.personal import Personal
from tests.support.api import CENTRE, DETECTED_AT, NAMES, POLICE, Installation
from tests.support.cases import approved, clock, concluded, detected, limitation, stopped
from tests.support.people import Person
from tests.support.record import happened
from tests.support.spec import fact, legal

HANDLER = Account.create_id("police.handle")
TRANSFER_BY = legal("2026-06-09 00:00")
VERIFY_BY = legal("2026-07-02 00:00")
APPROVED_AT = DETECTED_AT + timedelta(minutes=30)
REASON = "Mất điện hai ngày"
WHOLE = """
    number timer variant state startedAt due dueSoonAt missed hard provisional dueSoonToldAt missedToldAt stoppedAt
    reasonOwed personId person reason case { id number } rule { id citation } unit { code }
    remaining { workingDays hours missed } holders { unit { code } personId person since }
"""
LIST = "query($filter: ObligationFilter) { obligations(filter: $filter, first: 100) { totalCount nodes { %s } } }"
COUNT = """
query($by: ObligationGroup!, $filter: ObligationFilter) { obligationSummary(by: $by, filter: $filter) {
    unit { code } personId person timer open dueSoon missed met late reasonOwed lapsed } }
"""


@dataclass(frozen=True)
class Put:
    """Three cases: one to be transferred, one in verification by a person, one that came late and owes the reason."""

    detected: UUID
    verifying: UUID
    late: UUID


@pytest.fixture
def put(installation: Installation) -> Put:
    """They happen."""
    cases = Put(*(UUID(int=0xCA5E00 + n) for n in range(3)))
    for n, case in enumerate((cases.detected, cases.verifying, cases.late)):
        first = detected(
            number=f"DH-2026-00000{n + 1}",
            proposal_id=case,
            camera_id=Camera.create_id(demo.CAMERA),
            area_path=demo.CITY,
            holder_unit_id=CENTRE,
            detected_at=DETECTED_AT,
            clocks=(
                clock("TRANSFER", DETECTED_AT, CENTRE, due=TRANSFER_BY),
                limitation(CENTRE),
            ),
        )
        to_police = approved(
            case,
            recipient_unit_id=POLICE,
            clocks=(clock("VERIFY", APPROVED_AT, POLICE, due=VERIFY_BY), limitation(POLICE)),
            stopped=(stopped("TRANSFER", late=case == cases.late),),
        ).under(unit_id=CENTRE, took_place_at=APPROVED_AT)
        assigned = fact(Case.Assigned, account_id=HANDLER).under(unit_id=POLICE, took_place_at=APPROVED_AT)
        way = [first] if case == cases.detected else [first, to_police, assigned]
        if case == cases.late:
            way.append(
                concluded(
                    case,
                    clocks=(clock("NOTIFY_RESULT", APPROVED_AT, POLICE),),
                    stopped=(stopped("VERIFY", VERIFY_BY, late=True),),
                    late_reason=Personal.said(case, REASON),
                ).under(unit_id=POLICE, took_place_at=VERIFY_BY)
            )
        happened(installation.operator, Case, case, *way)
    installation.project()
    return cases


def listed(person: Person, fields: str = "number timer", **narrow: Any) -> list[dict[str, Any]]:
    """The obligations that somebody is shown."""
    found = person.ask(LIST % fields, filter=narrow)["obligations"]
    assert found["totalCount"] == len(found["nodes"])
    nodes: list[dict[str, Any]] = found["nodes"]
    return nodes


def short(nodes: list[dict[str, Any]]) -> list[str]:
    """They in a few words."""
    return [f"{node['number'][-1]} {node['timer']}" for node in nodes]


class TestList:
    """What is shown of an obligation."""

    def test_whole(self, installation: Installation, put: Put) -> None:
        """An open one says until when, under which rule, whose it is, since when, and how much time is left."""
        installation.now = legal("2026-06-25 10:00")
        [shown] = listed(installation.signed_in("police.handle"), WHOLE, timers=["VERIFY"], states=["OPEN"])
        name = shown["person"]
        assert name
        assert shown == {
            "number": "DH-2026-000002",
            "timer": "VERIFY",
            "variant": "NORMAL",
            "state": "OPEN",
            "startedAt": "2026-06-01T08:30:00+07:00",
            "due": "2026-07-02T00:00:00+07:00",
            "dueSoonAt": "2026-06-21T18:50:00+07:00",
            "missed": "late",
            "hard": False,
            "provisional": False,
            "dueSoonToldAt": None,
            "missedToldAt": None,
            "stoppedAt": None,
            "reasonOwed": False,
            "personId": str(HANDLER),
            "person": name,
            "reason": None,
            "case": {"id": str(put.verifying), "number": "DH-2026-000002"},
            "rule": {"id": "R-DH-11.3.b3", "citation": shown["rule"]["citation"]},
            "unit": {"code": "CATP"},
            "remaining": {"workingDays": 4, "hours": 0, "missed": False},
            "holders": [
                {
                    "unit": {"code": "CATP"},
                    "personId": None,
                    "person": None,
                    "since": "2026-06-01T08:30:00+07:00",
                },
                {
                    "unit": {"code": "CATP"},
                    "personId": str(HANDLER),
                    "person": name,
                    "since": "2026-06-01T08:30:00+07:00",
                },
            ],
        }

    def test_late(self, installation: Installation, put: Put) -> None:
        """A late one says why, once the reason was given, and that it is owed until then."""
        shown = listed(
            installation.signed_in("police.handle"),
            "timer state reason reasonOwed stoppedAt remaining { missed }",
            states=["LATE"],
        )
        assert shown == [
            {
                "timer": "TRANSFER",
                "state": "LATE",
                "reason": None,
                "reasonOwed": True,
                "stoppedAt": "2026-06-01T08:30:00+07:00",
                "remaining": None,
            },
            {
                "timer": "VERIFY",
                "state": "LATE",
                "reason": REASON,
                "reasonOwed": False,
                "stoppedAt": "2026-07-02T00:00:00+07:00",
                "remaining": None,
            },
        ]

    @pytest.mark.parametrize(
        "who, narrow, found",
        [
            (
                "centre.approve",
                {"states": ["OPEN"], "hard": False},
                ["1 TRANSFER", "3 NOTIFY_RESULT", "2 VERIFY"],
            ),
            ("centre.approve", {"states": ["OPEN"], "myUnit": True, "hard": False}, ["1 TRANSFER"]),
            ("centre.approve", {"mine": True}, []),
            (
                "police.handle",
                {"mine": True, "states": ["OPEN"], "hard": False},
                ["3 NOTIFY_RESULT", "2 VERIFY"],
            ),
            ("police.handle", {"mine": True, "states": ["LATE"]}, ["3 VERIFY"]),
            ("police.handle", {"personId": str(HANDLER), "timers": ["VERIFY"]}, ["2 VERIFY", "3 VERIFY"]),
            (
                "police.handle",
                {"unitId": str(CENTRE), "states": ["MET", "LATE"]},
                ["2 TRANSFER", "3 TRANSFER"],
            ),
            ("police.handle", {"missed": True}, ["3 NOTIFY_RESULT", "2 VERIFY", "3 TRANSFER", "3 VERIFY"]),
            ("police.handle", {"missed": False, "hard": False}, ["2 TRANSFER"]),
            ("police.handle", {"reasonOwed": True}, ["3 TRANSFER"]),
            ("police.handle", {"hard": True}, ["2 LIMITATION", "3 LIMITATION"]),
            ("police.handle", {"dueBefore": "2026-06-10T00:00:00+07:00"}, ["2 TRANSFER", "3 TRANSFER"]),
            (
                "police.handle",
                {"dueAfter": "2026-06-10T00:00:00+07:00", "dueBefore": "2026-12-31T00:00:00+07:00"},
                ["3 NOTIFY_RESULT", "2 VERIFY", "3 VERIFY"],
            ),
            ("police.handle", {"states": []}, []),
        ],
    )
    def test_narrow(
        self, installation: Installation, put: Put, who: str, narrow: dict[str, Any], found: list[str]
    ) -> None:
        """The list is narrowed by what was asked: what runs comes first, then what has ended, by when it is due."""
        installation.now = legal("2026-07-10 09:00")
        assert short(listed(installation.signed_in(who), **narrow)) == found

    def test_scope(self, installation: Installation, put: Put) -> None:
        """One is shown the obligations of the cases one is shown, and counts no others."""
        shown = {}
        for name in NAMES:
            person = installation.signed_in(name)
            cases = person.ask("{ cases(first: 100) { nodes { number } } }")["cases"]["nodes"]
            seen = {node["number"] for node in listed(person)}
            assert seen == {node["number"] for node in cases}, name
            counted = person.ask(COUNT, by="TIMER", filter=None)["obligationSummary"]
            total = sum(row[key] for row in counted for key in ("open", "missed", "met", "late", "lapsed"))
            assert total == len(listed(person)), name
            shown[name] = total
        assert {0, 7, 9} <= set(shown.values())

    def test_pages(self, installation: Installation, put: Put) -> None:
        """Pages of one are the whole list; a cursor of another list is refused."""
        person = installation.signed_in("police.handle")
        document = (
            "query($after: String) { obligations(first: 1, after: $after)"
            " { nodes { number timer } pageInfo { hasNextPage endCursor } } }"
        )
        seen: list[dict[str, Any]] = []
        after = None
        while True:
            found = person.ask(document, after=after)["obligations"]
            seen += found["nodes"]
            after = found["pageInfo"]["endCursor"]
            if not found["pageInfo"]["hasNextPage"]:
                break
        assert seen == listed(person)

    def test_nobody(self, installation: Installation, put: Put) -> None:
        """Whoever is not signed in is told nothing."""
        for document, variables in (
            (LIST % "number", {"filter": None}),
            (COUNT, {"by": "UNIT", "filter": None}),
        ):
            assert installation.anonymous.error(document, **variables)["code"] == "UNAUTHENTICATED"


class TestCounts:
    """How many there are."""

    def test_by_unit(self, installation: Installation, put: Put) -> None:
        """By unit: what is open, due soon and missed, and what came late with its reason still owed."""
        installation.now = legal("2026-06-26 09:00")
        rows = installation.signed_in("centre.approve").ask(COUNT, by="UNIT", filter={"hard": False})
        nobody = {"personId": None, "person": None, "timer": None, "lapsed": 0}
        assert rows["obligationSummary"] == [
            {
                **nobody,
                "unit": {"code": "CATP"},
                "open": 1,
                "dueSoon": 1,
                "missed": 1,
                "met": 0,
                "late": 1,
                "reasonOwed": 0,
            },
            {
                **nobody,
                "unit": {"code": "TTGSDH"},
                "open": 0,
                "dueSoon": 0,
                "missed": 1,
                "met": 1,
                "late": 1,
                "reasonOwed": 1,
            },
        ]

    def test_by_person(self, installation: Installation, put: Put) -> None:
        """By person, under the person's name; what nobody has in person is a row of its own."""
        installation.now = legal("2026-07-10 09:00")
        rows = installation.signed_in("police.handle").ask(COUNT, by="PERSON", filter={"hard": False})
        shown = [
            (row["personId"], bool(row["person"]), row["missed"], row["late"])
            for row in rows["obligationSummary"]
        ]
        assert shown == [(str(HANDLER), True, 2, 1), (None, False, 0, 1)]


def test_what_the_scheduler_said(installation: Installation, put: Put) -> None:
    """What was told stands in the list, and nothing is told of what has ended."""
    now = legal("2026-06-26 09:00")
    scheduler = Scheduler(
        installation.endpoints.database_url, installation.operator, rulebook(), clock=lambda: now
    )
    with scheduler.connect() as conn:
        conn.execute("INSERT INTO positions (name, position) VALUES ('scheduler', 0) ON CONFLICT DO NOTHING")
        assert scheduler.step(conn) == 3
    installation.project()
    shown = listed(
        installation.signed_in("centre.approve"),
        "number timer dueSoonToldAt missedToldAt",
        states=["OPEN"],
        hard=False,
    )
    at = "2026-06-26T09:00:00+07:00"
    assert [(node["timer"], node["dueSoonToldAt"], node["missedToldAt"]) for node in shown] == [
        ("TRANSFER", None, at),
        ("NOTIFY_RESULT", None, at),
        ("VERIFY", at, None),
    ]
