"""What a viewer may do with the attributes of a page of objects, in a constant number of queries.

Says of each attribute what `gate.allows` says of `AttributeOf`, and a test proves it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

from accounts.actor import Actor
from accounts.gate import Decision
from accounts.models import User
from catalog.models import AttributeType, GovernedObject, UserRelation
from permissions import conditions
from permissions.kinds import attributes, boards
from permissions.kinds.objects import Standing

Keys = dict[int, frozenset[str]]
Schema = dict[int, list[AttributeType]]


def hidden_attributes(actor: Actor, things: Sequence[GovernedObject]) -> Keys:
    """By object id, the keys of the attributes that this actor may not see."""
    if actor.is_active and actor.is_admin:
        return {thing.pk: frozenset() for thing in things}
    schema = _schema_of(things)
    seen = _permitted(actor, things, schema, attributes.sight)
    return {thing.pk: _keys(schema, thing) - seen[thing.pk] for thing in things}


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
    return {
        stand.thing.pk: frozenset(
            attribute.key
            for attribute in schema.get(stand.thing.object_type_id, ())
            if question(stand, attribute)
        )
        for stand in _standings(actor.user, things, schema)
    }


def _standings(user: User, things: Sequence[GovernedObject], schema: Schema) -> list[Standing]:
    book = conditions.read(
        types=list(schema), attributes=[one.pk for held in schema.values() for one in held]
    )
    seen = boards.sights(user, boards.boards_of(things))
    relations = _relations(user, things)
    return [
        Standing(
            user=user,
            thing=thing,
            seen=seen[thing.board_id],
            book=book,
            relation_type_ids=relations[thing.pk],
        )
        for thing in things
    ]


def _relations(user: User, things: Sequence[GovernedObject]) -> dict[int, frozenset[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    held = UserRelation.objects.filter(user=user.pk, object__in=[thing.pk for thing in things])
    for object_id, type_id in held.values_list("object_id", "type_id"):
        found[object_id].add(type_id)
    return {thing.pk: frozenset(found[thing.pk]) for thing in things}


def _schema_of(things: Sequence[GovernedObject]) -> Schema:
    found: Schema = {thing.object_type_id: [] for thing in things}
    for attribute in AttributeType.objects.filter(object_type__in=list(found)):
        found[attribute.object_type_id].append(attribute)
    return found


def _keys(schema: Schema, thing: GovernedObject) -> frozenset[str]:
    return frozenset(attribute.key for attribute in schema[thing.object_type_id])
