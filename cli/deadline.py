"""`minhchung deadline`: when a time limit ends, by which rule, and whether a miss bars the act."""

import re
from contextlib import suppress
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from cli.console import NO, Stop, answer, usage

if TYPE_CHECKING:
    from domain.clock import Deadline

NOT_SET = "not set by this regulation"

_INSTANT = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?([Zz]|[+-]\d{2}:\d{2})", re.ASCII
)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def register(app: typer.Typer) -> None:
    """Add the subcommand."""

    @app.command()
    def deadline(
        profile: Annotated[str, typer.Option(help="Profile of the regulation, such as dong-hoi.")],
        timer: Annotated[str, typer.Option(help="Name of the time limit, such as TRANSFER.")],
        from_: Annotated[
            str, typer.Option("--from", help="The event that starts it: RFC 3339 with offset, or a date.")
        ],
        variant: Annotated[
            str | None, typer.Option(help="Such as COMPLEX; the first listed if absent.")
        ] = None,
        as_json: Annotated[bool, typer.Option("--json", help="Answer as one line of JSON.")] = False,
    ) -> None:
        """Tính hạn theo quy định · When a time limit ends, and under which rule."""
        from policies.rulebook import RulebookInvalid, UnknownProfile, UnknownVariant, load

        start = instant(from_)
        try:
            found = load(profile).deadline(timer, start, variant)
        except (UnknownProfile, UnknownVariant, RulebookInvalid) as error:
            usage(str(error))
        except OverflowError:
            usage(f"--from {from_} leads beyond the calendar: expected a date the period can be counted from")
        if found is None:
            answer({"due": None, "reason": NOT_SET}, as_json=as_json, text=f"{timer}: {NOT_SET} ({profile})")
            raise Stop("", NO)
        answer(shown(found), as_json=as_json, text=sentence(timer, found))


def instant(text: str) -> datetime:
    """Return the instant *text* names; a date is its 00:00 in Viet Nam."""
    from domain.clock import start_of

    with suppress(ValueError):  # a month 13 or an hour 25 is refused like any other text
        if _DATE.fullmatch(text):
            return start_of(date.fromisoformat(text))
        if _INSTANT.fullmatch(text):
            return datetime.fromisoformat(text.upper())
    return usage(
        f"--from {text!r}: expected an instant with offset such as 2022-09-30T16:30:00+07:00, or a date"
    )


def shown(deadline: "Deadline") -> dict[str, object]:
    """Return the answer for a program; `provisional` appears only where the calendar is not yet confirmed."""
    answered: dict[str, object] = {
        "due": deadline.due.isoformat(),
        "last_day": deadline.last_day.isoformat(),
        "rule": deadline.rule,
        "basis": deadline.basis,
        "hard": deadline.hard,
    }
    return answered | ({"provisional": True} if deadline.provisional else {})


def sentence(timer: str, deadline: "Deadline") -> str:
    """Return the answer for a person."""
    consequence = "a miss bars the act" if deadline.hard else "a miss does not bar it"
    provisional = "; provisional: the days off of that year are not confirmed" if deadline.provisional else ""
    return (
        f"{timer}: due {deadline.due.isoformat()}, last day {deadline.last_day:%a} {deadline.last_day}; "
        f"{deadline.rule} ({deadline.basis}); {consequence}{provisional}"
    )
