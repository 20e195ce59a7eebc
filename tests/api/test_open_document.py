"""Opening a document to print it: on record, sealed in the store, gone with the key, and never written in the clear."""

import hashlib
import logging
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from api import papers
from domain.account import Account
from domain.case.state import DocumentKind
from domain.commands.account import actor_of
from domain.commands.application import Command
from domain.commands.document import issue_document
from domain.documents import Made
from tests.support.api import Installation
from tests.support.faults import die, forking
from tests.support.issuing import GIVEN, Desk, driven
from tests.support.mutations import nothing_recorded

PERSON = "Nguyễn Thị Thử Nghiệm"


@pytest.fixture
def desk(installation: Installation) -> Desk:
    """A case of which a notice can be made."""
    return driven(installation, "NOTICE")


def kept(desk: Desk) -> Path:
    """The object that the last document of a case is kept as."""
    [*_, event] = [e for e in desk.events() if type(e).__name__ == "DocumentIssued"]
    return desk.folder / str(event.name)


def code(answer: Any) -> str:
    """The code of an error of the file's address."""
    [error] = answer.json()["errors"]
    return str(error["extensions"]["code"])


class TestPrinted:
    """Each opening is one print of so many copies, on record before there is anything to print."""

    @pytest.mark.rule("R-QT-3.3.0")
    def test_recorded(self, installation: Installation, desk: Desk) -> None:
        """A notice is made and printed: who printed how many copies, and what for, is on record."""
        made = desk.issued("NOTICE")
        before = installation.head()
        answer = desk.open(made["id"], copies=3)
        assert installation.since(before) == ["case:document-printed", "reading:recorded"]
        assert answer["position"] == f"{installation.head():016d}"
        printed = desk.events()[-1]
        assert (str(printed.document_id), printed.copies) == (made["id"], 3)
        assert printed.envelope.by == str(Account.create_id("police.handle"))
        data = installation.client.get(answer["url"])
        assert (data.status_code, data.headers["content-type"]) == (200, "application/pdf")
        assert hashlib.sha256(data.content).hexdigest() == made["sha256"]
        assert data.headers["content-disposition"] == (
            f'attachment; filename="{desk.case.number}-NOTICE-1.pdf"'
        )
        assert installation.since(before) == ["case:document-printed", "reading:recorded"]
        installation.project()
        installation.today()
        entries = installation.signed_in("auditor").ask(
            "query($id: ID!) { accessLog(filter: {subjectId: $id}) { nodes { way noun ids purpose by } } }",
            id=made["id"],
        )["accessLog"]["nodes"]
        assert [(e["way"], e["ids"], e["purpose"]) for e in entries] == [
            ("openDocument", [str(desk.case.id), made["id"]], "VIOLATION_HANDLING")
        ]

    def test_again(self, installation: Installation, desk: Desk) -> None:
        """The same command is the same print, with the same address; the next one is another print."""
        made = desk.issued("NOTICE")
        command_id = str(uuid4())
        first = desk.open(made["id"], commandId=command_id)
        with nothing_recorded(installation):
            assert desk.open(made["id"], commandId=command_id) == first
            other = desk.open(made["id"], commandId=command_id, copies=1)
        assert other["__typename"] == "CommandIdReused"
        assert desk.open(made["id"])["url"] != first["url"]

    @pytest.mark.parametrize("copies", [0, -1, 101])
    def test_copies(self, installation: Installation, desk: Desk, copies: int) -> None:
        """Nobody prints none, or a hundred and one."""
        made = desk.issued("NOTICE")
        with nothing_recorded(installation):
            assert desk.open(made["id"], copies=copies)["vi"] == "copies: từ 1 đến 100 bản"

    def test_for_a_minute(self, installation: Installation, desk: Desk) -> None:
        """The address is good for a minute; HEAD gives its size alone."""
        made = desk.issued("NOTICE")
        url = desk.open(made["id"])["url"]
        head = installation.client.head(url)
        assert (head.status_code, head.content, head.headers["content-length"]) == (
            200,
            b"",
            str(made["size"]),
        )
        installation.now += timedelta(seconds=60)
        assert code(installation.client.get(url)) == "URL_EXPIRED"

    def test_who(self, installation: Installation, desk: Desk) -> None:
        """It is opened by those of the unit that holds the case; to others it is as absent as one that never was."""
        made = desk.issued("NOTICE")
        unit = installation.register_unit("CATP-2", kind="CITY_POLICE")
        installation.open_account("stranger.handle", unit_id=unit, role="HANDLER")
        before = installation.head()
        for name, expected in (
            ("stranger.handle", "NotFound"),
            ("commune.lead", "NotFound"),
            ("centre.approve", "Forbidden"),
        ):
            assert desk.open(made["id"], name)["__typename"] == expected
        assert installation.since(before) == ["attempt:refused"] * 3
        never = str(uuid4())
        absent = desk.open(never, "stranger.handle")
        hidden = desk.open(made["id"], "stranger.handle")
        assert {**absent, "vi": "", "en": ""} == {**hidden, "vi": "", "en": ""}
        assert hidden["vi"] == absent["vi"].replace(never, made["id"])
        assert desk.open(made["id"], "police.lead")["__typename"] == "DocumentOpened"

    @pytest.mark.parametrize("document_id", ["", "1", str(UUID(int=1))])
    def test_no_document(self, installation: Installation, desk: Desk, document_id: str) -> None:
        """What is no document's id opens nothing."""
        desk.issued("NOTICE")
        with nothing_recorded(installation):
            for wrong in (document_id, str(desk.case.id)):
                assert desk.open(wrong)["__typename"] in {"InvalidInput", "NotFound"}


class TestSealed:
    """What is kept can be forgotten."""

    def test_not_in_the_clear(self, desk: Desk) -> None:
        """What lies in the store is no PDF and holds no name, and its name is that of its own bytes."""
        made = desk.issued("NOTICE")
        raw = kept(desk).read_bytes()
        assert not raw.startswith(b"%PDF")
        assert b"PDF" not in raw[:1024]
        assert PERSON.encode() not in raw
        assert hashlib.sha256(raw).hexdigest() == kept(desk).stem != made["sha256"]
        assert desk.pdf(made["id"]).startswith(b"%PDF")

    def test_erased(self, installation: Installation, desk: Desk) -> None:
        """With the key of the case the document is gone: for who asks, for who has an address, and for ever."""
        made = desk.issued("NOTICE")
        url = desk.open(made["id"])["url"]
        with installation.as_owner() as conn:
            conn.execute(
                "UPDATE personal_keys SET wrapped = NULL, destroyed_at = now() WHERE subject = %s",
                [desk.case.id],
            )
        answer = installation.client.get(url)
        assert (answer.status_code, code(answer)) == (410, "ERASED")
        before = installation.head()
        assert desk.open(made["id"])["vi"] == (
            "Văn bản không đọc được nữa: dữ liệu cá nhân của hồ sơ đã bị xóa"
        )
        assert installation.since(before) == ["attempt:refused"]
        assert desk.issue("NOTICE")["vi"] == ("Dữ liệu cá nhân của hồ sơ đã bị xóa, không lập được văn bản")

    @pytest.mark.parametrize(
        "damage",
        [
            lambda path: path.write_bytes(path.read_bytes()[:-1]),
            lambda path: path.write_bytes(bytes(byte ^ 1 for byte in path.read_bytes())),
            lambda path: path.write_bytes(b""),
            lambda path: path.unlink(),
        ],
        ids=["truncated", "flipped", "empty", "gone"],
    )
    def test_damaged(self, installation: Installation, desk: Desk, damage: Callable[[Path], object]) -> None:
        """What is not what was made is not given out, and not said to be printed."""
        made = desk.issued("NOTICE")
        url = desk.open(made["id"])["url"]
        damage(kept(desk))
        answer = installation.client.get(url)
        assert (answer.status_code, code(answer)) == (410, "DAMAGED")
        before = installation.head()
        assert desk.open(made["id"])["__typename"] == "WrongState"
        assert installation.since(before) == ["attempt:refused"]

    def test_of_another_case(self, installation: Installation, desk: Desk) -> None:
        """The document of one case put in the place of another's is not given out."""
        made = desk.issued("NOTICE")
        mine = kept(desk)
        other = driven(installation, "NOTICE")
        theirs = other.issued("NOTICE")
        kept(other).write_bytes(mine.read_bytes())
        assert other.open(theirs["id"])["__typename"] == "WrongState"
        assert desk.open(made["id"])["__typename"] == "DocumentOpened"

    def test_nothing_in_the_logs(
        self, installation: Installation, desk: Desk, caplog: pytest.LogCaptureFixture
    ) -> None:
        """Whatever is made, opened or refused, nothing that was said of a person is in a log."""
        caplog.set_level(logging.DEBUG)
        canary = "Lê Thị Hoàng Yến Canary"
        made = desk.issued("NOTICE", fields={"signer_name": canary})
        desk.pdf(made["id"])
        desk.issue("NOTICE", fields={"come_by": canary})
        desk.issue("NOTICE", fields={canary: canary})
        desk.issue("NOTICE", fields={"plate": canary})
        kept(desk).write_bytes(b"")
        assert desk.open(made["id"])["__typename"] == "WrongState"
        assert f"document {made['id']} of case {desk.case.id}" in caplog.text
        for word in ("Canary", "Hoàng Yến", PERSON, "73A"):
            assert word not in caplog.text


def _issue_and_die(endpoints: Any, now: Any, case_id: UUID, command_id: str) -> None:
    """Make a document in a process of its own, which is killed once its bytes are kept."""
    made = Installation(endpoints, {}, {}, now=now)
    _issue(made, case_id, command_id, then=die)


def _issue(
    installation: Installation, case_id: UUID, command_id: str, *, then: Callable[[], object] = lambda: None
) -> None:
    services = installation.services
    services.reads.open()
    actor = actor_of(services.app, Account.create_id("police.handle"), now=services.now())
    context = services.context(actor)
    press = papers.press(
        services, context, kind=DocumentKind.NOTICE, number="01", fields=list(GIVEN["NOTICE"].items())
    )

    def pressed(*asked: Any) -> Made:
        document = press(*asked)
        then()
        return document

    issue_document(
        services.app,
        context,
        Command.of(actor.account_id, command_id, "issueDocument", {}, None),
        case_id=case_id,
        kind=DocumentKind.NOTICE,
        press=pressed,
    )


def test_killed_in_between(installation: Installation, desk: Desk) -> None:
    """Killed between keeping and recording, nothing was made; the same command sent again makes it, once."""
    before = set(desk.folder.rglob("*.sealed"))
    command_id = str(uuid4())
    child = forking().Process(
        target=_issue_and_die, args=(installation.endpoints, installation.now, desk.case.id, command_id)
    )
    child.start()
    child.join()
    assert child.exitcode == -9
    assert len(set(desk.folder.rglob("*.sealed")) - before) == 1
    assert "case:document-issued" not in installation.topics(desk.case.id)
    for _ in range(2):
        _issue(installation, desk.case.id, command_id)
    assert installation.topics(desk.case.id).count("case:document-issued") == 1
    assert desk.events()[-1].edition == 1
