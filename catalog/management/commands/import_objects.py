"""`import_objects`: objects from a JSON Lines file, with a report of every bad line."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from accounts import gate
from accounts.actor import Actor
from accounts.commands import ActingCommand, Failed
from accounts.exceptions import Invalid
from accounts.gates import gated
from catalog.importing.service import import_objects
from catalog.models import Board, GovernedObject, ObjectType

TOLD_EVERY = 10_000


@gated("edit", GovernedObject)
class Command(ActingCommand):
    help = (
        "Imports governed objects. Each line is a JSON object: key, name, stateKey?, parentKey?, "
        "attributes?, relations? {KEY: [object keys]}, userRelations? {KEY: [usernames]}. New "
        "objects may start in any state; existing ones are updated, never moved to another state, "
        "and what a line doesn't name stays as it is. Good lines are kept; exit code 1 says that "
        "there were bad ones."
    )
    gives_json = True

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", type=Path)
        parser.add_argument("--object-type", required=True, metavar="KEY")
        parser.add_argument(
            "--board", metavar="KEY", help="Where new objects go (default: the type's own board)."
        )
        parser.add_argument("--format", choices=["jsonl", "csv"], help="Told by the file's name.")
        parser.add_argument(
            "--create-users", action="store_true", help="Add unknown people, as inactive users."
        )
        parser.add_argument("--resume", action="store_true", help="Go on where an import ended.")

    def perform(self, actor: Actor, **options: Any) -> None:
        path = _readable(options["file"], options["format"], resume=options["resume"])
        object_type = gate.fetch(actor, ObjectType.objects.all(), key=options["object_type"])
        board = None
        if options["board"] is not None:
            board = gate.fetch(actor, Board.objects.all(), key=options["board"])
        report = import_objects(
            path,
            actor=actor,
            object_type=object_type,
            board=board,
            creates_users=options["create_users"],
            progress=self._progress,
        )
        if options["json"]:
            self.give(report.as_json())
        else:
            for sentence in report.sentences():
                self.tell(sentence)
        if not report.is_good:
            raise Failed(f"{len(report.bad)} lines were not imported; all others were.")

    def _progress(self, lines: int) -> None:
        if lines % TOLD_EVERY == 0:
            self.stderr.write(f"{lines:,} lines read")


def _readable(path: Path, format: str | None, *, resume: bool) -> Path:
    if resume:
        raise Invalid(
            "--resume is not there yet. Importing the whole file again is safe: lines that are "
            "in already write nothing."
        )
    if format == "csv" or (format is None and path.suffix.lower() == ".csv"):
        raise Invalid("CSV can't be read yet. JSON Lines can: --format jsonl.")
    if not path.is_file():
        raise Invalid(f"There is no file {path} that could be read (twice, so no pipe).")
    return path
