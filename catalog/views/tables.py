"""A page of objects as the rows of a table, in a constant number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from accounts.actor import Actor
from catalog.models import AttributeType, GovernedObject, State, UserRelation
from catalog.views.values import HIDDEN, NOT_THERE, Names, Value, names_of, shown
from permissions.fields import hidden_attributes

MOST_FACES = 3


@dataclass(frozen=True, slots=True)
class Face:
    """A person who relates to an object, and how."""

    name: str
    username: str
    relation: str


@dataclass(frozen=True, slots=True)
class Row:
    """One object of a board."""

    id: int
    key: str
    name: str
    type_name: str
    state: State | None
    cells: list[Value]
    faces: list[Face]
    more_faces: int
    modified_at: datetime


@dataclass(frozen=True, slots=True)
class Table:
    """The rows, and the attributes whose values are their cells."""

    columns: list[AttributeType] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)


def table_of(
    objects: Sequence[GovernedObject], columns: Sequence[AttributeType], *, actor: Actor
) -> Table:
    """What this actor sees of these objects; an attribute hidden in all of them has no column."""
    hidden = hidden_attributes(actor, objects)
    kept = [
        one for one in columns if not objects or any(one.key not in hidden[o.pk] for o in objects)
    ]
    faces = _faces(objects)
    names = names_of(kept, [obj.attributes for obj in objects])
    rows = [_row(obj, kept, hidden[obj.pk], faces[obj.pk], names) for obj in objects]
    return Table(kept, rows)


def _row(
    obj: GovernedObject,
    columns: Sequence[AttributeType],
    hidden: frozenset[str],
    faces: Sequence[Face],
    names: Names,
) -> Row:
    return Row(
        id=obj.pk,
        key=obj.key,
        name=obj.name,
        type_name=obj.object_type.name,
        state=obj.state,
        cells=[_cell(obj, one, hidden, names) for one in columns],
        faces=list(faces[:MOST_FACES]),
        more_faces=max(len(faces) - MOST_FACES, 0),
        modified_at=obj.modified_at,
    )


def _cell(
    obj: GovernedObject, attribute: AttributeType, hidden: frozenset[str], names: Names
) -> Value:
    if attribute.key in hidden:
        return Value(HIDDEN)
    if attribute.object_type_id != obj.object_type_id:
        return Value(NOT_THERE)
    return shown(attribute, obj.attributes.get(attribute.key), names)


def _faces(objects: Iterable[GovernedObject]) -> dict[int, list[Face]]:
    held = UserRelation.objects.filter(object__in=[obj.pk for obj in objects])
    faces: dict[int, list[Face]] = defaultdict(list)
    for one in held.select_related("user", "type").order_by("type__name", "user__username"):
        person = one.user
        faces[one.object_id].append(Face(person.display_name, person.username, one.type.name))
    return faces
