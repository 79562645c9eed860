"""Invitations by e-mail, and changes of an address that wait to be confirmed."""

from __future__ import annotations

import secrets
from typing import ClassVar

from django.conf import settings
from django.db import models

from accounts.folding import LONGEST_FOLD, FoldedField
from accounts.models.teams import Team
from accounts.models.users import LONGEST_EMAIL, Role
from journal.clock import now


def new_nonce() -> str:
    return secrets.token_hex(16)


class Invitation(models.Model):
    """Somebody is asked to join; open until it is accepted. A new nonce voids links sent before."""

    email = models.EmailField(max_length=LONGEST_EMAIL)
    folded_email = FoldedField(source="email", max_length=LONGEST_EMAIL * LONGEST_FOLD)
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.MEMBER)
    teams = models.ManyToManyField(Team, blank=True, related_name="+")
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+"
    )
    nonce = models.CharField(max_length=32, default=new_nonce, editable=False)
    created_at = models.DateTimeField(default=now)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["folded_email"],
                condition=models.Q(accepted_at=None),
                name="invitation_open_once",
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=Role.values), name="invitation_role_known"
            ),
        ]

    def __str__(self) -> str:
        return self.email


class EmailChange(models.Model):
    """The address that a user wants and has not confirmed yet; a new wish replaces it."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="email_change",
    )
    email = models.EmailField(max_length=LONGEST_EMAIL)
    nonce = models.CharField(max_length=32, default=new_nonce, editable=False)
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.user_id}: {self.email}"
