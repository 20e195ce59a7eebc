"""What is sent in place of a token: by those who know how tokens go wrong, and by those who stole something else."""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any

Headers = list[tuple[str, str]]


@dataclass(frozen=True)
class Loot:
    """What somebody may have got hold of."""

    token: str
    name: str
    password: str
    session_id: str
    account_id: str
    device: str
    ticket: str
    another_installations: str
    expired: str
    signed_out: str


def jwt(header: dict[str, Any], claims: dict[str, Any] | None = None, key: bytes | None = b"secret") -> str:
    """A JSON Web Token: this system has none, and trusts nothing that a token says of itself."""
    said = ".".join(
        _part(json.dumps(part).encode()) for part in (header, claims or {"sub": "centre.approve"})
    )
    return f"{said}.{_part(hmac.digest(key, said.encode(), 'sha256')) if key is not None else ''}"


def _part(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def tokens(loot: Loot) -> dict[str, str]:
    """What is sent as Bearer, by what it is."""
    token = loot.token
    digest = hashlib.sha256(token.encode())
    hs = {"alg": "HS256", "typ": "JWT"}
    admin = {"sub": loot.account_id, "role": "ADMINISTRATOR"}
    return {
        # tokens that would say themselves who they are
        "alg none": jwt({"alg": "none"}, admin, None),
        "alg nOnE": jwt({"alg": "nOnE"}, admin, None),
        "alg swapped to the public key": jwt(hs, admin, b"-----BEGIN PUBLIC KEY-----\n"),
        "signed with what the database holds": jwt(hs, admin, digest.digest()),
        "signed with nothing": jwt(hs, admin, b""),
        "kid that climbs": jwt(hs | {"kid": "../../../../dev/null"}, admin, b""),
        "kid that asks the database": jwt(hs | {"kid": "x' UNION SELECT 'secret"}, admin),
        "jku": jwt(hs | {"jku": "https://keys.example/jwks.json"}, admin),
        "x5u": jwt(hs | {"x5u": "https://keys.example/x.pem"}, admin),
        "jwk inside": jwt(hs | {"jwk": {"kty": "oct", "k": "c2VjcmV0"}}, admin),
        "unknown crit": jwt(hs | {"crit": ["exp"], "b64": False}, admin),
        "no longer valid": jwt(hs, admin | {"exp": 1}),
        "not yet valid": jwt(hs, admin | {"nbf": 4_000_000_000}),
        "for somebody else": jwt(hs, admin | {"aud": "another", "iss": "another"}),
        "refresh as access": jwt(hs | {"typ": "rt+jwt"}, admin),
        "session as a claim": jwt(hs, admin | {"sid": loot.session_id, "token": token}),
        # the token, touched
        "cut in front": token[1:],
        "cut at the end": token[:-1],
        "longer": token + "A",
        "last letter": token[:-1] + ("A" if token[-1] != "A" else "B"),
        "other case": token.swapcase(),
        "backwards": token[::-1],
        "twice": token + token,
        "twice, apart": f"{token} {token}",
        "listed": f"{token}, {token}",
        "quoted": f'"{token}"',
        "percent": "".join(f"%{ord(c):02X}" for c in token),
        "base64": base64.b64encode(token.encode()).decode(),
        "padded": token + "=",
        "tab": f"\t{token}",
        "wide space": f"\u00a0{token}",
        "null byte": token + "\0",
        "null byte in front": "\0" + token,
        "line": f"{token}\r\nx: y",
        "parameter": f"{token};a=b",
        # what else one may have
        "its hash": digest.hexdigest(),
        "its hash in base64": _part(digest.digest()),
        "the session's id": loot.session_id,
        "the account's id": loot.account_id,
        "the name": loot.name,
        "the password": loot.password,
        "a device": loot.device,
        "an address of a file": loot.ticket,
        "of another installation": loot.another_installations,
        "of a session that ran out": loot.expired,
        "of a session that was closed": loot.signed_out,
        # guesses
        "nothing": "",
        "null": "null",
        "undefined": "undefined",
        "zeros": "0" * 43,
        "a pattern": "%" * 43,
        "SQL": "' OR '1'='1",
        "long": "A" * 8_000,
        "Vietnamese": "mã thông hành".encode().decode("latin-1"),
    }


def elsewhere(loot: Loot) -> dict[str, Headers]:
    """The right token in the wrong place, or twice: headers, by what is wrong with them."""
    token = loot.token
    basic = base64.b64encode(f"{loot.name}:{loot.password}".encode()).decode()
    right = ("authorization", f"Bearer {token}")
    return {
        "Basic": [("authorization", f"Basic {basic}")],
        "Basic with the token": [("authorization", f"Basic {token}")],
        "Token": [("authorization", f"Token {token}")],
        "Digest": [("authorization", f'Digest username="{loot.name}", response="{token}"')],
        "no scheme": [("authorization", token)],
        "no space": [("authorization", f"Bearer{token}")],
        "colon": [("authorization", f"Bearer:{token}")],
        "scheme twice": [("authorization", f"Bearer Bearer {token}")],
        "scheme of another script": [("authorization", f"Bear\u00e9r {token}")],
        "two headers, one right": [("authorization", "Bearer x"), right],
        "two headers, the first right": [right, ("authorization", "Bearer x")],
        "two headers, both right": [right, right],
        "another header": [("x-authorization", f"Bearer {token}"), ("x-access-token", token)],
        "proxy": [("proxy-authorization", f"Bearer {token}")],
        "cookie": [("cookie", f"token={token}; session={token}; authorization=Bearer {token}")],
    }
