"""What a list of objects may be narrowed and sorted by: the parameters of `objects/`.

A value is read as the attribute's type says and never as an expression. Where the viewer may not
see an attribute, the object neither meets a criterion on it nor has a place in an order by it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.db.models.lookups import Exact
from django.http import QueryDict
from drf_spectacular.utils import OpenApiParameter

from accounts.actor import Actor
from accounts.exceptions import Invalid, Problem
from accounts.http.pagination import Order, Pageable, Sorted
from accounts.http.resources import PAGE_PARAMETERS
from accounts.keys import nearest
from catalog.api.ordering import ByAttribute, RowsLast
from catalog.canonical import Unacceptable
from catalog.expressions import parse_value
from catalog.filters import NO_VALUES, Schema, present
from catalog.filters.shapes import Fitted, Kind, Operator, Shape, fitted
from catalog.filters.sql import Holds, of_type, to_q
from catalog.filters.tree import Criterion, Operand, Stream, Variant
from catalog.models import GovernedObject, ObjectType
from permissions.attribute_sight import ALWAYS, shows_attribute

ATTRIBUTE = "attribute."
MOST_CRITERIA = 20
MOST_SORTS = 3
PLAIN = ("objectTypeKey", "stateKey", "boardKey", "key", "q")
SORTED_BY = {
    "id": "pk",
    "key": "key",
    "name": "name",
    "stateSince": "state_since",
    "createdAt": "created_at",
    "modifiedAt": "modified_at",
}
INTEGER = re.compile(r"[+-]?[0-9]{1,20}\Z")
LOOKUPS = {"stateKey": "state__key", "boardKey": "board__key"}
NOTHING = Q(pk__in=[])
WITHOUT_VALUE = ("", "true")
"""What may stand behind an operator without value; with `false` one would mean its opposite."""
OPERATORS = tuple(one for one in Operator if not one.is_about_change)
ANSWERED_BY_INDEX = frozenset(
    {
        Operator.EQUALS,
        Operator.IN,
        Operator.STARTS_WITH,
        Operator.GREATER_THAN,
        Operator.GREATER_OR_EQUAL,
        Operator.LESS_THAN,
        Operator.LESS_OR_EQUAL,
    }
)
PARAMETERS = [
    OpenApiParameter("objectTypeKey", str, description="Objects of one type."),
    OpenApiParameter("stateKey", str, description="Objects in states of this key."),
    OpenApiParameter("boardKey", str, description="Objects on one board."),
    OpenApiParameter("key", str, description="Objects of exactly this key."),
    OpenApiParameter("q", str, description="Objects whose name or key contains this text."),
    OpenApiParameter(
        "sort",
        str,
        description=(
            "At most three of id, key, name, stateSince, createdAt, modifiedAt and attribute.KEY, "
            "parted by commas; each with a minus before it for the other direction. Beside these "
            "parameters there are attribute.KEY=VALUE and attribute.KEY__OPERATOR=VALUE, with "
            f"the operators {', '.join(OPERATORS)}. The items of lists are parted by commas."
        ),
    ),
]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for: a condition and an order."""

    condition: Q
    order: Pageable

    def narrow(self, rows: QuerySet[GovernedObject]) -> QuerySet[GovernedObject]:
        return rows.filter(self.condition)


def read(query: QueryDict, *, actor: Actor) -> Wanted:
    """Reads a list's parameters; every problem is told with the parameter's name as its place."""
    return _Reader(query, actor).read()


class _Reader:
    def __init__(self, query: QueryDict, actor: Actor) -> None:
        self.query, self.actor = query, actor
        self.problems: list[Problem] = []
        self.attributes = [name for name in query if name.startswith(ATTRIBUTE)]
        self.sorts = [one for one in query.get("sort", "").split(",") if one]
        self._schema: Schema | None = None

    @property
    def schema(self) -> Schema:
        """Read only where an attribute is named."""
        if self._schema is None:
            self._schema = present()
        return self._schema

    def read(self) -> Wanted:
        self._refuse_unknown()
        condition = self._columns()
        for name in self.attributes[:MOST_CRITERIA]:
            condition &= self._criterion(name)
        order = self._order()
        if self.problems:
            raise Invalid(problems=self.problems)
        return Wanted(condition, order)

    def _refuse_unknown(self) -> None:
        known = [*PLAIN, "sort", *PAGE_PARAMETERS]
        for name, values in self.query.lists():
            if name not in known and name not in self.attributes:
                detail = f"There is no parameter {name[:100]!r} here."
                self._wrong(name, "unknownParameter", detail, near=nearest(name, known))
            elif len(values) > 1:
                detail = f"The parameter {name[:100]!r} is given more than once."
                self._wrong(name, "repeatedParameter", detail)
        if len(self.attributes) > MOST_CRITERIA:
            detail = f"At most {MOST_CRITERIA} attributes may be asked for."
            self._wrong("attribute", "tooManyItems", detail)

    def _columns(self) -> Q:
        condition = self._object_type()
        for name, lookup in LOOKUPS.items():
            if name in self.query:
                condition &= Q(**{lookup: self.query[name]})
        if "key" in self.query:
            key = str(self.query["key"])
            # The index that keeps keys unique ignoring case answers the first. The second is no
            # equality: SQLite would put its value into the first, and read over all objects.
            condition &= Q(Exact(Lower("key"), key.lower())) & Q(key__range=(key, key))
        if self.query.get("q"):
            text = Shape(Kind.TEXT)
            words = self.query["q"][:200]
            holds: Any = [Holds(one, "", text, Operator.CONTAINS, words) for one in ("name", "key")]
            condition &= Q(holds[0]) | Q(holds[1])
        return condition

    def _object_type(self) -> Q:
        """By id: an index of the objects of one type is used where the query names just that."""
        type_key = self.query.get("objectTypeKey", self._implied_type())
        if type_key is None:
            return Q()
        found = ObjectType.objects.filter(key=type_key).values_list("pk", flat=True).first()
        if found is None:
            return NOTHING
        by_attribute = any(self.schema.is_filterable(key, type_key) for key in self._indexable())
        return of_type(found, by_attribute=by_attribute)

    def _implied_type(self) -> str | None:
        """The one type whose objects have an attribute that is asked for, where it has an index."""
        for name in self.attributes[:MOST_CRITERIA]:
            key, operator = taken_apart(name)
            types = self.schema.types_with(key) if operator in ANSWERED_BY_INDEX else []
            if len(types) == 1 and self.schema.is_filterable(key, types[0]):
                return types[0]
        return None

    def _indexable(self) -> Iterable[str]:
        """Keys of attributes whose index, if there is one, answers what is asked of them."""
        for name in self.attributes[:MOST_CRITERIA]:
            key, operator = taken_apart(name)
            if operator in ANSWERED_BY_INDEX:
                yield key
        for given in self.sorts:
            name = given.removeprefix("-")
            if name.startswith(ATTRIBUTE):
                yield name.removeprefix(ATTRIBUTE)

    # --- attributes ---

    def _criterion(self, name: str) -> Q:
        key, operator = taken_apart(name)
        known = self._variants(name, key)
        variants = [one for one in known if operator.fits(one.shape)]
        if not variants:
            if known:
                detail = f"{operator.value} can't be asked of {key}."
                self._wrong(name, "operatorDoesNotFit", detail)
            return Q()
        operand = self._operand(name, operator, [one.shape for one in variants])
        criterion = Criterion(key, operator, tuple(variants), operand)
        return to_q(Stream(criteria=(criterion,)), NO_VALUES) & shows_attribute(self.actor, key)

    def _variants(self, name: str, key: str) -> tuple[Variant, ...]:
        object_type_key = self.query.get("objectTypeKey")
        variants = self.schema.variants(key, object_type_key)
        stem, _, asked = key.rpartition("__")
        if not variants and self.schema.variants(stem, object_type_key):
            near = nearest(asked, OPERATORS)
            detail = f"One of these operators is expected: {', '.join(OPERATORS)}."
            self._wrong(name, "unknownOperator", detail, value=asked[:100], near=near)
        elif not variants:
            near = nearest(key, self.schema.attribute_keys(object_type_key))
            detail = f"There is no attribute {key[:100]!r} here."
            self._wrong(name, "unknownKey", detail, near=near)
        return variants

    def _operand(self, name: str, operator: Operator, shapes: Sequence[Shape]) -> Operand | None:
        text = str(self.query[name])
        if not operator.takes_value:
            if text not in WITHOUT_VALUE:
                detail = f"{operator.value} takes no value: leave it empty, or write true."
                self._wrong(name, "unexpectedValue", detail, value=text[:100])
            return None
        constant: dict[Shape, object] = {}
        refusals: list[Unacceptable] = []
        for shape in shapes:
            try:
                constant |= _fitted(shape, operator, text)
            except Unacceptable as wrong:
                refusals.append(wrong)
        if refusals and not constant:
            self._wrong(name, refusals[0].code, refusals[0].detail, value=text[:100])
        return Operand(f"/{name}", operator, tuple(shapes), parse_value(""), constant)

    # --- order ---

    def _order(self) -> Pageable:
        if len(self.sorts) > MOST_SORTS:
            self._wrong("sort", "tooManyItems", f"At most {MOST_SORTS} may be sorted by.")
        orders = [self._sorted_by(one) for one in self.sorts[:MOST_SORTS]]
        if len(orders) == 1 and isinstance(orders[0], ByAttribute):
            return RowsLast(orders[0])
        # By id as well: whoever sees several boards sees them by the index of boards, and sorts.
        return RowsLast(Sorted.by(*(_among_others(one) for one in orders if one is not None)))

    def _sorted_by(self, given: str) -> Order | ByAttribute | None:
        name, descending = given.removeprefix("-"), given.startswith("-")
        if name in SORTED_BY:
            return Order(SORTED_BY[name], is_descending=descending)
        key = name.removeprefix(ATTRIBUTE)
        if key == name:
            near = nearest(name, [*SORTED_BY, ATTRIBUTE])
            detail = f"Objects can't be sorted by {name[:100]!r}."
            self._wrong("sort", "unknownSort", detail, value=name[:100], near=near)
            return None
        return self._sorted_by_attribute(key, descending)

    def _sorted_by_attribute(self, key: str, descending: bool) -> ByAttribute | None:
        variants = self._variants("sort", key)
        if not variants:
            return None
        if len(variants) > 1 or variants[0].shape.is_list:
            detail = (
                f"Values of {key} can't be put in one order: they are lists, or differ by object "
                "type; name an objectTypeKey."
            )
            self._wrong("sort", "noOrder", detail, value=key)
            return None
        shown = shows_attribute(self.actor, key)
        everywhere = shown is ALWAYS
        return ByAttribute(key, variants[0].shape.kind, descending, None if everywhere else shown)

    # --- problems ---

    def _wrong(
        self, name: str, code: str, detail: str, *, value: Any = None, near: str | None = None
    ) -> None:
        self.problems.append(Problem(f"/{name[:120]}", code, detail, value, near))


def _among_others(order: Order | ByAttribute) -> Order:
    if isinstance(order, Order):
        return order
    return Order(
        # With the kind: values of a cursor mean nothing in a list where the attribute has another.
        f"attribute_{order.kind.value}_{order.key}",
        expression=order.expression,
        is_descending=order.is_descending,
        is_nullable=True,
    )


def taken_apart(name: str) -> tuple[str, Operator]:
    """An attribute's key and the operator behind it; a key may hold two underscores itself."""
    key, parted, operator = name.removeprefix(ATTRIBUTE).rpartition("__")
    if parted and operator in OPERATORS:
        return key, Operator(operator)
    return name.removeprefix(ATTRIBUTE), Operator.EQUALS


def _fitted(shape: Shape, operator: Operator, text: str) -> Fitted:
    takes_several = operator is Operator.IN or (
        shape.is_list and operator in (Operator.EQUALS, Operator.NOT_EQUALS)
    )
    values = text.split(",") if takes_several else [text]
    typed = list(_typed(shape.kind, values))
    return fitted([shape], operator, typed if takes_several else typed[0])


def _typed(kind: Kind, values: Iterable[str]) -> Iterable[object]:
    """Texts of an address as the values of a kind; what can't be one is left for `fitted`."""
    for text in values:
        if kind is Kind.INTEGER and INTEGER.match(text):
            yield int(text)
        elif kind is Kind.BOOLEAN and text in ("true", "false"):
            yield text == "true"
        else:
            yield text
