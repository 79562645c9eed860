"""Celery beat as a part. It only ticks: what is due is decided by rows, so two beats do no harm."""

from __future__ import annotations

from typing import Any

from celery import Celery, beat
from django.db import connections

from config.serving import presence

SCHEDULER = "scheduler"


class SchedulerPart:
    """Sends the ticks of the periodic tasks."""

    name = SCHEDULER

    def __init__(self, app: Celery) -> None:
        self._app = app
        self._service: Any = None

    def run(self) -> None:
        self._service = beat.Service(self._app, scheduler_cls=self._app.conf.beat_scheduler)
        presence.began(SCHEDULER)
        try:
            self._service.start(embedded_process=False)
        finally:
            presence.ended(SCHEDULER)
            connections.close_all()

    def ask_to_stop(self) -> None:
        """Beat sleeps until its next tick, at most two seconds."""
        if self._service is not None:
            self._service.stop()
