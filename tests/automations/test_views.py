"""Pages of executions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from automations.models import Execution, ExecutionItem
from automations.views.runs import in_words, trigger_of
from automations.views.values import lines_of
from catalog.models import AttributeType, Board, GovernedObject
from notifications.models import Template
from permissions.models import Condition
from tests.cast import Cast
from tests.kitchen import NOTE, SYSTEM, TELL, Kitchen, definition, published
from tests.pages import browser, queries_of, text_of
from tests.settling import settle
from workflows.lifecycle import service as lifecycle
from workflows.views.texts import Line

FAILING = {"id": "fail", "type": "changeWorkflowState", "toStateKey": "archived", "label": "Try it"}


@pytest.fixture
def soup(cast: Cast, kitchen: Kitchen) -> GovernedObject:
    """A soup that came into review, and the execution that this started."""
    published("notes", definition(FAILING, NOTE, TELL), actor=cast.acting("admin"))
    made = kitchen.make("Soup", user_relations={kitchen.business_owner: [cast.steward]})
    lifecycle.move(made, "submit", actor=cast.acting("owner"))
    settle()
    return made


def run_of(soup: GovernedObject) -> str:
    return f"/executions/{Execution.objects.get(subject_id=soup.pk).pk}/"


def listed(answer: Any) -> list[int]:
    assert answer.status_code == 200
    return [row.execution.subject_id for row in answer.context["rows"]]


def test_executions_are_listed_with_what_they_were_about(cast: Cast, soup: GovernedObject) -> None:
    answer = browser(cast.viewer).get("/executions/")
    (row,) = answer.context["rows"]
    assert (row.name, row.trigger, row.subject) == ("notes", "A state changed", soup)
    assert row.duration
    assert listed(browser(cast.guest).get("/executions/")) == []


def test_the_list_is_narrowed_by_status_and_workflow(cast: Cast, soup: GovernedObject) -> None:
    client = browser(cast.viewer)
    assert listed(client.get("/executions/?status=completedWithFailures")) == [soup.pk]
    assert listed(client.get("/executions/?status=succeeded")) == []
    assert listed(client.get("/executions/?workflow=notes")) == [soup.pk]
    assert listed(client.get("/executions/?workflow=others")) == []


def test_an_execution_shows_each_step_with_its_outcome(cast: Cast, soup: GovernedObject) -> None:
    answer = browser(cast.viewer).get(run_of(soup))
    (item,) = answer.context["items"]
    assert item.view.object_name == "Soup"
    failed, noted, sent = item.steps
    assert (failed.title, failed.view.status) == ("Try it", "failed")
    assert "is made with a comment of the type reason" in failed.problem
    assert [(line.label, line.text) for line in noted.output] == [
        ("Before", "nothing"),
        ("After", "seen"),
    ]
    assert ("Told", "steward") in [(line.label, line.text) for line in sent.output]
    assert answer.context["actor_name"] == "owner"
    assert "Completed with failures" in text_of(answer)


def test_an_execution_is_seen_as_its_workflow_is(
    cast: Cast, kitchen: Kitchen, soup: GovernedObject
) -> None:
    path = run_of(soup)
    assert browser(cast.outsider).get(path).status_code == 200
    hidden = browser(cast.guest).get(path)
    missing = browser(cast.guest).get("/executions/999999/")
    assert (hidden.status_code, text_of(hidden)) == (404, text_of(missing))


def test_details_of_what_may_not_be_seen_are_left_out(
    cast: Cast, kitchen: Kitchen, soup: GovernedObject
) -> None:
    trials = Board.objects.create(key="trials", name="T", workspace=cast.lab, type="private")
    GovernedObject.objects.filter(pk=soup.pk).update(board=trials)
    outside = browser(cast.outsider).get(run_of(soup))
    assert "Soup" not in outside.content.decode()
    assert "seen" not in [line.text for step in _steps(outside) for line in step.output]
    assert "An object that you may not see" in text_of(outside)
    assert "Soup" not in browser(cast.outsider).get("/executions/").content.decode()
    assert "Soup" in text_of(browser(cast.admin).get(run_of(soup)))


def test_a_step_on_a_hidden_attribute_tells_nothing(
    cast: Cast, kitchen: Kitchen, soup: GovernedObject
) -> None:
    Condition.objects.create(attribute=AttributeType.objects.get(key="note"), is_visible=False)
    _failed, noted, sent = _steps(browser(cast.viewer).get(run_of(soup)))
    assert noted.view.is_hidden
    assert noted.output == []
    assert sent.output


def _steps(answer: Any) -> list[Any]:
    return [step for item in answer.context["items"] for step in item.steps]


def test_lists_take_as_many_queries_for_five_as_for_fifty(
    cast: Cast, kitchen: Kitchen, soup: GovernedObject
) -> None:
    first = Execution.objects.get()

    def add(count: int, start: int) -> None:
        for number in range(start, start + count):
            other = kitchen.make(f"Other {number}")
            made = Execution.objects.create(
                workflow=first.workflow, workflow_key="notes", subject_id=other.pk, actor_name="x"
            )
            ExecutionItem.objects.create(execution=made, object_id=other.pk)
            ExecutionItem.objects.create(
                execution=first,
                position=number + 1,
                object_id=other.pk,
                steps=first.items.order_by("pk")[0].steps,
            )

    client = browser(cast.viewer)
    add(4, 0)
    few = queries_of(lambda: client.get("/executions/"))
    few_items = queries_of(lambda: client.get(run_of(soup)))
    add(45, 4)
    assert queries_of(lambda: client.get("/executions/")) == few <= 18
    assert queries_of(lambda: client.get(run_of(soup))) == few_items <= 40


def test_a_run_of_a_deleted_workflow_stays_with_the_admins(
    cast: Cast, soup: GovernedObject
) -> None:
    Execution.objects.update(workflow=None, version=None)
    answer = browser(cast.admin).get(run_of(soup))
    assert answer.context["name"] == "notes"
    assert browser(cast.viewer).get(run_of(soup)).status_code == 404


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.0124, "12 ms"),
        (1.26, "1.3 s"),
        (61, "1 min 1 s"),
        (3 * 3600 + 120, "3 h 2 min"),
        (-1, "0 ms"),
    ],
)
def test_durations_in_words(seconds: float, words: str) -> None:
    assert in_words(timedelta(seconds=seconds)) == words


def test_triggers_and_outputs_of_other_versions_are_told_as_they_are() -> None:
    assert trigger_of({"schedule": "daily"}) == "Its schedule"
    assert trigger_of({"event": "roofFell"}) == "Roof fell"
    assert trigger_of({}) == "Not recorded"
    left_out = [{"username": "anna", "detail": "The user is not active."}, {"x": 1}]
    (line,) = lines_of({"leftOut": left_out, "sent": []})
    assert line.text == 'anna: The user is not active.\n{"x": 1}'
    assert lines_of(None) == []


def test_system_is_named(cast: Cast, kitchen: Kitchen) -> None:
    published("notes", definition(NOTE), actor=SYSTEM, owners=[cast.owner])
    soup = kitchen.make("Soup")
    lifecycle.move(soup, "submit", actor=SYSTEM)
    settle()
    answer = browser(cast.viewer).get(run_of(soup))
    assert (answer.context["actor_name"], answer.context["run_as_name"]) == ("System", "System")


def numbered(answer: Any) -> list[int]:
    assert answer.status_code == 200
    return [row.execution.pk for row in answer.context["rows"]]


def test_the_list_is_narrowed_by_text_mode_object_and_time(
    cast: Cast, kitchen: Kitchen, soup: GovernedObject
) -> None:
    first = Execution.objects.get()
    second = Execution.objects.create(
        workflow=first.workflow, workflow_key="notes", actor_name="x", mode="test"
    )
    Execution.objects.filter(pk=first.pk).update(
        created_at=datetime(2026, 3, 31, 23, 59, tzinfo=UTC)
    )
    client = browser(cast.viewer)
    for query, wanted in (
        ("q=NOTE", [second.pk, first.pk]),
        (f"q={first.pk}", [first.pk]),
        ("q=" + "9" * 30, []),
        ("mode=test", [second.pk]),
        (f"object={soup.pk}", [first.pk]),
        ("object=999999", []),
        ("object=x", []),
        ("until=2026-03-31", [first.pk]),
        ("since=2026-04-01", [second.pk]),
        ("since=2026-03-31T23:59:01", [second.pk]),
        ("sort=started", [first.pk, second.pk]),
        ("sort=-status", [second.pk, first.pk]),
    ):
        assert numbered(client.get(f"/executions/?{query}")) == wanted, query


def test_what_narrows_the_list_is_shown_and_can_be_taken_away(
    cast: Cast, soup: GovernedObject
) -> None:
    query = f"status=failed&workflow=notes&object={soup.pk}&until=2026-03-31"
    answer = browser(cast.viewer).get(f"/executions/?{query}")
    chips = {one.label: one for one in answer.context["chips"]}
    assert [(one.label, one.text) for one in chips.values()] == [
        ("Status", "Failed"),
        ("Workflow", "notes"),
        ("Object", "Soup"),
        ("Until", "2026-03-31"),
    ]
    assert chips["Status"].url == f"?workflow=notes&object={soup.pk}&until=2026-03-31"
    assert "Nothing matches" in text_of(answer)
    wrong = browser(cast.viewer).get("/executions/?since=yesterday")
    assert "“Since” wants a date" in text_of(wrong)
    assert numbered(wrong) == [Execution.objects.get().pk]


def test_an_empty_list_says_what_fits_the_readers_rights(cast: Cast, kitchen: Kitchen) -> None:
    def told(name: str) -> str:
        return text_of(browser(cast[name]).get("/executions/"))

    assert "No workflow is shared with you" in told("guest")
    published("quiet", definition(NOTE), actor=cast.acting("owner"))
    assert "No workflow is shared with you" in told("guest")
    assert "As soon as a workflow that you may see runs" in told("viewer")
    assert "Publish a workflow" in told("owner")
    for name in ("guest", "viewer"):
        assert "Publish a workflow" not in told(name)


def test_any_status_can_be_asked_for(cast: Cast, soup: GovernedObject) -> None:
    page = browser(cast.viewer).get("/executions/?status=stopped")
    assert [value for value, _ in page.context["all_statuses"]] == Execution.Status.values
    assert 'value="stopped" selected' in page.content.decode()
    assert [one.text for one in page.context["chips"]] == ["Stopped"]
    assert numbered(page) == []


def test_runs_of_a_hidden_object_are_not_found_by_it(
    cast: Cast, kitchen: Kitchen, soup: GovernedObject
) -> None:
    trials = Board.objects.create(key="trials", name="T", workspace=cast.lab, type="private")
    GovernedObject.objects.filter(pk=soup.pk).update(board=trials)
    answer = browser(cast.outsider).get(f"/executions/?object={soup.pk}")
    assert numbered(answer) == []
    assert "Soup" not in answer.content.decode()


def test_keys_in_steps_are_called_by_their_names(
    cast: Cast, kitchen: Kitchen, soup: GovernedObject
) -> None:
    AttributeType.objects.filter(key="note").update(name="Remark")
    Template.objects.update(name="Soup is up")
    cast.steward.first_name = "Stella"
    cast.steward.save()
    _failed, noted, sent = _steps(browser(cast.viewer).get(run_of(soup)))
    assert ("Attribute", "Remark", "note") in [_told(line) for line in noted.input]
    assert ("Template", "Soup is up", "in_review") in [_told(line) for line in sent.input]
    assert ("To each", "Owner", "business_owner") in [_told(line) for line in sent.input]
    assert ("Told", "Stella", "steward") in [_told(line) for line in sent.output]
    assert noted.bar
    assert 0 <= noted.bar.start <= noted.bar.start + noted.bar.width <= 100


def _told(line: Line) -> tuple[str, str, str]:
    return (line.label, line.text, line.title)


def test_long_values_are_cut_and_kept_whole_beside(cast: Cast) -> None:
    (line,) = lines_of({"value": "x" * 5000})
    assert len(line.text) < 500
    assert line.whole == "x" * 5000
    (short,) = lines_of({"value": "x"})
    assert short.whole == ""


def test_only_the_failed_items_of_a_long_run(cast: Cast, soup: GovernedObject) -> None:
    run = Execution.objects.get()
    ExecutionItem.objects.create(execution=run, position=1, status="succeeded")
    client = browser(cast.viewer)
    assert len(client.get(run_of(soup)).context["items"]) == 2
    assert len(client.get(run_of(soup) + "?items=failed").context["items"]) == 1
