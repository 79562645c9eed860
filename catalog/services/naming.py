"""From keys, as they are written from outside, to rows that the actor may see.

What may not be seen is unknown, in the same words as what doesn't exist.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from django.db.models import Model, QuerySet

from accounts import gate
from accounts.actor import Actor
from accounts.exceptions import Invalid, Problem
from accounts.keys import nearest
from accounts.models import User, Workspace
from accounts.services.people import find_users
from catalog.models import Board, GovernedObject, ObjectType, RelationType, UserRelationType
from journal.strict_json import escaped

MOST_KNOWN = 1000

M = TypeVar("M", bound=Model)


def find_object_type(key: str, *, actor: Actor, pointer: str) -> ObjectType:
    rows = ObjectType.objects.select_related("lifecycle__declared_initial_state")
    return _one(rows, key, actor, pointer)


def find_relation_type(key: str, *, actor: Actor, pointer: str) -> RelationType:
    return _one(RelationType.objects.all(), key, actor, pointer)


def find_user_relation_type(key: str, *, actor: Actor, pointer: str) -> UserRelationType:
    return _one(UserRelationType.objects.all(), key, actor, pointer)


def find_board(key: str, *, actor: Actor, pointer: str) -> Board:
    return _one(Board.objects.select_related("workspace"), key, actor, pointer)


def find_workspace(key: str, *, actor: Actor, pointer: str) -> Workspace:
    return _one(Workspace.objects.all(), key, actor, pointer)


def find_objects(
    keys: Sequence[str], *, actor: Actor, object_type: ObjectType | None, pointer: str
) -> list[GovernedObject]:
    """The objects of these keys, of the type where one is given; each problem has its place.

    Without a type, a key that objects of several types have is a problem too.
    """
    rows = GovernedObject.objects.filter(key__in=keys)
    if object_type is not None:
        rows = rows.filter(object_type=object_type)
    found: dict[str, list[GovernedObject]] = {}
    for row in gate.narrow(actor, "view", rows.select_related("object_type")):
        found.setdefault(row.key, []).append(row)
    problems = [
        problem
        for place, key in enumerate(keys)
        for problem in _object_problems(key, found.get(key, []), f"{pointer}/{place}")
    ]
    if problems:
        raise Invalid(problems=problems)
    return [found[key][0] for key in dict.fromkeys(keys)]


def find_object(
    key: str, *, actor: Actor, object_type: ObjectType | None, pointer: str
) -> GovernedObject:
    """The object of this key, of the type if it has one so; else of any other type."""
    rows = gate.narrow(actor, "view", GovernedObject.objects.filter(key=key))
    found = list(rows.select_related("object_type"))
    same = [row for row in found if object_type is not None and row.object_type == object_type]
    if problems := _object_problems(key, same or found, pointer):
        raise Invalid(problems=problems)
    return (same or found)[0]


def find_object_by_id(pk: int, *, actor: Actor, pointer: str) -> GovernedObject:
    rows = gate.narrow(actor, "view", GovernedObject.objects.select_related("object_type"))
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Invalid(problems=[Problem(pointer, "unknownObject", f"There is no object {pk}.", pk)])
    return found


def find_relations(
    given: Mapping[str, Sequence[str]], *, actor: Actor, pointer: str = "/relations"
) -> dict[RelationType, list[GovernedObject]]:
    """Relation type -> targets, from keys."""
    rows = RelationType.objects.select_related("target_object_type")
    types = _by_key(rows, given, actor, pointer)
    return {
        types[key]: find_objects(
            keys,
            actor=actor,
            object_type=types[key].target_object_type,
            pointer=f"{pointer}/{escaped(key)}",
        )
        for key, keys in given.items()
    }


def find_user_relations(
    given: Mapping[str, Sequence[str]], *, actor: Actor, pointer: str = "/userRelations"
) -> dict[UserRelationType, list[User]]:
    """User relation type -> people, from keys and usernames."""
    types = _by_key(UserRelationType.objects.all(), given, actor, pointer)
    return {
        types[key]: list(find_users(names, actor=actor, pointer=f"{pointer}/{escaped(key)}"))
        for key, names in given.items()
    }


def _one(rows: QuerySet[M], key: str, actor: Actor, pointer: str) -> M:
    found = gate.narrow(actor, "view", rows).filter(key=key).first()
    if found is None:
        raise Invalid(problems=[_unknown(rows, key, _known(rows, actor), pointer)])
    return found


def _by_key(rows: QuerySet[M], keys: Iterable[str], actor: Actor, pointer: str) -> dict[str, M]:
    wanted = list(keys)
    found: dict[str, M] = {}
    for row in gate.narrow(actor, "view", rows).filter(key__in=wanted) if wanted else ():
        found[row.key] = row  # type: ignore[attr-defined]
    known = _known(rows, actor)
    problems = [
        _unknown(rows, key, known, f"{pointer}/{escaped(key)}")
        for key in wanted
        if key not in found
    ]
    if problems:
        raise Invalid(problems=problems)
    return found


def _known(rows: QuerySet[M], actor: Actor) -> QuerySet[M, str]:
    """The keys that the actor may be told of; read when the first hint is looked for."""
    return gate.narrow(actor, "view", rows).values_list("key", flat=True)[:MOST_KNOWN]


def _unknown(rows: QuerySet[M], key: str, known: Iterable[str], pointer: str) -> Problem:
    noun = rows.model._meta.verbose_name
    near = nearest(key, known)
    return Problem(pointer, "unknownKey", f"There is no {noun} {key[:120]!r}.", key[:120], near)


def _object_problems(key: str, found: Sequence[GovernedObject], pointer: str) -> list[Problem]:
    if not found:
        detail = f"There is no object {key[:120]!r}."
        return [Problem(pointer, "unknownObject", detail, key[:120])]
    if len(found) > 1:
        types = ", ".join(sorted(row.object_type.key for row in found))
        detail = f"Objects of several types have the key {key}: {types}."
        return [Problem(pointer, "ambiguousKey", detail, key)]
    return []
