"""`objects/ID/relations/`, `…/user-relations/` and `…/changes/`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import gate
from accounts.exceptions import Invalid, NotFound, Problem
from accounts.gates import gated
from accounts.http.pagination import Sorted
from accounts.http.resources import Listing
from accounts.services.people import find_user
from catalog.api.forms import (
    ChangeForm,
    NewRelationForm,
    NewUserRelationForm,
    RelationForm,
    UserRelationForm,
)
from catalog.api.objects import ObjectResource
from catalog.models import GovernedObject, Relation, UserRelation
from catalog.services import assigning, naming, relating
from permissions.history import ChangeView, history_of, shown_changes

OLDEST_FIRST = Sorted.by("pk")
NEWEST_FIRST = Sorted.by("-pk")


@gated("view", GovernedObject)
class Relations(Listing, ObjectResource):
    """The relations that go out from an object, to objects that may be seen."""

    @extend_schema(responses=RelationForm(many=True), summary="List an object's relations")
    def get(self, request: Request, id: int) -> Response:
        seen = gate.narrow(self.actor, "view", GovernedObject.objects.all())
        rows = _relations().filter(source=self.fetch(id), target__in=seen)
        return self.answer_page(rows, OLDEST_FIRST, _shown_relations)

    @extend_schema(request=NewRelationForm, responses={201: RelationForm}, summary="Add a relation")
    @gated("edit", GovernedObject)
    def post(self, request: Request, id: int) -> Response:
        source = self.fetch(id)
        given = self.body(NewRelationForm)
        kind = naming.find_relation_type(
            given["relation_type_key"], actor=self.actor, pointer="/relationTypeKey"
        )
        target = self._target(given, kind.target_object_type)
        made = relating.relate(source, kind, target, actor=self.actor)
        return Response(_shown_relations([made])[0], status=201)

    def _target(self, given: dict[str, Any], object_type: Any) -> GovernedObject:
        if ("target_id" in given) == ("target_key" in given):
            detail = "The target is named by targetId or by targetKey, one of the two."
            raise Invalid(problems=[Problem("/targetKey", "missing", detail)])
        if "target_id" in given:
            return naming.find_object_by_id(
                given["target_id"], actor=self.actor, pointer="/targetId"
            )
        return naming.find_object(
            given["target_key"], actor=self.actor, object_type=object_type, pointer="/targetKey"
        )


@gated("view", GovernedObject)
class OneRelation(ObjectResource):
    """One relation of an object."""

    @extend_schema(responses=RelationForm, summary="Read a relation")
    def get(self, request: Request, id: int, relation_id: int) -> Response:
        return Response(_shown_relations([self._fetch(id, relation_id)])[0])

    @extend_schema(responses={204: None}, summary="Remove a relation")
    @gated("edit", GovernedObject)
    def delete(self, request: Request, id: int, relation_id: int) -> Response:
        relating.unrelate(self._fetch(id, relation_id), actor=self.actor)
        return Response(status=204)

    def _fetch(self, id: int, relation_id: int) -> Relation:
        seen = gate.narrow(self.actor, "view", GovernedObject.objects.all())
        rows = _relations().filter(source=self.fetch(id), target__in=seen)
        found = rows.filter(pk=relation_id).first()
        if found is None:
            raise NotFound("There is no such relation.")
        return found


@gated("view", GovernedObject)
class UserRelations(Listing, ObjectResource):
    """The people who relate to an object."""

    @extend_schema(responses=UserRelationForm(many=True), summary="List an object's people")
    def get(self, request: Request, id: int) -> Response:
        rows = _user_relations().filter(object=self.fetch(id))
        return self.answer_page(rows, OLDEST_FIRST, _shown_user_relations)

    @extend_schema(
        request=NewUserRelationForm, responses={201: UserRelationForm}, summary="Assign a person"
    )
    @gated("edit", GovernedObject)
    def post(self, request: Request, id: int) -> Response:
        obj = self.fetch(id)
        given = self.body(NewUserRelationForm)
        kind = naming.find_user_relation_type(
            given["user_relation_type_key"], actor=self.actor, pointer="/userRelationTypeKey"
        )
        user = find_user(given["username"], actor=self.actor, pointer="/username")
        made = assigning.assign(obj, kind, user, actor=self.actor)
        return Response(_shown_user_relations([made])[0], status=201)


@gated("view", GovernedObject)
class OneUserRelation(ObjectResource):
    """One person's relation to an object."""

    @extend_schema(responses=UserRelationForm, summary="Read a person's relation")
    def get(self, request: Request, id: int, relation_id: int) -> Response:
        return Response(_shown_user_relations([self._fetch(id, relation_id)])[0])

    @extend_schema(responses={204: None}, summary="Take a person's relation away")
    @gated("edit", GovernedObject)
    def delete(self, request: Request, id: int, relation_id: int) -> Response:
        assigning.unassign(self._fetch(id, relation_id), actor=self.actor)
        return Response(status=204)

    def _fetch(self, id: int, relation_id: int) -> UserRelation:
        rows = _user_relations().filter(object=self.fetch(id))
        found = rows.filter(pk=relation_id).first()
        if found is None:
            raise NotFound("There is no such user relation.")
        return found


@gated("view", GovernedObject)
class Changes(Listing, ObjectResource):
    """What happened to an object: by whom, through what, before and after."""

    @extend_schema(responses=ChangeForm(many=True), summary="Read an object's history")
    def get(self, request: Request, id: int) -> Response:
        obj = self.fetch(id)
        rows = history_of(obj, actor=self.actor)
        return self.answer_page(
            rows,
            NEWEST_FIRST,
            lambda page: _shown_changes(shown_changes(page, obj, actor=self.actor)),
        )


def _relations() -> QuerySet[Relation]:
    return Relation.objects.select_related("type", "source", "target")


def _user_relations() -> QuerySet[UserRelation]:
    return UserRelation.objects.select_related("type", "object", "user")


def _shown_relations(rows: Sequence[Relation]) -> list[dict[str, Any]]:
    return [
        {
            "id": row.pk,
            "relationTypeKey": row.type.key,
            "targetId": row.target_id,
            "targetKey": row.target.key,
        }
        for row in rows
    ]


def _shown_user_relations(rows: Sequence[UserRelation]) -> list[dict[str, Any]]:
    return [
        {"id": row.pk, "userRelationTypeKey": row.type.key, "username": row.user.username}
        for row in rows
    ]


def _shown_changes(views: Sequence[ChangeView]) -> list[dict[str, Any]]:
    return [_shown_change(view) for view in views]


def _shown_change(view: ChangeView) -> dict[str, Any]:
    row = view.change
    shown = {
        "id": row.pk,
        "at": row.at,
        "actor": row.actor_name,
        "via": {"kind": row.via_kind, "id": row.via_id},
        "verb": row.verb,
        "field": row.field,
        "before": view.before,
        "after": view.after,
        "override": row.is_override,
    }
    return shown if row.field else {name: value for name, value in shown.items() if name != "field"}
