"""Events become executions of two steps: a value is set, the object's owner is told.

Bare: the same rows, inserted with the ORM, with one transaction an execution.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db import transaction

from automations import engine
from automations.dispatch import CONSUMER
from automations.models import Deployment, Execution, ExecutionItem
from benchmarks.benchmark import Benchmark
from benchmarks.timing import Race, Unit, Work
from benchmarks.world import World, forget_work
from catalog.models import Change, GovernedObject
from journal.clock import now
from journal.consuming import consume
from journal.kinds import consumers_of
from journal.models import Event, Pending
from notifications.models import Delivery, Notification
from workflows.lifecycle import service
from workflows.lifecycle.entering import Moved

STEP: dict[str, Any] = {
    "stepId": "step1",
    "status": "succeeded",
    "input": {"attributeKey": "note", "value": "draft to review"},
    "output": {"before": None, "after": "draft to review"},
    "error": None,
    "startedAt": "2026-01-01T00:00:00.000000Z",
    "durationMs": 1.5,
}


def prepare(world: World, objects: int) -> Race:
    return Race(objects, partial(_ours, world, objects), partial(_bare, world, objects))


def _ours(world: World, objects: int) -> Work:
    forget_work()
    _events(world, objects)

    def work() -> None:
        consume(CONSUMER)
        for pk in Execution.objects.order_by("pk").values_list("pk", flat=True):
            assert engine.run(pk)
        assert Execution.objects.filter(status="succeeded").count() == objects

    return work


def _events(world: World, objects: int) -> list[tuple[GovernedObject, Event]]:
    """Objects that have just come into review, and the events that say so."""
    actor = world.actor
    moved = (service.move(row, "submit", actor=actor) for row in world.recipes(objects))
    rows = [one.object for one in moved if isinstance(one, Moved)]
    events = Event.objects.filter(subject_id__in=[row.pk for row in rows])
    by_subject = {event.subject_id: event for event in events}
    return [(row, by_subject[row.pk]) for row in rows]


def _bare(world: World, objects: int) -> Work:
    pairs = _events(world, objects)
    forget_work()
    deployment = Deployment.objects.select_related("workflow", "version__run_as").get()

    def work() -> None:
        for row, event in pairs:
            with transaction.atomic():
                execution = _execution(deployment, event)
                _set_value(world, row, execution)
                _tell(world, row, execution)

    return work


def _execution(deployment: Deployment, event: Event) -> Execution:
    version = deployment.version
    execution = Execution.objects.create(
        workflow=deployment.workflow,
        workflow_key=deployment.workflow.key,
        version=version,
        version_number=version.number,
        status="succeeded",
        event_id=event.pk,
        subject_id=event.subject_id,
        trigger={"event": event.kind, "eventId": event.pk},
        actor_id=event.actor_id,
        actor_name=event.actor_name,
        run_as=version.run_as,
        run_as_name="bench_admin",
        root_event_id=event.pk,
        depth=1,
        started_at=now(),
        ended_at=now(),
        item_count=1,
        succeeded_count=1,
    )
    ExecutionItem.objects.create(
        execution=execution,
        object_id=event.subject_id,
        status="succeeded",
        steps=[STEP, STEP],
    )
    return execution


def _set_value(world: World, row: GovernedObject, execution: Execution) -> None:
    row.attributes = {**row.attributes, "note": "draft to review"}
    row.version += 1
    row.save(update_fields=["attributes", "version", "modified_at"])
    cause: dict[str, Any] = {
        "actor_id": execution.run_as_id,
        "actor_name": execution.run_as_name,
        "via_kind": "execution",
        "via_id": str(execution.pk),
        "root_id": execution.root_event_id,
    }
    event = Event.objects.create(
        kind="attributeChanged",
        subject_id=row.pk,
        subject_type_id=row.object_type_id,
        payload={"changes": {"note": [None, "draft to review"]}},
        depth=1,
        **cause,
    )
    for consumer in consumers_of("attributeChanged"):
        Pending.objects.create(event=event, consumer=consumer.key)
    Change.objects.create(
        object_id=row.pk,
        object_key=row.key,
        verb=Change.Verb.CHANGED,
        field="attributes.note",
        after="draft to review",
        **cause,
    )


def _tell(world: World, row: GovernedObject, execution: Execution) -> None:
    told = Notification.objects.create(
        user=world.member,
        subject=f"{row.name} is in review",
        body=f"<p>{row.name}: draft to review</p>",
        url=f"/objects/{row.pk}/",
        object_id=row.pk,
        cause=f"execution:{execution.pk}:0:step2",
        via_kind="execution",
        via_id=str(execution.pk),
        root_id=execution.root_event_id,
    )
    Delivery.objects.create(notification=told, channel="email")


BENCHMARK = Benchmark(
    key="executions",
    label="executions of two steps, from the event",
    unit=Unit.PER_SECOND,
    objects=50,  # short turns: a long one is never wholly undisturbed on a busy machine
    rounds=6,
    prepare=prepare,
)
