"""Documents out of a case."""

from pathlib import Path

import pytest

from tests.support.api import Installation
from tests.support.issuing import KINDS, driven


@pytest.mark.parametrize("kind", KINDS)
def test_try(installation: Installation, kind: str) -> None:
    """Try."""
    desk = driven(installation, kind)
    made = desk.issued(kind)
    print(made)
    Path(f"/tmp/lab/papers/{kind.lower()}.pdf").write_bytes(desk.pdf(made["id"]))
