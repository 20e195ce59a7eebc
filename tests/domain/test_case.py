"""A case: what each act records, and what each refuses under which rule."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.case import Case, Finding
from domain.errors import Forbidden, InvalidInput, SamePerson, SameUnit, WrongState
from domain.personal import Personal
from domain.unit import Unit
from tests.support.cases import (
    ACTS,
    NOTIFY_BY,
    PLATE,
    POLICE_ACT,
    RECEIVED,
    STARTED,
    TEXT,
    TRANSFER_BY,
    VERIFY_BY,
    WAY,
    approved,
    concluded,
    detected,
    discarded,
)
from tests.support.spec import (
    APPROVER,
    CENTRE,
    COLLEAGUE,
    COMMITTEE,
    COMMUNE,
    COMMUNE_LEADER,
    HANDLER,
    ID,
    INSPECTORATE,
    NOW,
    OTHER_CENTRE,
    POLICE,
    TEAM,
    TEAM_HANDLER,
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
                due=VERIFY_BY,
                due_rule="R-DH-11.3.b3",
                late=False,
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
        ["73A-123.45", "73A 12345", "29-LD-123.45", "80NG-001-01", "73MĐ1-234.56", "12345", "A" * 20],
    )
    def test_plate(self, plate: str) -> None:
        """A plate is 5 to 20 capitals, digits, dots, dashes and blanks."""
        outcome = given(Case, detected()).when(
            lambda case: case.approve(context(APPROVER), plate=plate, recipient=POLICE)
        )
        outcome.then(approved(plate=Personal.said(ID, plate)))

    @pytest.mark.parametrize(
        "plate",
        [
            "",
            "1234",
            "A" * 21,
            "73a-123.45",
            "73A-123.45\n",
            " 73A-123.45",
            "73A-123.4_",
            "73A;DROP",
            "73A-12345.",
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
        """A security case has no transfer clock, is never late, and goes to the commune police as well."""
        given(Case, detected(domain="SECURITY", due=None, due_rule=None)).when(
            lambda case: case.approve(
                context(APPROVER, legal("2027-03-01 08:00")), plate=PLATE, recipient=COMMUNE
            )
        ).then(approved(recipient_unit_id=COMMUNE.id, due=legal("2027-04-01 00:00")))

    @pytest.mark.rule("R-DHV-0.0.0")
    def test_before_processing_began(self) -> None:
        """What was detected before 1 June 2022, by the clock of Viet Nam, is kept and not transferred."""
        before = detected(detected_at=datetime(2022, 5, 31, 16, 59, 59, tzinfo=UTC))
        given(Case, before).when(lambda case: ACTS["approveCase"](case, context(APPROVER))).then_refused(
            WrongState, rule="R-DHV-0.0.0"
        )
        given(Case, before).when(lambda case: ACTS["discardCase"](case, context(APPROVER))).then(
            discarded(late=False)
        )

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
                Case.Discarded, reason_code="TEST", note=Personal.said(ID, "Thử thiết bị"), late=False
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
        ).then(discarded(late=True))


class TestReceive:
    """The recipient takes the data over."""

    @pytest.mark.rule("R-DHV-2.1.a")
    def test_by_the_recipient(self) -> None:
        """The unit it was handed to receives it."""
        given(Case, *WAY[:2]).when(lambda case: case.receive(context(HANDLER))).then(
            fact(Case.Received).under(**POLICE_ACT, rule="R-DHV-2.1.a", took_place_at=NOW)
        )

    def test_twice(self) -> None:
        """What is received is not received again."""
        given(Case, *WAY[:3]).when(lambda case: case.receive(context(COLLEAGUE))).then_refused(
            WrongState, rule="R-DHV-2.1.a"
        )

    def test_by_another_unit(self) -> None:
        """A team that may receive cases does not take one that was handed to another."""
        given(Case, *WAY[:2]).when(lambda case: case.receive(context(TEAM_HANDLER))).then_refused(
            Forbidden, rule="R-DH-11.2.0"
        )

    @pytest.mark.rule("R-DH-12.2.a2")
    def test_by_the_commune(self) -> None:
        """The commune police take over a security case of theirs, and no traffic case."""
        theirs = approved(recipient_unit_id=COMMUNE.id)
        given(Case, detected(domain="SECURITY", due=None, due_rule=None), theirs).when(
            lambda case: case.receive(context(COMMUNE_LEADER))
        ).then(fact(Case.Received).under(by=str(COMMUNE_LEADER.account_id), rule="R-DH-12.2.a2"))
        given(Case, detected(), theirs).when(lambda case: case.receive(context(COMMUNE_LEADER))).then_refused(
            Forbidden, rule="R-DH-12.2.a2"
        )


class TestStartVerification:
    """The police accept for verification."""

    def test_received(self) -> None:
        """A received case may be verified, by anyone of the unit whose function it is."""
        given(Case, *WAY[:3]).when(lambda case: case.start_verification(context(COLLEAGUE))).then(
            fact(Case.VerificationStarted).under(
                by=str(COLLEAGUE.account_id), unit_id=POLICE.id, rule="R-DH-11.3.b3"
            )
        )

    @pytest.mark.rule("R-DHV-2.1.a")
    def test_not_received(self) -> None:
        """A case is received before it is verified."""
        given(Case, *WAY[:2]).when(lambda case: case.start_verification(context(HANDLER))).then_refused(
            WrongState, rule="R-DHV-2.1.a"
        )


class TestConclude:
    """The police conclude what they verified."""

    @pytest.mark.rule("R-DH-11.3.b4")
    @pytest.mark.rule("R-DH-11.3.b5")
    @pytest.mark.parametrize("finding", list(Finding))
    def test_in_words(self, finding: Finding) -> None:
        """A conclusion says what was found and starts the clock of the result notice."""
        given(Case, *WAY[:4]).when(
            lambda case: case.conclude(context(HANDLER), finding=finding, text=TEXT)
        ).then(
            fact(
                Case.Concluded,
                finding=finding.value,
                text=Personal.said(ID, TEXT),
                due=NOTIFY_BY,
                due_rule="R-DH-11.3.b5",
                late=False,
            ).under(**POLICE_ACT, rule="R-DH-11.3.b4", took_place_at=NOW)
        )

    @pytest.mark.rule("R-DH-11.3.b3")
    @pytest.mark.parametrize("now, late", [(VERIFY_BY - SECOND, False), (VERIFY_BY, True)])
    def test_late(self, now: datetime, late: bool) -> None:
        """A conclusion after the verification was due is recorded as late and stays possible."""
        outcome = given(Case, *WAY[:4]).when(lambda case: ACTS["concludeCase"](case, context(HANDLER, now)))
        assert [event.late for event in outcome.events if isinstance(event, Case.Concluded)] == [late]

    @pytest.mark.parametrize("text", ["", " \n\t", "ố" * 4001])
    def test_without_words(self, text: str) -> None:
        """A conclusion says something, in at most 4000 characters."""
        refusal = (
            given(Case, *WAY[:4])
            .when(lambda case: case.conclude(context(HANDLER), finding=Finding.INSUFFICIENT, text=text))
            .then_refused(InvalidInput, rule="R-DH-11.3.b4")
        )
        assert refusal.path == "text"

    def test_longest_text(self) -> None:
        """4000 characters are not too many."""
        given(Case, *WAY[:4]).when(
            lambda case: case.conclude(context(HANDLER), finding=Finding.VIOLATION, text="ố" * 4000)
        ).then(concluded(text=Personal.said(ID, "ố" * 4000)))

    @pytest.mark.rule("R-QT-4.4.0")
    def test_by_whoever_approved(self) -> None:
        """Whoever approved a case does not conclude it, even after moving to the unit that holds it."""
        mine = approved().under(by=str(HANDLER.account_id))
        given(Case, detected(), mine, RECEIVED, STARTED).when(
            lambda case: ACTS["concludeCase"](case, context(HANDLER))
        ).then_refused(SamePerson, rule="R-DH-11.3.b4")

    @pytest.mark.rule("R-QT-4.4.0")
    def test_by_the_unit_that_approved(self) -> None:
        """Nor does a colleague in the unit that approved it."""
        ours = approved().under(by=str(COLLEAGUE.account_id), unit_id=POLICE.id)
        given(Case, detected(), ours, RECEIVED, STARTED).when(
            lambda case: ACTS["concludeCase"](case, context(HANDLER))
        ).then_refused(SameUnit, rule="R-DH-11.3.b4")


class TestNotify:
    """The result goes back to the Centre."""

    @pytest.mark.rule("R-DH-11.3.b5")
    @pytest.mark.parametrize("now, late", [(NOTIFY_BY - SECOND, False), (NOTIFY_BY, True)])
    def test_result(self, now: datetime, late: bool) -> None:
        """The notice is given once, within five working days of the conclusion or late."""
        given(Case, *WAY[:5]).when(lambda case: case.notify_result(context(HANDLER, now))).then(
            fact(Case.ResultNotified, late=late).under(**POLICE_ACT, rule="R-DH-11.3.b5")
        )

    def test_twice(self) -> None:
        """It is not given again."""
        given(Case, *WAY).when(lambda case: case.notify_result(context(HANDLER))).then_refused(
            WrongState, rule="R-DH-11.3.b4"
        )
