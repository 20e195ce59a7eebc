"""What several composition roots build alike: the application and the rulebook of one installation."""

from cli.up.endpoints import Endpoints
from domain.commands.application import CaseSystem
from policies.rulebook import Rulebook, load

PROFILE = "dong-hoi"
"""The regulation of this installation, and the jurisdiction in its subjects."""


def application(endpoints: Endpoints, *, role: str, pool: int = 2, overflow: int = 4) -> CaseSystem:
    """The application over an installation's database, under the role of its process."""
    return CaseSystem(
        env={
            "DATABASE_URL": endpoints.database_url,
            "DATABASE_ROLE": role,
            "DATABASE_POOL_SIZE": str(pool),
            "DATABASE_POOL_OVERFLOW": str(overflow),
            "MINHCHUNG_KEYS": str(endpoints.keys),
        }
    )


def rulebook() -> Rulebook:
    """The rulebook of this installation."""
    return load(PROFILE)
