"""Reads conditions as clauses, in one query for however many assets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial, reduce
from operator import or_
from typing import Any, TypeAlias

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from accounts.remembering import remembered, remembered_each
from catalog.models import GovernedObject, UserRelation
from journal.prepared import Given, Question, QuestionOfSeveral
from permissions.models import Condition
from permissions.outcomes import Clause

OF_TYPE, OF_ATTRIBUTE, OF_TRANSITION = "object_type_id", "attribute_id", "transition_id"
ASSETS = (OF_TYPE, OF_ATTRIBUTE, OF_TRANSITION)
Asset: TypeAlias = tuple[str, int]
COLUMNS = (
    *ASSETS,
    "user_relation_type_id",
    "state_id",
    "is_visible",
    "is_editable",
    "user_relation_type__name",
    "never_matches",
)
RELATION_TYPE = COLUMNS.index("user_relation_type_id")
NONE: list[Clause] = []
NO_RELATIONS: frozenset[int] = frozenset()


def _on_given() -> QuerySet[Condition]:
    return Condition.objects.filter(
        Q(object_type=Given(OF_TYPE))
        | Q(attribute=Given(OF_ATTRIBUTE))
        | Q(transition=Given(OF_TRANSITION))
    )


ON_GIVEN: Question[tuple[Any, ...]] = Question(lambda: _on_given().values_list(*COLUMNS))
BEFORE: Question[tuple[Any, ...]] = Question(
    lambda: (
        _on_given()
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


def held_on(user: Any, objects: Any) -> QuerySet[UserRelation, tuple[int, int]]:
    """A person's relations to some objects, as pairs of an object and a type."""
    # A sum has no index: SQLite would read all that this person relates to, not a page.
    rows = UserRelation.objects.alias(person=F("user_id") + 0)
    return rows.filter(person=user, object__in=objects).values_list("object_id", "type_id")


HELD_ON: QuestionOfSeveral[tuple[int, int]] = QuestionOfSeveral(partial(held_on, Given("user")))


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
    wanted = [(OF_TYPE, pk) for pk in types]
    wanted += [(OF_ATTRIBUTE, pk) for pk in attributes]
    wanted += [(OF_TRANSITION, pk) for pk in transitions]
    if not wanted:
        return EMPTY
    found = remembered_each("clauses", wanted, _of_assets, NONE)
    return _bound((asset, clauses) for asset, clauses in found.items() if clauses)


def _of_assets(assets: Sequence[Asset]) -> Mapping[Asset, list[Clause]]:
    by_column = {column: [pk for name, pk in assets if name == column] for column in ASSETS}
    if all(len(ids) <= 1 for ids in by_column.values()):
        single = {name: next(iter(ids), None) for name, ids in by_column.items()}
        return _filed(ON_GIVEN.rows(**single))
    parts = [Q(**{f"{column}__in": ids}) for column, ids in by_column.items() if ids]
    return _filed(Condition.objects.filter(reduce(or_, parts)).values_list(*COLUMNS))


def read_of_types() -> ClauseBook:
    """The clauses on every object type: configuration, hence few."""
    return remembered("clauses of types", lambda: _book(Q(object_type_id__isnull=False)))


def read_of_types_that_hide() -> ClauseBook:
    """The clauses on the object types of which something can be hidden: mostly none at all."""
    return remembered("clauses that hide", _read_of_types_that_hide)


def _read_of_types_that_hide() -> ClauseBook:
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
        object_type_id=thing.object_type_id,
        attribute_id=attribute,
        transition_id=transition,
    )
    held = frozenset(row[RELATION_TYPE] for row in rows if row[-1])
    return _bound(_filed(row[:-1] for row in rows).items()), held


def relations_on(
    user_id: int, objects: Sequence[int], clauses: Iterable[Clause]
) -> dict[int, frozenset[int]]:
    """By object, the types of this person's relations to it; none where no clause names any."""
    if all(one.relation_type_id is None for one in clauses):
        return {}
    return remembered_each(
        ("relations", user_id), objects, partial(_relations_on, user_id), NO_RELATIONS
    )


def _relations_on(user_id: int, objects: Sequence[int]) -> dict[int, frozenset[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for object_id, type_id in HELD_ON.rows(objects, user=user_id):
        found[object_id].add(type_id)
    return {pk: frozenset(types) for pk, types in found.items()}


def _book(which: Q) -> ClauseBook:
    rows = Condition.objects.filter(which).values_list(*COLUMNS)
    return _bound(_filed(rows).items())


def _filed(rows: Iterable[tuple[Any, ...]]) -> Mapping[Asset, list[Clause]]:
    """The clauses by the asset that they stand on."""
    found: dict[Asset, list[Clause]] = defaultdict(list)
    for row in rows:
        ids, rest = row[: len(ASSETS)], row[len(ASSETS) :]
        found[next((name, pk) for name, pk in zip(ASSETS, ids, strict=True) if pk)].append(
            _clause(rest)
        )
    return found


def _bound(filed: Iterable[tuple[Asset, list[Clause]]]) -> ClauseBook:
    held: dict[str, dict[int, list[Clause]]] = {name: {} for name in ASSETS}
    for (name, pk), clauses in filed:
        held[name][pk] = clauses
    return ClauseBook(held[OF_TYPE], held[OF_ATTRIBUTE], held[OF_TRANSITION])


def _clause(columns: Sequence[Any]) -> Clause:
    relation_type, state, visible, editable, name, never_matches = columns
    return Clause(relation_type, state, visible, editable, name or "", never_matches)
