"""Conditions: what a person's relation to an object grants in a state of its lifecycle."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F
from django.db.models.functions import Coalesce

from catalog.models import AttributeType, ObjectType, State, UserRelationType
from workflows.models import Transition


class Condition(models.Model):
    """Grants visible and editable on an object type, an attribute or a transition.

    No user relation type means everybody, no state means every state. One that never matches still
    counts as a condition: an asset that has only such ones is read-only, as if none had matched.
    """

    object_type = models.ForeignKey(
        ObjectType,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="conditions",
    )
    attribute = models.ForeignKey(
        AttributeType,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="conditions",
    )
    transition = models.ForeignKey(
        Transition,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="conditions",
    )
    user_relation_type = models.ForeignKey(
        UserRelationType,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="conditions",
    )
    state = models.ForeignKey(
        State,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="conditions",
    )
    is_visible = models.BooleanField(default=True)
    is_editable = models.BooleanField(default=False)
    never_matches = models.BooleanField(
        default=False,
        help_text="Stands for conditions of packages that name keys which don't exist.",
    )

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=(
                    models.Q(object_type__isnull=False, attribute=None, transition=None)
                    | models.Q(object_type=None, attribute__isnull=False, transition=None)
                    | models.Q(object_type=None, attribute=None, transition__isnull=False)
                ),
                name="condition_on_one_asset",
            ),
            models.UniqueConstraint(
                # An empty column counts as a value; SQLite knows no other way to say so.
                *(
                    Coalesce(column, 0)
                    for column in (
                        "object_type",
                        "attribute",
                        "transition",
                        "user_relation_type",
                        "state",
                    )
                ),
                F("is_visible"),
                F("is_editable"),
                F("never_matches"),
                name="condition_once",
            ),
        ]

    def __str__(self) -> str:
        asset = self.object_type or self.attribute or self.transition
        return f"{asset}: {self.user_relation_type or 'everybody'} in {self.state or 'every state'}"
