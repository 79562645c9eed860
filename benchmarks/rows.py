"""A line of the results. Knows nothing of Django: what measures and what shows share it."""

from __future__ import annotations

from dataclasses import dataclass

HEADS = ("", "ours", "bare", "ratio", "floor", "statements each")


@dataclass(frozen=True, slots=True)
class Row:
    """What one benchmark has found. A ratio above 1 is faster than bare.

    `our_statements` and `bare_statements` were sent to the database for each thing made.
    """

    key: str
    label: str
    unit: str
    ours: float
    bare: float | None = None
    ratio: float | None = None
    our_statements: float | None = None
    bare_statements: float | None = None
    floor: float | None = None

    @property
    def is_below_floor(self) -> bool:
        return self.ratio is not None and self.floor is not None and self.ratio < self.floor

    @property
    def cells(self) -> tuple[str, ...]:
        """A text for each of the heads."""
        pair = (self.our_statements, self.bare_statements)
        return (
            self.label,
            f"{self.ours:,.1f} {self.unit}",
            "" if self.bare is None else f"{self.bare:,.1f} {self.unit}",
            "" if self.ratio is None else f"{self.ratio:.2f}",
            "" if self.floor is None else f"{self.floor:.2f}",
            " to ".join(f"{one:.3g}" for one in pair if one is not None),
        )
