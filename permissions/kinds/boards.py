"""Boards: main ones for all who see the workspace, private ones for their members."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from django.db.models import Q

from accounts.gate import Decision
from accounts.models import User, Workspace
from accounts.remembering import remembered, remembered_each
from catalog.models import Board, GovernedObject
from catalog.things import PlaceFor
from permissions.grants import OWNERS, Holdings, holders, holders_of_id, holdings, holdings_among
from permissions.kinds import workspaces
from permissions.kinds.workspaces import GUESTS, visible_workspaces
from permissions.people import NOBODY, ROLES_THAT_CREATE_OBJECTS, creates_objects, is_guest
from permissions.rules import RuleSet

PRIVATE = Board.Type.PRIVATE
# More boards than this are asked for by subquery: a longer list of ids costs more than it saves.
MOST_LISTED = 300


def sight(held: Holdings, board: Board) -> Decision:
    """Does this person see the board?"""
    joins = held.joins(Board, board.pk)
    if is_guest(held.user) and joins:
        return _on_board(board)
    seen = workspaces.sight(held, board.workspace)
    if not seen:
        return seen
    if joins:
        return _on_board(board)
    if board.type == PRIVATE:
        return Decision(False, "board", f"The board {board} is private: its members see it.")
    return Decision(True, "board", f"The board {board} is for all who see the workspace.")


def held_around(user: User, boards: Iterable[Board]) -> Holdings:
    """What this person holds of these boards and their workspaces."""
    listed = list(boards)
    return holdings_among(
        user,
        {Board: [one.pk for one in listed], Workspace: [one.workspace_id for one in listed]},
    )


def sights(user: User, boards: Iterable[Board]) -> dict[int, Decision]:
    """By board id; grants are read, in one query, only where one of the boards asks for any."""
    listed = list(boards)
    asking = [one for one in listed if not _is_open_to(user, one)]
    held = held_around(user, asking) if asking else Holdings(user, frozenset())
    return {one.pk: sight(held, one) for one in listed}


def boards_of(things: Iterable[GovernedObject]) -> list[Board]:
    """The boards on which these objects are, with their workspaces; one query at most.

    An object that was read together with its board brings it along: both are as fresh.
    """
    listed = list(things)
    brought = {one.board_id: one.board for one in listed if _brings_board(one)}
    missing = {one.board_id for one in listed} - brought.keys()
    if not missing:
        return list(brought.values())
    found = remembered_each("boards", sorted(missing), _with_workspaces, None)
    return [*brought.values(), *(one for one in found.values() if one is not None)]


def _with_workspaces(ids: Sequence[int]) -> Mapping[int, Board | None]:
    rows = Board.objects.filter(pk__in=ids).select_related("workspace").order_by()
    return {one.pk: one for one in rows}


def visible_boards(held: Holdings) -> Q:
    on_it = held.q(Board)
    seen = visible_workspaces(held, path="workspace")
    if is_guest(held.user):
        return on_it | (seen & ~Q(type=PRIVATE))
    return seen & (on_it | ~Q(type=PRIVATE))


def on_visible_boards(user: User) -> Q:
    """Objects whose board this person sees. Few boards become a list of ids, which indexes like."""
    return remembered(("on visible boards", user.pk), lambda: _on_visible_boards(user))


def _on_visible_boards(user: User) -> Q:
    held = holdings(user, Board, Workspace)
    seen = Board.objects.filter(visible_boards(held)).order_by().values_list("pk", flat=True)
    listed = list(seen[: MOST_LISTED + 1])
    return Q(board_id__in=seen if len(listed) > MOST_LISTED else sorted(listed))


def owned_boards(held: Holdings) -> Q:
    return held.q(Board, OWNERS) | held.q(Workspace, OWNERS, path="workspace_id")


def people_who_see(board: Board) -> Q:
    """Overrides not counted."""
    held = holders(board)
    seen = workspaces.people_who_see(board.workspace)
    if board.type == PRIVATE:
        return held & (GUESTS | seen)
    return seen | (GUESTS & held)


def people_who_own(board: Board) -> Q:
    return holders(board, OWNERS) | holders_of_id(Workspace, board.workspace_id, OWNERS)


class BoardRules(RuleSet[Board]):
    """Main boards for whoever sees the workspace, private ones for their members and owners."""

    kind = Board
    verbs = frozenset({"view", "edit", "delete", "create_object"})
    overridden = verbs

    def allows(self, user: User, verb: str, thing: Board) -> Decision:
        held = held_around(user, [thing])
        seen = sight(held, thing)
        if verb == "view" or not seen:
            return seen
        if verb == "create_object":
            return _creates(user, thing)
        if held.owns(Board, thing.pk) or held.owns(Workspace, thing.workspace_id):
            return Decision(True, "board", f"They own the board {thing} or its workspace.")
        return Decision(
            False, "board", f"Only owners of the board {thing} or of its workspace may do this."
        )

    def narrow(self, user: User, verb: str) -> Q:
        held = holdings(user, Board, Workspace)
        if verb == "view":
            return visible_boards(held)
        if verb == "create_object":
            return visible_boards(held) if creates_objects(user) else NOBODY
        return visible_boards(held) & owned_boards(held)

    def who(self, verb: str, thing: Board) -> Q:
        seen = people_who_see(thing)
        if verb == "view":
            return seen
        if verb == "create_object":
            return seen & Q(role__in=ROLES_THAT_CREATE_OBJECTS)
        return seen & people_who_own(thing)


class PlaceRules(RuleSet[PlaceFor]):
    """A board as the place for a new object: the same for every type of object."""

    kind = PlaceFor
    verbs = frozenset({"create_object"})
    overridden = verbs

    def __init__(self, boards: BoardRules) -> None:
        self.boards = boards

    def allows(self, user: User, verb: str, thing: PlaceFor) -> Decision:
        return self.boards.allows(user, verb, thing.board)

    def narrow(self, user: User, verb: str) -> Q:
        return NOBODY

    def who(self, verb: str, thing: PlaceFor) -> Q:
        return self.boards.who(verb, thing.board)


def _is_open_to(user: User, board: Board) -> bool:
    return board.type != PRIVATE and workspaces.is_open_to(user, board.workspace)


def _brings_board(thing: GovernedObject) -> bool:
    known = GovernedObject.board.is_cached(thing)
    return known and Board.workspace.is_cached(thing.board)


def _on_board(board: Board) -> Decision:
    return Decision(True, "board", f"They are on the board {board}.")


def _creates(user: User, board: Board) -> Decision:
    if creates_objects(user):
        return Decision(True, "role", f"Members create objects on the board {board}.")
    return Decision(False, "role", f"The role {user.role} may not create objects.")
