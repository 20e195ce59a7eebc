"""What a client is told of an error, and what only the log is.

An error that nobody foresaw goes to the log with a correlation id, and to the client as that id.
"""

import logging
import re
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
OWN: Final = (
    Refusal,
    GraphQLError,
    MissingQueryError,
    CannotGetOperationTypeError,
    InvalidOperationTypeError,
)


def shown(error: GraphQLError) -> GraphQLError:
    """Give *error* as a client may see it, and log it if nobody foresaw it."""
    cause = error.original_error
    # A value that a scalar refused has a cause as well, but no path: it was the client's, and is named.
    if cause is None or isinstance(cause, OWN) or (error.path is None and error.nodes):
        extensions = dict(error.extensions or {})
        if isinstance(cause, Refusal):
            extensions |= {"code": cause.code, "rule": cause.rule, "retryable": cause.retryable}
        if error.path is None:
            extensions.setdefault("code", "BAD_REQUEST")
        return _copy(error, SUGGESTION.sub("", error.message), extensions)
    path = ".".join(str(step) for step in error.path or ()) or "-"
    if isinstance(cause, AWAY):
        if isinstance(cause, FootageAwayError):
            logger.warning("at %s: %s", path, cause)
            return _copy(error, STORE_AWAY, {"code": "UNAVAILABLE", "retryable": True})
        logger.warning("the database is away at %s: %s", path, type(cause).__name__)
        return _copy(error, UNAVAILABLE, {"code": "UNAVAILABLE", "retryable": True})
    reference = reference_of_log()
    logger.error("unexpected error at %s, correlation %s", path, reference, exc_info=cause)
    return _copy(error, UNEXPECTED, {"code": "UNEXPECTED", "correlationId": reference})


def reference_of_log() -> str:
    """The id under which the log has what the client is not told."""
    return str(get_contextvars().get("correlation_id") or uuid4())


def _copy(error: GraphQLError, message: str, extensions: dict[str, Any]) -> GraphQLError:
    return GraphQLError(
        message,
        nodes=error.nodes,
        source=error.source,
        positions=error.positions,
        path=error.path,
        extensions=extensions,
    )
