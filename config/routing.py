"""The socket addresses: each app's `routing.websocket_urlpatterns`, and a clean no for the rest."""

from __future__ import annotations

from typing import Any

from asgiref.typing import ASGIReceiveCallable, ASGISendCallable
from django.urls import URLPattern, re_path

from config.contributed import modules_named
from config.refusals import refuse


async def unknown(scope: Any, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    """Answers a handshake at an address that no app serves with HTTP 403."""
    await refuse(receive, send)


def socket_routes() -> list[URLPattern]:
    routes = [
        route for module in modules_named("routing") for route in module.websocket_urlpatterns
    ]
    # Django's types know views alone, not the ASGI applications that channels routes to.
    fallback: Any = unknown
    return [*routes, re_path(r"", fallback)]
