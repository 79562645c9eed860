"""What the verbs of workflows share: the lock, the record, the draft one works on."""

from __future__ import annotations

from typing import Any

from accounts.actor import Actor
from accounts.exceptions import Conflict, NotFound
from journal.clock import now
from journal.models import Event
from journal.recording import Fact, record
from workflows.authoring.models import Draft, Workflow


def lock(workflow: Workflow) -> Workflow:
    """The row, fresh, locked until the transaction ends."""
    rows = Workflow.objects.select_for_update(of=("self",), no_key=True)
    found = rows.select_related("workspace", "live_version").filter(pk=workflow.pk).first()
    if found is None:
        raise NotFound("There is no such workflow.")
    return found


def shared_draft(workflow: Workflow) -> Draft | None:
    return Draft.objects.filter(workflow=workflow, owner=None).first()


def demand_draft(workflow: Workflow) -> Draft:
    draft = shared_draft(workflow)
    if draft is None:
        raise Conflict(f"{workflow.key} has no draft.", code="noDraft")
    return draft


def save(workflow: Workflow, *fields: str) -> None:
    """Saves the named fields and when it was."""
    workflow.modified_at = now()
    workflow.save(update_fields=[*fields, "modified_at"])


def tell(kind: str, workflow: Workflow, actor: Actor, **details: Any) -> Event:
    """Records what happened to a workflow; a past-tense verb."""
    payload = {"workflowKey": workflow.key, **details}
    return record(Fact(kind, payload=payload), origin=actor.origin)
