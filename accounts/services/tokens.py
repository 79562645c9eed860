"""API tokens: made once, shown once, kept as a digest."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q

from accounts import gate
from accounts.actor import Actor
from accounts.exceptions import Denied, Invalid, Problem
from accounts.keys import nearest
from accounts.models import ApiToken, User
from accounts.names import misleading_in
from accounts.scopes import Scope
from journal.clock import now

PREFIX = "sluice_"
MOST_DAYS = 3650
TOUCH_AFTER = timedelta(minutes=1)
LONGEST_SECRET = 200
LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token just made. `secret` is shown now and never again."""

    token: ApiToken
    secret: str


def create_token(
    user: User,
    *,
    actor: Actor,
    name: str = "",
    expires_in_days: int | None = None,
    scopes: Sequence[str] = (),
) -> NewToken:
    """Makes a token that acts as this user."""
    gate.demand(actor, "create", ApiToken)
    if not actor.is_system and actor.user != user:
        raise Denied("A token is made by the user for whom it acts.", level="account")
    if not user.is_active:
        raise Invalid(f"{user.username} is not active: a token of theirs would open nothing.")
    problems = [*_name_problems(name), *_expiry_problems(expires_in_days), *_scope_problems(scopes)]
    if problems:
        raise Invalid(problems=problems)
    secret = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken(user=user, name=name, digest=digest_of(secret), scopes=sorted(set(scopes)))
    if expires_in_days is not None:
        token.expires_at = now() + timedelta(days=expires_in_days)
    token.save(force_insert=True)
    return NewToken(token, secret)


def revoke_token(token: ApiToken, *, actor: Actor) -> None:
    gate.demand(actor, "delete", token)
    token.delete()


def find(secret: str) -> ApiToken | None:
    """The live token of an active user, with the user."""
    if not secret or len(secret) > LONGEST_SECRET or not secret.isascii():
        return None
    live = Q(expires_at=None) | Q(expires_at__gt=now())
    mine = ApiToken.objects.filter(live, digest=digest_of(secret), user__is_active=True)
    return mine.select_related("user").first()


def touch(token: ApiToken) -> None:
    """Notes that it was used, at most once a minute: a write for each request would be dear."""
    instant = now()
    if token.last_used_at is None or token.last_used_at < instant - TOUCH_AFTER:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=instant)


def digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _name_problems(name: str) -> list[Problem]:
    if len(name) > LONGEST_NAME:
        return [Problem("/name", "tooLong", f"A name has at most {LONGEST_NAME} characters.")]
    if character := misleading_in(name):
        detail = f"A name can't hold the character {character}."
        return [Problem("/name", "badCharacter", detail)]
    return []


def _expiry_problems(days: int | None) -> list[Problem]:
    if days is None or 1 <= days <= MOST_DAYS:
        return []
    return [Problem("/expires", "outOfRange", f"A token expires in 1 to {MOST_DAYS} days.", days)]


def _scope_problems(scopes: Sequence[str]) -> list[Problem]:
    known = [scope.value for scope in Scope]
    return [
        Problem(
            f"/scopes/{place}",
            "unknownScope",
            f"There is no scope {scope[:100]!r}; there are {' and '.join(known)}.",
            scope,
            nearest(scope, known),
        )
        for place, scope in enumerate(scopes)
        if scope not in known
    ]
