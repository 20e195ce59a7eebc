"""Who may do what to which case: what `availableActions` says is what the mutations do, and nothing else happens."""

from typing import Any

import pytest
from graphql import GraphQLObjectType, is_non_null_type, is_required_input_field

from api.graphql.schema import build
from domain.case.guards import GUARDS
from domain.extraction.guards import GUARDS as EXTRACTION_GUARDS
from tests.support.api import NAMES, Installation
from tests.support.people import PAYLOADS, WAY

ACTIONS = """
query($id: ID) { case(id: $id, purpose: AUDIT) {
  availableActions { action enabled reasons { vi: message en: message(language: EN) rule { id citation } } }
} }
"""
MAY: dict[str, dict[str, set[str]]] = {
    "DETECTED": {"centre.approve": {"approveCase", "discardCase"}},
    "DISCARDED": {},
    "APPROVED": {"police.handle": {"receiveCase"}, "police.lead": {"receiveCase"}},
    "RECEIVED": {"police.handle": {"startVerification"}},
    "VERIFYING": {"police.handle": {"concludeCase"}},
    "CONCLUDED": {"police.handle": {"notifyResult"}},
    "NOTIFIED": {},
}
"""All that anybody of the demo may do, by where a case stands."""
CENTRE_AND_AUDITOR = frozenset({"centre.approve", "centre.execute", "auditor"})
SEES = dict.fromkeys(WAY, CENTRE_AND_AUDITOR | {"police.handle", "police.lead"}) | dict.fromkeys(
    ("DETECTED", "DISCARDED"), CENTRE_AND_AUDITOR
)
"""Who is shown a case."""


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("state", WAY)
def test_every_mutation(installation: Installation, state: str, name: str) -> None:
    """Six mutations by one person on a case in one state: exactly those that are open to them change it.

    What is refused gives the reason that `availableActions` gave, and leaves no event but the refusal, where it
    says that this person may not.
    """
    installation.today()
    person = installation.signed_in(name)
    done: set[str] = set()
    for mutation in PAYLOADS:
        case = installation.case_in(state)
        shown = person.ask(ACTIONS, id=str(case.id))["case"]
        assert (shown is not None) == (name in SEES[state])
        before = installation.head()
        answer = person.act(mutation, case.id)
        if answer["__typename"] == PAYLOADS[mutation]:
            done.add(mutation)
            assert len(installation.since(before)) == 1
        else:
            barred = shown is None or answer["__typename"] in {"Forbidden", "SamePerson", "SameUnit"}
            assert installation.since(before) == ["attempt:refused"] * barred
        if shown is None:
            assert answer["__typename"] == "NotFound"
            continue
        [said] = [action for action in shown["availableActions"] if action["action"] == mutation]
        assert said["enabled"] == (mutation in done)
        if said["enabled"]:
            assert said["reasons"] == []
        else:
            assert said["reasons"] == [{key: answer[key] for key in ("vi", "en", "rule")}]
            assert answer["rule"]["citation"] != answer["rule"]["id"]
    assert done == MAY[state].get(name, set())


def test_every_act_has_a_mutation() -> None:
    """Each guard of the domain is a mutation of its name, and each mutation on a case has a guard."""
    mutations = build()._schema.mutation_type
    assert mutations is not None
    others = {"login", "logout", "openEvidence", "requestExtraction"}
    assert mutations.fields.keys() == others | GUARDS.keys() | EXTRACTION_GUARDS.keys()
    assert GUARDS.keys() == PAYLOADS.keys()


def _anonymous() -> list[tuple[str, str, dict[str, Any]]]:
    """Every field of the roots as a document, written from the schema, so that a new one is never forgotten."""
    schema = build()._schema
    documents = []
    for kind, root in (("query", schema.query_type), ("mutation", schema.mutation_type)):
        assert isinstance(root, GraphQLObjectType)
        for name, field in root.fields.items():
            if name == "login":
                continue
            wanted = {key: arg for key, arg in field.args.items() if is_non_null_type(arg.type)}
            heads = ", ".join(f"${key}: {arg.type}" for key, arg in wanted.items() if key != "first")
            uses = ", ".join(f"{key}: ${key}" for key in wanted if key != "first")
            selection = "" if name == "logout" else " { __typename }"
            document = (
                f"{kind}{f'({heads})' if heads else ''} {{ {name}{f'({uses})' if uses else ''}{selection} }}"
            )
            given: dict[str, Any] = {}
            if "purpose" in wanted:
                given["purpose"] = "AUDIT"
            if "input" in wanted:
                given["input"] = _input(wanted["input"].type.of_type.fields)
            documents.append((name, document, given))
    return documents


INSTANT = "2026-06-01T08:00:00+07:00"


def _input(fields: dict[str, Any]) -> dict[str, Any]:
    given = {"finding": "VIOLATION", "purpose": "AUDIT", "from": INSTANT, "to": INSTANT}
    return {key: given.get(key, "x") for key, field in fields.items() if is_required_input_field(field)}


@pytest.mark.parametrize("name, document, given", _anonymous())
def test_nobody(installation: Installation, name: str, document: str, given: dict[str, Any]) -> None:
    """Every query and every mutation but `login` wants somebody signed in, and does nothing without."""
    before = installation.head()
    body = installation.anonymous.answer(document, **given)
    assert [error["extensions"]["code"] for error in body["errors"]] == ["UNAUTHENTICATED"]
    assert not (body["data"] or {}).get(name)
    assert installation.head() == before
