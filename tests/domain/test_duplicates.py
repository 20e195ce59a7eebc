"""One violation, one record, one decision: what seems to be the same is found, and a person merges it or keeps it."""

from uuid import UUID

import pytest

from domain.case import Case, CaseState, Mark
from domain.case.clocks import next_due
from domain.errors import Forbidden, InvalidInput, WrongState
from tests.support.cases import PLATE, approved, detected, discarded, limitation, stopped
from tests.support.procedure import CHIEF, PENALTY, RECORD, driven, on, said
from tests.support.spec import (
    APPROVER,
    HANDLER,
    POLICE,
    TEAM_HANDLER,
    Fact,
    Given,
    context,
    fact,
    given,
    recorded,
    replayed,
)

OTHER = UUID(int=0xD0)
THIRD = UUID(int=0xD1)
ONE_VIOLATION = "R-VN-ND118-12.3"
NOW = "2026-06-25 09:00"


def another(*facts: Fact, **about: str) -> Case:
    """Another case."""
    case = replayed(recorded([detected(**about), *facts], Case, OTHER))
    assert isinstance(case, Case)
    return case


def suspected(until: str, *others: UUID) -> Given[Case]:
    """The usual case, to which others seem to be alike."""
    return driven(until).after(on(HANDLER, NOW), lambda case, ctx: case.suspect(ctx, others))


class TestFound:
    """Cases of the same plate, place, time and kind."""

    def test_at_the_transfer(self) -> None:
        """Those that are known at the transfer are named in it, in an order of their own, each once."""
        case = given(Case, detected())
        case.when(
            lambda case: case.approve(
                context(APPROVER), plate=PLATE, recipient=POLICE, duplicates=[THIRD, OTHER, THIRD]
            )
        ).then(approved(duplicates=(OTHER, THIRD)))
        assert Mark.DUPLICATE_SUSPECTED in case.aggregate.marks

    def test_later(self) -> None:
        """Those that are found later are put on record once; the case itself is none of them."""
        case = driven("concludeCase")
        case.when(lambda case: case.suspect(on(HANDLER, NOW), [OTHER, case.id])).then(
            fact(Case.DuplicateSuspected, duplicates=(OTHER,)).under(rule=ONE_VIOLATION)
        )
        case.when(lambda case: case.suspect(on(HANDLER, NOW), [OTHER])).then_nothing()

    def test_no_record_meanwhile(self) -> None:
        """Nothing is recorded against anybody before a person has looked."""
        suspected("determineViolator", OTHER).when(
            lambda case: case.draw(on(HANDLER, "2026-07-01 09:00"), RECORD)
        ).then_refused(WrongState, rule=ONE_VIOLATION)

    def test_no_decision_meanwhile(self) -> None:
        """Nor is anybody punished."""
        case = driven("drawRecord").after(
            on(HANDLER, "2026-07-02 09:00"), lambda case, ctx: case.suspect(ctx, [OTHER])
        )
        case.when(lambda case: case.decide(on(CHIEF, "2026-07-09 09:00"), PENALTY)).then_refused(
            WrongState, rule=ONE_VIOLATION
        )


class TestKeep:
    """A person found that the other case is about another violation."""

    def test_kept(self) -> None:
        """It is on record why, and that one is not suspected again."""
        case = suspected("concludeCase", OTHER)
        case.when(lambda case: case.keep(on(HANDLER, NOW), other_case_id=OTHER, text="Hai lượt đi qua")).then(
            fact(Case.Kept, other_case_id=OTHER, text=said("Hai lượt đi qua")).under(
                by=str(HANDLER.account_id), rule=ONE_VIOLATION
            )
        )
        assert Mark.DUPLICATE_SUSPECTED not in case.aggregate.marks
        case.when(lambda case: case.suspect(on(HANDLER, NOW), [OTHER])).then_nothing()

    def test_one_of_two(self) -> None:
        """While another is suspected still, the mark stays."""
        case = suspected("concludeCase", OTHER, THIRD)
        case.after(
            on(HANDLER, NOW), lambda case, ctx: case.keep(ctx, other_case_id=OTHER, text="Hai lượt đi qua")
        )
        assert (case.aggregate.duplicates, Mark.DUPLICATE_SUSPECTED in case.aggregate.marks) == (
            {THIRD},
            True,
        )

    def test_not_suspected(self) -> None:
        """What is not suspected need not be kept."""
        case = suspected("concludeCase", OTHER)
        case.when(lambda case: case.keep(on(HANDLER, NOW), other_case_id=THIRD, text="Khác")).then_refused(
            InvalidInput
        )
        driven("concludeCase").when(
            lambda case: case.keep(on(HANDLER, NOW), other_case_id=OTHER, text="Khác")
        ).then_refused(WrongState, rule=ONE_VIOLATION)

    def test_without_words(self) -> None:
        """Why is said."""
        suspected("concludeCase", OTHER).when(
            lambda case: case.keep(on(HANDLER, NOW), other_case_id=OTHER, text=" ")
        ).then_refused(InvalidInput, rule=ONE_VIOLATION)

    def test_by_another_unit(self) -> None:
        """Whoever holds the case looks."""
        suspected("concludeCase", OTHER).when(
            lambda case: case.keep(on(TEAM_HANDLER, NOW), other_case_id=OTHER, text="Khác")
        ).then_refused(Forbidden, rule="R-DH-11.3.b3")


class TestMerge:
    """A person found that another case is about the same violation."""

    def test_merged(self) -> None:
        """The case ends, every clock of it with it; the other one goes on."""
        case = driven("receiveCase")
        into = another(approved(OTHER))
        case.when(lambda case: case.merge(on(HANDLER, NOW), into=into, text="Cùng một lượt đi qua")).then(
            fact(
                Case.Merged,
                into_case_id=OTHER,
                text=said("Cùng một lượt đi qua"),
                stopped=(stopped("LIMITATION"), stopped("VERIFY")),
            ).under(rule=ONE_VIOLATION)
        )
        assert (case.aggregate.state, next_due(case.aggregate.clocks)) == (CaseState.MERGED, None)
        assert (into.state, into.clocks["LIMITATION"]) == (CaseState.APPROVED, limitation(POLICE.id))

    def test_into_itself(self) -> None:
        """A case does not stand for itself."""
        refusal = (
            driven("receiveCase")
            .when(lambda case: case.merge(on(HANDLER, NOW), into=case, text="Trùng"))
            .then_refused(InvalidInput)
        )
        assert refusal.path == "intoCaseId"

    def test_into_what_does_not_stand(self) -> None:
        """What was discarded stands for nothing."""
        driven("receiveCase").when(
            lambda case: case.merge(on(HANDLER, NOW), into=another(discarded(OTHER)), text="Trùng")
        ).then_refused(InvalidInput)

    @pytest.mark.parametrize("about", [{"rule": "LANE"}, {"domain": "SECURITY"}], ids=["kind", "domain"])
    def test_into_another_act(self, about: dict[str, str]) -> None:
        """Two acts are two violations."""
        driven("receiveCase").when(
            lambda case: case.merge(on(HANDLER, NOW), into=another(**about), text="Trùng")
        ).then_refused(InvalidInput, rule=ONE_VIOLATION)

    def test_after_the_record(self) -> None:
        """Where a record was drawn it is too late: the record is declared void first."""
        driven("drawRecord").when(
            lambda case: case.merge(on(HANDLER, "2026-07-02 09:00"), into=another(), text="Trùng")
        ).then_refused(WrongState, rule="R-DH-11.3.b3")
