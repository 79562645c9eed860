"""Telling the pages that a user has open of their inbox."""

from __future__ import annotations

from typing import Any

from journal.pushing import push
from notifications.models import Notification


def group_of(user_id: int) -> str:
    """The channel layer's group of all open pages of a user."""
    return f"user-{user_id}"


def push_notification(row: Notification) -> None:
    """Tells the user's pages of a new row of the inbox; what it says is read when it is told."""
    _push(row.user_id, {"type": "notification", "id": row.pk})


def push_unread(user_id: int) -> None:
    """Tells the user's pages that the number of unread notifications is another."""
    _push(user_id, {"type": "unread"})


def _push(user_id: int, content: dict[str, Any]) -> None:
    push(group_of(user_id), content)
