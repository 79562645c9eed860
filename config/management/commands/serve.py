"""`serve`: web, sockets, worker and scheduler in one command."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.gates import operators
from config.serving.exceptions import ServeRefused
from config.serving.running import ROLES, Plan, serve


@operators(why="Whoever has the shell of the server may serve.")
class Command(BaseCommand):
    help = "Serves Sluice: web, sockets, worker and scheduler in one command. Migrates first."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="Address to bind (127.0.0.1).")
        parser.add_argument("--port", type=int, default=settings.PORT, help="Port to bind (PORT).")
        parser.add_argument(
            "--only", choices=ROLES, help="One role in this process; needs a broker outside it."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        only = options["only"]
        roles = frozenset([only] if only else ROLES)
        try:
            code = serve(Plan(options["host"], options["port"], roles), say=self._say)
        except ServeRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        sys.exit(code)

    def _say(self, sentence: str) -> None:
        self.stdout.write(sentence)
        self.stdout.flush()
