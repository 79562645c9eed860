"""Steps that ran before it was kept what they were made of: judged by what the version that they
ran says that they may have read, hence stricter than the others.
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
class EarlierSight:
    """What a viewer sees of the objects that some runs were about, and of what their steps read.

    `keys` are the attributes that an object has and the viewer sees on it. `sources` are those of
    the version that an execution ran, None where it is gone. `elsewhere` are the attributes that
    the viewer sees on whatever object; None where there may be objects that they don't see.
    """

    keys: Mapping[int, frozenset[str]]
    hiding: frozenset[int]
    subjects: Mapping[int, int | None]
    sources: Mapping[int, Mapping[str, Sources]]
    elsewhere: frozenset[str] | None

    def hides_step(self, item: ExecutionItem, step: Mapping[str, Any]) -> bool:
        """Whether the step may have read something that the viewer doesn't see."""
        sources = self.sources.get(item.execution_id, {}).get(step["stepId"])
        if sources is None or sources.is_untold:
            return True
        subject = self.subjects.get(item.execution_id)
        return any(self._hides(read, item.object_id) for read in sources.of_object) or any(
            self._hides(read, subject) for read in sources.of_event
        )

    def _hides(self, read: Read, owner: int | None) -> bool:
        if leads_elsewhere(read):
            is_attribute = read.what is What.ATTRIBUTE
            return self.elsewhere is None or (is_attribute and read.key not in self.elsewhere)
        if owner is None or owner not in self.keys:
            return True
        if read.what is not What.ATTRIBUTE:
            return False
        return owner in self.hiding if read.key == ANY else read.key not in self.keys[owner]


def earlier_sight_of(items: Iterable[ExecutionItem], *, actor: Actor) -> EarlierSight:
    """In a constant number of queries, however many items there are."""
    listed = list(items)
    runs = Execution.objects.filter(pk__in={item.execution_id for item in listed}).order_by()
    rows = list(runs.values_list("pk", "subject_id", "version_id"))
    made = _sources_of_versions({version for _, _, version in rows})
    seen = _seen({item.object_id for item in listed} | {subject for _, subject, _ in rows}, actor)
    hidden = hidden_attributes(actor, seen)
    schema = attributes_of_types(obj.object_type_id for obj in seen)
    return EarlierSight(
        keys={
            obj.pk: frozenset(one.key for one in schema[obj.object_type_id]) - hidden[obj.pk]
            for obj in seen
        },
        hiding=frozenset(pk for pk, keys in hidden.items() if keys),
        subjects={pk: subject for pk, subject, _ in rows},
        sources={pk: made.get(version or 0, {}) for pk, _, version in rows},
        elsewhere=_elsewhere(made, actor),
    )


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
