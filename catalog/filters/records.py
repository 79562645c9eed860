"""Records of governed objects, for the Python road."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import QuerySet

from catalog.filters.predicate import Record
from catalog.filters.tree import Stream
from catalog.models import GovernedObject, Relation

SELECTED = ("object_type", "board", "state")


def record_of(obj: GovernedObject, stream: Stream | None = None) -> Record:
    """The object as criteria see it. Relations are read only if the stream asks for some."""
    needs_relations = stream is None or bool(stream.relations)
    related = _relations([obj.pk]) if needs_relations else {}
    return _record(obj, related)


def records_of(
    objects: QuerySet[GovernedObject], stream: Stream | None = None
) -> list[tuple[GovernedObject, Record]]:
    """The same for many objects, in two queries."""
    rows = list(objects.select_related(*SELECTED))
    needs_relations = stream is None or bool(stream.relations)
    related = _relations([row.pk for row in rows]) if needs_relations else {}
    return [(row, _record(row, related)) for row in rows]


def _relations(ids: Iterable[int]) -> dict[int, frozenset[tuple[str, str]]]:
    found: dict[int, set[tuple[str, str]]] = {}
    rows = Relation.objects.filter(source__in=list(ids))
    for source, kind, target in rows.values_list("source_id", "type__key", "target__key"):
        found.setdefault(source, set()).add((kind, target))
    return {source: frozenset(pairs) for source, pairs in found.items()}


def _record(obj: GovernedObject, related: Mapping[int, frozenset[tuple[str, str]]]) -> Record:
    attributes: Any = obj.attributes
    return Record(
        object_type_key=obj.object_type.key,
        board_key=obj.board.key,
        state_key=obj.state.key if obj.state else None,
        key=obj.key,
        name=obj.name,
        state_since=obj.state_since,
        created_at=obj.created_at,
        modified_at=obj.modified_at,
        attributes=attributes if isinstance(attributes, Mapping) else {},
        relations=related.get(obj.pk, frozenset()),
    )
