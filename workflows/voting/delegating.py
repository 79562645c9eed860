"""Handing one's vote to a named colleague while one is away."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from accounts import gate
from accounts.actor import Actor
from accounts.exceptions import Denied, Invalid, Problem
from accounts.models import User
from journal.clock import now
from workflows.voting.models import Delegation

MOST = 50


def delegate(
    to: User,
    *,
    actor: Actor,
    begins_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> Delegation:
    """Lets a colleague vote for the actor, until it is ended or till `ends_at`.

    What is handed on is not handed further: a vote that was given to somebody stays with them.
    """
    if actor.user is None:
        raise Denied("The system has no vote.", level="delegation")
    begins = begins_at or now()
    problems = list(_problems(actor.user, to, begins, ends_at))
    if problems:
        raise Invalid(problems=problems)
    with transaction.atomic():
        return Delegation.objects.create(
            delegator=actor.user, delegate=to, begins_at=begins, ends_at=ends_at
        )


def end(delegation: Delegation, *, actor: Actor) -> None:
    """Takes one's vote back from a colleague; votes that they have cast stay."""
    gate.demand(actor, "delete", delegation)
    Delegation.objects.filter(pk=delegation.pk).delete()


def _problems(user: User, to: User, begins: datetime, ends: datetime | None) -> list[Problem]:
    found = []
    if to.pk == user.pk:
        found.append(Problem("/delegate", "toOneself", "A vote is handed to somebody else."))
    if not to.is_active:
        detail = f"{to.username} is not active, and can't vote."
        found.append(Problem("/delegate", "inactiveUser", detail, to.username))
    if ends is not None and ends <= max(begins, now()):
        found.append(Problem("/endsAt", "endsTooEarly", "It ends after it begins, and after now."))
    if Delegation.objects.filter(Q(delegator=user)).count() >= MOST:
        detail = f"At most {MOST} delegations may stand; end one first."
        found.append(Problem("", "tooManyItems", detail))
    return found
