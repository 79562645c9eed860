"""Plans a lifecycle drawing: a frame for each box and a curve for each move.

Takes boxes by their order and the moves between them; asks `diagram_layers` for the arrangement
and decides by which side each move leaves and arrives. Knows no names and no colours.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from catalog.diagram_layers import Arrangement, Span, arrange, layers_of
from catalog.diagram_shapes import (
    Curve,
    Point,
    Rectangle,
    arrow_head,
    beneath,
    bulging,
    loop,
    through,
)

SMALLEST_HEIGHT = 46.0
LINE_HEIGHT = 18.0
PORT_GAP = 12.0
# Where every move carries its name, two names beside each other need this much.
PORT_GAP_NAMED = 20.0
PORT_GAP_BENEATH = 22.0
NARROWEST_GUTTER = 76.0
BESIDE_LABEL = 46.0
LANE_GAP = 32.0
BULGE = 26.0
BULGE_STEP = 12.0
LOOP_SIZE = 30.0
LOOP_STEP = 24.0

RIGHTWARDS, LEFTWARDS, UPWARDS, DOWNWARDS = (1.0, 0.0), (-1.0, 0.0), (0.0, -1.0), (0.0, 1.0)


@dataclass(frozen=True)
class Move:
    """From box to box, by index; `label` is the width to keep free for its name, 0 for none."""

    start: int
    end: int
    label: float = 0.0


@dataclass(frozen=True)
class Route:
    curve: Curve
    arrow: str
    is_backward: bool


@dataclass(frozen=True)
class Plan:
    boxes: tuple[Rectangle, ...]
    routes: tuple[Route, ...]


@dataclass(frozen=True)
class _Stage:
    """What stands where; `chains` are the moves that run between layers, by move."""

    layers: Sequence[int]
    moves: Sequence[Move]
    beneath: frozenset[int]
    chains: Mapping[int, Sequence[int]]
    middles: Sequence[float]
    columns: Sequence[float]
    boxes: Sequence[Rectangle]

    def of_kind(self, *, loops: bool = False, level: bool = False) -> list[int]:
        """The moves that return to their own box, or that stay in their layer."""
        return [
            at
            for at, move in enumerate(self.moves)
            if (loops and move.start == move.end)
            or (level and move.start != move.end and _is_level(self.layers, move))
        ]


def planned(*, width: float, lines: Sequence[int], moves: Sequence[Move]) -> Plan:
    """Frames and routes for boxes of this width, each with that many lines of text."""
    stage = _staged(width, lines, moves)
    curves = _curves_between(stage) | _curves_beneath(stage) | _loops(stage)
    return Plan(
        tuple(stage.boxes),
        tuple(_route(stage, at, curves[at]) for at in range(len(moves))),
    )


def _port_gap(moves: Sequence[Move]) -> float:
    return PORT_GAP_NAMED if all(move.label for move in moves) else PORT_GAP


def _is_level(layers: Sequence[int], move: Move) -> bool:
    return layers[move.start] == layers[move.end]


def _route(stage: _Stage, at: int, curve: Curve) -> Route:
    move = stage.moves[at]
    if at in stage.beneath:
        towards = UPWARDS
    elif move.start == move.end:
        towards = DOWNWARDS
    elif stage.layers[move.start] < stage.layers[move.end]:
        towards = RIGHTWARDS
    else:
        towards = LEFTWARDS
    return Route(curve, arrow_head(curve.points[-1], towards), move.start > move.end)


# --- where the boxes stand -----------------------------------------------------------------------


def _staged(width: float, lines: Sequence[int], moves: Sequence[Move]) -> _Stage:
    layers = layers_of(len(lines), ((move.start, move.end) for move in moves))
    under, spanning, arrangement = _settled(layers, lines, moves)
    columns = _columns(width, layers, moves, under)
    boxes = []
    for box, height in enumerate(_heights(layers, lines, moves, under)):
        top = arrangement.middles[box] - height / 2
        boxes.append(Rectangle(columns[layers[box]], round(top, 1), width, height))
    chains = {}
    for at, bends in zip(spanning, arrangement.bends, strict=True):
        span = _span(layers, moves[at])
        chains[at] = [span.left, *bends, span.right]
    return _Stage(layers, moves, under, chains, arrangement.middles, columns, boxes)


def _settled(
    layers: Sequence[int], lines: Sequence[int], moves: Sequence[Move]
) -> tuple[frozenset[int], list[int], Arrangement]:
    """Which moves run beneath, which between the layers, and the arrangement that goes with it.

    Begins with all backward moves beneath and takes out those that would cross a box.
    """
    crossing = [at for at, move in enumerate(moves) if not _is_level(layers, move)]
    under = frozenset(at for at in crossing if layers[moves[at].start] > layers[moves[at].end])
    while True:
        spanning = [at for at in crossing if at not in under]
        loops = _loop_counts(moves)
        sizes = [
            height + 2 * (LOOP_SIZE + LOOP_STEP * loops[box] if loops[box] else 0.0)
            for box, height in enumerate(_heights(layers, lines, moves, under))
        ]
        arrangement = arrange(layers, sizes, [_span(layers, moves[at]) for at in spanning])
        lowest = _lowest_boxes(arrangement, len(lines))
        free = frozenset(at for at in under if {moves[at].start, moves[at].end} <= lowest)
        if free == under:
            return under, spanning, arrangement
        under = free


def _span(layers: Sequence[int], move: Move) -> Span:
    left, right = sorted((move.start, move.end), key=lambda box: layers[box])
    return Span(left, right)


def _lowest_boxes(arrangement: Arrangement, count: int) -> set[int]:
    columns = ([vertex for vertex in row if vertex < count] for row in arrangement.order)
    return {column[-1] for column in columns if column}


def _loop_counts(moves: Sequence[Move]) -> dict[int, int]:
    counts: dict[int, int] = defaultdict(int)
    for move in moves:
        counts[move.start] += move.start == move.end
    return counts


def _heights(
    layers: Sequence[int], lines: Sequence[int], moves: Sequence[Move], under: frozenset[int]
) -> list[float]:
    """High enough for the text and for the ends of the moves on the busier side."""
    left = [0] * len(lines)
    right = [0] * len(lines)
    for at, move in enumerate(moves):
        if at in under or move.start == move.end:
            continue
        if _is_level(layers, move):
            right[move.start] += 1
            right[move.end] += 1
        else:
            span = _span(layers, move)
            right[span.left] += 1
            left[span.right] += 1
    gap = _port_gap(moves)
    return [
        max(SMALLEST_HEIGHT, count * LINE_HEIGHT + 16, max(one, other) * gap + 12)
        for count, one, other in zip(lines, left, right, strict=True)
    ]


def _columns(
    width: float, layers: Sequence[int], moves: Sequence[Move], under: frozenset[int]
) -> list[float]:
    """The left edge of each layer; names of moves from one layer to the next are given room."""
    gutters = [NARROWEST_GUTTER] * max(layers, default=0)
    for at, move in enumerate(moves):
        first, last = sorted((layers[move.start], layers[move.end]))
        if at not in under and last - first == 1 and move.label:
            gutters[first] = max(gutters[first], move.label + BESIDE_LABEL)
    edges = [0.0]
    for gutter in gutters:
        edges.append(round(edges[-1] + width + gutter))
    return edges


# --- moves between layers, and within one --------------------------------------------------------


def _curves_between(stage: _Stage) -> dict[int, Curve]:
    ports = _side_ports(stage)
    curves = {}
    for at, chain in stage.chains.items():
        stops = [ports[at, chain[0]]]
        left = stage.layers[chain[0]]
        for step, bend in enumerate(chain[1:-1], start=1):
            x, y = stage.columns[left + step], round(stage.middles[bend], 1)
            stops += [(x, y), (x + stage.boxes[0].width, y)]
        stops.append(ports[at, chain[-1]])
        curves[at] = through(stops if stage.moves[at].start == chain[0] else stops[::-1])
    for nth, at in enumerate(stage.of_kind(level=True)):
        move = stage.moves[at]
        start, end = ports[at, move.start], ports[at, move.end]
        curves[at] = bulging(start, end, max(start[0], end[0]) + BULGE + BULGE_STEP * (nth % 3))
    return curves


def _side_ports(stage: _Stage) -> dict[tuple[int, int], Point]:
    """Where each move touches its boxes: (move, box) -> point. Ends are sorted by where they go."""
    ends: dict[tuple[int, bool], list[tuple[tuple[float, ...], int]]] = defaultdict(list)
    for at, chain in stage.chains.items():
        back = float(stage.moves[at].start != chain[0])
        ends[chain[0], True].append(((0, stage.middles[chain[1]], back), at))
        ends[chain[-1], False].append(((0, stage.middles[chain[-2]], back), at))
    for at in stage.of_kind(level=True):
        move = stage.moves[at]
        for box, other in ((move.start, move.end), (move.end, move.start)):
            far = stage.middles[other]
            rank = 1.0 if far > stage.middles[box] else -1.0
            ends[box, True].append(((rank, -far), at))
    gap = _port_gap(stage.moves)
    ports = {}
    for (box, on_right), here in ends.items():
        frame = stage.boxes[box]
        x = frame.right if on_right else frame.x
        for (_, at), offset in zip(sorted(here), _offsets(len(here), gap), strict=True):
            ports[at, box] = (x, round(frame.centre[1] + offset, 1))
    return ports


def _offsets(count: int, gap: float) -> Iterable[float]:
    return ((at - (count - 1) / 2) * gap for at in range(count))


# --- moves beneath, and back to the same box -----------------------------------------------------


def _curves_beneath(stage: _Stage) -> dict[int, Curve]:
    """Nested lanes, the shortest uppermost, each below everything it passes."""
    ports = _ports_beneath(stage)
    lanes: list[tuple[float, float, float]] = []
    curves = {}
    for at in sorted(stage.beneath, key=lambda at: (_reach(stage, at), at)):
        move = stage.moves[at]
        start, end = ports[at, move.start], ports[at, move.end]
        left, right = sorted((start[0], end[0]))
        depth = _floor(stage, move) + LANE_GAP
        for low, high, level in sorted(lanes, key=lambda lane: lane[2]):
            if low <= right and left <= high and abs(level - depth) < LANE_GAP:
                depth = level + LANE_GAP
        lanes.append((left, right, depth))
        curves[at] = beneath(start, end, round(depth, 1))
    return curves


def _reach(stage: _Stage, at: int) -> int:
    move = stage.moves[at]
    return abs(stage.layers[move.start] - stage.layers[move.end])


def _floor(stage: _Stage, move: Move) -> float:
    last, first = stage.layers[move.start], stage.layers[move.end]
    passed = [
        frame.bottom
        for frame, layer in zip(stage.boxes, stage.layers, strict=True)
        if first <= layer <= last
    ]
    bends = [
        stage.middles[bend]
        for chain in stage.chains.values()
        for step, bend in enumerate(chain[1:-1], start=1)
        if first <= stage.layers[chain[0]] + step <= last
    ]
    return max(passed + bends)


def _ports_beneath(stage: _Stage) -> dict[tuple[int, int], Point]:
    """Where the moves beneath touch their boxes, so that shorter ones lie inside longer ones."""
    ends: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for at in stage.beneath:
        reach = _reach(stage, at)
        ends[stage.moves[at].start].append((0, reach, at))
        ends[stage.moves[at].end].append((1, -reach, at))
    ports = {}
    for box, here in ends.items():
        frame = stage.boxes[box]
        gap = min(PORT_GAP_BENEATH, (frame.width - 24) / max(len(here) - 1, 1))
        for (_, _, at), offset in zip(sorted(here), _offsets(len(here), gap), strict=True):
            ports[at, box] = (round(frame.centre[0] + offset, 1), frame.bottom)
    return ports


def _loops(stage: _Stage) -> dict[int, Curve]:
    seen: dict[int, int] = defaultdict(int)
    curves = {}
    for at in stage.of_kind(loops=True):
        box = stage.moves[at].start
        frame = stage.boxes[box]
        curves[at] = loop((frame.centre[0], frame.y), LOOP_SIZE + LOOP_STEP * seen[box])
        seen[box] += 1
    return curves
