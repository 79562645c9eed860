"""What the four commands share that publish, unpublish, enable and disable workflows by key."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from accounts import gate
from accounts.actor import Actor
from accounts.commands import ActingCommand, Failed, sentence_of
from accounts.exceptions import Refused
from workflows.models import Workflow


class SwitchingCommand(ActingCommand):
    """Does one verb for each key; a refusal of one doesn't keep the others from it."""

    gives_json = True
    done = ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("keys", nargs="+", metavar="KEY", help="Key of a workflow.")

    def perform(self, actor: Actor, **options: Any) -> None:
        results = [self._attempt(key, actor, options) for key in dict.fromkeys(options["keys"])]
        if options["json"]:
            self.give({"results": results})
        else:
            for one in results:
                self.tell(f"{one['key']}: {one['detail']}")
        if refused := [one["key"] for one in results if not one["ok"]]:
            raise Failed(f"Not done: {', '.join(refused)}.")

    def _attempt(self, key: str, actor: Actor, options: dict[str, Any]) -> dict[str, Any]:
        try:
            workflow = gate.fetch(actor, Workflow.objects.all(), key=key)
            detail = self.switch(workflow, actor, options)
        except Refused as refused:
            return {"key": key, "ok": False, "detail": sentence_of(refused)}
        return {"key": key, "ok": True, "detail": detail or self.done}

    def switch(self, workflow: Workflow, actor: Actor, options: dict[str, Any]) -> str | None:
        """Does it; may answer a sentence of its own."""
        raise NotImplementedError
