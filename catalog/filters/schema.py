"""What a stream filter may name, as plain keys: the schema as it is, or as a package will make it.

A filter is checked against such a picture, so that a plan can check filters over object types
that do not exist yet. `present.present` reads the picture from the database.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from catalog.filters.shapes import Shape, shape_of
from catalog.filters.tree import Variant


@dataclass(frozen=True, slots=True)
class Attribute:
    """The shape of an attribute's values and, of an enum, what they may be."""

    shape: Shape
    options: tuple[str, ...] | None = None
    is_filterable: bool = False

    @classmethod
    def of(
        cls,
        type: str,
        item_type: str = "",
        options: Iterable[str] = (),
        *,
        is_filterable: bool = False,
    ) -> Attribute:
        """By the names of types that packages use."""
        is_enum = "enum" in (type, item_type if type == "list" else "")
        allowed = tuple(options) if is_enum else None
        return cls(shape_of(type, item_type), allowed, is_filterable)


Ends = tuple[str | None, str | None]
"""The object types at which relations of a type begin and end; None: at any."""


@dataclass(frozen=True, slots=True)
class Schema:
    """Keys of what there is. `boards` None: any board's key is taken as it is."""

    attributes: Mapping[str, Mapping[str, Attribute]] = field(default_factory=dict)
    """Object type key -> attribute key -> attribute; has every object type."""
    states: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Object type key -> keys of the states of its lifecycle."""
    relation_types: Mapping[str, Ends] = field(default_factory=dict)
    user_relation_types: frozenset[str] = frozenset()
    boards: frozenset[str] | None = None

    def attribute_keys(self, object_type_key: str | None) -> list[str]:
        """Those of the object type, or of all where none is named."""
        if object_type_key is not None:
            return list(self.attributes.get(object_type_key, {}))
        return list(dict.fromkeys(key for of_type in self.attributes.values() for key in of_type))

    def has_object_type(self, key: str) -> bool:
        return key in self.attributes

    def types_with(self, attribute_key: str) -> list[str]:
        """The object types that have an attribute of this key."""
        return [key for key, of_type in self.attributes.items() if attribute_key in of_type]

    def relation_ends(self, key: str) -> Ends | None:
        return self.relation_types.get(key)

    def relation_keys(self) -> list[str]:
        return list(self.relation_types)

    def user_relation_keys(self) -> list[str]:
        return list(self.user_relation_types)

    def state_keys(self, object_type_key: str | None) -> frozenset[str]:
        if object_type_key is not None:
            return self.states.get(object_type_key, frozenset())
        return frozenset().union(*self.states.values())

    def variants(self, key: str, object_type_key: str | None) -> tuple[Variant, ...]:
        """The shapes in which objects have this attribute; none where it isn't known."""
        if object_type_key is not None:
            found = self.attributes.get(object_type_key, {}).get(key)
            return (Variant(found.shape),) if found else ()
        by_shape: dict[Shape, set[str]] = {}
        for type_key, of_type in self.attributes.items():
            if key in of_type:
                by_shape.setdefault(of_type[key].shape, set()).add(type_key)
        return tuple(Variant(shape, frozenset(types)) for shape, types in by_shape.items())

    def is_filterable(self, key: str, object_type_key: str) -> bool:
        """Whether there is an index on the attribute's values in objects of this type."""
        found = self.attributes.get(object_type_key, {}).get(key)
        return found is not None and found.is_filterable

    def options(self, key: str, object_type_key: str | None) -> frozenset[str] | None:
        """What the values may be; None where, in some object type, they may be anything."""
        found = [
            of_type[key]
            for type_key, of_type in self.attributes.items()
            if key in of_type and object_type_key in (None, type_key)
        ]
        known = [one.options for one in found if one.options is not None]
        return frozenset().union(*known) if len(known) == len(found) else None
