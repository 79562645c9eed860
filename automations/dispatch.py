"""Finds, for a batch of events, the workflows that react, and makes their executions.

One execution per (workflow, event), held by a constraint: an event that comes again makes none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import structlog
from django.db import OperationalError, transaction
from django.db.models import Q

from accounts import gate
from accounts.actor import SYSTEM, Actor
from accounts.models import Account, User
from automations.filtering import passing
from automations.models import Deployment, EnabledSpan, Execution
from automations.triggers.event import EVENT_KINDS, matches
from catalog.filters import Schema, present
from journal.clock import now
from journal.kinds import Consumer
from journal.models import Event
from journal.prepared import Given, QuestionOfSeveral
from journal.pushing import mention
from journal.waking import wake
from notifications.services import tell

log = structlog.get_logger(__name__)

CONSUMER = "automations.dispatch"
DEPLOYMENTS: QuestionOfSeveral[Deployment] = QuestionOfSeveral(
    lambda kinds: (
        Deployment.objects.filter(event_kind__in=kinds, trigger_kind="event")
        .select_related("workflow", "version__run_as")
        .order_by("pk")
    )
)
SPANS: QuestionOfSeveral[EnabledSpan] = QuestionOfSeveral(
    lambda workflows: EnabledSpan.objects.filter(
        Q(until=None) | Q(until__gt=Given("oldest")), workflow__in=workflows
    ).order_by()
)
QUEUED: QuestionOfSeveral[Execution] = QuestionOfSeveral(
    lambda events: Execution.objects.filter(
        workflow=Given("workflow"), event_id__in=events, status=Execution.Status.QUEUED
    ).order_by("-pk")
)


def dispatch(events: list[Event]) -> None:
    """Makes the executions that these events start, and wakes a worker for each."""
    deployments = DEPLOYMENTS.rows(sorted({event.kind for event in events}))
    if not deployments:
        return
    spans, schema = _spans(deployments, min(event.at for event in events)), present()
    for deployment in deployments:
        live = [
            event
            for event in events
            if _concerns(deployment, event)
            and _within(spans.get(deployment.workflow_id, []), event)
        ]
        if live:
            _start_safely(deployment, live, schema)


def _start_safely(deployment: Deployment, events: Sequence[Event], schema: Schema) -> None:
    """A workflow that can't even be begun keeps no other from the event; its failure is shown."""
    try:
        with transaction.atomic():
            _start(deployment, passing(deployment, events, schema))
    except OperationalError:
        raise
    except Exception as problem:
        log.exception("dispatch_failed", workflow=deployment.workflow.key)
        detail = f"It could not be begun: {type(problem).__name__}."
        for event in events:
            _record_failure(deployment, event, {"code": "dispatchFailed", "detail": detail})


def _record_failure(deployment: Deployment, event: Event, error: dict[str, str]) -> None:
    execution = _execution(deployment, event)
    execution.fail(error)
    execution.started_at = now()
    Execution.objects.bulk_create([execution], ignore_conflicts=True)


def _concerns(deployment: Deployment, event: Event) -> bool:
    if event.kind != deployment.event_kind:
        return False
    if deployment.object_type_id not in {None, event.subject_type_id}:
        return False
    return matches(deployment.trigger, event)


def _spans(deployments: Sequence[Deployment], oldest: datetime) -> dict[int, list[EnabledSpan]]:
    by_workflow: dict[int, list[EnabledSpan]] = {}
    for span in SPANS.rows([one.workflow_id for one in deployments], oldest=oldest):
        by_workflow.setdefault(span.workflow_id, []).append(span)
    return by_workflow


def _within(spans: Iterable[EnabledSpan], event: Event) -> bool:
    """Whether the workflow was live and enabled when the event happened."""
    return any(
        span.since <= event.at and (span.until is None or event.at < span.until) for span in spans
    )


def _start(deployment: Deployment, events: Sequence[Event]) -> None:
    if not events:
        return
    most_depth = Account.objects.values_list("most_chain_depth", flat=True).get(pk=1)
    made = [_execution(deployment, event) for event in events]
    Execution.objects.bulk_create(made, ignore_conflicts=True)
    queued = QUEUED.rows([event.pk for event in events], workflow=deployment.workflow_id)
    mention("executions", [execution.pk for execution in queued])
    for execution in queued:
        if execution.depth > most_depth:
            _cut(execution, most_depth)
        else:
            wake("automations.run", execution.pk)


def _execution(deployment: Deployment, event: Event) -> Execution:
    version = deployment.version
    return Execution(
        workflow=deployment.workflow,
        workflow_key=deployment.workflow.key,
        version=version,
        version_number=version.number,
        event_id=event.pk,
        subject_id=event.subject_id,
        trigger={"event": event.kind, "eventId": event.pk},
        actor_id=event.actor_id,
        actor_name=event.actor_name,
        run_as=version.run_as,
        run_as_name=version.run_as.username if version.run_as else SYSTEM,
        root_event_id=event.chain_root,
        depth=event.depth + 1,
    )


def _cut(execution: Execution, most_depth: int) -> None:
    """The chain has become too long: the execution is recorded as failed, its owners are told."""
    detail = (
        f"This is link {execution.depth} of a chain of events; the account allows {most_depth}."
    )
    execution.fail({"code": "chainTooDeep", "detail": detail})
    execution.started_at = now()
    execution.save(update_fields=["status", "ended_at", "error", "started_at"])
    log.warning("chain_cut", execution=execution.pk, workflow=execution.workflow_key)
    tell(
        _owners(execution),
        subject=f"{execution.workflow_key} was not run: its chain is too long",
        text=detail,
        cause=f"chainTooDeep:{execution.root_event_id}:{execution.workflow_key}",
        actor=Actor.system("execution", str(execution.pk)),
        url=f"/executions/{execution.pk}/",
    )


def _owners(execution: Execution) -> list[User]:
    """Whoever may edit the workflow, overrides not counted: its owners."""
    workflow = execution.workflow
    return list(gate.who("edit", workflow)) if workflow is not None else []


def consumer() -> Consumer:
    """The consumer that the journal hands events to."""
    return Consumer(CONSUMER, frozenset(EVENT_KINDS), dispatch)
