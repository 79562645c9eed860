"""Arranges boxes of a directed drawing in layers, after Sugiyama, Tagawa and Toda (1981).

Works on numbers alone: states are indexes in the order of their positions. An edge that passes
over a layer gets a bend there, so that it is given room like a box. Knows neither names, colours
nor curves, and nothing of Django.
"""

from bisect import bisect_right, insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

BEND_HEIGHT = 12.0
BOX_GAP = 30.0
BEND_GAP = 14.0
# A box pulls itself straight that much stronger than a bend does.
BOX_WEIGHT = 12.0
SWEEPS = 8


@dataclass(frozen=True)
class Span:
    """An edge from a box in a lower layer to a box in a higher one, whichever way it points."""

    left: int
    right: int


@dataclass(frozen=True)
class Arrangement:
    """Where everything stands: vertices are boxes (0 to count - 1), then bends."""

    order: tuple[tuple[int, ...], ...]
    middles: tuple[float, ...]
    bends: tuple[tuple[int, ...], ...]


def layers_of(count: int, moves: Iterable[tuple[int, int]]) -> list[int]:
    """The layer of each box: one further right than whatever leads to it from an earlier position.

    A box that only a backward move connects stands right of where that move leads; one without
    any move stands last.
    """
    pairs = set(moves)
    layers = [0] * count
    for box in range(count):
        earlier = {a for a, b in pairs if b == box and a < box}
        earlier = earlier or {b for a, b in pairs if a == box and b < box}
        layers[box] = max((layers[one] + 1 for one in earlier), default=0)
    linked = {end for pair in pairs if pair[0] != pair[1] for end in pair}
    last = max((layers[box] for box in linked), default=0)
    return [layers[box] if box in linked else last for box in range(count)]


def arrange(layers: Sequence[int], heights: Sequence[float], spans: Sequence[Span]) -> Arrangement:
    """Bends, an order with few crossings, and the vertical middle of each vertex."""
    grid = _Grid(layers, spans)
    order = _fewest_crossings(grid)
    sizes = [*heights, *([BEND_HEIGHT] * (grid.count - len(heights)))]
    middles = _middles(grid, order, sizes)
    return Arrangement(tuple(map(tuple, order)), tuple(middles), tuple(map(tuple, grid.bends)))


class _Grid:
    """Boxes and bends with their neighbours one layer to the left and to the right."""

    def __init__(self, layers: Sequence[int], spans: Sequence[Span]) -> None:
        self.boxes = len(layers)
        self.layer = list(layers)
        self.bends: list[list[int]] = []
        for span in spans:
            inner = range(layers[span.left] + 1, layers[span.right])
            self.bends.append([len(self.layer) + step for step in range(len(inner))])
            self.layer.extend(inner)
        self.count = len(self.layer)
        self.before: list[list[int]] = [[] for _ in range(self.count)]
        self.after: list[list[int]] = [[] for _ in range(self.count)]
        for span, bends in zip(spans, self.bends, strict=True):
            chain = [span.left, *bends, span.right]
            for left, right in pairwise(chain):
                self.after[left].append(right)
                self.before[right].append(left)

    def first_order(self) -> list[list[int]]:
        """Bends above boxes, boxes by position: long forward edges then tend to run on top."""
        rows: list[list[int]] = [[] for _ in range(max(self.layer, default=-1) + 1)]
        for vertex in (*range(self.boxes, self.count), *range(self.boxes)):
            rows[self.layer[vertex]].append(vertex)
        return rows


def _fewest_crossings(grid: _Grid) -> list[list[int]]:
    rows = grid.first_order()
    best, fewest = [list(row) for row in rows], _crossings(grid, rows)
    for sweep in range(SWEEPS):
        forward = sweep % 2 == 0
        for row in rows if forward else reversed(rows):
            _sort_by_neighbours(grid, rows, row, grid.before if forward else grid.after)
        crossings = _crossings(grid, rows)
        if crossings < fewest:
            best, fewest = [list(row) for row in rows], crossings
    return best


def _sort_by_neighbours(
    grid: _Grid, rows: list[list[int]], row: list[int], neighbours: list[list[int]]
) -> None:
    place = {vertex: at for one in rows for at, vertex in enumerate(one)}

    def centre(vertex: int) -> float:
        near = neighbours[vertex]
        return sum(place[one] for one in near) / len(near) if near else place[vertex]

    row.sort(key=centre)


def _crossings(grid: _Grid, rows: list[list[int]]) -> int:
    place = {vertex: at for row in rows for at, vertex in enumerate(row)}
    total = 0
    for row in rows:
        passed: list[int] = []
        for vertex in row:
            for end in sorted(place[far] for far in grid.after[vertex]):
                total += len(passed) - bisect_right(passed, end)
                insort(passed, end)
    return total


def _middles(grid: _Grid, order: list[list[int]], sizes: list[float]) -> list[float]:
    middles = [0.0] * grid.count
    wanted = [0.0] * grid.count
    for _ in range(SWEEPS):
        for row in order:
            for vertex, middle in zip(row, _packed(grid, row, wanted, sizes), strict=True):
                middles[vertex] = middle
        for vertex in range(grid.count):
            near = [*grid.before[vertex], *grid.after[vertex]]
            if near:
                wanted[vertex] = sum(middles[one] for one in near) / len(near)
    return middles


def _packed(grid: _Grid, row: list[int], wanted: list[float], sizes: list[float]) -> list[float]:
    """Nearest to what is wanted without overlap: least squares by pooling adjacent violators."""
    offsets = [0.0]
    for upper, lower in pairwise(row):
        gap = BOX_GAP if upper < grid.boxes and lower < grid.boxes else BEND_GAP
        offsets.append(offsets[-1] + (sizes[upper] + sizes[lower]) / 2 + gap)
    pools: list[tuple[float, float, int]] = []
    for vertex, offset in zip(row, offsets, strict=True):
        weight = BOX_WEIGHT if vertex < grid.boxes else 1.0
        value, members = wanted[vertex] - offset, 1
        while pools and pools[-1][0] > value:
            above, heavy, more = pools.pop()
            value = (value * weight + above * heavy) / (weight + heavy)
            weight, members = weight + heavy, members + more
        pools.append((value, weight, members))
    levels = [value for value, _, members in pools for _ in range(members)]
    return [level + offset for level, offset in zip(levels, offsets, strict=True)]
