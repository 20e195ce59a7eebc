"""What several composition roots build alike: the application and the rulebook of one installation."""

import os
import pwd
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from api.gateways import Gateways
from api.identity_provider import IdentityProvider
from api.urls import SignedUrls
from cli import settings
from cli.console import Stop, usage
from cli.up.endpoints import Endpoints
from domain.commands.application import CaseSystem
from domain.envelope import Envelope
from policies.rulebook import Rulebook, load
from store.keys import KeyFolder


def application(
    endpoints: Endpoints, *, role: str, pool: int = 2, overflow: int = 4, remembers: int = 0
) -> CaseSystem:
    """The application over an installation's database, under the role of its process.

    One that *remembers* finds so many aggregates again without looking: for a single act on many of them.

    Raises:
        Stop: the record has been kept under another regulation since its first event.
    """
    remembering = {
        "AGGREGATE_CACHE_MAXSIZE": str(remembers),
        "AGGREGATE_CACHE_FASTFORWARD": "n",
        "DEEPCOPY_FROM_AGGREGATE_CACHE": "n",
    }
    app = CaseSystem(
        env={
            **(remembering if remembers else {}),
            "DATABASE_URL": endpoints.database_url,
            "DATABASE_ROLE": role,
            "DATABASE_POOL_SIZE": str(pool),
            "DATABASE_POOL_OVERFLOW": str(overflow),
            "MINHCHUNG_KEYS": str(endpoints.keys),
        }
    )
    kept, said = _kept_under(app), profile()
    if kept not in {None, said}:
        app.close()
        raise Stop(
            f"MINHCHUNG_PROFILE: expected {kept}, by which this record has been kept from the first; got {said}"
        )
    return app


def _kept_under(app: CaseSystem) -> str | None:
    """The regulation under which the first event was recorded: what one says of an act is not said of another's."""
    for stored in app.recorder.select_notifications(start=None, limit=1):
        event: Any = app.mapper.to_domain_event(stored)
        return str(event.envelope.rulebook).partition("@")[0]
    return None


def signed_urls(endpoints: Endpoints) -> SignedUrls:
    """The addresses that open files, signed with a key of this installation."""
    return SignedUrls(KeyFolder(endpoints.keys).secret("evidence-urls"))


def gateways(said: settings.Settings, endpoints: Endpoints) -> Gateways:
    """The media gateway and the analytics engine; what they are known by lies in the folder of keys, as gateway.key."""
    keys = KeyFolder(endpoints.keys)
    return Gateways(
        media_url=said.gateway_url,
        analytics_url=said.analytics_url,
        key=keys.secret("camera-uses"),
        shared=keys.secret("gateway"),
    )


def identity_provider(given: settings.Settings) -> IdentityProvider | None:
    """The identity provider of this installation, if it has one; nothing is asked of it yet."""
    if given.oidc_issuer is None:
        return None
    file = given.oidc_client_secret_file
    secret = file.read_text(encoding="utf-8").strip() if file is not None and file.is_file() else ""
    missing = {
        "MINHCHUNG_OIDC_CLIENT_ID": given.oidc_client_id,
        "MINHCHUNG_OIDC_CLIENT_SECRET_FILE": secret,
    }
    for name, value in missing.items():
        if not value:
            usage(f"{name}: expected {settings.EXPECTED[name]}")
    return IdentityProvider(given.oidc_issuer, given.oidc_client_id or "", secret)


def operator() -> str:
    """Whoever is at the machine, as the kernel knows them: LOGNAME may say anything."""
    try:
        return f"operator:{pwd.getpwuid(os.getuid()).pw_name}"
    except KeyError:
        return f"operator:{os.getuid()}"


def at_the_machine(*, by: str | None = None, reason: str | None = None) -> Envelope:
    """The circumstances of an act here and now, of the operator unless it is a process's own."""
    return Envelope(
        by=by or operator(),
        unit_id=None,
        took_place_at=datetime.now(UTC),
        rulebook=rulebook().version,
        correlation_id=uuid4(),
        reason=reason,
    )


def rulebook() -> Rulebook:
    """The rulebook of this installation."""
    return load(profile())


def profile() -> str:
    """The regulation of this installation, which is the jurisdiction in its subjects."""
    return settings.load().profile
