"""Whoever is not signed in learns nothing of what there is, is told nothing that was sent, and takes nobody's room."""

from typing import Any

import pytest
from graphql import get_introspection_query
from starlette.testclient import WebSocketDenialResponse

from api.http import app
from tests.support.api import Installation
from tests.support.serving import until
from tests.support.watching import PROTOCOL, Watched, now

__all__ = ["now"]

WRONG: list[tuple[str, dict[str, Any]]] = [
    (
        "mutation($i: LoginInput!) { login(input: $i) { __typename } }",
        {"i": {"name": "x", "password": [0]}},
    ),
    ("mutation($i: LoginInput!) { login(input: $i) { __typename } }", {"i": {"password": 0}}),
    (
        "mutation($i: LoginInput!) { login(input: $i) { __typename } }",
        {"i": {"name": "x", "password": 0, "more": 1}},
    ),
    ("mutation($i: LoginInput!) { login(input: $i) { __typename } }", {"i": 0}),
    ("query($n: Int!) { cases(first: $n) { totalCount } }", {"n": 0}),
    ("query($n: Boolean!) { me @skip(if: $n) { id } }", {"n": 0}),
    ("query($n: AccessPurpose!) { case(purpose: $n) { id } }", {"n": 0}),
    ("query($n: DateTime) { case(purpose: AUDIT, asOf: $n) { id } }", {"n": 0}),
    ("query($n: Position) { cases(minPosition: $n) { totalCount } }", {"n": 0}),
    ("query($n: [CaseState!]) { cases(filter: {states: $n}) { totalCount } }", {"n": [0]}),
    ('{ cases(first: "?") { totalCount } }', {}),
    ('{ case(purpose: "?") { id } }', {}),
    ('{ case(purpose: AUDIT, asOf: "?") { id } }', {}),
    ('{ cases(minPosition: "?") { totalCount } }', {}),
    ('mutation { login(input: {name: "x", password: ["?"]}) { __typename } }', {}),
    ('mutation { login(input: {name: "x", password: "p", more: "?"}) { __typename } }', {}),
    ('mutation { login(input: {name: "x"} "?") { __typename } }', {}),
    ('mutation { login(input: {name "?"}) { __typename } }', {}),
    ('{ me { id } } "?"', {}),
    ('{ me { id } } """?"""', {}),
    ('query($i: String = ["?"]) { me { id } }', {}),
]
"""What does not fit, with a value wherever ? or 0 stands."""


class TestSchema:
    """The schema is shown to people of the installation."""

    def test_introspection(self, installation: Installation) -> None:
        """A stranger is told to sign in; whoever is signed in reads the schema, in whatever role."""
        for query in (
            get_introspection_query(),
            "{ __schema { types { name } } }",
            '{ __type(name: "Query") { fields { name } } }',
            '{ ...A } fragment A on Query { __type(name: "Query") { ... { fields { name } } } }',
        ):
            assert installation.anonymous.error(query)["code"] == "UNAUTHENTICATED"
            for name in ("auditor", "centre.admin", "police.handle"):
                assert installation.signed_in(name).ask(query)
        # also what strawberry would answer by an exception for each type that is not a named one
        query = "{ __schema { types { fields { type { isOneOf } args { type { isOneOf } } } } } }"
        assert installation.signed_in("auditor").ask(query)

    def test_that_there_is_a_type(self, installation: Installation) -> None:
        """The name of a type is no secret: clients ask for one to see whether variables work."""
        query = "query($name: String!) { __type(name: $name) { name } }"
        assert installation.anonymous.ask(query, name="Nothing") == {"__type": None}
        assert installation.anonymous.ask(query, name="Case") == {"__type": {"name": "Case"}}

    def test_guessing(self, installation: Installation) -> None:
        """Whatever words a stranger tries, the answer is one and the same: nothing can be narrowed down."""
        documents = (
            "case cases casse users",
            "nothing",
            "casse { id }",
            "cases { totalCount nothing }",
            "me",
            "cases(filters: {}) { totalCount }",
            "login(input: {nam: 1}) { __typename }",
            "logout { x }",
            "caseChanged { nothing }",
        )
        for root in ("query", "mutation", "subscription"):
            answers = [installation.anonymous.answer(f"{root} {{ {document} }}") for document in documents]
            assert [answer for answer in answers if answer != answers[0]] == []
            [error] = answers[0]["errors"]
            assert error["extensions"] == {"code": "INVALID_DOCUMENT"}
            assert "locations" not in error
            told = installation.signed_in("auditor").answer(f"{root} {{ nothing }}")["errors"]
            assert "nothing" in told[0]["message"]

    def test_what_scanners_ask(self, installation: Installation) -> None:
        """What a scanner of GraphQL servers asks in a stranger's way finds nothing (the probes of graphql-cop)."""
        client = installation.client

        def asked(query: str) -> Any:
            return client.post("/graphql", json={"query": query}).json()

        assert "data" not in asked("query cop { __schema { types { name fields { name } } } }")
        assert "Did you mean" not in str(asked("query cop { __schema { directive } }"))
        assert asked("query cop { qwerty }")["errors"][0]["extensions"].keys() == {"code"}
        assert "data" not in asked("query cop {" + " ".join(f"a{n}: __typename" for n in range(101)) + "}")
        assert len(asked("query cop { __typename " + "@aa" * 10 + " }")["errors"]) == 1
        assert "data" not in asked("query cop { " + "__typename\n" * 500 + "}")
        assert client.post("/graphql", json=[{"query": "query cop { __typename }"}] * 10).status_code == 400
        assert client.post("/graphql", data={"query": "query cop { __typename }"}).status_code == 415
        for query in ("query cop { __typename }", "mutation cop { __typename }"):
            assert client.get("/graphql", params={"query": query}).status_code == 405
        page = client.get("/graphql", headers={"accept": "text/html"}).text.lower()
        assert [name for name in ("graphiql", "playground") if name in page] == []


class TestAnswers:
    """No answer repeats a value that was sent: it may be a password in the wrong place."""

    CANARY = "Bí-mật-7!"

    def test_errors(self, installation: Installation) -> None:
        """An error says which variable, which field and where, and leaves out what was there."""
        for person in (installation.anonymous, installation.signed_in("auditor")):
            for query, variables in WRONG:
                body = person.answer(query.replace("?", self.CANARY), **self.with_canary(variables))
                assert body["errors"]
                assert self.CANARY not in str(body)
                assert "u1ead" not in str(body)  # nor in another way of writing it

    def with_canary(self, value: Any) -> Any:
        """The same, with the secret wherever a 0 stands."""
        if isinstance(value, dict):
            return {key: self.with_canary(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.with_canary(item) for item in value]
        return self.CANARY if value == 0 else value

    def test_what_is_left(self, installation: Installation) -> None:
        """What is left says what to mend."""
        person = installation.signed_in("auditor")
        query = "mutation($i: LoginInput!) { login(input: $i) { __typename } }"
        messages = [
            error["message"]
            for given in ({"name": "x", "more": self.CANARY}, {"name": [self.CANARY], "password": "x"})
            for error in person.answer(query, i=given)["errors"]
        ]
        assert messages == [
            "Variable '$i' has invalid value: Expected value of type 'LoginInput' to include required field 'password'",
            "Variable '$i' has invalid value: Expected value of type 'LoginInput' not to include unknown field 'more'",
            "Variable '$i' has invalid value at .name: String cannot represent a non string value",
        ]


class TestRoom:
    """Sockets on which nobody is signed in are few, and do not stay."""

    def test_one_too_many(self, now: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
        """An address has so many sockets of strangers; whoever signs in makes room, and whoever goes."""
        monkeypatch.setattr(app, "STRANGERS", 2)
        with now.socket() as one, now.client.websocket_connect("/graphql", subprotocols=[PROTOCOL]) as silent:
            with pytest.raises(WebSocketDenialResponse) as refused, now.socket():
                pass
            assert refused.value.status_code == 503
            assert refused.value.json()["errors"][0]["extensions"] == {
                "code": "TOO_MANY_CONNECTIONS",
                "retryable": True,
            }
            said = {"authorization": f"Bearer {now.installation.tokens['auditor']}"}
            silent.send_json({"type": "connection_init", "payload": said})
            assert silent.receive_json() == {"type": "connection_ack"}
            with now.socket():
                one.send("{ __typename }")
                assert one.receive()["payload"] == {"data": {"__typename": "Query"}}
        with now.socket(), now.socket():
            pass

    def test_not_for_long(self, now: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
        """Where nobody comes, the socket is closed after a while; one on which somebody is stays."""
        monkeypatch.setattr(app, "STRANGER_S", 0.1)
        with now.socket() as nobody, now.socket("auditor") as somebody:
            assert nobody.closed() == (4403, "The session has ended")
            somebody.send("{ me { name } }")
            assert somebody.receive()["payload"] == {"data": {"me": {"name": "auditor"}}}
            assert until(lambda: len(now.live.people.present) == 1)
