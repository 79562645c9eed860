"""Ending on a signal: once means finish what runs, twice means now; never later than a bound."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from types import FrameType

FORCED = 1
LEAST_SECONDS = 2.0
# What is still stuck this long after the grace is left behind.
OVERTIME_SECONDS = 3.0


class StopRequest:
    """Whether and when somebody asked to stop."""

    def __init__(self, *, grace: float) -> None:
        self._grace = grace
        self._asked_at: float | None = None

    @property
    def asked(self) -> bool:
        return self._asked_at is not None

    def ask(self) -> None:
        self._asked_at = monotonic()

    def seconds_left(self) -> float:
        """What is left of the grace; never so little that a tidy end is impossible."""
        if self._asked_at is None:
            return self._grace
        return max(LEAST_SECONDS, self._grace - (monotonic() - self._asked_at))


@contextmanager
def stop_on_signals(ask_to_stop: Callable[[], None], *, grace: float) -> Iterator[StopRequest]:
    """Inside the block the first SIGTERM or SIGINT asks to stop and a second one ends at once."""
    request = StopRequest(grace=grace)
    watchdog = threading.Timer(grace + OVERTIME_SECONDS, leave, args=[0])
    watchdog.daemon = True

    def on_signal(number: int, frame: FrameType | None) -> None:
        if request.asked:
            leave(FORCED)
        request.ask()
        watchdog.start()
        ask_to_stop()

    wanted = (signal.SIGTERM, signal.SIGINT)
    before = {number: signal.signal(number, on_signal) for number in wanted}
    try:
        yield request
    finally:
        for number, former in before.items():
            signal.signal(number, former)
        watchdog.cancel()


def leave(code: int) -> None:
    """Ends the process without waiting for any thread. Safe: what was begun is leased, not lost."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
