"""What several composition roots build alike: the application and the rulebook of one installation."""

from api.urls import SignedUrls
from cli.up.endpoints import Endpoints
from domain.commands.application import CaseSystem
from policies.rulebook import Rulebook, load
from store.keys import KeyFolder

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


def signed_urls(endpoints: Endpoints) -> SignedUrls:
    """The addresses that open files, signed with a key of this installation."""
    return SignedUrls(KeyFolder(endpoints.keys).secret("evidence-urls"))


def rulebook() -> Rulebook:
    """The rulebook of this installation."""
    return load(PROFILE)
