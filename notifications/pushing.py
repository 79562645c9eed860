"""Pushes to the pages that a user has open. They hurry; nothing relies on them.

The in-process layer wakes its receivers in their own event loop only, so the loop that serves this
process's sockets sends for all threads. With Redis a loop of our own keeps one connection.
"""

from __future__ import annotations

import asyncio
import os
import threading
from functools import partial
from typing import Any

import structlog
from channels.layers import InMemoryChannelLayer, get_channel_layer
from django.db import transaction

from notifications.models import Notification

log = structlog.get_logger(__name__)

MOST_WAITING = 1000
"""Pushes on their way at once; what comes above is dropped, the page asks again by itself."""
SEND_SECONDS = 5


def group_of(user_id: int) -> str:
    """The channel layer's group of all open pages of a user."""
    return f"user-{user_id}"


def push(user_id: int, content: dict[str, Any]) -> None:
    """Sends JSON content to the user's open pages, once this transaction has committed."""
    transaction.on_commit(partial(_carrier.send, group_of(user_id), content), robust=True)


def push_notification(row: Notification) -> None:
    """Tells the user's pages of a new row of the inbox; the socket adds how many are unread."""
    push(row.user_id, {"type": "notification", "id": row.pk, "subject": row.subject})


def push_unread(user_id: int) -> None:
    """Tells the user's pages that the number of unread notifications is another."""
    push(user_id, {"type": "unread"})


def serve_here() -> None:
    """Called by a socket that opens: its event loop is the one that serves this process's."""
    _carrier.sockets = asyncio.get_running_loop()


class _Carrier:
    """Hands messages to an event loop; never waits and never fails."""

    def __init__(self) -> None:
        self.sockets: asyncio.AbstractEventLoop | None = None
        self._own: tuple[int, asyncio.AbstractEventLoop] | None = None
        self._lock = threading.Lock()
        self._running: set[asyncio.Task[None]] = set()

    def send(self, group: str, content: dict[str, Any]) -> None:
        layer = get_channel_layer()
        in_here = isinstance(layer, InMemoryChannelLayer)
        loop = self.sockets if in_here else self._own_loop()
        if layer is None or loop is None or loop.is_closed() or len(self._running) >= MOST_WAITING:
            return
        message = {"type": "events.push", "content": content}
        try:
            loop.call_soon_threadsafe(self._begin, loop, layer, group, message)
        except RuntimeError:
            log.info("push_lost", group=group)

    def _begin(self, loop: Any, layer: Any, group: str, message: dict[str, Any]) -> None:
        task = loop.create_task(self._send(layer, group, message))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _send(self, layer: Any, group: str, message: dict[str, Any]) -> None:
        try:
            async with asyncio.timeout(SEND_SECONDS):
                await layer.group_send(group, message)
        except Exception as problem:
            log.info("push_lost", group=group, problem=str(problem))

    def _own_loop(self) -> asyncio.AbstractEventLoop:
        """A loop in a thread of its own, begun at the first push of this process."""
        with self._lock:
            if self._own is None or self._own[0] != os.getpid():
                loop = asyncio.new_event_loop()
                threading.Thread(target=loop.run_forever, name="pushes", daemon=True).start()
                self._own = (os.getpid(), loop)
            return self._own[1]


_carrier = _Carrier()
