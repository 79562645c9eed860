"""Governed objects, how they relate to each other and to people."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django_fsm import RETURN_VALUE, transition

from accounts.keys import KeyField, unique_key
from catalog.fields import StateKey
from catalog.models.boards import Board
from catalog.models.lifecycles import State
from catalog.models.schema import (
    AttributeType,
    ObjectType,
    RelationType,
    UserRelationType,
)
from journal.clock import now
from journal.fsm import Guarded


class GovernedObject(Guarded, models.Model):
    """One item of an object type. Attribute values are kept as canonical JSON, see `attributes`."""

    object_type = models.ForeignKey(ObjectType, on_delete=models.PROTECT, related_name="objects_of")
    board = models.ForeignKey(Board, on_delete=models.PROTECT, related_name="objects_on")
    key = KeyField()
    name = models.CharField(max_length=500)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    state = StateKey(
        State,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="objects_in",
    )
    state_since = models.DateTimeField(default=now)
    attributes: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(
        default=dict, blank=True
    )
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    modified_at = models.DateTimeField(default=now)

    class Meta:
        verbose_name = "object"
        constraints: ClassVar = [
            unique_key("object_key_unique", "object_type"),
            models.CheckConstraint(
                condition=~models.Q(parent=models.F("id")), name="object_not_own_parent"
            ),
        ]
        indexes: ClassVar = [
            # read by a board's page and the objects of a type, in the default order
            models.Index(fields=["board", "id"], name="object_of_board"),
            models.Index(fields=["object_type", "id"], name="object_of_type"),
            # read by streams and filters of one state
            models.Index(fields=["object_type", "state", "id"], name="object_in_state"),
        ]

    def __str__(self) -> str:
        return self.name

    @transition(field=state, source="*", target=RETURN_VALUE())
    def enter(self, state: State) -> int:
        """Puts the object into a state. Called by `workflows.lifecycle` alone, under its lock."""
        return state.pk


class Relation(models.Model):
    """One object relates to another."""

    type = models.ForeignKey(RelationType, on_delete=models.PROTECT, related_name="relations_of")
    source = models.ForeignKey(
        GovernedObject, on_delete=models.CASCADE, related_name="relations_out"
    )
    target = models.ForeignKey(
        GovernedObject, on_delete=models.CASCADE, related_name="relations_in"
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "type", "target"], name="relation_once")
        ]

    def __str__(self) -> str:
        return f"{self.source_id} {self.type_id} {self.target_id}"


class UserRelation(models.Model):
    """A person relates to an object."""

    type = models.ForeignKey(
        UserRelationType, on_delete=models.PROTECT, related_name="user_relations_of"
    )
    object = models.ForeignKey(
        GovernedObject, on_delete=models.CASCADE, related_name="user_relations"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="user_relations",
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["object", "type", "user"], name="user_relation_once")
        ]
        indexes: ClassVar = [
            # read by the gate: on which objects does this person have which relation
            models.Index(fields=["user", "type", "object"], name="user_relation_of_user")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.type_id} {self.object_id}"


class UniqueValue(models.Model):
    """The value of an attribute that may stand in one object only; the database referees."""

    attribute = models.ForeignKey(AttributeType, on_delete=models.CASCADE, related_name="+")
    object = models.ForeignKey(GovernedObject, on_delete=models.CASCADE, related_name="+")
    value = models.CharField(max_length=2000)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["attribute", "value"], name="attribute_value_unique"),
            models.UniqueConstraint(fields=["attribute", "object"], name="attribute_value_single"),
        ]

    def __str__(self) -> str:
        return self.value
