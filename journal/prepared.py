"""Statements that the ORM builds once and that are sent many times, with other values each time.

To build a statement takes the ORM several times as long as it takes a database to answer one by an
index. What is sent for every change of an object is therefore built at its first use and kept, as
text, with what turns its rows into models. The ORM stays the one source of columns, joins and
conversions, and every statement goes through Django's cursor: what counts or logs statements sees
it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.models import Expression, Model, QuerySet
from django.db.models.query import get_related_populators
from django.db.models.sql import InsertQuery
from django.db.transaction import TransactionManagementError

M = TypeVar("M", bound=Model)
R = TypeVar("R")

MOST_SINGLE = 3
"""More new rows than these are cheaper by one large statement that is built for them."""


class Given(Expression):
    """Stands in a query for a value that comes with each asking: a number, a text or None."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return "%s", (self,)


@dataclass(frozen=True, slots=True)
class _Statement:
    """A query as text, and how its rows are read. Knows no connection: all threads share it."""

    sql: str
    parameters: Sequence[Any]
    locks: bool
    converters: Sequence[tuple[int, Sequence[Callable[..., Any]], Any]]
    built: Callable[[Sequence[Any]], Any]

    def rows(self, given: Mapping[str, object]) -> list[Any]:
        if self.locks and not connection.in_atomic_block:
            raise TransactionManagementError("What is locked is locked in a transaction.")
        values: list[Any] = [
            given[one.name] if isinstance(one, Given) else one for one in self.parameters
        ]
        with connection.cursor() as cursor:
            cursor.execute(self.sql, values)
            found = cursor.fetchall()
        return [self.built(self._converted(row)) for row in found]

    def _converted(self, row: Sequence[Any]) -> Sequence[Any]:
        values = list(row)
        for place, converters, expression in self.converters:
            for convert in converters:
                values[place] = convert(values[place], expression, connection)
        return values


class Question(Generic[R]):
    """A query that is built at its first asking; `build` puts `Given` where values change.

    It answers models with what `select_related` names, or tuples for `values_list`.
    """

    def __init__(self, build: Callable[[], QuerySet[Any, R]]) -> None:
        self._build = build
        self._statements: dict[str, _Statement] = {}

    def rows(self, **given: int | str | None) -> list[R]:
        statement = self._statements.get(connection.vendor)
        if statement is None:
            statement = self._statements[connection.vendor] = _statement(self._build())
        return statement.rows(given)

    def first(self, **given: int | str | None) -> R | None:
        return next(iter(self.rows(**given)), None)


def insert(rows: Sequence[M]) -> None:
    """Writes new rows in their order and gives them their ids; sends no signals, as bulk_create."""
    if len(rows) > MOST_SINGLE:
        type(rows[0])._default_manager.bulk_create(rows, batch_size=1000)
        return
    for row in rows:
        _insertion_of(type(row)).write(row)


@dataclass(frozen=True, slots=True)
class _Insertion:
    """How one row of a model is written; its id is the database's to give."""

    sql: str
    fields: Sequence[Any]
    key: str

    def write(self, row: Model) -> None:
        values = [one.get_db_prep_save(one.pre_save(row, True), connection) for one in self.fields]
        with connection.cursor() as cursor:
            cursor.execute(self.sql, values)
            (pk,) = cursor.fetchone()
        setattr(row, self.key, pk)
        row._state.adding, row._state.db = False, connection.alias


_insertions: dict[tuple[str, type[Model]], _Insertion] = {}


def _insertion_of(model: type[Model]) -> _Insertion:
    known = _insertions.get((connection.vendor, model))
    if known is None:
        known = _insertions[connection.vendor, model] = _insertion(model)
    return known


def _insertion(model: type[Model]) -> _Insertion:
    meta = model._meta
    key: Any = meta.auto_field
    fields = [one for one in meta.local_concrete_fields if one is not key]
    query = InsertQuery(model)
    query.insert_values(fields, [model()], raw=True)
    compiler: Any = query.get_compiler(connection=connection)
    compiler.returning_fields = [key]
    ((sql, parameters),) = compiler.as_sql()
    if len(parameters) != len(fields):
        raise TypeError(f"{model.__name__} is not written by values alone.")
    return _Insertion(sql, fields, key.attname)


def _statement(rows: QuerySet[Any, Any]) -> _Statement:
    compiler: Any = rows.query.get_compiler(connection=connection)
    sql, parameters = compiler.as_sql()
    expressions = [selected[0] for selected in compiler.select]
    converters = compiler.get_converters(expressions)
    return _Statement(
        sql=sql,
        parameters=tuple(parameters),
        locks=bool(rows.query.select_for_update),
        converters=[(place, *pair) for place, pair in sorted(converters.items())],
        built=tuple if rows.query.has_select_fields else _model_of(compiler),
    )


def _model_of(compiler: Any) -> Callable[[Sequence[Any]], Any]:
    """As the ORM itself makes models of rows, see `django.db.models.query.ModelIterable`."""
    shape, alias = compiler.klass_info, connection.alias
    start, end = shape["select_fields"][0], shape["select_fields"][-1] + 1
    names = [selected[0].target.attname for selected in compiler.select[start:end]]
    populators_of: Any = get_related_populators
    populators = populators_of(shape, compiler.select, alias)

    def built(row: Sequence[Any]) -> Any:
        made = shape["model"].from_db(alias, names, row[start:end])
        for populator in populators:
            populator.populate(row, made)
        return made

    return built
