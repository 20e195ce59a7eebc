"""What of a case is shown to the public: only what was verified, and what the catalogue allows."""

from dataclasses import replace

import pytest

from domain.case import Case, Finding, Mark
from domain.case.state import Voided
from domain.context import Actor, Context
from domain.errors import Forbidden, InvalidInput, WrongState
from policies.rulebook import load
from tests.support.cases import TEXT, detected
from tests.support.procedure import CHIEF, driven, on, said
from tests.support.spec import (
    APPROVER,
    COMMUNE,
    COMMUNE_LEADER,
    EXECUTOR,
    HANDLER,
    Given,
    context,
    fact,
    given,
    legal,
)

LATER = "2026-07-22 09:00"
PUBLICATION = load("dong-hoi").on(legal(LATER).date()).settings.publication


@pytest.mark.rule("R-DHV-1.4.a", "R-DH-11.3.a3", "R-DH-14.2.0")
def test_published() -> None:
    """The Centre publishes a violation that was concluded, in the app, of it what the catalogue allows."""
    assert PUBLICATION is not None
    case = driven("notifyResult")
    case.when(lambda case: case.publish(on(APPROVER, LATER))).then(
        fact(
            Case.CasePublished,
            app="Đồng Hới SmartCity",
            fields=("number", "kind", "place", "occurred_at"),
        ).under(by=str(APPROVER.account_id), rule=PUBLICATION.rule)
    )
    assert Mark.PUBLISHED in case.aggregate.marks


@pytest.mark.rule("R-DHV-1.4.a")
@pytest.mark.parametrize("until", ["approveCase", "receiveCase", "startVerification"])
def test_not_verified(until: str) -> None:
    """What was not verified is not published."""
    assert PUBLICATION is not None
    driven(until).when(lambda case: case.publish(on(APPROVER, LATER))).then_refused(
        WrongState, rule=PUBLICATION.rule
    )


@pytest.mark.rule("R-DHV-1.4.a")
@pytest.mark.parametrize("finding", [Finding.NO_VIOLATION, Finding.INSUFFICIENT])
def test_no_violation(finding: Finding) -> None:
    """Nor what turned out to be none."""
    assert PUBLICATION is not None

    def concluded(case: Case, context: Context) -> None:
        case.conclude(context, finding=finding, text=TEXT)

    driven("concludeCase", concludeCase=concluded).when(
        lambda case: case.publish(on(APPROVER, LATER))
    ).then_refused(WrongState, rule=PUBLICATION.rule)


@pytest.mark.rule("R-DHV-1.4.a")
def test_a_proposal() -> None:
    """Nor what nobody has approved."""
    given(Case, detected()).when(lambda case: case.publish(on(APPROVER, LATER))).then_refused(
        WrongState, rule="R-DH-11.3.a3"
    )


@pytest.mark.rule("R-DH-14.2.0")
def test_not_in_the_catalogue() -> None:
    """What the catalogue does not name is not shared: nothing of the security domain, and nothing it has left out."""
    assert PUBLICATION is not None
    security = given(Case, detected(domain="SECURITY")).after(
        on(APPROVER, "2026-06-02 08:00"), lambda case, ctx: case.approve(ctx, plate=None, recipient=COMMUNE)
    )
    security.after(on(COMMUNE_LEADER, "2026-06-02 09:00"), Case.receive)
    security.when(lambda case: case.publish(on(APPROVER, LATER))).then_refused(WrongState, rule="R-DH-14.2.0")
    nothing = on(APPROVER, LATER, publication=replace(PUBLICATION, domains=frozenset()))
    driven("notifyResult").when(lambda case: case.publish(nothing)).then_refused(
        WrongState, rule="R-DH-14.2.0"
    )


def test_not_set() -> None:
    """Where the regulation sets no publication there is none."""
    nothing = on(APPROVER, LATER, publication=None)
    driven("notifyResult").when(lambda case: case.publish(nothing)).then_refused(
        WrongState, rule="R-DH-11.3.a3"
    )


@pytest.mark.parametrize("who", [HANDLER, CHIEF, EXECUTOR, COMMUNE_LEADER], ids=lambda who: str(who.role))
def test_by_others(who: Actor) -> None:
    """The Centre publishes, and of the Centre whose function it is."""
    outcome = driven("notifyResult").when(lambda case: case.publish(context(who, legal(LATER))))
    assert (type(outcome.refusal), outcome.events) == (Forbidden, [])


class TestWithdraw:
    """What was published is no longer shown."""

    def published(self) -> Given[Case]:
        """A case that people can look up."""
        return driven("notifyResult").after(on(APPROVER, "2026-06-25 09:00"), Case.publish)

    def test_withdrawn(self) -> None:
        """It says why, and may be published again."""
        case = self.published()
        case.when(lambda case: case.publish(on(APPROVER, LATER))).then_refused(
            WrongState, rule=PUBLICATION.rule if PUBLICATION else None
        )
        case.when(lambda case: case.withdraw(on(APPROVER, LATER), text=" ")).then_refused(InvalidInput)
        case.when(lambda case: case.withdraw(on(APPROVER, LATER), text="Có khiếu nại")).then(
            fact(Case.PublicationWithdrawn, text=said("Có khiếu nại"))
        )
        assert Mark.PUBLISHED not in case.aggregate.marks
        case.when(lambda case: case.withdraw(on(APPROVER, LATER), text="Nữa")).then_refused(
            WrongState, rule="R-DH-11.3.a3"
        )
        case.after(on(APPROVER, LATER), Case.publish)

    def test_by_itself(self) -> None:
        """What is looked at again, or void, is no longer what was published."""
        reopened = self.published().after(
            on(CHIEF, "2026-06-26 09:00"), lambda case, ctx: case.reopen(ctx, text="Có tình tiết mới")
        )
        void = self.published().after(
            on(CHIEF, "2026-06-26 09:00"),
            lambda case, ctx: case.void(ctx, what=Voided.CASE, document="09/QĐ", text="Nhầm xe"),
        )
        assert [Mark.PUBLISHED in case.aggregate.marks for case in (reopened, void)] == [False, False]
