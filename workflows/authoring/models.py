"""Workflows, their drafts and their published versions."""

from __future__ import annotations

import secrets
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django_fsm import FSMField, transition

from accounts.grants import TeamGrant, UserGrant, level_permissions
from accounts.keys import KeyField, unique_key
from accounts.models import Workspace
from journal.clock import now
from journal.fsm import Guarded


def empty_definition() -> dict[str, Any]:
    return {"trigger": {}, "steps": []}


def new_epoch() -> str:
    return secrets.token_hex(8)


class Workflow(Guarded, models.Model):
    """Automation logic that people write, under a key; its status changes by transitions only."""

    class Type(models.TextChoices):
        MAIN = "main"
        PRIVATE = "private"

    class DraftMode(models.TextChoices):
        SHARED = "shared"
        PRIVATE = "private"

    class Status(models.TextChoices):
        NOT_PUBLISHED = "notPublished", "Not published"
        PUBLISHED_ENABLED = "publishedEnabled", "Published, trigger enabled"
        PUBLISHED_DISABLED = "publishedDisabled", "Published, trigger disabled"

    key = KeyField()
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True, default="")
    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="workflows")
    type = models.CharField(max_length=10, choices=Type.choices, default=Type.MAIN)
    draft_mode = models.CharField(
        max_length=10, choices=DraftMode.choices, default=DraftMode.SHARED
    )
    status = FSMField(
        max_length=20,
        choices=Status.choices,
        default=Status.NOT_PUBLISHED.value,
        protected=True,
    )
    live_version = models.OneToOneField(
        "Version",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="live_for",
    )
    tags: models.JSONField[list[str], list[str]] = models.JSONField(default=list, blank=True)
    time_back_minutes = models.PositiveIntegerField(null=True, blank=True)
    is_owned_by_admins = models.BooleanField(default=False)
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
        ordering: ClassVar = ["name", "id"]
        permissions = level_permissions("workflow")
        constraints: ClassVar = [
            unique_key("workflow_key_unique"),
            models.CheckConstraint(
                condition=models.Q(status="notPublished", live_version=None)
                | models.Q(
                    status__in=["publishedEnabled", "publishedDisabled"],
                    live_version__isnull=False,
                ),
                name="workflow_live_when_published",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @transition(
        field=status,
        source=[Status.NOT_PUBLISHED.value, Status.PUBLISHED_ENABLED.value],
        target=Status.PUBLISHED_ENABLED.value,
    )
    def go_live(self, version: Version) -> None:
        """Makes a version the live one; the trigger is enabled, as it was where it was live."""
        self.live_version = version

    @transition(
        field=status,
        source=Status.PUBLISHED_DISABLED.value,
        target=Status.PUBLISHED_DISABLED.value,
    )
    def replace_disabled(self, version: Version) -> None:
        """Makes a version the live one of a workflow whose trigger stays disabled."""
        self.live_version = version

    @transition(
        field=status,
        source=[Status.PUBLISHED_ENABLED.value, Status.PUBLISHED_DISABLED.value],
        target=Status.NOT_PUBLISHED.value,
    )
    def leave_production(self) -> None:
        """Takes the live version out of production."""
        self.live_version = None

    @transition(
        field=status,
        source=Status.PUBLISHED_DISABLED.value,
        target=Status.PUBLISHED_ENABLED.value,
    )
    def enable_trigger(self) -> None:
        """Lets the trigger start executions."""

    @transition(
        field=status,
        source=Status.PUBLISHED_ENABLED.value,
        target=Status.PUBLISHED_DISABLED.value,
    )
    def disable_trigger(self) -> None:
        """Keeps the trigger from starting executions."""


class WorkflowUserGrant(UserGrant):
    """A user owns or joins a workflow."""

    content_object = models.ForeignKey(
        Workflow, on_delete=models.CASCADE, related_name="user_grants"
    )

    class Meta(UserGrant.Meta):
        pass


class WorkflowTeamGrant(TeamGrant):
    """A team owns or joins a workflow."""

    content_object = models.ForeignKey(
        Workflow, on_delete=models.CASCADE, related_name="team_grants"
    )

    class Meta(TeamGrant.Meta):
        pass


class Version(models.Model):
    """An immutable published copy of a workflow, numbered from 1."""

    workflow = models.ForeignKey(Workflow, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    definition: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField()
    digest = models.CharField(max_length=64)
    description = models.TextField(blank=True, default="")
    tags: models.JSONField[list[str], list[str]] = models.JSONField(default=list, blank=True)
    time_back_minutes = models.PositiveIntegerField(null=True, blank=True)
    run_as = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    published_by = models.CharField(max_length=150)
    published_at = models.DateTimeField(default=now)

    class Meta:
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workflow", "number"], name="version_number_once"),
            models.CheckConstraint(
                condition=models.Q(number__gte=1), name="version_number_from_one"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.workflow} {self.number}"


class Draft(models.Model):
    """The editable copy of a workflow; `owner` is empty for the one that all owners share."""

    workflow = models.ForeignKey(Workflow, on_delete=models.CASCADE, related_name="drafts")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
    )
    definition: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(
        default=empty_definition
    )
    digest = models.CharField(max_length=64)
    base_version = models.PositiveIntegerField(null=True, blank=True)
    epoch = models.CharField(max_length=16, default=new_epoch)
    created_at = models.DateTimeField(default=now)
    modified_at = models.DateTimeField(default=now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workflow"],
                condition=models.Q(owner=None),
                name="draft_shared_once",
            ),
            models.UniqueConstraint(
                fields=["workflow", "owner"],
                condition=models.Q(owner__isnull=False),
                name="draft_private_once_an_owner",
            ),
        ]

    def __str__(self) -> str:
        return f"draft of {self.workflow}"
