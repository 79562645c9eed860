"""Pages of workflows."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.grants import JOIN, set_holders
from automations.models import Execution
from catalog.models import Board
from tests.cast import Cast
from tests.kitchen import NOTE, SYSTEM, TELL, Kitchen, definition, published
from tests.pages import browser, queries_of, text_of, toasts
from tests.settling import settle
from workflows.authoring.services import drafts, publishing, workflows
from workflows.lifecycle import service as lifecycle
from workflows.models import Workflow
from workflows.views.texts import in_reading_order, spaced, with_article
from workflows.views.texts import text_of as told
from workflows.views.words import Names, in_words


@pytest.fixture
def notes(cast: Cast, kitchen: Kitchen) -> Workflow:
    """Live, owned by `owner`."""
    return published("notes", definition(NOTE, TELL), actor=cast.acting("owner"))


def names_on(answer: Any) -> list[str]:
    assert answer.status_code == 200
    return [row.workflow.key for row in answer.context["rows"]]


# --- the list ------------------------------------------------------------------------------------


def test_workflows_are_listed_for_those_who_see_them(
    cast: Cast, kitchen: Kitchen, notes: Workflow
) -> None:
    acting = cast.acting("owner")
    workflows.create_workflow("secret", actor=acting, workspace=cast.main, type="private")
    workflows.create_workflow("of_lab", actor=acting, workspace=cast.lab)
    assert names_on(browser(cast.owner).get("/workflows/")) == ["notes", "of_lab", "secret"]
    assert names_on(browser(cast.member).get("/workflows/")) == ["notes", "of_lab"]
    assert names_on(browser(cast.outsider).get("/workflows/")) == ["notes"]
    assert names_on(browser(cast.guest).get("/workflows/")) == []


def test_the_list_is_narrowed_by_status_workspace_and_text(
    cast: Cast, kitchen: Kitchen, notes: Workflow
) -> None:
    workflows.create_workflow("of_lab", actor=cast.acting("owner"), workspace=cast.lab)
    client = browser(cast.owner)
    assert names_on(client.get("/workflows/?status=publishedEnabled")) == ["notes"]
    assert names_on(client.get("/workflows/?workspace=lab")) == ["of_lab"]
    assert names_on(client.get("/workflows/?q=NOTE")) == ["notes"]
    assert names_on(client.get("/workflows/?q=nothing&status=x")) == []


def test_the_list_tells_the_last_run_and_how_many_succeeded(
    cast: Cast, kitchen: Kitchen, notes: Workflow
) -> None:
    for name in ("Soup", "Bread"):
        lifecycle.move(kitchen.make(name), "submit", actor=SYSTEM)
    settle()
    first, last = Execution.objects.order_by("pk")
    Execution.objects.filter(pk=first.pk).update(status="failed")
    Execution.objects.create(workflow=notes, workflow_key="notes", mode="test", actor_name="x")
    (row,) = browser(cast.viewer).get("/workflows/").context["rows"]
    assert row.figures.last == last
    assert (row.figures.ended, row.figures.success) == (2, 50)


def test_the_list_takes_as_many_queries_for_five_as_for_fifty(cast: Cast, kitchen: Kitchen) -> None:
    def add(count: int, start: int) -> None:
        for number in range(start, start + count):
            made = published(f"w{number}", definition(NOTE), actor=cast.acting("owner"))
            Execution.objects.create(workflow=made, workflow_key=made.key, actor_name="x")

    client = browser(cast.member)
    add(5, 0)
    few = queries_of(lambda: client.get("/workflows/"))
    add(45, 5)
    assert queries_of(lambda: client.get("/workflows/")) == few <= 20


# --- the workflow --------------------------------------------------------------------------------


def test_a_workflow_is_shown_to_those_who_may_see_it(cast: Cast, kitchen: Kitchen) -> None:
    made = workflows.create_workflow(
        "secret", actor=cast.acting("owner"), workspace=cast.main, type="private"
    )
    set_holders(made, JOIN, users=[cast.steward], teams=[])
    assert browser(cast.owner).get("/workflows/secret/").status_code == 200
    assert browser(cast.steward).get("/workflows/secret/").status_code == 200
    unseen = browser(cast.member).get("/workflows/secret/")
    missing = browser(cast.member).get("/workflows/missing/")
    assert (unseen.status_code, text_of(unseen)) == (404, text_of(missing))


def test_the_live_version_reads_as_sentences(cast: Cast, notes: Workflow) -> None:
    shown = browser(cast.viewer).get("/workflows/notes/").context["shown"]
    assert shown.title == "Version 1, live"
    assert shown.words.trigger == "When a Recipe changes its state to Review"
    assert shown.words.stream == ["Only objects of the type Recipe"]
    assert [step.title for step in shown.words.steps] == [
        "Set note",
        "Send in_review to the Owner",
    ]


def test_one_that_was_never_published_says_so_to_those_who_may_not_see_its_draft(
    cast: Cast, kitchen: Kitchen
) -> None:
    made = workflows.create_workflow("fresh", actor=cast.acting("owner"), workspace=cast.main)
    drafts.save_draft(made, definition(NOTE), actor=cast.acting("owner"))
    others = browser(cast.member).get("/workflows/fresh/")
    assert "This workflow is not published" in text_of(others)
    assert "Set note" not in text_of(others)
    own = browser(cast.owner).get("/workflows/fresh/")
    assert own.context["shown"].is_draft
    assert "Set note" in text_of(own)


def test_the_draft_beside_a_live_version_is_its_owners_alone(cast: Cast, notes: Workflow) -> None:
    drafts.begin_draft(notes, actor=cast.acting("owner"))
    changed = definition({**NOTE, "value": "not yet"})
    drafts.save_draft(notes, changed, actor=cast.acting("owner"))
    own = browser(cast.owner).get("/workflows/notes/?show=draft")
    assert own.context["shown"].is_draft
    assert "not yet" in text_of(own)
    assert "Has unpublished changes" in text_of(own)
    others = browser(cast.member).get("/workflows/notes/?show=draft")
    assert not others.context["shown"].is_draft
    assert "not yet" not in text_of(others)


def test_a_board_that_is_not_shared_is_not_named(cast: Cast, kitchen: Kitchen) -> None:
    Board.objects.create(key="trials", name="Hush-hush", workspace=cast.lab, type="private")
    stream = {"objectTypeKey": "recipe", "boardKey": "trials"}
    published("notes", definition(NOTE, stream=stream), actor=SYSTEM, owners=[cast.owner])
    assert "Hush-hush" not in text_of(browser(cast.outsider).get("/workflows/notes/"))
    assert "Hush-hush" in text_of(browser(cast.admin).get("/workflows/notes/"))


# --- switching -----------------------------------------------------------------------------------


def test_an_owner_switches_and_unpublishes(cast: Cast, notes: Workflow) -> None:
    client = browser(cast.owner)

    def after(verb: str) -> tuple[list[str], str]:
        answer = client.post(f"/workflows/notes/{verb}/", follow=True)
        notes.refresh_from_db()
        return toasts(answer), notes.status

    assert after("disable") == (["The trigger of notes is disabled."], "publishedDisabled")
    assert after("enable") == (["The trigger of notes is enabled."], "publishedEnabled")
    told_so = "notes is no longer published. What was live is now its draft."
    assert after("unpublish") == ([told_so], "notPublished")
    assert after("publish") == (["Version 2 of notes is live."], "publishedEnabled")


def test_what_the_status_does_not_allow_is_a_conflict(cast: Cast, notes: Workflow) -> None:
    client = browser(cast.owner)
    assert client.post("/workflows/notes/enable/").status_code == 409
    answer = client.post("/workflows/notes/publish/")
    assert answer.status_code == 409
    assert "has no draft" in text_of(answer)


def test_every_problem_of_a_draft_stands_on_the_page(cast: Cast, notes: Workflow) -> None:
    drafts.begin_draft(notes, actor=cast.acting("owner"))
    broken = definition({**NOTE, "attributeKey": "nite"}, {"id": "x", "type": "nothing"})
    drafts.save_draft(notes, broken, actor=cast.acting("owner"))
    answer = browser(cast.owner).post("/workflows/notes/publish/", {"description": "x"})
    assert answer.status_code == 422
    assert [one.pointer for one in answer.context["problems"]] == [
        "/steps/0/attributeKey",
        "/steps/1/type",
    ]
    assert "Perhaps note was meant." in text_of(answer)
    notes.refresh_from_db()
    assert notes.live_version is not None
    assert notes.live_version.number == 1


@pytest.mark.parametrize("verb", ["publish", "unpublish", "enable", "disable"])
def test_others_may_only_look(cast: Cast, notes: Workflow, verb: str) -> None:
    if verb == "enable":
        publishing.disable(notes, actor=SYSTEM)
    answer = browser(cast.member).post(f"/workflows/notes/{verb}/")
    assert answer.status_code == 403
    assert "Only owners of" in text_of(answer)
    assert browser(cast.guest).post(f"/workflows/notes/{verb}/").status_code == 404
    page = browser(cast.member).get("/workflows/notes/")
    assert page.context["may_do"] == []
    assert "View only. Only owners of" in text_of(page)


def test_admins_switch_off_what_is_not_theirs(cast: Cast, notes: Workflow) -> None:
    page = browser(cast.admin).get("/workflows/notes/")
    assert [one.verb for one in page.context["may_do"]] == ["disable"]
    assert browser(cast.admin).post("/workflows/notes/disable/").status_code == 302


# --- words ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("trigger", "words"),
    [
        ({"event": "objectCreated"}, "When an object is created"),
        ({"event": "objectCreated", "objectTypeKey": "pep"}, "When a PEP is created"),
        (
            {"event": "attributeChanged", "attributeKey": "note", "objectTypeKey": "pep"},
            "When note of a PEP changes",
        ),
        (
            {"event": "workflowStateChanged", "fromStateKey": "a", "toStateKey": "b"},
            "When an object changes its state from a to b",
        ),
        ({"event": "somethingNew"}, "When an object somethingNew"),
        ({"schedule": "weekly", "day": "monday", "time": "06:00"}, "Every Monday at 06:00 (UTC)"),
        ({"schedule": "cron", "cron": "* * * * *"}, "At the times * * * * * (UTC)"),
        ({"source": "crm"}, "When the source crm calls"),
        ({"manual": True}, "When somebody runs it by hand"),
        ({}, "No trigger is chosen yet"),
        ("nonsense", "No trigger is chosen yet"),
    ],
)
def test_triggers_in_words(trigger: object, words: str) -> None:
    names = Names(object_types={"pep": "PEP"})
    assert in_words({"trigger": trigger}, names).trigger == words


def test_streams_in_words() -> None:
    stream = {
        "workflowStateKey": "draft",
        "boardKey": "b",
        "attributes": [{"attributeKey": "@name", "operator": "contains", "value": "x"}, "junk"],
        "relations": [{"relationTypeKey": "r", "exists": False}],
        "any": [[{"attributeKey": "a", "operator": "isEmpty"}], "junk"],
    }
    assert in_words({"stream": stream}, Names(states={"draft": "Draft"})).stream == [
        "In the state Draft",
        "On the board that is not shared with you",
        "The name contains x",
        "Has no relation r",
        "One of these: a is empty",
    ]


def test_steps_inside_steps_are_kept() -> None:
    steps = [
        {
            "type": "condition",
            "if": "@object.name",
            "then": [{"type": "stop", "outcome": "failed"}],
            "onFailure": {"steps": [{"type": "wait", "seconds": 5}]},
        },
        {"type": "parallel", "branches": [[{"type": "wait"}], "junk"]},
        "junk",
        {"label": "Mine", "type": "setAttributeValue", "attributeKey": "a", "value": None},
    ]
    condition, parallel, mine = in_words({"steps": steps}, Names()).steps
    assert condition.title == "If @object.name"
    assert [one.label for one in condition.branches] == ["Then", "If it fails"]
    assert [line.text for line in condition.branches[0].steps[0].lines] == ["failed"]
    assert [one.label for one in parallel.branches] == ["Branch 1", "Branch 2"]
    assert (mine.title, mine.lines[0].text) == ("Mine", "Set a")


def test_fields_stand_in_the_order_of_reading_whatever_the_database_made_of_them() -> None:
    stored = {"steps": [{"b": 1, "a": 2, "type": "stop", "id": "x"}], "stream": {}, "trigger": {}}
    read = in_reading_order(stored)
    assert read == stored
    assert list(read) == ["trigger", "stream", "steps"]
    assert list(read["steps"][0]) == ["id", "type", "a", "b"]


def test_texts_of_values() -> None:
    assert spaced("recipientRelationType") == "Recipient relation type"
    assert spaced("toStateKey") == "To state"
    assert told([True, None, {"a": 1}]) == 'yes, nothing, {"a": 1}'
    assert len(told("x" * 5000)) < 500
    assert [with_article(one) for one in ("asset", "Recipe", "HTML", "PEP")] == [
        "an asset",
        "a Recipe",
        "an HTML",
        "a PEP",
    ]
