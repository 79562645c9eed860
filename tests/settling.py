"""Does in this thread what a worker would, until nothing is due."""

from __future__ import annotations

from automations import engine
from automations.dispatch import CONSUMER
from automations.models import Execution
from journal.consuming import consume

MOST_ROUNDS = 50


def settle() -> None:
    """Hands events out and runs executions until there are none; fails if that never ends."""
    for _ in range(MOST_ROUNDS):
        handled = consume(CONSUMER)
        waiting = list(Execution.objects.filter(status="queued").values_list("pk", flat=True))
        for pk in waiting:
            engine.run(pk)
        if not handled and not waiting:
            return
    raise AssertionError("It did not settle.")
