"""F1: every field has a rule and every input a meaning, by name; what is added without one fails here."""

from collections.abc import Callable, Iterator

from graphql import (
    is_input_object_type,
    is_interface_type,
    is_object_type,
)

from domain.area import GUARDS as AREA_GUARDS
from domain.breach_guards import GUARDS as BREACH_GUARDS
from domain.camera.acts import GUARDS as CAMERA_GUARDS
from domain.camera.uses import GUARDS as USE_OF_CAMERA_GUARDS
from domain.camera_use import GUARDS as USE_GUARDS
from domain.case.acts import GUARDS
from domain.client.guards import GUARDS as CLIENT_GUARDS
from domain.commands.acts import ACTS, ANEW, nouns_of
from domain.control import GUARDS as CONTROL_GUARDS
from domain.extraction.guards import GUARDS as EXTRACTION_GUARDS
from domain.incident.guards import GUARDS as INCIDENT_GUARDS
from domain.obstacle import GUARDS as OBSTACLE_GUARDS
from domain.recommendation import GUARDS as RECOMMENDATION_GUARDS
from domain.report import GUARDS as REPORT_GUARDS
from domain.roster import GUARDS as ROSTER_GUARDS
from domain.shift import GUARDS as SHIFT_GUARDS
from domain.unit_guards import GUARDS as UNIT_GUARDS
from domain.work_order import GUARDS as WORK_GUARDS
from tests.support import rules
from tests.support.documents import root, schema
from tests.support.oracle import CASE_ACTS, EXTRACTION_ACTS
from tests.support.oracle_breaches import BREACH_ACTS
from tests.support.oracle_cameras import CAMERA_ACTS
from tests.support.oracle_clients import CLIENT_ACTS
from tests.support.oracle_office import OFFICE_ACTS
from tests.support.oracle_operation import OPERATION_ACTS
from tests.support.oracle_tree import TREE_ACTS
from tests.support.oracle_uses import USES_OF_CAMERAS

BY_ONESELF = {
    "login": "nobody is signed in yet",
    "signInWithCode": "nobody is signed in yet",
    "logout": "whoever is signed in may leave",
    "changePassword": "of one's own account",
    "enrolSecondFactor": "of one's own account",
    "confirmSecondFactor": "of one's own account",
}
"""Mutations that nobody asks an explanation of, and why: they have no guard but being who one is."""


def _fields() -> Iterator[str]:
    for name, found in schema().type_map.items():
        if not name.startswith("__") and (is_object_type(found) or is_interface_type(found)):
            yield from (f"{name}.{field}" for field in found.fields)


def _inputs() -> Iterator[str]:
    for name, found in schema().type_map.items():
        if is_input_object_type(found):
            yield from (f"{name}.{field}" for field in found.fields)
        elif not name.startswith("__") and (is_object_type(found) or is_interface_type(found)):
            for field, says in found.fields.items():
                yield from (f"{name}.{field}.{arg}" for arg in says.args if name != "Mutation")


def test_every_field_has_a_rule(counted: Callable[[str], None]) -> None:
    """Whoever adds a field says in `rules_of_fields.csv` who is shown it; whoever takes one away, takes the rule."""
    built, ruled = set(_fields()), set(rules.fields())
    assert built - ruled == set(), "fields without a rule: add them to tests/api/rules_of_fields.csv"
    assert ruled - built == set(), "rules of fields that are gone"
    assert {rule.partition(":")[0] for rule in rules.fields().values()} == rules.RULES.keys()
    counted(f"F1 {len(built)} fields of the schema, each under one of {len(rules.RULES)} rules")


def test_every_input_has_a_meaning(counted: Callable[[str], None]) -> None:
    """Whoever adds an argument says in `rules_of_inputs.csv` what it names, so that others' ids are tried there."""
    built, said = set(_inputs()), rules.inputs()
    everywhere = {key.rpartition(".")[2] for key in said if key.startswith("*.")}
    meant = set(said) | {key for key in built if key.rpartition(".")[2] in everywhere}
    assert built - meant == set(), "inputs without a meaning: add them to tests/api/rules_of_inputs.csv"
    assert {key for key in said if not key.startswith("*.")} - built == set(), (
        "meanings of inputs that are gone"
    )
    assert set(said.values()) == rules.MEANINGS.keys()
    counted(f"F3 {len(built)} arguments and fields of inputs, each with what it names")


def test_every_act_has_a_guard_and_an_oracle() -> None:
    """Each guard of the domain is a mutation of its name, and the oracle of the matrix has a word on each."""
    acts = {
        noun: {act for act, about in rules.under("act", "Mutation").items() if about == noun}
        for noun in set(rules.under("act", "Mutation").values())
    }
    assert acts == {
        "case": GUARDS.keys(),
        "extraction": EXTRACTION_GUARDS.keys(),
        "camera": {"requestExtraction", "openCase", *CAMERA_GUARDS, *USES_OF_CAMERAS},
        "report": REPORT_GUARDS.keys(),
        "recommendation": RECOMMENDATION_GUARDS.keys(),
        "obstacle": OBSTACLE_GUARDS.keys(),
        "area": AREA_GUARDS.keys(),
        "unit": UNIT_GUARDS.keys(),
        "use": USE_GUARDS.keys(),
        "incident": INCIDENT_GUARDS.keys(),
        "work_order": WORK_GUARDS.keys(),
        "shift": SHIFT_GUARDS.keys(),
        "roster": ROSTER_GUARDS.keys(),
        "breach": BREACH_GUARDS.keys(),
        "client": CLIENT_GUARDS.keys(),
    }
    assert {*USE_OF_CAMERA_GUARDS, *CONTROL_GUARDS} == {*USES_OF_CAMERAS}
    assert acts["case"] == CASE_ACTS.keys()
    assert acts["extraction"] == EXTRACTION_ACTS.keys()
    assert CAMERA_GUARDS.keys() == CAMERA_ACTS.keys()
    made = {act for act, about in rules.under("make", "Mutation").items() if about == "case"}
    registered = {a for a, about in rules.under("make", "Mutation").items() if about in {"area", "unit"}}
    assert acts["area"] | acts["unit"] | registered == TREE_ACTS.keys()
    assert acts["report"] | acts["recommendation"] | acts["obstacle"] | made == OFFICE_ACTS.keys()
    running = {act for act, about in rules.under("make", "Mutation").items() if about == "camera"}
    running -= {"registerCamera"}
    for noun in ("incident", "work_order", "shift", "roster"):
        running |= acts[noun]
    assert running == OPERATION_ACTS.keys()
    assert acts["breach"] | {"reportBreach"} == BREACH_ACTS.keys()
    assert acts["client"] == CLIENT_ACTS.keys()


def test_every_mutation_is_explained() -> None:
    """Whoever adds a mutation adds its guard to the acts that are explained, under what it is done to or as anew."""
    built = set(root("Mutation").fields)
    explained = {act for act in built if act in ANEW or nouns_of(act)}
    assert built - explained == BY_ONESELF.keys()
    told = {act for about in ACTS.values() for act in about.guards} | ANEW.keys()
    assert {act for act in told - built if "." not in act} == set()


def test_every_list_counts_its_scope() -> None:
    """A list is a connection with a total, so that no total is forgotten where lists are compared."""
    for field in {
        **rules.under("list", "Query"),
        **rules.under("rows", "Query"),
        **rules.under("signed-in", "Query"),
    }:
        connection = str(root("Query").fields[field].type).rstrip("!")
        assert rules.fields()[f"{connection}.totalCount"] == "total"
