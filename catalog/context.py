"""What an expression may read of an object: facades on the ORM, read when they are asked for.

Every facade offers named parts and nothing else. What the actor may not see is not there.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar

from django.db.models import QuerySet

from accounts import gate
from accounts.actor import Actor
from catalog.expressions import Purse, UnknownSelector
from catalog.expressions.limits import MAX_ROWS, check_rows
from catalog.models import AttributeType, GovernedObject, RelationType, UserRelationType
from catalog.provenance import Noting, Provenance
from catalog.things import AttributeOf

Row = TypeVar("Row")

QUERY_STEPS = 20
"""Of an evaluation's budget: what it costs to ask the database; each row that it answers is one
more. Without this, relations of relations could keep a worker busy for minutes."""
GATE_STEPS = 4
"""What it costs to ask the gate, about however many; each that it is asked about is one more."""


@dataclass(frozen=True, slots=True)
class Company:
    """Objects that were read together, by what they were read for. What the gate is asked about
    one of them it is asked about all."""

    key: Hashable
    rows: Sequence[GovernedObject] = field(compare=False)


@dataclass(eq=False)
class Reading:
    """Who reads, and what the schema says; shared by the facades of an evaluation, or of several.
    What is read of objects is remembered within one evaluation only: the next sees what changed.

    Where it `is_lenient`, attributes that the actor may not see are null rather than unknown.
    `noted` is what was read so far.
    """

    actor: Actor
    is_lenient: bool = False
    noted: Provenance = field(default_factory=Provenance)
    _attributes: dict[int, dict[str, AttributeType]] = field(default_factory=dict)
    _keys: dict[type[Any], frozenset[str]] = field(default_factory=dict)

    @contextmanager
    def noting(self) -> Iterator[Provenance]:
        """Notes apart what is read within; afterwards it belongs to what was read before, too."""
        before, self.noted = self.noted, Provenance()
        try:
            yield self.noted
        finally:
            before.take_in(self.noted)
            self.noted = before

    def attributes_of(self, object_type_id: int) -> dict[str, AttributeType]:
        if object_type_id not in self._attributes:
            rows = AttributeType.objects.filter(object_type_id=object_type_id)
            self._attributes[object_type_id] = {row.key: row for row in rows}
        return self._attributes[object_type_id]

    def keys_of(self, model: type[RelationType] | type[UserRelationType]) -> frozenset[str]:
        if model not in self._keys:
            self._keys[model] = frozenset(model.objects.values_list("key", flat=True))
        return self._keys[model]

    def may_see(self, obj: GovernedObject, key: str, company: Company, purse: Purse) -> bool:
        """Whether the actor sees this attribute, which its type has, of one of the company."""
        if self.actor.is_admin:
            return True
        asked = (self, "see", key, company)
        return obj.pk in purse.once(asked, lambda: self._showing(key, company, purse))

    def _showing(self, key: str, company: Company, purse: Purse) -> frozenset[int]:
        """The ids of those whose attribute of this key the actor sees, in as many queries as for
        one object. Without this, a relation to hundreds would ask the gate hundreds of times."""
        purse.spend(GATE_STEPS + len(company.rows))
        things = [
            AttributeOf(one, known[key])
            for one in company.rows
            if key in (known := self.attributes_of(one.object_type_id))
        ]
        decisions = gate.allows_each(self.actor, "view", things)
        return frozenset(
            thing.object.pk for thing, is_seen in zip(things, decisions, strict=True) if is_seen
        )

    def visible(
        self, rows: QuerySet[GovernedObject], name: str, read_for: Hashable, purse: Purse
    ) -> list[ObjectParts]:
        """Those of the objects that the actor may see, in their order."""
        seen = gate.narrow(self.actor, "view", rows)
        found = _paid(seen.select_related("object_type", "board__workspace", "state"), name, purse)
        company = Company(read_for, found)
        for one in found:
            self.noted.note(one.pk)
        return [ObjectParts(one, self, company) for one in found]


@dataclass(frozen=True)
class ObjectParts:
    """`@object` and whatever a relation leads to."""

    obj: GovernedObject
    reading: Reading
    company: Company

    def __str__(self) -> str:
        return self.obj.key

    def select(self, name: str, purse: Purse) -> object:
        if name == "parent":
            key = (self.reading, name, self.obj.parent_id)
            return purse.once(key, lambda: self._parent(key, purse))
        if name not in OWN_PARTS:
            raise UnknownSelector(name, PARTS)
        return OWN_PARTS[name](self)

    def attributes(self) -> object:
        return AttributeParts(self.obj, self.reading, self.company)

    def relations(self) -> object:
        return RelationParts(self.obj, self.reading)

    def user_relations(self) -> object:
        return PeopleParts(self.obj, self.reading)

    def _parent(self, key: Hashable, purse: Purse) -> object:
        if self.obj.parent_id is None:
            return None
        rows = GovernedObject.objects.filter(pk=self.obj.parent_id)
        return next(iter(self.reading.visible(rows, "parent", key, purse)), None)


OWN_PARTS: dict[str, Callable[[ObjectParts], object]] = {
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
}
PARTS = (*OWN_PARTS, "parent")


@dataclass(frozen=True)
class AttributeParts:
    """`@object.attributes`: a selector for each attribute of the object's type."""

    obj: GovernedObject
    reading: Reading
    company: Company

    def __str__(self) -> str:
        return "attributes"

    def select(self, name: str, purse: Purse) -> object:
        known = self.reading.attributes_of(self.obj.object_type_id)
        is_seen = name in known and self.reading.may_see(self.obj, name, self.company, purse)
        if name in known and not is_seen and self.reading.is_lenient:
            return None
        if not is_seen:
            raise UnknownSelector(name, tuple(key for key in known if key != name))
        self.reading.noted.note(self.obj.pk, name)
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

    def select(self, name: str, purse: Purse) -> object:
        known = self.reading.keys_of(RelationType)
        if name not in known:
            raise UnknownSelector(name, tuple(sorted(known)))
        key = (self.reading, "relations", self.obj.pk, name)
        return purse.once(key, lambda: self._targets(name, key, purse))

    def _targets(self, name: str, key: Hashable, purse: Purse) -> list[ObjectParts]:
        rows = GovernedObject.objects.filter(
            relations_in__source=self.obj, relations_in__type__key=name
        )
        return self.reading.visible(rows.order_by("relations_in__pk"), name, key, purse)


@dataclass(frozen=True)
class PeopleParts:
    """`@object.userRelations`: the usernames for each user relation type."""

    obj: GovernedObject
    reading: Reading

    def __str__(self) -> str:
        return "userRelations"

    def select(self, name: str, purse: Purse) -> object:
        known = self.reading.keys_of(UserRelationType)
        if name not in known:
            raise UnknownSelector(name, tuple(sorted(known)))
        key = (self.reading, "userRelations", self.obj.pk, name)
        return purse.once(key, lambda: self._usernames(name, purse))

    def _usernames(self, name: str, purse: Purse) -> list[str]:
        people = self.obj.user_relations.filter(type__key=name).order_by("user__username")
        return _paid(people.values_list("user__username", flat=True), name, purse)


def _paid(rows: QuerySet[Any, Row], name: str, purse: Purse) -> list[Row]:
    """The rows, each paid for; never more are read than may be paid for, and one that tells."""
    purse.spend(QUERY_STEPS)
    found = list(rows[: min(MAX_ROWS, purse.left) + 1])
    purse.spend(len(found))
    check_rows(len(found), name)
    return found


@dataclass
class ObjectContext:
    """The context variables of one evaluation; what is not given is not available.

    `made_of` holds by variable (`event`, `steps`, `variables`) and name what their values were made
    of; of those that it leaves out that can't be told.
    """

    reading: Reading
    current_username: str
    now: datetime
    obj: GovernedObject | None = None
    event: Mapping[str, object] | None = None
    input: Mapping[str, object] = field(default_factory=dict)
    steps: dict[str, object] = field(default_factory=dict)
    variables: dict[str, object] = field(default_factory=dict)
    made_of: dict[str, dict[str, Provenance]] = field(default_factory=dict)

    def lookup(self, root: str) -> object:
        simple: dict[str, object] = {
            "currentUserId": self.current_username,
            "now": self.now,
            "input": self.input,
        }
        made = {"event": self.event, "steps": self.steps, "variables": self.variables}
        if root in simple:
            return simple[root]
        if (values := made.get(root)) is not None:
            return Noting(values, self.made_of.get(root, {}), self.reading.noted)
        if self.obj is None:
            raise LookupError(root)
        return self._of_object(root, self.obj)

    def _of_object(self, root: str, obj: GovernedObject) -> object:
        if root not in ("object", "objectId", "objectTypeKey"):
            raise LookupError(root)
        self.reading.noted.note(obj.pk)
        if root == "object":
            return ObjectParts(obj, self.reading, Company(obj.pk, [obj]))
        return obj.pk if root == "objectId" else obj.object_type.key
