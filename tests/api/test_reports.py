"""Reports over HTTP: run, put on record, counted again; which are due, and which were missed."""

import hashlib
from typing import Any

import orjson
import pytest

from cli import demo
from tests.support.api import Installation
from tests.support.office import MORNING, at, did, done, end_of_july


@pytest.fixture
def july(installation: Installation) -> Installation:
    """Half past three on 30 July 2026: a case that was executed, one discarded, one that nobody has looked at."""
    return end_of_july(installation)


class TestIssue:
    """A monthly report on record."""

    @pytest.mark.rule("R-DHV-1.4.b")
    def test_monthly(self, july: Installation) -> None:
        """On day 30 the Centre reports verification and handling of the month, with the fines in đồng."""
        report = done(july.signed_in("centre.approve"), "issueReport", kind="MONTHLY", period="2026-07")
        assert {name: report[name] for name in ("number", "kind", "period", "from", "to", "due", "late")} == {
            "number": "DH-BC-2026-000001",
            "kind": "MONTHLY",
            "period": "2026-07",
            "from": "2026-07-01T00:00:00+07:00",
            "to": "2026-07-31T00:00:00+07:00",
            "due": "2026-07-31T00:00:00+07:00",
            "late": False,
        }
        assert (report["unit"], report["area"]) == ({"code": "TTGSDH"}, demo.CITY)
        assert report["rule"] == {"id": "R-DHV-1.4.b"}
        counts = {count["fact"]: (count["cases"], count["amount"]) for count in report["counts"]}
        assert counts == {
            "DETECTED": (3, None),
            "DISCARDED": (1, None),
            "TRANSFERRED": (1, None),
            "CONCLUDED": (1, None),
            "RECORDED": (1, None),
            "DECIDED": (1, 18_000_000),
            "PAID": (1, 18_000_000),
            "EXECUTED": (1, None),
        }
        assert {state["value"]: state["cases"] for state in report["standing"]} == {
            "DETECTED": 1,
            "DISCARDED": 1,
            "EXECUTED": 1,
        }
        assert hashlib.sha256(report["numbers"].encode()).hexdigest() == report["sha256"]
        assert [step["event"] for step in report["history"]] == ["report:issued"]
        assert report["availableActions"] == [{"action": "issueReportDocument", "enabled": True}]

    def test_names_nobody(self, july: Installation) -> None:
        """Nothing of a person or a plate is in the numbers; everything in them is a whole number or a code."""
        report = done(july.signed_in("centre.approve"), "issueReport", kind="MONTHLY", period="2026-07")
        for personal in ("73A", "Mẫu", "Nguyễn", "Phạm", "000000000002", "đường"):
            assert personal not in report["numbers"]

        def leaves(value: Any) -> list[Any]:
            if isinstance(value, dict):
                return [leaf for inner in value.values() for leaf in leaves(inner)]
            return [value]

        told = orjson.loads(report["numbers"])
        instants = [told.pop(name) for name in ("from", "to", "asOf")]
        assert all(instants)
        assert {type(leaf) for leaf in leaves(told)} == {int}

    def test_counted_again(self, july: Installation) -> None:
        """Whatever happens afterwards, the report counted again gives the same numbers."""
        centre = july.signed_in("centre.approve")
        report = done(centre, "issueReport", kind="MONTHLY", period="2026-07")
        assert report["recount"] == {"same": True, "sha256": report["sha256"]}
        july.project()
        july.many_detected([MORNING, MORNING])
        later = centre.ask(f'{{ report(id: "{report["id"]}") {{ recount {{ same sha256 }} numbers }} }}')
        assert later["report"] == {"recount": report["recount"], "numbers": report["numbers"]}
        again = centre.ask('{ runReport(kind: MONTHLY, period: "2026-07") { sha256 counts { fact cases } } }')
        assert again["runReport"]["sha256"] != report["sha256"]
        assert again["runReport"]["counts"][0] == {"fact": "DETECTED", "cases": 5}

    def test_tampered(self, july: Installation) -> None:
        """Numbers that somebody changed in the table are not those that are counted again."""
        centre = july.signed_in("centre.approve")
        report = done(centre, "issueReport", kind="MONTHLY", period="2026-07")
        july.project()
        with july.as_owner() as conn:
            conn.execute("UPDATE report_log SET sha256 = %s", ["0" * 64])
        found = centre.ask(f'{{ report(id: "{report["id"]}") {{ recount {{ same sha256 }} }} }}')
        assert found["report"]["recount"] == {"same": False, "sha256": report["sha256"]}

    def test_once(self, july: Installation) -> None:
        """The command sent again answers with the report that is on record."""
        centre = july.signed_in("centre.approve")
        first = done(centre, "issueReport", kind="MONTHLY", period="2026-07", commandId="once")
        july.project()
        head = july.head()
        assert done(centre, "issueReport", kind="MONTHLY", period="2026-07", commandId="once") == first
        assert july.head() == head

    def test_not_read_yet(self, july: Installation) -> None:
        """While not all that is on record was read, nothing is counted; whoever asked may ask again."""
        july.detected(project=False)
        answer = july.signed_in("centre.approve").answer(
            '{ runReport(kind: YEARLY, period: "2026") { sha256 } }'
        )
        [error] = answer["errors"]
        assert (error["extensions"]["code"], error["extensions"]["retryable"]) == ("NOT_YET_VISIBLE", True)

    @pytest.mark.rule("R-DH-15.3.0")
    @pytest.mark.parametrize(
        "kind, period", [("QUARTERLY", "2026-Q3"), ("SIX_MONTH", "2026-H2"), ("YEARLY", "2026")]
    )
    def test_longer(self, july: Installation, kind: str, period: str) -> None:
        """Quarterly, half-yearly and yearly reports, whose day the regulation does not set."""
        report = done(july.signed_in("centre.approve"), "issueReport", kind=kind, period=period)
        assert (report["due"], report["late"], report["rule"]) == (None, False, {"id": "R-DH-15.3.0"})
        assert report["counts"][0]["cases"] == 3

    @pytest.mark.rule("R-DH-15.3.0")
    def test_ad_hoc(self, july: Installation) -> None:
        """A report of any time, as somebody asks for it."""
        given = {"from": "2026-07-01T00:00:00+07:00", "to": "2026-07-01T08:30:00+07:00"}
        report = done(july.signed_in("police.handle"), "issueReport", kind="AD_HOC", **given)
        assert (report["period"], report["unit"]) == (None, {"code": "CATP"})
        assert report["counts"][0]["cases"] == 3

    @pytest.mark.parametrize("name", ["centre.execute", "centre.admin", "auditor"])
    def test_not_theirs(self, july: Installation, name: str) -> None:
        """Whose unit or function runs no reports issues none; that they tried is on record."""
        before = july.head()
        answer = did(july.signed_in(name), "issueReport", kind="MONTHLY", period="2026-07")
        assert answer["__typename"] == "Forbidden"
        assert july.since(before) == ["attempt:refused"]

    @pytest.mark.parametrize(
        "given, path",
        [
            ({"kind": "MONTHLY"}, "period"),
            ({"kind": "MONTHLY", "period": "2026-13"}, "period"),
            ({"kind": "MONTHLY", "period": "2026-08"}, "period"),
            ({"kind": "AD_HOC", "period": "2026-07"}, "from"),
            (
                {"kind": "AD_HOC", "from": "2026-06-02T00:00:00+07:00", "to": "2026-06-01T00:00:00+07:00"},
                "to",
            ),
            ({"kind": "MONTHLY", "period": "2026-07", "asOf": "2999-01-01T00:00:00+07:00"}, "asOf"),
            ({"kind": "MONTHLY", "period": "2026-07", "commandId": ""}, "commandId"),
        ],
    )
    def test_no_such_report(self, july: Installation, given: dict[str, Any], path: str) -> None:
        """A report is of a period that has begun, as of an instant that has come; nothing else is recorded."""
        before = july.head()
        answer = did(july.signed_in("centre.approve"), "issueReport", **given)
        assert (answer["__typename"], answer["path"]) == ("InvalidInput", path)
        assert july.head() == before


class TestList:
    """The reports of one's scope."""

    def test_scope(self, july: Installation) -> None:
        """A commune issues and sees its own; the city sees both, the newest first."""
        done(july.signed_in("centre.approve"), "issueReport", kind="MONTHLY", period="2026-07")
        july.project()
        july.now = at("2026-07-30T16:00:00")
        own = done(july.signed_in("commune.lead"), "issueReport", kind="MONTHLY", period="2026-07")
        assert own["area"] == f"{demo.CITY}/nam-ly"
        july.project()
        asked = "{ reports { totalCount nodes { number unit { code } } } }"
        assert july.signed_in("police.handle").ask(asked)["reports"] == {
            "totalCount": 2,
            "nodes": [
                {"number": "DH-BC-2026-000002", "unit": {"code": "CAP-NL"}},
                {"number": "DH-BC-2026-000001", "unit": {"code": "TTGSDH"}},
            ],
        }
        assert july.signed_in("commune.lead").ask(asked)["reports"]["totalCount"] == 1
        assert july.signed_in("centre.execute").ask(asked)["reports"]["totalCount"] == 0
        before = july.head()
        hidden = july.signed_in("commune.lead").ask('{ report(number: "DH-BC-2026-000001") { id } }')
        assert hidden == {"report": None}
        assert july.since(before) == ["attempt:refused"]

    def test_narrowed(self, july: Installation) -> None:
        """By kind, period and number; as of before it was issued there is none."""
        centre = july.signed_in("centre.approve")
        report = done(centre, "issueReport", kind="MONTHLY", period="2026-07")
        july.project()
        for narrow, count in (
            ("kinds: [MONTHLY]", 1),
            ("kinds: [YEARLY]", 0),
            ('period: "2026-07"', 1),
            ('number: "DH-BC-2026-000009"', 0),
            ('until: "2026-06-01T00:00:00+07:00"', 0),
        ):
            assert centre.ask(f"{{ reports(filter: {{{narrow}}}) {{ totalCount }} }}") == {
                "reports": {"totalCount": count}
            }
        past = 'asOf: "2026-06-01T00:00:00+07:00"'
        assert centre.ask(f'{{ report(id: "{report["id"]}", {past}) {{ id }} }}') == {"report": None}


class TestDue:
    """Which reports are asked for, and which were missed."""

    DUE = "{ reportsDue { kind period due missed issuedAt unitKind rule { id } report { number } } }"

    @pytest.mark.rule("R-DHV-1.4.b")
    def test_missed(self, july: Installation) -> None:
        """July was reported in time, June not at all, August is not due yet; quarters have no day of their own."""
        done(july.signed_in("centre.approve"), "issueReport", kind="MONTHLY", period="2026-07")
        july.now = at("2026-08-10T08:00:00")
        july.project()
        found = july.signed_in("police.handle").ask(self.DUE)["reportsDue"]
        monthly = {one["period"]: one for one in found if one["kind"] == "MONTHLY"}
        assert [monthly[name]["missed"] for name in ("2026-06", "2026-07", "2026-08")] == [True, False, False]
        assert monthly["2026-07"]["report"] == {"number": "DH-BC-2026-000001"}
        assert monthly["2026-08"]["due"] == "2026-08-31T00:00:00+07:00"
        assert {(one["unitKind"], one["rule"]["id"]) for one in monthly.values()} == {
            ("OPERATIONS_CENTRE", "R-DHV-1.4.b")
        }
        others = [one for one in found if one["kind"] != "MONTHLY"]
        assert {one["kind"] for one in others} == {"QUARTERLY", "SIX_MONTH", "YEARLY"}
        assert {(one["due"], one["missed"]) for one in others} == {(None, False)}

    def test_late(self, july: Installation) -> None:
        """A report that was issued after its day was missed all the same."""
        july.now = at("2026-07-31T00:00:00")
        report = done(july.signed_in("centre.approve"), "issueReport", kind="MONTHLY", period="2026-07")
        assert report["late"] is True
        july.project()
        found = july.signed_in("centre.approve").ask(self.DUE)["reportsDue"]
        [one] = [one for one in found if one["period"] == "2026-07"]
        assert (one["missed"], one["issuedAt"]) == (True, "2026-07-31T00:00:00+07:00")

    def test_not_of_the_city(self, july: Installation) -> None:
        """A commune is told that the city's report was issued, and is not shown what it says."""
        done(july.signed_in("centre.approve"), "issueReport", kind="MONTHLY", period="2026-07")
        july.project()
        found = july.signed_in("commune.lead").ask(self.DUE)["reportsDue"]
        [one] = [one for one in found if one["period"] == "2026-07"]
        assert (one["issuedAt"], one["report"]) == ("2026-07-30T15:30:00+07:00", None)
