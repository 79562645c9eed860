"""Packages that depend on others: applied after them, never in a circle, never left without."""

from __future__ import annotations

import pytest

from accounts.exceptions import Invalid, Problem
from catalog.models import Package, UserRelationType
from catalog.packages.applying import apply, plan
from catalog.packages.exporting import export
from tests.catalog.packages.samples import Document
from tests.kitchen import SYSTEM

pytestmark = pytest.mark.django_db


def package(key: str, *needs: str, relation: str = "") -> Document:
    document: Document = {"packageKey": key, "dependsOn": list(needs)}
    if relation:
        document["userRelationTypes"] = [{"key": relation, "name": relation}]
    return document


def problems(document: Document) -> list[Problem]:
    found = list(plan(document, actor=SYSTEM).problems)
    if found:
        with pytest.raises(Invalid):
            apply(document, actor=SYSTEM)
    return found


def test_what_is_needed_must_have_been_applied() -> None:
    apply(package("people", relation="reader"), actor=SYSTEM)
    (problem,) = problems(package("shelf", "people", "poeple"))
    assert (problem.pointer, problem.code, problem.nearest) == (
        "/dependsOn/1",
        "unknownReference",
        "people",
    )
    assert not Package.objects.filter(key="shelf").exists()
    apply(package("shelf", "people"), actor=SYSTEM)
    assert export("shelf", actor=SYSTEM) == package("shelf", "people")
    assert not plan(package("shelf", "people"), actor=SYSTEM).changes


@pytest.mark.parametrize(
    ("applied", "given", "circle"),
    [
        ([], ("a", "a"), "a → a"),
        ([("a",), ("b", "a")], ("a", "b"), "a → b → a"),
        ([("a",), ("b", "a"), ("c", "b")], ("a", "c"), "a → c → b → a"),
        ([("a",), ("b", "a"), ("c", "b", "a")], ("a", "c"), "a → c → a"),
    ],
)
def test_a_circle_is_refused_with_its_path(
    applied: list[tuple[str, ...]], given: tuple[str, ...], circle: str
) -> None:
    for one in applied:
        apply(package(*one), actor=SYSTEM)
    (problem,) = problems(package(*given))
    assert (problem.pointer, problem.code) == ("/dependsOn/0", "cycle")
    assert problem.detail == f"Packages can't depend in a circle: {circle}."


def test_two_ways_to_one_package_are_no_circle() -> None:
    for one in (("a",), ("b", "a"), ("c", "a")):
        apply(package(*one), actor=SYSTEM)
    assert problems(package("d", "b", "c")) == []


def test_what_another_package_uses_can_not_leave_the_one_it_depends_on() -> None:
    apply(package("people", relation="reader"), actor=SYSTEM)
    shelf = {
        **package("shelf", "people"),
        "objectTypes": [{"key": "book"}],
        "conditions": [{"userRelationTypeKey": "reader", "editable": True}],
    }
    apply(shelf, actor=SYSTEM)
    (problem,) = problems(package("people"))
    assert (problem.pointer, problem.code, problem.value) == (
        "/userRelationTypes",
        "inUse",
        "reader",
    )
    assert "condition" in problem.detail
    assert UserRelationType.objects.filter(key="reader").exists()
    apply({**shelf, "conditions": []}, actor=SYSTEM)
    apply(package("people"), actor=SYSTEM)
    assert not UserRelationType.objects.filter(key="reader").exists()
