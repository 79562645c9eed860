"""Reads conditions as clauses, in one query for however many assets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Exists, OuterRef, Q

from catalog.models import GovernedObject, UserRelation
from journal.prepared import Given, Question
from permissions.models import Condition
from permissions.outcomes import Clause

COLUMNS = (
    "object_type_id",
    "attribute_id",
    "transition_id",
    "user_relation_type_id",
    "state_id",
    "is_visible",
    "is_editable",
    "user_relation_type__name",
    "never_matches",
)
RELATION_TYPE = COLUMNS.index("user_relation_type_id")
NONE: list[Clause] = []

BEFORE: Question[tuple[Any, ...]] = Question(
    lambda: (
        Condition.objects.filter(
            Q(object_type=Given("object_type"))
            | Q(attribute=Given("attribute"))
            | Q(transition=Given("transition"))
        )
        .annotate(
            is_held=Exists(
                UserRelation.objects.filter(
                    user=Given("user"), object=Given("object"), type=OuterRef("user_relation_type")
                )
            )
        )
        .values_list(*COLUMNS, "is_held")
    )
)


@dataclass(frozen=True, slots=True)
class ClauseBook:
    """Clauses by the id of the asset that they stand on."""

    types: Mapping[int, list[Clause]]
    attributes: Mapping[int, list[Clause]]
    transitions: Mapping[int, list[Clause]]

    @property
    def clauses(self) -> list[Clause]:
        """All of them, of whatever asset."""
        books = (self.types, self.attributes, self.transitions)
        return [one for book in books for held in book.values() for one in held]

    def of_type(self, pk: int) -> list[Clause]:
        return self.types.get(pk, NONE)

    def of_attribute(self, pk: int) -> list[Clause]:
        return self.attributes.get(pk, NONE)

    def of_transition(self, pk: int) -> list[Clause]:
        return self.transitions.get(pk, NONE)


EMPTY = ClauseBook({}, {}, {})


def read(
    *,
    types: Iterable[int] = (),
    attributes: Iterable[int] = (),
    transitions: Iterable[int] = (),
) -> ClauseBook:
    """The clauses on these assets."""
    asked = {
        "object_type_id": types,
        "attribute_id": attributes,
        "transition_id": transitions,
    }
    parts = [Q(**{f"{column}__in": ids}) for column, given in asked.items() if (ids := list(given))]
    return _book(reduce(or_, parts)) if parts else EMPTY


def read_of_types() -> ClauseBook:
    """The clauses on every object type: configuration, hence few."""
    return _book(Q(object_type_id__isnull=False))


def read_of_types_that_hide() -> ClauseBook:
    """The clauses on the object types of which something can be hidden: mostly none at all."""
    hiding = Condition.objects.filter(
        object_type_id__isnull=False, is_visible=False, is_editable=False
    )
    return _book(Q(object_type_id__in=hiding.values("object_type_id")))


def before(
    user_id: int,
    thing: GovernedObject,
    *,
    attribute: int | None = None,
    transition: int | None = None,
) -> tuple[ClauseBook, frozenset[int]]:
    """What `read` and `relations_on` answer for one object, in one statement."""
    rows = BEFORE.rows(
        user=user_id,
        object=thing.pk,
        object_type=thing.object_type_id,
        attribute=attribute,
        transition=transition,
    )
    held = frozenset(row[RELATION_TYPE] for row in rows if row[-1])
    return _filed(row[:-1] for row in rows), held


def relations_on(
    user_id: int, objects: Sequence[int], clauses: Iterable[Clause]
) -> dict[int, frozenset[int]]:
    """By object, the types of this person's relations to it, of those that a clause names."""
    wanted = {one.relation_type_id for one in clauses} - {None}
    if not wanted:
        return {}
    found: dict[int, set[int]] = defaultdict(set)
    held = UserRelation.objects.filter(user=user_id, object__in=objects, type__in=wanted)
    for object_id, type_id in held.values_list("object_id", "type_id"):
        found[object_id].add(type_id)
    return {pk: frozenset(types) for pk, types in found.items()}


def _book(which: Q) -> ClauseBook:
    return _filed(Condition.objects.filter(which).values_list(*COLUMNS))


def _filed(rows: Iterable[tuple[Any, ...]]) -> ClauseBook:
    by_type: dict[int, list[Clause]] = defaultdict(list)
    by_attribute: dict[int, list[Clause]] = defaultdict(list)
    by_transition: dict[int, list[Clause]] = defaultdict(list)
    for row in rows:
        object_type, attribute, transition, *rest = row
        clause = _clause(rest)
        if object_type is not None:
            by_type[object_type].append(clause)
        elif attribute is not None:
            by_attribute[attribute].append(clause)
        elif transition is not None:
            by_transition[transition].append(clause)
    return ClauseBook(by_type, by_attribute, by_transition)


def _clause(columns: list[Any]) -> Clause:
    relation_type, state, visible, editable, name, never_matches = columns
    return Clause(relation_type, state, visible, editable, name or "", never_matches)
