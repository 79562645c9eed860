"""A reader of an object's history learns nothing that the object's page would not tell."""

from __future__ import annotations

from typing import Any

from accounts.actor import Actor
from catalog.models import Change, GovernedObject, RelationType
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


def test_targets_told_at_the_creation_are_kept_from_those_who_may_not_see_them(
    world: World,
) -> None:
    obj, hidden, shown = world.objects[0], world.objects[2], world.objects[4]
    told = {"near": [hidden.key, shown.key], "far": [hidden.key]}
    for kind in told:
        RelationType.objects.create(key=kind, name=kind)
    change(obj, "", None, {"attributes": {}, "boardKey": obj.board.key, "relations": told})
    change(obj, "relations.far", None, hidden.key)
    outsider, member = world.people["outsider"], world.people["member"]
    seen = read(obj, acting(outsider))
    assert seen[""][1]["relations"] == {"near": [shown.key]}
    assert seen["relations.far"] == (None, None)
    give(member, world.workspaces[1], "join")
    seen = read(obj, acting(member))
    assert seen[""][1]["relations"] == told
    assert seen["relations.far"] == (None, hidden.key)


def test_a_visible_object_does_not_give_away_its_namesake_of_another_type(world: World) -> None:
    recipe, note = world.types
    obj, hidden = world.objects[0], world.objects[2]
    GovernedObject.objects.create(
        object_type=note, board=obj.board, key=hidden.key, name="Namesake"
    )
    for key, target in (("to_recipe", recipe), ("to_note", note), ("to_any", None)):
        RelationType.objects.create(key=key, name=key, target_object_type=target)
    kinds = ("to_recipe", "to_note", "to_any", "removed_since")
    change(obj, "", None, {"relations": {kind: [hidden.key] for kind in kinds}})
    change(obj, "parentKey", None, hidden.key)
    outsider = world.people["outsider"]
    seen = read(obj, acting(outsider))
    assert seen[""][1]["relations"] == {"to_note": [hidden.key]}
    assert seen["parentKey"] == (None, None)
    give(outsider, world.workspaces[1], "join")
    seen = read(obj, acting(outsider))
    assert set(seen[""][1]["relations"]) == set(kinds)
    assert seen["parentKey"] == (None, hidden.key)


def test_attributes_that_were_removed_are_read_by_admins_alone(world: World) -> None:
    obj = world.objects[0]
    change(obj, "", None, {"attributes": {"secret": "1", "colour": "red"}, "boardKey": None})
    change(obj, "attributes.secret", "1", "2")
    change(obj, "attributes.colour", {"r": 1}, {"r": 2})
    seen = read(obj, acting(world.people["member"]))
    assert seen == {
        "": (None, {"attributes": {"colour": "red"}, "boardKey": None}),
        "attributes.colour": ({"r": 1}, {"r": 2}),
    }
    seen = read(obj, acting(world.people["admin"]))
    assert seen[""][1]["attributes"] == {"secret": "1", "colour": "red"}
    assert seen["attributes.secret"] == ("1", "2")
