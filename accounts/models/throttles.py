"""How often something was tried: one row for each name or address that tried it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Throttle(models.Model):
    """A bucket that empties steadily; `empty_at` is when all that is in it has run out.

    `key` is a digest: what people type as their name may be their password.
    """

    key = models.CharField(max_length=64, primary_key=True)
    empty_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            # read by the sweep: buckets that are empty
            models.Index(fields=["empty_at"], name="throttle_empty")
        ]

    def __str__(self) -> str:
        return self.key
