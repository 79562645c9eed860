"""`executions/`, `executions/ID/`, and what was done for each object."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Exists, OuterRef, Q
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import (
    CharField,
    ChoiceField,
    DateTimeField,
    DictField,
    FloatField,
    IntegerField,
    JSONField,
)

from accounts import gate
from accounts.actor import Actor
from accounts.gates import gated
from accounts.http.forms import Flag, Form, Text, Whole
from accounts.http.pagination import Sorted
from accounts.http.resources import Listing, Resource
from automations.api.steps import StepOrder, views_of
from automations.models import Execution, ExecutionItem
from automations.redaction import ItemView, StepView, hides_details, items_for
from catalog.models import GovernedObject

NEWEST_FIRST = Sorted.by("-pk")
IN_ORDER = Sorted.by("pk")
BIGGEST = 2**63 - 1


class CountsForm(Form):
    """How many objects, and how they fared."""

    items = Whole()
    succeeded = Whole()
    failed = Whole()


class ExecutionForm(Form):
    """One firing of a workflow. Details that this viewer may not see are left out of it."""

    id = Whole()
    workflow_key = Text()
    version = Whole(allow_null=True)
    mode = ChoiceField(choices=Execution.Mode.choices)
    status = ChoiceField(choices=Execution.Status.choices)
    trigger = DictField(child=JSONField(allow_null=True))
    actor = Text()
    run_as = Text()
    root_event_id = Whole(allow_null=True)
    depth = Whole()
    started_at = DateTimeField(allow_null=True)
    ended_at = DateTimeField(allow_null=True)
    counts = CountsForm()
    hidden_details = Flag()


class ItemForm(Form):
    """One object of an execution; its id is null where the viewer may not see it."""

    id = Whole()
    object_id = Whole(allow_null=True)
    status = ChoiceField(choices=ExecutionItem.Status.choices)


class StepErrorForm(Form):
    """Why a step failed, and where."""

    code = Text()
    detail = Text()
    pointer = Text(allow_blank=True)


class StepForm(Form):
    """What a step did for one object; input, output and error are null where they are hidden."""

    item_id = Whole()
    step_id = Text()
    type = Text()
    status = ChoiceField(choices=["succeeded", "failed", "skipped", "stopped"])
    input = DictField(child=JSONField(allow_null=True), allow_null=True)
    output = DictField(child=JSONField(allow_null=True), allow_null=True)
    error = StepErrorForm(allow_null=True)
    started_at = DateTimeField(allow_null=True)
    duration_ms = FloatField(allow_null=True)


class ExecutionParameters(Form):
    """How the list of executions may be narrowed."""

    workflow_key = CharField(required=False, max_length=100)
    status = ChoiceField(choices=Execution.Status.choices, required=False)
    mode = ChoiceField(choices=Execution.Mode.choices, required=False)
    object_id = IntegerField(required=False, min_value=1, max_value=BIGGEST)
    since = DateTimeField(required=False)
    until = DateTimeField(required=False)


class ExecutionResource(Resource):
    """Base of the addresses below one execution: finds it through the gate."""

    def fetch(self, id: int) -> Execution:
        return gate.fetch(self.actor, Execution.objects.all(), pk=id)


@gated("view", Execution)
class Executions(Listing):
    """The executions of the workflows that the signed-in user may see, newest first."""

    parameters = ExecutionParameters

    @extend_schema(
        responses=ExecutionForm(many=True),
        parameters=[ExecutionParameters],
        summary="List the executions",
    )
    def get(self, request: Request) -> Response:
        rows = gate.narrow(self.actor, "view", Execution.objects.all())
        rows = rows.filter(_narrowing(self.query, self.actor))
        return self.answer_page(rows, NEWEST_FIRST, lambda page: _shown(page, self.actor))


@gated("view", Execution)
class OneExecution(ExecutionResource):
    """One execution, by id."""

    @extend_schema(responses=ExecutionForm, summary="Read an execution")
    def get(self, request: Request, id: int) -> Response:
        return Response(_shown([self.fetch(id)], self.actor)[0])


@gated("view", Execution)
class Items(Listing, ExecutionResource):
    """The objects that an execution dealt with."""

    @extend_schema(responses=ItemForm(many=True), summary="List the objects of an execution")
    def get(self, request: Request, id: int) -> Response:
        rows = ExecutionItem.objects.filter(execution=self.fetch(id))
        return self.answer_page(
            rows, IN_ORDER, lambda page: _shown_items(items_for(page, actor=self.actor))
        )


@gated("view", Execution)
class Steps(Listing, ExecutionResource):
    """What each step did for each object, in order."""

    @extend_schema(responses=StepForm(many=True), summary="List the steps of an execution")
    def get(self, request: Request, id: int) -> Response:
        rows = ExecutionItem.objects.filter(execution=self.fetch(id))
        return self.answer_page(
            rows,
            StepOrder(),
            lambda page: [_shown_step(one) for one in views_of(page, actor=self.actor)],
        )


def _narrowing(query: dict[str, Any], actor: Actor) -> Q:
    columns = {
        "workflow_key": "workflow_key",
        "status": "status",
        "mode": "mode",
        "since": "created_at__gte",
        "until": "created_at__lte",
    }
    wanted = Q(**{columns[name]: value for name, value in query.items() if name in columns})
    if "object_id" in query:
        wanted &= _about(query["object_id"], actor)
    return wanted


def _about(object_id: int, actor: Actor) -> Q:
    """Executions that dealt with an object; none tells anything of one that may not be seen."""
    seen = gate.narrow(actor, "view", GovernedObject.objects.filter(pk=object_id))
    items = ExecutionItem.objects.filter(execution=OuterRef("pk"), object_id=object_id)
    return Q(Exists(seen)) & (Q(subject_id=object_id) | Q(Exists(items)))


def _shown(rows: Sequence[Execution], actor: Actor) -> list[dict[str, Any]]:
    hidden = hides_details(rows, actor=actor)
    return [
        {
            "id": row.pk,
            "workflowKey": row.workflow_key,
            "version": row.version_number,
            "mode": row.mode,
            "status": row.status,
            "trigger": row.trigger,
            "actor": row.actor_name,
            "runAs": row.run_as_name,
            "rootEventId": row.root_event_id,
            "depth": row.depth,
            "startedAt": row.started_at,
            "endedAt": row.ended_at,
            "counts": {
                "items": row.item_count,
                "succeeded": row.succeeded_count,
                "failed": row.failed_count,
            },
            "hiddenDetails": row.pk in hidden,
        }
        for row in rows
    ]


def _shown_items(views: Sequence[ItemView]) -> list[dict[str, Any]]:
    return [{"id": one.id, "objectId": one.object_id, "status": one.status} for one in views]


def _shown_step(step: StepView) -> dict[str, Any]:
    return {
        "itemId": step.item_id,
        "stepId": step.step_id,
        "type": step.type,
        "status": step.status,
        "input": step.input,
        "output": step.output,
        "error": step.error,
        "startedAt": step.started_at,
        "durationMs": step.duration_ms,
    }
