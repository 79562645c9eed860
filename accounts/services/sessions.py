"""Browsers that are signed in: listed for their user, signed out one by one or all."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet

from accounts import gate
from accounts.actor import Actor
from accounts.models import Session, User
from accounts.models.users import new_stamp
from journal.clock import now


def sessions_of(actor: Actor) -> QuerySet[Session]:
    """The actor's own, those that have not run out; the latest seen first."""
    return gate.narrow(actor, "view", Session.objects.filter(expire_date__gt=now()))


def end_session(session: Session, *, actor: Actor) -> None:
    """Signs one browser out."""
    gate.demand(actor, "delete", session)
    session.delete()


def end_other_sessions(user: User, *, actor: Actor, keep: str | None) -> int:
    """Signs all browsers out but the one whose session has this key; how many those were."""
    gate.demand(actor, "edit_own", user)
    others = Session.objects.filter(user=user).exclude(session_key=keep)
    return others.delete()[0]


def sign_out_everywhere(user: User, *, tokens_too: bool = False) -> None:
    """Ends every session of a user and, where asked, revokes their tokens.

    Both by rows and by the stamp: a session that is just being saved would come back otherwise.
    """
    with transaction.atomic():
        user.session_stamp = new_stamp()
        user.save(update_fields=["session_stamp"])
        user.sessions.all().delete()
        if tokens_too:
            user.api_tokens.all().delete()


def forget_ended_sessions() -> None:
    """Removes the sessions that have run out; a sweep of the journal."""
    ended = Session.objects.filter(expire_date__lt=now())
    if ended.exists():
        ended.delete()
