"""The list of executions, and each with its items and steps."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts import gate
from accounts.actor import Actor
from accounts.gates import gated
from accounts.http.pagination import Sorted
from accounts.pages import Heading, actor_of, address, given, listed
from automations.models import Execution, ExecutionItem
from automations.views import runs

MOST_ITEMS = 25
HEADINGS = [
    Heading("Workflow"),
    Heading("Status"),
    Heading("Object"),
    Heading("Trigger"),
    Heading("Started"),
    Heading("Took", numeric=True),
]


@require_safe
@gated("view", Execution)
def executions(request: HttpRequest) -> HttpResponse:
    """What ran, newest first, of the workflows that the reader sees."""
    actor = actor_of(request)
    seen = gate.narrow(actor, "view", Execution.objects.select_related("workflow"))
    page = listed(request, _filtered(seen, request), Sorted.by("-pk"))
    context = {
        "rows": runs.rows_of(page.rows, actor=actor),
        "page": page,
        "headings": HEADINGS,
        "status": given(request.GET, "status"),
        "statuses": [
            (value, address(request.GET, status=value, cursor=None))
            for value in Execution.Status.values
        ],
        "any_status": address(request.GET, status=None, cursor=None),
        "workflow_key": given(request.GET, "workflow"),
        "any_workflow": address(request.GET, workflow=None, cursor=None),
        "is_filtered": any(given(request.GET, name) for name in ("status", "workflow")),
    }
    return render(request, "automations/executions.html", context)


def _filtered(rows: QuerySet[Execution], request: HttpRequest) -> QuerySet[Execution]:
    if status := given(request.GET, "status"):
        rows = rows.filter(status=status)
    if workflow := given(request.GET, "workflow"):
        rows = rows.filter(workflow__key=workflow)
    return rows


@require_safe
@gated("view", Execution)
def execution(request: HttpRequest, pk: int) -> HttpResponse:
    """One execution; details of what the reader may not see are left out."""
    actor = actor_of(request)
    found = gate.fetch(actor, Execution.objects.select_related("workflow", "version"), pk=pk)
    items = ExecutionItem.objects.filter(execution=found)
    page = listed(request, items, Sorted.by("pk"), limit=MOST_ITEMS)
    name = runs.name_of(found)
    context = {
        "execution": found,
        "name": name,
        "crumbs": [("Executions", reverse("executions")), (f"{name}, run {found.pk}", "")],
        "items": runs.items_shown(page.rows, found.version, actor=actor),
        "page": page,
        **_facts(found, actor),
    }
    return render(request, "automations/execution.html", context)


def _facts(found: Execution, actor: Actor) -> dict[str, Any]:
    subjects = runs.subjects_of([found], actor=actor)
    return {
        "subject": subjects.get(found.subject_id or 0),
        "trigger": runs.trigger_of(found.trigger),
        "actor_name": runs.person_named(found.actor_name),
        "run_as_name": runs.person_named(found.run_as_name),
        "duration": runs.duration_of(found.started_at, found.ended_at),
    }
