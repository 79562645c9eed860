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
from accounts.grants import JOIN, OWN, holders, set_holders
from accounts.keys import FORM_TEXT, is_key
from accounts.models import Workspace
from accounts.names import misleading_in
from accounts.services.people import People, find_people
from accounts.services.workspaces import MAIN
from catalog.models import Board, ObjectType
from catalog.services.columns import Column, set_columns

LONGEST_NAME = 200


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
        maker = People((actor.user,)) if actor.user is not None else People()
        _hold(board, OWN, find_people(owners, actor=actor, pointer="/owners") or maker)
        _hold(board, JOIN, find_people(members, actor=actor, pointer="/members"))
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
            _change_owners(locked, owners, actor=actor)
        if members is not None:
            _hold(locked, JOIN, find_people(members, actor=actor, pointer="/members"))
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


def _change_owners(board: Board, names: Sequence[str], *, actor: Actor) -> None:
    found = find_people(names, actor=actor, pointer="/owners")
    if not found and any(holders(board, OWN)):
        detail = "The last owner can't leave: name another one."
        raise Invalid(problems=[Problem("/owners", "lastOwner", detail)])
    _hold(board, OWN, found)


def _hold(board: Board, level: str, people: People) -> None:
    set_holders(board, level, users=people.users, teams=people.teams)


def _check(board: Board) -> None:
    problems = []
    if not is_key(board.key):
        problems.append(Problem("/key", "badKey", FORM_TEXT, board.key[:120]))
    if character := misleading_in(board.name):
        detail = f"A name can't hold the character {character}."
        problems.append(Problem("/name", "badCharacter", detail))
    if not board.name.strip() or len(board.name) > LONGEST_NAME:
        detail = f"A name has 1 to {LONGEST_NAME} characters."
        problems.append(Problem("/name", "badName", detail))
    if board.type not in Board.Type.values:
        detail = f"A board is {' or '.join(Board.Type.values)}."
        problems.append(Problem("/type", "unknownValue", detail, board.type))
    if problems:
        raise Invalid(problems=problems)


def _refusing_taken(key: str) -> AbstractContextManager[None]:
    detail = f"There is a board {key!r} already."
    taken = Problem("/key", "duplicateKey", detail, key)
    return refusing({"board_key_unique": Invalid(problems=[taken])})
