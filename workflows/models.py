"""Gathers the models of the app's two halves where Django looks for them."""

from workflows.authoring.models import (
    Draft,
    Version,
    Workflow,
    WorkflowTeamGrant,
    WorkflowUserGrant,
)
from workflows.lifecycle.models import Transition

__all__ = [
    "Draft",
    "Transition",
    "Version",
    "Workflow",
    "WorkflowTeamGrant",
    "WorkflowUserGrant",
]
