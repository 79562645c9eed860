"""Boards: collections of governed objects in a workspace, and who holds them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from accounts.grants import TeamGrant, UserGrant, level_permissions
from accounts.keys import KeyField, unique_key
from accounts.models import Workspace


class Board(models.Model):
    """A collection of objects: *main* for all in the workspace, *private* for its members."""

    class Type(models.TextChoices):
        MAIN = "main", "Main"
        PRIVATE = "private", "Private"

    key = KeyField()
    name = models.CharField(max_length=200)
    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="boards")
    type = models.CharField(max_length=10, choices=Type.choices, default=Type.MAIN)

    class Meta:
        ordering: ClassVar = ["name"]
        permissions = level_permissions("board")
        constraints: ClassVar = [
            unique_key("board_key_unique"),
            models.CheckConstraint(
                condition=models.Q(type__in=["main", "private"]),
                name="board_type_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class BoardUserGrant(UserGrant):
    """A user owns or joins a board."""

    content_object = models.ForeignKey(Board, on_delete=models.CASCADE, related_name="user_grants")

    class Meta(UserGrant.Meta):
        pass


class BoardTeamGrant(TeamGrant):
    """A team owns or joins a board."""

    content_object = models.ForeignKey(Board, on_delete=models.CASCADE, related_name="team_grants")

    class Meta(TeamGrant.Meta):
        pass
