"""A member moves objects through the lifecycle, one transaction each, with gate and history.

Bare: the same lock, the same writes and the same commit with the ORM, asking nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import cycle

from django.db import transaction

from benchmarks.benchmark import Benchmark
from benchmarks.timing import Race, Unit, Work
from benchmarks.world import World
from catalog.models import Change, GovernedObject
from journal.clock import now
from journal.kinds import consumers_of
from journal.models import Event, Pending
from workflows.lifecycle import service

KIND = "workflowStateChanged"
MOVES = (("submit", "draft", "review"), ("send_back", "review", "draft"))


def prepare(world: World, objects: int) -> Race:
    ours, bare = world.recipes(objects), world.recipes(objects)
    return Race(
        objects,
        partial(_turn, cycle(MOVES), partial(_ours, world, ours)),
        partial(_turn, cycle(MOVES), partial(_bare, world, bare)),
    )


def _turn(moves: Iterator[tuple[str, str, str]], way: Callable[[str, str, str], None]) -> Work:
    """The next move of all objects: forth, then back."""
    return partial(way, *next(moves))


def _ours(world: World, rows: list[GovernedObject], key: str, before: str, after: str) -> None:
    actor = world.actor
    for row in rows:
        service.move(row, key, actor=actor)


def _bare(world: World, rows: list[GovernedObject], key: str, before: str, after: str) -> None:
    consumers = [one.key for one in consumers_of(KIND)]
    state = world.states[after]
    for row in rows:
        with transaction.atomic():
            obj = GovernedObject.objects.select_for_update(no_key=True).get(pk=row.pk)
            obj.enter(state)
            obj.version += 1
            obj.state_since = obj.modified_at = now()
            obj.save(update_fields=["state", "state_since", "version", "modified_at"])
            event = Event.objects.create(
                kind=KIND,
                subject_id=obj.pk,
                subject_type_id=obj.object_type_id,
                actor_id=world.member.pk,
                actor_name=world.member.username,
                via_kind="api",
                payload={"before": before, "after": after, "transitionKey": key},
            )
            for consumer in consumers:
                Pending.objects.create(event=event, consumer=consumer)
            Change.objects.create(
                object_id=obj.pk,
                object_key=obj.key,
                actor_id=world.member.pk,
                actor_name=world.member.username,
                via_kind="api",
                root_id=event.pk,
                verb=Change.Verb.TRANSITIONED,
                field="stateKey",
                before=before,
                after=after,
            )


BENCHMARK = Benchmark(
    key="transition",
    label="transitions by a member",
    unit=Unit.PER_SECOND,
    objects=200,
    rounds=5,
    prepare=prepare,
)
