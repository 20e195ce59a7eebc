"""The real HTTP application over a real database with the demo jurisdiction in it, fresh for every test.

The demo is loaded once a worker, with one open session an account, so that a test signs nobody in with a
password unless that is what it is about. Between tests the record is put back as it was; a test that damages
more than the record takes an installation apart.
"""

import base64
import itertools
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import orjson
import psycopg
import pytest
from psycopg import sql
from starlette.applications import Starlette
from starlette.testclient import TestClient

from api.devices.onvif import OnvifPtz
from api.gateways import Gateways
from api.graphql.schema import build
from api.http.app import application as http_application
from api.services import Jobs, Reads, Services, Writes
from cli import demo
from cli.footage import stored_footage
from cli.up.endpoints import Endpoints
from cli.up.postgres import OWNER, Postgres
from cli.wiring import application, rulebook, signed_urls
from domain.account import Account
from domain.area import Area
from domain.camera import Camera
from domain.case import Case
from domain.clock import LEGAL_TIME, legal_date
from domain.commands import account as accounts
from domain.commands.application import CaseSystem
from domain.commands.case import Proposal, propose
from domain.envelope import Envelope, acting
from domain.unit import Unit
from projections.all import read_models
from projections.follower import Follower
from store.camera_access import CameraAccess
from store.credentials import Credentials, NewSession
from store.keys import KeyFolder
from tests.support.people import ACTORS, WAY, Person
from tests.support.servers import as_superuser

DETECTED_AT = datetime(2026, 6, 1, 8, 0, tzinfo=LEGAL_TIME)
"""A Monday morning; its transfer is due after five working days, at the end of Monday 8 June."""
NOW = DETECTED_AT + timedelta(hours=1)
NAMES = tuple(person.name for person in demo.PEOPLE)
CENTRE, POLICE, COMMUNE, BODY = (Unit.create_id(code) for code, *_ in demo.UNITS)

GATEWAYS = Gateways(
    media_url="https://media.example/live",
    analytics_url="https://engine.example",
    key=b"k" * 32,
    shared=bytes(range(0xA0, 0xC0)),
)
"""The media gateway and the analytics engine; neither is ever called, they call."""

numbers = itertools.count(1)


@dataclass(frozen=True)
class Found:
    """A case that was put in."""

    id: UUID
    number: str


@dataclass(frozen=True)
class Founded:
    """The database that tests get copies of, the passwords that were shown once, and open sessions."""

    database: str
    keys: Path
    passwords: dict[str, str]
    tokens: dict[str, str]


@dataclass
class Installation:
    """One installation: its application, its followers and whoever talks to it."""

    endpoints: Endpoints
    passwords: dict[str, str]
    tokens: dict[str, str]
    now: datetime = NOW
    _stack: ExitStack = field(default_factory=ExitStack)

    # -- the application ------------------------------------------------------

    @cached_property
    def cases(self) -> CaseSystem:
        """The application under the role of `serve`."""
        return self._stack.enter_context(application(self.endpoints, role="minhchung_serve"))

    @cached_property
    def operator(self) -> CaseSystem:
        """The application under the role of an operator."""
        return self._stack.enter_context(
            application(self.endpoints, role="minhchung_operator", pool=1, overflow=0)
        )

    @cached_property
    def intake(self) -> CaseSystem:
        """The application under the role of `intake`."""
        return self._stack.enter_context(
            application(self.endpoints, role="minhchung_intake", pool=1, overflow=0)
        )

    @cached_property
    def services(self) -> Services:
        """What `cli/serve.py` builds, with a clock that a test sets."""
        rules = rulebook()
        factory: Any = self.cases.factory
        return Services(
            app=self.cases,
            credentials=Credentials(factory.datastore),
            keys=factory.keys,
            camera_access=CameraAccess(factory.datastore, KeyFolder(self.endpoints.keys)),
            rulebook=rules,
            reads=Reads(self.endpoints.database_url, role="minhchung_serve"),
            writes=Writes(),
            footage=stored_footage(self.endpoints, writer="serve"),
            urls=signed_urls(self.endpoints),
            jobs=Jobs(kept_s=0),
            now=lambda: self.now,
            gateways=GATEWAYS,
            ptz=OnvifPtz(CameraAccess(factory.datastore, KeyFolder(self.endpoints.keys)), seconds=1.5),
        )

    @cached_property
    def app(self) -> Starlette:
        """The HTTP application."""
        return http_application(build(), self.services)

    @cached_property
    def client(self) -> TestClient:
        """The application without a server; one event loop for all requests, which threads may share."""
        return self._stack.enter_context(TestClient(self.app, raise_server_exceptions=False))

    # -- who talks to it --------------------------------------------------------

    @cached_property
    def anonymous(self) -> Person:
        """Nobody."""
        return Person(self.client, None)

    def signed_in(self, name: str) -> Person:
        """Somebody of the demo, with the session that is open already."""
        return Person(self.client, self.tokens[name])

    # -- what happened before -----------------------------------------------------

    def today(self) -> None:
        """Set the clock right: the auditor's grant begins on the day the demo was loaded."""
        self.now = datetime.now(UTC)

    def detected(
        self,
        *,
        at: datetime = DETECTED_AT,
        camera: str = demo.CAMERA,
        rule: str = "RED_LIGHT",
        project: bool = True,
        evidence: tuple[dict[str, Any], ...] | None = None,
    ) -> Found:
        """Put a proposed case on record, as intake does."""
        [found] = self.many_detected([at], camera=camera, rule=rule, project=project, evidence=evidence)
        return found

    def many_detected(
        self,
        instants: list[datetime],
        *,
        camera: str = demo.CAMERA,
        rule: str = "RED_LIGHT",
        project: bool = True,
        evidence: tuple[dict[str, Any], ...] | None = None,
        own_device: bool = False,
    ) -> list[Found]:
        """Put proposed cases on record in one transaction."""
        rules, intake = rulebook(), self.intake
        source = intake.find(Camera, Camera.create_id(camera))
        made: list[Case] = []
        for at in instants:
            [number] = intake.commands.next_numbers(rules.code, legal_date(at).year, 1)
            said = proposal(at, camera=camera, rule=rule)
            if evidence is not None:
                said = replace(said, evidence=evidence)
            made.append(propose(rules, said, source, number=number, own_device=own_device))
        intake.record_all(made)
        if project:
            self.project()
        return [Found(case.id, case.number) for case in made]

    def case_in(self, state: str) -> Found:
        """A case that went as far as a state, or as a mark within one."""
        found = self.detected()
        for mutation in WAY[state]:
            # each another vehicle: two cases of one plate at one place and time are one violation
            given = {"plate": plate_of(found)} if mutation == "approveCase" else {}
            self.signed_in(ACTORS[mutation]).does(mutation, found.id, **given)
        self.project()
        return found

    def register_area(self, path: str) -> None:
        """Register an area, unless there is one of that path."""
        if Area.create_id(path) not in self.operator.repository:
            with self.founding():
                self.operator.record(
                    Area.enter(path=path, parent=None, name=path, kind="PLACE", valid_from=self.now)
                )

    def register_unit(self, code: str, *, kind: str, area: str = demo.CITY) -> UUID:
        """Register another unit."""
        with self.founding():
            self.operator.record(Unit(code=code, name=f"Đơn vị {code}", kind=kind, area_path=area))
        return Unit.create_id(code)

    def register_camera(self, code: str, *, unit_id: UUID = CENTRE, **given: str) -> UUID:
        """Register another camera."""
        facts = {"camera_class": "SMART_CITY", "domain": "TRAFFIC", "area_path": demo.CITY, **given}
        with self.founding():
            self.operator.record(
                Camera.in_use(code=code, name=f"Camera {code}", operating_unit_id=unit_id, **facts)
            )
        return Camera.create_id(code)

    def open_account(self, name: str, *, unit_id: UUID, role: str, leader: bool = False) -> Person:
        """Open another account with a session."""
        with self.founding():
            accounts.open_account(
                self.operator, name=name, full_name="Người Mẫu", unit_id=unit_id, role=role, leader=leader
            )
        self.tokens = {**self.tokens, name: session(self.operator, name)}
        return self.signed_in(name)

    @contextmanager
    def founding(self) -> Iterator[None]:
        """Act as the operator of the machine."""
        with acting(
            Envelope(
                by="operator:test",
                unit_id=None,
                took_place_at=datetime.now(UTC),
                rulebook=rulebook().version,
                correlation_id=uuid4(),
            )
        ):
            yield

    # -- what is on record ----------------------------------------------------------

    def head(self) -> int:
        """The position of the last event."""
        return self.operator.recorder.max_notification_id() or 0

    def since(self, position: int) -> list[str]:
        """What happened after a position, in order."""
        recorded = self.operator.recorder.select_notifications(start=position + 1, limit=1000)
        return [event.topic for event in recorded]

    def topics(self, originator_id: UUID) -> list[str]:
        """What happened to one noun, in order."""
        return [e.topic for e in self.operator.recorder.select_events(originator_id)]

    def topics_of(self, originator_id: str) -> list[str]:
        """The same, by an id as the API gives it."""
        return self.topics(UUID(originator_id))

    @contextmanager
    def as_owner(self) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
        """The owner of the tables, who may give and take rights."""
        with psycopg.connect(self.endpoints.database_url, autocommit=True) as conn:
            yield conn

    def project(self) -> None:
        """Let every follower come up to the head of the log, here and now."""
        for follower in self.followers:
            while follower.step(self._conn):
                pass

    @cached_property
    def followers(self) -> list[Follower]:
        """The followers of all read models."""
        return [Follower(self.endpoints.database_url, m, self.operator.mapper) for m in read_models()]

    @cached_property
    def _conn(self) -> psycopg.Connection[tuple[Any, ...]]:
        conn = self._stack.enter_context(self.followers[0].connect())
        for follower in self.followers:
            conn.execute(
                "INSERT INTO positions (name, position) VALUES (%s, 0) ON CONFLICT DO NOTHING",
                [follower.name],
            )
        return conn

    def close(self) -> None:
        """Close every connection."""
        self._stack.close()


def plate_of(found: Found) -> str:
    """The plate of a case: 73A-123.45 of the first, and the next of each next."""
    number = 12344 + int(found.number.rpartition("-")[2])
    return f"73A-{number // 100}.{number % 100:02d}"


def proposal(at: datetime, *, camera: str, rule: str) -> Proposal:
    """A machine's proposal, as intake reads it from a message."""
    return Proposal(
        proposal_id=uuid4(),
        camera_code=camera,
        rule=rule,
        occurred_at=at - timedelta(seconds=2),
        detected_at=at,
        confidence=0.93,
        model="demo-detector",
        model_sha256="a" * 64,
        source_sha256="b" * 64,
        evidence=tuple(
            {
                "kind": kind,
                "name": f"{digest * 64}.jpg",
                "sha256": digest * 64,
                "size": 1000 + n,
                "media_type": "image/jpeg",
                "captured_at": at - timedelta(seconds=3 - n),
            }
            for n, (kind, digest) in enumerate(
                [("FRAME_BEFORE", "1"), ("FRAME_AT", "2"), ("FRAME_AFTER", "3"), ("CLIP", "4")]
            )
        ),
    )


def cursor_of(*parts: object) -> str:
    """A cursor of any list, as somebody might make one."""
    return base64.urlsafe_b64encode(orjson.dumps(parts)).decode()


def session(app: CaseSystem, name: str) -> str:
    """A token of a new session, without a password."""
    return session_of(app, name)[0]


def session_of(
    app: CaseSystem, name: str, lasts: timedelta = timedelta(hours=8), address: str = ""
) -> tuple[str, UUID]:
    """The same, which lasts so long and came from somewhere, with its id."""
    actor = accounts.actor_of(app, Account.create_id(name), now=datetime.now(UTC))
    credentials = Credentials(app.factory.datastore)  # type: ignore[attr-defined] # our factory has one
    session = NewSession(uuid4(), lasts, address)
    opened = credentials.open_session(actor.account_id, session)
    accounts.open_session(
        app,
        actor,
        now=datetime.now(UTC),
        expires_at=opened.expires_at,
        rulebook=rulebook().version,
        session_id=session.session_id,
        address=address,
    )
    return opened.token, session.session_id


# -- fixtures -----------------------------------------------------------------------


@contextmanager
def copy_of(postgres: str, database: str) -> Iterator[str]:
    """A copy of a database, by name."""
    name = f"api_{next(numbers)}"
    with psycopg.connect(postgres, autocommit=True) as conn:
        conn.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {} STRATEGY file_copy").format(
                *map(sql.Identifier, (name, OWNER, database))
            )
        )
        yield name
        conn.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def founded(
    shared_postgres: Postgres, postgres: str, template: str, servers_folder: Path
) -> Iterator[Founded]:
    """The demo jurisdiction, loaded once."""
    keys = servers_folder / f"keys-{next(numbers)}"
    with copy_of(postgres, template) as database:
        endpoints = endpoints_of(shared_postgres, database, keys)
        passwords = {account["name"]: account["password"] for account in demo.load(endpoints)}
        made = Installation(endpoints, passwords, {})
        tokens = {name: session(made.operator, name) for name in NAMES}
        made.project()
        made.close()
        yield Founded(database, keys, passwords, tokens)


@pytest.fixture(scope="session")
def shared_installation(
    shared_postgres: Postgres, postgres: str, founded: Founded
) -> Iterator[tuple[Installation, Callable[[], None]]]:
    """One installation for all tests of a worker, and how to put its record back."""
    with copy_of(postgres, founded.database) as database:
        made = Installation(
            endpoints_of(shared_postgres, database, founded.keys), founded.passwords, dict(founded.tokens)
        )
        superuser = as_superuser(made.endpoints.database_url, postgres)
        with psycopg.connect(superuser, autocommit=True) as conn:
            yield made, snapshot(conn)
        made.close()


def snapshot(conn: psycopg.Connection[Any]) -> Callable[[], None]:
    """Remember every row; the answer puts them back. Cheaper than a database, which is a thousand files."""
    tables = [
        sql.Identifier(row[0])
        for row in conn.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    ]
    conn.execute("CREATE SCHEMA kept")
    for table in tables:
        conn.execute(sql.SQL("CREATE TABLE kept.{0} AS TABLE public.{0}").format(table))
    head = conn.execute("SELECT last_value FROM events_notification_id_seq").fetchone()
    assert head is not None
    # only a superuser may do this, and only without the triggers that keep the log
    statement = sql.SQL("SET session_replication_role = replica; {} SELECT setval({}, {})").format(
        sql.SQL(" ").join(
            sql.SQL("DELETE FROM public.{0}; INSERT INTO public.{0} SELECT * FROM kept.{0};").format(table)
            for table in tables
        ),
        "events_notification_id_seq",
        head[0],
    )

    def put_back() -> None:
        conn.execute(statement)

    return put_back


@pytest.fixture
def installation(
    shared_installation: tuple[Installation, Callable[[], None]], founded: Founded
) -> Installation:
    """An installation with the demo in it, and nothing else."""
    made, put_back = shared_installation
    put_back()
    made.tokens = dict(founded.tokens)
    made.now = NOW
    if "client" in vars(
        made
    ):  # its tail stands where the log was before, and would miss what comes up to there
        live = made.app.state.live
        live._looked = live.position = made.head()
        live.people._known = {}
    for app in (made.cases, made.operator):
        app.factory.keys._sealing.clear()  # type: ignore[attr-defined] # the keys are in the record that was put back
    return made


@pytest.fixture
def apart(
    shared_postgres: Postgres, postgres: str, founded: Founded, tmp_path: Path
) -> Iterator[Installation]:
    """An installation of this test's own, which it may damage."""
    with copy_of(postgres, founded.database) as database:
        keys = tmp_path / "keys"
        shutil.copytree(founded.keys, keys)
        made = Installation(
            endpoints_of(shared_postgres, database, keys), founded.passwords, dict(founded.tokens)
        )
        yield made
        made.close()


@pytest.fixture
def empty(shared_postgres: Postgres, postgres: str, template: str, tmp_path: Path) -> Iterator[Installation]:
    """An installation without the demo."""
    with copy_of(postgres, template) as database:
        made = Installation(endpoints_of(shared_postgres, database, tmp_path / "keys"), {}, {})
        yield made
        made.close()


def endpoints_of(server: Postgres, database: str, keys: Path) -> Endpoints:
    """Where a test's installation is; it has no broker and no evidence."""
    evidence = keys.with_name(f"{keys.name}-evidence").as_uri()
    return Endpoints(
        database_url=server.url_of(OWNER, database), nats_url="", evidence_url=evidence, keys=keys
    )
