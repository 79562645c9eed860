"""Publishing: what is live, and whether its trigger is enabled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max
from django_fsm import TransitionNotAllowed

from accounts import gate
from accounts.actor import Actor
from accounts.exceptions import Conflict, Invalid
from workflows.authoring.checks import check
from workflows.authoring.definitions import digest
from workflows.authoring.kinds import projections
from workflows.authoring.models import Draft, Version, Workflow
from workflows.authoring.services.parts import demand_draft, lock, save, shared_draft, tell


def publish(
    workflow: Workflow,
    *,
    actor: Actor,
    description: str = "",
    tags: Sequence[str] | None = None,
    time_back_minutes: int | None = None,
    expected_version: int | None = None,
) -> Version:
    """Makes the draft the live version; everything that follows what is live agrees at once."""
    with transaction.atomic():
        locked = lock(workflow)
        gate.demand(actor, "publish", locked)
        _demand_version(locked, expected_version)
        draft = demand_draft(locked)
        if problems := check(draft.definition):
            raise Invalid(problems=problems)
        version = _new_version(
            locked,
            draft.definition,
            actor=actor,
            description=description,
            tags=list(locked.tags if tags is None else tags),
            time_back_minutes=time_back_minutes,
        )
        draft.delete()
        _go_live(locked, version)
        tell("workflowPublished", locked, actor, version=version.number)
        return version


def _demand_version(workflow: Workflow, expected: int | None) -> None:
    live = workflow.live_version.number if workflow.live_version else None
    if expected is not None and expected != live:
        raise Conflict(
            f"The live version of {workflow.key} is {live or 'none'}, not {expected}.",
            code="staleVersion",
            version=live,
        )


def _new_version(
    workflow: Workflow, definition: dict[str, Any], *, actor: Actor, **fields: Any
) -> Version:
    last = workflow.versions.aggregate(last=Max("number"))["last"] or 0
    return Version.objects.create(
        workflow=workflow,
        number=last + 1,
        definition=definition,
        digest=digest(definition),
        run_as=actor.user,
        published_by=actor.username,
        **fields,
    )


def _go_live(workflow: Workflow, version: Version) -> None:
    if workflow.status == Workflow.Status.PUBLISHED_DISABLED:
        workflow.replace_disabled(version)
    else:
        workflow.go_live(version)
    workflow.tags = version.tags
    if version.time_back_minutes is not None:
        workflow.time_back_minutes = version.time_back_minutes
    save(workflow, "status", "live_version", "tags", "time_back_minutes")
    for projection in projections:
        projection.project(version)


def unpublish(workflow: Workflow, *, actor: Actor) -> Workflow:
    """Takes it out of production and leaves the live definition as draft; runs go on."""
    with transaction.atomic():
        locked = lock(workflow)
        gate.demand(actor, "unpublish", locked)
        live = locked.live_version
        _step(locked, Workflow.leave_production, "is not published")
        if live is not None and shared_draft(locked) is None:
            Draft.objects.create(
                workflow=locked,
                definition=live.definition,
                digest=live.digest,
                base_version=live.number,
            )
        save(locked, "status", "live_version")
        withdraw_all(locked)
        tell("workflowUnpublished", locked, actor)
        return locked


def enable(workflow: Workflow, *, actor: Actor) -> Workflow:
    """Lets the trigger start executions again."""
    return _switch(workflow, actor, True)


def disable(workflow: Workflow, *, actor: Actor) -> Workflow:
    """Keeps the trigger from starting executions; runs by hand stay possible."""
    return _switch(workflow, actor, False)


def _switch(workflow: Workflow, actor: Actor, enabled: bool) -> Workflow:
    with transaction.atomic():
        locked = lock(workflow)
        gate.demand(actor, "enable" if enabled else "disable", locked)
        if enabled:
            _step(locked, Workflow.enable_trigger, "is not published with a disabled trigger")
        else:
            _step(locked, Workflow.disable_trigger, "is not published with an enabled trigger")
        save(locked, "status")
        for projection in projections:
            projection.set_enabled(locked, enabled)
        tell("workflowEnabled" if enabled else "workflowDisabled", locked, actor)
        return locked


def withdraw_all(workflow: Workflow) -> None:
    """Everything that follows what is live forgets this workflow."""
    for projection in projections:
        projection.withdraw(workflow)


def _step(workflow: Workflow, transition: Callable[[Workflow], None], why: str) -> None:
    try:
        transition(workflow)
    except TransitionNotAllowed as refusal:
        detail = f"{workflow.key} {why}; it is {workflow.get_status_display().lower()}."
        raise Conflict(detail, code="statusNotAllowed", workflowStatus=workflow.status) from refusal
