"""`package plan|apply|export`: configuration as one JSON file."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from accounts.actor import Actor
from accounts.commands import ActingCommand, Failed, is_interactive
from accounts.exceptions import Invalid
from accounts.gates import gated
from catalog.models import Package
from catalog.packages.applying import apply, plan
from catalog.packages.exporting import export
from catalog.packages.places import entry_at
from catalog.packages.plans import AssetChange, Plan, problems_as_json
from journal.strict_json import MOST_BYTES, BadJSON, loads, without_mark

MARKS = {"create": "+", "change": "~", "remove": "-"}
MOST_SHOWN = 60


@gated("configure", Package)
class Command(ActingCommand):
    help = "Plans, applies and exports packages of assets."
    gives_json = True

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
        planned = actions.add_parser("plan", help="Shows what applying FILE would do.")
        applied = actions.add_parser("apply", help="Applies FILE: all of it, or nothing.")
        for one in (planned, applied):
            super().add_arguments(one)
            one.add_argument("file", metavar="FILE", help="A package; - reads standard input.")
            one.add_argument(
                "--allow-unknown-keys",
                action="store_true",
                help="Keeps what names unknown keys; it never matches until they come.",
            )
        applied.add_argument("--yes", action="store_true", help="Applies without asking.")
        exported = actions.add_parser("export", help="Prints what was applied.")
        super().add_arguments(exported)
        exported.add_argument("--package", metavar="KEY", help="One package; else everything.")
        exported.add_argument("--output", metavar="FILE", help="Where to write it.")

    def perform(self, actor: Actor, **options: Any) -> None:
        {"plan": self._plan, "apply": self._apply, "export": self._export}[options["action"]](
            actor, options
        )

    def _plan(self, actor: Actor, options: dict[str, Any]) -> None:
        document = _read(options["file"])
        found = self._planned(document, actor, options)
        if options["json"]:
            self.give(found.as_json())
        else:
            self._show(found, document)
        if found.problems:
            raise Failed(_count(len(found.problems), "problem"))

    def _apply(self, actor: Actor, options: dict[str, Any]) -> None:
        document = _read(options["file"])
        if not options["yes"] and not self._is_confirmed(document, actor, options):
            raise Failed("Nothing was applied; --yes applies without asking.")
        try:
            applied = apply(document, actor=actor, allow_unknown_keys=options["allow_unknown_keys"])
        except Invalid as refusal:
            if options["json"]:
                self.give({"problems": problems_as_json(refusal.problems)})
            raise
        if options["json"]:
            self.give(applied.as_json())
            return
        if options["yes"]:
            self._show(applied, document)
        self.tell(f"{applied.package_key} is applied.")

    def _is_confirmed(self, document: Any, actor: Actor, options: dict[str, Any]) -> bool:
        found = self._planned(document, actor, options)
        if found.problems:
            raise Invalid(problems=found.problems)
        if not found.changes:
            return True
        if not is_interactive():
            return False
        self._show(found, document)
        return input("Apply this? [y/N] ").strip().lower() in {"y", "yes"}

    def _planned(self, document: Any, actor: Actor, options: dict[str, Any]) -> Plan:
        return plan(document, actor=actor, allow_unknown_keys=options["allow_unknown_keys"])

    def _export(self, actor: Actor, options: dict[str, Any]) -> None:
        text = json.dumps(export(options["package"], actor=actor), indent=2, ensure_ascii=False)
        if options["output"] is None:
            self.tell(text)
            return
        try:
            Path(options["output"]).write_text(text + "\n", encoding="utf-8")
        except OSError as problem:
            raise Failed(f"{options['output']} can't be written: {problem.strerror}.") from problem

    def _show(self, found: Plan, document: object) -> None:
        for change in found.changes:
            self._show_change(change)
        for move in found.moves:
            self.tell(f"> {move.kind} {move.identity} -> {move.into}: {move.detail}")
        for warning in found.warnings:
            entry = _in_brackets(entry_at(document, warning.pointer))
            self.tell(f"! {warning.pointer}{entry}: {warning.detail}")
        for kept in found.not_yet_active:
            self.tell(f"! {kept.pointer}{_in_brackets(kept.title)}: {kept.detail}")
        for problem in found.problems:
            near = f" (nearest: {problem.nearest})" if problem.nearest else ""
            entry = _in_brackets(entry_at(document, problem.pointer))
            self.tell(f"✗ {problem.pointer}{entry}: {problem.detail}{near}")
        if not found.changes and not found.problems:
            self.tell("No changes.")

    def _show_change(self, change: AssetChange) -> None:
        self.tell(f"{MARKS[change.action]} {change.kind} {change.title}")
        if change.action == "change":
            for field in change.fields:
                self.tell(f"    {field.field}: {_short(field.before)} -> {_short(field.after)}")


def _read(name: str) -> Any:
    try:
        if name == "-":
            return loads(without_mark(sys.stdin.buffer.read(MOST_BYTES + 1)))
        with Path(name).open("rb") as file:
            return loads(without_mark(file.read(MOST_BYTES + 1)))
    except OSError as problem:
        raise Failed(f"{name} can't be read: {problem.strerror}.") from problem
    except BadJSON as problem:
        raise Failed(f"{name}: {problem}") from problem


def _in_brackets(text: str) -> str:
    return f" ({text})" if text else ""


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= MOST_SHOWN else text[: MOST_SHOWN - 1] + "…"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}; nothing would be applied."
