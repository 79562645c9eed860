"""Export gives back what was applied, key for key, and what has changed since."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings

from accounts.actor import Actor
from accounts.exceptions import Denied, NotFound
from catalog.models import Application, Lifecycle, Package, State, UserRelationType
from catalog.packages.applying import apply, plan
from catalog.packages.exporting import export
from catalog.packages.world import same
from journal.strict_json import loads
from tests.cast import Cast
from tests.catalog.packages.generated import packages
from tests.catalog.packages.samples import Document, kept, people, recipes
from workflows.authoring.services import publishing
from workflows.models import Transition, Workflow

REAL = os.environ.get("SLUICE_REAL_DATA", "")


@given(packages())
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_what_is_applied_comes_out_again(db: None, document: Document) -> None:
    system = Actor.system()
    with transaction.atomic():
        apply(document, actor=system)
        again = plan(document, actor=system)
        assert (again.changes, again.problems) == ((), ())
        out = export(document["packageKey"], actor=system)
        assert json.dumps(out) == json.dumps(document)
        everything = export(actor=system)
        assert same(everything, document)
        transaction.set_rollback(True)


@given(packages())
@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_the_shortest_form_means_the_same(db: None, document: Document) -> None:
    """Two roads, one answer: rows that nobody declared, written out and applied elsewhere."""
    system = Actor.system()
    with transaction.atomic():
        apply(document, actor=system)
        Package.objects.all().delete()
        out = export(actor=system)
        again = plan(out, actor=system)
        assert (again.changes, again.problems) == ((), ())
        transaction.set_rollback(True)


@pytest.mark.parametrize("sample", [recipes, people, kept])
def test_samples_come_out_as_they_are(sample: type, system: Actor) -> None:
    document = sample()
    apply(document, actor=system)
    assert json.dumps(export(document["packageKey"], actor=system)) == json.dumps(document)
    assert json.dumps(export(actor=system)) == json.dumps(document)


def test_what_has_changed_since_stands_in_its_own_field(system: Actor) -> None:
    apply(recipes(), actor=system)
    State.objects.filter(key="review").update(name="Under review", color="")
    Transition.objects.filter(key="submit_for_review").update(mode="all")
    Application.objects.filter(key="kitchen").update(name="Cuisine")
    expected = recipes()
    expected["workflowStates"][0]["name"] = "Under review"
    del expected["workflowStates"][0]["color"]
    expected["workflowTransitionTriggers"][0]["changeThresholdTypeKey"] = "all"
    expected["applications"][0]["name"] = "Cuisine"
    assert same(export("recipes", actor=system), expected)
    assert {one.action for one in plan(recipes(), actor=system).changes} == {"change"}


def test_an_unpublished_workflow_says_so(system: Actor) -> None:
    apply(recipes(), actor=system)
    publishing.unpublish(Workflow.objects.get(), actor=system)
    expected = recipes()
    expected["automations"][0]["published"] = False
    assert same(export("recipes", actor=system), expected)


def test_everything_has_what_no_package_declares(system: Actor) -> None:
    apply(recipes(), actor=system)
    UserRelationType.objects.create(key="loose", name="Loose")
    other = Lifecycle.objects.create(key="other", name="other")
    State.objects.create(lifecycle=other, key="only", name="Only", position=3)
    out = export(actor=system)
    assert out["packageKey"] == "recipes"
    assert {"key": "loose", "name": "Loose"} in out["userRelationTypes"]
    assert {"key": "other"} in out["workflows"]
    only = {"key": "only", "name": "Only", "workflowKey": "other", "position": 3}
    assert only in out["workflowStates"]
    # Nothing that there is only one of may be left out any more.
    assert all("workflowKey" in one for one in out["workflowStates"])
    again = plan(out, actor=system)
    assert (again.changes, again.problems) == ((), ())


def test_everything_of_several_packages_is_one_package(system: Actor) -> None:
    apply(recipes(), actor=system)
    apply(people(), actor=system)
    out = export(actor=system)
    assert out["packageKey"] == "account"
    keys = [one["key"] for one in out["userRelationTypes"]]
    assert sorted(keys) == ["core_business_owner", "core_reader", "core_steward"]
    again = plan(out, actor=system)
    assert (again.changes, again.problems) == ((), ())


def test_who_may_export(cast: Cast, system: Actor) -> None:
    apply(people(), actor=system)
    with pytest.raises(Denied):
        export("people", actor=cast.acting("owner"))
    assert export("people", actor=cast.acting("admin")) == people()
    with pytest.raises(NotFound, match="people"):
        export("peeple", actor=system)


@pytest.mark.skipif(not REAL, reason="SLUICE_REAL_DATA names no directory")
def test_the_published_package_of_a_real_community(system: Actor) -> None:
    document = loads((Path(REAL) / "pep-package.json").read_bytes())
    applied = apply(document, actor=system)
    assert {one.kind for one in applied.not_yet_active} == {
        "workflowTransitionTriggers",
        "automations",
    }
    again = plan(document, actor=system)
    assert (again.changes, again.problems) == ((), ())
    assert json.dumps(export("python_peps", actor=system)) == json.dumps(document)
