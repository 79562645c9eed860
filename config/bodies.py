"""Bodies of requests as they arrive: refused as soon as they are too large, or come too slowly.

Django keeps a whole body on the disk before it looks at the request; without this guard in front
of it anybody could fill the disk, or hold a place for hours with a byte a minute.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from asgiref.typing import (
    ASGIReceiveCallable,
    ASGIReceiveEvent,
    ASGISendCallable,
    HTTPResponseBodyEvent,
    HTTPResponseStartEvent,
)
from django.conf import settings
from django.http import HttpResponse
from django.urls import Resolver404, resolve

from accounts.http.problems import refusal
from config.content_policy import HEADER, policy_for

IDLE_SECONDS = 20.0
WHOLE_SECONDS = 120.0
# After a refusal the rest is thrown away for so long: a client that is still sending when the
# connection closes would never read the answer.
DRAIN_SECONDS = 2.0


class BodyRefused(Exception):
    """The body isn't taken; `status` says why."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail


class BodyGuard:
    """Stands before an application, and answers 413 and 408 in its place."""

    def __init__(
        self, application: Any, *, idle: float = IDLE_SECONDS, whole: float = WHOLE_SECONDS
    ) -> None:
        self._application = application
        self._idle = idle
        self._whole = whole

    async def __call__(
        self, scope: Any, receive: ASGIReceiveCallable, send: ASGISendCallable
    ) -> None:
        most = most_bytes_at(scope["path"])
        try:
            if _declared(scope["headers"]) > most:
                raise _too_large(most)
            body = _Body(receive, most, idle=self._idle, whole=self._whole)
            await self._application(scope, body.receive, send)
        except BodyRefused as refused:
            await _answer(scope["path"], refused, receive, send)


class _Body:
    """Counts what comes and how long it takes; hands on everything after the body untouched."""

    def __init__(
        self, receive: ASGIReceiveCallable, most: int, *, idle: float, whole: float
    ) -> None:
        self._receive = receive
        self._most = most
        self._idle = idle
        self._until = asyncio.get_running_loop().time() + whole
        self._bytes = 0
        self._is_complete = False

    async def receive(self) -> ASGIReceiveEvent:
        if self._is_complete:
            return await self._receive()
        message = await self._soon()
        if message["type"] == "http.request":
            self._bytes += len(message.get("body", b""))
            self._is_complete = not message.get("more_body", False)
        else:
            self._is_complete = True
        if self._bytes > self._most:
            raise _too_large(self._most)
        return message

    async def _soon(self) -> ASGIReceiveEvent:
        left = self._until - asyncio.get_running_loop().time()
        try:
            return await asyncio.wait_for(self._receive(), min(self._idle, left))
        except TimeoutError:
            raise BodyRefused(408, "The body did not arrive in time. Send it again.") from None


def most_bytes_at(path: str) -> int:
    """How large a body may be there: what the view's parsers take, else what any form may be."""
    try:
        view = getattr(resolve(path).func, "cls", None)
    except (Resolver404, ValueError):
        view = None
    parsers = getattr(view, "parser_classes", ())
    sizes = [one.most_bytes for one in parsers if hasattr(one, "most_bytes")]
    return max(sizes, default=settings.DATA_UPLOAD_MAX_MEMORY_SIZE)


def _declared(headers: Iterable[tuple[bytes, bytes]]) -> int:
    given = next((value for name, value in headers if name == b"content-length"), b"")
    return int(given[:20]) if given.isdigit() else 0


def _too_large(most: int) -> BodyRefused:
    return BodyRefused(413, f"The body is larger than {most:,} bytes.")


async def _answer(
    path: str, refused: BodyRefused, receive: ASGIReceiveCallable, send: ASGISendCallable
) -> None:
    response = refusal(path, refused.status, refused.detail)
    await send(_start(response, path))
    await send(_part(response.content, more=True))
    with suppress(TimeoutError):
        await asyncio.wait_for(_drain(receive), DRAIN_SECONDS)
    await send(_part(b"", more=False))


async def _drain(receive: ASGIReceiveCallable) -> None:
    while (message := await receive())["type"] == "http.request":
        if not message.get("more_body", False):
            return


def _start(response: HttpResponse, path: str) -> HTTPResponseStartEvent:
    headers = {
        **response.headers,
        HEADER: policy_for(path),
        "Cache-Control": "no-store",
        "Connection": "close",
        "Content-Length": str(len(response.content)),
    }
    return {
        "type": "http.response.start",
        "status": response.status_code,
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        "trailers": False,
    }


def _part(body: bytes, *, more: bool) -> HTTPResponseBodyEvent:
    return {"type": "http.response.body", "body": body, "more_body": more}
