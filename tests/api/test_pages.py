"""A page completed as a whole and the same page completed field by field are the same bytes."""

from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from strawberry.types.base import StrawberryOptional

from api.graphql.camera.query import CAMERAS
from api.graphql.case.query import CASES
from api.graphql.columns import SOURCE, Column
from api.graphql.compiled import Answers
from api.graphql.execution import ANSWERS
from api.graphql.extraction.extraction import EXTRACTIONS
from api.graphql.obligation.query import OBLIGATIONS
from api.graphql.pages import ListOf
from api.graphql.schema import build
from domain.camera import Camera
from domain.incident import Incident
from tests.support.api import CENTRE, DETECTED_AT, NAMES, POLICE, Installation
from tests.support.cameras import waiting
from tests.support.footage import Footage
from tests.support.operation_examples import OPERATION_EVENTS
from tests.support.people import Person
from tests.support.record import happened
from tests.support.selections import Selection
from tests.support.spec import fact

DOCUMENTS = 40
LISTS = {
    "cases": (
        "first: 3",
        "first: 50",
        "first: 100, filter: {late: false}",
        'first: 2, filter: {rules: ["RED_LIGHT"]}',
    ),
    "cameras": ("first: 1", "first: 20"),
    "extractions": ("first: 2", "first: 20", "first: 20, filter: {states: [REQUESTED, APPROVED]}"),
    "obligations": (
        "first: 3",
        "first: 50",
        "first: 20, filter: {states: [OPEN]}",
        "first: 20, filter: {missed: false, hard: true}",
    ),
    "units": ("first: 2", "first: 20"),
    "accessLog": ("first: 2", "first: 20"),
}


class Compared:
    """Answers both ways, and how many were compiled."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._patch = monkeypatch
        self.compiled = self.asked = 0

    def same(self, person: Person, document: str, variables: dict[str, Any]) -> bytes:
        """Ask both ways; the answer, once."""
        with self._patch.context() as patch:
            patch.setattr(Answers, "to", self._noted(Answers.to))
            fast = raw(person, document, variables)
            patch.setattr(Answers, "to", lambda *_: None)
            slow = raw(person, document, variables)
        assert fast == slow, document
        return fast

    def _noted(self, compile_: Callable[..., Any]) -> Callable[..., Any]:
        def noted(*args: Any) -> Any:
            answer = compile_(*args)
            self.asked += 1
            self.compiled += answer is not None
            return answer

        return noted


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> Compared:
    """Both ways."""
    return Compared(monkeypatch)


def raw(person: Person, document: str, variables: dict[str, Any]) -> bytes:
    """The bytes of an answer."""
    response = person.client.post(
        "/graphql",
        json={"query": document, "variables": variables},
        headers={"authorization": f"Bearer {person.token}"} if person.token else {},
    )
    return bytes(response.content)


def test_random_selections(
    installation: Installation, footage: Footage, compared: Compared, counted: Callable[[str], None]
) -> None:
    """Of every list, for everybody, with a scope that holds something and one that does not."""
    furnished(installation, footage)
    schema = build()._schema
    chance = Random(4)  # noqa: S311 — which selections, not a secret
    rows = 0
    for name, arguments in LISTS.items():
        for _ in range(DOCUMENTS):
            document, variables = Selection(chance, schema).document(name, chance.choice(arguments))
            for person in chance.sample(NAMES, 2):
                answer = compared.same(installation.signed_in(person), document, variables)
                rows += answer.count(b"{")
            assert b"errors" not in answer, document
    compared.same(installation.anonymous, document, variables)
    assert compared.compiled > compared.asked / 2
    assert rows > compared.asked * 5
    counted(
        f"compiled lists: {compared.asked} random selections, {compared.compiled} of them compiled:"
        " every answer byte for byte that of the slow way"
    )


def test_every_field(installation: Installation, footage: Footage, compared: Compared) -> None:
    """Every field of a noun that is not a list is compiled, plates and names included."""
    furnished(installation, footage)
    document = """{
      cases(first: 50) { totalCount pageInfo { hasNextPage endCursor } edges { cursor node { id } } nodes {
        id number state version rule occurredAt detectedAt plate due late received finding notified
        dueRule { id citation } holder { id code name kind version }
        camera { id code name class domain area version operatingUnit { id name } } } }
      cameras(first: 50) { nodes { id code name class domain area version operatingUnit { code } } }
      extractions(first: 50) { nodes { id number state version from to purpose note documentNumber undertaking
        caseId requestedAt camera { code } } }
      units { nodes { id code name kind version } }
      obligations(first: 50) { nodes { noun number timer due case { number } camera { code state }
        incident { number state } unit { code } } }
    }"""
    for person in NAMES:
        answer = compared.same(installation.signed_in(person), document, {})
        assert b"errors" not in answer
    assert compared.compiled == compared.asked == 5 * len(NAMES)
    shown = b'"plate":"73A-123.'
    assert shown in answer or shown in compared.same(installation.signed_in("police.handle"), document, {})


@pytest.mark.parametrize(
    "asked",
    [
        "timer variant startedAt due",
        "__typename timer due rule { id citation } unit { code name }",
        "again: due timer @include(if: true) due @skip(if: true)",
        "timer missed hard lastDay remaining { workingDays hours missed }",
    ],
)
def test_obligations(installation: Installation, footage: Footage, compared: Compared, asked: str) -> None:
    """The clocks of a page of cases are completed together, and are the same, to the letter, one by one."""
    furnished(installation, footage)
    document = f"{{ cases(first: 50) {{ nodes {{ number o: obligations {{ {asked} }} marks }} }} }}"
    for person in NAMES:
        assert b"errors" not in compared.same(installation.signed_in(person), document, {})
    assert compared.compiled == (0 if "missed" in asked else compared.asked)


def test_any_text(installation: Installation, footage: Footage, compared: Compared) -> None:
    """PostgreSQL writes any text and any instant as we do: quotes, controls, accents, signs beyond, microseconds."""
    footage.extraction_in("REQUESTED")
    letters = "".join(map(chr, [*range(1, 0x100), 0x2028, 0x2029, 0xFEFF, 0x1F6A6, 0x10FFFF])) + "Đường ễ"
    person = installation.signed_in("auditor")
    for instant in ("0001-12-31 20:00:00+00", "1967-06-01 00:00:00.000001+00", "9999-12-31 16:59:59.5+00"):
        with installation.as_owner() as conn:
            conn.execute(
                "UPDATE extraction_log SET document_number = %s, starts_at = %s, ends_at = %s",
                (letters, instant, instant),
            )
        document = (
            "{ extractions { nodes { a: __typename documentNumber from to caseId undertaking version } } }"
        )
        answer = compared.same(person, document, {})
        assert "Đường".encode() in answer
    assert compared.compiled == compared.asked == 3


@pytest.mark.parametrize("of", [CASES, CAMERAS, EXTRACTIONS, OBLIGATIONS], ids=lambda of: of.name)
def test_never_null(installation: Installation, of: ListOf[Any]) -> None:
    """Where PostgreSQL writes the rows, what the schema says is never null is so in the table."""
    assert of.listing.writes
    with installation.as_owner() as conn:
        nullable = {
            row[0]
            for row in conn.execute(
                "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND is_nullable = 'YES'",
                [of.listing.table],
            )
        }
    shown: Any = of.node
    fields = shown.__strawberry_definition__.fields
    required = {
        one.metadata[SOURCE].name
        for one in fields
        if isinstance(one.metadata.get(SOURCE), Column) and not isinstance(one.type, StrawberryOptional)
    }
    assert required
    assert not required & nullable


def test_pages_meet(installation: Installation, compared: Compared) -> None:
    """Pages of two, followed by their cursors, are the whole list, whoever completes them."""
    installation.many_detected([DETECTED_AT + timedelta(seconds=n % 3) for n in range(7)])
    installation.case_in("DISCARDED")
    person = installation.signed_in("centre.approve")
    document = (
        "query($after: String) { cases(first: 2, after: $after) { nodes { id } pageInfo { endCursor } } }"
    )
    seen: list[str] = []
    after = None
    while True:
        compared.same(person, document, {"after": after})
        found = person.ask(document, after=after)["cases"]
        seen += [node["id"] for node in found["nodes"]]
        after = found["pageInfo"]["endCursor"]
        if after is None:
            break
    assert len(seen) == len(set(seen)) == 8


def test_something_missing(installation: Installation, compared: Compared) -> None:
    """A page in which a unit cannot be found says so at its place, as it always does."""
    installation.detected()
    with installation.as_owner() as conn:
        conn.execute("DELETE FROM directory WHERE noun = 'unit'")
    person = installation.signed_in("centre.approve")
    answer = compared.same(person, "{ cases { nodes { number holder { code } } totalCount } }", {})
    assert b'"code":"NOT_FOUND"' in answer
    assert b'"path":["cases","nodes",0,"holder"]' in answer
    assert compared.compiled == compared.asked > 0


def test_remembered_by_what_was_asked(installation: Installation, compared: Compared) -> None:
    """One document with other variables is another selection; thousands of documents are not all remembered."""
    installation.detected()
    person = installation.signed_in("centre.approve")
    document = "query($a: Boolean!) { cases { nodes { id @include(if: $a) number @skip(if: $a) } } }"
    both = [compared.same(person, document, {"a": value}) for value in (True, False, True)]
    assert (b'"id"' in both[0], b'"number"' in both[0]) == (True, False)
    assert (b'"id"' in both[1], b'"number"' in both[1]) == (False, True)
    assert both[2] == both[0]
    for n in range(600):
        person.ask(f"{{ a{n}: cases {{ totalCount }} }}")
    assert len(ANSWERS) <= 512


def furnished(installation: Installation, footage: Footage) -> None:
    """Cases and extractions in every state, some late; cameras that wait for their connection, an incident."""
    installation.many_detected([DETECTED_AT + timedelta(minutes=n) for n in range(4)])
    for state in ("DISCARDED", "APPROVED", "VERIFYING", "CONCLUDED", "NOTIFIED"):
        installation.case_in(state)
    for asked in ("REQUESTED", "REJECTED", "ACCEPTED"):
        footage.extraction_in(asked)
    for n in range(2):
        way = waiting(f"DB-{n}", operator=CENTRE, manager=POLICE, due=DETECTED_AT + timedelta(days=n))
        happened(installation.operator, Camera, Camera.create_id(f"DB-{n}"), *way)
    incident_id, said = OPERATION_EVENTS[Incident.Reported]
    units = {"reporting_unit_id": CENTRE, "operating_unit_id": None}
    happened(installation.operator, Incident, incident_id, fact(Incident.Reported, **said | units))
    installation.project()
