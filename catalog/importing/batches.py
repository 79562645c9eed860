"""Writes a batch of planned lines: objects, history, events, people and relations, set by set.

Part of one transaction. A line that is equal to what is there writes nothing. What names an object
that is not there yet is handed on as `Late`, to be settled when all lines are read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from accounts import gate
from catalog import attributes as rules
from catalog.importing.ground import Ground
from catalog.importing.lookups import People, Targets, Tree
from catalog.importing.plans import Plan, Planning, targets_of
from catalog.importing.reading import Line
from catalog.importing.report import Report
from catalog.models import (
    Change,
    GovernedObject,
    Relation,
    RelationType,
    UniqueValue,
    UserRelation,
    UserRelationType,
)
from catalog.services.ledger import Ledger
from catalog.services.parts import merge, snapshot
from journal.clock import now

ROWS = 500
"""Rows of one statement."""
Keys = dict[int, str]
"""Keys of objects by their ids."""
SAVED = ["name", "attributes", "parent", "version", "modified_at"]


@dataclass(frozen=True, slots=True)
class Late:
    """What a line says of objects that were not there when its turn came."""

    number: int
    object_id: int
    is_new: bool
    was_touched: bool
    relations: tuple[tuple[RelationType, str], ...]
    parent_key: str | None


class Batch:
    """The lines of one transaction."""

    def __init__(self, ground: Ground, people: People) -> None:
        self.ground, self.people = ground, people
        self.report = Report()
        self.late: list[Late] = []
        self.targets = Targets(ground.actor, ground.object_type)
        self.ledger = Ledger(ground.actor.origin)
        self.tree = Tree()
        self.related: dict[tuple[int, int], dict[int, str]] = defaultdict(dict)
        self.assigned: dict[tuple[int, int], dict[str, int]] = defaultdict(dict)

    def write(self, lines: Sequence[Line]) -> None:
        planning = Planning(self.ground, self.targets, self.people, self.report)
        plans = planning.plan(lines)
        named = self.ground.names_in(plan.line for plan in plans)
        self.report.users_created += self.people.add_unknown(named)
        new = [plan for plan in plans if plan.is_new]
        old = [plan for plan in plans if not plan.is_new]
        self._create(new)
        self._load(old)
        self._change(old)
        self._link(new)
        self.ledger.write()

    # --- new objects ---

    def _create(self, plans: Sequence[Plan]) -> None:
        for plan in plans:
            self._set_known_parent(plan)
        GovernedObject.objects.bulk_create((plan.obj for plan in plans), batch_size=ROWS)
        for plan in plans:
            self.targets.add(plan.obj)
        UniqueValue.objects.bulk_create(
            (one for plan in plans for one in self._unique_values(plan.obj, plan.obj.attributes)),
            batch_size=ROWS,
        )
        self.report.created += len(plans)

    def _set_known_parent(self, plan: Plan) -> None:
        """A new object has nothing below it, so a parent that is there can't close a circle."""
        if plan.line.parent_key is not None:
            found = self.targets.ids(plan.line.parent_key, None)
            plan.obj.parent_id = found[0] if found else None

    def _unique_values(self, obj: GovernedObject, values: dict[str, Any]) -> Iterable[UniqueValue]:
        for attribute in self.ground.attributes:
            value = values.get(attribute.key) if attribute.is_unique else None
            if value is not None:
                token = rules.unique_token(value)
                yield UniqueValue(attribute=attribute, object=obj, value=token)

    def _link(self, plans: Sequence[Plan]) -> None:
        """Relations, people and history of the new objects, when all of them are there."""
        relations: list[Relation] = []
        people: list[UserRelation] = []
        moved: list[GovernedObject] = []
        self.tree.load(plan.obj.pk for plan in plans if _waits_for_parent(plan))
        for plan in plans:
            late: list[tuple[RelationType, str]] = []
            for kind, key in targets_of(plan.line, self.ground.relation_types):
                found = self.targets.ids(key, kind.target_object_type_id)
                if found:
                    relations.append(Relation(type=kind, source=plan.obj, target_id=found[0]))
                else:
                    late.append((kind, key))
            people += self._people_of(plan)
            parent_key = self._late_parent(plan, moved)
            self._introduce(plan, late)
            if late or parent_key is not None:
                self._hand_on(plan, late, parent_key, was_touched=True)
        Relation.objects.bulk_create(relations, batch_size=ROWS)
        UserRelation.objects.bulk_create(people, batch_size=ROWS)
        GovernedObject.objects.bulk_update(moved, ["parent"], batch_size=ROWS)
        self.report.relations_added += len(relations)

    def _people_of(self, plan: Plan) -> list[UserRelation]:
        return [
            UserRelation(type=self.ground.person_types[key], object=plan.obj, user=user)
            for key, names in plan.line.people.items()
            for user in {user.pk: user for user in map(self.people.named, names)}.values()
        ]

    def _late_parent(self, plan: Plan, moved: list[GovernedObject]) -> str | None:
        """Finds the parent among the objects of this batch; its key where it isn't there yet."""
        if not _waits_for_parent(plan):
            return None
        key = plan.line.parent_key
        found = self.targets.ids(key or "", None)
        if not found or not self._fits(plan.obj.pk, found[0]):
            return key  # a circle is told of at the end
        plan.obj.parent_id = found[0]
        moved.append(plan.obj)
        return None

    def _fits(self, child: int, parent: int) -> bool:
        self.tree.load([parent])
        return self.tree.link(child, parent)

    def _introduce(self, plan: Plan, late: Sequence[tuple[RelationType, str]]) -> None:
        """One history row and one event tell all of a new object."""
        told = snapshot(plan.obj)
        waiting = {(kind.key, key) for kind, key in late}
        for key, names in plan.line.relations.items():
            told.setdefault("relations", {})[key] = [
                name for name in names if (key, name) not in waiting
            ]
        if plan.line.people:
            told["userRelations"] = {
                key: list(dict.fromkeys(self.people.named(name).username for name in names))
                for key, names in plan.line.people.items()
            }
        self.ledger.note(plan.obj, Change.Verb.CREATED, after=told)
        self.ledger.tell("objectCreated", plan.obj, {"snapshot": told})

    # --- existing objects ---

    def _load(self, plans: Sequence[Plan]) -> None:
        ids = [plan.obj.pk for plan in plans if plan.line.relations]
        rows = Relation.objects.filter(source__in=ids)
        if not self.ground.actor.is_admin:
            # What the actor can't see, they didn't leave out either: it stays.
            seen = gate.narrow(self.ground.actor, "view", GovernedObject.objects.all())
            rows = rows.filter(target__in=seen.order_by().values("pk"))
        for source, kind, target, key in rows.values_list(
            "source_id", "type_id", "target_id", "target__key"
        ):
            self.related[source, kind][target] = key
        ids = [plan.obj.pk for plan in plans if plan.line.people]
        people = UserRelation.objects.filter(object__in=ids)
        for pk, obj, kind, username in people.values_list(
            "pk", "object_id", "type_id", "user__username"
        ):
            self.assigned[obj, kind][username] = pk

    def _change(self, plans: Sequence[Plan]) -> None:
        touched: list[GovernedObject] = []
        for plan in plans:
            before = len(self.ledger.changes)
            self._change_values(plan)
            late = self._change_relations(plan)
            self._change_people(plan)
            parent_key = self._change_parent(plan)
            is_touched = len(self.ledger.changes) > before
            if is_touched:
                plan.obj.version += 1
                plan.obj.modified_at = now()
                touched.append(plan.obj)
            if late or parent_key is not None:
                self._hand_on(plan, late, parent_key, was_touched=is_touched)
        GovernedObject.objects.bulk_update(touched, SAVED, batch_size=100)
        self.report.updated += len(touched)
        self.report.unchanged += len(plans) - len(touched)

    def _change_values(self, plan: Plan) -> None:
        obj = plan.obj
        for key, (before, after) in plan.changed.items():
            self.ledger.note(
                obj, Change.Verb.CHANGED, f"attributes.{key}", before=before, after=after
            )
        if plan.line.name != obj.name:
            name = plan.line.name
            self.ledger.note(obj, Change.Verb.CHANGED, "name", before=obj.name, after=name)
            obj.name = name
        if not plan.changed:
            return
        pairs = {key: list(pair) for key, pair in plan.changed.items()}
        self.ledger.tell("attributeChanged", obj, {"changes": pairs})
        merge(obj, plan.changed)
        unique = [
            one for one in self.ground.attributes if one.is_unique and one.key in plan.changed
        ]
        if unique:
            UniqueValue.objects.filter(attribute__in=unique, object=obj).delete()
            kept = {one.key: obj.attributes.get(one.key) for one in unique}
            UniqueValue.objects.bulk_create(self._unique_values(obj, kept))

    def _change_relations(self, plan: Plan) -> list[tuple[RelationType, str]]:
        """Makes the relations of each type that the line names those that it names."""
        late: list[tuple[RelationType, str]] = []
        added: list[dict[str, Any]] = []
        removed: list[dict[str, Any]] = []
        for key, names in plan.line.relations.items():
            kind = self.ground.relation_types[key]
            wanted: dict[int, str] = {}
            for name in names:
                found = self.targets.ids(name, kind.target_object_type_id)
                if found:
                    wanted[found[0]] = name
                else:
                    late.append((kind, name))
            present = self.related[plan.obj.pk, kind.pk]
            added += self._relate(plan.obj, kind, wanted, present)
            removed += self._unrelate(plan.obj, kind, wanted, present)
        if added:
            self.ledger.tell("relationAdded", plan.obj, {"relations": added})
        if removed:
            self.ledger.tell("relationRemoved", plan.obj, {"relations": removed})
        return late

    def _relate(
        self,
        obj: GovernedObject,
        kind: RelationType,
        wanted: dict[int, str],
        present: dict[int, str],
    ) -> list[dict[str, Any]]:
        added = {pk: key for pk, key in wanted.items() if pk not in present}
        Relation.objects.bulk_create(Relation(type=kind, source=obj, target_id=pk) for pk in added)
        for key in added.values():
            self.ledger.note(obj, Change.Verb.RELATED, f"relations.{kind.key}", after=key)
        self.report.relations_added += len(added)
        return [described(kind, pk, key) for pk, key in added.items()]

    def _unrelate(
        self,
        obj: GovernedObject,
        kind: RelationType,
        wanted: dict[int, str],
        present: dict[int, str],
    ) -> list[dict[str, Any]]:
        removed = {pk: key for pk, key in present.items() if pk not in wanted}
        if removed:
            Relation.objects.filter(type=kind, source=obj, target__in=removed).delete()
        for key in removed.values():
            self.ledger.note(obj, Change.Verb.UNRELATED, f"relations.{kind.key}", before=key)
        self.report.relations_removed += len(removed)
        return [described(kind, pk, key) for pk, key in removed.items()]

    def _change_people(self, plan: Plan) -> None:
        """Makes the people of each type that the line names those that it names."""
        for key, names in plan.line.people.items():
            kind = self.ground.person_types[key]
            users = {user.username: user for user in map(self.people.named, names)}
            present = self.assigned[plan.obj.pk, kind.pk]
            added = [user for name, user in users.items() if name not in present]
            removed = {name: pk for name, pk in present.items() if name not in users}
            if not added and not removed:
                continue
            UserRelation.objects.bulk_create(
                UserRelation(type=kind, object=plan.obj, user=user) for user in added
            )
            UserRelation.objects.filter(pk__in=removed.values()).delete()
            self._tell_people(plan.obj, kind, [user.username for user in added], list(removed))

    def _tell_people(
        self, obj: GovernedObject, kind: UserRelationType, added: list[str], removed: list[str]
    ) -> None:
        field = f"userRelations.{kind.key}"
        for name in added:
            self.ledger.note(obj, Change.Verb.ASSIGNED, field, after=name)
        for name in removed:
            self.ledger.note(obj, Change.Verb.UNASSIGNED, field, before=name)
        before = set(self.assigned[obj.pk, kind.pk])
        payload = {
            "userRelationTypeKey": kind.key,
            "before": sorted(before),
            "after": sorted((before | set(added)) - set(removed)),
        }
        self.ledger.tell("userRelationChanged", obj, payload)

    def _change_parent(self, plan: Plan) -> str | None:
        """Moves the object below the parent that the line names; its key where that is to come."""
        key = plan.line.parent_key
        if not plan.line.names_parent:
            return None
        found = self.targets.ids(key, None) if key is not None else []
        wanted = found[0] if found else None
        if key is not None and wanted is None:
            return key
        if wanted == plan.obj.parent_id:
            return None
        if wanted is not None:
            self.tree.load([plan.obj.pk])
            if not self._fits(plan.obj.pk, wanted):
                return key  # told of at the end
        tell_move(self.ledger, plan.obj, wanted, key)
        return None

    def _hand_on(
        self,
        plan: Plan,
        relations: Sequence[tuple[RelationType, str]],
        parent_key: str | None,
        *,
        was_touched: bool,
    ) -> None:
        self.late.append(
            Late(
                plan.line.number,
                plan.obj.pk,
                plan.is_new,
                was_touched,
                tuple(relations),
                parent_key,
            )
        )


def _waits_for_parent(plan: Plan) -> bool:
    return plan.line.parent_key is not None and plan.obj.parent_id is None


def described(kind: RelationType, target_id: int, target_key: str) -> dict[str, Any]:
    return {"relationTypeKey": kind.key, "targetId": target_id, "targetKey": target_key}


def tell_move(ledger: Ledger, obj: GovernedObject, parent_id: int | None, key: str | None) -> None:
    """Gives the object another parent, in memory, and notes it."""
    before = obj.parent.key if obj.parent else None
    obj.parent_id = parent_id
    ledger.note(obj, Change.Verb.MOVED, "parentKey", before=before, after=key)
    board_key = obj.board.key
    ledger.tell(
        "objectMoved",
        obj,
        {
            "before": {"parentKey": before, "boardKey": board_key},
            "after": {"parentKey": key, "boardKey": board_key},
        },
    )
