"""Where objects stand: their parent and their board."""

from __future__ import annotations

from django.db import transaction

from accounts import gate
from accounts.actor import Actor
from accounts.exceptions import Denied, Invalid, Problem
from accounts.models import Account
from catalog.models import Board, Change, GovernedObject
from catalog.services.ledger import Ledger
from catalog.services.parts import demand_version, lock, touch
from catalog.things import ColumnOn, PlaceFor

UNCHANGED = object()


def move(
    obj: GovernedObject,
    *,
    actor: Actor,
    parent: GovernedObject | object | None = UNCHANGED,
    board: Board | None = None,
    expected_version: int | None = None,
) -> GovernedObject:
    """Gives an object another parent (None: no parent) or another board."""
    with transaction.atomic():
        if isinstance(parent, GovernedObject):
            hold_the_tree()
        obj = lock(obj)
        demand_version(obj, expected_version)
        may = gate.demand(actor, "move", obj)
        before = place(obj)
        if parent is not UNCHANGED:
            obj.parent = _checked_parent(obj, parent, actor)
        if board is not None and board.pk != obj.board_id:
            gate.demand(actor, "create_object", PlaceFor(board, obj.object_type))
            _keep_columns_closed(obj, board, actor)
            obj.board = board
        after = place(obj)
        if after == before:
            return obj
        ledger = Ledger(actor.origin, may.override)
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


def _keep_columns_closed(obj: GovernedObject, board: Board, actor: Actor) -> None:
    """Refuses a move that would show its mover what the columns of the present board hide."""
    valued = [one for one in obj.object_type.attributes.all() if one.key in obj.attributes]
    here = gate.allows_each(actor, "view", [ColumnOn(obj.board, one) for one in valued])
    there = gate.allows_each(actor, "view", [ColumnOn(board, one) for one in valued])
    for attribute, hidden, shown in zip(valued, here, there, strict=True):
        if shown and not hidden:
            detail = f"On the board {board} it would show you {attribute.name}. {hidden.reason}"
            raise Denied(detail, level=hidden.level)


def _checked_parent(obj: GovernedObject, parent: object, actor: Actor) -> GovernedObject | None:
    if not isinstance(parent, GovernedObject):
        return None
    found = gate.fetch(actor, GovernedObject.objects.all(), pk=parent.pk)
    if obj.pk in _path_to(found.pk):
        detail = f"{found.key} lies below {obj.key}, so it can't be its parent."
        raise Invalid(problems=[Problem("/parentKey", "cycle", detail, found.key)])
    return found


def hold_the_tree() -> None:
    """Lets one transaction at a time look at the tree; two at once could close a cycle between
    them. It comes before the rows of objects, so that no two wait for each other.
    """
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


def place(obj: GovernedObject) -> dict[str, str | None]:
    return {
        "parentKey": obj.parent.key if obj.parent else None,
        "boardKey": obj.board.key,
    }
