"""What the police find: verified, extended, concluded, referred, and the result told."""

from datetime import datetime, timedelta

import pytest

from domain.case import Case, Finding
from domain.errors import InvalidInput, SamePerson, SameUnit, WrongState
from domain.personal import Personal
from tests.support.cases import (
    ACTS,
    NOTIFY_BY,
    POLICE_ACT,
    RECEIVED,
    STARTED,
    TEXT,
    VERIFY_BY,
    WAY,
    approved,
    clock,
    concluded,
    detected,
    stopped,
)
from tests.support.spec import (
    COLLEAGUE,
    HANDLER,
    ID,
    POLICE,
    context,
    fact,
    given,
)

SECOND = timedelta(seconds=1)


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
        """A conclusion says what was found and starts the clock of the result notice; without a violation all ends."""
        found = finding is Finding.VIOLATION
        ended = (stopped("VERIFY"),) if found else (stopped("LIMITATION"), stopped("VERIFY"))
        given(Case, *WAY[:4]).when(
            lambda case: case.conclude(context(HANDLER), finding=finding, text=TEXT)
        ).then(
            fact(
                Case.Concluded,
                finding=finding.value,
                text=Personal.said(ID, TEXT),
                clocks=(clock("NOTIFY_RESULT"),),
                stopped=ended,
            ).under(**POLICE_ACT, rule="R-DH-11.3.b4")
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
            fact(Case.ResultNotified, stopped=(stopped("NOTIFY_RESULT", late=late),)).under(
                **{**POLICE_ACT, "took_place_at": now}, rule="R-DH-11.3.b5"
            )
        )

    def test_twice(self) -> None:
        """It is not given again."""
        given(Case, *WAY).when(lambda case: case.notify_result(context(HANDLER))).then_refused(
            WrongState, rule="R-DH-11.3.b4"
        )
