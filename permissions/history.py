"""An object's history as one viewer may read it: without what they may not see of it now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat

from accounts import gate
from accounts.actor import Actor
from catalog.models import Change, Comment, GovernedObject
from catalog.visible_keys import VisibleKeys, visible_keys
from permissions.fields import attributes_of_types, hidden_attributes

ATTRIBUTE = "attributes."
RELATION = "relations."
PARENT = "parentKey"
BOARD = "boardKey"
COMMENT = "comments."


@dataclass(frozen=True, slots=True)
class ChangeView:
    """A row of history with the values that this viewer may see."""

    change: Change
    before: Any
    after: Any


def history_of(obj: GovernedObject, *, actor: Actor) -> QuerySet[Change]:
    """The object's history, newest first, without changes of attributes and comments that are
    hidden."""
    rows = Change.objects.filter(object_id=obj.pk).order_by("-id")
    if _reads_all(actor):
        return rows
    shown = [ATTRIBUTE + key for key in _shown_attributes(obj, actor)]
    rows = rows.exclude(Q(field__startswith=ATTRIBUTE) & ~Q(field__in=shown))
    return without_unread_comments(rows, actor=actor)


def without_unread_comments(rows: QuerySet[Change], *, actor: Actor) -> QuerySet[Change]:
    """Of the history of objects that this actor sees, without comments that they may not read."""
    if _reads_all(actor):
        return rows
    called = Concat(Value(COMMENT), Cast("pk", CharField()))
    comments = Comment.objects.filter(object=OuterRef("object_id"))
    read = gate.narrow(actor, "view", comments).annotate(called=called).order_by()
    is_read = Exists(read.filter(called=OuterRef("field")))
    return rows.exclude(Q(field__startswith=COMMENT) & ~is_read)


def shown_changes(rows: Sequence[Change], obj: GovernedObject, *, actor: Actor) -> list[ChangeView]:
    """A page of history; keys of objects and boards that may not be seen are left out, and so is
    what was said in comments that were deleted since."""
    if _reads_all(actor):
        return [ChangeView(row, row.before, row.after) for row in rows]
    attributes = _shown_attributes(obj, actor)
    keys = _keys_in(rows, actor)
    silent = _deleted(rows)
    return [
        ChangeView(
            row, _shown(row, row.before, attributes, keys), _shown(row, row.after, attributes, keys)
        )
        if row.field not in silent
        else ChangeView(row, None, None)
        for row in rows
    ]


def _deleted(rows: Sequence[Change]) -> frozenset[str]:
    """What history calls those comments of a page that were deleted since."""
    ids = {row.field.removeprefix(COMMENT) for row in rows if row.field.startswith(COMMENT)}
    if not ids:
        return frozenset()
    gone = Comment.objects.filter(pk__in=ids).exclude(deleted_at=None)
    return frozenset(f"{COMMENT}{pk}" for pk in gone.values_list("pk", flat=True))


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
