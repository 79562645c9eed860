"""Run history as one viewer may read it: that something ran is shown, what may not be seen is not.

An item is hidden where its object may not be seen (or is gone: then its rights can't be told), a
step where it dealt with an attribute that may not be seen, or where its values were made of one:
by its expressions, by the event, or by way of earlier steps and variables. What can't be told is
hidden.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from accounts import gate
from accounts.actor import Actor
from accounts.remembering import remembering
from automations.models import Execution, ExecutionItem
from automations.sources import Sources, leads_elsewhere, sources_of
from automations.steps.send_notification import references_by_template
from catalog.lineage import ANY, Read, What
from catalog.models import GovernedObject
from permissions.everywhere import hidden_somewhere, sees_every_object
from permissions.fields import attributes_of_types, hidden_attributes
from workflows.authoring.definitions import walk
from workflows.models import Version


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

    `keys` are the attributes that an object has and the viewer sees on it. `sources` are those of
    the version that an execution ran, None where it is gone. `elsewhere` are the attributes that
    the viewer sees on whatever object; None where there may be objects that they don't see.
    """

    names: Mapping[int, str]
    keys: Mapping[int, frozenset[str]]
    hiding: frozenset[int]
    subjects: Mapping[int, int | None]
    sources: Mapping[int, Mapping[str, Sources]]
    elsewhere: frozenset[str] | None
    sees_all: bool

    def hides(self, item: ExecutionItem) -> bool:
        if self.sees_all or item.object_id is None:
            return False
        return item.object_id not in self.names

    def hides_step(self, item: ExecutionItem, step: Mapping[str, Any]) -> bool:
        """Whether it dealt with, or was made of, something that they may not see."""
        if self.sees_all:
            return False
        sources = self.sources.get(item.execution_id, {}).get(step["stepId"])
        if self.hides(item) or sources is None or sources.is_untold:
            return True
        subject = self.subjects.get(item.execution_id)
        return any(self._hides(read, item.object_id) for read in sources.of_object) or any(
            self._hides(read, subject) for read in sources.of_event
        )

    def _hides(self, read: Read, owner: int | None) -> bool:
        if leads_elsewhere(read):
            is_attribute = read.what is What.ATTRIBUTE
            return self.elsewhere is None or (is_attribute and read.key not in self.elsewhere)
        if owner is None or owner not in self.names:
            return True
        if read.what is not What.ATTRIBUTE:
            return False
        return owner in self.hiding if read.key == ANY else read.key not in self.keys[owner]


def sight_of(items: Iterable[ExecutionItem], *, actor: Actor) -> Sight:
    """In a constant number of queries, however many items there are."""
    listed = list(items)
    if actor.is_active and actor.is_admin:
        return _sight_of_objects(listed, actor=actor)
    runs = Execution.objects.filter(pk__in={item.execution_id for item in listed}).order_by()
    rows = list(runs.values_list("pk", "subject_id", "version_id"))
    made = _sources_of_versions({version for _, _, version in rows})
    wanted = {item.object_id for item in listed} | {subject for _, subject, _ in rows}
    seen = _seen(wanted, actor)
    hidden = hidden_attributes(actor, seen)
    schema = attributes_of_types(obj.object_type_id for obj in seen)
    return Sight(
        names={obj.pk: obj.name for obj in seen},
        keys={
            obj.pk: frozenset(one.key for one in schema[obj.object_type_id]) - hidden[obj.pk]
            for obj in seen
        },
        hiding=frozenset(pk for pk, keys in hidden.items() if keys),
        subjects={pk: subject for pk, subject, _ in rows},
        sources={pk: made.get(version or 0, {}) for pk, _, version in rows},
        elsewhere=_elsewhere(made, actor),
        sees_all=False,
    )


def _sight_of_objects(items: Iterable[ExecutionItem], *, actor: Actor) -> Sight:
    """Enough for items, and for those who see everything: which objects are seen, in one query."""
    names = {obj.pk: obj.name for obj in _seen((item.object_id for item in items), actor)}
    sees_all = actor.is_active and actor.is_admin
    return Sight(names, {}, frozenset(), {}, {}, None, sees_all=sees_all)


def _seen(ids: Iterable[int | None], actor: Actor) -> list[GovernedObject]:
    wanted = [pk for pk in ids if pk is not None]
    rows = gate.narrow(actor, "view", GovernedObject.objects.filter(pk__in=wanted))
    return list(rows.select_related("object_type"))


def _sources_of_versions(ids: Iterable[int | None]) -> dict[int, dict[str, Sources]]:
    """By version and step, in two queries: the versions', and the one for texts they name."""
    versions = Version.objects.filter(pk__in=[pk for pk in ids if pk is not None])
    found = dict(versions.values_list("pk", "definition"))
    steps = (step for one in found.values() for _, step in walk(one.get("steps")))
    named = {step.get("templateKey") for step in steps if isinstance(step, Mapping)}
    with remembering():
        references_by_template([key for key in named if isinstance(key, str)])
        return {pk: sources_of(definition) for pk, definition in found.items()}


def _elsewhere(made: Mapping[int, Mapping[str, Sources]], actor: Actor) -> frozenset[str] | None:
    """Which of the attributes that were read through relations the actor sees wherever they are."""
    each = (one for steps in made.values() for one in steps.values())
    reads = {read for one in each for read in one.reads if leads_elsewhere(read)}
    if not reads or not sees_every_object(actor):
        return None
    keys = {read.key for read in reads if read.what is What.ATTRIBUTE}
    return frozenset(keys) - hidden_somewhere(actor, keys)


def items_for(items: Iterable[ExecutionItem], *, actor: Actor) -> list[ItemView]:
    """Items as this actor may read them."""
    rows = list(items)
    sight = _sight_of_objects(rows, actor=actor)
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
