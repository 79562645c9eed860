"""Reading much at one moment, and holding up nobody who writes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from django.db import connection, transaction


@contextmanager
def snapshot() -> Iterator[None]:
    """All that is read within is of one moment, whatever others write meanwhile; nothing may be
    written within. Inside of a transaction that has begun, it is that transaction's.

    On SQLite transactions begin as writers here, so that none fails in its middle; this one is the
    exception, and waits for no writer. On PostgreSQL each statement has a moment of its own unless
    it is asked for another.
    """
    if connection.in_atomic_block:
        yield
        return
    with ExitStack() as stack:
        if connection.vendor == "sqlite":
            stack.enter_context(_begun_as_reader())
        else:
            stack.enter_context(transaction.atomic())
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


@contextmanager
def _begun_as_reader() -> Iterator[None]:
    sqlite: Any = connection
    with ExitStack() as stack:
        _set_query_only("ON")
        stack.callback(_set_query_only, "OFF")  # after the transaction, which may be a broken one
        configured, sqlite.transaction_mode = sqlite.transaction_mode, "DEFERRED"
        try:
            stack.enter_context(transaction.atomic())
        finally:
            sqlite.transaction_mode = configured
        yield


def _set_query_only(value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA query_only = {value}")
