"""Grant rows: guardian's direct foreign-key permissions, and the two levels we give with them.

Each kind of thing that can be shared (workspace, board, workflow) has a user table and a team table
beside it. `own` lets edit and manage, `join` lets see what is private.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import models
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

OWN = "own"
JOIN = "join"
LEVELS = (OWN, JOIN)


def level_permissions(noun: str) -> list[tuple[str, str | _StrPromise]]:
    """`Meta.permissions` of a thing that can be shared."""
    return [(f"{level}_{noun}", f"Can {level} this {noun}") for level in LEVELS]


class UserGrant(UserObjectPermissionBase):
    """Base of the table that grants one kind of thing to users."""

    class Meta(UserObjectPermissionBase.Meta):
        abstract = True


class TeamGrant(GroupObjectPermissionBase):
    """Base of the table that grants one kind of thing to teams."""

    class Meta(GroupObjectPermissionBase.Meta):
        abstract = True


def permission_of(model: type[models.Model], level: str) -> Permission:
    """The permission row of a level; made when the migrations of a test have not made it yet."""
    noun = str(model._meta.model_name)
    content_type = ContentType.objects.get_for_model(model)
    return Permission.objects.get_or_create(
        content_type=content_type,
        codename=f"{level}_{noun}",
        defaults={"name": f"Can {level} this {noun}"},
    )[0]


def holders(thing: Any, level: str) -> tuple[list[str], list[str]]:
    """Names of the users and of the teams that hold a level of a thing, in order."""
    users = thing.user_grants.filter(permission__codename=codename(thing, level))
    teams = thing.team_grants.filter(permission__codename=codename(thing, level))
    return (
        list(users.order_by("user__username").values_list("user__username", flat=True)),
        list(teams.order_by("group__name").values_list("group__name", flat=True)),
    )


def all_holders(things: Sequence[Any], level: str) -> dict[Any, list[str]]:
    """Names of all who hold a level of each thing, users before teams; two queries for them all."""
    held: dict[Any, list[str]] = {thing.pk: [] for thing in things}
    if not things:
        return held
    kind = type(things[0])
    for table, name in (("user_grants", "user__username"), ("team_grants", "group__name")):
        grants = kind._meta.get_field(table).related_model._default_manager.filter(
            content_object__in=things, permission__codename=codename(kind, level)
        )
        for pk, holder in grants.order_by(name).values_list("content_object_id", name):
            held[pk].append(holder)
    return held


def codename(thing: models.Model | type[models.Model], level: str) -> str:
    return f"{level}_{thing._meta.model_name}"


def set_holders(
    thing: Any, level: str, *, users: Iterable[models.Model], teams: Iterable[Group]
) -> None:
    """Makes these, and nobody else, the holders of a level; writes only what differs."""
    permission = permission_of(type(thing), level)
    _replace(thing.user_grants, permission, "user", users)
    _replace(thing.team_grants, permission, "group", teams)


def _replace(
    grants: Any, permission: Permission, column: str, wanted: Iterable[models.Model]
) -> None:
    wanted_ids = {one.pk for one in wanted}
    present = dict(grants.filter(permission=permission).values_list(f"{column}_id", "pk"))
    gone = [pk for holder, pk in present.items() if holder not in wanted_ids]
    if gone:
        grants.filter(pk__in=gone).delete()
    for holder in sorted(wanted_ids - present.keys()):
        grants.create(permission=permission, **{f"{column}_id": holder})
