"""What a message may say: the rules that its reader holds it to."""

import json

import pytest

from detection.contracts import MalformedMessage, evidence_name, unwrap, wrap
from tests.support.detections import detection


def renamed(name: object) -> bytes:
    """A message whose evidence has another name."""
    event = json.loads(wrap(detection(1)))
    event["data"]["evidence"][0]["name"] = name
    return json.dumps(event).encode()


class TestEvidenceName:
    """Evidence is named after its own hash."""

    @pytest.mark.parametrize("suffix", ["jpg", "mp4", "x"])
    def test_its_own(self, suffix: str) -> None:
        """A name made of the item's own hash and a short suffix is read."""
        name = evidence_name("c" * 64, suffix)
        assert unwrap(renamed(name)).evidence[0].name == name

    @pytest.mark.parametrize(
        "name",
        [
            "../../etc/passwd",
            "/etc/passwd",
            "frame.jpg",
            "cc/" + "d" * 64 + ".jpg",
            "dd/" + "d" * 64 + ".jpg",
            "dd/" + "c" * 64 + ".jpg",
            "cc/" + "c" * 64,
            "cc/" + "c" * 64 + ".",
            "cc/" + "c" * 64 + ".JPG",
            "cc/" + "c" * 64 + ".jpg/..",
            "cc/" + "c" * 64 + ".jpg\n",
            "cc/" + "c" * 64 + ".ninechars",
            None,
            7,
        ],
    )
    def test_another(self, name: object) -> None:
        """Any other name is refused with the one that was expected, and is not repeated."""
        expected = r"\Adata\.evidence\[0\]\.name: cc/c{64}\.SUFFIX is expected\Z"
        with pytest.raises(MalformedMessage, match=expected):
            unwrap(renamed(name))
