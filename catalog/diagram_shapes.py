"""The shapes of a lifecycle drawing: text that fits, curves, arrow heads and rectangles.

Pure geometry in pixels; y grows downwards. Knows neither states nor Django.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

Point = tuple[float, float]
ARROW = 8.0
ELLIPSIS = "\u2026"


@dataclass(frozen=True)
class Rectangle:
    """An upright rectangle by its upper left corner."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def centre(self) -> Point:
        return self.x + self.width / 2, self.y + self.height / 2

    def grown(self, by: float) -> "Rectangle":
        return Rectangle(self.x - by, self.y - by, self.width + 2 * by, self.height + 2 * by)

    def contains(self, point: Point) -> bool:
        return self.x <= point[0] <= self.right and self.y <= point[1] <= self.bottom

    def overlaps(self, other: "Rectangle", margin: float = 0.0) -> bool:
        return (
            self.x < other.right + margin
            and other.x < self.right + margin
            and self.y < other.bottom + margin
            and other.y < self.bottom + margin
        )


@dataclass(frozen=True)
class Curve:
    """A chain of cubic Bézier pieces: a start, then three points for each piece."""

    points: tuple[Point, ...]

    @property
    def path(self) -> str:
        """The `d` attribute of an SVG path."""
        start, *rest = (f"{_short(x)} {_short(y)}" for x, y in self.points)
        return f"M{start}C{' '.join(rest)}"

    def at(self, share: float) -> Point:
        """The point at a share (0 to 1) of the chain, each piece counting the same."""
        pieces = (len(self.points) - 1) // 3
        piece = min(int(share * pieces), pieces - 1)
        t = share * pieces - piece
        a, b, c, d = self.points[piece * 3 : piece * 3 + 4]
        return _cubic(a[0], b[0], c[0], d[0], t), _cubic(a[1], b[1], c[1], d[1], t)


def through(stops: Sequence[Point]) -> Curve:
    """A curve through the stops that leaves and reaches each of them horizontally."""
    points = [stops[0]]
    for (x1, y1), (x2, y2) in pairwise(stops):
        half = (x2 - x1) / 2
        points += [(x1 + half, y1), (x2 - half, y2), (x2, y2)]
    return Curve(tuple(points))


def beneath(start: Point, end: Point, depth: float) -> Curve:
    """A curve down from start to the level `depth`, along it, and up to end; corners are round."""
    (x1, y1), (x2, y2) = start, end
    side = -1.0 if x2 < x1 else 1.0
    bend = side * min(22.0, abs(x2 - x1) / 2)
    down, up = depth - y1, depth - y2
    return Curve(
        (
            start,
            (x1, y1 + down * 0.75),
            (x1 + bend * 0.25, depth),
            (x1 + bend, depth),
            (x1 + bend, depth),
            (x2 - bend, depth),
            (x2 - bend, depth),
            (x2 - bend * 0.25, depth),
            (x2, y2 + up * 0.75),
            end,
        )
    )


def bulging(start: Point, end: Point, reach: float) -> Curve:
    """A curve between two points of one side that reaches out to the level x = `reach`."""
    out = reach + (reach - max(start[0], end[0])) / 3
    return Curve((start, (out, start[1]), (out, end[1]), end))


def loop(top: Point, size: float) -> Curve:
    """A curve from the upper edge of a box back to it."""
    x, y = top
    lift = y - size * 4 / 3
    return Curve(((x - 14, y), (x - 14 - size / 3, lift), (x + 14 + size / 3, lift), (x + 14, y)))


def arrow_head(tip: Point, towards: Point) -> str:
    """A filled triangle of which `tip` is the point; `towards` is a unit direction on an axis."""
    (x, y), (dx, dy) = tip, towards
    back_x, back_y = x - dx * ARROW, y - dy * ARROW
    spread = ARROW * 0.45
    one = f"{_short(back_x - dy * spread)} {_short(back_y - dx * spread)}"
    two = f"{_short(back_x + dy * spread)} {_short(back_y + dx * spread)}"
    return f"M{_short(x)} {_short(y)}L{one} {two}Z"


def text_width(text: str, size: float) -> float:
    """A generous guess of the width of a text in a common sans-serif face."""
    return size * sum(_relative_width(character) for character in text)


def shortened(text: str, width: float, size: float) -> str:
    """The text, or as much of its beginning as fits with an ellipsis."""
    if text_width(text, size) <= width:
        return text
    kept = text
    while kept and text_width(kept + ELLIPSIS, size) > width:
        kept = kept[:-1]
    return kept.rstrip() + ELLIPSIS


def in_lines(text: str, width: float, size: float) -> tuple[str, ...]:
    """The text in at most two lines, broken between words; what doesn't fit ends in an ellipsis."""
    if text_width(text, size) <= width:
        return (text,)
    words = text.split()
    first = ""
    while words and text_width(f"{first} {words[0]}", size) <= width:
        first = f"{first} {words.pop(0)}".strip()
    if not first or not words:
        return (shortened(text, width, size),)
    return first, shortened(" ".join(words), width, size)


def _relative_width(character: str) -> float:
    if unicodedata.combining(character):
        return 0.0
    if unicodedata.east_asian_width(character) in "WF":
        return 1.05
    if character in "ijl.,:;'|!I ":
        return 0.32
    return 0.9 if character in "mwMW@%" else 0.68 if character.isupper() else 0.57


def _cubic(a: float, b: float, c: float, d: float, t: float) -> float:
    s = 1 - t
    return s * s * s * a + 3 * s * s * t * b + 3 * s * t * t * c + t * t * t * d


def _short(value: float) -> str:
    return f"{round(value, 1):g}"
