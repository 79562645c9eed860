"""A page of objects as the rows of a table, in a constant number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
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
    labelled: list[tuple[str, Value]]
    faces: list[Face]
    more_faces: int
    modified_at: datetime


@dataclass(frozen=True, slots=True)
class Table:
    """The rows, and the attributes whose values are their cells."""

    columns: list[AttributeType] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Sight:
    """What somebody sees of the attributes of a page of objects: by object, what is hidden."""

    seen: list[AttributeType]
    hidden: Mapping[int, frozenset[str]]


def sight_of(
    objects: Sequence[GovernedObject], attributes: Sequence[AttributeType], *, actor: Actor
) -> Sight:
    """An attribute that is hidden in all of the objects isn't seen at all."""
    hidden = hidden_attributes(actor, objects)
    seen = [one for one in attributes if any(one.key not in hidden[obj.pk] for obj in objects)]
    return Sight(seen, hidden)


def table_of(
    objects: Sequence[GovernedObject], columns: Sequence[AttributeType], sight: Sight
) -> Table:
    """The objects with these of the attributes that are seen."""
    faces = _faces(objects)
    names = names_of(columns, [obj.attributes for obj in objects])
    rows = [_row(obj, columns, sight.hidden[obj.pk], faces[obj.pk], names) for obj in objects]
    return Table(list(columns), rows)


def _row(
    obj: GovernedObject,
    columns: Sequence[AttributeType],
    hidden: frozenset[str],
    faces: Sequence[Face],
    names: Names,
) -> Row:
    cells = [_cell(obj, one, hidden, names) for one in columns]
    return Row(
        id=obj.pk,
        key=obj.key,
        name=obj.name,
        type_name=obj.object_type.name,
        state=obj.state,
        cells=cells,
        labelled=[(one.name, cell) for one, cell in zip(columns, cells, strict=True)],
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
