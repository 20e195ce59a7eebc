"""The facts of a printed report, as its own numbers say them; what they do not say stays absent."""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import orjson

from api.documents.case_papers import article, in_force, named
from api.documents.on_record import Names
from api.documents.values import instant
from domain.case.state import CaseState, Finding
from domain.clock import legal_date
from domain.periods import NAMES, ReportKind
from policies.rulebook import Rulebook
from projections.case_facts import CaseFact
from projections.report_log import ReportRow

Facts = dict[str, Any]

ADDED_TO: Final = frozenset({"legal_bases"})
"""The list that the rulebook begins, and whoever issues goes on with."""

QUARTERS: Final = ("I", "II", "III", "IV")
HALVES: Final = ("đầu", "cuối")
ASIDE: Final = re.compile(r" \([^)]*\)")
"""What a citation says beside the place: whose regulation it is, and how surely the place is known."""


def facts_of(row: ReportRow, *, names: Names, rulebook: Rulebook) -> Facts:
    """Return what a report says; notices and publications are no part of its numbers."""
    numbers: Mapping[str, Any] = orjson.loads(row.numbers)
    total = numbers["total"]
    facts = {
        "unit_name": names.get((row.owner_unit, row.position)),
        "log_position": f"{row.upto:016d}",
        "legal_bases": _bases(row, rulebook),
        "period_name": _period(row),
        "period_from": legal_date(row.starts_at),
        "period_to": _last_day(row),
        "as_of": _whole(row.as_of),
        "detected": _cases(total, CaseFact.DETECTED),
        "discarded": _cases(total, CaseFact.DISCARDED),
        "transferred": _cases(total, CaseFact.TRANSFERRED),
        "concluded_violation": _cases(total, CaseFact.CONCLUDED, Finding.VIOLATION),
        "concluded_none": _cases(total, CaseFact.CONCLUDED, Finding.NO_VIOLATION)
        + _cases(total, CaseFact.CONCLUDED, Finding.INSUFFICIENT),
        "referred_criminal": _cases(total, CaseFact.REFERRED),
        "pending": numbers["standing"].get(CaseState.VERIFYING, 0),
        "records_drawn": _cases(total, CaseFact.RECORDED),
        "decisions_issued": _cases(total, CaseFact.DECIDED),
        "decisions_executed": _cases(total, CaseFact.EXECUTED),
        "fine_total": total.get(CaseFact.DECIDED, {}).get("dong", 0),
        "by_kind": _by_kind(numbers["byKind"], rulebook),
        "missed_deadlines": _missed(row, numbers["byUnit"], names, rulebook),
    }
    return {name: value for name, value in facts.items() if value is not None and value != []}


def wanted_names(row: ReportRow) -> set[tuple[UUID, int]]:
    """Which units a printed report names: whose it is, and whose time ran out; as of when it was issued."""
    told: Mapping[str, Any] = orjson.loads(row.numbers)["byUnit"]
    late = {UUID(unit) for unit, facts in told.items() if unit and CaseFact.LATE in facts}
    return {(unit, row.position) for unit in {row.owner_unit, *late}}


# -- the numbers ------------------------------------------------------------------------


def _cases(told: Mapping[str, Any], fact: CaseFact, value: str | None = None) -> int:
    """How many cases a fact is told of; a fact that is not there is told of none."""
    count: Mapping[str, Any] = told.get(fact, {})
    cases: int = count.get("cases", 0) if value is None else count.get("by", {}).get(value, 0)
    return cases


def _by_kind(told: Mapping[str, Any], rulebook: Rulebook) -> list[Facts]:
    acts = {**rulebook.says.abnormal_events, **rulebook.violation_kinds}
    rows = [
        {
            "violation_name": acts[kind].vi if kind in acts else kind,
            "detected": _cases(facts, CaseFact.DETECTED),
            "transferred": _cases(facts, CaseFact.TRANSFERRED),
            "concluded_violation": _cases(facts, CaseFact.CONCLUDED, Finding.VIOLATION),
            "decisions_issued": _cases(facts, CaseFact.DECIDED),
        }
        for kind, facts in sorted(told.items())
    ]
    return sorted(rows, key=lambda shown: -int(shown["detected"]))


def _missed(row: ReportRow, told: Mapping[str, Any], names: Names, rulebook: Rulebook) -> list[Facts]:
    """Whose time ran out, in how many cases, by the rule that set the time on the last day of the period."""
    late = [
        (timer, unit, cases)
        for unit, facts in told.items()
        for timer, cases in facts.get(CaseFact.LATE, {}).get("by", {}).items()
    ]
    return [
        {
            **_obligation(row, timer, rulebook),
            "unit_name": names.get((UUID(unit), row.position), "") if unit else "",
            "missed": cases,
        }
        for timer, unit, cases in sorted(late)
    ]


def _obligation(row: ReportRow, timer: str, rulebook: Rulebook) -> Facts:
    values = rulebook.values(timer, _last_day(row))
    if not values:
        return {"obligation": timer, "citation": ""}
    rule = rulebook.rule(values[0].rule)
    return {"obligation": rule.vi, "citation": rule.citation}


# -- words ------------------------------------------------------------------------------


def _period(row: ReportRow) -> str:
    """Return the period as it is called: a month, a quarter, half a year, a year; any other by its two instants."""
    kind = ReportKind(row.kind)
    if row.period is None:
        return f"từ {instant(_whole(row.starts_at))} đến trước {instant(_whole(row.ends_at))}"
    _, pattern = NAMES[kind]
    found = pattern.fullmatch(row.period)
    if found is None:
        raise ValueError(f"{row.period} is no period of a {kind} report")
    year, part = found[1], int(found[2] or 1)
    called = {
        ReportKind.MONTHLY: f"tháng {part:02d} " if part <= 2 else f"tháng {part} ",  # noqa: PLR2004 — NĐ 30/2020
        ReportKind.QUARTERLY: f"quý {QUARTERS[(part - 1) % len(QUARTERS)]} ",
        ReportKind.SIX_MONTH: f"6 tháng {HALVES[(part - 1) % len(HALVES)]} ",
        ReportKind.YEARLY: "",
    }
    return f"{called[kind]}năm {year}"


def _last_day(row: ReportRow) -> date:
    """Return the last day that a period has something of."""
    return legal_date(row.ends_at - timedelta(microseconds=1))


def _whole(at: datetime) -> datetime:
    return at.replace(microsecond=0)


def _bases(row: ReportRow, rulebook: Rulebook) -> list[str]:
    """Return the instruments of the regulation; the one that asks for the report with the place where it does."""
    asked, _, place = (rulebook.citation(row.rule) if row.rule else "").partition(", ")
    bases = []
    for one in rulebook.instruments:
        if in_force(one, row.issued_at):
            where = f"{_place(place)} " if asked.startswith(one.id) and place else ""
            bases.append(f"{where}{named(one.id)}")
    return bases


def _place(place: str) -> str:
    """Return a place as it is cited: Đ15.3 is *khoản 3 Điều 15*, phần 1 gạch 4 *gạch đầu dòng 4 phần 1*."""
    place = ASIDE.sub("", place)
    if place.startswith("Đ") and place[1:2].isdigit():
        return article(place[1:])
    part, dash, number = place.partition(" gạch ")
    return f"gạch đầu dòng {number} {part}" if dash else place
