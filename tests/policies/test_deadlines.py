"""The deadlines of the rulebooks are those of the regulations, counted on the published calendar."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from domain.clock import Deadline
from policies.rulebook import NotInForce, Rulebook, UnknownRule, UnknownVariant, load


def at(text: str) -> datetime:
    """Return the instant *text* names, in Viet Nam."""
    return datetime.fromisoformat(text + "+07:00")


def found(profile: str, timer: str, start: str, variant: str | None = None) -> Deadline:
    """Return the deadline, which must be set."""
    deadline = load(profile).deadline(timer, at(start), variant)
    assert deadline is not None
    return deadline


def without_makeup_days(rulebook: Rulebook) -> Rulebook:
    """Return the rulebook under the other reading of make-up Saturdays."""
    return replace(rulebook, calendar=replace(rulebook.calendar, count_makeup_days=False))


WORKED = [
    pytest.param("dong-hoi", "TRANSFER", "2022-04-29T16:00", None, "2022-05-10", id="E01"),
    pytest.param("dong-hoi", "TRANSFER", "2022-08-30T09:00", None, "2022-09-08", id="E03"),
    pytest.param("dong-hoi", "VERIFY", "2022-05-10T09:00", "COMPLEX", "2022-07-11", id="E05"),
    pytest.param("dong-hoi", "VERIFY", "2023-01-31T09:00", "NORMAL", "2023-02-28", id="E07"),
    pytest.param("dong-hoi", "NOTIFY_RESULT", "2022-06-10T09:00", None, "2022-06-17", id="E09"),
    pytest.param("dong-hoi", "DRAW_RECORD", "2025-08-28T09:00", None, "2025-09-04", id="E11"),
    pytest.param("dong-hoi", "DECIDE", "2023-04-25T09:00", "FILE_TRANSFERRED", "2023-05-12", id="E15"),
    pytest.param("dong-hoi", "DECIDE", "2023-12-31T09:00", "COMPLEX", "2024-02-29", id="E17"),
    pytest.param("national", "EXPLAIN_REQUEST", "2024-04-26T09:00", None, "2024-05-03", id="E19-request"),
    pytest.param(
        "national", "EXPLAIN_SESSION_NOTICE", "2024-05-03T09:00", None, "2024-05-09", id="E19-notice"
    ),
    pytest.param("dong-hoi", "OWNER_APPEARANCE", "2025-04-11T09:00", None, "2025-05-05", id="E21"),
    pytest.param("dong-hoi", "MONTHLY_REPORT", "2022-07-01T00:00", None, "2022-07-30", id="E25-July"),
    pytest.param("dong-hoi", "MONTHLY_REPORT", "2023-02-01T00:00", None, "2023-02-28", id="E25-February"),
    pytest.param("dong-hoi", "SEND_DECISION", "2025-04-25T09:00", None, "2025-04-28", id="X1"),
    pytest.param("dong-hoi", "VERIFY", "2026-04-01T09:00", None, "2026-05-04", id="X3"),
    pytest.param("national", "VERIFY", "2026-04-01T09:00", "COMPLEX", "2026-06-01", id="X3-complex"),
    pytest.param("dong-hoi", "DECIDE", "2026-08-20T09:00", "ORDINARY", "2026-08-28", id="X5"),
    pytest.param("dong-hoi", "OWNER_APPEARANCE", "2025-04-06T09:00", None, "2025-04-26", id="X6"),
]


@pytest.mark.parametrize("profile,timer,start,variant,expected", WORKED)
def test_worked_example(profile: str, timer: str, start: str, variant: str | None, expected: str) -> None:
    """Each worked example ends at 24:00 of its last day."""
    deadline = found(profile, timer, start, variant)
    day = date.fromisoformat(expected)
    assert deadline.last_day == day
    assert deadline.due == at(f"{date.fromordinal(day.toordinal() + 1)}T00:00")
    assert deadline.provisional is False


@pytest.mark.parametrize(
    "timer,start,variant,expected",
    [
        pytest.param("EXPLAIN_SESSION_NOTICE", "2024-05-03T09:00", None, "2024-05-10", id="E19-notice"),
        pytest.param("SEND_DECISION", "2025-04-25T09:00", None, "2025-04-29", id="X1"),
        pytest.param("DECIDE", "2026-08-20T09:00", "ORDINARY", "2026-09-03", id="X5"),
        pytest.param("OWNER_APPEARANCE", "2025-04-06T09:00", None, "2025-04-28", id="X6"),
    ],
)
def test_without_makeup_saturdays(timer: str, start: str, variant: str | None, expected: str) -> None:
    """Where make-up Saturdays do not count, the same periods end later."""
    deadline = without_makeup_days(load("dong-hoi")).deadline(timer, at(start), variant)
    assert deadline is not None
    assert deadline.last_day == date.fromisoformat(expected)


@pytest.mark.rule("R-DH-13.1.3")
@pytest.mark.parametrize(
    "start,due",
    [("2022-09-30T16:30", "2022-10-01T16:30"), ("2023-04-28T17:00", "2023-04-29T17:00")],
)
def test_transfer_of_the_record(start: str, due: str) -> None:
    """E13: the record goes on within 24 hours, on a Saturday and on a holiday too."""
    assert found("dong-hoi", "TRANSFER_RECORD", start).due == at(due)


@pytest.mark.rule("R-DH-18.0.0")
def test_value_of_the_day_it_starts() -> None:
    """The national change of 1 April 2026 applies to what starts that day, and not to what started the day before."""
    before = found("dong-hoi", "DRAW_RECORD", "2026-03-31T23:59")
    after = found("dong-hoi", "DRAW_RECORD", "2026-04-01T00:00")
    assert (before.last_day, after.last_day) == (date(2026, 4, 3), date(2026, 4, 8))


@pytest.mark.rule("R-DH-11.3.a1")
def test_transfer_is_soft_and_cites_its_rule() -> None:
    """The transfer limit is five working days, cites its article, and a miss does not bar the transfer."""
    deadline = found("dong-hoi", "TRANSFER", "2022-06-01T08:00")
    assert (deadline.last_day, deadline.rule, deadline.hard) == (date(2022, 6, 8), "R-DH-11.3.a1", False)
    assert deadline.basis == "DH 790 Đ11.3.a"


def test_profile_before_national() -> None:
    """What the profile sets goes before the national value, what it does not set is inherited."""
    assert found("dong-hoi", "DECIDE", "2023-04-25T09:00").rule == "R-DH-13.2.1"
    assert found("national", "DECIDE", "2023-04-25T09:00").rule == "R-VN-LXLVPHC-66.1.a"
    assert found("dong-hoi", "EXECUTE", "2023-04-25T09:00").rule == "R-VN-LXLVPHC-73.1"
    assert found("dong-hoi", "VERIFY", "2022-02-01T09:00").rule == "R-VN-ND135-21.1.a"


def test_hard_deadlines() -> None:
    """Only the limitation periods and the time to decide bar the act."""
    rulebook = load("dong-hoi")
    start = at("2025-06-02T08:00")
    names = {timer.name for timer in (*rulebook.timers, *rulebook.inherited)}
    deadlines = {name: rulebook.deadline(name, start) for name in names}
    assert {name for name, made in deadlines.items() if made and made.hard} == {
        "LIMITATION",
        "EXECUTION_LIMITATION",
        "DECIDE",
        "DECIDE_AFTER_CRIMINAL",
    }


def test_not_set() -> None:
    """A timer the regulation does not set and does not inherit has no deadline."""
    assert load("dong-hoi").deadline("KEEP_FOOTAGE", at("2022-06-01T08:00")) is None


def test_not_in_force() -> None:
    """A timer not yet in force on the day it would start has no deadline."""
    assert load("dong-hoi").deadline("OWNER_NOTICE", at("2023-09-14T08:00")) is None


def test_unknown_variant() -> None:
    """A variant the timer does not have is refused with those it has."""
    with pytest.raises(UnknownVariant, match="VERIFY has no variant FAST: expected one of NORMAL, COMPLEX"):
        load("dong-hoi").deadline("VERIFY", at("2022-06-01T08:00"), "FAST")


def test_provisional_year() -> None:
    """A deadline counted through a year without a published schedule says so."""
    assert found("dong-hoi", "TRANSFER", "2026-12-30T08:00").provisional is True


@pytest.mark.rule("R-DH-QD.3.0", "R-DHV-0.0.0")
def test_dates_of_the_regulation() -> None:
    """The regulation is in force from 18 March 2022, and handling starts on 1 June 2022."""
    rulebook = load("dong-hoi")
    assert (rulebook.effective_from, rulebook.processing_start) == (date(2022, 3, 18), date(2022, 6, 1))
    with pytest.raises(NotInForce, match="dong-hoi is in force from 2022-03-18, not yet on 2022-03-17"):
        rulebook.version_on(date(2022, 3, 17))


def test_versions() -> None:
    """Each national change starts a new version, named by its date and by the digest of what it was read from."""
    rulebook = load("dong-hoi")
    days = [date(2022, 3, 18), date(2024, 12, 31), date(2025, 1, 1), date(2025, 5, 2), date(2026, 4, 1)]
    digest = rulebook.digest[:8]
    assert [rulebook.version_on(day) for day in days] == [
        f"dong-hoi@2022-03-18+{digest}",
        f"dong-hoi@2023-09-15+{digest}",
        f"dong-hoi@2025-01-01+{digest}",
        f"dong-hoi@2025-05-02+{digest}",
        f"dong-hoi@2026-04-01+{digest}",
    ]
    assert rulebook.version == f"dong-hoi@2026-07-01+{digest}"
    assert rulebook.on(date(2025, 6, 30)).version == f"dong-hoi@2025-05-02+{digest}"


def test_citation() -> None:
    """A rule says where it is written, in words a person can look up."""
    assert load("dong-hoi").citation("R-DHV-1.3.0") == "704/UBND-VP (Đồng Hới), phần 1 gạch 3"
    with pytest.raises(UnknownRule, match="dong-hoi holds no rule R-DH-99"):
        load("dong-hoi").citation("R-DH-99")
