"""The schema as it is now, read from the database for checking filters."""

from __future__ import annotations

from catalog.filters.schema import Attribute, Ends, Schema
from catalog.models import AttributeType, Board, ObjectType, RelationType, State, UserRelationType


def present() -> Schema:
    """Everything that filters and expressions may name, in six queries."""
    attributes: dict[str, dict[str, Attribute]] = {}
    states: dict[str, frozenset[str]] = {}
    by_lifecycle: dict[int, set[str]] = {}
    for lifecycle_id, key in State.objects.values_list("lifecycle_id", "key"):
        by_lifecycle.setdefault(lifecycle_id, set()).add(key)
    key_of: dict[int, str] = {}
    for pk, key, lifecycle in ObjectType.objects.values_list("pk", "key", "lifecycle_id"):
        key_of[pk] = key
        attributes[key] = {}
        states[key] = frozenset(by_lifecycle.get(lifecycle, ())) if lifecycle else frozenset()
    for one in AttributeType.objects.all():
        attributes[key_of[one.object_type_id]][one.key] = Attribute.of(
            one.type, one.item_type, one.options
        )
    return Schema(
        attributes=attributes,
        states=states,
        relation_types=_ends(),
        user_relation_types=frozenset(UserRelationType.objects.values_list("key", flat=True)),
        boards=frozenset(Board.objects.values_list("key", flat=True)),
    )


def _ends() -> dict[str, Ends]:
    rows = RelationType.objects.values_list(
        "key", "source_object_type__key", "target_object_type__key"
    )
    return {key: (source, target) for key, source, target in rows}
