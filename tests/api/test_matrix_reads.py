"""F1, F2: what each person is shown: lists, totals, pages, filters, one by one, and through what they hang on.

Every list comes in two shapes, one of leaves and one of everything, for the two ways that lists are answered.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest

from domain.account import Account
from domain.commands.explaining import explain, subject_of
from domain.reading import Attempt, Reading
from tests.support import rules
from tests.support.documents import MOST_WHOLE, PLAIN, WHOLE, aliased, node_of, page, root, selection
from tests.support.filters import FILTERS
from tests.support.oracle import (
    CASE_ACTS,
    DONE,
    EXTRACTION_ACTS,
    CameraFacts,
    CaseFacts,
    ExtractionFacts,
    Noun,
    Somebody,
    outcome,
    sees,
    watches,
)
from tests.support.oracle_breaches import BEGINS
from tests.support.oracle_cameras import CAMERA_ACTS
from tests.support.oracle_clients import CLIENT_ACTS
from tests.support.oracle_operation import INCIDENT_ACTS, ROSTER_ACTS, SHIFT_ACTS, WORK_ACTS
from tests.support.oracle_uses import USES_OF_CAMERAS
from tests.support.world import World

LISTS = rules.under("list", "Query")
"""The lists of nouns, and the noun of each: `cases` is of cases."""
OWN = {
    key.partition(".")[2]
    for key, rule in rules.fields().items()
    if rule in {"may", "watch", "administer", "decide"}
}
"""What may differ from reader to reader."""
MANY = {PLAIN: 100, WHOLE: MOST_WHOLE}
LOOK = {
    "case": "id number state version camera { code } history { event by }",
    "camera": "id code state version consents { document } history { event by }",
    "extraction": "id number state version camera { code } history { event by }",
    "report": "id number version sha256 unit { code } history { event by }",
    "recommendation": "id number state version text unit { code } history { event by }",
    "obstacle": "id number state version text unit { code } history { event by }",
    "use": "id kind version purpose unit { code } history { event by }",
    "incident": "id number state version text unit { code } history { event by }",
    "work_order": "id number state version text unit { code } history { event by }",
    "shift": "id number state version post unit { code } history { event by }",
    "roster": "id number state version month unit { code } history { event by }",
    "breach": "id number state version text accused { name } unit { code } history { event by }",
    "client": "id code state version document unit { code } history { event by }",
}
ACTS = {
    "case": tuple(CASE_ACTS),
    "extraction": tuple(EXTRACTION_ACTS),
    "camera": ("requestExtraction", *CAMERA_ACTS, *USES_OF_CAMERAS),
    "report": ("issueReportDocument",),
    "recommendation": ("sendRecommendation", "answerRecommendation"),
    "obstacle": ("escalateObstacle", "settleObstacle"),
    "use": ("extendLiveView", "endLiveView"),
    "incident": tuple(INCIDENT_ACTS),
    "work_order": tuple(WORK_ACTS),
    "shift": tuple(SHIFT_ACTS),
    "roster": tuple(ROSTER_ACTS),
    "breach": tuple(BEGINS),
    "client": tuple(CLIENT_ACTS),
}


def shown_to(world: World, noun: str, who: Somebody) -> list[Noun]:
    """What somebody is shown of a kind, as the oracle says."""
    return [one for one in world.nouns[noun] if sees(one, who)]


def faces(world: World) -> list[Somebody]:
    """One person for each different view of the world."""
    views = {
        frozenset(one.id for nouns in world.nouns.values() for one in nouns if sees(one, who)): who
        for who in world.people.values()
    }
    return list(views.values())


def alike(value: Any) -> Any:
    """What is shown without what may differ from reader to reader."""
    if isinstance(value, dict):
        return {key: alike(part) for key, part in value.items() if key not in OWN}
    return [alike(part) for part in value] if isinstance(value, list) else value


class Seen:
    """What the first reader of each noun was shown of it: everybody after must be shown the same."""

    def __init__(self) -> None:
        self._first: dict[tuple[str, str], Any] = {}
        self.decisions = 0

    def check(self, shape: str, key: str, content: Any) -> None:
        """Compare with what others were shown."""
        found = self._first.setdefault((shape, key), alike(content))
        assert found == alike(content)
        self.decisions += 1


class TestLists:
    """Lists hold what the oracle says, in every shape, with its total, its edges and its pages."""

    @pytest.mark.parametrize("shape", [PLAIN, WHOLE])
    def test_everybody(self, world: World, shape: str, counted: Callable[[str], None]) -> None:
        """Each person's list has exactly the nouns of their scope, shown as everybody else is shown them."""
        seen = Seen()
        for who in world.people.values():
            person = world.person(who)
            for field, noun in LISTS.items():
                if noun == "access":
                    continue
                found = person.ask(page(field, shape), first=MANY[shape])[field]
                expected = {one.id: one for one in shown_to(world, noun, who)}
                ids = [node["id"] for node in found["nodes"]]
                assert sorted(ids) == sorted(expected), (who, field)
                assert [edge["node"]["id"] for edge in found["edges"]] == ids
                assert (found["totalCount"], found["pageInfo"]["hasNextPage"]) == (len(ids), False)
                for node in found["nodes"]:
                    seen.check(shape, node["id"], node)
                    if shape == WHOLE:
                        _check_actions(world, who, expected[node["id"]], node)
                seen.decisions += len(world.nouns[noun]) - len(ids) + 1
        counted(f"F1 {seen.decisions} decisions: lists of {len(world.people)} people, {shape}")

    @pytest.mark.parametrize("shape", [PLAIN, WHOLE])
    def test_pages(self, world: World, shape: str, counted: Callable[[str], None]) -> None:
        """Pages of three meet without gap or repeat, and their total is that of one's scope on each of them."""
        pages = 0
        for who in faces(world):
            person = world.person(who)
            for field, noun in LISTS.items():
                if noun == "access":
                    continue
                expected = sorted(one.id for one in shown_to(world, noun, who))
                ids: list[str] = []
                after = None
                while True:
                    found = person.ask(page(field, shape), first=3, after=after)[field]
                    ids += [node["id"] for node in found["nodes"]]
                    after = found["pageInfo"]["endCursor"]
                    pages += 1
                    assert found["totalCount"] == len(expected)
                    assert [edge["cursor"] for edge in found["edges"]][-1:] == [after] * bool(after)
                    if not found["pageInfo"]["hasNextPage"]:
                        break
                assert sorted(ids) == expected
        counted(f"F2 {pages} pages of lists, {shape}")

    def test_filters(self, world: World, counted: Callable[[str], None]) -> None:
        """However a list is narrowed, it holds and counts what the filter means of one's scope."""
        narrowed = 0
        for who in faces(world):
            for field, noun in LISTS.items():
                if noun == "access":
                    continue
                filters = list(FILTERS[noun](world))
                kind = str(root("Query").fields[field].args["filter"].type)
                for start in range(0, len(filters), 20):
                    some = filters[start : start + 20]
                    head = ", ".join(f"$f{n}: {kind}" for n in range(len(some)))
                    lists = [
                        f"{field}(filter: $f{n}) {{ totalCount nodes {{ id }} edges {{ node {{ id }} }} }}"
                        for n in range(len(some))
                    ]
                    narrow = {f"f{n}": given for n, (given, _) in enumerate(some)}
                    answers = world.person(who).ask(aliased(lists, head=f"({head})"), **narrow)
                    for (given, means), found in zip(some, answers.values(), strict=True):
                        expected = {one.id for one in shown_to(world, noun, who) if means(one)}
                        assert {node["id"] for node in found["nodes"]} == expected, (who, given)
                        assert {edge["node"]["id"] for edge in found["edges"]} == expected
                        assert found["totalCount"] == len(expected)
                        narrowed += 1
        counted(f"F2 {narrowed} narrowed lists with their totals")

    def test_units(self, world: World) -> None:
        """Who is signed in knows all units, and no list of theirs has more."""
        everybody = {repr(world.person(who).ask(page("units", PLAIN), first=100)) for who in faces(world)}
        assert len(everybody) == 1

    def test_me(self, world: World) -> None:
        """Everybody is themselves."""
        for who in world.people.values():
            me = world.person(who).ask(f"{{ me {{ {selection('Account')} }} }}")["me"]
            assert (me["name"], me["unit"]["code"], me["role"], me["leader"]) == (
                who.name,
                who.unit,
                who.role,
                who.leader,
            )


def _check_actions(world: World, who: Somebody, one: Noun, node: dict[str, Any]) -> None:
    """What one may do is what the oracle lets come to something; whatever else has its reason."""
    kind = next(kind for kind, nouns in world.nouns.items() if one in nouns)
    shown = [(kind, one, node["availableActions"])]
    if isinstance(one, CaseFacts | ExtractionFacts):
        [camera] = [camera for camera in world.cameras if camera.id == one.camera]
        shown.append(("camera", camera, node["camera"]["availableActions"]))
    for noun, subject, actions in shown:
        # an act that is open may still be refused for what it says, such as a case merged into itself
        assert {a["action"]: a["enabled"] for a in actions} == {
            act: outcome(subject, who, act) in {DONE, "InvalidInput"} for act in ACTS[noun]
        }, (who, subject)
        assert all(a["enabled"] != bool(a["reasons"]) for a in actions)


class TestLooks:
    """One by one: what is listed is found, and what is not listed is absent, however one asks."""

    def test_everybody(self, world: World, counted: Callable[[str], None]) -> None:
        """By id; each look at a case is on record, and each attempt at what one may not see, and nothing else."""
        seen = Seen()
        for who in world.people.values():
            expected: Counter[str] = Counter()
            before = world.installation.head()
            for field, noun in rules.under("look", "Query").items():
                for one, shown in _looks(world, who, field, noun, "id"):
                    assert (shown is not None) == sees(one, who), (who, one)
                    if shown is None:
                        expected["attempt:refused"] += 1
                    else:
                        expected["reading:recorded"] += noun == "case"
                        seen.check(field, one.id, shown)
                    seen.decisions += shown is None
            assert Counter(world.installation.since(before)) == +expected, who
        counted(f"F1 {seen.decisions} decisions: looks of {len(world.people)} people")

    @pytest.mark.parametrize("by", ["number", "asOf"])
    def test_other_ways(self, world: World, by: str, counted: Callable[[str], None]) -> None:
        """By number and as of an instant the same is shown as by id, and the same is absent."""
        looks = 0
        for who in faces(world):
            for field, noun in rules.under("look", "Query").items():
                for one, shown in _looks(world, who, field, noun, by):
                    assert (shown is not None) == sees(one, who), (who, one)
                    assert shown is None or shown["id"] == one.id
                    looks += 1
        counted(f"F2 {looks} looks by {by}")

    def test_who_looked(self, world: World, counted: Callable[[str], None]) -> None:
        """The log of accesses is the audit's, within its area, and empty to everybody else."""
        for who in faces(world):
            list(_looks(world, who, "case", "case", "id"))
        world.installation.project()
        log = list(_accesses(world))
        assert len({area for _, area in log}) > 3
        for who in world.people.values():
            found = world.person(who).ask(page("accessLog", WHOLE), first=20)["accessLog"]
            expected = [
                f"{position:016d}" for position, area in log if who.audits and (not area or who.covers(area))
            ]
            assert [node["position"] for node in found["nodes"]] == expected[:20], who
            assert found["totalCount"] == len(expected)
        counted(f"F2 {len(world.people)} people with the log of {len(log)} accesses")


def _looks(world: World, who: Somebody, field: str, noun: str, by: str) -> Iterator[tuple[Any, Any]]:
    """Look at everything of a kind, some in each document."""
    subjects: list[Any] = world.nouns[noun]
    given = {"asOf": "2100-01-01T00:00:00+07:00" if by == "asOf" else None}
    purpose = ", purpose: SECURITY" if noun == "case" else ""
    for start in range(0, len(subjects), 12):
        some = subjects[start : start + 12]
        number = {"camera": "code", "client": "code", "use": "id"}.get(noun, "number")
        key, kind = (number, "String") if by == "number" and number != "id" else ("id", "ID")
        given |= {f"k{n}": getattr(one, key) for n, one in enumerate(some)}
        head = "".join(f", $k{n}: {kind}" for n in range(len(some)))
        fields = [f"{field}({key}: $k{n}{purpose}, asOf: $asOf) {{ {LOOK[noun]} }}" for n in range(len(some))]
        answers = world.person(who).ask(aliased(fields, head=f"($asOf: DateTime{head})"), **given)
        yield from zip(some, answers.values(), strict=True)


def _accesses(world: World) -> Iterator[tuple[int, str | None]]:
    """Where each access on record lies, newest first, read from the log itself."""
    operator = world.installation.operator
    stored = operator.recorder.select_notifications(start=1, limit=100_000)
    for event in reversed(stored):
        if event.topic.startswith(("reading:", "attempt:")):
            said: Any = operator.mapper.to_domain_event(event)
            assert isinstance(said, Reading.Recorded | Attempt.Refused)
            yield event.id, said.area_path


def test_recordings_of_a_camera_one_may_not_watch(world: World) -> None:
    """Whoever is shown a camera with a case or an extraction, and may not watch it, is not told what was recorded."""
    for who in faces(world):
        for field in ("cases", "extractions"):
            for node in world.person(who).ask(page(field, WHOLE), first=MOST_WHOLE)[field]["nodes"]:
                [camera] = [one for one in world.cameras if one.id == node["camera"]["id"]]
                assert isinstance(camera, CameraFacts)
                assert watches(camera, who) or node["camera"]["recordings"] == [], (who, camera)


def test_the_shapes_differ() -> None:
    """A plain list asks for no list and for nothing of what one may do; a whole one for both."""
    for field in LISTS:
        node = node_of(field)
        for name, rule in rules.fields().items():
            if name.startswith(f"{node}.") and rule == "may":
                wanted = name.partition(".")[2]
                assert wanted in selection(node, WHOLE).split()
                assert wanted not in selection(node, PLAIN).split()


def test_acts_that_are_open(world: World) -> None:
    """Of every noun those that are open and those that are not are together all, each with the same answer."""
    asked = (
        "all: availableActions { action enabled } open: availableActions(enabled: true) { action enabled }"
        " shut: availableActions(enabled: false) { action enabled }"
    )
    nouns = [field for field in LISTS if "availableActions" in selection(node_of(field), WHOLE)]
    assert len(nouns) > 8
    for who in faces(world):
        for field in nouns:
            kinds = root("Query").fields[field].args
            purpose = "purpose: SECURITY, " if "purpose" in kinds else ""
            found = world.person(who).ask(f"{{ {field}({purpose}first: 10) {{ nodes {{ {asked} }} }} }}")
            for node in found[field]["nodes"]:
                for shown, enabled in (("open", True), ("shut", False)):
                    assert node[shown] == [one for one in node["all"] if one["enabled"] is enabled], field


def test_what_is_explained(world: World, counted: Callable[[str], None]) -> None:
    """Whoever asks why they may, or may not, is told what is shown of it, by the article that it stands on."""
    services = world.installation.services
    record, now = services.app.as_of(None), world.installation.now
    asked = "nodes { id __typename availableActions { action enabled } }"
    lists = [
        field
        for field, of in root("Query").fields.items()
        if str(of.type).endswith("Connection!")
        and {"plate", "cell"}.isdisjoint(of.args)
        and f"{node_of(field)}.availableActions" in rules.fields()
    ]
    told: Counter[tuple[str, bool]] = Counter()
    for who in faces(world)[::3]:
        for field in lists:
            purpose = "purpose: SECURITY, " if "purpose" in root("Query").fields[field].args else ""
            shown = world.person(who).ask(f"{{ {field}({purpose}first: 5) {{ {asked} }} }}")[field]["nodes"]
            for node in shown:
                subject = subject_of(record, UUID(node["id"]))
                assert subject is not None, field
                for act in node["availableActions"]:
                    found = explain(
                        record,
                        services.context,
                        account_id=Account.create_id(who.name),
                        action=act["action"],
                        subject=subject,
                        at=now,
                    )
                    assert found.allowed is act["enabled"], (who, field, act)
                    assert "DH 5.5" not in found.basis or not found.allowed, (who, field, act)
                    told[node["__typename"], found.allowed] += 1
    assert len({noun for noun, _ in told}) > 12
    counted(f"F2 {told.total()} acts explained as they are shown: {dict(told)}")
