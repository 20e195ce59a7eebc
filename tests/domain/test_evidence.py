"""What stands against the evidence of a case, by the regulations: a known fault, a measurement without verification."""

from datetime import date, timedelta

import pytest

from domain.case import Case
from domain.case.acts import GUARDS, guards_on
from domain.case.evidence import LAW, SHARING, check_evidence, flags_of, with_camera
from domain.case.guards import check_open
from domain.errors import Forbidden, WrongState
from tests.support.cameras import DB, DH, QT, administrator, at_work, certificate, registered
from tests.support.cases import approved, detected
from tests.support.spec import APPROVER, HANDLER, NOW, STRANGER, context, given, legal

AT = legal("2026-06-01 08:00")


def case_of(kind: str = "RED_LIGHT", *, domain: str = "TRAFFIC", at: str = "2026-06-01 08:00") -> Case:
    """A case of an act of that kind at an instant."""
    return given(Case, detected(rule=kind, domain=domain, occurred_at=legal(at))).aggregate


@pytest.mark.parametrize(
    "profile, usual, rule",
    [("dong-hoi", DH, "R-DH-8.1.0"), ("dien-bien", DB, "R-DB-11.1.0"), ("quang-tri", QT, "R-QT-6.2.d")],
    ids=["dong-hoi", "dien-bien", "quang-tri"],
)
def test_known_fault(profile: str, usual: object, rule: str) -> None:
    """What was captured while the camera was known to be at fault is flagged by each regulation's own rule."""
    by = administrator(profile, now=NOW)
    camera = at_work(by, usual)  # type: ignore[arg-type] # they are registrations
    camera.begin_fault(by, kind="CLOCK", at=AT - timedelta(hours=1))
    flags = flags_of(case_of(), camera, by)
    assert [(flag.kind, flag.rule) for flag in flags] == [("CAMERA_AT_FAULT", rule)]
    camera.end_fault(by, kind="CLOCK", at=AT)
    assert flags_of(case_of(), camera, by) == []
    assert len(flags_of(case_of(at="2026-06-01 07:59"), camera, by)) == 1


@pytest.mark.rule("R-QT-3.9.0")
@pytest.mark.parametrize(
    "at, counts",
    [
        ("2026-05-03 23:59", False),
        ("2026-05-04 00:00", True),
        ("2027-05-03 23:59", True),
        ("2027-05-04 00:00", False),
    ],
)
def test_verified_on_the_day(at: str, counts: bool) -> None:
    """A measurement counts from the first to the last day of a verification, by the days of the country."""
    by = administrator("quang-tri", now=NOW)
    camera = registered(by, QT)
    camera.file_certificate(by, certificate(date(2026, 5, 4), date(2027, 5, 3)))
    flags = flags_of(case_of("SPEED", at=at), camera, by)
    assert [(flag.kind, flag.rule) for flag in flags] == ([] if counts else [("NOT_VERIFIED", "R-QT-3.9.0")])


@pytest.mark.rule("R-QT-3.9.0")
def test_verified_for_something_else() -> None:
    """A verification for weighing says nothing of speeds."""
    by = administrator("quang-tri", now=NOW)
    camera = registered(by, QT)
    camera.file_certificate(by, certificate(measures="WEIGHT"))
    assert len(flags_of(case_of("SPEED"), camera, by)) == 1


@pytest.mark.rule("R-DH-1.2.0", "R-DB-1.2.0")
@pytest.mark.parametrize(
    "profile, usual, rule", [("dong-hoi", DH, "R-DH-1.2.0"), ("dien-bien", DB, "R-DB-1.2.0")]
)
def test_secret(profile: str, usual: object, rule: str) -> None:
    """A case of what may be a state secret goes to nobody, its own system's people or not; all else of it goes on."""
    by = administrator(profile, now=NOW)
    camera = at_work(by, usual)  # type: ignore[arg-type] # they are registrations
    open_to_all = dict.fromkeys(GUARDS, lambda *_: None)
    asked = {act: with_camera(act, guard, camera) for act, guard in open_to_all.items()}
    assert {act: guard(case_of(), by) for act, guard in asked.items()} == dict.fromkeys(GUARDS)
    camera.mark_secret(by, secret=True, reason="Trụ sở quân sự")
    refused = {act: refusal for act, guard in asked.items() if (refusal := guard(case_of(), by))}
    assert refused.keys() == {"approveCase", "forwardCase", "transferRecord", "publishCase"}
    assert {(type(refusal), refusal.rule) for refusal in refused.values()} == {(WrongState, rule)}
    camera.mark_secret(by, secret=False, reason="Đã rà soát")
    assert asked["approveCase"](case_of(), by) is None


def test_whoever_may_not_act() -> None:
    """Whoever may not send a case on is told that, and nothing of its camera."""
    by = administrator("dong-hoi", now=NOW)
    camera = at_work(by, DH)
    camera.mark_secret(by, secret=True, reason="Trụ sở quân sự")
    for act in SHARING:
        told = guards_on(camera)[act](case_of(), context(STRANGER, now=NOW))
        assert isinstance(told, Forbidden)
        assert "secret" not in told.en


@pytest.mark.rule("R-DH-1.2.0")
def test_opened_by_its_own_system() -> None:
    """Evidence of what may be a state secret is opened by the camera's own system alone, until the mark is lifted."""
    by = administrator("dong-hoi", now=NOW)
    camera = at_work(by, DH)
    case = given(Case, detected(), approved()).aggregate
    police, centre = context(HANDLER, now=NOW), context(APPROVER, now=NOW)
    assert (check_open(case, camera, police), check_open(case, camera, centre)) == (None, None)
    camera.mark_secret(by, secret=True, reason="Trụ sở quân sự")
    refusal = check_open(case, camera, police)
    assert isinstance(refusal, Forbidden)
    assert refusal.rule == "R-DH-1.2.0"
    assert check_open(case, camera, centre) is None
    camera.mark_secret(by, secret=False, reason="Đã rà soát")
    assert check_open(case, camera, police) is None


def test_both() -> None:
    """A meter may be at fault and unverified at once; where a regulation says nothing of measuring, the law does."""
    by = administrator("dong-hoi", now=NOW)
    camera = at_work(by, DH)
    camera.begin_fault(by, kind="MEASUREMENT", at=AT - timedelta(hours=1))
    flags = flags_of(case_of("SPEED"), camera, by)
    assert [(flag.kind, flag.rule) for flag in flags] == [
        ("CAMERA_AT_FAULT", "R-DH-8.1.0"),
        ("NOT_VERIFIED", LAW),
    ]


def test_security() -> None:
    """An abnormal event is handled, not sanctioned: what stands against its evidence is shown and bars nothing."""
    by = administrator("dong-hoi", now=NOW)
    camera = at_work(by, DH)
    camera.begin_fault(by, kind="CLOCK", at=AT - timedelta(hours=1))
    case = case_of("ABNORMAL_EVENT", domain="SECURITY")
    assert len(flags_of(case, camera, by)) == 1
    assert check_evidence(case, camera, context(now=NOW)) is None
