"""`minhchung intake`: detections from JetStream become cases."""

import logging
import signal
from typing import Annotated

import anyio
import nats.errors
import typer

from api.messages.client import connect
from api.messages.intake import Consumer, Intake, put_back
from api.messages.streams import ACK_WAIT_S, Subjects, ensure
from cli.console import Stop, answer, logs_to_stderr
from cli.settings import load, resolve
from cli.wiring import application, profile, rulebook

logger = logging.getLogger(__name__)

BACK_OFF_S = (0.5, 1.0, 2.0, 5.0)
GRACE_S = 5.0


def register(app: typer.Typer) -> None:
    """Add the subcommand."""

    @app.command()
    def intake(
        again: Annotated[
            bool,
            typer.Option(
                help="Đưa mọi thông điệp đã gác lại về hàng chờ, rồi thôi"
                " · Put every dead letter back into the queue, and end"
            ),
        ] = False,
        as_json: Annotated[bool, typer.Option("--json")] = False,
    ) -> None:
        """Nhận phát hiện từ JetStream và lập hồ sơ · Turn detections from JetStream into cases."""
        logs_to_stderr("intake")
        endpoints = resolve(load())
        if again:
            count = anyio.run(_again, endpoints.nats_url)
            answer({"put_back": count}, as_json=as_json, text=f"{count} put back")
            return
        with application(endpoints, role="minhchung_intake") as cases:
            anyio.run(_run, endpoints.nats_url, Intake(cases, rulebook()))


async def _again(nats_url: str) -> int:
    try:
        connection = await connect(nats_url)
        try:
            return await put_back(connection.jetstream(), Subjects(profile()))
        finally:
            await connection.close()
    except (nats.errors.Error, OSError) as error:
        expected = "a broker is expected, with the streams that `minhchung intake` makes"
        raise Stop(f"NATS_URL: {expected}: {type(error).__name__}") from None


async def _run(nats_url: str, intake: Intake) -> None:
    stop = anyio.Event()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_until_told, stop, tasks.cancel_scope)
        await _consume(nats_url, intake, stop)
        tasks.cancel_scope.cancel()


async def _until_told(stop: anyio.Event, everything: anyio.CancelScope) -> None:
    with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
        async for _ in signals:
            stop.set()
            break
    # a batch is let finish; a broker that never answered is not waited for
    await anyio.sleep(GRACE_S)
    everything.cancel()


async def _consume(
    nats_url: str, intake: Intake, stop: anyio.Event, *, ack_wait_s: float = ACK_WAIT_S
) -> None:
    """Connect and consume; whatever breaks is made again, at growing intervals."""
    broken, subjects = 0, Subjects(profile())
    while not stop.is_set():
        try:
            connection = await connect(nats_url)
            try:
                js = connection.jetstream()
                await ensure(js, subjects, ack_wait_s=ack_wait_s)
                broken = 0
                await Consumer(js, intake, subjects).run(stop)
            finally:
                await connection.close()
        except (nats.errors.Error, OSError) as error:
            logger.warning("nats: %s, connecting again", type(error).__name__)
            with anyio.move_on_after(BACK_OFF_S[min(broken, len(BACK_OFF_S) - 1)]):
                await stop.wait()
            broken += 1
