"""Imports and exports of a board: a file is checked, looked at, then imported by a worker."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import gate
from accounts.actor import Actor
from accounts.exceptions import Invalid, Problem
from accounts.gates import gated
from accounts.http.soundness import redraws
from accounts.models import User
from accounts.pages import Attempt, actor_of, attempt, done, given, told_at
from catalog.api import exporting
from catalog.importing import cells, runs, uploads
from catalog.models import Board, GovernedObject, Import, ObjectType
from catalog.things import PlaceFor
from catalog.views.creation import types_for

MOST_RECENT = 10
MOST_BAD = 50


@redraws
@require_http_methods(["GET", "HEAD", "POST"])
@gated("create_object", PlaceFor)
def new_import(request: HttpRequest, key: str) -> HttpResponse:
    """Takes a file in and shows what would come of it."""
    actor = actor_of(request)
    board = gate.fetch(actor, Board.objects.select_related("workspace"), key=key)
    gate.demand(actor, "create_object", board)
    types = types_for(board)
    made: Attempt[Import] = Attempt()
    if request.method == "POST":
        made = attempt(request, lambda: _take_in(request, board, types, actor))
        if made.result is not None:
            return redirect("import", pk=made.result.pk)
    context = {
        "board": board,
        "crumbs": _crumbs(board, "Import"),
        "types": types,
        "chosen_key": given(request.POST, "type") or (types[0].key if len(types) == 1 else ""),
        "may_add_people": gate.allows(actor, "manage", User),
        "adds_people": "create_users" in request.POST,
        "problem_of_file": told_at(made.problems, "/file"),
        "problem_of_type": told_at(made.problems, "/type"),
        "problems": made.elsewhere(["/file", "/type"]),
        "recent": _recent(board, actor),
        "most_megabytes": uploads.MOST_BYTES // 2**20,
    }
    return render(request, "catalog/new_import.html", context, status=422 if made.problems else 200)


def _take_in(
    request: HttpRequest, board: Board, types: Sequence[ObjectType], actor: Actor
) -> Import:
    file = request.FILES.get("file")
    wanted = given(request.POST, "type")
    chosen = types[0] if len(types) == 1 else next((t for t in types if t.key == wanted), None)
    problems = []
    if file is None:
        problems.append(Problem("/file", "missing", "Choose a file."))
    if chosen is None:
        problems.append(Problem("/type", "missing", "Choose what the lines are."))
    if file is None or chosen is None:
        raise Invalid(problems=problems)
    return uploads.take_in(
        file.name or "lines.jsonl",
        file.read(),
        actor=actor,
        object_type=chosen,
        board=board,
        creates_users="create_users" in request.POST,
    )


def _recent(board: Board, actor: Actor) -> list[Import]:
    rows = gate.narrow(actor, "view", Import.objects.filter(board=board))
    return list(rows.select_related("object_type").order_by("-pk")[:MOST_RECENT])


@require_safe
@gated("view", Import)
def show_import(request: HttpRequest, pk: int) -> HttpResponse:
    """What was found in the file, how far its import is, and what came of it."""
    actor = actor_of(request)
    found = _fetch(pk, actor)
    bad = list(runs.bad_lines_of(found, most=MOST_BAD))
    context = {
        "run": found,
        "board": found.board,
        "crumbs": _crumbs(found.board, found.file_name),
        "preview": found.preview if found.status == Import.Status.CHECKED else None,
        "is_running": found.status == Import.Status.RUNNING,
        "bad": bad,
        "more_bad": found.bad_lines - len(bad),
        "may_run": gate.allows(actor, "run", found),
    }
    return render(request, "catalog/import.html", context)


@require_POST
@gated("run", Import)
def start_import(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of(request)
    uploads.start(_fetch(pk, actor), actor=actor)
    return redirect("import", pk=pk)


@require_POST
@gated("run", Import)
def discard_import(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of(request)
    found = _fetch(pk, actor)
    uploads.discard(found, actor=actor)
    url = reverse("new-import", args=[found.board.key])
    return done(request, f"{found.file_name} was not imported.", url)


@require_safe
@gated("view", Import)
def report(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Every bad line with its problems, as a sheet."""
    found = _fetch(pk, actor_of(request))
    answered = exporting.Streamed(
        (text.encode() for text in _report_rows(found)),
        content_type=exporting.MEDIA_TYPES["csv"],
    )
    answered["Content-Disposition"] = f'attachment; filename="import-{found.pk}-bad-lines.csv"'
    return answered


def _report_rows(found: Import) -> Iterator[str]:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["line", "place", "problem"])
    yield exporting.BYTE_ORDER_MARK
    for line in runs.bad_lines_of(found):
        for one in line.problems:
            writer.writerow([line.number, cells.guarded(one.pointer), cells.guarded(one.detail)])
        yield exporting.taken(out)
    yield exporting.taken(out)


@require_safe
@gated("view", Board, GovernedObject)
def export(request: HttpRequest, key: str) -> HttpResponseBase:
    """The board's objects that the reader sees, as a file for a spreadsheet or for an import."""
    actor = actor_of(request)
    board = gate.fetch(actor, Board.objects.all(), key=key)
    asked = given(request.GET, "format")
    wanted = asked if asked in exporting.MEDIA_TYPES else "csv"
    found = exporting.export_of(board, request.GET, wanted, actor=actor)
    return exporting.answer(found, for_spreadsheets=True)


def _fetch(pk: int, actor: Actor) -> Import:
    rows = Import.objects.select_related("object_type", "board", "user")
    return gate.fetch(actor, rows, pk=pk)


def _crumbs(board: Board, last: str) -> list[tuple[str, Any]]:
    return [
        ("Boards", reverse("boards")),
        (board.name, reverse("board", args=[board.key])),
        (last, ""),
    ]
