"""Lifecycles and their states."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from accounts.keys import KeyField, unique_key


class Lifecycle(models.Model):
    """The states through which objects of a type move; transitions belong to `workflows`."""

    key = KeyField()
    name = models.CharField(max_length=200)
    declared_initial_state = models.ForeignKey(
        "catalog.State",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [unique_key("lifecycle_key_unique")]

    def __str__(self) -> str:
        return self.name

    @property
    def initial_state(self) -> State | None:
        """Where a new object stands: the declared state, else that of the lowest position."""
        return self.declared_initial_state or self.states.first()


class State(models.Model):
    """A point of a lifecycle; the order is that of `position`, then of the key."""

    lifecycle = models.ForeignKey(Lifecycle, on_delete=models.CASCADE, related_name="states")
    key = KeyField()
    name = models.CharField(max_length=200)
    color = models.CharField(max_length=7, blank=True, default="")
    position = models.IntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["position", "key"]
        constraints: ClassVar = [unique_key("state_key_unique", "lifecycle")]

    def __str__(self) -> str:
        return self.name
