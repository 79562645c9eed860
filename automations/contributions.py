"""What this app contributes to registries of the apps below, when all models are there."""

from __future__ import annotations

from automations import dispatch, engine
from automations.deployments import PROJECTION
from automations.models import Execution
from automations.steps import STEPS
from automations.steps.base import steps
from automations.triggers import TRIGGER_KINDS
from journal.kinds import Sweep, consumers, sweeps
from permissions.contributions import workflow_rules
from permissions.rules import FollowingRules, rules
from workflows.authoring.kinds import projections, step_kinds, trigger_kinds


def register_all() -> None:
    for step in STEPS:
        steps.register(step)
        step_kinds.register(step.kind)
    steps.freeze()
    for trigger in TRIGGER_KINDS:
        trigger_kinds.register(trigger)
    projections.register(PROJECTION)
    consumers.register(dispatch.consumer())
    rules.register(FollowingRules(Execution, "workflow", {"view": "view"}, parent=workflow_rules))
    sweeps.register(Sweep("automations.engine", engine.sweep))
