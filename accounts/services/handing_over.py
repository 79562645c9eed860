"""Handing over what a leaving person owns and is asked for: told before, moved as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import structlog
from django.db import transaction
from django.db.models import QuerySet

from accounts import gate
from accounts.actor import Actor
from accounts.exceptions import Conflict, Invalid, Problem
from accounts.grants import OWN, permission_of
from accounts.handovers import Handover, Part, handovers, part
from accounts.holdings import Holding, owned_alone, owned_alone_by
from accounts.models import Invitation, User
from accounts.shareables import Shareable, shareables
from journal.clock import now

log = structlog.get_logger(__name__)

MOST_TOLD = 5


def preview(user: User, *, to: str, actor: Actor) -> list[Part]:
    """What would go to the heir, and what would stay with the reason; changes nothing."""
    gate.demand(actor, "manage", user)
    return _parts(user, _heir(to, user))


def hand_over(user: User, *, to: str, actor: Actor) -> list[Part]:
    """Puts another user in this one's place, all of it or nothing; what went, and what stays."""
    gate.demand(actor, "manage", user)
    heir = _heir(to, user)
    with transaction.atomic():
        list(User.objects.select_for_update().filter(pk__in=[user.pk, heir.pk]).order_by("pk"))
        parts = _parts(user, heir)
        for kind in handovers:
            kind.move(user, heir, actor)
    moved = {one.kind: one.count for one in parts if not one.stays}
    log.info("handed_over", user=user.pk, to=heir.pk, moved=moved, actor=actor.username)
    return parts


def contribute() -> None:
    handovers.register(Handover("owned", _owned_parts, _move_owned))
    handovers.register(Handover("invitations", _invitation_parts, _move_invitations))
    handovers.register(Handover("tokens", _token_parts))


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


def _parts(user: User, heir: User) -> list[Part]:
    return [one for kind in handovers for one in kind.parts(user, heir)]


def _heir(username: str, user: User) -> User:
    heir = User.objects.filter(username=username, is_active=True).first()
    if heir is None or heir.pk == user.pk:
        detail = f"There is no other active user {username[:100]!r}."
        raise Invalid(problems=[Problem("/to", "unknownUser", detail, username[:100])])
    return heir


# --- what is owned -------------------------------------------------------------------------------


def _things(kind: Shareable, user: User) -> QuerySet[Any]:
    """What the user owns by name, and what has no other active owner than a team of theirs."""
    mine = kind.user_grants().filter(user=user).values("content_object_id")
    alone = kind.things().filter(owned_alone(kind, user)).values("pk")
    return kind.things().filter(pk__in=mine) | kind.things().filter(pk__in=alone)


def _owned_parts(user: User, heir: User) -> Iterator[Part]:
    for kind in shareables:
        keys = _things(kind, user).order_by("key").values_list("key", flat=True)
        yield from part(f"{kind.key}s", list(keys))


def _move_owned(user: User, heir: User, actor: Actor) -> None:
    """Grants of the user become the heir's; what is owned through teams alone gets the heir too."""
    for kind in shareables:
        mine = kind.user_grants().filter(user=user)
        things = set(_things(kind, user).values_list("pk", flat=True))
        there = kind.user_grants().filter(user=heir, content_object__in=things)
        missing = things - set(there.values_list("content_object_id", flat=True))
        permission = permission_of(kind.model, OWN)
        for pk in sorted(missing):
            own = {"permission": permission, "user": heir, "content_object_id": pk}
            mine.model._default_manager.create(**own)
        mine.delete()


# --- invitations and tokens ----------------------------------------------------------------------


def _invitations(user: User) -> QuerySet[Invitation]:
    return Invitation.objects.filter(invited_by=user, accepted_at=None, expires_at__gt=now())


def _invitation_parts(user: User, heir: User) -> Iterator[Part]:
    """An invitation counts while who stands behind it is an account admin."""
    emails = list(_invitations(user).order_by("email").values_list("email", flat=True))
    why = "" if heir.is_account_admin else f"{heir.username} is no account admin, so can't invite."
    yield from part("open invitations", emails, stays=why)


def _move_invitations(user: User, heir: User, actor: Actor) -> None:
    if heir.is_account_admin:
        _invitations(user).update(invited_by=heir)


def _token_parts(user: User, heir: User) -> Iterator[Part]:
    names = list(user.api_tokens.order_by("name").values_list("name", flat=True))
    yield from part("API tokens", names, stays="They end when the user is deactivated.")
