"""What the frame of every page reads, in queries that are made only where a page has a frame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts import gate
from accounts.actor import Actor
from accounts.models import User
from accounts.pages import actor_of
from catalog.models import Board
from notifications.inbox import unread_count
from workflows.lifecycle.deciding import count_of_mine
from workflows.models import Workflow

MOST_BOARDS = 12
MOST_WORKFLOWS = 8


def frame(request: HttpRequest) -> dict[str, Any]:
    """Side bar and badge: four small queries, whoever asks and however much there is."""
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return {}
    actor = actor_of(request)
    return {
        "may_administer": actor.is_admin,
        "unread_notifications": SimpleLazyObject(lambda: unread_count(user.pk)),
        "waiting_approvals": SimpleLazyObject(lambda: count_of_mine(actor)),
        "side_boards": SimpleLazyObject(lambda: _boards(actor)),
        "side_workflows": SimpleLazyObject(lambda: _workflows(actor)),
    }


def _boards(actor: Actor) -> Sequence[Mapping[str, object]]:
    seen = gate.narrow(actor, "view", Board.objects.order_by("name", "id"))
    return list(seen.values("key", "name", "type")[:MOST_BOARDS])


def _workflows(actor: Actor) -> Sequence[Mapping[str, object]]:
    seen = gate.narrow(actor, "view", Workflow.objects.order_by("name", "id"))
    return list(seen.values("key", "name")[:MOST_WORKFLOWS])
