"""Floors, the table on the terminal, and the files that are kept of a whole run."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.picture import Bar, drawn
from benchmarks.rows import HEADS, Row

HERE = Path(__file__).parent
FLOORS = HERE / "floors.toml"
FOLDER = HERE / "results"
WIDTHS = (-50, 14, 14, 8, 8, 20)


@dataclass(frozen=True, slots=True)
class Results:
    """All rows of one database, and on what they were measured."""

    label: str
    surroundings: Mapping[str, Any]
    rows: Sequence[Row]

    @property
    def failures(self) -> list[str]:
        """A sentence for each ratio below its floor."""
        return [
            f"{self.label}, {row.label}: the ratio {row.ratio} is below its floor, {row.floor}."
            for row in self.rows
            if row.is_below_floor
        ]

    def keep(self, folder: Path) -> None:
        """Writes `latest.json` and the same as a picture."""
        folder.mkdir(parents=True, exist_ok=True)
        content = {**self.surroundings, "rows": [asdict(row) for row in self.rows]}
        text = json.dumps(content, indent=1) + "\n"
        (folder / "latest.json").write_text(text, encoding="utf-8")
        bars = [Bar(row.ratio, row.floor) for row in self.rows]
        picture = drawn(self.label, [HEADS, *(row.cells for row in self.rows)], bars)
        (folder / "latest.svg").write_text(picture, encoding="utf-8")


def floors(database: str) -> Mapping[str, float]:
    """By benchmark, what its ratio must not fall below on this database."""
    read: dict[str, dict[str, float]] = tomllib.loads(FLOORS.read_text(encoding="utf-8"))
    return read.get(database, {})


def line(cells: Sequence[str]) -> str:
    """A line of the table: the first column to the left, the others to the right."""
    set_out = (
        cell.ljust(-width) if width < 0 else cell.rjust(width)
        for cell, width in zip(cells, WIDTHS, strict=True)
    )
    return "".join(set_out).rstrip()
