"""The schema as it is now, read from the database for checking filters."""

from __future__ import annotations

from typing import Any

from catalog.filters.schema import Attribute, Schema
from catalog.models import AttributeType, Board, ObjectType, RelationType, State, UserRelationType
from journal.prepared import Question

STATES: Question[tuple[Any, ...]] = Question(
    lambda: State.objects.order_by().values_list("lifecycle_id", "key")
)
TYPES: Question[tuple[Any, ...]] = Question(
    lambda: ObjectType.objects.order_by().values_list("pk", "key", "lifecycle_id")
)
ATTRIBUTES: Question[tuple[Any, ...]] = Question(
    lambda: AttributeType.objects.values_list(
        "object_type", "key", "type", "item_type", "options", "is_filterable"
    )
)
ENDS: Question[tuple[Any, ...]] = Question(
    lambda: RelationType.objects.order_by().values_list(
        "key", "source_object_type__key", "target_object_type__key"
    )
)
PEOPLE: Question[tuple[str]] = Question(
    lambda: UserRelationType.objects.order_by().values_list("key")
)
BOARDS: Question[tuple[str]] = Question(lambda: Board.objects.order_by().values_list("key"))


def present() -> Schema:
    """Everything that filters and expressions may name, in six queries."""
    attributes: dict[str, dict[str, Attribute]] = {}
    states: dict[str, frozenset[str]] = {}
    by_lifecycle: dict[int, set[str]] = {}
    for lifecycle_id, key in STATES.rows():
        by_lifecycle.setdefault(lifecycle_id, set()).add(key)
    key_of: dict[int, str] = {}
    for pk, key, lifecycle in TYPES.rows():
        key_of[pk] = key
        attributes[key] = {}
        states[key] = frozenset(by_lifecycle.get(lifecycle, ())) if lifecycle else frozenset()
    for owner, key, kind, item_type, options, is_filterable in ATTRIBUTES.rows():
        attributes[key_of[owner]][key] = Attribute.of(
            kind, item_type, options, is_filterable=is_filterable
        )
    return Schema(
        attributes=attributes,
        states=states,
        relation_types={key: (source, target) for key, source, target in ENDS.rows()},
        user_relation_types=frozenset(key for (key,) in PEOPLE.rows()),
        boards=frozenset(key for (key,) in BOARDS.rows()),
    )
