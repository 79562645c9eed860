"""The home page: what is alive for the person who signed in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts import gate
from accounts.actor import Actor
from accounts.gates import gated
from accounts.pages import actor_of, address, given, user_of
from automations.models import Execution
from automations.views.runs import rows_of
from catalog.models import Board, GovernedObject, ObjectType, UserRelation
from notifications import inbox

MOST_MINE = 8
MOST_TOLD = 5
MOST_RUNS = 6
MOST_BOARDS = 8


@dataclass(frozen=True, slots=True)
class Mine:
    """An object that the reader relates to, and how."""

    object: GovernedObject
    relations: str


@dataclass(frozen=True, slots=True)
class InState:
    """How many of the reader's objects stand in a state."""

    name: str
    color: str
    count: int
    url: str
    is_chosen: bool


@require_safe
@gated("view", GovernedObject, Execution, Board)
def home(request: HttpRequest) -> HttpResponse:
    """What one was told, one's objects by state, the latest runs, the boards."""
    actor = actor_of(request)
    mine = _mine(actor, request)
    state = given(request.GET, "state")
    chosen = mine.filter(state__key=state) if state else mine
    told = inbox.shown(inbox.inbox_of(actor)[:MOST_TOLD], actor=actor)
    boards = gate.narrow(actor, "view", Board.objects.select_related("workspace"))
    runs = gate.narrow(actor, "view", Execution.objects.select_related("workflow"))
    context: dict[str, Any] = {
        "counts": _counts(mine, state, request),
        "all_url": address(request.GET, state=None),
        "state_key": state,
        "mine": _with_relations(chosen, request),
        "told": told,
        "boards": list(boards.order_by("name", "key")[:MOST_BOARDS]),
        "runs": rows_of(list(runs.order_by("-pk")[:MOST_RUNS]), actor=actor),
        "is_fresh": not ObjectType.objects.exists(),
    }
    return render(request, "home.html", context)


def _mine(actor: Actor, request: HttpRequest) -> QuerySet[GovernedObject]:
    """As a list of ids: asked object by object, somebody with thousands would wait for minutes."""
    own = UserRelation.objects.filter(user=user_of(request)).values("object")
    return gate.narrow(actor, "view", GovernedObject.objects.filter(pk__in=own))


def _counts(mine: QuerySet[GovernedObject], chosen: str, request: HttpRequest) -> list[InState]:
    """By state, in the order of the lifecycles; states of one key and name count together."""
    rows = mine.order_by().values("state__key", "state__name", "state__color", "state__position")
    counted = rows.annotate(count=Count("pk")).order_by("state__position", "state__key")
    return [
        InState(
            row["state__name"],
            row["state__color"],
            row["count"],
            address(request.GET, state=row["state__key"]),
            row["state__key"] == chosen,
        )
        for row in counted
        if row["state__key"]
    ]


def _with_relations(mine: QuerySet[GovernedObject], request: HttpRequest) -> list[Mine]:
    rows = mine.select_related("state", "board").order_by("-modified_at", "-pk")[:MOST_MINE]
    shown = list(rows)
    held = UserRelation.objects.filter(user=user_of(request), object__in=[one.pk for one in shown])
    names: dict[int, list[str]] = {}
    for object_id, name in held.order_by("type__name").values_list("object_id", "type__name"):
        names.setdefault(object_id, []).append(name)
    return [Mine(one, ", ".join(names.get(one.pk, []))) for one in shown]
