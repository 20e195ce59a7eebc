"""What refusing a hostile document costs, on the real schema, against reading a harmless one of a page."""

import asyncio
import gc
import time
from collections.abc import Iterator

from api.graphql.protocol import Schema
from api.graphql.schema import build
from bench.measure import line

ROUNDS = 3
"""The best of so many: other processes share the processor, and the collector comes when it likes."""

HARMLESS = "{ cases(first: 100) { totalCount nodes { id number state due dueRule { id citation } holder { name } } } }"


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
    yield ("nul", '{ units(filter: {code: "\\u0000"}) { totalCount } }', "INVALID_TEXT")
    yield ("surrogate", '{ units(filter: {code: "\\uD800"}) { totalCount } }', "SYNTAX_ERROR")


def run(*, rounds: int = ROUNDS) -> Iterator[dict[str, object]]:
    """Yield the processor time of the worst document, in milliseconds, and which it was."""
    schema = build()
    _cost(schema, HARMLESS, rounds)
    costs = {name: _cost(schema, document, rounds) for name, document, _ in documents()}
    worst = max(costs, key=lambda name: costs[name])
    yield line(
        "hostile_documents",
        round(costs[worst], 2),
        round(_cost(build(), HARMLESS, 1), 2),
        unit="ms cpu",
        target="value <= 50",
        worst=worst,
        documents=len(costs),
    )


def _cost(schema: Schema, document: str, rounds: int) -> float:
    spent = []
    for _ in range(rounds):
        gc.collect()
        begun = time.process_time()
        asyncio.run(schema.execute(document))
        spent.append((time.process_time() - begun) * 1000)
    return min(spent)
