"""GraphQL over HTTP and over WebSocket: what strawberry's own view leaves open.

Answers carry `application/graphql-response+json` where the client asks for it, with 400 and no `data` for a
request that was never executed, or the older `application/json` with 200. Only POST, only JSON, no batches,
no uploads.
"""

import asyncio
import logging
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any, Final, TypeVar, cast

import orjson
from cross_web import HTTPException
from graphql import GraphQLError
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect
from starlette.websockets import WebSocketDisconnected as AlreadyClosed
from strawberry.asgi import ASGIWebSocketAdapter, GraphQL
from strawberry.http import GraphQLRequestData
from strawberry.http.exceptions import WebSocketDisconnected
from strawberry.schema.base import BaseSchema
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.schema.schema import StreamResult
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import (
    BaseGraphQLTransportWSHandler,
    Operation,
)
from strawberry.subscriptions.protocols.graphql_transport_ws.types import ConnectionInitMessage
from strawberry.types import ExecutionResult

from api.graphql.errors import UNAVAILABLE, UNEXPECTED, all_shown, reference_of_log, shown
from api.services import AWAY
from api.sign_in_refusals import Unauthenticated

logger = logging.getLogger(__name__)

Context = TypeVar("Context")
RootValue = TypeVar("RootValue")

RESPONSE_JSON: Final = "application/graphql-response+json"
JSON: Final = "application/json"
NOT_YET: Final = Response()
"""strawberry wants one for whoever finds out who asks; nobody writes on it."""
STATUS: Final = {"UNEXPECTED": 500, "TIMED_OUT": 504}
OPERATIONS: Final = 100
"""Under way on one socket, subscriptions among them."""
LONGEST_ID: Final = 128
"""It is repeated in every message of its operation."""
LONGEST_REASON: Final = 123
"""Bytes that RFC 6455 5.5.1 has room for in a closing frame."""


TOO_MANY: Final = GraphQLError(
    f"Nhiều nhất {OPERATIONS} thao tác cùng lúc trên một kết nối · "
    f"At most {OPERATIONS} operations at a time on one socket",
    extensions={"code": "TOO_MANY_OPERATIONS", "retryable": True},
)


class TextWebSocket(ASGIWebSocketAdapter):
    """Sends text frames: the protocol asks for them, and orjson gives bytes. Closes with what fits a closing frame."""

    async def send_json(self, message: Mapping[str, object]) -> None:
        """Send one message."""
        try:
            await self.ws.send_text(cast("bytes", self.view.encode_json(message)).decode())
        except (WebSocketDisconnect, AlreadyClosed) as gone:
            raise WebSocketDisconnected from gone

    async def close(self, code: int, reason: str) -> None:
        """Close; strawberry repeats in *reason* what the client said, however long that was."""
        await super().close(code, reason.encode()[:LONGEST_REASON].decode(errors="ignore"))


class Handler(BaseGraphQLTransportWSHandler[Context, RootValue]):
    """`graphql-transport-ws`: a bad document costs its own operation, the end of the session the whole socket."""

    _watch: asyncio.Task[None] | None = None

    @property
    def _socket(self) -> WebSocket:
        return cast("TextWebSocket", self.websocket).ws

    async def handle_connection_init(self, message: ConnectionInitMessage) -> None:
        """Welcome whoever it is, for as long as they may stay."""
        await super().handle_connection_init(message)
        if self.connection_acknowledged and self._watch is None:
            self._watch = asyncio.create_task(self._until_signed_off())

    async def shutdown(self) -> None:
        """Leave nothing behind."""
        if self._watch is not None:
            self._watch.cancel()
            with suppress(asyncio.CancelledError):
                await self._watch
        await super().shutdown()

    async def handle_task_exception(self, error: Exception) -> None:
        """Log it, unless it is only that the client is gone."""
        if not isinstance(error, WebSocketDisconnected):
            await super().handle_task_exception(error)

    async def _until_signed_off(self) -> None:
        await cast("GraphQLEndpoint[Context, RootValue]", self.view).until_signed_off(self._socket)
        error = shown(GraphQLError(str(Unauthenticated()), original_error=Unauthenticated()))
        with suppress(WebSocketDisconnected, WebSocketDisconnect, AlreadyClosed):  # it may be gone
            for operation in list(self.operations.values()):
                if operation.task:
                    operation.task.cancel()
                await operation.send_initial_errors([error])
            # 4403 rather than 4401: clients take it for a reason to come back with another token
            await self.websocket.close(code=4403, reason="The session has ended")

    async def handle_message(self, message: Any) -> None:
        """Close on what is no message of the protocol, before anything relies on its shape."""
        if not isinstance(message, dict) or not isinstance(message.get("type"), str):
            await self.handle_invalid_message("Invalid message")
            return
        if message["type"] == "connection_init" and message.get("payload") is None:
            message.pop("payload", None)  # the protocol allows null for none
        if message["type"] in {"subscribe", "complete"}:
            given = message.get("id")
            if not isinstance(given, str) or not 0 < len(given) <= LONGEST_ID:
                await self.handle_invalid_message(
                    f"Invalid message: id must be a string of 1 to {LONGEST_ID} characters"
                )
                return
        if message["type"] == "subscribe":
            try:
                request_data(message.get("payload"))
            except HTTPException as refused:
                await self.handle_invalid_message(refused.reason[:100])
                return
            if self.connection_acknowledged and message["id"] not in self.operations:
                if len(self.operations) >= OPERATIONS:
                    await self._refuse(message["id"], TOO_MANY)
                    return
                # who asks is found out for every operation, and what a loader remembers ends with it
                try:
                    self.context = await self.view.get_context(self._socket, response=self._socket)
                except AWAY as away:
                    await self._refuse(message["id"], shown(GraphQLError(str(away), original_error=away)))
                    return
        await super().handle_message(cast("Any", message))

    async def _refuse(self, operation: str, error: GraphQLError) -> None:
        await self.send_message({"id": operation, "type": "error", "payload": [error.formatted]})

    async def _send_result_stream(
        self, operation: Operation[Context, RootValue], result_source: StreamResult
    ) -> None:
        async for result in result_source:
            if not isinstance(result, ExecutionResult):
                await self._reject_incremental_delivery(operation)
                return
            errors = all_shown(result.errors)
            if result.data is None and errors and all(error.path is None for error in errors):
                # nothing of it was executed, or the stream itself broke off: this is its end
                await operation.send_initial_errors(errors)
                return
            result.errors = errors
            await operation.send_next(result)


class GraphQLEndpoint(GraphQL[Context, RootValue]):
    """The ASGI application behind `/graphql`; subclass it to give `get_context` and `on_ws_connect`."""

    websocket_adapter_class = TextWebSocket
    graphql_transport_ws_handler_class = Handler[Any, Any]

    def __init__(self, schema: BaseSchema, *, explorer: ASGIApp | None = None) -> None:
        super().__init__(
            schema,
            graphql_ide=None,
            allow_queries_via_get=False,
            subscription_protocols=[GRAPHQL_TRANSPORT_WS_PROTOCOL],
            connection_init_wait_timeout=timedelta(seconds=10),
            multipart_uploads_enabled=False,
            max_subscriptions_per_connection=OPERATIONS,
        )
        self._explorer = explorer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request or serve one socket."""
        if scope["type"] != "http":
            try:
                await super().__call__(scope, receive, send)
            except AWAY as away:
                logger.warning("the database is away: %s", type(away).__name__)
                await send({"type": "websocket.close", "code": 1013, "reason": "Try again later"})
            return
        request = Request(scope, receive)
        if request.method in {"GET", "HEAD"} and self._explorer and "text/html" in _accept(request):
            await self._explorer(scope, receive, send)
            return
        if request.method == "POST":
            try:
                response = await self.answer(request)
            except HTTPException as refused:
                response = self._refuse(request, refused)
            except AWAY as away:
                # before anything was executed: who asks could not be found out
                logger.warning("the database is away: %s", type(away).__name__)
                response = self._refuse(request, HTTPException(503, UNAVAILABLE), code="UNAVAILABLE")
            except Exception:
                reference = reference_of_log()
                logger.exception("unexpected error before execution, correlation %s", reference)
                unforeseen = HTTPException(500, UNEXPECTED)
                response = self._refuse(request, unforeseen, code="UNEXPECTED", correlationId=reference)
        else:
            response = self._refuse(request, HTTPException(405, "Chỉ nhận POST · Only POST is accepted"))
        await response(scope, receive, send)

    async def until_signed_off(self, socket: WebSocket) -> None:  # noqa: ARG002 — for whoever signs people in
        """Return when whoever is on a socket may stay no longer; where nobody signs in, never."""
        await asyncio.Event().wait()

    async def answer(self, request: Request) -> Response:
        """Answer one request: agree on the form, find out who asks, read, execute, write.

        Raises:
            HTTPException: nothing can be executed.
        """
        media = agreed(_accept(request))
        context = await self.get_context(request, response=NOT_YET)
        asked = await self._asked(request)
        try:
            result = await self.schema.execute(
                asked.query,
                variable_values=asked.variables,
                context_value=context,
                operation_name=asked.operation_name,
            )
        except CannotGetOperationTypeError as error:
            raise HTTPException(400, error.as_http_error_reason()) from None
        except InvalidOperationTypeError as error:
            raise HTTPException(400, error.as_http_error_reason("POST")) from None
        return self._written(result, media)

    async def _asked(self, request: Request) -> GraphQLRequestData:
        """Read the one form of request there is."""
        kind, _, parameters = request.headers.get("content-type", "").lower().partition(";")
        if kind.strip() != JSON or ("charset" in parameters and "utf-8" not in parameters):
            raise HTTPException(415, f"Nội dung phải là {JSON}, UTF-8 · The body must be {JSON} in UTF-8")
        try:
            body = orjson.loads(await request.body())
        except orjson.JSONDecodeError:
            raise HTTPException(400, "Nội dung không phải JSON hợp lệ · The body is not valid JSON") from None
        return request_data(body)

    def _written(self, result: ExecutionResult, media: str) -> Response:
        """Give the answer its shape, status and media type; a request that was never executed has no `data`."""
        errors = all_shown(result.errors)
        answer: dict[str, Any] = {}
        status = 200
        if errors:
            answer["errors"] = [error.formatted for error in errors]
        if result.data is not None or any(error.path for error in errors):
            answer["data"] = result.data
        elif media == RESPONSE_JSON:
            codes = [(error.extensions or {}).get("code") for error in errors]
            status = next((STATUS[code] for code in codes if code in STATUS), 400)
        return Response(self.encode_json(answer), status_code=status, media_type=f"{media}; charset=utf-8")

    def decode_json(self, data: str | bytes) -> object:
        """Read JSON."""
        return orjson.loads(data)

    def encode_json(self, data: object) -> str | bytes:
        """Write JSON, in UTF-8 and without escapes."""
        return orjson.dumps(data)

    def _refuse(self, request: Request, refused: HTTPException, **extensions: str) -> Response:
        try:
            media = agreed(_accept(request))
        except HTTPException:
            media = JSON
        error = {"message": refused.reason, "extensions": {"code": "BAD_REQUEST", **extensions}}
        return Response(
            self.encode_json({"errors": [error]}),
            status_code=refused.status_code,
            media_type=f"{media}; charset=utf-8",
            headers={"allow": "POST"} if refused.status_code == 405 else None,  # noqa: PLR2004
        )


def request_data(body: object) -> GraphQLRequestData:
    """Check the shape of a request, over HTTP and over a socket alike."""
    if isinstance(body, list):
        raise HTTPException(
            400, "Mỗi yêu cầu một thao tác · One operation per request, batches are not accepted"
        )
    if not isinstance(body, dict):
        raise HTTPException(400, "Yêu cầu phải là một đối tượng JSON · The request must be a JSON object")
    query = body.get("query")
    if not isinstance(query, str) or not query:
        raise HTTPException(400, "Thiếu `query` · `query` must be a non-empty string")
    name = body.get("operationName")
    if name is not None and not isinstance(name, str):
        raise HTTPException(400, "`operationName` phải là chuỗi · `operationName` must be a string or null")
    for key in ("variables", "extensions"):
        if body.get(key) is not None and not isinstance(body[key], dict):
            raise HTTPException(400, f"`{key}` phải là đối tượng · `{key}` must be an object or null")
    return GraphQLRequestData(
        query=query,
        variables=body.get("variables"),
        operation_name=name,
        extensions=body.get("extensions"),
    )


def agreed(accept: str) -> str:
    """Choose the media type of the answer; who names none gets `application/json`."""
    best, weight = None, 0.0
    for part in accept.split(",") if accept.strip() else ["*/*"]:
        kind, *parameters = (piece.strip().lower() for piece in part.split(";"))
        quality = _quality(parameters)
        media = {"*/*": JSON, "application/*": JSON, JSON: JSON, RESPONSE_JSON: RESPONSE_JSON}.get(kind)
        # Of two that are equally welcome, the newer one says more.
        if media and quality and (quality > weight or (quality == weight and kind == RESPONSE_JSON)):
            best, weight = media, quality
    if best is None:
        raise HTTPException(
            406, f"Chỉ trả lời bằng {RESPONSE_JSON} hoặc {JSON} · Answers are {RESPONSE_JSON} or {JSON}"
        )
    return best


def _quality(parameters: list[str]) -> float:
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return float(parameter[2:])
            except ValueError:
                return 0.0
    return 1.0


def _accept(request: Request | WebSocket) -> str:
    return str(request.headers.get("accept", ""))
