"""Mails of the account itself: links for passwords, addresses and invitations."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from accounts.models.invitations import Invitation
from accounts.models.users import LONGEST_EMAIL
from journal.clock import now
from journal.leases import Leased


class MailKind(models.TextChoices):
    """What a mail is about; its words stand in `accounts.mail.words`."""

    PASSWORD_FORGOTTEN = "passwordForgotten"
    PASSWORD_CHANGED = "passwordChanged"
    EMAIL_CONFIRMATION = "emailConfirmation"
    EMAIL_CHANGE_ASKED = "emailChangeAsked"
    EMAIL_CHANGED = "emailChanged"
    INVITATION = "invitation"


class Mail(Leased):
    """A mail to be written and sent. Its link is made when it is sent: no secret stands here.

    It may go out twice where a sender dies in between; none of these does harm the second time.
    """

    kind = models.CharField(max_length=30, choices=MailKind.choices)
    address = models.CharField(max_length=LONGEST_EMAIL)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+"
    )
    invitation = models.ForeignKey(
        Invitation, on_delete=models.CASCADE, null=True, related_name="mails"
    )
    created_at = models.DateTimeField(default=now)
    ended_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(kind__in=MailKind.values), name="mail_kind_known"
            )
        ]
        indexes: ClassVar = [
            # read by the sender and the sweep: what is still to go out
            models.Index(fields=["due_at"], name="mail_open", condition=models.Q(ended_at=None)),
            # read by the sweep: what is over
            models.Index(fields=["ended_at"], name="mail_ended"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
