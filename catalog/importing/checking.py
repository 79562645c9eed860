"""What would come of a file: its first lines read and planned, nothing written."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import transaction

from accounts.actor import Actor
from catalog.importing.lookups import People, Targets, chunks
from catalog.importing.plans import Planning
from catalog.importing.reading import Line, Reading, Unreadable
from catalog.importing.report import Report, told
from catalog.importing.service import ground_of, reading_of
from catalog.models import Import

LINES = 2_000
"""More would keep whoever waits for the answer; the import itself tells of every line."""
MOST_TOLD = 20


def check(run: Import, path: Path, *, actor: Actor) -> dict[str, Any]:
    """`{checked, isWhole, created, present, bad, problems: [{line, problems}]}`; raises `Invalid`
    where no line of the file could be read. Counts the lines of the file on the row."""
    reading = reading_of(path, run.format, run.object_type)
    survey = reading.survey()
    run.line_count = survey.line_count
    ground = ground_of(run, survey, actor)
    people = People(ground.actor, adds_unknown=run.creates_users)
    found = Found(Report())
    for batch in chunks(islice(reading.lines(), LINES)):
        found.checked += len(batch)
        for bad in batch:
            if isinstance(bad, Unreadable):
                found.report.refuse(bad.number, bad.problems)
        targets = Targets(ground.actor, run.object_type)
        with transaction.atomic():  # rows are locked while they are planned
            planning = Planning(ground, targets, people, found.report)
            plans = planning.plan([one for one in batch if isinstance(one, Line)])
        found.created += sum(plan.is_new for plan in plans)
        found.present += sum(not plan.is_new for plan in plans)
        found.last = batch[-1].number
    return found.as_json(reading, is_whole=found.last == survey.line_count)


@dataclass
class Found:
    """What a check has come upon."""

    report: Report
    checked: int = 0
    created: int = 0
    present: int = 0
    last: int = 0

    def as_json(self, reading: Reading, *, is_whole: bool) -> dict[str, Any]:
        bad = sorted(self.report.bad, key=lambda one: one.number)
        return {
            "checked": self.checked,
            "isWhole": is_whole,
            "created": self.created,
            "present": self.present,
            "bad": len(bad),
            "problems": [
                {"line": line.number, "problems": [told(reading.placed(p)) for p in line.problems]}
                for line in bad[:MOST_TOLD]
            ],
        }
