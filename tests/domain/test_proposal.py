"""From a proposal to its transfer: what each act records, and what each refuses under which rule."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.case import Case
from domain.case.state import Channel
from domain.errors import InvalidInput, SameUnit, WrongState
from domain.personal import Personal
from domain.unit import Unit
from tests.support.cases import (
    ACTS,
    PLATE,
    TRANSFER_BY,
    approved,
    clock,
    detected,
    discarded,
    limitation,
    stopped,
)
from tests.support.spec import (
    APPROVER,
    CENTRE,
    COMMITTEE,
    COMMUNE,
    ID,
    INSPECTORATE,
    NOW,
    OTHER_CENTRE,
    POLICE,
    TEAM,
    context,
    fact,
    given,
    legal,
)

SECOND = timedelta(seconds=1)


class TestApprove:
    """The Centre approves and hands over in one act."""

    @pytest.mark.rule("R-DHV-1.3.0")
    @pytest.mark.rule("R-DH-11.3.a1")
    @pytest.mark.rule("R-DH-11.3.b3")
    def test_in_time(self) -> None:
        """Approving hands the case to the police and starts their clock, under the Centre's own rule."""
        given(Case, detected()).when(
            lambda case: case.approve(context(APPROVER), plate=PLATE, recipient=POLICE)
        ).then(
            fact(
                Case.Approved,
                plate=Personal.said(ID, PLATE),
                recipient_unit_id=POLICE.id,
                clocks=(clock("VERIFY"), limitation(POLICE.id)),
                stopped=(stopped("TRANSFER"),),
            ).under(
                by=str(APPROVER.account_id),
                unit_id=CENTRE.id,
                took_place_at=NOW,
                rulebook=context().rulebook.version,
                rule="R-DHV-1.3.0",
                reason=None,
                delegation=None,
                causation_id=None,
            )
        )

    @pytest.mark.rule("R-DH-11.3.a1")
    @pytest.mark.parametrize(
        "now, late", [(TRANSFER_BY - SECOND, False), (TRANSFER_BY, True), (TRANSFER_BY + SECOND, True)]
    )
    def test_late(self, now: datetime, late: bool) -> None:
        """Five working days end at midnight: from then on the transfer is late, and stays possible."""
        outcome = given(Case, detected()).when(lambda case: ACTS["approveCase"](case, context(APPROVER, now)))
        assert [event.late for event in outcome.events if isinstance(event, Case.Approved)] == [late]

    @pytest.mark.parametrize(
        "plate",
        [
            "73A-123.45",
            "73A 12345",
            "73A-1234",
            "73-B1 234.56",
            "73AB-123.45",
            "29-LD-123.45",
            "73CD-001.23",
            "80-001-NG-01",
            "80NG-001-01",
            "73MĐ1-234.56",
            "KV-1234",
            "73a-123.45",
            " 73A-123.45\n",
        ],
    )
    def test_plate(self, plate: str) -> None:
        """A plate of a series there is, however it is typed; it is kept in capitals, without blanks around it."""
        given(Case, detected()).when(
            lambda case: case.approve(context(APPROVER), plate=plate, recipient=POLICE)
        ).then(approved(plate=Personal.said(ID, plate.strip().upper())))

    @pytest.mark.parametrize(
        "plate",
        [
            "",
            "1234",
            "12345",
            "A" * 21,
            "03A-123.45",
            "73I-123.45",
            "73J-123.45",
            "73O-123.45",
            "73Q-123.45",
            "73W-123.45",
            "73A-123",
            "73A-123.4567",
            "73AI-123.45",
            "73A-123.4_",
            "73A;DROP",
        ],
    )
    def test_not_a_plate(self, plate: str) -> None:
        """Anything else is refused by the field's name, and the answer does not repeat it."""
        refusal = (
            given(Case, detected())
            .when(lambda case: case.approve(context(APPROVER), plate=plate, recipient=POLICE))
            .then_refused(InvalidInput)
        )
        assert (refusal.path, refusal.en) == ("plate", "plate: not a plate (such as 73A-123.45)")

    @pytest.mark.rule("R-DHV-1.3.0")
    def test_own_unit(self) -> None:
        """Nobody hands a case to their own unit."""
        given(Case, detected()).when(
            lambda case: case.approve(context(APPROVER), plate=PLATE, recipient=CENTRE)
        ).then_refused(SameUnit, rule="R-DHV-1.3.0")

    @pytest.mark.rule("R-DHV-2.1.a")
    @pytest.mark.parametrize(
        "recipient", [OTHER_CENTRE, COMMUNE, COMMITTEE, INSPECTORATE], ids=lambda unit: str(unit.kind)
    )
    def test_recipient_that_may_not_receive(self, recipient: Unit) -> None:
        """A traffic case goes to a unit of the police that receives such cases, nowhere else."""
        refusal = (
            given(Case, detected())
            .when(lambda case: case.approve(context(APPROVER), plate=PLATE, recipient=recipient))
            .then_refused(InvalidInput, rule="R-DHV-2.1.a")
        )
        assert refusal.path == "recipientUnitId"

    @pytest.mark.parametrize("recipient", [POLICE, TEAM], ids=lambda unit: str(unit.kind))
    def test_recipient(self, recipient: Unit) -> None:
        """The city police and the traffic team receive traffic cases."""
        given(Case, detected()).when(
            lambda case: case.approve(context(APPROVER), plate=PLATE, recipient=recipient)
        ).then(approved(recipient_unit_id=recipient.id))

    @pytest.mark.rule("R-DH-12.2.a2")
    def test_security_case(self) -> None:
        """A security case has no clock, is never late, and goes to the commune police as well."""
        much_later = legal("2027-03-01 08:00")
        given(Case, detected(domain="SECURITY")).when(
            lambda case: case.approve(context(APPROVER, much_later), plate=PLATE, recipient=COMMUNE)
        ).then(approved(recipient_unit_id=COMMUNE.id, clocks=(), stopped=()).under(took_place_at=much_later))

    @pytest.mark.rule("R-DHV-0.0.0")
    def test_before_processing_began(self) -> None:
        """What was detected before 1 June 2022, by the clock of Viet Nam, is kept and not transferred."""
        before = detected(detected_at=datetime(2022, 5, 31, 16, 59, 59, tzinfo=UTC))
        given(Case, before).when(lambda case: ACTS["approveCase"](case, context(APPROVER))).then_refused(
            WrongState, rule="R-DHV-0.0.0"
        )
        given(Case, before).when(lambda case: ACTS["discardCase"](case, context(APPROVER))).then(discarded())

    @pytest.mark.rule("R-DHV-0.0.0")
    def test_when_processing_began(self) -> None:
        """From the first instant of 1 June 2022 in Viet Nam, detections are transferred."""
        given(Case, detected(detected_at=datetime(2022, 5, 31, 17, 0, tzinfo=UTC))).when(
            lambda case: ACTS["approveCase"](case, context(APPROVER))
        ).then(approved())


class TestDiscard:
    """What is no violation is discarded for a reason of the closed list."""

    def test_with_a_reason(self) -> None:
        """The reason stands in the event and in its envelope."""
        given(Case, detected()).when(
            lambda case: case.discard(context(APPROVER), reason_code="TEST", note="Thử thiết bị")
        ).then(
            fact(
                Case.Discarded,
                reason_code="TEST",
                note=Personal.said(ID, "Thử thiết bị"),
                stopped=(stopped("TRANSFER"), stopped("LIMITATION")),
            ).under(by=str(APPROVER.account_id), unit_id=CENTRE.id, reason="TEST", rule="R-DHV-1.3.0")
        )

    @pytest.mark.parametrize("note", [None, ""])
    def test_without_a_note(self, note: str | None) -> None:
        """A note is free; an empty one is none."""
        given(Case, detected()).when(
            lambda case: case.discard(context(APPROVER), reason_code="DUPLICATE", note=note)
        ).then(discarded(reason_code="DUPLICATE", note=None))

    @pytest.mark.rule("R-DH-11.3.a1")
    @pytest.mark.parametrize("reason", ["", "test", "PLATE_UNREADABLE", "KNOWN_TO_OFFICER"])
    def test_for_no_reason(self, reason: str) -> None:
        """A violation must be transferred: nothing but the closed list excuses from it."""
        refusal = (
            given(Case, detected())
            .when(lambda case: case.discard(context(APPROVER), reason_code=reason, note=None))
            .then_refused(InvalidInput, rule="R-DHV-1.3.0")
        )
        assert (refusal.path, refusal.en) == (
            "reasonCode",
            "reasonCode: must be one of DUPLICATE, EXEMPT_VEHICLE, FALSE_ALARM, TEST",
        )

    def test_longest_note(self) -> None:
        """A note has at most 4000 characters."""
        case = given(Case, detected())
        case.when(
            lambda case: case.discard(context(APPROVER), reason_code="TEST", note="ố" * 4001)
        ).then_refused(InvalidInput)
        case.when(lambda case: case.discard(context(APPROVER), reason_code="TEST", note="ố" * 4000)).then(
            discarded(reason_code="TEST", note=Personal.said(ID, "ố" * 4000))
        )

    def test_late(self) -> None:
        """A decision after the transfer was due is late, whichever it is."""
        given(Case, detected()).when(
            lambda case: ACTS["discardCase"](case, context(APPROVER, TRANSFER_BY))
        ).then(
            discarded(stopped=(stopped("TRANSFER", late=True), stopped("LIMITATION"))).under(
                took_place_at=TRANSFER_BY
            )
        )


class TestByHand:
    """A transfer says its channel; what goes by hand says under which reference, and to whom."""

    @pytest.mark.rule("R-QT-9.1.0", "R-DH-11.3.a1")
    @pytest.mark.parametrize("channel", [c for c in Channel if c is not Channel.SOFTWARE])
    def test_recorded(self, channel: Channel) -> None:
        """The channel, the reference and the receiver are on record; the receiver is sealed."""
        given(Case, detected()).when(
            lambda case: case.approve(
                context(APPROVER),
                plate=PLATE,
                recipient=POLICE,
                channel=channel,
                reference="12/CV-VP",
                receiver="Trần Văn Mẫu",
            )
        ).then(
            approved(
                channel=channel.value,
                reference="12/CV-VP",
                receiver=Personal.said(ID, "Trần Văn Mẫu"),
            )
        )

    @pytest.mark.rule("R-QT-9.1.0")
    @pytest.mark.parametrize(
        "reference, receiver, missing",
        [
            (None, "Trần Văn Mẫu", "reference"),
            (" ", "Trần Văn Mẫu", "reference"),
            ("12/CV-VP", None, "receiver"),
            ("12/CV-VP", "", "receiver"),
        ],
    )
    def test_missing(self, reference: str | None, receiver: str | None, missing: str) -> None:
        """Without a reference or a receiver a transfer by document is refused, naming which."""
        refusal = (
            given(Case, detected())
            .when(
                lambda case: case.approve(
                    context(APPROVER),
                    plate=PLATE,
                    recipient=POLICE,
                    channel=Channel.DOCUMENT,
                    reference=reference,
                    receiver=receiver,
                )
            )
            .then_refused(InvalidInput, rule="R-DH-11.3.a1")
        )
        assert refusal.path == missing


def test_why_it_was_late() -> None:
    """A late transfer says why at once, sealed, and then owes no reason any more."""
    case = given(Case, detected())
    case.when(
        lambda case: case.approve(
            context(APPROVER, TRANSFER_BY), plate=PLATE, recipient=POLICE, late_reason="Mất kết nối ba ngày"
        )
    ).then(
        approved(
            clocks=(clock("VERIFY", TRANSFER_BY, due=legal("2026-07-10 00:00")), limitation(POLICE.id)),
            stopped=(stopped("TRANSFER", late=True),),
            late_reason=Personal.said(ID, "Mất kết nối ba ngày"),
        ).under(took_place_at=TRANSFER_BY)
    )
    assert case.aggregate.late_without_reason == {}


def test_no_plate_to_be_seen() -> None:
    """Where the image shows no plate the case is transferred all the same: finding it out is for verification."""
    case = given(Case, detected())
    case.when(lambda case: case.approve(context(APPROVER), plate=None, recipient=POLICE)).then(
        approved(plate=None)
    )
    assert case.aggregate.plate_known is False
