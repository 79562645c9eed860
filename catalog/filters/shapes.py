"""What a criterion compares: the shapes of stored values, the operators, and what fits together.

Pure. The two roads (`predicate`, `sql`) mean by every operator exactly what stands here:

- A value of another JSON type than its attribute's is not comparable: it equals nothing, comes
  neither before nor after anything, and is not empty.
- `notEquals` is the negation of `equals`: it holds where there is no value, too.
- `isEmpty`: missing, null, "" or []; `isNotEmpty` is its negation.
- `equals`, `in`, `startsWith`, `endsWith` and the order of texts go by code point. `contains`
  ignores case, by `catalog.expressions.text.fold`.
- On a list, `equals` compares the whole list, `contains` looks for one item (texts by fold), `in`
  holds if any item is among the given values.
- `changed`, `changedFrom` and `changedTo` hold for an event that changed the attribute; null after
  changedFrom and changedTo stands for an empty value. Without an event they never hold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from catalog import canonical
from catalog.canonical import Unacceptable

MOST_IN = 1_000


class Kind(StrEnum):
    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    DATE = "date"
    MOMENT = "datetime"


@dataclass(frozen=True, slots=True)
class Shape:
    """One value of a kind, or a list of them."""

    kind: Kind
    is_list: bool = False


class Operator(StrEnum):
    EQUALS = "equals"
    NOT_EQUALS = "notEquals"
    CONTAINS = "contains"
    STARTS_WITH = "startsWith"
    ENDS_WITH = "endsWith"
    GREATER_THAN = "greaterThan"
    GREATER_OR_EQUAL = "greaterOrEqual"
    LESS_THAN = "lessThan"
    LESS_OR_EQUAL = "lessOrEqual"
    IN = "in"
    IS_EMPTY = "isEmpty"
    IS_NOT_EMPTY = "isNotEmpty"
    CHANGED = "changed"
    CHANGED_FROM = "changedFrom"
    CHANGED_TO = "changedTo"

    @property
    def takes_value(self) -> bool:
        return self not in _WITHOUT_VALUE

    @property
    def is_about_change(self) -> bool:
        return self in _ABOUT_CHANGE

    @property
    def holds_without_value(self) -> bool:
        """Whether it holds for an object that doesn't have the attribute at all."""
        return self in (Operator.NOT_EQUALS, Operator.IS_EMPTY)

    def fits(self, shape: Shape) -> bool:
        if self in _ORDER:
            return not shape.is_list and shape.kind is not Kind.BOOLEAN
        if self in (Operator.STARTS_WITH, Operator.ENDS_WITH):
            return shape == Shape(Kind.TEXT)
        if self is Operator.CONTAINS:
            return shape.is_list or shape.kind is Kind.TEXT
        return True


_WITHOUT_VALUE = {Operator.IS_EMPTY, Operator.IS_NOT_EMPTY, Operator.CHANGED}
_ABOUT_CHANGE = {Operator.CHANGED, Operator.CHANGED_FROM, Operator.CHANGED_TO}
_ORDER = {
    Operator.GREATER_THAN,
    Operator.GREATER_OR_EQUAL,
    Operator.LESS_THAN,
    Operator.LESS_OR_EQUAL,
}
_WHOLE = {
    Operator.EQUALS,
    Operator.NOT_EQUALS,
    Operator.CHANGED_FROM,
    Operator.CHANGED_TO,
}

_KINDS = {
    "string": Kind.TEXT,
    "text": Kind.TEXT,
    "enum": Kind.TEXT,
    "user": Kind.TEXT,
    "url": Kind.TEXT,
    "integer": Kind.INTEGER,
    "decimal": Kind.DECIMAL,
    "boolean": Kind.BOOLEAN,
    "date": Kind.DATE,
    "datetime": Kind.MOMENT,
}
_FORMS: dict[Kind, Callable[[object], object]] = {
    Kind.TEXT: canonical.text,
    Kind.INTEGER: canonical.integer,
    Kind.DECIMAL: canonical.decimal,
    Kind.BOOLEAN: canonical.boolean,
    Kind.DATE: canonical.day,
    Kind.MOMENT: canonical.moment,
}


def shape_of(type: str, item_type: str = "") -> Shape:
    """The shape of an attribute's values, by the names that its type has in packages."""
    if type == "list":
        return Shape(_KINDS.get(item_type, Kind.TEXT), is_list=True)
    return Shape(_KINDS[type])


Fitted = Mapping[Shape, object]
"""What a criterion compares with, in stored form, for each shape that it fits.

Hashable: a tuple where the operator takes several values. A shape that is left out never matches.
"""

NO_VALUE = None
"""Stands for an empty value after changedFrom and changedTo."""


def fitted(shapes: Iterable[Shape], operator: Operator, value: object) -> Fitted:
    """The value for each shape that it fits. Raises `Unacceptable` where it fits none."""
    fitting: dict[Shape, object] = {}
    refusal: Unacceptable | None = None
    for shape in shapes:
        try:
            fitting[shape] = _fitted(shape, operator, value)
        except Unacceptable as wrong:
            refusal = refusal or wrong
    if refusal is not None and not fitting:
        raise refusal
    return fitting


def _fitted(shape: Shape, operator: Operator, value: object) -> object:
    form = _FORMS[shape.kind]
    if operator is Operator.IN:
        return tuple(form(item) for item in _items(value))
    if operator.is_about_change and value is None:
        return NO_VALUE
    if shape.is_list and operator in _WHOLE:
        return tuple(form(item) for item in _items(value))
    return form(value)


def _items(value: object) -> list[object]:
    if not isinstance(value, list | tuple):
        raise Unacceptable("wrongType", "A list of values is expected here.")
    if len(value) > MOST_IN:
        raise Unacceptable("tooManyItems", f"At most {MOST_IN:,} values are expected here.")
    return list(value)
