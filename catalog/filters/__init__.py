"""Filters of governed objects: one criteria tree, compiled to SQL and to a Python predicate.

    stream = parse_stream(raw, object_type_key=…)   # when saved: `Invalid` with every problem
    values = stream.values(context)                 # once an evaluation: what its expressions give
    apply(stream, queryset, values)                 # those of many objects, in the database
    matches(stream, record_of(obj), values, changes)  # one object, with what an event changed

What the operators mean stands in `shapes`; both roads answer the same, by test.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Q, QuerySet

from catalog.filters import parsing, predicate, sql
from catalog.filters.predicate import Changes, Record
from catalog.filters.present import present
from catalog.filters.records import record_of, records_of
from catalog.filters.schema import Attribute, Schema
from catalog.filters.tree import Stream, Values
from catalog.models import GovernedObject

NO_VALUES: Values = {}

__all__ = [
    "Attribute",
    "Changes",
    "Record",
    "Schema",
    "Stream",
    "Values",
    "apply",
    "matches",
    "parse_stream",
    "present",
    "record_of",
    "records_of",
    "to_q",
]


def parse_stream(
    raw: Mapping[str, object],
    schema: Schema | None = None,
    *,
    pointer: str = "",
    object_type_key: str | None = None,
    for_events: bool = True,
    allow_unknown_keys: bool = False,
) -> Stream:
    """The stream that JSON says, or `Invalid` with all that is wrong with it.

    Checked against the schema as it is now where none is given. `object_type_key` is that of the
    trigger, for a stream that names none; one of the two is needed, or `allowAllObjectTypes`.
    `for_events` says that `changed`, `changedFrom` and `changedTo` mean something here. With
    `allow_unknown_keys` a stream that names an unknown key is accepted, and matches nothing.
    """
    return parsing.parse_stream(
        raw,
        present() if schema is None else schema,
        pointer=pointer,
        object_type_key=object_type_key,
        for_events=for_events,
        allow_unknown_keys=allow_unknown_keys,
    )


def to_q(stream: Stream, values: Values = NO_VALUES, changes: Changes | None = None) -> Q:
    """The stream as a condition on governed objects; to be joined by and, or; never negated."""
    return sql.to_q(stream, values, changes)


def apply(
    stream: Stream,
    queryset: QuerySet[GovernedObject],
    values: Values = NO_VALUES,
    changes: Changes | None = None,
) -> QuerySet[GovernedObject]:
    """Those of the objects for which the stream holds; `changes` is what one event changed."""
    return queryset.filter(sql.to_q(stream, values, changes))


def matches(
    stream: Stream, record: Record, values: Values = NO_VALUES, changes: Changes | None = None
) -> bool:
    """Whether the stream holds for one object."""
    return predicate.matches(stream, record, values, changes)
