"""Relations and parents that name objects of later lines."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import (
    GovernedObject,
    Relation,
    RelationType,
)
from tests.catalog.importing.files import Importer, codes, kinds, soup

pytestmark = pytest.mark.django_db


def test_a_relation_of_an_existing_object_to_a_line_of_a_later_batch(
    load: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("catalog.importing.service.LINES", 2)
    load(soup())
    report = load(
        soup(relations={"requires": ["z"]}, parentKey="z"),
        soup("x", relations={"requires": ["z"]}, parentKey="y"),
        soup("y"),
        soup("z"),
    )
    assert not report.bad
    assert (report.created, report.updated, report.unchanged) == (3, 1, 0)
    assert report.relations_added == 2
    parents = GovernedObject.objects.exclude(parent=None).values_list("key", "parent__key")
    assert set(parents) == {("soup", "z"), ("x", "y")}
    assert kinds() == {"objectCreated": 4, "relationAdded": 1, "objectMoved": 1}
    again = load(soup(relations={"requires": ["z"]}, parentKey="z"), soup("z"))
    assert (again.updated, again.unchanged) == (0, 2)


@pytest.mark.parametrize("lines", [1, 1000])
def test_a_circle_of_parents_is_refused(
    load: Importer, monkeypatch: pytest.MonkeyPatch, lines: int
) -> None:
    monkeypatch.setattr("catalog.importing.service.LINES", lines)
    report = load(soup("a", parentKey="b"), soup("b", parentKey="c"), soup("c", parentKey="a"))
    assert list(codes(report).values()) == [[("/parentKey", "cycle")]]
    assert GovernedObject.objects.exclude(parent=None).count() == 2
    report = load(soup("d", parentKey="d"), soup("e", parentKey="a"))
    assert codes(report) == {1: [("/parentKey", "cycle")]}


def test_a_target_whose_own_line_is_bad_is_left_out(load: Importer) -> None:
    report = load(
        soup(relations={"requires": ["bad"]}, parentKey="bad"), soup("bad", stateKey="none")
    )
    assert codes(report) == {
        1: [("/relations/requires", "unknownObject"), ("/parentKey", "unknownObject")],
        2: [("/stateKey", "unknownKey")],
    }
    assert GovernedObject.objects.get().key == "soup"
    assert not Relation.objects.exists()


def test_a_late_relation_that_the_database_refuses_does_not_cost_the_others_theirs(
    load: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("catalog.importing.service.LINES", 3)
    requires = RelationType.objects.get(key="requires")
    is_busy = False

    def somebody_else(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        """Relates a to z between our look and our write."""
        nonlocal is_busy
        if sql.startswith('INSERT INTO "catalog_relation"') and not is_busy:
            is_busy = True
            a, z = (GovernedObject.objects.get(key=key) for key in "az")
            Relation.objects.get_or_create(type=requires, source=a, target=z)
            is_busy = False
        return execute(sql, *rest)

    with connection.execute_wrapper(somebody_else):
        report = load(
            soup("a", relations={"requires": ["z"]}),
            soup("b", relations={"requires": ["z"]}),
            soup("c", relations={"requires": ["z"]}, parentKey="z"),
            soup("z"),
        )
    assert codes(report) == {1: [("", "conflict")]}
    assert (report.created, report.relations_added) == (4, 2)
    assert Relation.objects.filter(source__key__in="bc").count() == 2
    assert GovernedObject.objects.get(parent__key="z").key == "c"


def test_only_an_import_that_sets_parents_holds_the_tree(load: Importer) -> None:
    def holds(**more: Any) -> bool:
        with CaptureQueriesContext(connection) as queries:
            load(soup("a"), soup("b", **more))
        return any('FROM "accounts_account"' in one["sql"] for one in queries)

    assert not holds()
    assert holds(parentKey="a")
