"""A page that reads nothing, over a real line: it is cut off, and nobody else waits for it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from channels.db import database_sync_to_async
from websockets.asyncio.client import ClientConnection, connect

from accounts.actor import Actor
from accounts.services import tokens
from config.serving import web
from journal import pushing
from notifications.consumers import events
from notifications.models import Notification
from notifications.pushing import group_of
from tests.notifications.conftest import Kitchen

pytestmark = pytest.mark.django_db(transaction=True)
SMALL = 4096
HANDSHAKE = (
    "GET /ws/events HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
    "Connection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
    "Sec-WebSocket-Version: 13\r\nAuthorization: Bearer {token}\r\n\r\n"
)


@asynccontextmanager
async def served() -> AsyncIterator[tuple[int, web.Web]]:
    """The server on a line whose buffers are soon full."""
    held = web.bind("127.0.0.1", 0)
    held.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SMALL)
    is_ready = asyncio.Event()
    server = web.Web(held, grace=1, ready=is_ready.set)
    running = asyncio.ensure_future(server.serve(sockets=[held]))
    await is_ready.wait()
    try:
        yield held.getsockname()[1], server
    finally:
        server.ask_to_stop()
        await running


@asynccontextmanager
async def silent(port: int, token: str) -> AsyncIterator[None]:
    """A page that opens the socket and never reads from it."""
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL)
    line.connect(("127.0.0.1", port))
    line.sendall(HANDSHAKE.format(port=port, token=token).encode())
    try:
        yield
    finally:
        line.close()


async def test_who_reads_nothing_is_cut_off(
    kitchen: Kitchen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "SEND_SECONDS", 0.5)
    monkeypatch.setattr(web, "CUT_SECONDS", 0.1)
    steward = kitchen.user("steward")
    make = database_sync_to_async(tokens.create_token)
    token = (await make(steward, actor=Actor(steward))).secret
    rows = await Notification.objects.abulk_create(
        Notification(user=steward, subject="x" * 250, cause=str(n)) for n in range(50)
    )
    push = database_sync_to_async(pushing.push, thread_sensitive=False)
    async with served() as (port, server), silent(port, token):
        address, headers = f"ws://127.0.0.1:{port}/ws/events", {"Authorization": f"Bearer {token}"}
        async with connect(address, additional_headers=headers) as reader:
            heard: list[str] = []
            listening = asyncio.ensure_future(_listen(reader, heard))
            async with asyncio.timeout(60):
                while len(server.server_state.connections) < 2:
                    await push(group_of(steward.pk), {"type": "unread"})
                while len(server.server_state.connections) > 1:
                    for row in rows:
                        await push(group_of(steward.pk), {"type": "notification", "id": row.pk})
                before = len(heard)
                while len(heard) == before:
                    await push(group_of(steward.pk), {"type": "notification", "id": rows[0].pk})
            listening.cancel()


async def _listen(reader: ClientConnection, heard: list[str]) -> None:
    while True:
        heard.append(str(await reader.recv()))
