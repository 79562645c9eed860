"""How workflows did lately: the last run and the share of runs that succeeded, for a page of them.

Live runs only: a test never counts. Two queries, however many workflows there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Max, Q

from automations.models import Execution
from journal.clock import now
from workflows.models import Workflow

COUNTED_DAYS = 30
Status = Execution.Status
ENDED = (
    Status.SUCCEEDED,
    Status.COMPLETED_WITH_FAILURES,
    Status.FAILED,
    Status.STOPPED,
)


@dataclass(frozen=True, slots=True)
class Figures:
    """`success` is a whole percentage of the runs that ended, None where none did."""

    last: Execution | None = None
    ended: int = 0
    success: int | None = None


def figures_of(workflows: Sequence[Workflow]) -> dict[int, Figures]:
    """By workflow id, of the last days."""
    live = Execution.objects.filter(
        workflow__in=[one.pk for one in workflows], mode=Execution.Mode.LIVE
    ).order_by()
    newest = live.values("workflow").annotate(newest=Max("pk")).values_list("newest", flat=True)
    last = {one.workflow_id: one for one in Execution.objects.filter(pk__in=list(newest))}
    counted = live.filter(created_at__gte=now() - timedelta(days=COUNTED_DAYS)).values("workflow")
    counts = counted.annotate(
        ended=Count("pk", filter=Q(status__in=ENDED)),
        succeeded=Count("pk", filter=Q(status=Status.SUCCEEDED)),
    )
    shares = {row["workflow"]: (row["ended"], row["succeeded"]) for row in counts}
    return {one.pk: _figures(last.get(one.pk), *shares.get(one.pk, (0, 0))) for one in workflows}


def _figures(last: Execution | None, ended: int, succeeded: int) -> Figures:
    return Figures(last, ended, round(100 * succeeded / ended) if ended else None)
