"""Passwords and tokens: what is kept of them, and what opens."""

import hashlib
import threading
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from argon2 import Parameters, PasswordHasher, Type
from argon2.exceptions import VerifyMismatchError

from domain.account import Account
from store import credentials as module
from store.credentials import HASHING, Credentials, NewSession, OpenSession, check
from store.datastore import Datastore
from tests.support.serving import until

PASSWORD = "Mật khẩu 1!"
DECOMPOSED = "Ma\u0323\u0302t kha\u0302\u0309u 1!"
"""The same word as another keyboard writes it."""
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture
def credentials(datastore: Datastore) -> Credentials:
    """The tables of the module, under the role of `serve`."""
    return Credentials(datastore)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashes of one round: what is tested is what is done with them."""
    monkeypatch.setattr(module, "_hasher", QUICK)
    monkeypatch.setattr(module, "_NOBODY", QUICK.hash("nobody's"))


def session() -> NewSession:
    """Return a session that ends in a while."""
    return NewSession(uuid4(), timedelta(hours=8))


def account(credentials: Credentials, password: str = PASSWORD) -> str:
    """Return the name of another account that has this password."""
    name = f"somebody.{uuid4()}"
    credentials.set_password(Account.create_id(name), password)
    return name


def opens(credentials: Credentials, name: str, password: str) -> str | None:
    """Return the token of whoever signs in so; None where the password opens nothing."""
    attempt = credentials.attempt(name, address="192.0.2.1")
    assert attempt is not None
    kept = check(attempt.password_hash, password)
    opened = credentials.sign_in(attempt, kept, session()) if kept else None
    return opened.token if opened else None


def hash_of(datastore: Datastore, name: str) -> str:
    """Return what is kept of the password of an account."""
    with datastore.get_connection() as conn:
        row = conn.execute(
            "SELECT password_hash FROM credentials WHERE account_id = %s", (Account.create_id(name),)
        ).fetchone()
    assert row is not None
    return str(row["password_hash"])


class TestPasswords:
    """The right password, and nothing else."""

    @pytest.mark.rule("R-QT-3.5.0")
    def test_right(self, credentials: Credentials) -> None:
        """Only the password that was set is right, and only for its account."""
        name, other = account(credentials), account(credentials, "Khác hẳn 2?")
        opened = opens(credentials, name, PASSWORD)
        assert opened is not None
        found = credentials.session(opened)
        assert found is not None
        assert found.account_id == Account.create_id(name)
        for wrong in ("", PASSWORD.lower(), f"{PASSWORD} "):
            assert opens(credentials, name, wrong) is None
        assert opens(credentials, other, PASSWORD) is None

    @pytest.mark.parametrize("kept, typed", [(PASSWORD, DECOMPOSED), (DECOMPOSED, PASSWORD)])
    def test_keyboards(self, credentials: Credentials, kept: str, typed: str) -> None:
        """A password is the same on every keyboard, whether it writes ậ as one character or as three."""
        assert kept != typed
        assert opens(credentials, account(credentials, kept), typed) is not None

    def test_nobody(self, credentials: Credentials, monkeypatch: pytest.MonkeyPatch) -> None:
        """For a name that does not exist a hash is verified as well, and even its password opens nothing."""
        asked: list[str] = []

        class Counting:
            check_needs_rehash = staticmethod(QUICK.check_needs_rehash)

            def verify(self, digest: str, password: str) -> bool:
                asked.append(digest)
                return bool(QUICK.verify(digest, password))

        monkeypatch.setattr(module, "_hasher", Counting())
        assert opens(credentials, "nobody.there", PASSWORD) is None
        assert opens(credentials, "nobody.there", "nobody's") is None
        assert asked == [module._NOBODY] * 2

    @pytest.mark.rule("R-QT-4.6.c")
    def test_kept(self, credentials: Credentials, datastore: Datastore) -> None:
        """What is kept is a salted hash: two accounts with one password do not look alike."""
        hashes = {hash_of(datastore, account(credentials)) for _ in range(2)}
        assert (len(hashes), {h[:10] for h in hashes}) == (2, {"$argon2id$"})

    def test_set_again(self, credentials: Credentials) -> None:
        """A new password replaces the old one and ends every session of the account, and of nobody else."""
        name, other = account(credentials), account(credentials)
        tokens = [opens(credentials, name, PASSWORD) for _ in range(2)]
        others = opens(credentials, other, PASSWORD)
        credentials.set_password(Account.create_id(name), "Mới tinh 3#")
        assert opens(credentials, name, PASSWORD) is None
        assert opens(credentials, name, "Mới tinh 3#") is not None
        assert [one and credentials.session(one) for one in tokens] == [None, None]
        assert others is not None
        assert credentials.session(others) is not None

    def test_set_meanwhile(self, credentials: Credentials, owner: Datastore) -> None:
        """Who signs in with the old password while a new one is being set has no session afterwards."""
        name = account(credentials)
        attempt = credentials.attempt(name, address="192.0.2.1")
        assert attempt is not None
        kept = check(attempt.password_hash, PASSWORD)
        assert kept is not None
        answers: list[object] = []
        late = threading.Thread(target=lambda: answers.append(credentials.sign_in(attempt, kept, session())))
        with owner.transaction(commit=True) as curs:
            # what `set_password` does, held open in its middle
            curs.execute(
                "UPDATE credentials SET password_hash = %s, changed_at = now() WHERE account_id = %s",
                (QUICK.hash("Mới tinh 3#"), attempt.account_id),
            )
            late.start()
            assert until(lambda: waiting(credentials))
        late.join(10)
        assert answers == [None]
        with owner.get_connection() as conn:
            left = conn.execute("SELECT 1 FROM sessions WHERE account_id = %s", (attempt.account_id,))
            assert left.fetchall() == []


def waiting(credentials: Credentials) -> bool:
    """Whether somebody of the database waits for another's lock."""
    with credentials.datastore.get_connection() as conn:
        return bool(conn.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchall())


class TestParameters:
    """E5: what a guess costs, and how an old hash comes up to it."""

    def test_asserted(self) -> None:
        """A password is hashed by argon2id over 19 MiB in two passes and one lane, with a salt of 128 bits."""
        made = PasswordHasher.from_parameters(HASHING)
        assert Parameters(Type.ID, 19, 16, 32, 2, 19456, 1) == HASHING
        assert made.hash(PASSWORD).startswith("$argon2id$v=19$m=19456,t=2,p=1$")

    def test_as_the_module_hashes(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The module hashes with these, for those who exist and for nobody."""
        monkeypatch.undo()
        assert not module._hasher.check_needs_rehash(module._NOBODY)
        assert module._NOBODY.startswith("$argon2id$v=19$m=19456,t=2,p=1$")

    def test_hashed_anew(self, credentials: Credentials, datastore: Datastore) -> None:
        """Whoever signs in with a hash of other parameters leaves one of today's; the password stays."""
        old = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)
        name = account(credentials)
        with datastore.get_connection() as conn:
            conn.execute(
                "UPDATE credentials SET password_hash = %s WHERE account_id = %s",
                (old.hash(PASSWORD), Account.create_id(name)),
            )
        before = hash_of(datastore, name)
        assert opens(credentials, name, "wrong") is None
        assert hash_of(datastore, name) == before
        assert opens(credentials, name, PASSWORD) is not None
        after = hash_of(datastore, name)
        assert (QUICK.check_needs_rehash(before), QUICK.check_needs_rehash(after)) == (True, False)
        assert QUICK.verify(after, PASSWORD)
        with pytest.raises(VerifyMismatchError):
            QUICK.verify(after, "wrong")
        assert opens(credentials, name, PASSWORD) is not None
        assert hash_of(datastore, name) == after

    def test_two_at_once(self, credentials: Credentials) -> None:
        """Two who sign in while the hash is being renewed both get in: it is still the same password."""
        name = account(credentials)
        one, other = (credentials.attempt(name, address="192.0.2.1") for _ in range(2))
        assert one is not None
        assert other is not None
        assert credentials.sign_in(one, QUICK.hash(PASSWORD), session()) is not None
        assert credentials.sign_in(other, QUICK.hash(PASSWORD), session()) is not None


class TestTokens:
    """A token stands for a session until it ends."""

    def test_open(self, credentials: Credentials) -> None:
        """A token of 256 bits stands for exactly its session."""
        account_id, new = uuid4(), session()
        opened = credentials.open_session(account_id, new)
        assert len(opened.token) == 43
        found = OpenSession(new.session_id, account_id, opened.expires_at)
        assert credentials.session(opened.token) == found

    def test_ends_by_the_clock_of_the_database(self, credentials: Credentials, datastore: Datastore) -> None:
        """A session ends as long after it was opened as it lasts, both by the clock that all processes share."""
        new = NewSession(uuid4(), timedelta(hours=8))
        opened = credentials.open_session(uuid4(), new)
        with datastore.get_connection() as conn:
            row = conn.execute(
                "SELECT opened_at, expires_at FROM sessions WHERE session_id = %s", (new.session_id,)
            ).fetchone()
        assert row is not None
        assert row["expires_at"] == opened.expires_at == row["opened_at"] + timedelta(hours=8)

    def test_kept(self, credentials: Credentials, datastore: Datastore) -> None:
        """The table holds the token's SHA-256, never the token."""
        opened = session()
        token = credentials.open_session(uuid4(), opened).token
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

    def test_expired(self, credentials: Credentials, datastore: Datastore) -> None:
        """A token that has expired stands for nothing, and is swept out by the next sign-in."""
        expired = OpenSession(uuid4(), uuid4(), datetime.now(UTC) - timedelta(seconds=1))
        with datastore.transaction(commit=True) as curs:
            curs.execute(
                "INSERT INTO sessions (token_hash, session_id, account_id, expires_at) VALUES (%s, %s, %s, %s)",
                (hashlib.sha256(b"t").digest(), expired.session_id, expired.account_id, expired.expires_at),
            )
        assert credentials.session("t") is None
        credentials.open_session(uuid4(), session())
        with datastore.get_connection() as conn:
            assert conn.execute("SELECT 1 FROM sessions WHERE expires_at < now()").fetchall() == []
