"""SOAP 1.2 as ONVIF devices speak it: envelopes, the WS-UsernameToken, answers and faults.

Only what moving a camera needs; why not a library, ADR 32 says.
"""

import base64
import hashlib
import re
import secrets
from datetime import UTC, datetime
from typing import Final
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

ENVELOPE: Final = "http://www.w3.org/2003/05/soap-envelope"
DEVICE: Final = "http://www.onvif.org/ver10/device/wsdl"
MEDIA: Final = "http://www.onvif.org/ver10/media/wsdl"
PTZ: Final = "http://www.onvif.org/ver20/ptz/wsdl"
SCHEMA: Final = "http://www.onvif.org/ver10/schema"
WSS: Final = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-"
WSSE: Final = f"{WSS}wssecurity-secext-1.0.xsd"
WSU: Final = f"{WSS}wssecurity-utility-1.0.xsd"
DIGEST: Final = f"{WSS}username-token-profile-1.0#PasswordDigest"
BASE64: Final = f"{WSS}soap-message-security-1.0#Base64Binary"

WORD: Final = re.compile(r"[A-Za-z0-9_]{1,40}")


class MalformedError(Exception):
    """What came back is no SOAP envelope."""


class FaultError(Exception):
    """The device refused; its innermost code, such as `NotAuthorized`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def envelope(body: str, *, security: str = "") -> bytes:
    """A request."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="{ENVELOPE}">'
        f"<s:Header>{security}</s:Header><s:Body>{body}</s:Body></s:Envelope>"
    ).encode()


def username_token(username: str, password: str, now: datetime) -> str:
    """Who asks: a digest of the password that is good once, by the clock of the device."""
    nonce = secrets.token_bytes(16)
    created = now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    said = nonce + created.encode() + password.encode()
    digest = base64.b64encode(hashlib.sha1(said).digest()).decode()  # noqa: S324 — as WS-UsernameToken has it
    return (
        f'<w:Security xmlns:w="{WSSE}" s:mustUnderstand="1"><w:UsernameToken>'
        f"<w:Username>{escape(username)}</w:Username>"
        f'<w:Password Type="{DIGEST}">{digest}</w:Password>'
        f'<w:Nonce EncodingType="{BASE64}">{base64.b64encode(nonce).decode()}</w:Nonce>'
        f'<u:Created xmlns:u="{WSU}">{created}</u:Created>'
        "</w:UsernameToken></w:Security>"
    )


def answer(data: bytes, expected: str) -> ET.Element:
    """The element that answers a request.

    Raises:
        FaultError: the device refused.
        MalformedError: it is not the answer that was expected.
    """
    body = _parsed(data).find(f"{{{ENVELOPE}}}Body")
    if body is None:
        raise MalformedError
    fault = body.find(f"{{{ENVELOPE}}}Fault")
    if fault is not None:
        raise FaultError(_innermost(fault))
    found = body.find(expected)
    if found is None:
        raise MalformedError
    return found


def _parsed(data: bytes) -> ET.Element:
    """Read XML that declares nothing: without a DTD there are no entities, and nothing outside is fetched."""
    try:
        text = data.decode("utf-8-sig")
        if "<!DOCTYPE" in text or "<!ENTITY" in text:
            raise MalformedError
        root = ET.fromstring(text)  # noqa: S314 — text, so of no other encoding, and without a DTD
    except (UnicodeDecodeError, ET.ParseError, ValueError):
        raise MalformedError from None
    if root.tag != f"{{{ENVELOPE}}}Envelope":
        raise MalformedError
    return root


def _innermost(fault: ET.Element) -> str:
    values = [value.text or "" for value in fault.iter(f"{{{ENVELOPE}}}Value")]
    word = values[-1].strip().rpartition(":")[2] if values else ""
    return word if WORD.fullmatch(word) else "FAULT"
