"""What the media gateway and the analytics engine ask: whether a use stands, and how long it really was.

`/gateway/authorise` takes the token in its query, or the JSON that MediaMTX posts to its `authHTTPAddress`; any
answer that begins with 20 lets the viewer in. They ask at the start and again while a use runs.
They are known by a shared secret: as Bearer, or as the password of an address such as `http://gateway:SECRET@host/…`.
"""

import base64
import binascii
import logging
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qs

import orjson
from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from api.services import AWAY, Services
from domain.camera.uses import UseKind
from domain.commands.camera_use import by_process, serve, stands
from domain.errors import Refusal

logger = logging.getLogger(__name__)

ASKING: Final = 4
"""Questions under way at once: each reads a few nouns from the log."""
LONGEST_S: Final = 7 * 86_400
FROM_FOOTAGE: Final = frozenset({UseKind.FACE_RECOGNITION, UseKind.SEARCH, UseKind.FOLLOW, UseKind.COUNT})


@dataclass(frozen=True)
class Question:
    """What the gateway asks about: a token, the action, the path of the camera, its own name for the viewer."""

    token: str
    action: str = "read"
    path: str | None = None
    connection: str = ""
    seconds: object = None


def routes(services: Services) -> list[Route]:
    """`/gateway/…` for live views, `/analytics/…` for what is computed from footage."""
    limiter = CapacityLimiter(ASKING)

    def authorise(kinds: Collection[UseKind]) -> Any:
        async def endpoint(request: Request) -> Response:
            """Say whether the use stands, and what it is."""
            question = await _question(services, request)
            if isinstance(question, Response):
                return question
            try:
                return await to_thread.run_sync(_stands, services, question, kinds, limiter=limiter)
            except AWAY:
                return _refused(503, "UNAVAILABLE")

        return endpoint

    async def ended(request: Request) -> Response:
        """Take down how long a connection was."""
        question = await _question(services, request)
        if isinstance(question, Response):
            return question
        try:
            return await to_thread.run_sync(_served, services, question, limiter=limiter)
        except AWAY:
            return _refused(503, "UNAVAILABLE")

    return [
        Route("/gateway/authorise", authorise({UseKind.LIVE_VIEW}), methods=["GET", "POST"]),
        Route("/analytics/authorise", authorise(FROM_FOOTAGE), methods=["GET", "POST"]),
        Route("/gateway/ended", ended, methods=["POST"]),
        Route("/analytics/ended", ended, methods=["POST"]),
    ]


def _stands(services: Services, question: Question, kinds: Collection[UseKind]) -> Response:
    use_id = services.gateways.read(question.token)
    if use_id is None:
        # a viewer that has not been asked yet sends nothing; 401 asks
        return _refused(401, "TOKEN_MISSING") if not question.token else _refused(403, "TOKEN_INVALID")
    now = services.now()
    at = by_process(now, services.rulebook.version)
    try:
        use, cameras = stands(services.app, services.context, at, use_id=use_id, now=now)
    except Refusal as refusal:
        return _refused(403, refusal.code)
    codes = [camera.code for camera in cameras]
    path_fits = question.path is None or question.path in codes
    if use.kind not in kinds or question.action != "read" or not path_fits:
        return _refused(403, "OTHER_USE")
    said: dict[str, Any] = {"kind": use.kind, "cameras": codes, "until": use.until.isoformat()}
    if use.starts_at is not None and use.ends_at is not None:
        said |= {"from": use.starts_at.isoformat(), "to": use.ends_at.isoformat()}
    return JSONResponse(said)


def _served(services: Services, question: Question) -> Response:
    use_id = services.gateways.read(question.token)
    if use_id is None:
        return _refused(403, "TOKEN_INVALID")
    seconds = question.seconds
    if not isinstance(seconds, int) or isinstance(seconds, bool) or not 0 <= seconds <= LONGEST_S:
        return _refused(400, "SECONDS_INVALID")
    at = by_process(services.now(), services.rulebook.version)
    try:
        serve(services.app, at, use_id=use_id, connection=question.connection, seconds=seconds)
    except Refusal as refusal:
        return _refused(400, refusal.code)
    return JSONResponse({"recorded": True})


async def _question(services: Services, request: Request) -> Question | Response:
    if not services.gateways.knows(_secret(request)):
        return JSONResponse(
            {"code": "UNKNOWN_GATEWAY"}, 401, headers={"www-authenticate": 'Basic realm="gateway"'}
        )
    if request.method == "GET":
        return Question(token=request.query_params.get("token", ""))
    try:
        said = orjson.loads(await request.body())
    except orjson.JSONDecodeError:
        said = None
    if not isinstance(said, dict):
        return _refused(400, "JSON_EXPECTED")
    words = {name: said.get(name) if isinstance(said.get(name), str) else "" for name in WORDS}
    in_query = parse_qs(words["query"] or "").get("token", [""])[0]
    path = words["path"]
    return Question(
        token=words["token"] or in_query or words["password"] or "",
        action=words["action"] or "read",
        path=path or None,
        connection=words["id"] or "",
        seconds=said.get("seconds"),
    )


WORDS: Final = ("token", "password", "query", "action", "path", "id")


def _secret(request: Request) -> str:
    scheme, _, said = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return said.strip()
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(said, validate=True).decode().partition(":")[2]
        except (binascii.Error, UnicodeDecodeError):
            return ""
    return ""


def _refused(status: int, code: str) -> Response:
    return JSONResponse({"code": code}, status)
