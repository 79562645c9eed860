"""Every registry of the house, so that all of them freeze at one place."""

from __future__ import annotations

from typing import Any

from accounts.findings import finding_kinds
from accounts.handovers import handovers
from accounts.shareables import shareables
from catalog.packages.kinds import asset_kinds
from catalog.usages import usages
from journal.kinds import consumers, sweeps
from journal.registry import Registry
from notifications.channels.registry import channels
from permissions.registry import rules
from workflows.authoring.kinds import projections, step_kinds, trigger_kinds

REGISTRIES: tuple[Registry[Any], ...] = (
    consumers,
    sweeps,
    shareables,
    finding_kinds,
    handovers,
    asset_kinds,
    usages,
    step_kinds,
    trigger_kinds,
    projections,
    channels,
    rules,
)


def freeze_all() -> None:
    for registry in REGISTRIES:
        registry.freeze()
