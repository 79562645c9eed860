"""The row of an import: where it stands, written in the transactions that do its work.

Whoever works on it holds its token. One that was taken over finds the token gone at its next
transaction, and that transaction undoes itself: no line is done twice.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet

from accounts.actor import Actor
from accounts.exceptions import Problem
from catalog.importing.batches import Late
from catalog.importing.ground import Ground
from catalog.importing.reading import Patience, Reading
from catalog.importing.report import COUNTS, MOST_TOLD, BadLine, Report, kept, told
from catalog.models import Board, Import, ImportBadLine, ImportFile, ImportLateLine, ObjectType
from journal.clock import now
from journal.leases import LeaseLost

ROWS = 500
LEASE = timedelta(seconds=60)
"""Longer than a batch may take; every batch prolongs it."""


@dataclass(frozen=True, slots=True)
class Upload:
    """The file of an import, by what it is known again."""

    name: str
    digest: str
    format: str


def begin(
    upload: Upload,
    *,
    actor: Actor,
    object_type: ObjectType,
    board: Board,
    creates_users: bool,
    line_count: int = 0,
    status: str = Import.Status.RUNNING.value,
) -> Import:
    return Import.objects.create(
        object_type=object_type,
        board=board,
        user=actor.user,
        username=actor.username,
        via_id=secrets.token_hex(8),
        file_name=upload.name[-200:],
        digest=upload.digest,
        format=upload.format,
        creates_users=creates_users,
        line_count=line_count,
        status=status,
    )


def interrupted(
    upload: Upload,
    *,
    actor: Actor,
    object_type: ObjectType,
    board: Board,
    creates_users: bool,
) -> Import | None:
    """The newest import of the same file to the same place by the same person that hasn't ended."""
    rows = Import.objects.filter(
        digest=upload.digest,
        format=upload.format,
        username=actor.username,
        object_type=object_type,
        board=board,
        creates_users=creates_users,
        status=Import.Status.RUNNING.value,
        content=None,
    )
    return rows.order_by("-pk").first()


def take_over(run: Import) -> str:
    """The token for whoever works on it from now on."""
    token = secrets.token_hex(16)
    Import.objects.filter(pk=run.pk).update(lease_token=token, leased_until=now() + LEASE)
    return token


def give_up(run: Import) -> None:
    """Ends an interrupted import that somebody begins again from the first line."""
    detail = "It was interrupted, and its file was imported from the first line again."
    with transaction.atomic():
        rows = _locked(run)
        for left in rows.filter(Q(leased_until=None) | Q(leased_until__lt=now())):
            _fail(left, detail)


def fail(run: Import, token: str, problem: str) -> None:
    """Ends an import that can't go on; what was imported stays."""
    with transaction.atomic():
        for held in _locked(run).filter(lease_token=token):
            _fail(held, problem)


def _fail(run: Import, problem: str) -> None:
    run.fail(problem)
    _save_end(run)


def _save_end(run: Import) -> None:
    run.lease_token, run.leased_until = "", None
    run.save(update_fields=["status", "ended_at", "problem", "lease_token", "leased_until"])
    ImportFile.objects.filter(run=run).delete()
    ImportLateLine.objects.filter(run=run).delete()


def _locked(run: Import) -> QuerySet[Import]:
    rows = Import.objects.select_for_update(of=("self",), no_key=True)
    return rows.filter(pk=run.pk, status=Import.Status.RUNNING.value)


class Holding:
    """An import in the hands of one worker."""

    def __init__(self, run: Import, token: str, reading: Reading) -> None:
        self.run, self._token, self._reading = run, token, reading

    def hold(self) -> None:
        """Locks the row until the transaction ends; raises `LeaseLost` where another has it."""
        held = _locked(self.run).filter(lease_token=self._token)
        if not list(held.values_list("pk", flat=True)):
            raise LeaseLost

    def advance(self, report: Report, late: Sequence[Late], *, to: int) -> None:
        """The lines up to this number are done, with what came of them."""
        ImportLateLine.objects.bulk_create(
            (_late_row(self.run, one) for one in late), batch_size=ROWS
        )
        self._count(report, lines_done=to)

    def settled(self, report: Report, lines: Iterable[int]) -> None:
        """The late lines of these ids are done."""
        ImportLateLine.objects.filter(pk__in=list(lines)).delete()
        self._count(report)

    def _count(self, report: Report, **fields: int) -> None:
        bad = [
            ImportBadLine(run=self.run, number=one.number, problems=self._shown(one.problems))
            for one in report.bad
        ]
        ImportBadLine.objects.bulk_create(bad, batch_size=ROWS)
        counts = {name: F(name) + getattr(report, name) for name in COUNTS}
        Import.objects.filter(pk=self.run.pk).update(
            bad_lines=F("bad_lines") + len(bad), leased_until=now() + LEASE, **counts, **fields
        )

    def _shown(self, problems: Iterable[Problem]) -> list[dict[str, object]]:
        return [told(self._reading.placed(one)) for one in problems]

    def late(self, ground: Ground, most: int) -> list[tuple[int, Late]]:
        """The first of those that are still to be settled, with their ids."""
        rows = ImportLateLine.objects.filter(run=self.run).order_by("pk")[:most]
        return [(row.pk, _late_of(row, ground)) for row in rows]

    def finish(self) -> None:
        with transaction.atomic():
            run = _locked(self.run).filter(lease_token=self._token).first()
            if run is None:
                raise LeaseLost
            run.finish()
            _save_end(run)


def _late_row(run: Import, late: Late) -> ImportLateLine:
    return ImportLateLine(
        run=run,
        number=late.number,
        object_id=late.object_id,
        is_new=late.is_new,
        was_touched=late.was_touched,
        relations=[[kind.key, key] for kind, key in late.relations],
        parent_key=late.parent_key,
    )


def _late_of(row: ImportLateLine, ground: Ground) -> Late:
    """A relation type that was removed since takes its relations with it."""
    known = ground.relation_types
    return Late(
        row.number,
        row.object_id,
        row.is_new,
        row.was_touched,
        tuple((known[kind], key) for kind, key in row.relations if kind in known),
        row.parent_key,
    )


def patience_with(run: Import) -> Patience:
    """How many of its lines were good and how many bad until now, in whatever runs."""
    fresh = Import.objects.only("created", "updated", "unchanged", "bad_lines").get(pk=run.pk)
    return Patience(fresh.created + fresh.updated + fresh.unchanged, fresh.bad_lines)


def report_of(run: Import, *, most: int = MOST_TOLD) -> Report:
    """What the import has done until now; of the bad lines the first ones."""
    fresh = Import.objects.get(pk=run.pk)
    bad = list(bad_lines_of(fresh, most=most))
    counts = {name: getattr(fresh, name) for name in COUNTS}
    unlisted = fresh.bad_lines - len(bad)
    return Report(**counts, bad=bad, unlisted=unlisted, stopped=fresh.problem)


def bad_lines_of(run: Import, *, most: int | None = None) -> Iterator[BadLine]:
    """Bad lines in the order of the file, never all in memory."""
    rows = run.bad.order_by("number", "pk")[:most]
    return map(_bad_line, rows.iterator(chunk_size=ROWS))


def _bad_line(row: ImportBadLine) -> BadLine:
    return BadLine(row.number, tuple(map(kept, row.problems)))
