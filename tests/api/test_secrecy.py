"""What a camera shows may turn out to be a state secret: from the mark on its own system alone is shown it, any way."""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from cli import demo
from domain.camera import Camera
from tests.api.test_evidence import CLIP, Opened
from tests.api.test_explain_access import account, why
from tests.support.acting import NEVER_BEHIND, Act, ask
from tests.support.api import Installation
from tests.support.casework import on, recorded
from tests.support.footage import Footage, open_file
from tests.support.oracle import (
    CASE_ACTS,
    DONE,
    EXTRACTION_ACTS,
    CaseFacts,
    ExtractionFacts,
    Somebody,
    sees,
)
from tests.support.oracle import recorded as on_record
from tests.support.world import World

CAMERA = str(Camera.create_id(demo.CAMERA))
SENDS = {"approveCase", "forwardCase", "transferRecord", "publishCase"}
"""The acts by which a case goes to another body, or to everybody."""
GIVES = {"approveExtraction", "executeExtraction", "handOverExtraction", "acceptExtraction"}
CASE = "query($id: ID!) { case(id: $id, purpose: VIOLATION_HANDLING) { number state camera { code } } }"
RULE = "R-DH-1.2.0"


def mark(place: Installation, secret: bool = True) -> None:
    """The administrator of the Centre marks the demo's camera, or lifts the mark; the read models have it."""
    said = {"cameraId": CAMERA, "secret": secret, "reason": "Trụ sở quân sự", "commandId": str(uuid4())}
    query = "mutation($input: MarkCameraSecretInput!) { markCameraSecret(input: $input) { __typename } }"
    done = place.signed_in("centre.admin").ask(query, input=said)["markCameraSecret"]
    assert done["__typename"] == "CameraMarkedSecret"
    place.project()


@pytest.fixture
def opened(installation: Installation) -> Opened:
    """A case with a clip."""
    installation.today()
    return Opened(installation)


# -- a case -------------------------------------------------------------------------------


@pytest.mark.rule("R-DH-1.2.0")
def test_not_transferred(installation: Installation, opened: Opened) -> None:
    """A proposal of a secret camera stays with its own system: it is discarded there, or approved after the mark."""
    mark(installation)
    centre, before = installation.signed_in("centre.approve"), installation.head()
    refusal = centre.act("approveCase", opened.case.id)
    assert (refusal["code"], refusal["rule"]["id"]) == ("WRONG_STATE", RULE)
    assert installation.since(before) == ["attempt:refused"]
    assert opened.open("centre.approve")["__typename"] == "EvidenceOpened"
    mark(installation, secret=False)
    assert centre.act("approveCase", opened.case.id)["__typename"] == "CaseApproved"


@pytest.mark.rule("R-DH-1.2.0")
def test_detected_since(installation: Installation) -> None:
    """What a secret camera detects is a case of its own unit as any other, and nobody else's; it ends there."""
    installation.today()
    mark(installation)
    case = installation.detected(at=installation.now)
    asked = "{ cases { nodes { number camera { code } availableActions(enabled: true) { action } } } }"
    for name in ("police.handle", "commune.lead"):
        assert installation.signed_in(name).ask(asked)["cases"]["nodes"] == []
    centre = installation.signed_in("centre.approve")
    [shown] = centre.ask(asked)["cases"]["nodes"]
    assert (shown["number"], shown["camera"]) == (case.number, {"code": demo.CAMERA})
    open_acts = {one["action"] for one in shown["availableActions"]}
    assert ("discardCase" in open_acts, "approveCase" in open_acts) == (True, False)
    assert centre.does("discardCase", case.id)


@pytest.mark.rule("R-DH-1.2.0")
def test_already_there(installation: Installation, opened: Opened) -> None:
    """A case that was transferred before stays and is worked on; its camera and pictures are the Centre's alone."""
    installation.signed_in("centre.approve").does("approveCase", opened.case.id)
    installation.project()
    police, case_id = installation.signed_in("police.handle"), str(opened.case.id)
    before = datetime.now(UTC)
    assert police.ask(CASE, id=case_id)["case"]["camera"] == {"code": demo.CAMERA}
    mark(installation)
    shown = {"number": opened.case.number, "state": "APPROVED", "camera": None}
    assert police.ask(CASE, id=case_id)["case"] == shown
    past = "query($id: ID, $at: DateTime) { case(id: $id, asOf: $at, purpose: AUDIT) { camera { code } } }"
    for name in ("police.handle", "auditor"):
        then = installation.signed_in(name).ask(past, id=case_id, at=before.isoformat())
        assert then["case"] == {"camera": None}
    of_centre = installation.signed_in("centre.approve").ask(CASE, id=case_id)["case"]
    assert of_centre["camera"] == {"code": demo.CAMERA}
    head = installation.head()
    refusal = opened.open("police.handle")
    assert (refusal["code"], refusal["rule"]["id"]) == ("FORBIDDEN", RULE)
    assert installation.since(head) == ["attempt:refused"]
    for act in ("receiveCase", "startVerification"):
        assert police.does(act, opened.case.id)
    mark(installation, secret=False)
    assert opened.open("police.handle")["__typename"] == "EvidenceOpened"


@pytest.mark.rule("R-DH-1.2.0")
def test_procedure_goes_on(installation: Installation) -> None:
    """Of what the police have already the penalty is decided and carried out; no file of it goes to another body."""
    work = recorded(installation)
    mark(installation)
    team = installation.register_unit("CSGT", kind="TRAFFIC_POLICE_TEAM")
    installation.project()
    for act, given in (
        ("transferRecord", {"recipientUnitId": str(team)}),
        ("publishCase", {}),
    ):
        refusal = work.refused(act, **given)
        assert (refusal["code"], refusal["rule"]["id"]) == ("WRONG_STATE", "R-DH-1.2.0"), act
    for day, act in enumerate(
        ("requestExplanation", "recordExplanation", "decidePenalty", "sendDecision"), 6
    ):
        assert work.does(act, at=on(day))


@pytest.mark.rule("R-DH-1.2.0")
def test_an_address_given_before(installation: Installation, opened: Opened) -> None:
    """An address that was given before the mark opens nothing from then on, but to the camera's own system."""
    installation.signed_in("centre.approve").does("approveCase", opened.case.id)
    installation.project()
    urls = {name: opened.open(name)["url"] for name in ("police.handle", "centre.approve")}
    assert {opened.fetch(url).content for url in urls.values()} == {CLIP}
    mark(installation)
    for method, headers in (("GET", {}), ("GET", {"Range": "bytes=0-9"}), ("HEAD", {})):
        assert opened.fetch(urls["police.handle"], method, **headers).status_code == 403
    [error] = opened.fetch(urls["police.handle"]).json()["errors"]
    assert error["extensions"]["code"] == "SECRET"
    assert opened.fetch(urls["centre.approve"]).content == CLIP
    mark(installation, secret=False)
    assert opened.fetch(urls["police.handle"]).content == CLIP


@pytest.mark.rule("R-DH-1.2.0")
def test_lists(installation: Installation, opened: Opened) -> None:
    """Neither a list that is taken out nor numbers apart by camera say what a secret camera of others is called."""
    installation.signed_in("centre.approve").does("approveCase", opened.case.id)
    installation.project()
    told = (
        "{ caseExport(purpose: VIOLATION_HANDLING) { csv }"
        " cases { nodes { camera { code } } } caseStatistics(by: CAMERA) { cells { cameraCode } } }"
    )
    for name in ("police.handle", "centre.approve"):
        assert demo.CAMERA in str(installation.signed_in(name).ask(told))
    mark(installation)
    assert demo.CAMERA not in str(installation.signed_in("police.handle").ask(told))
    assert demo.CAMERA in str(installation.signed_in("centre.approve").ask(told))


@pytest.mark.rule("R-DH-1.2.0")
def test_explained(installation: Installation, opened: Opened) -> None:
    """Why not is explained by the rule on secrecy, and as of before the mark it is a yes."""
    installation.signed_in("centre.approve").does("approveCase", opened.case.id)
    case_id, before = str(opened.case.id), datetime.now(UTC)
    mark(installation)
    installation.now = datetime.now(UTC)
    auditor = installation.signed_in("auditor")
    police = {"on": case_id, "account": account("police.handle")}
    found = why(auditor, "evidence.view", **police)
    assert (found["allowed"], found["rules"]) == (False, [{"id": RULE}])
    assert why(auditor, "evidence.view", **police, at=before.isoformat())["allowed"] is True
    assert why(auditor, "evidence.view", on=case_id, account=account("centre.approve"))["allowed"] is True


# -- an extraction ------------------------------------------------------------------------


@pytest.mark.rule("R-DH-1.2.0")
@pytest.mark.parametrize(
    "state, act, by",
    [
        ("REQUESTED", "approveExtraction", "police.lead"),
        ("APPROVED", "executeExtraction", "centre.execute"),
        ("EXECUTED", "handOverExtraction", "centre.execute"),
        ("HANDED_OVER", "acceptExtraction", "commune.lead"),
    ],
)
def test_extraction(installation: Installation, state: str, act: str, by: str) -> None:
    """What was asked for before the mark goes no step further, and goes on once it is lifted."""
    installation.today()
    footage = Footage(installation)
    extraction = footage.extraction_in(state)
    mark(installation)
    head = installation.head()
    refusal = footage.act(act, extraction.id, by=by)
    assert (refusal["code"], refusal["rule"]["id"]) == ("FORBIDDEN", RULE)
    assert installation.since(head) == ["attempt:refused"]
    [shown] = installation.signed_in("commune.lead").ask("{ extractions { nodes { camera { code } } } }")[
        "extractions"
    ]["nodes"]
    assert shown == {"camera": None}
    mark(installation, secret=False)
    assert "code" not in footage.act(act, extraction.id, by=by)


@pytest.mark.rule("R-DH-1.2.0")
def test_extracted(installation: Installation) -> None:
    """Files that were accepted before the mark are opened no more, nor is an address of before."""
    installation.today()
    extraction = Footage(installation).extraction_in("ACCEPTED")
    leader = installation.signed_in("commune.lead")
    asked = "query($id: ID) { extraction(id: $id) { execution { files { id } } } }"
    [file] = leader.ask(asked, id=extraction.id)["extraction"]["execution"]["files"]
    url = open_file(leader, file["id"])["url"]
    mark(installation)
    refusal = open_file(leader, file["id"])
    assert (refusal["code"], refusal["rule"]["id"]) == ("FORBIDDEN", RULE)
    assert installation.client.get(url).status_code == 403


# -- everybody, against an oracle of its own ----------------------------------------------


def then(one: CaseFacts | ExtractionFacts, who: Somebody, act: Act) -> str:
    """What comes of an act since the mark: what was open is not, where it would show others what is secret."""
    before = act.result(who)
    own = who.unit == one.operator if isinstance(one, ExtractionFacts) else who.unit == one.detecting
    if before != DONE:
        return before
    if act.file is not None:
        given = isinstance(one, ExtractionFacts) and one.asking != one.operator
        return DONE if own and not given else "Forbidden"
    if act.mutation in SENDS:
        return "WrongState"
    if act.mutation in GIVES and isinstance(one, ExtractionFacts):
        return DONE if own and one.asking == one.operator else "Forbidden"
    return DONE


@pytest.mark.rule("R-DH-1.2.0")
def test_everybody(world: World, counted: Callable[[str], None]) -> None:
    """To each person all is listed as before; which cameras are shown and what is open is as the oracle says."""
    place = world.installation
    place._conn.execute(NEVER_BEHIND)
    with place.founding():
        camera = place.operator.find(Camera, UUID(CAMERA))
        camera.trigger_event(Camera.MarkedSecret, secret=True)
        place.operator.record(camera)
    place.project()
    nouns: dict[str, tuple[Sequence[CaseFacts | ExtractionFacts], Collection[str]]] = {
        "cases": (world.cases, CASE_ACTS),
        "extractions": (world.extractions, EXTRACTION_ACTS),
    }
    tried: Counter[str] = Counter()
    for who in world.people.values():
        closed: list[Act] = []
        for field, (subjects, acts) in nouns.items():
            for shown in ("id camera { id }", "id camera { id } availableActions { action enabled }"):
                nodes = world.person(who).ask(f"{{ {field}(first: 30) {{ nodes {{ {shown} }} }} }}")[field]
                found = {node["id"]: node for node in nodes["nodes"]}
                seen = {one.id: one for one in subjects if sees(one, who)}
                assert found.keys() == seen.keys()
                for one in seen.values():
                    own = one.camera != CAMERA or who.unit == "TTGSDH"
                    assert found[one.id]["camera"] == ({"id": one.camera} if own else None), (who, one)
            for one in (one for one in seen.values() if one.camera == CAMERA):
                said = {act: Act(act, one) for act in acts}
                results = {act: then(one, who, said[act]) for act in acts}
                assert {each["action"]: each["enabled"] for each in found[one.id]["availableActions"]} == {
                    act: result in {DONE, "InvalidInput"} for act, result in results.items()
                }, (who, one)
                closed += [said[act] for act, result in results.items() if result != said[act].result(who)]
                files = (one.file,) if isinstance(one, CaseFacts) else one.files
                closed += [
                    act
                    for act in (Act("openEvidence", one, file) for file in files)
                    if then(one, who, act) != act.result(who)
                ]
        for act in closed:
            assert isinstance(act.subject, CaseFacts | ExtractionFacts)
            head = place.head()
            [answer] = ask(world, who, [act], "rule { id }")
            result = then(act.subject, who, act)
            assert (answer["__typename"], answer["rule"]["id"]) == (result, RULE), (who, act)
            assert on_record(result)
            assert place.since(head) == ["attempt:refused"]
            tried[act.mutation] += 1
    assert tried.keys() == (SENDS | GIVES | {"openEvidence"}) - {"transferRecord"}  # no record is drawn there
    counted(f"secrecy: {tried.total()} acts of {len(world.people)} people that a mark closes")
