"""Wake-ups: after a commit, tell a worker the id of a row that waits for it.

A wake-up hurries and guarantees nothing. Whatever is lost here, a sweep finds again.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import structlog
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

log = structlog.get_logger(__name__)


def wake(task: str, *arguments: Any) -> None:
    """Sends a task its arguments (ids) after this transaction's commit, once a transaction."""
    send = partial(_send, task, arguments)
    connection = transaction.get_connection()
    for _, waiting, _ in connection.run_on_commit:
        if isinstance(waiting, partial) and waiting.func is _send and waiting.args == send.args:
            return
    transaction.on_commit(send, robust=True)


def _send(task: str, arguments: tuple[Any, ...]) -> None:
    try:
        current_app.send_task(task, args=list(arguments), ignore_result=True)
    except (OperationalError, OSError) as problem:
        log.warning("wake_up_lost", task=task, problem=str(problem))
