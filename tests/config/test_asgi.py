"""The handshake of sockets, before any consumer sees it."""

from __future__ import annotations

from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator

from config.asgi import application

OURS = [(b"host", b"localhost"), (b"origin", b"http://localhost")]
FOREIGN = [(b"host", b"localhost"), (b"origin", b"https://evil.example")]


def handshake(
    headers: list[tuple[bytes, bytes]], extensions: dict[str, Any]
) -> ApplicationCommunicator:
    scope = {
        "type": "websocket",
        "path": "/ws/nowhere",
        "query_string": b"",
        "headers": headers,
        "subprotocols": [],
        "extensions": extensions,
    }
    return ApplicationCommunicator(application, scope)


@pytest.mark.parametrize(("headers", "status"), [(OURS, 404), (FOREIGN, 403)])
async def test_a_refusal_says_why(headers: list[tuple[bytes, bytes]], status: int) -> None:
    caller = handshake(headers, {"websocket.http.response": {}})
    await caller.send_input({"type": "websocket.connect"})
    begin = await caller.receive_output()
    assert (begin["type"], begin["status"]) == ("websocket.http.response.start", status)
    assert (await caller.receive_output())["type"] == "websocket.http.response.body"
    await caller.wait()


@pytest.mark.parametrize("headers", [OURS, FOREIGN])
async def test_a_server_that_knows_no_other_answer_closes(
    headers: list[tuple[bytes, bytes]],
) -> None:
    caller = handshake(headers, {})
    await caller.send_input({"type": "websocket.connect"})
    assert (await caller.receive_output())["type"] == "websocket.close"
    await caller.wait()
