"""`minhchung rules`: a rulebook shown, compared at two dates, checked."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.console import NO, Stop, answer, usage

if TYPE_CHECKING:
    from policies.rulebook import Rulebook
    from policies.showing import Change, Entry

Profile = Annotated[str, typer.Argument(help="Profile of the regulation, such as dong-hoi.")]
Json = Annotated[bool, typer.Option("--json", help="Answer as one line of JSON.")]


def register(app: typer.Typer) -> None:
    """Add the subcommand."""
    rules = typer.Typer(help="Quy định đang dùng · The rulebooks.", no_args_is_help=True)
    app.add_typer(rules, name="rules")

    @rules.command()
    def show(
        profile: Profile,
        at: Annotated[str | None, typer.Option("--at", help="Day in force; the newest if absent.")] = None,
        as_json: Json = False,
    ) -> None:
        """Mọi giá trị, căn cứ và ngày hiệu lực · Every value with its rule and dates."""
        from policies.showing import NOT_SET, entries

        rulebook = _loaded(profile)
        on = _in_force(rulebook, _day("--at", at) if at else rulebook.changes[-1], as_json=as_json)
        found, silent = entries(rulebook, on), rulebook.says.silent
        lines = [_line(rulebook, entry) for entry in found]
        lines += [f"{NOT_SET}: {name}: {text.vi} · {text.en}" for name, text in silent.items()]
        answer(
            {
                "profile": profile,
                "version": rulebook.version_on(on),
                "at": on.isoformat(),
                "values": [_shown(entry) for entry in found],
                "not_set": [{"name": name, "vi": text.vi, "en": text.en} for name, text in silent.items()],
            },
            as_json=as_json,
            text="\n".join([f"{rulebook.version_on(on)} on {on}", *lines]),
        )

    @rules.command()
    def diff(
        profile: Profile,
        from_: Annotated[str, typer.Option("--from", help="The earlier day.")],
        to: Annotated[str, typer.Option("--to", help="The later day.")],
        as_json: Json = False,
    ) -> None:
        """Khác nhau giữa hai ngày, do văn bản nào · What differs between two days, and by which instrument."""
        from policies.showing import changes

        rulebook = _loaded(profile)
        before, after = _day("--from", from_), _day("--to", to)
        if after < before:
            usage(f"--to {after}: expected a day on or after --from {before}")
        _in_force(rulebook, before, as_json=as_json)
        found = changes(rulebook, before, after)
        answer(
            {
                "profile": profile,
                "from": before.isoformat(),
                "to": after.isoformat(),
                "changes": [
                    {
                        "name": change.name,
                        "before": change.before and _shown(change.before),
                        "after": change.after and _shown(change.after),
                        "by": change.by,
                    }
                    for change in found
                ],
            },
            as_json=as_json,
            text="\n".join(map(_difference, found))
            or f"{profile}: nothing differs between {before} and {after}",
        )

    @rules.command()
    def check(
        profile: Annotated[str | None, typer.Argument(help="All profiles if absent.")] = None,
        folder: Annotated[
            Path | None, typer.Option("--folder", help="Folder of the profiles, if not those installed.")
        ] = None,
        as_json: Json = False,
    ) -> None:
        """Kiểm tra quy định · Whether the rulebooks are sound: every mistake, one a line."""
        from policies.checking import checked

        try:
            problems, calendar = checked(profile, folder)
        except LookupError as error:
            usage(str(error))
        said = [*problems, *(f"calendar: {line}" for line in calendar)]
        answer(
            {"valid": not problems, "problems": problems, "calendar": calendar},
            as_json=as_json,
            text="\n".join(said or ["valid"]),
        )
        if problems:
            raise Stop("", NO)


def _loaded(profile: str) -> "Rulebook":
    from policies.rulebook import RulebookInvalid, UnknownProfile, load

    try:
        return load(profile)
    except (UnknownProfile, RulebookInvalid) as error:
        usage(str(error))


def _day(option: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        usage(f"{option} {text!r}: expected a date such as 2026-04-01")


def _in_force(rulebook: "Rulebook", day: date, *, as_json: bool) -> date:
    """Return *day*, if the regulation is in force on it."""
    from policies.rulebook import NotInForce

    try:
        rulebook.version_on(day)
    except NotInForce as error:
        answer({"in_force": False, "reason": str(error)}, as_json=as_json, text=str(error))
        raise Stop("", NO) from None
    return day


def _shown(entry: "Entry") -> dict[str, object]:
    return {
        "name": entry.name,
        "value": entry.value,
        "rules": entry.rules,
        "why": entry.why,
        "from": entry.from_ and entry.from_.isoformat(),
        "to": entry.to and entry.to.isoformat(),
    }


def _line(rulebook: "Rulebook", entry: "Entry") -> str:
    cited = "; ".join(f"{rule}: {rulebook.citation(rule)}" for rule in entry.rules)
    reason = " | ".join(filter(None, (cited, entry.why)))
    dates = f" ({entry.from_ or ''}..{entry.to or ''})" if entry.from_ or entry.to else ""
    return f"{entry.name} = {entry.value}{dates}" + (f" [{reason}]" if reason else "")


def _difference(change: "Change") -> str:
    before = change.before.value if change.before else "nothing"
    after = change.after.value if change.after else "nothing"
    cited = [" ".join(entry.rules) for entry in (change.before, change.after) if entry and entry.rules]
    rules = " -> ".join(dict.fromkeys(cited))
    return f"{change.name}: {before} -> {after} [{rules}] by {', '.join(change.by) or 'no instrument of these days'}"
