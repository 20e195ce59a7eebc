"""F3: what one was never shown and guesses all the same: every id, number and code of others, in every input.

The answer is word for word the answer for something that never was.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

import orjson
import pytest
from graphql import (
    GraphQLInputObjectType,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    is_list_type,
    is_required_argument,
    is_union_type,
)

from domain.account import Account
from tests.support import rules
from tests.support.acting import NEVER_BEHIND, Act
from tests.support.documents import MOST_WHOLE, PLAIN, WHOLE, aliased, page, root, selection
from tests.support.oracle import Somebody, sees
from tests.support.oracle_tree import administers
from tests.support.world import World

GUESSING: Final = ("ca-qt.handler", "centre.admin", "commune.lead", "ttgs-2.approver", "audits.province")
"""Of another province, of no function, of a commune, of the next unit, and the audit of elsewhere."""
NOUNS: Final = {
    "case",
    "camera",
    "extraction",
    "report",
    "recommendation",
    "obstacle",
    "use",
    "incident",
    "work_order",
    "shift",
    "roster",
    "breach",
    "client",
}
SUBJECTS: Final = {"caseId", "incidentId", "orderId", "shiftId", "rosterId", "breachId", "clientId"}
"""How an input names what an act is on, where there are many acts."""
NAMING: Final = NOUNS | {"file", "unit", "account", "anything"}
REFUSAL: Final = """
__typename ... on Refusal { code vi: message en: message(language: EN) retryable rule { id citation } }
... on InvalidInput { path }
"""
FIXED: Final = {
    "purpose": "AUDIT",
    "by": "UNIT",
    "action": '"case.view"',
    "from": '"2026-06-01T00:00:00+07:00"',
    "to": '"2026-07-01T00:00:00+07:00"',
}
"""What stands beside the place in a question."""
SAID: Final = {"linkIdentity": {"issuer": "https://id.example", "subject": "somebody"}}
"""What stands beside the account that somebody administers."""
NEVER: Final = {"ID": str(uuid4()), "String": "DH-2026-999999"}


@dataclass(frozen=True)
class Place:
    """Where an id can be put: an argument of a query, a field of a filter, or a field of a mutation's input."""

    kind: str
    field: str
    argument: str
    inside: str | None
    names: str

    @property
    def scalar(self) -> str:
        """What is put there: an id, or a number or code."""
        found: Any = root(self.kind).fields[self.field].args[self.argument].type
        if self.inside:
            found = get_named_type(found).fields[self.inside].type
        return str(get_named_type(found))

    @property
    def many(self) -> bool:
        """Whether several are named there."""
        inner: Any = get_named_type(root(self.kind).fields[self.field].args[self.argument].type)
        return self.inside is not None and is_list_type(get_nullable_type(inner.fields[self.inside].type))

    @property
    def whole(self) -> bool:
        """Whether all that is answered is compared: numbers, which say of nothing that it is absent."""
        inner = get_named_type(root(self.kind).fields[self.field].type)
        looks = {**rules.under("look", "Query"), **rules.under("administered", "Query")}
        return not (is_union_type(inner) or inner.name.endswith("Connection") or self.field in looks)

    def document(self, count: int) -> str:
        """So many of it in one document."""
        field = root(self.kind).fields[self.field]
        argument = str(field.args[self.argument].type)
        inner = get_named_type(field.type)
        numbered = "id number" if "number" in getattr(inner, "fields", ()) else "id"
        shown = REFUSAL if is_union_type(inner) else numbered
        if self.field in rules.under("administered", "Query"):
            shown = "__typename"
        if self.whole:
            shown = selection(inner.name, WHOLE)
        elif inner.name.endswith("Connection"):
            shown = "totalCount pageInfo { hasNextPage endCursor } edges { cursor } nodes { __typename }"
        wanted = [name for name, arg in field.args.items() if is_required_argument(arg) and name in FIXED]
        fixed = "".join(f", {name}: {FIXED[name]}" for name in wanted)
        head = ", ".join(f"$v{n}: {argument}" for n in range(count))
        fields = [f"{self.field}({self.argument}: $v{n}{fixed}) {{ {shown} }}" for n in range(count)]
        return aliased(fields, kind=self.kind.lower(), head=f"({head})")


def places() -> Iterator[Place]:
    """Every place of the schema that names something."""
    for kind in ("Query", "Mutation"):
        for field, says in root(kind).fields.items():
            if rules.fields()[f"{kind}.{field}"] in {"staff", "library"}:
                continue  # whose ids are guessed in `test_account_access` and `test_guidance_access`
            for argument, arg in says.args.items():
                inner = get_named_type(arg.type)
                if is_leaf_type(inner):
                    names = rules.inputs().get(f"{kind}.{field}.{argument}")
                    if names in NAMING:
                        yield Place(kind, field, argument, None, str(names))
                    continue
                assert isinstance(inner, GraphQLInputObjectType)
                for inside in inner.fields:
                    names = rules.inputs().get(f"{inner.name}.{inside}")
                    if names in NAMING:
                        yield Place(kind, field, argument, inside, str(names))


def secrets(world: World, who: Somebody) -> dict[str, dict[str, list[str]]]:
    """All that somebody was never shown a word of: ids, and numbers and codes, by what they name."""
    known = orjson.dumps(
        [
            world.person(who).ask(page(field, WHOLE), first=MOST_WHOLE)
            for field in (*rules.under("list", "Query"), "units", "areas")
        ]
    ).decode()
    recorder = world.installation.operator.recorder
    others = {
        kind: [
            str(event.originator_id)
            for event in recorder.select_notifications(start=1, limit=10_000)
            if event.topic.startswith(f"{kind}:")
        ]
        for kind in ("recording", "session", "reading")
    }
    own = {"CAP-NL", who.unit}
    accounts = [
        str(Account.create_id(one.name))
        for one in world.people.values()
        if one.unit not in own and not administers(who, one)
    ]
    files = [case.file for case in world.cases] + [file for x in world.extractions for file in x.files]
    ids = {noun: [one.id for one in nouns] for noun, nouns in world.nouns.items()}
    words = {
        "case": [one.number for one in world.cases],
        "camera": [one.code for one in world.cameras],
        "extraction": [one.number for one in world.extractions],
        "report": [one.number for one in world.reports],
        "recommendation": [one.number for one in world.recommendations],
        "obstacle": [one.number for one in world.obstacles],
        "use": [],
        "incident": [one.number for one in world.incidents],
        "work_order": [one.number for one in world.works],
        "shift": [one.number for one in world.shifts],
        "roster": [one.number for one in world.rosters],
        "breach": [one.number for one in world.breaches],
        "client": [one.code for one in world.clients],
    }
    every = {"ID": {**ids, "file": files, "account": accounts, **others}, "String": words}
    return {
        scalar: {noun: [word for word in found if word not in known] for noun, found in kinds.items()}
        for scalar, kinds in every.items()
    }


def filled(world: World, who: Somebody, place: Place, value: str) -> Any:
    """What is given where the value stands, with everything else as it should be."""
    if place.inside is None:
        return value
    if place.kind == "Query":
        return {place.inside: value}
    if place.field in rules.under("administered", "Mutation"):
        return {"commandId": str(uuid4()), **SAID.get(place.field, {}), place.inside: value}
    about = {**rules.under("act", "Mutation"), **rules.under("make", "Mutation")}.get(place.field, "case")
    seen = [one for one in world.nouns[about] if sees(one, who)] or world.nouns[about]
    subject: Any = seen[0]
    file = subject.file if place.field == "openEvidence" else None
    given = Act(place.field, subject, file).given(world, who)
    return given | {place.inside: [value] if place.many else value}


def answers(world: World, who: Somebody, place: Place, values: Sequence[str]) -> list[str]:
    """What is answered for each value, without the words that were asked with."""
    found = []
    alone = place.whole and rules.fields()[f"{place.kind}.{place.field}"] in {
        "area",
        "audit",
    }  # an error is the whole answer
    at_once = 1 if alone else 3 if place.whole else 5 if place.kind == "Mutation" else 10
    for start in range(0, len(values), at_once):
        some = values[start : start + at_once]
        given = {f"v{n}": filled(world, who, place, value) for n, value in enumerate(some)}
        body = world.person(who).answer(place.document(len(some)), **given)
        assert "data" in body, (place, body)
        said = [*(body["data"] or {}).values()]
        if errors := body.get("errors"):
            assert place.whole, errors
            assert [error["extensions"]["code"] for error in errors] == ["FORBIDDEN"], errors
            said = [errors]
        for asked, answer in zip(given.values(), said, strict=True):
            text = orjson.dumps(answer).decode()
            for word in asked.values() if isinstance(asked, dict) else [asked]:
                for one in word if isinstance(word, list) else [word]:
                    if isinstance(one, str):
                        text = text.replace(one, "…")
            found.append(text)
    return found


@pytest.mark.parametrize("everybody", [False, pytest.param(True, marks=pytest.mark.soak)], ids=["ci", "soak"])
def test_guessed(world: World, counted: Callable[[str], None], *, everybody: bool) -> None:
    """What lies outside of one's scope answers as what never was, wherever it is named; nothing happens."""
    world.installation._conn.execute(NEVER_BEHIND)
    start = world.installation.head()
    guesses = 0
    where = list(places())
    assert {place.names for place in where} == NAMING
    for n, name in enumerate(world.people if everybody else GUESSING):
        who = world.people[name]
        # what an act is on is looked up in one way for all acts of a noun: each guesses at some of them
        tried = where
        if not everybody:
            tried = [place for place in where if place.inside not in SUBJECTS][n % 2 :: 2]
            tried += [place for place in where if place.inside in SUBJECTS][n :: len(GUESSING)]
        hidden = secrets(world, who)
        assert all(hidden["ID"][noun] for noun in (*NOUNS - {"camera"}, "file"))
        for place in tried:
            by_noun = hidden[place.scalar]
            values = [
                word
                for noun, found in by_noun.items()
                for word in (found if noun == place.names else found[:1])
            ]
            [never] = answers(world, who, place, [NEVER[place.scalar]])
            assert set(answers(world, who, place, values)) <= {never}, (who, place)
            guesses += len(values)
    with world.installation.as_owner() as conn:
        topics = conn.execute(
            "SELECT DISTINCT topic FROM events WHERE notification_id > %s", [start]
        ).fetchall()
    assert topics == [("attempt:refused",)]
    counted(
        f"F3 {guesses} ids, numbers and codes of others in {len(where)} places: each answered as if it never was"
    )


def test_areas(world: World) -> None:
    """An area where one is shown no camera is an area where there is none."""
    for name in GUESSING:
        who = world.people[name]
        for area in {camera.area for camera in world.cameras}:
            shown = [one for one in world.cameras if sees(one, who) and f"{one.area}/".startswith(f"{area}/")]
            if not shown:
                ask = "query($a: String) { cameras(filter: {area: $a}) { totalCount nodes { id } } }"
                found = [world.person(who).ask(ask, a=path) for path in (area, f"{area}/never")]
                assert found[0] == found[1]


def test_cursors(world: World, counted: Callable[[str], None]) -> None:
    """A cursor that others were given continues one's own list, never theirs; that of another list is none."""
    used = 0
    lists = {f: n for f, n in rules.under("list", "Query").items() if n != "access"}
    cursors = {
        field: {
            edge["cursor"]
            for name in ("audits.town", "audits.province", "police.lead", "centre.approve", "ttgs-2.approver")
            for edge in world.person(world.people[name]).ask(page(field, PLAIN), first=100)[field]["edges"]
        }
        for field in lists
    }
    for name in GUESSING:
        person = world.person(world.people[name])
        for field in lists:
            own = person.ask(page(field, PLAIN), first=100)[field]
            ids = [node["id"] for node in own["nodes"]]
            for cursor in cursors[field]:
                found = person.ask(page(field, PLAIN), first=100, after=cursor)[field]
                after = [node["id"] for node in found["nodes"]]
                assert after == ids[len(ids) - len(after) :]
                assert found["totalCount"] == own["totalCount"]
                used += 1
            for other in lists.keys() - {field}:
                error = person.error(page(field, PLAIN), first=100, after=next(iter(cursors[other])))
                assert error["code"] == "INVALID_INPUT"
    counted(f"F3 {used} cursors of others")


def test_command_ids(world: World) -> None:
    """The commandId of another is nobody's but theirs: it answers nothing, and bars nothing."""
    ask = """mutation($c: ReceiveCaseInput!) { receiveCase(input: $c) {
      __typename ... on CaseReceived { case { number } } ... on Refusal { code } } }"""
    case = next(
        one for one in world.cases if (one.state, one.holder, one.received) == ("APPROVED", "CATP", False)
    )
    given = {"caseId": case.id, "commandId": "guessed"}
    first = world.installation.signed_in("police.handle").ask(ask, c=given)["receiveCase"]
    assert first == {"__typename": "CaseReceived", "case": {"number": case.number}}
    assert world.installation.signed_in("police.handle").ask(ask, c=given)["receiveCase"] == first
    said = {
        name: world.installation.signed_in(name).ask(ask, c=given)["receiveCase"]["__typename"]
        for name in ("catp-2.handler", "ca-qt.handler", "police.lead", "centre.approve")
    }
    assert said == {
        "catp-2.handler": "NotFound",
        "ca-qt.handler": "NotFound",
        "police.lead": "WrongState",
        "centre.approve": "Forbidden",
    }
    other = next(
        one
        for one in world.cases
        if (one.holder, one.received, one.area) == ("CATP", False, "quang-tri/dong-ha/phuong-1")
    )
    theirs = {"caseId": other.id, "commandId": "guessed"}
    done = world.installation.signed_in("police.lead").ask(ask, c=theirs)["receiveCase"]
    assert done["case"] == {"number": other.number}
