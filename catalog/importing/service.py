"""The import itself: a file through once for its keys, once more in batches, then what was late."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.db import IntegrityError, transaction

from accounts import gate
from accounts.actor import Actor
from accounts.constraints import name_of
from accounts.exceptions import Invalid, Problem
from accounts.models import User
from catalog.importing.batches import Batch, Late
from catalog.importing.ground import Ground
from catalog.importing.lines import Line, RawLine, keys_in, parse, raw_lines
from catalog.importing.lookups import People, chunks
from catalog.importing.report import Report
from catalog.importing.settling import Settling
from catalog.models import Board, ObjectType
from catalog.services.boards import default_board
from catalog.services.placing import hold_the_tree

LINES = 1000
"""Lines of one transaction."""

Progress = Callable[[int], None]


def import_objects(
    path: Path,
    *,
    actor: Actor,
    object_type: ObjectType,
    board: Board | None = None,
    creates_users: bool = False,
    progress: Progress | None = None,
) -> Report:
    """Imports the objects of a JSON Lines file; good lines are kept, bad ones reported.

    `progress` hears the number of lines read, after each batch. The file is read twice.
    """
    if creates_users:
        gate.demand(actor, "manage", User)
    actor = actor.through("import", secrets.token_hex(8))
    ground = Ground.of(
        object_type,
        actor=actor,
        board=board or default_board(object_type),
        creates_users=creates_users,
        keys=keys_in(path),
    )
    importing = _Importing(ground, People(actor, adds_unknown=creates_users), Report(), [])
    with path.open("rb") as source:
        for batch in chunks(raw_lines(source), LINES):
            importing.take(batch)
            if progress is not None:
                progress(batch[-1].number)
    importing.settle()
    return importing.report


@dataclass
class _Importing:
    ground: Ground
    people: People
    report: Report
    late: list[Late]

    def take(self, batch: Iterable[RawLine]) -> None:
        lines: list[Line] = []
        for raw in batch:
            try:
                lines.append(parse(raw))
            except Invalid as refusal:
                self.report.refuse(raw.number, refusal.problems)
        if lines:
            self._write(lines)

    def _write(self, lines: Sequence[Line]) -> None:
        """Writes the lines in one transaction; where the database refuses one, the others in
        two, and so on, until that one stands alone."""
        batch = Batch(self.ground, self.people)
        try:
            with transaction.atomic():
                if any(line.parent_key is not None for line in lines):
                    hold_the_tree()
                batch.write(lines)
        except IntegrityError as error:
            self.people.forget_unsaved()
            if len(lines) == 1:
                self.report.refuse(lines[0].number, [_refused(error)])
                return
            half = len(lines) // 2
            self._write(lines[:half])
            self._write(lines[half:])
            return
        self.report.add(batch.report)
        self.late += batch.late

    def settle(self) -> None:
        for some in chunks(self.late, LINES):
            self._settle(some)

    def _settle(self, late: Sequence[Late]) -> None:
        """The same halving: what the database refuses of one line is not taken from the others."""
        settling = Settling(self.ground)
        try:
            with transaction.atomic():
                if any(one.parent_key is not None for one in late):
                    hold_the_tree()
                settling.write(late)
        except IntegrityError as error:
            if len(late) == 1:
                self.report.refuse(late[0].number, [_left_out(error)])
                return
            half = len(late) // 2
            self._settle(late[:half])
            self._settle(late[half:])
            return
        self.report.add(settling.report)


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
