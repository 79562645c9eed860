"""Comments on objects, in threads; their types, in categories that applications offer."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from accounts.keys import KeyField, unique_key
from catalog.models.objects import GovernedObject
from catalog.models.schema import Application
from journal.clock import now

MOST_BODY = 100_000


class CommentTypeCategory(models.Model):
    """A group of comment types; one that isn't visible is read by its authors and admins alone."""

    key = KeyField()
    name = models.CharField(max_length=200)
    default_type_key = models.CharField(max_length=100, blank=True, default="")
    is_visible = models.BooleanField(default=True)

    class Meta:
        verbose_name = "comment type category"
        verbose_name_plural = "comment type categories"
        ordering: ClassVar = ["name", "key"]
        constraints: ClassVar = [unique_key("comment_type_category_key_unique")]

    def __str__(self) -> str:
        return self.name


class CommentType(models.Model):
    """What a comment is: a question, the reason of a rejection.

    Optional features are kept as text: a JSON column would lose the form of their numbers, and
    export could not give them back.
    """

    category = models.ForeignKey(
        CommentTypeCategory, on_delete=models.CASCADE, related_name="types"
    )
    key = KeyField()
    name = models.CharField(max_length=200)
    features_text = models.TextField(default="{}")
    position = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = "comment type"
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [unique_key("comment_type_key_unique", "category")]

    def __str__(self) -> str:
        return self.name

    @property
    def features(self) -> dict[str, Any]:
        """What its category says of it beside key and name."""
        found: dict[str, Any] = json.loads(self.features_text)
        return found


class CommentTypeCategoryApplication(models.Model):
    """A category is offered in an application; one without any is offered everywhere."""

    category = models.ForeignKey(
        CommentTypeCategory, on_delete=models.CASCADE, related_name="offers"
    )
    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="comment_offers"
    )

    class Meta:
        verbose_name = "application of a comment type category"
        verbose_name_plural = "applications of comment type categories"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["category", "application"], name="comment_category_offered_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.category} in {self.application}"


class Comment(models.Model):
    """What somebody says about an object, or in answer to another comment of it.

    One that was deleted stays, without its text: answers and history lean on it.
    `transition_key` names the transition that was made with it.
    """

    object = models.ForeignKey(GovernedObject, on_delete=models.CASCADE, related_name="comments")
    type = models.ForeignKey(
        CommentType, on_delete=models.PROTECT, null=True, blank=True, related_name="comments_of"
    )
    parent = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="answers"
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="comments",
    )
    author_name = models.CharField(max_length=150)
    body = models.TextField(blank=True)
    transition_key = models.CharField(max_length=100, blank=True, default="")
    created_at = models.DateTimeField(default=now)
    edited_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~models.Q(parent=models.F("id")), name="comment_not_own_parent"
            ),
            models.CheckConstraint(
                condition=models.Q(deleted_at=None) | models.Q(body=""),
                name="comment_deleted_without_text",
            ),
        ]
        indexes: ClassVar = [
            # read by an object's page and the list of its comments
            models.Index(fields=["object", "id"], name="comment_of_object"),
        ]

    def __str__(self) -> str:
        return f"{self.author_name} on {self.object_id}"
