"""Boards: the list of those one may see, and each as a table of its objects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts import gate
from accounts.actor import Actor
from accounts.exceptions import Problem
from accounts.gates import gated
from accounts.http.pagination import Order, Sorted
from accounts.pages import (
    Attempt,
    Heading,
    Listed,
    actor_of,
    address,
    given,
    listed,
    sort_of,
    sortable,
)
from catalog.api import listing
from catalog.api.ordering import RowsLast
from catalog.models import AttributeType, Board, GovernedObject, ObjectType, State
from catalog.views import columns, criteria, tables
from catalog.views.values import LONG, NUMBERS
from permissions.everywhere import hidden_somewhere

NEWEST_FIRST = "-created"
MOST_COUNTED = 100_000
# The page's names of sorts -> the API's. The order of states is that of their positions.
SORTS = {
    "name": "name",
    "modified": "modifiedAt",
    "created": "id",
    "state": "",
}
_STATE = F("state__position")
BY_STATE = {
    "state": RowsLast(Sorted.by(Order("state", _STATE, is_nullable=True))),
    "-state": RowsLast(Sorted.by(Order("state", _STATE, is_descending=True, is_nullable=True))),
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
    if (clean := criteria.added(request.GET)) is not None:
        return redirect(reverse("board", args=[key]) + clean)
    actor = actor_of(request)
    found = gate.fetch(actor, Board.objects.select_related("workspace"), key=key)
    on_board = gate.narrow(actor, "view", GovernedObject.objects.filter(board=found))
    types = _types_of(on_board)
    chosen = _chosen(types, given(request.GET, "type"))
    attributes = list(chosen.attributes.all()) if chosen else []
    sort = sort_of(request.GET, _sorts(attributes), NEWEST_FIRST)
    wanted = criteria.read(request, chosen, _in_words_of_the_api(sort), actor=actor)
    page = _page(request, on_board, wanted, sort)
    sight = tables.sight_of(page.rows, attributes, actor=actor)
    offered = columns.choices(request, (one for one in sight.seen if one.type not in LONG))
    table = tables.table_of(page.rows, columns.shown(offered), sight)
    states = _states_of([chosen] if chosen else types)
    context = {
        "board": found,
        "crumbs": [("Boards", reverse("boards")), (found.name, "")],
        "table": table,
        "page": page,
        "headings": _headings(request.GET, table, sort, chosen),
        "chosen": chosen,
        "sort": sort,
        "export_url": _export_url(found, request, chosen),
        "columns": offered,
        "problems": [_told(one, attributes) for one in wanted.problems],
        "chips": criteria.chips(
            request.GET, chosen=chosen, types=types, states=states, attributes=attributes
        ),
        "may_create": gate.allows(actor, "create_object", found),
        **_filters(request.GET, types, states, _narrowable(page.rows, attributes, sight, actor)),
    }
    return render(request, "catalog/board.html", context, status=422 if wanted.problems else 200)


@require_safe
@gated("view", Board, GovernedObject)
def count(request: HttpRequest, key: str) -> HttpResponse:
    """How many objects the board's page would list: asked for apart, since counting takes time."""
    actor = actor_of(request)
    found = gate.fetch(actor, Board.objects.all(), key=key)
    on_board = gate.narrow(actor, "view", GovernedObject.objects.filter(board=found))
    chosen = _chosen(_types_of(on_board), given(request.GET, "type"))
    wanted = criteria.read(request, chosen, "", actor=actor).result
    rows = on_board.none() if wanted is None else wanted.narrow(on_board)
    number = rows.order_by().values("pk")[: MOST_COUNTED + 1].count()
    told = f"more than {MOST_COUNTED:,}" if number > MOST_COUNTED else f"{number:,}"
    return HttpResponse(f"{told} object{'' if number == 1 else 's'}", content_type="text/plain")


def _page(
    request: HttpRequest,
    on_board: QuerySet[GovernedObject],
    wanted: Attempt[listing.Wanted],
    sort: str,
) -> Listed[Any]:
    if wanted.result is None:
        return Listed([], "", "")
    rows = wanted.result.narrow(on_board.select_related("object_type", "state"))
    return listed(request, rows, BY_STATE.get(sort, wanted.result.order))


def _narrowable(
    rows: Sequence[GovernedObject],
    attributes: Sequence[AttributeType],
    sight: tables.Sight,
    actor: Actor,
) -> list[AttributeType]:
    """By what the reader may narrow the board further: also where nothing matches, and no object
    tells what is hidden from them."""
    if rows:
        return sight.seen
    hidden = hidden_somewhere(actor, [one.key for one in attributes])
    return [one for one in attributes if one.key not in hidden]


def _told(problem: Problem, attributes: Sequence[AttributeType]) -> str:
    """What is wrong, with the name of the attribute that it is about."""
    key, _ = listing.taken_apart(problem.pointer.removeprefix("/"))
    name = next((one.name for one in attributes if one.key == key), "")
    return f"{name}: {problem.detail}" if name else problem.detail


def _types_of(objects: QuerySet[GovernedObject]) -> list[ObjectType]:
    """The types on the board: one look into an index each, however many objects there are."""
    present = objects.order_by().filter(object_type=OuterRef("pk"))
    return list(ObjectType.objects.filter(Exists(present)).order_by("name", "key"))


def _chosen(types: Sequence[ObjectType], key: str) -> ObjectType | None:
    """The type whose attributes are the columns: the wanted one, or the only one there is."""
    if len(types) == 1:
        return types[0]
    return next((one for one in types if one.key == key), None)


def _sorts(columns: Sequence[AttributeType]) -> list[str]:
    return [*SORTS, *(listing.ATTRIBUTE + one.key for one in columns if one.type != "list")]


def _export_url(board: Board, request: HttpRequest, chosen: ObjectType | None) -> str:
    """What the page shows, as a file; without the order, in which a file has no use."""
    query = criteria.in_words_of_the_api(request.GET, chosen, "")
    query["format"] = "csv"
    return f"{reverse('export-board', args=[board.key])}?{query.urlencode()}"


def _in_words_of_the_api(sort: str) -> str:
    name = sort.removeprefix("-")
    if name == "state":
        return ""
    return ("-" if sort.startswith("-") else "") + SORTS.get(name, name)


def _filters(
    query: QueryDict,
    types: Sequence[ObjectType],
    states: Sequence[State],
    attributes: Sequence[AttributeType],
) -> dict[str, Any]:
    """What the page offers to narrow by, and what it is narrowed by."""
    return {
        "types": [(one, address(query, type=one.key, state=None, cursor=None)) for one in types],
        "any_type": address(query, type=None, state=None, cursor=None),
        "states": [(one, address(query, state=one.key, cursor=None)) for one in states],
        "state_key": given(query, "state"),
        "any_state": address(query, state=None, cursor=None),
        "q": given(query, "q"),
        "criteria": [(name, given(query, name)) for name in criteria.criteria_in(query)],
        "narrowable": attributes,
        "operators": criteria.offered(),
        "count_query": address(query, sort=None, cursor=None),
        "here": address(query),
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
