"""Older forms of entries: read as what they mean, told, and exported in the form of today."""

from __future__ import annotations

from typing import Any

import pytest

from catalog.packages.applying import apply, plan
from catalog.packages.exporting import export
from permissions.models import Condition
from tests.catalog.packages.samples import Document, recipes
from tests.kitchen import SYSTEM

pytestmark = pytest.mark.django_db
BOTH = ["core_steward", "core_business_owner"]


def older(keys: Any = None) -> Document:
    document = recipes()
    document["workflowTransitionTriggers"][0]["userRelationTypeKeys"] = (
        BOTH if keys is None else keys
    )
    return document


def condition(key: str, **more: str) -> dict[str, Any]:
    return {
        "transitionKey": "submit_for_review",
        **more,
        "userRelationTypeKey": key,
        "editable": True,
    }


def on_submit() -> set[str]:
    rows = Condition.objects.filter(transition__key="submit_for_review", is_editable=True)
    return {str(one.user_relation_type.key) for one in rows if one.user_relation_type}


def test_user_relation_types_of_a_transition_become_conditions_with_a_warning() -> None:
    planned = plan(older(), actor=SYSTEM)
    (warning,) = planned.warnings
    assert warning.pointer == "/workflowTransitionTriggers/0/userRelationTypeKeys"
    assert (warning.code, planned.problems) == ("olderForm", ())
    assert "2 conditions" in warning.detail
    done = apply(older(), actor=SYSTEM)
    assert done.warnings == planned.warnings
    assert on_submit() == set(BOTH)


def test_an_export_shows_the_conditions_and_applying_again_changes_nothing() -> None:
    apply(older(), actor=SYSTEM)
    expected = recipes()
    expected["conditions"] += [condition(key) for key in BOTH]
    assert export("recipes", actor=SYSTEM) == expected
    again = plan(older(), actor=SYSTEM)
    assert (again.changes, again.problems, len(again.warnings)) == ((), (), 1)
    newer = plan(expected, actor=SYSTEM)
    assert (newer.changes, newer.warnings) == ((), ())
    apply(older(), actor=SYSTEM)
    assert export("recipes", actor=SYSTEM) == expected


def test_one_that_stands_among_the_conditions_already_is_said_once() -> None:
    document = older()
    document["conditions"].append(condition("core_steward"))
    apply(document, actor=SYSTEM)
    assert on_submit() == set(BOTH)
    expected = recipes()
    expected["conditions"] += [condition(key) for key in BOTH]
    assert export("recipes", actor=SYSTEM) == expected


def test_a_key_that_leaves_the_older_form_takes_its_condition_along() -> None:
    apply(older(), actor=SYSTEM)
    done = apply(older(["core_steward"]), actor=SYSTEM)
    assert [(one.action, one.kind) for one in done.changes] == [("remove", "conditions")]
    assert on_submit() == {"core_steward"}


def test_no_key_is_no_condition() -> None:
    done = apply(older([]), actor=SYSTEM)
    assert "0 conditions" in done.warnings[0].detail
    assert on_submit() == set()


def test_within_a_lifecycle_the_condition_names_it_where_there_are_several() -> None:
    document = recipes()
    transitions = document.pop("workflowTransitionTriggers")
    transitions[0]["userRelationTypeKeys"] = ["core_steward"]
    document["workflows"][0]["transitions"] = transitions
    document["workflows"].append({"key": "second"})
    for entry in document["workflowStates"]:
        entry["workflowKey"] = "cust_lifecycle"
    document["conditions"] = []
    apply(document, actor=SYSTEM)
    assert on_submit() == {"core_steward"}
    exported = export("recipes", actor=SYSTEM)
    assert exported["conditions"] == [condition("core_steward", workflowKey="cust_lifecycle")]
    assert "userRelationTypeKeys" not in exported["workflows"][0]["transitions"][0]
    assert not plan(document, actor=SYSTEM).changes
    assert not plan(exported, actor=SYSTEM).changes


def test_an_unknown_one_is_told_at_its_place_and_kept_never_matching_where_asked_for() -> None:
    document = older(["core_stewart"])
    (problem,) = plan(document, actor=SYSTEM).problems
    assert problem.pointer == "/workflowTransitionTriggers/0/userRelationTypeKeys/0"
    assert (problem.code, problem.nearest) == ("unknownReference", "core_steward")
    apply(document, actor=SYSTEM, allow_unknown_keys=True)
    assert Condition.objects.filter(
        transition__key="submit_for_review", never_matches=True
    ).exists()
