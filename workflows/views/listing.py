"""The workflows that the reader may see."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts import gate
from accounts.gates import gated
from accounts.http.pagination import Sorted
from accounts.models import Workspace
from accounts.pages import Heading, actor_of, address, given, listed, sort_of, sortable
from workflows.authoring.labels import LABELS, Label, labels_of, with_changes
from workflows.models import Workflow
from workflows.views.figures import Figures, figures_of

SORTS = ("name", "status", "modified_at")


@dataclass(frozen=True, slots=True)
class Row:
    """One workflow of the list."""

    workflow: Workflow
    labels: list[Label]
    figures: Figures


@require_safe
@gated("view", Workflow)
def workflows(request: HttpRequest) -> HttpResponse:
    """A page of them, by name, status and workspace."""
    actor = actor_of(request)
    seen = gate.narrow(actor, "view", Workflow.objects.select_related("workspace", "live_version"))
    sort = sort_of(request.GET, SORTS, "name")
    filtered = _filtered(with_changes(seen), request)
    page = listed(request, filtered, Sorted.by(sort))
    figures = figures_of(page.rows)
    statuses = [
        (value, [label], address(request.GET, status=value, cursor=None))
        for value, label in LABELS.items()
    ]
    context = {
        "rows": [
            Row(one, labels_of(one.status, one.has_changes), figures[one.pk]) for one in page.rows
        ],
        "page": page,
        "headings": [
            sortable(request.GET, "Name", "name", sort),
            sortable(request.GET, "Status", "status", sort),
            Heading("Workspace"),
            Heading("Version", numeric=True),
            Heading("Last run"),
            Heading("Success", numeric=True),
            sortable(request.GET, "Changed", "modified_at", sort),
        ],
        "q": given(request.GET, "q"),
        "sort": sort,
        "status": given(request.GET, "status"),
        "statuses": statuses,
        "any_status": address(request.GET, status=None, cursor=None),
        "workspace_key": given(request.GET, "workspace"),
        "workspaces": _workspaces(request),
        "any_workspace": address(request.GET, workspace=None, cursor=None),
        "is_filtered": any(given(request.GET, name) for name in ("q", "status", "workspace")),
    }
    return render(request, "workflows/workflows.html", context)


def _workspaces(request: HttpRequest) -> list[tuple[Workspace, str]]:
    seen = gate.narrow(actor_of(request), "view", Workspace.objects.order_by("name", "key"))
    return [(one, address(request.GET, workspace=one.key, cursor=None)) for one in seen]


def _filtered(rows: QuerySet[Workflow], request: HttpRequest) -> QuerySet[Workflow]:
    if status := given(request.GET, "status"):
        rows = rows.filter(status=status)
    if workspace := given(request.GET, "workspace"):
        rows = rows.filter(workspace__key=workspace)
    if text := given(request.GET, "q"):
        rows = rows.filter(Q(name__icontains=text) | Q(key__icontains=text))
    return rows
