"""Looking people up: the words by which a list of users is narrowed."""

from __future__ import annotations

from django.contrib.auth.models import Group
from django.db.models import Prefetch, Q, QuerySet

from accounts.models import User

SEARCHED = ("username", "first_name", "last_name", "email")


def with_teams(rows: QuerySet[User]) -> QuerySet[User]:
    return rows.prefetch_related(Prefetch("groups", Group.objects.order_by("name")))


def narrowed(
    rows: QuerySet[User],
    *,
    q: str = "",
    role: str = "",
    team: str = "",
    active: bool | None = None,
) -> QuerySet[User]:
    """Those in whose names or address the word stands; each word of several."""
    for word in q.split():
        found = Q()
        for column in SEARCHED:
            found |= Q(**{f"{column}__icontains": word})
        rows = rows.filter(found)
    if role:
        rows = rows.filter(role=role)
    if team:
        rows = rows.filter(groups__name=team)
    return rows if active is None else rows.filter(is_active=active)
