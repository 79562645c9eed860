"""An import that was interrupted goes on behind the last line it has done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from accounts.actor import Actor
from accounts.exceptions import Conflict
from catalog.importing import runs
from catalog.importing.report import Report
from catalog.importing.service import carry_on, import_objects, open_run
from catalog.models import Change, GovernedObject, Import, ImportLateLine, ObjectType, Relation
from journal.models import Event
from tests.catalog.importing.files import soup, written

pytestmark = pytest.mark.django_db(transaction=True)

Go = Callable[..., Report]


class Killed(BaseException):
    """Nothing in the import is prepared for it."""


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("catalog.importing.service.LINES", 2)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Seven lines: relations and parents forwards, one bad line, one bad target."""
    lines: list[Any] = [
        soup("a", relations={"requires": ["g"]}),
        soup("b", parentKey="f"),
        soup("c"),
        soup("d", stateKey="nowhere"),
        soup("e", relations={"requires": ["a", "d"]}),
        soup("f"),
        soup("g"),
    ]
    found = tmp_path / "lines.jsonl"
    found.write_bytes(b"\n".join(map(written, lines)) + b"\n")
    return found


@pytest.fixture
def go(recipe: ObjectType, path: Path) -> Go:
    def go(**options: Any) -> Report:
        return import_objects(path, actor=Actor.system(), object_type=recipe, **options)

    return go


def told() -> Counter[tuple[str, str]]:
    return Counter(Change.objects.values_list("object_key", "verb"))


def test_killed_at_every_statement_it_ends_as_if_it_had_not_been(go: Go, path: Path) -> None:
    writes = 0

    def count(execute: Any, sql: str, *rest: Any) -> Any:
        nonlocal writes
        writes += 1
        if writes == dies_at:
            raise Killed
        return execute(sql, *rest)

    dies_at = 0
    with connection.execute_wrapper(count):
        whole = go()
    expected = (told(), Counter(Event.objects.values_list("kind", flat=True)))
    total = writes
    assert (whole.created, len(whole.bad), whole.relations_added) == (6, 2, 2)
    for dies_at in range(total // 8, total, total // 8):
        for model in (Event, Change, Import, Relation):
            model._default_manager.all().delete()
        GovernedObject.objects.update(parent=None)
        GovernedObject.objects.all().delete()
        writes = 0
        with pytest.raises(Killed), connection.execute_wrapper(count):
            go()
        dies_at = 0
        report = go(resume=True)
        assert report == whole
        assert (told(), Counter(Event.objects.values_list("kind", flat=True))) == expected
        assert GovernedObject.objects.get(key="b").parent == GovernedObject.objects.get(key="f")
        assert not ImportLateLine.objects.exists()


def test_a_file_that_was_changed_begins_with_its_first_line(go: Go, path: Path) -> None:
    stop_after_first_batch(go)
    path.write_bytes(path.read_bytes() + b"\n")
    report = go(resume=True)
    assert (report.created, report.updated) == (4, 2)
    assert Import.objects.count() == 2


def test_one_that_was_taken_over_stops_and_doubles_nothing(
    go: Go, recipe: ObjectType, path: Path
) -> None:
    run = open_run(path, actor=Actor.system(), object_type=recipe)
    token = runs.take_over(run)
    other: list[Report] = []

    def take_over_once(done: int, lines: int) -> None:
        if not other:
            other.append(Report())
            other[0] = go(resume=True)

    with pytest.raises(Conflict, match="taken over"):
        carry_on(run, path, actor=Actor.system(), token=token, progress=take_over_once)
    assert other[0].created == 6
    assert max(told().values()) == 1
    assert Import.objects.get().status == Import.Status.DONE


def test_one_that_has_ended_is_not_resumed(go: Go) -> None:
    go()
    assert go(resume=True).unchanged == 6
    assert Import.objects.count() == 2


def stop_after_first_batch(go: Go) -> None:
    def stop(done: int, lines: int) -> None:
        raise Killed

    with pytest.raises(Killed):
        go(progress=stop)
