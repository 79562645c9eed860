"""The keys of a world, as `catalog.lineage` asks for them: what a package will make included."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from catalog.expressions import Reference
from catalog.lineage import ANY, Read, What
from catalog.packages.kinds import Named
from catalog.packages.world import World, identity


@dataclass(frozen=True, slots=True)
class KnownInWorld:
    """Attributes, relation types and user relation types of a world."""

    world: World

    def has_object_type(self, key: str) -> bool:
        return self.world.has("objectTypes", key)

    def types_with(self, attribute_key: str) -> Collection[str]:
        return self.world.owners("attributeTypes", attribute_key)

    def attribute_keys(self, object_type_key: str | None) -> Collection[str]:
        if object_type_key is not None:
            return self.world.keys("attributeTypes", object_type_key)
        return self.world.last_keys("attributeTypes")

    def relation_ends(self, key: str) -> tuple[str | None, str | None] | None:
        found = self.world.get("relationTypes", key)
        if found is None:
            return None
        return found["sourceObjectTypeKey"], found["targetObjectTypeKey"]

    def relation_keys(self) -> Collection[str]:
        return self.world.keys("relationTypes")

    def user_relation_keys(self) -> Collection[str]:
        return self.world.of("userRelationTypes")


def named_by(read: Read, reference: Reference, pointer: str) -> Named | None:
    """The asset that a reading by this reference needs; None for metadata.

    Of an attribute that several types have nobody can say which is meant, so none of them is kept
    from being deleted.
    """
    kind = _KINDS.get(read.what)
    within: tuple[str, ...] = ()
    if read.what is What.ATTRIBUTE:
        within = tuple(read.object_type_keys or {""})
    if kind is None or read.key == ANY or len(within) > 1:
        return None
    return Named(pointer, kind, identity(*within, read.key), read.key, reference.place)


_KINDS = {
    What.ATTRIBUTE: "attributeTypes",
    What.RELATION: "relationTypes",
    What.USER_RELATION: "userRelationTypes",
}
