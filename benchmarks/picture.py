"""A table and its bars as an SVG, readable on light and dark ground alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

ROW = 26
LEFT = 12
ENDS = (320, 440, 560, 630, 700, 840)
"""Where the columns end; the first begins at the left, the others are set to the right."""
STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#1f2937}.head{font-weight:600}"
    "line{stroke:#9ca3af}rect{fill:#fff}.bar{fill:#2563eb}.low{fill:#dc2626}.floor{stroke:#d97706}"
    "@media(prefers-color-scheme:dark){text{fill:#e5e7eb}rect{fill:#111827}"
    ".bar{fill:#60a5fa}.low{fill:#f87171}}"
)
PLOT = 180
"""The width of a bar of ratio 1, as fast as the bare code; longer ones are cut at the edge."""
MOST_RATIO = 1.25


@dataclass(frozen=True, slots=True)
class Bar:
    """What is drawn beside a line: its ratio, and the floor below which it must not fall."""

    ratio: float | None
    floor: float | None


def drawn(title: str, lines: Sequence[Sequence[str]], bars: Sequence[Bar]) -> str:
    """The first line holds the heads; there is a bar for each of the others."""
    right = ENDS[-1] + LEFT + round(PLOT * MOST_RATIO)
    width, height = right + LEFT, ROW * (len(lines) + 1) + LEFT
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" role="img">',
        f"<title>{escape(title)}</title><style>{STYLE}</style>",
        f'<rect width="{width}" height="{height}" rx="6"/>',
        _text(LEFT, ROW, title, "head"),
    ]
    for number, cells in enumerate(lines, start=2):
        parts.append(_line(cells, ROW * number, "head" if number == 2 else ""))
    for number, bar in enumerate(bars, start=3):
        parts.append(_bar(bar, ROW * number))
    rule = 2 * ROW + 8
    parts.append(f'<line x1="{LEFT}" x2="{right}" y1="{rule}" y2="{rule}"/></svg>')
    return "\n".join(parts) + "\n"


def _bar(bar: Bar, y: int) -> str:
    """The ratio as a length, and the floor as a mark across it."""
    if bar.ratio is None:
        return ""
    left = ENDS[-1] + LEFT
    length = round(min(bar.ratio, MOST_RATIO) * PLOT)
    kind = "low" if bar.floor is not None and bar.ratio < bar.floor else "bar"
    made = f'<rect class="{kind}" x="{left}" y="{y - 11}" width="{length}" height="12"/>'
    if bar.floor is None:
        return made
    at = left + round(min(bar.floor, MOST_RATIO) * PLOT)
    return f'{made}<line class="floor" x1="{at}" x2="{at}" y1="{y - 14}" y2="{y + 4}"/>'


def _line(cells: Sequence[str], y: int, kind: str) -> str:
    first, *others = cells
    texts = [_text(LEFT, y, first, kind)]
    texts += [
        _text(end, y, cell, kind, anchor="end")
        for cell, end in zip(others, ENDS[1:], strict=True)
        if cell
    ]
    return "".join(texts)


def _text(x: int, y: int, content: str, kind: str, *, anchor: str = "start") -> str:
    return f'<text x="{x}" y="{y}" class="{kind}" text-anchor="{anchor}">{escape(content)}</text>'
