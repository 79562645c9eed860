"""`create_token`: an API token for a user, printed once."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from accounts import gate
from accounts.actor import Actor
from accounts.commands import ActingCommand, whole_number
from accounts.gates import gated
from accounts.models import ApiToken, User
from accounts.scopes import Scope
from accounts.services.tokens import MOST_DAYS, create_token


@gated("create", ApiToken)
class Command(ActingCommand):
    help = "Makes an API token that acts as a user. It is printed once, alone on the last line."
    gives_json = True

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("username", metavar="USERNAME", help="Whose token it is.")
        parser.add_argument("--name", default="", help="What the token is for.")
        parser.add_argument(
            "--expires",
            type=whole_number(1, MOST_DAYS),
            metavar="DAYS",
            help="After how many days it ends (never, unless given).",
        )
        parser.add_argument(
            "--scope",
            action="append",
            default=[],
            choices=[scope.value for scope in Scope],
            help="Limits the token; may be repeated (no limit, unless given).",
        )

    def perform(self, actor: Actor, **options: Any) -> None:
        user = gate.fetch(actor, User.objects.all(), username=options["username"])
        made = create_token(
            user,
            actor=actor,
            name=options["name"],
            expires_in_days=options["expires"],
            scopes=options["scope"],
        )
        if options["json"]:
            expires_at = made.token.expires_at
            self.give(
                {
                    "token": made.secret,
                    "username": user.username,
                    "name": made.token.name,
                    "scopes": made.token.scopes,
                    "expiresAt": expires_at and expires_at.isoformat(),
                }
            )
            return
        self.tell(f"A token of {user.username}. It is not shown again.")
        self.tell(made.secret)
