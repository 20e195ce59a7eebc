"""A recommendation is made of what the data show, sent to whoever can mend it, and answered."""

from typing import Any
from uuid import UUID

import pytest

from domain.context import Actor
from domain.errors import Forbidden, InvalidInput, WrongState
from domain.personal import Personal
from domain.recommendation import Recommendation, Shortcoming, check_view
from tests.support.regulations import somebody
from tests.support.spec import (
    ACTORS,
    APPROVER,
    AUDITOR,
    CENTRE,
    CITY,
    COLLEAGUE,
    COMMUNE,
    COMMUNE_LEADER,
    EXECUTOR,
    HANDLER,
    ID,
    POLICE,
    STRANGER,
    TEAM_HANDLER,
    Fact,
    context,
    fact,
    given,
    when,
)

TEXT, ANSWER = "Vạch dừng đã mờ", "Sẽ sơn lại"
CASE = UUID(int=0xC1)
MADE = fact(
    Recommendation.Made,
    number="DH-KN-2026-000001",
    shortcoming="TRAFFIC_ORGANISATION",
    area_path=f"{CITY}/nam-ly",
    text=Personal.said(ID, TEXT),
    case_ids=(CASE,),
    camera_ids=(),
).under(by=str(APPROVER.account_id), unit_id=CENTRE.id)
SENT = fact(Recommendation.Sent, recipient_unit_id=POLICE.id, outside=None, document="01/KN-VP").under(
    by=str(APPROVER.account_id), unit_id=CENTRE.id
)
SENT_OUT = fact(
    Recommendation.Sent, recipient_unit_id=None, outside="Sở Xây dựng", document="01/KN-VP"
).under(unit_id=CENTRE.id)


def made(who: Actor = APPROVER, **otherwise: Any) -> Recommendation:
    """Make the usual one."""
    said: dict[str, Any] = {
        "shortcoming": Shortcoming.TRAFFIC_ORGANISATION,
        "area_path": f"{CITY}/nam-ly",
        "text": TEXT,
        "case_ids": (CASE,),
        **otherwise,
    }
    return Recommendation.make(context(who), recommendation_id=ID, number=lambda: "DH-KN-2026-000001", **said)


class TestWay:
    """Made, sent, answered."""

    def test_made(self) -> None:
        """It names the shortcoming, the place and the cases that show it."""
        when(made).then(MADE)

    def test_sent_and_answered(self) -> None:
        """It goes to a unit under a document, and that unit says what it will do."""
        given(Recommendation, MADE).when(
            lambda one: one.send(
                context(APPROVER), recipient_unit_id=POLICE.id, outside=None, document="01/KN-VP"
            )
        ).then(SENT)
        given(Recommendation, MADE, SENT).when(
            lambda one: one.answer(context(HANDLER), accepted=True, text=ANSWER)
        ).then(
            fact(Recommendation.Answered, accepted=True, document=None, text=Personal.said(ID, ANSWER)).under(
                by=str(HANDLER.account_id), unit_id=POLICE.id
            )
        )

    def test_from_outside(self) -> None:
        """A body outside of the system answers by a document, which whoever sent it puts on record."""
        sent = given(Recommendation, MADE, SENT_OUT)
        refused = sent.when(lambda one: one.answer(context(APPROVER), accepted=False, text=ANSWER))
        assert refused.then_refused(InvalidInput).path == "document"
        sent.when(
            lambda one: one.answer(context(APPROVER), accepted=False, text=ANSWER, document="02/SXD")
        ).then(
            fact(Recommendation.Answered, accepted=False, document="02/SXD", text=Personal.said(ID, ANSWER))
        )


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param("PROVINCIAL_POLICE", marks=pytest.mark.rule("R-QT-12.6.0")),
        pytest.param("SAFETY_BOARD", marks=pytest.mark.rule("R-QT-14.2.0")),
    ],
)
def test_in_quang_tri(kind: str) -> None:
    """The provincial police and the Safety Board say which shortcomings the data show, and in which cases."""
    one = Recommendation.make(
        somebody("quang-tri", kind),
        recommendation_id=ID,
        number=lambda: "QT-KN-2026-000001",
        shortcoming=Shortcoming.TRAFFIC_ORGANISATION,
        area_path=None,
        text=TEXT,
        case_ids=(CASE,),
    )
    [event] = one.collect_events()
    assert isinstance(event, Recommendation.Made)
    assert (event.case_ids, event.area_path) == ((CASE,), "tinh")


class TestRefused:
    """What is no recommendation, and who makes none."""

    @pytest.mark.parametrize("who", [EXECUTOR, AUDITOR, STRANGER])
    def test_not_theirs(self, who: Actor) -> None:
        """Who may not run reports may not say what they show."""
        with pytest.raises(Forbidden):
            made(who, area_path=None)

    @pytest.mark.parametrize(
        "otherwise, path",
        [
            ({"text": "  "}, "text"),
            ({"area_path": "quang-tri"}, "area"),
            ({"case_ids": ()}, "caseIds"),
            ({"case_ids": tuple(UUID(int=n) for n in range(101))}, "caseIds"),
            ({"camera_ids": tuple(UUID(int=n) for n in range(101))}, "cameraIds"),
        ],
    )
    def test_not_made(self, otherwise: dict[str, Any], path: str) -> None:
        """It says something, of the unit's area, and names what shows it."""
        with pytest.raises(InvalidInput) as refused:
            made(**otherwise)
        assert refused.value.path == path

    @pytest.mark.parametrize("recipient, outside", [(None, None), (POLICE.id, "Sở Xây dựng")])
    def test_to_one(self, recipient: UUID | None, outside: str | None) -> None:
        """It goes to a unit or to a body outside, not to both and not to nobody."""
        refused = given(Recommendation, MADE).when(
            lambda one: one.send(
                context(APPROVER), recipient_unit_id=recipient, outside=outside, document="01/KN-VP"
            )
        )
        assert refused.then_refused(InvalidInput).path == "recipientUnitId"

    def test_twice(self) -> None:
        """It is sent once and answered once."""
        given(Recommendation, MADE, SENT).when(
            lambda one: one.send(context(APPROVER), recipient_unit_id=POLICE.id, outside=None, document="1")
        ).then_refused(WrongState, rule="R-DH-11.3.a2")
        answered = fact(Recommendation.Answered, accepted=True, document=None, text=Personal.said(ID, ANSWER))
        given(Recommendation, MADE, SENT_OUT, answered).when(
            lambda one: one.answer(context(APPROVER), accepted=True, text=ANSWER, document="1")
        ).then_refused(WrongState, rule="R-DH-11.3.a2")

    @pytest.mark.parametrize("who", [who for who in ACTORS if who not in {HANDLER, COLLEAGUE}])
    def test_answered_by_the_recipient(self, who: Actor) -> None:
        """Nobody but the unit it was sent to answers."""
        outcome = given(Recommendation, MADE, SENT).when(
            lambda one: one.answer(context(who), accepted=True, text=ANSWER)
        )
        assert isinstance(outcome.refusal, Forbidden)
        assert outcome.events == []

    def test_sent_by_its_unit(self) -> None:
        """Another unit that runs reports does not send it."""
        given(Recommendation, MADE).when(
            lambda one: one.send(context(HANDLER), recipient_unit_id=POLICE.id, outside=None, document="1")
        ).then_refused(Forbidden, rule="R-DH-11.3.b6")


@pytest.mark.parametrize(
    "who, past, seen",
    [
        (APPROVER, (MADE,), True),
        (HANDLER, (MADE,), True),
        (COMMUNE_LEADER, (MADE,), True),
        (AUDITOR, (MADE,), True),
        (EXECUTOR, (MADE,), False),
        (STRANGER, (MADE, SENT), False),
        (TEAM_HANDLER, (MADE, SENT), True),
    ],
)
def test_seen(who: Actor, past: tuple[Fact, ...], *, seen: bool) -> None:
    """It is seen by its parties, and by who runs reports or replays the audit around its place."""
    assert (check_view(given(Recommendation, *past).aggregate, context(who)) is None) == seen
    assert COMMUNE.area_path == f"{CITY}/nam-ly"
