"""What the tests of the API share: the installation, footage of its camera, and the world of the matrix."""

import pytest

from tests.support.api import Installation, apart, empty, founded, installation, shared_installation
from tests.support.footage import Footage
from tests.support.sites import settled
from tests.support.world import shared_world, world

__all__ = [
    "apart",
    "empty",
    "founded",
    "installation",
    "settled",
    "shared_installation",
    "shared_world",
    "world",
]


@pytest.fixture
def footage(installation: Installation) -> Footage:
    """Twenty-four seconds, half an hour ago; the auditor's grant begins today."""
    installation.today()
    return Footage(installation)
