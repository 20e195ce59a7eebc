"""How a case comes to a unit and goes on from it."""

from datetime import timedelta

import pytest

from domain.case import Case
from domain.errors import Forbidden, WrongState
from tests.support.cases import (
    POLICE_ACT,
    WAY,
    approved,
    detected,
)
from tests.support.spec import (
    COLLEAGUE,
    COMMUNE,
    COMMUNE_LEADER,
    HANDLER,
    TEAM_HANDLER,
    context,
    fact,
    given,
)

SECOND = timedelta(seconds=1)


class TestReceive:
    """The recipient takes the data over."""

    @pytest.mark.rule("R-DHV-2.1.a")
    def test_by_the_recipient(self) -> None:
        """The unit it was handed to receives it."""
        given(Case, *WAY[:2]).when(lambda case: case.receive(context(HANDLER))).then(
            fact(Case.Received).under(**POLICE_ACT, rule="R-DHV-2.1.a")
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
        given(Case, detected(domain="SECURITY"), theirs).when(
            lambda case: case.receive(context(COMMUNE_LEADER))
        ).then(fact(Case.Received).under(by=str(COMMUNE_LEADER.account_id), rule="R-DH-12.2.a2"))
        given(Case, detected(), theirs).when(lambda case: case.receive(context(COMMUNE_LEADER))).then_refused(
            Forbidden, rule="R-DH-12.2.a2"
        )
