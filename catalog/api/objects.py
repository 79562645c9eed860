"""`objects/` and `objects/ID/`, and moving an object to another place."""

from __future__ import annotations

import re
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import gate
from accounts.actor import Actor
from accounts.exceptions import Malformed
from accounts.gates import gated
from accounts.http.parsing import ExactJSONParser
from accounts.http.resources import Listing, Resource
from catalog.api import listing
from catalog.api.forms import MoveForm, NewObjectForm, ObjectChangeForm, ObjectForm
from catalog.api.presenting import present, with_columns
from catalog.models import GovernedObject
from catalog.services import naming, objects, placing
from catalog.things import PlaceFor

IF_MATCH = OpenApiParameter(
    "If-Match",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description='The version that is to be changed, as in `"3"`; 409 where it is another by now.',
)
NEW_OBJECT = OpenApiExample(
    "A recipe",
    {
        "objectTypeKey": "recipe",
        "name": "Onion soup",
        "attributes": {"servings": 4, "price": "7.50"},
        "userRelations": {"business_owner": ["owner"]},
    },
    request_only=True,
)
CHANGED_OBJECT = OpenApiExample(
    "Another price, no note",
    {"attributes": {"price": "8.00", "note": None}},
    request_only=True,
)
ENTITY_TAG = re.compile(r'("?)([0-9]{1,9})\1')


class ObjectResource(Resource):
    """Base of the addresses below one object: finds it through the gate."""

    parser_classes = (ExactJSONParser,)

    def fetch(self, id: int) -> GovernedObject:
        return fetch_object(self.actor, id)

    def answer(self, obj: GovernedObject, *, status: int = 200) -> Response:
        """The object as it is now, with its version as the entity tag."""
        row = with_columns(GovernedObject.objects.all()).get(pk=obj.pk)
        shown = present([row], actor=self.actor)[0]
        return Response(shown, status=status, headers={"ETag": f'"{row.version}"'})


@gated("view", GovernedObject)
class Objects(Listing, ObjectResource):
    """The objects that the signed-in user may see."""

    @extend_schema(
        responses=ObjectForm(many=True), parameters=listing.PARAMETERS, summary="List objects"
    )
    def get(self, request: Request) -> Response:
        rows = gate.narrow(self.actor, "view", with_columns(GovernedObject.objects.all()))
        wanted = listing.read(request.query_params, actor=self.actor)
        return self.answer_page(
            wanted.narrow(rows), wanted.order, lambda page: present(page, actor=self.actor)
        )

    def read_query(self, request: Request) -> dict[str, Any]:
        """A list's parameters are read by `listing`, since attributes name themselves in them."""
        return {} if request.method == "GET" else super().read_query(request)

    @extend_schema(
        request=NewObjectForm,
        responses={201: ObjectForm},
        examples=[NEW_OBJECT],
        summary="Make an object",
    )
    @gated("create_object", PlaceFor)
    def post(self, request: Request) -> Response:
        made = _make(self.body(NewObjectForm), self.actor)
        return self.answer(made, status=201)


@gated("view", GovernedObject)
class OneObject(ObjectResource):
    """One object, by id."""

    @extend_schema(responses=ObjectForm, summary="Read an object")
    def get(self, request: Request, id: int) -> Response:
        return self.answer(self.fetch(id))

    @extend_schema(
        request=ObjectChangeForm,
        responses=ObjectForm,
        parameters=[IF_MATCH],
        examples=[CHANGED_OBJECT],
        summary="Change an object's name and attributes",
    )
    @gated("edit", GovernedObject)
    def patch(self, request: Request, id: int) -> Response:
        obj = self.fetch(id)
        given = self.body(ObjectChangeForm)
        changed = objects.update(
            obj, actor=self.actor, expected_version=expected_version(request), **given
        )
        return self.answer(changed)

    @extend_schema(responses={204: None}, parameters=[IF_MATCH], summary="Delete an object")
    @gated("delete", GovernedObject)
    def delete(self, request: Request, id: int) -> Response:
        expected = expected_version(request)
        objects.delete(self.fetch(id), actor=self.actor, expected_version=expected)
        return Response(status=204)


@gated("view", GovernedObject)
class MoveObject(ObjectResource):
    """Another parent or another board."""

    @extend_schema(
        request=MoveForm,
        responses={200: ObjectForm},
        parameters=[IF_MATCH],
        summary="Move an object",
    )
    @gated("move", GovernedObject)
    def post(self, request: Request, id: int) -> Response:
        obj = self.fetch(id)
        given = self.body(MoveForm)
        place: dict[str, Any] = {}
        if "parent_key" in given:
            place["parent"] = _parent(given["parent_key"], obj, self.actor)
        if "board_key" in given:
            place["board"] = naming.find_board(
                given["board_key"], actor=self.actor, pointer="/boardKey"
            )
        expected = expected_version(request)
        return self.answer(placing.move(obj, actor=self.actor, expected_version=expected, **place))


def fetch_object(actor: Actor, id: int) -> GovernedObject:
    return gate.fetch(actor, with_columns(GovernedObject.objects.all()), pk=id)


def expected_version(request: Request) -> int | None:
    """The version that `If-Match` names; None without it."""
    header = request.META.get("HTTP_IF_MATCH", "*").strip()
    if header == "*":
        return None
    found = ENTITY_TAG.fullmatch(header)
    if found is None:
        weak = " A weak tag (W/) matches no version." if header.startswith("W/") else ""
        raise Malformed(f'If-Match holds one version in quotes, as in "3".{weak}')
    return int(found[2])


def _make(given: dict[str, Any], actor: Actor) -> GovernedObject:
    object_type = naming.find_object_type(
        given["object_type_key"], actor=actor, pointer="/objectTypeKey"
    )
    board = given.get("board_key")
    parent = given.get("parent_key")
    return objects.create(
        object_type,
        actor=actor,
        name=given["name"],
        key=given.get("key"),
        board=board and naming.find_board(board, actor=actor, pointer="/boardKey"),
        parent=parent
        and naming.find_object(parent, actor=actor, object_type=object_type, pointer="/parentKey"),
        attributes=given.get("attributes"),
        relations=naming.find_relations(given.get("relations", {}), actor=actor),
        user_relations=naming.find_user_relations(given.get("user_relations", {}), actor=actor),
    )


def _parent(key: str | None, obj: GovernedObject, actor: Actor) -> GovernedObject | None:
    if key is None:
        return None
    return naming.find_object(key, actor=actor, object_type=obj.object_type, pointer="/parentKey")
