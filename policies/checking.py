"""Whether rulebooks are sound: all that is wrong with their files, and what the calendar package would change."""

from pathlib import Path

from policies.files import RulebookInvalid
from policies.reading import INSTALLED, sources
from policies.rulebook import UnknownProfile, read
from policies.working_days import differences


def profiles_in(root: Path) -> list[str]:
    """Return the profiles below a folder, the national one first."""
    found = sorted(path.parent.name.replace("_", "-") for path in root.glob("*/rulebook.yaml"))
    return sorted(found, key=lambda name: name != "national")


def checked(profile: str | None, folder: Path | None) -> tuple[list[str], list[str]]:
    """Return what is wrong with a profile or with all, and where the installed package differs from our calendar."""
    root = folder or INSTALLED
    there_are = profiles_in(root)
    if not there_are or (profile and profile not in there_are):
        expected = (
            f"expected one of {', '.join(there_are)}"
            if there_are
            else "expected folders with a rulebook.yaml"
        )
        raise UnknownProfile(f"{profile or root}: {expected}")
    problems: list[str] = []
    calendar: list[str] = []
    for name in [profile] if profile else there_are:
        try:
            read(name, root)
            national = sources(name, root).national
        except RulebookInvalid as error:
            problems += [line for line in error.problems if line not in problems]
            continue
        confirmed = frozenset(row.date.year for _, row in national.published)
        pinned = [row for _, row in national.computed]
        calendar += [line for line in differences(pinned, confirmed) if line not in calendar]
    return problems, calendar
