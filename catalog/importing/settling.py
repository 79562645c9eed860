"""The end of an import: relations and parents that named objects of later lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from accounts.exceptions import Problem
from catalog.importing.batches import ROWS, SAVED, Late, described, tell_move
from catalog.importing.ground import Ground
from catalog.importing.lookups import Targets, Tree
from catalog.importing.report import Report
from catalog.models import Change, GovernedObject, Relation, RelationType
from catalog.services.ledger import Ledger
from journal.clock import now
from journal.strict_json import escaped


class Settling:
    """Settles what is late, in one transaction; what still isn't there goes to the report."""

    def __init__(self, ground: Ground) -> None:
        self.report = Report()
        self.targets = Targets(ground.actor, ground.object_type)
        self.ledger = Ledger(ground.actor.origin)
        self.tree = Tree()
        self.objects: dict[int, GovernedObject] = {}
        self.present: set[tuple[int, int, int]] = set()
        self.made: list[Relation] = []

    def write(self, late: Sequence[Late]) -> None:
        self._load(late)
        touched = [self.objects[one.object_id] for one in late if self._settle(one)]
        Relation.objects.bulk_create(self.made, batch_size=ROWS)
        GovernedObject.objects.bulk_update(touched, SAVED, batch_size=100)
        self.report.relations_added += len(self.made)
        self.ledger.write()

    def _load(self, late: Sequence[Late]) -> None:
        ids = [one.object_id for one in late]
        rows = GovernedObject.objects.select_for_update(of=("self",)).filter(pk__in=ids)
        self.objects = {
            row.pk: row for row in rows.select_related("object_type", "board", "parent")
        }
        self.targets.look_up(
            (kind.target_object_type_id, key) for one in late for kind, key in one.relations
        )
        self.targets.look_up((None, one.parent_key) for one in late if one.parent_key is not None)
        self.tree.load(one.object_id for one in late if one.parent_key is not None)
        related = Relation.objects.filter(source__in=ids)
        self.present = set(related.values_list("source_id", "type_id", "target_id"))

    def _settle(self, late: Late) -> bool:
        """Whether the object's own row has changed."""
        obj = self.objects.get(late.object_id)
        if obj is None:
            return False  # deleted by somebody since
        before = len(self.ledger.changes)
        problems = self._relate(late, obj) + self._move(late, obj)
        if problems:
            self.report.refuse(late.number, problems)
        is_touched = len(self.ledger.changes) > before
        if is_touched and not late.is_new:
            obj.version += 1
            obj.modified_at = now()
        if is_touched and not late.was_touched:
            self.report.updated += 1
            self.report.unchanged -= 1
        return is_touched

    def _relate(self, late: Late, obj: GovernedObject) -> list[Problem]:
        problems: list[Problem] = []
        added: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for kind, key in late.relations:
            found = self.targets.ids(key, kind.target_object_type_id)
            if not found:
                problems.append(_left_out(f"/relations/{escaped(kind.key)}", key))
            elif (obj.pk, kind.pk, found[0]) not in self.present:
                added["relations"].append(self._add(obj, kind, found[0], key))
        if added and not late.is_new:
            self.ledger.tell("relationAdded", obj, dict(added))
        return problems

    def _add(
        self, obj: GovernedObject, kind: RelationType, target_id: int, key: str
    ) -> dict[str, Any]:
        self.present.add((obj.pk, kind.pk, target_id))
        self.made.append(Relation(type=kind, source=obj, target_id=target_id))
        self.ledger.note(obj, Change.Verb.RELATED, f"relations.{kind.key}", after=key)
        return described(kind, target_id, key)

    def _move(self, late: Late, obj: GovernedObject) -> list[Problem]:
        key = late.parent_key
        if key is None:
            return []
        found = self.targets.ids(key, None)
        if not found:
            return [_left_out("/parentKey", key)]
        self.tree.load(found[:1])
        if not self.tree.link(obj.pk, found[0]):
            detail = f"{key} lies below {obj.key}, so it can't be its parent; left as it was."
            return [Problem("/parentKey", "cycle", detail, key)]
        if late.is_new:
            obj.parent_id = found[0]
            self.ledger.note(obj, Change.Verb.MOVED, "parentKey", after=key)
        else:
            tell_move(self.ledger, obj, found[0], key)
        return []


def _left_out(pointer: str, key: str) -> Problem:
    detail = f"The line of {key} was not imported, so this was left out; the rest was kept."
    return Problem(pointer, "unknownObject", detail, key)
