"""`minhchung rebuild`: a read model built anew from the log, beside whoever writes and reads."""

import logging
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from cli.console import Stop, answer, logs_to_stderr, usage
from projections import READ_MODELS

if TYPE_CHECKING:
    from projections.rebuild import Progress

EVERY_S = 2.0
"""So often a program that reads stderr is told."""


def register(app: typer.Typer) -> None:
    """Add the subcommand."""

    @app.command()
    def rebuild(
        name: Annotated[str, typer.Argument(help=" | ".join(READ_MODELS))],
        *,
        as_json: Annotated[bool, typer.Option("--json", help="Answer with one JSON line.")] = False,
    ) -> None:
        """Dựng lại một bảng hiển thị từ sổ sự kiện, không gián đoạn · Rebuild a read model without downtime."""
        # an event that cannot be applied is told once, as the answer
        logs_to_stderr("rebuild", level=logging.CRITICAL + 1)
        from cli.settings import load, resolve
        from cli.wiring import application
        from projections.all import read_models
        from projections.follower import CannotApplyError, Follower
        from projections.rebuild import NotRebuiltError, Rebuild

        models = {model.name: model for model in read_models()}
        if name not in models:
            usage(f"rebuild: expected one of {', '.join(sorted(models))}, not {name}")
        endpoints = resolve(load(), nats=False)
        began = time.monotonic()
        with application(endpoints, role="minhchung_project", pool=1) as cases, progress(name) as told:
            try:
                done = Rebuild(Follower(endpoints.database_url, models[name], cases.mapper), told).run()
            except NotRebuiltError as error:
                raise Stop(f"rebuild: {error}") from None
            except CannotApplyError as error:
                raise Stop(f"rebuild: {error.told}") from None
        if done.stopped:
            sys.stderr.write(
                f"minhchung: the follower of {name} had stopped: start `project` (or `up`) again\n"
            )
        seconds = round(time.monotonic() - began, 1)
        answer(
            {
                "name": name,
                "events": done.events,
                "rows": done.rows,
                "differed": done.differed,
                "seconds": seconds,
            },
            as_json=as_json,
            text=f"{name}: {done.rows} rows from {done.events} events in {seconds} s; differed: {done.differed}",
        )


@contextmanager
def progress(name: str) -> Iterator[Callable[["Progress"], None]]:
    """Show how far it has come: a bar for a person, a line now and then for a program."""
    if not sys.stderr.isatty():
        yield Lines(name)
        return
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    bar = Bar(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:.0f}/{task.total:.0f}, {task.fields[rate]:.0f} events/s"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
    )
    with bar:
        task = bar.add_task(name, total=0, rate=0.0)
        began = time.monotonic()

        def told(at: "Progress") -> None:
            rate = at.events / max(time.monotonic() - began, 0.001)
            bar.update(task, completed=at.position, total=at.target, rate=rate)

        yield told


class Lines:
    """Tells how far a rebuild has come, the first time, then every two seconds and when it has come there."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._began = self._said = time.monotonic()

    def __call__(self, at: "Progress") -> None:
        """Write a line when it is time for one."""
        now = time.monotonic()
        if now - self._said < EVERY_S and at.position < at.target:
            return
        self._said = now
        rate = at.events / max(now - self._began, 0.001)
        sys.stderr.write(f"{self._name}: {at.position}/{at.target}, {rate:.0f} events/s\n")
