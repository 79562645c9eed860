"""Events, and for each consumer the events it still has to act on."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from journal.clock import now
from journal.leases import Leased


class Event(models.Model):
    """Something that happened, written in the transaction that made it happen; never changed."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=40)
    at = models.DateTimeField(default=now)
    subject_id = models.BigIntegerField(null=True)
    subject_type_id = models.BigIntegerField(null=True)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=150)
    via_kind = models.CharField(max_length=10)
    via_id = models.CharField(max_length=100, blank=True, default="")
    root_id = models.BigIntegerField(null=True)
    depth = models.PositiveSmallIntegerField(default=0)
    payload: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar = [
            # read by an object's page: what happened to it, newest first
            models.Index(fields=["subject_id", "-id"], name="event_of_subject"),
            # read by the page of a cause: everything one event set off
            models.Index(
                fields=["root_id"],
                name="event_of_root",
                condition=models.Q(root_id__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def chain_root(self) -> int:
        """The id of the event that began this chain: its own where it began one."""
        return self.root_id or self.pk


class Pending(Leased):
    """One event that one consumer has not yet acted on; deleted when it has."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="pending")
    consumer = models.CharField(max_length=100)
    parked_at = models.DateTimeField(null=True, blank=True)
    problem = models.TextField(blank=True, default="")

    class Meta:
        verbose_name_plural = "pending"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["consumer", "event"], name="pending_once_a_consumer")
        ]
        indexes: ClassVar = [
            # read by each claim: what is free for this consumer
            models.Index(
                fields=["consumer", "id"],
                name="pending_open",
                condition=models.Q(parked_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.consumer}: event {self.event_id}"
