"""Boards: the list of those one may see, and each as a table of its objects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts import gate
from accounts.gates import gated
from accounts.pages import Heading, actor_of, address, given, listed, sort_of, sortable
from catalog.models import AttributeType, Board, GovernedObject, ObjectType, State
from catalog.views import tables
from catalog.views.values import LONG, NUMBERS

NEWEST_FIRST = "-created"


@require_safe
@gated("view", Board)
def boards(request: HttpRequest) -> HttpResponse:
    """Every board that the reader sees, by workspace."""
    actor = actor_of(request)
    seen = gate.narrow(actor, "view", Board.objects.select_related("workspace"))
    in_order = list(seen.order_by("workspace__name", "workspace__key", "name", "key"))
    return render(
        request, "catalog/boards.html", {"places": _by_workspace(in_order), "any": in_order}
    )


def _by_workspace(boards: Sequence[Board]) -> list[dict[str, Any]]:
    places: dict[int, dict[str, Any]] = {}
    for board in boards:
        place = places.setdefault(board.workspace_id, {"workspace": board.workspace, "boards": []})
        place["boards"].append(board)
    return list(places.values())


@require_safe
@gated("view", Board, GovernedObject)
def board(request: HttpRequest, key: str) -> HttpResponse:
    """The objects of a board that the reader sees."""
    actor = actor_of(request)
    found = gate.fetch(actor, Board.objects.select_related("workspace"), key=key)
    on_board = gate.narrow(actor, "view", GovernedObject.objects.filter(board=found))
    types = _types_of(on_board)
    chosen = _chosen(types, given(request.GET, "type"))
    states = _states_of([chosen] if chosen else types)
    sort = sort_of(request.GET, tables.SORTS, NEWEST_FIRST)
    rows = _filtered(on_board, chosen, given(request.GET, "state"), given(request.GET, "q"))
    page = listed(request, rows, tables.sorted_by(sort))
    table = tables.table_of(page.rows, _columns(chosen), actor=actor)
    return render(
        request,
        "catalog/board.html",
        {
            "board": found,
            "crumbs": [("Boards", "/boards/"), (found.name, "")],
            "table": table,
            "page": page,
            "headings": _headings(request, table, sort, chosen),
            "types": [
                (one, address(request.GET, type=one.key, state=None, cursor=None)) for one in types
            ],
            "chosen": chosen,
            "any_type": address(request.GET, type=None, state=None, cursor=None),
            "states": [
                (state, address(request.GET, state=state.key, cursor=None)) for state in states
            ],
            "state_key": given(request.GET, "state"),
            "any_state": address(request.GET, state=None, cursor=None),
            "q": given(request.GET, "q"),
            "sort": sort,
            "is_filtered": any(given(request.GET, name) for name in ("q", "state")),
            "may_create": gate.allows(actor, "create_object", found),
        },
    )


def _types_of(objects: QuerySet[GovernedObject]) -> list[ObjectType]:
    present = objects.order_by().values("object_type").distinct()
    return list(ObjectType.objects.filter(pk__in=present).order_by("name", "key"))


def _chosen(types: Sequence[ObjectType], key: str) -> ObjectType | None:
    """The type whose attributes are the columns: the wanted one, or the only one there is."""
    if len(types) == 1:
        return types[0]
    return next((one for one in types if one.key == key), None)


def _states_of(types: Sequence[ObjectType]) -> list[State]:
    """The states of the types' lifecycles in order; one of each key."""
    lifecycles = {one.lifecycle_id for one in types if one.lifecycle_id}
    found = State.objects.filter(lifecycle__in=lifecycles).order_by("position", "key")
    return list({state.key: state for state in reversed(list(found))}.values())[::-1]


def _columns(chosen: ObjectType | None) -> list[AttributeType]:
    if chosen is None:
        return []
    return list(chosen.attributes.exclude(type__in=LONG))


def _filtered(
    objects: QuerySet[GovernedObject], chosen: ObjectType | None, state_key: str, text: str
) -> QuerySet[GovernedObject]:
    rows = objects.select_related("object_type", "state")
    if chosen is not None:
        rows = rows.filter(object_type=chosen)
    if state_key:
        rows = rows.filter(state__key=state_key)
    return tables.searched(rows, text)


def _headings(
    request: HttpRequest, table: tables.Table, sort: str, chosen: ObjectType | None
) -> list[Heading]:
    query = request.GET
    return [
        sortable(query, "Name", "name", sort),
        *([] if chosen else [Heading("Type")]),
        sortable(query, "State", "state", sort),
        Heading("People"),
        *(Heading(one.name, numeric=one.type in NUMBERS) for one in table.columns),
        sortable(query, "Changed", "modified", sort),
    ]
