"""What the workflows app contributes to the catalog: its kinds of assets."""

from __future__ import annotations

from catalog.packages.kinds import asset_kinds
from workflows.authoring.assets import Automations
from workflows.lifecycle.assets import Lifecycles, States, Transitions, TransitionTriggers


def contribute() -> None:
    for kind in (Lifecycles(), States(), Transitions(), TransitionTriggers(), Automations()):
        asset_kinds.register(kind)
