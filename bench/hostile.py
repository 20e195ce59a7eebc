"""What refusing hostile requests costs, on the real schema, against reading a harmless one of a page.

Over HTTP and over a socket, both without a network: what is measured is processor time, and the longest step that the
event loop takes at once, which is how long everybody else waits.
"""

import asyncio
import gc
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from types import SimpleNamespace
from typing import Any

import orjson

from api.graphql.context import RequestContext
from api.graphql.protocol import GraphQLEndpoint
from api.graphql.schema import build
from bench.measure import line
from domain.errors import Forbidden

ROUNDS = 3
"""The best of so many: other processes share the processor, and the collector comes when it likes."""

HARMLESS = "{ cases(first: 100) { totalCount nodes { id number state due dueRule { id citation } holder { name } } } }"
PROTOCOL = "graphql-transport-ws"
Ask = Callable[[dict[str, Any]], Awaitable[Any]]


def fragments(k: int, on: str, leaf: str, use: str = "...F{n} ...F{n}") -> str:
    """Fragments of which each uses the one before twice."""
    chain = "".join(f" fragment F{n + 1} on {on} {{ {use.replace('{n}', str(n))} }}" for n in range(k))
    return f" fragment F0 on {on} {{ {leaf} }}{chain}"


def documents() -> Iterator[tuple[str, str, str]]:
    """Each document by its name, with the code that it is refused with."""
    for k in range(12, 40):
        yield (
            f"doubling-{k}",
            f"{{ cases {{ nodes {{ ...F{k} }} }} }}{fragments(k, 'Case', 'id number')}",
            "TOO_MANY_FIELDS",
        )
    yield (
        "doubling-40",
        "{ cases { nodes { ...F40 } } }" + fragments(40, "Case", "id"),
        "TOO_MANY_DEFINITIONS",
    )
    yield (
        "doubling-roots",
        "{ ...F20 }" + fragments(20, "Query", "a: cases(first: 100) { totalCount }"),
        "TOO_MANY_ALIASES",
    )
    yield (
        "nested-doubling",
        "{ cases(first: 100) { nodes { ...F8 } } }"
        + fragments(8, "Case", "history { event }", "...F{n} history { ...S } camera { history { ...S } }")
        + " fragment S on Step { event by unit reason at recordedAt position rule { id citation } }",
        "TOO_COSTLY",
    )
    yield (
        "fragment-cycle",
        "{ me { ...A } } fragment A on Account { ...B } fragment B on Account { ...A }",
        "FRAGMENT_CYCLE",
    )
    yield ("directives", "{ me { id " + "@skip(if: false) " * 51 + "} }", "TOO_MANY_DIRECTIVES")
    yield ("directives-many", "{ me { id " + "@skip(if: false) " * 800 + "} }", "DOCUMENT_TOO_LARGE")
    yield ("aliases", "{ me {" + " ".join(f"a{n}: id" for n in range(31)) + "} }", "TOO_MANY_ALIASES")
    yield ("repeats", "{ me {" + " id" * 900 + "} }", "TOO_MANY_REPEATS")
    yield ("roots", "{" + " me { id }" * 21 + "}", "TOO_MANY_ROOT_FIELDS")
    yield (
        "mutations",
        "mutation {" + " ".join(f"a{n}: logout" for n in range(6)) + "}",
        "TOO_MANY_ROOT_FIELDS",
    )
    for depth, code in ((100, "TOO_DEEP"), (600, "TOO_DEEP"), (5_000, "DOCUMENT_TOO_LARGE")):
        yield (f"braces-{depth}", "{ me " * depth + "}" * depth, code)
    yield ("deep-value", "{ cases(filter: {rules: " + "[" * 20 + "]" * 20 + "}) { totalCount } }", "TOO_DEEP")
    yield (
        "literal",
        '{ cases(filter: {number: "' + "x" * 100_000 + '"}) { totalCount } }',
        "DOCUMENT_TOO_LARGE",
    )
    yield ("open-string", '{ me { id } } "' + "x" * 19_000, "SYNTAX_ERROR")
    yield ("comment", "{ me { id } }" + "#" * 100_000, "DOCUMENT_TOO_LARGE")
    yield ("comments", "{ me { id } }" + "\n#" * 5_000, "DOCUMENT_TOO_LARGE")
    yield ("commas", "{ me { id } }" + "," * 30_000, "DOCUMENT_TOO_LARGE")
    yield ("operations", " ".join(f"query Q{n} {{ me {{ id }} }}" for n in range(11)), "TOO_MANY_DEFINITIONS")
    yield (
        "introspection",
        "{ __schema { types { fields { type { fields { type { fields { type { name } } } } } } } } }",
        "INVALID_DOCUMENT",
    )
    yield (
        "schemas",
        "{ " + " ".join(f"s{n}: __schema {{ types {{ name }} }}" for n in range(10)) + " }",
        "INTROSPECTION_TOO_COSTLY",
    )
    yield (
        "introspection-doubling",
        "{ __schema { types { ...F12 } } }" + fragments(12, "__Type", "name"),
        "TOO_MANY_FIELDS",
    )
    yield (
        "introspection-unused",
        "{ me { id } } fragment X on Query { __schema { types { ...F30 } } }"
        + fragments(30, "__Type", "name"),
        "INVALID_DOCUMENT",
    )
    yield (
        "introspection-lists",
        "{ __schema { types {"
        + " ".join(f"a{n}: fields {{ name args {{ name type {{ name kind }} }} }}" for n in range(24))
        + "} } }",
        "INTROSPECTION_TOO_COSTLY",
    )
    yield (
        "introspection-types",
        "{" + " ".join(f'a{n}: __type(name: "Query") {{ name }}' for n in range(21)) + "}",
        "TOO_MANY_ROOT_FIELDS",
    )
    dense = " ".join(
        f"fragment F{n} on Case {{ id {' '.join(f'...F{m}' for m in range(n + 1, 38))} }}" for n in range(38)
    )
    yield ("dense", "{ cases { nodes { ...F0 } } } " + dense, "TOO_MANY_FIELDS")
    yield ("dense-unused", "{ me { id } } " + dense, "INVALID_DOCUMENT")
    yield ("object", "{ cases(filter: {" + "a: 1 " * 600 + "}) { totalCount } }", "TOO_MANY_VALUES")
    objects = ("{" + "a: 1 " * 48 + "} ") * 12
    yield ("objects", "{ cases(filter: {rules: [" + objects + "]}) { totalCount } }", "INVALID_DOCUMENT")
    for what, one in (("argument", "first: 1 "), ("directive", "a: 1 ")):
        of = f"cases({one * 600})" if what == "argument" else f"cases @skip({one * 600})"
        yield (f"repeated-{what}", "{ " + of + " { totalCount } }", "INVALID_DOCUMENT")
    yield (
        "unknown-arguments",
        "{ cases(" + " ".join(f"a{n}: 1" for n in range(600)) + ") { totalCount } }",
        "INVALID_DOCUMENT",
    )
    yield ("unknown-fields", "{ me {" + " ".join(f"x{n}" for n in range(900)) + "} }", "INVALID_DOCUMENT")
    yield (
        "unused-variables",
        "query(" + " ".join(f"$v{n}: Int" for n in range(480)) + ") { me { id } }",
        "INVALID_DOCUMENT",
    )
    yield (
        "conflicts",
        "{ cases { nodes {"
        + " ".join(f"...F{n}" for n in range(40))
        + "} } }"
        + " ".join(f"fragment F{n} on Case {{ x: {'id' if n % 2 else 'number'} }}" for n in range(40)),
        "TOO_MANY_ALIASES",
    )
    yield (
        "block",
        '{ units(filter: {code: 1 kind: """' + "\n   x" * 3_900 + '"""}) { totalCount } }',
        "INVALID_DOCUMENT",
    )
    yield ("digits", "{ cases(first: " + "9" * 19_000 + ") { totalCount } }", "PAGE_SIZE")
    yield ("exponent", "{ cases(first: 1e" + "9" * 19_000 + ") { totalCount } }", "INVALID_DOCUMENT")
    yield ("nul", '{ units(filter: {code: "\\u0000"}) { totalCount } }', "INVALID_TEXT")
    yield ("surrogate", '{ units(filter: {code: "\\uD800"}) { totalCount } }', "SYNTAX_ERROR")


def requests() -> Iterator[tuple[str, dict[str, Any], str]]:
    """Each request by its name, with the code that it is refused with: the documents, and what comes beside one."""
    for name, query, code in documents():
        yield name, {"query": query}, code
    query = "query($filter: CaseFilter) { cases(filter: $filter) { totalCount } }"
    deep: list[Any] = []
    for _ in range(200):
        deep = [deep]
    large: tuple[tuple[str, dict[str, Any]], ...] = (
        ("variables-many", {"filter": {"rules": ["LANE"] * 1_001}}),
        ("variables-long", {"filter": {"number": "x" * 64_001}}),
        ("variables-deep", {"filter": {"number": deep}}),
        ("variables-named", {f"v{n}": n for n in range(1_001)}),
    )
    for name, variables in large:
        yield name, {"query": query, "variables": variables}, "VARIABLES_TOO_LARGE"
    wrong: tuple[tuple[str, dict[str, Any]], ...] = (
        ("values-unknown", {"filter": {f"v{n}": n for n in range(990)}}),
        ("values-wrong", {"filter": {"rules": [1] * 990}}),
        ("values-no-state", {"filter": {"states": ["x" * 60] * 990}}),
        ("values-no-instant", {"filter": {"dueBefore": "2" * 60_000}}),
    )
    for name, variables in wrong:
        yield name, {"query": query, "variables": variables}, "BAD_REQUEST"
    yield (
        "name",
        {"query": "query q { me { id } }", "operationName": "q" * 100_000},
        "OPERATION_NAME_TOO_LONG",
    )


def run(*, rounds: int = ROUNDS) -> Iterator[dict[str, object]]:
    """Yield the processor time of the worst request and the longest step of the loop, in milliseconds."""
    for name, way in (("hostile_documents", over_http), ("hostile_sockets", over_socket)):
        costs, steps, harmless = asyncio.run(_measured(way, rounds))
        worst = max(costs, key=lambda one: costs[one])
        yield line(
            name,
            round(costs[worst], 2),
            round(harmless, 2),
            unit="ms cpu",
            target="value <= 50",
            worst=worst,
            documents=len(costs),
            longest_step=round(max(steps.values()), 2),
        )


async def _measured(way: Callable[[], Any], rounds: int) -> tuple[dict[str, float], dict[str, float], float]:
    """What each request costs, its longest step, and what a harmless one costs the first time."""
    async with way() as ask:
        begun = time.process_time()
        await ask({"query": HARMLESS})
        harmless = (time.process_time() - begun) * 1000
    costs, steps = {}, {}
    async with way() as ask:
        await ask({"query": HARMLESS})
        gc.freeze()  # what is there by now is not gone through again
        for name, payload, _ in requests():
            gc.collect()
            costs[name] = min([await _cost(ask, payload) for _ in range(rounds)])
            steps[name] = min([await _longest_step(ask, payload) for _ in range(rounds)])
    return costs, steps, harmless


async def _cost(ask: Ask, payload: dict[str, Any]) -> float:
    begun = time.process_time()
    await ask(payload)
    return (time.process_time() - begun) * 1000


async def _longest_step(ask: Ask, payload: dict[str, Any]) -> float:
    """The processor time between two turns of somebody else on the same loop."""
    longest = 0.0

    async def somebody_else() -> None:
        nonlocal longest
        while True:
            began = time.process_time()
            await asyncio.sleep(0)
            longest = max(longest, time.process_time() - began)

    beside = asyncio.create_task(somebody_else())
    await asyncio.sleep(0)
    await ask(payload)
    await asyncio.sleep(0)
    beside.cancel()
    with suppress(asyncio.CancelledError):
        await beside
    return longest * 1000


class Endpoint(GraphQLEndpoint[Any, Any]):
    """The endpoint for somebody who is told why, and may do nothing."""

    async def get_context(self, *_: Any, **__: Any) -> Any:
        """Give them as the product would, without a database."""

        def refuse(_: object) -> None:
            raise Forbidden("không", "no")

        somebody: Any = SimpleNamespace(actor=SimpleNamespace(account_id=1))
        services: Any = SimpleNamespace(context=refuse)
        return RequestContext(services, somebody, "127.0.0.1")


@asynccontextmanager
async def over_http() -> AsyncIterator[Ask]:
    """Ask by POST, as a server hands a request over."""
    endpoint = Endpoint(build())
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/graphql",
        "query_string": b"",
        "headers": [(b"content-type", b"application/json")],
    }

    async def ask(payload: dict[str, Any]) -> Any:
        told: list[Any] = []

        async def send(message: Any) -> None:
            told.append(message)

        async def receive() -> Any:
            return {"type": "http.request", "body": orjson.dumps(payload), "more_body": False}

        await endpoint(dict(scope), receive, send)
        return orjson.loads(told[1]["body"])

    yield ask


@asynccontextmanager
async def over_socket() -> AsyncIterator[Ask]:
    """Ask on one socket, as a server hands its messages over."""
    endpoint = Endpoint(build())
    scope = {
        "type": "websocket",
        "path": "/graphql",
        "query_string": b"",
        "headers": [],
        "subprotocols": [PROTOCOL],
        "state": {},
    }
    said: asyncio.Queue[Any] = asyncio.Queue()
    told: asyncio.Queue[Any] = asyncio.Queue()
    serving = asyncio.create_task(endpoint(scope, said.get, told.put))

    async def say(message: dict[str, Any]) -> Any:
        await said.put({"type": "websocket.receive", "text": orjson.dumps(message).decode()})
        answer = await told.get()
        return orjson.loads(answer["text"])

    async def ask(payload: dict[str, Any]) -> Any:
        answer = await say({"id": "1", "type": "subscribe", "payload": payload})
        if answer["type"] == "next":
            await told.get()  # that it is complete
        return answer["payload"]

    await said.put({"type": "websocket.connect"})
    await told.get()
    await say({"type": "connection_init"})
    yield ask
    await said.put({"type": "websocket.disconnect", "code": 1000})
    await serving
