"""Grant rows as parts of queries: what a person holds, and who holds a thing."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, Model, OuterRef, Q

from accounts.grants import LEVELS, OWN, codename
from accounts.models import User

ANY_LEVEL = LEVELS
OWNERS = (OWN,)


def held_by(
    user: User, model: type[Model], levels: tuple[str, ...] = ANY_LEVEL, *, path: str = "pk"
) -> Q:
    """The rows of which this person, or a team of theirs, holds the thing at the end of `path`."""
    of_user, of_team = _tables(model)
    names = [codename(model, level) for level in levels]
    row = {"content_object": OuterRef(path), "permission__codename__in": names}
    return Q(Exists(of_user.filter(user=user.pk, **row))) | Q(
        Exists(of_team.filter(group__user=user.pk, **row))
    )


def holders(thing: Model, levels: tuple[str, ...] = ANY_LEVEL) -> Q:
    """The users who hold this thing at one of these levels, themselves or through a team."""
    return holders_of_id(type(thing), thing.pk, levels)


def holders_of_id(model: type[Model], pk: Any, levels: tuple[str, ...] = ANY_LEVEL) -> Q:
    of_user, of_team = _tables(model)
    row = {
        "content_object": pk,
        "permission__codename__in": [codename(model, level) for level in levels],
    }
    members = User.groups.through.objects.filter(group__in=of_team.filter(**row).values("group_id"))
    return Q(pk__in=of_user.filter(**row).values("user_id")) | Q(pk__in=members.values("user_id"))


def _tables(model: type[Model]) -> tuple[Any, Any]:
    meta: Any = model._meta
    return (
        meta.get_field("user_grants").related_model.objects,
        meta.get_field("team_grants").related_model.objects,
    )
