"""Opening a file: an act with a purpose, answered by an address that is good for a minute and for nothing else."""

import base64
import hashlib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import UUID, uuid4

import pytest

from api.urls import NotSignedError, SignedUrls, Ticket
from detection.evidence_store import open_store
from tests.support.api import Found, Installation
from tests.support.footage import open_file
from tests.support.mutations import nothing_recorded

CLIP = b"\x00\x01clip of a crossing" * 5000
EVIDENCE = (
    """query($id: ID!) { case(id: $id, purpose: VIOLATION_HANDLING) { evidence { id kind sha256 size } } }"""
)


class Opened:
    """A case with one object of evidence that is really kept."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        store = open_store(installation.endpoints.evidence_url, writer="test")
        self.name = store.keep(CLIP, "mp4")
        self.sha256 = hashlib.sha256(CLIP).hexdigest()
        item = {
            "kind": "CLIP",
            "name": self.name,
            "sha256": self.sha256,
            "size": len(CLIP),
            "media_type": "video/mp4",
            "captured_at": installation.now,
        }
        self.case: Found = installation.detected(at=installation.now - timedelta(hours=1), evidence=(item,))
        person = installation.signed_in("centre.approve")
        [shown] = person.ask(EVIDENCE, id=str(self.case.id))["case"]["evidence"]
        self.id: str = shown["id"]

    @property
    def path(self) -> Path:
        """The file itself."""
        return Path(unquote(urlsplit(self.installation.endpoints.evidence_url).path)) / self.name

    def open(self, name: str = "centre.approve", **given: Any) -> dict[str, Any]:
        """Open it as somebody of the demo."""
        return open_file(self.installation.signed_in(name), self.id, **given)

    def fetch(self, url: str, method: str = "GET", **headers: Any) -> Any:
        """Fetch an address, with no token: it carries its own right."""
        return self.installation.client.request(method, url, headers=headers)


@pytest.fixture
def opened(installation: Installation) -> Opened:
    """A case with a clip."""
    installation.today()
    return Opened(installation)


class TestOpen:
    """Who may, and what is on record of it."""

    @pytest.mark.rule("R-DH-5.8.0")
    def test_recorded(self, installation: Installation, opened: Opened) -> None:
        """Opening is one event: the file and its case, why, who, from where; the address never stands in it."""
        before = installation.head()
        answer = opened.open()
        assert installation.since(before) == ["reading:recorded"]
        assert answer["position"] == f"{installation.head():016d}"
        expires = datetime.fromisoformat(answer["expiresAt"])
        assert expires == installation.now + timedelta(seconds=60)
        data = opened.fetch(answer["url"])
        assert (data.status_code, hashlib.sha256(data.content).hexdigest()) == (200, opened.sha256)
        assert installation.since(before) == ["reading:recorded"]

    def test_again(self, installation: Installation, opened: Opened) -> None:
        """The same command is the same look, with the same address."""
        command_id = str(uuid4())
        first = opened.open(commandId=command_id)
        with nothing_recorded(installation):
            assert opened.open(commandId=command_id) == first
            other = opened.open(commandId=command_id, purpose="SECURITY")
        assert other["__typename"] == "CommandIdReused"

    @pytest.mark.rule("R-DH-4.3.0", "R-QT-10.3.b")
    @pytest.mark.parametrize(
        "name, answer",
        [
            ("centre.approve", "EvidenceOpened"),
            ("centre.execute", "EvidenceOpened"),
            ("centre.admin", "NotFound"),
            ("police.handle", "NotFound"),
            ("commune.lead", "NotFound"),
            ("auditor", "Forbidden"),
        ],
    )
    def test_who(self, installation: Installation, opened: Opened, name: str, answer: str) -> None:
        """Whose unit holds the case or its camera opens its evidence; the audit sees the record, not the pictures."""
        before = installation.head()
        assert opened.open(name)["__typename"] == answer
        recorded = "reading:recorded" if answer == "EvidenceOpened" else "attempt:refused"
        assert installation.since(before) == [recorded]

    @pytest.mark.parametrize("file_id", ["", "1", "../../etc/passwd", str(UUID(int=1))])
    def test_no_file(self, installation: Installation, opened: Opened, file_id: str) -> None:
        """What is no file's id opens nothing."""
        opened.id = file_id
        with nothing_recorded(installation):
            assert opened.open()["__typename"] in {"InvalidInput", "NotFound"}

    @pytest.mark.rule("R-DH-5.7.0", "R-DB-5.7.0")
    @pytest.mark.parametrize("how", ["flipped", "truncated", "gone", "link"])
    def test_damaged(self, installation: Installation, opened: Opened, tmp_path: Path, how: str) -> None:
        """What has changed since it was kept is not given out."""
        data = bytearray(CLIP)
        data[100] ^= 1
        match how:
            case "flipped":
                opened.path.write_bytes(data)
            case "truncated":
                opened.path.write_bytes(CLIP[:-1])
            case "gone":
                opened.path.unlink()
            case _:
                same = tmp_path / "same"
                same.write_bytes(CLIP)
                opened.path.unlink()
                opened.path.symlink_to(same)
        try:
            before = installation.head()
            answer = opened.open()
        finally:
            opened.path.unlink(missing_ok=True)
        assert installation.since(before) == ["attempt:refused"]  # whoever audits learns of the damage
        assert (answer["__typename"], "not what was kept" in answer["en"]) == ("WrongState", True)

    @pytest.mark.parametrize("query", ["case", "openEvidence"])
    def test_without_a_record_nothing_is_shown(self, apart: Installation, query: str) -> None:
        """Where the look cannot be recorded, it does not take place."""
        apart.today()
        opened = Opened(apart)
        apart.cases  # noqa: B018 — its connections are open before the right is taken away
        with apart.as_owner() as conn:
            conn.execute("REVOKE INSERT (originator_id) ON events FROM minhchung_serve")
        person = apart.signed_in("centre.approve")
        if query == "case":
            body = person.answer(EVIDENCE, id=str(opened.case.id))
            assert body["data"] == {"case": None}
        else:
            body = apart.signed_in("centre.approve").answer(
                "mutation($i: OpenEvidenceInput!) { openEvidence(input: $i) { __typename } }",
                i={"evidenceId": opened.id, "purpose": "AUDIT", "commandId": "c-1"},
            )
            assert body["data"] is None
        assert [e["extensions"]["code"] for e in body["errors"]] == ["UNEXPECTED"]


class TestAddress:
    """What an address gives, for how long, and what becomes of one that was touched."""

    def test_headers(self, opened: Opened) -> None:
        """A file to be saved under a name that says where it belongs; nobody keeps a copy on the way."""
        answer = opened.fetch(opened.open()["url"])
        assert (
            answer.headers["content-disposition"] == f'attachment; filename="{opened.case.number}-CLIP.mp4"'
        )
        assert answer.headers["content-type"] == "video/mp4"
        assert answer.headers["etag"] == f'"{opened.sha256}"'
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"

    def test_expires(self, installation: Installation, opened: Opened) -> None:
        """It is good for sixty seconds."""
        url = opened.open()["url"]
        opened_at = installation.now
        installation.now = opened_at + timedelta(seconds=59)
        assert opened.fetch(url).status_code == 200
        installation.now = opened_at + timedelta(seconds=60)
        answer = opened.fetch(url)
        assert (answer.status_code, _code(answer)) == (403, "URL_EXPIRED")

    def test_no_personal_data(self, installation: Installation, opened: Opened) -> None:
        """Neither in clear nor in base64 does it say who opened it."""
        token = opened.open()["url"].rpartition("/")[2]
        said = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        account = installation.signed_in("centre.approve").ask("{ me { id name fullName } }")["me"]
        assert not [value for value in account.values() if value.encode() in said]

    def test_every_changed_character(self, opened: Opened) -> None:
        """Whatever character is changed, dropped or added: it is no address of ours."""
        url = opened.open()["url"]
        base, _, token = url.rpartition("/")
        changed = [token[:n] + ("A" if token[n] != "A" else "B") + token[n + 1 :] for n in range(len(token))]
        others = [
            token[:-1],
            token[1:],
            token + "A",
            token + "=",
            token.upper(),
            "x",
            "%00",
            "é" * 10,
            "a" * 5000,
        ]
        for other in (*changed, *others):
            answer = opened.fetch(f"{base}/{other}")
            assert (answer.status_code, _code(answer)) == (403, "URL_INVALID"), other

    @pytest.mark.parametrize(
        "path",
        ["../keys/personal.key", "..%2f..%2fetc%2fpasswd", "%2e%2e/%2e%2e/etc/passwd", "..\\..\\x", ""],
    )
    def test_no_path(self, opened: Opened, path: str) -> None:
        """There is nothing to climb out of: a path is no address."""
        answer = opened.fetch(f"http://testserver/evidence/{path}")
        assert answer.status_code in {403, 404}
        assert b"root:" not in answer.content

    def test_another_key(self) -> None:
        """An address of another installation opens nothing here."""
        ticket = Ticket(UUID(int=1), "aa/aa.mp4", "a" * 64, "video/mp4", "x.mp4", 2_000_000_000)
        token = SignedUrls(b"a" * 32).sign(ticket)
        assert SignedUrls(b"a" * 32).read(token) == ticket
        with pytest.raises(NotSignedError):
            SignedUrls(b"b" * 32).read(token)

    def test_gone(self, opened: Opened) -> None:
        """A file that is gone since is said to be gone."""
        url = opened.open()["url"]
        opened.path.unlink()
        answer = opened.fetch(url)
        assert (answer.status_code, _code(answer)) == (404, "GONE")

    @pytest.mark.rule("R-DH-5.7.0", "R-DB-5.7.0")
    @pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
    def test_only_read(self, opened: Opened, method: str) -> None:
        """Nothing is written there."""
        assert opened.fetch(opened.open()["url"], method).status_code in {404, 405}


def _code(answer: Any) -> str:
    [error] = answer.json()["errors"]
    code: str = error["extensions"]["code"]
    return code


SIZE = len(CLIP)


class TestRange:
    """A part of a file, as players ask for it (RFC 9110, 14)."""

    @pytest.mark.parametrize(
        "asked, start, end",
        [
            ("bytes=0-", 0, SIZE),
            ("bytes=0-0", 0, 1),
            ("bytes=10-19", 10, 20),
            (f"bytes={SIZE - 1}-", SIZE - 1, SIZE),
            ("bytes=-1", SIZE - 1, SIZE),
            (f"bytes=-{SIZE * 2}", 0, SIZE),
            (f"bytes=5-{SIZE * 2}", 5, SIZE),
            (f"bytes=5-{10**17}", 5, SIZE),
        ],
    )
    def test_part(self, opened: Opened, asked: str, start: int, end: int) -> None:
        """One range is given as asked, as far as the file goes."""
        url = opened.open()["url"]
        answer = opened.fetch(url, Range=asked)
        assert (answer.status_code, answer.content) == (206, CLIP[start:end])
        assert answer.headers["content-range"] == f"bytes {start}-{end - 1}/{SIZE}"
        head = opened.fetch(url, "HEAD", Range=asked)
        assert (head.status_code, head.content, head.headers["content-length"]) == (
            206,
            b"",
            str(end - start),
        )

    @pytest.mark.parametrize("asked", [f"bytes={SIZE}-", f"bytes={SIZE + 5}-{SIZE + 9}", "bytes=-0"])
    def test_outside(self, opened: Opened, asked: str) -> None:
        """What lies outside is refused with the size there is."""
        answer = opened.fetch(opened.open()["url"], Range=asked)
        assert (answer.status_code, _code(answer)) == (416, "RANGE_OUTSIDE")
        assert answer.headers["content-range"] == f"bytes */{SIZE}"

    @pytest.mark.parametrize(
        "asked",
        [
            "bytes=5-2",
            "bytes=-",
            "bytes=a-b",
            "bytes=0-1,5-9",
            "bytes=" + ",".join("0-1" for _ in range(5000)),
            "items=0-5",
            "bytes=0x1-5",
            "bytes=²-³",
            f"bytes={'9' * 30}-",
            "-",
            "",
        ],
    )
    def test_no_range(self, opened: Opened, asked: str) -> None:
        """What is no single range is not obeyed: the whole file is given, once."""
        answer = opened.fetch(opened.open()["url"], Range=asked.encode("latin-1"))
        assert (answer.status_code, len(answer.content)) == (200, SIZE)

    def test_of_what_it_was(self, opened: Opened) -> None:
        """`If-Range` with another hash gives the whole."""
        url = opened.open()["url"]
        same = opened.fetch(url, **{"Range": "bytes=0-4", "If-Range": f'"{opened.sha256}"'})
        other = opened.fetch(url, **{"Range": "bytes=0-4", "If-Range": '"another"'})
        assert (same.status_code, other.status_code) == (206, 200)
