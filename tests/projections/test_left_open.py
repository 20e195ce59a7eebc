"""What a unit leaves behind: every column that names a unit is looked at when it ends, or is said why not."""

from typing import Final

import psycopg

from domain.commands.succession import NOUNS
from domain.succession import CLOSED, PASSES
from domain.unit import Unit
from domain.unit_guards import Left
from projections.succession import KEPT

DONE: Final = {
    # who did something, and for whom it was done, stays as it was
    "access_log.owner_unit": "who looked",
    "access_log.unit_id": "who looked",
    "acknowledgement_log.acknowledged_unit_id": "the unit of whoever acknowledged, when they did",
    "acknowledgement_log.owner_unit": "the unit of whoever acknowledged, when they did",
    "breach_log.reporting_unit_id": "who reported it",
    "case_facts.detecting_unit_id": "goes with the case, step by step",
    "case_facts.owner_unit": "goes with the case, step by step",
    "case_facts.unit_id": "who acted",
    "case_queue.approving_unit_id": "who approved",
    "client_register.registering_unit_id": "who registered it",
    "extraction_log.deciding_unit_id": "who decided",
    "report_log.owner_unit": "a report is issued once, under the name that its unit had",
    # what ends by itself within the hour, and is of the person who opened it
    "camera_uses.owner_unit": "a use of cameras is a person's, and ends by itself",
    # what goes by another row, or is found by place
    "account_log.owner_unit": "goes with the entry in the directory",
    "account_review_log.of_unit_id": "which accounts it began with",
    "account_review_log.owner_unit": "whoever reviews accounts of its area goes on with it",
    "areas.owner_unit": "who registered it; whoever administers areas changes it",
    "case_detail.owner_unit": "goes with the case in the queue",
    "device_diary.owner_unit": "of its time; it is shown with the camera",
    "device_diary.unit_id": "who acted",
    "extraction_log.owner_unit": "goes with the unit that asked",
    "obligations.detecting_unit_id": "goes with what it is of",
    "obligations.owner_unit": "goes with what it is of",
    "obligations.unit_id": "goes with what it is of",
    "outages.owner_unit": "of its time; it is shown with the camera",
    "recordings.owner_unit": "goes with the camera",
    "directory.successor_unit_id": "who follows",
}
"""Columns of units that stay as they are, and why."""
WORK: Final = {"breach", "incident", "obstacle", "recommendation", "roster", "shift", "work_order"}
"""What holds words and people besides."""
TABLES: Final = {"people": "directory", "bodies": "directory"}
COLUMNS: Final = {"part_of": "parent_unit_id"}


def test_every_column(database: str) -> None:
    """A column of a read model that names a unit is passed on, or stands here with its reason."""
    with psycopg.connect(database) as conn:
        found = {
            f"{table}.{column}"
            for table, column in conn.execute(
                "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
                " AND udt_name IN ('uuid', '_uuid') AND column_name ~ 'unit'"
            )
        }
    passed = {
        f"{TABLES.get(kept.table, kept.table)}.{COLUMNS.get(part, part)}"
        for kept in KEPT.values()
        for part in kept.parts
    }
    assert found - passed - DONE.keys() == set(), "passes to nobody"
    assert (passed | DONE.keys()) - found == set(), "there is no such column"
    assert passed & DONE.keys() == set()


def test_every_noun() -> None:
    """What the read models find, the events pass on: the same nouns, with their states and their count."""
    assert KEPT.keys() == NOUNS.keys()
    assert {*NOUNS.values()} == {*PASSES, Unit}
    assert {kept.left for kept in KEPT.values()} - {None} == vars(Left()).keys()
    for noun, cls in NOUNS.items():
        assert ("state <>" in KEPT[noun].open) == (cls in CLOSED), noun


def test_whose_it_is_and_nothing_else(common: str) -> None:
    """Whoever passes work on reads whose it is and how far; not of whom a breach is said, nor what is written."""
    with psycopg.connect(common) as conn:
        found = {
            (table, column)
            for table, column in conn.execute(
                "SELECT table_name, column_name FROM information_schema.column_privileges"
                " WHERE grantee = 'minhchung_schedule' AND privilege_type = 'SELECT' AND table_name = ANY(%s)",
                ([kept.table for noun, kept in KEPT.items() if noun in WORK],),
            )
        }
    wanted = {
        (kept.table, column)
        for noun, kept in KEPT.items()
        if noun in WORK
        for column in (kept.key, *kept.parts, kept.open.split()[0], "version")
    }
    assert found == wanted
