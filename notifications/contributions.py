"""What notifications add to the registries of other rooms, and to their own."""

from __future__ import annotations

from catalog.packages.kinds import asset_kinds
from journal.kinds import Sweep, consumers, sweeps
from notifications import approvals
from notifications.assets import NotificationTemplates
from notifications.channels.email import EMAIL
from notifications.channels.inbox import INBOX
from notifications.channels.registry import channels
from notifications.delivering import sweep
from notifications.rules import RULES
from permissions.rules import rules


def register_all() -> None:
    for channel in (INBOX, EMAIL):
        channels.register(channel)
    asset_kinds.register(NotificationTemplates())
    for rule in RULES:
        rules.register(rule)
    consumers.register(approvals.CONSUMER)
    sweeps.register(Sweep("deliveries", sweep))
