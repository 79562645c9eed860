"""What a batch writes: new objects, changes of those that are there, nothing for an equal line."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User, Workspace
from catalog.models import (
    Board,
    Change,
    GovernedObject,
    Relation,
    UserRelation,
)
from journal.models import Event
from tests.catalog.importing.files import Importer, kinds, soup

pytestmark = pytest.mark.django_db


def test_a_new_object_has_all_that_its_line_says(load: Importer) -> None:
    report = load(
        soup(
            stateKey="approved",
            attributes={"price": "12.50", "tags": ["hot"], "cook": "anna", "number": 7},
            userRelations={"owner": ["anna"]},
        )
    )
    found = GovernedObject.objects.select_related("state", "board").get(key="soup")
    assert report.as_json() == {
        "created": 1,
        "updated": 0,
        "unchanged": 0,
        "usersCreated": 0,
        "relationsAdded": 0,
        "relationsRemoved": 0,
        "badLines": 0,
        "bad": [],
    }
    assert found.name == "Soup"
    assert found.state is not None
    assert found.state.key == "approved"
    assert found.board.key == "recipe"
    assert found.attributes == {
        "price": "12.5",
        "servings": 4,
        "tags": ["hot"],
        "cook": "anna",
        "number": 7,
    }
    assert [one.user.username for one in found.user_relations.all()] == ["anna"]


def test_a_new_object_raises_one_event_whatever_its_state_and_people(load: Importer) -> None:
    load(
        soup(stateKey="review", userRelations={"owner": ["anna"]}, relations={"requires": ["a"]}),
        soup("a"),
    )
    assert kinds() == {"objectCreated": 2}
    event = Event.objects.get(payload__snapshot__key="soup")
    assert event.payload["snapshot"]["stateKey"] == "review"
    assert event.payload["snapshot"]["relations"] == {"requires": ["a"]}
    change = Change.objects.get(object_key="soup")
    assert (change.verb, change.via_kind, change.actor_name) == ("created", "import", "system")
    assert change.after == event.payload["snapshot"]


def test_somebody_who_is_named_twice_is_told_of_once(load: Importer) -> None:
    load(soup(userRelations={"owner": ["anna", "ANNA"]}, relations={"requires": ["a", "a"]}))
    load(soup("a"), soup(userRelations={"owner": ["Anna", "anna"]}))
    assert UserRelation.objects.count() == 1
    told = Change.objects.get(object_key="soup", verb="created").after
    assert told["userRelations"] == {"owner": ["anna"]}
    event = Event.objects.get(payload__snapshot__key="soup")
    assert event.payload["snapshot"]["userRelations"] == {"owner": ["anna"]}
    assert kinds() == {"objectCreated": 2}


def test_without_a_state_it_begins_where_the_lifecycle_begins(load: Importer) -> None:
    load(soup())
    assert GovernedObject.objects.values_list("state__key", flat=True).get() == "draft"


def test_it_goes_to_the_board_that_was_named(load: Importer) -> None:
    board = Board.objects.create(
        key="trials", name="Trials", workspace=Workspace.objects.get(key="main")
    )
    load(soup(), board=board)
    assert GovernedObject.objects.get().board == board


def test_an_equal_line_writes_nothing(load: Importer) -> None:
    lines = [
        soup(
            stateKey="review",
            attributes={"price": "12.50", "number": 1},
            relations={"requires": ["b"]},
            userRelations={"owner": ["anna"]},
            parentKey="b",
        ),
        soup("b"),
    ]
    load(*lines)
    rows = [GovernedObject.objects.values(), Change.objects.values(), Event.objects.values()]
    before = [list(one.order_by("pk")) for one in rows]
    with CaptureQueriesContext(
        connection,
    ) as queries:
        report = load(*lines)
    assert (report.created, report.updated, report.unchanged) == (0, 0, 2)
    assert [list(one.order_by("pk").all()) for one in rows] == before
    assert not [
        one["sql"]
        for one in queries
        if one["sql"].startswith(("INSERT", "UPDATE", "DELETE"))
        and not re.search(r"^[^(]*catalog_import", one["sql"])
    ]


def test_an_existing_object_is_updated_but_never_moved_to_another_state(load: Importer) -> None:
    load(soup(attributes={"price": "1", "tags": ["a"], "number": 1}))
    report = load(
        {
            "key": "soup",
            "name": "Hot soup",
            "stateKey": "approved",
            "attributes": {"price": "2.00", "tags": None},
        }
    )
    found = GovernedObject.objects.select_related("state").get()
    assert (report.updated, report.unchanged) == (1, 0)
    assert found.state is not None
    assert found.state.key == "draft"
    assert (found.name, found.version) == ("Hot soup", 2)
    assert found.attributes == {"price": "2", "servings": 4, "number": 1}
    assert kinds() == {"objectCreated": 1, "attributeChanged": 1}
    changed = Event.objects.get(kind="attributeChanged")
    assert changed.payload == {"changes": {"price": ["1", "2"], "tags": [["a"], None]}}
    fields = Change.objects.filter(verb="changed").values_list("field", "before", "after")
    assert set(map(repr, fields)) == {
        repr(("attributes.price", "1", "2")),
        repr(("attributes.tags", ["a"], None)),
        repr(("name", "Soup", "Hot soup")),
    }


def test_relations_and_people_become_those_that_a_line_names(load: Importer) -> None:
    User.objects.create_user("bert")
    load(
        soup(relations={"requires": ["a", "b"]}, userRelations={"owner": ["anna"]}),
        soup("a", relations={"replaces": ["b"]}),
        soup("b"),
    )
    report = load(
        soup(relations={"requires": ["b", "c"]}, userRelations={"owner": ["bert"]}),
        soup("a"),
        soup("c"),
    )
    assert (report.created, report.updated, report.unchanged) == (1, 1, 1)
    assert (report.relations_added, report.relations_removed) == (1, 1)
    targets = Relation.objects.filter(source__key="soup").values_list("target__key", flat=True)
    assert set(targets) == {"b", "c"}
    assert Relation.objects.filter(source__key="a").count() == 1  # not named, so left alone
    assert UserRelation.objects.get().user.username == "bert"
    found = GovernedObject.objects.get(key="soup")
    kinds = list(
        Event.objects.filter(subject_id=found.pk).order_by("pk").values_list("kind", "payload")
    )
    c = GovernedObject.objects.get(key="c")
    a = GovernedObject.objects.get(key="a")
    assert kinds[1:] == [
        ("relationAdded", {"relations": [_related(c)]}),
        ("relationRemoved", {"relations": [_related(a)]}),
        (
            "userRelationChanged",
            {"userRelationTypeKey": "owner", "before": ["anna"], "after": ["bert"]},
        ),
    ]


def _related(target: GovernedObject) -> dict[str, Any]:
    return {"relationTypeKey": "requires", "targetId": target.pk, "targetKey": target.key}


def test_a_parent_is_changed_and_taken_away(load: Importer) -> None:
    load(soup("a", parentKey="b"), soup("b"), soup("c"))
    load(soup("a", parentKey="c"))
    assert GovernedObject.objects.values_list("parent__key", flat=True).get(key="a") == "c"
    load(soup("a"))
    assert GovernedObject.objects.values_list("parent__key", flat=True).get(key="a") == "c"
    load(soup("a", parentKey=None))
    assert GovernedObject.objects.get(key="a").parent is None
    moves = (
        Event.objects.filter(kind="objectMoved").order_by("pk").values_list("payload", flat=True)
    )
    assert [(one["before"]["parentKey"], one["after"]["parentKey"]) for one in moves] == [
        ("b", "c"),
        ("c", None),
    ]
