"""Secrets of accounts and tokens of sessions, in tables of their own; the log only says that they changed.

Passwords are kept as argon2id, tokens as SHA-256: what leaks from the database opens nothing.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from eventsourcing.persistence import InterfaceError, OperationalError
from eventsourcing.utils import retry

from store.datastore import Datastore

FAILURES_OF_NAME = 10
FAILURES_OF_ADDRESS = 50
WINDOW = timedelta(minutes=15)
LOOPBACK = {"127.0.0.1", "::1"}

_hasher = PasswordHasher()
_NOBODY = _hasher.hash(secrets.token_urlsafe(16))
"""Verified when there is no such account, so that the answer takes as long as for one that exists."""


@dataclass(frozen=True)
class OpenSession:
    """What a token stands for."""

    session_id: UUID
    account_id: UUID
    expires_at: datetime


class Credentials:
    """Passwords and tokens."""

    def __init__(self, datastore: Datastore) -> None:
        self._datastore = datastore

    def set_password(self, account_id: UUID, password: str) -> None:
        """Keep the hash of a new password and end every session of the account."""
        with self._datastore.transaction(commit=True) as curs:
            curs.execute(
                "INSERT INTO credentials (account_id, password_hash) VALUES (%s, %s) ON CONFLICT (account_id)"
                " DO UPDATE SET password_hash = excluded.password_hash, changed_at = now()",
                (account_id, _hasher.hash(password)),
            )
            curs.execute("DELETE FROM sessions WHERE account_id = %s", (account_id,))

    def verify(self, account_id: UUID, password: str) -> bool:
        """Whether the password is right; as slow for an account that does not exist."""
        with self._datastore.get_connection() as conn:
            row = conn.execute(
                "SELECT password_hash FROM credentials WHERE account_id = %s", (account_id,)
            ).fetchone()
        try:
            return _hasher.verify(row["password_hash"] if row else _NOBODY, password) and row is not None
        except (VerificationError, InvalidHashError):
            return False

    def throttled(self, account_name: str, address: str) -> bool:
        """Whether an address has failed too often, for this name or for all names."""
        with self._datastore.get_connection() as conn:
            row = conn.execute(
                "SELECT count(*) FILTER (WHERE account_hash = %(name)s) AS of_name, count(*) AS of_address"
                " FROM sign_in_failures WHERE address = %(address)s AND at > now() - %(window)s",
                {"name": _digest(account_name), "address": address, "window": WINDOW},
            ).fetchone()
        # behind a proxy everybody comes from this machine: its address is nobody's to lock out
        of_address = 0 if row is None or address in LOOPBACK else row["of_address"]
        # counted per address: nobody elsewhere can lock a person out by failing in their name
        return row is not None and (row["of_name"] >= FAILURES_OF_NAME or of_address >= FAILURES_OF_ADDRESS)

    def failed(self, account_name: str, address: str) -> None:
        """Remember a failed attempt, by the hash of the name: somebody may have typed a password there."""
        with self._datastore.get_connection() as conn:
            conn.execute(
                "INSERT INTO sign_in_failures (account_hash, address) VALUES (%s, %s)",
                (_digest(account_name), address),
            )
            conn.execute("DELETE FROM sign_in_failures WHERE at < now() - 2 * %s::interval", (WINDOW,))

    def open_session(self, session: OpenSession) -> str:
        """Draw a token for a session; only the caller ever sees it."""
        token = secrets.token_urlsafe(32)
        with self._datastore.get_connection() as conn:
            conn.execute(
                "INSERT INTO sessions (token_hash, session_id, account_id, expires_at) VALUES (%s, %s, %s, %s)",
                (_digest(token), session.session_id, session.account_id, session.expires_at),
            )
            conn.execute("DELETE FROM sessions WHERE expires_at < now()")
        return token

    @retry((InterfaceError, OperationalError), max_attempts=3, wait=0.1)
    def session(self, token: str) -> OpenSession | None:
        """What a token stands for, while it does."""
        with self._datastore.get_connection() as conn:
            row = conn.execute(
                "SELECT session_id, account_id, expires_at FROM sessions"
                " WHERE token_hash = %s AND expires_at > now()",
                (_digest(token),),
            ).fetchone()
        return OpenSession(row["session_id"], row["account_id"], row["expires_at"]) if row else None

    def close_session(self, session_id: UUID) -> None:
        """Let a token stand for nothing any more."""
        with self._datastore.get_connection() as conn:
            conn.execute("DELETE FROM sessions WHERE session_id = %s", (session_id,))


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
