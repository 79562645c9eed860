"""What is put to a vote, its votes, and who votes for whom while they are away."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django_fsm import FSMField, transition

from journal.clock import now
from journal.fsm import Guarded

USER = settings.AUTH_USER_MODEL


class Ballot(Guarded, models.Model):
    """Base of what is put to a vote; names stay when people leave.

    `electors`, `approvals` and `required` are as last counted, for lists, as are the rows of
    `Elector` while it is open; what decides is counted anew each time. `is_blocked`: nobody is
    entitled, which was reported.
    """

    class Status(models.TextChoices):
        OPEN = "open"
        APPROVED = "approved"
        REJECTED = "rejected"
        WITHDRAWN = "withdrawn"
        EXPIRED = "expired"

    status = FSMField(
        max_length=10, choices=Status.choices, default=Status.OPEN.value, protected=True
    )
    requester = models.ForeignKey(USER, on_delete=models.SET_NULL, null=True, related_name="+")
    requester_name = models.CharField(max_length=150)
    electors: models.JSONField[list[str], list[str]] = models.JSONField(default=list)
    approvals = models.PositiveIntegerField(default=0)
    required = models.PositiveIntegerField(default=1)
    is_blocked = models.BooleanField(default=False)
    opened_at = models.DateTimeField(default=now)
    due_at = models.DateTimeField(null=True)
    remind_at = models.DateTimeField(null=True)
    recount_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        abstract = True

    @property
    def is_open(self) -> bool:
        return bool(self.status == self.Status.OPEN)

    @transition(field=status, source=Status.OPEN.value, target=Status.APPROVED.value)
    def approve(self) -> None:
        """Enough of those entitled agree."""
        self._close("")

    @transition(field=status, source=Status.OPEN.value, target=Status.REJECTED.value)
    def reject(self, note: str) -> None:
        """One of those entitled is against it."""
        self._close(note)

    @transition(field=status, source=Status.OPEN.value, target=Status.WITHDRAWN.value)
    def withdraw(self, note: str) -> None:
        """It is not wanted any more, or there is nothing left to decide."""
        self._close(note)

    @transition(field=status, source=Status.OPEN.value, target=Status.EXPIRED.value)
    def expire(self) -> None:
        """Its deadline has passed."""
        self._close("The deadline has passed.")

    def _close(self, note: str) -> None:
        self.note, self.closed_at = note[:300], now()
        self.remind_at = self.recount_at = None


class Elector(models.Model):
    """Base of who is entitled to vote on an open ballot, as last counted: what an inbox reads."""

    user = models.ForeignKey(USER, on_delete=models.CASCADE, related_name="+")

    class Meta:
        abstract = True


class Vote(models.Model):
    """Base of a vote: whose it is, who cast it (a colleague may), and what was seen then."""

    class Decision(models.TextChoices):
        APPROVE = "approve"
        REJECT = "reject"

    class End(models.TextChoices):
        WITHDRAWN = "withdrawn"
        CHANGED = "changed"

    elector = models.ForeignKey(USER, on_delete=models.SET_NULL, null=True, related_name="+")
    elector_name = models.CharField(max_length=150)
    caster = models.ForeignKey(USER, on_delete=models.SET_NULL, null=True, related_name="+")
    caster_name = models.CharField(max_length=150)
    decision = models.CharField(max_length=10, choices=Decision.choices)
    seen: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    cast_at = models.DateTimeField(default=now)
    comment_id = models.BigIntegerField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_why = models.CharField(max_length=10, choices=End.choices, blank=True, default="")

    class Meta:
        abstract = True

    @property
    def approves(self) -> bool:
        return self.decision == self.Decision.APPROVE


class Delegation(models.Model):
    """While somebody is away, a named colleague votes for them."""

    delegator = models.ForeignKey(USER, on_delete=models.CASCADE, related_name="delegations")
    delegate = models.ForeignKey(USER, on_delete=models.CASCADE, related_name="delegations_held")
    begins_at = models.DateTimeField(default=now)
    ends_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-begins_at", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~models.Q(delegator=models.F("delegate")), name="delegation_to_another"
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at__isnull=True)
                | models.Q(ends_at__gt=models.F("begins_at")),
                name="delegation_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.delegate} for {self.delegator}"

    def holds_at(self, instant: datetime) -> bool:
        return self.begins_at <= instant and (self.ends_at is None or instant < self.ends_at)


def holding(instant: datetime) -> models.Q:
    """Delegations that hold at an instant, as a condition."""
    ended = models.Q(ends_at__isnull=False, ends_at__lte=instant)
    return models.Q(begins_at__lte=instant) & ~ended
