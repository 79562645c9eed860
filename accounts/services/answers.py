"""Stored answers of repeatable requests: kept for a day."""

from __future__ import annotations

from datetime import timedelta

from accounts.models import StoredAnswer
from journal.clock import now

KEPT = timedelta(hours=24)


def forget_old_answers() -> None:
    """Removes the answers whose day is over; a sweep of the journal."""
    old = StoredAnswer.objects.filter(created_at__lt=now() - KEPT)
    if old.exists():
        old.delete()
