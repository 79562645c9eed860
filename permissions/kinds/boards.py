"""Boards: main ones for all who see the workspace, private ones for their members."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q

from accounts.gate import Decision
from accounts.models import User, Workspace
from catalog.models import Board
from catalog.things import PlaceFor
from permissions.grants import ANY_LEVEL, OWNERS, held_by, holders, holders_of_id
from permissions.kinds import workspaces
from permissions.kinds.workspaces import GUESTS, visible_workspaces
from permissions.people import (
    NOBODY,
    ROLES_THAT_CREATE_OBJECTS,
    creates_objects,
    is_guest,
)
from permissions.rules import RuleSet

PRIVATE = Board.Type.PRIVATE
# More boards than this are asked for by subquery: a longer list of ids costs more than it saves.
MOST_LISTED_BOARDS = 300


@dataclass(frozen=True, slots=True)
class Reach:
    """What a person has to do with a board, as far as grants go."""

    board: Board
    owns_board: bool
    joins_board: bool
    owns_workspace: bool
    joins_workspace: bool

    @property
    def owns(self) -> bool:
        return self.owns_board or self.owns_workspace


def reaches(user: User, boards: Collection[int]) -> dict[int, Reach]:
    """For these boards, by id; one query."""
    found = (
        Board.objects.filter(pk__in=boards)
        .select_related("workspace")
        .annotate(
            owns_board=held_by(user, Board, OWNERS),
            joins_board=held_by(user, Board),
            owns_workspace=held_by(user, Workspace, OWNERS, path="workspace_id"),
            joins_workspace=held_by(user, Workspace, path="workspace_id"),
        )
        .order_by()
    )
    return {
        board.pk: Reach(
            board,
            board.owns_board,
            board.joins_board,
            board.owns_workspace,
            board.joins_workspace,
        )
        for board in found
    }


def sight(user: User, reach: Reach | None) -> Decision:
    """Does this person see the board?"""
    if reach is None:
        return Decision(False, "board", "The board is not there any more.")
    invited = is_guest(user) and reach.joins_board
    seen = workspaces.sight(user, reach.board.workspace, joins=reach.joins_workspace or invited)
    if not seen:
        return seen
    if reach.joins_board:
        return Decision(True, "board", f"They are on the board {reach.board}.")
    if reach.board.type == PRIVATE:
        return Decision(False, "board", f"The board {reach.board} is private: its members see it.")
    return Decision(True, "board", f"The board {reach.board} is for all who see the workspace.")


def sight_of(user: User, board_id: int) -> Decision:
    return sight(user, reaches(user, [board_id]).get(board_id))


def visible_boards(user: User) -> Q:
    held = held_by(user, Board)
    seen = Q(
        workspace__in=Workspace.objects.filter(visible_workspaces(user)).order_by().values("pk")
    )
    if is_guest(user):
        return held | (seen & ~Q(type=PRIVATE))
    return seen & (held | ~Q(type=PRIVATE))


def on_visible_boards(user: User, *, path: str = "board") -> Q:
    """Rows whose board this person sees. Few boards become a list of ids, which indexes like."""
    seen = Board.objects.filter(visible_boards(user)).order_by().values_list("pk", flat=True)
    listed = list(seen[: MOST_LISTED_BOARDS + 1])
    return Q(**{f"{path}__in": seen if len(listed) > MOST_LISTED_BOARDS else listed})


def owned_boards(user: User) -> Q:
    return held_by(user, Board, OWNERS) | held_by(user, Workspace, OWNERS, path="workspace_id")


def people_who_see(board: Board) -> Q:
    """Overrides not counted. Asks for the workspace unless it was read with the board."""
    held = holders(board, ANY_LEVEL)
    seen = workspaces.people_who_see(board.workspace)
    if board.type == PRIVATE:
        return held & (GUESTS | seen)
    return seen | (GUESTS & held)


def people_who_own(board: Board) -> Q:
    return holders(board, OWNERS) | holders_of_id(Workspace, board.workspace_id, OWNERS)


class BoardRules(RuleSet[Board]):
    kind = Board
    verbs = frozenset({"view", "edit", "delete", "create_object"})
    overridden = verbs

    def allows(self, user: User, verb: str, thing: Board) -> Decision:
        reach = reaches(user, [thing.pk]).get(thing.pk)
        seen = sight(user, reach)
        if verb == "view" or reach is None or not seen:
            return seen
        if verb == "create_object":
            return _creates(user, reach)
        if reach.owns:
            return Decision(True, "board", f"They own the board {thing} or its workspace.")
        return Decision(
            False, "board", f"Only owners of the board {thing} or its workspace may do this."
        )

    def narrow(self, user: User, verb: str) -> Q:
        if verb == "view":
            return visible_boards(user)
        if verb == "create_object":
            return visible_boards(user) if creates_objects(user) else NOBODY
        return visible_boards(user) & owned_boards(user)

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


def _creates(user: User, reach: Reach) -> Decision:
    if creates_objects(user):
        return Decision(True, "role", f"Members create objects on the board {reach.board}.")
    return Decision(False, "role", f"The role {user.role} may not create objects.")
