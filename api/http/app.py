"""The HTTP application: GraphQL and its explorer, health, metrics, behind the guards."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.exceptions import ConnectionRejectionError
from strawberry.schema.base import BaseSchema
from strawberry.types.unset import UnsetType

from api.graphql.context import RequestContext
from api.graphql.protocol import GraphQLEndpoint
from api.http import evidence, gateway, health, oidc
from api.http.explorer.page import Explorer
from api.http.guard import guards
from api.live import Live
from api.services import Services
from api.sign_in import record_failures
from api.signed_in import SignedIn
from domain.errors import Refusal

STRANGERS: Final = 100
"""Sockets of one address on which nobody is signed in; for all behind a proxy that nobody named, the proxy's."""
STRANGER_S: Final = 60.0
"""How long such a socket may stay: what can be done on it is to sign in."""


DELEGATION: Final = "delegation"
"""The header, or the word of `connection_init`, that names the delegation by which somebody acts for another."""
NOBODY: Final = (None, None)


class Endpoint(GraphQLEndpoint[RequestContext, None]):
    """`/graphql`, for whoever the bearer token stands for."""

    def __init__(self, schema: BaseSchema, services: Services, live: Live, explorer: Explorer) -> None:
        super().__init__(schema, explorer=explorer)
        self._services = services
        self._live = live
        self._strangers: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve; whoever came on a socket is gone with it, however it ends."""
        if scope["type"] != "websocket":
            await super().__call__(scope, receive, send)
            return
        address = scope["client"][0] if scope.get("client") else ""
        if self._strangers[address] >= STRANGERS:
            await WebSocket(scope, receive, send).send_denial_response(crowded())
            return
        self._strangers[address] += 1
        scope["state"]["stranger"] = address
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._is_known(scope)
            if presence := scope["state"].pop("presence", None):
                presence.leave()

    def _is_known(self, scope: Scope) -> None:
        """Whoever is on this socket is no stranger any more, or gone."""
        if (address := scope["state"].pop("stranger", None)) is not None:
            self._strangers[address] -= 1
            self._strangers += Counter()  # forgets where nobody is

    async def get_context(
        self, request: Request | WebSocket, response: Response | WebSocket
    ) -> RequestContext:
        """Find out who asks, for every operation anew; loaders live as long as it."""
        del response
        address = request.client.host if request.client else ""
        secure = request.url.scheme in {"https", "wss"}
        base_url = f"{'https' if secure else 'http'}://{request.url.netloc}"
        if isinstance(request, WebSocket):
            presence = request.scope["state"].get("presence")
            signed_in, refused = await self._who(presence.token, presence.delegation) if presence else NOBODY
            return RequestContext(
                self._services,
                signed_in,
                address,
                base_url,
                refused=refused,
                socket=request,
                presence=presence,
                live=self._live,
                forget=self._live.people.forget,
            )
        token = _token(request.headers.getlist("authorization"))
        signed_in, refused = await self._who(token, request.headers.get(DELEGATION)) if token else NOBODY
        return RequestContext(
            self._services,
            signed_in,
            address,
            base_url,
            refused=refused,
            forget=self._live.people.forget,
        )

    async def _who(self, token: str, delegation: str | None) -> tuple[SignedIn | None, Refusal | None]:
        """Who a token stands for, or why they may not act by the delegation they name."""
        try:
            return await self._live.people.who(token, delegation), None
        except Refusal as refusal:
            return None, refusal

    async def on_ws_connect(self, context: RequestContext) -> UnsetType | dict[str, object] | None:
        """Take the token from the handshake, or from `connection_init`: browsers cannot set headers."""
        socket = context.socket
        said = {key.lower(): value for key, value in context.connection_params.items()}
        by_hand = said.get("authorization")
        named = said.get(DELEGATION) or (socket.headers.get(DELEGATION) if socket else None)
        token = _token([by_hand] if by_hand else socket.headers.getlist("authorization") if socket else [])
        context.connection_params = {}  # nobody asks for the rest of it
        if socket and token:
            presence = await self._live.people.enter(token, named if isinstance(named, str) else None)
            if presence is None:
                raise ConnectionRejectionError
            socket.scope["state"]["presence"] = presence
            self._is_known(socket.scope)
        return await super().on_ws_connect(context)

    async def until_signed_off(self, socket: WebSocket) -> None:
        """Return when the token of this socket stands for nobody any more, or nobody has come."""
        presence = socket.scope["state"].get("presence")
        await (presence.ended.wait() if presence else asyncio.sleep(STRANGER_S))


def crowded() -> Response:
    """Say that there are enough."""
    message = (
        f"Nhiều nhất {STRANGERS} kết nối chưa đăng nhập từ một địa chỉ · "
        f"At most {STRANGERS} sockets of one address on which nobody is signed in"
    )
    error = {"message": message, "extensions": {"code": "TOO_MANY_CONNECTIONS", "retryable": True}}
    return JSONResponse({"errors": [error]}, 503, headers={"retry-after": "10"})


def _token(said: Sequence[object]) -> str | None:
    """What is sent as Bearer, in one place: where two say it, nobody knows which of them counts."""
    scheme, _, token = said[0].partition(" ") if len(said) == 1 and isinstance(said[0], str) else ("", "", "")
    return token.strip(" ") or None if scheme.lower() == "bearer" else None


def application(schema: BaseSchema, services: Services, *, proxies: Collection[str] = ()) -> Starlette:
    """Build the application over its services; they are opened and closed with it.

    *proxies* are the addresses of those who are believed when they say for whom they ask.
    """
    live = Live(services)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        services.reads.open()
        running = [asyncio.create_task(live.run()), asyncio.create_task(record_failures(services))]
        try:
            yield
        finally:
            for task in running:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
            services.reads.close()
            services.jobs.close()

    explorer = Explorer()
    endpoint: Any = Endpoint(schema, services, live, explorer)
    made = Starlette(
        routes=[
            Route("/", lambda _: RedirectResponse("/graphql")),
            Route("/graphql", endpoint),
            WebSocketRoute("/graphql", endpoint),
            *explorer.routes(),
            *evidence.routes(services),
            *gateway.routes(services),
            *oidc.routes(services),
            Mount("/", routes=health.routes(services, live)),
        ],
        middleware=guards(proxies=proxies),
        lifespan=lifespan,
    )
    made.state.live = live
    return made
