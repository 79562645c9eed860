"""The in-process task queue: kombu's memory transport that waits instead of polling.

A message, an acknowledgement and a request to stop each ring a bell. Without it the worker would
look 500 times a second, or find a wake-up late.
"""

from __future__ import annotations

import threading
from queue import Empty
from typing import Any

from kombu.transport import memory


class Bell:
    """Tells waiting threads that something came since they last looked."""

    def __init__(self) -> None:
        self._rung = threading.Condition()
        self._times = 0
        self._goes_on = False

    def times(self) -> int:
        return self._times

    def ring(self) -> None:
        with self._rung:
            self._times += 1
            self._rung.notify_all()

    def keep_ringing(self) -> None:
        """Nobody waits any more: the worker is to stop, and looks once more before it does."""
        self._goes_on = True
        self.ring()

    def settle(self) -> None:
        """Waiting is possible again."""
        self._goes_on = False

    def wait_after(self, seen: int, *, seconds: float | None) -> bool:
        """Waits until it rings more often than `seen` times; False where it did not in time."""
        with self._rung:
            return self._rung.wait_for(lambda: self._goes_on or self._times > seen, timeout=seconds)


bell = Bell()


class Channel(memory.Channel):
    """Rings whenever a message may have become deliverable."""

    def _put(self, queue: str, message: Any, **options: Any) -> None:
        super()._put(queue, message, **options)
        bell.ring()

    def basic_ack(self, delivery_tag: str, multiple: bool = False) -> None:
        super().basic_ack(delivery_tag, multiple)
        bell.ring()


class Transport(memory.Transport):
    """Delivers one message, or ends with a timeout after the bell or the time."""

    Channel = Channel

    def drain_events(self, connection: Any, timeout: float | None = None, **_: Any) -> None:
        seen = bell.times()
        try:
            self.cycle.get(self._deliver, timeout=timeout)
        except Empty:
            bell.wait_after(seen, seconds=timeout)
            self._deliver_what_came()

    def _deliver_what_came(self) -> None:
        try:
            self.cycle.get(self._deliver)
        except Empty:
            raise TimeoutError from None
