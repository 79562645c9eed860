"""The verbs of governed objects: create, update, relate, assign, move, delete.

Every door (API, page, import, automation) comes through here. The state of an object is set here
once, when it is created; moving it is the business of `workflows.lifecycle`.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from accounts import gate
from accounts.actor import Actor
from accounts.constraints import refusing
from accounts.exceptions import Conflict, Invalid, NotFound, Problem, Refused
from accounts.keys import FORM_TEXT, is_key
from accounts.models import Account, User
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
    UniqueValue,
    UserRelation,
    UserRelationType,
)
from catalog.services.boards import default_board
from catalog.services.ledger import Ledger
from catalog.things import AttributeOf, PlaceFor
from journal.clock import now

MOST_NAME = 500


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
    place = PlaceFor(board or default_board(object_type), object_type)
    gate.demand(actor, "create_object", place)
    types = list(object_type.attributes.all())
    given = attributes or {}
    values, problems = rules.validate(
        types, given, complete=True, known_users=known_users(types, given)
    )
    problems += name_problems(name) + key_problems(key)
    if parent is not None:
        gate.fetch(actor, GovernedObject.objects.all(), pk=parent.pk)
    problems += _relation_problems(object_type, relations or {})
    if problems:
        raise Invalid(problems=problems)
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
    with transaction.atomic(), refusing(_taken(obj)):
        obj.save(force_insert=True)
        claim_unique_values(obj, types, values)
        return _introduce(obj, actor, relations or {}, user_relations or {})


def _introduce(
    obj: GovernedObject,
    actor: Actor,
    relations: Mapping[RelationType, Sequence[GovernedObject]],
    user_relations: Mapping[UserRelationType, Sequence[User]],
) -> GovernedObject:
    """Writes the people, the relations, the history and the events of an object just made."""
    ledger = Ledger(actor.origin)
    ledger.note(obj, Change.Verb.CREATED, after=snapshot(obj))
    ledger.tell("objectCreated", obj, {"snapshot": snapshot(obj)})
    related = [
        Relation(type=kind, source=obj, target=target)
        for kind, targets in relations.items()
        for target in dict.fromkeys(targets)
    ]
    Relation.objects.bulk_create(related)
    if related:
        ledger.tell("relationAdded", obj, {"relations": [described(one) for one in related]})
    for relation in related:
        note_relation(ledger, relation, Change.Verb.RELATED)
    for person_type, users in user_relations.items():
        _assign_all(ledger, obj, person_type, users)
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
        if expected_version is not None and locked.version != expected_version:
            raise Conflict(
                f"The object has changed since: it is at version {locked.version}, "
                f"not {expected_version}.",
                code="staleVersion",
                version=locked.version,
            )
        gate.demand(actor, "edit", locked)
        types = list(locked.object_type.attributes.all())
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
        return _save(locked, actor, types, name, values)


def _save(
    obj: GovernedObject,
    actor: Actor,
    types: Sequence[AttributeType],
    name: str | None,
    values: Mapping[str, Any],
) -> GovernedObject:
    changed = differences(obj.attributes, values)
    by_key = {attribute.key: attribute for attribute in types}
    gate.demand_each(actor, "edit", [AttributeOf(obj, by_key[key]) for key in changed])
    ledger = Ledger(actor.origin)
    for key, (before, after) in changed.items():
        ledger.note(obj, Change.Verb.CHANGED, f"attributes.{key}", before=before, after=after)
    if name is not None and name != obj.name:
        ledger.note(obj, Change.Verb.CHANGED, "name", before=obj.name, after=name)
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


def relate(
    source: GovernedObject, type: RelationType, target: GovernedObject, *, actor: Actor
) -> Relation:
    """Adds a relation; one that is there already is answered as it is."""
    with transaction.atomic():
        source = lock(source)
        gate.demand(actor, "edit", source)
        gate.fetch(actor, GovernedObject.objects.all(), pk=target.pk)
        if problems := _relation_problems(source.object_type, {type: [target]}):
            raise Invalid(problems=problems)
        relation, is_new = Relation.objects.get_or_create(type=type, source=source, target=target)
        if is_new:
            _tell_relation(relation, actor, Change.Verb.RELATED, "relationAdded")
        return relation


def unrelate(relation: Relation, *, actor: Actor) -> None:
    """Removes a relation."""
    with transaction.atomic():
        source = lock(relation.source)
        gate.demand(actor, "edit", source)
        gone, _ = Relation.objects.filter(pk=relation.pk).delete()
        if not gone:
            raise NotFound("There is no such relation.")
        relation.source = source
        _tell_relation(relation, actor, Change.Verb.UNRELATED, "relationRemoved")


def _tell_relation(relation: Relation, actor: Actor, verb: Change.Verb, kind: str) -> None:
    ledger = Ledger(actor.origin)
    note_relation(ledger, relation, verb)
    ledger.tell(kind, relation.source, {"relations": [described(relation)]})
    touch(relation.source)
    ledger.write()


def assign(
    obj: GovernedObject, type: UserRelationType, user: User, *, actor: Actor
) -> UserRelation:
    """Relates a person to an object; a relation that is there already is answered as it is."""
    with transaction.atomic():
        obj = lock(obj)
        gate.demand(actor, "edit", obj)
        ledger = Ledger(actor.origin)
        if _assign_all(ledger, obj, type, [user]):
            touch(obj)
            ledger.write()
        return UserRelation.objects.get(object=obj, type=type, user=user)


def unassign(user_relation: UserRelation, *, actor: Actor) -> None:
    """Takes a person's relation to an object away."""
    with transaction.atomic():
        obj = lock(user_relation.object)
        gate.demand(actor, "edit", obj)
        before = _people(obj, user_relation.type)
        gone, _ = UserRelation.objects.filter(pk=user_relation.pk).delete()
        if not gone:
            raise NotFound("There is no such user relation.")
        ledger = Ledger(actor.origin)
        ledger.note(
            obj,
            Change.Verb.UNASSIGNED,
            f"userRelations.{user_relation.type.key}",
            before=user_relation.user.username,
        )
        _tell_people(ledger, obj, user_relation.type, before)
        touch(obj)
        ledger.write()


def _assign_all(
    ledger: Ledger, obj: GovernedObject, type: UserRelationType, users: Sequence[User]
) -> bool:
    before = _people(obj, type)
    fresh = [user for user in dict.fromkeys(users) if user.username not in before]
    if not fresh:
        return False
    UserRelation.objects.bulk_create(
        [UserRelation(type=type, object=obj, user=user) for user in fresh]
    )
    for user in fresh:
        ledger.note(obj, Change.Verb.ASSIGNED, f"userRelations.{type.key}", after=user.username)
    _tell_people(ledger, obj, type, before)
    return True


def _tell_people(
    ledger: Ledger, obj: GovernedObject, type: UserRelationType, before: list[str]
) -> None:
    ledger.tell(
        "userRelationChanged",
        obj,
        {
            "userRelationTypeKey": type.key,
            "before": before,
            "after": _people(obj, type),
        },
    )


def _people(obj: GovernedObject, type: UserRelationType) -> list[str]:
    rows = UserRelation.objects.filter(object=obj, type=type).order_by("user__username")
    return list(rows.values_list("user__username", flat=True))


UNCHANGED = object()


def move(
    obj: GovernedObject,
    *,
    actor: Actor,
    parent: GovernedObject | object | None = UNCHANGED,
    board: Board | None = None,
) -> GovernedObject:
    """Gives an object another parent (None: no parent) or another board."""
    with transaction.atomic():
        obj = lock(obj)
        gate.demand(actor, "move", obj)
        before = place(obj)
        if parent is not UNCHANGED:
            obj.parent = _checked_parent(obj, parent, actor)
        if board is not None and board.pk != obj.board_id:
            gate.demand(actor, "create_object", PlaceFor(board, obj.object_type))
            obj.board = board
        after = place(obj)
        if after == before:
            return obj
        ledger = Ledger(actor.origin)
        for field in after:
            if after[field] != before[field]:
                ledger.note(
                    obj,
                    Change.Verb.MOVED,
                    field,
                    before=before[field],
                    after=after[field],
                )
        ledger.tell("objectMoved", obj, {"before": before, "after": after})
        touch(obj, "parent", "board")
        ledger.write()
        return obj


def _checked_parent(obj: GovernedObject, parent: object, actor: Actor) -> GovernedObject | None:
    if not isinstance(parent, GovernedObject):
        return None
    found = gate.fetch(actor, GovernedObject.objects.all(), pk=parent.pk)
    _hold_the_tree()
    if obj.pk in _path_to(found.pk):
        detail = f"{found.key} lies below {obj.key}, so it can't be its parent."
        raise Invalid(problems=[Problem("/parentKey", "cycle", detail, found.key)])
    return found


def _hold_the_tree() -> None:
    """Lets one move at a time look at the tree; two at once could close a cycle between them."""
    list(Account.objects.select_for_update(no_key=True).filter(pk=1))


def _path_to(pk: int) -> set[int]:
    """The ids of an object and of all above it."""
    path: set[int] = set()
    above: int | None = pk
    while above is not None and above not in path:
        path.add(above)
        rows = GovernedObject.objects.filter(pk=above)
        above = rows.values_list("parent_id", flat=True).first()
    return path


def delete(obj: GovernedObject, *, actor: Actor) -> None:
    """Removes an object; its history stays. One that has children is refused."""
    with transaction.atomic():
        obj = lock(obj)
        gate.demand(actor, "delete", obj)
        if children := obj.children.count():
            raise Conflict(
                f"{obj.key} has {children} objects below it; move or delete them first.",
                code="hasChildren",
            )
        ledger = Ledger(actor.origin)
        ledger.note(obj, Change.Verb.DELETED, before=snapshot(obj))
        ledger.tell("objectDeleted", obj, {"snapshot": snapshot(obj)})
        ledger.write()
        obj.delete()


# --- parts that the bulk import shares ------------------------------------------------------------


def lock(obj: GovernedObject) -> GovernedObject:
    """The row, fresh, locked until the transaction ends."""
    rows = GovernedObject.objects.select_for_update(of=("self",), no_key=True).select_related(
        "object_type", "board", "state"
    )
    found = rows.filter(pk=obj.pk).first()
    if found is None:
        raise NotFound("There is no such object.")
    return found


def known_users(
    types: Sequence[AttributeType], given: Mapping[str, object]
) -> Callable[[str], bool]:
    """Tells which of the usernames in these values exist, by one query where there are any."""
    named = rules.usernames_in(types, given)
    rows = User.objects.filter(username__in=named)
    found = set(rows.values_list("username", flat=True)) if named else set()
    return found.__contains__


def touch(obj: GovernedObject, *fields: str) -> None:
    """Saves the named fields and counts the version up."""
    obj.version += 1
    obj.modified_at = now()
    obj.save(update_fields=[*fields, "version", "modified_at"])


def differences(present: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Attribute key -> (before, after), of those that really change; a missing value is None."""
    return {
        key: (present.get(key), value)
        for key, value in given.items()
        if not same(present.get(key), value)
    }


def same(one: Any, other: Any) -> bool:
    """Equal as JSON: true is not 1."""
    return type(one) is type(other) and bool(one == other)


def merge(obj: GovernedObject, changed: Mapping[str, tuple[Any, Any]]) -> None:
    merged = {**obj.attributes, **{key: after for key, (_, after) in changed.items()}}
    obj.attributes = {key: value for key, value in merged.items() if value is not None}


def claim_unique_values(
    obj: GovernedObject, types: Sequence[AttributeType], values: Mapping[str, Any]
) -> None:
    """Takes the values of unique attributes for this object; the database refuses a taken one."""
    for attribute in (one for one in types if one.is_unique):
        UniqueValue.objects.filter(attribute=attribute, object=obj).delete()
        value = values.get(attribute.key)
        if value is None:
            continue
        taken = Invalid(
            problems=[
                Problem(
                    f"/attributes/{attribute.key}",
                    "notUnique",
                    f"Another {obj.object_type.name} has {attribute.name} {value!r} already.",
                    value,
                )
            ]
        )
        with transaction.atomic(), refusing({"attribute_value_unique": taken}):
            UniqueValue.objects.create(
                attribute=attribute, object=obj, value=rules.unique_token(value)
            )


def snapshot(obj: GovernedObject) -> dict[str, Any]:
    """The object as its creation and deletion record it."""
    return {
        "key": obj.key,
        "name": obj.name,
        "stateKey": obj.state.key if obj.state else None,
        "boardKey": obj.board.key,
        "attributes": obj.attributes,
    }


def place(obj: GovernedObject) -> dict[str, str | None]:
    return {
        "parentKey": obj.parent.key if obj.parent else None,
        "boardKey": obj.board.key,
    }


def described(relation: Relation) -> dict[str, Any]:
    return {
        "relationTypeKey": relation.type.key,
        "targetId": relation.target_id,
        "targetKey": relation.target.key,
    }


def note_relation(ledger: Ledger, relation: Relation, verb: Change.Verb) -> None:
    added = verb == Change.Verb.RELATED
    ledger.note(
        relation.source,
        verb,
        f"relations.{relation.type.key}",
        before=None if added else relation.target.key,
        after=relation.target.key if added else None,
    )


def first_state(object_type: ObjectType) -> State | None:
    return object_type.lifecycle.initial_state if object_type.lifecycle else None


def name_problems(name: object) -> list[Problem]:
    """What is wrong with an object's name."""
    if not isinstance(name, str) or not name.strip():
        return [Problem("/name", "missing", "An object needs a name.", None)]
    if len(name) > MOST_NAME:
        detail = f"A name has at most {MOST_NAME} characters, not {len(name)}."
        return [Problem("/name", "tooLong", detail, None)]
    return [
        Problem("/name", "badCharacter", f"A name can't hold the character {one!r}.", None)
        for one in name
        if ord(one) < 32 or ord(one) == 127 or 0xD800 <= ord(one) <= 0xDFFF
    ][:1]


def key_problems(key: object) -> list[Problem]:
    if key is None or is_key(key):
        return []
    return [Problem("/key", "malformedKey", FORM_TEXT, str(key)[:120])]


def free_key(object_type: ObjectType, name: str) -> str:
    """A key made from the name, with a random ending where that one is taken."""
    base = slugify(name)[:80].strip("-_")
    if not is_key(base):
        base = object_type.key[:80]
    if not GovernedObject.objects.filter(object_type=object_type, key__iexact=base).exists():
        return base
    return f"{base}-{secrets.token_hex(4)}"


def _relation_problems(
    object_type: ObjectType, relations: Mapping[RelationType, Sequence[GovernedObject]]
) -> list[Problem]:
    problems = []
    for kind, targets in relations.items():
        pointer = f"/relations/{kind.key}"
        if kind.source_object_type_id not in {None, object_type.pk}:
            detail = f"{kind.key} does not begin at a {object_type.name}."
            problems.append(Problem(pointer, "wrongObjectType", detail, kind.key))
        problems += [
            Problem(
                pointer,
                "wrongObjectType",
                f"{kind.key} does not lead to a {target.object_type.name}.",
                target.key,
            )
            for target in targets
            if kind.target_object_type_id not in {None, target.object_type_id}
        ]
    return problems


def _taken(obj: GovernedObject) -> dict[str, Refused]:
    detail = f"Another {obj.object_type.name} has the key {obj.key} already."
    return {
        "object_key_unique": Invalid(problems=[Problem("/key", "duplicateKey", detail, obj.key)])
    }
