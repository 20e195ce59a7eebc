"""Reviews of accounts over HTTP: each account kept, changed or revoked by a named reviewer, and what nobody came to."""

from datetime import timedelta
from typing import Any

import pytest

from domain.account import Account
from tests.support.api import CENTRE, NAMES, POLICE, Installation
from tests.support.mutations import nothing_recorded
from tests.support.staff import REVIEW, did, done


@pytest.fixture
def review(installation: Installation) -> dict[str, Any]:
    """A review of all the accounts of the town, due in a week."""
    installation.today()
    installation.project()
    due = (installation.now + timedelta(days=7)).isoformat()
    return done(installation.signed_in("centre.admin"), "openAccountReview", dueAt=due)


def of(name: str) -> str:
    """The id of somebody's account."""
    return str(Account.create_id(name))


@pytest.mark.rule("R-DB-13.2.b")
def test_way(installation: Installation, review: dict[str, Any]) -> None:
    """Kept, changed, revoked: each with a reason, shown with its reviewer; the accounts follow at once."""
    admin = installation.signed_in("centre.admin")
    assert (review["number"], review["state"], review["size"]) == ("DH-RS-2026-000001", "OPEN", len(NAMES))
    said = {"reviewId": review["id"]}
    kept = done(
        admin, "reviewAccount", **said, accountId=of("police.lead"), outcome="KEPT", text="Đúng nhiệm vụ"
    )
    assert [(one["accountId"], one["outcome"], one["text"]) for one in kept["reviewed"]] == [
        (of("police.lead"), "KEPT", "Đúng nhiệm vụ")
    ]
    assert kept["reviewed"][0]["by"]["name"] == "Lê Văn Cường (centre.admin)"
    changed = did(
        admin, "reviewAccount", **said, accountId=of("police.handle"), outcome="CHANGED", text="Đổi việc",
        role="LEADER",
    )  # fmt: skip
    assert changed["__typename"] == "AccountReviewed", changed
    # decided with that, and given by another
    of_handler = {"accountId": of("police.handle"), "role": "LEADER", "document": "7/QĐ-VP"}
    assert did(admin, "changeRole", **of_handler)["__typename"] == "SamePerson"
    assert installation.signed_in("police.handle").ask("{ me { role } }") == {"me": {"role": "HANDLER"}}
    second = installation.open_account("centre.second", unit_id=CENTRE, role="ADMINISTRATOR")
    assert done(second, "changeRole", **of_handler)["role"] == "LEADER"
    done(
        admin,
        "reviewAccount",
        **said,
        accountId=of("commune.lead"),
        outcome="REVOKED",
        text="Chuyển công tác",
    )
    assert installation.signed_in("commune.lead").error("{ me { id } }")["code"] == "UNAUTHENTICATED"
    installation.project()
    shown = admin.ask(f"query($n: String) {{ accountReview(number: $n) {{ {REVIEW} }} }}", n=review["number"])
    assert len(shown["accountReview"]["reviewed"]) == 3
    assert len(shown["accountReview"]["unreviewed"]) == len(NAMES) - 3
    asked = "query($f: AccountFilter) { accounts(filter: $f) { nodes { name reviewedAt } } }"
    since = {"reviewedBefore": (installation.now - timedelta(days=180)).isoformat(), "states": ["ACTIVE"]}
    due = [node["name"] for node in admin.ask(asked, f=since)["accounts"]["nodes"]]
    assert due == sorted({*NAMES, "centre.second"} - {"police.lead", "police.handle", "commune.lead"})


def test_refused(installation: Installation, review: dict[str, Any]) -> None:
    """Nobody reviews their own account, nor without a reason, nor twice, nor whom the review is not about."""
    admin = installation.signed_in("centre.admin")
    installation.open_account("police.later", unit_id=POLICE, role="HANDLER")
    said = {"reviewId": review["id"], "outcome": "KEPT", "text": "x"}
    with nothing_recorded(installation):
        answers = {
            "own": did(admin, "reviewAccount", **said, accountId=of("centre.admin")),
            "later": did(admin, "reviewAccount", **said, accountId=of("police.later")),
            "nobody": did(admin, "reviewAccount", **said, accountId=of("nobody")),
            "silent": did(admin, "reviewAccount", **{**said, "text": " "}, accountId=of("auditor")),
            "role": did(admin, "reviewAccount", **said, role="LEADER", accountId=of("police.lead")),
            "unfit": did(
                admin, "reviewAccount", **{**said, "outcome": "CHANGED"}, role="APPROVER", accountId=of("police.lead")
            ),
            "elsewhere": did(
                installation.signed_in("police.lead"), "reviewAccount", **said, accountId=of("police.handle")
            ),
            "too soon": did(admin, "closeAccountReview", reviewId=review["id"]),
        }  # fmt: skip
    assert {key: answer["__typename"] for key, answer in answers.items()} == {
        "own": "SamePerson",
        "later": "NotFound",
        "nobody": "NotFound",
        "silent": "InvalidInput",
        "role": "InvalidInput",
        "unfit": "InvalidInput",
        "elsewhere": "NotFound",
        "too soon": "WrongState",
    }
    done(admin, "reviewAccount", **said, accountId=of("police.lead"))
    assert did(admin, "reviewAccount", **said, accountId=of("police.lead"))["__typename"] == "WrongState"


@pytest.mark.rule("R-DB-13.2.b")
def test_closed(installation: Installation, review: dict[str, Any]) -> None:
    """When its time is over it is closed, and what nobody came to is listed; this regulation suspends nobody for it."""
    admin = installation.signed_in("centre.admin")
    said = {"reviewId": review["id"], "outcome": "KEPT", "text": "Đúng"}
    done(admin, "reviewAccount", **said, accountId=of("police.lead"))
    installation.now += timedelta(days=7)
    closed = done(admin, "closeAccountReview", reviewId=review["id"])
    assert (closed["state"], closed["suspended"]) == ("CLOSED", [])
    assert sorted(closed["unreviewed"]) == sorted(of(name) for name in NAMES if name != "police.lead")
    late = did(admin, "reviewAccount", **said, accountId=of("police.handle"))
    assert late["__typename"] == "WrongState"


def test_opened_by(installation: Installation) -> None:
    """Reviews are opened by whoever reviews accounts, within their area, for a time to come, of somebody at all."""
    installation.today()
    installation.project()
    admin = installation.signed_in("centre.admin")
    week = (installation.now + timedelta(days=7)).isoformat()
    past = (installation.now - timedelta(days=7)).isoformat()
    answers = [
        did(installation.signed_in("police.lead"), "openAccountReview", dueAt=week),
        did(admin, "openAccountReview", dueAt=week, area="quang-tri"),
        did(admin, "openAccountReview", dueAt=past),
        did(admin, "openAccountReview", dueAt=week, area="quang-binh/dong-hoi/khong-co"),
    ]
    assert [answer["__typename"] for answer in answers] == [
        "Forbidden",
        "Forbidden",
        "InvalidInput",
        "InvalidInput",
    ]
    one = done(admin, "openAccountReview", dueAt=week, unitId=str(POLICE))
    assert sorted(one["unreviewed"]) == sorted([of("police.lead"), of("police.handle")])
    installation.project()
    asked = "{ accountReviews { totalCount nodes { number } } }"
    counts = {
        name: installation.signed_in(name).ask(asked)["accountReviews"]["totalCount"]
        for name in ("centre.admin", "auditor", "police.lead", "centre.approve")
    }
    assert counts == {"centre.admin": 1, "auditor": 1, "police.lead": 0, "centre.approve": 0}


@pytest.mark.rule("R-DB-13.2.b")
def test_due(installation: Installation) -> None:
    """Whoever reviews is told by when, from the account that waits longest; no review ends later than that."""
    installation.today()
    installation.project()
    admin = installation.signed_in("centre.admin")
    asked = "{ accountReviewDue { due intervalDays accounts overdue missed rule { id } } }"
    told = admin.ask(asked)["accountReviewDue"]
    assert (told["intervalDays"], told["accounts"], told["overdue"], told["missed"]) == (
        180, len(NAMES), 0, False
    )  # fmt: skip
    interval = timedelta(days=180)
    with nothing_recorded(installation):
        far = did(
            admin, "openAccountReview", dueAt=(installation.now + interval + timedelta(hours=1)).isoformat()
        )
        assert (far["__typename"], far["path"]) == ("InvalidInput", "dueAt")
    review = done(admin, "openAccountReview", dueAt=(installation.now + interval).isoformat())
    for name in set(NAMES) - {"centre.admin", "police.lead"}:
        said = {"reviewId": review["id"], "accountId": of(name), "outcome": "KEPT", "text": "Đúng nhiệm vụ"}
        done(admin, "reviewAccount", **said)
    installation.project()
    again = admin.ask(asked)["accountReviewDue"]
    assert again["due"] == told["due"]  # of those two
    assert installation.signed_in("police.handle").error(asked)["code"] == "FORBIDDEN"
    installation.now += interval - timedelta(microseconds=1)
    late = installation.signed_in("centre.admin").ask(asked)["accountReviewDue"]
    assert (late["overdue"], late["missed"], late["rule"]) == (2, True, None)
