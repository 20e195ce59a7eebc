"""Signing in through an identity provider: there by a redirect, back with a code that opens a session once.

The code stands in the fragment of the address one is sent to, which no server and no log ever sees.
"""

import logging
from typing import Final
from uuid import UUID

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from api.identity_provider import HERE, Begun, NotVerifiedError, ProviderAwayError
from api.services import Services

logger = logging.getLogger(__name__)

PATH: Final = "/sign-in/oidc"
COOKIE: Final = "minhchung-sign-in"
BACK_WITHIN_S: Final = 600
AT_ONCE: Final = 8
"""Threads that wait for the provider; others of this process never do."""

Why = tuple[int, str, str]
NONE: Final[Why] = (404, "NO_IDENTITY_PROVIDER", "Chưa cấu hình nhà cung cấp danh tính · None is configured")
AWAY: Final[Why] = (
    503,
    "IDENTITY_PROVIDER_AWAY",
    "Nhà cung cấp danh tính không trả lời; hãy thử lại, hoặc dùng mật khẩu · It cannot be reached; use a password",
)
REFUSED: Final[Why] = (
    403,
    "IDENTITY_REFUSED",
    "Không đăng nhập được qua nhà cung cấp danh tính; hãy bắt đầu lại · Not signed in through it; begin again",
)


def routes(services: Services) -> list[Route]:
    """`/sign-in/oidc` there, `/sign-in/oidc/callback` back."""
    limiter = CapacityLimiter(AT_ONCE)

    async def there(request: Request) -> Response:
        """Send somebody to the provider."""
        provider = services.identity_provider
        if provider is None:
            return _refuse(*NONE)
        begun = Begun.draw()
        try:
            at = await to_thread.run_sync(provider.address, begun, _back(request), limiter=limiter)
        except ProviderAwayError as error:
            logger.warning("the identity provider is away: %s", error)
            return _refuse(*AWAY)
        answer = RedirectResponse(at, 303)
        answer.set_cookie(
            COOKIE,
            begun.secret,
            max_age=BACK_WITHIN_S,
            path=PATH,
            secure=not _is_here(request),
            httponly=True,
            samesite="lax",  # the provider sends the browser back from another site
        )
        return answer

    async def back(request: Request) -> Response:
        """Take somebody who comes back, and give them a code."""
        provider = services.identity_provider
        if provider is None:
            return _refuse(*NONE)
        answer = await _taken(services, request, limiter)
        answer.delete_cookie(COOKIE, path=PATH)
        return answer

    return [Route(PATH, there, methods=["GET"]), Route(f"{PATH}/callback", back, methods=["GET"])]


async def _taken(services: Services, request: Request, limiter: CapacityLimiter) -> Response:
    provider = services.identity_provider
    begun = Begun(request.cookies.get(COOKIE, ""))
    code, state = request.query_params.get("code", ""), request.query_params.get("state", "")
    if provider is None or not (begun.secret and code and begun.is_mine(state)):
        return _refuse(*REFUSED)
    address = request.client.host if request.client else ""

    async def turned_away(account_id: UUID | None = None) -> Response:
        await services.writes(services.credentials.note_failure, address, account_id)
        return _refuse(*REFUSED)

    try:
        subject = await to_thread.run_sync(provider.subject, begun, code, _back(request), limiter=limiter)
    except ProviderAwayError as error:
        logger.warning("the identity provider is away: %s", error)
        return _refuse(*AWAY)
    except NotVerifiedError as error:
        logger.warning("what the identity provider is said to have said was not believed: %s", error)
        return await turned_away()
    account_id = await services.writes(services.identities.account_of, provider.issuer, subject)
    if account_id is None:
        return await turned_away()
    given = await services.writes(services.identities.give_code, account_id, begun.nonce)
    if given is None:
        return await turned_away(account_id)
    return RedirectResponse(f"/graphql#code={given}", 303)


def _is_here(request: Request) -> bool:
    """Whether the browser is on this machine; from elsewhere it came through a proxy with TLS, which says nothing."""
    return request.url.hostname in HERE


def _back(request: Request) -> str:
    return f"{'http' if _is_here(request) else 'https'}://{request.url.netloc}{PATH}/callback"


def _refuse(status: int, code: str, message: str) -> Response:
    return JSONResponse({"errors": [{"message": message, "extensions": {"code": code}}]}, status)
