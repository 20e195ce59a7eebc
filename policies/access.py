"""Which kind of unit may do what, and on which basis: the permission matrix, decided once by casbin.

A decision by the enforcer walks every line (0.3 ms and more), so all of them are taken when a rulebook is
loaded, and a decision afterwards is one look into a table. Unknown is denied, and so is whatever cannot be
decided.
"""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import casbin

_log = logging.getLogger(__name__)

MODEL = Path(__file__).parent / "model.conf"


class Grant(NamedTuple):
    """Whether the matrix allows an action, what must be true besides, and the rules that say so."""

    allowed: bool
    needs: tuple[str, ...]
    basis: str
    rules: tuple[str, ...]


class Line(NamedTuple):
    """One cell of the matrix as a policy line; *leader* is yes, no or any."""

    unit: str
    leader: str
    action: str
    on: str
    allowed: bool
    needs: tuple[str, ...]
    basis: str
    rules: tuple[str, ...]


Key = tuple[str, bool, str, str]
"""Kind of unit, whether its leader acts, action, what it is done on."""


def enforcer(lines: Iterable[Line]) -> casbin.Enforcer:
    """Return casbin's own enforcer over *lines*: the slow way, and the oracle of the table."""
    model = casbin.Model()
    model.load_model_from_text(MODEL.read_text(encoding="utf-8"))
    made = casbin.Enforcer(model)
    for line in lines:
        policy = [
            line.unit,
            line.leader,
            *noun_and_verb(line.action),
            line.on,
            "allow" if line.allowed else "deny",
            " ".join(line.needs),
            line.basis,
            " ".join(line.rules),
        ]
        if not made.add_policy(*policy):
            raise ValueError(f"policy line repeated: {', '.join(policy)}")
    return made


def request(key: Key) -> tuple[str, str, str, str, str]:
    """Return *key* as a request to the enforcer."""
    unit, leader, action, on = key
    return (unit, "yes" if leader else "no", *noun_and_verb(action), on)


def noun_and_verb(action: str) -> tuple[str, str]:
    """Return `case.approve` as `case` and `approve`."""
    noun, _, verb = action.partition(".")
    return noun, verb


@dataclass(frozen=True, slots=True)
class Access:
    """The matrix of one profile, decided."""

    table: Mapping[Key, Grant]
    denied: Grant

    def decide(self, unit_kind: str, action: str, *, on: str | None = None, leader: bool = False) -> Grant:
        """Return what the matrix says of it, or of the action on anything; what it does not name is denied."""
        try:
            named = self.table.get((unit_kind, leader, action, on or ""))
            return named or self.table.get((unit_kind, leader, action, ""), self.denied)
        except Exception:  # noqa: BLE001 — a question that cannot be answered is answered no
            _log.exception("permission could not be decided")
            return self.denied


def compiled(lines: Iterable[Line], denied: Grant) -> Access:
    """Let casbin decide every combination the lines name; *denied* answers all others."""
    by_unit: dict[str, list[Line]] = {}
    for line in lines:
        by_unit.setdefault(line.unit, []).append(line)
    table: dict[Key, Grant] = {}
    for unit, its_lines in by_unit.items():
        # a line of another unit never matches, so an enforcer over one unit's lines decides the same, sooner
        decides = enforcer(its_lines)
        for action, on in {(line.action, line.on) for line in its_lines}:
            for leader in (False, True):
                key = (unit, leader, action, on)
                table[key] = _decided(decides, key, denied)
    return Access(MappingProxyType(table), denied)


def _decided(decides: casbin.Enforcer, key: Key, denied: Grant) -> Grant:
    try:
        allowed, line = decides.enforce_ex(*request(key))
    except Exception:  # noqa: BLE001 — as above: what casbin cannot decide is denied
        _log.exception("permission could not be decided: %s", key)
        return denied
    if not line:
        return denied
    *_, needs, basis, rules = line
    return Grant(allowed is True, tuple(needs.split()), basis, tuple(rules.split()))
