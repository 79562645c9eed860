"""Which keys of objects and boards a reader may be told, where a text names them by key alone.

A key is one object's only within an object type. Where the type is unknown, every object that
bears the key must be visible: one that is must not give away another that isn't.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from accounts import gate
from accounts.actor import Actor
from catalog.models import Board, GovernedObject, RelationType

Sight = Mapping[int, bool]
NOTHING: Sight = {}


@dataclass(frozen=True, slots=True)
class VisibleKeys:
    """The answer for the keys that were asked about. Keys of what is gone are not visible."""

    boards: frozenset[str]
    objects: Mapping[str, Sight]
    target_types: Mapping[str, int | None]

    def shows_board(self, key: object) -> bool:
        return key in self.boards

    def shows_object(self, key: object) -> bool:
        sight = self.objects.get(str(key), NOTHING)
        return bool(sight) and all(sight.values())

    def shows_target(self, relation_type_key: str, key: object) -> bool:
        """Whether the object may be told to which a relation of this type leads."""
        type_id = self.target_types.get(relation_type_key)
        if type_id is None:
            return self.shows_object(key)
        return self.objects.get(str(key), NOTHING).get(type_id, False)


def visible_keys(
    actor: Actor, *, boards: Collection[str] = (), objects: Collection[str] = ()
) -> VisibleKeys:
    """Four queries at most, however many keys."""
    seen_boards = gate.narrow(actor, "view", Board.objects.filter(key__in=boards))
    return VisibleKeys(
        boards=frozenset(seen_boards.values_list("key", flat=True) if boards else ()),
        objects=_sights(actor, objects) if objects else {},
        target_types=_target_types() if objects else {},
    )


def _sights(actor: Actor, keys: Collection[str]) -> dict[str, dict[int, bool]]:
    """By key and object type, whether the actor sees the object."""
    named = GovernedObject.objects.filter(key__in=keys)
    seen = set(gate.narrow(actor, "view", named).values_list("pk", flat=True))
    found: dict[str, dict[int, bool]] = {}
    for pk, key, type_id in named.values_list("pk", "key", "object_type_id"):
        found.setdefault(key, {})[type_id] = pk in seen
    return found


def _target_types() -> dict[str, int | None]:
    return dict(RelationType.objects.values_list("key", "target_object_type_id"))
