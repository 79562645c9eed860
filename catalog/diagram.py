"""Draws a lifecycle: its states as boxes in layers, its transitions as curves between them.

Pure: takes names and positions, gives back coordinates, paths and texts, which the template
`catalog/diagram.svg.html` renders. Forward moves run from left to right; backward ones run beneath
the boxes where the way is free, else between them. No box lies on another, no label on a box or on
another label. Knows nothing of who may move what.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from catalog.colors import normalised, text_on
from catalog.diagram_routes import Move, Plan, Route, planned
from catalog.diagram_shapes import Point, Rectangle, in_lines, shortened, text_width

NAME_SIZE = 14.0
LABEL_SIZE = 12.0
LINE_HEIGHT = 18.0
LABEL_HEIGHT = 16.0
SMALLEST_BOX = 104.0
LARGEST_BOX = 172.0
LARGEST_LABEL = 150.0
PADDING = 20.0
# With more transitions than this, only those from the present state carry their names.
ALL_NAMED = 12
# A drawing beyond this is no longer one; what is left out is counted and told.
LARGEST_DRAWING = 240
SAMPLES = 24
WIDE = 608.0
PLACES = (0.5, 0.42, 0.58, 0.35, 0.65, 0.28, 0.72, 0.22, 0.78, 0.85, 0.15)


@dataclass(frozen=True)
class DiagramState:
    key: str
    name: str
    color: str | None
    position: int


@dataclass(frozen=True)
class DiagramTransition:
    from_key: str
    to_key: str
    name: str


@dataclass(frozen=True)
class TextLine:
    text: str
    x: float
    y: float


@dataclass(frozen=True)
class Box:
    """A state: where it stands, its name in lines, its colour and a text colour to read on it."""

    key: str
    name: str
    lines: tuple[TextLine, ...]
    frame: Rectangle
    fill: str
    text: str
    is_current: bool
    is_next: bool

    @property
    def ring(self) -> Rectangle:
        """The frame around the present state."""
        return self.frame.grown(5.0)


@dataclass(frozen=True)
class Label:
    text: str
    x: float
    y: float
    frame: Rectangle


@dataclass(frozen=True)
class Edge:
    """A transition; `label` is None where its name is left to the tooltip and the description."""

    from_key: str
    to_key: str
    name: str
    path: str
    arrow: str
    label: Label | None
    is_next: bool
    is_backward: bool


@dataclass(frozen=True)
class Diagram:
    frame: Rectangle
    boxes: tuple[Box, ...]
    edges: tuple[Edge, ...]
    description: str
    left_out: int

    @property
    def is_wide(self) -> bool:
        """Whether it had to shrink below what can be read to fit on a small screen."""
        return self.frame.width > WIDE

    @property
    def view_box(self) -> str:
        frame = self.frame
        return f"{frame.x:g} {frame.y:g} {frame.width:g} {frame.height:g}"


def draw(
    states: Sequence[DiagramState],
    transitions: Sequence[DiagramTransition],
    current: str | None,
) -> Diagram:
    """Lay out a lifecycle; `current` is the key of the present state, if there is one.

    Transitions that name a state which isn't given are not drawn.
    """
    ordered = sorted(states, key=lambda state: (state.position, state.key))
    index = {state.key: at for at, state in enumerate(ordered)}
    known = [move for move in transitions if move.from_key in index and move.to_key in index]
    known.sort(key=lambda move: move.from_key != current)
    drawn = known[:LARGEST_DRAWING]
    width = _box_width(ordered)
    named = [len(drawn) <= ALL_NAMED or move.from_key == current for move in drawn]
    plan = planned(
        width=width,
        lines=[len(_lines(state, width)) for state in ordered],
        moves=[
            Move(index[move.from_key], index[move.to_key], _label_width(move) if shown else 0.0)
            for move, shown in zip(drawn, named, strict=True)
        ],
    )
    labels = _placed_labels(plan, drawn, named, current)
    edges = [_edge(*parts, current) for parts in zip(drawn, plan.routes, labels, strict=True)]
    reached = {move.to_key for move in known if move.from_key == current}
    return Diagram(
        frame=_frame(plan, labels),
        boxes=tuple(
            _box(state, frame, current, reached)
            for state, frame in zip(ordered, plan.boxes, strict=True)
        ),
        edges=tuple(sorted(edges, key=lambda edge: edge.is_next)),
        description=_description(ordered, known, current),
        left_out=len(known) - len(drawn),
    )


def _box_width(states: Sequence[DiagramState]) -> float:
    widest = max((text_width(state.name, NAME_SIZE) for state in states), default=0.0)
    return round(min(max(widest + 36, SMALLEST_BOX), LARGEST_BOX))


def _lines(state: DiagramState, width: float) -> tuple[str, ...]:
    return in_lines(state.name, width - 28, NAME_SIZE)


def _label_width(move: DiagramTransition) -> float:
    return min(text_width(move.name, LABEL_SIZE), LARGEST_LABEL) + 10


def _box(state: DiagramState, frame: Rectangle, current: str | None, reached: set[str]) -> Box:
    lines = _lines(state, frame.width)
    x, middle = frame.centre
    first = middle - (len(lines) - 1) * LINE_HEIGHT / 2
    fill = normalised(state.color)
    return Box(
        key=state.key,
        name=state.name,
        lines=tuple(TextLine(line, x, first + at * LINE_HEIGHT) for at, line in enumerate(lines)),
        frame=frame,
        fill=fill,
        text=text_on(fill),
        is_current=state.key == current,
        is_next=state.key in reached and state.key != current,
    )


def _edge(move: DiagramTransition, route: Route, label: Label | None, current: str | None) -> Edge:
    return Edge(
        from_key=move.from_key,
        to_key=move.to_key,
        name=move.name,
        path=route.curve.path,
        arrow=route.arrow,
        label=label,
        is_next=move.from_key == current,
        is_backward=route.is_backward,
    )


def _placed_labels(
    plan: Plan,
    moves: Sequence[DiagramTransition],
    named: Sequence[bool],
    current: str | None,
) -> list[Label | None]:
    """A label for each named move, where there is a free place for it along its curve."""
    taken = list(plan.boxes)
    strokes = [
        [route.curve.at(step / SAMPLES) for step in range(SAMPLES + 1)] if shown else []
        for route, shown in zip(plan.routes, named, strict=True)
    ]
    labels: list[Label | None] = [None] * len(moves)
    for at in sorted(range(len(moves)), key=lambda at: moves[at].from_key != current):
        if named[at] and moves[at].name:
            others = [point for other in (*strokes[:at], *strokes[at + 1 :]) for point in other]
            labels[at] = label = _free_label(moves[at].name, plan.routes[at], taken, others)
            taken += [label.frame] if label else []
    return labels


def _free_label(
    name: str, route: Route, taken: Sequence[Rectangle], others: Sequence[Point]
) -> Label | None:
    """The place that covers the fewest points of other curves and nothing that is taken."""
    text = shortened(name, LARGEST_LABEL, LABEL_SIZE)
    width = text_width(text, LABEL_SIZE) + 10
    best, fewest = None, len(others) + 1
    for share in PLACES:
        x, y = route.curve.at(share)
        frame = Rectangle(x - width / 2, y - LABEL_HEIGHT / 2, width, LABEL_HEIGHT)
        if any(frame.overlaps(other, margin=1.0) for other in taken):
            continue
        covered = sum(frame.contains(point) for point in others)
        if covered < fewest:
            best, fewest = Label(text, round(x, 1), round(y, 1), frame), covered
        if not covered:
            break
    return best


def _frame(plan: Plan, labels: Sequence[Label | None]) -> Rectangle:
    corners = [(box.x, box.y) for box in plan.boxes]
    corners += [(box.right, box.bottom) for box in plan.boxes]
    corners += [route.curve.at(step / 12) for route in plan.routes for step in range(13)]
    frames = [label.frame for label in labels if label]
    corners += [corner for one in frames for corner in ((one.x, one.y), (one.right, one.bottom))]
    left = min((x for x, _ in corners), default=0.0) - PADDING
    top = min((y for _, y in corners), default=0.0) - PADDING
    right = max((x for x, _ in corners), default=0.0) + PADDING
    bottom = max((y for _, y in corners), default=0.0) + PADDING
    return Rectangle(round(left), round(top), round(right - left), round(bottom - top))


def _description(
    states: Sequence[DiagramState], moves: Sequence[DiagramTransition], current: str | None
) -> str:
    names = {state.key: state.name for state in states}
    parts = [f"States in order: {', '.join(names.values())}."]
    if current in names:
        onward = [
            f"{move.name} to {names[move.to_key]}" for move in moves if move.from_key == current
        ]
        parts.append(f"The present state is {names[current]}.")
        parts.append(
            f"From here: {'; '.join(onward)}." if onward else "Nothing leads on from here."
        )
    else:
        steps = [f"{names[move.from_key]} to {names[move.to_key]} ({move.name})" for move in moves]
        parts.append(f"Transitions: {'; '.join(steps)}." if steps else "There are no transitions.")
    return " ".join(parts)
