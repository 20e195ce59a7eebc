"""Names of evidence are made from hashes: no name that somebody chose leads anywhere (G5)."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest

from detection.contracts import MalformedMessage, ViolationDetectedV1, evidence_name
from detection.evidence_store import EvidenceError, EvidenceFolder
from tests.support.api import Installation
from tests.support.detections import detection

SECRET = b"what no name leads to"
SHA = hashlib.sha256(SECRET).hexdigest()
GOOD = evidence_name(SHA, "jpg")

HOSTILE = (
    # up and out
    "../secret", "../../secret", "../../../etc/passwd", f"{SHA[:2]}/../../secret", f"{SHA[:2]}/../{SHA}.jpg",
    "./secret", f"./{GOOD}", f"{SHA[:2]}//{SHA}.jpg", f"{SHA[:2]}/./{SHA}.jpg", "..", ".", "", "/", "//",
    # from the root, and other machines
    "/etc/passwd", f"/{GOOD}", "//server/share/x", "C:\\Windows\\win.ini", "\\\\server\\share", "file:///etc/passwd",
    # written otherwise
    "%2e%2e/secret", "%2e%2e%2fsecret", "..%2fsecret", "..%252fsecret", "%c0%ae%c0%ae/secret", "..%5csecret",
    "..\\secret", "..\\..\\secret", f"{SHA[:2]}\\{SHA}.jpg", "....//secret", "..;/secret", "..\u2215secret",
    "\uff0e\uff0e/secret", "．．／secret", "\u2025/secret", "..\uff0fsecret",
    # looks like one
    GOOD.upper(), GOOD.replace("/", "\u2044"), GOOD + "/", GOOD + "\n", "\n" + GOOD, GOOD + " ", " " + GOOD,
    GOOD + "\0", GOOD + "\0.png", GOOD.replace(".", "\u2024"), GOOD + ".exe.", f"{SHA[:2]}/{SHA}", f"{SHA[:2]}/{SHA}.",
    f"{SHA[:2]}/{SHA}.JPG", f"{SHA[:2]}/{SHA}.j pg", f"{SHA[:2]}/{SHA[:-1]}.jpg", f"{SHA[:2]}/{SHA}a.jpg",
    f"00/{SHA}.jpg" if SHA[:2] != "00" else f"01/{SHA}.jpg", SHA[:2] + "/" + SHA.replace(SHA[0], "g") + ".jpg",
    f"{SHA[:2]}/{SHA}.{'x' * 300}", "a" * 300, "a/" * 150, ".incoming/worker/draft", "CON", "nul.jpg",
    f"{SHA[:2]}/{SHA}.jpg:stream", "~/secret", "$HOME/secret", "`id`", "{{7*7}}",
)  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> EvidenceFolder:
    """A store with one object in it, beside a file that is none."""
    (tmp_path / "secret").write_bytes(SECRET)
    kept = EvidenceFolder(tmp_path / "evidence", writer="test")
    assert kept.keep(SECRET, "jpg") == GOOD
    return kept


def test_store(store: EvidenceFolder, counted: Callable[[str], None]) -> None:
    """Whatever way one reads, a name that is not made from a hash gives nothing."""
    for name in HOSTILE:
        with pytest.raises(EvidenceError):
            store.read(name)
        with pytest.raises(EvidenceError):
            store.size(name)
        with pytest.raises(EvidenceError):
            store.read_range(name, 0, 10)
        with pytest.raises(EvidenceError), store.local(name):
            pass
    assert store.read(GOOD) == SECRET
    counted(
        f"G5 {len(HOSTILE)} hostile names in four ways of reading, in messages and in addresses: 0 accepted"
    )


@pytest.mark.parametrize("name", HOSTILE)
def test_message(name: str) -> None:
    """A detection whose evidence has such a name is malformed."""
    data = detection(1).to_data()
    data["evidence"][0]["name"] = name
    with pytest.raises(MalformedMessage, match=r"data\.evidence\[0\]\.name"):
        ViolationDetectedV1.from_data(data)


def test_address(installation: Installation) -> None:
    """As an address of a file none of them opens anything, raw or quoted."""
    for name in HOSTILE:
        for path in (quote(name, safe=""), quote(name), quote(quote(name, safe=""), safe="")):
            answer = installation.client.get(f"/evidence/{path}")
            assert "content-disposition" not in answer.headers, path
            assert SECRET not in answer.content
