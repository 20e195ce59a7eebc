"""Addresses that open one file for a minute: signed, so that nobody can make or alter one."""

import base64
import hmac
from dataclasses import astuple, dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import orjson

LIFETIME: Final = timedelta(seconds=60)
SIGNATURE: Final = 32
LONGEST: Final = 1024


class NotSignedError(Exception):
    """The address was not given by this installation, or was altered."""


@dataclass(frozen=True)
class Ticket:
    """What an address opens: an object of evidence, and the reading under which it was opened. No names of people.

    What is kept sealed says under whose key; its hash is that of what is given out. What is of a camera of another
    system says of which: from its mark of secrecy on the address opens nothing.
    """

    reading_id: UUID
    name: str
    sha256: str
    media_type: str
    filename: str
    expires: int
    sealed_for: UUID | None = None
    camera_id: UUID | None = None

    def expired(self, now: datetime) -> bool:
        """Whether its minute is over."""
        return now.timestamp() >= self.expires


class SignedUrls:
    """Signs tickets and reads them back."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def sign(self, ticket: Ticket) -> str:
        """The last part of the address: the same ticket gives the same."""
        said = orjson.dumps(astuple(ticket))
        return base64.urlsafe_b64encode(self._signature(said) + said).decode().rstrip("=")

    def read(self, token: str) -> Ticket:
        """Read what an address opens.

        Raises:
            NotSignedError: it was altered, or never given.
        """
        try:
            said = self._checked(token)
        except ValueError:
            raise NotSignedError from None
        if said is None:
            raise NotSignedError
        reading_id, name, sha256, media_type, filename, expires, *others = orjson.loads(said)
        sealed_for, camera_id = (UUID(other) if other else None for other in others)
        return Ticket(
            UUID(reading_id), name, sha256, media_type, filename, expires, sealed_for, camera_id=camera_id
        )

    def _checked(self, token: str) -> bytes | None:
        """What was signed; None where it was not, and for the other ways to write the same in base64."""
        if len(token) > LONGEST:
            return None
        given = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        signature, said = given[:SIGNATURE], given[SIGNATURE:]
        right = hmac.compare_digest(signature, self._signature(said))
        return said if right and base64.urlsafe_b64encode(given).decode().rstrip("=") == token else None

    def _signature(self, said: bytes) -> bytes:
        return hmac.digest(self._secret, said, "sha256")
