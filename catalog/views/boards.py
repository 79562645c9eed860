"""Boards: the list of those one may see, and each as a table of its objects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts import gate
from accounts.gates import gated
from accounts.http.pagination import Order, Sorted
from accounts.pages import Heading, actor_of, address, given, listed, sort_of, sortable
from catalog.api import listing
from catalog.models import AttributeType, Board, GovernedObject, ObjectType, State
from catalog.views import tables
from catalog.views.values import LONG, NUMBERS

NEWEST_FIRST = "-created"
# The page's names of sorts -> the API's. The order of states is that of their positions.
SORTS = {
    "name": "name",
    "modified": "modifiedAt",
    "created": "id",
    "state": "",
}
_STATE = F("state__position")
BY_STATE = {
    "state": Sorted.by(Order("state", _STATE, is_nullable=True)),
    "-state": Sorted.by(Order("state", _STATE, is_descending=True, is_nullable=True)),
}


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
    """The objects of a board that the reader sees, narrowed and sorted as the address says."""
    actor = actor_of(request)
    found = gate.fetch(actor, Board.objects.select_related("workspace"), key=key)
    on_board = gate.narrow(actor, "view", GovernedObject.objects.filter(board=found))
    types = _types_of(on_board)
    chosen = _chosen(types, given(request.GET, "type"))
    columns = list(chosen.attributes.exclude(type__in=LONG)) if chosen else []
    sort = sort_of(request.GET, _sorts(columns), NEWEST_FIRST)
    wanted = listing.read(_criteria(request, chosen, sort), actor=actor)
    rows = wanted.narrow(on_board.select_related("object_type", "state"))
    page = listed(request, rows, BY_STATE.get(sort, wanted.order))
    table = tables.table_of(page.rows, columns, actor=actor)
    context = {
        "board": found,
        "crumbs": [("Boards", reverse("boards")), (found.name, "")],
        "table": table,
        "page": page,
        "headings": _headings(request.GET, table, sort, chosen),
        "chosen": chosen,
        "sort": sort,
        "export_url": _export_url(found, request, chosen),
        "may_create": gate.allows(actor, "create_object", found),
        **_filters(request.GET, types, chosen),
    }
    return render(request, "catalog/board.html", context)


def _types_of(objects: QuerySet[GovernedObject]) -> list[ObjectType]:
    present = objects.order_by().values("object_type").distinct()
    return list(ObjectType.objects.filter(pk__in=present).order_by("name", "key"))


def _chosen(types: Sequence[ObjectType], key: str) -> ObjectType | None:
    """The type whose attributes are the columns: the wanted one, or the only one there is."""
    if len(types) == 1:
        return types[0]
    return next((one for one in types if one.key == key), None)


def _sorts(columns: Sequence[AttributeType]) -> list[str]:
    return [*SORTS, *(listing.ATTRIBUTE + one.key for one in columns if one.type != "list")]


def _criteria(request: HttpRequest, chosen: ObjectType | None, sort: str) -> QueryDict:
    """The page's own parameters in the words of the API, which reads and judges them."""
    query = QueryDict(mutable=True)
    for name, value in (
        ("objectTypeKey", chosen.key if chosen else ""),
        ("stateKey", given(request.GET, "state")),
        ("q", given(request.GET, "q")),
        ("sort", "" if sort in BY_STATE else _in_words_of_the_api(sort)),
    ):
        if value:
            query[name] = value
    for name in request.GET:
        if name.startswith(listing.ATTRIBUTE):
            query[name] = given(request.GET, name)
    return query


def _export_url(board: Board, request: HttpRequest, chosen: ObjectType | None) -> str:
    """What the page shows, as a file; without the order, in which a file has no use."""
    query = _criteria(request, chosen, "")
    query["format"] = "csv"
    return f"{reverse('export-board', args=[board.key])}?{query.urlencode()}"


def _in_words_of_the_api(sort: str) -> str:
    name = sort.removeprefix("-")
    return ("-" if sort.startswith("-") else "") + SORTS.get(name, name)


def _filters(
    query: QueryDict, types: Sequence[ObjectType], chosen: ObjectType | None
) -> dict[str, Any]:
    """What the page offers to narrow by, and what it is narrowed by."""
    states = _states_of([chosen] if chosen else types)
    return {
        "types": [(one, address(query, type=one.key, state=None, cursor=None)) for one in types],
        "any_type": address(query, type=None, state=None, cursor=None),
        "states": [(one, address(query, state=one.key, cursor=None)) for one in states],
        "state_key": given(query, "state"),
        "any_state": address(query, state=None, cursor=None),
        "q": given(query, "q"),
        "is_filtered": any(
            given(query, name) for name in query if name not in {"sort", "type", "cursor"}
        ),
    }


def _states_of(types: Sequence[ObjectType]) -> list[State]:
    """The states of the types' lifecycles in order; the first of each key."""
    lifecycles = {one.lifecycle_id for one in types if one.lifecycle_id}
    found: dict[str, State] = {}
    for state in State.objects.filter(lifecycle__in=lifecycles).order_by("position", "key"):
        found.setdefault(state.key, state)
    return list(found.values())


def _headings(
    query: QueryDict, table: tables.Table, sort: str, chosen: ObjectType | None
) -> list[Heading]:
    return [
        sortable(query, "Name", "name", sort),
        *([] if chosen else [Heading("Type")]),
        sortable(query, "State", "state", sort),
        Heading("People"),
        *(_heading(query, one, sort) for one in table.columns),
        sortable(query, "Changed", "modified", sort),
    ]


def _heading(query: QueryDict, attribute: AttributeType, sort: str) -> Heading:
    numeric = attribute.type in NUMBERS
    if attribute.type == "list":
        return Heading(attribute.name)
    return sortable(query, attribute.name, listing.ATTRIBUTE + attribute.key, sort, numeric=numeric)
