"""The addresses of cameras, sealed under a key of the installation, in a table of their own (R-DH-5.3.0, R-DB-5.3.0).

A dump of the database opens no camera; the log says only that an address was set, and by whom. Whoever reads one
asks `get`, and keeps it for no longer than it takes to connect.
"""

import secrets
from collections.abc import Collection
from dataclasses import asdict
from typing import Any, Final, LiteralString
from uuid import UUID

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from psycopg import Cursor

from domain.camera.address import Address
from store.datastore import Datastore
from store.keys import NONCE, KeyFolder, KeyUnreadableError
from store.recorder import LOCK

__all__ = ["Address", "CameraAccess"]

KEY_NAME: Final = "camera-access"

PUT: Final[LiteralString] = """
INSERT INTO camera_access AS known (camera_id, version, sealed) SELECT %(camera)s, %(version)s, %(sealed)s
WHERE NOT EXISTS (SELECT FROM events WHERE originator_id = %(camera)s AND originator_version > %(version)s
    AND topic IN ('camera:retired', 'camera:consent-withdrawn'))
ON CONFLICT (camera_id) DO UPDATE SET version = excluded.version, sealed = excluded.sealed
WHERE known.version <= excluded.version
"""
"""Of two commands the later one stays, whichever comes here last; a camera that was closed since has no address."""


class CameraAccess:
    """Keeps the address of each camera; `datastore` is under a role that may."""

    def __init__(self, datastore: Datastore, folder: KeyFolder) -> None:
        self._datastore = datastore
        self._folder = folder

    def put(self, camera_id: UUID, address: Address, *, version: int) -> None:
        """Keep the address that was set with this *version* of the camera, instead of any earlier one.

        Raises:
            KeyUnreadableError: the key that others were sealed under is gone.
        """
        with self._datastore.transaction(commit=True) as curs:
            # as appends do, so that a camera that is closed meanwhile is seen to be
            curs.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
            sealed = self._sealed(curs, camera_id, address)
            curs.execute(PUT, {"camera": camera_id, "version": version, "sealed": sealed})

    def get(self, camera_id: UUID) -> Address | None:
        """The address on file; None where there is none.

        Raises:
            KeyUnreadableError: it was sealed under another key, or altered.
        """
        with self._datastore.get_connection() as conn:
            row = conn.execute(
                "SELECT sealed FROM camera_access WHERE camera_id = %s", (camera_id,)
            ).fetchone()
        return self._opened(camera_id, bytes(row["sealed"])) if row else None

    def several(self, camera_ids: Collection[UUID]) -> dict[UUID, Address | KeyUnreadableError]:
        """The addresses on file of these cameras; one that cannot be opened leaves the others alone."""
        with self._datastore.get_connection() as conn:
            rows = conn.execute(
                "SELECT camera_id, sealed FROM camera_access WHERE camera_id = ANY(%s)", (list(camera_ids),)
            ).fetchall()
        found: dict[UUID, Address | KeyUnreadableError] = {}
        for row in rows:
            try:
                found[row["camera_id"]] = self._opened(row["camera_id"], bytes(row["sealed"]))
            except KeyUnreadableError as error:
                found[row["camera_id"]] = error
        return found

    def delete(self, camera_id: UUID) -> None:
        """Forget the address; once is enough."""
        with self._datastore.get_connection() as conn:
            conn.execute("DELETE FROM camera_access WHERE camera_id = %s", (camera_id,))

    def _sealed(self, curs: Cursor[Any], camera_id: UUID, address: Address) -> bytes:
        path = self._folder.path_of(KEY_NAME)
        if not path.exists() and curs.execute("SELECT FROM camera_access LIMIT 1").fetchone() is not None:
            raise KeyUnreadableError(
                f"{path} is missing, and this database holds addresses sealed under it: restore the key,"
                " or set MINHCHUNG_KEYS to its folder"
            )
        nonce = secrets.token_bytes(NONCE)
        key = AESGCM(self._folder.secret(KEY_NAME))
        return nonce + key.encrypt(nonce, orjson.dumps(asdict(address)), camera_id.bytes)

    def _opened(self, camera_id: UUID, sealed: bytes) -> Address:
        path = self._folder.path_of(KEY_NAME)
        if not path.exists():
            raise KeyUnreadableError(
                f"{path} is missing: restore the key, or set MINHCHUNG_KEYS to its folder"
            )
        key = AESGCM(self._folder.secret(KEY_NAME))
        try:
            return Address(**orjson.loads(key.decrypt(sealed[:NONCE], sealed[NONCE:], camera_id.bytes)))
        except (InvalidTag, ValueError):
            raise KeyUnreadableError(
                f"the address of camera {camera_id} was sealed under another {path.name}, or altered"
            ) from None
