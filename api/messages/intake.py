"""Intake: detections from JetStream become cases, exactly once, however often they are delivered.

Received, committed, acknowledged, in this order: a kill between any two repeats a step that may be repeated.
What can never become a case is a dead letter, kept and counted; what cannot be committed now is put back.
"""

import hashlib
import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import anyio
from anyio import to_thread
from eventsourcing.persistence import InterfaceError, OperationalError, RecordConflictError
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

from api.messages.streams import DEAD, DETECTIONS, INTAKE, Subjects, remember
from detection import contracts
from domain.camera import Camera
from domain.camera.guards import yields
from domain.case import Case
from domain.client import Client
from domain.clock import legal_date
from domain.commands.application import CaseSystem
from domain.commands.case import Proposal, propose
from domain.commands.connecting import UNKNOWN_CLIENT, registered_to, sender
from domain.errors import NotFound
from domain.unit import Unit
from policies.rulebook import Rulebook

logger = logging.getLogger(__name__)

BATCH = 500
WAIT_S = 1.0
SILENCE = 5
"""Fetches without an answer after which the server is asked whether the consumer still stands."""
PUT_BACK_S = 2.0
SKEW = timedelta(minutes=5)
"""How far a worker's clock may be ahead of ours."""
CHANCES = 5
"""Failures, in a way nobody foresaw, after which a message is a dead letter."""
AWAY = (OperationalError, InterfaceError)
"""What is raised while the record cannot be reached."""
SUBJECT = "Minhchung-Subject"
"""The header of a dead letter that says where it came from."""
RACES = 10
"""Tries at a batch of which other intakes take some."""


@dataclass(frozen=True)
class Dead:
    """A message that can never become a case, and why."""

    reason: str
    detail: str


Verdict = Dead | None
"""None: its case is on record."""


class Named:
    """What the messages of a batch name, each looked up once."""

    def __init__(self, app: CaseSystem, rulebook: Rulebook) -> None:
        self._app = app
        self._rulebook = rulebook
        self._cameras: dict[str, Camera | None] = {}
        self._units: dict[UUID, Unit] = {}
        self._clients: dict[str, Sequence[Client]] = {}
        self._rulebooks: dict[date, Rulebook] = {}

    def camera(self, code: str) -> Camera | None:
        """The camera of a code."""
        if code not in self._cameras:
            try:
                self._cameras[code] = self._app.find(Camera, Camera.create_id(code))
            except NotFound:
                self._cameras[code] = None
        return self._cameras[code]

    def operator(self, camera: Camera) -> Unit:
        """The unit that operates a camera."""
        if camera.operating_unit_id not in self._units:
            self._units[camera.operating_unit_id] = self._app.find(Unit, camera.operating_unit_id)
        return self._units[camera.operating_unit_id]

    def sender(self, sha256: str, at: datetime) -> Client | None:
        """The client that was let in with a model at an instant."""
        if sha256 not in self._clients:
            self._clients[sha256] = registered_to(self._app, sha256)
        return sender(self._clients[sha256], at)

    def rulebook(self, at: datetime) -> Rulebook:
        """The rules of an instant."""
        day = legal_date(at)
        if day not in self._rulebooks:
            self._rulebooks[day] = self._rulebook.on(day)
        return self._rulebooks[day]


class Intake:
    """Turns batches of messages into cases."""

    def __init__(
        self,
        app: CaseSystem,
        rulebook: Rulebook,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._app = app
        self._rulebook = rulebook
        self._now = now

    def commit(self, messages: Sequence[bytes]) -> list[Verdict]:
        """Put every readable proposal on record, all in one transaction; a verdict for each message.

        Raises:
            OperationalError: the record cannot be reached; nothing was committed, or will be again.
        """
        verdicts: list[Verdict] = []
        wanted: dict[int, Proposal] = {}
        named = Named(self._app, self._rulebook)
        for n, message in enumerate(messages):
            found = self._proposal(message, named)
            if isinstance(found, Dead):
                verdicts.append(found)
            else:
                verdicts.append(None)
                wanted[n] = found
        for attempt in range(RACES):
            # made afresh each time: a case that could not be saved has given its events away
            cases = self._cases(wanted.values(), named)
            if not cases:
                break
            try:
                self._app.record_all(cases)
                break
            except RecordConflictError:
                # another intake took some of these; theirs count, the rest is tried again
                if attempt == RACES - 1:
                    raise
        return verdicts

    def bury(self, message: bytes, subject: str, dead: Dead) -> None:
        """Count a dead letter, once."""
        datastore: Any = self._app.factory.datastore  # type: ignore[attr-defined] # our factory has one
        with datastore.get_connection() as conn:
            conn.execute(
                "INSERT INTO dead_letters (consumer, message_sha256, reason, detail, subject, size)"
                " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
                (
                    INTAKE,
                    hashlib.sha256(message).digest(),
                    dead.reason,
                    dead.detail,
                    ascii(subject)[1:201],
                    len(message),
                ),
            )

    def _proposal(self, message: bytes, named: Named) -> Proposal | Dead:
        try:
            detected = contracts.unwrap(message)
        except contracts.MalformedMessage as error:
            return Dead("MALFORMED", str(error))
        if (dead := self._refused(detected, named)) is not None:
            return dead
        client = named.sender(detected.model_sha256, detected.detected_at)
        return Proposal(
            proposal_id=detected.proposal_id,
            camera_code=detected.camera,
            rule=detected.rule,
            occurred_at=detected.occurred_at,
            detected_at=detected.detected_at,
            confidence=detected.confidence,
            model=detected.model,
            model_sha256=detected.model_sha256,
            source_sha256=detected.source_sha256,
            evidence=tuple(asdict(item) for item in detected.evidence),
            client_id=client.id if client else None,
        )

    def _refused(self, detected: contracts.ViolationDetectedV1, named: Named) -> Dead | None:
        """Why what was detected can never become a case."""
        camera = named.camera(detected.camera)
        if camera is None:
            return Dead("UNKNOWN_CAMERA", f"no camera {detected.camera} is registered (R-QT-5.2.b)")
        if not yields(camera, detected.occurred_at):
            return Dead("CAMERA_NOT_ACTIVE", _why_not(camera, detected.occurred_at))
        if (dead := self._out_of_time(detected) or _unregistered(detected, named)) is not None:
            return dead
        if detected.rule not in self._rulebook.kinds(camera.domain):
            return Dead("UNKNOWN_RULE", f"{detected.rule} is no violation kind of {self._rulebook.profile}")
        return None

    def _out_of_time(self, detected: contracts.ViolationDetectedV1) -> Dead | None:
        """Why it cannot have been detected then."""
        if detected.detected_at > self._now() + SKEW or detected.occurred_at > detected.detected_at + SKEW:
            return Dead(
                "FROM_THE_FUTURE", "occurred_at and detected_at must not lie ahead; set the worker's clock"
            )
        if legal_date(detected.detected_at) < self._rulebook.effective_from:
            return Dead("TOO_OLD", f"detected before {self._rulebook.profile} took effect")
        return None

    def _cases(self, proposals: Any, named: Named) -> list[Case]:
        by_id = {Case.create_id(p.proposal_id): p for p in proposals}
        if not by_id:
            return []
        known = self._app.commands.existing(by_id.keys())
        fresh = [p for case_id, p in by_id.items() if case_id not in known]
        by_year: dict[int, list[Proposal]] = {}
        for proposal in fresh:
            by_year.setdefault(legal_date(proposal.detected_at).year, []).append(proposal)
        cases = []
        for year, some in by_year.items():
            numbers = self._app.commands.next_numbers(self._rulebook.code, year, len(some))
            for number, proposal in zip(numbers, some, strict=True):
                camera = named.camera(proposal.camera_code)
                if camera is not None:
                    rulebook = named.rulebook(proposal.detected_at)
                    own = self._is_own_device(camera, named.operator(camera))
                    cases.append(propose(rulebook, proposal, camera, number=number, own_device=own))
        return cases

    def _is_own_device(self, camera: Camera, operator: Unit) -> bool:
        """What a device of the police or the inspectors detects needs no transfer (TT 73/2024/TT-BCA Đ24)."""
        sanctions = {"police-law", "inspectors-law", "inspectors"} & self._rulebook.facts_about(operator.kind)
        return bool(sanctions) and self._rulebook.authority.receives(operator.kind, camera.domain)


def _why_not(camera: Camera, at: datetime) -> str:
    """Why what a camera captured at an instant becomes no case."""
    if camera.withdrawn:
        return f"the owner of camera {camera.code} withdrew the consent; a new one has to be filed first"
    return f"camera {camera.code} was not at work at {at.isoformat()}, and is {camera.state} now"


def _unregistered(detected: contracts.ViolationDetectedV1, named: Named) -> Dead | None:
    """Why software that nobody let in at the time sends nothing, where the regulation has it registered."""
    rules = named.rulebook(detected.detected_at)
    if not rules.settings.registered_clients or named.sender(detected.model_sha256, detected.detected_at):
        return None
    rule = rules.cameras.acts.get("client")
    cited = f" ({rule}, {rules.citation(rule)})" if rule else ""
    return Dead(
        UNKNOWN_CLIENT,
        f"no client that was let in at {detected.detected_at.isoformat()} has the model {detected.model_sha256}{cited}:"
        " registerClient with the document that permitted it then, and put the letter back",
    )


class Consumer:
    """The loop around intake: fetch, commit, acknowledge."""

    def __init__(
        self, js: JetStreamContext, intake: Intake, subjects: Subjects, *, batch: int = BATCH
    ) -> None:
        self._js = js
        self._intake = intake
        self._dead = subjects.dead(INTAKE)
        self._batch = batch
        self._failures: Counter[int] = Counter()

    async def run(self, stop: anyio.Event) -> None:
        """Take messages until told to stop.

        Raises:
            nats.errors.Error: the consumer is gone or the server does not answer; bind again.
        """
        sub = await self._js.pull_subscribe_bind(consumer=INTAKE, stream=DETECTIONS)
        silent = 0
        while not stop.is_set():
            try:
                messages = await sub.fetch(self._batch, timeout=WAIT_S)
            except TimeoutError:  # nats-py's own is one too, and sometimes it is asyncio's
                silent += 1
                if silent % SILENCE == 0:
                    # a pull subscription was seen not to resume after a restart of the server (nats.py #504)
                    await remember(self._js)
                continue
            silent = 0
            await self.take(messages)
        await sub.unsubscribe()

    async def take(self, messages: Sequence[Msg]) -> None:
        """Commit a batch and answer each of its messages."""
        try:
            verdicts = await to_thread.run_sync(self._intake.commit, [m.data for m in messages])
        except AWAY as error:
            logger.warning("%d messages put back: %s", len(messages), type(error).__name__)
            for message in messages:
                await message.nak(delay=PUT_BACK_S)
            await anyio.sleep(PUT_BACK_S)
            return
        except Exception:
            logger.exception("a batch of %d failed, taking them one by one", len(messages))
            for message in messages:
                await self._take_one(message)
            return
        for message, verdict in zip(messages, verdicts, strict=True):
            await self._answer(message, verdict)

    async def _take_one(self, message: Msg) -> None:
        try:
            [verdict] = await to_thread.run_sync(self._intake.commit, [message.data])
        except Exception as error:
            number = message.metadata.sequence.stream
            if not isinstance(error, AWAY):
                self._failures[number] += 1  # an outage uses up nobody's chances
            if self._failures[number] < CHANCES:
                await message.nak(delay=PUT_BACK_S)
                return
            logger.exception("message %s failed for good", number)
            verdict = Dead("FAILED", type(error).__name__)
        del self._failures[message.metadata.sequence.stream]
        await self._answer(message, verdict)

    async def _answer(self, message: Msg, verdict: Verdict) -> None:
        if verdict is None:
            await message.ack()
            return
        logger.error("dead letter from %s: %s: %s", ascii(message.subject), verdict.reason, verdict.detail)
        try:
            await to_thread.run_sync(self._intake.bury, message.data, message.subject, verdict)
        except Exception as error:  # noqa: BLE001 — whatever it is, the message goes back and the others go on
            logger.warning("a dead letter put back: %s", type(error).__name__)
            await message.nak(delay=PUT_BACK_S)
            return
        # a kill before `term` repeats this; a message that was put back and failed again is another one
        once = f"{hashlib.sha256(message.data).hexdigest()}-{message.metadata.sequence.stream}"
        await self._js.publish(
            self._dead,
            message.data,
            headers={
                "Nats-Msg-Id": once,
                "Minhchung-Reason": verdict.reason,
                SUBJECT: ascii(message.subject)[1:-1],
            },
        )
        # a work queue keeps what nobody answers, and the server gives nothing up by itself: see `max_deliver`
        await message.term()


async def put_back(js: JetStreamContext, subjects: Subjects) -> int:
    """Put every dead letter back where it came from, for what was wrong may have been mended; how many there were.

    A kill in between leaves one in both places, and to take a detection again makes no second case.
    """
    last = (await js.stream_info(DEAD)).state.last_seq
    letters = await js.pull_subscribe(
        subjects.dead(INTAKE),
        stream=DEAD,
        config=ConsumerConfig(ack_policy=AckPolicy.NONE, deliver_policy=DeliverPolicy.ALL),
    )
    count = 0
    try:
        while True:
            try:
                found = await letters.fetch(BATCH, timeout=WAIT_S)
            except TimeoutError:  # nats-py's own is one too: there are no more
                return count
            for letter in found:
                number = letter.metadata.sequence.stream
                if number > last:  # it has come back already
                    return count
                if origin := (letter.headers or {}).get(SUBJECT):
                    await js.publish(origin, letter.data)
                    await js.delete_msg(DEAD, number)
                    count += 1
    finally:
        await letters.unsubscribe()
