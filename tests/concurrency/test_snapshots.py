"""Reading at one moment, and planning a package, beside somebody who writes: on connections of
their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from threading import Event
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from catalog.models import ObjectType
from catalog.packages import applying
from catalog.packages.locking import hold_schema
from journal.snapshots import snapshot
from tests.cast import make_cast
from tests.kitchen import NOTE, SYSTEM

pytestmark = pytest.mark.django_db(transaction=True)

PACKAGE = {
    "packageKey": "terms",
    "objectTypes": [{"key": "term", "name": "Business term"}],
    "attributeTypes": [{"key": "rank", "objectTypeKey": "term", "type": "integer"}],
}
SECONDS = 30
"""After so long something waits that should not; nothing is measured by it."""


def apart(act: Callable[[], object]) -> Future[object]:
    """Done on a connection of its own, in a thread."""

    def run() -> object:
        try:
            return act()
        finally:
            connection.close()

    pool = ThreadPoolExecutor(1)
    done = pool.submit(run)
    pool.shutdown(wait=False)
    wait([done], SECONDS)
    return done


@contextmanager
def writing() -> Iterator[None]:
    """Somebody else has written, holds the schema, and hasn't committed."""
    begun, may_end = Event(), Event()

    def write() -> None:
        with transaction.atomic():
            hold_schema()
            ObjectType.objects.create(key="underway", name="Under way")
            begun.set()
            may_end.wait(SECONDS)

    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(_closing, write)
        assert begun.wait(SECONDS)
        try:
            yield
        finally:
            may_end.set()
            done.result(SECONDS)


def _closing(act: Callable[[], None]) -> None:
    try:
        act()
    finally:
        connection.close()


def type_keys() -> set[str]:
    return set(ObjectType.objects.values_list("key", flat=True))


def test_what_is_read_is_of_one_moment_and_keeps_nobody_from_writing() -> None:
    with snapshot():
        before = type_keys()
        done = apart(lambda: ObjectType.objects.create(key="between", name="Between"))
        assert done.exception(SECONDS) is None
        assert type_keys() == before
    assert type_keys() == before | {"between"}
    ObjectType.objects.create(key="after", name="After")


def test_it_may_be_the_first_that_a_connection_does() -> None:
    def read() -> set[str]:
        with snapshot():
            return type_keys()

    ObjectType.objects.create(key="before", name="Before")
    assert apart(read).result(SECONDS) == {"before"}


def test_nothing_is_written_in_a_snapshot() -> None:
    with pytest.raises(DatabaseError), snapshot():
        ObjectType.objects.create(key="never", name="Never")
    ObjectType.objects.create(key="after", name="After")
    assert type_keys() == {"after"}


def test_a_package_is_planned_while_somebody_writes() -> None:
    make_cast()
    with writing():
        found = applying.plan(PACKAGE, actor=SYSTEM)
    assert [one.identity for one in found.changes] == ["term", "term/rank"]
    assert not found.problems
    assert "underway" in type_keys()


def test_somebody_writes_while_a_package_is_planned() -> None:
    """Between two of the plan's statements, whichever: its plan is of the moment when it began."""
    make_cast()
    asked: list[str] = []
    written: list[Future[object]] = []
    middle = 0

    def write() -> object:
        return applying.apply(PACKAGE, actor=SYSTEM)

    def between(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        asked.append(sql)
        if len(asked) == middle:
            written.append(apart(write))
        return execute(sql, *rest)

    with connection.execute_wrapper(between):
        first = applying.plan(PACKAGE, actor=SYSTEM)
        middle, asked[:] = len(asked) // 2, []
        second = applying.plan(PACKAGE, actor=SYSTEM)
    assert [one.exception(SECONDS) for one in written] == [None]
    assert second == first
    assert applying.plan(PACKAGE, actor=SYSTEM).changes == ()


def test_what_must_be_tried_is_planned_under_the_lock() -> None:
    make_cast()
    told = {
        **PACKAGE,
        "automations": [
            {
                "key": "rank_it",
                "trigger": {"event": "objectCreated", "objectTypeKey": "term"},
                "actions": [{**NOTE, "attributeKey": "rank", "value": "{{ 'no' }}"}],
            }
        ],
    }
    asked: list[str] = []

    def noted(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        asked.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(noted):
        found = applying.plan(told, actor=SYSTEM)
    assert [one.pointer for one in found.problems] == ["/automations/0/actions/0/value"]
    assert any(sql.startswith("INSERT") for sql in asked)
    assert type_keys() == set()
