"""A table as an SVG: text in a grid, readable on light and dark ground alike."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

ROW = 26
LEFT = 12
ENDS = (320, 440, 560, 630, 700, 840)
"""Where the columns end; the first begins at the left, the others are set to the right."""
STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#1f2937}.head{font-weight:600}"
    "line{stroke:#9ca3af}rect{fill:#fff}"
    "@media(prefers-color-scheme:dark){text{fill:#e5e7eb}rect{fill:#111827}}"
)


def drawn(title: str, lines: Sequence[Sequence[str]]) -> str:
    """The first line holds the heads."""
    width, height = ENDS[-1] + LEFT, ROW * (len(lines) + 1) + LEFT
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" role="img">',
        f"<title>{escape(title)}</title><style>{STYLE}</style>",
        f'<rect width="{width}" height="{height}" rx="6"/>',
        _text(LEFT, ROW, title, "head"),
    ]
    for number, cells in enumerate(lines, start=2):
        parts.append(_line(cells, ROW * number, "head" if number == 2 else ""))
    rule = 2 * ROW + 8
    parts.append(f'<line x1="{LEFT}" x2="{ENDS[-1]}" y1="{rule}" y2="{rule}"/></svg>')
    return "\n".join(parts) + "\n"


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
