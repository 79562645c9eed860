"""The ASGI application: HTTP to Django behind a guard of bodies, sockets to the consumers after
their Origin is checked."""

from __future__ import annotations

import os

from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application

from config.bodies import BodyGuard
from config.origins import OriginCheck
from config.proxies import SocketClients
from config.routing import socket_routes

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


def build() -> ProtocolTypeRouter:
    """Django first: the consumers behind the routes import models, which need the apps ready."""
    http = BodyGuard(get_asgi_application())
    sockets = SocketClients(OriginCheck(AuthMiddlewareStack(URLRouter(socket_routes()))))
    return ProtocolTypeRouter({"http": http, "websocket": sockets})


application = build()
