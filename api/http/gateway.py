"""What the media gateway and the analytics engine ask: whether a use stands, and how long it really was.

`/gateway/authorise` takes the token in its query, or the JSON that MediaMTX posts to its `authHTTPAddress`; any
answer that begins with 20 lets the viewer in. They ask at the start and again while a use runs.
They are known by a shared secret: as Bearer, or as the password of an address such as `http://CODE:SECRET@host/…`.
Where the regulation has clients registered, the user name of that address (beside a Bearer, the header `X-Client`) is
the code of one that is let in.
"""

import base64
import binascii
import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial
from typing import Any, Final
from urllib.parse import parse_qs

import orjson
from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from api.services import AWAY, Services
from domain.camera.uses import UseKind
from domain.client import CODE, ClientKind
from domain.clock import legal_date
from domain.commands.camera_use import by_process, serve, stands
from domain.commands.connecting import UNKNOWN_CLIENT, connected, record_stranger
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
    client: str = ""
    action: str = "read"
    path: str | None = None
    connection: str = ""
    seconds: object = None


def routes(services: Services) -> list[Route]:
    """`/gateway/…` for live views, `/analytics/…` for what is computed from footage."""
    limiter = CapacityLimiter(ASKING)

    def authorise(asks: ClientKind, kinds: Collection[UseKind]) -> Any:
        async def endpoint(request: Request) -> Response:
            """Say whether the use stands, and what it is."""
            question = await _question(services, request)
            if isinstance(question, Response):
                return question
            try:
                return await to_thread.run_sync(
                    _let_in, services, question, asks, partial(_stands, kinds=kinds), limiter=limiter
                )
            except AWAY:
                return _refused(503, "UNAVAILABLE")

        return endpoint

    def ended(asks: ClientKind) -> Any:
        async def endpoint(request: Request) -> Response:
            """Take down how long a connection was."""
            question = await _question(services, request)
            if isinstance(question, Response):
                return question
            try:
                return await to_thread.run_sync(_let_in, services, question, asks, _served, limiter=limiter)
            except AWAY:
                return _refused(503, "UNAVAILABLE")

        return endpoint

    gateway, engine = ClientKind.MEDIA_GATEWAY, ClientKind.ANALYTICS_ENGINE
    return [
        Route("/gateway/authorise", authorise(gateway, {UseKind.LIVE_VIEW}), methods=["GET", "POST"]),
        Route("/analytics/authorise", authorise(engine, FROM_FOOTAGE), methods=["GET", "POST"]),
        Route("/gateway/ended", ended(gateway), methods=["POST"]),
        Route("/analytics/ended", ended(engine), methods=["POST"]),
    ]


def _let_in(
    services: Services,
    question: Question,
    asks: ClientKind,
    answer: Callable[[Services, Question], Response],
) -> Response:
    """Answer whoever is let in; where clients are registered, that is one of this kind that is in force."""
    now = services.now()
    rules = services.rulebook.on(legal_date(now))
    required = rules.settings.registered_clients
    if not required or connected(services.app, question.client, asks, now) is not None:
        return answer(services, question)
    rule = rules.cameras.acts.get("client")
    named = question.client if CODE.fullmatch(question.client) else "?"
    record_stranger(services.app, by_process(now, rules.version)(f"system:{asks.lower()}"), named, rule=rule)
    cited = f" ({rule})" if rule else ""
    message = (
        f"{named}: không phải {asks} đang được phép kết nối{cited}; đăng ký bằng registerClient và dùng mã đó làm tên"
        f" người dùng · no {asks} of that code is let in{cited}: registerClient, and its code as the user name"
    )
    return JSONResponse({"code": UNKNOWN_CLIENT, "message": message}, 403)


def _stands(services: Services, question: Question, *, kinds: Collection[UseKind]) -> Response:
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
    client, secret = _credentials(request)
    if not services.gateways.knows(secret):
        return JSONResponse(
            {"code": "UNKNOWN_GATEWAY"}, 401, headers={"www-authenticate": 'Basic realm="gateway"'}
        )
    if request.method == "GET":
        return Question(token=request.query_params.get("token", ""), client=client)
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
        client=client,
        action=words["action"] or "read",
        path=path or None,
        connection=words["id"] or "",
        seconds=said.get("seconds"),
    )


WORDS: Final = ("token", "password", "query", "action", "path", "id")


def _credentials(request: Request) -> tuple[str, str]:
    """Who asks, by the code that they say, and the secret by which they are known."""
    scheme, _, said = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return request.headers.get("x-client", ""), said.strip()
    if scheme.lower() == "basic":
        try:
            name, _, secret = base64.b64decode(said, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return "", ""
        return name, secret
    return "", ""


def _refused(status: int, code: str) -> Response:
    return JSONResponse({"code": code}, status)
