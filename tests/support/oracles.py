"""Every oracle of what one is shown: each says it of its own nouns, and is known only where it was imported."""

from tests.support import (
    oracle_breaches,
    oracle_cameras,
    oracle_clients,
    oracle_office,
    oracle_operation,
    oracle_tree,
    oracle_uses,
)

__all__ = [
    "oracle_breaches",
    "oracle_cameras",
    "oracle_clients",
    "oracle_office",
    "oracle_operation",
    "oracle_tree",
    "oracle_uses",
]
