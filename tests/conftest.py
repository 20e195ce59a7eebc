"""What every test may use, and what the run says at its end."""

from collections.abc import Callable

import pytest

pytest_plugins = ["tests.support.servers", "tests.support.api"]

NEEDED = {"shared_postgres": "postgres", "nats_url": "nats"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what a test needs by the fixtures it uses, so that `-m "not postgres"` is never wrong."""
    for item in items:
        for fixture, marker in NEEDED.items():
            if fixture in getattr(item, "fixturenames", ()):
                item.add_marker(marker)
        if item.get_closest_marker("soak"):
            item.add_marker(
                pytest.mark.timeout(0), append=False
            )  # as long as it takes, whatever the small one may


@pytest.fixture
def counted(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Say in the summary what was counted; the end of the run prints it."""

    def say(line: str) -> None:
        record_property("counted", line)

    return say


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests counted."""
    lines = sorted(
        str(value)
        for report in terminalreporter.getreports("passed")
        for name, value in report.user_properties
        if name == "counted"
    )
    if lines:
        terminalreporter.section("counted")
        for line in lines:
            terminalreporter.write_line(line)
