"""The list of executions, and each with its items and steps."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts import gate
from accounts.actor import Actor
from accounts.gates import gated
from accounts.http.pagination import Sorted
from accounts.pages import actor_of, address, given, listed
from automations.models import Execution, ExecutionItem
from automations.views import listing, runs

MOST_ITEMS = 25
OPEN = frozenset({"queued", "running", "waiting", "paused"})


@require_safe
@gated("view", Execution)
def executions(request: HttpRequest) -> HttpResponse:
    """What ran, newest first, of the workflows that the reader sees."""
    actor = actor_of(request)
    wanted = listing.read(request.GET, actor=actor)
    page = listed(request, wanted.rows, Sorted.by(wanted.order))
    is_filtered = any(given(request.GET, name) for name in listing.FIELDS)
    context = {
        "rows": runs.rows_of(page.rows, actor=actor),
        "page": page,
        "sort": wanted.sort,
        "headings": listing.headings(request.GET, wanted.sort),
        "chips": wanted.chips,
        "problems": wanted.problems,
        "is_filtered": is_filtered,
        "owns_any": not (page.rows or is_filtered) and listing.owns_any(actor),
        **listing.offered(request.GET, actor=actor),
    }
    return render(request, "automations/executions.html", context)


@require_safe
@gated("view", Execution)
def execution(request: HttpRequest, pk: int) -> HttpResponse:
    """One execution; details of what the reader may not see are left out."""
    actor = actor_of(request)
    found = gate.fetch(actor, Execution.objects.select_related("workflow", "version"), pk=pk)
    items = ExecutionItem.objects.filter(execution=found)
    only_failed = given(request.GET, "items") == "failed"
    if only_failed:
        items = items.filter(status=ExecutionItem.Status.FAILED)
    page = listed(request, items, Sorted.by("pk"), limit=MOST_ITEMS)
    name = runs.name_of(found)
    context = {
        "execution": found,
        "name": name,
        "is_open": found.status in OPEN,
        "done_count": found.succeeded_count + found.failed_count,
        "crumbs": [("Executions", reverse("executions")), (f"{name}, run {found.pk}", "")],
        "items": runs.items_shown(page.rows, found, actor=actor),
        "page": page,
        "only_failed": only_failed,
        "all_items_url": address(request.GET, items=None, cursor=None),
        "failed_items_url": address(request.GET, items="failed", cursor=None),
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
