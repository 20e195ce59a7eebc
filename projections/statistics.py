"""Statistics: how many cases something happened to, by what, as of any instant; nothing in them names a person.

A number is a count of cases that a fact stands about, of those in the reader's scope. What took place in the period
counts, as far as it had been recorded up to a place in the log: so a question about the past is answered today as it
was then.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from math import sqrt
from typing import Any, Final, LiteralString
from uuid import UUID

from psycopg import Connection
from psycopg.sql import SQL, Composable

from domain.errors import InvalidInput
from projections.case_facts import CaseFact, Outcome
from projections.scope import Scope

MOST_ROWS: Final = 5000
"""More than anybody reads; who asks for more is told to ask for less."""

FEW: Final = 30
"""Below so many decided proposals a precision says little, and is shown as such."""

FALSE_ALARMS: Final = frozenset({"FALSE_ALARM"})
"""The reasons of discarding that say the machine was wrong; a vehicle with right of way was seen rightly."""


class By(StrEnum):
    """What cases are told apart by."""

    AREA = "AREA"
    CAMERA = "CAMERA"
    KIND = "KIND"
    MONTH = "MONTH"
    OUTCOME = "OUTCOME"
    STATE = "STATE"
    UNIT = "UNIT"


DIMENSIONS: Final[dict[By, LiteralString]] = {
    By.AREA: "f.area_path",
    By.CAMERA: "f.camera_id::text",
    By.KIND: "f.kind",
    By.MONTH: "to_char(f.took_place_at AT TIME ZONE interval '7 hours', 'YYYY-MM')",
    By.OUTCOME: "w.outcome",
    By.STATE: "w.value",
    By.UNIT: "f.unit_id::text",
}
"""Where each is read; a month is one of Viet Nam, a unit the one that acted, or whose time ran out."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is counted: which cases, what took place when, and up to which place in the log."""

    upto: int
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    area: str | None = None
    camera_id: UUID | None = None
    kind: str | None = None
    unit_id: UUID | None = None


STOOD: Final[LiteralString] = """
{0}.position <= %(asked_upto)s AND ({0}.ended_position IS NULL OR {0}.ended_position > %(asked_upto)s)
"""
"""Whether a fact stood."""

NARROWED: Final[Mapping[str, LiteralString]] = {
    "starts_at": "f.took_place_at >= %(asked_starts_at)s",
    "ends_at": "f.took_place_at < %(asked_ends_at)s",
    "area": "(f.area_path = %(asked_area)s OR starts_with(f.area_path, %(asked_area)s || '/'))",
    "camera_id": "f.camera_id = %(asked_camera_id)s",
    "kind": "f.kind = %(asked_kind)s",
    "unit_id": "f.unit_id = %(asked_unit_id)s",
}

# cases first, each once: where it stood then, and who held it, decide whether the reader counts it
WITHIN: Final[LiteralString] = """
WITH w AS MATERIALIZED (
    SELECT case_id, value, outcome FROM (SELECT * FROM case_facts AS s WHERE s.fact = 'STATE' AND {state}) AS s
    WHERE {scope}
)
"""
COUNTED: Final[LiteralString] = """
SELECT {shown}, f.fact, f.value, grouping(f.value), count(DISTINCT f.case_id), coalesce(sum(f.amount), 0)::bigint
FROM case_facts AS f JOIN w USING (case_id) WHERE f.fact <> 'STATE' AND {stood} AND {narrowed}
GROUP BY GROUPING SETS (({groups} f.fact), ({groups} f.fact, f.value)) ORDER BY 1, f.fact, f.value LIMIT {most}
"""
BEHIND: Final[LiteralString] = """
SELECT DISTINCT f.case_id FROM case_facts AS f JOIN w USING (case_id)
WHERE f.fact = %(fact)s AND (%(value)s::text IS NULL OR f.value = %(value)s) AND {stood} AND {narrowed}
"""
STANDING: Final[LiteralString] = "SELECT w.value, count(*) FROM w GROUP BY w.value ORDER BY w.value"
# what was found to be nothing, or another case stands for, makes no place hotter
HOT: Final[LiteralString] = """
SELECT {shown}, f.kind, count(DISTINCT f.case_id) AS cases FROM case_facts AS f JOIN w USING (case_id)
WHERE f.fact = 'DETECTED' AND w.outcome <> ALL(%(cold)s) AND {stood} AND {narrowed}
GROUP BY 1, 2 ORDER BY cases DESC, 1, 2 LIMIT %(first)s
"""
COLD: Final = [Outcome.DISCARDED, Outcome.NO_VIOLATION, Outcome.INSUFFICIENT, Outcome.MERGED, Outcome.VOIDED]


def place_of(conn: Connection[Any], as_of: datetime) -> int:
    """The place in the log up to which facts had been recorded by an instant."""
    row = conn.execute(
        "SELECT position FROM case_facts WHERE recorded_at <= %s ORDER BY recorded_at DESC, position DESC LIMIT 1",
        [as_of],
    ).fetchone()
    return row[0] if row else 0


@dataclass
class Count:
    """How many cases a fact stands about, how many by its value, and how much money it is, in đồng."""

    cases: int = 0
    amount: int = 0
    by: dict[str, int] = field(default_factory=dict)


NONE: Final = Count()


@dataclass
class Cell:
    """What is counted of the cases of one group."""

    group: dict[By, str | None]
    facts: dict[CaseFact, Count] = field(default_factory=dict)

    def __getitem__(self, fact: CaseFact) -> Count:
        return self.facts.get(fact, NONE)


def cells(conn: Connection[Any], scope: Scope, question: Question, by: Sequence[By] = ()) -> list[Cell]:
    """What is counted, by group; a group of which nothing is counted is not there.

    Raises:
        InvalidInput: there would be more groups than anybody reads.
    """
    shown = SQL(", ").join(SQL(DIMENSIONS[one]) for one in by)
    statement = SQL(WITHIN + COUNTED).format(
        scope=SQL(scope.where),
        shown=SQL("ARRAY[{}]::text[]").format(shown),
        groups=SQL("").join(SQL(DIMENSIONS[one] + ", ") for one in by),
        most=SQL(str(MOST_ROWS + 1)),
        **_conditions(question),
    )
    rows = conn.execute(statement, {**_params(question), **scope.params}).fetchall()
    if len(rows) > MOST_ROWS:
        raise InvalidInput("by", "quá nhiều nhóm; hãy thu hẹp", "too many groups: narrow the question")
    found: dict[tuple[str | None, ...], Cell] = {}
    for group, fact, value, whole, cases, amount in rows:
        cell = found.setdefault(tuple(group), Cell(dict(zip(by, group, strict=True))))
        count = cell.facts.setdefault(CaseFact(fact), Count())
        if whole:
            count.cases, count.amount = cases, amount
        elif value is not None:
            count.by[value] = cases
    return list(found.values())


def total(conn: Connection[Any], scope: Scope, question: Question) -> Cell:
    """What is counted, of all cases."""
    return next(iter(cells(conn, scope, question)), Cell({}))


def behind(
    conn: Connection[Any],
    scope: Scope,
    question: Question,
    group: Mapping[By, str | None],
    fact: CaseFact,
    value: str | None = None,
) -> list[UUID]:
    """The cases behind a number: the same facts, of the same scope."""
    names: dict[By, LiteralString] = {one: DIMENSIONS[one] for one in group}
    narrowed = [
        SQL("({}) IS NOT DISTINCT FROM %({})s").format(SQL(column), SQL(f"group_{one.lower()}"))
        for one, column in names.items()
    ]
    conditions = _conditions(question)
    conditions["narrowed"] = SQL(" AND ").join([conditions["narrowed"], *narrowed])
    statement = SQL(WITHIN + BEHIND).format(scope=SQL(scope.where), **conditions)
    said = {f"group_{one.lower()}": wanted for one, wanted in group.items()}
    params = {**_params(question), **scope.params, **said, "fact": fact, "value": value}
    return [row[0] for row in conn.execute(statement, params)]


def standing(conn: Connection[Any], scope: Scope, question: Question) -> dict[str, int]:
    """How many cases stood in each state, whenever what was done to them took place."""
    statement = SQL(WITHIN + STANDING).format(scope=SQL(scope.where), state=_conditions(question)["state"])
    return dict(conn.execute(statement, {**_params(question), **scope.params}).fetchall())


@dataclass(frozen=True)
class Hotspot:
    """A place or a camera, an act, and how many cases of it stand."""

    place: str
    kind: str
    cases: int


def hotspots(conn: Connection[Any], scope: Scope, question: Question, by: By, *, first: int) -> list[Hotspot]:
    """Where most was detected in the period that was not found to be nothing, most first."""
    statement = SQL(WITHIN + HOT).format(
        scope=SQL(scope.where), shown=SQL(DIMENSIONS[by]), **_conditions(question)
    )
    params = {**_params(question), **scope.params, "cold": COLD, "first": first}
    return [Hotspot(*row) for row in conn.execute(statement, params)]


# -- precision --------------------------------------------------------------------------


@dataclass(frozen=True)
class Precision:
    """How often a machine was right where somebody has looked: approved, against discarded as false alarms."""

    of: str
    approved: int
    false_alarms: int
    other_discards: int

    @property
    def decided(self) -> int:
        """How many proposals say whether the machine was right."""
        return self.approved + self.false_alarms

    @property
    def precision(self) -> float | None:
        """The share that was right; None where nobody has decided on any."""
        return self.approved / self.decided if self.decided else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Where the true share lies with 95 % confidence (Wilson); wide where there are few."""
        n, p, z = self.decided, self.precision, 1.96
        if p is None:
            return None
        middle, spread = p + z * z / (2 * n), z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        scale = 1 + z * z / n
        return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)

    @property
    def few(self) -> bool:
        """Whether there are too few to say much."""
        return self.decided < FEW


def precision(conn: Connection[Any], scope: Scope, question: Question, by: By) -> list[Precision]:
    """The precision of each camera, or of each kind of detection, from what was decided in the period."""
    found = []
    for cell in cells(conn, scope, question, [by]):
        discarded = cell[CaseFact.DISCARDED]
        wrong = sum(count for reason, count in discarded.by.items() if reason in FALSE_ALARMS)
        approved = cell[CaseFact.TRANSFERRED].cases + cell[CaseFact.TAKEN_UP].cases
        if approved or discarded.cases:
            found.append(Precision(cell.group[by] or "", approved, wrong, discarded.cases - wrong))
    return found


# -- the numbers of a report --------------------------------------------------------------


def numbers(conn: Connection[Any], scope: Scope, question: Question, as_of: datetime) -> dict[str, Any]:
    """All that a report says, in texts and whole numbers: ids of units and cameras, and nobody."""

    def told(cell: Cell) -> dict[str, Any]:
        return {fact.value: _told(fact, count) for fact, count in cell.facts.items()}

    def by(one: By) -> dict[str, Any]:
        return {cell.group[one] or "": told(cell) for cell in cells(conn, scope, question, [one])}

    return {
        "from": _instant(question.starts_at),
        "to": _instant(question.ends_at),
        "asOf": _instant(as_of),
        "upto": question.upto,
        "total": told(total(conn, scope, question)),
        "standing": standing(conn, scope, question),
        "byArea": by(By.AREA),
        "byCamera": by(By.CAMERA),
        "byKind": by(By.KIND),
        "byOutcome": by(By.OUTCOME),
        "byUnit": by(By.UNIT),
        "precision": {
            one.of: {
                "approved": one.approved,
                "falseAlarms": one.false_alarms,
                "otherDiscards": one.other_discards,
            }
            for one in precision(conn, scope, question, By.CAMERA)
        },
    }


def _told(fact: CaseFact, count: Count) -> dict[str, Any]:
    said: dict[str, Any] = {"cases": count.cases}
    if count.by:
        said["by"] = count.by
    if fact in {CaseFact.DECIDED, CaseFact.PAID}:
        said["dong"] = count.amount
    return said


def _instant(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat()


# -- the parts of a statement -------------------------------------------------------------


def _conditions(question: Question) -> dict[str, Composable]:
    given = [NARROWED[name] for name in NARROWED if getattr(question, name) is not None]
    return {
        "state": SQL(STOOD).format(SQL("s")),
        "stood": SQL(STOOD).format(SQL("f")),
        "narrowed": SQL(" AND ").join(SQL(clause) for clause in ["true", *given]),
    }


def _params(question: Question) -> dict[str, Any]:
    return {f"asked_{name}": value for name, value in vars(question).items() if value is not None}
