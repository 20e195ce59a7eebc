"""What the environment says, read once in the composition root of each process."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from cli.console import usage
from cli.up import endpoints
from cli.up.endpoints import Endpoints

EXPECTED = {
    "MINHCHUNG_DATA": "a folder for the embedded servers and the evidence",
    "MINHCHUNG_PORT": "a port from 1 to 65535 (also --port)",
    "DATABASE_URL": "postgresql://USER:PASSWORD@HOST:PORT/DATABASE, or another form libpq reads",
    "NATS_URL": "nats://TOKEN@HOST:PORT or tls://…, several separated by commas",
    "EVIDENCE_URL": "file:///FOLDER or s3://BUCKET/PREFIX",
    "MINHCHUNG_KEYS": "a folder for the signing and encryption keys",
    "MINHCHUNG_GATEWAY_URL": "http://, https://, rtsp:// or rtsps://HOST, without a password, of the media gateway",
    "MINHCHUNG_ANALYTICS_URL": "http:// or https://HOST, without a password, of the analytics engine",
    "MINHCHUNG_TOKEN": "the token of a session, for what a person does at the machine in their own name",
    "MINHCHUNG_OIDC_ISSUER": "the https:// address of an identity provider, as it names itself",
    "MINHCHUNG_OIDC_CLIENT_ID": "the name of this installation at the identity provider",
    "MINHCHUNG_OIDC_CLIENT_SECRET_FILE": "a file that holds its secret there, and nothing else",
    "MINHCHUNG_TRUSTED_PROXY": "addresses of proxies whose X-Forwarded-For is believed, separated by commas",
    "MINHCHUNG_PROFILE": "the regulation of this installation: dong-hoi, quang-tri, dien-bien or yen-bai",
}
NATS_SCHEMES = {"nats", "tls", "ws", "wss"}


def _database(value: SecretStr) -> SecretStr:
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    try:
        ports = str(conninfo_to_dict(value.get_secret_value()).get("port") or "")
    except ProgrammingError:
        raise ValueError from None
    if not all(port.isdecimal() for port in ports.split(",") if port):
        raise ValueError
    return value


def _nats(value: SecretStr) -> SecretStr:
    for one in value.get_secret_value().split(","):
        parts = urlsplit(one.strip())
        # reading the port checks it
        if parts.scheme not in NATS_SCHEMES or not parts.hostname or parts.port == 0:
            raise ValueError
    return value


def _evidence(value: SecretStr) -> SecretStr:
    parts = urlsplit(value.get_secret_value())
    is_folder = parts.scheme == "file" and not parts.netloc and parts.path.startswith("/")
    if not is_folder and not (parts.scheme == "s3" and parts.hostname):
        raise ValueError
    return value


def _served(*schemes: str) -> Callable[[str], str]:
    """An address others are sent to: a token is added to it, so it has none of its own."""

    def check(value: str) -> str:
        parts = urlsplit(value)
        # reading the port checks it
        plain = not (parts.username or parts.password or parts.query or parts.fragment) and parts.port != 0
        if parts.scheme not in schemes or not parts.hostname or not plain:
            raise ValueError
        return value

    return check


def _issuer(value: str) -> str:
    from api.identity_provider import is_safe

    if not is_safe(value) or urlsplit(value).query or urlsplit(value).fragment:
        raise ValueError
    return value


def _proxies(value: str) -> tuple[str, ...]:
    """Addresses one by one: a whole network, or everybody, would let a client name itself as it likes."""
    return tuple(str(ip_address(one.strip())) for one in value.split(","))


class Settings(BaseSettings):
    """The variables of one installation; a URL that is unset means the embedded server."""

    model_config = SettingsConfigDict(
        frozen=True, env_ignore_empty=True, case_sensitive=True, extra="ignore", hide_input_in_errors=True
    )

    data: Path = Field(Path("var"), validation_alias="MINHCHUNG_DATA")
    port: int = Field(8000, ge=1, le=65535, validation_alias="MINHCHUNG_PORT")
    database_url: Annotated[SecretStr, AfterValidator(_database)] | None = Field(
        None, validation_alias="DATABASE_URL"
    )
    nats_url: Annotated[SecretStr, AfterValidator(_nats)] | None = Field(None, validation_alias="NATS_URL")
    evidence_url: Annotated[SecretStr, AfterValidator(_evidence)] | None = Field(
        None, validation_alias="EVIDENCE_URL"
    )
    keys: Path | None = Field(None, validation_alias="MINHCHUNG_KEYS")
    gateway_url: Annotated[str, AfterValidator(_served("http", "https", "rtsp", "rtsps"))] | None = Field(
        None, validation_alias="MINHCHUNG_GATEWAY_URL"
    )
    analytics_url: Annotated[str, AfterValidator(_served("http", "https"))] | None = Field(
        None, validation_alias="MINHCHUNG_ANALYTICS_URL"
    )
    session: SecretStr | None = Field(None, validation_alias="MINHCHUNG_TOKEN")
    oidc_issuer: Annotated[str, AfterValidator(_issuer)] | None = Field(
        None, validation_alias="MINHCHUNG_OIDC_ISSUER"
    )
    oidc_client_id: str | None = Field(None, validation_alias="MINHCHUNG_OIDC_CLIENT_ID")
    oidc_client_secret_file: Path | None = Field(None, validation_alias="MINHCHUNG_OIDC_CLIENT_SECRET_FILE")
    trusted_proxies: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_proxies)] = Field(
        (), validate_default=False, validation_alias="MINHCHUNG_TRUSTED_PROXY"
    )
    profile: Literal["dong-hoi", "quang-tri", "dien-bien", "yen-bai"] = Field(
        "dong-hoi", validation_alias="MINHCHUNG_PROFILE"
    )


def load(overrides: Mapping[str, Any] | None = None) -> Settings:
    """Read the environment; *overrides*, by name of the variable, come from options and win where not None."""
    given = {name: value for name, value in (overrides or {}).items() if value is not None}
    try:
        return Settings(**given)
    except ValidationError as error:
        # not the library's text: it may quote what was given, and with it a password
        name = str(error.errors(include_input=False)[0]["loc"][0])
        usage(f"{name}: expected {EXPECTED[name]}")


def resolve(settings: Settings, *, database: bool = True, nats: bool = True) -> Endpoints:
    """Return the servers to use: those that were given, and the running embedded ones for the rest.

    A process that needs no *database* or no *nats* gets an empty address where none was given.
    """
    given = {
        "database_url": settings.database_url,
        "nats_url": settings.nats_url,
        "evidence_url": settings.evidence_url,
    }
    needed = (database and not given["database_url"]) or (nats and not given["nats_url"])
    embedded = endpoints.read(settings.data) if needed else None
    keys = settings.keys or (embedded.keys if embedded else settings.data / "keys")
    found = embedded or Endpoints(
        database_url="", nats_url="", evidence_url=endpoints.evidence_in(settings.data), keys=keys
    )
    urls = {name: url.get_secret_value() for name, url in given.items() if url}
    return replace(found, **urls, keys=keys.absolute())
