"""Passwords and tokens: what is kept of them, and what opens."""

import hashlib
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from argon2 import PasswordHasher, Type

from store import credentials as module
from store.credentials import FAILURES_OF_ADDRESS, FAILURES_OF_NAME, Credentials, OpenSession
from store.datastore import Datastore

PASSWORD = "Mật khẩu 1!"
HERE, THERE = "192.0.2.1", "192.0.2.2"


@pytest.fixture
def credentials(datastore: Datastore) -> Credentials:
    """The tables of the module, under the role of `serve`."""
    return Credentials(datastore)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashes of one round: what is tested is what is done with them."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(module, "_hasher", quick)
    monkeypatch.setattr(module, "_NOBODY", quick.hash("nobody's"))


def session(account_id: UUID, expires_in: timedelta = timedelta(hours=8)) -> OpenSession:
    """Return a session that ends in a while."""
    return OpenSession(uuid4(), account_id, datetime.now(UTC) + expires_in)


class TestPasswords:
    """The right password, and nothing else."""

    def test_verify(self, credentials: Credentials) -> None:
        """Only the password that was set is right, and only for its account."""
        account, other = uuid4(), uuid4()
        credentials.set_password(account, PASSWORD)
        credentials.set_password(other, "Khác hẳn 2?")
        assert credentials.verify(account, PASSWORD) is True
        assert [credentials.verify(account, wrong) for wrong in ("", PASSWORD.lower(), f"{PASSWORD} ")] == [
            False
        ] * 3
        assert credentials.verify(other, PASSWORD) is False

    def test_unknown(self, credentials: Credentials, monkeypatch: pytest.MonkeyPatch) -> None:
        """For an account that does not exist a hash is computed as well, and even its password opens nothing."""
        asked: list[str] = []
        verify = module._hasher.verify

        class Counting:
            def verify(self, digest: str, password: str) -> bool:
                asked.append(digest)
                return bool(verify(digest, password))

        monkeypatch.setattr(module, "_hasher", Counting())
        assert credentials.verify(uuid4(), PASSWORD) is False
        assert credentials.verify(uuid4(), "nobody's") is False
        assert asked == [module._NOBODY] * 2

    def test_real_parameters(self) -> None:
        """The hash kept in production is argon2id with the library's recommended cost."""
        made = PasswordHasher()
        assert (made.type, made.memory_cost, made.time_cost) == (Type.ID, 65536, 3)
        assert made.hash(PASSWORD).startswith("$argon2id$v=19$m=65536,t=3,p=4$")

    def test_kept(self, credentials: Credentials, datastore: Datastore) -> None:
        """What is kept is a salted hash: two accounts with one password do not look alike."""
        accounts = [uuid4(), uuid4()]
        for account in accounts:
            credentials.set_password(account, PASSWORD)
        with datastore.get_connection() as conn:
            rows = conn.execute(
                "SELECT password_hash FROM credentials WHERE account_id = ANY(%s)", (accounts,)
            ).fetchall()
        hashes = {row["password_hash"] for row in rows}
        assert (len(hashes), {h[:10] for h in hashes}) == (2, {"$argon2id$"})

    def test_set_again(self, credentials: Credentials) -> None:
        """A new password replaces the old one and ends every session of the account, and of nobody else."""
        account, other = uuid4(), uuid4()
        credentials.set_password(account, PASSWORD)
        tokens = [credentials.open_session(session(account)) for _ in range(2)]
        others = credentials.open_session(session(other))
        credentials.set_password(account, "Mới tinh 3#")
        assert (credentials.verify(account, PASSWORD), credentials.verify(account, "Mới tinh 3#")) == (
            False,
            True,
        )
        assert [credentials.session(token) for token in tokens] == [None, None]
        assert credentials.session(others) is not None


class TestTokens:
    """A token stands for a session until it ends."""

    def test_open(self, credentials: Credentials) -> None:
        """A token of 256 bits stands for exactly its session."""
        opened = session(uuid4())
        token = credentials.open_session(opened)
        assert len(token) == 43
        assert credentials.session(token) == opened

    def test_kept(self, credentials: Credentials, datastore: Datastore) -> None:
        """The table holds the token's SHA-256, never the token."""
        opened = session(uuid4())
        token = credentials.open_session(opened)
        with datastore.get_connection() as conn:
            row = conn.execute(
                "SELECT * FROM sessions WHERE session_id = %s", (opened.session_id,)
            ).fetchone()
        assert row is not None
        assert bytes(row.pop("token_hash")) == hashlib.sha256(token.encode()).digest()
        assert token not in str(row)

    @pytest.mark.parametrize("token", ["", "x", "'; DROP TABLE sessions; --", "A" * 43, "\x00", "🔑"])
    def test_forged(self, credentials: Credentials, token: str) -> None:
        """What was never given out stands for nothing."""
        assert credentials.session(token) is None

    def test_closed(self, credentials: Credentials) -> None:
        """A closed session's token stands for nothing; another of the account still does."""
        account = uuid4()
        closed, stays = session(account), session(account)
        tokens = [credentials.open_session(one) for one in (closed, stays)]
        credentials.close_session(closed.session_id)
        assert [credentials.session(token) for token in tokens] == [None, stays]

    def test_expired(self, credentials: Credentials, datastore: Datastore) -> None:
        """A token that has expired stands for nothing, and is swept out by the next sign-in."""
        expired = session(uuid4(), timedelta(seconds=-1))
        with datastore.transaction(commit=True) as curs:
            curs.execute(
                "INSERT INTO sessions (token_hash, session_id, account_id, expires_at) VALUES (%s, %s, %s, %s)",
                (hashlib.sha256(b"t").digest(), expired.session_id, expired.account_id, expired.expires_at),
            )
        assert credentials.session("t") is None
        credentials.open_session(session(uuid4()))
        with datastore.get_connection() as conn:
            assert conn.execute("SELECT 1 FROM sessions WHERE expires_at < now()").fetchall() == []


class TestThrottle:
    """Guessing is slowed where it comes from."""

    def test_name(self, credentials: Credentials) -> None:
        """An address that failed ten times for a name waits, for that name alone."""
        for n in range(FAILURES_OF_NAME):
            assert credentials.throttled("throttle.name", HERE) is False, n
            credentials.failed("throttle.name", HERE)
        assert credentials.throttled("throttle.name", HERE) is True
        assert credentials.throttled("another.name", HERE) is False

    def test_elsewhere(self, credentials: Credentials) -> None:
        """Nobody locks a person out by failing in their name from somewhere else."""
        for _ in range(FAILURES_OF_NAME + 1):
            credentials.failed("throttle.victim", HERE)
        assert credentials.throttled("throttle.victim", THERE) is False

    def test_address(self, credentials: Credentials) -> None:
        """An address that failed fifty times waits for every name, so a list of names is no way round."""
        address = "192.0.2.50"
        for n in range(FAILURES_OF_ADDRESS):
            assert credentials.throttled("someone.else", address) is False, n
            credentials.failed(f"guess.{n}", address)
        assert credentials.throttled("someone.else", address) is True

    @pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
    def test_this_machine(self, credentials: Credentials, address: str) -> None:
        """Behind a proxy everybody comes from this machine: a list of names there locks nobody else out."""
        for n in range(FAILURES_OF_ADDRESS):
            credentials.failed(f"proxied.{n}", address)
        assert credentials.throttled("someone.else", address) is False

    def test_after_a_while(self, credentials: Credentials, owner: Datastore) -> None:
        """A quarter of an hour later the failures count no more, and after half an hour they are forgotten."""
        address = "192.0.2.60"
        for _ in range(FAILURES_OF_NAME):
            credentials.failed("throttle.later", address)
        with owner.get_connection() as conn:
            conn.execute(
                "UPDATE sign_in_failures SET at = at - interval '16 minutes' WHERE address = %s", (address,)
            )
        assert credentials.throttled("throttle.later", address) is False
        with owner.get_connection() as conn:
            conn.execute(
                "UPDATE sign_in_failures SET at = at - interval '16 minutes' WHERE address = %s", (address,)
            )
        credentials.failed("someone", THERE)
        with owner.get_connection() as conn:
            left = conn.execute("SELECT 1 FROM sign_in_failures WHERE address = %s", (address,)).fetchall()
        assert left == []

    def test_long_name(self, credentials: Credentials) -> None:
        """A name of any length is counted, and by its hash: somebody may have typed a password there."""
        for _ in range(FAILURES_OF_NAME):
            credentials.failed("n" * 100_000, "192.0.2.70")
        assert credentials.throttled("n" * 100_000, "192.0.2.70") is True
        assert credentials.throttled("n" * 64, "192.0.2.70") is False
