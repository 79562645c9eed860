"""The verbs of governed objects: create, update, delete. Relations, people and places stand beside.

Every door (API, page, import, automation) comes through here. The state of an object is set here
once, when it is created; moving it is the business of `workflows.lifecycle`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from accounts import gate
from accounts.actor import Actor
from accounts.constraints import refusing
from accounts.exceptions import Conflict, Invalid, Problem, Refused
from accounts.gate import Decision
from accounts.models import User
from catalog import attributes as rules
from catalog.models import (
    AttributeType,
    Board,
    Change,
    GovernedObject,
    ObjectType,
    Relation,
    RelationType,
    State,
    UserRelation,
    UserRelationType,
)
from catalog.services.beginnings import first_state, free_key, key_problems, name_problems
from catalog.services.boards import default_board
from catalog.services.ledger import Ledger
from catalog.services.parts import (
    attributes_of,
    claim_unique_values,
    demand_version,
    differences,
    known_users,
    lock,
    merge,
    snapshot,
    touch,
)
from catalog.services.relating import described, note_relation, relation_problems
from catalog.things import AttributeOf, ColumnOn, PlaceFor


def create(
    object_type: ObjectType,
    *,
    actor: Actor,
    name: str,
    key: str | None = None,
    board: Board | None = None,
    parent: GovernedObject | None = None,
    attributes: Mapping[str, object] | None = None,
    relations: Mapping[RelationType, Sequence[GovernedObject]] | None = None,
    user_relations: Mapping[UserRelationType, Sequence[User]] | None = None,
    state: State | None = None,
) -> GovernedObject:
    """Makes an object, in the lifecycle's initial state unless another is given; one event."""
    with transaction.atomic():
        place = PlaceFor(board or default_board(object_type), object_type)
        may = gate.demand(actor, "create_object", place)
        types = list(object_type.attributes.all())
        values = _checked_values(object_type, types, name, key, attributes or {}, relations or {})
        columns = _demand_columns(actor, place.board, types, attributes or {})
        if parent is not None:
            gate.fetch(actor, GovernedObject.objects.all(), pk=parent.pk)
        obj = GovernedObject(
            object_type=object_type,
            board=place.board,
            key=key or free_key(object_type, name),
            name=name,
            parent=parent,
            state=state or first_state(object_type),
            attributes=values,
            created_by=actor.user,
        )
        with refusing(_taken(obj)):
            obj.save(force_insert=True)
        claim_unique_values(obj, types, values)
        ledger = Ledger(actor.origin, any(one.override for one in (may, *columns)))
        return _introduce(ledger, obj, relations or {}, user_relations or {})


def _demand_columns(
    actor: Actor, board: Board, types: Sequence[AttributeType], given: Mapping[str, object]
) -> list[Decision]:
    """A new object brings no value into a column that its maker may not edit; defaults come by
    themselves."""
    brought = [one for one in types if given.get(one.key) not in (None, one.default)]
    return gate.demand_each(actor, "edit", [ColumnOn(board, one) for one in brought])


def _checked_values(
    object_type: ObjectType,
    types: Sequence[AttributeType],
    name: str,
    key: str | None,
    attributes: Mapping[str, object],
    relations: Mapping[RelationType, Sequence[GovernedObject]],
) -> dict[str, Any]:
    """The attribute values of a new object; raises every problem of what was given with it."""
    values, problems = rules.validate(
        types, attributes, complete=True, known_users=known_users(types, attributes)
    )
    problems += name_problems(name) + key_problems(key)
    problems += relation_problems(object_type, relations)
    if problems:
        raise Invalid(problems=problems)
    return values


def _introduce(
    ledger: Ledger,
    obj: GovernedObject,
    relations: Mapping[RelationType, Sequence[GovernedObject]],
    user_relations: Mapping[UserRelationType, Sequence[User]],
) -> GovernedObject:
    """Writes relations and people; one history row and one event tell all of a new object."""
    told = snapshot(obj)
    related = [
        Relation(type=kind, source=obj, target=target)
        for kind, targets in relations.items()
        for target in dict.fromkeys(targets)
    ]
    people = [
        UserRelation(type=kind, object=obj, user=user)
        for kind, users in user_relations.items()
        for user in dict.fromkeys(users)
    ]
    Relation.objects.bulk_create(related)
    UserRelation.objects.bulk_create(people)
    for relation in related:
        told.setdefault("relations", {}).setdefault(relation.type.key, [])
        told["relations"][relation.type.key].append(relation.target.key)
    for person in people:
        told.setdefault("userRelations", {}).setdefault(person.type.key, [])
        told["userRelations"][person.type.key].append(person.user.username)
    ledger.note(obj, Change.Verb.CREATED, after=told)
    ledger.tell("objectCreated", obj, {"snapshot": told})
    ledger.write()
    return obj


def update(
    obj: GovernedObject,
    *,
    actor: Actor,
    name: str | None = None,
    attributes: Mapping[str, object] | None = None,
    expected_version: int | None = None,
) -> GovernedObject:
    """Changes the name and merges attributes (null deletes one); an equal save writes nothing."""
    with transaction.atomic():
        locked = lock(obj)
        demand_version(locked, expected_version)
        may = gate.demand(actor, "edit", locked)
        types = attributes_of(locked)
        values, problems = rules.validate(
            types,
            attributes or {},
            complete=False,
            known_users=known_users(types, attributes or {}),
        )
        if name is not None:
            problems += name_problems(name)
        if problems:
            raise Invalid(problems=problems)
        return _save(locked, actor, types, name, values, may)


def _save(
    obj: GovernedObject,
    actor: Actor,
    types: Sequence[AttributeType],
    name: str | None,
    values: Mapping[str, Any],
    may: Decision,
) -> GovernedObject:
    by_key = {attribute.key: attribute for attribute in types}
    # Before anything is compared: who may not see a value could otherwise guess it.
    gate.demand_each(actor, "view", [AttributeOf(obj, by_key[key]) for key in values])
    changed = differences(obj.attributes, values)
    decisions = gate.demand_each(actor, "edit", [AttributeOf(obj, by_key[key]) for key in changed])
    ledger = Ledger(actor.origin)
    for (key, (before, after)), decision in zip(changed.items(), decisions, strict=True):
        told = {"before": before, "after": after, "override": decision.override}
        ledger.note(obj, Change.Verb.CHANGED, f"attributes.{key}", **told)
    if name is not None and name != obj.name:
        told = {"before": obj.name, "after": name, "override": may.override}
        ledger.note(obj, Change.Verb.CHANGED, "name", **told)
        obj.name = name
    if not ledger.changes:
        return obj
    if changed:
        pairs = {key: list(pair) for key, pair in changed.items()}
        ledger.tell("attributeChanged", obj, {"changes": pairs})
        merge(obj, changed)
    touch(obj, "name", "attributes")
    claim_unique_values(obj, [by_key[key] for key in changed], obj.attributes)
    ledger.write()
    return obj


def delete(obj: GovernedObject, *, actor: Actor, expected_version: int | None = None) -> None:
    """Removes an object; its history stays. One that has children is refused."""
    with transaction.atomic():
        obj = lock(obj)
        demand_version(obj, expected_version)
        may = gate.demand(actor, "delete", obj)
        if children := obj.children.count():
            some = "1 object" if children == 1 else f"{children} objects"
            raise Conflict(
                f"{obj.key} has {some} below it, to be moved or deleted first.", code="hasChildren"
            )
        ledger = Ledger(actor.origin, may.override)
        _part_from_others(ledger, obj)
        ledger.note(obj, Change.Verb.DELETED, before=snapshot(obj))
        ledger.tell("objectDeleted", obj, {"snapshot": snapshot(obj)})
        ledger.write()
        obj.delete()


def _part_from_others(ledger: Ledger, obj: GovernedObject) -> None:
    """Ends the relations that lead to an object, so that those at the other end tell of it."""
    leading = obj.relations_in.exclude(source=obj).select_related("type", "source", "target")
    by_source: dict[int, list[Relation]] = {}
    for relation in leading.order_by("source_id", "pk"):
        by_source.setdefault(relation.source_id, []).append(relation)
    for relations in by_source.values():
        source = lock(relations[0].source)
        for relation in relations:
            note_relation(ledger, relation, Change.Verb.UNRELATED)
        told = [described(relation) for relation in relations]
        ledger.tell("relationRemoved", source, {"relations": told})
        touch(source)
    leading.delete()


def _taken(obj: GovernedObject) -> dict[str, Refused]:
    detail = f"Another {obj.object_type.name} has the key {obj.key} already."
    return {
        "object_key_unique": Invalid(problems=[Problem("/key", "duplicateKey", detail, obj.key)])
    }
