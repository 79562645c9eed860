"""`create_admin`: the first account admin of an empty installation."""

from __future__ import annotations

import os
import secrets
import sys
from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from accounts.actor import Actor
from accounts.commands import ActingCommand, Failed, is_interactive
from accounts.gates import gated
from accounts.models import User
from accounts.services.administrators import create_administrator

PASSWORD_VARIABLE = "ADMIN_PASSWORD"


@gated("manage", User)
class Command(ActingCommand):
    help = (
        "Makes the first account admin. The password is asked for; without a terminal it is read "
        f"from {PASSWORD_VARIABLE}, with --password-stdin from the standard input, and else made "
        "up and printed once, alone on the last line."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("username", metavar="USERNAME", help="How the new admin signs in.")
        parser.add_argument("--email", required=True, help="Where mails to this person go.")
        parser.add_argument(
            "--password-stdin", action="store_true", help="Read the password's line from stdin."
        )
        parser.add_argument(
            "--force", action="store_true", help="Even where there is an account admin already."
        )

    def perform(self, actor: Actor, **options: Any) -> None:
        given = _given_password(from_stdin=options["password_stdin"])
        password = given or secrets.token_urlsafe(18)
        user = create_administrator(
            options["username"],
            actor=actor,
            email=options["email"],
            password=password,
            force=options["force"],
        )
        self.tell(f"{user.username} is account admin.")
        if given is None:
            self.tell("The password, not shown again:")
            self.tell(password)


def _given_password(*, from_stdin: bool) -> str | None:
    if from_stdin:
        line = sys.stdin.readline().rstrip("\r\n")
        if not line:
            raise Failed("The standard input holds no password.")
        return line
    if os.environ.get(PASSWORD_VARIABLE):
        return os.environ[PASSWORD_VARIABLE]
    return _asked_password() if is_interactive() else None


def _asked_password() -> str:
    password = getpass("Password: ")
    if password != getpass("Password (again): "):
        raise Failed("The two passwords differ.")
    return password
