"""The switches of a regulation as the domain asks for them, and the days on which anything of it changes."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from types import MappingProxyType

from domain.clock import Timer
from domain.rules import Publication, Settings, Uses
from policies.guidance_section import guidance_of
from policies.obstacle_section import obstacles_of
from policies.operating import operation_of
from policies.profile import Profile, PublicationSection
from policies.tables import Dated
from policies.values import Value, on_day

_ONE_DAY = timedelta(days=1)


def settings_on(says: Profile, day: date) -> Settings:
    """Return the switches of *day* as the domain asks for them."""
    switches = {
        name: chosen.value
        for name in type(says.settings).model_fields
        if (chosen := on_day(getattr(says.settings, name), day))
    }
    switches["notice_tracks"] = frozenset(switches["notice_tracks"])
    switches["inspection_flags"] = MappingProxyType(
        {flag.kind: flag.rule for flag in switches["inspection_flags"]}
    )
    published = _publication(says.publication) if says.publication else None
    limits = {name: value.value for name, value in says.uses or ()}
    return Settings(
        **switches,
        publication=published,
        uses=Uses(**limits),
        operation=operation_of(says),
        guidance=guidance_of(says.guidance, day),
        obstacles=obstacles_of(says.obstacles, day),
    )


def _publication(section: PublicationSection) -> Publication:
    return Publication(
        app=section.app,
        rule=section.rule,
        verified_only=section.verified_only.value,
        domains=frozenset(section.catalogue.domains),
        catalogue_rule=section.catalogue.rule,
        locations=frozenset(section.catalogue.locations),
        fields=section.fields.value,
    )


def changes_of(
    says: Profile, common: Profile, timers: Iterable[Timer], dated: Iterable[Dated]
) -> tuple[date, ...]:
    """Return the days on which something of the rulebook changes, its first day first."""
    dates = {instrument.effective_from for instrument in (*says.instruments, *common.instruments)}
    spans = [(timer.in_force_from, timer.in_force_to) for timer in timers]
    spans += [(value.from_, value.to) for value in (*dated, *_dated(says), *_dated(common))]
    for begins, ends in spans:
        dates |= {day for day in (begins, ends and ends + _ONE_DAY) if day}
    return tuple(
        sorted({change for change in dates if change > says.effective_from.date} | {says.effective_from.date})
    )


def _dated(says: Profile) -> Iterator[Dated]:
    """Yield what has dates in `rulebook.yaml`."""
    yield from says.unit_kinds.values()
    yield from says.operating_units
    for name in type(says.settings).model_fields:
        values: tuple[Value[object], ...] = getattr(says.settings, name)
        yield from values
    yield from says.guidance.before_use if says.guidance else ()
    yield from says.obstacles
