"""The media gateway and the analytics engine of the installation: where they are, and how a use is told to them.

What is given out is an address with a token: the id of a use, signed. It names nobody and says nothing; whoever is
shown it asks this installation what it stands for, and whether it still does.
"""

import base64
import hmac
import secrets
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote
from uuid import UUID

from domain.camera.uses import UseKind
from domain.errors import WrongState

SIGNATURE: Final = 32
TOKEN: Final = 64
"""How long a token is: signature and id, in base64."""


@dataclass(frozen=True)
class Gateways:
    """Their addresses, the key that signs tokens, and the secret by which they are known here."""

    media_url: str | None = None
    analytics_url: str | None = None
    key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    shared: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)

    def check_media(self) -> str:
        """Where the media gateway is.

        Raises:
            WrongState: none is configured.
        """
        return self._configured(
            self.media_url, "MINHCHUNG_GATEWAY_URL", "máy chủ luồng hình", "media gateway"
        )

    def check_analytics(self) -> str:
        """Where the analytics engine is.

        Raises:
            WrongState: none is configured.
        """
        return self._configured(
            self.analytics_url, "MINHCHUNG_ANALYTICS_URL", "máy chủ phân tích hình ảnh", "analytics engine"
        )

    def watch(self, use_id: UUID, code: str) -> str:
        """The address at which a camera is watched under a use."""
        return f"{self.check_media()}/{quote(code, safe='')}?token={self.token(use_id)}"

    def analyse(self, use_id: UUID, kind: UseKind) -> str:
        """The address at which the engine takes up a use."""
        return f"{self.check_analytics()}/{kind.value.lower()}?token={self.token(use_id)}"

    def token(self, use_id: UUID) -> str:
        """A use as it is told outside: the same use gives the same."""
        return base64.urlsafe_b64encode(self._signature(use_id) + use_id.bytes).decode()

    def read(self, token: str) -> UUID | None:
        """The use that a token stands for; None where this installation did not sign it."""
        try:
            given = base64.b64decode(token, altchars=b"-_", validate=True) if len(token) == TOKEN else b""
        except ValueError:
            return None
        if len(given) != SIGNATURE + 16:
            return None
        use_id = UUID(bytes=given[SIGNATURE:])
        return use_id if hmac.compare_digest(given[:SIGNATURE], self._signature(use_id)) else None

    def knows(self, secret: str) -> bool:
        """Whether somebody who asks is the gateway or the engine: they have the secret, in hexadecimal."""
        return hmac.compare_digest(secret.encode(), self.shared.hex().encode())

    def _signature(self, use_id: UUID) -> bytes:
        return hmac.digest(self.key, b"camera-use:" + use_id.bytes, "sha256")

    @staticmethod
    def _configured(url: str | None, variable: str, vi: str, en: str) -> str:
        if url is None:
            raise WrongState(
                f"Chưa cấu hình {vi}: đặt biến {variable} rồi khởi động lại",
                f"No {en} is configured: set {variable} and start again",
                retryable=True,
            )
        return url.rstrip("/")
