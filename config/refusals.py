"""Refusing a socket before it is accepted, with an HTTP status that says why."""

from __future__ import annotations

from typing import Any, cast

from asgiref.typing import ASGIReceiveCallable, ASGISendCallable, ASGISendEvent

RESPONSE = "websocket.http.response"


async def refuse(
    scope: Any, receive: ASGIReceiveCallable, send: ASGISendCallable, *, status: int
) -> None:
    """Answers the handshake with this status; with 403 where the server knows no other."""
    await receive()
    if RESPONSE not in (scope.get("extensions") or {}):
        await _send(send, {"type": "websocket.close"})
        return
    headers = [(b"content-length", b"0")]
    await _send(send, {"type": f"{RESPONSE}.start", "status": status, "headers": headers})
    await _send(send, {"type": f"{RESPONSE}.body", "body": b""})


async def _send(send: ASGISendCallable, event: dict[str, Any]) -> None:
    await send(cast("ASGISendEvent", event))
