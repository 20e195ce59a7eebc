"""A rulebook laid out for a person or a program: every value in force on a day, with its rules and dates."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from domain.clock import Timer
from policies.files import Strict
from policies.profile import Instrument, Start
from policies.rulebook import Rulebook
from policies.tables import CeilingRow, FineRow, SignerRow, in_force
from policies.values import Value

NOT_SET = "not set by this regulation"

_OUTSIDE = {
    "settles",
    "rule",
    "rules",
    "basis",
    "from_",
    "to",
    "effective_from",
    "effective_to",
}
"""Fields of a part that say why it is so, or when; the others are what it says."""
_NAMES = ("step", "name", "kind", "id", "action", "approver", "unit_kind")
"""What tells one part of a list from the others."""
_ONE_DAY = timedelta(days=1)


class Entry(NamedTuple):
    """One value, where it stands, the rules and words it stands on, and when it is in force."""

    name: str
    value: str
    rules: tuple[str, ...] = ()
    why: str = ""
    from_: date | None = None
    to: date | None = None


class Change(NamedTuple):
    """What a value was and is, and the instruments that changed it."""

    name: str
    before: Entry | None
    after: Entry | None
    by: tuple[str, ...]


def entries(rulebook: Rulebook, day: date) -> list[Entry]:
    """Return every value of *rulebook* in force on *day*, also those it inherits."""
    says, common = rulebook.says, rulebook.common
    hidden = {"silent", "ambiguities", "titles", "calendar"}
    found = [
        entry
        for name in type(says).model_fields
        if name not in hidden
        for entry in _walked(name, getattr(says, name), day)
    ]
    found += _walked("calendar", says.calendar or common.calendar, day)
    if says is not common:
        found += _walked("national_instruments", common.instruments, day)
    found += _walked("titles", common.titles, day)
    found += _deadlines((*rulebook.timers, *rulebook.inherited), day)
    found += [_fine(row) for row in rulebook.fines if in_force(row, day)]
    found += [_ceiling(row) for row in rulebook.ceilings if in_force(row, day)]
    found += [_signer(row) for row in rulebook.signers if in_force(row, day)]
    found += _cells(rulebook)
    return found + list(_walked("ambiguities", common.ambiguities, day))


def changes(rulebook: Rulebook, before: date, after: date) -> list[Change]:
    """Return what differs between two days, and by which instruments."""
    old = {entry.name: entry for entry in entries(rulebook, before)}
    new = {entry.name: entry for entry in entries(rulebook, after)}
    found = []
    for name in (*old, *(name for name in new if name not in old)):
        was, now = old.get(name), new.get(name)
        if was is None or now is None or (was.value, was.rules) != (now.value, now.rules):
            found.append(Change(name, was, now, _instruments(rulebook, was, now, before, after)))
    return found


def _instruments(
    rulebook: Rulebook, was: Entry | None, now: Entry | None, before: date, after: date
) -> tuple[str, ...]:
    """Return the instruments by which a value changed: of those of the day, the ones it cites, or else all."""
    there_are = dict.fromkeys((*rulebook.common.instruments, *rulebook.instruments))
    between = [one for one in there_are if before < one.effective_from <= after]
    if now and now.name.startswith(("instruments.", "national_instruments.")):
        return (now.name.partition(".")[2],)
    day = now.from_ if now and now.from_ else was.to + _ONE_DAY if was and was.to else None
    of_the_day = [one for one in between if one.effective_from == day] or between
    cited = [one for one in of_the_day if now and _cites(rulebook, now, one)]
    return tuple(one.id for one in cited or of_the_day)


def _cites(rulebook: Rulebook, entry: Entry, instrument: Instrument) -> bool:
    short = "/".join(instrument.id.split("/")[:2])
    words = [entry.why, *(rulebook.citation(rule) for rule in entry.rules)]
    return any(short in word for word in words)


def _walked(name: str, thing: Any, day: date) -> Iterator[Entry]:
    """Yield the values within *thing*: those that are cited by themselves, and the rest."""
    if thing is None or not _in_force(thing, day):
        return
    if isinstance(thing, Value):
        yield Entry(name, _plain(thing.value), _rules(thing), _why(thing), thing.from_, thing.to)
    elif isinstance(thing, Start):
        yield Entry(name, thing.date.isoformat(), _rules(thing), _why(thing))
    elif isinstance(thing, Strict):
        yield from _part(name, thing, day)
    elif isinstance(thing, Mapping):
        for key, part in thing.items():
            yield from _walked(f"{name}.{key}", part, day)
    elif isinstance(thing, tuple) and any(isinstance(part, Strict) for part in thing):
        yield from _listed(name, thing, day)
    else:
        yield Entry(name, _plain(thing))


def _listed(name: str, parts: Iterable[Any], day: date) -> Iterator[Entry]:
    """Yield the parts of a list by what tells them apart, or by their number."""
    seen: dict[str, int] = {}
    for part in parts:
        if isinstance(part, Value):
            yield from _walked(name, part, day)
        elif _in_force(part, day):
            key = str(getattr(part, _key(part), ""))
            seen[key] = seen.get(key, 0) + 1
            again = f"#{seen[key]}" if seen[key] > 1 or not key else ""
            yield from _walked(f"{name}.{key}{again}" if key else f"{name}{again}", part, day)


def _key(part: Any) -> str:
    return next((told for told in _NAMES if getattr(part, told, None)), "")


def _part(name: str, part: Strict, day: date) -> Iterator[Entry]:
    """Yield what a part says in one line, and the values within it that have rules of their own."""
    words: list[str] = []
    within: list[tuple[str, Any]] = []
    for field in type(part).model_fields:
        said = getattr(part, field)
        if field in _OUTSIDE or said is None or field == _key(part):
            continue
        listed = isinstance(said, tuple) and any(isinstance(one, Strict) for one in said)
        if listed or isinstance(said, Strict | Mapping):
            within.append((field, said))
        else:
            words.append(_plain(said) if field in {"vi", "en"} else f"{field}: {_plain(said)}")
    rules, why = _rules(part), _why(part)
    if words or rules or not within:
        yield Entry(name, " · ".join(words) or why or "in force", rules, why, *_span(part))
    for field, said in within:
        yield from _walked(f"{name}.{field}", said, day)


def _rules(part: Any) -> tuple[str, ...]:
    rule = getattr(part, "rule", None)
    return tuple(getattr(part, "rules", ())) or ((rule,) if rule else ())


def _why(part: Any) -> str:
    """Return the words a value stands on; without a rule it is not the regulation that sets it."""
    words = [getattr(part, "basis", None)]
    if isinstance(part, Value | Start) and not part.rule:
        words.append(NOT_SET)
    if settles := getattr(part, "settles", None):
        words.append(f"settles {settles}")
    if text := part.reading if isinstance(part, Start) else getattr(part, "chosen", None):
        words.append(f"{text.vi} · {text.en}")
    return "; ".join(word for word in words if word)


def _span(part: Any) -> tuple[date | None, date | None]:
    if isinstance(part, Instrument):
        return part.effective_from, part.effective_to
    return getattr(part, "from_", None), getattr(part, "to", None)


def _in_force(part: Any, day: date) -> bool:
    begins, ends = _span(part)
    return (begins is None or begins <= day) and (ends is None or day <= ends)


def _plain(value: Any) -> str:
    if isinstance(value, Strict):
        said = {field: getattr(value, field) for field in type(value).model_fields if field not in _OUTSIDE}
        if list(said) == ["kind"]:
            return f"{value.kind} ({' '.join(_rules(value))})"  # type: ignore[attr-defined] # the field it has
        return ", ".join(f"{field}: {_plain(one)}" for field, one in said.items() if one is not None)
    if isinstance(value, tuple | frozenset):
        return ", ".join(_plain(one) for one in value) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _deadlines(timers: Iterable[Timer], day: date) -> Iterator[Entry]:
    """Yield the time limits in force, the profile's own before the national ones of the same name."""
    seen: dict[str, str] = {}
    for timer in timers:
        if not timer.in_force(day):
            continue
        own = timer.rule.split("-")[1]
        if seen.setdefault(timer.name, own) != own:
            continue
        moved = ", moved past days off" if timer.period.rolls else ""
        yield Entry(
            f"deadlines.{timer.name}{'.' if timer.variant else ''}{timer.variant or ''}",
            f"{timer.period.amount} {timer.period.unit} from {timer.start}{moved}; missed: {timer.missed}",
            (timer.rule,),
            timer.basis,
            timer.in_force_from,
            timer.in_force_to,
        )


def _fine(row: FineRow) -> Entry:
    words = [f"{row.code}: {row.minimum:,} to {row.maximum:,} {row.currency}"]
    if row.points:
        words.append(f"{row.points} points")
    if row.suspension_from:
        words.append(f"licence suspended {row.suspension_from} to {row.suspension_to} months")
    note = f" ({row.note})" if row.note else ""
    return Entry(
        f"fines.{row.kind}.{row.group}{note}",
        "; ".join(words),
        (row.rule,),
        f"{row.basis} [{row.mark}]",
        row.from_,
        row.to,
    )


def _ceiling(row: CeilingRow) -> Entry:
    amount, why = f"{row.amount:,} {row.currency}", f"{row.basis} [{row.mark}]"
    return Entry(f"ceilings.{row.title}", amount, (row.rule,), why, row.from_, row.to)


def _signer(row: SignerRow) -> Entry:
    name = f"signers.{row.unit_kind}.{'leader' if row.leader == 'yes' else 'other'}.{row.title}"
    return Entry(name, "may hold the title", (row.rule,), "", row.from_, row.to)


def _cells(rulebook: Rulebook) -> Iterator[Entry]:
    """Yield what the matrix decides, one entry where it decides the same for leaders and others."""
    table = rulebook.access.table
    for (unit, leader, action, on), grant in sorted(table.items()):
        both = table.get((unit, not leader, action, on)) == grant
        if leader and both:
            continue
        who = "" if both else ".leader" if leader else ".other"
        said = "yes" if grant.allowed else "no"
        needs = f"; needs {', '.join(grant.needs)}" if grant.needs else ""
        name = f"access.{unit}{who}.{action}{'.' if on else ''}{on}"
        yield Entry(name, said + needs, grant.rules, grant.basis)
