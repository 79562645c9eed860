"""An object's history as one viewer may read it: without what they may not see of it now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from accounts.actor import Actor
from catalog.models import Change, GovernedObject
from catalog.visible_keys import VisibleKeys, visible_keys
from permissions.fields import attributes_of_types, hidden_attributes

ATTRIBUTE = "attributes."
RELATION = "relations."
PARENT = "parentKey"
BOARD = "boardKey"


@dataclass(frozen=True, slots=True)
class ChangeView:
    """A row of history with the values that this viewer may see."""

    change: Change
    before: Any
    after: Any


def history_of(obj: GovernedObject, *, actor: Actor) -> QuerySet[Change]:
    """The object's history, newest first, without changes of attributes that are hidden."""
    rows = Change.objects.filter(object_id=obj.pk).order_by("-id")
    if _reads_all(actor):
        return rows
    shown = [ATTRIBUTE + key for key in _shown_attributes(obj, actor)]
    return rows.exclude(Q(field__startswith=ATTRIBUTE) & ~Q(field__in=shown))


def shown_changes(rows: Sequence[Change], obj: GovernedObject, *, actor: Actor) -> list[ChangeView]:
    """A page of history; keys of objects and boards that may not be seen are left out."""
    if _reads_all(actor):
        return [ChangeView(row, row.before, row.after) for row in rows]
    attributes = _shown_attributes(obj, actor)
    keys = _keys_in(rows, actor)
    return [
        ChangeView(
            row, _shown(row, row.before, attributes, keys), _shown(row, row.after, attributes, keys)
        )
        for row in rows
    ]


def _reads_all(actor: Actor) -> bool:
    return actor.is_active and actor.is_admin


def _shown_attributes(obj: GovernedObject, actor: Actor) -> frozenset[str]:
    """Those of the object's type that this actor sees.

    One that was removed since is nobody's any more: its conditions went with it.
    """
    present = attributes_of_types([obj.object_type_id])[obj.object_type_id]
    hidden = hidden_attributes(actor, [obj])[obj.pk]
    return frozenset(one.key for one in present) - hidden


def _shown(row: Change, value: Any, attributes: frozenset[str], keys: VisibleKeys) -> Any:
    if _is_snapshot(row, value):
        return _snapshot(value, attributes, keys)
    if row.field == BOARD:
        return value if keys.shows_board(value) else None
    if row.field == PARENT:
        return value if keys.shows_object(value) else None
    if row.field.startswith(RELATION):
        return value if keys.shows_target(row.field.removeprefix(RELATION), value) else None
    return value


def _is_snapshot(row: Change, value: Any) -> bool:
    """What a creation or deletion recorded; the values of some attributes are dicts, too."""
    return not row.field and isinstance(value, dict)


def _snapshot(
    snapshot: dict[str, Any], attributes: frozenset[str], keys: VisibleKeys
) -> dict[str, Any]:
    values = snapshot.get("attributes") or {}
    board, parent = snapshot.get(BOARD), snapshot.get(PARENT)
    shown = {
        **snapshot,
        "attributes": {key: value for key, value in values.items() if key in attributes},
        BOARD: board if keys.shows_board(board) else None,
    }
    if PARENT in snapshot:
        shown[PARENT] = parent if keys.shows_object(parent) else None
    if "relations" in snapshot:
        shown["relations"] = dict(_relations(snapshot["relations"], keys))
    return shown


def _relations(
    told: Mapping[str, Sequence[str]], keys: VisibleKeys
) -> Iterator[tuple[str, list[str]]]:
    """The targets that may be told; a type whose targets may not isn't named."""
    for kind, targets in told.items():
        if shown := [key for key in targets if keys.shows_target(kind, key)]:
            yield kind, shown


def _keys_in(rows: Sequence[Change], actor: Actor) -> VisibleKeys:
    """What the actor may see of the keys named in these rows."""
    boards: set[str] = set()
    objects: set[str] = set()
    for row in rows:
        for value in (row.before, row.after):
            if _is_snapshot(row, value):
                boards.add(str(value.get(BOARD)))
                objects.update(_objects_in(value))
            elif row.field == BOARD:
                boards.add(str(value))
            elif row.field == PARENT or row.field.startswith(RELATION):
                objects.add(str(value))
    return visible_keys(actor, boards=boards, objects=objects)


def _objects_in(snapshot: dict[str, Any]) -> Iterator[str]:
    if parent := snapshot.get(PARENT):
        yield str(parent)
    for targets in (snapshot.get("relations") or {}).values():
        yield from targets
