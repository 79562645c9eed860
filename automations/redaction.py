"""Run history as one viewer may read it: that something ran is shown, what may not be seen is not.

An item is hidden where its object may not be seen (or is gone: then its rights can't be told), a
step where it dealt with, or its values were made of, something that may not be seen. What they were
made of was kept when the step ran: what it read itself, what earlier steps had made of what they
read, and what the event told. What can't be told is hidden.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from accounts.actor import Actor
from automations.earlier_runs import EarlierSight, earlier_sight_of
from automations.models import Execution, ExecutionItem
from catalog.provenance import Provenance
from permissions import provenance


@dataclass(frozen=True, slots=True)
class ItemView:
    """An item as shown; without its object where that is hidden."""

    id: int
    object_id: int | None
    object_name: str | None
    status: str
    is_hidden: bool


@dataclass(frozen=True, slots=True)
class StepView:
    """A step as shown; input, output and error are None where they are hidden."""

    item_id: int
    step_id: str
    type: str
    status: str
    input: Mapping[str, Any] | None
    output: Mapping[str, Any] | None
    error: Mapping[str, Any] | None
    started_at: str | None
    duration_ms: float | None
    is_hidden: bool


@dataclass(frozen=True, slots=True)
class Sight:
    """What a viewer sees of the objects that some items were about, and of what made the values.

    `earlier` tells of the steps that ran before it was kept what they were made of.
    """

    seen: provenance.Sight
    earlier: EarlierSight | None = None

    def hides(self, item: ExecutionItem) -> bool:
        return item.object_id is not None and not self.seen.sees(item.object_id)

    def hides_step(self, item: ExecutionItem, step: Mapping[str, Any]) -> bool:
        """Whether it dealt with, or was made of, something that they may not see."""
        if self.seen.sees_all:
            return False
        if self.hides(item):
            return True
        if (made_of := _made_of(step)) is not None:
            return not self.seen.shows(made_of)
        return self.earlier is None or self.earlier.hides_step(item, step)


def sight_of(items: Iterable[ExecutionItem], *, actor: Actor) -> Sight:
    """In a constant number of queries, however many items there are."""
    listed = list(items)
    kept = [_made_of(step) for item in listed for step in item.steps]
    seen = provenance.sight_of(
        (one for one in kept if one is not None), actor=actor, objects=_objects_of(listed)
    )
    if seen.sees_all or None not in kept:
        return Sight(seen)
    return Sight(seen, earlier_sight_of(_before_it_was_kept(listed), actor=actor))


def _made_of(step: Mapping[str, Any]) -> Provenance | None:
    return Provenance.of_json(step["madeOf"]) if "madeOf" in step else None


def _before_it_was_kept(items: Iterable[ExecutionItem]) -> list[ExecutionItem]:
    return [item for item in items if any("madeOf" not in step for step in item.steps)]


def _objects_of(items: Iterable[ExecutionItem]) -> list[int]:
    return [item.object_id for item in items if item.object_id is not None]


def items_for(items: Iterable[ExecutionItem], *, actor: Actor) -> list[ItemView]:
    """Items as this actor may read them."""
    rows = list(items)
    sight = Sight(provenance.sight_of([], actor=actor, objects=_objects_of(rows)))
    return [_item(item, sight) for item in rows]


def steps_for(items: Iterable[ExecutionItem], *, actor: Actor) -> list[StepView]:
    """The steps of items, in order, as this actor may read them."""
    rows = list(items)
    sight = sight_of(rows, actor=actor)
    return [_step(item, step, sight) for item in rows for step in item.steps]


def hides_details(executions: Iterable[Execution], *, actor: Actor) -> set[int]:
    """The ids of those executions of which this actor may not see every detail."""
    ids = [execution.pk for execution in executions]
    rows = list(ExecutionItem.objects.filter(execution__in=ids))
    sight = sight_of(rows, actor=actor)
    return {
        item.execution_id
        for item in rows
        if sight.hides(item) or any(sight.hides_step(item, step) for step in item.steps)
    }


def _item(item: ExecutionItem, sight: Sight) -> ItemView:
    hidden = sight.hides(item)
    return ItemView(
        id=item.pk,
        object_id=None if hidden else item.object_id,
        object_name=None if hidden else sight.seen.names.get(item.object_id or 0),
        status=item.status,
        is_hidden=hidden,
    )


def _step(item: ExecutionItem, step: Mapping[str, Any], sight: Sight) -> StepView:
    hidden = sight.hides_step(item, step)
    return StepView(
        item_id=item.pk,
        step_id=step["stepId"],
        type=step["type"],
        status=step["status"],
        input=None if hidden else step["input"],
        output=None if hidden else step["output"],
        error=None if hidden else step["error"],
        started_at=step["startedAt"],
        duration_ms=step["durationMs"],
        is_hidden=hidden,
    )
