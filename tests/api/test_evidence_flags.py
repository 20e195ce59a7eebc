"""What stands against the evidence of a case, and that nobody is sanctioned on it, whenever it becomes known."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from cli import demo
from domain.camera import Camera
from tests.support.api import Installation
from tests.support.casework import JULY, Casework, detected, on, recorded

FLAGS = "evidenceFlags { kind en: message(language: EN) rule { id } }"
FAULT = {
    "kind": "CAMERA_AT_FAULT",
    "en": "The camera was known to be at fault when the act took place",
    "rule": {"id": "R-DH-8.1.0"},
}
UNVERIFIED = {
    "kind": "NOT_VERIFIED",
    "en": "What measured was not verified (kiểm định) for that on the day",
    "rule": {"id": "R-VN-LXLVPHC-64.2"},
}
BARRED = "it is no ground for a sanction"


def on_camera(of: Installation, mutation: str, by: str, **given: Any) -> None:
    """An act on the demo's camera that is not refused, seen by all."""
    said = {"cameraId": str(Camera.create_id(demo.CAMERA)), "commandId": str(uuid4()), **given}
    name = mutation[0].upper() + mutation[1:]
    query = f"mutation($input: {name}Input!) {{ {mutation}(input: $input) {{ __typename }} }}"
    done = of.signed_in(by).ask(query, input=said)[mutation]
    assert done["__typename"].startswith("Camera"), done
    of.project()


def at_fault(of: Installation, since: datetime, until: datetime | None = None) -> None:
    """The Centre enters that the camera's clock was wrong for a time."""
    on_camera(of, "reportCameraFault", "centre.execute", kind="CLOCK", at=since.isoformat())
    if until is not None:
        on_camera(of, "endCameraFault", "centre.execute", kind="CLOCK", at=until.isoformat())


def actions(work: Casework, *names: str, to: str) -> dict[str, list[str]]:
    """What stands against each of these, to somebody."""
    shown = work.shows("availableActions { action reasons { message(language: EN) } }", to=to)
    return {
        one["action"]: [reason["message"] for reason in one["reasons"]]
        for one in shown["availableActions"]
        if one["action"] in names
    }


def past(work: Casework, at: datetime) -> Any:
    """What was shown of the flags at an instant."""
    query = f"query($id: ID, $at: DateTime) {{ case(id: $id, asOf: $at, purpose: AUDIT) {{ {FLAGS} }} }}"
    said = {"id": str(work.case.id), "at": at.isoformat()}
    return work.installation.signed_in("police.handle").ask(query, **said)["case"]


class TestCapturedAtFault:
    """Captures of a time in which the camera was known to be at fault."""

    def test_not_approved(self, installation: Installation) -> None:
        """A proposal of that time is flagged and not approved, by the rule; it is still discarded."""
        installation.now = JULY
        at_fault(installation, JULY - timedelta(hours=1))
        work = detected(installation)
        assert work.shows(FLAGS, to="centre.approve") == {"evidenceFlags": [FAULT]}
        refusal = work.refused("approveCase")
        assert (refusal["code"], refusal["en"], refusal["rule"]["id"]) == (
            "WRONG_STATE",
            f"{FAULT['en']}: {BARRED}",
            "R-DH-8.1.0",
        )
        assert actions(work, "approveCase", "discardCase", to="centre.approve") == {
            "approveCase": [refusal["en"]],
            "discardCase": [],
        }
        assert work.does("discardCase") == "DISCARDED"

    @pytest.mark.parametrize(
        "since, until",
        [(-7200, -3), (-1, 7200), (-2, -2)],
        ids=["over-before", "begun-after", "at-no-time"],
    )
    def test_another_time(self, installation: Installation, since: int, until: int) -> None:
        """A fault that was over before the act, or began after it, is none of the case's, to the second."""
        installation.now = JULY + timedelta(hours=3)
        at_fault(installation, JULY + timedelta(seconds=since), JULY + timedelta(seconds=until))
        work = detected(installation)
        installation.now = JULY + timedelta(hours=3)
        assert work.shows(FLAGS, to="centre.approve") == {"evidenceFlags": []}
        assert work.does("approveCase") == "APPROVED"

    def test_entered_later(self, installation: Installation) -> None:
        """A fault that is entered when the record is drawn already bars the penalty and its papers, not the way out."""
        work = recorded(installation)
        before = datetime.now(UTC)  # history is shown as it had been recorded
        installation.now = on(4)
        at_fault(installation, JULY - timedelta(hours=1), JULY + timedelta(hours=1))
        assert work.shows(FLAGS) == {"evidenceFlags": [FAULT]}
        assert past(work, before) == {"evidenceFlags": []}
        for mutation in ("requestExplanation", "recordExplanation"):
            work.does(mutation, at=on(6))
        assert work.refused("decidePenalty")["en"] == f"{FAULT['en']}: {BARRED}"
        assert work.refused("issueDocument", kind="RECORD", number="02")["en"] == f"{FAULT['en']}: {BARRED}"
        assert actions(work, "decidePenalty", to="police.lead") == {
            "decidePenalty": [f"{FAULT['en']}: {BARRED}"]
        }
        assert work.does("decideNoPenalty") == "NOT_DECIDED"

    def test_known_to_end(self, installation: Installation) -> None:
        """While nobody knows when a fault ended it counts; once that is on record, it counts for its time alone."""
        installation.now = JULY
        at_fault(installation, JULY - timedelta(hours=2))
        work = detected(installation)
        assert work.refused("approveCase")["code"] == "WRONG_STATE"
        on_camera(
            installation,
            "endCameraFault",
            "centre.execute",
            kind="CLOCK",
            at=(JULY - timedelta(hours=1)).isoformat(),
        )
        assert work.shows(FLAGS, to="centre.approve") == {"evidenceFlags": []}
        assert work.does("approveCase") == "APPROVED"

    def test_whoever_may_not(self, installation: Installation) -> None:
        """Whoever may not approve is told that, and nothing of the evidence."""
        installation.now = JULY
        at_fault(installation, JULY - timedelta(hours=1))
        work = detected(installation)
        refusal = work.refused("approveCase", by="centre.execute")
        assert (refusal["code"], BARRED in refusal["en"]) == ("FORBIDDEN", False)

    def test_no_record(self, installation: Installation) -> None:
        """No record is drawn on it, however far the case has come."""
        work = detected(installation)
        for mutation in ("approveCase", "receiveCase", "startVerification"):
            work.does(mutation)
        for mutation in ("identifyOwner", "determineViolator", "concludeCase"):
            work.does(mutation, at=on(2))
        at_fault(installation, JULY - timedelta(hours=1))
        assert work.refused("drawRecord")["rule"]["id"] == "R-DH-8.1.0"


@pytest.mark.rule("R-QT-3.9.0")
class TestMeasured:
    """What was measured counts while the meter is verified."""

    def test_not_verified(self, installation: Installation) -> None:
        """A speed is no ground for a sanction without a verification of that day; with one on file it is."""
        installation.now = JULY
        work = Casework(installation, installation.detected(at=JULY, rule="SPEED"))
        assert work.shows(FLAGS, to="centre.approve") == {"evidenceFlags": [UNVERIFIED]}
        refusal = work.refused("approveCase")
        assert (refusal["en"], refusal["rule"]["id"]) == (
            f"{UNVERIFIED['en']}: {BARRED}",
            "R-VN-LXLVPHC-64.2",
        )
        verified(installation, "2026-07-01", "2027-06-30")
        assert work.shows(FLAGS, to="centre.approve") == {"evidenceFlags": []}
        assert work.does("approveCase") == "APPROVED"

    def test_not_on_that_day(self, installation: Installation) -> None:
        """A verification that begins on the day after does not count for the day before."""
        installation.now = JULY + timedelta(days=1)
        work = Casework(installation, installation.detected(at=JULY, rule="SPEED"))
        verified(installation, "2026-07-02", "2027-06-30")
        assert work.shows(FLAGS, to="centre.approve") == {"evidenceFlags": [UNVERIFIED]}

    @pytest.mark.rule("R-QT-5.4.0")
    def test_voided(self, installation: Installation) -> None:
        """What was approved on a certificate that is voided since has no verification, until the right one is filed."""
        installation.now = JULY
        verified(installation, "2026-07-01", "2126-06-30")
        work = Casework(installation, installation.detected(at=JULY, rule="SPEED"))
        assert work.does("approveCase") == "APPROVED"
        on_camera(installation, "voidCameraCertificate", "centre.admin", number="KD-01", reason="Ghi sai năm")
        assert work.shows(FLAGS, to="centre.approve") == {"evidenceFlags": [UNVERIFIED]}
        verified(installation, "2026-07-01", "2026-07-31")
        assert work.shows(FLAGS, to="centre.approve") == {"evidenceFlags": []}

    def test_nothing_measured(self, installation: Installation) -> None:
        """An act that nobody measures needs no verification."""
        work = detected(installation)
        assert work.shows(FLAGS, to="centre.approve") == {"evidenceFlags": []}


def verified(of: Installation, issued_on: str, valid_until: str) -> None:
    """The Centre files a verification."""
    given = {"number": "KD-01", "body": "Viện Đo lường", "measures": "SPEED"}
    on_camera(
        of, "fileCameraCertificate", "centre.admin", issuedOn=issued_on, validUntil=valid_until, **given
    )
