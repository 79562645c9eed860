"""`executions/`: what ran, and as much of it as the reader may see."""

from __future__ import annotations

from typing import Any

import pytest

from catalog.models import AttributeType, Board, GovernedObject
from journal.clock import now
from permissions.models import Condition
from tests.api.problems import problem
from tests.cast import Cast, Client
from tests.kitchen import NOTE, Kitchen, definition, published
from tests.settling import settle
from workflows.lifecycle import service

EXECUTIONS = "/api/v1/executions/"
FAILING = {"id": "fail", "type": "changeWorkflowState", "toStateKey": "archived"}


@pytest.fixture
def soup(api: Client, cast: Cast, kitchen: Kitchen) -> GovernedObject:
    """A soup that came into review, and the execution that this started."""
    published("notes", definition(FAILING, NOTE), actor=cast.acting("admin"))
    made = kitchen.make("Soup")
    service.move(made, "submit", actor=cast.acting("owner"))
    settle()
    return made


def results(api: Client, who: str, address: str) -> list[dict[str, Any]]:
    answer = api(who).get(address)
    assert answer.status_code == 200, answer.content
    found: list[dict[str, Any]] = answer.json()["results"]
    return found


def test_an_execution_tells_what_ran_and_how_it_went(api: Client, soup: GovernedObject) -> None:
    (shown,) = results(api, "viewer", EXECUTIONS)
    assert api("viewer").get(f"{EXECUTIONS}{shown['id']}/").json() == shown
    assert (shown["workflowKey"], shown["version"], shown["mode"]) == ("notes", 1, "live")
    assert shown["status"] == "completedWithFailures"
    assert shown["trigger"]["event"] == "workflowStateChanged"
    assert (shown["actor"], shown["runAs"], shown["depth"]) == ("owner", "admin", 1)
    assert shown["counts"] == {"items": 1, "succeeded": 0, "failed": 1}
    assert shown["hiddenDetails"] is False
    assert shown["startedAt"] <= shown["endedAt"]


def test_items_and_steps_tell_each_outcome(api: Client, soup: GovernedObject) -> None:
    (execution,) = results(api, "viewer", EXECUTIONS)
    below = f"{EXECUTIONS}{execution['id']}/"
    (item,) = results(api, "viewer", f"{below}items/")
    assert item == {"id": item["id"], "objectId": soup.pk, "status": "failed"}
    failed, noted = results(api, "viewer", f"{below}steps/")
    assert (failed["itemId"], failed["stepId"], failed["type"]) == (
        item["id"],
        "fail",
        "changeWorkflowState",
    )
    assert failed["status"] == "failed"
    assert failed["error"]["code"]
    assert (noted["status"], noted["error"]) == ("succeeded", None)
    assert noted["durationMs"] >= 0


def test_steps_are_read_a_page_at_a_time(api: Client, soup: GovernedObject) -> None:
    (execution,) = results(api, "viewer", EXECUTIONS)
    address = f"{EXECUTIONS}{execution['id']}/steps/"
    first = api("viewer").get(f"{address}?limit=1").json()
    assert [step["stepId"] for step in first["results"]] == ["fail"]
    assert first["previous"] is None
    second = api("viewer").get(first["next"]).json()
    assert [step["stepId"] for step in second["results"]] == ["note"]
    assert second["next"] is None
    assert api("viewer").get(second["previous"]).json()["results"] == first["results"]


def test_details_of_what_may_not_be_seen_are_left_out(
    api: Client, cast: Cast, kitchen: Kitchen, soup: GovernedObject
) -> None:
    GovernedObject.objects.filter(pk=soup.pk).update(
        board=Board.objects.create(key="trials", name="Trials", workspace=cast.lab)
    )
    (execution,) = results(api, "outsider", EXECUTIONS)
    assert execution["hiddenDetails"] is True
    below = f"{EXECUTIONS}{execution['id']}/"
    (item,) = results(api, "outsider", f"{below}items/")
    assert item["objectId"] is None
    for step in results(api, "outsider", f"{below}steps/"):
        assert (step["input"], step["output"], step["error"]) == (None, None, None)
    assert results(api, "outsider", f"{EXECUTIONS}?objectId={soup.pk}") == []
    assert len(results(api, "steward", f"{EXECUTIONS}?objectId={soup.pk}")) == 1


def test_a_step_on_a_hidden_attribute_is_hidden(api: Client, soup: GovernedObject) -> None:
    note = AttributeType.objects.get(key="note")
    Condition.objects.create(attribute=note, is_visible=False)
    (execution,) = results(api, "viewer", EXECUTIONS)
    failed, noted = results(api, "viewer", f"{EXECUTIONS}{execution['id']}/steps/")
    assert failed["input"] is not None
    assert noted["input"] is None


def test_executions_of_an_unseen_workflow_are_absent(
    api: Client, cast: Cast, kitchen: Kitchen
) -> None:
    workflow = published("secret", definition(NOTE), actor=cast.acting("owner"))
    workflow.type = "private"
    workflow.save(update_fields=["type"])
    service.move(kitchen.make("Soup"), "submit", actor=cast.acting("member"))
    settle()
    (execution,) = results(api, "owner", EXECUTIONS)
    assert results(api, "member", EXECUTIONS) == []
    unseen = problem(api("member").get(f"{EXECUTIONS}{execution['id']}/"), 404)
    assert unseen == problem(api("member").get(f"{EXECUTIONS}999999/"), 404)
    for below in ("items", "steps"):
        problem(api("member").get(f"{EXECUTIONS}{execution['id']}/{below}/"), 404)


def test_executions_are_narrowed(api: Client, soup: GovernedObject) -> None:
    instant = now().isoformat().replace("+00:00", "Z")
    assert len(results(api, "member", f"{EXECUTIONS}?workflowKey=notes")) == 1
    assert results(api, "member", f"{EXECUTIONS}?workflowKey=other") == []
    assert len(results(api, "member", f"{EXECUTIONS}?status=completedWithFailures")) == 1
    assert results(api, "member", f"{EXECUTIONS}?status=failed") == []
    assert results(api, "member", f"{EXECUTIONS}?mode=test") == []
    assert len(results(api, "member", f"{EXECUTIONS}?objectId={soup.pk}")) == 1
    assert results(api, "member", f"{EXECUTIONS}?objectId={soup.pk + 1}") == []
    assert len(results(api, "member", f"{EXECUTIONS}?until={instant}")) == 1
    assert results(api, "member", f"{EXECUTIONS}?since={instant}") == []
    for query in ("status=done", "objectId=x", f"objectId={2**63}", "since=yesterday", "x=1"):
        problem(api("member").get(f"{EXECUTIONS}?{query}"), 422)
