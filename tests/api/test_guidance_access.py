"""Who is shown which guidance and who confirmed it, and what they may do: to everybody of the world, in words."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, Final
from uuid import uuid4

import pytest

from domain.account import Account
from domain.unit import Unit
from tests.support.api import Installation
from tests.support.documents import PLAIN, WHOLE, aliased, page
from tests.support.jurisdiction import BAC_LY, NAM_LY, TOWN
from tests.support.library import EDITION, did, done
from tests.support.oracle import BODY, CENTRE, CITY, COMMITTEE, COMMUNE, DONE, Somebody
from tests.support.oracle_guidance import (
    GUIDANCE_ACTS,
    GuidanceFacts,
    issues,
    knows,
    outcome_of,
    owes,
    reads,
)
from tests.support.people import Person
from tests.support.world import World

HEADS: Final = {"ttgs-2.head": "TTGS-2", "ttgs-qt.head": "TTGS-QT"}
PAPERS: Final[tuple[tuple[str, str, tuple[str, ...], str, bool], ...]] = (
    ("ttgsdh.leader", TOWN, (), "ISSUED", True),
    ("ttgsdh.leader", TOWN, (CITY, COMMUNE), "REPLACED", True),
    ("ttgsdh.leader", NAM_LY, (COMMUNE, COMMITTEE), "ISSUED", True),
    ("ttgsdh.leader", BAC_LY, (), "ISSUED", True),
    ("ttgsdh.leader", TOWN, (BODY,), "WITHDRAWN", True),
    ("ttgs-2.head", TOWN, (CITY,), "ISSUED", False),
    ("ttgs-qt.head", "quang-tri/dong-ha", (), "ISSUED", True),
)
"""Who issued it, for which area and kinds of unit, what became of it, and whether it is to be confirmed."""
CONFIRMING: Final = ("police.handle", "cap-nl.leader", "ca-qt.handler", "ttgsdh.executor")


class Library:
    """The guidance of the world, who has confirmed what of it, and everybody there is."""

    def __init__(self, world: World) -> None:
        self.place: Installation = world.installation
        self.people = dict(world.people)
        for name, code in HEADS.items():
            self.place.open_account(name, unit_id=Unit.create_id(code), role="LEADER", leader=True)
            like = next(one for one in world.people.values() if one.unit == code)
            self.people[name] = Somebody(
                name=name, unit=code, kind=CENTRE, area=like.area, role="LEADER", leader=True
            )
        self.place.project()
        self.papers: list[GuidanceFacts] = []
        for n, paper in enumerate(PAPERS):
            self._issue(n, *paper)
        self.confirmed: dict[str, set[str]] = {
            one.id: {
                name for name in CONFIRMING if outcome_of(one, self.people[name], GUIDANCE_ACTS[2]) == DONE
            }
            for one in self.papers
        }
        for guidance_id, names in self.confirmed.items():
            for name in names:
                done(self.person(name), "acknowledgeGuidance", guidanceId=guidance_id)
        self.place.project()

    def person(self, name: str) -> Person:
        """Somebody, with the session that is open already."""
        return self.place.signed_in(name)

    def _issue(self, n: int, by: str, area: str, kinds: tuple[str, ...], state: str, asks: bool) -> None:
        head = self.person(by)
        said = {"document": f"{n}/HD", "area": area, "unitKinds": list(kinds), "mustAcknowledge": asks}
        one = done(head, "issueGuidance", edition=said)
        known = {"area": area, "kinds": kinds, "owner": self.people[by].unit, "asks": asks}
        self._know(one, state, **known)
        if state == "WITHDRAWN":
            done(head, "withdrawGuidance", guidanceId=one["id"], document="15/TB")
        if state == "REPLACED":
            said = {**said, "document": f"{n}/HD-2", "startsAt": self.place.now.isoformat()}
            left = done(head, "replaceGuidance", guidanceId=one["id"], edition=said)
            self.place.project()
            new = head.ask(f'{{ guidance(id: "{left["replacedById"]}") {{ id number document }} }}')
            self._know(new["guidance"], "ISSUED", **known)

    def _know(self, one: dict[str, Any], state: str, **known: Any) -> None:
        told = {name: one[name] for name in ("id", "number", "document")}
        self.papers.append(GuidanceFacts(**told, state=state, **known))

    def shown_to(self, who: Somebody) -> list[GuidanceFacts]:
        """What somebody is shown, as the oracle says."""
        return [one for one in self.papers if reads(one, who)]

    def outcomes(self, who: Somebody) -> dict[str, list[str]]:
        """What comes of each act on each edition, as the oracle says."""
        return {act: [outcome_of(one, who, act) for one in self.papers] for act in GUIDANCE_ACTS}

    def faces(self, of: Callable[[Somebody], object]) -> list[Somebody]:
        """One person for each difference."""
        return list({of(who): who for who in self.people.values()}.values())


@pytest.fixture(scope="module")
def library(shared_world: World) -> Library:
    """The world with guidance in it; the tests here change nothing of it."""
    shared_world.restore()
    return Library(shared_world)


def given(act: str, library: Library, who: Somebody) -> dict[str, Any]:
    """What an act says beside the edition, with nothing that anybody would find fault with."""
    said: dict[str, dict[str, Any]] = {
        "replaceGuidance": {"edition": EDITION | {"startsAt": library.place.now.isoformat()}},
        "withdrawGuidance": {"document": "16/TB"},
        "acknowledgeGuidance": {},
        "recordBriefing": {
            "heldAt": "2026-06-01T08:00:00+07:00",
            "accountIds": [str(Account.create_id(who.name))],
        },
    }
    return {"commandId": str(uuid4()), **said[act]}


@pytest.mark.parametrize("shape", [PLAIN, WHOLE])
def test_lists(library: Library, shape: str, counted: Callable[[str], None]) -> None:
    """Each person's library has exactly what they may read, alike to all but in what they may do with it."""
    first: dict[str, Any] = {}
    for who in library.faces(lambda who: str(library.outcomes(who))):
        found = library.person(who.name).ask(page("guidances", shape), first=19)["guidances"]
        expected = {one.id: one for one in library.shown_to(who)}
        assert {node["id"] for node in found["nodes"]} == expected.keys(), who
        assert found["totalCount"] == len(expected)
        assert [edge["node"]["id"] for edge in found["edges"]] == [node["id"] for node in found["nodes"]]
        for node in found["nodes"]:
            if shape == WHOLE:
                actions = {one["action"]: one["enabled"] for one in node.pop("availableActions")}
                assert actions == {
                    act: outcome_of(expected[node["id"]], who, act) == DONE for act in GUIDANCE_ACTS
                }, (who, expected[node["id"]])
            assert first.setdefault(node["id"], node) == node
    counted(f"F1 {len(first)} editions in the libraries of all who differ, {shape}")


def test_filters(library: Library) -> None:
    """However it is narrowed, a library holds and counts what the filter means of one's scope."""
    confirmed = library.confirmed

    def filters(who: Somebody) -> Iterator[tuple[dict[str, Any], set[str]]]:
        seen = library.shown_to(who)

        def those(means: Callable[[GuidanceFacts], bool]) -> set[str]:
            return {one.id for one in seen if means(one)}

        for one in library.papers[:4]:
            own = {one.id} if one in seen else set()
            yield {"number": one.number}, own
            yield {"document": one.document}, own
        for state in ("ISSUED", "REPLACED", "WITHDRAWN"):
            yield {"states": [state]}, {one.id for one in seen if one.state == state}
        yield {"inForce": True}, those(lambda one: one.holds)
        yield {"inForce": False}, those(lambda one: not one.holds)
        yield {"toAcknowledge": True}, those(lambda one: owes(one, who, confirmed[one.id]))
        yield {"toAcknowledge": False}, those(lambda one: not owes(one, who, confirmed[one.id]))
        yield {"kinds": ["GUIDANCE"], "title": "PHỐI HỢP"}, those(lambda _: True)
        yield {"kinds": ["NOTICE"]}, set()
        yield {"title": "100%"}, set()

    def owed(who: Somebody) -> object:
        return tuple((reads(one, who), owes(one, who, confirmed[one.id])) for one in library.papers)

    for who in library.faces(owed):
        asked = list(filters(who))
        head = ", ".join(f"$f{n}: GuidanceFilter" for n in range(len(asked)))
        fields = [f"guidances(filter: $f{n}) {{ totalCount nodes {{ id }} }}" for n in range(len(asked))]
        answers = library.person(who.name).ask(
            aliased(fields, head=f"({head})"), **{f"f{n}": narrow for n, (narrow, _) in enumerate(asked)}
        )
        for (narrow, expected), found in zip(asked, answers.values(), strict=True):
            assert {node["id"] for node in found["nodes"]} == expected, (who, narrow)
            assert found["totalCount"] == len(expected)


def test_looks(library: Library) -> None:
    """What is listed is found by id and number; what is not is absent, and the attempt is on record."""
    for who in library.faces(lambda who: tuple(reads(one, who) for one in library.papers)):
        person, before = library.person(who.name), library.place.head()
        for how in ('id: "{0.id}"', 'number: "{0.number}"', 'id: "{0.id}", asOf: "2100-01-01T00:00:00Z"'):
            fields = [f"guidance({how.format(one)}) {{ id number text }}" for one in library.papers]
            assert list(person.ask(aliased(fields)).values()) == [
                {"id": one.id, "number": one.number, "text": EDITION["text"]} if reads(one, who) else None
                for one in library.papers
            ], who
        hidden = 3 * (len(library.papers) - len(library.shown_to(who)))
        assert library.place.since(before) == ["attempt:refused"] * hidden


@pytest.mark.rule("R-QT-6.1.a", "R-DH-16.4.a")
def test_readers(library: Library, counted: Callable[[str], None]) -> None:
    """Who has confirmed and who has not is told of the people whose accounts one is shown, of what one may read."""
    rows, shown = 0, "totalCount nodes { person { accountId } }"
    fields = [
        f'{field}(guidanceId: "{one.id}", first: 100) {{ {shown} }}'
        for one in library.papers
        for field in ("acknowledgements", "outstandingAcknowledgements")
    ]
    audience = library.faces(
        lambda who: str([one.name for one in library.people.values() if knows(who, one)])
    )
    for who in audience:
        answers = iter(library.person(who.name).ask(aliased(fields)).values())
        known = [one for one in library.people.values() if knows(who, one)]
        for one in library.papers:
            confirmed = library.confirmed[one.id]
            said = {person.name for person in known if person.name in confirmed}
            owed = {person.name for person in known if owes(one, person, confirmed)}
            for names in (said, owed):
                found = next(answers)
                ids = {str(Account.create_id(name)) for name in names} if reads(one, who) else set()
                assert {node["person"]["accountId"] for node in found["nodes"]} == ids, (who, one)
                assert found["totalCount"] == len(ids)
                rows += len(ids)
    counted(f"F1 {rows} rows of who has confirmed what, to {len(audience)} people")


NEVER: Final = "00000000-0000-0000-0000-0000000000aa"


def tried_on(library: Library, who: Somebody, act: str, ids: list[str]) -> list[dict[str, Any]]:
    """What an act on each of these is answered."""
    refused = "{ __typename ... on Refusal { vi: message en: message(language: EN) } }"
    head = ", ".join(f"$i{n}: {act[0].upper()}{act[1:]}Input!" for n in range(len(ids)))
    fields = [f"{act}(input: $i{n}) {refused}" for n in range(len(ids))]
    inputs = {f"i{n}": {"guidanceId": one, **given(act, library, who)} for n, one in enumerate(ids)}
    document = aliased(fields, kind="mutation", head=f"({head})")
    return list(library.person(who.name).ask(document, **inputs).values())


def test_acts(library: Library, counted: Callable[[str], None]) -> None:
    """Whoever may not is refused, and nothing but the attempt is on record; what is hidden is as what never was."""
    tried: Counter[str] = Counter()
    for who in library.faces(lambda who: str(library.outcomes(who))):
        for act, outcomes in library.outcomes(who).items():
            one_of_each = {
                what: one.id for one, what in zip(library.papers, outcomes, strict=True) if what != DONE
            }
            some = [(one, what) for what, one in one_of_each.items()] + [(NEVER, "NotFound")]
            before = library.place.head()
            *there, never = tried_on(library, who, act, [one for one, _ in some])
            for (one, what), answer in zip(some, there, strict=False):
                assert answer["__typename"] == what, (who, act, one, answer)
                if what == "NotFound":
                    assert answer == {k: v.replace(NEVER, one) for k, v in never.items()}
                tried[what] += 1
            assert library.place.since(before) == ["attempt:refused"] * len(there)
    counted(f"F1 acts on guidance: {dict(sorted(tried.items()))}")


def test_issuing(library: Library) -> None:
    """Guidance is issued by the heads of Centres alone; whoever else tries is on record."""
    for who in library.faces(lambda who: (who.kind, who.role, who.leader)):
        if not issues(who):
            before = library.place.head()
            answer = did(library.person(who.name), "issueGuidance", edition={"unitKinds": [CITY]})
            assert answer["__typename"] == "Forbidden"
            assert library.place.since(before) == ["attempt:refused"]


def test_what_there_is(library: Library) -> None:
    """The world holds editions for everybody and for few, so that the above says something."""
    assert {len(library.shown_to(who)) for who in library.people.values()} >= {0, 1, 2, 4, 7}
    assert {name for names in library.confirmed.values() for name in names} == {*CONFIRMING}
