"""Identities of people at an identity provider, and the codes with which they come back from it."""

import hashlib
import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final, LiteralString
from uuid import UUID

from eventsourcing.persistence import IntegrityError
from psycopg import Cursor

from store.datastore import Datastore

LASTS: Final = timedelta(minutes=1)
"""How long a code waits for whoever it was given to."""
KEPT: Final = timedelta(days=1)

TAKE: Final[LiteralString] = """
UPDATE sign_in_codes SET taken = true WHERE code_hash = %s AND NOT taken AND given_at > now() - %s
RETURNING account_id
"""


class Identities:
    """Who enters which account; *bound* hashes with a key of this installation."""

    def __init__(self, datastore: Datastore, bound: Callable[[bytes], bytes]) -> None:
        self._datastore = datastore
        self._bound = bound

    def link(self, account_id: UUID, issuer: str, subject: str) -> bool | None:
        """Let a person of the provider enter an account, and no other of it; None where they enter another.

        Whether it is somebody new, so that what the one before them opened, or might open still, is over.
        """
        try:
            with self._datastore.transaction(commit=True) as curs:
                curs.execute(
                    "INSERT INTO identities (account_id, issuer, subject_hash) VALUES (%s, %s, %s)"
                    " ON CONFLICT (account_id, issuer) DO UPDATE SET subject_hash = excluded.subject_hash"
                    " WHERE identities.subject_hash <> excluded.subject_hash",
                    (account_id, issuer, self._hash(issuer, subject)),
                )
                somebody_new = bool(curs.rowcount)
                if somebody_new:
                    _end(curs, account_id)
        except IntegrityError:
            return None
        return somebody_new

    def unlink(self, account_id: UUID) -> None:
        """Let nobody enter an account from outside, and end the sessions that no password of ours opened."""
        with self._datastore.transaction(commit=True) as curs:
            curs.execute("DELETE FROM identities WHERE account_id = %s", (account_id,))
            _end(curs, account_id)

    def account_of(self, issuer: str, subject: str) -> UUID | None:
        """The account that a person of the provider enters."""
        with self._datastore.get_connection() as conn:
            row = conn.execute(
                "SELECT account_id FROM identities WHERE issuer = %s AND subject_hash = %s",
                (issuer, self._hash(issuer, subject)),
            ).fetchone()
        return row["account_id"] if row else None

    def give_code(self, account_id: UUID, nonce: str) -> str | None:
        """Draw a code for whoever came back; None where somebody came back with the same nonce before."""
        code = secrets.token_urlsafe(32)
        with self._datastore.transaction(commit=True) as curs:
            curs.execute("DELETE FROM sign_in_codes WHERE given_at < now() - %s", (KEPT,))
            given = curs.execute(
                "INSERT INTO sign_in_codes (code_hash, nonce_hash, account_id) VALUES (%s, %s, %s)"
                " ON CONFLICT (nonce_hash) DO NOTHING",
                (_digest(code), _digest(nonce), account_id),
            )
            return code if given.rowcount else None

    def take_code(self, code: str) -> UUID | None:
        """The account a code opens, once."""
        with self._datastore.get_connection() as conn:
            row = conn.execute(TAKE, (_digest(code), LASTS)).fetchone()
        return row["account_id"] if row else None

    def given_to(self, code: str) -> UUID | None:
        """The account that a code was given for, taken or too old as it may be by now."""
        with self._datastore.get_connection() as conn:
            row = conn.execute(
                "SELECT account_id FROM sign_in_codes WHERE code_hash = %s", (_digest(code),)
            ).fetchone()
        return row["account_id"] if row else None

    def _hash(self, issuer: str, subject: str) -> bytes:
        return self._bound(hashlib.sha256(f"{issuer}\0{subject}".encode()).digest())


def _end(curs: Cursor[Any], account_id: UUID) -> None:
    curs.execute("DELETE FROM sign_in_codes WHERE account_id = %s", (account_id,))
    curs.execute("DELETE FROM sessions WHERE account_id = %s AND NOT by_password", (account_id,))


def _digest(code: str) -> bytes:
    return hashlib.sha256(code.encode()).digest()
