"""Where a benchmark runs: a migrated database and a broker of its own, with the durability of production."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from domain.commands.application import CaseSystem

CLUSTER = ("server_version", "fsync", "synchronous_commit", "full_page_writes")


@dataclass(frozen=True)
class Installation:
    """The servers of one run; the addresses hold secrets and are not shown."""

    database_url: str = field(repr=False)
    nats_url: str = field(repr=False)
    keys: Path

    def application(self, role: str, *, pool: int = 1) -> CaseSystem:
        """The application as a process of that role has it."""
        return CaseSystem(
            env={
                "DATABASE_URL": self.database_url,
                "DATABASE_ROLE": role,
                "DATABASE_POOL_SIZE": str(pool),
                "DATABASE_POOL_OVERFLOW": "0",
                "MINHCHUNG_KEYS": str(self.keys),
            }
        )

    def connect(self) -> psycopg.Connection[tuple[Any, ...]]:
        """A plain connection that commits each statement and prepares it at once."""
        conn = psycopg.connect(self.database_url, autocommit=True)
        conn.prepare_threshold = 0
        return conn

    def settings(self) -> dict[str, Any]:
        """The settings of the database both sides of a benchmark run under."""
        with self.connect() as conn:
            row = conn.execute(
                "SELECT " + ", ".join("current_setting(%s)" for _ in CLUSTER), list(CLUSTER)
            ).fetchone()
        return dict(zip(CLUSTER, row or (), strict=True))
