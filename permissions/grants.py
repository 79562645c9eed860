"""Grant rows: what a person holds, themselves or through a team, and who holds a thing.

One person's rows are read by SQL of our own, in one statement over all tables: every decision asks
for them, and building the same question with the ORM takes ten times as long as answering it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import Permission
from django.db import connection
from django.db.models import Exists, Model, OuterRef, Q

from accounts.grants import LEVELS, OWN, codename
from accounts.models import User
from accounts.remembering import remembered

ANY_LEVEL = LEVELS
OWNERS = (OWN,)
# Who holds more than this is asked for by subquery: a longer list of ids costs more than it saves.
MOST_LISTED = 300

OF_USERS = """
SELECT p.codename, g.content_object_id FROM {table} g
JOIN {permissions} p ON p.id = g.permission_id
WHERE g.user_id = %s"""
OF_TEAMS = """
SELECT p.codename, g.content_object_id FROM {table} g
JOIN {permissions} p ON p.id = g.permission_id
JOIN {memberships} m ON m.group_id = g.group_id
WHERE m.user_id = %s"""


@dataclass(frozen=True, slots=True)
class Holdings:
    """What one person holds of some kinds; `is_complete` unless there were too many to list."""

    user: User
    rows: frozenset[tuple[str, int]]
    is_complete: bool = True

    def owns(self, model: type[Model], pk: int) -> bool:
        return (codename(model, OWN), pk) in self.rows

    def joins(self, model: type[Model], pk: int) -> bool:
        return any((codename(model, level), pk) in self.rows for level in ANY_LEVEL)

    def q(self, model: type[Model], levels: Iterable[str] = ANY_LEVEL, *, path: str = "pk") -> Q:
        """The rows of which this person holds the thing at the end of `path`."""
        if not self.is_complete:
            return held_by(self.user, model, levels, path=path)
        names = {codename(model, level) for level in levels}
        return Q(**{f"{path}__in": sorted({pk for name, pk in self.rows if name in names})})


def holdings(user: User, *models: type[Model]) -> Holdings:
    """All that this person holds of these kinds, or the note that it is too much to list."""
    return remembered(("holdings", user.pk, models), lambda: _holdings(user, models))


def _holdings(user: User, models: tuple[type[Model], ...]) -> Holdings:
    sql = " UNION ".join(_selects(models)) + " LIMIT %s"
    rows = _rows(sql, [*[user.pk] * (2 * len(models)), MOST_LISTED + 1])
    return Holdings(user, rows, is_complete=len(rows) <= MOST_LISTED)


def holdings_among(user: User, things: Mapping[type[Model], Iterable[int]]) -> Holdings:
    """What this person holds of these things."""
    asked = tuple((model, tuple(sorted(set(ids)))) for model, ids in things.items())
    return remembered(("held", user.pk, asked), lambda: _holdings_among(user, asked))


def _holdings_among(user: User, things: Sequence[tuple[type[Model], tuple[int, ...]]]) -> Holdings:
    parts: list[str] = []
    values: list[int] = []
    for model, ids in things:
        for select in _selects([model]) if ids else ():
            parts.append(f"{select} AND g.content_object_id IN ({', '.join(['%s'] * len(ids))})")
            values += [user.pk, *ids]
    return Holdings(user, _rows(" UNION ".join(parts), values) if parts else frozenset())


def held_by(
    user: User, model: type[Model], levels: Iterable[str] = ANY_LEVEL, *, path: str = "pk"
) -> Q:
    """The same as `Holdings.q`, by subquery: for kinds of which one person may hold thousands."""
    of_user, of_team = _tables(model)
    row = {
        "content_object": OuterRef(path),
        "permission__codename__in": [codename(model, level) for level in levels],
    }
    return Q(Exists(of_user._default_manager.filter(user=user.pk, **row))) | Q(
        Exists(of_team._default_manager.filter(group__user=user.pk, **row))
    )


def holders(thing: Model, levels: Iterable[str] = ANY_LEVEL) -> Q:
    """The users who hold this thing at one of these levels, themselves or through a team."""
    return holders_of_id(type(thing), thing.pk, levels)


def holders_of_id(model: type[Model], pk: Any, levels: Iterable[str] = ANY_LEVEL) -> Q:
    of_user, of_team = _tables(model)
    row = {
        "content_object": pk,
        "permission__codename__in": [codename(model, level) for level in levels],
    }
    teams = of_team._default_manager.filter(**row).values("group_id")
    members = User.groups.through._default_manager.filter(group__in=teams).values("user_id")
    return Q(pk__in=of_user._default_manager.filter(**row).values("user_id")) | Q(pk__in=members)


def _tables(model: type[Model]) -> tuple[type[Model], type[Model]]:
    meta: Any = model._meta
    return (
        meta.get_field("user_grants").related_model,
        meta.get_field("team_grants").related_model,
    )


def _selects(models: Iterable[type[Model]]) -> list[str]:
    """For each kind, one statement for grants to the user and one for grants to teams."""
    found = []
    for model in models:
        for table, text in zip(_tables(model), (OF_USERS, OF_TEAMS), strict=True):
            found.append(
                text.format(
                    table=table._meta.db_table,
                    permissions=Permission._meta.db_table,
                    memberships=User.groups.through._meta.db_table,
                )
            )
    return found


def _rows(sql: str, values: list[int]) -> frozenset[tuple[str, int]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return frozenset(cursor.fetchall())
