"""An object's history as one viewer may read it: without what they may not see of it now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from accounts import gate
from accounts.actor import Actor
from catalog.models import Board, Change, GovernedObject
from permissions.fields import hidden_attributes

ATTRIBUTE = "attributes."
RELATION = "relations."


@dataclass(frozen=True, slots=True)
class ChangeView:
    """A row of history with the values that this viewer may see."""

    change: Change
    before: Any
    after: Any


def history_of(obj: GovernedObject, *, actor: Actor) -> QuerySet[Change]:
    """The object's history, newest first, without changes of attributes that are hidden."""
    hidden = hidden_attributes(actor, [obj])[obj.pk]
    rows = Change.objects.filter(object_id=obj.pk).order_by("-id")
    return rows.exclude(field__in=[ATTRIBUTE + key for key in hidden]) if hidden else rows


def shown_changes(rows: Sequence[Change], obj: GovernedObject, *, actor: Actor) -> list[ChangeView]:
    """A page of history; keys of objects and boards that may not be seen are left out."""
    if actor.is_admin:
        return [ChangeView(row, row.before, row.after) for row in rows]
    hidden = hidden_attributes(actor, [obj])[obj.pk]
    seen = _seen_keys(rows, actor)
    return [
        ChangeView(row, _shown(row, row.before, hidden, seen), _shown(row, row.after, hidden, seen))
        for row in rows
    ]


def _shown(row: Change, value: Any, hidden: frozenset[str], seen: dict[str, set[str]]) -> Any:
    if isinstance(value, dict):
        return _snapshot(value, hidden, seen)
    named = _named_by(row.field)
    return value if named is None or value in seen[named] else None


def _snapshot(
    snapshot: dict[str, Any], hidden: frozenset[str], seen: dict[str, set[str]]
) -> dict[str, Any]:
    """What a creation or deletion recorded."""
    attributes = snapshot.get("attributes") or {}
    shown = {key: value for key, value in attributes.items() if key not in hidden}
    board = snapshot.get("boardKey")
    return {
        **snapshot,
        "attributes": shown,
        "boardKey": board if board in seen["board"] else None,
    }


def _named_by(field: str) -> str | None:
    if field == "boardKey":
        return "board"
    return "object" if field == "parentKey" or field.startswith(RELATION) else None


def _seen_keys(rows: Sequence[Change], actor: Actor) -> dict[str, set[str]]:
    """The keys named in these rows that the actor may see."""
    named: dict[str, set[str]] = {"object": set(), "board": set()}
    for row in rows:
        for value in (row.before, row.after):
            if isinstance(value, dict):
                named["board"].add(str(value.get("boardKey")))
            elif (kind := _named_by(row.field)) is not None:
                named[kind].add(str(value))
    objects = GovernedObject.objects.filter(key__in=named["object"])
    boards = Board.objects.filter(key__in=named["board"])
    return {
        "object": set(gate.narrow(actor, "view", objects).values_list("key", flat=True)),
        "board": set(gate.narrow(actor, "view", boards).values_list("key", flat=True)),
    }
