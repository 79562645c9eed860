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
from datetime import datetime
from itertools import repeat
from typing import Any, Generic, TypeAlias, TypeVar

from django.db import DatabaseError, connection
from django.db.models import Expression, Model, QuerySet
from django.db.models.query import get_related_populators
from django.db.models.sql import InsertQuery, UpdateQuery
from django.db.transaction import TransactionManagementError

from journal.fsm import Guarded

M = TypeVar("M", bound=Model)
R = TypeVar("R")

Value: TypeAlias = int | str | datetime | None

MOST_SINGLE = 3
"""More new rows than these are cheaper by one large statement that is built for them."""
MOST_BOUND = 65_535
"""As many values a statement may have beside its text, by PostgreSQL's protocol."""


class Given(Expression):
    """Stands in a query for a value that comes with each asking."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return "%s", (self,)


class Several(Expression):
    """Stands behind `__in` for a list of values that comes with each asking."""

    def __init__(self, *names: str) -> None:
        super().__init__()
        self.places = [Given(name) for name in names]

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return f"({', '.join('%s' for _ in self.places)})", tuple(self.places)


@dataclass(frozen=True, slots=True)
class _Statement:
    """A query as text, and how its rows are read. Knows no connection: all threads share it."""

    sql: str
    parameters: Sequence[Any]
    locks: bool
    converters: Sequence[tuple[int, Sequence[Callable[..., Any]], Any]]
    built: Callable[[Sequence[Any]], Any]

    def rows(self, given: Mapping[str, Value]) -> list[Any]:
        if self.locks and not connection.in_atomic_block:
            raise TransactionManagementError("What is locked is locked in a transaction.")
        with _cursor(len(self.parameters)) as cursor:
            cursor.execute(self.sql, _filled(self.parameters, given))
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

    def rows(self, **given: Value) -> list[R]:
        statement = self._statements.get(connection.vendor)
        if statement is None:
            statement = self._statements[connection.vendor] = _statement(self._build())
        return statement.rows(given)

    def first(self, **given: Value) -> R | None:
        return next(iter(self.rows(**given)), None)


class QuestionOfSeveral(Generic[R]):
    """A question with one list of values of any length; `build` is given what stands for it."""

    def __init__(self, build: Callable[[Any], QuerySet[Any, R]]) -> None:
        self._build = build
        self._of_length: dict[int, Question[R]] = {}

    def rows(self, values: Sequence[int | str], **given: Value) -> list[R]:
        if not values:
            return []
        listed = _listed(values)
        question = self._of_length.get(len(listed))
        if question is None:
            question = Question(lambda: self._build(Several(*listed)))
            self._of_length[len(listed)] = question
        return question.rows(**given, **listed)


class Alteration:
    """An `update()` that is built at its first use; `build` tells the rows and their new values."""

    def __init__(self, build: Callable[[], tuple[QuerySet[Any], Mapping[str, object]]]) -> None:
        self._build = build
        self._built: dict[str, tuple[str, Sequence[Any]]] = {}

    def apply(self, **given: Value) -> int:
        """Changes the rows; answers how many there were."""
        if connection.vendor not in self._built:
            rows, values = self._build()
            query: Any = rows.query.chain(UpdateQuery)
            query.add_update_values(values)
            self._built[connection.vendor] = query.get_compiler(connection=connection).as_sql()
        sql, parameters = self._built[connection.vendor]
        with _cursor(len(parameters)) as cursor:
            cursor.execute(sql, _filled(parameters, given))
            return int(cursor.rowcount)


class AlterationOfSeveral:
    """An alteration with one list of values of any length; `build` is given what stands for it."""

    def __init__(self, build: Callable[[Any], tuple[QuerySet[Any], Mapping[str, object]]]) -> None:
        self._build = build
        self._of_length: dict[int, Alteration] = {}

    def apply(self, values: Sequence[int | str], **given: Value) -> int:
        if not values:
            return 0
        listed = _listed(values)
        alteration = self._of_length.get(len(listed))
        if alteration is None:
            alteration = Alteration(lambda: self._build(Several(*listed)))
            self._of_length[len(listed)] = alteration
        return alteration.apply(**given, **listed)


def _listed(values: Sequence[int | str]) -> dict[str, int | str]:
    """Values by the names of their places: as many as the next power of two, so that few statements
    serve lists of all lengths; the last value fills them up."""
    length = 1 << (len(values) - 1).bit_length()
    filled = [*values, *repeat(values[-1], length - len(values))]
    return {f"value_{place}": value for place, value in enumerate(filled)}


def _cursor(values: int) -> Any:
    """Django's cursor; on PostgreSQL one whose statements the server prepares, once a connection.

    Django's own there writes the values into the text, which the server plans anew each time, but
    of which there may be any number.
    """
    if connection.vendor != "postgresql" or values > MOST_BOUND:
        return connection.cursor()
    connection.ensure_connection()
    postgresql: Any = connection
    return postgresql._prepare_cursor(postgresql.Database.Cursor(postgresql.connection))


def _filled(parameters: Sequence[Any], given: Mapping[str, Value]) -> list[Any]:
    return [_sent(given[one.name]) if isinstance(one, Given) else one for one in parameters]


def _sent(value: Value) -> Any:
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return value


def insert(rows: Sequence[M]) -> None:
    """Writes new rows in their order and gives them their ids; sends no signals, as bulk_create."""
    if len(rows) > MOST_SINGLE:
        type(rows[0])._default_manager.bulk_create(rows, batch_size=1000)
        return
    for row in rows:
        _insertion_of(type(row)).write(row)


def update(row: Model, *names: str) -> None:
    """Writes these fields of a row that the caller has locked; sends no signals, as `update()`.

    Raises `DatabaseError` where there is no such row.
    """
    key = (connection.vendor, type(row), names)
    known = _updates.get(key)
    if known is None:
        known = _updates[key] = _update_of(type(row), names)
    sql, fields = known
    values = [one.get_db_prep_save(one.pre_save(row, False), connection) for one in fields]
    with _cursor(len(fields)) as cursor:
        cursor.execute(sql, [*values, row.pk])
        if cursor.rowcount != 1:
            raise DatabaseError(f"There is no {row._meta.verbose_name} {row.pk} to be saved.")
    if isinstance(row, Guarded):
        row._update_initial_state()


_updates: dict[tuple[str, type[Model], tuple[str, ...]], tuple[str, Sequence[Any]]] = {}


def _update_of(model: type[Model], names: Sequence[str]) -> tuple[str, Sequence[Any]]:
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    query: Any = model._base_manager.filter(pk=Given("pk")).order_by().query.chain(UpdateQuery)
    query.add_update_fields([(one, None, Given(one.attname)) for one in fields])
    sql, _ = query.get_compiler(connection=connection).as_sql()
    return sql, fields


@dataclass(frozen=True, slots=True)
class _Insertion:
    """How one row of a model is written; its id is the database's to give."""

    sql: str
    fields: Sequence[Any]
    key: str

    def write(self, row: Model) -> None:
        values = [one.get_db_prep_save(one.pre_save(row, True), connection) for one in self.fields]
        with _cursor(len(values)) as cursor:
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
