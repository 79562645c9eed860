"""What the workflows app contributes to the catalog: its kinds of assets."""

from __future__ import annotations

from accounts.shareables import Shareable, shareables
from catalog.packages.kinds import asset_kinds
from workflows.authoring.assets import Automations
from workflows.lifecycle.assets import Lifecycles, States, Transitions, TransitionTriggers
from workflows.models import Workflow


def contribute() -> None:
    shareables.register(Shareable("workflow", Workflow))
    for kind in (Lifecycles(), States(), Transitions(), TransitionTriggers(), Automations()):
        asset_kinds.register(kind)
