"""The socket `/ws/events`: JSON pushes to the signed-in user, nothing the other way.

Who asks is looked at again every second and a half: somebody deactivated or signed out, or a token
revoked, is gone within two. The number of unread notifications is read at the same time, so a
lost push costs that long at most.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from channels.consumer import AsyncConsumer
from channels.db import database_sync_to_async
from channels.layers import get_channel_layer

from accounts.gates import signed_in
from accounts.sockets import Credential, credential_of
from notifications import pushing
from notifications.inbox import unread_count

NOT_SIGNED_IN = 4401
TOO_MUCH = 4429
CHECK_SECONDS = 1.5
SEND_SECONDS = 5.0
MOST_FRAMES = 60
"""Frames that a page may send between two looks; it has nothing to say."""

Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]


@signed_in(why="Pushes to a user what concerns that user alone.")
class Events(AsyncConsumer):
    """Accepts, signs in or refuses, and stays until either side has enough."""

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        await receive()
        credential = credential_of(scope)
        await send({"type": "websocket.accept", "subprotocol": credential.subprotocol})
        found = await _look(credential)
        if found is None:
            await send({"type": "websocket.close", "code": NOT_SIGNED_IN})
            return
        code = await _Page(credential, found, receive, send).stay()
        if code is not None:
            await send({"type": "websocket.close", "code": code})


class _Page:
    """One open page. Each part answers the code to close with, None where nobody listens."""

    def __init__(
        self, credential: Credential, found: tuple[int, int], receive: Receive, send: Send
    ) -> None:
        self._credential = credential
        self._user_id, self._unread = found
        self._receive = receive
        self._send = send
        self._sending = asyncio.Lock()
        self._frames = 0

    async def stay(self) -> int | None:
        pushing.serve_here()
        layer: Any = get_channel_layer()
        channel = await layer.new_channel()
        group = pushing.group_of(self._user_id)
        await layer.group_add(group, channel)
        try:
            await self._tell({"type": "unread", "unread": self._unread})
            return await _first_of(self._listen(), self._watch(), self._pass_on(layer, channel))
        except TimeoutError:
            return None
        finally:
            await layer.group_discard(group, channel)

    async def _listen(self) -> int | None:
        """A page has nothing to say; one that talks a lot is put out."""
        while (await self._receive())["type"] != "websocket.disconnect":
            self._frames += 1
            if self._frames > MOST_FRAMES:
                return TOO_MUCH
        return None

    async def _watch(self) -> int:
        while True:
            await asyncio.sleep(CHECK_SECONDS)
            self._frames = 0
            found = await _look(self._credential)
            if found is None or found[0] != self._user_id:
                return NOT_SIGNED_IN
            if found[1] != self._unread:
                self._unread = found[1]
                await self._tell({"type": "unread", "unread": self._unread})

    async def _pass_on(self, layer: Any, channel: str) -> None:
        """What anything in the house pushes; the next message is awaited while one is sent.

        Without that, a page that closes in between would leave its subscription in Redis.
        """
        coming = asyncio.ensure_future(layer.receive(channel))
        try:
            while True:
                content = dict((await coming)["content"])
                coming = asyncio.ensure_future(layer.receive(channel))
                if content.get("type") in {"notification", "unread"}:
                    self._unread = await _unread(self._user_id)
                    content["unread"] = self._unread
                await self._tell(content)
        finally:
            coming.cancel()
            await asyncio.gather(coming, return_exceptions=True)

    async def _tell(self, content: dict[str, Any]) -> None:
        """Raises `TimeoutError` where the page does not take it: a slow reader is dropped."""
        async with asyncio.timeout(SEND_SECONDS), self._sending:
            await self._send({"type": "websocket.send", "text": json.dumps(content)})


async def _first_of(*parts: Coroutine[Any, Any, int | None]) -> int | None:
    """What the first of the parts to end answers or raises; the others are cancelled."""
    tasks = [asyncio.ensure_future(part) for part in parts]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        return done.pop().result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _look_now(credential: Credential) -> tuple[int, int] | None:
    user = credential.user()
    return (user.pk, unread_count(user.pk)) if user else None


# Threads of their own: on the one thread that sockets share, a slow neighbour would delay the look.
_look = database_sync_to_async(_look_now, thread_sensitive=False)
_unread = database_sync_to_async(unread_count, thread_sensitive=False)
