"""Conditions of packages that name keys which don't exist: kept, never matching, closed."""

from __future__ import annotations

from typing import Any

import pytest

from accounts import gate
from accounts.actor import Actor
from catalog.models import GovernedObject, ObjectType
from catalog.packages.applying import apply
from catalog.services import objects
from permissions.models import Condition
from tests.permissions.world import acting, make_user

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system()


def package(*conditions: dict[str, Any]) -> dict[str, Any]:
    return {
        "packageKey": "notes",
        "objectTypes": [{"key": "note", "workflowKey": "note_cycle"}],
        "attributeTypes": [{"key": "text", "type": "text", "objectTypeKey": "note"}],
        "workflows": [{"key": "note_cycle"}],
        "workflowStates": [{"key": "draft", "position": 1}, {"key": "done", "position": 2}],
        "workflowTransitions": [{"key": "finish", "fromStateKey": "draft", "toStateKey": "done"}],
        "conditions": list(conditions),
    }


UNKNOWN = {"userRelationTypeKey": "nobody_knows", "editable": True}


def laid(*conditions: dict[str, Any]) -> GovernedObject:
    apply(package(*conditions), actor=SYSTEM, allow_unknown_keys=True)
    note = ObjectType.objects.get(key="note")
    return objects.create(note, actor=SYSTEM, name="A note")


def may_edit(thing: GovernedObject) -> bool:
    member = make_user("member")
    decision = gate.allows(acting(member), "edit", thing)
    member.delete()
    return decision.allowed


def markers() -> list[Condition]:
    return list(Condition.objects.filter(never_matches=True))


def test_an_asset_whose_only_condition_never_matches_is_read_only() -> None:
    thing = laid()
    assert may_edit(thing)
    apply(package(UNKNOWN), actor=SYSTEM, allow_unknown_keys=True)
    assert not may_edit(thing)
    apply(package(UNKNOWN), actor=SYSTEM, allow_unknown_keys=True)
    assert [one.object_type for one in markers()] == [thing.object_type]


def test_it_ends_when_the_key_is_there_or_the_condition_has_left() -> None:
    thing = laid(UNKNOWN)
    mended = package(UNKNOWN)
    mended["userRelationTypes"] = [{"key": "nobody_knows"}]
    apply(mended, actor=SYSTEM)
    assert not markers()
    assert not may_edit(thing)
    apply(package({"userRelationTypeKey": "gone"}), actor=SYSTEM, allow_unknown_keys=True)
    assert len(markers()) == 1
    apply(package(), actor=SYSTEM)
    assert not markers()
    assert may_edit(thing)


def test_each_kind_of_asset_is_closed_and_one_that_is_unknown_itself_is_left_alone() -> None:
    on_attribute = {**UNKNOWN, "attributeTypeKey": "text"}
    on_transition = {**UNKNOWN, "transitionKey": "finish"}
    elsewhere = {**UNKNOWN, "objectTypeKey": "no_such_type"}
    in_state = {**UNKNOWN, "workflowStateKey": "no_such_state"}
    laid(on_attribute, on_transition, elsewhere, in_state)
    assert sorted(str(one.object_type or one.attribute or one.transition) for one in markers()) == [
        "finish",
        "note",
        "note: text",
    ]
