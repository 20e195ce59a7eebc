"""The HTTP application: GraphQL and its explorer, health, metrics, behind the guards."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.websockets import WebSocket
from strawberry.schema.base import BaseSchema

from api.graphql.context import RequestContext
from api.graphql.protocol import GraphQLEndpoint
from api.http import evidence, health
from api.http.explorer.page import Explorer
from api.http.guard import guards
from api.services import Services
from api.sign_in import SignedIn, who


class Endpoint(GraphQLEndpoint[RequestContext, None]):
    """`/graphql`, for whoever the bearer token stands for."""

    def __init__(self, schema: BaseSchema, services: Services, explorer: Explorer) -> None:
        super().__init__(schema, explorer=explorer)
        self._services = services

    async def get_context(
        self, request: Request | WebSocket, response: Response | WebSocket
    ) -> RequestContext:
        """Find out who asks; loaders live as long as the request."""
        del response
        address = request.client.host if request.client else ""
        secure = request.url.scheme in {"https", "wss"}
        base_url = f"{'https' if secure else 'http'}://{request.url.netloc}"
        return RequestContext(self._services, await self._signed_in(request), address, base_url)

    async def _signed_in(self, request: Request | WebSocket) -> SignedIn | None:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            return None
        return await self._services.writes(who, self._services, token.strip())


def application(schema: BaseSchema, services: Services) -> Starlette:
    """Build the application over its services; they are opened and closed with it."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        services.reads.open()
        try:
            yield
        finally:
            services.reads.close()
            services.jobs.close()

    explorer = Explorer()
    endpoint: Any = Endpoint(schema, services, explorer)
    return Starlette(
        routes=[
            Route("/", lambda _: RedirectResponse("/graphql")),
            Route("/graphql", endpoint),
            WebSocketRoute("/graphql", endpoint),
            *explorer.routes(),
            *evidence.routes(services),
            Mount("/", routes=health.routes(services)),
        ],
        middleware=guards(),
        lifespan=lifespan,
    )
