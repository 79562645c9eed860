"""What the workflows app contributes to lower ones: its kinds of assets, what has owners."""

from __future__ import annotations

from collections.abc import Iterator

from accounts.findings import finding_kinds
from accounts.handovers import Handover, Part, handovers, part
from accounts.models import User
from accounts.shareables import Shareable, shareables
from catalog.packages.kinds import asset_kinds
from journal.kinds import Sweep, consumers, sweeps
from workflows.authoring.assets import Automations
from workflows.lifecycle import findings, recounting
from workflows.lifecycle.assets import Lifecycles, States, Transitions, TransitionTriggers
from workflows.models import Workflow


def contribute() -> None:
    shareables.register(Shareable("workflow", Workflow))
    consumers.register(recounting.CONSUMER)
    sweeps.register(Sweep("lifecycle.approvals", recounting.sweep))
    handovers.register(Handover("runAs", _acting_as))
    for kind in (Lifecycles(), States(), Transitions(), TransitionTriggers(), Automations()):
        asset_kinds.register(kind)
    for found in findings.contributed():
        finding_kinds.register(found)


def _acting_as(user: User, heir: User) -> Iterator[Part]:
    """Rights are not handed on: whose they are was decided by who published."""
    rows = Workflow.objects.filter(live_version__run_as=user).order_by("key")
    keys = list(rows.values_list("key", flat=True))
    why = f"They act with the rights of {user.username} until somebody publishes them again."
    yield from part("live workflows", keys, stays=why)
