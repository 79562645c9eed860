"""Gathers the models of the app's two halves where Django looks for them."""

from workflows.authoring.models import (
    Draft,
    Version,
    Workflow,
    WorkflowTeamGrant,
    WorkflowUserGrant,
)
from workflows.lifecycle.models import ApprovalElector, ApprovalRequest, ApprovalVote, Transition
from workflows.voting.models import Delegation

__all__ = [
    "ApprovalElector",
    "ApprovalRequest",
    "ApprovalVote",
    "Delegation",
    "Draft",
    "Transition",
    "Version",
    "Workflow",
    "WorkflowTeamGrant",
    "WorkflowUserGrant",
]
