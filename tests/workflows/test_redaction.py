"""A workflow's readers learn of no board and no object that they may not see."""

from __future__ import annotations

import pytest

from accounts.grants import JOIN, set_holders
from catalog.models import Board, GovernedObject, ObjectType
from tests.cast import Cast, Client
from tests.kitchen import NOTE, SYSTEM, Kitchen, definition, published
from tests.pages import browser, text_of
from workflows.authoring.redaction import NOT_SHARED, redacted
from workflows.authoring.services import drafts
from workflows.models import Workflow

SECRETS = ("trials", "hush-1")


@pytest.fixture
def notes(cast: Cast, kitchen: Kitchen) -> Workflow:
    """Seen by all, about a board and an object of the private workspace `lab`."""
    board = Board.objects.create(key="trials", name="Trials", workspace=cast.lab, type="main")
    kitchen.make("Hush", key="hush-1", board=board)
    stream = {
        "objectTypeKey": "recipe",
        "boardKey": "trials",
        "relations": [{"relationTypeKey": "goes_with", "targetKey": "hush-1"}],
    }
    made = published("notes", definition(NOTE, stream=stream), actor=SYSTEM, owners=[cast.owner])
    drafts.begin_draft(made, actor=cast.acting("owner"))
    return made


def test_the_page_tells_neither_in_words_nor_as_json(cast: Cast, notes: Workflow) -> None:
    outside = browser(cast.outsider).get("/workflows/notes/")
    assert not [word for word in SECRETS if word in text_of(outside)]
    assert "On the board that is not shared with you" in text_of(outside)
    assert f"to {NOT_SHARED}" in text_of(outside)
    for inside in (cast.member, cast.owner, cast.admin):
        text = text_of(browser(inside).get("/workflows/notes/"))
        assert all(word in text for word in SECRETS)
        assert NOT_SHARED not in text


def test_the_api_gives_it_whole_to_those_who_see_it_all(
    api: Client, cast: Cast, notes: Workflow
) -> None:
    address = "/api/v1/workflows/notes/versions/1/"
    stream = api("outsider").get(address).json()["definition"]["stream"]
    assert (stream["boardKey"], stream["objectTypeKey"]) == (NOT_SHARED, "recipe")
    assert stream["relations"] == [{"relationTypeKey": "goes_with", "targetKey": NOT_SHARED}]
    for inside in ("member", "owner", "admin"):
        whole = api(inside).get(address).json()["definition"]
        assert whole["stream"]["boardKey"] == "trials"
        assert whole["stream"]["relations"][0]["targetKey"] == "hush-1"


def test_owners_get_what_they_edit_raw(api: Client, cast: Cast, notes: Workflow) -> None:
    set_holders(notes, "own", users=[cast.outsider], teams=[])
    for address in ("draft/", "versions/1/"):
        whole = api("outsider").get(f"/api/v1/workflows/notes/{address}").json()["definition"]
        assert whole["stream"]["boardKey"] == "trials"
    set_holders(notes, "own", users=[cast.owner], teams=[])
    set_holders(notes, JOIN, users=[cast.outsider], teams=[])
    joined = api("outsider").get("/api/v1/workflows/notes/versions/1/").json()["definition"]
    assert joined["stream"]["boardKey"] == NOT_SHARED
    assert api("outsider").get("/api/v1/workflows/notes/draft/").status_code == 403


def test_it_is_redacted_wherever_it_stands_and_expressions_stay(
    cast: Cast, kitchen: Kitchen, notes: Workflow
) -> None:
    inner = {"boardKey": "trials", "targetKey": "{{ @object.key }}", "n": [1, None]}
    what = {"steps": [{"then": [inner]}], "stream": None}
    assert redacted(what, cast.acting("outsider")) == {
        "steps": [{"then": [{**inner, "boardKey": NOT_SHARED}]}],
        "stream": None,
    }
    assert redacted(what, cast.acting("member")) == what


def test_a_namesake_of_another_type_gives_nothing_away(
    cast: Cast, kitchen: Kitchen, notes: Workflow
) -> None:
    menu = ObjectType.objects.create(key="menu", name="Menu")
    board = Board.objects.create(key="open", name="Open", workspace=cast.main, type="main")
    GovernedObject.objects.create(object_type=menu, board=board, key="hush-1", name="Menu")
    what = {"stream": {"relations": [{"relationTypeKey": "goes_with", "targetKey": "hush-1"}]}}
    hidden = {"stream": {"relations": [{"relationTypeKey": "goes_with", "targetKey": NOT_SHARED}]}}
    assert redacted(what, cast.acting("outsider")) == hidden
    kitchen.goes_with.target_object_type = menu
    kitchen.goes_with.save()
    assert redacted(what, cast.acting("outsider")) == what
