"""The socket `/ws/events`: JSON pushes to the signed-in user, nothing the other way.

Each message is looked up through the gate at the moment it is told. Every second and a half all
is looked at again: somebody deactivated or signed out, or a token revoked, is gone within two,
and a lost push costs that long at most. A reader who is too slow costs no memory: what is due
stands there once, and after a while the socket is closed.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import suppress
from typing import Any

from channels.consumer import AsyncConsumer
from channels.db import database_sync_to_async
from channels.layers import get_channel_layer

from accounts.exceptions import TooMany
from accounts.gates import gated
from accounts.sockets import Credential, count_bad_token, credential_of
from automations.models import Execution
from catalog.models import GovernedObject
from journal import pushing
from notifications.consumers.looking import Message, Reader
from notifications.consumers.watching import EXECUTIONS, Due, Watch, watch_of
from notifications.models import Notification
from notifications.pushing import group_of

MALFORMED = 4400
NOT_SIGNED_IN = 4401
TOO_MUCH = 4429
CHECK_SECONDS = 1.4
PAUSE_SECONDS = 0.2
"""Between two rounds of telling: what changes meanwhile is told as one."""
SEND_SECONDS = 5.0
BEAT_SECONDS = 20.0
"""A page that hears nothing for longer than two beats knows that the line is dead."""
MOST_BYTES = 16 * 1024

Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]


@gated("view", Notification, Execution, GovernedObject)
class Events(AsyncConsumer):
    """Accepts, signs in or refuses, and stays until either side has enough."""

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        await receive()
        credential = credential_of(scope)
        await send({"type": "websocket.accept", "subprotocol": credential.subprotocol})
        try:
            watch = watch_of(scope.get("query_string", b""))
        except ValueError:
            await send({"type": "websocket.close", "code": MALFORMED})
            return
        reader = Reader(credential, watch)
        user_id = await _id_of(reader)
        code: int | None
        if user_id is None:
            code = await _refusal(scope, credential)
        else:
            code = await _Page(reader, watch, user_id, receive, send).stay()
        if code is not None:
            # One who doesn't read doesn't read this either: the line is dropped then.
            with suppress(TimeoutError):
                async with asyncio.timeout(SEND_SECONDS):
                    await send({"type": "websocket.close", "code": code})


class _Page:
    """One open page. Each part answers the code to close with, None where nobody listens."""

    def __init__(
        self, reader: Reader, watch: Watch, user_id: int, receive: Receive, send: Send
    ) -> None:
        self._reader = reader
        self._watch = watch
        self._user_id = user_id
        self._receive = receive
        self._send = send
        self._due = reader.everything()
        self._is_due = asyncio.Event()
        self._is_sending = False
        self._beat_at = 0.0

    async def stay(self) -> int | None:
        pushing.serve_here()
        layer: Any = get_channel_layer()
        channel = await layer.new_channel()
        groups = [group_of(self._user_id), *self._watch.groups]
        for group in groups:
            await layer.group_add(group, channel)
        try:
            self._is_due.set()
            parts = (self._listen(), self._check(), self._gather(layer, channel), self._tell())
            return await _first_of(*parts)
        finally:
            for group in groups:
                await layer.group_discard(group, channel)

    async def _listen(self) -> int | None:
        """A page has nothing to say; one that talks is put out."""
        message = await self._receive()
        return None if message["type"] == "websocket.disconnect" else MALFORMED

    async def _check(self) -> int:
        """Looks at all of it again; a telling that is stuck doesn't keep the credential from it."""
        while True:
            await asyncio.sleep(CHECK_SECONDS)
            if self._is_sending and await _id_of(self._reader) is None:
                return NOT_SIGNED_IN
            again = self._reader.everything()
            self._due.unread = True
            self._due.add(self._due.executions, again.executions)
            self._due.add(self._due.objects, again.objects)
            self._is_due.set()

    async def _gather(self, layer: Any, channel: str) -> None:
        """What is pushed makes rows due; the next message is awaited while one is worked on.

        Without that, a page that closes in between would leave its subscription in Redis.
        """
        coming = asyncio.ensure_future(layer.receive(channel))
        try:
            while True:
                content = (await coming)["content"]
                coming = asyncio.ensure_future(layer.receive(channel))
                if self._makes_due(content):
                    self._is_due.set()
        finally:
            coming.cancel()
            await asyncio.gather(coming, return_exceptions=True)

    def _makes_due(self, content: dict[str, Any]) -> bool:
        match content:
            case {"type": "notification", "id": pk}:
                self._due.add(self._due.notifications, [pk])
            case {"type": "unread"}:
                self._due.unread = True
            case {"type": "mention", "ids": None}:
                self._due.missed = True
            case {"type": "mention", "group": group, "ids": ids}:
                rows = self._due.executions if group == EXECUTIONS else self._due.objects
                mine = self._watch.of(group, ids)
                self._due.add(rows, mine)
                return bool(mine)
            case _:
                return False
        return True

    async def _tell(self) -> int:
        while True:
            await self._is_due.wait()
            self._is_due.clear()
            due, self._due = self._due, Due()
            messages = await _look(self._reader, due)
            if messages is None:
                return NOT_SIGNED_IN
            try:
                await self._say([*messages, *self._beat()])
            except TimeoutError:
                return TOO_MUCH
            await asyncio.sleep(PAUSE_SECONDS)

    def _beat(self) -> list[Message]:
        now = asyncio.get_running_loop().time()
        if now - self._beat_at < BEAT_SECONDS:
            return []
        is_first, self._beat_at = not self._beat_at, now
        return [] if is_first else [{"type": "beat"}]

    async def _say(self, messages: Sequence[Message]) -> None:
        """Raises `TimeoutError` where the page does not take them: a slow reader is dropped."""
        self._is_sending = True
        try:
            async with asyncio.timeout(SEND_SECONDS):
                for message in messages:
                    await self._send({"type": "websocket.send", "text": _text(message)})
        finally:
            self._is_sending = False


def _text(message: Message) -> str:
    text = json.dumps(message)
    return text if len(text) <= MOST_BYTES else json.dumps({"type": "resync"})


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


def _refusal_now(scope: dict[str, Any], credential: Credential) -> int:
    try:
        count_bad_token(scope, credential)
    except TooMany:
        return TOO_MUCH
    return NOT_SIGNED_IN


def _id_now(reader: Reader) -> int | None:
    user = reader.user()
    return user.pk if user else None


def _look_now(reader: Reader, due: Due) -> list[Message] | None:
    return reader.look(due)


# Threads of their own: on the one thread that sockets share, a slow neighbour would delay the look.
_id_of = database_sync_to_async(_id_now, thread_sensitive=False)
_refusal = database_sync_to_async(_refusal_now, thread_sensitive=False)
_look = database_sync_to_async(_look_now, thread_sensitive=False)
