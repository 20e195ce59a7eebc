"""Secrets of accounts and tokens of sessions, in tables of their own; the log only says that they changed.

Passwords are kept as argon2id, tokens as SHA-256: what leaks from the database opens nothing
(R-QT-3.5.0, R-QT-4.6.c).
"""

import hashlib
import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from typing import Final, LiteralString
from uuid import UUID, uuid4

from argon2 import Parameters, PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError
from eventsourcing.persistence import InterfaceError, OperationalError
from eventsourcing.utils import retry
from psycopg import Cursor, Rollback
from psycopg.rows import DictRow, class_row

from domain.account import Account
from domain.passwords import normalised
from store import attempts, failures
from store.datastore import Datastore

HASHING: Final = Parameters(
    type=Type.ID, version=19, salt_len=16, hash_len=32, time_cost=2, memory_cost=19 * 1024, parallelism=1
)
"""What OWASP's Password Storage Cheat Sheet asks for: 19 MiB, two passes, one lane.

RFC 9106 offers more (64 MiB, three passes, four lanes), at seven times the processor time: twenty
sign-ins a second would take more than the two cores that everything else shares.
"""

IPV4: Final = 4

_hasher = PasswordHasher.from_parameters(HASHING)
_NOBODY = _hasher.hash(secrets.token_urlsafe(16))
"""Verified where nobody can sign in, so that the answer takes as long as for one who can."""


@dataclass(frozen=True)
class OpenSession:
    """What a token stands for, and what its account owes before it may be used."""

    session_id: UUID
    account_id: UUID
    expires_at: datetime
    by_password: bool = False
    password_set_at: datetime | None = None
    must_change: bool = False
    second_factor: bool = False
    overlaps: "Overlap | None" = None


@dataclass(frozen=True)
class Overlap:
    """Another session of the account that is in use at the same time, from another network."""

    session_id: UUID
    networks: str


@dataclass(frozen=True)
class SessionRow:
    """An open session, as its person and whoever administers the account are shown it."""

    session_id: UUID
    account_id: UUID
    network: str
    opened_at: datetime
    seen_at: datetime
    expires_at: datetime
    overlapped: bool


@dataclass(frozen=True)
class NewSession:
    """A session that is to be opened; when it ends is said by the clock of the database, as everywhere."""

    session_id: UUID
    lasts: timedelta
    address: str = ""


@dataclass(frozen=True)
class Attempt:
    """An attempt to sign in that there was room for: what it took, and what its password is held against."""

    account_id: UUID
    address: bytes
    device: str | None
    taken: attempts.Taken
    password_hash: str
    set_at: datetime | None
    second_factor: bool = False
    attempt_id: UUID = field(default_factory=uuid4)


@dataclass(frozen=True)
class Opened:
    """What somebody is given who has just signed in: a token, the code of their device, until when."""

    token: str
    device: str
    expires_at: datetime


LOOK_UP: Final[LiteralString] = """
SELECT c.password_hash, c.changed_at,
EXISTS (SELECT FROM second_factors AS f WHERE f.account_id = %(account)s AND f.confirmed) AS second_factor,
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

OPEN: Final[LiteralString] = """
INSERT INTO sessions (token_hash, session_id, account_id, expires_at, network, by_password)
VALUES (%s, %s, %s, now() + %s, %s, %s) RETURNING expires_at
"""

FIND: Final[LiteralString] = """
SELECT s.session_id, s.account_id, s.expires_at, s.by_password, c.changed_at AS password_set_at,
coalesce(c.must_change, false) AS must_change,
EXISTS (SELECT FROM second_factors AS f WHERE f.account_id = s.account_id AND f.confirmed) AS second_factor,
s.seen_at < now() - interval '1 minute' OR s.seen_at = s.opened_at AS to_be_seen
FROM sessions AS s LEFT JOIN credentials AS c ON c.account_id = s.account_id
WHERE s.token_hash = %s AND s.expires_at > now()
"""

SEEN: Final[LiteralString] = "UPDATE sessions SET seen_at = clock_timestamp() WHERE session_id = %s"

OVERLAP: Final[LiteralString] = """
UPDATE sessions AS s SET overlapped = true FROM sessions AS o
WHERE s.session_id = %s AND NOT s.overlapped AND o.account_id = s.account_id
AND o.network <> s.network AND o.network <> '' AND s.network <> ''
AND o.expires_at > now() AND o.seen_at > now() - interval '5 minutes'
RETURNING o.session_id, concat_ws(', ', s.network, o.network) AS networks
"""
"""Once a session: each that joins another in use elsewhere, when it is first looked up or comes back."""

FORGET: Final[LiteralString] = "DELETE FROM sessions WHERE expires_at < now()"

COME: Final[LiteralString] = """
INSERT INTO sign_in_places (account_id, place) SELECT %s, place FROM unnest(%s::bytea[]) AS place ORDER BY place
ON CONFLICT (account_id, place) DO UPDATE SET seen_at = now()
"""


class Credentials:
    """Passwords and tokens."""

    def __init__(self, datastore: Datastore) -> None:
        self.datastore = datastore

    # -- passwords ------------------------------------------------------------

    def set_password(self, account_id: UUID, password: str, *, must_change: bool = False) -> None:
        """Keep the hash of a password that somebody else gave, and end every session of the account."""
        self._set(account_id, _hasher.hash(normalised(password)), must_change=must_change, keep=None)

    def change_password(self, account_id: UUID, kept: str, *, keep: UUID) -> None:
        """Keep the hash of a password that its own person chose, and end every session of theirs but this one."""
        self._set(account_id, kept, must_change=False, keep=keep)

    def _set(self, account_id: UUID, kept: str, *, must_change: bool, keep: UUID | None) -> None:
        with self.datastore.transaction(commit=True) as curs:
            curs.execute(
                "INSERT INTO former_passwords (account_id, password_hash)"
                " SELECT account_id, password_hash FROM credentials WHERE account_id = %s",
                (account_id,),
            )
            curs.execute(
                "INSERT INTO credentials (account_id, password_hash, must_change) VALUES (%s, %s, %s)"
                " ON CONFLICT (account_id) DO UPDATE SET password_hash = excluded.password_hash,"
                " must_change = excluded.must_change, changed_at = now()",
                (account_id, kept, must_change),
            )
            curs.execute(
                "DELETE FROM sessions WHERE account_id = %s AND session_id IS DISTINCT FROM %s",
                (account_id, keep),
            )

    def last_hashes(self, account_id: UUID, count: int) -> list[str]:
        """The hashes of the last passwords of an account, the present one first."""
        with self.datastore.get_connection() as conn:
            rows = conn.execute(
                "(SELECT password_hash FROM credentials WHERE account_id = %(account)s) UNION ALL"
                " (SELECT password_hash FROM former_passwords WHERE account_id = %(account)s"
                " ORDER BY replaced_at DESC LIMIT %(former)s)",
                {"account": account_id, "former": max(count - 1, 0)},
            ).fetchall()
            conn.execute(
                "DELETE FROM former_passwords WHERE account_id = %(account)s AND replaced_at NOT IN"
                " (SELECT replaced_at FROM former_passwords WHERE account_id = %(account)s"
                " ORDER BY replaced_at DESC LIMIT %(former)s)",
                {"account": account_id, "former": max(count - 1, 0)},
            )
        return [row["password_hash"] for row in rows]

    def first_password(self, account_id: UUID, password: str) -> bool:
        """Keep the hash of the first password of an account; False where it has one already."""
        kept = _hasher.hash(normalised(password))
        with self.datastore.transaction(commit=True) as curs:
            curs.execute(
                "INSERT INTO credentials (account_id, password_hash, must_change) VALUES (%s, %s, true)"
                " ON CONFLICT DO NOTHING",
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
        with self.datastore.transaction(commit=True) as curs:
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
            emptied = attempts.take(curs, taken)
            if emptied is None:
                raise Rollback
            attempt = Attempt(
                account_id=account_id,
                address=from_address,
                device=device if known else None,
                taken=taken,
                password_hash=_NOBODY if found["disabled"] else found["password_hash"] or _NOBODY,
                set_at=found["changed_at"],
                second_factor=found["second_factor"],
            )
            locked = not emptied.isdisjoint({attempts.OF_PLACE, attempts.OF_NAME})
            failures.note(curs, attempt.attempt_id, account_id, address, emptied=locked)
            curs.execute(attempts.FORGET)
            return attempt
        return None

    def note_failure(self, address: str, account_id: UUID | None = None) -> None:
        """Note that somebody came in another way than by a password, and got in nowhere; as often as one may try.

        Nobody is refused for it, for what they come with cannot be guessed; but whoever goes on fills no table.
        """
        with self.datastore.transaction(commit=True) as curs:
            if attempts.take(curs, attempts.from_outside(address)) is not None:
                failures.note_from_outside(curs, account_id, address)
            curs.execute(attempts.FORGET)

    def take_back(self, attempt: Attempt) -> None:
        """Give back an attempt that was no failure: its password was right, and more is asked for."""
        with self.datastore.transaction(commit=True) as curs:
            attempts.give_back(curs, attempt.taken)
            failures.forget(curs, attempt.attempt_id)

    def sign_in(self, attempt: Attempt, kept: str, session: NewSession) -> Opened | None:
        """Open the session of an attempt whose password was right.

        None where another password was set since: its row is locked, so that no session of the old one outlives it.
        """
        token = secrets.token_urlsafe(32)
        device = attempt.device or secrets.token_urlsafe(32)
        opened = None
        with self.datastore.transaction(commit=True) as curs:
            still = curs.execute(
                "UPDATE credentials SET password_hash = %s WHERE account_id = %s AND changed_at = %s",
                (kept, attempt.account_id, attempt.set_at),
            )
            if not still.rowcount:
                raise Rollback
            expires_at = _open(curs, token, attempt.account_id, session, by_password=True)
            curs.execute(COME, (attempt.account_id, [attempt.address, attempts.place_of_device(device)]))
            attempts.give_back(curs, attempt.taken)
            failures.forget(curs, attempt.attempt_id)
            opened = Opened(token, device, expires_at)
        # a transaction that is taken back ends the block above as well
        if opened is not None:
            with self.datastore.get_connection() as conn:
                conn.execute(FORGET)
                conn.execute(
                    "DELETE FROM sign_in_places WHERE seen_at < now() - %s", (attempts.FAMILIAR_FOR,)
                )
        return opened

    # -- sessions -------------------------------------------------------------

    def open_session(self, account_id: UUID, session: NewSession) -> Opened:
        """Draw a token for a session that no password of ours opened; only the caller ever sees it."""
        token = secrets.token_urlsafe(32)
        with self.datastore.transaction(commit=True) as curs:
            expires_at = _open(curs, token, account_id, session, by_password=False)
            curs.execute(FORGET)
        return Opened(token, "", expires_at)

    @retry((InterfaceError, OperationalError), max_attempts=3, wait=0.1)
    def session(self, token: str) -> OpenSession | None:
        """What a token stands for, while it does; that it was used is kept, once a minute."""
        with self.datastore.get_connection() as conn:
            row = conn.execute(FIND, (_digest(token),)).fetchone()
            if row is None:
                return None
            other = None
            if row.pop("to_be_seen"):
                conn.execute(SEEN, (row["session_id"],))
                other = conn.execute(OVERLAP, (row["session_id"],)).fetchone()
        return OpenSession(**row, overlaps=Overlap(**other) if other else None)

    def sessions_of(self, account_id: UUID, limit: int | None = None) -> Sequence[SessionRow]:
        """The open sessions of an account, the newest first."""
        with self.datastore.get_connection() as conn, conn.cursor(row_factory=class_row(SessionRow)) as curs:
            return curs.execute(
                "SELECT session_id, account_id, network, opened_at, seen_at, expires_at, overlapped FROM sessions"
                " WHERE account_id = %s AND expires_at > now() ORDER BY opened_at DESC, session_id LIMIT %s",
                (account_id, limit),
            ).fetchall()


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


def matches(password_hash: str, password: str) -> bool:
    """Whether a hash is of this password."""
    return check(password_hash, password) is not None


def hashed(password: str) -> str:
    """What is kept of a password."""
    return _hasher.hash(normalised(password))


def network_of(address: str) -> str:
    """The network of an address, as far as it says from where somebody comes; none where everybody has the same."""
    with suppress(ValueError):
        found = ip_address(address)
        found = getattr(found, "ipv4_mapped", None) or found
        if not found.is_loopback:
            return str(ip_network((found, 24 if found.version == IPV4 else 64), strict=False))
    return ""


def _open(
    curs: Cursor[DictRow], token: str, account_id: UUID, session: NewSession, *, by_password: bool
) -> datetime:
    given = (
        _digest(token),
        session.session_id,
        account_id,
        session.lasts,
        network_of(session.address),
        by_password,
    )
    row = curs.execute(OPEN, given).fetchone()
    if row is None:  # pragma: no cover — RETURNING always returns
        raise OperationalError
    expires_at: datetime = row["expires_at"]
    return expires_at


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
