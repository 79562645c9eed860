"""Keeps parts running in threads: restarts one that dies, gives up on one that keeps dying."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Protocol

import structlog

log = structlog.get_logger(__name__)


class Part(Protocol):
    """Something that works until it is asked to stop."""

    @property
    def name(self) -> str: ...

    def run(self) -> None:
        """Blocks until asked to stop; returning or raising before that is a death."""

    def ask_to_stop(self) -> None:
        """Returns at once; `run` returns when what it has begun is done."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How often a part may die in a row, and the pause before it is started again."""

    most_deaths: int = 5
    first_pause: float = 0.5
    longest_pause: float = 10.0
    steady_seconds: float = 60.0

    def pause(self, deaths: int) -> float:
        return float(min(self.first_pause * 2 ** (deaths - 1), self.longest_pause))


class Supervisor:
    """Runs each part in a thread of its own.

    `give_up` is called, once, from the thread of the part that died too often.
    """

    def __init__(
        self,
        parts: Sequence[Part],
        *,
        give_up: Callable[[], None],
        patience: Patience | None = None,
    ) -> None:
        self.lost: str | None = None
        self._parts = parts
        self._give_up = give_up
        self._patience = patience or Patience()
        self._stopping = threading.Event()
        # Daemons, so that a task that never ends can't keep the process: `stop` bounds the wait.
        self._threads = [
            threading.Thread(target=self._keep, args=(part,), name=part.name, daemon=True)
            for part in parts
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def ask_to_stop(self) -> None:
        self._stopping.set()
        for part in self._parts:
            part.ask_to_stop()

    def stop(self, *, seconds: float) -> list[str]:
        """Asks every part to stop and waits; returns the names of those that did not in time."""
        self.ask_to_stop()
        deadline = monotonic() + seconds
        for thread in self._threads:
            if thread.ident is not None:
                thread.join(max(0.0, deadline - monotonic()))
        return [thread.name for thread in self._threads if thread.is_alive()]

    def _keep(self, part: Part) -> None:
        deaths = 0
        while not self._stopping.is_set():
            began = monotonic()
            self._live(part)
            if self._stopping.is_set():
                return
            steady = monotonic() - began > self._patience.steady_seconds
            deaths = 1 if steady else deaths + 1
            if deaths >= self._patience.most_deaths:
                self._lose(part)
                return
            log.error("part_died", part=part.name, deaths=deaths)
            self._stopping.wait(self._patience.pause(deaths))

    def _live(self, part: Part) -> None:
        try:
            part.run()
        except (Exception, SystemExit):
            # SystemExit too: Celery ends its loops with it, and one part must not end another.
            log.exception("part_failed", part=part.name)

    def _lose(self, part: Part) -> None:
        self.lost = part.name
        log.critical("part_lost", part=part.name, deaths=self._patience.most_deaths)
        self._give_up()
