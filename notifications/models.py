"""Templates, what people were told, and how it reaches them outside the product."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django_fsm import FSMField, transition

from accounts.keys import KeyField, unique_key
from catalog.models import Application
from journal.clock import now
from journal.fsm import Guarded
from journal.leases import Leased


def default_channels() -> list[str]:
    return ["inbox", "email"]


class Template(models.Model):
    """Subject and body with expressions, and who gets them unless a step says otherwise."""

    key = KeyField()
    name = models.CharField(max_length=200, blank=True, default="")
    subject = models.CharField(max_length=1000)
    body = models.TextField()
    application = models.ForeignKey(
        Application,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="templates",
    )
    recipient_relation_types: models.JSONField[list[str], list[str]] = models.JSONField(
        default=list, blank=True
    )
    recipients: models.JSONField[list[str], list[str]] = models.JSONField(default=list, blank=True)
    notifies_author = models.BooleanField(default=False)
    channels: models.JSONField[list[str], list[str]] = models.JSONField(default=default_channels)

    class Meta:
        ordering: ClassVar = ["key"]
        constraints: ClassVar = [unique_key("template_key_unique")]

    def __str__(self) -> str:
        return self.name or self.key


class Notification(models.Model):
    """What one person was told; a row of the inbox. `cause` makes it happen once.

    The texts are rendered when it is made: `subject` is plain text on one line, `body` sanitised
    HTML. `object_id` is a plain id: the row outlives the object. `made_of` tells of which objects
    and attributes the texts were made, as `Provenance` is kept; None where they were made of none,
    or before that was kept. `via_kind`, `via_id` and `root_id` tell through what and by which chain
    of events it came.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications"
    )
    subject = models.CharField(max_length=1000)
    body = models.TextField(blank=True, default="")
    url = models.CharField(max_length=500, blank=True, default="")
    object_id = models.BigIntegerField(null=True)
    made_of: models.JSONField[dict[str, Any] | None, dict[str, Any] | None] = models.JSONField(
        null=True
    )
    cause = models.CharField(max_length=200)
    via_kind = models.CharField(max_length=10, blank=True, default="")
    via_id = models.CharField(max_length=100, blank=True, default="")
    root_id = models.BigIntegerField(null=True)
    is_in_inbox = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=now)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["cause", "user"], name="notification_once_a_cause")
        ]
        indexes: ClassVar = [
            # read by the inbox, newest first
            models.Index(fields=["user", "-id"], name="notification_of_user"),
            # read by the badge on every page
            models.Index(
                fields=["user"],
                name="notification_unread",
                condition=models.Q(read_at__isnull=True, is_in_inbox=True),
            ),
        ]

    def __str__(self) -> str:
        return self.subject


class Delivery(Guarded, Leased):
    """A notification on its way through one channel."""

    class Status(models.TextChoices):
        WAITING = "waiting"
        SENDING = "sending"
        SENT = "sent"
        FAILED = "failed"
        DOUBTFUL = "doubtful"

    notification = models.ForeignKey(
        Notification, on_delete=models.CASCADE, related_name="deliveries"
    )
    channel = models.CharField(max_length=20)
    status = FSMField(
        max_length=10,
        choices=Status.choices,
        default=Status.WAITING.value,
        protected=True,
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    problem = models.TextField(blank=True, default="")
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "deliveries"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["notification", "channel"], name="delivery_once_a_channel"
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=["waiting", "sending", "sent", "failed", "doubtful"]),
                name="delivery_status_known",
            ),
        ]
        indexes: ClassVar = [
            # read by the sweep and the sender: what is still to go out
            models.Index(
                fields=["channel", "due_at"],
                name="delivery_open",
                condition=models.Q(status__in=["waiting", "sending"]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.pk}"

    @transition(field=status, source=Status.WAITING.value, target=Status.SENDING.value)
    def begin(self) -> None:
        """Sending starts; killed from here on, it is doubtful."""
        self.attempts += 1

    @transition(field=status, source=Status.SENDING.value, target=Status.SENT.value)
    def succeed(self) -> None:
        """The channel took it."""
        self.problem, self.sent_at = "", now()

    @transition(field=status, source=Status.SENDING.value, target=Status.WAITING.value)
    def postpone(self, problem: str) -> None:
        """The channel refused for now; it is tried again."""
        self.problem = problem

    @transition(field=status, source=Status.SENDING.value, target=Status.FAILED.value)
    def give_up(self, problem: str) -> None:
        """The channel refused for good."""
        self.problem = problem

    @transition(field=status, source=Status.SENDING.value, target=Status.DOUBTFUL.value)
    def doubt(self) -> None:
        """Its sender died in the middle: it may have gone out, and is not sent again by itself."""
        self.problem = "Sending was interrupted; it may have arrived."

    @transition(
        field=status,
        source=[Status.DOUBTFUL.value, Status.FAILED.value],
        target=Status.WAITING.value,
    )
    def queue_again(self) -> None:
        """Somebody asked for it: it is sent once more, with all its attempts before it."""
        self.attempts, self.problem = 0, ""
