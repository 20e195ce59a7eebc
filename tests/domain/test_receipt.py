"""How a case comes to a unit and goes on from it: received, assigned, returned, forwarded."""

from datetime import timedelta
from typing import Any

import pytest

from domain.case import Case, CaseState, Finding, Mark
from domain.case.state import Channel
from domain.errors import Forbidden, InvalidInput, SamePerson, SameUnit, WrongState
from domain.rules import Forwarded
from tests.support.cases import (
    PLATE,
    POLICE_ACT,
    RECEIVED,
    TEXT,
    WAY,
    approved,
    clock,
    detected,
    limitation,
    stopped,
)
from tests.support.procedure import CHIEF, OWNER, driven, on, said
from tests.support.spec import (
    APPROVER,
    CENTRE,
    COLLEAGUE,
    COMMUNE,
    COMMUNE_LEADER,
    HANDLER,
    POLICE,
    TEAM,
    TEAM_HANDLER,
    actor,
    context,
    fact,
    given,
    legal,
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


class TestAssign:
    """A case is one person's to act on next."""

    @pytest.mark.rule("R-QT-4.4.0")
    def test_upon_oneself(self) -> None:
        """Anybody whose function it is takes it upon themselves; twice is once."""
        case = driven("receiveCase")
        mine = HANDLER.account_id
        case.when(lambda case: case.assign(context(HANDLER), account_id=mine, unit_id=POLICE.id)).then(
            fact(Case.Assigned, account_id=mine).under(by=str(mine), rule="R-DHV-2.1.a")
        )
        case.when(
            lambda case: case.assign(context(HANDLER), account_id=mine, unit_id=POLICE.id)
        ).then_nothing()

    @pytest.mark.rule("R-QT-4.4.0")
    def test_to_another(self) -> None:
        """The head of the unit gives it to one of its people; a colleague does not, nor to a stranger."""
        case, theirs = driven("receiveCase"), COLLEAGUE.account_id
        case.when(
            lambda case: case.assign(context(HANDLER), account_id=theirs, unit_id=POLICE.id)
        ).then_refused(Forbidden, rule="R-DHV-2.1.a")
        case.when(
            lambda case: case.assign(context(CHIEF), account_id=TEAM_HANDLER.account_id, unit_id=TEAM.id)
        ).then_refused(InvalidInput)
        case.when(lambda case: case.assign(context(CHIEF), account_id=theirs, unit_id=POLICE.id)).then(
            fact(Case.Assigned, account_id=theirs)
        )
        assert case.aggregate.assignee == theirs


class TestReturn:
    """What was supplied goes back to whoever supplied it."""

    @pytest.mark.rule("R-DHV-2.1.a")
    def test_returned(self) -> None:
        """Verification stops, the limitation becomes the Centre's to keep, and the Centre may approve again."""
        case = driven("startVerification")
        case.when(
            lambda case: case.return_(on(HANDLER, "2026-06-04 08:00"), text="Ảnh mờ, đề nghị bổ sung")
        ).then(
            fact(
                Case.Returned,
                to_unit_id=CENTRE.id,
                text=said("Ảnh mờ, đề nghị bổ sung"),
                clocks=(limitation(CENTRE.id),),
                stopped=(stopped("VERIFY"),),
            )
        )
        assert (case.aggregate.state, case.aggregate.holder_unit_id, case.aggregate.assignee) == (
            CaseState.RETURNED,
            CENTRE.id,
            None,
        )
        case.after(
            on(APPROVER, "2026-06-05 08:00"), lambda case, ctx: case.approve(ctx, plate=PLATE, recipient=TEAM)
        )
        verify = case.aggregate.clocks["VERIFY"]
        assert (verify.due, verify.unit_id) == (legal("2026-07-07 00:00"), TEAM.id)

    def test_complex_no_more(self) -> None:
        """What was complex before it was returned is found complex again, or not."""
        case = driven("startVerification").after(
            on(CHIEF, "2026-06-04 08:00"), lambda case, ctx: case.extend(ctx, text="Phức tạp")
        )
        case.after(on(HANDLER, "2026-06-05 08:00"), lambda case, ctx: case.return_(ctx, text="Ảnh mờ"))
        assert Mark.COMPLEX not in case.aggregate.marks

    def test_their_own(self) -> None:
        """What the police found themselves has nobody to go back to."""
        own = detected(holder_unit_id=POLICE.id, track="OWN_DEVICE", clocks=())
        given(Case, own, RECEIVED).when(
            lambda case: case.return_(context(HANDLER), text="Ảnh mờ")
        ).then_refused(WrongState, rule="R-DHV-2.1.a")

    @pytest.mark.rule("R-QT-4.4.0")
    def test_whoever_approved_first(self) -> None:
        """Whoever approved it first does not conclude it either, after somebody else approved it again."""
        case = driven("startVerification")
        case.after(on(HANDLER, "2026-06-04 08:00"), lambda case, ctx: case.return_(ctx, text="Ảnh mờ"))
        second = actor(13, CENTRE, "APPROVER")
        case.after(
            on(second, "2026-06-05 08:00"), lambda case, ctx: case.approve(ctx, plate=PLATE, recipient=POLICE)
        )
        case.after(on(HANDLER, "2026-06-05 09:00"), Case.receive, Case.start_verification)
        moved = actor(APPROVER.account_id.int, POLICE, "HANDLER")
        case.when(
            lambda case: case.conclude(on(moved, "2026-06-08 08:00"), finding=Finding.VIOLATION, text=TEXT)
        ).then_refused(SamePerson, rule="R-DH-11.3.b4")


class TestForward:
    """A case goes on to whoever is competent."""

    @pytest.mark.rule("R-DH-11.3.b3")
    def test_to_another_unit(self) -> None:
        """Verification goes on there, as does every other clock, under the instant it has."""
        case = driven("startVerification")
        case.when(
            lambda case: case.forward(
                on(HANDLER, "2026-06-04 08:00"), recipient=TEAM, outside=None, text="Thuộc địa bàn của Đội"
            )
        ).then(
            fact(
                Case.Forwarded,
                recipient_unit_id=TEAM.id,
                outside=None,
                channel="SOFTWARE",
                reference=None,
                receiver=None,
                text=said("Thuộc địa bàn của Đội"),
                clocks=(clock("VERIFY", unit_id=TEAM.id), limitation(TEAM.id)),
            )
        )
        assert (
            case.aggregate.state,
            case.aggregate.holder_unit_id,
            Mark.RECEIVED in case.aggregate.marks,
        ) == (
            CaseState.APPROVED,
            TEAM.id,
            False,
        )

    def test_begins_anew(self) -> None:
        """Where a regulation says so, verification begins anew at the receiver."""
        case = driven("startVerification").after(
            on(HANDLER, "2026-06-04 08:00", verify_after_forwarding=Forwarded.RESTARTS),
            lambda case, ctx: case.forward(ctx, recipient=TEAM, outside=None, text="Thuộc địa bàn của Đội"),
        )
        assert case.aggregate.clocks["VERIFY"] == clock(
            "VERIFY", legal("2026-06-04 08:00"), TEAM.id, due=legal("2026-07-07 00:00")
        )

    @pytest.mark.rule("R-QT-9.1.0")
    def test_to_a_body_outside(self) -> None:
        """It ends here, on paper: which body, under which reference, who took it."""
        case = driven("receiveCase")
        case.when(
            lambda case: case.forward(
                on(HANDLER, "2026-06-04 08:00"),
                recipient=None,
                outside="Công an tỉnh khác",
                text="Chủ xe ở nơi khác",
                channel=Channel.DOCUMENT,
                reference="45/CV-CA",
                receiver="Trần Văn Mẫu",
            )
        ).then(
            fact(
                Case.Forwarded,
                recipient_unit_id=None,
                outside="Công an tỉnh khác",
                channel="DOCUMENT",
                reference="45/CV-CA",
                receiver=said("Trần Văn Mẫu"),
                text=said("Chủ xe ở nơi khác"),
                stopped=(stopped("LIMITATION"), stopped("VERIFY")),
            )
        )
        assert (case.aggregate.state, case.aggregate.clocks) == (CaseState.FORWARDED, {})

    @pytest.mark.parametrize(
        "to, refused",
        [
            ({"recipient": None, "outside": None}, InvalidInput),
            ({"recipient": TEAM, "outside": "Công an tỉnh khác"}, InvalidInput),
            ({"recipient": None, "outside": "Công an tỉnh khác"}, InvalidInput),
            ({"recipient": CENTRE, "outside": None}, InvalidInput),
        ],
        ids=["to-nobody", "to-two", "outside-by-software", "to-no-police"],
    )
    def test_refused(self, to: dict[str, Any], refused: type[InvalidInput]) -> None:
        """To one receiver, that receives such cases, by a way that gets there."""
        outcome = driven("receiveCase").when(
            lambda case: case.forward(on(HANDLER, "2026-06-04 08:00"), text="Chuyển", **to)
        )
        assert (type(outcome.refusal), outcome.events) == (refused, [])

    def test_to_oneself(self) -> None:
        """It is there already."""
        driven("receiveCase").when(
            lambda case: case.forward(
                on(HANDLER, "2026-06-04 08:00"), recipient=POLICE, outside=None, text="Chuyển"
            )
        ).then_refused(SameUnit)


class TestHandle:
    """A security case has a short way of its own."""

    @pytest.mark.rule("R-DH-12.2.a2", "R-QT-1.0.0")
    def test_handled(self) -> None:
        """Detected, transferred, received, handled: no clock, no verification, nobody is punished."""
        case = given(Case, detected(domain="SECURITY")).after(
            on(APPROVER, "2026-06-02 08:00"),
            lambda case, ctx: case.approve(ctx, plate=None, recipient=COMMUNE),
        )
        case.after(on(COMMUNE_LEADER, "2026-06-02 09:00"), Case.receive)
        case.when(
            lambda case: case.handle(on(COMMUNE_LEADER, "2026-06-02 10:00"), text="Đã giải tán đám đông")
        ).then(
            fact(Case.Handled, text=said("Đã giải tán đám đông")).under(
                by=str(COMMUNE_LEADER.account_id), rule="R-DH-12.2.a2"
            )
        )
        assert (case.aggregate.state, case.aggregate.clocks) == (CaseState.HANDLED, {})

    def test_not_verified(self) -> None:
        """It is not verified, so nothing is ever recorded or decided of it."""
        case = given(Case, detected(domain="SECURITY"), approved(clocks=(), stopped=()), RECEIVED)
        case.when(lambda case: case.start_verification(context(HANDLER))).then_refused(
            WrongState, rule="R-DH-11.3.b3"
        )
        case.when(lambda case: case.identify_owner(context(HANDLER), **OWNER)).then_refused(
            WrongState, rule="R-DH-11.3.b3"
        )

    def test_traffic(self) -> None:
        """A violation is concluded, not handled."""
        driven("receiveCase").when(lambda case: case.handle(context(HANDLER), text="Xong")).then_refused(
            WrongState, rule="R-DHV-2.1.a"
        )
