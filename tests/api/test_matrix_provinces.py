"""The matrix of the three provinces through their GraphQL: what it gives nobody of a kind or function is not done.

The oracle is the contract table and which act each mutation is; it asks nothing of the product.
"""

import csv
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import pytest

from domain.account import Account
from tests.support.documents import aliased
from tests.support.oracle import CASE_ACTS, recorded
from tests.support.people import FACTS
from tests.support.sites import DIEN_BIEN, QUANG_TRI, YEN_BAI, Seat, Settled, Site
from tests.support.spec import unit

HERE: Final = Path(__file__).parents[1]
ACTION: Final = {
    "approveCase": "case.approve",
    "discardCase": "case.approve",
    "receiveCase": "case.receive",
    "assignCase": "case.receive",
    "returnCase": "case.receive",
    "forwardCase": "case.receive",
    "handleCase": "case.receive",
    "keepCase": "case.verify",
    "mergeCase": "case.verify",
    "startVerification": "case.verify",
    "extendVerification": "case.verify",
    "identifyOwner": "case.verify",
    "sendNotice": "case.verify",
    "determineViolator": "case.verify",
    "correctCase": "case.verify",
    "concludeCase": "case.conclude",
    "referCase": "case.conclude",
    "resumeCase": "case.conclude",
    "notifyResult": "case.conclude",
    "drawRecord": "case.draw_record",
    "decidePenalty": "case.decide",
    "decideNoPenalty": "case.decide",
    "enforceDecision": "case.decide",
    "endEvasion": "case.decide",
    "reopenCase": "case.decide",
    "sendDecision": "case.decide",
    "recordPayment": "case.decide",
    "publishCase": "case.publish",
    "withdrawPublication": "case.publish",
}
"""Which act of the contract each mutation is."""
ALSO_BEGINS_WITH: Final = {"assignCase": "case.approve", "reopenCase": "case.approve"}
"""What whoever approves may do as well, with what was not sent on."""
FUNCTION: Final = {
    "extendVerification": "case.extend",
    "reopenCase": "case.decide",
    "sendDecision": "case.execute",
    "recordPayment": "case.execute",
}
"""Of which function an act is, where the contract decides it as another."""
AT_ONCE: Final = 5


def contract(profile: str) -> dict[tuple[str, str], list[dict[str, str]]]:
    """The rows of the contract of a regulation, by kind of unit and act."""
    found: dict[tuple[str, str], list[dict[str, str]]] = {}
    with (HERE / "policies" / "contract_access.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["profile"] == profile:
                found.setdefault((row["unit_kind"], row["action"]), []).append(row)
    return found


def functions() -> dict[str, set[str]]:
    """What each function is for."""
    found: dict[str, set[str]] = {}
    with (HERE.parent / "policies" / "roles.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["role"], set()).add(row["action"])
    return found


def with_everybody(site: Site) -> Site:
    """The same installation with a person of each function in a unit of each kind; in those it has, in those."""
    units = {one.kind: one for one, _, _ in site.people.values()}
    for kind, _ in contract(site.profile):
        units.setdefault(kind, unit(f"K-{kind}", kind, site.operator.area_path))
    everybody: dict[str, Seat] = {
        f"{kind}.{role}".lower(): (units[kind], role, role == "LEADER")
        for kind in units
        for role in functions()
    }
    return replace(site, people={**site.people, **everybody})


def nobodys(site: Site, seat: Seat) -> Iterator[str]:
    """The mutations that the contract, or the person's function, does not give this person."""
    one, role, leader = seat
    table, mine = contract(site.profile), functions()[role]

    def given(action: str, function: str) -> bool:
        rows = table.get((one.kind, action), ())
        named = [row for row in rows if row["leader"] in {"", "yes" if leader else "no"}]
        return any(row["allowed"] == "yes" for row in named) and function in mine

    for mutation, action in ACTION.items():
        also = ALSO_BEGINS_WITH.get(mutation, action)
        if not given(action, FUNCTION.get(mutation, action)) and not given(also, also):
            yield mutation


@pytest.mark.rule("R-QT-5.2.a", "R-QT-10.3.b", "R-DB-5.5.0", "R-YB-5.0.0")
@pytest.mark.parametrize(
    "site, state",
    [
        pytest.param(QUANG_TRI, "VERIFYING", id="quang-tri"),
        pytest.param(YEN_BAI, "VERIFYING", id="yen-bai"),
        pytest.param(DIEN_BIEN, "DETECTED", id="dien-bien"),
    ],
)
def test_what_the_contract_gives_nobody(
    settled: Callable[[Site], Settled], site: Site, state: str, counted: Callable[[str], None]
) -> None:
    """What neither the unit's kind nor the function gives somebody is refused, and the refusal alone is on record."""
    place = settled(with_everybody(site)).place
    case = Settled(site, place).case_in(state)
    start = place.head()
    tried: Counter[str] = Counter()
    expected: Counter[tuple[str, str]] = Counter()
    for name, seat in with_everybody(site).people.items():
        refused = nobodys(site, seat)
        while some := list(islice(refused, AT_ONCE)):
            for mutation, answer in zip(some, _asked(site, place, name, str(case.id), some), strict=True):
                assert answer["__typename"] in {"Forbidden", "NotFound"}, (name, mutation, answer)
                tried[answer["__typename"]] += 1
                expected[str(Account.create_id(name)), mutation] += recorded(answer["__typename"])
    with place.as_owner() as conn:
        topics = conn.execute(
            "SELECT topic, count(*) FROM events WHERE notification_id > %s GROUP BY topic", [start]
        ).fetchall()
        place.project()
        rows = conn.execute("SELECT by, way FROM access_log WHERE position > %s", [start]).fetchall()
    assert Counter(rows) == expected
    assert topics == [("attempt:refused", expected.total())]
    counted(f"matrix of {site.profile}: {tried.total()} acts refused, {dict(sorted(tried.items()))}")


def _asked(site: Site, place: Any, name: str, case_id: str, mutations: list[str]) -> list[dict[str, Any]]:
    """What somebody is answered to these mutations, in one document."""
    assert set(mutations) <= CASE_ACTS.keys()
    heads = ", ".join(f"$i{n}: {m[0].upper()}{m[1:]}Input!" for n, m in enumerate(mutations))
    fields = [
        f"{m}(input: $i{n}) {{ __typename ... on Refusal {{ code }} }}" for n, m in enumerate(mutations)
    ]
    given = {
        f"i{n}": {
            "caseId": case_id,
            "commandId": str(uuid4()),
            **FACTS.get(m, {}),
            **site.otherwise.get(m, {}),
        }
        for n, m in enumerate(mutations)
    }
    given = {
        key: said | ({"intoCaseId": case_id} if "intoCaseId" in said else {}) for key, said in given.items()
    }
    answers: dict[str, dict[str, Any]] = place.signed_in(name).ask(
        aliased(fields, kind="mutation", head=f"({heads})"), **given
    )
    return list(answers.values())
