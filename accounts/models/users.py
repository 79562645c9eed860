"""Users and their account role."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Lower


class Role(models.TextChoices):
    """What somebody is in the whole account."""

    ADMIN = "admin", "Admin"
    MEMBER = "member", "Member"
    VIEWER = "viewer", "Viewer"
    GUEST = "guest", "Guest"


class User(AbstractUser):
    """Somebody who can sign in, or could: imported people are users that are not active."""

    role = models.CharField(max_length=10, choices=Role.choices, default=Role.MEMBER)

    class Meta(AbstractUser.Meta):  # type: ignore[name-defined, misc]
        constraints: ClassVar = [
            models.UniqueConstraint(
                Lower("username"), name="user_name_unique_ignoring_case"
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=Role.values), name="user_role_known"
            ),
        ]

    def __str__(self) -> str:
        return self.username

    @property
    def display_name(self) -> str:
        return self.get_full_name() or self.username

    @property
    def is_account_admin(self) -> bool:
        return self.is_active and (self.role == Role.ADMIN or self.is_superuser)
