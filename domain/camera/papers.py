"""What is on file about a camera: who agreed to it, and that it measures and keeps time as it should."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from domain.camera import events
from domain.camera.body import Linked, Moved
from domain.camera.guards import CameraOnFile, act_rule, check_administer, check_operate
from domain.camera.life import CONNECT_CAMERA, stopped_by
from domain.camera.marks import check_change
from domain.camera.state import LINKED, CameraState, Certificate, Consent, ConsentKind, Measure
from domain.case.inputs import LONGEST_NAME, some_words, words
from domain.clock import legal_date
from domain.context import Context
from domain.envelope import acting
from domain.errors import InvalidInput, Refusal, WrongState, refuse

if TYPE_CHECKING:
    from domain.camera.camera import Camera

# -- events -------------------------------------------------------------------------


@dataclass(frozen=True)
class ConsentFiled(events.Event):
    """Somebody agreed in writing."""

    TOPIC = "camera:consent-filed"
    consent: Consent

    def change(self, camera: Moved) -> None:
        """It is on file; an owner who agrees anew has not withdrawn."""
        camera.consents = [*camera.consents, self.consent]
        if self.consent.kind == ConsentKind.HOUSEHOLDER:
            camera.withdrawn = False


@dataclass(frozen=True)
class ConsentWithdrawn(events.Timed):
    """Its owner agrees no longer: it is not watched and not connected from that instant on."""

    TOPIC = "camera:consent-withdrawn"
    document: str | None

    def apply(self, aggregate: Linked) -> None:
        """Remember when, too: what was agreed to before is no new consent."""
        super().apply(aggregate)
        aggregate.withdrawn_at = self.envelope.took_place_at

    def change(self, camera: Moved) -> None:
        """Nobody watches it, and its link is cut."""
        camera.withdrawn = True
        camera.published = False
        camera.consents = [one for one in camera.consents if one.kind != ConsentKind.HOUSEHOLDER]
        if camera.state in LINKED:
            camera.state = CameraState.INSTALLED.value
            camera.activated_at = None
            camera.maintenance = False


@dataclass(frozen=True)
class Verified(events.Event):
    """A certificate of metrological verification is on file (R-QT-3.9.0)."""

    TOPIC = "camera:verified"
    certificate: Certificate

    def change(self, camera: Moved) -> None:
        """It measures validly for a time."""
        camera.certificates = [*camera.certificates, self.certificate]


@dataclass(frozen=True)
class CertificateVoided(events.Event):
    """A certificate that was filed says what is not so: it counts for no day, those that are over included."""

    TOPIC = "camera:certificate-voided"
    number: str

    def apply(self, aggregate: Linked) -> None:
        """Remember which, too: what it should have said may be filed after its last day."""
        super().apply(aggregate)
        aggregate.voided = [*aggregate.voided, self.number]

    def change(self, camera: Moved) -> None:
        """It is on file no more."""
        camera.certificates = [one for one in camera.certificates if one.number != self.number]


@dataclass(frozen=True)
class Calibrated(events.Event):
    """It was calibrated against a standard (R-QT-3.10.0)."""

    TOPIC = "camera:calibrated"
    calibrated_on: date
    body: str
    document: str
    result: str | None

    def change(self, camera: Moved) -> None:
        """It was calibrated last on that day."""
        camera.calibrated_on = max(self.calibrated_on, camera.calibrated_on or self.calibrated_on)


@dataclass(frozen=True)
class ClockChecked(events.Event):
    """By so much its clock was ahead of the time; behind it is below zero."""

    TOPIC = "camera:clock-checked"
    at: datetime
    offset_ms: int

    def change(self, camera: Moved) -> None:
        """Its clock is known."""
        camera.clock_offset_ms = self.offset_ms


@dataclass(frozen=True)
class FirmwareInstalled(events.Event):
    """It runs another version of its software."""

    TOPIC = "camera:firmware-installed"
    firmware: str

    def change(self, camera: Moved) -> None:
        """It runs that version."""
        camera.firmware = self.firmware


# -- guards -------------------------------------------------------------------------


def check_withdraw(camera: CameraOnFile, context: Context) -> Refusal | None:
    """An owner who agreed may agree no longer, at any time; nobody is punished for it (R-DB-7.6.0)."""
    refusal = check_change(camera, context)
    if refusal is None and not any(one.kind == ConsentKind.HOUSEHOLDER for one in camera.consents):
        return WrongState(
            "Không có văn bản đồng ý của chủ sở hữu để rút",
            "No consent of the owner is on file that could be withdrawn",
            rule=act_rule(context, "own"),
        )
    return refusal


def check_void(camera: CameraOnFile, context: Context) -> Refusal | None:
    """Whoever administers it voids what is on file, of one that is retired as well: its captures still count."""
    refusal = check_administer(camera, context)
    if refusal is None and not camera.certificates:
        return WrongState(
            "Hồ sơ camera không có giấy kiểm định",
            "No certificate of the camera is on file",
            rule=act_rule(context, "measure"),
        )
    return refusal


def check_keep_time(camera: CameraOnFile, context: Context) -> Refusal | None:
    """Whoever works with it says how wrong its clock is, until it is retired."""
    refusal = check_operate(camera, context)
    if refusal is None and camera.state == CameraState.RETIRED:
        return WrongState(
            "Camera đã được loại khỏi hệ thống", "The camera is retired", rule=act_rule(context, "change")
        )
    return refusal


# -- decisions ----------------------------------------------------------------------


def file_consent(self: "Camera", context: Context, consent: Consent) -> None:
    """Put a consent on file; the same document records nothing.

    A consent that came after the camera was activated is none to its activation, but for whoever it belongs to since;
    and an owner's from before the withdrawal is not a new one.
    """
    refuse(check_change(self, context))
    needs = [need for need in context.rulebook.cameras.consents if need.kind == consent.kind]
    needed = [one for one in needs if one.concerns(self.placement, self.camera_class, self.owner_kind)]
    rule = next((one.rule for one in (*needed, *needs)), act_rule(context, "change"))
    if consent.kind not in set(ConsentKind):
        expected = ", ".join(ConsentKind)
        raise InvalidInput("kind", f"phải là một trong {expected}", f"must be one of {expected}", rule=rule)
    words("document", consent.document, longest=LONGEST_NAME, rule=rule)
    words("issuedBy", consent.issued_by, longest=LONGEST_NAME, rule=rule)
    some_words("reference", consent.reference, longest=LONGEST_NAME)
    not_ahead("dated", consent.dated, context, rule)
    _not_withdrawn(self, consent, rule)
    begun = self.activated_at
    if needed and begun and consent.dated > legal_date(begun) and not _of_new_owner(self, consent, begun):
        activated = legal_date(begun)
        raise InvalidInput(
            "dated",
            f"sau ngày đưa camera vào hoạt động {activated.isoformat()}",
            f"lies after the camera was activated on {activated.isoformat()}",
            rule=rule,
        )
    if consent not in self.consents:
        with acting(context.envelope("camera.administer", rule=rule)):
            self.trigger_event(ConsentFiled, consent=consent)


def _of_new_owner(camera: "Camera", consent: Consent, begun: datetime) -> bool:
    """Whether it is the consent of somebody whose it is only since it began to work."""
    named = camera.owner_named_at
    return consent.kind == ConsentKind.HOUSEHOLDER and named is not None and named > begun


def _not_withdrawn(camera: "Camera", consent: Consent, rule: str | None) -> None:
    """Refuse what an owner who withdrew had agreed to before."""
    if not camera.withdrawn or camera.withdrawn_at is None or consent.kind != ConsentKind.HOUSEHOLDER:
        return
    day = legal_date(camera.withdrawn_at)
    if consent.dated < day:
        raise InvalidInput(
            "dated",
            f"trước ngày chủ sở hữu rút đồng ý {day.isoformat()}, cần văn bản đồng ý mới",
            f"lies before the owner withdrew on {day.isoformat()}; a new consent is needed",
            rule=rule,
        )


def withdraw_consent(
    self: "Camera", context: Context, *, document: str | None = None, reason: str | None = None
) -> None:
    """Put on record that the owner agrees no longer: watching and the link end with it (R-DH-3.6.0)."""
    refuse(check_withdraw(self, context))
    document = some_words("document", document, longest=LONGEST_NAME)
    reason = some_words("reason", reason, longest=LONGEST_NAME)
    with acting(context.envelope("camera.administer", rule=act_rule(context, "own"), reason=reason)):
        self.trigger_event(
            ConsentWithdrawn, document=document, stopped=stopped_by(self, context.now, CONNECT_CAMERA)
        )


def file_certificate(self: "Camera", context: Context, certificate: Certificate) -> None:
    """Put a verification on file: in force today, and beginning and ending later than the one it follows.

    Who is verified again before the last day of the last one loses nothing: the newer one counts. Where one was voided,
    what it should have been is filed whenever that is found out, of a camera that is retired as well.
    """
    refuse((check_administer if self.voided else check_change)(self, context))
    rule = act_rule(context, "measure")
    words("number", certificate.number, longest=LONGEST_NAME, rule=rule)
    words("body", certificate.body, longest=LONGEST_NAME, rule=rule)
    if certificate.measures not in set(Measure):
        expected = ", ".join(Measure)
        raise InvalidInput(
            "measures", f"phải là một trong {expected}", f"must be one of {expected}", rule=rule
        )
    not_ahead("issuedOn", certificate.issued_on, context, rule)
    today = certificate.issued_on if self.voided else legal_date(context.now)
    if certificate.valid_until < max(today, certificate.issued_on):
        raise InvalidInput(
            "validUntil",
            f"giấy chứng nhận đã hết hạn ngày {certificate.valid_until.isoformat()}",
            f"the certificate expired on {certificate.valid_until.isoformat()}",
            rule=rule,
        )
    for other in self.certificates:
        if other.measures == certificate.measures and (
            other.number == certificate.number or not _in_turn(other, certificate)
        ):
            raise InvalidInput(
                "validUntil",
                f"trùng thời hạn với giấy {other.number}, hiệu lực đến {other.valid_until.isoformat()}",
                f"overlaps {other.number}, which is valid until {other.valid_until.isoformat()}",
                rule=rule,
            )
    with acting(context.envelope("camera.administer", rule=rule)):
        self.trigger_event(Verified, certificate=certificate)


def _in_turn(one: Certificate, other: Certificate) -> bool:
    """Whether one of them both begins and ends before the other."""
    first, second = sorted((one, other), key=lambda each: each.issued_on)
    return first.issued_on < second.issued_on and first.valid_until < second.valid_until


def void_certificate(self: "Camera", context: Context, *, number: str, reason: str) -> None:
    """Put on record that what a certificate on file says is not so; what it should have said is filed after that.

    Nothing is edited in place (R-QT-5.4.0), and whatever was captured on the strength of it has no verification now.
    """
    refuse(check_void(self, context))
    rule = act_rule(context, "measure")
    words("reason", reason, longest=LONGEST_NAME, rule=rule)
    on_file = [one.number for one in self.certificates]
    if number not in on_file:
        expected = ", ".join(on_file)
        raise InvalidInput("number", f"phải là một trong {expected}", f"must be one of {expected}", rule=rule)
    with acting(context.envelope("camera.administer", rule=rule, reason=reason)):
        self.trigger_event(CertificateVoided, number=number)


def calibrate(
    self: "Camera",
    context: Context,
    *,
    calibrated_on: date,
    body: str,
    document: str,
    result: str | None = None,
) -> None:
    """Put a calibration on file."""
    refuse(check_change(self, context))
    rule = act_rule(context, "calibrate")
    words("body", body, longest=LONGEST_NAME, rule=rule)
    words("document", document, longest=LONGEST_NAME, rule=rule)
    not_ahead("calibratedOn", calibrated_on, context, rule)
    with acting(context.envelope("camera.administer", rule=rule)):
        self.trigger_event(
            Calibrated,
            calibrated_on=calibrated_on,
            body=body,
            document=document,
            result=some_words("result", result),
        )


def check_clock(self: "Camera", context: Context, *, offset_ms: int) -> None:
    """Put on record by how much its clock is wrong now."""
    refuse(check_keep_time(self, context))
    with acting(context.envelope("camera.operate")):
        self.trigger_event(ClockChecked, at=context.now, offset_ms=offset_ms)


def install_firmware(self: "Camera", context: Context, *, firmware: str) -> None:
    """Put on record which version it runs; the one it runs records nothing."""
    refuse(check_change(self, context))
    rule = act_rule(context, "change")
    words("firmware", firmware, longest=LONGEST_NAME, rule=rule)
    if firmware != self.firmware:
        with acting(context.envelope("camera.administer", rule=rule)):
            self.trigger_event(FirmwareInstalled, firmware=firmware)


def not_ahead(path: str, day: date, context: Context, rule: str | None) -> None:
    """Refuse a day that has not come."""
    if day > legal_date(context.now):
        raise InvalidInput(path, "ở tương lai", "lies in the future", rule=rule)
