"""A workflow's page: what it does in words, its versions and runs, and what may be done with it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts import gate
from accounts.actor import Actor
from accounts.exceptions import Problem
from accounts.gate import Decision
from accounts.gates import gated
from accounts.grants import JOIN, OWN, holders
from accounts.models import User
from accounts.pages import actor_of, given
from automations.models import Execution
from catalog.models import Board
from workflows.authoring.labels import has_unpublished_changes, labels_of
from workflows.authoring.redaction import readable
from workflows.authoring.services.parts import shared_draft
from workflows.models import Draft, Version, Workflow
from workflows.views.figures import figures_of
from workflows.views.texts import in_reading_order
from workflows.views.words import DefinitionWords, in_words, names_for

MOST_VERSIONS = 20
MOST_EXECUTIONS = 10
Status = Workflow.Status


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that may be done with the workflow now, or why not."""

    verb: str
    label: str
    url: str
    decision: Decision


@dataclass(frozen=True, slots=True)
class Shown:
    """The definition on the page: that of the draft or of a version."""

    title: str
    words: DefinitionWords
    text: str
    is_draft: bool


def find(request: HttpRequest, key: str) -> tuple[Actor, Workflow]:
    """The workflow, through the gate."""
    actor = actor_of(request)
    rows = Workflow.objects.select_related("workspace", "live_version__run_as", "created_by")
    return actor, gate.fetch(actor, rows, key=key)


@require_safe
@gated("view", Workflow)
def page(request: HttpRequest, key: str) -> HttpResponse:
    """The live version, or the draft for those who may see it."""
    actor, workflow = find(request, key)
    return drawn(request, workflow, actor)


def drawn(
    request: HttpRequest,
    workflow: Workflow,
    actor: Actor,
    *,
    problems: Sequence[Problem] = (),
    new: str = "",
) -> HttpResponse:
    """The page; with the problems that kept it from being published, and what was said is new."""
    draft = shared_draft(workflow)
    sees_draft = bool(gate.allows(actor, "view_draft", workflow))
    deeds = deeds_for(workflow, draft, actor)
    shown = _shown(workflow, draft if sees_draft else None, given(request.GET, "show"), actor)
    executions = Execution.objects.filter(workflow=workflow)
    seen = gate.narrow(actor, "view", executions).order_by("-pk")[:MOST_EXECUTIONS]
    owners, members = _named(holders(workflow, OWN)), _named(holders(workflow, JOIN))
    context = {
        "workflow": workflow,
        "crumbs": [("Workflows", reverse("workflows")), (workflow.name, "")],
        "labels": labels_of(workflow.status, has_unpublished_changes(workflow)),
        "shown": shown,
        "may_choose": sees_draft and draft is not None and workflow.live_version is not None,
        "is_unpublished": workflow.live_version is None,
        "deeds": deeds,
        "may_do": [one for one in deeds if one.decision],
        "refused": next((one.decision.reason for one in deeds if not one.decision), ""),
        "versions": list(workflow.versions.order_by("-number")[:MOST_VERSIONS]),
        "executions": list(seen),
        "figures": figures_of([workflow])[workflow.pk],
        "owners": owners,
        "members": members,
        "problems": problems,
        "new": new,
    }
    return render(request, "workflows/workflow.html", context, status=422 if problems else 200)


def deeds_for(workflow: Workflow, draft: Draft | None, actor: Actor) -> list[Deed]:
    """The verbs that fit the status, with the gate's answer to each."""
    status = workflow.status
    fitting = [
        *([("publish", "Publish")] if draft is not None else []),
        *([("enable", "Enable trigger")] if status == Status.PUBLISHED_DISABLED else []),
        *([("disable", "Disable trigger")] if status == Status.PUBLISHED_ENABLED else []),
        *([("unpublish", "Unpublish")] if status != Status.NOT_PUBLISHED else []),
    ]
    return [
        Deed(
            verb,
            label,
            reverse(f"{verb}-workflow", args=[workflow.key]),
            gate.allows(actor, verb, workflow),
        )
        for verb, label in fitting
    ]


def _shown(workflow: Workflow, draft: Draft | None, wanted: str, actor: Actor) -> Shown | None:
    live: Version | None = workflow.live_version
    if draft is not None and (live is None or wanted == "draft"):
        definition = readable(draft.definition, workflow=workflow, actor=actor)
        return _in_words("Draft", definition, True, actor)
    if live is not None:
        definition = readable(live.definition, workflow=workflow, actor=actor)
        return _in_words(f"Version {live.number}, live", definition, False, actor)
    return None


def _in_words(title: str, definition: dict[str, Any], is_draft: bool, actor: Actor) -> Shown:
    stream = definition.get("stream")
    key = stream.get("boardKey") if isinstance(stream, dict) else None
    boards = gate.narrow(actor, "view", Board.objects.filter(key=str(key))) if key else None
    names = names_for(definition, boards=dict(boards.values_list("key", "name")) if boards else {})
    text = json.dumps(in_reading_order(definition), indent=2, ensure_ascii=False)
    return Shown(title, in_words(definition, names), text, is_draft)


def _named(held: tuple[list[str], list[str]]) -> list[str]:
    """People by their names, then teams."""
    users, teams = held
    found = User.objects.filter(username__in=users) if users else []
    names = {one.username: one.display_name for one in found}
    return [*(names.get(one, one) for one in users), *teams]
