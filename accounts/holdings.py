"""What a user or a team owns: things of every kind that is shared by grants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import Group
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from accounts.shareables import Shareable, shareables


@dataclass(frozen=True, slots=True)
class Holding:
    """A thing that somebody owns."""

    kind: str
    key: str
    name: str

    def __str__(self) -> str:
        return f"the {self.kind} {self.key}"


def owned_by(user: User) -> list[Holding]:
    """All that a user owns by name."""
    return _told(lambda kind: Exists(_here(kind.user_grants()).filter(user=user)))


def owned_alone_by(user: User) -> list[Holding]:
    """What would have no active owner without this user."""
    return _told(lambda kind: owned_alone(kind, user))


def owned_alone(kind: Shareable, user: User) -> Q:
    others = User.objects.filter(is_active=True).exclude(pk=user.pk)
    mine = Exists(_here(kind.user_grants()).filter(user=user)) | Exists(
        _here(kind.team_grants()).filter(group__user=user)
    )
    return Q(mine) & _unowned(kind, others)


def owned_alone_by_team(team: Group) -> list[Holding]:
    """What would have no active owner without this team."""
    anybody = User.objects.filter(is_active=True)

    def alone(kind: Shareable) -> Q:
        mine = Exists(_here(kind.team_grants()).filter(group=team))
        return Q(mine) & _unowned(kind, anybody, without=team)

    return _told(alone)


def _unowned(kind: Shareable, people: QuerySet[User], *, without: Group | None = None) -> Q:
    """None of these people owns it, by name or as a member of a team (but one)."""
    teams = _here(kind.team_grants()).filter(group__user__in=people)
    if without is not None:
        teams = teams.exclude(group=without)
    return Q(~Exists(_here(kind.user_grants()).filter(user__in=people))) & Q(~Exists(teams))


def _here(grants: QuerySet[Any]) -> QuerySet[Any]:
    return grants.filter(content_object=OuterRef("pk"))


def _told(condition: Any) -> list[Holding]:
    return [
        Holding(kind.key, row.key, row.name)
        for kind in shareables
        for row in kind.things().filter(condition(kind)).order_by("key")
    ]
