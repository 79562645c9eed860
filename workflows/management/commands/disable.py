"""`disable`: disables the triggers of published workflows."""

from __future__ import annotations

from typing import Any

from accounts.actor import Actor
from accounts.gates import gated
from workflows.authoring.services import publishing
from workflows.management.switching import SwitchingCommand
from workflows.models import Workflow


@gated("disable", Workflow)
class Command(SwitchingCommand):
    help = "Disables the triggers of published workflows."
    done = "its trigger is disabled."

    def switch(self, workflow: Workflow, actor: Actor, options: dict[str, Any]) -> None:
        publishing.disable(workflow, actor=actor)
