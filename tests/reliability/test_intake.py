"""Intake under kills, repetition and poison: each acknowledged detection becomes one case (A5, A8, B8)."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import anyio
import nats
import psycopg
import pytest
from nats.aio.msg import Msg
from nats.js import JetStreamContext

from api.messages.intake import CHANCES, Consumer, Intake, Verdict, put_back
from api.messages.streams import DEAD, DETECTIONS, INTAKE
from cli.wiring import rulebook
from detection.contracts import wrap
from domain.case import Case
from tests.support.detections import SUBJECTS, consumed, detection, emptied, left, publish
from tests.support.faults import die, forking
from tests.support.installation import (
    a_camera,
    a_registered_camera,
    a_retired_camera,
    an_activated_camera,
    app_over,
    founded,
    somebody_acts,
)

POINTS = ("received", "committed", "answered")
TIMES = 3
DETECTIONS_EACH = 40
REPEATED = 200
LATER = "DH-T-02"
"""A camera that is registered when somebody thinks of it."""


class DyingIntake(Intake):
    """Is killed just before or just after the commit."""

    point = ""

    def commit(self, messages: Sequence[bytes]) -> list[Verdict]:
        """Commit, or die on one side of it."""
        if self.point == "received":
            die()
        verdicts = super().commit(messages)
        if self.point == "committed":
            die()
        return verdicts


class DyingConsumer(Consumer):
    """Is killed when half of the answers may be on their way."""

    async def take(self, messages: Sequence[Msg]) -> None:
        """Answer, and die before anything else happens."""
        await super().take(messages)
        die()


def consume_and_die(nats_url: str, database: str, keys: str, point: str) -> None:
    """An intake that does not live past *point*."""

    async def run(intake: Intake) -> None:
        connection = await nats.connect(nats_url)
        consumer = DyingConsumer if point == "answered" else Consumer
        await consumer(connection.jetstream(), intake, SUBJECTS).run(anyio.Event())

    with app_over(database, Path(keys)) as app:
        intake = DyingIntake(app, rulebook())
        intake.point = point
        anyio.run(run, intake)


def cases_in(database: str) -> list[str]:
    """The ids of all detected cases, as often as they are on record."""
    with psycopg.connect(database) as conn:
        rows = conn.execute("SELECT originator_id FROM events WHERE topic = 'case:detected'").fetchall()
    return sorted(str(row[0]) for row in rows)


class TestKilledIntake:
    """A5: kill -9 between each pair of steps: received, committed, acknowledged."""

    def test_every_detection_becomes_one_case(
        self, database: str, nats_url: str, tmp_path: Path, counted: Callable[[str], None]
    ) -> None:
        """Whatever step the intake is killed at, each detection is one case afterwards, and none is left over."""
        context = forking()

        async def prepared(first: int) -> None:
            connection = await nats.connect(nats_url)
            if first == 0:
                await emptied(connection.jetstream())
            await publish(connection.jetstream(), [detection(first + n) for n in range(DETECTIONS_EACH)])
            await connection.close()

        kills = 0
        with app_over(database, tmp_path) as app:
            founded(app)
            for point in POINTS * TIMES:
                anyio.run(prepared, kills * DETECTIONS_EACH)
                child = context.Process(
                    target=consume_and_die, args=(nats_url, database, str(tmp_path), point)
                )
                child.start()
                child.join(60)
                assert child.exitcode == -9
                kills += 1
            anyio.run(consumed, nats_url, Intake(app, rulebook()))
        expected = sorted(
            str(Case.create_id(detection(n).proposal_id)) for n in range(kills * DETECTIONS_EACH)
        )
        assert cases_in(database) == expected
        counted(
            f"A5 {kills} kills at {len(POINTS)} points of intake: {len(expected)} detections, {len(expected)} cases"
        )


class TestRepeatedDetection:
    """A8, in part: the same detection again, within one batch, in another, and past the server's window."""

    def test_the_same_detection_five_times_is_one_case(self, database: str, tmp_path: Path) -> None:
        """Repetition makes no second case, whoever repeats and however."""
        with app_over(database, tmp_path) as app:
            founded(app)
            intake = Intake(app, rulebook())
            messages = [wrap(detection(n)) for n in range(REPEATED)]
            assert intake.commit(messages + messages) == [None] * (2 * REPEATED)
            for _ in range(3):
                assert intake.commit(messages) == [None] * REPEATED
        assert len(cases_in(database)) == REPEATED

    def test_two_intakes_that_race_make_one_case_each(self, database: str, tmp_path: Path) -> None:
        """What another intake put on record in between counts; nothing is lost of the rest."""
        with app_over(database, tmp_path) as app, app_over(database, tmp_path) as other:
            founded(app)
            messages = [wrap(detection(n)) for n in range(20)]
            slow = Intake(app, rulebook())
            record_all = app.record_all

            def after_the_other(cases: Sequence[Case]) -> None:
                Intake(other, rulebook()).commit(messages[:5])
                record_all(cases)

            app.record_all = after_the_other  # type: ignore[method-assign,assignment] # the race, made certain
            assert slow.commit(messages) == [None] * 20
        assert len(cases_in(database)) == 20


class TestDeadLetters:
    """What can never become a case is kept, counted and answered."""

    @pytest.mark.rule("R-QT-5.2.b", "R-DB-5.4.0")
    def test_not_at_work(self, database: str, tmp_path: Path) -> None:
        """What is of before a camera works, after it was retired, or of an owner who withdrew becomes no case."""
        with app_over(database, tmp_path, role="minhchung_operator") as operator:
            founded(operator)
            retired = a_retired_camera("DH-T-03")
            with somebody_acts():
                operator.record_all(
                    [
                        a_registered_camera("DH-T-02"),
                        retired,
                        an_activated_camera("DH-T-04"),
                        an_activated_camera("DH-T-05", withdrawn=True),
                    ]
                )
        with app_over(database, tmp_path) as app:
            before = datetime.now(UTC) - timedelta(minutes=10)
            said = [
                detection(1, camera="DH-T-02"),
                detection(2, camera="DH-T-03"),
                detection(3, camera="DH-T-03", at=before),
                # it is detected now, on footage of before
                replace(detection(4, camera="DH-T-04"), occurred_at=before),
                detection(5, camera="DH-T-04"),
                detection(6, camera="DH-T-05", at=before + timedelta(minutes=7)),
            ]
            verdicts = Intake(app, rulebook()).commit([wrap(one) for one in said])
        assert [verdict and (verdict.reason, verdict.detail) for verdict in verdicts] == [
            ("CAMERA_NOT_ACTIVE", why) if why else None
            for why in (
                f"camera DH-T-02 was not at work at {said[0].occurred_at.isoformat()}, and is REGISTERED now",
                f"camera DH-T-03 was not at work at {said[1].occurred_at.isoformat()}, and is RETIRED now",
                None,
                f"camera DH-T-04 was not at work at {before.isoformat()}, and is ACTIVE now",
                None,
                "the owner of camera DH-T-05 withdrew the consent; a new one has to be filed first",
            )
        ]
        assert cases_in(database) == sorted(str(Case.create_id(said[n].proposal_id)) for n in (2, 4))

    @pytest.mark.rule("R-QT-5.2.b", "R-DB-5.4.0")
    def test_malformed_unknown_and_future_messages(
        self, database: str, nats_url: str, tmp_path: Path
    ) -> None:
        """Each is a dead letter with its reason, beside good ones that become cases; the stream ends empty."""
        good = detection(9001)
        bad = {
            "MALFORMED": b"{",
            "UNKNOWN_CAMERA": wrap(detection(9002, camera="NOBODY-S")),
            "FROM_THE_FUTURE": wrap(detection(9003, at=datetime.now(UTC) + timedelta(days=1))),
            "TOO_OLD": wrap(detection(9004, at=datetime(2020, 1, 1, tzinfo=UTC))),
        }
        malformed = [
            b"x" * 200_000,
            b'{"a\\u0000b": 1, "\\ud800": 2}',  # what no table of text can hold
            wrap(detection(9005, at=datetime(1, 1, 1, tzinfo=UTC))),
        ]

        async def run(intake: Intake) -> int:
            connection = await nats.connect(nats_url)
            js = connection.jetstream()
            await emptied(js)
            for message in [*bad.values(), *malformed]:
                await js.publish("mc.v1.dong-hoi.detection.X.violation", message)
            await publish(js, [good])
            await consumed(nats_url, intake)
            dead = await left(js, DEAD)
            await connection.close()
            return dead

        with app_over(database, tmp_path) as app:
            founded(app)
            dead = anyio.run(run, Intake(app, rulebook()))
        with psycopg.connect(database) as conn:
            reasons = [row[0] for row in conn.execute("SELECT reason FROM dead_letters ORDER BY reason")]
        assert dead == 4 + len(malformed)
        assert reasons == sorted([*bad, *["MALFORMED"] * len(malformed)])
        assert cases_in(database) == [str(Case.create_id(good.proposal_id))]


class StumblingIntake(Intake):
    """Falls over one message in a way nobody foresaw, until somebody has mended it."""

    over = b""
    times = 0

    def commit(self, messages: Sequence[bytes]) -> list[Verdict]:
        """Commit, unless that one is among them."""
        if self.over in messages:
            self.times += len(messages) == 1
            raise ZeroDivisionError
        return super().commit(messages)


class TestPoison:
    """B8: messages that intake cannot take, among those that it can."""

    def test_set_aside_and_taken_again(
        self,
        database: str,
        nats_url: str,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        counted: Callable[[str], None],
    ) -> None:
        """Five kinds are set aside, the unforeseen after its chances; put back, what was mended is taken."""
        monkeypatch.setattr("api.messages.intake.PUT_BACK_S", 0.02)
        monkeypatch.setattr("api.messages.intake.WAIT_S", 0.2)
        good = [detection(n) for n in range(8000, 8040)]  # others that the server remembers are none of these
        mended = {
            "UNKNOWN_CAMERA": detection(101, camera=LATER),
            "FROM_THE_FUTURE": detection(102, at=datetime.now(UTC) + timedelta(days=1)),
            "FAILED": detection(103),
        }
        poison = {
            "MALFORMED": b"{",
            "UNKNOWN_RULE": wrap(replace(detection(104), rule="FLYING")),
            **{reason: wrap(one) for reason, one in mended.items()},
        }
        advised: list[Msg] = []

        async def set_aside(intake: Intake) -> dict[str, int]:
            connection = await nats.connect(nats_url)
            js = connection.jetstream()
            await emptied(js)

            async def advise(message: Msg) -> None:
                advised.append(message)

            await connection.subscribe("$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.>", cb=advise)
            await publish(js, good[:20])
            for message in poison.values():
                await js.publish("mc.v1.dong-hoi.detection.X.violation", message)
            await publish(js, good[20:])
            await consumed(nats_url, intake)
            assert (await js.consumer_info(DETECTIONS, INTAKE)).config.max_deliver == -1
            assert await left(js, DEAD) == len(poison)
            letters = [await js.get_msg(DEAD, n) for n in await numbers_in(js, DEAD)]
            await connection.close()
            return Counter((letter.headers or {})["Minhchung-Reason"] for letter in letters)

        async def again(intake: Intake) -> tuple[int, int]:
            connection = await nats.connect(nats_url)
            js = connection.jetstream()
            back = await put_back(js, SUBJECTS)
            assert await left(js, DEAD) == 0
            await consumed(nats_url, intake)
            still = await left(js, DEAD)
            await connection.close()
            return back, still

        with app_over(database, tmp_path) as app:
            founded(app)
            intake = StumblingIntake(app, rulebook())
            intake.over = poison["FAILED"]
            reasons = anyio.run(set_aside, intake)
            assert reasons == dict.fromkeys(poison, 1)
            assert intake.times >= CHANCES
            assert cases_in(database) == sorted(str(Case.create_id(one.proposal_id)) for one in good)
            # whoever is called sees to the causes: the camera is registered, the clock is right, the fault is mended
            with somebody_acts():
                app.record(a_camera(LATER))
            sound = Intake(app, rulebook(), now=lambda: datetime.now(UTC) + timedelta(days=1))
            back, still = anyio.run(again, sound)
        taken = [*good, *mended.values()]
        assert (back, still) == (len(poison), len(poison) - len(mended))
        assert cases_in(database) == sorted(str(Case.create_id(one.proposal_id)) for one in taken)
        assert (
            advised == []
        )  # the server never gives a message up: intake counts, and terminates each by itself
        counted(
            f"B8 {len(poison)} kinds of poison among {len(good)} detections: set aside with their reasons, one of them"
            f" after {CHANCES} tries; {back} put back, {len(mended)} taken once mended, {still} set aside again"
        )


async def numbers_in(js: JetStreamContext, stream: str) -> range:
    """The numbers of what a stream holds, where nothing was taken out of it."""
    state = (await js.stream_info(stream)).state
    return range(state.first_seq, state.last_seq + 1)
