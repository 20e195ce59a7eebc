"""The explorer: one page of our own, from the installation itself, that talks to no other host."""

from importlib.resources import files
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

SOURCES: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
TYPES: Final = {
    "explorer.css": "text/css",
    "explorer.js": "text/javascript",
    "schema.js": "text/javascript",
    "examples.js": "text/javascript",
}


class Explorer:
    """Serves the page to browsers at the address of the API, and its parts beside it."""

    def __init__(self) -> None:
        folder = files("api.http.explorer")
        self._page = folder.joinpath("index.html").read_bytes()
        self._parts = {name: folder.joinpath(name).read_bytes() for name in TYPES}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the page."""
        headers = {"content-security-policy": SOURCES, "cache-control": "no-cache"}
        response = Response(self._page, media_type="text/html; charset=utf-8", headers=headers)
        await response(scope, receive, send)

    def routes(self) -> list[BaseRoute]:
        """Give the routes of the parts."""
        return [Route("/explorer/{name}", self._part, methods=["GET"])]

    async def _part(self, request: Request) -> Response:
        name = request.path_params["name"]
        if name not in self._parts:
            return Response(status_code=404)
        headers = {"cache-control": "no-cache"}
        return Response(self._parts[name], media_type=f"{TYPES[name]}; charset=utf-8", headers=headers)
