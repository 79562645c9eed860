"""`workflows/KEY/draft/`, `publish/` and its siblings, and `versions/`."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import gate
from accounts.actor import Actor
from accounts.exceptions import NotFound
from accounts.gates import gated
from accounts.http.pagination import Sorted
from accounts.http.problems import shown
from accounts.http.resources import Listing
from workflows.authoring.api.forms import (
    DefinitionForm,
    DraftForm,
    FullVersionForm,
    ProblemsForm,
    PublishedForm,
    PublishForm,
    VersionForm,
    WorkflowForm,
)
from workflows.authoring.api.presenting import present_versions
from workflows.authoring.api.workflows import WorkflowResource
from workflows.authoring.checks import check
from workflows.authoring.models import Draft, Version, Workflow
from workflows.authoring.redaction import readable
from workflows.authoring.services import drafts, publishing
from workflows.authoring.services.parts import shared_draft
from workflows.authoring.warnings import warnings

FIRST_VERSION = OpenApiExample(
    "The first version",
    {"description": "Notes what came into review.", "tags": ["recipes"], "timeBackMinutes": 5},
    request_only=True,
)
NOTE_ON_REVIEW = OpenApiExample(
    "A note on what comes into review",
    {
        "definition": {
            "trigger": {"event": "workflowStateChanged", "toStateKey": "review"},
            "stream": {"objectTypeKey": "recipe"},
            "steps": [
                {
                    "id": "note",
                    "type": "setAttributeValue",
                    "attributeKey": "note",
                    "value": "In review since {{ @now }}",
                }
            ],
        }
    },
    request_only=True,
)
NEWEST_FIRST = Sorted.by("-number")


class DraftResource(WorkflowResource):
    """Base of the addresses of a workflow's draft."""

    def fetch_draft(self, key: str) -> Draft:
        """The draft, for those who may see drafts."""
        workflow = self.fetch(key)
        gate.demand(self.actor, "view_draft", workflow)
        draft = shared_draft(workflow)
        if draft is None:
            raise NotFound("This workflow has no draft.")
        return draft


@gated("view_draft", Workflow)
class WorkflowDraft(DraftResource):
    """The editable copy of a workflow."""

    @extend_schema(responses=DraftForm, summary="Read the draft")
    def get(self, request: Request, key: str) -> Response:
        return Response(_draft(self.fetch_draft(key), self.actor))

    @extend_schema(
        request=None,
        responses={
            201: OpenApiResponse(DraftForm, description="A draft has begun."),
            200: OpenApiResponse(DraftForm, description="The draft that is open already."),
        },
        summary="Begin a draft",
    )
    @gated("edit", Workflow)
    def post(self, request: Request, key: str) -> Response:
        workflow = self.fetch(key)
        self.nothing()
        draft, is_new = drafts.begin_draft(workflow, actor=self.actor)
        return Response(_draft(draft, self.actor), status=201 if is_new else 200)

    @extend_schema(
        request=DefinitionForm,
        responses=DraftForm,
        examples=[NOTE_ON_REVIEW],
        summary="Save the draft",
    )
    @gated("edit", Workflow)
    def put(self, request: Request, key: str) -> Response:
        workflow = self.fetch(key)
        given = self.body(DefinitionForm)
        draft = drafts.save_draft(workflow, given["definition"], actor=self.actor)
        return Response(_draft(draft, self.actor))

    @extend_schema(responses={204: None}, summary="Revert: the draft ends, what is live stays")
    @gated("edit", Workflow)
    def delete(self, request: Request, key: str) -> Response:
        drafts.revert_draft(self.fetch(key), actor=self.actor)
        return Response(status=204)


@gated("view_draft", Workflow)
class CheckDraft(DraftResource):
    """What keeps the draft from being published, and what of it would have no effect."""

    only_asks = True

    @extend_schema(request=None, responses={200: ProblemsForm}, summary="Check the draft")
    def post(self, request: Request, key: str) -> Response:
        draft = self.fetch_draft(key)
        self.nothing()
        found = check(draft.definition)
        told = warnings(draft.definition)
        return Response({"problems": list(map(shown, found)), "warnings": list(map(shown, told))})


@gated("publish", Workflow)
class PublishWorkflow(WorkflowResource):
    """Makes the draft the live version."""

    @extend_schema(
        request=PublishForm,
        responses={200: PublishedForm},
        examples=[FIRST_VERSION],
        summary="Publish",
    )
    def post(self, request: Request, key: str) -> Response:
        workflow = self.fetch(key)
        version = publishing.publish(workflow, actor=self.actor, **self.body(PublishForm))
        told = warnings(version.definition)
        return Response({"version": version.number, "warnings": list(map(shown, told))})


@gated("unpublish", Workflow)
class UnpublishWorkflow(WorkflowResource):
    """Takes the live version out of production; its definition is left as the draft."""

    @extend_schema(request=None, responses={200: WorkflowForm}, summary="Unpublish")
    def post(self, request: Request, key: str) -> Response:
        workflow = self.fetch(key)
        self.nothing()
        return self.answer(publishing.unpublish(workflow, actor=self.actor))


@gated("enable", Workflow)
class EnableWorkflow(WorkflowResource):
    """Lets the trigger start executions."""

    @extend_schema(request=None, responses={200: WorkflowForm}, summary="Enable the trigger")
    def post(self, request: Request, key: str) -> Response:
        workflow = self.fetch(key)
        self.nothing()
        return self.answer(publishing.enable(workflow, actor=self.actor))


@gated("disable", Workflow)
class DisableWorkflow(WorkflowResource):
    """Keeps the trigger from starting executions."""

    @extend_schema(request=None, responses={200: WorkflowForm}, summary="Disable the trigger")
    def post(self, request: Request, key: str) -> Response:
        workflow = self.fetch(key)
        self.nothing()
        return self.answer(publishing.disable(workflow, actor=self.actor))


@gated("view", Workflow)
class Versions(Listing, WorkflowResource):
    """The published versions of a workflow, newest first."""

    @extend_schema(responses=VersionForm(many=True), summary="List the versions")
    def get(self, request: Request, key: str) -> Response:
        rows = Version.objects.filter(workflow=self.fetch(key))
        return self.answer_page(rows, NEWEST_FIRST, present_versions)


@gated("view", Workflow)
class OneVersion(WorkflowResource):
    """One published version, with its definition."""

    @extend_schema(responses=FullVersionForm, summary="Read a version")
    def get(self, request: Request, key: str, number: int) -> Response:
        workflow = self.fetch(key)
        version = Version.objects.filter(workflow=workflow, number=number).first()
        if version is None:
            raise NotFound("There is no such version.")
        definition = readable(version.definition, workflow=workflow, actor=self.actor)
        return Response({**present_versions([version])[0], "definition": definition})


def _draft(draft: Draft, actor: Actor) -> dict[str, Any]:
    return {
        "definition": readable(draft.definition, workflow=draft.workflow, actor=actor),
        "baseVersion": draft.base_version,
        "epoch": draft.epoch,
    }
