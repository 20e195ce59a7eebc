"""Reading a rulebook: its own folder and the national one, whole, or refused with all that is wrong with them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Protocol, TypeVar

from policies.access import Line
from policies.files import Document, Problems, Row, at_row, column, document, rows, section, where
from policies.profile import Profile, Standing
from policies.tables import (
    NEEDS,
    AccessRow,
    ActionRow,
    CeilingRow,
    Dated,
    DayRow,
    DeadlineRow,
    FineRow,
    RoleRow,
    Rule,
    SignerRow,
    overlapping,
)
from policies.working_days import check_days

INSTALLED = Path(__file__).parent
NATIONAL = "national"
ACTIONS, ROLES = "actions.csv", "roles.csv"
COMMON = ("rules.csv", "deadlines.csv")
OWN = ("access.csv", "signers.csv")
OF_THE_STATE = ("fines.csv", "ceilings.csv", "calendar.csv", "computed.csv")
"""Tables of every folder, of a profile, and of the national rules alone."""


class Keyed(Dated, Protocol):
    """A dated row of which two with one key may not be in force at once."""

    @property
    def key(self) -> tuple[str, ...]:
        """What tells the row from others."""


Value = TypeVar("Value", bound=Keyed)


@dataclass(frozen=True)
class Folder:
    """What the files of one folder say, row by row."""

    path: Path
    document: Document
    says: Profile | None
    rules: list[tuple[int, Rule]]
    deadlines: list[tuple[int, DeadlineRow]]
    access: list[tuple[int, AccessRow]]
    signers: list[tuple[int, SignerRow]]
    fines: list[tuple[int, FineRow]]
    ceilings: list[tuple[int, CeilingRow]]
    published: list[tuple[int, DayRow]]
    computed: list[tuple[int, DayRow]]

    @property
    def unit_kinds(self) -> set[str]:
        """The kinds of unit it names, as far as the file can be read."""
        return _keys(self.document, "unit_kinds")


@dataclass(frozen=True)
class Sources:
    """Everything a rulebook is made of, checked: nothing in it is unknown, doubled or without a rule."""

    own: Folder
    national: Folder
    actions: Mapping[str, ActionRow]
    roles: Mapping[str, frozenset[str]]
    files: tuple[Path, ...]
    """Every file that it was read from."""

    @property
    def inherits(self) -> bool:
        """Whether it stands over the national rules, or is them."""
        return self.own is not self.national

    @property
    def folders(self) -> tuple[Folder, ...]:
        """The national folder, and its own where it has one."""
        return (self.national, self.own) if self.inherits else (self.national,)

    @property
    def rules(self) -> Mapping[str, Rule]:
        """The obligations of both."""
        return MappingProxyType({rule.id: rule for folder in self.folders for _, rule in folder.rules})


def sources(profile: str, root: Path) -> Sources:
    """Read and check all that the rulebook of *profile* is made of, or raise `RulebookInvalid`.

    Where *root* holds no national folder, actions or functions, those that are installed stand in.
    """
    problems = Problems()
    national = _folder(_given(root, NATIONAL), problems, own=False)
    own = national if profile == NATIONAL else _folder(root / profile.replace("-", "_"), problems, own=True)
    tables = _given(root, ACTIONS), _given(root, ROLES)
    actions = _actions(tables[0], problems)
    files = [path for folder in {national.path, own.path} for path in folder.glob("*.*")]
    files = sorted(path for path in files if path.suffix in {".csv", ".yaml"})
    found = Sources(own, national, actions, _roles(tables[1], actions, problems), (*tables, *files))
    names = own.document.content
    if isinstance(names, dict) and "profile" in names:
        problems.known(own.document.place(("profile",)), "profile", [str(names["profile"])], [profile])
    _check(found, profile, problems)
    problems.stop()
    return found


def _given(root: Path, name: str) -> Path:
    return root / name if (root / name).exists() else INSTALLED / name


def _folder(path: Path, problems: Problems, *, own: bool) -> Folder:
    said = document(path / "rulebook.yaml", problems)
    expected = {"rulebook.yaml", *COMMON, *(OWN if own else OF_THE_STATE)}
    for other in sorted(path.glob("*.csv")) + sorted(path.glob("*.yaml")):
        if other.name not in expected:
            problems.add(where(other), f"expected no such file: only {', '.join(sorted(expected))} are read")

    def table(name: str, model: type[Row]) -> list[tuple[int, Row]]:
        return rows(path / name, model, problems) if name in expected else []

    return Folder(
        path=path,
        document=said,
        says=section(said, Profile, problems),
        rules=table("rules.csv", Rule),
        deadlines=table("deadlines.csv", DeadlineRow),
        access=table("access.csv", AccessRow),
        signers=table("signers.csv", SignerRow),
        fines=table("fines.csv", FineRow),
        ceilings=table("ceilings.csv", CeilingRow),
        published=table("calendar.csv", DayRow),
        computed=table("computed.csv", DayRow),
    )


def _check(found: Sources, profile: str, problems: Problems) -> None:
    ids = _ids(found, problems)
    for folder in found.folders:
        name = profile if folder is found.own else NATIONAL
        _check_document(folder, found, ids, problems)
        _check_deadlines(folder, name, ids, problems)
    own, national = found.own, found.national
    _check_access(own, profile, found.actions, ids, problems)
    titles = _keys(national.document, "titles")
    _check_dated(own.path / "signers.csv", own.signers, ids, problems)
    for number, signer in own.signers:
        place = at_row(own.path / "signers.csv", number)
        problems.known(place, "unit_kind", [signer.unit_kind], own.unit_kinds)
        problems.known(place, "title", [signer.title], titles)
    _check_dated(national.path / "fines.csv", national.fines, ids, problems)
    _check_dated(national.path / "ceilings.csv", national.ceilings, ids, problems)
    for number, ceiling in national.ceilings:
        problems.known(at_row(national.path / "ceilings.csv", number), "title", [ceiling.title], titles)
    confirmed = frozenset(row.date.year for _, row in national.published)
    check_days(national.path / "calendar.csv", national.published, problems)
    check_days(national.path / "computed.csv", national.computed, problems, apart_from=confirmed)


def _ids(found: Sources, problems: Problems) -> set[str]:
    """Return the ids of all rules; one that stands twice is a mistake."""
    ids: set[str] = set()
    for folder in found.folders:
        for number, rule in folder.rules:
            if rule.id in ids:
                problems.add(
                    at_row(folder.path / "rules.csv", number), f"id: expected once, {rule.id} is repeated"
                )
            ids.add(rule.id)
        ids |= column(folder.path / "rules.csv", "id")
    return ids


def _check_document(folder: Folder, found: Sources, ids: set[str], problems: Problems) -> None:
    """Check the names in `rulebook.yaml`, wherever they stand, even where other parts of it are wrong."""
    said = folder.document
    units = folder.unit_kinds
    for keys, known in (
        (("rule", "rules"), ids),
        (("unit_kind", "parent", "successor", "requester", "approver"), units),
        (("unit_kinds",), units),
        (("action", "opens"), found.actions),
        (("roles",), found.roles),
        (("domains",), _keys(said, "domains")),
        (("settles",), _keys(found.national.document, "ambiguities")),
    ):
        for place, field, word in said.named(*keys):
            problems.known(place, field, [word], known)
    content = said.content if isinstance(said.content, dict) else {}
    facts = content.get("facts")
    for kind, words in facts.items() if isinstance(facts, dict) else ():
        place = said.place(("facts", kind))
        problems.known(place, "facts", [str(kind)], units)
        problems.known(place, f"facts.{kind}", map(str, words if isinstance(words, list) else ()), NEEDS)
    standing = content.get("standing")
    acts = standing.get("acts") if isinstance(standing, dict) else None
    problems.known(said.place(("standing", "acts")), "standing.acts", map(str, acts or ()), found.actions)
    named = content.get("unit_kinds")
    for tie in ("parent", "successor"):
        ties = {str(kind): str(unit[tie]) for kind, unit in _parts(named) if tie in unit}
        for kind in _in_a_circle(ties):
            problems.add(
                said.place(("unit_kinds", kind, tie)),
                f"unit_kinds.{kind}.{tie}: expected no circle, {kind} leads back to itself",
            )


def _check_deadlines(folder: Folder, profile: str, ids: set[str], problems: Problems) -> None:
    path = folder.path / "deadlines.csv"
    before: dict[tuple[str, str | None], list[DeadlineRow]] = {}
    for number, row in folder.deadlines:
        place = at_row(path, number)
        problems.known(place, "profile", [row.profile], [profile])
        problems.known(place, "rule", [row.rule], ids)
        others = before.setdefault((row.timer, row.variant), [])
        if other := overlapping(others, row):
            problems.add(place, f"from: expected after the value in force from {other.from_}")
        others.append(row)


def _check_dated(path: Path, values: list[tuple[int, Value]], ids: set[str], problems: Problems) -> None:
    before: dict[tuple[str, ...], list[Value]] = {}
    for number, row in values:
        place = at_row(path, number)
        problems.known(place, "rule", [row.rule], ids)  # type: ignore[attr-defined] # each of these tables has one
        others = before.setdefault(row.key, [])
        if other := overlapping(others, row):
            problems.add(place, f"from: expected after the value in force from {other.from_}")
        others.append(row)


def _check_access(
    own: Folder, profile: str, actions: Mapping[str, ActionRow], ids: set[str], problems: Problems
) -> None:
    path = own.path / "access.csv"
    matrix = [row.action for row in actions.values() if not row.decided_as and not row.needs]
    seen: set[tuple[str, ...]] = set()
    for number, row in own.access:
        place = at_row(path, number)
        problems.known(place, "profile", [row.profile], [profile])
        problems.known(place, "unit_kind", [row.unit_kind], own.unit_kinds)
        problems.known(place, "action", [row.action], matrix)
        problems.known(place, "needs", row.needs, NEEDS)
        problems.known(place, "rules", row.rules, ids)
        if row.key in seen:
            problems.add(place, f"expected each cell once, {' '.join(filter(None, row.key))} is repeated")
        seen.add(row.key)


def _keys(said: Document, name: str) -> set[str]:
    content = said.content if isinstance(said.content, dict) else {}
    part = content.get(name)
    return {str(key) for key in part} if isinstance(part, dict) else set()


def _parts(named: object) -> list[tuple[object, dict[str, object]]]:
    if not isinstance(named, dict):
        return []
    return [(name, part) for name, part in named.items() if isinstance(part, dict)]


def _in_a_circle(ties: Mapping[str, str]) -> Iterator[str]:
    """Yield whoever comes back to themselves by following *ties*."""
    for start in ties:
        seen, at = {start}, ties[start]
        while at in ties and at not in seen:
            seen.add(at)
            at = ties[at]
        if at == start:
            yield start


def _actions(path: Path, problems: Problems) -> Mapping[str, ActionRow]:
    found: dict[str, ActionRow] = {}
    read = rows(path, ActionRow, problems)
    for number, row in read:
        place = at_row(path, number)
        if row.action in found:
            problems.add(place, f"action: expected once, {row.action} is repeated")
        problems.known(place, "needs", (row.needs or "").split(), NEEDS)
        found[row.action] = row
    circle = set(_in_a_circle({row.action: row.decided_as for _, row in read if row.decided_as}))
    for number, row in read:
        place = at_row(path, number)
        if row.action in circle:
            problems.add(place, f"decided_as: expected no circle, {row.action} leads back to itself")
        elif row.decided_as:
            final = [name for name, other in found.items() if not other.decided_as]
            problems.known(place, "decided_as", [row.decided_as], final)
    return MappingProxyType(found)


def _roles(path: Path, actions: Mapping[str, ActionRow], problems: Problems) -> Mapping[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for number, row in rows(path, RoleRow, problems):
        problems.known(at_row(path, number), "action", [row.action], actions)
        found[row.role] = found.get(row.role, frozenset()) | {row.action, *decided_as(row.action, actions)}
    return MappingProxyType(found)


def decided_as(action: str, actions: Mapping[str, ActionRow]) -> list[str]:
    """Return the actions that are decided as *action* is."""
    return [row.action for row in actions.values() if row.decided_as == action]


def lines(found: Sources) -> list[Line]:
    """Return the policy lines: what the enforcer decides over, and the table is made from."""
    says = found.own.says
    if says is None or says.standing is None:
        return []
    return [*_cells(found), *_reading(says.unit_kinds, says.standing, found.actions)]


def _cells(found: Sources) -> Iterator[Line]:
    """Yield each cell of the matrix, for its action and for those decided as it is."""
    for _, row in found.own.access:
        for action in (row.action, *decided_as(row.action, found.actions)):
            yield Line(
                unit=row.unit_kind,
                leader=row.leader or "any",
                action=action,
                on=row.on,
                allowed=row.allowed == "yes",
                needs=row.needs,
                basis=_told(row, found.rules),
                rules=row.rules,
            )


def _told(row: AccessRow, rules: Mapping[str, Rule]) -> str:
    """Return the basis as people are told it: where the text is silent, what the answer rests on then."""
    if row.basis.startswith("silent"):
        return "; ".join(rules[rule].citation for rule in row.rules if rule in rules)
    return row.basis.replace("**", "")


def _reading(units: Iterable[str], standing: Standing, actions: Mapping[str, ActionRow]) -> Iterator[Line]:
    """Yield the reading that every kind of unit may do under a need."""
    for row in actions.values():
        ground = standing.acts.get(row.action, standing.reading)
        for unit in units if row.needs else ():
            yield Line(
                unit=unit,
                leader="any",
                action=row.action,
                on="",
                allowed=True,
                needs=tuple((row.needs or "").split()),
                basis=ground.basis,
                rules=ground.rules,
            )
