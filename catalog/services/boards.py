"""Boards: the default one of an object type, and making, changing and deleting others."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager

from django.db import transaction
from django.db.models import ProtectedError

from accounts import gate
from accounts.actor import Actor
from accounts.constraints import refusing
from accounts.exceptions import Conflict, Invalid, Problem
from accounts.models import Workspace
from accounts.services.sharing import (
    change_members,
    change_owners,
    give_first_holders,
    label_problems,
)
from accounts.services.workspaces import MAIN
from catalog.models import Board, ObjectType
from catalog.services.columns import Column, set_columns


def default_board(object_type: ObjectType) -> Board:
    """The main board with the type's key in the workspace `main`, made when it is first needed."""
    found = Board.objects.filter(key=object_type.key).first()
    if found is not None:
        return found
    main = Workspace.objects.get(key=MAIN)
    defaults = {"name": object_type.name, "workspace": main}
    return Board.objects.get_or_create(key=object_type.key, defaults=defaults)[0]


def create_board(
    key: str,
    *,
    actor: Actor,
    workspace: Workspace,
    name: str = "",
    type: str = Board.Type.MAIN,
    owners: Sequence[str] = (),
    members: Sequence[str] = (),
    columns: Sequence[Column] = (),
) -> Board:
    """Makes a board; without owners its maker is the owner."""
    gate.demand(actor, "create_board", workspace)
    board = Board(key=key, name=name or key, workspace=workspace, type=type)
    _check(board)
    with transaction.atomic(), _refusing_taken(key):
        board.save(force_insert=True)
        give_first_holders(board, owners=owners, members=members, actor=actor)
        set_columns(board, columns, actor=actor)
    return board


def change_board(
    board: Board,
    *,
    actor: Actor,
    name: str | None = None,
    type: str | None = None,
    workspace: Workspace | None = None,
    owners: Sequence[str] | None = None,
    members: Sequence[str] | None = None,
    columns: Sequence[Column] | None = None,
) -> Board:
    """Changes what is given. One that has owners keeps at least one."""
    with transaction.atomic():
        locked = Board.objects.select_for_update(of=("self",)).get(pk=board.pk)
        gate.demand(actor, "edit", locked)
        if workspace is not None and workspace.pk != locked.workspace_id:
            gate.demand(actor, "create_board", workspace)
            locked.workspace = workspace
        locked.name = locked.name if name is None else name
        locked.type = locked.type if type is None else type
        _check(locked)
        locked.save(update_fields=["name", "type", "workspace"])
        if owners is not None:
            change_owners(locked, owners, actor=actor)
        if members is not None:
            change_members(locked, members, actor=actor)
        if columns is not None:
            set_columns(locked, columns, actor=actor)
        return locked


def delete_board(board: Board, *, actor: Actor) -> None:
    """Removes a board on which nothing stands."""
    gate.demand(actor, "delete", board)
    try:
        with transaction.atomic():
            board.delete()
    except ProtectedError as error:
        count = len(error.protected_objects)
        detail = f"{count} objects stand on the board {board.key}; move or delete them first."
        raise Conflict(detail, code="inUse") from error


def _check(board: Board) -> None:
    problems = label_problems(board.key, board.name)
    if board.type not in Board.Type.values:
        detail = f"A board is {' or '.join(Board.Type.values)}."
        problems.append(Problem("/type", "unknownValue", detail, board.type))
    if problems:
        raise Invalid(problems=problems)


def _refusing_taken(key: str) -> AbstractContextManager[None]:
    detail = f"There is a board {key!r} already."
    taken = Problem("/key", "duplicateKey", detail, key)
    return refusing({"board_key_unique": Invalid(problems=[taken])})
