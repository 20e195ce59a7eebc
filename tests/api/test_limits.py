"""Every hostile document is refused at once, with one code; what people really ask passes."""

import asyncio
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from graphql import GraphQLError, get_introspection_query
from strawberry.types import ExecutionResult

from api.graphql.execution import Schema
from api.graphql.limits import Limits
from tests.support.graphql_sample import sample_schema

SCHEMA = sample_schema()


def doubling(count: int, *, field: bool = False) -> str:
    """Write *count* fragments, each using the next one twice."""

    def twice(n: int) -> str:
        return f"a: related {{ ...F{n} }} b: related {{ ...F{n} }}" if field else f"...F{n} ...F{n}"

    chain = "".join(f"fragment F{n} on Case {{ {twice(n + 1)} }}" for n in range(count))
    return f"{{ case(id: 1) {{ ...F0 }} }} {chain} fragment F{count} on Case {{ id }}"


def related(depth: int) -> str:
    """Nest one list in another."""
    return "{ case(id: 1) {" + "related {" * depth + "id" + "}" * depth + "} }"


HOSTILE = {
    "doubling-12": (doubling(12), "TOO_MANY_FIELDS"),
    "doubling-20": (doubling(20), "TOO_MANY_FIELDS"),
    "doubling-30": (doubling(30), "TOO_MANY_FIELDS"),
    "doubling-39": (doubling(39), "TOO_MANY_FIELDS"),
    "doubling-40": (doubling(40), "TOO_MANY_DEFINITIONS"),
    "doubling-200": (doubling(200), "DOCUMENT_TOO_LARGE"),
    "nested-lists-20": (doubling(20, field=True), "TOO_DEEP"),
    "nested-lists-5": (doubling(5, field=True), "TOO_MANY_ALIASES"),
    "related-5": (related(5), "TOO_COSTLY"),
    "related-30": (related(30), "TOO_DEEP"),
    "directives-5000": ("{ hello " + "@skip(if: false) " * 5_000 + "}", "DOCUMENT_TOO_LARGE"),
    "directives-51": ("{ hello " + "@skip(if: false) " * 51 + "}", "TOO_MANY_DIRECTIVES"),
    "equal-fields-3000": ("{" + "hello " * 3_000 + "}", "DOCUMENT_TOO_LARGE"),
    "equal-fields-900": ("{" + "hello " * 900 + "}", "TOO_MANY_REPEATS"),
    "aliases-3000": ("{" + " ".join(f"a{n}: hello" for n in range(3_000)) + "}", "DOCUMENT_TOO_LARGE"),
    "aliases-31": (
        "{ case(id: 1) {" + " ".join(f"a{n}: id" for n in range(31)) + "} }",
        "TOO_MANY_ALIASES",
    ),
    "root-fields-21": ("{" + "hello " * 21 + "}", "TOO_MANY_ROOT_FIELDS"),
    "mutations-6": (
        "mutation {" + "closeCase(input: {caseId: 1, commandId: 1}) { __typename } " * 6 + "}",
        "TOO_MANY_ROOT_FIELDS",
    ),
    "string-5-MB": ('{ hello(name: "' + "a" * 5_000_000 + '") }', "DOCUMENT_TOO_LARGE"),
    "comment-200-kB": ("#" + "a" * 200_000 + "\n{ hello }", "DOCUMENT_TOO_LARGE"),
    "comments-5000": ("#\n" * 5_000 + "{ hello }", "DOCUMENT_TOO_LARGE"),
    "three-byte-letters": ("{ hello } # " + "ế" * 7_000, "DOCUMENT_TOO_LARGE"),
    "tokens-9000": ("{" + "a " * 9_000 + "}", "DOCUMENT_TOO_LARGE"),
    "braces-5000": ("{a" * 5_000 + "}" * 5_000, "TOO_DEEP"),
    "inline-fragments-100": ("{" + "... {" * 100 + "hello" + "}" * 100 + "}", "TOO_DEEP"),
    "list-value-5000": ("{ hello(name: " + "[" * 5_000 + "]" * 5_000 + ") }", "TOO_DEEP"),
    "list-value-9": ("{ hello(name: " + "[" * 9 + "]" * 9 + ") }", "TOO_DEEP"),
    "object-value-9": ("{ hello(name: " + "{a: " * 9 + "1" + "}" * 9 + ") }", "TOO_DEEP"),
    "default-value-9": ("query($a: [Int] = " + "[" * 9 + "]" * 9 + ") { hello }", "TOO_DEEP"),
    "directive-value-9": ("{ hello @skip(if: " + "[" * 9 + "]" * 9 + ") }", "TOO_DEEP"),
    "object-value-51": ("{ hello(name: {" + "a: 1 " * 51 + "}) }", "TOO_MANY_VALUES"),
    "a-fragment-unused": ("{ hello } fragment A on Case { id }", "INVALID_DOCUMENT"),
    "fragments-unused-doubling": (
        "{ hello } " + doubling(30).partition("}")[2].partition("}")[2],
        "INVALID_DOCUMENT",
    ),
    "cycle-of-two": (
        "{ case(id: 1) { ...A } } fragment A on Case { ...B } fragment B on Case { ...A }",
        "FRAGMENT_CYCLE",
    ),
    "cycle-through-a-field": (
        "{ case(id: 1) { ...A } } fragment A on Case { related { ...A } }",
        "FRAGMENT_CYCLE",
    ),
    "operations-11": (" ".join(f"query q{n} {{ hello }}" for n in range(11)), "TOO_MANY_DEFINITIONS"),
    "page-0": ("{ cases(first: 0) { totalCount } }", "PAGE_SIZE"),
    "page-101": ("{ cases(first: 101) { totalCount } }", "PAGE_SIZE"),
    "page-of-5000-digits": ("{ cases(first: " + "9" * 5_000 + ") { totalCount } }", "PAGE_SIZE"),
    "page-negative": ("{ cases(first: -1) { totalCount } }", "PAGE_SIZE"),
    "page-times-lists": (
        "{ cases(first: 100) { nodes { related { related { id number } } } } }",
        "TOO_COSTLY",
    ),
    "introspection-nested": (
        "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }",
        "INVALID_DOCUMENT",
    ),
    "introspection-twice": (
        "{ a: __schema { types { name } } b: __schema { types { name } } }",
        "INTROSPECTION_TOO_COSTLY",
    ),
    "introspection-of-type-100": (
        '{ __type(name: "Case") {' + "ofType {" * 100 + "name" + "}" * 100 + "} }",
        "TOO_DEEP",
    ),
}


def errors_of(
    document: str, variables: dict[str, Any] | None = None, schema: Schema = SCHEMA
) -> list[GraphQLError]:
    """Run *document* and give its errors."""
    return asyncio.run(schema.execute(document, variables)).errors or []


def codes_of(document: str, variables: dict[str, Any] | None = None, schema: Schema = SCHEMA) -> list[Any]:
    """Run *document* and give the codes of its errors."""
    return [(error.extensions or {}).get("code") for error in errors_of(document, variables, schema)]


@pytest.mark.timeout(60)  # one that got through would take hours
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_documents_are_refused(name: str) -> None:
    """A hostile document gets one code, in two languages, long before anybody loses patience."""
    document, code = HOSTILE[name]
    found = errors_of(document)
    assert {(error.extensions or {}).get("code") for error in found} == {code}
    assert code == "INVALID_DOCUMENT" or (len(found) == 1 and " · " in found[0].message)


ACCEPTED = {
    "a page": "{ cases(first: 100) { totalCount edges { cursor node { id number state history { event } } } } }",
    "a page beside its total": "query($n: Int = 50) { cases(first: $n) { totalCount nodes { id } } }",
    "shared fragments": doubling(5),
    "a union": 'mutation { closeCase(input: {caseId: 1, commandId: "1", tags: ["a"]}) '
    "{ __typename ... on CaseClosed { case { id } position } ... on Refusal { code message } } }",
    "introspection": get_introspection_query(
        specified_by_url=True,
        directive_is_repeatable=True,
        schema_description=True,
        input_value_deprecation=True,
        one_of=True,
    ),
    "20 equal fields": "{" + "hello " * 20 + "}",
    "100 equal fields": "{ case(id: 1) {" + "id " * 100 + "} }",
    "a page of the usual size": "{ cases { totalCount } }",
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_real_documents_pass(name: str) -> None:
    """What the explorer, a code generator or a page of the application asks is answered."""
    assert errors_of(ACCEPTED[name]) == []


WORST = {
    "equal fields in one set": "{ case(id: 1) {" + "id number state " * 57 + "} }",
    "equal fields in many fragments": "{ case(id: 1) {"
    + " ".join(f"...F{n}" for n in range(40))
    + "} }"
    + " ".join(f"fragment F{n} on Case {{ id number state }}" for n in range(40)),
    "equal fields with selections": "{ case(id: 1) {" + "history { event by } " * 40 + "} }",
    "a chain of fragments": "{ case(id: 1) { ...F0 } }"
    + " ".join(f"fragment F{n} on Case {{ id number state ...F{n + 1} }}" for n in range(39))
    + "fragment F39 on Case { id }",
}


@pytest.mark.parametrize("name", WORST)
def test_the_worst_that_passes(name: str) -> None:
    """The largest documents that graphql-core may compare pair by pair do pass."""
    assert errors_of(WORST[name], schema=sample_schema()) == []


class TestPages:
    """`first` as a variable counts as much as `first` as a number."""

    DOCUMENT = "query($n: Int) { cases(first: $n) { nodes { id related { id number } } } }"

    @pytest.mark.parametrize("first", [0, -5, 101, 2_147_483_647])
    def test_variable_out_of_range(self, first: int) -> None:
        """A page outside 1 to 100 is refused, and the message says what is allowed."""
        (error,) = errors_of(self.DOCUMENT, {"n": first})
        assert error.message == (
            "Trường cases: first phải từ 1 đến 100 · Field cases: first must be 1 to 100"
        )

    def test_variable_in_range(self) -> None:
        """The same document passes with one page size and is too costly with another."""
        limits = Limits(cost=1_000)
        schema = sample_schema(limits)
        assert codes_of(self.DOCUMENT, {"n": 10}, schema) == []
        assert codes_of(self.DOCUMENT, {"n": 100}, schema) == ["TOO_COSTLY"]
        assert codes_of(self.DOCUMENT, {"n": 10}, schema) == []

    def test_variable_without_value(self) -> None:
        """A missing variable takes its default; with none, the whole page is assumed."""
        schema = sample_schema(Limits(cost=1_000))
        assert (
            codes_of("query($n: Int = 5) { cases(first: $n) { nodes { related { id } } } }", {}, schema) == []
        )
        assert codes_of("query($n: Int = 500) { cases(first: $n) { totalCount } }", {}, schema) == [
            "PAGE_SIZE"
        ]

    def test_known_list_sizes(self) -> None:
        """A list whose length is known is counted with it."""
        document = "{ case(id: 1) { related { related { id } } } }"  # 1 + n × (1 + n × 1)
        assert codes_of(document, schema=sample_schema(Limits(cost=112))) == []
        assert codes_of(document, schema=sample_schema(Limits(cost=111))) == ["TOO_COSTLY"]
        known = Limits(cost=14, list_sizes={"Case.related": 3})
        assert codes_of(document, schema=sample_schema(known)) == []


class TestVariables:
    """Variables are bounded before anything walks them."""

    @pytest.mark.parametrize(
        "variables",
        [
            {"a": [0] * 1_001},
            {"a": ["x" * 64_001]},
            {"x" * 64_001: 1},
            {f"v{n}": n for n in range(1_001)},
        ],
    )
    def test_too_large(self, variables: dict[str, Any]) -> None:
        """Too many values, or too much text, are refused."""
        assert codes_of("{ hello }", variables) == ["VARIABLES_TOO_LARGE"]

    def test_too_deep(self) -> None:
        """Ten thousand lists inside one another are refused, without recursion."""
        deep: list[Any] = []
        for _ in range(10_000):
            deep = [deep]
        assert codes_of("{ hello }", {"a": deep}) == ["VARIABLES_TOO_LARGE"]

    def test_ordinary(self) -> None:
        """What forms send passes."""
        assert codes_of("query($name: String!) { hello(name: $name) }", {"name": "Ngã tư"}) == []


def test_operation_name_is_bounded() -> None:
    """A name that would only fill an error message is refused."""
    result = asyncio.run(SCHEMA.execute("query q { hello }", operation_name="q" * 201))
    assert [(error.extensions or {})["code"] for error in result.errors or []] == ["OPERATION_NAME_TOO_LONG"]


def test_time_is_bounded() -> None:
    """An operation that hangs is ended, and the message says that a command may still be recorded."""
    schema = sample_schema(time=timedelta(milliseconds=50))
    (error,) = errors_of("{ slow }", schema=schema)
    assert error.extensions == {"code": "TIMED_OUT"}
    assert "commandId" in error.message


def test_one_person_waits_for_themselves() -> None:
    """Who has as many operations under way as they may waits for one to end; nobody else waits for them."""
    schema = sample_schema(at_once=2)

    def ask(query: str, person: int) -> asyncio.Task[ExecutionResult]:
        actor = SimpleNamespace(account_id=person)
        asked = schema.execute(query, context_value=SimpleNamespace(signed_in=SimpleNamespace(actor=actor)))
        return asyncio.ensure_future(asked)

    async def run() -> None:
        slow = [ask("{ slow }", 1) for _ in range(2)]
        waiting = ask("{ hello }", 1)
        assert (await ask("{ hello }", 2)).data == {"hello": "Chào bạn"}
        assert not waiting.done()
        slow[0].cancel()
        assert (await waiting).data == {"hello": "Chào bạn"}
        slow[1].cancel()

    asyncio.run(run())


def test_waiting_for_a_turn_takes_time_as_well() -> None:
    """Nobody waits for their turn for longer than an operation may take."""
    schema = sample_schema(time=timedelta(milliseconds=50), at_once=1)

    async def run() -> list[Any]:
        return await asyncio.gather(*(schema.execute("{ slow }") for _ in range(3)))

    assert [result.errors[0].extensions for result in asyncio.run(run())] == [{"code": "TIMED_OUT"}] * 3


def test_suggestions_are_not_given() -> None:
    """A wrong name is named, and nothing that exists is given away."""
    (error,) = errors_of("{ helo }")
    assert error.message == "Cannot query field 'helo' on type 'Query'."


def test_a_stream_is_refused_as_well() -> None:
    """Over a socket the same document gets the same code, as a result and not as an exception."""

    async def first() -> list[Any]:
        stream = await SCHEMA.stream(HOSTILE["doubling-20"][0])
        return [result async for result in stream]

    (result,) = asyncio.run(first())
    assert [error.extensions["code"] for error in result.errors] == ["TOO_MANY_FIELDS"]


def test_documents_are_remembered_and_refused_ones_are_not() -> None:
    """The second time, a document is neither parsed nor validated; refused ones take no room."""
    schema = sample_schema()
    remembered = schema._admission._remembered
    for _ in range(3):
        errors_of("{ hello }", schema=schema)
        errors_of("{ nothing }", schema=schema)
        errors_of("{ hello } # " + "long " * 2_000, schema=schema)
    assert remembered.cache_info()[:2] == (2, 4)  # hits, misses: the wrong one missed each time
    assert remembered.cache_info().currsize == 1
