"""The event trigger: what is refused when it is published, and what sets it off."""

from __future__ import annotations

from typing import Any

import pytest

from automations.models import Execution
from automations.triggers.event import EVENT_KINDS
from catalog.services import objects
from catalog.services.relating import relate, unrelate
from tests.cast import Cast
from tests.kitchen import NOTE, SYSTEM, Kitchen, definition, published
from tests.settling import settle
from workflows.authoring.checks import check
from workflows.lifecycle import service

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("trigger", "pointer", "code", "nearest"),
    [
        ({"event": "stateChanged"}, "event", "unknownValue", None),
        (
            {"event": "objectCreated", "toStateKey": "review"},
            "toStateKey",
            "notForThisEvent",
            None,
        ),
        (
            {"event": "workflowStateChanged", "toStateKey": "revue"},
            "toStateKey",
            "unknownReference",
            "review",
        ),
        (
            {"event": "attributeChanged", "attributeKey": "notes"},
            "attributeKey",
            "unknownReference",
            "note",
        ),
        (
            {"event": "relationAdded", "relationTypeKey": "goes"},
            "relationTypeKey",
            "unknownReference",
            None,
        ),
        (
            {"event": "objectCreated", "objectTypeKey": "recipee"},
            "objectTypeKey",
            "unknownReference",
            "recipe",
        ),
        ({"event": "objectCreated", "typeKey": "recipe"}, "typeKey", "unknownKey", None),
    ],
)
def test_what_can_never_fire_is_told_when_it_is_saved(
    kitchen: Kitchen, trigger: dict[str, Any], pointer: str, code: str, nearest: str | None
) -> None:
    problems = check(definition(NOTE, trigger=trigger))
    assert (f"/trigger/{pointer}", code) in [(one.pointer, one.code) for one in problems]
    assert nearest in (None, *(one.nearest for one in problems))


def test_without_a_stream_it_needs_an_object_type(kitchen: Kitchen) -> None:
    bare = {"trigger": {"event": "objectCreated"}, "steps": [NOTE]}
    assert [one.code for one in check(bare)] == ["allObjectTypes"]
    bare["trigger"] = {"event": "objectCreated", "objectTypeKey": "recipe"}
    assert check(bare) == []


@pytest.mark.parametrize("kind", EVENT_KINDS)
def test_each_kind_of_event_sets_off_what_waits_for_it_and_nothing_else(
    kitchen: Kitchen, cast: Cast, kind: str
) -> None:
    for one in EVENT_KINDS:
        published(one, definition(NOTE, trigger={"event": one}))
    soup, bread = kitchen.make(), kitchen.make("Bread")
    owner = cast.acting("owner")
    relation = relate(soup, kitchen.goes_with, bread, actor=SYSTEM)
    Execution.objects.all().delete()
    settle()
    Execution.objects.all().delete()
    happen = {
        "objectCreated": lambda: kitchen.make("Stew"),
        "attributeChanged": lambda: objects.update(soup, actor=owner, attributes={"servings": 9}),
        "relationAdded": lambda: relate(bread, kitchen.goes_with, soup, actor=SYSTEM),
        "relationRemoved": lambda: unrelate(relation, actor=SYSTEM),
        "objectDeleted": lambda: objects.delete(kitchen.make("Gone"), actor=SYSTEM),
        "workflowStateChanged": lambda: service.move(soup, "submit", actor=owner),
    }
    happen[kind]()
    settle()
    fired = {one.workflow_key for one in Execution.objects.filter(depth=1)}
    assert fired == {kind}
