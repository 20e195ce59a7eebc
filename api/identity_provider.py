"""An identity provider beside our own passwords: OpenID Connect, authorisation code with PKCE, state and nonce.

Nothing is asked of it before somebody wants to sign in through it. What it says is believed when it is signed by one
of its keys, for this client, by the issuer that was configured, now, and for the nonce of this very sign-in; the
library verifies the signature, issuer, audience and times.

All that one sign-in has to remember is one secret in the browser that began it: state, nonce and verifier are made
of it, so nothing is kept here of people who never come back.
"""

import base64
import hashlib
import hmac
import json
import logging
import secrets
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from http.client import HTTPException
from threading import Lock
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import jwt

logger = logging.getLogger(__name__)

ALGORITHMS: Final = ("RS256", "PS256", "ES256", "EdDSA")
"""Signatures by a key that only the provider has: neither none, nor one by a secret that others share."""
REQUIRED: Final = ("iss", "sub", "aud", "exp", "iat")
PATIENCE_S: Final = 5.0
LEEWAY_S: Final = 30
LONGEST: Final = 64 * 1024
HERE: Final = {"127.0.0.1", "::1", "localhost"}


class ProviderAwayError(Exception):
    """The identity provider cannot be reached, or does not answer as one."""


class NotVerifiedError(Exception):
    """What the identity provider is said to have said is not to be believed."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Follow none: a secret is sent to the address that was asked for, and nowhere else."""


@dataclass(frozen=True)
class Begun:
    """One sign-in: the secret stays in the browser, all else is made of it."""

    secret: str

    @classmethod
    def draw(cls) -> "Begun":
        """Begin another."""
        return cls(secrets.token_urlsafe(48))

    @property
    def state(self) -> str:
        """What the provider sends back with whoever began it."""
        return self._of("state")

    @property
    def nonce(self) -> str:
        """What the provider signs."""
        return self._of("nonce")

    @property
    def verifier(self) -> str:
        """What is shown with the code, and known to nobody who only saw the code."""
        return self._of("verifier")

    @property
    def challenge(self) -> str:
        """What of the verifier is told beforehand (RFC 7636, S256)."""
        return _text(hashlib.sha256(self.verifier.encode()).digest())

    def is_mine(self, state: str) -> bool:
        """Whether a state belongs to the browser with this secret."""
        return hmac.compare_digest(self.state.encode(), state.encode())

    def _of(self, what: str) -> str:
        return _text(hmac.digest(self.secret.encode(), what.encode(), "sha256"))


@dataclass
class IdentityProvider:
    """A provider that was configured: who it is, and who we are to it."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    _found: dict[str, Any] | None = field(default=None, repr=False)
    _keys: jwt.PyJWKClient | None = field(default=None, repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)
    _opener: Any = field(default_factory=lambda: urllib.request.build_opener(_NoRedirect), repr=False)

    def address(self, begun: Begun, redirect_uri: str) -> str:
        """Where somebody is sent to sign in.

        Raises:
            ProviderAwayError: it cannot be found out where that is.
        """
        asked = {
            "response_type": "code",
            "scope": "openid",
            "client_id": self.client_id,
            "redirect_uri": redirect_uri,
            "state": begun.state,
            "nonce": begun.nonce,
            "code_challenge": begun.challenge,
            "code_challenge_method": "S256",
        }
        at = self._endpoint("authorization_endpoint")
        return f"{at}{'&' if urlsplit(at).query else '?'}{urlencode(asked)}"

    def subject(self, begun: Begun, code: str, redirect_uri: str) -> str:
        """Who came back with a code.

        Raises:
            ProviderAwayError: the provider cannot be asked.
            NotVerifiedError: it does not know the code, or what it says is not to be believed.
        """
        asked = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": begun.verifier,
        }
        headers = {"content-type": "application/x-www-form-urlencoded"}
        methods = self._discovered().get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        if "client_secret_basic" in methods:
            both = urlencode({"": self.client_id})[1:], urlencode({"": self.client_secret})[1:]
            headers["authorization"] = "Basic " + base64.b64encode(":".join(both).encode()).decode()
        else:
            asked |= {"client_id": self.client_id, "client_secret": self.client_secret}
        said = self._asked(self._endpoint("token_endpoint"), urlencode(asked).encode(), headers)
        token = said.get("id_token")
        if not isinstance(token, str):
            raise NotVerifiedError("no id_token")
        return self._verified(token, begun)

    def _verified(self, token: str, begun: Begun) -> str:
        try:
            key = self._signing_keys().get_signing_key_from_jwt(token)
            said = jwt.decode(
                token,
                key.key,
                algorithms=list(ALGORITHMS),
                audience=self.client_id,
                issuer=self.issuer,
                leeway=LEEWAY_S,
                options={"require": list(REQUIRED)},
            )
        except jwt.PyJWKClientConnectionError as error:
            raise ProviderAwayError("its keys cannot be read") from error
        except (jwt.PyJWTError, ValueError) as error:
            raise NotVerifiedError(type(error).__name__) from error
        if said.get("azp", self.client_id) != self.client_id:
            raise NotVerifiedError("azp")
        nonce = said.get("nonce")
        if not isinstance(nonce, str) or not hmac.compare_digest(nonce.encode(), begun.nonce.encode()):
            raise NotVerifiedError("nonce")
        return str(said["sub"])

    # -- what the provider says of itself -------------------------------------------

    def _discovered(self) -> dict[str, Any]:
        with self._lock:
            if self._found is None:
                found = self._asked(f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
                if found.get("issuer") != self.issuer:
                    raise ProviderAwayError("it says that it is another issuer")
                self._found = found
            return self._found

    def _endpoint(self, name: str) -> str:
        at = self._discovered().get(name)
        if not isinstance(at, str) or not is_safe(at):
            raise ProviderAwayError(f"its {name} is no https address")
        return at

    def _signing_keys(self) -> jwt.PyJWKClient:
        at = self._endpoint("jwks_uri")
        with self._lock:
            if self._keys is None:
                self._keys = jwt.PyJWKClient(at, timeout=PATIENCE_S, lifespan=300)
            return self._keys

    def _asked(
        self, at: str, data: bytes | None = None, headers: dict[str, str] | None = None
    ) -> dict[str, Any]:
        request = urllib.request.Request(at, data, {"accept": "application/json", **(headers or {})})  # noqa: S310 — is_safe
        try:
            with self._opener.open(request, timeout=PATIENCE_S) as answer:
                said = json.loads(answer.read(LONGEST))
        except urllib.error.HTTPError as error:
            with error:
                if data is not None and error.code in {400, 401}:
                    raise NotVerifiedError(f"the code was refused ({error.code})") from None
                raise ProviderAwayError(f"it answered {error.code}") from None
        except (OSError, HTTPException, ValueError) as error:
            raise ProviderAwayError(type(error).__name__) from None
        if not isinstance(said, dict):
            raise ProviderAwayError("it does not answer with an object")
        return said


def is_safe(address: str) -> bool:
    """Whether an address is https, or of this very machine."""
    parts = urlsplit(address)
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in HERE)
    )


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
