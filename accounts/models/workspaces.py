"""Workspaces, where boards and workflows live, and who holds them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from accounts.grants import TeamGrant, UserGrant, level_permissions
from accounts.keys import KeyField, unique_key


class Access(models.TextChoices):
    """Who reaches a workspace."""

    OPEN = "open", "Open"
    PRIVATE = "private", "Private"


class Workspace(models.Model):
    """A place for boards and workflows: open to the whole account, or private to its members."""

    key = KeyField()
    name = models.CharField(max_length=200)
    access = models.CharField(max_length=10, choices=Access.choices, default=Access.OPEN)

    class Meta:
        ordering: ClassVar = ["name"]
        permissions = level_permissions("workspace")
        constraints: ClassVar = [
            unique_key("workspace_key_unique"),
            models.CheckConstraint(
                condition=models.Q(access__in=Access.values),
                name="workspace_access_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class WorkspaceUserGrant(UserGrant):
    """A user owns or joins a workspace."""

    content_object = models.ForeignKey(
        Workspace, on_delete=models.CASCADE, related_name="user_grants"
    )

    class Meta(UserGrant.Meta):
        pass


class WorkspaceTeamGrant(TeamGrant):
    """A team owns or joins a workspace."""

    content_object = models.ForeignKey(
        Workspace, on_delete=models.CASCADE, related_name="team_grants"
    )

    class Meta(TeamGrant.Meta):
        pass
