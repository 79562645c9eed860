"""Publishing and switching a workflow from its page."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.actor import Actor
from accounts.gates import gated
from accounts.http.soundness import redraws
from accounts.pages import attempt, done, given
from workflows.authoring.services import publishing
from workflows.authoring.warnings import warnings
from workflows.models import Workflow
from workflows.views.workflow import drawn, find


@redraws
@require_POST
@gated("publish", Workflow)
def publish(request: HttpRequest, key: str) -> HttpResponse:
    """Makes the draft live; every problem of the definition stands on the page otherwise."""
    actor, workflow = find(request, key)
    published = attempt(
        request,
        lambda: publishing.publish(
            workflow, actor=actor, description=given(request.POST, "description")
        ),
    )
    if published.result is None:
        return drawn(
            request,
            workflow,
            actor,
            problems=published.problems,
            new=given(request.POST, "description"),
        )
    for warning in warnings(published.result.definition):
        messages.warning(request, f"{warning.detail} ({warning.pointer})")
    told = f"Version {published.result.number} of {workflow.name} is live."
    return done(request, told, _url(workflow))


@require_POST
@gated("unpublish", Workflow)
def unpublish(request: HttpRequest, key: str) -> HttpResponse:
    """Takes it out of production."""
    told = "{} is no longer published. What was live is now its draft."
    return _switched(request, key, publishing.unpublish, told)


@require_POST
@gated("enable", Workflow)
def enable(request: HttpRequest, key: str) -> HttpResponse:
    """Lets its trigger start executions again."""
    return _switched(request, key, publishing.enable, "The trigger of {} is enabled.")


@require_POST
@gated("disable", Workflow)
def disable(request: HttpRequest, key: str) -> HttpResponse:
    """Keeps its trigger from starting executions."""
    return _switched(request, key, publishing.disable, "The trigger of {} is disabled.")


def _switched(
    request: HttpRequest, key: str, verb: Callable[..., Workflow], told: str
) -> HttpResponse:
    actor: Actor
    actor, workflow = find(request, key)
    verb(workflow, actor=actor)
    return done(request, told.format(workflow.name), _url(workflow))


def _url(workflow: Workflow) -> str:
    return reverse("workflow", args=[workflow.key])
