"""`import_objects`: objects from a JSON Lines or CSV file, with a report of every bad line."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from time import monotonic
from typing import Any

from accounts import gate
from accounts.actor import Actor
from accounts.commands import ActingCommand, Failed
from accounts.exceptions import Invalid
from accounts.gates import gated
from catalog.importing import runs
from catalog.importing.service import carry_on, open_run
from catalog.models import Board, GovernedObject, Import, ObjectType

SECONDS_BETWEEN = 2.0
"""Between two words of progress, where nobody watches; a person at a terminal sees every batch."""


@gated("edit", GovernedObject)
class Command(ActingCommand):
    help = (
        "Imports governed objects. Each line of JSON Lines is an object: key, name, stateKey?, "
        "parentKey?, attributes?, relations? {KEY: [object keys]}, userRelations? {KEY: "
        "[usernames]}; CSV has the headings key, name, stateKey, parentKey, attributes.KEY, "
        "relations.KEY, userRelations.KEY, its lists split by ';'. New objects may start in any "
        "state; existing ones are updated, never moved to another state, and what a line doesn't "
        "name stays as it is. Good lines are kept; exit code 1 says that there were bad ones."
    )
    gives_json = True

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", type=Path, metavar="FILE", help="The objects, one a line.")
        parser.add_argument(
            "--object-type", required=True, metavar="KEY", help="What kind of objects they are."
        )
        parser.add_argument(
            "--board", metavar="KEY", help="Where new objects go (default: the type's own board)."
        )
        parser.add_argument(
            "--format", choices=["jsonl", "csv"], help="Told by the file's name: .csv is CSV."
        )
        parser.add_argument(
            "--create-users", action="store_true", help="Add unknown people, as inactive users."
        )
        parser.add_argument(
            "--resume",
            action="store_true",
            help="Go on where an import of this very file was interrupted.",
        )
        parser.add_argument(
            "--report",
            type=Path,
            metavar="FILE",
            help="Write every bad line with its problems there, as JSON Lines.",
        )

    def perform(self, actor: Actor, **options: Any) -> None:
        path = _readable(options["file"])
        object_type = gate.fetch(actor, ObjectType.objects.all(), key=options["object_type"])
        board = None
        if options["board"] is not None:
            board = gate.fetch(actor, Board.objects.all(), key=options["board"])
        run = open_run(
            path,
            actor=actor,
            object_type=object_type,
            board=board,
            creates_users=options["create_users"],
            format=options["format"],
            resume=options["resume"],
        )
        if options["resume"]:
            self.stderr.write(_beginning(run.lines_done))
        self._told_at = self._began_at = monotonic()
        self._began_with = run.lines_done
        try:
            carry_on(run, path, actor=actor, token=runs.take_over(run), progress=self._progress)
        except KeyboardInterrupt:
            raise Failed("Interrupted. The same command with --resume goes on from here.") from None
        finally:
            if self.stderr.isatty():
                self.stderr.write("")
        self._tell_of(run, options)

    def _tell_of(self, run: Import, options: dict[str, Any]) -> None:
        report = runs.report_of(run)
        if options["report"] is not None:
            _write_report(run, options["report"])
        if options["json"]:
            self.give(report.as_json())
        else:
            for sentence in report.sentences():
                self.tell(sentence)
        if report.stopped:
            raise Failed(report.stopped)
        if not report.is_good:
            raise Failed(f"{report.bad_lines} lines were not imported; all others were.")

    def _progress(self, done: int, lines: int) -> None:
        watched, instant = self.stderr.isatty(), monotonic()
        if not watched and instant - self._told_at < SECONDS_BETWEEN:
            return
        self._told_at = instant
        rate = (done - self._began_with) / max(instant - self._began_at, 0.001)
        percent = 100 * done // max(lines, 1)
        told = f"{done:,} of {lines:,} lines ({percent} %), {rate:,.0f} a second"
        self.stderr.write(f"\r{told}\x1b[K" if watched else told, ending="" if watched else None)


def _beginning(lines_done: int) -> str:
    if lines_done:
        return f"Goes on behind line {lines_done:,}."
    return "There is no interrupted import of this file; beginning with its first line."


def _write_report(run: Import, path: Path) -> None:
    try:
        with path.open("w", encoding="utf-8") as out:
            for line in runs.bad_lines_of(run):
                out.write(json.dumps(line.as_json(), ensure_ascii=False) + "\n")
    except OSError as problem:
        raise Failed(f"The report could not be written: {problem}") from None


def _readable(path: Path) -> Path:
    if not path.exists():
        raise Invalid(f"There is no file {path}.")
    if not path.is_file():
        raise Invalid(f"{path} is no plain file. It is read twice, so it can't be a pipe.")
    return path
