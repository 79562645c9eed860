"""Relations between objects: added and removed, with their traces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from accounts import gate
from accounts.actor import Actor
from accounts.exceptions import Invalid, NotFound, Problem
from catalog.models import Change, GovernedObject, ObjectType, Relation, RelationType
from catalog.services.ledger import Ledger
from catalog.services.parts import lock, touch


def relate(
    source: GovernedObject, type: RelationType, target: GovernedObject, *, actor: Actor
) -> Relation:
    """Adds a relation; one that is there already is answered as it is."""
    with transaction.atomic():
        source = lock(source)
        may = gate.demand(actor, "edit", source)
        gate.fetch(actor, GovernedObject.objects.all(), pk=target.pk)
        if problems := relation_problems(source.object_type, {type: [target]}):
            raise Invalid(problems=problems)
        relation, is_new = Relation.objects.get_or_create(type=type, source=source, target=target)
        if is_new:
            ledger = Ledger(actor.origin, may.override)
            _tell_relation(relation, ledger, Change.Verb.RELATED, "relationAdded")
        return relation


def unrelate(relation: Relation, *, actor: Actor) -> None:
    """Removes a relation."""
    with transaction.atomic():
        source = lock(relation.source)
        may = gate.demand(actor, "edit", source)
        gone, _ = Relation.objects.filter(pk=relation.pk).delete()
        if not gone:
            raise NotFound("There is no such relation.")
        relation.source = source
        ledger = Ledger(actor.origin, may.override)
        _tell_relation(relation, ledger, Change.Verb.UNRELATED, "relationRemoved")


def _tell_relation(relation: Relation, ledger: Ledger, verb: Change.Verb, kind: str) -> None:
    note_relation(ledger, relation, verb)
    ledger.tell(kind, relation.source, {"relations": [described(relation)]})
    touch(relation.source)
    ledger.write()


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


def relation_problems(
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
