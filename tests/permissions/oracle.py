"""The rules once more, written down naively from the contract: what the gate is compared with.

It reads everything once into plain sets and loops over them; nothing of the product's permission
code is used.
"""

from __future__ import annotations

from typing import Any

from accounts.models import Role, User, Workspace, WorkspaceTeamGrant, WorkspaceUserGrant
from catalog.models import (
    AttributeType,
    Board,
    BoardColumn,
    BoardColumnTeamGrant,
    BoardColumnUserGrant,
    BoardTeamGrant,
    BoardUserGrant,
    GovernedObject,
    UserRelation,
)
from permissions.models import Condition
from workflows.models import Transition, Workflow, WorkflowTeamGrant, WorkflowUserGrant

Shared = Workspace | Board | Workflow | BoardColumn
TABLES: list[tuple[type[Shared], Any, Any]] = [
    (Workspace, WorkspaceUserGrant, WorkspaceTeamGrant),
    (Board, BoardUserGrant, BoardTeamGrant),
    (Workflow, WorkflowUserGrant, WorkflowTeamGrant),
    (BoardColumn, BoardColumnUserGrant, BoardColumnTeamGrant),
]


def is_admin(user: User) -> bool:
    return user.role == "admin" or user.is_superuser


class Oracle:
    """The rules, on what stands in the database at the moment it is made."""

    def __init__(self) -> None:
        self.teams = set(User.groups.through._default_manager.values_list("user_id", "group_id"))
        self.of_users: set[tuple[str, int, int]] = set()
        self.of_teams: set[tuple[str, int, int]] = set()
        for _, user_grants, team_grants in TABLES:
            columns = ("permission__codename", "content_object_id")
            self.of_users |= set(user_grants.objects.values_list(*columns, "user_id"))
            self.of_teams |= set(team_grants.objects.values_list(*columns, "group_id"))
        self.relations = set(UserRelation.objects.values_list("user_id", "type_id", "object_id"))
        self.conditions = list(Condition.objects.all())
        self.columns = list(BoardColumn.objects.all())

    def holds(self, user: User, thing: Shared, *levels: str) -> bool:
        for level in levels or ("own", "join"):
            name = f"{level}_{thing._meta.model_name}"
            if (name, thing.pk, user.pk) in self.of_users:
                return True
            teams = [team for member, team in self.teams if member == user.pk]
            if any((name, thing.pk, team) in self.of_teams for team in teams):
                return True
        return False

    # --- places -----------------------------------------------------------------------------------

    def sees_workspace(self, user: User, workspace: Workspace) -> bool:
        if self.holds(user, workspace):
            return True
        return workspace.access == "open" and user.role != Role.GUEST

    def does_with_workspace(self, verb: str, user: User, workspace: Workspace) -> bool:
        if verb == "view":
            return self.sees_workspace(user, workspace)
        if verb == "create_workflow":
            return user.role in ("admin", "member") and self.sees_workspace(user, workspace)
        return self.holds(user, workspace, "own")

    def sees_board(self, user: User, board: Board) -> bool:
        if user.role == Role.GUEST:
            main = board.type == "main"
            return self.holds(user, board) or (main and self.holds(user, board.workspace))
        if not self.sees_workspace(user, board.workspace):
            return False
        return board.type == "main" or self.holds(user, board)

    def does_with_board(self, verb: str, user: User, board: Board) -> bool:
        if not self.sees_board(user, board):
            return False
        if verb == "view":
            return True
        if verb == "create_object":
            return user.role in ("admin", "member")
        return self.holds(user, board, "own") or self.holds(user, board.workspace, "own")

    # --- objects ----------------------------------------------------------------------------------

    def matching(self, user: User, one: GovernedObject, conditions: list[Condition]) -> Any:
        return [
            condition
            for condition in conditions
            if not condition.never_matches
            and condition.state_id in (None, one.state_id)
            and (
                condition.user_relation_type_id is None
                or (user.pk, condition.user_relation_type_id, one.pk) in self.relations
            )
        ]

    def visible(self, user: User, one: GovernedObject, conditions: list[Condition]) -> bool:
        found = self.matching(user, one, conditions)
        return not found or any(each.is_visible or each.is_editable for each in found)

    def editable(self, user: User, one: GovernedObject, conditions: list[Condition]) -> bool:
        found = [each for each in self.matching(user, one, conditions) if each.is_editable]
        if user.role in ("viewer", "guest"):
            return any(each.user_relation_type_id for each in found)
        return not conditions or bool(found)

    def of_type(self, one: GovernedObject) -> list[Condition]:
        return [each for each in self.conditions if each.object_type_id == one.object_type_id]

    def of_attribute(self, attribute: AttributeType) -> list[Condition]:
        return [each for each in self.conditions if each.attribute_id == attribute.pk]

    def of_transition(self, transition: Transition) -> list[Condition]:
        return [each for each in self.conditions if each.transition_id == transition.pk]

    def sees_object(self, user: User, one: GovernedObject) -> bool:
        return self.sees_board(user, one.board) and self.visible(user, one, self.of_type(one))

    def edits_object(self, user: User, one: GovernedObject) -> bool:
        return self.sees_object(user, one) and self.editable(user, one, self.of_type(one))

    def column(self, one: GovernedObject, attribute: AttributeType) -> BoardColumn | None:
        here = (one.board_id, attribute.key)
        found = [each for each in self.columns if (each.board_id, each.attribute_key) == here]
        return found[0] if found else None

    def sees_attribute(self, user: User, one: GovernedObject, attribute: AttributeType) -> bool:
        column = self.column(one, attribute)
        open_to_all = column is None or not column.is_view_restricted
        if column is not None and not open_to_all and not self.holds(user, column, "view", "edit"):
            return False
        return self.sees_object(user, one) and self.visible(user, one, self.of_attribute(attribute))

    def edits_attribute(self, user: User, one: GovernedObject, attribute: AttributeType) -> bool:
        if not self.edits_object(user, one) or not self.sees_attribute(user, one, attribute):
            return False
        column = self.column(one, attribute)
        open_to_all = column is None or not column.is_edit_restricted
        if column is not None and not open_to_all and not self.holds(user, column, "edit"):
            return False
        conditions = self.of_attribute(attribute)
        return not conditions or self.editable(user, one, conditions)

    def makes_move(self, transition: Transition, user: User, one: GovernedObject) -> bool:
        conditions = self.of_transition(transition)
        if not conditions:
            return self.edits_object(user, one)
        return self.sees_object(user, one) and self.editable(user, one, conditions)

    # --- workflows --------------------------------------------------------------------------------

    def owns_workflow(self, user: User, workflow: Workflow) -> bool:
        if self.holds(user, workflow, "own"):
            return True
        return workflow.is_owned_by_admins and is_admin(user)

    def sees_workflow(self, user: User, workflow: Workflow) -> bool:
        if self.holds(user, workflow) or self.owns_workflow(user, workflow):
            return True
        return workflow.type == "main" and self.sees_workspace(user, workflow.workspace)

    def does_with_workflow(self, verb: str, user: User, workflow: Workflow) -> bool:
        if verb == "view":
            return self.sees_workflow(user, workflow)
        if self.owns_workflow(user, workflow):
            return True
        if verb == "run":
            return self.holds(user, workflow)
        if verb in ("disable", "stop"):
            keeper = self.holds(user, workflow.workspace, "own") or is_admin(user)
            return keeper and self.sees_workflow(user, workflow)
        return False
