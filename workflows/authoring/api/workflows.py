"""`workflows/` and `workflows/KEY/`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Greatest, StrIndex
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import gate
from accounts.actor import Actor
from accounts.gates import gated
from accounts.grants import OWN, codename
from accounts.http.pagination import Sorted
from accounts.http.resources import Listing, Resource
from accounts.models import Team, User, Workspace
from accounts.services.people import find_people
from catalog.services import naming
from workflows.authoring.api.forms import (
    NewWorkflowForm,
    WorkflowChangeForm,
    WorkflowForm,
    WorkflowParameters,
)
from workflows.authoring.api.presenting import present, with_columns
from workflows.authoring.models import Workflow, WorkflowTeamGrant, WorkflowUserGrant
from workflows.authoring.services import workflows

BY_KEY = Sorted.by("key")
NEW_WORKFLOW = OpenApiExample(
    "A workflow of two owners",
    {
        "key": "note_reviews",
        "name": "Note reviews",
        "workspaceKey": "main",
        "owners": ["owner", "Team::Stewards"],
    },
    request_only=True,
)
PEOPLE = ("owners", "members")


class WorkflowResource(Resource):
    """Base of the addresses below one workflow: finds it through the gate."""

    def fetch(self, key: str) -> Workflow:
        return gate.fetch(self.actor, with_columns(Workflow.objects.all()), key=key)

    def answer(self, workflow: Workflow, *, status: int = 200) -> Response:
        """The workflow as it is now."""
        row = with_columns(Workflow.objects.all()).get(pk=workflow.pk)
        return Response(present([row], actor=self.actor)[0], status=status)


@gated("view", Workflow)
class Workflows(Listing, WorkflowResource):
    """The workflows that the signed-in user may see."""

    parameters = WorkflowParameters
    sorts: ClassVar[Mapping[str, str]] = {
        "key": "key",
        "name": "name",
        "createdAt": "created_at",
        "modifiedAt": "modified_at",
    }

    @extend_schema(
        responses=WorkflowForm(many=True),
        parameters=[WorkflowParameters],
        summary="List the workflows",
    )
    def get(self, request: Request) -> Response:
        rows = gate.narrow(self.actor, "view", with_columns(Workflow.objects.all()))
        return self.answer_page(
            _narrowed(rows, self.query), BY_KEY, lambda page: present(page, actor=self.actor)
        )

    @extend_schema(
        request=NewWorkflowForm,
        responses={201: WorkflowForm},
        examples=[NEW_WORKFLOW],
        summary="Make a workflow",
    )
    @gated("create_workflow", Workspace)
    def post(self, request: Request) -> Response:
        given = self.body(NewWorkflowForm)
        people = _people(given, self.actor)
        workspace = naming.find_workspace(
            given.pop("workspace_key", "main"), actor=self.actor, pointer="/workspaceKey"
        )
        key = given.pop("key")
        with transaction.atomic():
            made = workflows.create_workflow(key, actor=self.actor, workspace=workspace, **given)
            if people:
                workflows.share_workflow(made, actor=self.actor, **people)
        return self.answer(made, status=201)


@gated("view", Workflow)
class OneWorkflow(WorkflowResource):
    """One workflow, by key."""

    @extend_schema(responses=WorkflowForm, summary="Read a workflow")
    def get(self, request: Request, key: str) -> Response:
        return Response(present([self.fetch(key)], actor=self.actor)[0])

    @extend_schema(request=WorkflowChangeForm, responses=WorkflowForm, summary="Change a workflow")
    @gated("edit", Workflow)
    def patch(self, request: Request, key: str) -> Response:
        workflow = self.fetch(key)
        given = self.body(WorkflowChangeForm)
        with transaction.atomic():
            people = _people(given, self.actor)
            workflows.update_workflow(workflow, actor=self.actor, **given)
            if people:
                workflows.share_workflow(workflow, actor=self.actor, **people)
        return self.answer(workflow)

    @extend_schema(responses={204: None}, summary="Delete a workflow; its run history stays")
    @gated("delete", Workflow)
    def delete(self, request: Request, key: str) -> Response:
        workflows.delete_workflow(self.fetch(key), actor=self.actor)
        return Response(status=204)


def _people(given: dict[str, Any], actor: Actor) -> dict[str, tuple[list[User], list[Team]]]:
    """The owners and members that are named, taken out of what was given."""
    found = {}
    for level in PEOPLE:
        if level in given:
            people = find_people(given.pop(level), actor=actor, pointer=f"/{level}")
            found[level] = (list(people.users), list(people.teams))
    return found


def _narrowed(rows: QuerySet[Workflow], query: dict[str, Any]) -> QuerySet[Workflow]:
    if "q" in query:
        rows = rows.filter(Q(name__icontains=query["q"]) | Q(key__icontains=query["q"]))
    if "status" in query:
        rows = rows.filter(status=query["status"])
    if "workspace" in query:
        rows = rows.filter(workspace__key=query["workspace"])
    if "tag" in query:
        rows = _tagged(rows, query["tag"])
    if "owner" in query:
        rows = _owned_by(rows, query["owner"])
    return rows


def _tagged(rows: QuerySet[Workflow], tag: str) -> QuerySet[Workflow]:
    """One database writes letters beyond ASCII as they are, the other as escapes."""
    written = Cast(F("tags"), TextField())
    escaped = StrIndex(written, Value(json.dumps(tag)))
    plain = StrIndex(written, Value(json.dumps(tag, ensure_ascii=False)))
    return rows.annotate(at=Greatest(escaped, plain)).filter(at__gt=0)


def _owned_by(rows: QuerySet[Workflow], name: str) -> QuerySet[Workflow]:
    """Owned by the user or by the team of this name."""
    own = {"content_object": OuterRef("pk"), "permission__codename": codename(Workflow, OWN)}
    by_user = WorkflowUserGrant.objects.filter(**own, user__username=name)
    by_team = WorkflowTeamGrant.objects.filter(**own, group__name=name)
    return rows.filter(Exists(by_user) | Exists(by_team))
