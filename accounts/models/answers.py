"""Answers to requests that may be sent again: what an idempotency key stands for."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from journal.clock import now


class StoredAnswer(models.Model):
    """The answer that a user's request under an idempotency key got; kept for a day.

    Written in the transaction of the request itself, so it is there exactly when the effect is. An
    answer may hold a secret that is shown once, so it is sealed; the fingerprint is keyed, since a
    body may hold a password that could be guessed from a plain digest.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="stored_answers"
    )
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    sealed = models.BinaryField(default=b"")
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "key"], name="stored_answer_once_a_key")
        ]
        indexes: ClassVar = [
            # read by the sweep: what is older than a day
            models.Index(fields=["created_at"], name="stored_answer_age")
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.key}"
