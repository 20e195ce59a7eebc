"""The explorer is one page, from here, that runs nothing written into it."""

import re
from importlib.resources import files
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from api.graphql.protocol import GraphQLEndpoint
from api.http.explorer import Explorer
from api.http.guard import guards
from tests.support.graphql_sample import sample_schema

PARTS = ["explorer.css", "explorer.js", "schema.js", "examples.js"]


@pytest.fixture
def client() -> TestClient:
    """Give a client of the sample with its page."""
    explorer = Explorer()
    endpoint: GraphQLEndpoint[Any, Any] = GraphQLEndpoint(sample_schema(), explorer=explorer)
    return TestClient(
        Starlette(routes=[Route("/graphql", endpoint), *explorer.routes()], middleware=guards())
    )


def test_browsers_get_the_page(client: TestClient) -> None:
    """A browser at the address of the API gets the page; a program that asks by GET does not."""
    page = client.get("/graphql", headers={"accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "Khám phá API · API explorer" in page.text
    assert client.get("/graphql", headers={"accept": "application/json"}).status_code == 405


def test_the_policy_allows_nothing_foreign_and_nothing_inline(client: TestClient) -> None:
    """The browser is told to run and load only what lies beside the page."""
    page = client.get("/graphql", headers={"accept": "text/html"})
    assert page.headers["content-security-policy"] == (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    assert page.headers["x-content-type-options"] == "nosniff"
    assert re.findall(r"<script[^>]*>", page.text) == ['<script type="module" src="/explorer/explorer.js">']
    assert re.findall(r"\son\w+=|\sstyle=|<style", page.text) == []


def test_the_parts_are_served_and_name_no_other_host(client: TestClient) -> None:
    """Each part of the page comes from the installation, and asks no other address for anything."""
    for name in PARTS:
        part = client.get(f"/explorer/{name}")
        assert part.status_code == 200
        assert re.findall(r"https?://|//\w+\.\w+|innerHTML|eval\(|localStorage", part.text) == []
        assert part.headers["content-type"].startswith(
            "text/css" if name.endswith("css") else "text/javascript"
        )


@pytest.mark.parametrize("name", ["page.py", "__init__.py", "..%2Fguard.py", "index.html", "nothing.js"])
def test_nothing_else_is_served(client: TestClient, name: str) -> None:
    """Only the parts of the page can be fetched by name."""
    assert client.get(f"/explorer/{name}").status_code == 404


def test_its_own_operations_pass_the_limits(client: TestClient) -> None:
    """The page can read the schema through the limits that everybody has."""
    source = files("api.http.explorer").joinpath("schema.js").read_text(encoding="utf-8")
    constants = dict(re.findall(r"const (TYPE|INPUT) = [\"`](.*?)[\"`];", source))
    (query,) = re.findall(r"INTROSPECTION = `(.*?)`", source, re.DOTALL)
    for name in ("INPUT", "TYPE"):
        query = query.replace(f"${{{name}}}", constants[name])
    answer = client.post("/graphql", json={"query": query}).json()
    assert "errors" not in answer
    assert "Case" in {kind["name"] for kind in answer["data"]["__schema"]["types"]}
