"""`demo`: loads the demo account."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.demo_names import DEMO_PASSWORD, DEMO_USERNAMES
from accounts.exceptions import Refused
from accounts.gates import operators
from config.demo.loading import load
from config.serving.migrating import migrate


@operators(why="Whoever has the shell of the server may load the demo account.")
class Command(BaseCommand):
    help = "Loads the demo account; again without change. Migrates first."
    # The command that serves runs Django's checks, which take longer than a second loading.
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.IS_PRODUCTION:
            raise CommandError(
                "ALLOWED_HOSTS names a host beyond this machine: the demo account, whose passwords "
                "everybody knows, is refused here."
            )
        migrate()
        try:
            loaded = load()
        except Refused as refused:
            raise CommandError(f"The demo account can't be loaded: {refused.detail}") from refused
        if loaded.users or loaded.objects:
            self.stdout.write(
                f"Demo account loaded: {loaded.users} users, {loaded.objects} recipes."
            )
        else:
            self.stdout.write("The demo account is there already; nothing was changed.")
        self.stdout.write(f"Sign in as {', '.join(DEMO_USERNAMES)}; password: {DEMO_PASSWORD}")
