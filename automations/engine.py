"""Runs executions: claims one, runs its steps for its objects, and commits all of it at once.

The steps of this version only touch the database, so an execution is one segment: its effects, its
run history and the events it raises commit together or not at all, and with them its end. A worker
whose lease was taken over finds its token gone and keeps nothing.
"""

from __future__ import annotations

import structlog
from django.db import transaction

from automations import runs
from automations.chain import Chain
from automations.models import Execution, ExecutionItem
from catalog.models import GovernedObject
from journal.clock import now
from journal.leases import Claim, LeaseLost, due, hand_back, heartbeat
from journal.prepared import Given, Question, insert, update
from journal.pushing import mention
from journal.waking import wake

log = structlog.get_logger(__name__)

OPEN = (Execution.Status.QUEUED, Execution.Status.RUNNING)
WAITING: Claim[Execution] = Claim(lambda: Execution.objects.filter(pk=Given("pk"), status__in=OPEN))
HELD: Question[Execution] = Question(
    lambda: (
        Execution.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk=Given("pk"), lease_token=Given("token"), status__in=OPEN)
        .select_related("version", "run_as")
        .order_by()
    )
)
SUBJECT: Question[GovernedObject] = Question(
    lambda: (
        GovernedObject.objects.select_related("object_type", "board__workspace", "state")
        .filter(pk=Given("pk"))
        .order_by()
    )
)
MOST_LEASES = 5
BACKOFF_SECONDS = 2


def run(execution_id: int) -> bool:
    """Runs an execution that is due; False where another worker has it or it has ended."""
    token = WAITING.take_one(pk=execution_id)
    if token is None:
        return False
    try:
        with heartbeat(Execution, [execution_id], token):
            _run_segment(execution_id, token)
    except LeaseLost:
        log.info("lease_lost", execution=execution_id)
        return False
    except Exception as problem:
        log.exception("execution_interrupted", execution=execution_id)
        _give_back_if_held(execution_id, token, problem)
    return True


@transaction.atomic
def _run_segment(execution_id: int, token: str) -> None:
    execution = _held(execution_id, token)
    execution.begin()
    if runs.run_as_missing(execution):
        detail = f"It acts as {execution.run_as_name}, who is no longer there."
        _finish(execution, {"code": "runAsMissing", "detail": detail})
        return
    if execution.version is None:
        _finish(execution, {"code": "versionMissing", "detail": "Its workflow was deleted."})
        return
    chain = _follow(runs.of(execution))
    execution.item_count = 1
    execution.succeeded_count = 0 if chain.failed else 1
    execution.failed_count = 1 if chain.failed else 0
    _finish(execution, _verdict(chain), chain)


def _held(execution_id: int, token: str) -> Execution:
    """The row under this worker's lease, locked, so that nobody takes it over before the commit."""
    found = HELD.first(pk=execution_id, token=token)
    if found is None:
        raise LeaseLost
    return found


def _follow(run: runs.Run) -> Chain:
    obj = None
    if run.execution.subject_id is not None:
        obj = SUBJECT.first(pk=run.execution.subject_id)
    chain = Chain(run, run.context(obj), position=0)
    chain.follow(run.definition["steps"])
    status = ExecutionItem.Status.FAILED if chain.failed else ExecutionItem.Status.SUCCEEDED
    item = ExecutionItem(
        execution=run.execution,
        position=0,
        object_id=run.execution.subject_id,
        status=status,
        steps=chain.record,
    )
    insert([item])
    return chain


def _verdict(chain: Chain) -> dict[str, str] | None:
    """The error that ended the chain early, None where it went to its end."""
    if not chain.stopped:
        return None
    last = next(one for one in reversed(chain.record) if one["status"] == "failed")
    detail = f"Step {last['stepId']} failed, and its rule is to stop."
    return {"code": "stepFailed", "detail": detail}


def _finish(execution: Execution, error: dict[str, str] | None, chain: Chain | None = None) -> None:
    if error is not None:
        execution.fail(error)
    elif chain is not None and chain.failed:
        execution.complete_with_failures()
    else:
        execution.succeed()
    execution.lease_token, execution.leased_until = "", None
    update(
        execution,
        "status",
        "started_at",
        "ended_at",
        "error",
        "item_count",
        "succeeded_count",
        "failed_count",
        "lease_token",
        "leased_until",
    )
    mention("executions", [execution.pk])


def _give_back_if_held(execution_id: int, token: str, problem: Exception) -> None:
    try:
        _give_back(execution_id, token, problem)
    except LeaseLost:
        log.info("lease_lost", execution=execution_id)


def _give_back(execution_id: int, token: str, problem: Exception) -> None:
    """An interrupted execution wrote nothing; it is tried again, a few times."""
    with transaction.atomic():
        execution = _held(execution_id, token)
        if execution.lease_count >= MOST_LEASES:
            detail = f"It was interrupted {MOST_LEASES} times, at last by {type(problem).__name__}."
            _finish(execution, {"code": "interrupted", "detail": detail})
            return
    hand_back(Execution, [execution_id], token, after_seconds=BACKOFF_SECONDS)


def sweep() -> None:
    """Wakes executions that are due: never begun, or left by a worker that died."""
    waiting = Execution.objects.filter(due(now()), status__in=OPEN)
    for execution in waiting.filter(lease_count__gte=MOST_LEASES):
        _end_killer(execution.pk)
    for pk in waiting.order_by("pk").values_list("pk", flat=True)[:500]:
        wake("automations.run", pk)


@transaction.atomic
def _end_killer(execution_id: int) -> None:
    rows = Execution.objects.select_for_update(of=("self",), no_key=True).filter(
        due(now()), pk=execution_id, status__in=OPEN, lease_count__gte=MOST_LEASES
    )
    if execution := rows.first():
        detail = f"Its worker died {MOST_LEASES} times."
        _finish(execution, {"code": "workerDied", "detail": detail})
