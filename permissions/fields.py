"""What a viewer may do with the attributes of a page of objects, in a constant number of queries.

Says of each attribute what `gate.allows` says of `AttributeOf`, and a test proves it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from accounts.actor import Actor
from accounts.gate import Decision
from accounts.remembering import remembered_each
from catalog.models import AttributeType, GovernedObject
from journal.prepared import QuestionOfSeveral
from permissions.kinds import attributes
from permissions.kinds.objects import Standing, standings

Keys = dict[int, frozenset[str]]
Schema = dict[int, list[AttributeType]]

OF_TYPES: QuestionOfSeveral[AttributeType] = QuestionOfSeveral(
    lambda types: AttributeType.objects.filter(object_type__in=types)
)


def hidden_attributes(actor: Actor, things: Sequence[GovernedObject]) -> Keys:
    """By object id, the keys of the attributes that this actor may not see."""
    if actor.is_active and actor.is_admin:
        return {thing.pk: frozenset() for thing in things}
    schema = _schema_of(things)
    seen = _permitted(actor, things, schema, attributes.sight)
    return {thing.pk: _keys(schema, thing) - seen[thing.pk] for thing in things}


def seen_attributes(actor: Actor, things: Sequence[GovernedObject]) -> Keys:
    """By object id, the keys of the attributes that this actor may see."""
    schema = _schema_of(things)
    if actor.is_active and actor.is_admin:
        return {thing.pk: _keys(schema, thing) for thing in things}
    return _permitted(actor, things, schema, attributes.sight)


def editable_attributes(actor: Actor, things: Sequence[GovernedObject]) -> Keys:
    """By object id, the keys of the attributes that this actor may edit."""
    schema = _schema_of(things)
    if actor.is_active and actor.is_admin:
        return {thing.pk: _keys(schema, thing) for thing in things}
    return _permitted(actor, things, schema, attributes.editing)


def _permitted(
    actor: Actor,
    things: Sequence[GovernedObject],
    schema: Schema,
    question: Callable[[Standing, AttributeType], Decision],
) -> Keys:
    if actor.user is None or not actor.is_active:
        return {thing.pk: frozenset() for thing in things}
    ids = [attribute.pk for held in schema.values() for attribute in held]
    found = standings(actor.user, things, attributes=ids)
    return {
        pk: frozenset(
            attribute.key
            for attribute in schema[stand.thing.object_type_id]
            if question(stand, attribute)
        )
        for pk, stand in found.items()
    }


def _schema_of(things: Sequence[GovernedObject]) -> Schema:
    return attributes_of_types(thing.object_type_id for thing in things)


def attributes_of_types(ids: Iterable[int]) -> Schema:
    """By object type, its attributes in their order."""
    return remembered_each("attributes", ids, _attributes_of_types, [])


def _attributes_of_types(ids: Sequence[int]) -> Schema:
    found: Schema = {pk: [] for pk in ids}
    for attribute in OF_TYPES.rows(ids):
        found[attribute.object_type_id].append(attribute)
    return found


def _keys(schema: Schema, thing: GovernedObject) -> frozenset[str]:
    return frozenset(attribute.key for attribute in schema[thing.object_type_id])
