"""Relations and parents that name objects of later lines."""

from __future__ import annotations

import pytest

from catalog.models import (
    GovernedObject,
    Relation,
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
