"""Two ways to the same end, timed by turns; of each the best time counts.

Others may use the machine meanwhile: what is disturbed is slower, never faster, and a disturbance
that lasts meets both ways.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from statistics import median
from time import perf_counter
from typing import Any, Protocol

from django.db import connection

Work = Callable[[], None]
Way = Callable[[], Work]
"""Makes ready, untimed, and answers what is timed."""


class Unit(StrEnum):
    """How a benchmark's numbers are told; the ratio is above 1 where ours is faster, in both."""

    PER_SECOND = "/s"
    MILLISECONDS = "ms"

    def told(self, seconds: float, count: int) -> float:
        return count / seconds if self is Unit.PER_SECOND else seconds * 1000 / count

    def ratio(self, ours: float, bare: float) -> float:
        return ours / bare if self is Unit.PER_SECOND else bare / ours


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured. `statements` is how many were sent to the database for each thing made:
    ours, then bare."""

    ours: float
    bare: float | None = None
    statements: tuple[float, float] | None = None


class Course(Protocol):
    """What a benchmark has made ready."""

    def run(self, rounds: int, unit: Unit) -> Figures: ...


@dataclass(frozen=True, slots=True)
class Series:
    """Something that has nothing bare beside it: `take` tells how many seconds each time took. The
    middle one counts."""

    take: Callable[[], list[float]]

    def run(self, rounds: int, unit: Unit) -> Figures:
        return Figures(
            unit.told(median(second for _ in range(rounds) for second in self.take()), 1)
        )


@dataclass(frozen=True, slots=True)
class Race:
    """Two ways, which both make `count` things a turn."""

    count: int
    ours: Way
    bare: Way

    def run(self, rounds: int, unit: Unit) -> Figures:
        """The first turn of each warms up, and counts statements."""
        statements = (self._count(self.ours), self._count(self.bare))
        times = [(_seconds(self.ours), _seconds(self.bare)) for _ in range(rounds)]
        return Figures(
            unit.told(min(ours for ours, _ in times), self.count),
            unit.told(min(bare for _, bare in times), self.count),
            statements,
        )

    def _count(self, way: Way) -> float:
        work, sent = way(), 0

        def counted(execute: Callable[..., Any], *arguments: Any) -> Any:
            nonlocal sent
            sent += 1
            return execute(*arguments)

        with connection.execute_wrapper(counted):
            work()
        return sent / self.count


def _seconds(way: Way) -> float:
    work = way()
    gc.collect()
    began = perf_counter()
    work()
    return perf_counter() - began
