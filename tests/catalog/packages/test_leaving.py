"""What left a package goes where nothing needs it, and else says what does."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from accounts.actor import Actor
from accounts.exceptions import Invalid, Problem
from accounts.models import User
from catalog.models import (
    GovernedObject,
    Lifecycle,
    ObjectType,
    RelationType,
    State,
    UserRelationType,
)
from catalog.packages.applying import apply, plan
from catalog.services import assigning, objects, relating
from tests.catalog.packages.samples import Document, kept, people, recipes
from workflows.lifecycle import service
from workflows.models import Workflow

EMPTY: Document = {"packageKey": "recipes"}


def refused(document: Document, system: Actor) -> list[Problem]:
    with pytest.raises(Invalid) as refusal:
        apply(document, actor=system)
    return refusal.value.problems


def soup(system: Actor) -> GovernedObject:
    return objects.create(ObjectType.objects.get(), actor=system, name="Soup")


def test_a_package_can_be_emptied(system: Actor) -> None:
    apply(recipes(), actor=system)
    done = apply(EMPTY, actor=system)
    assert {one.action for one in done.changes} == {"remove"}
    assert not ObjectType.objects.exists()
    assert not Lifecycle.objects.exists()
    assert not Workflow.objects.exists()
    assert not plan(EMPTY, actor=system).changes
    apply(recipes(), actor=system)
    assert Workflow.objects.exists()


def test_kept_entries_leave_without_a_trace(system: Actor) -> None:
    apply(kept(), actor=system)
    fewer = kept()
    del fewer["policyRules"]
    done = apply(fewer, actor=system)
    assert [(one.action, one.kind, one.key) for one in done.changes] == [
        ("remove", "policyRules", "admins_only")
    ]
    assert not plan(fewer, actor=system).changes


def test_a_state_in_which_objects_stand_stays(system: Actor) -> None:
    apply(recipes(), actor=system)
    service.move(soup(system), "submit_for_review", actor=system)
    without = recipes()
    del without["workflowStates"][0]
    del without["automations"]
    del without["workflowTransitionTriggers"]
    del without["conditions"][1]
    (problem,) = refused(without, system)
    assert (problem.pointer, problem.code) == ("/workflowStates", "inUse")
    assert problem.value == "cust_lifecycle/review"
    assert "1 object in this state" in problem.detail
    assert State.objects.filter(key="review").exists()
    GovernedObject.objects.all().delete()
    apply(without, actor=system)
    assert not State.objects.filter(key="review").exists()


def without_type(document: Document) -> None:
    document["objectTypes"] = []
    document["attributeTypes"] = []
    document["conditions"] = []
    document["automations"] = []
    document["relationTypes"] = []


def without_price(document: Document) -> None:
    del document["attributeTypes"][0]
    del document["conditions"][2]


def without_relation(document: Document) -> None:
    document["relationTypes"] = []


def without_owner(document: Document) -> None:
    del document["userRelationTypes"][0]
    del document["conditions"][0]
    del document["conditions"][1]
    document["automations"] = []


@pytest.mark.parametrize(
    ("leave", "pointer", "label"),
    [
        (without_type, "/objectTypes", "2 objects"),
        (without_price, "/attributeTypes", "1 object with a value"),
        (without_relation, "/relationTypes", "1 relation"),
        (without_owner, "/userRelationTypes", "1 relation of people"),
    ],
)
def test_what_objects_hold_stays(
    leave: Callable[[Document], None], pointer: str, label: str, system: Actor
) -> None:
    apply(recipes(), actor=system)
    first, second = soup(system), soup(system)
    objects.update(first, actor=system, attributes={"price": "2.50"})
    relating.relate(first, RelationType.objects.get(), second, actor=system)
    person = User.objects.create(username="ada")
    owner = UserRelationType.objects.get(key="core_business_owner")
    assigning.assign(first, owner, person, actor=system)
    document = recipes()
    leave(document)
    (problem,) = [one for one in refused(document, system) if one.pointer == pointer]
    assert problem.code == "inUse"
    assert label in problem.detail
    GovernedObject.objects.all().delete()
    assert not apply(document, actor=system).problems


def test_what_other_assets_name_stays(system: Actor) -> None:
    apply(people(), actor=system)
    document = recipes()
    del document["userRelationTypes"][1]
    apply(document, actor=system)
    (problem,) = refused({"packageKey": "people"}, system)
    assert (problem.pointer, problem.code) == ("/userRelationTypes", "inUse")
    assert problem.value == "core_steward"
    assert "condition" in problem.detail
    del document["conditions"][1]
    apply(document, actor=system)
    apply({"packageKey": "people"}, actor=system)
    assert not UserRelationType.objects.filter(key="core_steward").exists()


def test_a_template_that_a_workflow_sends_stays(system: Actor) -> None:
    document = recipes()
    texts = {"packageKey": "texts", "notificationTemplates": document.pop("notificationTemplates")}
    texts["applications"] = recipes()["applications"]
    apply(texts, actor=system)
    apply(document, actor=system)
    (problem,) = refused({**texts, "notificationTemplates": []}, system)
    assert problem.code == "inUse"
    assert "notify_owner_on_review" in problem.detail


def test_what_its_own_package_still_names_is_unknown(system: Actor) -> None:
    apply(recipes(), actor=system)
    document = recipes()
    del document["workflowStates"][2]
    found = refused(document, system)
    assert [(one.pointer, one.code) for one in found] == [
        ("/workflowTransitionTriggers/1/toStateKey", "unknownReference")
    ]


def test_changes_that_objects_would_not_fit_are_refused(system: Actor) -> None:
    apply(recipes(), actor=system)
    first = soup(system)
    objects.update(first, actor=system, attributes={"price": "2.50"})
    relating.relate(first, RelationType.objects.get(), soup(system), actor=system)
    document = recipes()
    document["workflows"].append({"key": "second"})
    for one in [*document["workflowStates"], *document["workflowTransitionTriggers"]]:
        one["workflowKey"] = "cust_lifecycle"
    document["attributeTypes"][0]["type"] = "string"
    document["attributeTypes"][1]["options"] = ["starter"]
    document["attributeTypes"][1]["default"] = "starter"
    document["objectTypes"].append({"key": "wine"})
    document["relationTypes"][0]["sourceObjectTypeKey"] = "wine"
    for one in document["conditions"][::2]:
        one["objectTypeKey"] = "cust_recipe"
    found = refused(document, system)
    assert [(one.pointer, one.code) for one in found] == [
        ("/attributeTypes/0/type", "inUse"),
        ("/attributeTypes/1/options", "inUse"),
        ("/relationTypes/0/sourceObjectTypeKey", "inUse"),
    ]
    other = recipes()
    other["objectTypes"][0]["workflowKey"] = None
    other["conditions"] = other["automations"] = []
    assert ("/objectTypes/0/workflowKey", "inUse") in [
        (one.pointer, one.code) for one in refused(other, system)
    ]
