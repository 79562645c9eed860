"""Drawings of lifecycles: what stands where, and what the template makes of it."""

from __future__ import annotations

import json
import os
import re
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from django.template.loader import render_to_string
from hypothesis import example, given
from hypothesis import strategies as st

from catalog.colors import INK, NEUTRAL, READABLE, WHITE, contrast, normalised, text_on
from catalog.diagram import Diagram, DiagramState, DiagramTransition, draw
from catalog.diagram_routes import Move, planned
from catalog.diagram_shapes import in_lines, shortened, text_width

RECIPE_STATES = [
    DiagramState("archived", "Archived", "#475569", 4),
    DiagramState("draft", "Draft", "#6B7280", 1),
    DiagramState("approved", "Approved", "#10B981", 3),
    DiagramState("review", "In review", "#F59E0B", 2),
]
RECIPE_MOVES = [
    DiagramTransition("draft", "review", "Send to review"),
    DiagramTransition("review", "approved", "Approve"),
    DiagramTransition("review", "draft", "Request changes"),
    DiagramTransition("approved", "archived", "Archive"),
    DiagramTransition("archived", "draft", "Restore"),
]


def recipe(current: str | None = "review") -> Diagram:
    return draw(RECIPE_STATES, RECIPE_MOVES, current)


def rendered(diagram: Diagram, title: str = "Lifecycle") -> str:
    return render_to_string("catalog/diagram.svg.html", {"diagram": diagram, "title": title})


def assert_readable(diagram: Diagram) -> None:
    """No box on a box, no label on a box or a label, all of it inside the frame."""
    boxes = [box.frame for box in diagram.boxes]
    labels = [edge.label.frame for edge in diagram.edges if edge.label]
    for one, other in combinations([*boxes, *labels], 2):
        assert not one.overlaps(other)
    frame = diagram.frame
    for inner in (*boxes, *labels):
        assert frame.x <= inner.x
        assert frame.y <= inner.y
        assert inner.right <= frame.right
        assert inner.bottom <= frame.bottom


# --- the recipe lifecycle ------------------------------------------------------------------------


def test_states_stand_from_left_to_right_by_position_whatever_their_order() -> None:
    boxes = recipe().boxes
    assert [box.key for box in boxes] == ["draft", "review", "approved", "archived"]
    assert sorted(boxes, key=lambda box: box.frame.x) == list(boxes)
    assert len({box.frame.y for box in boxes}) == 1


def test_every_transition_is_drawn_and_named() -> None:
    diagram = recipe()
    drawn = {(edge.from_key, edge.to_key, edge.name) for edge in diagram.edges}
    assert drawn == {(move.from_key, move.to_key, move.name) for move in RECIPE_MOVES}
    assert all(edge.label and edge.label.text == edge.name for edge in diagram.edges)
    assert_readable(diagram)


def test_backward_transitions_run_beneath_the_boxes() -> None:
    diagram = recipe()
    bottom = max(box.frame.bottom for box in diagram.boxes)
    labels = {edge.name: edge.label for edge in diagram.edges if edge.is_backward}
    assert set(labels) == {"Request changes", "Restore"}
    assert all(label and label.y > bottom for label in labels.values())


def test_the_present_state_and_what_follows_are_marked() -> None:
    diagram = recipe("review")
    assert [box.key for box in diagram.boxes if box.is_current] == ["review"]
    assert {box.key for box in diagram.boxes if box.is_next} == {"draft", "approved"}
    assert {edge.name for edge in diagram.edges if edge.is_next} == {"Approve", "Request changes"}


def test_without_a_present_state_nothing_is_marked() -> None:
    diagram = recipe(None)
    assert not any(box.is_current or box.is_next for box in diagram.boxes)
    assert not any(edge.is_next for edge in diagram.edges)


def test_the_description_tells_what_the_drawing_shows() -> None:
    assert recipe("review").description == (
        "States in order: Draft, In review, Approved, Archived. The present state is In review. "
        "From here: Approve to Approved; Request changes to Draft."
    )
    assert "Transitions: Draft to In review (Send to review);" in recipe(None).description
    alone = draw([DiagramState("only", "Only", None, 1)], [], "only")
    assert "Nothing leads on from here." in alone.description


def test_a_transition_of_an_unknown_state_is_not_drawn() -> None:
    stray = DiagramTransition("draft", "nowhere", "Vanish")
    assert draw(RECIPE_STATES, [*RECIPE_MOVES, stray], "draft") == recipe("draft")


def test_parallel_transitions_and_loops_are_drawn_apart() -> None:
    more = [
        DiagramTransition("review", "approved", "Approve at once"),
        DiagramTransition("review", "review", "Remind"),
        DiagramTransition("review", "review", "Remind all"),
    ]
    diagram = draw(RECIPE_STATES, [*RECIPE_MOVES, *more], "review")
    assert len({edge.path for edge in diagram.edges}) == len(RECIPE_MOVES) + 3
    assert all(edge.label for edge in diagram.edges)
    assert_readable(diagram)


def test_an_empty_lifecycle_has_an_empty_drawing() -> None:
    diagram = draw([], [], None)
    assert (diagram.boxes, diagram.edges) == ((), ())
    ET.fromstring(rendered(diagram))


def test_a_drawing_beyond_measure_leaves_out_transitions_and_tells() -> None:
    states = [DiagramState(f"s{at}", f"State {at}", None, at) for at in range(30)]
    moves = [DiagramTransition(a.key, b.key, "move") for a in states for b in states]
    diagram = draw(states, moves, "s7")
    assert len(diagram.edges) + diagram.left_out == len(moves)
    assert {edge.to_key for edge in diagram.edges if edge.is_next} == {
        state.key for state in states
    }
    assert f"{diagram.left_out} further transitions are not drawn." in rendered(diagram)
    assert "not drawn" not in rendered(recipe())


# --- larger ones ---------------------------------------------------------------------------------


Lifecycle = tuple[list[DiagramState], list[DiagramTransition]]


def ten_states() -> Lifecycle:
    """As large as a published lifecycle: ten states, one of them alone, and 24 transitions."""
    targets = {
        "draft": ["deferred", "provisional", "accepted", "active", "final", "rejected", "old"],
        "deferred": ["draft", "rejected", "withdrawn"],
        "provisional": ["final", "rejected", "withdrawn", "draft"],
        "accepted": ["provisional", "final", "rejected", "withdrawn", "old"],
        "active": ["final", "withdrawn", "old"],
        "final": ["old", "active"],
        "rejected": [],
        "withdrawn": [],
        "old": [],
        "joke": [],
    }
    states = [DiagramState(name, name.title(), None, at) for at, name in enumerate(targets)]
    moves = [
        DiagramTransition(start, end, f"{start} to {end}")
        for start, ends in targets.items()
        for end in ends
    ]
    return states, moves


def lifecycles_at_hand() -> list[Lifecycle]:
    """Ours, and the published one where the real files are present."""
    if "SLUICE_REAL_DATA" not in os.environ:
        return [ten_states()]
    text = Path(os.environ["SLUICE_REAL_DATA"], "pep-package.json").read_text(encoding="utf-8")
    package = json.loads(text)
    states = [
        DiagramState(state["key"], state["name"], state.get("color"), state["position"])
        for state in package["workflowStates"]
    ]
    moves = [
        DiagramTransition(move["fromStateKey"], move["toStateKey"], move.get("name", ""))
        for move in package["workflowTransitionTriggers"]
    ]
    return [ten_states(), (states, moves)]


@pytest.mark.parametrize("current", [None, "draft", "accepted", "final"])
@pytest.mark.parametrize("lifecycle", lifecycles_at_hand())
def test_ten_states_with_twenty_four_transitions_stay_readable(
    lifecycle: Lifecycle, current: str | None
) -> None:
    diagram = draw(*lifecycle, current)
    assert len(diagram.boxes) == 10
    assert len(diagram.edges) == 24
    assert_readable(diagram)


def test_in_a_dense_drawing_only_the_next_transitions_carry_their_names() -> None:
    states, moves = ten_states()
    diagram = draw(states, moves, "draft")
    named = {edge.name for edge in diagram.edges if edge.label}
    assert named == {move.name for move in moves if move.from_key == "draft"}
    assert not any(edge.label for edge in draw(states, moves, None).edges)


sizes = st.integers(min_value=1, max_value=9)


@st.composite
def lifecycles(draw_one: st.DrawFn) -> Lifecycle:
    count = draw_one(sizes)
    names = st.text(max_size=30)
    states = [DiagramState(f"s{at}", draw_one(names), None, draw_one(sizes)) for at in range(count)]
    ends = st.sampled_from([state.key for state in states])
    moves = st.builds(DiagramTransition, from_key=ends, to_key=ends, name=names)
    return states, draw_one(st.lists(moves, max_size=24))


@given(lifecycles(), st.booleans())
def test_any_lifecycle_is_drawn_whole_and_readable(lifecycle: Lifecycle, is_moving: bool) -> None:
    states, moves = lifecycle
    diagram = draw(states, moves, states[0].key if is_moving else None)
    assert {box.key for box in diagram.boxes} == {state.key for state in states}
    drawn = sorted((edge.from_key, edge.to_key, edge.name) for edge in diagram.edges)
    assert drawn == sorted((move.from_key, move.to_key, move.name) for move in moves)
    assert_readable(diagram)


@given(st.integers(min_value=1, max_value=9), st.data())
def test_no_curve_runs_through_a_box(count: int, choices: st.DataObject) -> None:
    ends = st.integers(min_value=0, max_value=count - 1)
    labels = st.sampled_from([0.0, 80.0])
    moves = choices.draw(st.lists(st.builds(Move, start=ends, end=ends, label=labels), max_size=20))
    plan = planned(width=120.0, lines=[1] * count, moves=moves)
    for route in plan.routes:
        for step in range(1, 60):
            point = route.curve.at(step / 60)
            assert not any(box.grown(-1.0).contains(point) for box in plan.boxes)


# --- colours -------------------------------------------------------------------------------------


@given(st.integers(min_value=0, max_value=0xFFFFFF))
@example(0x0074E9)  # as far from white as from black
def test_text_can_be_read_on_every_colour(number: int) -> None:
    color = f"#{number:06x}"
    assert contrast(text_on(color), color) >= READABLE


def test_contrast_follows_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert (text_on("#1d4ed8"), text_on("#f59e0b")) == (WHITE, INK)


@pytest.mark.parametrize(
    ("given_color", "read"),
    [
        ("#F59E0B", "#f59e0b"),
        ("#0f8", "#00ff88"),
        (None, NEUTRAL),
        ("", NEUTRAL),
        ("red", NEUTRAL),
        ('#fff" onload="x', NEUTRAL),
        ("#12345\n", NEUTRAL),
    ],
)
def test_a_colour_is_read_or_replaced_by_the_neutral_one(
    given_color: str | None, read: str
) -> None:
    assert normalised(given_color) == read


def test_boxes_carry_their_colour_and_a_text_colour_to_read_on_it() -> None:
    for box in recipe().boxes:
        assert contrast(box.text, box.fill) >= READABLE


# --- texts ---------------------------------------------------------------------------------------


def test_long_names_break_between_words_and_end_in_an_ellipsis() -> None:
    assert in_lines("Draft", 120, 14) == ("Draft",)
    assert in_lines("Waiting for the second review", 120, 14) == (
        "Waiting for the",
        "second review",
    )
    first, second = in_lines("Waiting for the second review of the board", 120, 14)
    assert first == "Waiting for the"
    assert second.endswith("…")
    assert in_lines("x" * 60, 120, 14)[0].endswith("…")


@given(st.text(max_size=60))
def test_a_shortened_text_fits(text: str) -> None:
    short = shortened(text, 100, 12)
    assert short == text or text_width(short, 12) <= 100


# --- the template --------------------------------------------------------------------------------


def test_the_drawing_is_accessible_and_well_formed() -> None:
    drawing = ET.fromstring(rendered(recipe(), "Lifecycle of recipes")).find("svg")
    assert drawing is not None
    assert drawing.get("role") == "img"
    title, description = (drawing.find(name) for name in ("title", "desc"))
    assert title is not None
    assert title.text == "Lifecycle of recipes"
    assert description is not None
    assert description.text == recipe().description
    assert drawing.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"


def test_hostile_names_are_escaped() -> None:
    hostile = "</title><script>alert(1)</script>\" onload='x'"
    states = [
        DiagramState('a"><script>', hostile, '"><script>alert(2)</script>', 1),
        DiagramState("b", "B", "url(//elsewhere/x)", 2),
    ]
    page = rendered(draw(states, [DiagramTransition(states[0].key, "b", hostile)], "b"), hostile)
    assert "<script" not in page
    assert "elsewhere" not in page
    root = ET.fromstring(page)
    assert {element.tag for element in root.iter()} <= {
        "div", "svg", "title", "desc", "g", "path", "rect", "text",
    }  # fmt: skip
    assert not any(name.startswith("on") for element in root.iter() for name in element.attrib)


def test_the_drawing_needs_no_style_attribute() -> None:
    assert not re.search(r"\sstyle=", rendered(recipe()))
