"""The accounts app, and what every installation has from its first migration on."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.apps import apps as installed
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from accounts.models import Workspace
        from accounts.services import handing_over, mailing, throttling
        from accounts.services.answers import forget_old_answers
        from accounts.services.sessions import forget_ended_sessions
        from accounts.shareables import Shareable, shareables
        from journal.kinds import Sweep, sweeps

        sweeps.register(Sweep("accounts.forget-answers", forget_old_answers))
        sweeps.register(Sweep("accounts.forget-sessions", forget_ended_sessions))
        sweeps.register(Sweep("accounts.forget-throttles", throttling.forget_empty))
        sweeps.register(Sweep("accounts.mails", mailing.sweep))
        shareables.register(Shareable("workspace", Workspace))
        handing_over.contribute()
        post_migrate.connect(lay_foundation, sender=self)


def lay_foundation(using: str, apps: Any = installed, **_: Any) -> None:
    """The account's row and the open workspace `main`; made again where a test has flushed them."""
    try:
        account, workspace = (apps.get_model("accounts", name) for name in ("Account", "Workspace"))
    except LookupError:
        return  # migrated back to before these tables
    account.objects.using(using).get_or_create(pk=1)
    workspace.objects.using(using).get_or_create(
        key="main", defaults={"name": "Main", "access": "open"}
    )
