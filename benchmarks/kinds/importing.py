"""Objects with a person each come from a file, with validation, gate, history and events.

Bare: `bulk_create` of the same rows in transactions of the same size, from values at hand;
one row says that there is an import.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from benchmarks.benchmark import Benchmark
from benchmarks.timing import Race, Unit, Work
from benchmarks.world import OWNER, World
from catalog.importing.service import LINES, import_objects
from catalog.models import Change, GovernedObject, Import, UserRelation
from catalog.services.parts import snapshot
from journal.kinds import consumers_of
from journal.models import Event, Pending

ROWS = 1000


def prepare(world: World, objects: int) -> Race:
    path = Path(settings.DATA_DIR) / "recipes.jsonl"
    return Race(objects, partial(_ours, world, objects, path), partial(_bare, world, objects))


def _ours(world: World, objects: int, path: Path) -> Work:
    with path.open("w", encoding="utf-8") as out:
        for _ in range(objects):
            out.write(json.dumps(_line(world)) + "\n")

    def work() -> None:
        report = import_objects(
            path, actor=world.actor, object_type=world.recipe, board=world.board
        )
        assert report.created == objects, report.sentences()

    return work


def _line(world: World) -> dict[str, Any]:
    row = world.recipe_row()
    return {
        "key": row.key,
        "name": row.name,
        "attributes": {**row.attributes, "note": "made of what is at hand", "cuisine": "indian"},
        "userRelations": {OWNER: [world.member.username]},
    }


def _bare(world: World, objects: int) -> Work:
    lines = [_line(world) for _ in range(objects)]

    def work() -> None:
        Import.objects.create(
            object_type=world.recipe,
            board=world.board,
            user=world.member,
            format=Import.Format.JSONL,
            line_count=objects,
        )
        for first in range(0, objects, LINES):
            with transaction.atomic():
                _write(world, lines[first : first + LINES])

    return work


def _write(world: World, lines: Sequence[dict[str, Any]]) -> None:
    rows = [
        GovernedObject(
            object_type=world.recipe,
            board=world.board,
            key=line["key"],
            name=line["name"],
            state=world.states["draft"],
            attributes=line["attributes"],
            created_by=world.member,
        )
        for line in lines
    ]
    GovernedObject.objects.bulk_create(rows, batch_size=ROWS)
    UserRelation.objects.bulk_create(
        [UserRelation(type=world.owner_type, object=row, user=world.member) for row in rows],
        batch_size=ROWS,
    )
    told = [snapshot(row) | {"userRelations": {OWNER: [world.member.username]}} for row in rows]
    events = [
        Event(
            kind="objectCreated",
            subject_id=row.pk,
            subject_type_id=row.object_type_id,
            actor_id=world.member.pk,
            actor_name=world.member.username,
            via_kind="import",
            payload={"snapshot": what},
        )
        for row, what in zip(rows, told, strict=True)
    ]
    Event.objects.bulk_create(events, batch_size=ROWS)
    consumers = [one.key for one in consumers_of("objectCreated")]
    Pending.objects.bulk_create(
        [Pending(event=event, consumer=key) for event in events for key in consumers],
        batch_size=ROWS,
    )
    Change.objects.bulk_create(
        [
            Change(
                object_id=row.pk,
                object_key=row.key,
                actor_id=world.member.pk,
                actor_name=world.member.username,
                via_kind="import",
                root_id=event.pk,
                verb=Change.Verb.CREATED,
                after=what,
            )
            for row, event, what in zip(rows, events, told, strict=True)
        ],
        batch_size=ROWS,
    )


BENCHMARK = Benchmark(
    key="import",
    label="objects imported from a file",
    unit=Unit.PER_SECOND,
    objects=5000,
    rounds=3,
    prepare=prepare,
)
