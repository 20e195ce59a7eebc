"""Keys: one per subject of personal data, wrapped by a key that never enters the database.

Destroying a subject's key erases their data everywhere at once: in the log, in every read model, in every backup
of the database taken with the wrapped keys but read after the row is emptied.
"""

import base64
import os
import secrets
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from threading import Lock
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from domain.personal import ERASED, Erased, Personal
from store.datastore import Datastore

NONCE = 12
KEY = 32
REMEMBERED = 4096


class KeyUnreadableError(Exception):
    """The key folder does not hold the key that wrapped this data."""


class KeyDestroyedError(Exception):
    """Nothing more is sealed for a subject whose key was destroyed."""


class KeyFolder:
    """MINHCHUNG_KEYS: the folder of the installation's own keys, readable by its owner alone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def secret(self, name: str) -> bytes:
        """Read the key of that name, or make it once; processes that start together end with the same one."""
        path = self.path_of(name)
        try:
            key = path.read_bytes()
        except FileNotFoundError:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._make(path)
            key = path.read_bytes()
        if len(key) != KEY:
            raise KeyUnreadableError(f"{path}: expected {KEY} bytes, found {len(key)}; restore the key")
        return key

    def path_of(self, name: str) -> Path:
        """Where the key of that name is."""
        return self.folder / f"{name}.key"

    @staticmethod
    def _make(path: Path) -> None:
        draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(KEY))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)  # fails if another process was first, whose key then counts
        except FileExistsError:
            pass
        finally:
            draft.unlink()
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


class Keys:
    """Seals and opens personal values; keys are kept in `personal_keys`."""

    def __init__(self, datastore: Datastore, folder: KeyFolder) -> None:
        self._datastore = datastore
        self._folder = folder
        self._sealing: OrderedDict[UUID, AESGCM] = OrderedDict()
        self._lock = Lock()

    @cached_property
    def _wrapping(self) -> AESGCM:
        """The key of keys; a process that seals and opens nothing needs none.

        Raises:
            KeyUnreadableError: it is gone, and what was sealed under it would be beside what a new one seals.
        """
        with self._datastore.get_connection() as conn:
            used = conn.execute(
                "SELECT subject, wrapped FROM personal_keys WHERE wrapped IS NOT NULL LIMIT 1"
            ).fetchone()
        path = self._folder.path_of("personal")
        if used and not path.exists():
            raise KeyUnreadableError(
                f"{path} is missing, and this database holds what was sealed under it:"
                " restore the key, or set MINHCHUNG_KEYS to its folder"
            )
        wrapping = AESGCM(self._folder.secret("personal"))
        if used:
            _unwrapped(wrapping, used["subject"], bytes(used["wrapped"]))
        return wrapping

    def seal(self, subject: UUID, value: str) -> str:
        """Seal a value under its subject's key, making the key if it is the first.

        Raises:
            KeyDestroyedError: the subject was erased.
        """
        return base64.b64encode(self.seal_bytes(subject, value.encode())).decode()

    def seal_bytes(self, subject: UUID, data: bytes) -> bytes:
        """Seal what is kept outside of the database, a document for one, in the same way.

        Raises:
            KeyDestroyedError: the subject was erased.
        """
        nonce = secrets.token_bytes(NONCE)
        return nonce + self._key(subject).encrypt(nonce, data, subject.bytes)

    def open(self, values: Sequence[Personal[str]]) -> list[str | Erased]:
        """Open values, in order, with one query for all their keys; what was erased reads as ERASED."""
        keys = self._fetch({value.subject for value in values if value.sealed is not None})
        return [self._open(value, keys) for value in values]

    def open_bytes(self, subject: UUID, sealed: bytes) -> bytes | Erased:
        """Open what was sealed as bytes; what was erased reads as ERASED.

        Raises:
            KeyUnreadableError: it was altered.
        """
        key = self._fetch({subject}).get(subject)
        return ERASED if key is None else _decrypted(key, subject, sealed)

    def destroy(self, subject: UUID) -> None:
        """Erase a subject for ever; the row stays, empty, so that no new key takes its place."""
        with self._datastore.get_connection() as conn:
            conn.execute(
                "INSERT INTO personal_keys (subject, wrapped, destroyed_at) VALUES (%s, NULL, now())"
                " ON CONFLICT (subject) DO UPDATE SET wrapped = NULL, destroyed_at = now()",
                (subject,),
            )
        with self._lock:
            self._sealing.pop(subject, None)

    def _open(self, value: Personal[str], keys: dict[UUID, AESGCM]) -> str | Erased:
        if value.sealed is None:
            return value.clear if value.clear is not None else ERASED
        key = keys.get(value.subject)
        if key is None:
            return ERASED
        try:
            return _decrypted(key, value.subject, base64.b64decode(value.sealed)).decode()
        except ValueError:
            raise KeyUnreadableError(f"a value of subject {value.subject} was altered") from None

    def _key(self, subject: UUID) -> AESGCM:
        with self._lock:
            known = self._sealing.get(subject)
            if known is not None:
                self._sealing.move_to_end(subject)
                return known
        key = AESGCM.generate_key(bit_length=KEY * 8)
        nonce = secrets.token_bytes(NONCE)
        wrapped = nonce + self._wrapping.encrypt(nonce, key, subject.bytes)
        with self._datastore.get_connection() as conn:
            # committed before the event that needs it; an unused key is harmless
            made = conn.execute(
                "INSERT INTO personal_keys (subject, wrapped) VALUES (%s, %s)"
                " ON CONFLICT DO NOTHING RETURNING subject",
                (subject, wrapped),
            ).fetchone()
        if made is None:
            found = self._fetch({subject}).get(subject)
            if found is None:
                raise KeyDestroyedError(f"the key of subject {subject} was destroyed")
            sealing = found
        else:
            sealing = AESGCM(key)
        with self._lock:
            self._sealing[subject] = sealing
            while len(self._sealing) > REMEMBERED:
                self._sealing.popitem(last=False)
        return sealing

    def _fetch(self, subjects: Iterable[UUID]) -> dict[UUID, AESGCM]:
        wanted = list(subjects)
        if not wanted:
            return {}
        with self._datastore.get_connection() as conn:
            rows = conn.execute(
                "SELECT subject, wrapped FROM personal_keys WHERE subject = ANY(%s) AND wrapped IS NOT NULL",
                (wanted,),
            ).fetchall()
        return {
            row["subject"]: _unwrapped(self._wrapping, row["subject"], bytes(row["wrapped"])) for row in rows
        }


def _decrypted(key: AESGCM, subject: UUID, sealed: bytes) -> bytes:
    try:
        return key.decrypt(sealed[:NONCE], sealed[NONCE:], subject.bytes)
    except (InvalidTag, ValueError):
        raise KeyUnreadableError(f"a value of subject {subject} was altered") from None


def _unwrapped(wrapping: AESGCM, subject: UUID, wrapped: bytes) -> AESGCM:
    try:
        return AESGCM(wrapping.decrypt(wrapped[:NONCE], wrapped[NONCE:], subject.bytes))
    except (InvalidTag, ValueError):
        raise KeyUnreadableError(
            "personal.key in MINHCHUNG_KEYS is not the key this database was written with"
        ) from None
