"""Wake-ups: after a commit, tell a worker the id of a row that waits for it.

A wake-up hurries and guarantees nothing. Whatever is lost here, a sweep finds again. The first of
a burst goes out at once; those that say the same within a moment after it go out as one, at its
end. Without that, a request would pay as much for telling as for half of what it tells of.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from time import monotonic, sleep
from typing import Any, TypeAlias

import structlog
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

log = structlog.get_logger(__name__)

BURST_SECONDS = 0.02
"""How late a wake-up may be that follows upon an equal one."""

Call: TypeAlias = tuple[str, tuple[Any, ...]]

_kept: ContextVar[list[Call] | None] = ContextVar("kept", default=None)


def wake(task: str, *arguments: Any) -> None:
    """Sends a task its arguments (ids) after this transaction's commit, once a transaction."""
    tell = partial(_tell, (task, arguments))
    for _, waiting, _ in transaction.get_connection().run_on_commit:
        if isinstance(waiting, partial) and waiting.args == tell.args:
            return
    transaction.on_commit(tell, robust=True)


@contextmanager
def keeping_one() -> Iterator[Callable[[], None]]:
    """Keeps the first wake-up of the block here; what is given runs its task, in this thread.

    For a worker that has just made the work: the way through the broker takes a few milliseconds.
    What was not run by the end of the block is sent.
    """
    kept: list[Call] = []
    token = _kept.set(kept)
    try:
        yield partial(_run_kept, kept)
    finally:
        _kept.reset(token)
        for call in kept:
            _send(*call)


def _run_kept(kept: list[Call]) -> None:
    if not kept:
        return
    task, arguments = kept.pop()
    token = _kept.set(None)
    try:
        current_app.tasks[task](*arguments)
    except Exception:
        # Its own row says what has become of it, or is found by the sweep.
        log.exception("kept_task_failed", task=task)
    finally:
        _kept.reset(token)


def _tell(call: Call) -> None:
    kept = _kept.get()
    if kept is None or kept:
        _bursts.tell(call)
    else:
        kept.append(call)


def _send(task: str, arguments: tuple[Any, ...]) -> None:
    try:
        current_app.send_task(task, args=list(arguments), ignore_result=True)
    except (OperationalError, OSError) as problem:
        log.warning("wake_up_lost", task=task, problem=str(problem))


class _Bursts:
    """Equal calls within a moment; a thread, begun at the first of them, sends what came later."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._again: dict[Call, bool] = {}
        self._ends: deque[tuple[float, Call]] = deque()
        self._thread: threading.Thread | None = None

    def tell(self, call: Call) -> None:
        """Sends at once, unless it was sent a moment ago; then at the end of that moment."""
        with self._changed:
            if call in self._again:
                self._again[call] = True
                return
            self._begin(call)
        _send(*call)

    def _begin(self, call: Call) -> None:
        self._again[call] = False
        self._ends.append((monotonic() + BURST_SECONDS, call))
        # A process that was forked from this one has inherited no threads.
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._follow, name="wake-ups", daemon=True)
            self._thread.start()
        elif len(self._ends) == 1:
            self._changed.notify()

    def _follow(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: bool(self._ends))
                due, call = self._ends.popleft()
            sleep(max(0.0, due - monotonic()))
            with self._changed:
                came = self._again.pop(call)
                if came:
                    self._begin(call)
            if came:
                _send(*call)


_bursts = _Bursts()
