"""`objects/ID/comments/`: what is said about an object, in threads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import DateTimeField

from accounts.actor import Actor
from accounts.exceptions import NotFound
from accounts.gates import gated
from accounts.http.forms import Flag, Form, Key, Text, Whole
from accounts.http.pagination import Sorted
from accounts.http.resources import Listing
from catalog.api.forms import BIGGEST
from catalog.api.objects import ObjectResource
from catalog.models import Comment, GovernedObject
from catalog.models.comments import MOST_BODY
from catalog.services import commenting

OLDEST_FIRST = Sorted.by("pk")
QUESTION = OpenApiExample(
    "A question",
    {"commentTypeKey": "question", "body": "How long does it keep?"},
    request_only=True,
)
ANSWER = OpenApiExample("An answer", {"body": "Two days.", "parentId": 12}, request_only=True)


class ObjectCommentForm(Form):
    """A comment; one that was deleted has no text, and is listed only where answers hang on it."""

    id = Whole()
    parent_id = Whole(allow_null=True)
    comment_type_key = Key(allow_null=True)
    comment_type_category_key = Key(allow_null=True)
    body = Text(allow_blank=True)
    author = Text()
    transition_key = Key(allow_null=True)
    created_at = DateTimeField()
    edited_at = DateTimeField(allow_null=True)
    deleted_at = DateTimeField(allow_null=True)
    editable = Flag()


class NewObjectCommentForm(Form):
    """A comment to be added; the category is needed where several have a type of this key."""

    comment_type_key = Text(max_length=100, required=False, allow_null=True)
    comment_type_category_key = Text(max_length=100, required=False, allow_null=True)
    body = Text(max_length=MOST_BODY)
    parent_id = Whole(min_value=1, max_value=BIGGEST, required=False, allow_null=True)


class ObjectCommentChangeForm(Form):
    """What its author says instead."""

    body = Text(max_length=MOST_BODY)


@gated("view", Comment)
class Comments(Listing, ObjectResource):
    """What was said about an object, oldest first, as far as its category shows it."""

    @extend_schema(responses=ObjectCommentForm(many=True), summary="List an object's comments")
    def get(self, request: Request, id: int) -> Response:
        rows = commenting.comments_of(self.fetch(id), actor=self.actor)
        return self.answer_page(rows, OLDEST_FIRST, lambda page: _shown(page, self.actor))

    @extend_schema(
        request=NewObjectCommentForm,
        responses={201: ObjectCommentForm},
        examples=[QUESTION, ANSWER],
        summary="Comment on an object",
    )
    @gated("comment", GovernedObject)
    def post(self, request: Request, id: int) -> Response:
        obj = self.fetch(id)
        given = self.body(NewObjectCommentForm)
        key, parent_id = given.get("comment_type_key"), given.get("parent_id")
        made = commenting.add(
            obj,
            given["body"],
            actor=self.actor,
            type=key
            and commenting.find_type(
                key, obj, actor=self.actor, category_key=given.get("comment_type_category_key")
            ),
            parent=parent_id and commenting.find_comment(parent_id, obj, actor=self.actor),
        )
        return Response(_shown([made], self.actor)[0], status=201)


@gated("view", Comment)
class OneComment(ObjectResource):
    """One comment of an object."""

    @extend_schema(responses=ObjectCommentForm, summary="Read a comment")
    def get(self, request: Request, id: int, comment_id: int) -> Response:
        return Response(_shown([self._fetch(id, comment_id)], self.actor)[0])

    @extend_schema(
        request=ObjectCommentChangeForm,
        responses=ObjectCommentForm,
        summary="Say it in other words: its author alone",
    )
    @gated("edit", Comment)
    def patch(self, request: Request, id: int, comment_id: int) -> Response:
        comment = self._fetch(id, comment_id)
        given = self.body(ObjectCommentChangeForm)
        changed = commenting.edit(comment, given["body"], actor=self.actor)
        return Response(_shown([changed], self.actor)[0])

    @extend_schema(responses={204: None}, summary="Delete a comment: its author, or an admin")
    @gated("delete", Comment)
    def delete(self, request: Request, id: int, comment_id: int) -> Response:
        commenting.delete(self._fetch(id, comment_id), actor=self.actor)
        return Response(status=204)

    def _fetch(self, id: int, comment_id: int) -> Comment:
        rows = commenting.comments_of(self.fetch(id), actor=self.actor)
        found = rows.filter(pk=comment_id).first()
        if found is None:
            raise NotFound("There is no such comment.")
        return found


def _shown(rows: Sequence[Comment], actor: Actor) -> list[dict[str, Any]]:
    return [
        {
            "id": row.pk,
            "parentId": row.parent_id,
            "commentTypeKey": row.type.key if row.type else None,
            "commentTypeCategoryKey": row.type.category.key if row.type else None,
            "body": row.body,
            "author": row.author.username if row.author else row.author_name,
            "transitionKey": row.transition_key or None,
            "createdAt": row.created_at,
            "editedAt": row.edited_at,
            "deletedAt": row.deleted_at,
            "editable": commenting.is_editable(row, actor=actor),
        }
        for row in rows
    ]
