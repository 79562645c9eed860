"""Criteria in Python, over a small record of one object. The SQL road answers the same, by test."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from operator import eq, ge, gt, le, lt
from typing import Any

from catalog.canonical import LARGEST_INTEGER, SMALLEST_INTEGER, is_empty, moment
from catalog.expressions import fold
from catalog.filters.shapes import NO_VALUE, Kind, Operator, Shape
from catalog.filters.tree import Criterion, RelationCriterion, Stream, Values

Changes = Mapping[str, tuple[Any, Any]]
"""What an event changed: attribute key -> (before, after)."""


@dataclass(frozen=True, slots=True)
class Record:
    """An object as criteria see it. `relations` holds (relation type key, target's key)."""

    object_type_key: str
    board_key: str
    state_key: str | None
    key: str
    name: str
    state_since: datetime
    created_at: datetime
    modified_at: datetime
    attributes: Mapping[str, Any] = field(default_factory=dict)
    relations: frozenset[tuple[str, str]] = frozenset()

    def column(self, key: str) -> str:
        """`@name` and the like, in the stored form of their kind."""
        match key:
            case "@name":
                return self.name
            case "@key":
                return self.key
            case "@stateSince":
                return moment(self.state_since)
            case "@createdAt":
                return moment(self.created_at)
        return moment(self.modified_at)


def matches(stream: Stream, record: Record, values: Values, changes: Changes | None) -> bool:
    """Whether all parts of the stream hold for the record (and, if there is one, the event)."""
    return (
        not stream.is_never
        and stream.object_type_key in (None, record.object_type_key)
        and stream.state_key in (None, record.state_key)
        and stream.board_key in (None, record.board_key)
        and all(_holds(one, record, values, changes) for one in stream.criteria)
        and all(_is_related(one, record, values) for one in stream.relations)
        and (
            not stream.groups
            or any(
                all(_holds(one, record, values, changes) for one in group)
                for group in stream.groups
            )
        )
    )


def _is_related(criterion: RelationCriterion, record: Record, values: Values) -> bool:
    kind = criterion.relation_type_key
    if criterion.target is None:
        found = any(type_key == kind for type_key, _ in record.relations)
    else:
        wanted = criterion.target.among(values).get(Shape(Kind.TEXT))
        found = (kind, wanted) in record.relations
    return found is criterion.exists


def _holds(criterion: Criterion, record: Record, values: Values, changes: Changes | None) -> bool:
    shape = _shape_for(criterion, record.object_type_key)
    if shape is None:
        return criterion.operator.holds_without_value
    if criterion.operator.is_about_change:
        return changed(criterion, shape, values, changes)
    stored = (
        record.column(criterion.key)
        if criterion.is_column
        else record.attributes.get(criterion.key)
    )
    if criterion.operand is None:
        return is_empty(stored) is (criterion.operator is Operator.IS_EMPTY)
    fitting = criterion.operand.among(values)
    if shape not in fitting:
        return criterion.operator.holds_without_value
    return compare(shape, criterion.operator, stored, fitting[shape])


def _shape_for(criterion: Criterion, object_type_key: str) -> Shape | None:
    for variant in criterion.variants:
        if variant.object_type_keys is None or object_type_key in variant.object_type_keys:
            return variant.shape
    return None


def changed(criterion: Criterion, shape: Shape, values: Values, changes: Changes | None) -> bool:
    """Whether the event changed the attribute as the criterion says."""
    if changes is None or criterion.key not in changes:
        return False
    if criterion.operand is None:
        return True
    fitting = criterion.operand.among(values)
    if shape not in fitting:
        return False
    before, after = changes[criterion.key]
    value = before if criterion.operator is Operator.CHANGED_FROM else after
    if fitting[shape] is NO_VALUE:
        return is_empty(value)
    return compare(shape, Operator.EQUALS, value, fitting[shape])


def compare(shape: Shape, operator: Operator, stored: object, wanted: Any) -> bool:
    """Whether a stored value stands to the wanted one as the operator says."""
    if operator is Operator.NOT_EQUALS:
        return not compare(shape, Operator.EQUALS, stored, wanted)
    if shape.is_list:
        return isinstance(stored, list) and _compare_list(shape, operator, stored, wanted)
    value = _comparable(shape.kind, stored)
    if value is None:
        return False
    if operator is Operator.IN:
        return any(value == _comparable(shape.kind, one) for one in wanted)
    return _COMPARISONS[operator](value, _comparable(shape.kind, wanted))


def _compare_list(shape: Shape, operator: Operator, stored: list[Any], wanted: Any) -> bool:
    if operator is Operator.EQUALS:
        # As JSON, where 1, 1.0 and true are three things.
        return json.dumps(stored) == json.dumps(wanted)
    items = [value for one in stored if (value := _comparable(shape.kind, one)) is not None]
    if operator is Operator.IN:
        return any(_comparable(shape.kind, one) in items for one in wanted)
    if shape.kind is Kind.TEXT:
        return fold(wanted) in map(fold, items)
    return _comparable(shape.kind, wanted) in items


_COMPARISONS: dict[Operator, Callable[[Any, Any], bool]] = {
    Operator.EQUALS: eq,
    Operator.GREATER_THAN: gt,
    Operator.GREATER_OR_EQUAL: ge,
    Operator.LESS_THAN: lt,
    Operator.LESS_OR_EQUAL: le,
    Operator.CONTAINS: lambda value, wanted: fold(wanted) in fold(value),
    Operator.STARTS_WITH: lambda value, wanted: value.startswith(wanted),
    Operator.ENDS_WITH: lambda value, wanted: value.endswith(wanted),
}

DECIMAL_FORM = re.compile(r"-?[0-9]{1,38}(?:\.[0-9]{1,38})?")
_DATE_FORM = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT_FORM = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")


def _comparable(kind: Kind, stored: object) -> Any:
    """The value for comparison, None where something of another kind or form is stored."""
    if kind is Kind.BOOLEAN:
        return stored if isinstance(stored, bool) else None
    if kind is Kind.INTEGER:
        is_whole = type(stored) is int and SMALLEST_INTEGER <= stored <= LARGEST_INTEGER
        return stored if is_whole else None
    if not isinstance(stored, str):
        return None
    if kind is Kind.DECIMAL:
        return Decimal(stored) if DECIMAL_FORM.fullmatch(stored) else None
    if kind is Kind.DATE:
        return stored if _DATE_FORM.fullmatch(stored) else None
    if kind is Kind.MOMENT:
        return stored if _MOMENT_FORM.fullmatch(stored) else None
    return stored
