"""Two sizes of one test: that of every run, and the one of `make soak`."""

import pytest


def sizes(**each: tuple[int, int]) -> pytest.MarkDecorator:
    """Give a test its sizes by name, `kills=(20, 500)`: so many in every run, so many in `make soak`."""
    small, large = zip(*each.values(), strict=True)
    return pytest.mark.parametrize(
        tuple(each),
        [pytest.param(*small, id="ci"), pytest.param(*large, id="soak", marks=pytest.mark.soak)],
    )
