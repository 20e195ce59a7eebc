"""Second factors: codes of a device (RFC 6238) and recovery codes, each taken once.

The secret is sealed under its account's key, as personal data are; recovery codes are hashed, as tokens are.
"""

import base64
import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final, LiteralString
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor import InvalidToken
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from psycopg import Connection, Cursor
from psycopg.rows import DictRow

from domain.personal import Erased
from store.datastore import Datastore
from store.keys import Keys

Database = Connection[DictRow] | Cursor[DictRow]

SECRET: Final = 20
DIGITS: Final = 6
STEP_S: Final = 30
DRIFT: Final = (0, -1, 1)
"""The steps whose codes are right: clocks of devices are half a minute off."""
RECOVERY_CODES: Final = 10
ISSUER: Final = "Minh Chứng"

TAKE: Final[LiteralString] = """
UPDATE second_factors SET last_step = %(step)s, confirmed = true
WHERE account_id = %(account)s AND confirmed = %(confirmed)s AND last_step < %(step)s AND secret = %(sealed)s
"""
"""Whoever comes second with a code of the same step, or of an earlier one, finds it taken."""


@dataclass(frozen=True)
class Enrolment:
    """What a device is told once: the secret as one types it, and as the address that a picture of it holds."""

    secret: str
    address: str


class SecondFactors:
    """The second factors of accounts."""

    def __init__(self, datastore: Datastore, keys: Keys) -> None:
        self._datastore = datastore
        self._keys = keys

    def begin(self, account_id: UUID, name: str) -> Enrolment | None:
        """Draw a secret; until a code of it is confirmed nobody is asked for one, and another may be drawn.

        None where codes of another are asked for already: the new one would never count.
        """
        secret = secrets.token_bytes(SECRET)
        with self._datastore.get_connection() as conn:
            kept = conn.execute(
                "INSERT INTO second_factors (account_id, secret) VALUES (%s, %s) ON CONFLICT (account_id)"
                " DO UPDATE SET secret = excluded.secret, last_step = 0 WHERE NOT second_factors.confirmed",
                (account_id, self._keys.seal_bytes(account_id, secret)),
            )
        if not kept.rowcount:
            return None
        return Enrolment(base64.b32encode(secret).decode(), _totp(secret).get_provisioning_uri(name, ISSUER))

    def is_asked_for(self, account_id: UUID) -> bool:
        """Whether a code of a device is asked for at the door."""
        with self._datastore.get_connection() as conn:
            found = conn.execute(
                "SELECT FROM second_factors WHERE account_id = %s AND confirmed", (account_id,)
            )
            return found.fetchone() is not None

    def is_right(self, account_id: UUID, code: str, now: datetime) -> bool:
        """Whether this is a code of the device that is to be confirmed; it takes nothing."""
        with self._datastore.get_connection() as conn:
            return self._found(conn, account_id, code, now, confirmed=False) is not None

    def confirm(self, account_id: UUID, code: str, now: datetime) -> list[str]:
        """Take the first code of a device, and ask for one from here on; codes for the day it is lost, drawn with it.

        Only who is answered ever sees them. None where it was no code of a device that is to be confirmed.
        """
        codes = [secrets.token_hex(8) for _ in range(RECOVERY_CODES)]
        with self._datastore.transaction(commit=True) as curs:
            if not self._take(curs, account_id, code, now, confirmed=False):
                return []
            curs.execute("DELETE FROM recovery_codes WHERE account_id = %s", (account_id,))
            curs.executemany(
                "INSERT INTO recovery_codes (account_id, code_hash) VALUES (%s, %s)",
                [(account_id, _digest(one)) for one in codes],
            )
        return codes

    def take(self, account_id: UUID, code: str, now: datetime) -> bool:
        """Whether a code of the device is right now, and was not taken before."""
        with self._datastore.get_connection() as conn:
            return self._take(conn, account_id, code, now, confirmed=True)

    def take_recovery(self, account_id: UUID, code: str) -> int | None:
        """How many recovery codes are left once this one is spent; None where it is none of them."""
        with self._datastore.transaction(commit=True) as curs:
            spent = curs.execute(
                "DELETE FROM recovery_codes WHERE account_id = %s AND code_hash = %s",
                (account_id, _digest(code.replace("-", "").replace(" ", "").lower())),
            ).rowcount
            left = curs.execute(
                "SELECT count(*) AS left FROM recovery_codes WHERE account_id = %s", (account_id,)
            ).fetchone()
        return int(left["left"]) if spent and left else None

    def forget(self, account_id: UUID) -> None:
        """Take it away: the device and the codes for its loss open nothing any more, nor does any session."""
        with self._datastore.transaction(commit=True) as curs:
            curs.execute("DELETE FROM second_factors WHERE account_id = %s", (account_id,))
            curs.execute("DELETE FROM recovery_codes WHERE account_id = %s", (account_id,))
            curs.execute("DELETE FROM sessions WHERE account_id = %s", (account_id,))

    def _take(self, db: Database, account_id: UUID, code: str, now: datetime, *, confirmed: bool) -> bool:
        found = self._found(db, account_id, code, now, confirmed=confirmed)
        if found is None:
            return False
        step, sealed = found
        said = {"account": account_id, "step": step, "confirmed": confirmed, "sealed": sealed}
        return bool(db.execute(TAKE, said).rowcount)

    def _found(
        self, db: Database, account_id: UUID, code: str, now: datetime, *, confirmed: bool
    ) -> tuple[int, bytes] | None:
        """The time step whose code this is, and the secret that it is a code of, as it is kept."""
        row = db.execute(
            "SELECT secret FROM second_factors WHERE account_id = %s AND confirmed = %s",
            (account_id, confirmed),
        ).fetchone()
        sealed = bytes(row["secret"]) if row else None
        secret = self._keys.open_bytes(account_id, sealed) if sealed else None
        if sealed is None or secret is None or isinstance(secret, Erased):
            return None
        step = _step_of(_totp(secret), code.replace(" ", ""), now)
        return None if step is None else (step, sealed)


def _totp(secret: bytes) -> TOTP:
    # SHA-1, because that is what the apps of telephones can do; HMAC stands though SHA-1 fell (RFC 6238, 1.2)
    return TOTP(secret, DIGITS, SHA1(), STEP_S)  # noqa: S303


def _step_of(totp: TOTP, code: str, now: datetime) -> int | None:
    """The time step whose code this is."""
    if len(code) != DIGITS or not code.isascii():
        return None
    present = int(now.timestamp()) // STEP_S
    for drift in DRIFT:
        try:
            totp.verify(code.encode(), (present + drift) * STEP_S)
        except InvalidToken:
            continue
        return present + drift
    return None


def _digest(code: str) -> bytes:
    return hashlib.sha256(code.encode()).digest()
