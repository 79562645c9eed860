"""Transitions: the moves that a lifecycle allows."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from accounts.keys import KeyField, unique_key
from catalog.models import Lifecycle, State


class Transition(models.Model):
    """A move from one state to another, and how many of those entitled must agree."""

    class Mode(models.TextChoices):
        ANY = "any"
        MAJORITY = "majority"
        ALL = "all"
        ONE_PER_RELATION = "onePerRelation"

    lifecycle = models.ForeignKey(Lifecycle, on_delete=models.CASCADE, related_name="transitions")
    key = KeyField()
    name = models.CharField(max_length=200)
    from_state = models.ForeignKey(State, on_delete=models.PROTECT, related_name="moves_out")
    to_state = models.ForeignKey(State, on_delete=models.PROTECT, related_name="moves_in")
    mode = models.CharField(max_length=20, choices=Mode.choices, default=Mode.ANY)
    required_comment_type_key = models.CharField(max_length=100, blank=True, default="")
    requires_any_comment = models.BooleanField(default=False)
    allows_requester_vote = models.BooleanField(default=True)
    watched_attribute_keys: models.JSONField[list[str], list[str]] = models.JSONField(
        default=list, blank=True
    )
    deadline_hours = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["from_state__position", "to_state__position", "key"]
        constraints: ClassVar = [unique_key("transition_key_unique", "lifecycle")]

    def __str__(self) -> str:
        return self.name

    @property
    def wants_comment(self) -> bool:
        return self.requires_any_comment or bool(self.required_comment_type_key)
