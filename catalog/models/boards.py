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


class BoardColumn(models.Model):
    """Who views and who edits the attribute of this key on a board.

    The flags say whether there is a restriction at all; without them the last viewer who leaves,
    or a team that is deleted, would open the column to everybody.
    """

    board = models.ForeignKey(Board, on_delete=models.CASCADE, related_name="columns")
    attribute_key = KeyField()
    is_view_restricted = models.BooleanField(default=False)
    is_edit_restricted = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["id"]
        default_permissions = ()
        permissions: ClassVar = [
            ("view_boardcolumn", "Can view this column"),
            ("edit_boardcolumn", "Can edit this column"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["board", "attribute_key"], name="board_column_once"),
        ]
        indexes: ClassVar = [
            # read by filters and sorts: on which boards is this attribute restricted
            models.Index(fields=["attribute_key", "board"], name="board_column_of_key"),
        ]

    def __str__(self) -> str:
        return f"{self.attribute_key} on {self.board_id}"


class BoardColumnUserGrant(UserGrant):
    """A user views or edits a column."""

    content_object = models.ForeignKey(
        BoardColumn, on_delete=models.CASCADE, related_name="user_grants"
    )

    class Meta(UserGrant.Meta):
        pass


class BoardColumnTeamGrant(TeamGrant):
    """A team views or edits a column."""

    content_object = models.ForeignKey(
        BoardColumn, on_delete=models.CASCADE, related_name="team_grants"
    )

    class Meta(TeamGrant.Meta):
        pass
