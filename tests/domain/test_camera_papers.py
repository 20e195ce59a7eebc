"""What is on file of a camera: consents of before it worked, verifications in a row, calibrations."""

from datetime import date, timedelta
from typing import Any

import pytest

from domain.camera import Camera
from domain.camera.guards import measures_validly
from domain.errors import Forbidden, InvalidInput, WrongState
from tests.support.cameras import DB, QT, administrator, at_work, certificate, consent, registered
from tests.support.spec import EXECUTOR, NOW, Given, context, fact, legal

TODAY, TOMORROW = date(2026, 6, 2), date(2026, 6, 3)


class TestConsent:
    """A consent names its document, its day and who gave it."""

    @pytest.mark.rule("R-DB-6.2.0", "R-DB-14.1.0")
    def test_filed(self) -> None:
        """It is on file once, by the rule that asks for it; the same document again records nothing."""
        who = administrator("dien-bien")
        camera = registered(who, DB)
        review = consent("SECURITY_REVIEW", issued_by="Công an tỉnh", reference="kho/12.pdf")
        Given(camera).when(lambda one: one.file_consent(who, review)).then(
            fact(Camera.ConsentFiled, consent=review).under(rule="R-DB-16.3.a")
        )
        Given(camera).when(lambda one: one.file_consent(who, review)).then_nothing()

    @pytest.mark.parametrize(
        "otherwise,path",
        [
            ({"document": " "}, "document"),
            ({"issued_by": ""}, "issuedBy"),
            ({"dated": TOMORROW}, "dated"),
            ({"reference": "x" * 201}, "reference"),
        ],
    )
    def test_refused(self, otherwise: dict[str, Any], path: str) -> None:
        """Without its number, without who gave it, or of a day that has not come it is refused."""
        who = administrator("dien-bien")
        said = Given(registered(who, DB)).when(
            lambda one: one.file_consent(who, consent("RELATED_AGENCY", **otherwise))
        )
        rule = None if path == "reference" else "R-DB-6.2.0"
        assert said.then_refused(InvalidInput, rule=rule).path == path

    def test_of_no_kind(self) -> None:
        """What is no kind of consent is refused."""
        who = administrator("dien-bien")
        said = Given(registered(who, DB)).when(lambda one: one.file_consent(who, consent("NEIGHBOUR")))
        assert said.then_refused(InvalidInput, rule="R-DB-5.6.0").path == "kind"

    @pytest.mark.rule("R-DB-6.2.0")
    def test_after_activation(self) -> None:
        """A consent that was given after the camera was activated does not make its activation right."""
        camera = at_work(administrator("dien-bien"), DB)
        later = administrator("dien-bien", now=NOW + timedelta(days=3))
        late = consent("PLACE_AND_TECHNICAL_PLAN", TOMORROW, document="99/CV")
        said = Given(camera).when(lambda one: one.file_consent(later, late))
        assert said.then_refused(InvalidInput, rule="R-DB-6.2.0").path == "dated"
        Given(camera).when(lambda one: one.file_consent(later, consent("RELATED_AGENCY", TODAY))).then(
            fact(Camera.ConsentFiled, consent=consent("RELATED_AGENCY", TODAY))
        )


class TestVerification:
    """A measuring device is verified, for a time, for what it measures."""

    @pytest.mark.rule("R-QT-3.9.0")
    def test_validity(self) -> None:
        """Its readings count from the day of the certificate to the end of its last day, and no others."""
        who = administrator("quang-tri")
        camera = registered(who, QT)
        assert measures_validly(camera, NOW) is False
        Given(camera).when(lambda one: one.file_certificate(who, certificate())).then(
            fact(Camera.Verified, certificate=certificate()).under(rule="R-QT-3.9.0")
        )
        instants = ("2026-05-03 23:59", "2026-05-04 00:00", "2027-05-03 23:59", "2027-05-04 00:00")
        assert [measures_validly(camera, legal(at)) for at in instants] == [False, True, True, False]
        assert measures_validly(camera, NOW, "WEIGHT") is False

    @pytest.mark.rule("R-QT-3.9.0")
    def test_renewed(self) -> None:
        """Who is verified again before the last day has no gap; the newer one goes on."""
        who = administrator("quang-tri")
        camera = registered(who, QT)
        camera.file_certificate(who, certificate(valid_until=date(2026, 6, 30)))
        camera.file_certificate(who, certificate(TODAY, date(2027, 6, 1), number="KD-2026-0201"))
        assert measures_validly(camera, legal("2026-12-31 12:00")) is True

    @pytest.mark.rule("R-QT-3.9.0")
    @pytest.mark.parametrize(
        "otherwise,path",
        [
            ({"issued_on": TOMORROW}, "issuedOn"),
            ({"valid_until": date(2026, 6, 1)}, "validUntil"),
            ({"issued_on": TODAY, "valid_until": date(2026, 6, 1)}, "validUntil"),
            ({"number": ""}, "number"),
            ({"body": " "}, "body"),
            ({"measures": ""}, "measures"),
            ({"measures": "Tốc độ"}, "measures"),
        ],
    )
    def test_refused(self, otherwise: dict[str, Any], path: str) -> None:
        """What is expired, dated ahead, without number or body, or of what nobody measures is refused with the rule."""
        who = administrator("quang-tri")
        said = Given(registered(who, QT)).when(
            lambda one: one.file_certificate(who, certificate(**otherwise))
        )
        assert said.then_refused(InvalidInput, rule="R-QT-3.9.0").path == path

    @pytest.mark.rule("R-QT-3.9.0")
    @pytest.mark.parametrize(
        "issued_on,valid_until,number",
        [
            (date(2026, 5, 4), date(2028, 5, 3), "KD-2"),
            (date(2026, 5, 1), date(2028, 5, 3), "KD-2"),
            (date(2026, 5, 20), date(2027, 5, 3), "KD-2"),
            (date(2026, 5, 20), date(2028, 5, 3), "KD-2026-0117"),
        ],
    )
    def test_overlapping(self, issued_on: date, valid_until: date, number: str) -> None:
        """One that is not later than the one on file, or bears its number, overlaps it."""
        who = administrator("quang-tri")
        camera = registered(who, QT)
        camera.file_certificate(who, certificate())
        camera.collect_events()
        said = Given(camera).when(
            lambda one: one.file_certificate(who, certificate(issued_on, valid_until, number=number))
        )
        assert said.then_refused(InvalidInput, rule="R-QT-3.9.0").path == "validUntil"


class TestVoided:
    """What was typed wrong is voided, with the reason, and filed as it should have been."""

    MISTYPED = certificate(valid_until=date(2126, 5, 3))

    def filed(self) -> Camera:
        """A speed meter with a certificate that is said to count for a century."""
        camera = registered(administrator("quang-tri"), QT)
        camera.file_certificate(administrator("quang-tri"), self.MISTYPED)
        camera.collect_events()
        return camera

    @pytest.mark.rule("R-QT-3.9.0", "R-QT-5.4.0")
    def test_counts_no_more(self) -> None:
        """It counts for no day any more, and the right one of the same number takes its place."""
        who = administrator("quang-tri")
        camera = self.filed()
        Given(camera).when(lambda one: one.file_certificate(who, certificate(number="KD-2"))).then_refused(
            InvalidInput, rule="R-QT-3.9.0"
        )
        Given(camera).when(
            lambda one: one.void_certificate(who, number="KD-2026-0117", reason="Ghi sai năm")
        ).then(
            fact(Camera.CertificateVoided, number="KD-2026-0117").under(
                reason="Ghi sai năm", rule="R-QT-3.9.0"
            )
        )
        assert measures_validly(camera, NOW) is False
        camera.file_certificate(who, certificate())
        assert [measures_validly(camera, legal(at)) for at in ("2027-05-03 12:00", "2027-05-04 12:00")] == [
            True,
            False,
        ]

    @pytest.mark.rule("R-QT-3.9.0")
    def test_found_out_late(self) -> None:
        """Found out after its last day, and after the next one is on file, it is still put right for its time."""
        late = administrator("quang-tri", now=legal("2027-06-01 08:00"))
        camera = self.filed()
        camera.void_certificate(late, number="KD-2026-0117", reason="Ghi sai năm")
        camera.file_certificate(
            late, certificate(date(2027, 5, 20), date(2028, 5, 19), number="KD-2027-0009")
        )
        camera.file_certificate(late, certificate())
        instants = ("2026-05-04 00:00", "2027-05-03 23:59", "2027-05-04 00:00", "2027-05-20 00:00")
        assert [measures_validly(camera, legal(at)) for at in instants] == [True, True, False, True]
        camera.collect_events()
        Given(camera).when(
            lambda one: one.file_certificate(late, certificate(valid_until=date(2027, 5, 30), number="KD-0"))
        ).then_refused(InvalidInput, rule="R-QT-3.9.0")

    @pytest.mark.rule("R-QT-3.9.0")
    @pytest.mark.parametrize("said,path", [({"number": "KD-9"}, "number"), ({"reason": " "}, "reason")])
    def test_refused(self, said: dict[str, str], path: str) -> None:
        """One that is not on file is not voided, nor any without a reason; what is on file is named."""
        given = {"number": "KD-2026-0117", "reason": "Ghi sai năm", **said}
        refused = Given(self.filed()).when(
            lambda one: one.void_certificate(administrator("quang-tri"), **given)
        )
        refusal = refused.then_refused(InvalidInput, rule="R-QT-3.9.0")
        assert (refusal.path, "KD-2026-0117" in str(refusal)) == (path, path == "number")

    @pytest.mark.rule("R-QT-3.9.0")
    def test_by_whom(self) -> None:
        """Whoever administers the camera voids, of one that is retired as well, what is on file."""
        who = administrator("quang-tri")
        said: dict[str, Any] = {"number": "KD-2026-0117", "reason": "Ghi sai năm"}
        Given(self.filed()).when(lambda one: one.void_certificate(context(EXECUTOR), **said)).then_refused(
            Forbidden, rule="R-DH-3.5.0"
        )
        Given(registered(who, QT)).when(lambda one: one.void_certificate(who, **said)).then_refused(
            WrongState, rule="R-QT-3.9.0"
        )
        camera = self.filed()
        camera.retire(who, reason="Thay mới")
        camera.void_certificate(who, **said)
        assert camera.certificates == []
        camera.file_certificate(who, certificate(number="KD-2026-0171"))  # what it should have been
        assert [one.number for one in camera.certificates] == ["KD-2026-0171"]


@pytest.mark.rule("R-QT-3.10.0")
def test_calibrated() -> None:
    """A calibration is on file with its day, who did it and its document; never one of tomorrow."""
    who = administrator("quang-tri")
    camera = registered(who, QT)
    said: dict[str, Any] = {"body": "Trung tâm Kỹ thuật", "document": "HC-01"}
    Given(camera).when(lambda one: one.calibrate(who, calibrated_on=TODAY, **said)).then(
        fact(Camera.Calibrated, calibrated_on=TODAY, result=None, **said).under(rule="R-QT-3.10.0")
    )
    camera.calibrate(who, calibrated_on=date(2026, 5, 1), **said)
    camera.collect_events()
    assert camera.calibrated_on == TODAY
    ahead = Given(camera).when(lambda one: one.calibrate(who, calibrated_on=TOMORROW, **said))
    assert ahead.then_refused(InvalidInput, rule="R-QT-3.10.0").path == "calibratedOn"


def test_clock_and_firmware() -> None:
    """How wrong its clock is, and which version it runs, is on record; the version it runs is not said twice."""
    camera = at_work(administrator())
    Given(camera).when(lambda one: one.check_clock(context(EXECUTOR), offset_ms=-1200)).then(
        fact(Camera.ClockChecked, at=NOW, offset_ms=-1200)
    )
    who = administrator()
    Given(camera).when(lambda one: one.install_firmware(who, firmware="5.7.1")).then(
        fact(Camera.FirmwareInstalled, firmware="5.7.1")
    )
    Given(camera).when(lambda one: one.install_firmware(who, firmware="5.7.1")).then_nothing()
    assert (camera.clock_offset_ms, camera.firmware) == (-1200, "5.7.1")
