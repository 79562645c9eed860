"""Moves the object to another state of its lifecycle, by a transition that leads there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from accounts.exceptions import Problem
from automations.steps.base import Step, StepRun, constants, unknown_key
from catalog.models import State
from workflows.authoring.kinds import Scope, StepKind
from workflows.lifecycle import service
from workflows.lifecycle.entering import Moved

FORM = {
    "properties": {"toStateKey": {"type": "string"}},
    "required": ["type", "toStateKey"],
}


def check(step: Mapping[str, Any], pointer: str, scope: Scope) -> list[Problem]:
    """The state exists in the lifecycle of the object's type."""
    states = State.objects.all()
    if scope.object_type_key is not None:
        states = states.filter(lifecycle__object_types__key=scope.object_type_key)
    known, place = states.values_list("key", flat=True), f"{pointer}/toStateKey"
    fixed = constants(step["toStateKey"])
    return [problem for key in fixed for problem in unknown_key("state", str(key), known, place)]


def run(run: StepRun) -> dict[str, Any]:
    """Makes the transition as the run-as user, or asks for it where it is put to a vote."""
    wanted = str(run.value("toStateKey"))
    before = run.obj.state.key if run.obj.state else None
    moved = service.move_to(run.obj, wanted, actor=run.actor)
    if not isinstance(moved, Moved):
        request = moved.request
        asked = {"transitionKey": request.transition_key, "approvalId": request.pk}
        return {"before": before, "after": before, **asked, "override": False}
    run.context.obj = moved.object
    return {
        "before": before,
        "after": wanted,
        "transitionKey": moved.transition.key,
        "approvalId": None,
        "override": moved.override,
    }


STEP = Step(
    StepKind(
        key="changeWorkflowState",
        label="Change workflow state",
        form=FORM,
        effect="database",
        check=check,
        uses=lambda step: [("workflowStates", step["toStateKey"])],
        is_destructive=True,
        expressions=("toStateKey",),
        outputs=("before", "after", "transitionKey", "approvalId", "override"),
    ),
    run,
)
