"""What an expression may read of an object: facades on the ORM, read when they are asked for.

Every facade offers named parts and nothing else. What the actor may not see is not there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from accounts import gate
from accounts.actor import Actor
from catalog.expressions import UnknownSelector
from catalog.models import AttributeType, GovernedObject, RelationType, UserRelationType
from catalog.things import AttributeOf

QUERY_STEPS = 20
"""Of an evaluation's budget: what it costs to ask the database. Without this, relations of
relations could keep a worker busy for minutes."""
GATE_STEPS = 5


@dataclass
class Reading:
    """Who reads, and what the schema says; shared by the facades of one evaluation.

    Where it `is_lenient`, attributes that the actor may not see are null rather than unknown.
    """

    actor: Actor
    is_lenient: bool = False
    _attributes: dict[int, dict[str, AttributeType]] = field(default_factory=dict)
    _keys: dict[type[Any], frozenset[str]] = field(default_factory=dict)

    def attributes_of(self, object_type_id: int) -> dict[str, AttributeType]:
        if object_type_id not in self._attributes:
            rows = AttributeType.objects.filter(object_type_id=object_type_id)
            self._attributes[object_type_id] = {row.key: row for row in rows}
        return self._attributes[object_type_id]

    def keys_of(self, model: type[RelationType] | type[UserRelationType]) -> frozenset[str]:
        if model not in self._keys:
            self._keys[model] = frozenset(model.objects.values_list("key", flat=True))
        return self._keys[model]

    def may_see(self, obj: GovernedObject, attribute: AttributeType) -> bool:
        thing = AttributeOf(obj, attribute)
        return self.actor.is_admin or bool(gate.allows(self.actor, "view", thing))


@dataclass(frozen=True)
class ObjectParts:
    """`@object` and whatever a relation leads to."""

    obj: GovernedObject
    reading: Reading

    def __str__(self) -> str:
        return self.obj.key

    def steps_to(self, name: str) -> int:
        return QUERY_STEPS if name == "parent" else 1

    def select(self, name: str) -> object:
        if name not in PARTS:
            raise UnknownSelector(name, tuple(PARTS))
        return PARTS[name](self)

    def attributes(self) -> object:
        return AttributeParts(self.obj, self.reading)

    def relations(self) -> object:
        return RelationParts(self.obj, self.reading)

    def user_relations(self) -> object:
        return PeopleParts(self.obj, self.reading)

    def parent(self) -> object:
        above = _visible(self.reading.actor, [self.obj.parent_id])
        return ObjectParts(above[0], self.reading) if above else None


PARTS: dict[str, Callable[[ObjectParts], object]] = {
    "id": lambda parts: parts.obj.pk,
    "key": lambda parts: parts.obj.key,
    "name": lambda parts: parts.obj.name,
    "objectTypeKey": lambda parts: parts.obj.object_type.key,
    "boardKey": lambda parts: parts.obj.board.key,
    "stateKey": lambda parts: parts.obj.state.key if parts.obj.state else None,
    "stateSince": lambda parts: parts.obj.state_since,
    "createdAt": lambda parts: parts.obj.created_at,
    "modifiedAt": lambda parts: parts.obj.modified_at,
    "createdBy": lambda parts: parts.obj.created_by.username if parts.obj.created_by else "system",
    "attributes": ObjectParts.attributes,
    "relations": ObjectParts.relations,
    "userRelations": ObjectParts.user_relations,
    "parent": ObjectParts.parent,
}


@dataclass(frozen=True)
class AttributeParts:
    """`@object.attributes`: a selector for each attribute of the object's type."""

    obj: GovernedObject
    reading: Reading

    def __str__(self) -> str:
        return "attributes"

    def steps_to(self, name: str) -> int:
        return 1 if self.reading.actor.is_admin else GATE_STEPS

    def select(self, name: str) -> object:
        known = self.reading.attributes_of(self.obj.object_type_id)
        is_seen = name in known and self.reading.may_see(self.obj, known[name])
        if name in known and not is_seen and self.reading.is_lenient:
            return None
        if not is_seen:
            raise UnknownSelector(name, tuple(key for key in known if key != name))
        return typed(known[name], self.obj.attributes.get(name))


def typed(attribute: AttributeType, stored: Any) -> object:
    """A stored value as expressions know it: decimals are numbers, all else is as it stands."""
    kind = attribute.item_type if attribute.type == "list" else attribute.type
    if kind != "decimal" or stored is None:
        return stored
    return [Decimal(one) for one in stored] if isinstance(stored, list) else Decimal(stored)


@dataclass(frozen=True)
class RelationParts:
    """`@object.relations`: a list of objects for each relation type."""

    obj: GovernedObject
    reading: Reading

    def __str__(self) -> str:
        return "relations"

    def steps_to(self, name: str) -> int:
        return QUERY_STEPS

    def select(self, name: str) -> object:
        known = self.reading.keys_of(RelationType)
        if name not in known:
            raise UnknownSelector(name, tuple(sorted(known)))
        targets = self.obj.relations_out.filter(type__key=name).order_by("pk")
        found = _visible(self.reading.actor, targets.values_list("target_id", flat=True))
        return [ObjectParts(one, self.reading) for one in found]


@dataclass(frozen=True)
class PeopleParts:
    """`@object.userRelations`: the usernames for each user relation type."""

    obj: GovernedObject
    reading: Reading

    def __str__(self) -> str:
        return "userRelations"

    def steps_to(self, name: str) -> int:
        return QUERY_STEPS

    def select(self, name: str) -> object:
        known = self.reading.keys_of(UserRelationType)
        if name not in known:
            raise UnknownSelector(name, tuple(sorted(known)))
        people = self.obj.user_relations.filter(type__key=name).order_by("user__username")
        return list(people.values_list("user__username", flat=True))


def _visible(actor: Actor, keys: Iterable[int | None]) -> list[GovernedObject]:
    """The objects of these ids that the actor may see, in the order of the ids given."""
    wanted = [key for key in keys if key is not None]
    if not wanted:
        return []
    rows = GovernedObject.objects.filter(pk__in=wanted)
    rows = gate.narrow(actor, "view", rows).select_related("object_type", "board", "state")
    by_id = {row.pk: row for row in rows}
    return [by_id[key] for key in wanted if key in by_id]


@dataclass
class ObjectContext:
    """The context variables of one evaluation; what is not given is not available."""

    reading: Reading
    current_username: str
    now: datetime
    obj: GovernedObject | None = None
    event: Mapping[str, object] | None = None
    input: Mapping[str, object] = field(default_factory=dict)
    steps: dict[str, object] = field(default_factory=dict)
    variables: dict[str, object] = field(default_factory=dict)

    def lookup(self, root: str) -> object:
        simple: dict[str, object] = {
            "currentUserId": self.current_username,
            "now": self.now,
            "input": self.input,
            "steps": self.steps,
            "variables": self.variables,
        }
        if root in simple:
            return simple[root]
        if root == "event" and self.event is not None:
            return self.event
        if self.obj is None:
            raise LookupError(root)
        if root == "object":
            return ObjectParts(self.obj, self.reading)
        return {"objectId": self.obj.pk, "objectTypeKey": self.obj.object_type.key}[root]
