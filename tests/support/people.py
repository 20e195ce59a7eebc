"""Whoever talks to the API: a person with a token or without, and what a mutation asks for unless told otherwise."""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID, uuid4

from starlette.testclient import TestClient

from domain.account import Account
from domain.unit import Unit

POLICE: Final = Unit.create_id("CATP")
HANDLED_BY: Final = {
    "centre.approve": ("approveCase", "discardCase", "publishCase", "withdrawPublication"),
    "police.lead": (
        "extendVerification",
        "decidePenalty",
        "decideNoPenalty",
        "enforceDecision",
        "endEvasion",
        "reopenCase",
        "voidAct",
    ),
    "police.handle": (
        "receiveCase",
        "assignCase",
        "returnCase",
        "forwardCase",
        "handleCase",
        "keepCase",
        "mergeCase",
        "startVerification",
        "concludeCase",
        "referCase",
        "resumeCase",
        "notifyResult",
        "identifyOwner",
        "sendNotice",
        "sendInspectionWarning",
        "determineViolator",
        "drawRecord",
        "transferRecord",
        "requestExplanation",
        "extendExplanation",
        "announceSession",
        "recordExplanation",
        "verifyFacts",
        "declareComplex",
        "sendDecision",
        "confirmDelivery",
        "recordPayment",
        "executeDecision",
        "resolveCase",
        "fileComplaint",
        "answerComplaint",
        "correctCase",
        "explainDelay",
        "issueDocument",
    ),
}
ACTORS: Final = {act: name for name, acts in HANDLED_BY.items() for act in acts}
"""Who of the demo does each."""
PAYLOADS: Final = {
    "approveCase": "CaseApproved",
    "discardCase": "CaseDiscarded",
    "receiveCase": "CaseReceived",
    "assignCase": "CaseAssigned",
    "returnCase": "CaseReturned",
    "forwardCase": "CaseForwarded",
    "handleCase": "CaseHandled",
    "keepCase": "CaseKept",
    "mergeCase": "CaseMerged",
    "startVerification": "VerificationStarted",
    "extendVerification": "VerificationExtended",
    "concludeCase": "CaseConcluded",
    "referCase": "CaseReferred",
    "resumeCase": "CaseResumed",
    "notifyResult": "ResultNotified",
    "identifyOwner": "OwnerIdentified",
    "sendNotice": "NoticeSent",
    "sendInspectionWarning": "InspectionWarningSent",
    "determineViolator": "ViolatorDetermined",
    "drawRecord": "RecordDrawn",
    "transferRecord": "RecordTransferred",
    "requestExplanation": "ExplanationRequested",
    "extendExplanation": "ExplanationExtended",
    "announceSession": "SessionAnnounced",
    "recordExplanation": "Explained",
    "verifyFacts": "FactsVerified",
    "declareComplex": "DeclaredComplex",
    "decidePenalty": "DecisionIssued",
    "decideNoPenalty": "NoDecision",
    "sendDecision": "DecisionSent",
    "confirmDelivery": "DecisionDelivered",
    "recordPayment": "Paid",
    "enforceDecision": "EnforcementDecided",
    "executeDecision": "DecisionExecuted",
    "resolveCase": "CaseResolved",
    "endEvasion": "EvasionEnded",
    "publishCase": "CasePublished",
    "withdrawPublication": "PublicationWithdrawn",
    "fileComplaint": "ComplaintFiled",
    "answerComplaint": "ComplaintAnswered",
    "correctCase": "CaseCorrected",
    "reopenCase": "CaseReopened",
    "voidAct": "DeclaredVoid",
    "explainDelay": "DelayExplained",
    "issueDocument": "DocumentIssued",
}
"""What each answers when it is done."""
FACTS: Final[dict[str, dict[str, Any]]] = {
    "approveCase": {"plate": "73A-123.45", "recipientUnitId": str(POLICE)},
    "discardCase": {"reasonCode": "FALSE_ALARM"},
    "assignCase": {"accountId": str(Account.create_id("police.handle"))},
    "returnCase": {"text": "Ảnh không thuộc địa bàn"},
    "forwardCase": {
        "outside": "Phòng CSGT Công an tỉnh khác",
        "text": "Chủ xe cư trú ở tỉnh khác",
        "channel": "DOCUMENT",
        "reference": "45/CV-CA",
        "receiver": "Người Nhận",
    },
    "handleCase": {"text": "Đã giải tán đám đông"},
    "keepCase": {"otherCaseId": str(UUID(int=0xD0)), "text": "Hai lượt đi qua khác nhau"},
    "mergeCase": {"intoCaseId": str(UUID(int=0xD0)), "text": "Cùng một lượt đi qua"},
    "extendVerification": {"text": "Nhiều phương tiện, nhiều nhân chứng"},
    "concludeCase": {"finding": "VIOLATION", "text": "Vượt đèn đỏ, hình ảnh rõ"},
    "referCase": {
        "to": "Cơ quan Cảnh sát điều tra",
        "documents": ["Biên bản xác minh", "Tệp hình ảnh"],
        "text": "Có dấu hiệu giả mạo biển số",
    },
    "resumeCase": {"document": "12/QĐ-CSĐT", "receivedAt": "2026-06-01T09:00:00+07:00"},
    "identifyOwner": {
        "plate": "73A-123.45",
        "plateColour": "Trắng",
        "vehicleGroup": "CAR",
        "ownerName": "Người Mẫu Một",
        "ownerAddress": "Số 1 đường Mẫu",
        "source": "Cơ sở dữ liệu đăng ký xe, tra cứu 15/2026",
    },
    "sendNotice": {"reference": "01/TB-CA"},
    "sendInspectionWarning": {"recipients": ["Trung tâm Đăng kiểm 73-01S"], "reference": "02/CB-CA"},
    "determineViolator": {
        "name": "Người Mẫu Hai",
        "address": "Số 2 đường Mẫu",
        "identityNumber": "000000000002",
        "basis": "DETERMINED_BY_POLICE",
        "text": "Chủ xe khai người điều khiển",
    },
    "drawRecord": {
        "number": "BB-01",
        "place": "Trụ sở Công an thành phố",
        "makerTitle": "Cán bộ",
        "behaviour": "Không chấp hành đèn đỏ tại ngã tư Nam Lý, có hình ảnh",
        "offenceCode": "6.9.b",
        "statement": "Thừa nhận",
        "measures": "Không có",
    },
    "transferRecord": {"recipientUnitId": str(Unit.create_id("CAP-NL"))},
    "requestExplanation": {"form": "WRITTEN"},
    "extendExplanation": {"text": "Có văn bản đề nghị"},
    "announceSession": {"sessionAt": "2099-01-01T08:00:00+07:00", "place": "Trụ sở Công an thành phố"},
    "recordExplanation": {"text": "Xin giảm nhẹ"},
    "verifyFacts": {"text": "Xác minh lời khai"},
    "declareComplex": {"text": "Nhiều tình tiết"},
    "decidePenalty": {
        "number": "QĐ-01",
        "signerTitle": "TEAM_LEADER",
        "offenceCode": "6.9.b",
        "fine": 18_000_000,
        "points": 4,
    },
    "decideNoPenalty": {"ground": "VIOLATOR_GONE", "text": "Người vi phạm đã chết"},
    "sendDecision": {"how": "POST", "reference": "VN-123"},
    "confirmDelivery": {
        "how": "POST",
        "proof": "Giấy báo phát 123",
        "receivedAt": "2026-06-01T09:00:00+07:00",
    },
    "recordPayment": {"amount": 18_000_000, "receipt": "BL-01"},
    "enforceDecision": {"number": "CC-01", "measure": "Khấu trừ tài khoản"},
    "executeDecision": {"receipt": "BL-01"},
    "endEvasion": {"endedAt": "2026-06-01T09:00:00+07:00", "text": "Đã bỏ trốn khỏi nơi cư trú"},
    "withdrawPublication": {"text": "Công bố nhầm"},
    "fileComplaint": {"reference": "ĐKN-01", "against": "Biên bản BB-01", "text": "Không phải xe của tôi"},
    "answerComplaint": {"reference": "TL-01", "text": "Giữ nguyên"},
    "correctCase": {"field": "PLATE", "value": "73A-543.21", "text": "Đọc nhầm số"},
    "reopenCase": {"text": "Có chứng cứ mới"},
    "voidAct": {"what": "CASE", "document": "99/QĐ-CA", "text": "Lập sai đối tượng"},
    "explainDelay": {"timer": "TRANSFER", "text": "Mất kết nối ba ngày"},
    "issueDocument": {"kind": "NOTICE", "number": "01"},
}
"""What each is told unless a test says otherwise: nothing that anybody would find fault with."""
_TO_THE_END = ("approveCase", "receiveCase", "startVerification", "concludeCase", "notifyResult")
_TO_THE_RECORD = (*_TO_THE_END[:4], "identifyOwner", "determineViolator", "drawRecord")
_TO_EXECUTION = (
    *_TO_THE_RECORD,
    "requestExplanation",
    "recordExplanation",
    "decidePenalty",
    "sendDecision",
    "confirmDelivery",
    "recordPayment",
    "executeDecision",
)
WAY: Final = {
    "DETECTED": (),
    "DISCARDED": ("discardCase",),
    "APPROVED": _TO_THE_END[:1],
    "RECEIVED": _TO_THE_END[:2],
    "VERIFYING": _TO_THE_END[:3],
    "CONCLUDED": _TO_THE_END[:4],
    "NOTIFIED": _TO_THE_END,
    "REFERRED": (*_TO_THE_END[:3], "referCase"),
    "OWNED": (*_TO_THE_END[:4], "identifyOwner"),
    "DETERMINED": _TO_THE_RECORD[:-1],
    "RECORDED": _TO_THE_RECORD,
    "HEARD": _TO_EXECUTION[:9],
    "DECIDED": _TO_EXECUTION[:10],
    "SENT": _TO_EXECUTION[:11],
    "DELIVERED": _TO_EXECUTION[:12],
    "PAID": _TO_EXECUTION[:13],
    "EXECUTED": _TO_EXECUTION,
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
    delegation: str | None = None
    """By which delegation they act for another."""

    def answer(self, query: str, **variables: Any) -> dict[str, Any]:
        """The whole answer to an operation."""
        response = self.client.post(
            "/graphql",
            json={"query": query, "variables": variables},
            headers=({"authorization": f"Bearer {self.token}"} if self.token else {})
            | ({"delegation": self.delegation} if self.delegation else {}),
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
