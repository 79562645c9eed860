"""Indexes on the attributes that are filterable, made and dropped while the house is open.

Which are wanted follows from the schema; which exist is asked of the database. `reconcile` makes
the one equal to the other, so whatever changed the schema, or lost an index, is made good. An index
holds one attribute of one object type, so it costs other types nothing; its name carries a digest
of its definition, so one that means something else by now is made anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from django.db import connection
from django.db.utils import OperationalError

from catalog.filters.dialects import DIALECTS
from catalog.filters.shapes import shape_of
from catalog.filters.sql import indexed
from catalog.models import AttributeType, GovernedObject
from journal.waking import wake

log = structlog.get_logger(__name__)

TASK = "catalog.index_attributes"
PREFIX = "filterable_"
_TABLE = GovernedObject._meta.db_table
_LOCK = 0x536C7569
"""The advisory lock of PostgreSQL under which one process at a time makes indexes."""


def index_soon() -> None:
    """After this transaction's commit the indexes are made equal to the schema."""
    wake(TASK)


def sweep() -> None:
    """Wakes the task where an index is missing or left over."""
    if set(wanted()) != existing():
        wake(TASK)


def wanted() -> dict[str, str]:
    """By name, what each index holds and of which objects, as SQL."""
    return dict(_index_on(one) for one in _filterable())


def existing() -> set[str]:
    """The names of our indexes that can be used."""
    return {name for name, is_valid in _found() if is_valid}


def reconcile() -> tuple[list[str], list[str]]:
    """Makes the indexes that are missing and drops those that are not wanted; answers their names.

    Makes none where another process is at it. Called outside of a transaction, PostgreSQL goes on
    writing meanwhile; SQLite has one writer, and the others wait their turn.
    """
    with _alone() as is_alone:
        if not is_alone:
            return [], []
        target, found = wanted(), dict(_found())
        gone = [name for name, is_valid in found.items() if name not in target or not is_valid]
        made = [name for name in target if not found.get(name, False)]
        if (made or gone) and connection.in_atomic_block:
            # Rows written in this transaction wait for their foreign keys to be checked; till then
            # PostgreSQL makes no index on their table.
            connection.check_constraints()
        for name in gone:
            _execute(f'DROP INDEX {_concurrently()} IF EXISTS "{name}"')
        for name in made:
            _execute(f'CREATE INDEX {_concurrently()} IF NOT EXISTS "{name}" ON {target[name]}')
        if made and connection.vendor == "postgresql":
            # Without this, nothing is known of the values, and the planner guesses.
            _execute(f'ANALYZE "{_TABLE}"')
        if made or gone:
            log.info("attributes_indexed", made=made, dropped=gone)
        return made, gone


def _filterable() -> Iterator[AttributeType]:
    """Attributes of one value each; a list has no place in an order."""
    rows = AttributeType.objects.filter(is_filterable=True).exclude(type="list")
    yield from rows.order_by("pk")


def _index_on(attribute: AttributeType) -> tuple[str, str]:
    dialect = DIALECTS[connection.vendor]
    kind = shape_of(attribute.type).kind
    value = dialect.scalar(kind, dialect.member("attributes", attribute.key))
    held, of_type = indexed(dialect, kind, value), attribute.object_type_id
    # The type leads although it is always the same: SQLite's planner would rather use the plain
    # index of a type, and sort, than one on whose first column it has a range or nothing.
    on = f'"{_TABLE}" (object_type_id, ({held}), id) WHERE object_type_id = {of_type}'
    digest = hashlib.sha256(on.encode()).hexdigest()[:8]
    return f"{PREFIX}{attribute.object_type_id}_{attribute.pk}_{digest}", on


def _found() -> list[tuple[str, bool]]:
    """Our indexes, and whether each can be used: one that was interrupted can't."""
    with connection.cursor() as cursor:
        cursor.execute(_FOUND[connection.vendor], [_TABLE])
        named = [(str(name), bool(is_valid)) for name, is_valid in cursor.fetchall()]
    return [one for one in named if one[0].startswith(PREFIX)]


_FOUND = {
    "postgresql": "SELECT c.relname, i.indisvalid FROM pg_index i "
    "JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid "
    "WHERE t.relname = %s AND pg_table_is_visible(t.oid)",
    "sqlite": "SELECT name, 1 FROM sqlite_master WHERE type = 'index' AND tbl_name = %s",
}


def _concurrently() -> str:
    """Beside writers, where the database can do that; it can't inside of a transaction."""
    can = connection.vendor == "postgresql" and not connection.in_atomic_block
    return "CONCURRENTLY" if can else ""


@contextmanager
def _alone() -> Iterator[bool]:
    """Whether no other process makes indexes now; SQLite lets one write at a time anyway."""
    if connection.vendor != "postgresql":
        yield True
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
        (is_held,) = cursor.fetchone()
    try:
        yield bool(is_held)
    finally:
        if is_held:
            _execute(f"SELECT pg_advisory_unlock({_LOCK})")


def _execute(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def try_to_reconcile() -> None:
    """For a task: what can't be done now, as under a lock that is held long, the next sweep tries
    again."""
    try:
        reconcile()
    except OperationalError as problem:
        log.warning("indexing_delayed", problem=str(problem))
