"""`publish`: makes drafts live."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from accounts.actor import Actor
from accounts.commands import whole_number
from accounts.gates import gated
from workflows.authoring.services import publishing
from workflows.authoring.warnings import warnings
from workflows.management.switching import SwitchingCommand
from workflows.models import Workflow


@gated("publish", Workflow)
class Command(SwitchingCommand):
    help = "Publishes the drafts of workflows."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--description", default="", metavar="TEXT", help="What is new in this version."
        )
        parser.add_argument(
            "--tag", action="append", dest="tags", metavar="TAG", help="A tag; may come again."
        )
        parser.add_argument(
            "--timeback",
            type=whole_number(0, 100_000),
            metavar="MINUTES",
            help="Minutes that one execution saves.",
        )

    def switch(self, workflow: Workflow, actor: Actor, options: dict[str, Any]) -> str:
        version = publishing.publish(
            workflow,
            actor=actor,
            description=options["description"],
            tags=options["tags"],
            time_back_minutes=options["timeback"],
        )
        told = [f"{one.pointer}: {one.detail}" for one in warnings(version.definition)]
        return " ".join([f"published as version {version.number}.", *told])
