"""Apply writes all or nothing, and nothing the second time."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection, models
from django.test.utils import CaptureQueriesContext

from accounts.actor import Actor
from accounts.exceptions import Denied, Invalid
from catalog.models import (
    GovernedObject,
    Lifecycle,
    ObjectType,
    Package,
    PackageEntry,
    State,
    UserRelationType,
)
from catalog.packages.applying import apply, plan
from catalog.packages.kinds import asset_kinds, in_order
from catalog.services import objects
from journal.models import Event
from permissions.models import Condition
from tests.cast import Cast
from tests.catalog.packages.samples import kept, people, recipes
from workflows.authoring.services import drafts, parts
from workflows.lifecycle import service
from workflows.models import Transition, Workflow


def test_a_package_becomes_rows(system: Actor) -> None:
    done = apply(recipes(), actor=system)
    assert not done.problems
    recipe = ObjectType.objects.get(key="cust_recipe")
    assert (recipe.name, recipe.application and recipe.application.key) == ("Recipe", "kitchen")
    assert recipe.lifecycle is not None
    assert [one.key for one in recipe.lifecycle.states.all()] == ["draft", "review", "approved"]
    assert recipe.lifecycle.initial_state == State.objects.get(key="draft")
    assert Transition.objects.get(key="submit_for_review").mode == "any"
    assert Condition.objects.count() == 3
    workflow = Workflow.objects.get(key="notify_owner_on_review")
    assert workflow.status == "publishedEnabled"
    assert workflow.is_owned_by_admins
    assert Package.objects.get().applied_by == "system"
    events = Event.objects.filter(kind="packageApplied")
    assert [one.payload["packageKey"] for one in events] == ["recipes"]


def test_applying_again_writes_nothing(system: Actor) -> None:
    apply(recipes(), actor=system)
    events = Event.objects.count()
    applied_at = Package.objects.get().applied_at
    with CaptureQueriesContext(
        connection,
    ) as queries:
        done = apply(recipes(), actor=system)
    assert not done.changes
    written = [
        one["sql"] for one in queries if one["sql"].startswith(("INSERT", "UPDATE", "DELETE"))
    ]
    assert not written
    assert Event.objects.count() == events
    assert Package.objects.get().applied_at == applied_at


def test_a_plan_tells_each_field_and_writes_nothing(system: Actor) -> None:
    planned = plan(recipes(), actor=system)
    assert {one.action for one in planned.changes} == {"create"}
    assert not Lifecycle.objects.exists()
    apply(recipes(), actor=system)
    changed = recipes()
    changed["workflowStates"][0] |= {"name": "Under review", "position": 7}
    changed["userRelationTypes"].append({"key": "core_reader"})
    changed["relationTypes"] = []
    told = plan(changed, actor=system).as_json()
    assert told["problems"] == []
    assert {(one["action"], one["kind"], one["key"]) for one in told["changes"]} == {
        ("create", "userRelationTypes", "core_reader"),
        ("change", "workflowStates", "review"),
        ("remove", "relationTypes", "served_with"),
    }
    change = next(one for one in told["changes"] if one["action"] == "change")
    assert change["identity"] == "cust_lifecycle/review"
    assert {one["field"]: (one["before"], one["after"]) for one in change["fields"]} == {
        "name": ("In Review", "Under review"),
        "position": (2, 7),
    }
    assert State.objects.get(key="review").name == "In Review"


def test_one_problem_keeps_everything_from_being_written(system: Actor) -> None:
    broken = recipes()
    broken["automations"][0]["actions"][0]["templateKey"] = "review_notifcation"
    with pytest.raises(Invalid) as refusal:
        apply(broken, actor=system)
    problem = refusal.value.problems[0]
    assert problem.pointer == "/automations/0/actions/0/templateKey"
    assert problem.nearest == "review_notification"
    assert not ObjectType.objects.exists()
    assert not Package.objects.exists()
    assert not Workflow.objects.exists()
    apply(recipes(), actor=system)
    assert ObjectType.objects.exists()


def test_only_admins_and_the_system_configure(cast: Cast) -> None:
    with pytest.raises(Denied):
        apply(people(), actor=cast.acting("owner"))
    with pytest.raises(Denied):
        plan(people(), actor=cast.acting("viewer"))
    apply(people(), actor=cast.acting("admin"))
    assert Package.objects.get().applied_by == "admin"


def test_reapplying_leaves_the_states_of_objects_alone(system: Actor) -> None:
    apply(recipes(), actor=system)
    soup = objects.create(ObjectType.objects.get(), actor=system, name="Soup")
    service.move(soup, "submit_for_review", actor=system)
    changed = recipes()
    changed["workflows"][0]["initStateKey"] = "approved"
    changed["workflowStates"].append({"key": "archived", "position": 0})
    apply(changed, actor=system)
    state = GovernedObject.objects.get().state
    assert state is not None
    assert state.key == "review"
    first = Lifecycle.objects.get().initial_state
    assert first is not None
    assert first.key == "approved"


def test_transitions_may_stand_in_each_of_their_lists(system: Actor) -> None:
    document = recipes()
    triggers = document.pop("workflowTransitionTriggers")
    document["workflowTransitions"] = [triggers[0]]
    document["workflows"][0]["transitions"] = [triggers[1]]
    apply(document, actor=system)
    assert set(Transition.objects.values_list("key", flat=True)) == {"submit_for_review", "approve"}
    assert not plan(document, actor=system).changes
    assert not plan(recipes(), actor=system).changes


def test_what_has_no_effect_yet_is_kept_and_told(system: Actor) -> None:
    done = apply(kept(), actor=system)
    assert [one.pointer for one in done.not_yet_active] == [
        one.pointer for one in plan(kept(), actor=system).not_yet_active
    ]
    assert {one.kind for one in done.not_yet_active} == {
        "policyRules",
        "categories",
        "sources",
        "workflowTransitionTriggers",
    }
    assert not plan(kept(), actor=system).changes
    assert Transition.objects.get().required_comment_type_key == "reason"


def test_a_schedule_is_published_and_told_not_to_fire(system: Actor) -> None:
    document = recipes()
    document["automations"][0]["trigger"] = {"schedule": "daily", "time": "06:00"}
    done = apply(document, actor=system)
    assert [one.pointer for one in done.not_yet_active] == ["/automations/0"]
    assert Workflow.objects.get().status == "publishedEnabled"


def test_a_workflow_can_come_unpublished_and_be_published_later(system: Actor) -> None:
    document = recipes()
    document["automations"][0]["published"] = False
    apply(document, actor=system)
    assert Workflow.objects.get().status == "notPublished"
    assert not plan(document, actor=system).changes
    apply(recipes(), actor=system)
    assert Workflow.objects.get().status == "publishedEnabled"
    assert not plan(recipes(), actor=system).changes
    apply(document, actor=system)
    assert Workflow.objects.get().status == "notPublished"
    assert not plan(document, actor=system).changes


def test_unknown_keys_can_be_kept_as_never_matching(system: Actor) -> None:
    document = recipes()
    document["conditions"][0]["userRelationTypeKey"] = "core_busines_owner"
    with pytest.raises(Invalid) as refusal:
        apply(document, actor=system)
    assert [(one.pointer, one.code, one.nearest) for one in refusal.value.problems] == [
        ("/conditions/0/userRelationTypeKey", "unknownReference", "core_business_owner")
    ]
    done = apply(document, actor=system, allow_unknown_keys=True)
    assert [one.pointer for one in done.not_yet_active] == ["/conditions/0"]
    assert Condition.objects.filter(never_matches=False).count() == 2
    assert not plan(document, actor=system, allow_unknown_keys=True).changes
    document["userRelationTypes"].append({"key": "core_busines_owner"})
    mended = plan(document, actor=system)
    assert [(one.action, one.kind) for one in mended.changes] == [
        ("create", "userRelationTypes"),
        ("create", "conditions"),
    ]
    apply(document, actor=system)
    assert Condition.objects.count() == 3


def test_a_condition_may_cease_to_match(system: Actor) -> None:
    apply(recipes(), actor=system)
    document = recipes()
    del document["userRelationTypes"][1]
    with pytest.raises(Invalid):
        apply(document, actor=system)
    done = apply(document, actor=system, allow_unknown_keys=True)
    assert [(one.action, one.kind) for one in done.changes] == [
        ("remove", "userRelationTypes"),
        ("change", "conditions"),
    ]
    assert [one.field for one in done.changes[1].fields] == ["neverMatches"]
    assert Condition.objects.filter(never_matches=False).count() == 2
    assert not plan(document, actor=system, allow_unknown_keys=True).changes
    apply(recipes(), actor=system)
    assert Condition.objects.count() == 3


def test_the_same_asset_in_two_packages(system: Actor) -> None:
    apply(recipes(), actor=system)
    apply(people(), actor=system)
    assert UserRelationType.objects.filter(key="core_steward").count() == 1
    other = people()
    other["userRelationTypes"][0]["name"] = "Guardian"
    with pytest.raises(Invalid) as refusal:
        apply(other, actor=system)
    (problem,) = refusal.value.problems
    assert (problem.pointer, problem.code) == ("/userRelationTypes/0", "conflictsWithPackage")
    assert problem.nearest == "recipes"
    apply({"packageKey": "people", "userRelationTypes": []}, actor=system)
    assert UserRelationType.objects.filter(key="core_steward").exists()
    assert not UserRelationType.objects.filter(key="core_reader").exists()


def test_packages_may_need_others(system: Actor) -> None:
    needy = {**people(), "dependsOn": ["recipes"]}
    assert [one.pointer for one in plan(needy, actor=system).problems] == ["/dependsOn/0"]
    apply(recipes(), actor=system)
    apply(needy, actor=system)
    circle = plan({**recipes(), "dependsOn": ["people"]}, actor=system)
    assert [one.code for one in circle.problems] == ["cycle"]


def test_an_open_draft_survives_an_apply(system: Actor) -> None:
    apply(recipes(), actor=system)
    workflow = Workflow.objects.get()
    drafts.begin_draft(workflow, actor=system)
    drafts.save_draft(workflow, {"trigger": {}, "steps": []}, actor=system)
    changed = recipes()
    changed["automations"][0]["trigger"]["toStateKey"] = "approved"
    apply(changed, actor=system)
    draft = parts.shared_draft(workflow)
    assert draft is not None
    assert draft.definition == {"trigger": {}, "steps": []}
    live = Workflow.objects.get().live_version
    assert live is not None
    assert live.definition["trigger"]["toStateKey"] == "approved"


@pytest.mark.django_db(transaction=True)
def test_two_applies_at_once_come_one_by_one() -> None:
    done: list[Any] = []
    barrier = threading.Barrier(4)

    def run() -> None:
        barrier.wait()
        try:
            done.append(apply(recipes(), actor=Actor.system()))
        except Exception as problem:
            done.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(len(one.changes) > 0 for one in done) == [False, False, False, True]
    assert Event.objects.filter(kind="packageApplied").count() == 1
    assert PackageEntry.objects.filter(kind="objectTypes").count() == 1


def test_every_kind_stands_behind_those_it_names() -> None:
    order = [kind.key for kind in in_order()]
    assert sorted(order) == sorted(asset_kinds.keys())
    for kind in asset_kinds:
        for one in kind.after:
            assert order.index(one) < order.index(kind.key)
        assert kind.label
        assert kind.lists
        assert kind.model is None or issubclass(kind.model, models.Model)


def test_an_attribute_becomes_unique_where_its_values_are(system: Actor) -> None:
    document = recipes()
    document["attributeTypes"][0]["unique"] = False
    apply(document, actor=system)
    recipe = ObjectType.objects.get()
    first, second = (
        objects.create(recipe, actor=system, name=name, attributes={"price": "1.5"})
        for name in ("Soup", "Stew")
    )
    document["attributeTypes"][0]["unique"] = True
    (problem,) = plan(document, actor=system).problems
    assert (problem.pointer, problem.code) == ("/attributeTypes/0/unique", "inUse")
    objects.update(second, actor=system, attributes={"price": "2.5"})
    apply(document, actor=system)
    with pytest.raises(Invalid):
        objects.update(second, actor=system, attributes={"price": "1.5"})
    document["attributeTypes"][0]["unique"] = False
    apply(document, actor=system)
    assert objects.update(second, actor=system, attributes={"price": "1.5"}).attributes == {
        **first.attributes,
        "price": "1.5",
    }


def test_thousands_of_wrong_keys_are_told_soon(system: Actor) -> None:
    many = 3_000
    document = {
        "packageKey": "many",
        "objectTypes": [{"key": "dish"}],
        "userRelationTypes": [{"key": f"relation_{one}"} for one in range(many)],
        "conditions": [{"userRelationTypeKey": f"relatoin_{one}"} for one in range(many)],
    }
    found = plan(document, actor=system).problems
    assert len(found) == many
    assert found[0].nearest is not None
