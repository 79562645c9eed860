"""The references in a definition, each with its place and with what may be named there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from catalog.expressions import Compiled, Expression, ExpressionError, Reference, parse, parse_value
from workflows.authoring.definitions import (
    MOST_STEPS,
    ON_FAILURE,
    Json,
    nested,
    step_id,
    walk,
)
from workflows.authoring.kinds import Scope, StepKind, scope_of, step_kinds, trigger_kind_of

Outputs = Mapping[str, tuple[str, ...] | None]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What an expression may name where it stands.

    `steps` are the ids of steps that may have run before, with the names of their outputs (None:
    known only when they run); `variables` those that any step sets.
    """

    scope: Scope
    has_object: bool
    event_parts: tuple[str, ...] = ()
    steps: Outputs = field(default_factory=dict)
    variables: frozenset[str] = frozenset()
    has_item: bool = False
    takes_quoted: bool = True


@dataclass(frozen=True, slots=True)
class Placed:
    """A reference below the pointer of the part that it stands in."""

    pointer: str
    reference: Reference
    around: Surroundings


def references_in(definition: Json, *, quoted: bool = True) -> Iterator[Placed]:
    """Every reference that can be read, those of the stream first; what can't be is left out.

    None of the steps' where there are too many steps, which is a problem of its own. `quoted` are
    those of texts that a step names and that are kept elsewhere.
    """
    around = replace(_around(definition), takes_quoted=quoted)
    yield from _in_stream(definition.get("stream"), around)
    steps = definition.get("steps")
    if sum(1 for _ in islice(walk(steps), MOST_STEPS + 1)) <= MOST_STEPS:
        around = replace(around, variables=frozenset(_variables(steps)))
        yield from _in_steps(steps, "/steps", around, {})


def unreadable(kind: StepKind, step: Json) -> Iterator[ExpressionError]:
    """What can't be read of a step's expressions, or is certain to fail, below the step."""
    for name in (*kind.expressions, *kind.bare):
        for error in _faults(kind, step, name):
            yield error.moved(text=error.text, pointer=f"/{name}")


def _faults(kind: StepKind, step: Json, name: str) -> list[ExpressionError]:
    try:
        found = _compiled(kind, step, name)
    except ExpressionError as error:
        return [error]
    return found.problems() if found is not None else []


def _around(definition: Json) -> Surroundings:
    scope = scope_of(definition)
    kind = trigger_kind_of(scope.trigger)
    has_object = (
        kind is None
        or kind.has_own_object
        or kind.may_be_given_object
        or definition.get("stream") is not None
    )
    return Surroundings(scope, has_object, kind.event_parts if kind else ())


def _compiled(kind: StepKind, step: Json, name: str) -> Compiled | Expression | None:
    value = step.get(name)
    if name not in kind.bare:
        return parse_value(value)
    return parse(value) if isinstance(value, str) else None


def _references(kind: StepKind, step: Json, *, quoted: bool) -> Iterator[Reference]:
    for name in (*kind.expressions, *kind.bare):
        try:
            found = _compiled(kind, step, name)
        except ExpressionError:
            continue
        for reference in sorted(found.references()) if found is not None else ():
            yield reference.moved(pointer=f"/{name}")
    if quoted:
        yield from kind.quotes(step)


def _variables(steps: object) -> Iterator[str]:
    for _, step in walk(steps):
        kind = _kind_of(step)
        if kind is not None:
            yield from kind.sets(step)


def _kind_of(step: object) -> StepKind | None:
    key = step.get("type") if isinstance(step, Mapping) else None
    return step_kinds.get(key) if isinstance(key, str) else None


def _in_stream(stream: object, around: Surroundings) -> Iterator[Placed]:
    """The values that criteria compare with, and the targets of relations."""
    for pointer, value in _values(stream):
        try:
            found = sorted(parse_value(value).references())
        except ExpressionError:
            continue
        for reference in found:
            yield Placed(pointer, reference, around)


def _values(stream: object) -> Iterator[tuple[str, Any]]:
    if not isinstance(stream, Mapping):
        return
    lists = [("/stream/attributes", stream.get("attributes"), "value")]
    lists += [("/stream/relations", stream.get("relations"), "targetKey")]
    groups = stream.get("any")
    for at, group in enumerate(groups if isinstance(groups, list) else []):
        lists.append((f"/stream/any/{at}", group, "value"))
    for pointer, parts, name in lists:
        for at, part in enumerate(parts if isinstance(parts, list) else []):
            if isinstance(part, Mapping):
                yield f"{pointer}/{at}/{name}", part.get(name)


def _in_steps(
    steps: object, pointer: str, around: Surroundings, earlier: dict[str, Any]
) -> Iterator[Placed]:
    """The references of steps in the order in which they run; these are added to `earlier`."""
    for index, step in enumerate(steps if isinstance(steps, list) else []):
        if not isinstance(step, Mapping):
            continue
        here = f"{pointer}/{index}"
        kind = _kind_of(step)
        at_step = replace(around, steps=dict(earlier))
        if kind is not None:
            for reference in _references(kind, step, quoted=around.takes_quoted):
                yield Placed(here, reference, at_step)
        inner = replace(around, has_item=around.has_item or "items" in step)
        for place, listed in nested(step, here):
            before = dict(earlier)
            if place.endswith(ON_FAILURE):
                before |= _outputs(step, here)
            yield from _in_steps(listed, place, inner, before)
        earlier |= _outputs(step, here)


def _outputs(step: Json, pointer: str) -> dict[str, tuple[str, ...] | None]:
    """The outputs of a step and of all that are nested in it."""
    kind = _kind_of(step)
    found = {step_id(step, pointer): kind.outputs if kind else None}
    for place, listed in nested(step, pointer):
        for here, one in walk(listed, place):
            if isinstance(one, Mapping):
                inner = _kind_of(one)
                found[step_id(one, here)] = inner.outputs if inner else None
    return found
