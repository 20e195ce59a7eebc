"""A rulebook is data: a regulation that nobody issued is read from its tables, without a line of code."""

import shutil
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

from domain.context import Actor
from domain.rules import Forwarded, RecordStart, Track
from policies.checking import checked
from policies.rulebook import Rulebook, read
from policies.showing import changes

FOLDER = Path(__file__).parent / "invented"
NOW = datetime(2026, 6, 2, 8, 0, tzinfo=UTC)


def song_xanh(root: Path = FOLDER) -> Rulebook:
    """Return the rulebook of Sông Xanh, over the national rules that are installed."""
    return read("song-xanh", root)


def test_sound() -> None:
    """Its tables are sound."""
    assert checked("song-xanh", FOLDER) == ([], [])


def test_deadlines_change_by_date() -> None:
    """Its own time limit changes with its own instrument; what it does not set is national."""
    rulebook = song_xanh()
    first = rulebook.deadline("TRANSFER", datetime(2026, 5, 28, 1, 0, tzinfo=UTC))
    second = rulebook.deadline("TRANSFER", datetime(2026, 6, 1, 1, 0, tzinfo=UTC))
    assert first is not None
    assert second is not None
    assert (first.last_day, first.rule) == (date(2026, 6, 1), "R-SX-3")
    assert (second.due, second.rule) == (datetime(2026, 6, 2, 13, 0, tzinfo=UTC), "R-SX-4")
    national = rulebook.deadline("DECIDE", NOW)
    assert national is not None
    assert national.rule == "R-VN-LXLVPHC-66.1.a"


def test_permissions() -> None:
    """Its matrix decides, with the facts that hold for its kinds of unit."""
    rulebook = song_xanh()
    leader = Actor(
        account_id=UUID(int=1),
        unit_id=UUID(int=2),
        unit_kind="RIVER_POLICE",
        area_path="sx",
        role="HANDLER",
        leader=True,
    )
    facts = rulebook.facts_about("RIVER_POLICE")
    assert rulebook.authority.may(leader, "case.conclude", now=NOW, facts=facts).allowed is True
    assert rulebook.authority.may(leader, "case.conclude", now=NOW).missing == ("police-law",)
    assert rulebook.authority.may(leader, "case.approve", now=NOW).rules == ("R-SX-1",)
    assert rulebook.authority.receives("RIVER_POLICE", "TRAFFIC") is True
    assert rulebook.authority.receives("RIVER_POLICE", "SECURITY") is False


def test_settings_of_a_day() -> None:
    """Its switches are its own, and those of the day."""
    before, after = song_xanh().on(date(2026, 5, 31)), song_xanh().on(date(2026, 6, 1))
    assert before.settings.verify_after_forwarding is Forwarded.CONTINUES
    assert after.settings.verify_after_forwarding is Forwarded.RESTARTS
    assert after.settings.record_start is RecordStart.VIOLATOR_DETERMINED
    assert after.settings.notice_tracks == {Track.SUPPLIED, Track.OWN_DEVICE}
    assert after.settings.duplicate_window_s == 60
    assert (before.settings.registered_clients, after.settings.registered_clients) == (False, True)
    assert after.settings.publication is not None
    assert (after.settings.publication.app, after.settings.publication.verified_only) == (
        "Sông Xanh 24h",
        False,
    )
    assert list(after.purposes) == ["FLOOD_WATCH"]
    assert after.titles("RIVER_POLICE", date(2026, 6, 1), leader=True) == ("TEAM_LEADER",)
    assert after.titles("RIVER_POLICE", date(2026, 5, 31), leader=True) == ()


def test_what_its_second_instrument_changed() -> None:
    """A comparison of two days names the instrument of the invented regulation."""
    found = {change.name: change for change in changes(song_xanh(), date(2026, 5, 31), date(2026, 6, 1))}
    assert found["deadlines.TRANSFER"].by == ("9/QĐ-SX",)
    assert found["unit_kinds.HARBOUR_OFFICE"].after is None
    assert found["unit_kinds.RIVER_OFFICE"].before is None
    assert found["settings.verify_after_forwarding"].by == ("9/QĐ-SX",)


def test_version_and_digest(tmp_path: Path) -> None:
    """Each of its changes is a version; whatever file of it is touched, the digest differs."""
    rulebook = song_xanh()
    assert rulebook.on(date(2026, 5, 31)).version == f"song-xanh@2026-04-01+{rulebook.digest[:8]}"
    assert rulebook.on(date(2026, 6, 30)).version == f"song-xanh@2026-06-01+{rulebook.digest[:8]}"
    root = tmp_path / "invented"
    shutil.copytree(FOLDER, root)
    assert song_xanh(root).digest == rulebook.digest
    for path in sorted((root / "song_xanh").iterdir()):
        text = path.read_text(encoding="utf-8")
        path.write_text(text + "\n", encoding="utf-8")
        assert song_xanh(root).digest != rulebook.digest, path.name
        path.write_text(text, encoding="utf-8")
