"""Guidance is issued by whoever the regulation names; who reads it confirms it, and heads say whom they told."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from domain.acknowledgement import Acknowledgement
from domain.context import Actor, Delegation
from domain.errors import Forbidden, InvalidInput, WrongState
from domain.guidance import Edition, Guidance, GuidanceKind
from domain.guidance.guards import GUARDS, check_acknowledge, check_issue, check_view
from domain.guidance.guidance import LONGEST_GUIDANCE, MOST_BRIEFED
from domain.personal import Personal
from policies.rulebook import PROFILES, load
from tests.support.spec import (
    ACTORS,
    ADMINISTRATOR,
    APPROVER,
    AUDITOR,
    CENTRE,
    CITY,
    COMMUNE,
    COMMUNE_LEADER,
    HANDLER,
    ID,
    NOW,
    OTHER_CENTRE,
    POLICE,
    Fact,
    actor,
    context,
    fact,
    given,
    unit,
    when,
)

HEAD = actor(0x61, CENTRE, "LEADER", leader=True)
OTHER_HEAD = actor(0x62, OTHER_CENTRE, "LEADER", leader=True)
POLICE_HEAD = actor(0x63, POLICE, "LEADER", leader=True)
COMMUNE_HANDLER = actor(0x64, COMMUNE, "HANDLER")
TEXT = "Mỗi cán bộ giữ bí mật mật khẩu của mình"
RULE = "R-DH-QD.2.0"
SAID = Edition(
    document="12/HD-VP",
    dated=date(2026, 5, 20),
    title="Hướng dẫn phối hợp, sử dụng camera",
    kind=GuidanceKind.GUIDANCE,
    text=TEXT,
    area_path=CITY,
    unit_kinds=("COMMUNE_POLICE", "CITY_POLICE"),
    starts_at=NOW - timedelta(days=1),
    ends_at=NOW + timedelta(days=300),
    must_acknowledge=True,
)
NEWER, NEW_ID = replace(SAID, document="20/HD-VP", starts_at=NOW + timedelta(days=30)), UUID(int=0x6E)


def issued(guidance_id: UUID = ID, said: Edition = SAID, replaces: UUID | None = None) -> Fact:
    """It was issued by the Centre."""
    return fact(
        Guidance.Issued,
        number="DH-VB-2026-000001",
        document=said.document,
        dated=said.dated,
        title=said.title,
        kind=said.kind.value,
        area_path=said.area_path,
        unit_kinds=tuple(sorted(said.unit_kinds)),
        starts_at=said.starts_at,
        ends_at=said.ends_at,
        must_acknowledge=said.must_acknowledge,
        replaces_id=replaces,
        text=Personal.said(guidance_id, said.text),
    ).under(by=str(HEAD.account_id), unit_id=CENTRE.id, rule=RULE)


ISSUED = issued()
REPLACED = fact(Guidance.Replaced, replaced_by_id=NEW_ID, ends_at=NEWER.starts_at)
WITHDRAWN = fact(Guidance.Withdrawn, document="15/TB-VP")


def issue(who: Actor = HEAD, said: Edition = SAID, profile: str = "dong-hoi", **otherwise: Any) -> Guidance:
    """Issue the usual one."""
    return Guidance.issue(
        context(who, profile=profile),
        replace(said, **otherwise),
        guidance_id=ID,
        number=lambda: "DH-VB-2026-000001",
    )


class TestIssued:
    """A unit that the regulation names issues it, to whom it says."""

    def test_issued(self) -> None:
        """The head of the Centre issues it to the police of the town."""
        when(issue).then(ISSUED)

    @pytest.mark.parametrize("who", [*ACTORS, POLICE_HEAD])
    def test_by_nobody_else(self, who: Actor) -> None:
        """In Đồng Hới neither another unit issues any, nor somebody of the Centre who does not head it."""
        assert isinstance(check_issue(context(who)), Forbidden)
        with pytest.raises(Forbidden):
            issue(who)

    @pytest.mark.parametrize(
        "otherwise, path",
        [
            ({"document": " "}, "document"),
            ({"title": "x" * 201}, "title"),
            ({"text": "x" * (LONGEST_GUIDANCE + 1)}, "text"),
            ({"dated": date(2026, 6, 3)}, "dated"),
            ({"area_path": "quang-binh"}, "area"),
            ({"area_path": f"{CITY}-2"}, "area"),
            ({"unit_kinds": ("CITY_POLICE", "CENTRE")}, "unitKinds"),
            ({"ends_at": SAID.starts_at}, "endsAt"),
        ],
    )
    def test_not_said(self, otherwise: dict[str, Any], path: str) -> None:
        """It has a number, a day, a title and a text, is for kinds of unit there are and within the unit's area."""
        with pytest.raises(InvalidInput) as refused:
            issue(**otherwise)
        assert (refused.value.path, refused.value.rule) == (path, RULE)


class TestReplaced:
    """A new edition stands for the old one from the day it begins."""

    def test_replaced(self) -> None:
        """The old one ends when the new one begins; both say so."""
        old = given(Guidance, ISSUED).aggregate
        new = Guidance.issue(
            context(HEAD), NEWER, guidance_id=NEW_ID, number=lambda: "DH-VB-2026-000001", replaces=old
        )
        [said] = old.collect_events()
        assert isinstance(said, Guidance.Replaced)
        assert (said.replaced_by_id, said.ends_at) == (NEW_ID, NEWER.starts_at)
        [begun] = new.collect_events()
        assert isinstance(begun, Guidance.Issued)
        assert begun.replaces_id == ID
        assert (old.state, old.ends_at, new.state) == ("REPLACED", NEWER.starts_at, "ISSUED")

    def test_not_longer_than_it_would_have(self) -> None:
        """What would have ended before the new one begins still ends then."""
        old = given(Guidance, issued(said=replace(SAID, ends_at=NOW + timedelta(days=2)))).aggregate
        Guidance.issue(context(HEAD), NEWER, guidance_id=NEW_ID, number=str, replaces=old)
        assert old.ends_at == NOW + timedelta(days=2)

    def test_not_before_it_began(self) -> None:
        """A new edition does not begin before the one it replaces."""
        early = replace(NEWER, starts_at=SAID.starts_at - timedelta(seconds=1))
        outcome = given(Guidance, ISSUED).when(
            lambda old: Guidance.issue(context(HEAD), early, guidance_id=NEW_ID, number=str, replaces=old)
        )
        assert outcome.then_refused(InvalidInput, rule=RULE).path == "startsAt"

    @pytest.mark.parametrize("after", [REPLACED, WITHDRAWN])
    def test_once(self, after: Fact) -> None:
        """What was replaced or withdrawn is neither replaced nor withdrawn again."""
        past = given(Guidance, ISSUED, after)
        past.when(
            lambda old: Guidance.issue(
                context(HEAD), NEWER, guidance_id=UUID(int=0x6F), number=str, replaces=old
            )
        ).then_refused(WrongState, rule=RULE)
        past.when(lambda one: one.withdraw(context(HEAD), document="16/TB-VP")).then_refused(
            WrongState, rule=RULE
        )

    def test_by_its_unit(self) -> None:
        """The head of another Centre replaces and withdraws nothing of this one."""
        past = given(Guidance, ISSUED)
        past.when(lambda one: one.withdraw(context(OTHER_HEAD), document="1")).then_refused(
            Forbidden, rule=RULE
        )


class TestWithdrawn:
    """Its issuer takes it back."""

    def test_withdrawn(self) -> None:
        """With a document, from now on."""
        given(Guidance, ISSUED).when(lambda one: one.withdraw(context(HEAD), document="15/TB-VP")).then(
            WITHDRAWN
        )
        one = given(Guidance, ISSUED).after(context(HEAD), lambda one, ctx: one.withdraw(ctx, document="1"))
        assert one.aggregate.ends_at == NOW

    def test_without_a_document(self) -> None:
        """Without a document it stays."""
        outcome = given(Guidance, ISSUED).when(lambda one: one.withdraw(context(HEAD), document=""))
        assert outcome.then_refused(InvalidInput, rule=RULE).path == "document"


@pytest.mark.rule("R-QT-6.1.a")
class TestAcknowledged:
    """Whoever it is for confirms it, in person."""

    @pytest.mark.parametrize("who", [HANDLER, COMMUNE_LEADER, COMMUNE_HANDLER])
    def test_given(self, who: Actor) -> None:
        """A police officer confirms that they have read it: who, of which unit, when."""
        edition = given(Guidance, ISSUED).aggregate
        when(lambda: Acknowledgement.give(context(who), edition)).then(
            fact(Acknowledgement.Given, guidance_id=ID, account_id=who.account_id).under(
                by=str(who.account_id), unit_id=who.unit_id, took_place_at=NOW
            )
        )

    @pytest.mark.parametrize(
        "who, past, refusal",
        [
            (APPROVER, (ISSUED,), Forbidden),
            (AUDITOR, (ISSUED,), Forbidden),
            (HANDLER, (ISSUED, WITHDRAWN), WrongState),
            (HANDLER, (issued(said=replace(SAID, ends_at=NOW)),), WrongState),
            (HANDLER, (issued(said=replace(SAID, must_acknowledge=False)),), WrongState),
            (HANDLER, (issued(said=replace(SAID, area_path=f"{CITY}/nam-ly")),), Forbidden),
        ],
    )
    def test_not_asked(
        self, who: Actor, past: tuple[Fact, ...], refusal: type[Forbidden] | type[WrongState]
    ) -> None:
        """Nobody confirms what is not for them, asks for nothing, or holds no more."""
        edition = given(Guidance, *past).aggregate
        edition.ends_at = NOW if edition.state == "WITHDRAWN" else edition.ends_at
        assert isinstance(check_acknowledge(edition, context(who)), refusal)

    def test_until_the_new_one_begins(self) -> None:
        """An edition that another replaces next month is confirmed until then."""
        edition = given(Guidance, ISSUED, REPLACED).aggregate
        assert check_acknowledge(edition, context(HANDLER, NEWER.starts_at - timedelta(seconds=1))) is None
        assert isinstance(check_acknowledge(edition, context(HANDLER, NEWER.starts_at)), WrongState)

    def test_for_nobody_else(self) -> None:
        """Who acts for another confirms nothing in their name."""
        acting = replace(
            HANDLER,
            delegation=Delegation(
                account_id=POLICE_HEAD.account_id,
                number=3,
                actions=frozenset({"guidance.view"}),
                document="01/UQ",
                ends_at=NOW + timedelta(days=1),
            ),
        )
        edition = given(Guidance, ISSUED).aggregate
        assert isinstance(check_acknowledge(edition, context(acting)), Forbidden)

    def test_one_a_person_and_edition(self) -> None:
        """Each person and each edition has one confirmation of its own."""
        made = {Acknowledgement.create_id(one, who) for one in (ID, NEW_ID) for who in (ID, NEW_ID)}
        assert len(made) == 4


@pytest.mark.rule("R-DH-16.4.a")
class TestBriefed:
    """The head of a unit says whom they told, which is not the person's own word."""

    def test_briefed(self) -> None:
        """The head of a commune's police told two of their people yesterday."""
        people = (UUID(int=9), UUID(int=8))
        given(Guidance, ISSUED).when(
            lambda one: one.brief(
                context(COMMUNE_LEADER), held_at=NOW - timedelta(days=1), account_ids=people
            )
        ).then(
            fact(Guidance.Briefed, held_at=NOW - timedelta(days=1), account_ids=tuple(sorted(people))).under(
                by=str(COMMUNE_LEADER.account_id), unit_id=COMMUNE.id, rule="R-DH-16.4.a"
            )
        )

    @pytest.mark.parametrize("who", [COMMUNE_HANDLER, HANDLER, ADMINISTRATOR, HEAD, AUDITOR])
    def test_by_the_head(self, who: Actor) -> None:
        """Neither somebody who heads nothing, nor the head of a unit that it is not for."""
        outcome = given(Guidance, ISSUED).when(
            lambda one: one.brief(context(who), held_at=NOW, account_ids=[who.account_id])
        )
        assert isinstance(outcome.refusal, Forbidden)
        assert outcome.events == []

    @pytest.mark.parametrize(
        "otherwise, path",
        [
            ({"held_at": NOW + timedelta(seconds=1)}, "heldAt"),
            ({"held_at": NOW.replace(month=5, day=19)}, "heldAt"),
            ({"account_ids": []}, "accountIds"),
            ({"account_ids": [UUID(int=n) for n in range(MOST_BRIEFED + 1)]}, "accountIds"),
        ],
    )
    def test_not_said(self, otherwise: dict[str, Any], path: str) -> None:
        """It took place after the document was written and not in the future, with people there."""
        said: dict[str, Any] = {"held_at": NOW, "account_ids": [UUID(int=9)], **otherwise}
        outcome = given(Guidance, ISSUED).when(lambda one: one.brief(context(COMMUNE_LEADER), **said))
        assert outcome.then_refused(InvalidInput, rule="R-DH-16.4.a").path == path

    def test_of_what_was_in_force(self) -> None:
        """Of an edition that has ended people were told before its end."""
        past = given(Guidance, issued(said=replace(SAID, ends_at=NOW - timedelta(hours=1))))
        for held_at, refused in ((NOW - timedelta(hours=1), True), (NOW - timedelta(hours=2), False)):
            outcome = past.when(
                lambda one, at=held_at: one.brief(  # type: ignore[misc]
                    context(COMMUNE_LEADER), held_at=at, account_ids=[UUID(int=9)]
                )
            )
            assert isinstance(outcome.refusal, InvalidInput) == refused


@pytest.mark.parametrize(
    "who, seen",
    [
        (HANDLER, True),
        (COMMUNE_HANDLER, True),
        (HEAD, True),
        (APPROVER, True),
        (ADMINISTRATOR, True),
        (AUDITOR, True),
        (OTHER_HEAD, False),
        (actor(0x65, unit("TTR-LA", "OTHER_BODY", f"{CITY}-2"), "HANDLER"), False),
        (actor(0x66, unit("CA-LA", "CITY_POLICE", f"{CITY}-2"), "HANDLER"), False),
    ],
)
def test_seen(who: Actor, *, seen: bool) -> None:
    """It is read by whoever it is for, by its unit and by the audit of its area, whatever has become of it."""
    for past in ((ISSUED,), (ISSUED, REPLACED), (ISSUED, WITHDRAWN)):
        assert (check_view(given(Guidance, *past).aggregate, context(who)) is None) == seen


class TestOtherRegulations:
    """Each regulation names who issues it."""

    @pytest.mark.parametrize(
        "profile, kind, role, leader, rule",
        [
            pytest.param(
                "dien-bien",
                "LEVEL_1_MANAGER",
                "APPROVER",
                False,
                "R-DB-13.4.0",
                marks=pytest.mark.rule("R-DB-13.4.0"),
            ),
            ("quang-tri", "CENTRE", "LEADER", True, "R-QT-15.1.0"),
            ("quang-tri", "PROVINCIAL_POLICE", "LEADER", True, "R-QT-12.2.0"),
            ("yen-bai", "TRANSPORT_DEPARTMENT", "LEADER", True, "R-YB-11.1.0"),
        ],
    )
    def test_issuer(self, profile: str, kind: str, role: str, leader: bool, rule: str) -> None:
        """The Department in Điện Biên; in Quảng Trị the Centre and the police; in Yên Bái each for its own."""
        who = actor(0x67, unit("U", kind, "tinh"), role, leader=leader)
        own: dict[str, Any] = {"area_path": "tinh", "unit_kinds": (kind,)}
        [event] = issue(who, profile=profile, **own).collect_events()
        assert isinstance(event, Guidance.Issued)
        assert event.envelope.rule == rule

    @pytest.mark.parametrize("profile", [one for one in PROFILES if one != "national"])
    def test_nobody_else(self, profile: str) -> None:
        """No unit that the regulation does not name issues any, whoever of its people tries."""
        rules = load(profile)
        named = rules.settings.guidance.issuers
        assert named.keys() <= rules.unit_kinds.keys()
        for kind in rules.unit_kinds.keys() - named.keys():
            for role in ("APPROVER", "LEADER", "HANDLER", "ADMINISTRATOR"):
                who = actor(0x68, unit("U", kind, "tinh"), role, leader=True)
                assert isinstance(check_issue(context(who, profile=profile)), Forbidden)

    @pytest.mark.parametrize("kinds", [(), ("PROVINCIAL_POLICE",), ("COMMITTEE_OFFICE", "PROVINCIAL_POLICE")])
    def test_each_for_its_own(self, kinds: tuple[str, ...]) -> None:
        """In Yên Bái, where none stands under another, nobody issues guidance to the others."""
        who = actor(0x69, unit("VP", "COMMITTEE_OFFICE", "tinh"), "LEADER", leader=True)
        with pytest.raises(InvalidInput) as refused:
            issue(who, profile="yen-bai", area_path="tinh", unit_kinds=kinds)
        assert refused.value.path == "unitKinds"

    @pytest.mark.rule("R-QT-6.1.a")
    def test_before_use(self) -> None:
        """Quảng Trị alone wants its users to know it before they use the system, and says so by its article."""
        wanted = {
            profile: (rules.before_use, rules.before_use_rule)
            for profile in PROFILES
            if (rules := load(profile).settings.guidance).issuers
        }
        assert wanted == {
            "dong-hoi": (False, None),
            "quang-tri": (True, "R-QT-6.1.a"),
            "dien-bien": (False, None),
            "yen-bai": (False, None),
        }


def test_every_guard_refuses_strangers() -> None:
    """Whoever it is nothing to may do nothing with it."""
    stranger = actor(0x6A, unit("TTR-LA", "OTHER_BODY", f"{CITY}-2"), "HANDLER")
    one = given(Guidance, ISSUED).aggregate
    assert {name for name, check in GUARDS.items() if check(one, context(stranger)) is None} == set()
