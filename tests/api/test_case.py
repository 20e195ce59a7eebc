"""One case as it stands now."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import psycopg
import pytest

from domain.case.acts import GUARDS
from tests.support.api import COMMUNE, DETECTED_AT, Found, Installation
from tests.support.mutations import nothing_recorded, rule
from tests.support.people import CASE, PAYLOADS, case_of, mutation_of


class TestPresent:
    """By id or by number, within one's scope."""

    @pytest.mark.rule("R-QT-3.1.0", "R-QT-6.2.b", "R-YB-11.4.0", "R-DH-4.3.0", "R-QT-10.3.b")
    def test_detected(self, installation: Installation) -> None:
        """A proposal shows where it comes from, its evidence with hashes, and what may be done."""
        case = installation.detected()
        detected_at = installation.head()
        shown = case_of(installation.signed_in("centre.approve"), number="DH-2026-000001")
        recorded_at = shown["history"][0].pop("recordedAt")
        del shown["availableActions"]
        assert datetime.fromisoformat(recorded_at).utcoffset() == timedelta(hours=7)
        assert shown == {
            "id": str(case.id),
            "number": "DH-2026-000001",
            "state": "DETECTED",
            "version": 1,
            "rule": "RED_LIGHT",
            "occurredAt": "2026-06-01T07:59:58+07:00",
            "detectedAt": "2026-06-01T08:00:00+07:00",
            "plate": None,
            "due": "2026-06-09T00:00:00+07:00",
            "dueRule": rule("R-DH-11.3.a1"),
            "late": False,
            "received": False,
            "finding": None,
            "notified": False,
            "conclusion": None,
            "holder": {"code": "TTGSDH", "name": "Trung tâm Giám sát điều hành"},
            "camera": {
                "code": "DH-NT-01",
                "name": "Ngã tư Nam Lý, hướng Bắc",
                "operatingUnit": {"name": "Trung tâm Giám sát điều hành"},
            },
            "evidence": [
                {
                    "kind": kind,
                    "sha256": digest * 64,
                    "size": 1000 + n,
                    "capturedAt": f"2026-06-01T07:59:{57 + n}+07:00",
                }
                for n, (kind, digest) in enumerate(
                    [("FRAME_BEFORE", "1"), ("FRAME_AT", "2"), ("FRAME_AFTER", "3")]
                )
            ]
            + [{"kind": "CLIP", "sha256": "4" * 64, "size": 1003, "capturedAt": "2026-06-01T08:00:00+07:00"}],
            "history": [
                {
                    "position": f"{detected_at:016d}",
                    "event": "case:detected",
                    "at": "2026-06-01T08:00:00+07:00",
                    "by": "system:intake",
                    "unit": "Trung tâm Giám sát điều hành",
                    "reason": None,
                    "rule": {"id": "R-DH-11.3.a1"},
                }
            ],
        }

    def test_available_actions(self, installation: Installation) -> None:
        """Every act of the procedure is named, with why it is not open; to the Centre a proposal's are."""
        case = installation.detected()
        actions = case_of(installation.signed_in("centre.approve"), id=str(case.id))["availableActions"]
        assert [action["action"] for action in actions] == list(GUARDS)
        assert [a["action"] for a in actions if a["enabled"]] == [
            "approveCase",
            "discardCase",
            "assignCase",
        ]
        assert all(action["enabled"] == (action["reasons"] == []) for action in actions)
        why = {action["action"]: action["reasons"] for action in actions}
        for action, asked, rule_id in [
            ("receiveCase", "case.receive [DH 11.3.a, 12.2.a; DHV 2.1]", "R-DHV-2.1.a"),
            ("startVerification", "case.verify [DH 11.3.b; DHV 2.1]", "R-DH-11.3.b3"),
            ("concludeCase", "case.conclude [DH 11.3.b]", "R-DH-11.3.b4"),
            ("notifyResult", "case.notify [DH 11.3.b]", "R-DH-11.3.b4"),
        ]:
            assert why[action] == [
                {
                    "vi": f"Đơn vị hoặc chức năng của tài khoản không được thực hiện {asked}",
                    "en": f"The account's unit or function may not do {asked}",
                    "rule": {"id": rule_id},
                }
            ]

    def test_actions_that_are_open(self, installation: Installation) -> None:
        """A list asks only for what is open, or only for what is not; together they are all there is."""
        installation.detected()
        shown = installation.signed_in("centre.approve").ask(
            "{ cases { nodes { open: availableActions(enabled: true) { action }"
            " not: availableActions(enabled: false) { action reasons { message } } } } }"
        )["cases"]["nodes"][0]
        assert [one["action"] for one in shown["open"]] == ["approveCase", "discardCase", "assignCase"]
        assert len(shown["not"]) == len(GUARDS) - 3
        assert all(one["reasons"] for one in shown["not"])

    @pytest.mark.rule("R-QT-4.6.b")
    def test_whole_way(self, installation: Installation) -> None:
        """The history tells every act with who, for which unit, why and under which rule."""
        case = installation.case_in("NOTIFIED")
        shown = case_of(installation.signed_in("police.lead"), id=str(case.id))
        assert (shown["state"], shown["plate"], shown["conclusion"], shown["due"]) == (
            "CONCLUDED",
            "73A-123.45",
            "Vượt đèn đỏ, hình ảnh rõ",
            "2027-06-01T00:00:00+07:00",
        )
        police = ("Phạm Thị Dung (police.handle)", "Công an thành phố")
        assert [
            (step["event"], step["by"], step["unit"], step["reason"], step["rule"]["id"])
            for step in shown["history"]
        ] == [
            ("case:detected", "system:intake", "Trung tâm Giám sát điều hành", None, "R-DH-11.3.a1"),
            (
                "case:approved",
                "Nguyễn Văn An (centre.approve)",
                "Trung tâm Giám sát điều hành",
                None,
                "R-DHV-1.3.0",
            ),
            ("case:received", *police, None, "R-DHV-2.1.a"),
            ("case:verification-started", *police, None, "R-DH-11.3.b3"),
            ("case:concluded", *police, "Vượt đèn đỏ, hình ảnh rõ", "R-DH-11.3.b4"),
            ("case:result-notified", *police, None, "R-DH-11.3.b5"),
        ]
        positions = [step["position"] for step in shown["history"]]
        assert positions == sorted(positions)
        assert {step["at"] for step in shown["history"][1:]} == {"2026-06-01T09:00:00+07:00"}

    def test_reason(self, installation: Installation) -> None:
        """A discarded proposal says the reason of the list and the words given with it."""
        case = installation.detected()
        centre = installation.signed_in("centre.approve")
        centre.does("discardCase", case.id, reasonCode="DUPLICATE", note="Trùng hồ sơ trước")
        installation.project()
        shown = case_of(centre, id=str(case.id))
        assert shown["history"][1]["reason"] == "DUPLICATE: Trùng hồ sơ trước"

    @pytest.mark.parametrize("asked", [{}, {"id": "x", "number": "x"}, {"id": str(uuid4()), "number": "y"}])
    def test_one_way_to_ask(self, installation: Installation, asked: dict[str, str]) -> None:
        """A case is asked for by id or by number, not by both and not by neither."""
        error = installation.signed_in("centre.approve").error(CASE, **asked)
        assert (error["code"], error["message"]) == (
            "INVALID_INPUT",
            "id: cần id hoặc number, chỉ một · id: either id or number is expected",
        )

    def test_no_id(self, installation: Installation) -> None:
        """What is no id is refused; an id or number of nothing is absent."""
        centre = installation.signed_in("centre.approve")
        assert centre.error(CASE, id="DH-2026-000001")["code"] == "INVALID_INPUT"
        assert case_of(centre, id=str(uuid4())) is None
        assert case_of(centre, id=str(COMMUNE)) is None
        assert case_of(centre, number="DH-2026-999999") is None
        assert case_of(centre, number="") is None

    def test_outside_of_scope(self, installation: Installation) -> None:
        """A case of others is as absent as one that never was: now, in the past, by id and by number."""
        case = installation.detected()
        for name in ("police.handle", "police.lead", "commune.lead", "centre.admin", "auditor"):
            person = installation.signed_in(name)
            for asked in ({"id": str(case.id)}, {"number": case.number}):
                assert case_of(person, **asked) is None
                assert case_of(person, **asked, asOf=datetime.now(UTC).isoformat()) is None

    def test_nobody(self, installation: Installation) -> None:
        """Nobody sees a case without signing in, nor learns whether their question was a good one."""
        case = installation.detected()
        for asked in ({"id": str(case.id)}, {"number": case.number}, {"id": "x"}, {}):
            assert installation.anonymous.error(CASE, **asked)["code"] == "UNAUTHENTICATED"

    @pytest.mark.rule("R-QT-4.5.0")
    def test_auditor(self, installation: Installation) -> None:
        """An auditor whose grant is in force reads the cases of their area, and may do nothing."""
        case = installation.case_in("APPROVED")
        installation.today()
        shown = case_of(installation.signed_in("auditor"), id=str(case.id), purpose="AUDIT")
        assert shown["plate"] == "73A-123.45"
        assert [action["enabled"] for action in shown["availableActions"]] == [False] * len(GUARDS)

    def test_auditor_of_another_area(self, installation: Installation) -> None:
        """A grant reaches as far as the area of its unit: by id as in the list."""
        installation.register_camera("XX-01", area_path="quang-tri/dong-ha")
        case = installation.detected(camera="XX-01")
        installation.today()
        assert case_of(installation.signed_in("auditor"), id=str(case.id)) is None

    @pytest.mark.rule("R-QT-7.3.0", "R-DH-4.3.0", "R-QT-10.3.b")
    @pytest.mark.parametrize("purpose", ["CURIOSITY", None, ""])
    def test_purpose(self, installation: Installation, purpose: str | None) -> None:
        """Nobody looks without one of the purposes there are."""
        case = installation.detected()
        body = installation.signed_in("centre.approve").answer(CASE, id=str(case.id), purpose=purpose)
        assert "data" not in body
        assert body["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


class TestErased:
    """What identifies a person can be forgotten; the record of what was done stays."""

    def test_erased(self, installation: Installation) -> None:
        """With the key of a case its plate and its words are gone, now and in the past; the case is not."""
        case = installation.case_in("NOTIFIED")
        with psycopg.connect(installation.endpoints.database_url, autocommit=True) as conn:
            conn.execute(
                "UPDATE personal_keys SET wrapped = NULL, destroyed_at = now() WHERE subject = %s", (case.id,)
            )
        centre = installation.signed_in("centre.approve")
        for asked in ({}, {"asOf": "2999-01-01T00:00:00Z"}):
            shown = case_of(centre, id=str(case.id), **asked)
            gone = "[đã xoá · erased]"
            assert (shown["plate"], shown["conclusion"], shown["history"][4]["reason"]) == (gone, gone, gone)
            assert shown["history"][4]["by"] == "Phạm Thị Dung (police.handle)"


class TestReadYourWrite:
    """What a mutation answers is the case after it, though no read model has come that far."""

    def test_payload(self, installation: Installation) -> None:
        """The words of a conclusion stand in its own answer, with the step and what is open next."""
        case = installation.case_in("VERIFYING")
        document = mutation_of(
            "concludeCase",
            "conclusion evidence { kind } history { event } availableActions { action enabled }",
        )
        facts = {"caseId": str(case.id), "commandId": "1", "finding": "VIOLATION", "text": "Đã rõ"}
        answered = installation.signed_in("police.handle").ask(document, input=facts)["concludeCase"]["case"]
        assert answered["conclusion"] == "Đã rõ"
        assert len(answered["evidence"]) == 4
        assert answered["history"][-1] == {"event": "case:concluded"}
        assert [a["action"] for a in answered["availableActions"] if a["enabled"]] == [
            "assignCase",
            "forwardCase",
            "mergeCase",
            "referCase",
            "notifyResult",
            "identifyOwner",
            "determineViolator",
            "fileComplaint",
            "correctCase",
        ]

    def test_still_the_old_one(self, installation: Installation) -> None:
        """A query that does not ask for the position is shown what the read model has."""
        case = installation.detected()
        centre = installation.signed_in("centre.approve")
        centre.does("approveCase", case.id)
        assert case_of(centre, id=str(case.id))["state"] == "DETECTED"
        installation.project()
        assert case_of(centre, id=str(case.id))["state"] == "APPROVED"


class TestIdentities:
    """Ids of one person's are of no use to another, wherever they are put."""

    def test_guessed_ids(self, installation: Installation) -> None:
        """The id of another's case opens nothing in any argument that takes an id."""
        case = installation.detected()
        police = installation.signed_in("police.handle")
        with nothing_recorded(installation):
            for mutation in PAYLOADS:
                assert police.act(mutation, case.id)["code"] == "NOT_FOUND"
            answer = police.ask(
                "query($id: ID!) { cases(filter: {cameraId: $id}) { totalCount nodes { number } } }",
                id=str(case.id),
            )
        assert answer == {"cases": {"totalCount": 0, "nodes": []}}

    @pytest.mark.rule("R-DH-5.3.0", "R-DB-5.3.0")
    def test_camera_of_a_case(self, installation: Installation) -> None:
        """Whoever holds a case sees the camera that proposed it, by name, and never an address."""
        case = installation.case_in("APPROVED")
        shown = installation.signed_in("police.handle").ask(
            "query($id: ID) { case(id: $id, purpose: AUDIT) { camera { code history { event by } } } }",
            id=str(case.id),
        )
        assert shown["case"]["camera"] == {
            "code": "DH-NT-01",
            "history": [{"event": "camera:registered", "by": "system:demo"}],
        }


def test_number_is_shown_to_its_own(installation: Installation) -> None:
    """Several cases are each found under their own number."""
    made: list[Found] = installation.many_detected([DETECTED_AT] * 3)
    centre = installation.signed_in("centre.approve")
    assert [case_of(centre, number=case.number)["id"] for case in made] == [str(case.id) for case in made]
