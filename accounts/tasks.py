"""Celery's entry point to the sender of the account's own mails."""

from __future__ import annotations

from celery import shared_task

from accounts.gates import house
from accounts.services import mailing


@shared_task(name=mailing.TASK)
@house(why="Sends what was written in the transaction of its cause, to whom it was written for.")
def send_mails() -> None:
    mailing.send_due()
