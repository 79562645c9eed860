"""Objects as the API shows them: as this viewer may see them, in few queries for a whole page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from accounts import gate
from accounts.actor import Actor
from catalog.models import GovernedObject, Relation, UserRelation
from journal.prepared import QuestionOfSeveral
from permissions.fields import hidden_attributes

KeysOf = dict[int, dict[str, list[str]]]

RELATIONS: QuestionOfSeveral[tuple[Any, ...]] = QuestionOfSeveral(
    lambda objects: (
        Relation.objects.filter(source__in=objects)
        .order_by("type__key", "target__key")
        .values_list("source_id", "type__key", "target_id", "target__key")
    )
)
PEOPLE: QuestionOfSeveral[tuple[Any, ...]] = QuestionOfSeveral(
    lambda objects: (
        UserRelation.objects.filter(object__in=objects)
        .order_by("type__key", "user__username")
        .values_list("object_id", "type__key", "user__username")
    )
)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a page of objects needs beside its rows."""

    seen: frozenset[int]
    relations: KeysOf
    people: KeysOf
    hidden: dict[int, frozenset[str]]
    editable: frozenset[int]


def with_columns(rows: QuerySet[GovernedObject]) -> QuerySet[GovernedObject]:
    """With the rows that `present` reads beside each object."""
    return rows.select_related("object_type", "board", "state", "parent", "created_by")


def present(rows: Sequence[GovernedObject], *, actor: Actor) -> list[dict[str, Any]]:
    """A page of objects; the number of queries doesn't depend on its length."""
    around = _surroundings(rows, actor)
    return [_present(row, around) for row in rows]


def _surroundings(rows: Sequence[GovernedObject], actor: Actor) -> Surroundings:
    ids = [row.pk for row in rows]
    related = RELATIONS.rows(ids)
    others = {target for _, _, target, _ in related}
    others |= {row.parent_id for row in rows if row.parent_id is not None}
    seen = _ids(gate.narrow(actor, "view", GovernedObject.objects.filter(pk__in=others)))
    may_edit = gate.allows_each(actor, "edit", rows)
    return Surroundings(
        seen=seen,
        relations=_grouped((source, key, name) for source, key, pk, name in related if pk in seen),
        people=_grouped(PEOPLE.rows(ids)),
        hidden=hidden_attributes(actor, rows),
        editable=frozenset(pk for pk, one in zip(ids, may_edit, strict=True) if one),
    )


def _ids(rows: QuerySet[GovernedObject]) -> frozenset[int]:
    return frozenset(rows.values_list("pk", flat=True))


def _grouped(triples: Any) -> KeysOf:
    found: KeysOf = defaultdict(dict)
    for pk, key, name in triples:
        found[pk].setdefault(key, []).append(name)
    return found


def _present(row: GovernedObject, around: Surroundings) -> dict[str, Any]:
    hidden = around.hidden.get(row.pk, frozenset())
    parent = row.parent if row.parent_id in around.seen else None
    return {
        "id": row.pk,
        "key": row.key,
        "name": row.name,
        "objectTypeKey": row.object_type.key,
        "boardKey": row.board.key,
        "stateKey": row.state.key if row.state else None,
        "stateSince": row.state_since if row.state else None,
        "attributes": {key: value for key, value in row.attributes.items() if key not in hidden},
        "relations": around.relations.get(row.pk, {}),
        "userRelations": around.people.get(row.pk, {}),
        "parentId": parent.pk if parent else None,
        "parentKey": parent.key if parent else None,
        "editable": row.pk in around.editable,
        "version": row.version,
        "createdAt": row.created_at,
        "createdBy": row.created_by.username if row.created_by else None,
        "modifiedAt": row.modified_at,
    }
