"""Secrets of accounts and tokens of sessions, in tables of their own; the log only says that they changed.

Passwords are kept as argon2id, tokens as SHA-256: what leaks from the database opens nothing
(R-QT-3.5.0, R-QT-4.6.c).
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final, LiteralString
from uuid import UUID

from argon2 import Parameters, PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError
from eventsourcing.persistence import InterfaceError, OperationalError
from eventsourcing.utils import retry
from psycopg import Rollback

from domain.account import Account
from domain.passwords import normalised
from store import attempts
from store.datastore import Datastore

HASHING: Final = Parameters(
    type=Type.ID, version=19, salt_len=16, hash_len=32, time_cost=2, memory_cost=19 * 1024, parallelism=1
)
"""What OWASP's Password Storage Cheat Sheet asks for: 19 MiB, two passes, one lane.

RFC 9106 offers more (64 MiB, three passes, four lanes), at seven times the processor time: twenty
sign-ins a second would take more than the two cores that everything else shares.
"""

_hasher = PasswordHasher.from_parameters(HASHING)
_NOBODY = _hasher.hash(secrets.token_urlsafe(16))
"""Verified where nobody can sign in, so that the answer takes as long as for one who can."""


@dataclass(frozen=True)
class OpenSession:
    """What a token stands for."""

    session_id: UUID
    account_id: UUID
    expires_at: datetime


@dataclass(frozen=True)
class Attempt:
    """An attempt to sign in that there was room for: what it took, and what its password is held against."""

    account_id: UUID
    address: bytes
    device: str | None
    taken: attempts.Taken
    password_hash: str
    set_at: datetime | None


LOOK_UP: Final[LiteralString] = """
SELECT c.password_hash, c.changed_at,
coalesce((SELECT topic FROM events WHERE originator_id = %(account)s AND topic = ANY(%(turns)s)
ORDER BY originator_version DESC LIMIT 1) <> %(resumed)s, false) AS disabled,
ARRAY (SELECT place FROM sign_in_places WHERE account_id = %(account)s AND place = ANY(%(places)s)
AND seen_at > now() - %(familiar)s) AS familiar
FROM (SELECT) AS anybody LEFT JOIN credentials AS c ON c.account_id = %(account)s
"""
"""One row for every name: whoever is disabled is looked up as somebody who is not there.

What takes an account back, and what gives it back again: the last of them counts.
"""
TURNS: Final = tuple(
    event.TOPIC for event in (Account.Disabled, Account.Closed, Account.Suspended, Account.Resumed)
)

OPEN: Final[LiteralString] = (
    "INSERT INTO sessions (token_hash, session_id, account_id, expires_at) VALUES (%s, %s, %s, %s)"
)

FORGET: Final[LiteralString] = "DELETE FROM sessions WHERE expires_at < now()"

COME: Final[LiteralString] = """
INSERT INTO sign_in_places (account_id, place) SELECT %s, place FROM unnest(%s::bytea[]) AS place ORDER BY place
ON CONFLICT (account_id, place) DO UPDATE SET seen_at = now()
"""


class Credentials:
    """Passwords and tokens."""

    def __init__(self, datastore: Datastore) -> None:
        self._datastore = datastore

    # -- passwords ------------------------------------------------------------

    def set_password(self, account_id: UUID, password: str) -> None:
        """Keep the hash of a new password and end every session of the account."""
        kept = _hasher.hash(normalised(password))
        with self._datastore.transaction(commit=True) as curs:
            curs.execute(
                "INSERT INTO credentials (account_id, password_hash) VALUES (%s, %s) ON CONFLICT (account_id)"
                " DO UPDATE SET password_hash = excluded.password_hash, changed_at = now()",
                (account_id, kept),
            )
            curs.execute("DELETE FROM sessions WHERE account_id = %s", (account_id,))

    def first_password(self, account_id: UUID, password: str) -> bool:
        """Keep the hash of the first password of an account; False where it has one already."""
        kept = _hasher.hash(normalised(password))
        with self._datastore.transaction(commit=True) as curs:
            curs.execute(
                "INSERT INTO credentials (account_id, password_hash) VALUES (%s, %s) ON CONFLICT DO NOTHING",
                (account_id, kept),
            )
            return curs.rowcount == 1

    def attempt(self, name: str, *, address: str, device: str | None = None) -> Attempt | None:
        """Take an attempt to sign in, and look up what its password is held against; None where none is left.

        The same statements for a name that exists and one that does not, or not any more.
        """
        account_id = Account.create_id(name)
        from_address = attempts.place_of_address(address)
        from_device = attempts.place_of_device(device) if device else from_address
        with self._datastore.transaction(commit=True) as curs:
            [found] = curs.execute(
                LOOK_UP,
                {
                    "account": account_id,
                    "turns": list(TURNS),
                    "resumed": Account.Resumed.TOPIC,
                    "places": [from_address, from_device],
                    "familiar": attempts.FAMILIAR_FOR,
                },
            ).fetchall()
            familiar = {bytes(place) for place in found["familiar"]}
            known = from_device in familiar and from_device != from_address
            place = from_device if known else from_address
            taken = attempts.budgets(name, place, address, familiar=place in familiar)
            if not attempts.take(curs, taken):
                raise Rollback
            curs.execute(attempts.FORGET)
            return Attempt(
                account_id=account_id,
                address=from_address,
                device=device if known else None,
                taken=taken,
                password_hash=_NOBODY if found["disabled"] else found["password_hash"] or _NOBODY,
                set_at=found["changed_at"],
            )
        return None

    def sign_in(self, attempt: Attempt, kept: str, session: OpenSession) -> tuple[str, str] | None:
        """Open the session of an attempt whose password was right; its token and the code of the device.

        None where another password was set since: its row is locked, so that no session of the old one outlives it.
        """
        token = secrets.token_urlsafe(32)
        device = attempt.device or secrets.token_urlsafe(32)
        with self._datastore.transaction(commit=True) as curs:
            still = curs.execute(
                "UPDATE credentials SET password_hash = %s WHERE account_id = %s AND changed_at = %s",
                (kept, attempt.account_id, attempt.set_at),
            )
            if not still.rowcount:
                raise Rollback
            curs.execute(OPEN, _row(token, session))
            curs.execute(COME, (attempt.account_id, [attempt.address, attempts.place_of_device(device)]))
            attempts.give_back(curs, attempt.taken)
        # a transaction that is taken back ends the block above as well
        if not still.rowcount:
            return None
        with self._datastore.get_connection() as conn:
            conn.execute(FORGET)
            conn.execute("DELETE FROM sign_in_places WHERE seen_at < now() - %s", (attempts.FAMILIAR_FOR,))
        return token, device

    # -- sessions -------------------------------------------------------------

    def open_session(self, session: OpenSession) -> str:
        """Draw a token for a session; only the caller ever sees it."""
        token = secrets.token_urlsafe(32)
        with self._datastore.get_connection() as conn:
            conn.execute(OPEN, _row(token, session))
            conn.execute(FORGET)
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


def check(password_hash: str, password: str) -> str | None:
    """The hash to keep from here on if the password is right: the same, or one of today's parameters.

    This is what a sign-in costs; it needs no connection, and the interpreter is free meanwhile.
    """
    password = normalised(password)
    try:
        _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return None
    return _hasher.hash(password) if _hasher.check_needs_rehash(password_hash) else password_hash


def _row(token: str, session: OpenSession) -> tuple[object, ...]:
    return _digest(token), session.session_id, session.account_id, session.expires_at


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
