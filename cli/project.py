"""`minhchung project`: the followers that feed the read models, one thread each."""

import logging
import signal
import threading

import typer

from cli.console import Stop, logs_to_stderr

logger = logging.getLogger(__name__)


def register(app: typer.Typer) -> None:
    """Add the subcommand."""

    @app.command()
    def project() -> None:
        """Cập nhật các bảng hiển thị theo sổ sự kiện · Feed the read models from the log."""
        logs_to_stderr("project")
        from cli.settings import load, resolve
        from cli.wiring import application
        from projections.all import read_models
        from projections.follower import CannotApplyError, Follower

        endpoints = resolve(load(), nats=False)
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        stopped: list[str] = []

        def follow(follower: Follower) -> None:
            try:
                follower.run(stop)
            except CannotApplyError as error:
                # this one waits for a person; the others go on
                stopped.append(str(error))
            except Exception:
                logger.exception("follower %s failed", follower.name)
                stopped.append(follower.name)
                stop.set()

        with application(endpoints, role="minhchung_project", pool=1) as cases:
            threads = [
                threading.Thread(
                    target=follow, args=(Follower(endpoints.database_url, m, cases.mapper),), name=m.name
                )
                for m in read_models()
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        if stopped:
            raise Stop("; ".join(stopped))
