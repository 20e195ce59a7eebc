"""What the four regulations say besides their tables, and what holds for every rulebook there is."""

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from domain.context import Rulebook as Asked
from domain.rules import Forwarded, RecordStart, Track, VerifyStart
from policies import rulebook as policies
from policies.profile import Profile
from policies.rulebook import PROFILES, Rulebook, load
from policies.values import Value

FOLDER = Path(policies.__file__).parent
OWN = [profile for profile in PROFILES if profile != "national"]
OBLIGATIONS = {
    "dong-hoi": ("R-DH-", "R-DHV-"),
    "quang-tri": ("R-QT-",),
    "dien-bien": ("R-DB-",),
    "yen-bai": ("R-YB-",),
}
COUNTS = {"dong-hoi": 82, "quang-tri": 78, "dien-bien": 68, "yen-bai": 12}


@pytest.mark.parametrize("profile", OWN)
def test_every_obligation_can_be_cited(profile: str) -> None:
    """Every obligation that must or should be kept in code has a citation and a sentence in both languages."""
    with (Path(__file__).parent / "contract_requirements.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    ours = {row["id"] for row in rows if row["id"].startswith(OBLIGATIONS[profile]) and row["duty"] != "N"}
    assert len(ours) == COUNTS[profile]
    rules = load(profile).rules
    assert ours <= rules.keys()
    assert all(rules[one].vi != rules[one].en for one in ours)


def test_as_the_domain_asks() -> None:
    """A rulebook is what the domain asks for."""
    asked: Asked = load("dong-hoi")
    assert asked.version == load("dong-hoi").version


@pytest.mark.rule("R-DH-11.3.b3")
def test_verification_starts() -> None:
    """In Đồng Hới verification runs from the receipt of the data, elsewhere from acceptance."""
    starts = {profile: load(profile).settings.verify_start for profile in PROFILES}
    assert starts.pop("dong-hoi") is VerifyStart.RECEIPT
    assert set(starts.values()) == {VerifyStart.ACCEPTANCE}


@pytest.mark.parametrize("profile", PROFILES)
def test_recommended_switches(profile: str) -> None:
    """Where the texts leave a choice, every profile takes the recommended one, and says that it did."""
    settings = load(profile).settings
    assert settings.record_start is RecordStart.LATER_OF
    assert settings.verify_after_forwarding is Forwarded.CONTINUES
    assert settings.notice_tracks == {Track.OWN_DEVICE}
    assert settings.duplicate_window_s == 600


def flags(profile: str, day: date) -> set[str]:
    """Return the marks on vehicles under the version of a day."""
    return set(load(profile).on(day).settings.inspection_flags)


def test_inspection_flags_by_date() -> None:
    """Quảng Trị refuses inspection from its first day; the warning is national from 2023, both from 2025."""
    assert flags("quang-tri", date(2023, 8, 2)) == {"REFUSAL"}
    assert flags("quang-tri", date(2023, 9, 15)) == {"WARNING", "REFUSAL"}
    assert flags("dong-hoi", date(2023, 9, 14)) == set()
    assert flags("dong-hoi", date(2024, 12, 31)) == {"WARNING"}
    assert flags("dong-hoi", date(2025, 1, 1)) == {"WARNING", "REFUSAL"}


@pytest.mark.rule("R-DB-9.2.0")
def test_publication() -> None:
    """Đồng Hới publishes verified traffic cases; Điện Biên views of places and no case; the others nothing."""
    published = {profile: load(profile).settings.publication for profile in PROFILES}
    dong_hoi, dien_bien = published["dong-hoi"], published["dien-bien"]
    assert dong_hoi is not None
    assert (dong_hoi.app, dong_hoi.verified_only) == ("Đồng Hới SmartCity", True)
    assert dong_hoi.domains == {"TRAFFIC"}
    assert "plate" not in dong_hoi.fields
    assert dien_bien is not None
    assert (dien_bien.domains, dien_bien.fields) == (frozenset(), ())
    assert dien_bien.locations == {"ROAD", "JUNCTION", "CROWDED_PUBLIC_AREA"}
    assert [profile for profile, there in published.items() if there is None] == [
        "national",
        "quang-tri",
        "yen-bai",
    ]


@pytest.mark.rule("R-DB-4.2.0")
def test_purposes_are_closed_lists() -> None:
    """Each regulation has its own closed list of purposes; that of Điện Biên names seven."""
    assert load("quang-tri").purposes_of("CENTRE") == load("dong-hoi").purposes_of("OPERATIONS_CENTRE")
    assert list(load("dien-bien").purposes) == [
        "MONITORING",
        "SECURITY",
        "TRAFFIC_SAFETY",
        "URBAN_ORDER",
        "RESCUE",
        "FOREST_FIRE",
        "STATE_MANAGEMENT",
    ]
    assert list(load("yen-bai").purposes) == ["VIOLATION_HANDLING", "TRAFFIC_SAFETY"]


@pytest.mark.rule("R-QT-QD.2.0", "R-DB-QD.2.0")
def test_dates() -> None:
    """Each regulation is in force from its day; that of Yên Bái states none, and the day taken says so."""
    assert load("quang-tri").effective_from == date(2023, 8, 2)
    assert load("dien-bien").effective_from == date(2024, 7, 10)
    start = load("yen-bai").says.effective_from
    assert (start.stated, start.date) == (False, date(2022, 1, 1))
    assert start.reading is not None
    assert "17 February" in start.reading.en
    assert all(load(profile).says.effective_from.stated for profile in PROFILES if profile != "yen-bai")


def test_values_of_the_regulations() -> None:
    """Passwords, retention, incidents, reviews and reports are as the texts say, and otherwise chosen in the open."""
    said = {profile: load(profile).says for profile in OWN}
    quang_tri, dien_bien, dong_hoi = (said[name].accounts for name in ("quang-tri", "dien-bien", "dong-hoi"))
    assert quang_tri is not None
    assert dien_bien is not None
    assert dong_hoi is not None
    assert (quang_tri.password.value.min_length, quang_tri.password.rule) == (8, "R-QT-10.4.b")
    assert len(quang_tri.password.value.kinds) == 4
    assert (dong_hoi.password.rule, dong_hoi.password.settles) == (None, "C20")
    assert (dien_bien.review_interval_days.rule, dien_bien.review_interval_days.settles) == (
        "R-DB-13.2.b",
        "C21",
    )
    retention, incidents = said["dien-bien"].retention, said["dien-bien"].incidents
    assert retention is not None
    assert (retention.min_days.value, retention.min_days.rule, retention.hold_for_case.value) == (
        30,
        "R-DB-11.3.0",
        True,
    )
    assert incidents is not None
    assert incidents.fix_hours is not None
    assert (incidents.fix_hours.value, incidents.fix_hours.rule) == (24, "R-DB-11.2.b")
    monthly = said["dong-hoi"].reports[0]
    assert (monthly.kind, monthly.day, monthly.if_missing) == ("MONTHLY", 30, "LAST_DAY")
    assert [report.kind for report in said["quang-tri"].reports] == ["QUARTERLY", "AD_HOC"]
    assert said["dien-bien"].reports == ()


def test_silence_is_said() -> None:
    """What a regulation does not set is listed, so that nobody takes a default for law."""
    assert "case_procedure" in load("dien-bien").says.silent
    assert load("dien-bien").says.case_steps == ()
    assert {"extraction", "publication", "operating_unit"} <= load("yen-bai").says.silent.keys()
    assert (load("yen-bai").says.extraction, load("yen-bai").says.publication) == (None, None)
    assert all(load(profile).says.silent for profile in PROFILES)


def test_every_ambiguity_is_settled() -> None:
    """Each of the 31 points on which the texts differ or are silent names what settles it, and that is there."""
    settled = load("national").says.ambiguities
    assert list(settled) == [f"C{n}" for n in range(1, 32)]
    for name, by in settled.items():
        if by.setting:
            assert any(reached(load(profile), by.setting) for profile in PROFILES), name
    for profile in PROFILES:
        assert {value.settles for value in values(load(profile).says)} - {None} <= settled.keys()


def reached(rulebook: Rulebook, path: str) -> bool:
    """Whether something stands where *path* leads."""
    at: object = rulebook.says
    for part in path.split("."):
        at = getattr(at, part, None)
    return bool(at)


def values(thing: object) -> Iterator[Value[object]]:
    """Yield every cited value of a rulebook."""
    if isinstance(thing, Value):
        yield thing
    elif isinstance(thing, tuple | list):
        for part in thing:
            yield from values(part)
    elif isinstance(thing, Profile) or hasattr(type(thing), "model_fields"):
        for field in type(thing).model_fields:  # type: ignore[attr-defined] # models have them
            yield from values(getattr(thing, field))


@pytest.mark.parametrize("profile", OWN)
def test_every_value_says_why(profile: str) -> None:
    """Every value of a profile stands on a rule, settles an ambiguity, or was chosen because none is set."""
    found = list(values(load(profile).says))
    assert len(found) > 10
    for value in found:
        assert value.rule in load(profile).rules or value.settles or value.chosen


@pytest.mark.parametrize("profile", OWN)
def test_steps_can_be_taken(profile: str) -> None:
    """For every step of a case there is a kind of unit that may take it."""
    rulebook = load(profile)
    for step in rulebook.says.case_steps:
        may = [
            unit
            for unit in rulebook.unit_kinds
            if any(
                rulebook.access.decide(unit, step.action, leader=leader).allowed for leader in (True, False)
            )
        ]
        assert may, step


@pytest.mark.parametrize("profile", OWN)
def test_extraction_agrees_with_the_matrix(profile: str) -> None:
    """Whoever the rulebook names to ask for, approve or execute an extraction may do so by the matrix."""
    rulebook = load(profile)
    section = rulebook.says.extraction
    if section is None:
        asking = [rulebook.access.decide(unit, "extraction.request").allowed for unit in rulebook.unit_kinds]
        assert not any(asking)
        return

    def allowed(action: str) -> set[str]:
        return {
            unit
            for unit in rulebook.unit_kinds
            if any(rulebook.access.decide(unit, action, leader=leader).allowed for leader in (True, False))
        }

    assert {unit for one in section.request for unit in one.unit_kinds} == allowed("extraction.request")
    assert {one.approver for one in section.approvers} == allowed("extraction.approve")
    assert set(section.executors.unit_kinds) == allowed("extraction.execute")
    assert set(section.log_fields.value) == {"purpose", "time", "performer", "requester"}


def test_nobody_approves_and_concludes() -> None:
    """No function holds both the approval and the conclusion of cases, in whatever regulation."""
    with (FOLDER / "roles.csv").open(encoding="utf-8", newline="") as file:
        held = {(row["role"], row["action"]) for row in csv.DictReader(file)}
    roles = {role for role, _ in held}
    assert not [role for role in roles if {(role, "case.approve"), (role, "case.conclude")} <= held]


@pytest.mark.parametrize("profile", PROFILES)
def test_only_these_deadlines_are_hard(profile: str) -> None:
    """Only the limitation periods and the time to decide bar an act; every other miss leaves it possible."""
    rulebook = load(profile)
    hard = {timer.name for timer in (*rulebook.timers, *rulebook.inherited) if timer.missed == "bars"}
    assert hard == {"LIMITATION", "EXECUTION_LIMITATION", "DECIDE", "DECIDE_AFTER_CRIMINAL"}


def test_districts_ended() -> None:
    """District police exist to the end of February 2025, and the provincial police follow them."""
    district = load("quang-tri").says.unit_kinds["DISTRICT_POLICE"]
    assert (district.to, district.successor) == (date(2025, 2, 28), "PROVINCIAL_POLICE")


@pytest.mark.rule("R-YB-5.0.0")
def test_three_equal_parties() -> None:
    """In Yên Bái no agency stands under another, and none administers for the others."""
    rulebook = load("yen-bai")
    assert len(rulebook.unit_kinds) == 3
    assert [kind.parent for kind in rulebook.says.unit_kinds.values()] == [None, None, None]
    assert not any(rulebook.access.decide(unit, "account.administer").allowed for unit in rulebook.unit_kinds)


def test_facts_about_units() -> None:
    """Conditions that hold for every act of a kind of unit are said once; those of a person or case are not."""
    assert load("yen-bai").facts_about("PROVINCIAL_POLICE") == {"police-law"}
    assert load("yen-bai").facts_about("TRANSPORT_DEPARTMENT") == {"inspectors-law"}
    assert {"inspectors", "own-field"} <= load("quang-tri").facts_about("TRANSPORT_DEPARTMENT")
    assert load("dong-hoi").facts_about("OPERATIONS_CENTRE") == frozenset()
    assert load("dong-hoi").facts_about("NOBODY") == frozenset()


@pytest.mark.rule("R-YB-9.1.0")
def test_domains_received() -> None:
    """Units receive cases of the domains their regulation knows; Điện Biên has no cases to receive."""
    received = {
        (profile, unit, domain)
        for profile in OWN
        for unit in load(profile).unit_kinds
        for domain in ("TRAFFIC", "SECURITY", "WEATHER")
        if load(profile).authority.receives(unit, domain)
    }
    assert ("yen-bai", "PROVINCIAL_POLICE", "TRAFFIC") in received
    assert ("yen-bai", "PROVINCIAL_POLICE", "SECURITY") not in received
    assert ("quang-tri", "TRANSPORT_DEPARTMENT", "SECURITY") in received
    assert not [one for one in received if one[0] == "dien-bien" or one[2] == "WEATHER"]
