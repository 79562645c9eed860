"""Run history as one viewer may read it: that something ran is shown, what may not be seen is not.

An item is hidden where its object may not be seen (or is gone: then its rights can't be told), a
step where it dealt with an attribute that may not be seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from accounts import gate
from accounts.actor import Actor
from automations.models import Execution, ExecutionItem
from catalog.models import GovernedObject
from permissions.fields import hidden_attributes


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
    """What a viewer sees of the objects that some items were about."""

    names: Mapping[int, str]
    hidden_keys: Mapping[int, frozenset[str]]
    sees_all: bool

    def hides(self, item: ExecutionItem) -> bool:
        if self.sees_all or item.object_id is None:
            return False
        return item.object_id not in self.names

    def hides_step(self, item: ExecutionItem, step: Mapping[str, Any]) -> bool:
        if self.hides(item):
            return True
        hidden = self.hidden_keys.get(item.object_id or 0, frozenset())
        return (step.get("input") or {}).get("attributeKey") in hidden


def sight_of(items: Iterable[ExecutionItem], *, actor: Actor) -> Sight:
    """In a constant number of queries, however many items there are."""
    wanted = {item.object_id for item in items if item.object_id is not None}
    rows = gate.narrow(actor, "view", GovernedObject.objects.filter(pk__in=wanted))
    seen = list(rows.select_related("object_type"))
    return Sight(
        names={obj.pk: obj.name for obj in seen},
        hidden_keys=hidden_attributes(actor, seen),
        sees_all=actor.is_admin,
    )


def items_for(items: Iterable[ExecutionItem], *, actor: Actor) -> list[ItemView]:
    """Items as this actor may read them."""
    rows = list(items)
    sight = sight_of(rows, actor=actor)
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
        object_name=None if hidden else sight.names.get(item.object_id or 0),
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
