"""Imports of uploaded files: checked first, then run by a worker until they have ended.

The content lies in the database until then, so that any worker goes on with what another left.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog
from django.db import transaction
from django_fsm import can_proceed

from accounts import gate
from accounts.actor import Actor
from accounts.exceptions import Conflict, Invalid, Problem, Refused
from accounts.models import User
from catalog.importing import checking, runs
from catalog.importing.runs import LEASE, Upload
from catalog.importing.service import TAKEN_OVER, carry_on, format_of
from catalog.models import Board, Import, ImportFile, ObjectType
from catalog.things import PlaceFor
from journal.clock import now
from journal.leases import Claim, due, hand_back
from journal.prepared import Given
from journal.waking import wake

log = structlog.get_logger(__name__)

MOST_BYTES = 30 * 1024 * 1024
"""Of a file; the form around it has a limit of its own."""
MOST_LEASES = 20
"""Workers that may take an import up; one that kills each of them must come to an end."""
RETRY_SECONDS = 5
KEPT_UNSTARTED = timedelta(days=7)
TASK = "catalog.import"
WAITING: Claim[Import] = Claim(
    lambda: Import.objects.filter(
        pk=Given("pk"), status=Import.Status.RUNNING.value, content__isnull=False
    )
)


def take_in(
    name: str,
    content: bytes,
    *,
    actor: Actor,
    object_type: ObjectType,
    board: Board,
    creates_users: bool = False,
) -> Import:
    """Keeps a file and what a check of it finds; it is imported by `start` only."""
    _demand(actor, PlaceFor(board, object_type), creates_users=creates_users)
    if len(content) > MOST_BYTES:
        detail = f"A file of at most {MOST_BYTES // 2**20} MB is taken here; larger ones are "
        detail += "imported with the command import_objects."
        raise Invalid(problems=[Problem("/file", "tooLarge", detail)])
    upload = Upload(name, hashlib.sha256(content).hexdigest(), format_of(name))
    with transaction.atomic():
        run = runs.begin(
            upload,
            actor=actor,
            object_type=object_type,
            board=board,
            creates_users=creates_users,
            status=Import.Status.CHECKED.value,
        )
        ImportFile.objects.create(run=run, content=content)
        with _as_file(run) as path, _problems_at_the_file():
            run.preview = checking.check(run, path, actor=actor)
        run.save(update_fields=["preview", "line_count"])
    return run


def start(run: Import, *, actor: Actor) -> Import:
    """Lets a checked file be imported, by whichever worker is free; the check may be days old."""
    with transaction.atomic():
        locked = _locked(run, actor)
        place = PlaceFor(locked.board, locked.object_type)
        _demand(actor, place, creates_users=locked.creates_users)
        locked.begin()
        locked.save(update_fields=["status", "started_at", "due_at"])
        wake(TASK, locked.pk)
    return locked


def discard(run: Import, *, actor: Actor) -> None:
    """Forgets a checked file."""
    with transaction.atomic():
        _locked(run, actor).delete()


def _demand(actor: Actor, place: PlaceFor, *, creates_users: bool) -> None:
    gate.demand(actor, "create_object", place)
    if creates_users:
        gate.demand(actor, "manage", User)


def _locked(run: Import, actor: Actor) -> Import:
    rows = Import.objects.select_for_update(of=("self",))
    locked = gate.fetch(actor, rows, "run", pk=run.pk)
    if not can_proceed(locked.begin):
        raise Conflict("This import was started already.")
    return locked


def run(import_id: int) -> bool:
    """Carries on with an import that is due; False where another worker has it or it has ended."""
    token = WAITING.take_one(seconds=LEASE.total_seconds(), pk=import_id)
    if token is None:
        return False
    found = Import.objects.select_related("object_type", "board", "user").get(pk=import_id)
    if refusal := _why_not(found):
        runs.fail(found, token, refusal)
        return True
    try:
        with _as_file(found) as path:
            carry_on(found, path, actor=Actor(found.user, "page"), token=token)
    except Refused as refused:
        log.info("import_ended", run=import_id, reason=refused.detail)
        if refused.code != TAKEN_OVER:  # then its row is another worker's
            # It would be refused again and again: rights that its owner lost don't come back.
            runs.fail(found, token, refused.detail)
    finally:
        hand_back(Import, [import_id], token, after_seconds=RETRY_SECONDS)
    return True


def _why_not(found: Import) -> str:
    if found.user is None or not found.user.is_active:
        return f"It acts as {found.username}, who is no longer active."
    if found.lease_count > MOST_LEASES:
        return f"It was taken up {MOST_LEASES} times and did not come to its end."
    return ""


def sweep() -> None:
    """Finds imports whose worker is gone, and forgets files that nobody let in."""
    old = Import.objects.filter(
        content__isnull=False,
        status=Import.Status.CHECKED.value,
        started_at__lt=now() - KEPT_UNSTARTED,
    )
    old.delete()
    rows = Import.objects.filter(
        due(now()), status=Import.Status.RUNNING.value, content__isnull=False
    )
    for pk in rows.order_by("pk").values_list("pk", flat=True)[:100]:
        wake(TASK, pk)


@contextmanager
def _as_file(run: Import) -> Iterator[Path]:
    with TemporaryDirectory(prefix="import-") as folder:
        path = Path(folder) / f"lines.{run.format}"
        path.write_bytes(bytes(ImportFile.objects.get(run=run).content))
        yield path


@contextmanager
def _problems_at_the_file() -> Iterator[None]:
    """What is wrong with the file as a whole, told at the form's field."""
    try:
        yield
    except Invalid as refused:
        problems = refused.problems or [Problem("", refused.code, refused.detail)]
        raise Invalid(problems=[one.under("/file") for one in problems]) from None
