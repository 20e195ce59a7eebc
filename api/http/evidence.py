"""Files of evidence and extractions, for whoever holds an address that was signed for them: whole, or a range."""

import re
from collections.abc import AsyncIterator
from typing import Final

import orjson
from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from api import papers
from api.services import AWAY as UNREACHABLE
from api.services import Services
from api.urls import NotSignedError, Ticket
from domain.footage import FootageAwayError
from projections import camera_registry

CHUNK: Final = 1 << 20
READERS: Final = 8
RANGE: Final = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")
"""One range. Of several the whole is given, as RFC 9110 14.2 allows: nobody plays a film in shuffled pieces."""


Why = tuple[int, str, str, str]
INVALID: Final[Why] = (
    403,
    "URL_INVALID",
    "Địa chỉ không do hệ thống cấp",
    "Not an address that this system gave",
)
EXPIRED: Final[Why] = (
    403,
    "URL_EXPIRED",
    "Địa chỉ đã hết hạn sau 60 giây; hãy mở lại bằng openEvidence",
    "The address expired after 60 s; open the file again by openEvidence",
)
SECRET: Final[Why] = (
    403,
    "SECRET",
    "Camera có dấu hiệu bí mật nhà nước, không chia sẻ ra ngoài hệ thống của đơn vị quản lý",
    "What the camera shows may be a state secret; nobody outside of its own system is shown it",
)
AWAY: Final[Why] = (503, "UNAVAILABLE", "Kho chứng cứ chưa sẵn sàng", "The evidence store is away")
GONE: Final[Why] = (404, "GONE", "Tệp không còn trong kho chứng cứ", "The file is no longer kept")
ERASED: Final[Why] = (
    410,
    "ERASED",
    "Văn bản không đọc được nữa: dữ liệu cá nhân của hồ sơ đã bị xóa",
    "The document cannot be read any more: the personal data of its case was erased",
)
DAMAGED: Final[Why] = (
    410,
    "DAMAGED",
    "Văn bản không còn nguyên vẹn, không được giao",
    "The document is not what was made, and it is not given out",
)


def routes(services: Services) -> list[Route]:
    """`/evidence/TOKEN`, by GET and HEAD."""
    limiter = CapacityLimiter(READERS)

    async def evidence(request: Request) -> Response:
        """Give out a file or a document, or say why not."""
        try:
            ticket = services.urls.read(request.path_params["token"])
        except NotSignedError:
            return _refuse(*INVALID)
        if ticket.expired(services.now()):
            return _refuse(*EXPIRED)
        give = _file if ticket.sealed_for is None else _document
        return await give(services, ticket, request, limiter)

    return [Route("/evidence/{token}", evidence, methods=["GET", "HEAD"])]


async def _file(services: Services, ticket: Ticket, request: Request, limiter: CapacityLimiter) -> Response:
    """A file of evidence or of an extraction, as it lies in the store."""
    if ticket.camera_id is not None:
        try:
            cameras = await services.reads(camera_registry.by_ids, [ticket.camera_id])
        except UNREACHABLE:
            return _refuse(*AWAY)
        if any(camera.secret for camera in cameras.values()):
            return _refuse(*SECRET)
    try:
        size = await to_thread.run_sync(services.footage.size, ticket.name, limiter=limiter)
    except FootageAwayError:
        return _refuse(*AWAY)
    if size is None:
        return _refuse(*GONE)
    part = _range(request, ticket, size)
    start, end = part or (0, size)
    if part and start >= end:
        outside = (416, "RANGE_OUTSIDE", f"Tệp chỉ có {size} byte", f"The file has {size} bytes")
        return _refuse(*outside, {"content-range": f"bytes */{size}"})
    headers = {"accept-ranges": "bytes", **_headers(ticket, end - start)}
    if part:
        headers["content-range"] = f"bytes {start}-{end - 1}/{size}"

    async def body() -> AsyncIterator[bytes]:
        for at in range(start, end, CHUNK) if request.method == "GET" else ():
            upto = min(at + CHUNK, end)
            yield await to_thread.run_sync(
                services.footage.read_range, ticket.name, at, upto, limiter=limiter
            )

    return StreamingResponse(body(), status_code=206 if part else 200, headers=headers)


async def _document(
    services: Services, ticket: Ticket, request: Request, limiter: CapacityLimiter
) -> Response:
    """A document that is kept sealed: opened in memory, and given whole, as it is a few pages."""
    try:
        data = await to_thread.run_sync(papers.opened, services, ticket, limiter=limiter)
    except UNREACHABLE:
        return _refuse(*AWAY)
    except papers.Damaged:
        return _refuse(*DAMAGED)
    if data is None:
        return _refuse(*ERASED)
    return Response(data if request.method == "GET" else b"", headers=_headers(ticket, len(data)))


def _headers(ticket: Ticket, length: int) -> dict[str, str]:
    return {
        "etag": f'"{ticket.sha256}"',
        "content-type": ticket.media_type,
        "content-disposition": f'attachment; filename="{ticket.filename}"',
        "content-length": str(length),
    }


def _range(request: Request, ticket: Ticket, size: int) -> tuple[int, int] | None:
    """The bytes asked for, from start up to end; None where none were, start = end where the file has none such."""
    match = RANGE.fullmatch(request.headers.get("range", "").strip())
    if match is None or request.headers.get("if-range", f'"{ticket.sha256}"') != f'"{ticket.sha256}"':
        return None
    first, last = match.groups()
    if not first:
        return (max(size - int(last), 0), size if int(last) else 0) if last else None
    start, end = int(first), min(int(last) + 1, size) if last else size
    if last and int(last) < start:
        return None
    return (start, end) if start < size else (size, size)


def _refuse(status: int, code: str, vi: str, en: str, headers: dict[str, str] | None = None) -> Response:
    body = orjson.dumps({"errors": [{"message": f"{vi} · {en}", "extensions": {"code": code}}]})
    return Response(body, status_code=status, headers=headers, media_type="application/json; charset=utf-8")
