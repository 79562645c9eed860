"""Lists in the order of one attribute: objects without a value last, in either direction.

Read in two parts, those with a value and those without: each follows an index from the position
on, while one query over both would sort all objects first on one database or the other.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from django.apps import apps
from django.db.models import Case, F, Q, QuerySet, When

from accounts.http.pagination import Page, Position, Sorted, page_of, plain
from catalog.canonical import SMALLEST_INTEGER
from catalog.filters.shapes import Kind
from catalog.filters.sql import Lead, Stored
from journal.prepared import QuestionOfSeveral

VALUE, LEAD = "sort_value", "sort_lead"
LEAST: dict[Kind, Any] = {
    Kind.INTEGER: SMALLEST_INTEGER,
    Kind.DECIMAL: "-" + "9" * 39,
    Kind.BOOLEAN: False,
}
"""Nothing comes before it. Said instead of `IS NOT NULL`, which SQLite answers by reading over all
that have no value; no text comes before an empty one."""


@dataclass(frozen=True, slots=True)
class ByAttribute:
    """The order; `shown` says on which objects the reader sees the attribute, None: on all.

    Objects that hide it from the reader have no value.
    """

    key: str
    kind: Kind
    is_descending: bool = False
    shown: Q | None = None

    @property
    def prints(self) -> str:
        """Tells its cursors from those of other orders."""
        return f"{'-' if self.is_descending else ''}attribute.{self.key},{self.kind.value}"

    @property
    def expression(self) -> Any:
        """The value, where it is one of several that a list is sorted by."""
        return self._read(Stored)

    def page(self, rows: QuerySet[Any], position: Position | None, limit: int) -> Page:
        """The rows after (or before) the position, at most `limit`; two queries at most."""
        backward = position is not None and position.is_backward
        rows = rows.annotate(**{VALUE: self._read(Stored), LEAD: self._read(Lead)})
        found: list[Any] = []
        from_here = position
        for has_value in (False, True) if backward else (True, False):
            if from_here is not None and has_value is not (from_here.values[0] is not None):
                continue
            part = self._part(rows, has_value=has_value, backward=backward)
            if from_here is not None:
                part, from_here = part.filter(self._beyond(from_here)), None
            found += part[: limit + 1 - len(found)]
            if len(found) > limit:
                break
        return page_of(found, position, limit, _values_of)

    def _read(self, reading: type[Stored]) -> Any:
        stored: Any = reading(self.key, self.kind)
        if self.shown is None:
            return stored
        return Case(When(self.shown, then=stored), default=None)

    def _part(self, rows: QuerySet[Any], *, has_value: bool, backward: bool) -> QuerySet[Any]:
        descending = self.is_descending != backward
        columns = (LEAD, VALUE, "pk") if has_value and self.kind is Kind.TEXT else (VALUE, "pk")
        named = (F(one) for one in (columns if has_value else ("pk",)))
        ordered = (one.desc() if descending else one.asc() for one in named)
        if has_value:
            return rows.filter(**{f"{LEAD}__gte": LEAST.get(self.kind, "")}).order_by(*ordered)
        return rows.filter(**{f"{LEAD}__isnull": True}).order_by(*ordered)

    def _beyond(self, position: Position) -> Q:
        """What comes after the position in the direction read; where it includes its own row, that
        row too. The lead alone is compared first: an index begins reading there."""
        value, pk = position.values
        further = "lt" if self.is_descending != position.is_backward else "gt"
        own = f"{further}e" if position.includes else further
        if value is None:
            return Q(**{f"pk__{own}": pk})
        lead = Lead.of(value, self.kind)
        return Q(**{f"{LEAD}__{further}e": lead}) & (
            Q(**{f"{VALUE}__{further}": value}) | Q(**{VALUE: value, f"pk__{own}": pk})
        )


@dataclass(frozen=True, slots=True)
class RowsLast:
    """The same order, found by the columns alone that it needs; then the rows of one page are read.

    A sort or a filter that no index answers reads over all rows. With all their columns, and rows
    of other tables joined to each, that takes several times as long.
    """

    order: Sorted | ByAttribute

    @property
    def prints(self) -> str:
        return self.order.prints

    def page(self, rows: QuerySet[Any], position: Position | None, limit: int) -> Page:
        columns = [] if isinstance(self.order, ByAttribute) else self.order.plain_columns
        # django-fsm looks at the state of each row: without it, each would be read once more.
        narrow = rows.select_related(None).only("pk", "state", *columns)
        page = self.order.page(narrow, position, limit)
        # Without the conditions: they were true a moment ago, and might lead away from the ids.
        beside: Any = rows.query.select_related or ()
        whole = _whole(rows.model._meta.label, tuple(beside))
        found = {row.pk: row for row in whole.rows([row.pk for row in page.rows])}
        return replace(page, rows=[found[row.pk] for row in page.rows if row.pk in found])


@cache
def _whole(label: str, beside: tuple[str, ...]) -> QuestionOfSeveral[Any]:
    """Rows of the model of this label by their ids, with all columns and the rows `beside` them."""
    rows = apps.get_model(label)._default_manager.order_by()
    related = rows.select_related(*beside) if beside else rows
    return QuestionOfSeveral(lambda ids: related.filter(pk__in=ids))


def _values_of(row: Any) -> tuple[Any, ...]:
    return plain(getattr(row, VALUE)), row.pk
