"""`minhchung outbox`: recorded events go out to JetStream."""

import signal
import threading

import typer
from anyio.from_thread import start_blocking_portal

from api.messages.event_stream import EventStream
from api.messages.outbox import ROLE, Outbox
from api.messages.streams import Subjects
from cli.console import Stop, logs_to_stderr
from cli.settings import load, resolve
from cli.wiring import application, profile
from projections.follower import CannotApplyError


def register(app: typer.Typer) -> None:
    """Add the subcommand."""

    @app.command()
    def outbox() -> None:
        """Phát sự kiện đã ghi ra luồng EVENTS · Publish recorded events to the stream EVENTS."""
        logs_to_stderr("outbox")
        endpoints = resolve(load())
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        with application(endpoints, role=ROLE, pool=1) as cases, start_blocking_portal() as portal:
            stream = EventStream(portal, endpoints.nats_url, Subjects(profile()))
            try:
                Outbox(endpoints.database_url, stream, cases.mapper).run(stop)
            except CannotApplyError as error:
                stop.wait()  # for a person: to begin again would be to stop again
                raise Stop(str(error)) from None
            finally:
                stream.close()
