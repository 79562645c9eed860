"""`unpublish`: takes workflows out of production."""

from __future__ import annotations

from typing import Any

from accounts.actor import Actor
from accounts.gates import gated
from workflows.authoring.services import publishing
from workflows.management.switching import SwitchingCommand
from workflows.models import Workflow


@gated("unpublish", Workflow)
class Command(SwitchingCommand):
    help = "Takes workflows out of production."
    done = "unpublished; its definition is the draft."

    def switch(self, workflow: Workflow, actor: Actor, options: dict[str, Any]) -> None:
        publishing.unpublish(workflow, actor=actor)
