"""History: a row for every change of an object, with its cause."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from journal.clock import now


class Change(models.Model):
    """Who changed what of which object, when and through what; outlives the object.

    `field` is `stateKey`, `attributes.KEY`, `name`, `relations.KEY`, `userRelations.KEY`,
    `transitions.KEY` (of a request to make one, and its votes), `parentKey`, `boardKey`,
    `comments.ID`, or empty for the object as a whole.
    """

    class Verb(models.TextChoices):
        CREATED = "created"
        CHANGED = "changed"
        TRANSITIONED = "transitioned"
        REQUESTED = "requested"
        VOTED = "voted"
        DECIDED = "decided"
        RELATED = "related"
        UNRELATED = "unrelated"
        ASSIGNED = "assigned"
        UNASSIGNED = "unassigned"
        MOVED = "moved"
        COMMENTED = "commented"
        COMMENT_EDITED = "commentEdited"
        COMMENT_DELETED = "commentDeleted"
        DELETED = "deleted"

    object_id = models.BigIntegerField()
    object_key = models.CharField(max_length=100)
    at = models.DateTimeField(default=now)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=150)
    via_kind = models.CharField(max_length=10)
    via_id = models.CharField(max_length=100, blank=True, default="")
    root_id = models.BigIntegerField(null=True)
    verb = models.CharField(max_length=20, choices=Verb.choices)
    field = models.CharField(max_length=120, blank=True, default="")
    before: models.JSONField[Any, Any] = models.JSONField(null=True)
    after: models.JSONField[Any, Any] = models.JSONField(null=True)
    is_override = models.BooleanField(default=False)

    class Meta:
        indexes: ClassVar = [
            # read by an object's page: its history, newest first
            models.Index(fields=["object_id", "-id"], name="change_of_object"),
            # read by the undo of an execution: what it changed
            models.Index(fields=["via_kind", "via_id"], name="change_of_cause"),
        ]

    def __str__(self) -> str:
        return f"{self.object_key}: {self.verb} {self.field}".strip()
