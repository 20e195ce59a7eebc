"""What a time limit comes to, for whoever is signed in: the answers of `minhchung deadline`."""

import json
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from cli import deadline
from policies.rulebook import PROFILES, load
from tests.support.api import Installation

PREVIEW = """
query($timer: String!, $from: DateTime!, $variant: String, $profile: String) {
  deadlinePreview(timer: $timer, from: $from, variant: $variant, profile: $profile) {
    due lastDay rule basis hard provisional reason en: reason(language: EN)
  }
}
"""


def preview(installation: Installation, timer: str, start: str, **more: str | None) -> dict[str, Any]:
    """What somebody is answered."""
    given = {"timer": timer, "from": start, **more}
    answer = installation.signed_in("commune.lead").ask(PREVIEW, **given)["deadlinePreview"]
    assert isinstance(answer, dict)
    return answer


class TestDeadlinePreview:
    """The deadlines of the rulebook, as they are."""

    def test_transfer(self, installation: Installation) -> None:
        """A detection on Friday 29 April 2022 is to go to the police by Tuesday 10 May."""
        assert preview(installation, "TRANSFER", "2022-04-29T16:00:00+07:00") == {
            "due": "2022-05-11T00:00:00+07:00",
            "lastDay": "2022-05-10",
            "rule": "R-DH-11.3.a1",
            "basis": "DH 790 Đ11.3.a",
            "hard": False,
            "provisional": False,
            "reason": None,
            "en": None,
        }

    def test_variant_hours_and_offset(self, installation: Installation) -> None:
        """A variant is counted by its own value, hours to the minute, and an instant is one wherever it was written."""
        verify = preview(installation, "VERIFY", "2022-05-09T17:00:00Z", variant="COMPLEX")
        assert (verify["lastDay"], verify["hard"]) == ("2022-07-11", False)
        decide = preview(installation, "DECIDE", "2026-08-20T09:00:00+07:00")
        assert (decide["lastDay"], decide["hard"]) == ("2026-08-28", True)
        record = preview(installation, "TRANSFER_RECORD", "2022-09-30T16:30:00+07:00")
        assert (record["due"], record["lastDay"]) == ("2022-10-01T16:30:00+07:00", "2022-10-01")

    def test_another_regulation(self, installation: Installation) -> None:
        """The installation's regulation is asked unless another one is named."""
        start = "2023-04-25T09:00:00+07:00"
        ours = preview(installation, "DECIDE", start)
        theirs = preview(installation, "DECIDE", start, profile="national")
        assert (ours["rule"], theirs["rule"]) == ("R-DH-13.2.1", "R-VN-LXLVPHC-66.1.a")
        assert ours["due"] == theirs["due"]

    def test_not_set(self, installation: Installation) -> None:
        """What the regulation does not set has no deadline, and the answer says so in both languages."""
        found = preview(installation, "KEEP_FOOTAGE", "2022-06-01T08:00:00+07:00")
        assert (found.pop("reason"), found.pop("en")) == (
            "quy định này không đặt ra",
            "not set by this regulation",
        )
        assert set(found.values()) == {None}

    def test_provisional(self, installation: Installation) -> None:
        """What a year without a published schedule decides is marked."""
        assert preview(installation, "TRANSFER", "2026-12-30T08:00:00+07:00")["provisional"] is True

    @pytest.mark.parametrize("profile", PROFILES)
    def test_command_line(self, installation: Installation, profile: str) -> None:
        """For every timer and variant of a profile the answer is that of `minhchung deadline`."""
        rulebook, start = load(profile), "2026-05-04T10:00:00+07:00"
        asked = {(value.name, value.variant) for value in (*rulebook.timers, *rulebook.inherited)}
        assert len(asked) > 10
        command = typer.Typer()
        deadline.register(command)
        for timer, variant in sorted(asked, key=str):
            options = ["--profile", profile, "--timer", timer, "--from", start]
            options += ["--variant", variant] if variant else []
            told = CliRunner().invoke(command, [*options, "--json"])
            said = json.loads(told.stdout)
            found = preview(installation, timer, start, variant=variant, profile=profile)
            assert found["due"] == said["due"]
            if found["due"] is None:
                assert found["en"] == said["reason"]
                continue
            assert [found[name] for name in ("lastDay", "rule", "basis", "hard", "provisional")] == [
                said["last_day"],
                said["rule"],
                said["basis"],
                said["hard"],
                said.get("provisional", False),
            ]


class TestRefused:
    """One line that names the argument and what was expected, and repeats nothing that was sent."""

    @pytest.mark.parametrize(
        "given,says",
        [
            pytest.param(
                {"profile": "ha-noi-x"},
                f"profile: expected one of {', '.join(sorted(PROFILES))}",
                id="profile",
            ),
            pytest.param(
                {"timer": "VERIFY", "variant": "FAST"},
                "variant: expected one of COMPLEX, NORMAL",
                id="variant",
            ),
            pytest.param({"variant": "FAST"}, "variant: this time limit has no variants", id="no-variants"),
            pytest.param(
                {"from": "2022-06-01T08:00:00"}, "from: an offset is expected, such as +07:00", id="no-offset"
            ),
            pytest.param({"from": "9999-12-31T23:00:00+07:00"}, "from: beyond the calendar", id="last-day"),
            pytest.param({"from": "0001-01-01T00:00:00+14:00"}, "from: beyond the calendar", id="first-day"),
        ],
    )
    def test_argument(self, installation: Installation, given: dict[str, str], says: str) -> None:
        """An argument that cannot be answered is named, with what was expected."""
        asked = {"timer": "TRANSFER", "from": "2022-06-01T08:00:00+07:00", **given}
        error = installation.signed_in("commune.lead").error(PREVIEW, **asked)
        assert error["code"] == "INVALID_INPUT"
        assert error["message"].endswith(f" · {says}")
        assert "FAST" not in error["message"]
        assert "ha-noi-x" not in error["message"]

    def test_nobody(self, installation: Installation) -> None:
        """Nobody is told without signing in."""
        asked = {"timer": "TRANSFER", "from": "2022-06-01T08:00:00+07:00"}
        assert installation.anonymous.error(PREVIEW, **asked)["code"] == "UNAUTHENTICATED"

    def test_nothing_is_recorded(self, installation: Installation) -> None:
        """To ask what the law says leaves nothing on record."""
        person, before = installation.signed_in("commune.lead"), installation.head()
        asked = {"timer": "TRANSFER", "from": "2022-06-01T08:00:00+07:00"}
        assert person.ask(PREVIEW, **asked)["deadlinePreview"]["due"]
        assert installation.head() == before
