"""From the commit of a transition to the row of the notification that a workflow writes about it,
with a worker in this very process. The middle one of all; there is nothing bare beside it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from time import perf_counter, sleep

from django.db import connection

from benchmarks.benchmark import Benchmark
from benchmarks.timing import Series, Unit
from benchmarks.world import World, forget_work
from catalog.models import GovernedObject
from config.celery import app
from config.serving import presence
from config.serving.worker import WORKER, WorkerPart
from notifications.models import Delivery, Notification
from workflows.lifecycle import service

MOST_SECONDS = 20
LOOK_SECONDS = 0.003
"""What is looked for more often takes its turn from the worker: both share an interpreter."""


def prepare(world: World, objects: int) -> Series:
    return Series(partial(_take, world, objects))


def _take(world: World, objects: int) -> list[float]:
    forget_work()
    rows = world.recipes(objects)
    with _worker():
        return [_seconds(world, row) for row in rows]


def _seconds(world: World, row: GovernedObject) -> float:
    actor = world.actor
    service.move(row, "submit", actor=actor)
    began = perf_counter()
    _wait_until(lambda: _is_written(row))
    ended = perf_counter()
    # The next one finds an idle worker.
    waiting = Delivery.objects.filter(status__in=["waiting", "sending"])
    _wait_until(lambda: not waiting.exists())
    return ended - began


def _is_written(row: GovernedObject) -> bool:
    """Asked without the ORM, which would take from the worker a third of its time."""
    table = Notification._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {table} WHERE object_id = %s", [row.pk])
        return cursor.fetchone() is not None


def _wait_until(holds: Callable[[], bool]) -> None:
    deadline = perf_counter() + MOST_SECONDS
    while not holds():
        if perf_counter() > deadline:
            raise TimeoutError("The worker did not do its work.")
        sleep(LOOK_SECONDS)


@contextmanager
def _worker() -> Iterator[None]:
    part = WorkerPart(app)
    thread = threading.Thread(target=part.run, daemon=True)
    thread.start()
    _wait_until(lambda: presence.runs(WORKER))
    try:
        yield
    finally:
        part.ask_to_stop()
        thread.join(MOST_SECONDS)


BENCHMARK = Benchmark(
    key="latency",
    label="from a commit to the notification's row",
    unit=Unit.MILLISECONDS,
    objects=40,
    rounds=1,
    prepare=prepare,
)
