"""A reader of an object's history learns nothing that the object's page would not tell."""

from __future__ import annotations

from typing import Any

from accounts.actor import Actor
from catalog.models import Change, GovernedObject
from permissions.history import history_of, shown_changes
from tests.permissions.world import World, acting, condition, give


def change(obj: GovernedObject, field: str, before: Any, after: Any) -> None:
    Change.objects.create(
        object_id=obj.pk,
        object_key=obj.key,
        actor_name="system",
        via_kind="command",
        verb=Change.Verb.CHANGED,
        field=field,
        before=before,
        after=after,
    )


def read(obj: GovernedObject, actor: Actor) -> dict[str, tuple[Any, Any]]:
    rows = list(history_of(obj, actor=actor))
    seen = shown_changes(rows, obj, actor=actor)
    return {one.change.field: (one.before, one.after) for one in seen}


def test_hidden_attributes_and_unseen_keys_are_left_out(world: World) -> None:
    obj, elsewhere = world.objects[0], world.objects[2]
    snapshot = {"attributes": {"price": "1", "colour": "red"}, "boardKey": elsewhere.board.key}
    change(obj, "", None, snapshot)
    change(obj, "attributes.price", "1", "2")
    change(obj, "attributes.colour", "red", "blue")
    change(obj, "boardKey", elsewhere.board.key, obj.board.key)
    change(obj, "parentKey", elsewhere.key, world.objects[4].key)
    condition(world.attributes[0], visible=False)
    condition(world.attributes[0], world.relation_types[0])
    member = world.people["member"]
    assert read(obj, acting(member)) == {
        "": (None, {"attributes": {"colour": "red"}, "boardKey": None}),
        "attributes.colour": ("red", "blue"),
        "boardKey": (None, obj.board.key),
        "parentKey": (None, world.objects[4].key),
    }
    give(member, world.workspaces[1], "join")
    world.relate(member, world.relation_types[0], obj)
    for actor in (acting(member), Actor.system()):
        assert read(obj, actor) == {
            "": (None, snapshot),
            "attributes.price": ("1", "2"),
            "attributes.colour": ("red", "blue"),
            "boardKey": (elsewhere.board.key, obj.board.key),
            "parentKey": (elsewhere.key, world.objects[4].key),
        }
