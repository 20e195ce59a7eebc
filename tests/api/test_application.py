"""The application as a whole: the page it serves to people, and the operations which that page offers."""

import json
import re
import shutil
import subprocess
from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from graphql import OperationType, parse, validate

from api.graphql.schema import build
from tests.support.api import Installation
from tests.support.footage import Footage

FOLDER = Path(str(files("api.http.explorer")))
COMPOSE = """
import { Schema, INTROSPECTION } from "%(folder)s/schema.js";
import { EXAMPLES, Memory, compose } from "%(folder)s/examples.js";
import { readFileSync } from "node:fs";
const { schema, answers, example } = JSON.parse(readFileSync(0, "utf8"));
if (!schema) console.log(JSON.stringify({ introspection: INTROSPECTION, examples: EXAMPLES.length }));
else {
  const memory = new Memory();
  answers.forEach((answer) => memory.learn(answer));
  console.log(JSON.stringify(compose(new Schema(schema), EXAMPLES[example], memory)));
}
"""
PEOPLE = {
    "approveCase": "centre.approve",
    "receiveCase": "police.handle",
    "startVerification": "police.handle",
    "concludeCase": "police.handle",
    "notifyResult": "police.handle",
}
EXTRACTING = {
    "requestExtraction": "commune.lead",
    "approveExtraction": "police.lead",
    "executeExtraction": "centre.execute",
    "handOverExtraction": "centre.execute",
    "acceptExtraction": "commune.lead",
    "openEvidence": "commune.lead",
    "extractions": "auditor",
    "accessLog": "auditor",
}
WAY = ["me", "cases", "units", "case", *PEOPLE, "caseChanged", "case", "cameras", *EXTRACTING]


class TestExplorer:
    """The explorer comes from the installation itself."""

    def test_page(self, installation: Installation) -> None:
        """A browser that opens the address is led to the page, which names no other host."""
        response = installation.client.get("/", headers={"accept": "text/html"}, follow_redirects=False)
        assert (response.status_code, response.headers["location"]) == (307, "/graphql")
        page = installation.client.get("/graphql", headers={"accept": "text/html"})
        assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
        parts = re.findall(r"""(?:src|href)=["']([^"']+)["']""", page.text)
        texts = [page.text]
        for part in [*parts, "/explorer/schema.js", "/explorer/examples.js"]:
            if part.startswith(("data:", "#")):
                continue
            assert part.startswith("/explorer/")
            texts.append(installation.client.get(part).text)
        assert len(texts) >= 5
        assert [
            found for text in texts for found in re.findall(r"https?://[^\s\"'`]+|[\"'`(]//\w", text)
        ] == []

    def test_roots(self) -> None:
        """Each operation it offers is a field of the schema that is served."""
        schema = build()._schema
        source = (FOLDER / "examples.js").read_text(encoding="utf-8")
        offered = re.findall(r'root: "(query|mutation|subscription)", field: "(\w+)"', source)
        assert [field for _, field in offered] == WAY
        for root, field in offered:
            kind = schema.get_root_type(OperationType(root))
            assert kind is not None
            assert field in kind.fields


@pytest.mark.skipif(shutil.which("node") is None, reason="runs the page's own script, which wants node")
def test_the_page_s_own_operations_carry_a_case_to_its_end(installation: Installation) -> None:
    """Composed as the page composes them, in their order, the examples take a case and an extraction the whole way."""
    installation.today()
    installation.detected(at=installation.now - timedelta(hours=1))
    Footage(installation)
    about = _node({})
    assert about["examples"] == len(WAY)
    schema = installation.signed_in("auditor").ask(about["introspection"])["__schema"]
    answers: list[Any] = []
    for example, field in enumerate(WAY):
        composed = _node({"schema": schema, "answers": answers, "example": example})
        assert validate(build()._schema, parse(composed["query"])) == []
        if field == "caseChanged":  # a socket's
            answers.append({})
            continue
        person = installation.signed_in({**PEOPLE, **EXTRACTING}.get(field, "centre.approve"))
        answer = person.ask(composed["query"], **composed["variables"])
        if field in PEOPLE:
            assert "case" in answer[field], answer
        elif field.endswith("Extraction"):
            assert "extraction" in answer[field], answer
        installation.project()
        answers.append(answer)
    history = answers[WAY.index("cameras") - 1]["case"]["history"]
    [extraction] = answers[-2]["extractions"]["nodes"]
    assert answers[-3]["openEvidence"]["url"]
    assert (extraction["state"], answers[-1]["accessLog"]["nodes"][0]["way"]) == ("ACCEPTED", "openEvidence")
    assert [step["event"] for step in history] == [
        "case:detected",
        "case:approved",
        "case:received",
        "case:verification-started",
        "case:concluded",
        "case:result-notified",
    ]


def _node(given: dict[str, Any]) -> Any:
    node = shutil.which("node")
    assert node is not None
    done = subprocess.run(
        [node, "--input-type=module", "-e", COMPOSE % {"folder": FOLDER.as_uri()}],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
