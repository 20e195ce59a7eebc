"""What the role of each process may do in the database, and that nobody changes the log."""

from collections.abc import Callable
from contextlib import suppress
from typing import LiteralString
from uuid import UUID

import psycopg
import pytest
from psycopg import Connection, sql
from psycopg.errors import InsufficientPrivilege

from tests.support.servers import as_superuser

READ_MODELS = (
    "access_log",
    "acknowledgement_log",
    "areas",
    "breach_log",
    "account_log",
    "account_review_log",
    "camera_registry",
    "camera_uses",
    "case_facts",
    "case_detail",
    "case_facts",
    "case_queue",
    "client_register",
    "device_diary",
    "directory",
    "duty_roster",
    "extraction_log",
    "guidance_log",
    "incident_log",
    "obligations",
    "obstacle_log",
    "outages",
    "recommendation_log",
    "recordings",
    "report_log",
    "shift_log",
    "work_order_log",
)
RIGHTS = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER", "MAINTAIN")

READ = {"SELECT"}
ADD = {"SELECT", "INSERT"}
KEEP = {"SELECT", "INSERT", "UPDATE"}
PASS = {"SELECT", "INSERT", "DELETE"}
OWN = {"SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE"}

EXPECTED: dict[str, dict[str, set[str]]] = {
    "minhchung_serve": {
        "events": READ,
        "commands": ADD,
        "personal_keys": ADD,
        "credentials": KEEP,
        "sessions": PASS,
        "former_passwords": PASS,
        "sign_in_failures": PASS,
        "second_factors": OWN - {"TRUNCATE"},
        "recovery_codes": PASS,
        "identities": OWN - {"TRUNCATE"},
        "sign_in_codes": OWN - {"TRUNCATE"},
        "sign_in_budgets": OWN - {"TRUNCATE"},
        "sign_in_places": OWN - {"TRUNCATE"},
        "camera_access": OWN - {"TRUNCATE"},
        "link_tries": READ,
        "case_numbers": KEEP,
        "positions": READ,
        "dead_letters": READ,
        **dict.fromkeys(READ_MODELS, READ),
    },
    "minhchung_intake": {
        "events": READ,
        "commands": ADD,
        "personal_keys": ADD,
        "case_numbers": KEEP,
        "dead_letters": ADD,
        "positions": READ,
        **dict.fromkeys(READ_MODELS, READ),
    },
    "minhchung_project": {"events": READ, "positions": KEEP, **dict.fromkeys(READ_MODELS, OWN)},
    "minhchung_outbox": {"events": READ, "positions": KEEP},
    "minhchung_schedule": {
        "events": READ,
        "sessions": {"DELETE"},
        "positions": KEEP,
        **dict.fromkeys(
            (
                "account_log",
                "areas",
                "camera_registry",
                "camera_uses",
                "case_queue",
                "client_register",
                "directory",
                "extraction_log",
                "guidance_log",
                "obligations",
            ),
            READ,
        ),
    },
    "minhchung_links": {
        "events": READ,
        "personal_keys": ADD,
        "camera_access": READ,
        "case_numbers": KEEP,
        "positions": KEEP,
        "camera_registry": READ,
        "link_tries": OWN - {"TRUNCATE"},
    },
    "minhchung_detect": {"camera_access": READ},
    "minhchung_operator": {
        "events": READ,
        "commands": ADD,
        "personal_keys": ADD,
        "credentials": KEEP,
        "sessions": PASS,
        "camera_access": OWN - {"TRUNCATE"},
        "former_passwords": PASS,
        "sign_in_failures": PASS,
        "second_factors": READ,
        "link_tries": READ,
        "positions": READ,
        "dead_letters": READ,
        **dict.fromkeys(READ_MODELS, READ),
    },
}
"""Every right of every role; what is not here is refused."""

CHANGES = {
    "UPDATE": "UPDATE events SET topic = 'case:approved'",
    "DELETE": "DELETE FROM events",
    "TRUNCATE": "TRUNCATE events",
}
ROLES = tuple(EXPECTED)


@pytest.fixture(scope="module")
def log(common: str) -> str:
    """The address of a log of one event, that nobody in this module manages to change."""
    with psycopg.connect(common, autocommit=True) as conn:
        conn.execute(
            "INSERT INTO events (originator_id, originator_version, topic, state) VALUES (%s, 1, 't', '{}')",
            (UUID(int=1),),
        )
    return common


def become(conn: Connection[tuple[object, ...]], role: str) -> None:
    """Take on a role for good."""
    conn.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(role)))


def log_of(database: str) -> list[tuple[object, ...]]:
    """Return the whole log."""
    with psycopg.connect(database) as conn:
        return conn.execute(LOG).fetchall()


LOG: LiteralString = "SELECT originator_id, originator_version, topic, state FROM events"
APPEND: LiteralString = (
    "INSERT INTO events (originator_id, originator_version, topic, state)"
    " VALUES (gen_random_uuid(), 1, 't', '{}')"
)
APPEND_AT: LiteralString = (
    "INSERT INTO events (originator_id, originator_version, topic, state, notification_id)"
    " VALUES (gen_random_uuid(), 1, 't', '{}', 1)"
)
UNTOUCHED = [(UUID(int=1), 1, "t", b"{}")]


@pytest.mark.rule("R-QT-5.1.0")
@pytest.mark.parametrize("role", ROLES)
def test_rights(common: str, role: str) -> None:
    """A role has exactly the rights its process needs, on every table there is."""
    with psycopg.connect(common) as conn:
        rows = conn.execute(
            "SELECT c.relname, p.name FROM pg_class AS c CROSS JOIN unnest(%s::text[]) AS p (name)"
            " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')"
            " AND has_table_privilege(%s, c.oid, p.name)",
            (list(RIGHTS), role),
        ).fetchall()
    found: dict[str, set[str]] = {}
    for table, right in rows:
        found.setdefault(table, set()).add(right)
    assert found == EXPECTED[role]


@pytest.mark.parametrize("role", ROLES)
def test_powers(common: str, role: str) -> None:
    """No role signs in by itself, makes roles or databases, passes row security or creates anything."""
    with psycopg.connect(common) as conn:
        powers = conn.execute(
            "SELECT rolsuper, rolcanlogin, rolcreaterole, rolcreatedb, rolbypassrls, rolreplication,"
            " has_schema_privilege(rolname, 'public', 'CREATE') FROM pg_roles WHERE rolname = %s",
            (role,),
        ).fetchone()
    assert powers == (False,) * 7


@pytest.mark.rule("R-QT-5.1.0", "R-QT-5.4.0", "R-DB-10.4.0", "R-YB-11.4.0")
@pytest.mark.parametrize("change", list(CHANGES))
@pytest.mark.parametrize("role", ROLES)
def test_the_log_is_not_changed(log: str, role: str, change: str) -> None:
    """No process changes, deletes or empties the log."""
    with psycopg.connect(log, autocommit=True) as conn:
        become(conn, role)
        with pytest.raises(InsufficientPrivilege, match="permission denied for table events"):
            conn.execute(CHANGES[change].encode())
    assert log_of(log) == UNTOUCHED


@pytest.mark.rule("R-QT-5.1.0", "R-QT-5.4.0", "R-DB-10.4.0")
@pytest.mark.parametrize("change", list(CHANGES))
def test_not_by_its_owner(log: str, change: str) -> None:
    """Nor does the owner of the tables: a trigger refuses what rights would allow."""
    with (
        psycopg.connect(log, autocommit=True) as conn,
        pytest.raises(InsufficientPrivilege, match=f"events are immutable: {change} refused"),
    ):
        conn.execute(CHANGES[change].encode())
    assert log_of(log) == UNTOUCHED


WAYS: dict[str, LiteralString] = {
    "insert-on-conflict": "INSERT INTO events (originator_id, originator_version, topic, state)"
    " SELECT originator_id, originator_version, topic, state FROM events"
    " ON CONFLICT (originator_id, originator_version) DO UPDATE SET topic = 'x'",
    "merge": "MERGE INTO events USING (SELECT 1) ON true WHEN MATCHED THEN DELETE",
    "inside-a-query": "WITH gone AS (DELETE FROM events RETURNING 1) SELECT count(*) FROM gone",
    "inside-a-block": "DO $$ BEGIN DELETE FROM events; END $$",
    "inside-a-view": "CREATE TEMP VIEW shown AS SELECT * FROM events; DELETE FROM shown",
    "copy-at-a-position": "COPY events FROM STDIN",
    "copy-from-a-program": "COPY events (topic) FROM PROGRAM 'echo'",
    "hold-every-row": "SELECT 1 FROM events FOR UPDATE",
    "hold-the-table": "BEGIN; LOCK TABLE events IN ACCESS EXCLUSIVE MODE",
    "without-triggers": "SET session_replication_role = replica",
    "disable-the-triggers": "ALTER TABLE events DISABLE TRIGGER ALL",
    "drop-a-trigger": "DROP TRIGGER events_are_immutable ON events",
    "drop-the-function": "DROP FUNCTION refuse_change() CASCADE",
    "another-function": "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql"
    " AS 'BEGIN RETURN NEW; END'",
    "a-trigger-of-ones-own": "CREATE TRIGGER mine BEFORE INSERT ON events EXECUTE FUNCTION refuse_change()",
    "a-rule": "CREATE RULE mine AS ON INSERT TO events DO INSTEAD NOTHING",
    "a-policy": "CREATE POLICY mine ON events USING (false)",
    "another-type": "ALTER TABLE events ALTER COLUMN topic TYPE text USING 'x'",
    "another-name": "ALTER TABLE events RENAME TO old",
    "another-owner": "ALTER TABLE events OWNER TO CURRENT_USER",
    "a-table-below": "CREATE TEMP TABLE below () INHERITS (events)",
    "a-table-elsewhere": "CREATE FOREIGN DATA WRAPPER elsewhere",
    "drop": "DROP TABLE events",
    "drop-the-counter": "DROP SEQUENCE events_notification_id_seq CASCADE",
}
"""Every other way to the same end that PostgreSQL knows."""


@pytest.mark.rule("R-QT-5.1.0", "R-QT-5.4.0", "R-DB-10.4.0")
@pytest.mark.parametrize("role", ROLES)
def test_nor_by_any_other_way(log: str, role: str, counted: Callable[[str], None]) -> None:
    """However a process tries, it changes nothing, keeps nobody out and gives itself no right."""
    for way in WAYS.values():
        with psycopg.connect(log, autocommit=True) as conn:
            become(conn, role)
            with pytest.raises(InsufficientPrivilege):
                conn.execute(way.encode())
    with psycopg.connect(log, autocommit=True) as conn:
        become(conn, role)
        with suppress(InsufficientPrivilege):  # whoever holds a right of it is warned, and given nothing
            conn.execute("GRANT ALL ON events TO CURRENT_USER")
        held = conn.execute("SELECT has_table_privilege('events', 'UPDATE, DELETE, TRUNCATE, TRIGGER')")
        assert held.fetchone() == (False,)
    assert log_of(log) == UNTOUCHED
    with psycopg.connect(log) as conn:
        assert conn.execute(TRIGGERS).fetchall() == [
            ("closed_cameras_have_no_address", "O"),
            ("events_are_immutable", "O"),
            ("events_are_kept", "O"),
        ]
        assert conn.execute(WITH_OTHER_RIGHTS).fetchall() == []
    counted(f"D3 {role}: {len(WAYS) + len(CHANGES)} ways to change the log, each refused")


TRIGGERS: LiteralString = """
SELECT tgname, tgenabled FROM pg_trigger WHERE tgrelid = 'events'::regclass AND NOT tgisinternal ORDER BY tgname
"""
WITH_OTHER_RIGHTS: LiteralString = (
    "SELECT proname FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace"
)
"""Functions that act with the rights of whoever made them: there are none."""


@pytest.mark.parametrize(
    "change, left",
    [("UPDATE", [(UUID(int=1), 1, "case:approved", b"{}")]), ("DELETE", []), ("TRUNCATE", [])],
)
def test_a_superuser_passes(log: str, postgres: str, change: str, left: list[tuple[object, ...]]) -> None:
    """A superuser cannot be held by the database: that is what the transparency log is for."""
    with psycopg.connect(as_superuser(log, postgres)) as conn:
        conn.execute(CHANGES[change].encode())
        assert conn.execute(LOG).fetchall() == left
        conn.rollback()


@pytest.mark.parametrize(
    "role",
    ["minhchung_serve", "minhchung_intake", "minhchung_operator", "minhchung_schedule", "minhchung_links"],
)
def test_positions_are_not_set(database: str, role: str) -> None:
    """Who appends draws the next position; nobody sets the counter back, or takes a place behind a reader."""
    with psycopg.connect(database, autocommit=True) as conn:
        become(conn, role)
        assert conn.execute("SELECT nextval('events_notification_id_seq')").fetchone() == (1,)
        with pytest.raises(InsufficientPrivilege):
            conn.execute("SELECT setval('events_notification_id_seq', 1)")
        conn.execute(APPEND)
        with pytest.raises(InsufficientPrivilege):
            conn.execute(APPEND_AT)


@pytest.mark.rule("R-DH-5.3.0", "R-DB-5.3.0")
@pytest.mark.parametrize(
    "role, reading",
    [
        ("minhchung_project", "credentials"),
        ("minhchung_project", "personal_keys"),
        ("minhchung_project", "sessions"),
        ("minhchung_outbox", "personal_keys"),
        ("minhchung_schedule", "personal_keys"),
        ("minhchung_intake", "credentials"),
        ("minhchung_intake", "sessions"),
        ("minhchung_intake", "camera_access"),
        ("minhchung_project", "camera_access"),
        ("minhchung_outbox", "camera_access"),
        ("minhchung_schedule", "camera_access"),
        ("minhchung_schedule", "sessions"),
        ("minhchung_links", "credentials"),
        ("minhchung_links", "sessions"),
        ("minhchung_links", "commands"),
    ],
)
def test_secrets_are_not_read(common: str, role: str, reading: str) -> None:
    """Processes that sign nobody in do not see secrets; the projector cannot open personal data."""
    with psycopg.connect(common, autocommit=True) as conn:
        become(conn, role)
        with pytest.raises(InsufficientPrivilege):
            conn.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(reading)))
