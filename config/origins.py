"""Whether a page that opens a socket is one of ours.

A browser sends our session cookie along whichever page opens the socket, and cookies don't know
ports: without this check a foreign page, or another program on the same machine, would speak as
the signed-in user.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from asgiref.typing import ASGIReceiveCallable, ASGISendCallable
from django.conf import settings
from django.http.request import validate_host

from config.refusals import refuse

DEFAULT_PORTS = {"http": 80, "https": 443}


class OriginCheck:
    """Lets a handshake through to `application` if its Origin is ours, else answers HTTP 403."""

    def __init__(self, application: Any) -> None:
        self._application = application

    async def __call__(
        self, scope: Any, receive: ASGIReceiveCallable, send: ASGISendCallable
    ) -> None:
        if may_open(scope["headers"]):
            await self._application(scope, receive, send)
        else:
            await refuse(receive, send)


def may_open(headers: Sequence[tuple[bytes, bytes]]) -> bool:
    """The Origin is ours; or there is none, as programs have it, and no session cookie either."""
    origins = _values(headers, b"origin")
    hosts = _values(headers, b"host")
    if len(hosts) != 1 or len(origins) > 1:
        return False
    if not origins:
        return not _has_session(headers)
    return is_ours(origins[0], host=hosts[0])


def is_ours(origin: str, *, host: str) -> bool:
    """Whether a page of this Origin came from the server that is addressed as `host`."""
    try:
        page = urlsplit(origin)
        addressed = urlsplit(f"//{host}")
        page_port = page.port or DEFAULT_PORTS[page.scheme]
        addressed_port = addressed.port or DEFAULT_PORTS[page.scheme]
    except (ValueError, KeyError):
        return False
    return page_port == addressed_port and _is_allowed(page.hostname)


def _is_allowed(name: str | None) -> bool:
    if not name:
        return False
    shown = f"[{name}]" if ":" in name else name
    return validate_host(shown, settings.ALLOWED_HOSTS)


def _has_session(headers: Sequence[tuple[bytes, bytes]]) -> bool:
    cookies = ";".join(_values(headers, b"cookie")).split(";")
    return any(one.split("=")[0].strip() == settings.SESSION_COOKIE_NAME for one in cookies)


def _values(headers: Sequence[tuple[bytes, bytes]], name: bytes) -> list[str]:
    return [value.decode("latin-1") for key, value in headers if key.lower() == name]
