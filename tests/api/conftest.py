"""What the tests of the API share: the installation of `tests/support/api.py`, and footage of its camera."""

import pytest

from tests.support.api import Installation, apart, empty, founded, installation, shared_installation
from tests.support.footage import Footage

__all__ = ["apart", "empty", "founded", "installation", "shared_installation"]


@pytest.fixture
def footage(installation: Installation) -> Footage:
    """Twenty-four seconds, half an hour ago; the auditor's grant begins today."""
    installation.today()
    return Footage(installation)
