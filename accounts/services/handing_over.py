"""Handing over what a leaving person owns."""

from __future__ import annotations

import structlog
from django.db import transaction

from accounts import gate
from accounts.actor import Actor
from accounts.exceptions import Conflict, Invalid, Problem
from accounts.grants import OWN, permission_of
from accounts.holdings import Holding, owned_alone, owned_alone_by
from accounts.models import User
from accounts.shareables import Shareable, shareables

log = structlog.get_logger(__name__)

MOST_TOLD = 5


def hand_over(user: User, *, to: str, actor: Actor) -> int:
    """Makes another user the owner of all that this one owns; how many things those were."""
    gate.demand(actor, "manage", user)
    heir = _heir(to, user)
    with transaction.atomic():
        list(User.objects.select_for_update().filter(pk__in=[user.pk, heir.pk]).order_by("pk"))
        moved = sum(_move(kind, user, heir) for kind in shareables)
    log.info("holdings_handed_over", user=user.pk, to=heir.pk, moved=moved, actor=actor.username)
    return moved


def demand_others_own(user: User) -> None:
    """Refuses where something would have no owner without this user, and says what that is."""
    if alone := owned_alone_by(user):
        raise _sole_owner(user.username, alone, "Hand that over to somebody first.")


def sole_owner(name: str, alone: list[Holding]) -> Conflict:
    return _sole_owner(name, alone, "Give that another owner first.")


def _sole_owner(name: str, alone: list[Holding], remedy: str) -> Conflict:
    told = ", ".join(map(str, alone[:MOST_TOLD]))
    if len(alone) > MOST_TOLD:
        told += f" and {len(alone) - MOST_TOLD} more"
    uses = [{"kind": one.kind, "key": one.key} for one in alone]
    return Conflict(f"{name} alone owns {told}. {remedy}", code="soleOwner", uses=uses)


def _move(kind: Shareable, user: User, heir: User) -> int:
    """Grants of the user become the heir's; what is owned through teams alone gets the heir too."""
    mine = kind.user_grants().filter(user=user)
    things = set(mine.values_list("content_object_id", flat=True))
    things |= set(kind.things().filter(owned_alone(kind, user)).values_list("pk", flat=True))
    there = kind.user_grants().filter(user=heir, content_object__in=things)
    present = set(there.values_list("content_object_id", flat=True))
    permission = permission_of(kind.model, OWN)
    for pk in sorted(things - present):
        mine.model._default_manager.create(permission=permission, user=heir, content_object_id=pk)
    mine.delete()
    return len(things)


def _heir(username: str, user: User) -> User:
    heir = User.objects.filter(username=username, is_active=True).first()
    if heir is None or heir.pk == user.pk:
        detail = f"There is no other active user {username[:100]!r}."
        raise Invalid(problems=[Problem("/to", "unknownUser", detail, username[:100])])
    return heir
