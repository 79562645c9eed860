"""Criteria in SQL. The Python road (`predicate`) answers the same, by test.

Conditions may be NULL, which counts as false: they are joined by AND and OR, and negated only
here, where NULL is taken care of.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, cast

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import (
    BigIntegerField,
    BooleanField,
    Exists,
    Expression,
    F,
    Field,
    OuterRef,
    Q,
    TextField,
)
from django.db.models.sql.compiler import SQLCompiler

from accounts.keys import FORM
from catalog.expressions import fold
from catalog.filters.dialects import DIALECTS, LEAD, Dialect, Params
from catalog.filters.functions import written
from catalog.filters.predicate import Changes, changed
from catalog.filters.shapes import Kind, Operator, Shape
from catalog.filters.tree import Criterion, RelationCriterion, Stream, Values, Variant
from catalog.models import ObjectType, Relation, State

Compiled = tuple[str, Params]

_NOTHING = Q(pk__in=[])
_EVERYTHING = ~_NOTHING

_TEXT_COLUMNS = {"@name": "name", "@key": "key"}
_MOMENT_COLUMNS = {
    "@stateSince": "state_since",
    "@createdAt": "created_at",
    "@modifiedAt": "modified_at",
}
_SIGNS = {
    Operator.EQUALS: "=",
    Operator.GREATER_THAN: ">",
    Operator.GREATER_OR_EQUAL: ">=",
    Operator.LESS_THAN: "<",
    Operator.LESS_OR_EQUAL: "<=",
}
_LOOKUPS = {
    Operator.EQUALS: "exact",
    Operator.GREATER_THAN: "gt",
    Operator.GREATER_OR_EQUAL: "gte",
    Operator.LESS_THAN: "lt",
    Operator.LESS_OR_EQUAL: "lte",
    Operator.IN: "in",
}


def to_q(stream: Stream, values: Values, changes: Changes | None = None) -> Q:
    """The whole stream as a condition on governed objects."""
    if stream.is_never:
        return _NOTHING
    conditions = Q()
    if stream.object_type_key is not None:
        # A subquery rather than an id kept since the parse: it is true of the schema as it is now.
        types = ObjectType.objects.filter(key=stream.object_type_key)
        conditions &= Q(object_type_id=types.values("pk")[:1])
    if stream.state_key is not None:
        conditions &= Q(state_id__in=State.objects.filter(key=stream.state_key).values("pk"))
    if stream.board_key is not None:
        conditions &= Q(board__key=stream.board_key)
    for criterion in stream.criteria:
        conditions &= _criterion(criterion, values, changes)
    for relation in stream.relations:
        conditions &= _relation(relation, values)
    if stream.groups:
        conditions &= _any(
            _all(_criterion(one, values, changes) for one in group) for group in stream.groups
        )
    return conditions


def _all(conditions: Iterable[Q]) -> Q:
    joined = Q()
    for condition in conditions:
        joined &= condition
    return joined


def _any(conditions: Iterable[Q]) -> Q:
    joined = Q()
    for condition in conditions:
        joined |= condition
    return joined


def _relation(criterion: RelationCriterion, values: Values) -> Q:
    found = Relation.objects.filter(source=OuterRef("pk"), type__key=criterion.relation_type_key)
    if criterion.target is not None:
        fitting = criterion.target.among(values)
        wanted = fitting.get(Shape(Kind.TEXT))
        if wanted is None:
            return _NOTHING if criterion.exists else _EVERYTHING
        found = found.filter(target__key=wanted)
    return Q(Exists(found)) if criterion.exists else Q(~Exists(found))


def _criterion(criterion: Criterion, values: Values, changes: Changes | None) -> Q:
    alternatives = [
        _of_types(variant, _leaf(criterion, variant.shape, values, changes))
        for variant in criterion.variants
    ]
    named = [one.object_type_keys for one in criterion.variants]
    if criterion.operator.holds_without_value and None not in named:
        known = frozenset[str]().union(*(one for one in named if one is not None))
        alternatives.append(~Q(object_type__key__in=sorted(known)))
    return _any(alternatives)


def _of_types(variant: Variant, condition: Q) -> Q:
    if variant.object_type_keys is None:
        return condition
    return Q(object_type__key__in=sorted(variant.object_type_keys)) & condition


def _leaf(criterion: Criterion, shape: Shape, values: Values, changes: Changes | None) -> Q:
    operator = criterion.operator
    if operator.is_about_change:
        return _EVERYTHING if changed(criterion, shape, values, changes) else _NOTHING
    wanted: Any = None
    if criterion.operand is not None:
        fitting = criterion.operand.among(values)
        if shape not in fitting:
            return _EVERYTHING if operator.holds_without_value else _NOTHING
        wanted = fitting[shape]
    if criterion.key in _MOMENT_COLUMNS:
        return _moment_column(_MOMENT_COLUMNS[criterion.key], operator, wanted)
    if criterion.key in _TEXT_COLUMNS:
        column = _TEXT_COLUMNS[criterion.key]
        return Q(cast(Any, Holds(column, "", shape, operator, wanted)))
    return Q(cast(Any, Holds("attributes", criterion.key, shape, operator, wanted)))


def _moment_column(column: str, operator: Operator, wanted: Any) -> Q:
    """Columns of moments have an index-friendly type of their own, and are never null."""
    if not operator.takes_value:
        return _EVERYTHING if operator is Operator.IS_NOT_EMPTY else _NOTHING
    if operator is Operator.NOT_EQUALS:
        return ~Q(**{column: wanted})
    return Q(**{f"{column}__{_LOOKUPS[operator]}": wanted})


class _Reading(Expression):
    """Something that is read out of one column of the object."""

    def __init__(self, column: str, output_field: Field[Any, Any]) -> None:
        super().__init__(output_field=output_field)
        self.source: Any = F(column)

    def get_source_expressions(self) -> list[Any]:
        return [self.source]

    def set_source_expressions(self, expressions: Sequence[Any]) -> None:
        (self.source,) = expressions


class Stored(_Reading):
    """An attribute's single value out of the JSON, NULL where it is missing or of another kind.

    Sorts as its kind does. The key stands in the SQL as a literal, so that an index on the same
    expression is used.
    """

    def __init__(self, key: str, kind: Kind) -> None:
        self.key, self.kind = _literal(key), kind
        super().__init__("attributes", _output_field(kind))

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Any:
        dialect = DIALECTS[connection.vendor]
        source, params = compiler.compile(self.source)
        return dialect.scalar(self.kind, dialect.member(source, self.key)), params


class Lead(Stored):
    """The same, of a text its first characters: what an index holds, and what leads the order."""

    @staticmethod
    def of(value: Any, kind: Kind) -> Any:
        """What it is of a value."""
        return value[:LEAD] if kind is Kind.TEXT else value

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Any:
        sql, params = super().as_sql(compiler, connection)
        return indexed(DIALECTS[connection.vendor], self.kind, sql), params


class OfType(_Reading):
    """Whether the object is of this type. The id stands in the SQL as a literal: an index on an
    attribute of one type is used only where the query says so in the same words.

    Where no such index answers the query, the words are others. SQLite would take one even so, for
    the type alone, and read the objects in the order of whatever it holds: eight times as slowly.
    """

    def __init__(self, object_type_id: int, *, by_attribute: bool) -> None:
        self.object_type_id = int(object_type_id)
        self.by_attribute = by_attribute
        super().__init__("object_type_id", BooleanField())

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Any:
        source, params = compiler.compile(self.source)
        wanted = f"{self.object_type_id}" if self.by_attribute else f"{self.object_type_id} + 0"
        return f"({source} = {wanted})", params


def of_type(object_type_id: int, *, by_attribute: bool) -> Q:
    """Objects of one type, as a condition that an index answers: one on an attribute, where one
    that is asked for has any, else one on the type."""
    return Q(cast(Any, OfType(object_type_id, by_attribute=by_attribute)))


def indexed(dialect: Dialect, kind: Kind, value: str) -> str:
    """What an index on a value holds: all of it, of a text the lead."""
    return dialect.lead(value) if kind is Kind.TEXT else value


class Holds(_Reading):
    """Whether what is stored under a key (in a text column where the key is empty) stands to the
    wanted value as the operator says."""

    def __init__(
        self, column: str, key: str, shape: Shape, operator: Operator, wanted: Any
    ) -> None:
        self.key = _literal(key) if key else ""
        self.shape, self.operator, self.wanted = shape, operator, wanted
        super().__init__(column, BooleanField())

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Any:
        source, _params = compiler.compile(self.source)
        writer = _Writer(DIALECTS[connection.vendor], source, self.key, self.shape)
        return writer.condition(self.operator, self.wanted)


def _literal(key: str) -> str:
    if not FORM.match(key):
        raise ValueError(f"{key!r} is no key, so it can't stand in SQL.")
    return key


def _output_field(kind: Kind) -> Field[Any, Any]:
    if kind is Kind.BOOLEAN:
        return BooleanField()
    return BigIntegerField() if kind is Kind.INTEGER else TextField()


class _Writer:
    """Writes the condition of one criterion in one dialect."""

    def __init__(self, dialect: Dialect, source: str, key: str, shape: Shape) -> None:
        self.dialect, self.shape = dialect, shape
        self.source, self.key = source, key

    def condition(self, operator: Operator, wanted: Any) -> Compiled:
        if operator is Operator.NOT_EQUALS:
            sql, params = self.condition(Operator.EQUALS, wanted)
            return f"(NOT COALESCE({sql}, {_FALSE}))", params
        if operator is Operator.IS_NOT_EMPTY:
            return f"(NOT {self._is_empty()})", []
        if operator is Operator.IS_EMPTY:
            return self._is_empty(), []
        if not self.shape.is_list:
            return self._scalar(self._value(), operator, wanted)
        return self._list(operator, wanted)

    def _is_empty(self) -> str:
        if not self.key:
            return f"({self.source} = '')"
        return f"({self.dialect.is_empty(self.dialect.member(self.source, self.key))})"

    def _value(self) -> str:
        if not self.key:
            return self.dialect.column(self.source)
        return self.dialect.scalar(self.shape.kind, self.dialect.member(self.source, self.key))

    def _scalar(self, value: str, operator: Operator, wanted: Any) -> Compiled:
        if self._is_led(operator, wanted):
            value = self.dialect.lead(value)
        match operator:
            case Operator.CONTAINS:
                sql, params = self._contains(value, wanted)
            case Operator.STARTS_WITH:
                sql, params = self._starts(value, wanted)
            case Operator.ENDS_WITH:
                sql, params = self.dialect.ends(value, wanted)
            case Operator.IN:
                sql, params = self._in(value, wanted)
            case _:
                place, param = self.dialect.parameter(self.shape.kind, wanted)
                sql, params = f"{value} {_SIGNS[operator]} {place}", [param]
        return f"({sql})", params

    def _is_led(self, operator: Operator, wanted: Any) -> bool:
        """Whether comparing the first characters, which an index holds, gives the same answer: it
        does for texts that are shorter than those."""
        if not self.key or self.shape.is_list or self.shape.kind is not Kind.TEXT:
            return False
        if operator is Operator.IN:
            return all(len(one) < LEAD for one in wanted)
        return operator in _SIGNS and len(wanted) < LEAD

    def _starts(self, value: str, wanted: str) -> Compiled:
        """Said twice: the range of texts that begin so is what an index answers."""
        sql, params = self.dialect.starts(value, wanted)
        beyond = after_all_with(wanted[: LEAD - 1])
        if not self.key or beyond is None:
            return sql, params
        lead = self.dialect.lead(value)
        between = f"{lead} >= %s AND {lead} < %s AND {sql}"
        return between, [wanted[: LEAD - 1], beyond, *params]

    def _contains(self, value: str, wanted: str) -> Compiled:
        position = self.dialect.position(self.dialect.folded(value))
        return f"{position} > 0", [fold(wanted)]

    def _in(self, value: str, wanted: tuple[Any, ...]) -> Compiled:
        if not wanted:
            return _FALSE, []
        pairs = [self.dialect.parameter(self.shape.kind, one) for one in wanted]
        places = ", ".join(place for place, _ in pairs)
        return f"{value} IN ({places})", [param for _, param in pairs]

    def _list(self, operator: Operator, wanted: Any) -> Compiled:
        place = self.dialect.member(self.source, self.key)
        if operator is Operator.EQUALS:
            return f"({self.dialect.whole_list(place)} = %s)", [written(wanted)]
        items, item = self.dialect.items(place)
        value = self.dialect.scalar(self.shape.kind, item)
        if operator is Operator.CONTAINS and self.shape.kind is Kind.TEXT:
            sql, params = f"{self.dialect.folded(value)} = %s", [fold(wanted)]
        else:
            one = Operator.EQUALS if operator is Operator.CONTAINS else operator
            sql, params = self._scalar(value, one, wanted)
        return _HAS_ITEM.format(items=items, condition=sql), params


def after_all_with(beginning: str) -> str | None:
    """The first text, by code point, behind all that begin so; None where there is none."""
    kept = beginning.rstrip(_LAST)
    if not kept:
        return None
    following = ord(kept[-1]) + 1
    # Surrogates are no characters of a text.
    return kept[:-1] + chr(0xE000 if following == 0xD800 else following)


_LAST = chr(0x10FFFF)
_FALSE = "(1 = 0)"
_HAS_ITEM = "EXISTS (SELECT 1 FROM {items} WHERE {condition})"
