"""What the tests of accounts and their reviews ask of the API."""

from datetime import timedelta
from typing import Any, Final
from uuid import uuid4

from domain.account import Account
from tests.support.api import Installation
from tests.support.people import REFUSED, Person

ACCOUNT: Final = (
    "id name fullName state role leader trainedAt version duties unit { code } history { event by rule { id } }"
    " grants { number action purpose document area outOfFunction direction }"
    " directions { number action } delegations { id number toAccountId actions document }"
    " availableActions { action enabled reasons { rule { id } } }"
)
REVIEW: Final = (
    "id number state area size version unreviewed suspended reviewed { accountId outcome text by { name } }"
    " history { event } availableActions { action enabled }"
)
ACTS: Final = {
    "nominateAccount": "AccountNominated",
    "approveAccount": "AccountApproved",
    "directAccount": "AccountDirected",
    "issueAccount": "AccountIssued",
    "recordTraining": "TrainingRecorded",
    "renameAccount": "AccountRenamed",
    "changeRole": "RoleChanged",
    "changeLeader": "LeaderChanged",
    "moveAccount": "AccountMoved",
    "assignDuty": "DutyAssigned",
    "endDuty": "DutyEnded",
    "suspendAccount": "AccountSuspended",
    "resumeAccount": "AccountResumed",
    "closeAccount": "AccountClosed",
    "directGrant": "GrantDirected",
    "giveGrant": "GrantGiven",
    "executeGrant": "GrantGiven",
    "revokeGrant": "GrantRevoked",
    "delegate": "Delegated",
    "revokeDelegation": "DelegationRevoked",
    "openAccountReview": "AccountReviewOpened",
    "reviewAccount": "AccountReviewed",
    "closeAccountReview": "AccountReviewClosed",
}
GIVEN_AS: Final = {"directGrant": "GrantInput", "giveGrant": "GrantInput"}


def did(person: Person, act: str, **given: Any) -> dict[str, Any]:
    """Do one of these acts; what it answered, done or refused."""
    about = f"review {{ {REVIEW} }}" if "Review" in ACTS[act] else f"account {{ {ACCOUNT} }}"
    password = " password" if act == "issueAccount" else ""
    kind = GIVEN_AS.get(act, f"{act[0].upper()}{act[1:]}Input")
    document = (
        f"mutation($input: {kind}!) {{ {act}(input: $input) {{ __typename"
        f" ... on {ACTS[act]} {{ position{password} {about} }} {REFUSED} }} }}"
    )
    answer: dict[str, Any] = person.ask(document, input={"commandId": str(uuid4()), **given})[act]
    return answer


def done(person: Person, act: str, **given: Any) -> dict[str, Any]:
    """Do one of these acts; what it is about, afterwards."""
    answer = did(person, act, **given)
    assert answer["__typename"] == ACTS[act], answer
    about: dict[str, Any] = answer.get("account") or answer["review"]
    return about


def lets_act(place: Installation, giver: str, taker: str, *actions: str) -> str:
    """Somebody lets another act for them; how the delegation is named."""
    account = done(
        place.signed_in(giver),
        "delegate",
        toAccountId=str(Account.create_id(taker)),
        actions=list(actions),
        document="23/UQ",
        startsAt=place.now.isoformat(),
        endsAt=(place.now + timedelta(days=7)).isoformat(),
    )
    return str(account["delegations"][-1]["id"])
