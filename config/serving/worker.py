"""The Celery worker as a part: a pool of threads inside this process."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery, signals
from celery.app import trace
from celery.worker import WorkController, state
from django.db import connections

from config.inprocess import bell
from config.serving import presence

WORKER = "worker"


class EmbeddedWorker(WorkController):
    """A worker without the program around it: no signals, no banner, no logging of its own."""

    def on_before_init(self, **_: Any) -> None:
        trace.setup_worker_optimizations(self.app, self.hostname)

    def on_consumer_ready(self, consumer: Any) -> None:
        signals.worker_ready.send(sender=consumer)
        presence.began(WORKER)


class WorkerPart:
    """Takes wake-ups from the broker and runs their tasks."""

    name = WORKER

    def __init__(self, app: Celery) -> None:
        self._app = app
        # The command that starts us has run Django's checks; they take seconds.
        os.environ.setdefault("CELERY_SKIP_CHECKS", "1")

    def run(self) -> None:
        worker = EmbeddedWorker(
            app=self._app, without_gossip=True, without_mingle=True, without_heartbeat=True
        )
        try:
            worker.start()
        finally:
            presence.ended(WORKER)
            state.should_stop = None
            bell.settle()
            connections.close_all()

    def ask_to_stop(self) -> None:
        """The worker's loop looks at this when the bell rings, at the latest after two seconds."""
        state.should_stop = 0
        bell.keep_ringing()
