"""`caseChanged`: whoever watches is told of each change they may see, once, in order, and of no other."""

import gc
import threading
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest

from api import live as live_module
from api.live import FARTHEST
from domain.account import Account
from domain.camera import Camera
from tests.support.api import BODY, COMMUNE, Installation
from tests.support.serving import until
from tests.support.watching import CHANGED, Watched, now, taking, watched

__all__ = ["now"]

BEYOND = 1_000_000


class TestWhatIsTold:
    """Each reader is told of what they may see, and learns nothing of the rest."""

    def test_each_their_own(self, installation: Installation, now: Watched) -> None:
        """The Centre sees its case from the start, the police from its transfer on, the commune never."""
        start = installation.head()
        with (
            now.socket("centre.approve") as centre,
            now.socket("police.handle") as police,
            now.socket("commune.lead") as commune,
        ):
            for socket in (centre, police, commune):
                socket.watch(after=start)
            case = installation.detected()
            assert centre.event() == ("case:detected", str(case.id))
            installation.signed_in("centre.approve").does("approveCase", case.id)
            installation.project()
            assert centre.event() == police.event() == ("case:approved", str(case.id))
            # what the commune is told first of all is the first that is theirs
            theirs = case_of_the_commune(now)
            assert commune.event() == ("case:approved", str(theirs))

    def test_a_change(self, installation: Installation, now: Watched) -> None:
        """A change has a position, the event and the case as it is now."""
        case = installation.detected()
        with now.socket("centre.approve") as centre:
            centre.watch()
            position = installation.signed_in("centre.approve").does("approveCase", case.id)["position"]
            installation.project()
            assert centre.changed() == {
                "position": position,
                "event": "case:approved",
                "case": {"id": str(case.id), "number": case.number, "state": "APPROVED", "version": 2},
            }

    def test_the_auditor(self, installation: Installation, now: Watched) -> None:
        """Whoever may replay the audit is told of their area while the grant runs, and not a change longer."""
        installation.today()
        with now.socket("auditor") as auditor, now.socket("centre.approve") as centre:
            auditor.watch()
            centre.watch()
            first = installation.detected()
            assert auditor.event() == centre.event() == ("case:detected", str(first.id))
            today, installation.now = installation.now, installation.now + timedelta(days=366)
            unseen = installation.detected()
            assert centre.event() == ("case:detected", str(unseen.id))
            installation.now = today
            seen = installation.detected()
            assert auditor.event() == ("case:detected", str(seen.id))

    def test_a_right_given_meanwhile(self, installation: Installation, now: Watched) -> None:
        """A grant counts from the next change on, without a new sign-in or subscription."""
        installation.open_account("looker", unit_id=BODY, role="AUDITOR")
        with now.socket("looker") as looker, now.socket("centre.approve") as centre:
            looker.watch()
            centre.watch()
            unseen = installation.detected()
            assert centre.event() == ("case:detected", str(unseen.id))
            grant(installation, "looker")
            case = installation.detected()
            assert looker.event() == ("case:detected", str(case.id))

    def test_a_case_that_left(self, installation: Installation, now: Watched) -> None:
        """Of a case that went out of one's scope one is not even told that it changed."""
        case = installation.case_in("VERIFYING")
        kept = installation.case_in("VERIFYING")
        with now.socket("police.handle") as police, now.socket("centre.approve") as centre:
            police.watch(after=installation.head())
            centre.watch(after=installation.head())
            person = installation.signed_in("police.handle")
            person.does("concludeCase", case.id)
            person.does("concludeCase", kept.id)
            moved(installation, case.id, to=COMMUNE)
            installation.project()
            moved(installation, case.id, to=COMMUNE)
            assert police.event() == ("case:concluded", str(kept.id))
            assert centre.event()[0] == centre.event()[0] == "case:concluded"

    def test_a_case_that_leaves_while_it_waits(self, installation: Installation, now: Watched) -> None:
        """Permission is asked for again when a change is handed over, of the case as it is by then."""
        first, second = installation.case_in("APPROVED"), installation.case_in("APPROVED")
        police = installation.signed_in("police.handle")
        with taking(now, "police.handle", after=installation.head()) as reader:
            police.does("receiveCase", first.id)
            installation.project()
            assert reader.taken() == first.id
            police.does("receiveCase", second.id)
            installation.project()
            assert until(lambda: len(reader.subscriber._waiting) == 1)
            moved(installation, second.id, to=COMMUNE)
            police.does("startVerification", second.id)
            installation.project()
            [waiting] = reader.subscriber._waiting
            assert until(lambda: waiting.shown.row.owner_unit == COMMUNE)
            police.does("startVerification", first.id)
            installation.project()
            reader.take()
            assert reader.taken() == first.id

    def test_nothing_is_remembered(self, installation: Installation, now: Watched) -> None:
        """Each change is shown with what is on record by then, not with what the one before had loaded."""
        query = CHANGED.replace("version }", "camera { name } history { event } }")
        with now.socket("centre.approve") as centre:
            centre.watch(query=query)
            case = installation.detected()
            first = centre.changed()["case"]
            assert first["camera"] == {"name": "Ngã tư Nam Lý, hướng Bắc"}
            camera = installation.operator.find(Camera, Camera.create_id("DH-NT-01"))
            with installation.founding():
                camera.rename("Ngã tư Nam Lý, tên mới")
                installation.operator.record(camera)
            installation.signed_in("centre.approve").does("approveCase", case.id)
            installation.project()
            second = centre.changed()["case"]
            assert second["camera"] == {"name": "Ngã tư Nam Lý, tên mới"}
            assert [len(shown["history"]) for shown in (first, second)] == [1, 2]

    def test_an_open_subscription_does_not_grow(self, installation: Installation, now: Watched) -> None:
        """However much somebody is told, nothing of it is kept."""

        def kept() -> int:
            gc.collect()
            return sum(type(one).__name__ == "FieldDetails" for one in gc.get_objects())

        with now.socket("centre.approve") as centre:
            centre.watch()
            found = []
            for count in (5, 50):
                cases = installation.many_detected([installation.now] * count)
                assert [centre.event()[1] for _ in cases] == [str(case.id) for case in cases]
                found.append(kept())
        assert found[0] == found[1]

    def test_narrowed(self, installation: Installation, now: Watched) -> None:
        """A filter lets through what the list of the same filter would show."""
        with now.socket("centre.approve") as approved, now.socket("centre.approve") as lanes:
            approved.watch(filter={"states": ["APPROVED"]})
            lanes.watch(filter={"rules": ["LANE"]})
            case = installation.detected()
            other = installation.detected(rule="LANE")
            # both are told of as detected before one of them goes on: a change is shown, and narrowed, as of now
            assert until(lambda: now.live.position == installation.head())
            installation.signed_in("centre.approve").does("approveCase", case.id)
            installation.project()
            assert approved.event() == ("case:approved", str(case.id))
            assert lanes.event() == ("case:detected", str(other.id))

    @pytest.mark.parametrize(
        "given, path", [({"cameraId": "1"}, "filter.cameraId"), ({"dueBefore": "2026-06-01T00:00:00"}, None)]
    )
    def test_no_such_filter(self, now: Watched, given: dict[str, Any], path: str | None) -> None:
        """A filter that a list refuses is refused here in the same words."""
        with now.socket("centre.approve") as centre:
            centre.watch(after=0, filter=given)
            error = centre.error()
            assert error["code"] == "INVALID_INPUT"
            assert error["message"].startswith(path or "filter.dueBefore")


class TestResuming:
    """`minPosition` continues where somebody left off: without a gap, without a repeat."""

    def test_from_a_position(self, installation: Installation, now: Watched) -> None:
        """What happened before is told first, then what happens, each once and in order."""
        installation.detected()
        start = installation.head()
        before = [installation.detected() for _ in range(3)]
        with now.socket("centre.approve") as centre:
            centre.watch(after=start)
            assert [centre.event() for _ in before] == [("case:detected", str(c.id)) for c in before]
            after = [installation.detected() for _ in range(3)]
            assert [centre.event() for _ in after] == [("case:detected", str(c.id)) for c in after]

    def test_only_what_is_seen(self, installation: Installation, now: Watched) -> None:
        """What is told of the past is cut to the reader like what is told of the present."""
        start = installation.head()
        installation.detected()
        approved = installation.case_in("APPROVED")
        with now.socket("police.handle") as police:
            police.watch(after=start)
            # of its own case also how it began, which the police reads in its history as well
            assert [police.event() for _ in range(2)] == [
                ("case:detected", str(approved.id)),
                ("case:approved", str(approved.id)),
            ]

    def test_while_things_happen(
        self, installation: Installation, now: Watched, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Whoever resumes in the midst of writing is told of everything after their position exactly once."""
        monkeypatch.setattr(live_module, "BATCH", 7)
        start = installation.head()
        wrote: list[UUID] = []

        def write() -> None:
            wrote.extend(installation.detected().id for _ in range(60))

        writer = threading.Thread(target=write)
        writer.start()
        with now.socket("centre.approve") as centre, now.socket("centre.execute") as other:
            centre.watch(after=start)
            other.watch(after=start)
            told = [[socket.changed() for _ in range(60)] for socket in (centre, other)]
        writer.join(30)
        for changes in told:
            assert [change["case"]["id"] for change in changes] == [str(case_id) for case_id in wrote]
            positions = [change["position"] for change in changes]
            assert positions == sorted(set(positions))

    def test_not_yet_visible(self, installation: Installation, now: Watched) -> None:
        """A position that the read models do not reach in two seconds may be asked for again."""
        with now.socket("centre.approve") as centre:
            centre.watch(after=installation.head() + BEYOND)
            error = centre.error()
            assert (error["code"], error["retryable"]) == ("NOT_YET_VISIBLE", True)

    def test_waits_until_it_is_there(self, installation: Installation, now: Watched) -> None:
        """A position that comes while one waits is where the changes begin."""
        case = installation.detected(project=False)
        with now.socket("centre.approve") as centre:
            centre.watch(after=installation.head())
            installation.project()
            installation.signed_in("centre.approve").does("approveCase", case.id)
            installation.project()
            assert centre.event() == ("case:approved", str(case.id))

    def test_begun_while_the_read_models_are_behind(self, installation: Installation) -> None:
        """A process that starts before the read models have come up tells what they had not shown."""
        shown = installation.head()
        case = installation.detected(project=False)
        with watched(installation) as now:
            assert until(now.live._begun.is_set)
            with now.socket("centre.approve") as watching, now.socket("centre.approve") as resumed:
                watching.watch()
                resumed.watch(after=shown)
                installation.project()
                assert watching.event() == resumed.event() == ("case:detected", str(case.id))

    def test_too_far_back(
        self, installation: Installation, now: Watched, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Whoever was away too long reads the list again instead."""
        monkeypatch.setattr(live_module, "FARTHEST", 5)
        start = installation.head()
        installation.many_detected([installation.now] * 6)
        assert until(lambda: now.live.position == start + 6)
        with now.socket("centre.approve") as centre:
            centre.watch(after=start)
            error = centre.error()
            assert (error["code"], error["message"].split(":")[0]) == ("INVALID_INPUT", "minPosition")
            centre.watch(after=start + 1)
            assert [centre.event()[0] for _ in range(5)] == ["case:detected"] * 5
        assert FARTHEST == 10_000

    def test_no_position(self, now: Watched) -> None:
        """What is no position costs its own operation."""
        with now.socket("centre.approve") as centre:
            centre.send(CHANGED, p="7")
            assert centre.error()["code"] == "BAD_REQUEST"
            centre.send("{ me { name } }")
            assert centre.receive()["payload"] == {"data": {"me": {"name": "centre.approve"}}}


# -- what the tests say ----------------------------------------------------------------


def grant(installation: Installation, name: str) -> None:
    """Give somebody the right to replay the audit of their area."""
    account = installation.operator.find(Account, Account.create_id(name))
    with installation.founding():
        account.grant(
            "audit.replay",
            document="Quyết định mẫu 02/QĐ-UBND",
            starts_at=installation.now - timedelta(days=1),
            ends_at=None,
        )
        installation.operator.record(account)
    installation.project()


def case_of_the_commune(now: Watched) -> UUID:
    """A case of security that the Centre hands to the police of the commune."""
    installation = now.installation
    installation.register_camera("DH-AN-01", domain="SECURITY", area_path="quang-binh/dong-hoi/nam-ly")
    case = installation.detected(camera="DH-AN-01", rule="FIGHT")
    assert until(lambda: now.live.position == installation.head())  # it is told of while it is the Centre's
    installation.signed_in("centre.approve").does("approveCase", case.id, recipientUnitId=str(COMMUNE))
    installation.project()
    return case.id


def moved(installation: Installation, case_id: UUID, *, to: UUID) -> None:
    """Let another unit hold a case, as acts to come will."""
    with psycopg.connect(installation.endpoints.database_url) as conn:
        conn.execute("UPDATE case_queue SET owner_unit = %s WHERE case_id = %s", (to, case_id))
