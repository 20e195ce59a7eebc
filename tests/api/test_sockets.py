"""Sockets: they belong to somebody for as long as a token stands for them, and cost what they may."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from starlette.testclient import WebSocketTestSession
from starlette.websockets import WebSocketDisconnect

from api import live, presence
from api.live import BACKLOG, TooSlow
from api.sign_in import sign_out
from cli.demo import reset
from domain.account import Account
from store.credentials import Credentials
from tests.support.api import Installation, session_of
from tests.support.serving import until
from tests.support.watching import CHANGED, PROTOCOL, Watched, now, taking

__all__ = ["now"]

SESSION_ENDED = (4403, "The session has ended")


class TestWhoIsThere:
    """A socket belongs to a person for as long as their token stands for them."""

    def test_token_in_the_handshake(self, installation: Installation, now: Watched) -> None:
        """Whoever can set headers sends the token there, as over HTTP."""
        headers = {"authorization": f"Bearer {installation.tokens['auditor']}"}
        with now.client.websocket_connect("/graphql", subprotocols=[PROTOCOL], headers=headers) as session:
            assert asked(session, {}) == {"data": {"me": {"name": "auditor"}}}

    @pytest.mark.parametrize("key", ["authorization", "Authorization", "AUTHORIZATION"])
    def test_token_in_the_first_message(self, installation: Installation, now: Watched, key: str) -> None:
        """A browser, which cannot, says it in the first message."""
        with now.client.websocket_connect("/graphql", subprotocols=[PROTOCOL]) as session:
            payload = {key: f"bearer {installation.tokens['auditor']}"}
            assert asked(session, payload) == {"data": {"me": {"name": "auditor"}}}

    @pytest.mark.parametrize("token", ["forged", "x" * 43, "' OR 1=1 --"])
    def test_a_wrong_token(self, now: Watched, token: str) -> None:
        """A token that stands for nobody is refused at the door."""
        with now.client.websocket_connect("/graphql", subprotocols=[PROTOCOL]) as session:
            session.send_json({"type": "connection_init", "payload": {"authorization": f"Bearer {token}"}})
            with pytest.raises(WebSocketDisconnect) as closed:
                session.receive_json()
            assert closed.value.code == 4403

    @pytest.mark.parametrize("said", [{}, {"authorization": None}, {"authorization": ["Bearer x"]}])
    def test_nobody(self, now: Watched, said: dict[str, Any]) -> None:
        """Without a token a socket is open to what needs none, and nothing is watched."""
        with now.client.websocket_connect("/graphql", subprotocols=[PROTOCOL]) as session:
            session.send_json({"type": "connection_init", "payload": said})
            session.receive_json()
            payload = {"query": "subscription { caseChanged { position } }"}
            session.send_json({"id": "1", "type": "subscribe", "payload": payload})
            message = session.receive_json()
            assert (message["type"], message["payload"][0]["extensions"]["code"]) == (
                "error",
                "UNAUTHENTICATED",
            )

    def test_over_http(self, installation: Installation) -> None:
        """A subscription needs a socket; over HTTP it is refused."""
        body = installation.signed_in("auditor").answer("subscription { caseChanged { position } }")
        assert "data" not in body
        assert body["errors"][0]["extensions"]["code"] == "BAD_REQUEST"

    def test_signing_out(self, installation: Installation, now: Watched) -> None:
        """Signing out ends what that session watches and closes its sockets; another session goes on."""
        token = token_of(installation, "auditor", timedelta(hours=1))
        with (
            now.socket(token=token) as one,
            now.socket(token=token) as idle,
            now.socket("auditor") as other,
        ):
            installation.today()
            one.watch()
            other.watch()
            one.send("mutation { logout }", id="2")
            messages = [one.receive()]
            while messages[-1]["type"] != "error":
                messages.append(one.receive())
            assert messages[-1]["id"] == "1"
            assert messages[-1]["payload"][0]["extensions"]["code"] == "UNAUTHENTICATED"
            assert one.closed() == idle.closed() == SESSION_ENDED
            case = installation.detected()
            assert other.event() == ("case:detected", str(case.id))

    @pytest.mark.parametrize("how", ["disabled", "reset"])
    def test_taken_away(self, installation: Installation, now: Watched, how: str) -> None:
        """A disabled account and a new password end every socket of the account, also while nothing is projected."""
        with now.socket("centre.approve") as one, now.socket("centre.execute") as other:
            one.watch()
            other.watch()
            operator: Any = installation.operator
            account = operator.find(Account, Account.create_id("centre.approve"))
            with installation.founding():
                if how == "disabled":
                    account.disable()
                    operator.record(account)
                else:
                    reset(operator, Credentials(operator.factory.datastore), account)
            assert one.error()["code"] == "UNAUTHENTICATED"
            assert one.closed() == SESSION_ENDED
            case = installation.detected()
            assert other.event() == ("case:detected", str(case.id))

    def test_expiry(self, installation: Installation, now: Watched) -> None:
        """A token that expires takes its sockets with it, at that moment."""
        installation.today()
        token = token_of(installation, "centre.approve", timedelta(seconds=2))
        with now.socket(token=token) as one, now.socket(token=token) as idle:
            one.watch()
            assert one.error()["code"] == "UNAUTHENTICATED"
            assert one.closed() == idle.closed() == SESSION_ENDED
        assert datetime.now(UTC) >= installation.now + timedelta(seconds=2)

    def test_an_earlier_database(self, installation: Installation, now: Watched) -> None:
        """Where the log is suddenly shorter, as after a restore, nobody stays whom it may not know any more."""
        with now.socket("centre.approve") as one:
            [presence] = now.live.people.present

            def found_out() -> bool:
                now.live._looked += 1_000  # again and again: a look under way puts it right
                return presence.ended.is_set()

            assert until(found_out)
            assert one.closed() == SESSION_ENDED
        assert until(lambda: now.live._looked == installation.head())
        with now.socket("centre.approve") as again:
            again.watch()
            case = installation.detected()
            assert again.event() == ("case:detected", str(case.id))

    def test_nothing_after_the_end(self, installation: Installation, now: Watched) -> None:
        """What had been let through before the session ended is not handed over after it."""
        with taking(now, "centre.approve", after=installation.head()) as reader:
            first = installation.detected()
            assert reader.taken() == first.id
            installation.detected()
            assert until(lambda: len(reader.subscriber._waiting) == 1)
            reader.presence.ended.set()
            reader.take()
            assert until(lambda: not reader.subscriber._waiting)
            assert not reader.has_one()

    def test_signed_out_while_entering(
        self, installation: Installation, now: Watched, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Who signs out at the very moment of coming in does not stay."""
        token = token_of(installation, "auditor", timedelta(hours=1))
        people = now.live.people
        looked = people._found

        async def late(asked: str, delegation: str | None) -> Any:
            found = await looked(asked, delegation)
            assert found is not None
            monkeypatch.setattr(people, "_found", looked)
            people._news += 1  # as if the tail had just read that the session was closed
            sign_out(installation.services, found)
            return found

        monkeypatch.setattr(people, "_found", late)
        with now.client.websocket_connect("/graphql", subprotocols=[PROTOCOL]) as session:
            session.send_json({"type": "connection_init", "payload": {"authorization": f"Bearer {token}"}})
            with pytest.raises(WebSocketDisconnect) as closed:
                session.receive_json()
            assert closed.value.code == 4403

    def test_undecided(self, now: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
        """Where it cannot be found out who somebody is, they are nobody."""

        def fails(*_: object) -> None:
            raise LookupError("secret-7")

        monkeypatch.setattr(presence, "who", fails)
        with now.client.websocket_connect("/graphql", subprotocols=[PROTOCOL]) as session:
            session.send_json({"type": "connection_init", "payload": {"authorization": "Bearer x"}})
            with pytest.raises(WebSocketDisconnect) as closed:
                session.receive_json()
            assert closed.value.code == 4403


class TestLimits:
    """What one socket and one subscriber may cost."""

    def test_documents(self, installation: Installation, now: Watched) -> None:
        """The limits of documents hold for subscriptions; a bad one costs its own operation only."""
        with now.socket("centre.approve") as centre:
            centre.watch()
            deep = "subscription { caseChanged { case { " + "holder { " * 12 + "id" + " }" * 12 + " } } }"
            many = " ".join(f"a{n}: number" for n in range(31))
            for query, code in (
                (deep, "INVALID_DOCUMENT"),
                (f"subscription {{ caseChanged {{ case {{ {many} }} }} }}", "TOO_MANY_ALIASES"),
                ("subscription { caseChanged { nothing } }", "INVALID_DOCUMENT"),
                ("subscription { caseChanged { position }", "SYNTAX_ERROR"),
                ("subscription { caseChanged { position } b: caseChanged { position } }", "INVALID_DOCUMENT"),
            ):
                centre.send(query, id="2")
                message = centre.receive()
                assert (message["id"], message["type"]) == ("2", "error")
                assert {error["extensions"]["code"] for error in message["payload"]} <= {code, "TOO_DEEP"}
            case = installation.detected()
            assert centre.event() == ("case:detected", str(case.id))

    def test_101st(self, installation: Installation, now: Watched) -> None:
        """A socket has a hundred subscriptions; the next is refused, and there is room again after one ends."""
        with now.socket("centre.approve") as centre:
            for n in range(100):
                centre.send(CHANGED, id=str(n))
            assert until(lambda: len(now.live.subscribers) == 100)
            centre.send(CHANGED, id="100")
            message = centre.receive()
            assert (message["id"], message["type"]) == ("100", "error")
            [error] = message["payload"]
            assert error["extensions"] == {"code": "TOO_MANY_OPERATIONS", "retryable": True}
            assert error["message"] == (
                "Nhiều nhất 100 thao tác cùng lúc trên một kết nối · At most 100 operations at a time on one socket"
            )
            centre.session.send_json({"id": "7", "type": "complete"})
            assert until(lambda: len(now.live.subscribers) == 99)
            centre.send(CHANGED, id="101")
            assert until(lambda: len(now.live.subscribers) == 100)
            installation.detected()
            ids = {centre.receive()["id"] for _ in range(100)}
            assert ids == {str(n) for n in range(102) if n not in {7, 100}}

    def test_one_person(
        self, installation: Installation, now: Watched, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """An account has so many subscriptions over all its sockets; one that ended makes room."""
        monkeypatch.setattr(live, "PER_PERSON", 3)
        with now.socket("centre.approve") as one, now.socket("centre.approve") as other:
            for n in range(2):
                one.watch(id=str(n))
            other.watch()
            other.send(CHANGED, id="2")
            error = other.error()
            assert (error["code"], error["retryable"]) == ("TOO_MANY_SUBSCRIPTIONS", False)
            with now.socket("centre.execute") as colleague:
                colleague.watch()
            one.session.send_json({"id": "1", "type": "complete"})
            assert until(lambda: now.live._open.total() == 2)
            other.watch(id="2")

    def test_too_slow(self, installation: Installation, now: Watched) -> None:
        """Who does not take what waits is let go with its memory, and may resume from where they were."""
        start = installation.head()
        with taking(now, "centre.approve", after=start) as slow:
            first = installation.detected()
            assert slow.taken() == first.id
            cases = installation.many_detected([installation.now] * (BACKLOG + 1))
            assert until(lambda: isinstance(slow.subscriber._failed, TooSlow))
            assert len(slow.subscriber._waiting) == 0
            slow.take()
            with pytest.raises(TooSlow):
                slow.taken()
            assert now.live.subscribers == set()
        with now.socket("centre.approve") as resumed:
            resumed.watch(after=start + 1)
            assert [resumed.event()[1] for _ in cases] == [str(case.id) for case in cases]

    def test_one_that_cannot_be_served(self, installation: Installation, now: Watched) -> None:
        """Whatever goes wrong for one subscriber costs the others nothing."""
        with now.socket("centre.execute") as one, now.socket("centre.approve") as other:
            one.watch()
            [broken] = now.live.subscribers
            other.watch()

            def fails(_: object) -> bool:
                raise LookupError("secret-7")

            broken.lets_through = fails
            case = installation.detected()
            error = one.error()
            assert (error["code"], "secret" in error["message"]) == ("UNEXPECTED", False)
            assert other.event() == ("case:detected", str(case.id))

    def test_metrics(self, installation: Installation, now: Watched) -> None:
        """How many subscriptions are open, and how far they were told, are figures."""

        def figures() -> dict[str, str]:
            lines = now.client.get("/metrics").text.splitlines()
            return dict(line.rsplit(" ", 1) for line in lines)

        assert figures()["minhchung_subscribers"] == "0.0"
        with now.socket("centre.approve") as centre:
            centre.watch()
            installation.detected()
            centre.event()
            assert figures()["minhchung_subscribers"] == "1.0"
            assert figures()["minhchung_live_position"] == f"{installation.head()}.0"


# -- what the tests say ----------------------------------------------------------------


def asked(session: WebSocketTestSession, said: dict[str, Any]) -> Any:
    """What somebody who introduces themselves so is told of who they are."""
    session.send_json({"type": "connection_init", "payload": said})
    assert session.receive_json() == {"type": "connection_ack"}
    session.send_json({"id": "1", "type": "subscribe", "payload": {"query": "{ me { name } }"}})
    return session.receive_json()["payload"]


def token_of(installation: Installation, name: str, lifetime: timedelta) -> str:
    """A token of another session, which lives so long."""
    token, _ = session_of(installation.operator, name, lifetime)
    installation.project()
    return token
