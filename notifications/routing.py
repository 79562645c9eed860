"""The socket addresses of this app."""

from __future__ import annotations

from django.urls import re_path

from notifications.consumers import Events

websocket_urlpatterns = [re_path(r"^ws/events/?$", Events.as_asgi())]
