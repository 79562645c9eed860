"""Pushes to pages that are open. They hurry; nothing relies on them.

The in-process layer wakes its receivers in their own event loop only, so the loop that serves this
process's sockets sends for all threads. With Redis a loop of our own keeps one connection.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Iterable
from functools import partial
from typing import Any

import structlog
from channels.layers import InMemoryChannelLayer, get_channel_layer
from django.db import transaction

log = structlog.get_logger(__name__)

MOST_WAITING = 1000
"""Pushes on their way at once; what comes above is dropped, the page asks again by itself."""
SEND_SECONDS = 5
GATHER_SECONDS = 0.05
MOST_MENTIONED = 200
"""Ids that one mention tells; of more it says that there were too many."""


def push(group: str, content: dict[str, Any]) -> None:
    """Sends JSON content to the pages of a group, once this transaction has committed."""
    transaction.on_commit(partial(_carrier.send, group, content), robust=True)


def mention(group: str, ids: Iterable[int]) -> None:
    """Tells the pages of a group, after the commit, that these rows are not what they were.

    Mentions are gathered for a moment, so that a thousand changes are one message or a few. It
    holds ids alone: what a reader may be told of them is asked for each reader when it is told.
    """
    transaction.on_commit(partial(_carrier.mention, group, frozenset(ids)), robust=True)


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
        self._mentioned: dict[str, set[int]] = {}

    def send(self, group: str, content: dict[str, Any]) -> None:
        loop = self._loop()
        if loop is not None and len(self._running) < MOST_WAITING:
            self._call(loop, self._begin, loop, group, content)

    def mention(self, group: str, ids: frozenset[int]) -> None:
        loop = self._loop()
        if loop is None:
            return
        with self._lock:
            is_first = not self._mentioned
            gathered = self._mentioned.setdefault(group, set())
            if len(gathered) <= MOST_MENTIONED:
                gathered |= ids
        if is_first and not self._call(loop, self._tell_later, loop):
            self._mentioned.clear()

    def _loop(self) -> asyncio.AbstractEventLoop | None:
        """The loop that sends; None where no page of this process can be open."""
        layer = get_channel_layer()
        loop = self.sockets if isinstance(layer, InMemoryChannelLayer) else self._own_loop()
        return None if layer is None or loop is None or loop.is_closed() else loop

    def _call(self, loop: Any, work: Any, *arguments: Any) -> bool:
        try:
            loop.call_soon_threadsafe(work, *arguments)
        except RuntimeError:
            log.info("push_lost")
            return False
        return True

    def _tell_later(self, loop: Any) -> None:
        loop.call_later(GATHER_SECONDS, self._tell_mentioned, loop)

    def _tell_mentioned(self, loop: Any) -> None:
        with self._lock:
            gathered, self._mentioned = self._mentioned, {}
        for group, ids in gathered.items():
            told = sorted(ids) if len(ids) <= MOST_MENTIONED else None
            self._begin(loop, group, {"type": "mention", "group": group, "ids": told})

    def _begin(self, loop: Any, group: str, content: dict[str, Any]) -> None:
        task = loop.create_task(self._send(group, {"type": "events.push", "content": content}))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _send(self, group: str, message: dict[str, Any]) -> None:
        layer: Any = get_channel_layer()
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
