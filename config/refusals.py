"""Refusing a socket before it is accepted. Servers answer such a handshake with HTTP 403."""

from __future__ import annotations

from asgiref.typing import ASGIReceiveCallable, ASGISendCallable


async def refuse(receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    """Closes the handshake; ASGI has no way to name another status that every server knows."""
    await receive()
    await send({"type": "websocket.close", "code": 1008, "reason": None})
