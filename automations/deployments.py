"""Projects what is live into the rows by which events find their workflows."""

from __future__ import annotations

from automations.models import Deployment, EnabledSpan
from catalog.models import ObjectType
from journal.clock import now
from workflows.authoring.kinds import Projection, scope_of, trigger_kind_of
from workflows.models import Version, Workflow


def project(version: Version) -> None:
    """Makes the deployment of a workflow that of this version."""
    trigger = version.definition["trigger"]
    kind = trigger_kind_of(trigger)
    Deployment.objects.update_or_create(
        workflow=version.workflow,
        defaults={
            "version": version,
            "trigger_kind": kind.key if kind else "",
            "event_kind": trigger.get("event", ""),
            "object_type_id": _object_type_id(version),
            "trigger": trigger,
        },
    )
    set_enabled(version.workflow, version.workflow.status == Workflow.Status.PUBLISHED_ENABLED)


def withdraw(workflow: Workflow) -> None:
    """Takes the deployment away; what was started goes on."""
    Deployment.objects.filter(workflow=workflow).delete()
    set_enabled(workflow, False)


def set_enabled(workflow: Workflow, enabled: bool) -> None:
    """Opens or closes the time in which events count for this workflow."""
    if enabled:
        EnabledSpan.objects.get_or_create(workflow=workflow, until=None)
    else:
        EnabledSpan.objects.filter(workflow=workflow, until=None).update(until=now())


def _object_type_id(version: Version) -> int | None:
    """The one object type whose events can match, None where all can."""
    scope = scope_of(version.definition)
    key = version.definition["trigger"].get("objectTypeKey") or scope.object_type_key
    return ObjectType.objects.filter(key=key).values_list("pk", flat=True).first() if key else None


PROJECTION = Projection("automations.deployments", project, withdraw, set_enabled)
