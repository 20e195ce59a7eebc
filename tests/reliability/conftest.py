"""What the reliability tests count, for the summary of the run."""

from collections.abc import Callable

import pytest


@pytest.fixture
def counted(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Say in the summary what was counted; `tests/conftest.py` prints it."""

    def say(line: str) -> None:
        record_property("counted", line)

    return say
