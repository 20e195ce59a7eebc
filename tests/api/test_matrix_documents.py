"""F2: however a document says it, by aliases, fragments, directives or several operations, it is decided the same."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import pytest

from tests.support import rules
from tests.support.acting import Act, ask
from tests.support.documents import PLAIN, WHOLE, node_of, selection
from tests.support.oracle import DONE, Somebody, sees
from tests.support.watching import watched
from tests.support.world import World

PEOPLE: Final = ("police.handle", "audits.town")
"""Who is shown something of everything, and not all of it, in a police unit and in the audit."""


@dataclass(frozen=True)
class Field:
    """A field of a root: what stands before its selection, and the selection."""

    head: str
    chosen: str

    @property
    def name(self) -> str:
        """Its name."""
        return self.head.partition("(")[0]

    def __str__(self) -> str:
        return self.directed("")

    def directed(self, directive: str) -> str:
        """With a directive."""
        return f"{self.head} {directive} {{ {self.chosen} }}"


Form = Callable[[str, Field], str]
FORMS: Final[dict[str, Form]] = {
    "fragment": lambda root, f: f"{{ ...A }} fragment A on {root} {{ {f} }}",
    "fragments": lambda root, f: (
        f"{{ ...A ...B }} fragment B on {root} {{ ...A }} fragment A on {root} {{ {f} }}"
    ),
    "inline": lambda root, f: f"{{ ... on {root} {{ ... {{ {f} }} }} }}",
    "include": lambda root, f: f"($yes: Boolean! = true) {{ {f.directed('@include(if: $yes)')} }}",
    "skip": lambda root, f: f"{{ {f.directed('@skip(if: false) @include(if: true)')} }}",
    "spread": lambda root, f: f"{{ ...A @include(if: true) }} fragment A on {root} {{ {f} }}",
    "guarded": lambda root, f: f"{{ ... @skip(if: false) {{ {f} }} }}",
    "twice": lambda root, f: f"{{ {f} {f} }}",
    "both": lambda root, f: f"{{ {f.directed('@include(if: false)')} {f} }}",
    "typename": lambda root, f: f"{{ __typename {f} }}",
}
"""Ways to say one field, all of which mean the same."""
NOTHING: Final[dict[str, Form]] = {
    "left out": lambda root, f: f"{{ __typename {f.directed('@include(if: false)')} }}",
    "skipped": lambda root, f: f"($no: Boolean! = true) {{ __typename {f.directed('@skip(if: $no)')} }}",
    "both ways": lambda root, f: f"{{ __typename {f.directed('@skip(if: true) @include(if: true)')} }}",
    "no fragment": lambda root, f: f"{{ __typename ...A @skip(if: true) }} fragment A on {root} {{ {f} }}",
    "no block": lambda root, f: f"{{ __typename ... @include(if: false) {{ {f} }} }}",
}
"""Ways to say that a field is not meant."""


TYPES = {"use": "CameraUse", "work_order": "WorkOrder"}
"""Nouns whose type has another name."""


def reads(world: World, who: Somebody) -> list[Field]:
    """Every list in both shapes, and a look at something that is shown, and at something that is not."""
    found = [
        Field(
            f"{field}(first: 8)",
            f"totalCount edges {{ cursor }} nodes {{ {selection(node_of(field), shape)} }}",
        )
        for field in rules.under("list", "Query")
        for shape in (PLAIN, WHOLE)
    ]
    for field, noun in rules.under("look", "Query").items():
        purpose = ", purpose: SECURITY" if noun == "case" else ""
        one_of_each = {sees(one, who): one.id for one in world.nouns[noun]}
        found += [
            Field(f'{field}(id: "{one}"{purpose})', selection(TYPES.get(noun) or noun.capitalize(), WHOLE))
            for one in one_of_each.values()
        ]
    return found


class TestReads:
    """Lists and looks."""

    def test_every_form(self, world: World, counted: Callable[[str], None]) -> None:
        """In whatever form, the same is shown and the same is on record."""
        forms = 0
        for name in PEOPLE:
            who = world.people[name]
            person = world.person(who)
            for field in reads(world, who):
                if field.name == "accessLog":
                    continue  # it grows by each look
                before = world.installation.head()
                plain = person.ask(f"{{ {field} }}")[field.name]
                recorded = world.installation.since(before)
                for form, write in FORMS.items():
                    before = world.installation.head()
                    found = person.ask(f"query {write('Query', field)}")[field.name]
                    assert found == plain, (name, field.name, form)
                    assert world.installation.since(before) == recorded
                    forms += 1
                aliased = person.ask(f"{{ x: {field} {field.name}: __typename }}")
                assert aliased == {"x": plain, field.name: "Query"}
        counted(f"F2 {forms} documents that say one read in another form")

    def test_not_meant(self, world: World) -> None:
        """What a document leaves out is neither looked at nor on record."""
        before = world.installation.head()
        for name in PEOPLE:
            for field in reads(world, world.people[name]):
                for write in NOTHING.values():
                    found = world.person(world.people[name]).ask(f"query {write('Query', field)}")
                    assert found == {"__typename": "Query"}
        assert world.installation.head() == before

    def test_names_that_change_places(self, world: World) -> None:
        """A field under the name of another is still what it is, and no more is shown for it."""
        for name in PEOPLE:
            person = world.person(world.people[name])
            for field, leaves in {
                "cases": ("id", "number", "plate", "state"),
                "cameras": ("id", "code", "name", "area"),
                "extractions": ("id", "number", "note", "state"),
            }.items():
                turned = [*leaves[1:], leaves[0]]
                plain = person.ask(f"{{ {field}(first: 20) {{ nodes {{ {' '.join(leaves)} }} }} }}")
                renamed = " ".join(f"{alias}: {leaf}" for alias, leaf in zip(turned, leaves, strict=True))
                found = person.ask(f"{{ {field}(first: 20) {{ nodes {{ {renamed} }} }} }}")
                assert found[field]["nodes"] == [
                    {alias: node[leaf] for alias, leaf in zip(turned, leaves, strict=True)}
                    for node in plain[field]["nodes"]
                ]

    def test_only_a_total(self, world: World) -> None:
        """A total alone, an edge alone, a cursor alone tell no more than the list they are of."""
        for who in world.people.values():
            for field, noun in rules.under("list", "Query").items():
                if noun != "access":
                    count = sum(sees(one, who) for one in world.nouns[noun])
                    found = world.person(who).ask(
                        f"{{ t: {field} {{ totalCount }} e: {field}(first: 1) {{ edges {{ cursor }} }}"
                        f" p: {field}(first: 1) {{ pageInfo {{ hasNextPage endCursor }} }} }}"
                    )
                    assert found["t"]["totalCount"] == count
                    assert len(found["e"]["edges"]) == min(count, 1)
                    page = found["p"]["pageInfo"]
                    assert (page["hasNextPage"], page["endCursor"] is None) == (count > 1, count == 0)

    def test_one_of_several_operations(self, world: World) -> None:
        """Of several operations the one that is named is answered, and no look of another is taken."""
        hidden = world.cases[-1]
        look = f'query A {{ case(id: "{hidden.id}", purpose: AUDIT) {{ id }} }}'
        document = f"{look} query B {{ c: cases {{ totalCount }} }}"
        token = world.installation.tokens["commune.lead"]
        before = world.installation.head()
        response = world.installation.client.post(
            "/graphql",
            json={"query": document, "operationName": "B"},
            headers={"authorization": f"Bearer {token}"},
        )
        own = sum(sees(case, world.people["commune.lead"]) for case in world.cases)
        assert response.json() == {"data": {"c": {"totalCount": own}}}
        assert world.installation.head() == before

    def test_on_a_socket(self, world: World) -> None:
        """What is asked on a socket is answered as it is over HTTP."""
        with watched(world.installation) as now:
            for name in PEOPLE:
                who = world.people[name]
                with now.socket(name) as socket:
                    for field in reads(world, who):
                        if field.name == "accessLog":
                            continue
                        socket.send(f"{{ {field} }}")
                        answer = socket.receive()["payload"]
                        assert socket.receive()["type"] == "complete"
                        assert answer == {"data": world.person(who).ask(f"{{ {field} }}")}


class TestActs:
    """Mutations."""

    def field(self, world: World, who: Somebody, act: Act) -> tuple[Field, dict[str, Any]]:
        """An act as a field, and what it is given."""
        return Field(f"{act.mutation}(input: $i)", "__typename ... on Refusal { code }"), act.given(
            world, who
        )

    @pytest.mark.parametrize("form", [*FORMS, *NOTHING])
    def test_refused(self, world: World, form: str) -> None:
        """What is refused is refused in every form, once, and what is not meant is not even tried."""
        case = world.cases[0]
        for name in PEOPLE:
            who = world.people[name]
            field, given = self.field(world, who, Act("approveCase", case))
            write = FORMS.get(form) or NOTHING[form]
            body = write("Mutation", field)
            heads = "$i: ApproveCaseInput!"
            head, _, rest = body.partition(")") if body.startswith("(") else ("", "", body)
            document = f"mutation ({heads}{', ' + head[1:] if head else ''}) {rest}"
            before = world.installation.head()
            found = world.person(who).ask(document, i=given)
            meant = form in FORMS
            answer = found.get(field.name, {}).get("__typename")
            assert answer == (Act("approveCase", case).result(who) if meant else None)
            assert world.installation.since(before) == ["attempt:refused"] * meant

    def test_each_alone(self, world: World) -> None:
        """Of several acts in one document each is decided alone: neither does a right lend itself to the next."""
        own, other = world.cases[0], world.cases[13]
        assert (own.detecting, other.detecting) == ("TTGSDH", "TTGS-QT")
        acts = [
            Act("discardCase", other),
            Act("concludeCase", own),
            Act("discardCase", own),
            Act("approveCase", own),
        ]
        before = world.installation.head()
        found = ask(world, world.people["centre.approve"], acts)
        assert [answer["__typename"] for answer in found] == [
            "NotFound",
            "Forbidden",
            "CaseDiscarded",
            "WrongState",
        ]
        refused = "attempt:refused"
        assert world.installation.since(before) == [refused, refused, "case:discarded", refused]

    def test_no_act_by_a_query(self, world: World) -> None:
        """A query does nothing: there are no mutations in it, however it is written."""
        before = world.installation.head()
        case = world.cases[0]
        assert Act("discardCase", case).result(world.people["centre.approve"]) == DONE
        given = f'{{caseId: "{case.id}", reasonCode: "FALSE_ALARM", commandId: "c"}}'
        said = f"discardCase(input: {given}) {{ __typename }}"
        for document in (
            f"query {{ {said} }}",
            f"query {{ ...A }} fragment A on Mutation {{ {said} }}",
            f"query {{ ... on Mutation {{ {said} }} }}",
            f"subscription {{ {said} }}",
        ):
            assert world.installation.signed_in("centre.approve").answer(document)["errors"]
        assert world.installation.head() == before
