"""The check of conditions: transitions for nobody, conditions that never match, twins."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from accounts import gate
from accounts.findings import Finding, finding_kinds
from catalog.models import Lifecycle, ObjectType, State
from permissions.models import Condition
from tests.cast import Cast
from tests.kitchen import Kitchen
from workflows.lifecycle.moves import Move
from workflows.models import Transition

pytestmark = pytest.mark.django_db


def found(key: str) -> list[tuple[str, str]]:
    return [(str(one.severity), one.place) for one in all_of(key)]


def all_of(key: str) -> Iterable[Finding]:
    return finding_kinds[key].find()


def on(kitchen: Kitchen, key: str, **more: Any) -> Condition:
    return Condition.objects.create(transition=kitchen.transitions[key], **more)


def test_a_transition_without_an_editable_condition_is_for_nobody(
    kitchen: Kitchen, cast: Cast
) -> None:
    assert found("transitionForNobody") == []
    on(kitchen, "submit", user_relation_type=kitchen.reviewer)
    (one,) = all_of("transitionForNobody")
    assert one.place == "lifecycle recipe_lifecycle, transition submit"
    assert (one.severity, one.detail) == (
        "warning",
        "None of its conditions says editable. So nobody but account admins makes it.",
    )
    assert one.url.endswith(f"/transition/{kitchen.transitions['submit'].pk}/change/")
    soup = kitchen.make()
    move = Move(soup, kitchen.transitions["submit"])
    assert not gate.who("transition", move).exists()
    assert gate.allows(cast.acting("admin"), "transition", move)
    on(kitchen, "submit", user_relation_type=kitchen.reviewer, is_editable=True)
    assert found("transitionForNobody") == []


def test_a_condition_that_holds_elsewhere_entitles_nobody(kitchen: Kitchen) -> None:
    review = kitchen.states["review"]
    on(kitchen, "submit", user_relation_type=kitchen.reviewer, state=review, is_editable=True)
    (one,) = all_of("transitionForNobody")
    assert "holds in draft" in one.detail
    assert found("conditionNeverMatches") == [
        ("warning", "condition on lifecycle recipe_lifecycle, transition submit")
    ]
    (never,) = all_of("conditionNeverMatches")
    assert never.detail == "It asks for the state review, and submit starts from draft."


def test_one_that_fits_is_no_finding(kitchen: Kitchen) -> None:
    draft = kitchen.states["draft"]
    on(kitchen, "submit", user_relation_type=kitchen.reviewer, state=draft, is_editable=True)
    Condition.objects.create(object_type=kitchen.recipe, state=draft, is_editable=True)
    Condition.objects.create(object_type=kitchen.recipe, is_editable=True)
    assert found("transitionForNobody") == found("conditionNeverMatches") == []


def test_a_vote_without_electors_is_an_error(kitchen: Kitchen) -> None:
    on(kitchen, "retire", never_matches=True)
    (one,) = all_of("transitionForNobody")
    assert (one.severity, one.detail) == (
        "error",
        "All of its conditions name keys that don't exist. So nobody may vote on it.",
    )


def test_without_conditions_it_is_for_those_who_may_edit(kitchen: Kitchen) -> None:
    review = kitchen.states["review"]
    Condition.objects.create(object_type=kitchen.recipe, state=review, is_editable=True)
    assert found("transitionForNobody") == [
        ("error", "lifecycle recipe_lifecycle, transition retire"),
        ("warning", "lifecycle recipe_lifecycle, transition submit"),
    ] or {place for _, place in found("transitionForNobody")} == {
        "lifecycle recipe_lifecycle, transition retire",
        "lifecycle recipe_lifecycle, transition submit",
    }
    on(kitchen, "submit", is_editable=True)
    assert found("transitionForNobody") == [
        ("error", "lifecycle recipe_lifecycle, transition retire")
    ]


def test_a_state_of_another_lifecycle_never_matches(kitchen: Kitchen) -> None:
    other = Lifecycle.objects.create(key="other", name="Other")
    elsewhere = State.objects.create(lifecycle=other, key="open", name="Open")
    Condition.objects.create(object_type=kitchen.recipe, state=elsewhere, is_editable=True)
    price = kitchen.recipe.attributes.get(key="price")
    Condition.objects.create(attribute=price, state=elsewhere, is_editable=True)
    loose = ObjectType.objects.create(key="loose", name="Loose")
    Condition.objects.create(object_type=loose, state=elsewhere)
    details = [one.detail for one in all_of("conditionNeverMatches")]
    lives = "objects of recipe live by recipe_lifecycle."
    assert details == [
        f"It asks for the state open of other, and {lives}",
        f"It asks for the state open of other, and {lives}",
        "It asks for the state open of other, and objects of loose have no lifecycle.",
    ]


def test_two_transitions_that_say_the_same(kitchen: Kitchen) -> None:
    assert found("twinTransitions") == []
    twin = Transition.objects.create(
        lifecycle=kitchen.lifecycle,
        key="submit_too",
        name="Too",
        from_state=kitchen.states["draft"],
        to_state=kitchen.states["review"],
    )
    (one,) = all_of("twinTransitions")
    assert one.detail == (
        "submit and submit_too lead from draft to review, and the same people may make them."
    )
    on(kitchen, "submit", user_relation_type=kitchen.reviewer, is_editable=True)
    assert found("twinTransitions") == []
    Condition.objects.create(transition=twin, user_relation_type=kitchen.reviewer, is_editable=True)
    assert len(found("twinTransitions")) == 1
    twin.mode = Transition.Mode.MAJORITY
    twin.save()
    (one,) = all_of("twinTransitions")
    assert "go around" in one.detail
