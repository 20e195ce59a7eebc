"""A small identity provider of the tests: a real server with a real key, which says what a test lets it say."""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

CLIENT: Final = "minhchung-test"
SECRET: Final = "bí mật của máy khách"
KID: Final = "key-1"
KEY: Final = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_KEY: Final = rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class Provider:
    """What it was asked, and how what it says is made."""

    issuer: str = ""
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    subject: str = "nguyen.van.mau"
    claims: dict[str, Any] = field(default_factory=dict)
    """What the token says otherwise; None leaves a claim out."""
    signs: Callable[[dict[str, Any]], str] = field(
        default=lambda claims: jwt.encode(claims, KEY, "RS256", headers={"kid": KID})
    )
    once: bool = True
    """Whether a code is taken once, as it should be."""
    discovers: dict[str, Any] = field(default_factory=dict)

    def goes_through(self, address: str) -> tuple[str, str]:
        """What somebody comes back with whom it was sent: the code and the state."""
        said = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert said["client_id"] == CLIENT
        assert (said["response_type"], said["scope"]) == ("code", "openid")
        assert said["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self.codes[code] = said
        return code, said["state"]

    def discovery(self) -> dict[str, Any]:
        """What it says of itself."""
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
        } | self.discovers

    def token(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        """Exchange a code; as RFC 6749 and RFC 7636 have it."""
        name, _, secret = base64.b64decode(authorization.removeprefix("Basic ")).decode().partition(":")
        known = parse_qs(f"n={name}&s={secret}")
        begun = self.codes.pop(form["code"], None) if self.once else self.codes.get(form["code"])
        if begun is None or (known["n"], known["s"]) != ([CLIENT], [SECRET]):
            return 400, {"error": "invalid_grant"}
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != begun["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        assert form["redirect_uri"] == begun["redirect_uri"]
        return 200, {"token_type": "Bearer", "id_token": self.signs(self._claims(begun))}

    def _claims(self, begun: dict[str, str]) -> dict[str, Any]:
        now = int(time.time())
        said = {
            "iss": self.issuer,
            "sub": self.subject,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": begun["nonce"],
        } | self.claims
        return {name: value for name, value in said.items() if value is not None}


def jwks() -> dict[str, Any]:
    """Its public key."""
    key = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))
    return {"keys": [key | {"kid": KID, "use": "sig", "alg": "RS256"}]}


def public_pem() -> bytes:
    """Its public key, as a forger might use it for a shared secret."""
    return KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


@contextmanager
def provider() -> Iterator[Provider]:
    """Serve one on a port of this machine."""
    made = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.asked.append(self.path)
            known = {"/.well-known/openid-configuration": made.discovery, "/jwks": jwks}
            self._say(200, known[self.path]()) if self.path in known else self._say(404, {})

        def do_POST(self) -> None:
            made.asked.append(self.path)
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self._say(*made.token(form, self.headers["authorization"]))

        def _say(self, status: int, said: dict[str, Any]) -> None:
            body = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Say nothing on stderr."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


# -- what is only said to come from it ---------------------------------------------


def unsigned(claims: dict[str, Any]) -> str:
    """A token that says that nobody signed it."""
    return jwt.encode(claims, "", "none", headers={"kid": KID})


def by_a_shared_secret(claims: dict[str, Any]) -> str:
    """A token signed with the public key as if it were a secret; the library would not, so it is done by hand."""

    def part(said: bytes) -> str:
        return base64.urlsafe_b64encode(said).rstrip(b"=").decode()

    head = {"alg": "HS256", "typ": "JWT", "kid": KID}
    signed = f"{part(json.dumps(head).encode())}.{part(json.dumps(claims).encode())}"
    mac = HMAC(public_pem(), SHA256())
    mac.update(signed.encode())
    return f"{signed}.{part(mac.finalize())}"


def by_another_key(claims: dict[str, Any]) -> str:
    """A token signed by a key that is not the provider's, under the name of one that is."""
    return jwt.encode(claims, OTHER_KEY, "RS256", headers={"kid": KID})


def of_an_unknown_key(claims: dict[str, Any]) -> str:
    """A token signed by a key that nobody knows."""
    return jwt.encode(claims, OTHER_KEY, "RS256", headers={"kid": "key-2"})


def altered(claims: dict[str, Any]) -> str:
    """A token whose words were changed after it was signed."""
    head, _, mac = jwt.encode(claims, KEY, "RS256", headers={"kid": KID}).split(".")
    said = base64.urlsafe_b64encode(json.dumps(claims | {"sub": "boss"}).encode()).rstrip(b"=").decode()
    return f"{head}.{said}.{mac}"


FORGERIES: Final = (unsigned, by_a_shared_secret, by_another_key, of_an_unknown_key, altered)
"""Every way to make a token that the provider did not sign."""
