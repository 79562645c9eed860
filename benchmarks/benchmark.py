"""What a benchmark is: what it is called, how much of it is done, and the function that does it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.rows import Row
from benchmarks.timing import Course, Unit
from benchmarks.world import World


@dataclass(frozen=True, slots=True)
class Benchmark:
    """`prepare` makes ready what is measured with that many objects, in so many turns."""

    key: str
    label: str
    unit: Unit
    objects: int
    rounds: int
    prepare: Callable[[World, int], Course]

    def row(self, world: World, *, objects: int = 0, rounds: int = 0) -> Row:
        """Measures; 0 means the benchmark's own number."""
        course = self.prepare(world, objects or self.objects)
        figures = course.run(rounds or self.rounds, self.unit)
        ratio = None if figures.bare is None else self.unit.ratio(figures.ours, figures.bare)
        ours, bare = figures.statements or (None, None)
        return Row(
            key=self.key,
            label=self.label,
            unit=str(self.unit),
            ours=round(figures.ours, 2),
            bare=figures.bare and round(figures.bare, 2),
            ratio=ratio and round(ratio, 3),
            our_statements=ours and round(ours, 3),
            bare_statements=bare and round(bare, 3),
        )
