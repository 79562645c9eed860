"""Users and their account role."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models

from accounts.folding import LONGEST_FOLD, FoldedField, folded
from accounts.lookalikes import PlainField

LONGEST_USERNAME = 150
LONGEST_EMAIL = 254


class Role(models.TextChoices):
    """What somebody is in the whole account."""

    ADMIN = "admin", "Admin"
    MEMBER = "member", "Member"
    VIEWER = "viewer", "Viewer"
    GUEST = "guest", "Guest"


def new_stamp() -> str:
    return secrets.token_hex(16)


class Users(UserManager["User"]):
    """Finds whoever signs in, however they write the case of their name."""

    use_in_migrations = False

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(folded_username=folded(username or ""))


class User(AbstractUser):
    """Somebody who can sign in, or could: imported people are users that are not active."""

    folded_username = FoldedField(source="username", max_length=LONGEST_USERNAME * LONGEST_FOLD)
    plain_username = PlainField(source="username", max_length=LONGEST_USERNAME * LONGEST_FOLD)
    folded_email = FoldedField(source="email", max_length=LONGEST_EMAIL * LONGEST_FOLD)

    role = models.CharField(max_length=10, choices=Role.choices, default=Role.MEMBER)
    session_stamp = models.CharField(max_length=32, default=new_stamp, editable=False)

    objects: ClassVar[Users] = Users()

    class Meta(AbstractUser.Meta):
        indexes: ClassVar = [
            # read when somebody is added: who has a name that looks like theirs
            models.Index(fields=["plain_username"], name="user_plain_name"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["folded_username"], name="user_name_unique_ignoring_case"
            ),
            models.UniqueConstraint(
                fields=["folded_email"],
                condition=~models.Q(folded_email=""),
                name="user_email_unique_ignoring_case",
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

    def get_session_auth_hash(self) -> str:
        """Ends every session when the stamp changes, as Django does when the password changes."""
        return super().get_session_auth_hash() + self.session_stamp

    def get_session_auth_fallback_hash(self) -> Iterable[str]:
        return (made + self.session_stamp for made in super().get_session_auth_fallback_hash())
