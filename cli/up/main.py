"""The composition root of `minhchung up`."""

import importlib
import logging
import os
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path

import orjson
from rich.console import Console
from rich.table import Table

import cli
from cli.console import Stop
from cli.migrate import migrate
from cli.settings import Settings
from cli.up import endpoints as record
from cli.up import lease
from cli.up.endpoints import Endpoints
from cli.up.files import folder
from cli.up.nats import HOST, Nats, is_free
from cli.up.postgres import Postgres
from cli.up.supervisor import Backoff, ProcessSpec, Supervisor

logger = logging.getLogger(__name__)

PROCESSES = ("serve", "project", "intake", "outbox", "schedule", "links")
DEMO_PROFILE = "dong-hoi"
"""The regulation of the jurisdiction that the demo invents."""
DEMO_CAMERA = "DH-NT-01"
PAST_OTHERS = 0o711
"""As root: an unprivileged account passes through the data folder to its database, and sees nothing else."""

Accounts = list[dict[str, str]]


def run(
    settings: Settings,
    *,
    demo: bool,
    as_json: bool,
    processes: Sequence[ProcessSpec] | None = None,
    backoff: Backoff | None = None,
) -> None:
    """Run the installation until somebody stops it; *processes* stand in for ours in tests."""
    os.umask(0o077)
    data = folder(settings.data.absolute(), PAST_OTHERS if os.geteuid() == 0 else 0o700)
    refusal = f"another `minhchung up` runs on {data}: stop it, or choose another --data (MINHCHUNG_DATA)"
    with lease.only_one(data / "up.lock", refusal), Supervisor(data, backoff=backoff) as supervisor:
        try:
            _run(settings, data, supervisor, demo=demo, as_json=as_json, processes=processes)
        finally:
            record.path_of(data).unlink(missing_ok=True)


def _run(
    settings: Settings,
    data: Path,
    supervisor: Supervisor,
    *,
    demo: bool,
    as_json: bool,
    processes: Sequence[ProcessSpec] | None,
) -> None:
    # what a killed run has left would hold the port
    for name in PROCESSES:
        os.close(lease.take_over(folder(data / "run") / f"{name}.lock", ending=15))
    if not is_free(settings.port):
        raise Stop(f"port {settings.port} of {HOST} is in use: choose another with MINHCHUNG_PORT or --port")
    demo = demo and settings.profile == DEMO_PROFILE
    url = f"http://{HOST}:{settings.port}"
    found = _start_servers(settings, data, supervisor)
    for name in migrate(found.database_url):
        logger.info("applied %s", name)
    accounts = _load_demo(found) if demo else []
    nobody = _is_empty(found)
    if accounts and not as_json:
        _show(accounts)
    record.write(data, found, url=url)
    environment = _environment(found, settings, data)
    for spec in processes if processes is not None else [_own(name, [name]) for name in PROCESSES]:
        supervisor.start(ProcessSpec(spec.name, spec.argv, spec.restart, {**environment, **spec.env}))
    supervisor.watch(until=_ready(url))
    _say_ready(url, accounts, nobody=nobody, as_json=as_json)
    if demo and (detection := demo_detection(found)):
        supervisor.start(ProcessSpec(detection.name, detection.argv, detection.restart, environment))
    supervisor.watch()


def _start_servers(settings: Settings, data: Path, supervisor: Supervisor) -> Endpoints:
    """Start what no URL was given for."""
    if settings.database_url:
        database_url = settings.database_url.get_secret_value()
    else:
        postgres = Postgres(data)
        supervisor.start_server(postgres)
        database_url = postgres.url
    if settings.nats_url:
        nats_url = settings.nats_url.get_secret_value()
    else:
        nats = Nats(data)
        supervisor.start_server(nats)
        nats_url = nats.url
    if settings.evidence_url:
        evidence_url = settings.evidence_url.get_secret_value()
    else:
        folder(data / "evidence")
        evidence_url = record.evidence_in(data)
    keys = folder((settings.keys or data / "keys").absolute())
    return Endpoints(database_url=database_url, nats_url=nats_url, evidence_url=evidence_url, keys=keys)


def _environment(found: Endpoints, settings: Settings, data: Path) -> dict[str, str]:
    """Return what each process reads of its installation."""
    above = str(Path(cli.__file__).parents[1])
    path = os.environ.get("PYTHONPATH")
    return {
        "DATABASE_URL": found.database_url,
        "NATS_URL": found.nats_url,
        "EVIDENCE_URL": found.evidence_url,
        "MINHCHUNG_KEYS": str(found.keys),
        "MINHCHUNG_DATA": str(data),
        "MINHCHUNG_PORT": str(settings.port),
        "PYTHONPATH": os.pathsep.join([above, path] if path else [above]),
        "PYTHONSAFEPATH": "1",  # a folder named cli where `up` was started is not ours
        "PYTHONUNBUFFERED": "1",
    }


def _own(name: str, arguments: Sequence[str], *, restart: bool = True) -> ProcessSpec:
    """Return one of our own subcommands as a process."""
    return ProcessSpec(name, [sys.executable, "-m", "cli.main", *arguments], restart)


def demo_detection(found: Endpoints) -> ProcessSpec | None:
    """Keep the sample clip as footage, and return the detection worker on it, once; None where it is not shipped."""
    if find_spec("detection") is None or find_spec("detection.sample") is None:
        return None
    clip = getattr(importlib.import_module("detection.sample"), "CLIP", None)
    if clip is None:
        return None
    starts_at = importlib.import_module("cli.demo").footage(found).isoformat()
    arguments = ["detect", "--source", str(clip), "--camera", DEMO_CAMERA, "--starts-at", starts_at, "--json"]
    return _own("detect", arguments, restart=False)


def _load_demo(found: Endpoints) -> Accounts:
    """Load the demo jurisdiction on the first start; returns the accounts it made, with their passwords."""
    if find_spec("cli.demo") is None:
        return []
    accounts: Accounts = importlib.import_module("cli.demo").load(found)
    return accounts


def _is_empty(found: Endpoints) -> bool:
    """Whether nothing is on record yet; a record of another regulation is refused before anything serves it."""
    from cli.wiring import application

    with application(found, role="minhchung_operator", pool=1) as cases:
        return cases.recorder.max_notification_id() is None


def _ready(url: str) -> Callable[[], bool]:
    def asked() -> bool:
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=2) as response:  # noqa: S310 — our own, http
                return bool(response.status == 200)  # noqa: PLR2004
        except (OSError, urllib.error.URLError):
            return False

    return asked


def _show(accounts: Accounts) -> None:
    """Show the passwords, on the terminal and nowhere else: they are not kept."""
    table = Table(title="Tài khoản mẫu, chỉ hiện một lần · Demo accounts, shown once")
    for column in ("name", "password", "unit_kind", "role"):
        table.add_column(column, no_wrap=True)
    for account in accounts:
        table.add_row(*(account[column] for column in ("name", "password", "unit_kind", "role")))
    Console(file=sys.stdout, soft_wrap=True).print(table)


def _say_ready(url: str, accounts: Accounts, *, nobody: bool, as_json: bool) -> None:
    if as_json:
        text = orjson.dumps({"ready": True, "url": url, "accounts": accounts}).decode()
    else:
        text = f"\nGraphQL: {url}/graphql\nDừng bằng Ctrl-C · Ctrl-C stops everything; the data stay.\n"
        if nobody:
            text += "Chưa có ai vào được · Nobody can sign in yet: minhchung accounts bootstrap --help\n"
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
