"""What is kept of each obligation: `make trace`; `make trace ARGS=--strict` fails where the table has a hole.

`requirements.csv` holds the obligations of the four regulations: M must be enforced in code, S should be supported,
N is there to be read. A test says by a mark which of them it shows. What no test shows yet, or in part only, stands in
`open_requirements.csv` under the subject that will bring it, so that nothing is forgotten and nothing is claimed.
"""

import argparse
import ast
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from csv import DictReader
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

TESTS = Path(__file__).parent
ROOT = TESTS.parent

SUBJECTS = (
    "rulebooks, clocks and the violation process",
    "cameras, units, accounts and tiered access",
    "extraction package and hand-over",
    "agencies over NATS",
    "audit and transparency log",
    "operations",
    "public pages",
)
"""What is still to be built, as the list of open obligations names it."""

PACKAGES = ("domain", "policies", "store", "projections", "api", "detection", "cli", "migrations")
RULE = re.compile(r"R-[A-Z]+(?:-[\w.]*\w)+")


@dataclass(frozen=True)
class Obligation:
    """One sentence of a regulation that binds somebody, and what it asks of the software."""

    id: str
    duty: str
    source: str
    rule: str
    software_duty: str


@dataclass(frozen=True)
class Pending:
    """An obligation that is still to come, and the subject that brings it; *missing* says what of it, if not all."""

    id: str
    subject: str
    missing: str


@dataclass(frozen=True)
class Mark:
    """A test that says which obligation it shows; `id` is nothing where the mark does not name one in so many words."""

    id: str | None
    test: str


@dataclass(frozen=True)
class Trace:
    """The table, from what is written in the repository."""

    obligations: dict[str, Obligation]
    pending: list[Pending]
    marks: list[Mark]
    cited: frozenset[str]
    """The rules that the rulebooks cite: a test may show one of these too, though it is no row of the table."""
    code: dict[str, list[str]]
    """The files that name a rule where they enforce it."""

    def state(self, obligation: Obligation) -> str:
        """How far an obligation is kept: shown, part, open, reference, or nothing that anybody wrote down."""
        for one in self.pending:
            if one.id == obligation.id:
                return "part" if one.missing else "open"
        if any(mark.id == obligation.id for mark in self.marks):
            return "shown"
        return "reference" if obligation.duty == "N" else "nowhere"

    def problems(self) -> list[str]:
        """Where the table is not true or not whole, a line each."""
        return sorted(chain(self._of_marks(), self._of_code(), self._of_pending(), self._of_obligations()))

    def _of_marks(self) -> Iterator[str]:
        for mark in self.marks:
            if mark.id is None:
                yield f"{mark.test}: a mark names its rules as literal strings"
            elif not self._is_rule(mark.id):
                yield f"{mark.test}: there is no rule {mark.id}"
            if not re.fullmatch(r"(Test\w*|test_\w+|[A-Z_]+)", mark.test.rsplit("::", 1)[-1]):
                yield f"{mark.test}: a mark stands on a test, here pytest collects none"

    def _of_code(self) -> Iterator[str]:
        for id_, files in self.code.items():
            if not self._is_rule(id_):
                yield f"{', '.join(files)}: there is no rule {id_}"

    def _is_rule(self, id_: str) -> bool:
        return id_ in self.obligations or id_ in self.cited

    def _of_pending(self) -> Iterator[str]:
        shown = {mark.id for mark in self.marks}
        for id_, times in Counter(one.id for one in self.pending).items():
            if times > 1:
                yield f"{id_}: stands {times} times in the open list"
        for one in self.pending:
            if one.id not in self.obligations or self.obligations[one.id].duty == "N":
                yield f"{one.id}: in the open list, but no obligation to be kept"
            if one.subject not in SUBJECTS:
                yield f"{one.id}: no subject {one.subject!r}: expected one of {'; '.join(SUBJECTS)}"
            if not one.missing and one.id in shown:
                yield f"{one.id}: open, though a test shows it: take it from the list, or say what is missing still"
            if one.missing and one.id not in shown:
                yield f"{one.id}: {one.missing!r} is missing, says the list, but no test shows the rest"

    def _of_obligations(self) -> Iterator[str]:
        for obligation in self.obligations.values():
            if self.state(obligation) == "nowhere":
                yield f"{obligation.id}: no test shows it, and it is not in the open list"


def rows(path: Path) -> Iterator[dict[str, str]]:
    """The rows of a table."""
    with path.open(encoding="utf-8", newline="") as file:
        yield from DictReader(file)


def marks_of(name: str, text: str) -> Iterator[Mark]:
    """Every mark in a file, with the test, the class of tests or the table of parameters that it stands on."""

    def visit(node: ast.AST, place: tuple[str, ...]) -> Iterator[Mark]:
        for child in ast.iter_child_nodes(node):
            inner = place
            match child:
                case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                    inner = (*place, child.name)
                case ast.Assign(targets=[ast.Name(id=variable)]) if not place:
                    inner = (variable,)
                case ast.Call() if ast.unparse(child.func) == "pytest.mark.rule":
                    for given in child.args or [child]:
                        said = given.value if isinstance(given, ast.Constant) else None
                        yield Mark(said if isinstance(said, str) else None, "::".join((name, *place)))
            yield from visit(child, inner)

    yield from visit(ast.parse(text), ())


def marks() -> Iterator[Mark]:
    """Every mark of every test."""
    for path in sorted(TESTS.rglob("test_*.py")):
        yield from marks_of(str(path.relative_to(ROOT)), path.read_text(encoding="utf-8"))


def code() -> dict[str, list[str]]:
    """The files that name each rule where they enforce it; `rules.csv` only says what the rules are."""
    found: dict[str, list[str]] = {}
    for path in sorted(chain.from_iterable((ROOT / package).rglob("*") for package in PACKAGES)):
        data = path.suffix in {".csv", ".yaml"} and path.is_relative_to(ROOT / "policies")
        if path.name != "rules.csv" and (data or path.suffix in {".py", ".sql"}):
            for rule in sorted(set(RULE.findall(path.read_text(encoding="utf-8")))):
                found.setdefault(rule, []).append(str(path.relative_to(ROOT)))
    return found


def read() -> Trace:
    """Read the table from the repository."""
    return Trace(
        obligations={row["id"]: Obligation(**row) for row in rows(TESTS / "requirements.csv")},
        pending=[Pending(**row) for row in rows(TESTS / "open_requirements.csv")],
        marks=list(marks()),
        cited=frozenset(row["id"] for path in ROOT.glob("policies/*/rules.csv") for row in rows(path)),
        code=code(),
    )


def table(trace: Trace) -> Iterator[str]:
    """The rows as a person reads them: the obligation, then its code, its tests and what is missing."""
    for id_, obligation in trace.obligations.items():
        yield f"{id_}  {obligation.duty}  {trace.state(obligation)}  {obligation.source}: {obligation.rule}"
        yield from (f"    code  {path}" for path in trace.code.get(id_, []))
        yield from (f"    test  {test}" for test in sorted({m.test for m in trace.marks if m.id == id_}))
        yield from (
            f"    to come  {o.subject}: {o.missing or obligation.software_duty}"
            for o in trace.pending
            if o.id == id_
        )


def totals(trace: Trace) -> Iterator[str]:
    """How many of each duty are shown, and how many each subject still owes."""
    for duty, meaning in (("M", "must be enforced"), ("S", "should be supported"), ("N", "to be read")):
        mine = [one for one in trace.obligations.values() if one.duty == duty]
        states = Counter(trace.state(one) for one in mine)
        yield f"{duty} {len(mine)} ({meaning}): " + ", ".join(
            f"{n} {state}" for state, n in sorted(states.items())
        )
        for subject in SUBJECTS:
            owed = Counter(
                trace.state(trace.obligations[one.id])
                for one in trace.pending
                if one.subject == subject and trace.obligations[one.id].duty == duty
            )
            if owed:
                yield f"    {subject}: {owed['open']} open, {owed['part']} in part"


def main(arguments: Iterable[str] | None = None) -> int:
    """Print the table; the status is 1 where it is to be strict and is not true or not whole."""
    parser = argparse.ArgumentParser(prog="python -m tests.trace", description=main.__doc__)
    parser.add_argument(
        "--strict", action="store_true", help="fail where an obligation is neither shown nor open"
    )
    strict = parser.parse_args(None if arguments is None else list(arguments)).strict
    trace = read()
    problems = trace.problems()
    sys.stdout.writelines(f"{line}\n" for line in chain(table(trace), [""], totals(trace)))
    sys.stderr.writelines(f"trace: {problem}\n" for problem in problems)
    return int(strict and bool(problems))


if __name__ == "__main__":
    sys.exit(main())
