"""Lists a page at a time: `{"next", "previous", "results"}` with cursors that survive inserts.

A cursor holds the sort values of one row and a direction, signed. The page after it is found by
comparing with these values (and the primary key where they tie), so a row that is inserted or
deleted meanwhile neither repeats another nor hides it. Missing values come last in either order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import reduce
from typing import Any, Protocol

from django.core import signing
from django.db.models import F, Model, Q, QuerySet
from django.db.models.expressions import Combinable
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from accounts.exceptions import Invalid, Problem

DEFAULT_LIMIT = 50
MOST_LIMIT = 500
SALT = "accounts.http.cursor"


@dataclass(frozen=True, slots=True)
class Order:
    """One column of a sort: a field's name, or an expression under a name of its own."""

    name: str
    expression: Combinable | None = None
    is_descending: bool = False
    is_nullable: bool = False

    @property
    def column(self) -> str:
        return self.name if self.expression is None else f"sort_{self.name}"


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a list: after these values, or before them where it is read backward.

    `includes` counts a row of exactly these values in.
    """

    values: tuple[Any, ...]
    is_backward: bool = False
    includes: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """The rows of one page, and where its neighbours begin."""

    rows: list[Any]
    following: Position | None = None
    preceding: Position | None = None


class Pageable(Protocol):
    """What reads a list from a position on; `prints` tells its cursors from those of others."""

    @property
    def prints(self) -> str: ...

    def page(self, rows: Any, position: Position | None, limit: int) -> Page: ...


@dataclass(frozen=True, slots=True)
class AsGiven:
    """A short list in the order in which it comes; a place in it is the name of one of its rows."""

    prints: str
    name_of: Callable[[Any], str]

    def page(self, rows: Sequence[Any], position: Position | None, limit: int) -> Page:
        """A page; an empty one that leads back where the row at the position is gone."""
        return page_of(self._from(rows, position)[: limit + 1], position, limit, self._values_of)

    def _from(self, rows: Sequence[Any], position: Position | None) -> list[Any]:
        if position is None:
            return list(rows)
        names = [self.name_of(row) for row in rows]
        if position.values[0] not in names:
            return []
        at, more = names.index(position.values[0]), int(position.includes)
        return list(rows[: at + more][::-1] if position.is_backward else rows[at + 1 - more :])

    def _values_of(self, row: Any) -> tuple[str]:
        return (self.name_of(row),)


@dataclass(frozen=True, slots=True)
class Sorted:
    """A list in a total order: the given columns, then the primary key."""

    orders: tuple[Order, ...]
    prints: str

    @classmethod
    def by(cls, *orders: Order | str) -> Sorted:
        made = [one if isinstance(one, Order) else _order_named(one) for one in orders]
        if not any(one.name in ("pk", "id") for one in made):
            made.append(Order("pk", is_descending=bool(made) and made[-1].is_descending))
        prints = ",".join(("-" if one.is_descending else "") + one.name for one in made)
        return cls(tuple(made), prints)

    @property
    def plain_columns(self) -> list[str]:
        """The columns by which it sorts, without its expressions."""
        return [one.name for one in self.orders if one.expression is None]

    def page(self, rows: QuerySet[Any], position: Position | None, limit: int) -> Page:
        """The rows after (or before) the position, at most `limit`, in the order of the list."""
        backward = position is not None and position.is_backward
        found = list(self._from(rows, position, backward)[: limit + 1])
        return page_of(found, position, limit, self.values_of)

    def _from(
        self, rows: QuerySet[Any], position: Position | None, backward: bool
    ) -> QuerySet[Any]:
        added = {one.column: one.expression for one in self.orders if one.expression is not None}
        rows = rows.annotate(**added) if added else rows
        if position is not None:
            rows = rows.filter(self._beyond(position))
        return rows.order_by(*(_ordering(one, backward) for one in self.orders))

    def _beyond(self, position: Position) -> Q:
        """Rows that come after the values in the direction read: a lexicographic comparison."""
        beyond, equal = Q(pk__in=[]), Q()
        for order, value in zip(self.orders, position.values, strict=True):
            step = _step(order, value, position.is_backward)
            if step is not None:
                beyond |= equal & step
            equal &= _same(order, value)
        return beyond | equal if position.includes else beyond

    def values_of(self, row: Model) -> tuple[Any, ...]:
        return tuple(plain(_reached(row, one.column)) for one in self.orders)


def _reached(row: Model, column: str) -> Any:
    """The value of a column, also of a row that this one leads to (`object_type__key`)."""
    return reduce(getattr, column.split("__"), row)


def page_of(
    found: list[Any],
    position: Position | None,
    limit: int,
    values_of: Callable[[Any], tuple[Any, ...]],
) -> Page:
    """The page of what was read from a position on: one more than the limit where there is more."""
    backward = position is not None and position.is_backward
    more, rows = len(found) > limit, found[:limit]
    if backward:
        rows.reverse()
    if position is not None and not rows:
        return _empty(position)
    return Page(
        rows,
        following=Position(values_of(rows[-1])) if more or backward else None,
        preceding=(
            Position(values_of(rows[0]), is_backward=True)
            if (more if backward else position is not None)
            else None
        ),
    )


def _empty(position: Position) -> Page:
    """All rows on this side are gone: the other side is all there is."""
    back = Position(position.values, is_backward=not position.is_backward, includes=True)
    return Page([], following=back) if position.is_backward else Page([], preceding=back)


def _order_named(name: str) -> Order:
    return Order(name.removeprefix("-"), is_descending=name.startswith("-"))


def _ordering(order: Order, backward: bool) -> Any:
    column = F(order.column)
    descending = order.is_descending != backward
    if not order.is_nullable:
        return column.desc() if descending else column.asc()
    nulls = {"nulls_first": True} if backward else {"nulls_last": True}
    return column.desc(**nulls) if descending else column.asc(**nulls)


def _step(order: Order, value: Any, backward: bool) -> Q | None:
    """What comes strictly further in one column; None where nothing can."""
    missing = Q(**{f"{order.column}__isnull": True})
    if value is None:
        return ~missing if backward else None
    comparison = "lt" if order.is_descending != backward else "gt"
    further = Q(**{f"{order.column}__{comparison}": value})
    return further | missing if order.is_nullable and not backward else further


def _same(order: Order, value: Any) -> Q:
    if value is None:
        return Q(**{f"{order.column}__isnull": True})
    return Q(**{order.column: value})


def plain(value: Any) -> Any:
    """A sort value as a cursor holds it."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


class CursorPages(BasePagination):
    """Reads `?limit=` and `?cursor=`, and answers a page with the addresses of its neighbours."""

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        return self.page(queryset, request, Sorted.by("pk"))

    def page(self, rows: Any, request: Request, order: Pageable) -> list[Any]:
        self._url = request.build_absolute_uri()
        self._order = order
        position = read_cursor(request.query_params, order)
        self._page = order.page(rows, position, limit_of(request.query_params))
        return self._page.rows

    def get_paginated_response(self, data: Any) -> Response:
        return Response(
            {
                "next": self._address(self._page.following),
                "previous": self._address(self._page.preceding),
                "results": data,
            }
        )

    def _address(self, position: Position | None) -> str | None:
        if position is None:
            return None
        return str(replace_query_param(self._url, "cursor", cursor_of(position, self._order)))

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        address = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": address, "previous": address, "results": schema},
        }

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        words = [sign + word for word in getattr(view, "sorts", {}) for sign in ("", "-")]
        sort = _parameter("sort", "The order.", {"type": "string", "enum": words})
        return [
            *([sort] if words else []),
            _parameter(
                "limit",
                "How many at most.",
                {
                    "type": "integer",
                    "minimum": 1,
                    "maximum": MOST_LIMIT,
                    "default": DEFAULT_LIMIT,
                },
            ),
            _parameter("cursor", "From `next` or `previous`.", {"type": "string"}),
        ]


def _parameter(name: str, description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": description,
        "schema": schema,
    }


def limit_of(query: Mapping[str, str]) -> int:
    given = query.get("limit", str(DEFAULT_LIMIT))
    if given.isascii() and given.isdigit() and 1 <= int(given[:10]) <= MOST_LIMIT:
        return int(given)
    detail = f"A limit is a whole number from 1 to {MOST_LIMIT}."
    raise Invalid(problems=[Problem("/limit", "outOfRange", detail, given[:100])])


def cursor_of(position: Position, order: Pageable) -> str:
    """A place in a list as it stands in an address; `read_cursor` reads it."""
    held = [order.prints, list(position.values), position.is_backward, position.includes]
    return signing.dumps(held, salt=SALT, compress=True)


def read_cursor(query: Mapping[str, str], order: Pageable) -> Position | None:
    cursor = query.get("cursor")
    if cursor is None:
        return None
    try:
        prints, values, backward, includes = signing.loads(cursor, salt=SALT)
    except signing.BadSignature:
        raise _no_cursor() from None
    if prints != order.prints:
        raise _no_cursor()
    return Position(tuple(values), backward, includes)


def _no_cursor() -> Invalid:
    detail = "This is no cursor of this list. Begin again without one."
    return Invalid(problems=[Problem("/cursor", "badCursor", detail)])
