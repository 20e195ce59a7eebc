"""Where the servers of an installation are, and the record of the embedded ones."""

import os
import socket
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from cli.console import Stop
from cli.up.files import read_secret, write_secret

PATIENCE_S = 2.0


@dataclass(frozen=True)
class Endpoints:
    """What every process needs to find; the addresses hold secrets and are not shown."""

    database_url: str = field(repr=False)
    nats_url: str = field(repr=False)
    evidence_url: str = field(repr=False)
    keys: Path


def path_of(data: Path) -> Path:
    """Return the record of a data folder."""
    return data.absolute() / "endpoints.json"


def evidence_in(data: Path) -> str:
    """Return the address of the evidence kept in a data folder."""
    return (data.absolute() / "evidence").as_uri()


def write(data: Path, endpoints: Endpoints, *, url: str) -> None:
    """Record the running installation for the other subcommands; its owner alone may read it."""
    write_secret(
        path_of(data),
        {
            "database_url": endpoints.database_url,
            "nats_url": endpoints.nats_url,
            "evidence_url": endpoints.evidence_url,
            "keys": str(endpoints.keys),
            "url": url,
            "pid": os.getpid(),
        },
    )


def read(data: Path) -> Endpoints:
    """Return the running installation of a data folder."""
    record = read_secret(path_of(data))
    try:
        found = Endpoints(
            database_url=record["database_url"],
            nats_url=record["nats_url"],
            evidence_url=record["evidence_url"],
            keys=Path(record["keys"]),
        )
        _knock(found.database_url)
        _knock(found.nats_url)
    except (KeyError, OSError):
        raise Stop(
            f"embedded servers are not running in {data}:"
            " start `minhchung up`, or set DATABASE_URL, NATS_URL and EVIDENCE_URL"
        ) from None
    return found


def _knock(url: str) -> None:
    """Connect to an embedded server; one elsewhere is left to the client that knows its protocol."""
    parts = urlsplit(url)
    if parts.scheme == "postgresql" and (folder := parse_qs(parts.query).get("host", [""])[0]).startswith(
        "/"
    ):
        with closing(socket.socket(socket.AF_UNIX)) as conn:
            conn.settimeout(PATIENCE_S)
            conn.connect(f"{folder}/.s.PGSQL.5432")
    elif parts.hostname == "127.0.0.1" and parts.port:
        socket.create_connection((parts.hostname, parts.port), PATIENCE_S).close()
