"""What was said about an object, as its page shows it; and the comments that its moves want."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

from accounts.actor import SYSTEM, Actor
from catalog.models import Comment, CommentType, GovernedObject
from catalog.services import commenting
from workflows.models import Transition

MOST_THREADS = 30
MOST_ANSWERS = 500
LONG = 1500
MOST_FEATURE = 80


@dataclass(frozen=True, slots=True)
class Said:
    """A comment with what its reader may do to it; a long text is cut in two."""

    id: int
    who: str
    type_name: str
    transition: str
    start: str
    rest: str
    body: str
    at: datetime
    edited_at: datetime | None
    is_deleted: bool
    is_hidden: bool
    is_editable: bool
    is_removable: bool


@dataclass(frozen=True, slots=True)
class Thread:
    """A comment and its answers."""

    first: Said
    answers: list[Said] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Threads:
    """The newest threads, oldest first; `earlier` is where older ones go on."""

    threads: list[Thread]
    earlier: int | None


@dataclass(frozen=True, slots=True)
class TypeOffered:
    """A type to choose, with the features that its package gave it, as words."""

    key: str
    name: str
    features: list[tuple[str, str]]
    is_default: bool


@dataclass(frozen=True, slots=True)
class CategoryOffered:
    """The types of one category that may be chosen on an object."""

    key: str
    name: str
    is_visible: bool
    types: list[TypeOffered]


def threads_of(obj: GovernedObject, *, actor: Actor, before: int | None = None) -> Threads:
    """The threads of an object that this actor reads: the newest, or those before one."""
    rows = commenting.comments_of(obj, actor=actor)
    firsts = rows.filter(parent=None)
    if before is not None:
        firsts = firsts.filter(pk__lt=before)
    newest = list(firsts.order_by("-pk")[: MOST_THREADS + 1])
    shown = newest[:MOST_THREADS][::-1]
    below = {one.pk: one for one in shown}
    answers = list(rows.filter(parent__in=below)[:MOST_ANSWERS]) if below else []
    names = _transition_names(obj, [*shown, *answers])
    found = {one.pk: Thread(_said(one, names, actor)) for one in shown}
    for one in answers:
        found[one.parent_id or 0].answers.append(_said(one, names, actor))
    return Threads(list(found.values()), shown[0].pk if len(newest) > MOST_THREADS else None)


def _transition_names(obj: GovernedObject, rows: Sequence[Comment]) -> dict[str, str]:
    keys = {one.transition_key for one in rows if one.transition_key}
    if not keys:
        return {}
    found = Transition.objects.filter(lifecycle=obj.object_type.lifecycle_id, key__in=keys)
    return dict(found.order_by().values_list("key", "name"))


def _said(row: Comment, names: Mapping[str, str], actor: Actor) -> Said:
    is_own = commenting.is_editable(row, actor=actor)
    return Said(
        id=row.pk,
        who=_name(row),
        type_name=row.type.name if row.type else "",
        transition=names.get(row.transition_key, row.transition_key),
        start=row.body[:LONG],
        rest=row.body[LONG:],
        body=row.body,
        at=row.created_at,
        edited_at=row.edited_at,
        is_deleted=row.deleted_at is not None,
        is_hidden=row.type is not None and not row.type.category.is_visible,
        is_editable=is_own,
        is_removable=is_own or (actor.is_admin and row.deleted_at is None),
    )


def _name(row: Comment) -> str:
    if row.author is not None:
        return row.author.display_name
    return "System" if row.author_name == SYSTEM else row.author_name


def types_for(obj: GovernedObject, *, actor: Actor) -> list[CategoryOffered]:
    """The types that may be chosen on an object; the first category's default is chosen first."""
    offered = list(commenting.offered_types(obj, actor=actor))
    default = next((one.pk for one in offered if one.key == one.category.default_type_key), None)
    return [
        CategoryOffered(
            category.key,
            category.name,
            category.is_visible,
            [_offered(one, is_default=one.pk == default) for one in types],
        )
        for category, types in groupby(offered, key=lambda one: one.category)
    ]


def _offered(one: CommentType, *, is_default: bool) -> TypeOffered:
    features = [(name, _words(value)) for name, value in one.features.items()]
    return TypeOffered(one.key, one.name, features, is_default)


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = str(value)
    return text if len(text) <= MOST_FEATURE else f"{text[:MOST_FEATURE]}…"


def wanted_type_names(transitions: Sequence[Transition]) -> dict[str, str]:
    """By key, how the types that these transitions want are called."""
    keys = {one.required_comment_type_key for one in transitions if one.required_comment_type_key}
    if not keys:
        return {}
    rows = CommentType.objects.filter(key__in=keys).order_by("-category__key")
    return dict(rows.values_list("key", "name"))
