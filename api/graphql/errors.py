"""What a client is told of an error, and what only the log is.

An error that nobody foresaw goes to the log with a correlation id, and to the client as that id.

No error repeats a value that was sent: it may be a password in the wrong place, and who shows or keeps the answer was
not meant to see it. Where it stands is told by path, line and column.
"""

import logging
import re
from collections.abc import Iterable
from typing import Any, Final
from uuid import uuid4

from graphql import GraphQLError
from strawberry.exceptions import MissingQueryError
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from structlog.contextvars import get_contextvars

from api.services import AWAY
from domain.errors import Refusal
from domain.footage import FootageAwayError

logger = logging.getLogger(__name__)

UNEXPECTED: Final = "Lỗi không lường trước · Unexpected error"
UNAVAILABLE: Final = (
    "Cơ sở dữ liệu chưa sẵn sàng, hãy gửi lại với cùng commandId · "
    "The database cannot be reached, send it again with the same commandId"
)
STORE_AWAY: Final = (
    "Kho chứng cứ chưa sẵn sàng hoặc đã đầy, hãy gửi lại với cùng commandId · "
    "The evidence store is away or full, send it again with the same commandId"
)
SUGGESTION: Final = re.compile(r"\s*Did you mean.*", re.DOTALL)
REPEATED: Final = (
    (re.compile(r"( value| represent a \w+): .*", re.DOTALL), r"\1"),
    (re.compile(r"[.,;] [Ff]ound:? .*|, but encountered error .*", re.DOTALL), ""),
    (re.compile(r"(Unexpected (?:Name|String|BlockString|Int|Float)) .*", re.DOTALL), r"\1"),
    (re.compile(r"Value '.*' does", re.DOTALL), "Value does"),
)
"""How graphql-core and strawberry put a value, or a piece of the document, into their words."""
OWN: Final = (
    Refusal,
    GraphQLError,
    MissingQueryError,
    CannotGetOperationTypeError,
    InvalidOperationTypeError,
)


LOGGED: Final = 3
"""Of one answer; a page of a hundred rows that fail for one reason needs no hundred tracebacks."""


def all_shown(errors: Iterable[GraphQLError] | None) -> list[GraphQLError]:
    """Give the errors of one answer; of those that nobody foresaw the log has the first, and how many more."""
    given, unforeseen = [], 0
    for error in errors or ():
        foreseen = _is_foreseen(error)
        given.append(shown(error, log=foreseen or unforeseen < LOGGED))
        unforeseen += not foreseen
    if unforeseen > LOGGED:
        logger.error("%d more in the same answer, correlation %s", unforeseen - LOGGED, reference_of_log())
    return given


def shown(error: GraphQLError, *, log: bool = True) -> GraphQLError:
    """Give *error* as a client may see it, and log it if nobody foresaw it."""
    cause = error.original_error
    if _is_foreseen(error):
        extensions = dict(error.extensions or {})
        if isinstance(cause, Refusal):
            extensions |= {"code": cause.code, "rule": cause.rule, "retryable": cause.retryable}
            return _copy(error, error.message, extensions)
        if error.path is None:
            extensions.setdefault("code", "BAD_REQUEST")
        return _copy(error, _without_values(error), extensions)
    path = ".".join(str(step) for step in error.path or ()) or "-"
    if isinstance(cause, AWAY):
        if isinstance(cause, FootageAwayError):
            if log:
                logger.warning("at %s: %s", path, cause)
            return _copy(error, STORE_AWAY, {"code": "UNAVAILABLE", "retryable": True})
        if log:
            logger.warning("the database is away at %s: %s", path, type(cause).__name__)
        return _copy(error, UNAVAILABLE, {"code": "UNAVAILABLE", "retryable": True})
    reference = reference_of_log()
    if log:
        logger.error("unexpected error at %s, correlation %s", path, reference, exc_info=cause)
    return _copy(error, UNEXPECTED, {"code": "UNEXPECTED", "correlationId": reference})


def _is_foreseen(error: GraphQLError) -> bool:
    cause = error.original_error
    # A value that a scalar refused has a cause as well, but no path: it was the client's, and is named.
    return cause is None or isinstance(cause, OWN) or (error.path is None and bool(error.nodes))


def reference_of_log() -> str:
    """The id under which the log has what the client is not told."""
    return str(get_contextvars().get("correlation_id") or uuid4())


def _without_values(error: GraphQLError) -> str:
    """The message without what was sent; names stay, a variable's and its path too."""
    cause = error.original_error
    # of a variable graphql-core says which one it is, then what it has against its value
    said = (
        cause.message
        if isinstance(cause, GraphQLError) and error.message.endswith(cause.message)
        else error.message
    )
    where = error.message.removesuffix(said)
    said = SUGGESTION.sub("", said)
    for words, left in REPEATED:
        said = words.sub(left, said)
    return where + said


def _copy(error: GraphQLError, message: str, extensions: dict[str, Any]) -> GraphQLError:
    return GraphQLError(
        message,
        nodes=error.nodes,
        source=error.source,
        positions=error.positions,
        path=error.path,
        extensions=extensions,
    )
