"""How every subcommand speaks: one answer, one line a mistake, three exit statuses."""

import logging
import sys
from typing import NoReturn

import orjson
import structlog

YES, NO, USAGE = 0, 1, 2
"""Exit statuses: done or true; refused, false or failed; usage or unreadable input."""


class Stop(Exception):  # noqa: N818 — it ends a subcommand, with a status; 0 is possible
    """Ends the subcommand with one line for the person at the terminal."""

    def __init__(self, message: str, status: int = NO) -> None:
        super().__init__(message)
        self.status = status


def answer(value: object, *, as_json: bool, text: str) -> None:
    """Print *text* for a person, or *value* as one JSON line for a program."""
    sys.stdout.write((orjson.dumps(value).decode() if as_json else text) + "\n")
    sys.stdout.flush()


def usage(message: str) -> NoReturn:
    """Refuse input that cannot be read, with exit status 2."""
    raise Stop(message, USAGE)


def logs_to_stderr(process: str, *, level: int = logging.INFO) -> None:
    """Write the log of this process as JSON lines on stderr; stdout belongs to answers."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                structlog.contextvars.merge_contextvars,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                lambda _logger, _name, event: {**event, "process": process},
                structlog.processors.format_exc_info,
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ]
        )
    )
    logging.getLogger("casbin").setLevel(logging.WARNING)  # it prints its model, and denials with the request
    logging.basicConfig(level=level, handlers=[handler], force=True)
