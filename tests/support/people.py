"""Whoever talks to the API: a person with a token or without, and what a mutation asks for unless told otherwise."""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID, uuid4

from starlette.testclient import TestClient

from domain.unit import Unit

POLICE: Final = Unit.create_id("CATP")
ACTORS: Final = {
    "approveCase": "centre.approve",
    "discardCase": "centre.approve",
    "receiveCase": "police.handle",
    "startVerification": "police.handle",
    "concludeCase": "police.handle",
    "notifyResult": "police.handle",
}
PAYLOADS: Final = {
    "approveCase": "CaseApproved",
    "discardCase": "CaseDiscarded",
    "receiveCase": "CaseReceived",
    "startVerification": "VerificationStarted",
    "concludeCase": "CaseConcluded",
    "notifyResult": "ResultNotified",
}
FACTS: Final[dict[str, dict[str, Any]]] = {
    "approveCase": {"plate": "73A-123.45", "recipientUnitId": str(POLICE)},
    "discardCase": {"reasonCode": "FALSE_ALARM"},
    "concludeCase": {"finding": "VIOLATION", "text": "Vượt đèn đỏ, hình ảnh rõ"},
}
_TO_THE_END = ("approveCase", "receiveCase", "startVerification", "concludeCase", "notifyResult")
WAY: Final = {
    "DETECTED": (),
    "DISCARDED": ("discardCase",),
    "APPROVED": _TO_THE_END[:1],
    "RECEIVED": _TO_THE_END[:2],
    "VERIFYING": _TO_THE_END[:3],
    "CONCLUDED": _TO_THE_END[:4],
    "NOTIFIED": _TO_THE_END,
}

REFUSED: Final = """
... on Refusal { code vi: message en: message(language: EN) retryable rule { id citation } }
... on InvalidInput { path }
"""
CASE = (
    "id number state version plate due dueRule { id citation } holder { code } received notified finding late"
)


def mutation_of(name: str, selection: str = CASE) -> str:
    """The document of a mutation on a case."""
    return (
        f"mutation($input: {name[0].upper()}{name[1:]}Input!) {{ {name}(input: $input) {{ __typename"
        f" ... on {PAYLOADS[name]} {{ position case {{ {selection} }} }} {REFUSED} }} }}"
    )


@dataclass(frozen=True)
class Person:
    """Whoever asks, with a token or without."""

    client: TestClient
    token: str | None

    def answer(self, query: str, **variables: Any) -> dict[str, Any]:
        """The whole answer to an operation."""
        response = self.client.post(
            "/graphql",
            json={"query": query, "variables": variables},
            headers={"authorization": f"Bearer {self.token}"} if self.token else {},
        )
        body: dict[str, Any] = response.json()
        return body

    def ask(self, query: str, **variables: Any) -> Any:
        """The data of an operation that meets no error."""
        body = self.answer(query, **variables)
        assert "errors" not in body, body["errors"]
        return body["data"]

    def error(self, query: str, **variables: Any) -> dict[str, Any]:
        """The one error of an operation, with its code."""
        [error] = self.answer(query, **variables)["errors"]
        return {"message": error["message"], **error["extensions"]}

    def act(self, mutation: str, case_id: UUID | str, **given: Any) -> dict[str, Any]:
        """What a mutation answers: its payload, or its refusal."""
        facts = {"caseId": str(case_id), "commandId": str(uuid4()), **FACTS.get(mutation, {}), **given}
        answered: dict[str, Any] = self.ask(mutation_of(mutation), input=facts)[mutation]
        return answered

    def does(self, mutation: str, case_id: UUID | str, **given: Any) -> dict[str, Any]:
        """What a mutation answers that is not refused."""
        answered = self.act(mutation, case_id, **given)
        assert answered["__typename"] == PAYLOADS[mutation], answered
        return answered


CASE = """
query($id: ID, $number: String, $asOf: DateTime, $purpose: AccessPurpose! = VIOLATION_HANDLING) {
  case(id: $id, number: $number, purpose: $purpose, asOf: $asOf) {
    id number state version rule occurredAt detectedAt plate due dueRule { id citation } late received finding
    notified conclusion holder { code name } camera { code name operatingUnit { name } }
    evidence { kind sha256 size capturedAt }
    history { position event at recordedAt by unit reason rule { id } }
    availableActions { action enabled reasons { vi: message en: message(language: EN) rule { id } } }
  }
}
"""


def case_of(person: Person, **asked: Any) -> Any:
    """What somebody is shown of a case."""
    return person.ask(CASE, **asked)["case"]
