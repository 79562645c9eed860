"""When open requests are counted anew: after events that may concern them, and now and then.

`recount_at` says when a request is due; what an event makes due is told to a worker at once.
"""

from __future__ import annotations

from django.db.models import Q

from journal.clock import now
from journal.kinds import Consumer
from journal.models import Event
from journal.waking import wake
from workflows.lifecycle.models import ApprovalRequest

TASK = "lifecycle.recount"
MOST_A_SWEEP = 200
OF_ALL = frozenset(
    {"assetDeleted", "assetSaved", "holdersChanged", "packageApplied", "userChanged"}
)
OF_OBJECTS = frozenset({"attributeChanged", "objectMoved", "userRelationChanged"})


def consume(events: list[Event]) -> None:
    """Makes the open requests due that these events may concern."""
    rows = ApprovalRequest.objects.filter(status="open")
    if not any(event.kind in OF_ALL for event in events):
        rows = rows.filter(object__in={event.subject_id for event in events})
    due = list(rows.order_by("pk").values_list("pk", flat=True))
    ApprovalRequest.objects.filter(pk__in=due).update(recount_at=now())
    for pk in due[:MOST_A_SWEEP]:
        wake(TASK, pk)


CONSUMER = Consumer("lifecycle.approvals", OF_ALL | OF_OBJECTS, consume)


def sweep() -> None:
    """Wakes the task for each request that is due."""
    instant = now()
    due = Q(recount_at__lte=instant) | Q(remind_at__lte=instant)
    due |= Q(status="open", due_at__lte=instant)
    found = ApprovalRequest.objects.filter(due).order_by("recount_at", "pk")
    for pk in found.values_list("pk", flat=True)[:MOST_A_SWEEP]:
        wake(TASK, pk)
