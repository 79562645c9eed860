"""`replay`: runs a recorded history of states against a lifecycle."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from accounts import gate
from accounts.actor import Actor
from accounts.commands import ActingCommand, Failed
from accounts.exceptions import NotFound
from accounts.gates import gated
from accounts.keys import nearest
from catalog.models import Lifecycle
from workflows.lifecycle.histories import BadHistory, steps
from workflows.lifecycle.replay import Replayed, Rules, replay
from workflows.models import Transition


@gated("view", Lifecycle)
class Command(ActingCommand):
    help = "Tells what a lifecycle would have allowed and refused of a recorded history."
    gives_json = True

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", metavar="HISTORY.jsonl", help="A change of state a line.")
        parser.add_argument(
            "--lifecycle", required=True, metavar="KEY", help="By which lifecycle it is judged."
        )

    def perform(self, actor: Actor, **options: Any) -> None:
        rules = _rules(_lifecycle(options["lifecycle"], actor))
        try:
            with Path(options["file"]).open("rb") as lines:
                found = replay(steps(lines), rules)
        except OSError as problem:
            raise Failed(f"{options['file']} can't be read: {problem.strerror}.") from problem
        except BadHistory as problem:
            raise Failed(str(problem)) from problem
        if options["json"]:
            self.give(found.as_json())
        else:
            self._show(found)

    def _show(self, found: Replayed) -> None:
        elsewhere = found.started_elsewhere
        self.tell(f"{found.started:,} began, {elsewhere:,} of them not in the initial state.")
        self.tell(f"{found.allowed:,} changes allowed, {found.refused:,} refused.")
        if found.unknown_state:
            self.tell(f"{found.unknown_state:,} lines name a state that the lifecycle hasn't.")
        for one in found.transitions:
            mark = "✓" if one.allowed else "✗"
            self.tell(f"{mark} {one.from_state_key} -> {one.to_state_key}: {one.count:,}")


def _lifecycle(key: str, actor: Actor) -> Lifecycle:
    visible = gate.narrow(actor, "view", Lifecycle.objects.all())
    found = visible.filter(key=key).first()
    if found is None:
        near = nearest(key, visible.values_list("key", flat=True))
        hint = f" Perhaps {near} was meant." if near else ""
        raise NotFound(f"There is no lifecycle {key[:120]!r}.{hint}")
    return found


def _rules(lifecycle: Lifecycle) -> Rules:
    first = lifecycle.initial_state
    transitions = Transition.objects.filter(lifecycle=lifecycle)
    return Rules(
        state_keys=frozenset(lifecycle.states.values_list("key", flat=True)),
        initial_state_key=first.key if first else None,
        moves=frozenset(transitions.values_list("from_state__key", "to_state__key")),
    )
