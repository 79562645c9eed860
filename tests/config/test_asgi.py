"""The handshake of sockets, before any consumer sees it."""

from __future__ import annotations

import pytest
from asgiref.testing import ApplicationCommunicator

from config.asgi import application

OURS = [(b"host", b"localhost"), (b"origin", b"http://localhost")]
FOREIGN = [(b"host", b"localhost"), (b"origin", b"https://evil.example")]


def handshake(headers: list[tuple[bytes, bytes]]) -> ApplicationCommunicator:
    scope = {
        "type": "websocket",
        "path": "/ws/nowhere",
        "query_string": b"",
        "headers": headers,
        "subprotocols": [],
    }
    return ApplicationCommunicator(application, scope)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("headers", [OURS, FOREIGN])
async def test_a_handshake_nobody_serves_or_from_elsewhere_is_closed(
    headers: list[tuple[bytes, bytes]],
) -> None:
    caller = handshake(headers)
    await caller.send_input({"type": "websocket.connect"})
    assert (await caller.receive_output())["type"] == "websocket.close"
    await caller.wait()
