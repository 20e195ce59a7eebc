"""Who is shown which accounts, what is hidden, and what may be done with them: to each person of the demo, in words."""

from typing import Any

import pytest

from cli import demo
from domain.account import Account
from tests.support.api import COMMUNE, NAMES, POLICE, Installation
from tests.support.mutations import nothing_recorded
from tests.support.staff import ACTS, did

UNIT_OF = {person.name: person.unit for person in demo.PEOPLE}
NOMINATES = {"centre.approve", "centre.admin", "centre.lead", "police.handle", "police.lead", "commune.lead"}
"""Whose function is to nominate people of their unit, so that they see who is there."""


def sees(who: str, whom: str) -> bool:
    """What the demo's people are shown of each other, said a second time."""
    if who in {"centre.admin", "auditor", whom}:
        return True  # gives all the accounts of the town; replays its audit
    return who in NOMINATES and UNIT_OF[who] == UNIT_OF[whom]


@pytest.mark.parametrize("who", NAMES)
def test_shown(installation: Installation, who: str) -> None:
    """Lists, totals and look-ups show the same accounts; what is hidden is as absent as what never was."""
    installation.today()
    installation.project()
    person = installation.signed_in(who)
    expected = sorted(whom for whom in NAMES if sees(who, whom))
    listed = person.ask("{ accounts(first: 100) { totalCount nodes { name fullName unit { code } } } }")[
        "accounts"
    ]
    assert [node["name"] for node in listed["nodes"]] == expected
    assert listed["totalCount"] == len(expected)
    before = installation.head()
    hidden = 0
    for whom in (*NAMES, "nobody"):
        found = {
            "account": {"name": whom} if whom in expected else None,
        }
        assert person.ask("query($n: String) { account(name: $n) { name } }", n=whom) == found
        hidden += whom in NAMES and whom not in expected
    assert installation.since(before) == ["attempt:refused"] * hidden


ON_ONE = [act for act in ACTS if "review" not in act.lower() and act not in {"nominateAccount", "delegate"}]


@pytest.mark.parametrize("act", ON_ONE)
def test_guessed(installation: Installation, act: str) -> None:
    """An account outside of one's scope answers word for word as one that never was."""
    installation.project()
    document = {"document": "1/QĐ"}
    period = {"startsAt": "2026-06-01T08:00:00+07:00", "endsAt": "2026-07-01T08:00:00+07:00"}
    given: dict[str, Any] = {
        "recordTraining": {"trainedAt": "2026-06-01T08:00:00+07:00", **document},
        "renameAccount": {"fullName": "Lê Văn Mới", **document},
        "directAccountChange": {"role": "HANDLER", **document},
        "changeRole": {"role": "HANDLER", **document},
        "changeLeader": {"leader": True, **document},
        "moveAccount": {"unitId": str(POLICE), "role": "HANDLER", **document},
        "assignDuty": {"duty": "MONITORING", **document},
        "endDuty": {"duty": "MONITORING", **document},
        "suspendAccount": {"text": "x"},
        "closeAccount": {"text": "x"},
        "resumeAccount": document,
        "directAccount": document,
        "directGrant": {"action": "camera.view", "purpose": "SECURITY", **document, **period},
        "giveGrant": {"action": "camera.view", "purpose": "SECURITY", **document, **period},
        "executeGrant": {"direction": 2},
        "revokeGrant": {"number": 2},
        "revokeDelegation": {"number": 2},
    }
    person = installation.signed_in("commune.lead")
    there, never = str(Account.create_id("police.handle")), str(Account.create_id("nobody.at.all"))
    with nothing_recorded(installation):
        answers = [did(person, act, accountId=one, **given.get(act, {})) for one in (there, never)]
    assert [answer["__typename"] for answer in answers] == ["NotFound", "NotFound"]
    assert answers[0] == {
        key: value.replace(never, there) if isinstance(value, str) else value
        for key, value in answers[1].items()
    }


@pytest.mark.parametrize("who", NAMES)
def test_acts_of_others(installation: Installation, who: str) -> None:
    """Nobody but the administrator may change, suspend or close an account; availableActions says so and why."""
    installation.today()
    installation.project()
    whom = "commune.lead"  # who leads there, so that this may be taken away; nothing else was decided
    found = installation.signed_in(who).ask(
        "query($n: String) { account(name: $n) { availableActions { action enabled reasons { rule { id } } } } }",
        n=whom,
    )["account"]
    if found is None:
        return
    enabled = {one["action"] for one in found["availableActions"] if one["enabled"]}
    changes = {
        "renameAccount",
        "directAccountChange",
        "changeLeader",
        "assignDuty",
        "endDuty",
        "giveGrant",
        "revokeGrant",
    }
    ends = {"suspendAccount", "closeAccount"}
    trains = {"recordTraining"}
    if who == "centre.admin":
        assert enabled == changes | ends | trains | {"revokeDelegation"}
    elif who == whom:
        assert enabled == {"delegate", "revokeDelegation"}
    else:
        assert enabled == set()


@pytest.mark.rule("R-QT-10.4.a")
def test_without_administrator(installation: Installation) -> None:
    """Units that must have an administrator and have none are listed for whoever gives accounts, and for no others."""
    asked = "{ unitsWithoutAdministrator { code } }"
    admin = installation.signed_in("centre.admin")
    installation.project()
    assert admin.ask(asked) == {"unitsWithoutAdministrator": []}
    second = installation.register_unit("TTGS-2", kind="OPERATIONS_CENTRE")
    installation.register_unit("TTGS-HA", kind="OPERATIONS_CENTRE", area="quang-tri")
    installation.project()
    assert admin.ask(asked) == {"unitsWithoutAdministrator": [{"code": "TTGS-2"}]}
    installation.open_account("second.admin", unit_id=second, role="ADMINISTRATOR")
    installation.project()
    assert admin.ask(asked) == {"unitsWithoutAdministrator": []}
    assert installation.signed_in("commune.lead").error(asked)["code"] == "FORBIDDEN"


def test_nominated_elsewhere(installation: Installation) -> None:
    """Nobody nominates for a unit that is not theirs, but the operating unit in its area."""
    new = {"name": "police.new", "fullName": "Lý Văn Mới", "role": "HANDLER"}
    before = installation.head()
    refused = did(installation.signed_in("commune.lead"), "nominateAccount", unitId=str(POLICE), **new)
    assert refused["__typename"] == "Forbidden"
    assert installation.since(before) == ["attempt:refused"]
    answer = did(installation.signed_in("centre.approve"), "nominateAccount", unitId=str(COMMUNE), **new)
    assert answer["__typename"] == "AccountNominated"
