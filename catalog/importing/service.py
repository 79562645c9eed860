"""The import itself: a file through once for its keys, once more in batches, then what was late.

Each batch commits with the note of how far the import has come, so one that was killed goes on
behind it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.db import IntegrityError, transaction

from accounts import gate
from accounts.actor import Actor
from accounts.constraints import name_of
from accounts.exceptions import Conflict, Invalid, Problem
from accounts.models import User
from catalog.importing import runs
from catalog.importing.batches import Batch, Late
from catalog.importing.ground import Ground
from catalog.importing.lines import JsonLines
from catalog.importing.lookups import People, chunks
from catalog.importing.reading import (
    Line,
    Patience,
    Read,
    Reading,
    Survey,
    Unreadable,
    digest_of,
)
from catalog.importing.report import Report
from catalog.importing.runs import Holding, Upload
from catalog.importing.settling import Settling
from catalog.importing.sheets import Schema, Sheet
from catalog.models import Board, Import, ObjectType, RelationType, UserRelationType
from catalog.services.boards import default_board
from catalog.services.placing import hold_the_tree
from journal.leases import LeaseLost

LINES = 1000
"""Lines of one transaction."""
TAKEN_OVER = "takenOver"

Progress = Callable[[int, int], None]
"""Hears the number of lines done and of all lines, after each batch."""


def import_objects(
    path: Path,
    *,
    actor: Actor,
    object_type: ObjectType,
    board: Board | None = None,
    creates_users: bool = False,
    format: str | None = None,
    resume: bool = False,
    progress: Progress | None = None,
) -> Report:
    """Imports the objects of a file; good lines are kept, bad ones reported.

    The file is read twice. `resume` goes on with an interrupted import of the same file, or begins
    where there is none.
    """
    run = open_run(
        path,
        actor=actor,
        object_type=object_type,
        board=board,
        creates_users=creates_users,
        format=format,
        resume=resume,
    )
    carry_on(run, path, actor=actor, token=runs.take_over(run), progress=progress)
    return runs.report_of(run)


def open_run(
    path: Path,
    *,
    actor: Actor,
    object_type: ObjectType,
    board: Board | None = None,
    creates_users: bool = False,
    format: str | None = None,
    resume: bool = False,
) -> Import:
    """The row of an import that is to be carried on: the interrupted one, or a new one."""
    if creates_users:
        gate.demand(actor, "manage", User)
    upload = Upload(path.name, digest_of(path), format or format_of(path.name))
    place = board or default_board(object_type)
    found = runs.interrupted(
        upload, actor=actor, object_type=object_type, board=place, creates_users=creates_users
    )
    if found is not None and resume:
        return found
    if found is not None:
        runs.give_up(found)
    return runs.begin(
        upload, actor=actor, object_type=object_type, board=place, creates_users=creates_users
    )


def format_of(name: str) -> str:
    """The format that a file's name tells: CSV by its ending, else JSON Lines."""
    return "csv" if name.lower().endswith(".csv") else "jsonl"


def carry_on(
    run: Import,
    path: Path,
    *,
    actor: Actor,
    token: str,
    progress: Progress | None = None,
) -> None:
    """Does what is left of an import, to its end; one whose lines are bad for the most part is
    ended as failed before. The token is that of its lease."""
    try:
        reading = reading_of(path, run.format, run.object_type)
        survey = reading.survey()
    except Invalid as refusal:
        runs.fail(run, token, refusal.detail)
        raise
    ground = ground_of(run, survey, actor)
    people = People(ground.actor, adds_unknown=run.creates_users)
    importing = Importing(ground, people, Holding(run, token, reading))
    try:
        Import.objects.filter(pk=run.pk).update(line_count=survey.line_count)
        for batch in chunks(reading.lines(after=run.lines_done), LINES):
            importing.write(batch)
            if progress is not None:
                progress(batch[-1].number, survey.line_count)
            if (patience := runs.patience_with(run)).is_over:
                runs.fail(run, token, _stopped(batch[-1].number, patience))
                return
        importing.settle()
        importing.holding.finish()
    except LeaseLost:
        raise Conflict(
            "Another import of this file has taken over; this one stopped.", code=TAKEN_OVER
        ) from None


def _stopped(number: int, patience: Patience) -> str:
    return (
        f"Stopped behind line {number:,}: {patience.bad:,} lines are bad, and only "
        f"{patience.good:,} were good. These stay imported; correct the file and import it again."
    )


def reading_of(path: Path, format: str, object_type: ObjectType) -> Reading:
    if format == Import.Format.JSONL:
        return JsonLines(path)
    return Sheet(
        path,
        Schema(
            {one.key: one for one in object_type.attributes.all()},
            set(RelationType.objects.values_list("key", flat=True)),
            set(UserRelationType.objects.values_list("key", flat=True)),
        ),
    )


def ground_of(run: Import, survey: Survey, actor: Actor) -> Ground:
    return Ground.of(
        run.object_type,
        actor=actor.through("import", run.via_id),
        board=run.board,
        creates_users=run.creates_users,
        keys=survey.keys,
    )


@dataclass(frozen=True)
class Importing:
    """The work on one import."""

    ground: Ground
    people: People
    holding: Holding

    def write(self, reads: Sequence[Read]) -> None:
        """Writes the lines in one transaction; where the database refuses one, the others in
        two, and so on, until that one stands alone."""
        lines = [one for one in reads if isinstance(one, Line)]
        batch = Batch(self.ground, self.people)
        for bad in reads:
            if isinstance(bad, Unreadable):
                batch.report.refuse(bad.number, bad.problems)
        try:
            with transaction.atomic():
                if any(line.parent_key is not None for line in lines):
                    hold_the_tree()
                self.holding.hold()
                if lines:
                    batch.write(lines)
                self.holding.advance(batch.report, batch.late, to=reads[-1].number)
        except IntegrityError as error:
            self.people.forget_unsaved()
            if len(reads) == 1:
                self._refuse(reads[0].number, _refused(error))
                return
            half = len(reads) // 2
            self.write(reads[:half])
            self.write(reads[half:])

    def _refuse(self, number: int, problem: Problem) -> None:
        report = Report()
        report.refuse(number, [problem])
        with transaction.atomic():
            self.holding.hold()
            self.holding.advance(report, [], to=number)

    def settle(self) -> None:
        while late := self.holding.late(self.ground, LINES):
            self._settle(late)

    def _settle(self, late: Sequence[tuple[int, Late]]) -> None:
        """The same halving: what the database refuses of one line is not taken from the others."""
        settling = Settling(self.ground)
        try:
            with transaction.atomic():
                if any(one.parent_key is not None for _, one in late):
                    hold_the_tree()
                self.holding.hold()
                settling.write([one for _, one in late])
                self.holding.settled(settling.report, (pk for pk, _ in late))
        except IntegrityError as error:
            if len(late) == 1:
                self._leave_out(late[0], error)
                return
            half = len(late) // 2
            self._settle(late[:half])
            self._settle(late[half:])

    def _leave_out(self, late: tuple[int, Late], error: IntegrityError) -> None:
        report = Report()
        report.refuse(late[1].number, [_left_out(error)])
        with transaction.atomic():
            self.holding.hold()
            self.holding.settled(report, [late[0]])


def _left_out(error: IntegrityError) -> Problem:
    name = name_of(error) or "a constraint"
    detail = f"The database refused what the line says of later lines ({name}); the rest was kept."
    return Problem("", "conflict", detail)


def _refused(error: IntegrityError) -> Problem:
    name = name_of(error)
    if name == "object_key_unique":
        return Problem("/key", "duplicateKey", "Somebody made an object of this key meanwhile.")
    if name == "attribute_value_unique":
        return Problem(
            "/attributes", "notUnique", "Another object has one of these values already."
        )
    return Problem("", "conflict", f"The database refused this line ({name or 'a constraint'}).")
