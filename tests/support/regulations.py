"""People of the other regulations."""

from datetime import timedelta

from domain.context import Context
from policies.rulebook import load
from tests.support.spec import NOW, actor, unit


def somebody(profile: str, kind: str, role: str = "HANDLER", area: str = "tinh") -> Context:
    """An act by somebody of a kind of unit, under a regulation."""
    rulebook = load(profile)
    who = actor(20, unit(f"{profile}-{kind}", kind, area), role)
    return Context(actor=who, now=NOW + timedelta(days=1), rulebook=rulebook, authority=rulebook.authority)
