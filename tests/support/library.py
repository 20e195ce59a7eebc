"""What the tests of guidance ask of the API, and what it says unless a test says otherwise."""

from typing import Any, Final

from tests.support.office import mutated
from tests.support.people import Person

GUIDANCE: Final = (
    "id number state document dated title kind kindName area unitKinds startsAt endsAt inForce mustAcknowledge"
    " replacesId replacedById withdrawnBy issuedAt version text unit { code } issuedBy { name }"
    " history { event by rule { id } } availableActions { action enabled reasons { rule { id } } }"
)
ACTS: Final = {
    "issueGuidance": "GuidanceIssued",
    "replaceGuidance": "GuidanceReplaced",
    "withdrawGuidance": "GuidanceWithdrawn",
    "acknowledgeGuidance": "GuidanceAcknowledged",
    "recordBriefing": "BriefingRecorded",
}
EDITION: Final[dict[str, Any]] = {
    "document": "12/HD-VP",
    "dated": "2026-05-20",
    "title": "Hướng dẫn phối hợp, sử dụng camera",
    "kind": "GUIDANCE",
    "text": "Mỗi cán bộ giữ bí mật mật khẩu của mình",
    "startsAt": "2026-05-25T00:00:00+07:00",
    "mustAcknowledge": True,
}
READERS: Final = """
query($id: ID!, $filter: AcknowledgementFilter, $owed: OutstandingAcknowledgementFilter) {
  acknowledgements(guidanceId: $id, filter: $filter, first: 100) { totalCount pageInfo { hasNextPage }
    nodes { guidanceId person { accountId name unit { code } } acknowledgedAt acknowledgedIn { unit { code } }
      briefedAt briefedBy { name } } }
  outstandingAcknowledgements(guidanceId: $id, filter: $owed, first: 100) { totalCount
    nodes { guidanceId person { accountId name unit { code } } briefedAt briefedBy { name } } }
}"""


def did(person: Person, act: str, **given: Any) -> dict[str, Any]:
    """Do one of these acts; what it answered, done or refused."""
    if act in {"issueGuidance", "replaceGuidance"}:
        given["edition"] = EDITION | given.get("edition", {})
    return mutated(person, act, "guidance", ACTS[act], GUIDANCE, given)


def done(person: Person, act: str, **given: Any) -> dict[str, Any]:
    """Do one of these acts; the edition, afterwards."""
    answer = did(person, act, **given)
    assert answer["__typename"] == ACTS[act], answer
    about: dict[str, Any] = answer["guidance"]
    return about


def read_by(person: Person, guidance_id: str, **narrowed: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Who confirmed an edition or was told of it, and who owes a confirmation, as this person is shown: by name."""
    found = person.ask(READERS, id=guidance_id, **narrowed)
    shown = []
    for field in ("acknowledgements", "outstandingAcknowledgements"):
        assert found[field]["totalCount"] == len(found[field]["nodes"])
        shown.append(
            {node["person"]["name"].rpartition("(")[2].rstrip(")"): node for node in found[field]["nodes"]}
        )
    return shown[0], shown[1]


def to_acknowledge(person: Person) -> list[str]:
    """The papers that this person has to confirm still."""
    asked = "{ guidances(filter: {toAcknowledge: true}) { totalCount nodes { document } } }"
    found = person.ask(asked)["guidances"]
    assert found["totalCount"] == len(found["nodes"])
    return [node["document"] for node in found["nodes"]]
