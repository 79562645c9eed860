"""Celery's entry points to the journal."""

from __future__ import annotations

from typing import Any

from celery import shared_task
from celery.signals import worker_ready

from accounts.gates import house
from journal import consuming
from journal.waking import keeping_one


@house(why="Each consumer acts on events written under gates of their own.")
@shared_task(name="journal.consume")
def consume(consumer: str) -> None:
    with keeping_one() as run_kept:
        consuming.consume(consumer, after_each=run_kept)


@house(why="Wakes what is due; takes nothing from outside.")
@shared_task(name="journal.sweep")
def sweep() -> None:
    consuming.sweep()


@worker_ready.connect
def sweep_at_start(**_: Any) -> None:
    """What a killed worker left is found at once, not at the first tick."""
    sweep.delay()
