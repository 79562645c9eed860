"""Dispatch and engine: what reacts, what a chain does, and what is kept of it."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import Account
from accounts.services.users import change_user
from automations import engine
from automations.dispatch import CONSUMER
from automations.models import Execution, ExecutionItem
from catalog.models import GovernedObject
from catalog.services import objects
from catalog.services.boards import create_board
from journal.consuming import consume
from journal.leases import LeaseLost
from journal.models import Event, Pending
from notifications.models import Notification
from permissions.models import Condition
from tests.cast import Cast
from tests.kitchen import NOTE, SYSTEM, TELL, Kitchen, definition, published
from tests.settling import settle
from workflows.authoring.services import publishing
from workflows.lifecycle import service

pytestmark = pytest.mark.django_db


def steps_of(execution: Execution) -> list[dict[str, Any]]:
    return ExecutionItem.objects.get(execution=execution).steps


def test_a_change_of_state_runs_the_workflow(kitchen: Kitchen, cast: Cast) -> None:
    published("greet", definition(NOTE, TELL))
    soup = kitchen.make(user_relations={kitchen.business_owner: [cast["steward"]]})
    service.move(soup, "submit", actor=cast.acting("owner"))
    settle()
    execution = Execution.objects.get()
    assert execution.status == "succeeded"
    assert (execution.actor_name, execution.run_as_name) == ("owner", "system")
    assert (execution.item_count, execution.succeeded_count, execution.failed_count) == (1, 1, 0)
    assert [one["status"] for one in steps_of(execution)] == ["succeeded", "succeeded"]
    assert GovernedObject.objects.get(pk=soup.pk).attributes["note"] == "seen"
    told = Notification.objects.get()
    assert told.user == cast["steward"]
    assert told.subject == "Soup is in review"


def test_the_author_is_not_told_of_what_they_did(kitchen: Kitchen, cast: Cast) -> None:
    published("greet", definition(TELL))
    both = [cast["owner"], cast["steward"]]
    soup = kitchen.make(user_relations={kitchen.business_owner: both})
    service.move(soup, "submit", actor=cast.acting("owner"))
    settle()
    assert [one.user for one in Notification.objects.all()] == [cast["steward"]]


def test_the_author_of_a_chain_is_who_began_it(kitchen: Kitchen, cast: Cast) -> None:
    """The second workflow is set off by the first one's change, and still by the same person."""
    published("first", definition(NOTE))
    published(
        "second",
        definition(TELL, trigger={"event": "attributeChanged", "attributeKey": "note"}),
    )
    both = [cast["owner"], cast["steward"]]
    soup = kitchen.make(user_relations={kitchen.business_owner: both})
    service.move(soup, "submit", actor=cast.acting("owner"))
    settle()
    assert [one.user for one in Notification.objects.all()] == [cast["steward"]]
    second = Execution.objects.get(workflow_key="second")
    first = Execution.objects.get(workflow_key="first")
    assert (first.depth, second.depth) == (1, 2)
    assert first.root_event_id == second.root_event_id


def test_a_failing_step_does_not_stop_the_chain(kitchen: Kitchen, cast: Cast) -> None:
    wrong = {"id": "move", "type": "changeWorkflowState", "toStateKey": "archived"}
    published("greet", definition(wrong, TELL))
    soup = kitchen.make(user_relations={kitchen.business_owner: [cast["steward"]]})
    service.move(soup, "submit", actor=cast.acting("owner"))
    settle()
    execution = Execution.objects.get()
    assert execution.status == "completedWithFailures"
    failed, told = steps_of(execution)
    assert failed["status"] == "failed"
    assert failed["error"]["code"] == "commentMissing"
    assert failed["error"]["pointer"] == "/steps/0"
    assert told["status"] == "succeeded"
    assert Notification.objects.count() == 1


def test_on_failure_stop_skips_the_rest(kitchen: Kitchen, cast: Cast) -> None:
    wrong = {"type": "changeWorkflowState", "toStateKey": "archived", "onFailure": "stop"}
    published("greet", definition(wrong, NOTE))
    service.move(kitchen.make(), "submit", actor=cast.acting("owner"))
    settle()
    execution = Execution.objects.get()
    assert execution.status == "failed"
    assert execution.error is not None
    assert execution.error["code"] == "stepFailed"
    assert [one["status"] for one in steps_of(execution)] == ["failed", "skipped"]


def test_an_error_branch_handles_the_failure(kitchen: Kitchen, cast: Cast) -> None:
    wrong = {
        "type": "changeWorkflowState",
        "toStateKey": "archived",
        "onFailure": {"steps": [{**NOTE, "value": "{{ concat('failed in ', @object.stateKey) }}"}]},
    }
    published("greet", definition(wrong))
    soup = kitchen.make()
    service.move(soup, "submit", actor=cast.acting("owner"))
    settle()
    assert Execution.objects.get().status == "succeeded"
    assert GovernedObject.objects.get(pk=soup.pk).attributes["note"] == "failed in review"


def test_a_failed_expression_names_its_place(kitchen: Kitchen, cast: Cast) -> None:
    risky = {**NOTE, "id": "risky", "value": "{{ text(1 / (@object.attributes.servings - 4)) }}"}
    published("greet", definition(risky, NOTE))
    service.move(kitchen.make(), "submit", actor=cast.acting("owner"))
    settle()
    failed, after = steps_of(Execution.objects.get())
    assert failed["error"]["code"] == "divisionByZero"
    assert failed["error"]["pointer"] == "/steps/0/value"
    assert after["status"] == "succeeded"


def test_expressions_read_the_object_the_event_and_earlier_steps(
    kitchen: Kitchen, cast: Cast
) -> None:
    value = (
        "{{ concat(@event.before, '>', @event.after, ' by ', @currentUserId, ' serves ', "
        "@object.attributes.servings, ' for ', @object.userRelations.business_owner, "
        "' was ', coalesce(@steps.note.after, 'nothing')) }}"
    )
    published("greet", definition(NOTE, {**NOTE, "id": "again", "value": value}))
    soup = kitchen.make(user_relations={kitchen.business_owner: [cast["steward"]]})
    service.move(soup, "submit", actor=cast.acting("owner"))
    settle()
    note = GovernedObject.objects.get(pk=soup.pk).attributes["note"]
    assert note == "draft>review by owner serves 4 for steward was seen"


@pytest.mark.parametrize(
    ("stream", "fires"),
    [
        ({"objectTypeKey": "recipe"}, True),
        ({"objectTypeKey": "recipe", "workflowStateKey": "review"}, True),
        ({"objectTypeKey": "recipe", "workflowStateKey": "draft"}, False),
        (
            {
                "objectTypeKey": "recipe",
                "attributes": [{"attributeKey": "servings", "operator": "greaterThan", "value": 3}],
            },
            True,
        ),
        (
            {
                "objectTypeKey": "recipe",
                "attributes": [{"attributeKey": "servings", "operator": "lessThan", "value": 3}],
            },
            False,
        ),
        (
            {
                "objectTypeKey": "recipe",
                "attributes": [
                    {"attributeKey": "@name", "operator": "equals", "value": "{{ 'So' + 'up' }}"}
                ],
            },
            True,
        ),
    ],
)
def test_the_stream_lets_through_what_it_says(
    kitchen: Kitchen, cast: Cast, stream: dict[str, Any], fires: bool
) -> None:
    published("greet", definition(NOTE, stream=stream))
    service.move(kitchen.make(), "submit", actor=cast.acting("owner"))
    settle()
    assert Execution.objects.exists() is fires


@pytest.mark.parametrize(
    ("trigger", "fires"),
    [
        ({"fromStateKey": "draft", "toStateKey": "review"}, True),
        ({"fromStateKey": "review"}, False),
        ({"toStateKey": "approved"}, False),
        ({}, True),
    ],
)
def test_from_and_to_narrow_the_trigger(
    kitchen: Kitchen, cast: Cast, trigger: dict[str, str], fires: bool
) -> None:
    published("greet", definition(NOTE, trigger={"event": "workflowStateChanged", **trigger}))
    service.move(kitchen.make(), "submit", actor=cast.acting("owner"))
    settle()
    assert Execution.objects.exists() is fires


def test_a_deleted_object_still_passes_its_filter(kitchen: Kitchen, cast: Cast) -> None:
    serves_many = {"attributeKey": "servings", "operator": "greaterThan", "value": 3}
    published(
        "greet",
        definition(
            {**TELL, "recipients": ["steward"]},
            trigger={"event": "objectDeleted"},
            stream={"objectTypeKey": "recipe", "attributes": [serves_many]},
        ),
    )
    objects.delete(kitchen.make(attributes={"servings": 2}), actor=SYSTEM)
    gone = kitchen.make("Stew", attributes={"servings": 9})
    objects.delete(gone, actor=SYSTEM)
    settle()
    assert Execution.objects.get().trigger["event"] == "objectDeleted"


def test_events_count_only_while_live_and_enabled(kitchen: Kitchen, cast: Cast) -> None:
    owner = cast.acting("owner")
    service.move(kitchen.make("Before"), "submit", actor=owner)
    workflow = published("greet", definition(NOTE))
    service.move(kitchen.make("During"), "submit", actor=owner)
    publishing.disable(workflow, actor=SYSTEM)
    service.move(kitchen.make("Disabled"), "submit", actor=owner)
    publishing.enable(workflow, actor=SYSTEM)
    service.move(kitchen.make("Again"), "submit", actor=owner)
    settle()
    ids = Execution.objects.values("subject_id")
    ran = GovernedObject.objects.filter(pk__in=ids).values_list("name", flat=True)
    assert sorted(ran) == ["Again", "During"]


def test_an_event_that_comes_again_makes_no_second_execution(kitchen: Kitchen, cast: Cast) -> None:
    published("greet", definition(TELL))
    soup = kitchen.make(user_relations={kitchen.business_owner: [cast["steward"]]})
    service.move(soup, "submit", actor=cast.acting("owner"))
    settle()
    event = Event.objects.get(kind="workflowStateChanged")
    Pending.objects.create(event=event, consumer=CONSUMER)
    settle()
    assert Execution.objects.count() == 1
    assert Notification.objects.count() == 1


def test_a_chain_that_goes_in_circles_is_cut_and_told(kitchen: Kitchen, cast: Cast) -> None:
    Account.objects.filter(pk=1).update(most_chain_depth=3)
    grow = {
        "type": "setAttributeValue",
        "attributeKey": "servings",
        "value": "{{ @object.attributes.servings + 1 }}",
    }
    published(
        "grow",
        definition(grow, trigger={"event": "attributeChanged", "attributeKey": "servings"}),
        owners=[cast["owner"]],
    )
    soup = kitchen.make()
    objects.update(soup, actor=cast.acting("member"), attributes={"servings": 10})
    settle()
    executions = list(Execution.objects.order_by("depth"))
    assert [one.depth for one in executions] == [1, 2, 3, 4]
    assert [one.status for one in executions] == ["succeeded"] * 3 + ["failed"]
    assert executions[-1].error is not None
    assert executions[-1].error["code"] == "chainTooDeep"
    assert GovernedObject.objects.get(pk=soup.pk).attributes["servings"] == 13
    assert Notification.objects.get().user == cast["owner"]


def test_a_step_acts_with_the_rights_of_who_published(kitchen: Kitchen, cast: Cast) -> None:
    published("greet", definition(NOTE), actor=cast.acting("steward"))
    lab = objects.create(kitchen.recipe, actor=SYSTEM, name="Open soup")
    service.move(lab, "submit", actor=cast.acting("owner"))
    settle()
    assert Execution.objects.get().status == "succeeded"
    change_user(cast["steward"], actor=SYSTEM, active=False)
    other = kitchen.make("Other soup")
    service.move(other, "submit", actor=cast.acting("owner"))
    settle()
    latest = Execution.objects.first()
    assert latest is not None
    assert latest.status == "completedWithFailures"
    assert steps_of(latest)[0]["error"]["code"] == "denied"
    assert "note" not in GovernedObject.objects.get(pk=other.pk).attributes


def test_a_late_worker_keeps_nothing(kitchen: Kitchen, cast: Cast) -> None:
    """Its lease was given to another: what it did is undone, and the other's end stands."""
    published("greet", definition(NOTE))
    soup = kitchen.make()
    service.move(soup, "submit", actor=cast.acting("owner"))
    consume(CONSUMER)
    execution = Execution.objects.get()
    Execution.objects.filter(pk=execution.pk).update(lease_token="somebody else's")
    with pytest.raises(LeaseLost):
        engine._run_segment(execution.pk, "mine")
    assert "note" not in GovernedObject.objects.get(pk=soup.pk).attributes
    assert Execution.objects.get().status == "queued"


def test_a_stream_that_the_schema_left_behind_spoils_no_other(kitchen: Kitchen, cast: Cast) -> None:
    french = {"attributeKey": "cuisine", "operator": "equals", "value": "french"}
    stream = {"objectTypeKey": "recipe", "attributes": [french]}
    published("stale", definition(NOTE, stream=stream))
    published("sound", definition(NOTE))
    kitchen.recipe.attributes.filter(key="cuisine").update(options=["indian"])
    service.move(kitchen.make(), "submit", actor=cast.acting("owner"))
    settle()
    assert [one.workflow_key for one in Execution.objects.all()] == ["sound"]


@pytest.fixture
def secret(kitchen: Kitchen, cast: Cast) -> GovernedObject:
    """A recipe whose note only its reviewers read: steward does, member doesn't."""
    note = kitchen.recipe.attributes.get(key="note")
    Condition.objects.create(attribute=note, is_visible=False)
    Condition.objects.create(attribute=note, user_relation_type=kitchen.reviewer, is_editable=True)
    return kitchen.make(user_relations={kitchen.reviewer: [cast["steward"]]})


COPY = {
    "type": "setAttributeValue",
    "attributeKey": "cuisine",
    "value": "{{ if(@event.after == 'hush', 'french', 'indian') }}",
}


@pytest.mark.parametrize(("who", "told"), [("steward", "french"), ("member", "indian")])
def test_an_event_tells_no_hidden_value_to_who_it_runs_as(
    kitchen: Kitchen, cast: Cast, secret: GovernedObject, who: str, told: str
) -> None:
    trigger = {"event": "attributeChanged", "attributeKey": "note"}
    published("spy", definition(COPY, trigger=trigger), actor=cast.acting(who))
    objects.update(secret, actor=SYSTEM, attributes={"note": "hush"})
    settle()
    assert GovernedObject.objects.get(pk=secret.pk).attributes["cuisine"] == told


@pytest.mark.parametrize(("who", "runs"), [("steward", 1), ("member", 0)])
def test_a_stream_over_a_hidden_attribute_never_holds(
    kitchen: Kitchen, cast: Cast, secret: GovernedObject, who: str, runs: int
) -> None:
    hush = {"attributeKey": "note", "operator": "startsWith", "value": "hu"}
    published(
        "spy",
        definition(
            {**NOTE, "attributeKey": "cuisine", "value": "french"},
            trigger={"event": "attributeChanged"},
            stream={"objectTypeKey": "recipe", "attributes": [hush]},
        ),
        actor=cast.acting(who),
    )
    objects.update(secret, actor=SYSTEM, attributes={"note": "hush"})
    consume(CONSUMER)
    assert Execution.objects.count() == runs


@pytest.mark.parametrize(("who", "runs"), [("member", 2), ("outsider", 0)])
def test_an_object_that_is_hidden_sets_nothing_off(
    kitchen: Kitchen, cast: Cast, who: str, runs: int
) -> None:
    lab = create_board("trials", actor=SYSTEM, workspace=cast.lab, owners=["owner"])
    published("spy", definition(NOTE), actor=cast.acting(who))
    told = definition(NOTE, trigger={"event": "objectDeleted"})
    published("spy-on-the-end", told, actor=cast.acting(who))
    trial = kitchen.make(board=lab)
    service.move(trial, "submit", actor=SYSTEM)
    consume(CONSUMER)
    objects.delete(trial, actor=SYSTEM)
    consume(CONSUMER)
    assert Execution.objects.count() == runs
