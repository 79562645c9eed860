"""The check of the whole configuration, for those who may change it."""

from __future__ import annotations

from accounts import findings, gate
from accounts.actor import Actor
from accounts.findings import Group
from accounts.remembering import remembering
from accounts.services.account import the_account
from journal.snapshots import snapshot


def check_configuration(*, actor: Actor) -> list[Group]:
    """What every room finds, all of it at one moment."""
    gate.demand(actor, "edit", the_account())
    with snapshot(), remembering():
        return findings.look()
