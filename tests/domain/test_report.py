"""A report is put on record with its numbers, by whoever may; its numbers stay, documents are made of them."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from domain.context import Actor, Context
from domain.documents import Made
from domain.errors import Forbidden, InvalidInput, NotFound
from domain.periods import Period, ReportKind, period
from domain.report import LONGEST_NUMBER, Counted, Report, canonical, check_view, digest
from policies.rulebook import load
from tests.support.regulations import somebody
from tests.support.spec import (
    ADMINISTRATOR,
    APPROVER,
    AUDITOR,
    CENTRE,
    CITY,
    COMMUNE_LEADER,
    EXECUTOR,
    HANDLER,
    ID,
    NOW,
    STRANGER,
    context,
    fact,
    given,
    when,
)

MAY = period(load("dong-hoi"), ReportKind.MONTHLY, "2026-05")
NUMBERS = {"totals": {"LATE": {"cases": 1}, "DETECTED": {"cases": 6}}}
TEXT = '{"totals":{"DETECTED":{"cases":6},"LATE":{"cases":1}}}'


def issued(who: Context, one: Period = MAY, **otherwise: Any) -> Report:
    """Issue the report of a period."""
    said: dict[str, Any] = {"as_of": who.now, "count": lambda: Counted(NUMBERS, 123), **otherwise}
    return Report.issue(who, report_id=ID, number=lambda: "DH-BC-2026-000001", period=one, **said)


class TestIssue:
    """Putting a report on record."""

    @pytest.mark.rule("R-DHV-1.4.b")
    def test_issued(self) -> None:
        """It says its period, when it was due, as of when and up to where it counts, and the hash of its numbers."""
        when(lambda: issued(context(APPROVER))).then(
            fact(
                Report.Issued,
                number="DH-BC-2026-000001",
                kind="MONTHLY",
                period="2026-05",
                starts_at=MAY.starts_at,
                ends_at=MAY.ends_at,
                due=MAY.due,
                as_of=NOW,
                upto=123,
                area_path=CITY,
                numbers=TEXT,
                sha256="8b68819ed9df672abdfe836998524a3cf2c511cb13f186c1d2d9ffd2388e9843",
            ).under(by=str(APPROVER.account_id), unit_id=CENTRE.id, rule="R-DHV-1.4.b")
        )

    @pytest.mark.parametrize("who", [EXECUTOR, ADMINISTRATOR, AUDITOR, STRANGER])
    def test_not_theirs(self, who: Actor) -> None:
        """Whose unit or function runs no reports issues none, and nothing is counted."""
        with pytest.raises(Forbidden):
            issued(context(who), count=lambda: pytest.fail("counted"))

    @pytest.mark.parametrize(
        "one, as_of, path",
        [
            (MAY, NOW + timedelta(seconds=1), "asOf"),
            (MAY, MAY.starts_at, "period"),
            (period(load("dong-hoi"), ReportKind.MONTHLY, "2026-07"), NOW, "period"),
            (Period(kind=ReportKind.AD_HOC, name="", starts_at=NOW, ends_at=NOW), NOW, "to"),
        ],
    )
    def test_no_such_time(self, one: Period, as_of: Any, path: str) -> None:
        """A report is of a time that has begun, as of an instant that has come."""
        with pytest.raises(InvalidInput) as refused:
            issued(context(APPROVER), one, as_of=as_of)
        assert refused.value.path == path

    def test_written_in_one_way(self) -> None:
        """The same numbers are the same text in whatever order they were counted; fractions are no counts."""
        assert canonical(NUMBERS) == canonical({"totals": dict(reversed(NUMBERS["totals"].items()))}) == TEXT
        assert digest(TEXT) == digest(canonical(NUMBERS))
        with pytest.raises(TypeError, match="float in a report"):
            canonical({"share": 0.5})


@pytest.mark.parametrize(
    "profile, kind, reported, rule",
    [
        pytest.param(
            "quang-tri",
            "SAFETY_BOARD",
            period(load("quang-tri"), ReportKind.QUARTERLY, "2026-Q1"),
            "R-QT-19.2.0",
            marks=pytest.mark.rule("R-QT-19.2.0"),
        ),
        pytest.param(
            "quang-tri",
            "PROVINCIAL_POLICE",
            Period(kind=ReportKind.AD_HOC, name="", starts_at=MAY.starts_at, ends_at=MAY.ends_at),
            "R-QT-6.2.e",
            marks=pytest.mark.rule("R-QT-6.2.e"),
        ),
        pytest.param(
            "yen-bai",
            "TRANSPORT_DEPARTMENT",
            Period(kind=ReportKind.REVIEW, name="", starts_at=MAY.starts_at, ends_at=MAY.ends_at),
            "R-YB-13.4.0",
            marks=pytest.mark.rule("R-YB-13.4.0"),
        ),
    ],
)
def test_other_regulations(profile: str, kind: str, reported: Period, rule: str) -> None:
    """Quarterly reviews of the Safety Board, reports as prescribed, interim and final reviews of equal agencies."""
    [event] = issued(somebody(profile, kind), reported, rule=rule).collect_events()
    assert isinstance(event, Report.Issued)
    assert (event.kind, event.due, event.envelope.rule) == (reported.kind, None, rule)
    assert (event.starts_at, event.ends_at, event.numbers) == (reported.starts_at, reported.ends_at, TEXT)


@pytest.mark.parametrize(
    "who, area, owner, seen",
    [
        (APPROVER, CITY, CENTRE.id, True),
        (HANDLER, CITY, CENTRE.id, True),
        (COMMUNE_LEADER, CITY, CENTRE.id, False),
        (COMMUNE_LEADER, CITY, COMMUNE_LEADER.unit_id, True),
        (HANDLER, f"{CITY}/nam-ly", COMMUNE_LEADER.unit_id, True),
        (AUDITOR, CITY, CENTRE.id, True),
        (AUDITOR, "quang-tri", CENTRE.id, False),
        (STRANGER, CITY, CENTRE.id, False),
        (EXECUTOR, CITY, CENTRE.id, False),
    ],
)
def test_seen(who: Actor, area: str, owner: UUID, *, seen: bool) -> None:
    """A report is seen by its unit, and by who runs reports or replays the audit of an area around it."""
    report = given(
        Report,
        fact(
            Report.Issued,
            number="DH-BC-2026-000001",
            kind="MONTHLY",
            period="2026-05",
            starts_at=MAY.starts_at,
            ends_at=MAY.ends_at,
            due=MAY.due,
            as_of=NOW,
            upto=123,
            area_path=area,
            numbers=TEXT,
            sha256=digest(TEXT),
        ).under(unit_id=owner),
    ).aggregate
    assert (check_view(report, context(who)) is None) == seen


ISSUED = fact(
    Report.Issued,
    number="DH-BC-2026-000001",
    kind="MONTHLY",
    period="2026-05",
    starts_at=MAY.starts_at,
    ends_at=MAY.ends_at,
    due=MAY.due,
    as_of=NOW,
    upto=123,
    area_path=CITY,
    numbers=TEXT,
    sha256=digest(TEXT),
).under(unit_id=CENTRE.id, rule="R-DHV-1.4.b")
PAPER = Made(
    document_id=UUID(int=0xD3),
    number="12/BC",
    edition=1,
    template="monthly_report@0c",
    sha256="8" * 64,
    size=44_000,
    name="documents/77",
)
MADE = fact(Report.DocumentIssued, **vars(PAPER))


class TestDocuments:
    """A report is made a document, and printed, by the unit that issued it."""

    @pytest.mark.rule("R-DHV-1.4.b")
    def test_made(self) -> None:
        """Number, edition and hash are on record, with who made it, under the rule that asks for the report."""
        given(Report, ISSUED).when(lambda report: report.issue_document(context(APPROVER), PAPER)).then(
            MADE.under(by=str(APPROVER.account_id), unit_id=CENTRE.id, rule="R-DHV-1.4.b")
        )

    def test_printed(self) -> None:
        """Each print is on record with its copies."""
        printed = fact(Report.DocumentPrinted, document_id=PAPER.document_id, copies=2)
        given(Report, ISSUED, MADE).when(
            lambda report: report.print_document(context(APPROVER), document_id=PAPER.document_id, copies=2)
        ).then(printed.under(by=str(APPROVER.account_id), unit_id=CENTRE.id))

    @pytest.mark.parametrize(
        "who, rule",
        [
            (HANDLER, "R-DH-11.3.b6"),
            (COMMUNE_LEADER, "R-DH-11.3.b6"),
            (EXECUTOR, "R-DH-3.5.0"),
            (ADMINISTRATOR, "R-DH-3.5.0"),
            (AUDITOR, "R-DH-5.5.0"),
            (STRANGER, "R-DH-5.5.0"),
        ],
    )
    def test_not_theirs(self, who: Actor, rule: str) -> None:
        """Who is of another unit, or whose function it is not, makes none and prints none."""
        there = given(Report, ISSUED, MADE)
        there.when(lambda report: report.issue_document(context(who), PAPER)).then_refused(
            Forbidden, rule=rule
        )
        there.when(
            lambda report: report.print_document(context(who), document_id=PAPER.document_id, copies=1)
        ).then_refused(Forbidden, rule=rule)

    @pytest.mark.parametrize("document_id, copies, refusal", [(0xD4, 1, NotFound), (0xD3, 0, InvalidInput)])
    def test_nothing_to_print(self, document_id: int, copies: int, refusal: type[Any]) -> None:
        """What was not made is not printed, nor is it printed no times."""
        given(Report, ISSUED, MADE).when(
            lambda report: report.print_document(
                context(APPROVER), document_id=UUID(int=document_id), copies=copies
            )
        ).then_refused(refusal)

    def test_long_number(self) -> None:
        """A number is no longer than one that is signed."""
        long = Made(**vars(PAPER) | {"number": "1" * (LONGEST_NUMBER + 1)})
        given(Report, ISSUED).when(
            lambda report: report.issue_document(context(APPROVER), long)
        ).then_refused(InvalidInput)
