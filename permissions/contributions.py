"""What this app contributes when it is ready: the gate, and the rules of every kind below it."""

from __future__ import annotations

from django.core.checks import Tags, register

from accounts import gate
from accounts.findings import finding_kinds
from accounts.models import Session
from catalog.models import (
    Application,
    AttributeType,
    CommentTypeCategoryApplication,
    Lifecycle,
    ObjectType,
    Package,
    RelationType,
    State,
    UserRelationType,
)
from catalog.packages.kinds import asset_kinds
from journal.models import Event, Pending
from permissions import checks, findings
from permissions.assets import Conditions
from permissions.gatehouse import Gatehouse
from permissions.kinds.accounts import (
    AccountRules,
    InvitationRules,
    TeamRules,
    TokenRules,
    UserRules,
)
from permissions.kinds.approvals import ApprovalRules
from permissions.kinds.attributes import AttributeRules, ColumnRules
from permissions.kinds.boards import BoardRules, PlaceRules
from permissions.kinds.comments import CommentCategoryRules, CommentRules
from permissions.kinds.imports import ImportRules
from permissions.kinds.moves import MOVES, ObjectAndMoveRules, relation_types_entitling
from permissions.kinds.operations import OperatorRules
from permissions.kinds.workflows import WorkflowRules
from permissions.kinds.workspaces import WorkspaceRules
from permissions.models import Condition
from permissions.rules import (
    FollowingRules,
    InnerSettingRules,
    OwnRules,
    SettingRules,
    rules,
)
from workflows.lifecycle.electing import Grounds, grounds
from workflows.models import Delegation, Transition, Version

SETTINGS = (
    Application,
    AttributeType,
    Lifecycle,
    ObjectType,
    RelationType,
    State,
    Transition,
    UserRelationType,
)
INNER_SETTINGS = (CommentTypeCategoryApplication, Condition, Package)

board_rules = BoardRules()
workflow_rules = WorkflowRules()


def contribute() -> None:
    gate.install(Gatehouse())
    register(checks.gate_backend_stands_first, Tags.security)
    register_rules()
    grounds.register(Grounds("conditions", relation_types_entitling))
    asset_kinds.register(Conditions())
    for found in findings.contributed():
        finding_kinds.register(found)


def register_rules() -> None:
    for kind in SETTINGS:
        rules.register(SettingRules(kind))
    for inner in INNER_SETTINGS:
        rules.register(InnerSettingRules(inner))
    for rule in (
        UserRules(),
        TeamRules(),
        TokenRules(),
        OwnRules(Session, {"view", "delete"}),
        InvitationRules(),
        AccountRules(),
        WorkspaceRules(),
    ):
        rules.register(rule)
    for of_catalog in (
        board_rules,
        PlaceRules(board_rules),
        ObjectAndMoveRules(),
        AttributeRules(),
        ColumnRules(),
        CommentCategoryRules(),
        CommentRules(),
    ):
        rules.register(of_catalog)
    for of_journal in (OperatorRules(Event, "view"), OperatorRules(Pending, "view", "retry")):
        rules.register(of_journal)
    rules.register(ImportRules())
    rules.register(MOVES)
    rules.register(ApprovalRules())
    rules.register(OwnRules(Delegation, {"view", "delete"}, path="delegator"))
    rules.register(workflow_rules)
    rules.register(FollowingRules(Version, "workflow", {"view": "view"}, parent=workflow_rules))
