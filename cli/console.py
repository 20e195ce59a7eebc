"""How every subcommand speaks: one answer, one line a mistake, three exit statuses."""

import json
import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, Final, NoReturn

import orjson
import structlog

UNPRINTABLE: Final = re.compile(
    "[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
"""What JSON lets through, and a terminal or an editor obeys: other ends of a line, other directions, other commands."""
LONGEST_TEXT: Final = 16_000
"""Characters of one value: the supervisor cuts a line that is longer than 64 KiB in two."""

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


def json_lines(process: str) -> logging.Formatter:
    """Write each record as one line of JSON that is safe to look at, whoever's words are in it."""

    def render(_logger: object, _name: str, event: MutableMapping[str, Any]) -> str:
        said = {key: _shortened(value) for key, value in event.items()}
        line = json.dumps({**said, "process": process}, ensure_ascii=False, default=repr)
        return UNPRINTABLE.sub(lambda found: json.dumps(found[0])[1:-1], line)

    return structlog.stdlib.ProcessorFormatter(
        processors=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.contextvars.merge_contextvars,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            render,
        ]
    )


def _shortened(value: object) -> object:
    """The beginning of a text that is too long."""
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        return f"{value[:LONGEST_TEXT]}… ({len(value)} characters)"
    return value


def logs_to_stderr(process: str, *, level: int = logging.INFO) -> None:
    """Write the log of this process as JSON lines on stderr; stdout belongs to answers."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(json_lines(process))
    logging.getLogger("casbin").setLevel(logging.WARNING)  # it prints its model, and denials with the request
    logging.basicConfig(level=level, handlers=[handler], force=True)
