"""What the tests of the API share: the installation of `tests/support/api.py`, and the world of the matrix."""

from tests.support.api import apart, empty, founded, installation, shared_installation
from tests.support.world import shared_world, world

__all__ = ["apart", "empty", "founded", "installation", "shared_installation", "shared_world", "world"]
