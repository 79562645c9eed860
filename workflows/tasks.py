"""Celery's entry points to the workflows app."""

from __future__ import annotations

from celery import shared_task

from accounts.gates import house
from workflows.lifecycle import approvals, recounting


@house(why="Counts votes that were cast under gates of their own.")
@shared_task(name=recounting.TASK)
def recount(request_id: int) -> None:
    approvals.recount(request_id)
