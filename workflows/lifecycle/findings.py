"""What is found in the shape of lifecycles: states that nothing leads to, and none leads out of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.db.models import Prefetch
from django.urls import reverse

from accounts.findings import Finding, FindingKind, Severity
from accounts.remembering import remembered
from catalog.models import Lifecycle, State
from workflows.lifecycle.models import Transition
from workflows.lifecycle.reaching import reached


def contributed() -> Iterator[FindingKind]:
    yield FindingKind(
        "unreachableState",
        "States that no object comes to",
        "No chain of transitions leads there from the state in which objects begin.",
        unreachable_states,
    )
    yield FindingKind(
        "deadEnd",
        "States without a way out",
        "Objects stay there for good. Often that is meant: then it is only told.",
        dead_ends,
    )


@dataclass(frozen=True, slots=True)
class Shape:
    """A lifecycle as a graph: where objects begin, and where each state leads, by ids."""

    lifecycle: Lifecycle
    states: tuple[State, ...]
    first: State
    leads: Mapping[int, frozenset[int]]

    @property
    def unreachable(self) -> list[State]:
        there = reached(self.first.pk, self.leads)
        return [one for one in self.states if one.pk not in there]


def unreachable_states() -> Iterator[Finding]:
    for shape in _shapes():
        for state in shape.unreachable:
            yield Finding(
                Severity.WARNING,
                f"No way leads from {shape.first.key} to {state.key}: objects stand there only "
                "where an import or whoever made them put them.",
                place_of(state.lifecycle.key, f"state {state.key}"),
                "Add a transition that leads there, or take the state away.",
                page_of(shape.lifecycle),
            )


def dead_ends() -> Iterator[Finding]:
    """A state that nothing leads out of is where a way is missing, if objects begin there, or if a
    way begins after it that they can't reach; else it is an end, and is only told."""
    for shape in _shapes():
        missed = shape.unreachable
        begun = [one for one in missed if shape.leads.get(one.pk)]
        for state in shape.states:
            if len(shape.states) == 1 or shape.leads.get(state.pk) or state in missed:
                continue
            after = [one for one in begun if _comes_after(one, state)]
            yield _dead_end(shape, state, after)


def _dead_end(shape: Shape, state: State, after: list[State]) -> Finding:
    place = place_of(shape.lifecycle.key, f"state {state.key}")
    page = page_of(shape.lifecycle)
    if after or state == shape.first:
        missed = ", ".join(one.key for one in after[:5])
        why = f", and no object comes to {missed}" if missed else ", in which objects begin"
        detail = f"Nothing leads out of {state.key}{why}."
        return Finding(Severity.WARNING, detail, place, "Add a transition from there.", page)
    detail = f"Objects that come to {state.key} stay there: it is an end."
    return Finding(Severity.INFO, detail, place, "Nothing is to be done where that is meant.", page)


def _comes_after(one: State, other: State) -> bool:
    return (one.position, one.key) > (other.position, other.key)


def _shapes() -> list[Shape]:
    return remembered("shapes of lifecycles", _shapes_now)


def _shapes_now() -> list[Shape]:
    moves = Transition.objects.order_by().only("lifecycle_id", "from_state_id", "to_state_id")
    rows = Lifecycle.objects.select_related("declared_initial_state").prefetch_related(
        Prefetch("states", State.objects.select_related("lifecycle")),
        Prefetch("transitions", moves),
    )
    return [shape for row in rows.order_by("key") if (shape := _shape(row)) is not None]


def _shape(lifecycle: Lifecycle) -> Shape | None:
    states = tuple(lifecycle.states.all())
    if not states:
        return None
    leads: dict[int, set[int]] = {one.pk: set() for one in states}
    for move in lifecycle.transitions.all():
        leads[move.from_state_id].add(move.to_state_id)
    first = lifecycle.declared_initial_state or states[0]
    return Shape(lifecycle, states, first, {pk: frozenset(to) for pk, to in leads.items()})


def place_of(lifecycle_key: str, part: str) -> str:
    """Where it is, for people."""
    return f"lifecycle {lifecycle_key}, {part}"


def page_of(lifecycle: Lifecycle) -> str:
    return reverse("admin:catalog_lifecycle_change", args=[lifecycle.pk])
