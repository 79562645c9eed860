"""Boards: the default one of an object type."""

from __future__ import annotations

from accounts.models import Workspace
from catalog.models import Board, ObjectType

MAIN_WORKSPACE = "main"


def default_board(object_type: ObjectType) -> Board:
    """The main board with the type's key in the workspace `main`, made when it is first needed."""
    found = Board.objects.filter(key=object_type.key).first()
    if found is not None:
        return found
    return Board.objects.get_or_create(
        key=object_type.key,
        defaults={
            "name": object_type.name,
            "workspace": Workspace.objects.get(key=MAIN_WORKSPACE),
        },
    )[0]
