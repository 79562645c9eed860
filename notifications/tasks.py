"""Celery's entry point to the senders."""

from __future__ import annotations

from celery import shared_task

from accounts.gates import house
from notifications import delivering


@shared_task(name="notifications.deliver")
@house(why="Sends what was written in the transaction of its cause, to whom it was written for.")
def deliver(channel: str) -> None:
    delivering.deliver_due(channel)
