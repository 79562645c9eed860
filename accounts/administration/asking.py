"""Who is at work on the admin pages, and what the gate lets them do there."""

from __future__ import annotations

import structlog
from django.db.models import Model
from django.http import HttpRequest

from accounts import gate
from accounts.actor import Actor
from accounts.gate import Decision
from accounts.models import Account, User

VIA = "admin"
NOBODY = Decision(False, "account", "Nobody is signed in.")


def actor_of(request: HttpRequest) -> Actor | None:
    """The signed-in user, acting through the admin pages; None where nobody is signed in."""
    if not isinstance(request.user, User):
        return None
    request_id = str(structlog.contextvars.get_contextvars().get("request_id", ""))
    return Actor(request.user, via_kind=VIA, via_id=request_id[:100])


def operates(request: HttpRequest) -> Decision:
    """Whoever may change the settings of the account operates it; nobody else enters here."""
    return may(request, "edit", Account)


def may(request: HttpRequest, verb: str, thing: Model | type) -> Decision:
    """The gate's decision, about a row or a kind; an empty verb is something that nobody does."""
    actor = actor_of(request)
    if actor is None:
        return NOBODY
    if not verb:
        return Decision(False, "admin", "This is not done on the admin pages.")
    return gate.allows(actor, verb, thing)
