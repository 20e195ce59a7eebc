"""Guidance over HTTP: issued by the head of the Centre, confirmed by each reader, replaced, withdrawn."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from domain.account import Account
from tests.support import staff
from tests.support.api import CENTRE, COMMUNE, POLICE, Installation
from tests.support.library import EDITION, did, done, read_by, to_acknowledge
from tests.support.people import Person
from tests.support.sites import DIEN_BIEN, QUANG_TRI, Settled, Site

TO_POLICE = {"unitKinds": ["CITY_POLICE", "COMMUNE_POLICE"]}
IN_FORCE = "query($f: GuidanceFilter) { guidances(filter: $f) { totalCount nodes { id inForce } } }"


@pytest.fixture
def head(installation: Installation) -> Person:
    """The head of the Centre."""
    person = installation.open_account("centre.head", unit_id=CENTRE, role="LEADER", leader=True)
    installation.project()
    return person


def people(*names: str) -> list[str]:
    """The ids of people."""
    return [str(Account.create_id(name)) for name in names]


@pytest.mark.rule("R-QT-6.1.a", "R-DH-16.4.a")
class TestConfirmed:
    """Each of those it is for says so themselves."""

    def test_way(self, installation: Installation, head: Person) -> None:
        """Who it is for finds it, confirms it once, and is no more among those who owe that."""
        one = done(head, "issueGuidance", edition=TO_POLICE)
        assert (one["number"], one["state"], one["kindName"]) == ("DH-VB-2026-000001", "ISSUED", "Hướng dẫn")
        assert (one["area"], one["inForce"], one["unit"]) == (
            "quang-binh/dong-hoi",
            True,
            {"code": "TTGSDH"},
        )
        installation.project()
        officer = installation.signed_in("police.handle")
        assert to_acknowledge(officer) == ["12/HD-VP"]
        assert to_acknowledge(head) == []
        assert read_by(officer, one["id"])[1].keys() == {"police.handle", "police.lead"}
        before = installation.head()
        for _ in range(2):
            left = done(officer, "acknowledgeGuidance", guidanceId=one["id"])
            assert left["id"] == one["id"]
        assert installation.since(before) == ["acknowledgement:given"]
        installation.project()
        assert to_acknowledge(officer) == []
        confirmed, owed = read_by(installation.signed_in("police.lead"), one["id"])
        assert owed.keys() == {"police.lead"}
        assert confirmed["police.handle"]["acknowledgedIn"] == {"unit": {"code": "CATP"}}
        assert confirmed["police.handle"]["briefedAt"] is None

    def test_briefed(self, installation: Installation, head: Person) -> None:
        """A head says whom they told: it is on record as theirs, and the people still confirm for themselves."""
        one = done(head, "issueGuidance", edition=TO_POLICE)
        lead = installation.signed_in("police.lead")
        told = {"guidanceId": one["id"], "heldAt": "2026-05-28T15:00:00+07:00"}
        done(lead, "recordBriefing", **told, accountIds=people("police.handle", "police.lead"))
        done(installation.signed_in("police.handle"), "acknowledgeGuidance", guidanceId=one["id"])
        installation.project()
        confirmed, owed = read_by(lead, one["id"])
        both = confirmed["police.handle"]
        assert both["acknowledgedAt"] is not None
        assert both["briefedAt"] == told["heldAt"]
        assert both["briefedBy"]["name"].endswith("(police.lead)")
        assert confirmed["police.lead"]["acknowledgedAt"] is None
        assert owed.keys() == {"police.lead"}
        assert owed["police.lead"]["briefedAt"] == told["heldAt"]
        assert read_by(lead, one["id"], filter={"confirmed": True})[0].keys() == {"police.handle"}
        assert read_by(lead, one["id"], owed={"briefed": False})[1] == {}

    @pytest.mark.parametrize("whom", ["commune.lead", "nobody.at.all"])
    def test_briefed_of_another_unit(self, installation: Installation, head: Person, whom: str) -> None:
        """Of people of another unit a head says nothing: they are as absent to them as nobody."""
        one = done(head, "issueGuidance", edition=TO_POLICE)
        before = installation.head()
        answer = did(
            installation.signed_in("police.lead"),
            "recordBriefing",
            guidanceId=one["id"],
            heldAt="2026-05-28T15:00:00+07:00",
            accountIds=people("police.handle", whom),
        )
        assert answer["__typename"] == "NotFound"
        assert str(Account.create_id(whom)) in answer["en"]
        assert set(installation.since(before)) <= {"attempt:refused"}

    def test_moved(self, installation: Installation, head: Person) -> None:
        """Who moves away owes nothing there any more, and stays on record with what they confirmed."""
        one = done(head, "issueGuidance", edition={"unitKinds": ["CITY_POLICE"]})
        done(installation.signed_in("police.handle"), "acknowledgeGuidance", guidanceId=one["id"])
        admin = installation.signed_in("centre.admin")
        second = installation.open_account("centre.second", unit_id=CENTRE, role="ADMINISTRATOR")

        def moved(name: str, unit_id: UUID) -> None:
            to = {"accountId": people(name)[0], "unitId": str(unit_id), "role": "HANDLER", "document": "5/QĐ"}
            staff.done(second, "directAccountChange", **to)
            staff.done(admin, "moveAccount", **to)

        for name in ("police.handle", "police.lead"):
            moved(name, COMMUNE)
        installation.project()
        confirmed, owed = read_by(admin, one["id"])
        assert owed == {}
        assert confirmed.keys() == {"police.handle"}
        was, now = confirmed["police.handle"]["acknowledgedIn"], confirmed["police.handle"]["person"]
        assert (was["unit"]["code"], now["unit"]["code"]) == ("CATP", "CAP-NL")
        moved("police.lead", POLICE)
        installation.project()
        assert read_by(admin, one["id"])[1].keys() == {"police.lead"}

    def test_for_another(self, installation: Installation, head: Person) -> None:
        """Who acts for another confirms nothing by that; in their own name they do."""
        one = done(head, "issueGuidance")
        given = staff.done(
            installation.signed_in("police.lead"),
            "delegate",
            toAccountId=people("police.handle")[0],
            actions=["guidance.view", "case.view"],
            document="01/UQ",
            startsAt=installation.now.isoformat(),
            endsAt=(installation.now + timedelta(days=30)).isoformat(),
        )
        officer = installation.signed_in("police.handle")
        acting = replace(officer, delegation=given["delegations"][-1]["id"])
        assert did(acting, "acknowledgeGuidance", guidanceId=one["id"])["__typename"] == "Forbidden"
        done(officer, "acknowledgeGuidance", guidanceId=one["id"])
        installation.project()
        assert read_by(officer, one["id"], filter={"confirmed": True})[0].keys() == {"police.handle"}


class TestEditions:
    """A new edition is another one, and what was confirmed stays with the old."""

    def test_replaced(self, installation: Installation, head: Person) -> None:
        """From the day it begins the new one has to be confirmed; both are in the library."""
        old = done(head, "issueGuidance", edition=TO_POLICE)
        officer = installation.signed_in("police.handle")
        done(officer, "acknowledgeGuidance", guidanceId=old["id"])
        newer = TO_POLICE | {"document": "20/HD-VP", "startsAt": installation.now.isoformat()}
        left = done(head, "replaceGuidance", guidanceId=old["id"], edition=newer, expectedVersion=1)
        assert (left["state"], left["inForce"], left["endsAt"] is None) == ("REPLACED", False, False)
        installation.project()
        assert to_acknowledge(officer) == ["20/HD-VP"]
        [new] = officer.ask(IN_FORCE, f={"inForce": True})["guidances"]["nodes"]
        assert new["id"] == left["replacedById"]
        assert read_by(officer, new["id"], filter={"confirmed": True})[0] == {}
        assert read_by(officer, old["id"], filter={"confirmed": True})[0].keys() == {"police.handle"}
        assert read_by(officer, old["id"])[1] == {}
        assert officer.ask(IN_FORCE, f={})["guidances"]["totalCount"] == 2
        again = did(head, "replaceGuidance", guidanceId=old["id"], edition=newer)
        assert again["__typename"] == "WrongState"

    def test_withdrawn(self, installation: Installation, head: Person) -> None:
        """What is withdrawn has to be confirmed by nobody; it stays in the library, with the document."""
        one = done(head, "issueGuidance", edition=TO_POLICE)
        left = done(head, "withdrawGuidance", guidanceId=one["id"], document="15/TB-VP")
        assert (left["state"], left["withdrawnBy"], left["inForce"]) == ("WITHDRAWN", "15/TB-VP", False)
        installation.project()
        officer = installation.signed_in("police.handle")
        assert to_acknowledge(officer) == []
        assert did(officer, "acknowledgeGuidance", guidanceId=one["id"])["__typename"] == "WrongState"
        shown = officer.ask(f'{{ guidance(number: "{one["number"]}") {{ state text }} }}')["guidance"]
        assert shown == {"state": "WITHDRAWN", "text": one["text"]}

    def test_as_of(self, installation: Installation, head: Person) -> None:
        """It is shown as it was on a day, and whether it was in force then."""
        one = done(head, "issueGuidance", edition=TO_POLICE)
        done(head, "withdrawGuidance", guidanceId=one["id"], document="15/TB-VP")
        installation.project()
        [issued, _] = head.ask(f'{{ guidance(id: "{one["id"]}") {{ history {{ recordedAt }} }} }}')[
            "guidance"
        ]["history"]
        asked = "query($i: ID, $t: DateTime) { guidance(id: $i, asOf: $t) { state inForce } }"
        shown = head.ask(asked, i=one["id"], t=issued["recordedAt"])["guidance"]
        assert shown == {"state": "ISSUED", "inForce": True}

    @pytest.mark.parametrize(
        "edition, path",
        [
            ({"area": "quang-binh/dong-hoi/khong-co"}, "area"),
            ({"area": "quang-binh"}, "area"),
            ({"unitKinds": ["CENTRE"]}, "unitKinds"),
            ({"text": "x" * 20_001}, "text"),
            ({"startsAt": "2026-05-25T00:00:00"}, "startsAt"),
        ],
    )
    def test_not_said(
        self, installation: Installation, head: Person, edition: dict[str, Any], path: str
    ) -> None:
        """What is said of an edition is checked, and nothing is kept of one that is refused."""
        before = installation.head()
        answer = did(head, "issueGuidance", edition=edition)
        assert (answer["__typename"], answer["path"]) == ("InvalidInput", path)
        assert installation.since(before) == []


QT_PEOPLE = {
    **QUANG_TRI.people,
    "centre.head": (QUANG_TRI.people["centre.approve"][0], "LEADER", True),
}


@pytest.mark.rule("R-QT-6.1.a")
def test_before_use(settled: Callable[[Site], Settled]) -> None:
    """In Quảng Trị a person is told that they have something to know first, and is not locked out for it."""
    site: Site = replace(QUANG_TRI, people=QT_PEOPLE)
    found = settled(site)
    place = found.place
    area = QUANG_TRI.operator.area_path
    place.register_area(area)
    one = done(place.signed_in("centre.head"), "issueGuidance", edition={"area": area})
    assert one["history"][0]["rule"] == {"id": "R-QT-15.1.0"}
    place.project()
    me = "{ me { name mustAcknowledge } }"
    officer = place.signed_in("police.handle")
    assert officer.ask(me)["me"]["mustAcknowledge"] is True
    assert found.case_in("RECEIVED").number  # they work all the same
    done(officer, "acknowledgeGuidance", guidanceId=one["id"])
    place.project()
    assert officer.ask(me)["me"]["mustAcknowledge"] is False
    assert place.signed_in("station").ask(me)["me"]["mustAcknowledge"] is True


@pytest.mark.rule("R-DB-13.4.0")
def test_department(settled: Callable[[Site], Settled]) -> None:
    """In Điện Biên the Department issues guidance on coordination and use; whoever it is for finds it."""
    place = settled(DIEN_BIEN).place
    place.register_area("dien-bien")
    said = {"title": "Hướng dẫn phối hợp, khai thác", "unitKinds": ["PROVINCIAL_POLICE"]}
    one = done(place.signed_in("centre.approve"), "issueGuidance", edition=said)
    assert (one["number"], one["unit"]) == ("DB-VB-2026-000001", {"code": "DB-TTTT"})
    assert one["history"][0]["rule"] == {"id": "R-DB-13.4.0"}
    assert did(place.signed_in("police.lead"), "issueGuidance", edition=said)["__typename"] == "Forbidden"
    place.project()
    asked = '{ guidances(filter: {inForce: true, title: "phối hợp"}) { nodes { title text } } }'
    shown = {"title": said["title"], "text": EDITION["text"]}
    assert place.signed_in("police.handle").ask(asked)["guidances"]["nodes"] == [shown]


def test_not_before_use(installation: Installation, head: Person) -> None:
    """Where the regulation does not ask for it before use, nobody is told that they must."""
    done(head, "issueGuidance")
    installation.project()
    officer = installation.signed_in("police.handle")
    assert officer.ask("{ me { mustAcknowledge } }") == {"me": {"mustAcknowledge": False}}
    assert to_acknowledge(officer) == ["12/HD-VP"]
