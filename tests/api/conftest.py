"""What the tests of the API share: the installation of `tests/support/api.py`."""

from tests.support.api import apart, empty, founded, installation, shared_installation

__all__ = ["apart", "empty", "founded", "installation", "shared_installation"]
