"""Base of the commands that act: on whose behalf, and how results and refusals are told.

Exit codes: 0 done, 1 refused or failed (a sentence on the error stream), 2 wrong usage.
"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from accounts.actor import SYSTEM, Actor
from accounts.exceptions import Invalid, NotFound, Refused
from accounts.models import User

UNMIGRATED = (
    "This database is empty or of an older version. `manage.py migrate` brings it up to date; "
    "is DATA_DIR, or DATABASE_URL, the one that is meant?"
)


class Failed(CommandError):
    """The command could not do it; the message says why. Exit code 1."""


class ActingCommand(BaseCommand):
    """A command with `--as USERNAME`; `perform` does the work and may raise any `Refused`."""

    gives_json = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--as",
            dest="actor",
            default=SYSTEM,
            metavar="USERNAME",
            help="On whose behalf (default: system, which may do everything).",
        )
        if self.gives_json:
            parser.add_argument("--json", action="store_true", help="Print the result as JSON.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self.perform(actor_named(options.pop("actor")), **options)
        except Refused as refused:
            raise Failed(sentence_of(refused)) from refused
        except DatabaseError as broken:
            if connection.connection is None:
                raise Failed(f"The database can't be reached: {broken}") from broken
            if not _is_migrated():
                raise Failed(UNMIGRATED) from broken
            raise

    def perform(self, actor: Actor, **options: Any) -> None:
        raise NotImplementedError

    def tell(self, sentence: str) -> None:
        """A line of the result."""
        self.stdout.write(sentence)

    def give(self, result: Any) -> None:
        """The whole result, for `--json`."""
        self.stdout.write(json.dumps(result, indent=2, ensure_ascii=False, default=str))


def _is_migrated() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def actor_named(username: str) -> Actor:
    """The active user of this name as an actor, or the system."""
    if username == SYSTEM:
        return Actor.system()
    user = User.objects.filter(username=username).first()
    if user is None:
        raise NotFound(f"There is no user {username!r}.")
    if not user.is_active:
        raise Invalid(f"{username} is not active and can't act.")
    return Actor(user)


def sentence_of(refused: Refused) -> str:
    """A refusal as lines of text: the sentence, then every problem with its place."""
    if not isinstance(refused, Invalid) or not refused.problems:
        return refused.detail
    return "\n".join(
        f"{problem.pointer}: {problem.detail}" if problem.pointer else problem.detail
        for problem in refused.problems
    )


def whole_number(least: int, most: int) -> Callable[[str], int]:
    """An argument that is a whole number in a range; anything else is wrong usage."""

    def read(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            raise ArgumentTypeError(f"{text!r} is no whole number") from None
        if not least <= number <= most:
            raise ArgumentTypeError(f"{number} is not between {least} and {most}")
        return number

    return read


def is_interactive() -> bool:
    """Whether a person sits at the other end and can be asked."""
    return sys.stdin is not None and sys.stdin.isatty()
