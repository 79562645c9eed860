"""`lifecycles/`, and the transitions of one object."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import ChoiceField

from accounts import gate
from accounts.gates import gated
from accounts.http.forms import Flag, Form, Key, Text, Whole
from accounts.http.pagination import AsGiven, Sorted
from accounts.http.resources import Listing, Resource
from catalog.api.assets import SearchForm
from catalog.api.objects import ObjectResource
from catalog.models import GovernedObject, Lifecycle
from catalog.models.comments import MOST_BODY
from catalog.packages.kinds import row_kind
from catalog.packages.schemas import json_schema
from workflows.lifecycle import mapping, saving, service
from workflows.lifecycle.approvals import Refused, Result
from workflows.lifecycle.entering import Moved
from workflows.lifecycle.models import Transition
from workflows.lifecycle.moves import Move

BY_KEY = Sorted.by("key")
BY_TRANSITION = AsGiven("transitions", lambda option: str(option.transition.key))
SUBMITTED = OpenApiExample(
    "With a comment",
    {
        "transitionKey": "send_back",
        "comment": {"commentTypeKey": "reason", "body": "The amounts are missing."},
    },
    request_only=True,
)
WITHIN = "workflowKey"


def _part_schema(kind_key: str, *, full: bool) -> dict[str, Any]:
    """A state or a transition as it stands in its lifecycle, which it need not name."""
    schema = json_schema(row_kind(kind_key))
    properties = {name: one for name, one in schema["properties"].items() if name != WITHIN}
    required = list(properties) if full else schema["required"]
    return {**schema, "properties": properties, "required": required}


def _schema(*, full: bool) -> dict[str, Any]:
    own = json_schema(row_kind(saving.LIFECYCLE))
    parts = {
        name: {"type": "array", "items": _part_schema(kind_key, full=full)}
        for name, kind_key in saving.PARTS.items()
    }
    properties = {**own["properties"], **parts}
    return {**own, "properties": properties, "required": list(properties) if full else ["key"]}


def _change_schema() -> dict[str, Any]:
    """What PATCH takes: nothing is needed, and a mapping may say where objects go."""
    schema = _schema(full=False)
    mapped = {
        "type": ["object", "null"],
        "maxProperties": mapping.MOST_MAPPED,
        "additionalProperties": {"type": "string"},
        "description": "Of a state that the list leaves out: to which state its objects go.",
    }
    return {**schema, "properties": {**schema["properties"], mapping.FIELD: mapped}, "required": []}


@gated("view", Lifecycle)
class Lifecycles(Listing):
    """The lifecycles of the account, each with its states and transitions."""

    parameters = SearchForm

    @extend_schema(
        responses={200: _schema(full=True)}, parameters=[SearchForm], summary="List the lifecycles"
    )
    def get(self, request: Request) -> Response:
        rows = gate.narrow(self.actor, "view", _lifecycles())
        if "q" in self.query:
            rows = rows.filter(name__icontains=self.query["q"])
        return self.answer_page(rows, BY_KEY, _shown)

    @extend_schema(
        request={"application/json": _schema(full=False)},
        responses={201: _schema(full=True)},
        summary="Make a lifecycle",
    )
    @gated("configure", Lifecycle)
    def post(self, request: Request) -> Response:
        made = saving.create_lifecycle(self.members(), actor=self.actor)
        return Response(_shown([_lifecycles().get(pk=made.pk)])[0], status=201)


@gated("view", Lifecycle)
class OneLifecycle(Resource):
    """One lifecycle, by key."""

    @extend_schema(responses={200: _schema(full=True)}, summary="Read a lifecycle")
    def get(self, request: Request, key: str) -> Response:
        return Response(_shown([self._fetch(key)])[0])

    @extend_schema(
        request={"application/json": _change_schema()},
        responses={200: _schema(full=True)},
        summary="Change a lifecycle; a list of states or transitions replaces the present one",
    )
    @gated("configure", Lifecycle)
    def patch(self, request: Request, key: str) -> Response:
        changed = saving.change_lifecycle(self._fetch(key), self.members(), actor=self.actor)
        return Response(_shown([_lifecycles().get(pk=changed.pk)])[0])

    @extend_schema(responses={204: None}, summary="Delete a lifecycle by which nothing lives")
    @gated("configure", Lifecycle)
    def delete(self, request: Request, key: str) -> Response:
        saving.delete_lifecycle(self._fetch(key), actor=self.actor)
        return Response(status=204)

    def _fetch(self, key: str) -> Lifecycle:
        return gate.fetch(self.actor, _lifecycles(), key=key)


def _lifecycles() -> QuerySet[Lifecycle]:
    moves = Transition.objects.select_related("from_state", "to_state")
    return Lifecycle.objects.select_related("declared_initial_state").prefetch_related(
        "states", Prefetch("transitions", moves)
    )


def _shown(rows: Sequence[Lifecycle]) -> list[dict[str, Any]]:
    return [
        {
            **row_kind(saving.LIFECYCLE).read(row),
            "states": [_part(saving.STATE, one) for one in row.states.all()],
            "transitions": [_part(saving.TRANSITION, one) for one in row.transitions.all()],
        }
        for row in rows
    ]


def _part(kind_key: str, row: Any) -> dict[str, Any]:
    content = row_kind(kind_key).read(row)
    return {name: value for name, value in content.items() if name != WITHIN}


# --- the transitions of an object ----------------------------------------------------------------


class OptionForm(Form):
    """A transition from the object's present state, and whether this user may make it."""

    key = Key()
    name = Text()
    to_state_key = Key()
    mode = ChoiceField(choices=Transition.Mode.choices)
    required_comment_type_key = Key(allow_null=True)
    is_force_comment = Flag()
    allowed = Flag()
    reason = Text(allow_null=True)


class CommentForm(Form):
    """What is said about a move."""

    comment_type_key = Text(max_length=100, required=False)
    # Whether it is long enough is asked after whether the move may be made.
    body = Text(max_length=MOST_BODY, allow_blank=True)


class TransitionForm(Form):
    """Which transition to make."""

    transition_key = Text(max_length=100)
    comment = CommentForm(required=False)


class MovedForm(Form):
    """The object has moved."""

    outcome = ChoiceField(choices=["transitioned"])
    state_key = Key()


class AwaitingForm(Form):
    """The move is asked for, and waits for votes."""

    outcome = ChoiceField(choices=["awaitingApproval"])
    approval_id = Whole()
    approvals = Whole()
    required_ = Whole()


@gated("view", GovernedObject)
class ObjectTransitions(Listing, ObjectResource):
    """Where an object can go from here."""

    @extend_schema(responses=OptionForm(many=True), summary="List what can be done next")
    def get(self, request: Request, id: int) -> Response:
        found = service.options(self.fetch(id), actor=self.actor)
        return self.answer_page(
            found, BY_TRANSITION, lambda page: [_shown_option(one) for one in page]
        )

    @extend_schema(
        request=TransitionForm,
        examples=[SUBMITTED],
        responses={
            200: OpenApiResponse(MovedForm, description="It is in the new state."),
            202: OpenApiResponse(AwaitingForm, description="Others have to vote."),
        },
        summary="Make a transition",
    )
    @gated("transition", Move)
    def post(self, request: Request, id: int) -> Response:
        obj = self.fetch(id)
        given = self.body(TransitionForm)
        moved = service.move(
            obj, given["transition_key"], actor=self.actor, comment=given.get("comment")
        )
        return answer_of(moved)


def answer_of(result: Result) -> Response:
    """What has become of a move: made, waiting for votes, or voted down."""
    if isinstance(result, Moved):
        key = result.transition.to_state.key
        return Response({"outcome": "transitioned", "stateKey": key})
    if isinstance(result, Refused):
        return Response({"outcome": "rejected", "approvalId": result.request.pk})
    told = {"outcome": "awaitingApproval", "approvalId": result.request.pk}
    counted = {"approvals": result.count.approvals, "required": result.count.required}
    return Response({**told, **counted}, status=202)


def _shown_option(option: service.Option) -> dict[str, Any]:
    transition = option.transition
    return {
        "key": transition.key,
        "name": transition.name,
        "toStateKey": transition.to_state.key,
        "mode": transition.mode,
        "requiredCommentTypeKey": transition.required_comment_type_key or None,
        "isForceComment": transition.requires_any_comment,
        "allowed": option.allowed,
        "reason": option.reason or None,
    }
