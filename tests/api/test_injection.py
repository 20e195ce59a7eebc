"""Text is data in every place that takes some: places and documents come from the schema, none is left out."""

import logging
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import psycopg
import pytest
from graphql import GraphQLSchema

from api.graphql.schema import build
from tests.support import library
from tests.support.anything import INJECTIONS, Anything, Place, call, places
from tests.support.api import NAMES, Installation
from tests.support.office import did

SCHEMA: GraphQLSchema = build()._schema
EMPTY: tuple[Any, ...] = (None, {"totalCount": 0, "nodes": []})
REFUSED = {"INVALID_INPUT", "BAD_REQUEST", "NOT_FOUND", "FORBIDDEN", "WRONG_STATE", "NOT_YET_VISIBLE"}
WRITTEN_BY_ANYBODY = "reportObstacle"
"""A command that anybody may give and whose words are about nothing that is there: they are kept as they are."""
OPEN_SHIFT = (
    "mutation($i: OpenShiftInput!) { openShift(input: $i) { __typename ... on ShiftOpened { shift { post } }"
    " ... on Refusal { code } } }"
)
"""Another: a unit names its posts as it likes."""
FREE = {WRITTEN_BY_ANYBODY, "openShift", "issueGuidance"}
"""All of those, and what the head of the Centre issues in words of their own."""
EXAMPLES = 12
MANY_EXAMPLES = 1_000


def batches(some: list[Place], size: int) -> Iterator[list[Place]]:
    """So many at a time."""
    for n in range(0, len(some), size):
        yield some[n : n + size]


def document(some: list[Place]) -> str:
    """One document with the same text in several places, each under an alias of its own."""
    heads = ", ".join(f"${scalar}: {scalar}!" for scalar in sorted({place.scalar for place in some}))
    calls = " ".join(f"a{n}: {call(SCHEMA, place, f'${place.scalar}')}" for n, place in enumerate(some))
    return f"{some[0].root}({heads}) {{ {calls} }}"


def harmed(installation: Installation, before: int) -> Any:
    """What is on record that was not, but that somebody was refused; and what there is besides."""
    with psycopg.connect(installation.endpoints.database_url) as conn:
        topics = conn.execute(
            "SELECT DISTINCT topic FROM events WHERE notification_id > %s", [before]
        ).fetchall()
        counts = conn.execute(
            "SELECT (SELECT count(*) FROM sessions), (SELECT count(*) FROM credentials),"
            " (SELECT count(*) FROM case_queue), (SELECT count(*) FROM commands)"
        ).fetchone()
    return {topic for (topic,) in topics} - {"attempt:refused", "stranger:tried"}, counts


class TestInjection:
    """G4: two hundred strings in each place."""

    def tried(
        self, installation: Installation, root: str, strings: Callable[[int], tuple[str, ...]], size: int
    ) -> int:
        """Put strings into every place, so many places at a time; how many times that was."""
        text = [
            place
            for place in places(SCHEMA, root)
            if place.scalar in {"ID", "String"} and place.field not in FREE
        ]
        count = 0
        for turn, some in enumerate(batches(text, size)):
            query = document(some)
            for n, string in enumerate(strings(turn)):
                person = installation.signed_in(NAMES[n % len(NAMES)])
                body = person.answer(query, String=string, ID=string)
                for alias, answer in (body.get("data") or {}).items():
                    place = some[int(alias[1:])]
                    harmless = answer in EMPTY or answer.get("code") in REFUSED
                    assert harmless, (place.name, string, answer)
                for error in body.get("errors", ()):
                    assert error["extensions"]["code"] in REFUSED, (string, error)
                count += len(some)
        return count

    def test_questions(
        self, installation: Installation, counted: Callable[[str], None], caplog: pytest.LogCaptureFixture
    ) -> None:
        """In a question each is a value that nothing has, or is refused by name; nothing is changed or shown."""
        installation.detected()
        before = installation.head()
        standing = harmed(installation, before)
        count = self.tried(installation, "query", lambda _: INJECTIONS, 16)
        assert harmed(installation, before) == standing
        assert [r.getMessage() for r in caplog.records if r.levelno >= logging.WARNING] == []
        counted(
            f"G4 {len(INJECTIONS)} strings in every place of text of every query: {count} tried, 0 took effect"
        )

    @pytest.mark.parametrize("share", [20, pytest.param(1, marks=pytest.mark.soak)])
    def test_written_down(self, installation: Installation, share: int) -> None:
        """What anybody may write down is kept letter by letter, or refused by name, and does nothing."""
        standing = harmed(installation, installation.head())
        before = installation.head()
        kept = 0
        for string in INJECTIONS[::share]:
            answer = did(installation.signed_in("commune.lead"), WRITTEN_BY_ANYBODY, text=string)
            if answer["__typename"] == "ObstacleReported":
                assert answer["obstacle"]["text"] == string
                kept += 1
            else:
                assert answer["code"] in REFUSED
            shared = library.did(
                installation.signed_in("centre.lead"), "issueGuidance", edition={"document": string}
            )
            if shared["__typename"] == "GuidanceIssued":
                assert shared["guidance"]["document"] == string
                kept += 1
            else:
                assert shared["code"] in REFUSED
            said = {"post": string, "commandId": string[:64]}
            shift = installation.signed_in("commune.lead").ask(OPEN_SHIFT, i=said)["openShift"]
            if shift["__typename"] == "ShiftOpened":
                assert shift["shift"]["post"] == string
                kept += 1
            else:
                assert shift["code"] in REFUSED
        topics, (*rest, commands) = harmed(installation, before)
        assert (topics, rest, commands) == (
            {"obstacle:reported", "guidance:issued", "shift:opened"},
            list(standing[1][:-1]),
            standing[1][-1] + kept,
        )

    @pytest.mark.parametrize("share", [20, pytest.param(1, marks=pytest.mark.soak)])
    def test_commands(
        self,
        installation: Installation,
        counted: Callable[[str], None],
        caplog: pytest.LogCaptureFixture,
        share: int,
    ) -> None:
        """In a command each is refused by name, or meets a noun that does not exist; only that is on record."""
        installation.detected()
        before = installation.head()
        standing = harmed(installation, before)
        count = self.tried(installation, "mutation", lambda turn: INJECTIONS[turn % share :: share], 5)
        assert harmed(installation, before) == standing
        assert [r.getMessage() for r in caplog.records if r.levelno >= logging.WARNING] == []
        counted(f"G4 strings in every place of text of every mutation: {count} tried, 0 took effect")

    def test_instants_and_positions(self, installation: Installation) -> None:
        """What is no instant and no position is refused before anybody looks for something by it."""
        person = installation.signed_in("centre.approve")
        for root in ("query", "mutation"):
            for place in places(SCHEMA, root):
                if place.scalar in {"DateTime", "Position"}:
                    for string in INJECTIONS[::100]:
                        error = person.error(document([place]), **{place.scalar: string})
                        assert error["code"] == "BAD_REQUEST", (place.name, string)
                        assert string not in error["message"]


class TestAnything:
    """G1: whatever is asked within the schema is answered or refused; nothing is unexpected."""

    @pytest.mark.parametrize("examples", [EXAMPLES, pytest.param(MANY_EXAMPLES, marks=pytest.mark.soak)])
    def test_any_document(
        self, installation: Installation, counted: Callable[[str], None], examples: int
    ) -> None:
        """Random valid documents with random values, by random people: each error has a code that is foreseen."""
        installation.today()
        installation.detected()
        chance = Random(20261122)  # noqa: S311 — which documents, not a secret
        anything = Anything(SCHEMA, chance)
        asked = 0
        for root, kind in (("query", SCHEMA.query_type), ("mutation", SCHEMA.mutation_type)):
            assert kind is not None
            for name in sorted(kind.fields.keys() - {"logout"}):
                for _ in range(
                    examples if name != "login" else 5
                ):  # hashing a password is meant to take its time
                    query = anything.document(root, name)
                    who = chance.choice([*NAMES, None])
                    person = installation.signed_in(who) if who else installation.anonymous
                    for error in person.answer(query).get("errors", ()):
                        code = error["extensions"]["code"]
                        assert code not in {"UNEXPECTED", "UNAVAILABLE", "TIMED_OUT", "SYNTAX_ERROR"}, (
                            query,
                            error,
                        )
                    asked += 1
        counted(
            f"G1 {asked} random documents, {examples} for each of the fields of both roots: 0 unforeseen errors"
        )
