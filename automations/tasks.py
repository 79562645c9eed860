"""Celery's entry points to the engine."""

from __future__ import annotations

from celery import shared_task

from accounts.gates import house
from automations import engine


@house(why="Runs executions that were made under their workflow's gate.")
@shared_task(name="automations.run")
def run(execution_id: int) -> None:
    engine.run(execution_id)
